/* SPDX-License-Identifier: GPL-2.0 */
/* A packet's way in, from the underlay to the device's receive queue. */
#ifndef _DMVPN_RECEIVE_H
#define _DMVPN_RECEIVE_H

#include <linux/skbuff.h>

#include "addr.h"
#include "gre.h"

struct dmvpn_device;
struct dmvpn_net;
struct dmvpn_peer;
struct dmvpn_sa;
struct dmvpn_session;

/**
 * struct dmvpn_arrival - who a packet came from
 * @dd: device that its GRE header names
 * @remote: NBMA address
 * @port: UDP port, 0 for native ESP and plain GRE
 * @session: NULL if it was not protected
 * @peer: peer of @dd, or NULL
 * @gre: its GRE header
 */
struct dmvpn_arrival {
	struct dmvpn_device *dd;
	struct dmvpn_addr remote;
	__be16 port;
	struct dmvpn_session *session;
	struct dmvpn_peer *peer;
	struct dmvpn_gre gre;
};

/* receive.c */
void dmvpn_receive(const struct dmvpn_arrival *from, struct sk_buff *skb);
void dmvpn_receive_note(struct sk_buff *skb, __be16 sport, __be16 dport);
int dmvpn_receive_init(void);
void dmvpn_receive_exit(void);

/* input.c */
void dmvpn_input(struct dmvpn_sa *sa, struct sk_buff *skb);
int dmvpn_input_init(void);
void dmvpn_input_exit(void);

/* clear.c */
int dmvpn_clear_hook(struct dmvpn_net *dn);
void dmvpn_clear_unhook(struct dmvpn_net *dn);

#endif /* _DMVPN_RECEIVE_H */
