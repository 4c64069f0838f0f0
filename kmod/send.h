/* SPDX-License-Identifier: GPL-2.0 */
/* A packet's way out, from ndo_start_xmit to the underlay. */
#ifndef _DMVPN_SEND_H
#define _DMVPN_SEND_H

#include <linux/netdevice.h>
#include <linux/skbuff.h>

#include "addr.h"

struct dmvpn_cb;
struct dmvpn_config;
struct dmvpn_device;
struct dmvpn_peer;
struct dmvpn_peer_key;
struct dmvpn_sa;

/**
 * struct dmvpn_path - where a packet goes and how, for one transmission
 * @dd: device
 * @cfg: its settings
 * @peer: NULL for a frame through a session without a peer
 * @sa: outbound SA, NULL for plain GRE
 * @dst: route to the NBMA address, a reference held
 * @local: outer source
 * @remote: outer destination, of the same family
 * @sport: outer UDP source port
 * @dport: outer UDP destination port, 0 for none
 * @mtu: largest inner packet that needs no outer fragments
 * @inside: bytes of headers before an inner packet that ESP holds with it
 * @head: room for all headers before an inner packet, in bytes
 * @again: the packet was on its way before, and is marked
 * @tos: outer TOS that it got then
 */
struct dmvpn_path {
	struct dmvpn_device *dd;
	const struct dmvpn_config *cfg;
	struct dmvpn_peer *peer;
	struct dmvpn_sa *sa;
	struct dst_entry *dst;
	const struct dmvpn_addr *local;
	const struct dmvpn_addr *remote;
	__be16 sport;
	__be16 dport;
	unsigned int mtu;
	unsigned int inside;
	unsigned int head;
	bool again;
	u8 tos;
};

/**
 * enum dmvpn_fit - what becomes of a packet on a path
 * @DMVPN_FIT_WHOLE: sent as it is
 * @DMVPN_FIT_OUTSIDE: sent as it is, the outer packet in fragments
 * @DMVPN_FIT_PIECES: cut into fragments before it is encrypted
 * @DMVPN_FIT_NOT: its sender was told; drop it
 */
enum dmvpn_fit {
	DMVPN_FIT_WHOLE,
	DMVPN_FIT_OUTSIDE,
	DMVPN_FIT_PIECES,
	DMVPN_FIT_NOT,
};

/* xmit.c */
netdev_tx_t dmvpn_xmit(struct sk_buff *skb, struct net_device *dev);
struct dmvpn_peer *dmvpn_xmit_peer(struct dmvpn_device *dd,
				   struct sk_buff *skb);

/* send.c */
void dmvpn_path_set_ends(struct dmvpn_path *path,
			 const struct dmvpn_addr *remote);
void dmvpn_path_drop(const struct dmvpn_path *path, struct sk_buff *skb,
		     int reason);
void dmvpn_send_on(struct dmvpn_path *path, struct sk_buff *skb);
void dmvpn_send(struct dmvpn_device *dd, struct dmvpn_peer *peer,
		struct sk_buff *skb);
void dmvpn_send_kept(struct dmvpn_peer *peer, struct sk_buff *skb);

/* frame.c */
void dmvpn_xmit_frame(struct dmvpn_device *dd, struct sk_buff *skb);
int dmvpn_send_frame(struct dmvpn_device *dd, const struct dmvpn_peer_key *to,
		     const void *data, unsigned int len);

/* mcast.c */
void dmvpn_mcast(struct dmvpn_device *dd, struct sk_buff *skb);

/* mark.c */
bool dmvpn_mark(const struct dmvpn_path *path, struct sk_buff *skb,
		struct dmvpn_cb *note);

/* pmtu.c */
void dmvpn_path_measure(struct dmvpn_path *path);
enum dmvpn_fit dmvpn_fit(const struct dmvpn_path *path, struct sk_buff *skb);
bool dmvpn_exceeds(const struct sk_buff *skb, unsigned int mtu);

/* icmp.c */
void dmvpn_icmp_too_big(struct sk_buff *skb, unsigned int mtu);
void dmvpn_icmp_unreachable(struct sk_buff *skb);

/* pending.c */
bool dmvpn_pending_add(struct dmvpn_peer *peer, struct sk_buff *skb);
void dmvpn_pending_send(struct dmvpn_peer *peer);
void dmvpn_pending_drop(struct dmvpn_peer *peer);
void dmvpn_pending_expire(struct dmvpn_peer *peer);
void dmvpn_pending_end(struct dmvpn_peer *peer);

/* output.c */
void dmvpn_output_note(const struct dmvpn_path *path, const struct sk_buff *skb,
		       bool fragments, struct dmvpn_cb *note);
void dmvpn_output_inner(struct sk_buff *skb, const struct dmvpn_sa *sa);
void dmvpn_output(struct net *net, struct sk_buff *skb, u8 protocol);

/* route.c */
bool dmvpn_route(struct dmvpn_path *path);
struct dst_entry *dmvpn_route_cached(struct dmvpn_peer *peer, u16 family);

#endif /* _DMVPN_SEND_H */
