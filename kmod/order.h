/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A cipher may answer later, and not in the order in which it was asked: some
 * packets at once, others after a detour. Here packets wait for those that
 * were before them in the same direction of a session, whatever SA they had, so
 * that no flow overtakes itself.
 *
 * What is behind us has a queue for each CPU. Where several CPUs encrypt or
 * decrypt one of them passes all packets on: the home. It begins when the CPU
 * that did so before has none left in its queue, and ends when it has none
 * itself.
 */
#ifndef _DMVPN_ORDER_H
#define _DMVPN_ORDER_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct dmvpn_helper;

/**
 * struct dmvpn_turn - a packet's place in the order
 * @list: in dmvpn_order.queue
 * @work: in a helper's queue
 * @ask: asks the cipher, for a helper; BH off, RCU
 * @pass: passes the packet on; BH off
 * @queued: it is in the queue
 * @done: the cipher has answered
 */
struct dmvpn_turn {
	struct list_head list;
	struct list_head work;
	void (*ask)(struct dmvpn_turn *turn, struct dmvpn_helper *helper);
	void (*pass)(struct dmvpn_turn *turn);
	bool queued;
	bool done;
};

/**
 * struct dmvpn_order - packets that are in the cipher or behind them
 * @lock: for all members but @refs
 * @queue: turns in the order of their packets
 * @len: length of @queue
 * @active: a packet is in @queue or is being passed on; while false, the
 *	packets that a cipher answers for at once take no lock
 * @draining: somebody passes packets on
 * @called: @home is to come
 * @keep: @home stays, for its help is wanted
 * @home: who passes packets on while @active, NULL for anybody
 * @next: who does so once @home has come with an empty queue; @home is the CPU
 *	that did before
 * @call: in the queue of @home, while @called
 * @refs: SAs and calls
 * @rcu: freed after a grace period
 */
struct dmvpn_order {
	spinlock_t lock;	/* for all members but refs */
	struct list_head queue;
	unsigned int len;
	bool active;
	bool draining;
	bool called;
	bool keep;
	struct dmvpn_helper *home;
	struct dmvpn_helper *next;
	struct list_head call;
	refcount_t refs;
	struct rcu_head rcu;
};

struct dmvpn_order *dmvpn_order_new(void);
struct dmvpn_order *dmvpn_order_get(struct dmvpn_order *order);
void dmvpn_order_put(struct dmvpn_order *order);
void dmvpn_order_wait(struct dmvpn_order *order, struct dmvpn_turn *turn);
void dmvpn_order_help(struct dmvpn_order *order, struct dmvpn_turn *turn,
		      struct dmvpn_helper *self, struct dmvpn_helper *helper);
void dmvpn_order_done(struct dmvpn_order *order, struct dmvpn_turn *turn,
		      struct dmvpn_helper *who);
void dmvpn_order_come(struct dmvpn_order *order, struct dmvpn_helper *who,
		      bool empty);
bool dmvpn_order_full(const struct dmvpn_order *order);
bool dmvpn_order_behind(struct dmvpn_order *order, struct dmvpn_turn *turn,
			bool keep);

/**
 * dmvpn_order_active() - may a packet have to wait for others?
 * @order: order
 */
static inline bool dmvpn_order_active(const struct dmvpn_order *order)
{
	/* If not, we come after all that was passed on: order_drain(). */
	return smp_load_acquire(&order->active);
}

#endif /* _DMVPN_ORDER_H */
