/* SPDX-License-Identifier: GPL-2.0 */
/* The peer behind which a packet's source lives. */
#ifndef _DMVPN_SOURCE_H
#define _DMVPN_SOURCE_H

#include <linux/skbuff.h>

struct dmvpn_device;
struct dmvpn_peer;

struct dmvpn_peer *dmvpn_peer_of_source(struct dmvpn_device *dd,
					const struct sk_buff *skb);

#endif /* _DMVPN_SOURCE_H */
