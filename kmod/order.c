// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>

#include "order.h"

static unsigned int max_in_cipher = 1024;
module_param(max_in_cipher, uint, 0644);
MODULE_PARM_DESC(max_in_cipher,
		 "packets of one SA that an asynchronous cipher may hold");

/**
 * dmvpn_order_init() - nothing is in the cipher
 * @order: to initialize
 */
void dmvpn_order_init(struct dmvpn_order *order)
{
	spin_lock_init(&order->lock);
	INIT_LIST_HEAD(&order->queue);
}

/**
 * dmvpn_order_full() - do as many packets wait as may?
 * @order: of the SA
 */
bool dmvpn_order_full(const struct dmvpn_order *order)
{
	return dmvpn_order_active(order) &&
	       READ_ONCE(order->len) >= READ_ONCE(max_in_cipher);
}

static void order_queue(struct dmvpn_order *order, struct dmvpn_turn *turn)
{
	turn->queued = true;
	list_add_tail(&turn->list, &order->queue);
	WRITE_ONCE(order->len, order->len + 1);
	WRITE_ONCE(order->active, true);
}

/*
 * Pass on what is done from the front of the queue. One at a time does that:
 * others leave theirs to it. Under the lock, which it gives up meanwhile; the
 * caller holds the SA.
 */
static void order_drain(struct dmvpn_order *order)
{
	struct dmvpn_turn *turn;

	if (order->draining)
		return;
	order->draining = true;
	while ((turn = list_first_entry_or_null(&order->queue,
						struct dmvpn_turn, list)) &&
	       turn->done) {
		list_del(&turn->list);
		WRITE_ONCE(order->len, order->len - 1);
		spin_unlock(&order->lock);
		turn->pass(turn);
		spin_lock(&order->lock);
	}
	order->draining = false;
	if (order->len)
		return;
	/* Who sees this comes after all that was passed on. */
	smp_store_release(&order->active, false);
}

/**
 * dmvpn_order_wait() - the cipher will answer later
 * @order: of the SA, which the caller holds
 * @turn: of the packet. The answer may have come already.
 *
 * Context: BH off.
 */
void dmvpn_order_wait(struct dmvpn_order *order, struct dmvpn_turn *turn)
{
	spin_lock(&order->lock);
	order->waited++;
	order_queue(order, turn);
	order_drain(order);
	spin_unlock(&order->lock);
}

/**
 * dmvpn_order_done() - the cipher has answered later
 * @order: of the SA, which the caller holds apart from what @turn holds
 * @turn: of the packet, for which dmvpn_order_wait() was or will be called
 *
 * Context: BH off.
 */
void dmvpn_order_done(struct dmvpn_order *order, struct dmvpn_turn *turn)
{
	spin_lock(&order->lock);
	turn->done = true;
	if (turn->queued)
		order_drain(order);
	spin_unlock(&order->lock);
}

/**
 * dmvpn_order_behind() - the cipher has answered at once
 * @order: of the SA, which the caller holds
 * @turn: of the packet
 *
 * Context: BH off.
 * Return: true if it waits for packets before it, or did so; false if there
 * are none and the caller is to pass it on.
 */
bool dmvpn_order_behind(struct dmvpn_order *order, struct dmvpn_turn *turn)
{
	bool active;

	spin_lock(&order->lock);
	active = order->active;
	if (active) {
		turn->done = true;
		order_queue(order, turn);
		order_drain(order);
	}
	spin_unlock(&order->lock);
	return active;
}

/**
 * dmvpn_order_waited() - packets that the cipher did not answer for at once
 * @order: of the SA
 *
 * Context: process.
 */
u64 dmvpn_order_waited(struct dmvpn_order *order)
{
	u64 waited;

	spin_lock_bh(&order->lock);
	waited = order->waited;
	spin_unlock_bh(&order->lock);
	return waited;
}
