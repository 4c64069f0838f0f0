/* SPDX-License-Identifier: GPL-2.0 */
/* A packet's way in, from the underlay to the device's receive queue. */
#ifndef _DMVPN_RECEIVE_H
#define _DMVPN_RECEIVE_H

#include <linux/skbuff.h>

struct dmvpn_net;
struct dmvpn_sa;

void dmvpn_receive_esp(struct dmvpn_sa *sa, struct sk_buff *skb);
int dmvpn_receive_hook(struct dmvpn_net *dn);
void dmvpn_receive_unhook(struct dmvpn_net *dn);
int dmvpn_receive_init(void);
void dmvpn_receive_exit(void);

#endif /* _DMVPN_RECEIVE_H */
