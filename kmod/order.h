/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A cipher may answer later, and not in the order in which it was asked: some
 * packets at once, others after a detour. Here packets wait for those that
 * were before them in the same SA, so that no flow overtakes itself.
 */
#ifndef _DMVPN_ORDER_H
#define _DMVPN_ORDER_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

/**
 * struct dmvpn_turn - a packet's place in the order
 * @list: in dmvpn_order.queue
 * @pass: passes the packet on; BH off
 * @queued: it is in the queue
 * @done: the cipher has answered
 */
struct dmvpn_turn {
	struct list_head list;
	void (*pass)(struct dmvpn_turn *turn);
	bool queued;
	bool done;
};

/**
 * struct dmvpn_order - packets of one SA that are in the cipher or behind them
 * @lock: for all members
 * @queue: turns in the order of their packets
 * @len: length of @queue
 * @active: a packet is in @queue or is being passed on; while false, the
 *	packets that a cipher answers for at once take no lock
 * @draining: somebody passes packets on
 * @waited: packets that the cipher did not answer for at once, ever
 */
struct dmvpn_order {
	spinlock_t lock;	/* for all members */
	struct list_head queue;
	unsigned int len;
	bool active;
	bool draining;
	u64 waited;
};

void dmvpn_order_init(struct dmvpn_order *order);
void dmvpn_order_wait(struct dmvpn_order *order, struct dmvpn_turn *turn);
void dmvpn_order_done(struct dmvpn_order *order, struct dmvpn_turn *turn);
bool dmvpn_order_full(const struct dmvpn_order *order);
bool dmvpn_order_behind(struct dmvpn_order *order, struct dmvpn_turn *turn);
u64 dmvpn_order_waited(struct dmvpn_order *order);

/**
 * dmvpn_order_active() - may a packet have to wait for others?
 * @order: of the SA
 */
static inline bool dmvpn_order_active(const struct dmvpn_order *order)
{
	/* If not, we come after all that was passed on: order_drain(). */
	return smp_load_acquire(&order->active);
}

#endif /* _DMVPN_ORDER_H */
