// SPDX-License-Identifier: GPL-2.0
/* Packets that wait for their session's first SA. */
#include <linux/module.h>

#include "device.h"
#include "peer.h"
#include "send.h"
#include "session.h"

/* As long as an exchange of IKE may take; who waits for more has given up. */
static unsigned int pending_timeout = 30;
module_param(pending_timeout, uint, 0644);
MODULE_PARM_DESC(pending_timeout, "seconds that packets wait for an SA");

/**
 * dmvpn_pending_add() - keep a packet until its session has an SA
 * @peer: of a protected device
 * @skb: with @again and @tos in dmvpn_cb(); consumed, dropped if too many wait
 *	already; untouched if not needed
 *
 * The oldest ones stay: they are what the session was brought up for.
 *
 * Context: BH off, RCU.
 * Return: false if the session got an SA meanwhile: send the packet.
 */
bool dmvpn_pending_add(struct dmvpn_peer *peer, struct sk_buff *skb)
{
	u32 limit = rcu_dereference(peer->dd->cfg)->pending;
	int reason = 0;

	skb_dst_force(skb);
	spin_lock(&peer->pending.lock);
	/* Whoever sets it then empties the queue under this lock. */
	if (rcu_access_pointer(peer->session->out)) {
		spin_unlock(&peer->pending.lock);
		return false;
	}
	if (peer->dead)
		reason = DMVPN_A_DROPS_TX_NO_SA;
	else if (skb_queue_len(&peer->pending) >= limit)
		reason = DMVPN_A_DROPS_TX_PENDING;
	else if (skb_queue_empty(&peer->pending))
		peer->waiting = jiffies;
	if (!reason)
		__skb_queue_tail(&peer->pending, skb);
	spin_unlock(&peer->pending.lock);
	if (reason) {
		atomic64_inc(&peer->tx_dropped);
		dmvpn_drop_skb(peer->dd, skb, reason);
	}
	return true;
}

static void pending_take(struct dmvpn_peer *peer, struct sk_buff_head *queue)
{
	__skb_queue_head_init(queue);
	spin_lock_bh(&peer->pending.lock);
	skb_queue_splice_init(&peer->pending, queue);
	spin_unlock_bh(&peer->pending.lock);
}

/**
 * dmvpn_pending_send() - the session has an SA: send what waits
 * @peer: peer
 *
 * Context: process, dn->lock.
 */
void dmvpn_pending_send(struct dmvpn_peer *peer)
{
	struct sk_buff_head queue;
	struct sk_buff *skb;

	pending_take(peer, &queue);
	local_bh_disable();
	rcu_read_lock();
	while ((skb = __skb_dequeue(&queue)))
		dmvpn_send_kept(peer, skb);
	rcu_read_unlock();
	local_bh_enable();
}

static void pending_drop(struct dmvpn_peer *peer, int reason)
{
	struct sk_buff_head queue;
	struct sk_buff *skb;

	pending_take(peer, &queue);
	local_bh_disable();
	while ((skb = __skb_dequeue(&queue))) {
		atomic64_inc(&peer->tx_dropped);
		dmvpn_drop_skb(peer->dd, skb, reason);
	}
	local_bh_enable();
}

/**
 * dmvpn_pending_drop() - drop what waits: the session failed
 * @peer: peer
 *
 * Context: process, dn->lock.
 */
void dmvpn_pending_drop(struct dmvpn_peer *peer)
{
	pending_drop(peer, DMVPN_A_DROPS_TX_NO_SA);
}

/**
 * dmvpn_pending_expire() - drop what has waited for too long
 * @peer: peer
 *
 * All that waits came within a short time: the oldest stay, and there is room
 * for few.
 *
 * Context: process, dn->lock.
 */
void dmvpn_pending_expire(struct dmvpn_peer *peer)
{
	unsigned long limit = READ_ONCE(pending_timeout) * (unsigned long)HZ;
	bool late;

	spin_lock_bh(&peer->pending.lock);
	late = !skb_queue_empty(&peer->pending) &&
	       jiffies - peer->waiting > limit;
	spin_unlock_bh(&peer->pending.lock);
	if (late)
		pending_drop(peer, DMVPN_A_DROPS_TX_PENDING);
}

/**
 * dmvpn_pending_end() - drop what waits, and let nothing wait any more
 * @peer: peer that is being removed
 *
 * Context: process, dn->lock.
 */
void dmvpn_pending_end(struct dmvpn_peer *peer)
{
	spin_lock_bh(&peer->pending.lock);
	peer->dead = true;
	spin_unlock_bh(&peer->pending.lock);
	dmvpn_pending_drop(peer);
}
