// SPDX-License-Identifier: GPL-2.0
#include <linux/math64.h>
#include <linux/rculist.h>

#include "device.h"
#include "peer.h"
#include "send.h"
#include "source.h"

/*
 * May another copy go to this peer now? A tenth of a second's worth may go at
 * once. Races of two processors cost a copy too many, no more.
 */
static bool within_budget(struct dmvpn_peer *peer, u32 rate)
{
	unsigned long now = jiffies, passed = now - peer->mcast_refilled;
	u32 burst = max(rate / 10, 1U);
	u64 fresh;

	if (!rate)
		return true;
	fresh = div_u64((u64)rate * min_t(unsigned long, passed, HZ), HZ);
	if (fresh) {
		peer->mcast_budget = min_t(u64, burst,
					   peer->mcast_budget + fresh);
		peer->mcast_refilled = now;
	}
	if (!peer->mcast_budget)
		return false;
	peer->mcast_budget--;
	return true;
}

/* A copy, or the packet itself if it is the last one. */
static void send_copy(struct dmvpn_device *dd, struct dmvpn_peer *peer,
		      struct sk_buff *skb, bool last)
{
	u32 rate = rcu_dereference(dd->cfg)->mcast_rate;

	if (!within_budget(peer, rate)) {
		atomic64_inc(&peer->tx_dropped);
		dmvpn_drop(dd, DMVPN_A_DROPS_TX_MCAST_RATE);
		if (last)
			kfree_skb(skb);
		return;
	}
	if (!last)
		skb = skb_clone(skb, GFP_ATOMIC);
	if (skb)
		dmvpn_send(dd, peer, skb);
	else
		dmvpn_drop(dd, DMVPN_A_DROPS_TX_NO_MEMORY);
}

/**
 * dmvpn_mcast() - send a copy to every peer with the multicast flag
 * @dd: device
 * @skb: multicast or broadcast packet, consumed
 *
 * What is forwarded from the device back into it does not return to the peer
 * that it came from.
 *
 * Context: BH off, RCU.
 */
void dmvpn_mcast(struct dmvpn_device *dd, struct sk_buff *skb)
{
	struct dmvpn_peer *peer, *last = NULL, *from = NULL;

	if (dmvpn_came_back(dd, skb))
		from = dmvpn_peer_of_source(dd, skb, skb->skb_iif);
	list_for_each_entry_rcu(peer, &dd->mcast, mcast) {
		if (peer == from)
			continue;
		if (last)
			send_copy(dd, last, skb, false);
		last = peer;
	}
	if (last)
		send_copy(dd, last, skb, true);
	else
		dmvpn_drop_skb(dd, skb, DMVPN_A_DROPS_TX_NO_PEER);
}
