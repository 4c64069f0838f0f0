// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>

#include "order.h"
#include "pipeline.h"

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

static struct dmvpn_turn *first_done(struct dmvpn_order *order)
{
	struct dmvpn_turn *turn;

	turn = list_first_entry_or_null(&order->queue, struct dmvpn_turn, list);
	return turn && turn->done ? turn : NULL;
}

static void order_call(struct dmvpn_order *order)
{
	if (order->called)
		return;
	order->called = true;
	dmvpn_pipeline_call(order);
}

static void order_end(struct dmvpn_order *order)
{
	order->home = NULL;
	/* Who sees this comes after all that was passed on. */
	smp_store_release(&order->active, false);
}

/*
 * Pass on what is done from the front of the queue. One at a time does that:
 * others leave theirs to it. Under the lock, which it gives up meanwhile; the
 * caller holds the SA. What a home has passed on waits in a queue of its CPU
 * yet: if it is to leave it comes again when that is empty.
 */
static void order_drain(struct dmvpn_order *order, struct dmvpn_helper *who)
{
	struct dmvpn_turn *turn;

	if (order->draining)
		return;
	if (order->home && order->home != who) {
		if (first_done(order))
			order_call(order);
		return;
	}
	order->draining = true;
	while ((turn = first_done(order))) {
		list_del(&turn->list);
		WRITE_ONCE(order->len, order->len - 1);
		spin_unlock(&order->lock);
		turn->pass(turn);
		spin_lock(&order->lock);
	}
	order->draining = false;
	if (order->len)
		return;
	if (!order->home)
		order_end(order);
	else if (!order->keep)
		order_call(order);
}

/**
 * dmvpn_order_wait() - the cipher will answer later
 * @order: of the SA, which the caller holds
 * @turn: of the packet. The answer may have come already.
 * @home: who is to pass it on, and what comes behind it, unless somebody does
 *	so already; NULL for anybody
 *
 * Context: BH off.
 */
void dmvpn_order_wait(struct dmvpn_order *order, struct dmvpn_turn *turn,
		      struct dmvpn_helper *home)
{
	spin_lock(&order->lock);
	order->waited++;
	if (!order->active)
		order->home = home;
	order->keep = home;
	order_queue(order, turn);
	order_drain(order, NULL);
	spin_unlock(&order->lock);
}

/**
 * dmvpn_order_done() - the cipher has answered later
 * @order: of the SA, which the caller holds apart from what @turn holds
 * @turn: of the packet, for which dmvpn_order_wait() was or will be called
 * @who: the helper that we are, or NULL
 *
 * Context: BH off.
 */
void dmvpn_order_done(struct dmvpn_order *order, struct dmvpn_turn *turn,
		      struct dmvpn_helper *who)
{
	spin_lock(&order->lock);
	turn->done = true;
	if (turn->queued)
		order_drain(order, who);
	spin_unlock(&order->lock);
}

/**
 * dmvpn_order_come() - the home was told to pass packets on
 * @order: of the SA, which the caller holds
 * @who: the helper that we are; all that it passed on before has left its CPU
 *
 * Context: BH off.
 */
void dmvpn_order_come(struct dmvpn_order *order, struct dmvpn_helper *who)
{
	spin_lock(&order->lock);
	order->called = false;
	if (order->len)
		order_drain(order, who);
	else if (order->home == who && !order->keep)
		order_end(order);
	spin_unlock(&order->lock);
}

/**
 * dmvpn_order_behind() - the cipher has answered at once
 * @order: of the SA, which the caller holds
 * @turn: of the packet
 * @keep: help is wanted, though not for this packet
 *
 * Context: BH off.
 * Return: true if it waits for packets before it, or did so; false if there
 * are none and the caller is to pass it on.
 */
bool dmvpn_order_behind(struct dmvpn_order *order, struct dmvpn_turn *turn,
			bool keep)
{
	bool active;

	spin_lock(&order->lock);
	active = order->active;
	if (active) {
		turn->done = true;
		order->keep = keep;
		order_queue(order, turn);
		order_drain(order, NULL);
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
