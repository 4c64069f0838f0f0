// SPDX-License-Identifier: GPL-2.0
#include <linux/rculist.h>

#include "device.h"
#include "peer.h"
#include "send.h"

/**
 * dmvpn_mcast() - send a copy to every peer with the multicast flag
 * @dd: device
 * @skb: multicast or broadcast packet, consumed
 *
 * Context: BH off, RCU.
 */
void dmvpn_mcast(struct dmvpn_device *dd, struct sk_buff *skb)
{
	struct dmvpn_peer *peer, *last = NULL;
	struct sk_buff *copy;

	list_for_each_entry_rcu(peer, &dd->mcast, mcast) {
		if (last) {
			copy = skb_clone(skb, GFP_ATOMIC);
			if (copy)
				dmvpn_send(dd, last, copy);
			else
				dmvpn_drop(dd, DMVPN_A_DROPS_TX_NO_MEMORY);
		}
		last = peer;
	}
	if (last)
		dmvpn_send(dd, last, skb);
	else
		dmvpn_drop_skb(dd, skb, DMVPN_A_DROPS_TX_NO_PEER);
}
