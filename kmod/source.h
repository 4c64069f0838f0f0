/* SPDX-License-Identifier: GPL-2.0 */
/* Where a packet that is forwarded came from. */
#ifndef _DMVPN_SOURCE_H
#define _DMVPN_SOURCE_H

#include <linux/skbuff.h>

struct dmvpn_addr;
struct dmvpn_device;
struct dmvpn_peer;

bool dmvpn_came_back(const struct dmvpn_device *dd, const struct sk_buff *skb);
bool dmvpn_way_back(struct dmvpn_device *dd, const struct sk_buff *skb, int oif,
		    struct dmvpn_addr *addr);
struct dmvpn_peer *dmvpn_peer_of_source(struct dmvpn_device *dd,
					const struct sk_buff *skb, int oif);

#endif /* _DMVPN_SOURCE_H */
