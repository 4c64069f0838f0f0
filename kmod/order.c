// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>
#include <linux/slab.h>

#include "order.h"
#include "pipeline.h"

static unsigned int max_in_cipher = 1024;
module_param(max_in_cipher, uint, 0644);
MODULE_PARM_DESC(max_in_cipher,
		 "packets of one direction of a session that wait for the cipher");

/**
 * dmvpn_order_new() - an order in which nothing waits
 *
 * Context: process.
 * Return: order with a reference, or NULL without memory.
 */
struct dmvpn_order *dmvpn_order_new(void)
{
	struct dmvpn_order *order = kzalloc(sizeof(*order), GFP_KERNEL);

	if (!order)
		return NULL;
	spin_lock_init(&order->lock);
	INIT_LIST_HEAD(&order->queue);
	refcount_set(&order->refs, 1);
	return order;
}

struct dmvpn_order *dmvpn_order_get(struct dmvpn_order *order)
{
	refcount_inc(&order->refs);
	return order;
}

/* Who still looks at it is in RCU. */
void dmvpn_order_put(struct dmvpn_order *order)
{
	if (refcount_dec_and_test(&order->refs))
		kfree_rcu(order, rcu);
}

/**
 * dmvpn_order_full() - do as many packets wait as may?
 * @order: of the packet's SA
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
	dmvpn_pipeline_call(dmvpn_order_get(order));
}

static void order_end(struct dmvpn_order *order)
{
	order->home = NULL;
	/* Who sees this comes after all that was passed on. */
	smp_store_release(&order->active, false);
}

/*
 * Pass on what is done from the front of the queue. One at a time does that:
 * others leave theirs to it. Under the lock, which it gives up meanwhile; in
 * RCU, as the last packet may take the last reference with it. What a home has
 * passed on waits in a queue of its CPU yet: if it is to leave it comes again
 * when that may be empty.
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
 * @order: of the packet's SA
 * @turn: of the packet. The answer may have come already.
 *
 * Context: BH off, RCU.
 */
void dmvpn_order_wait(struct dmvpn_order *order, struct dmvpn_turn *turn)
{
	spin_lock(&order->lock);
	order_queue(order, turn);
	order_drain(order, NULL);
	spin_unlock(&order->lock);
}

/**
 * dmvpn_order_help() - a helper will ask the cipher
 * @order: of the packet's SA
 * @turn: of the packet
 * @self: this CPU, for which it is done
 * @helper: who does it, and passes packets on from now on, unless somebody does
 *	so already
 *
 * Context: BH off, RCU.
 */
void dmvpn_order_help(struct dmvpn_order *order, struct dmvpn_turn *turn,
		      struct dmvpn_helper *self, struct dmvpn_helper *helper)
{
	spin_lock(&order->lock);
	order->keep = true;
	if (!order->active) {
		order->home = self;
		order->next = helper;
		order_call(order);
	}
	order_queue(order, turn);
	spin_unlock(&order->lock);
}

/**
 * dmvpn_order_done() - the cipher has answered later
 * @order: of the packet's SA
 * @turn: of the packet, for which dmvpn_order_wait() or dmvpn_order_help() was
 *	or will be called
 * @who: the helper that we are, or NULL
 *
 * Context: BH off, RCU.
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

/* The queue of the CPU that passed packets on before is empty. */
static void order_move(struct dmvpn_order *order)
{
	order->home = order->next;
	order->next = NULL;
	if (first_done(order) || !order->keep)
		order_call(order);
}

/**
 * dmvpn_order_come() - a helper was told to pass packets on
 * @order: order
 * @who: the helper that we are
 * @empty: all that it passed on before has left its CPU. If not it stays the
 *	home until it comes for the next packet.
 *
 * Context: BH off, RCU.
 */
void dmvpn_order_come(struct dmvpn_order *order, struct dmvpn_helper *who,
		      bool empty)
{
	spin_lock(&order->lock);
	order->called = false;
	if (order->next && empty)
		order_move(order);
	else if (order->len)
		order_drain(order, who);
	else if (order->home == who && !order->keep && empty)
		order_end(order);
	spin_unlock(&order->lock);
}

/**
 * dmvpn_order_behind() - the cipher has answered at once
 * @order: of the packet's SA
 * @turn: of the packet
 * @keep: help is wanted, though not for this packet
 *
 * Context: BH off, RCU.
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
