/* SPDX-License-Identifier: GPL-2.0 */
/* A packet's way out, from ndo_start_xmit to the underlay. */
#ifndef _DMVPN_SEND_H
#define _DMVPN_SEND_H

#include <linux/netdevice.h>
#include <linux/skbuff.h>

struct dmvpn_config;
struct dmvpn_device;
struct dmvpn_endpoint;
struct dmvpn_peer;
struct dmvpn_peer_key;
struct dmvpn_sa;
struct dmvpn_session;

/**
 * struct dmvpn_path - where a packet goes and how, for one transmission
 * @dd: device
 * @cfg: its settings
 * @peer: NULL for a frame through a session without a peer
 * @sa: outbound SA, NULL for plain GRE
 * @rt: route to the NBMA address, a reference held
 * @saddr: outer source
 * @daddr: outer destination
 * @sport: outer UDP source port
 * @dport: outer UDP destination port, 0 for none
 * @mtu: largest inner packet
 */
struct dmvpn_path {
	struct dmvpn_device *dd;
	const struct dmvpn_config *cfg;
	struct dmvpn_peer *peer;
	struct dmvpn_sa *sa;
	struct rtable *rt;
	__be32 saddr;
	__be32 daddr;
	__be16 sport;
	__be16 dport;
	unsigned int mtu;
};

/* send.c */
netdev_tx_t dmvpn_xmit(struct sk_buff *skb, struct net_device *dev);
void dmvpn_send(struct dmvpn_device *dd, struct dmvpn_peer *peer,
		struct sk_buff *skb);
int dmvpn_send_frame(struct dmvpn_device *dd, const struct dmvpn_peer_key *to,
		     const void *data, unsigned int len);

/* mcast.c */
void dmvpn_mcast(struct dmvpn_device *dd, struct sk_buff *skb);

/* pmtu.c */
unsigned int dmvpn_path_mtu(const struct dmvpn_path *path);
bool dmvpn_fits(const struct dmvpn_path *path, struct sk_buff *skb);

/* pending.c */
bool dmvpn_pending_add(struct dmvpn_peer *peer, struct sk_buff *skb);
void dmvpn_pending_send(struct dmvpn_peer *peer);
void dmvpn_pending_drop(struct dmvpn_peer *peer);
void dmvpn_pending_end(struct dmvpn_peer *peer);

/* output.c */
void dmvpn_output(struct net *net, struct sk_buff *skb, u8 protocol);

/* route.c */
bool dmvpn_route(struct dmvpn_path *path);

#endif /* _DMVPN_SEND_H */
