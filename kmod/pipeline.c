// SPDX-License-Identifier: GPL-2.0
#include <linux/bits.h>
#include <linux/cpumask.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/sched/isolation.h>
#include <linux/tick.h>

#include "order.h"
#include "pipeline.h"

/* Jiffies over which a CPU's load is measured. */
#define LOAD_WINDOW	2
/* Packets that go to one helper before the next is looked for. */
#define BURST		16
/* Per cent of its time from which a CPU does not help. */
#define HELPER_LOAD	94

static unsigned int pipeline_load = 88;
module_param(pipeline_load, uint, 0644);
MODULE_PARM_DESC(pipeline_load,
		 "load in per cent from which a CPU lets others help with the cipher; 101: never");

static unsigned int pipeline_len = 64;
module_param(pipeline_len, uint, 0644);
MODULE_PARM_DESC(pipeline_len,
		 "packets that may wait for the help of one CPU");

/**
 * struct dmvpn_helper - a CPU that helps others, and asks for their help
 * @lock: for @turns, @orders and @len
 * @turns: packets that wait for the cipher
 * @orders: where it is to pass packets on, each with a reference
 * @len: length of @turns
 * @work: what it does about them
 * @cpu: its number
 * @stamp: jiffies when @load was measured
 * @idle: its idle time then, in us since boot
 * @load: per cent of its time that it worked before @stamp
 * @busy: it wants help; this and the next are its own
 * @target: who helps it
 * @left: packets that go to @target yet
 */
struct dmvpn_helper {
	spinlock_t lock;	/* for @turns, @orders and @len */
	struct list_head turns;
	struct list_head orders;
	unsigned int len;
	struct work_struct work;
	unsigned int cpu;
	unsigned long stamp;
	u64 idle;
	unsigned int load;
	bool busy;
	struct dmvpn_helper *target;
	unsigned int left;
};

static DEFINE_PER_CPU_ALIGNED(struct dmvpn_helper, dmvpn_helpers);
static struct workqueue_struct *dmvpn_cipher_wq;

/*
 * Per cent of its time that a CPU worked lately. Two may measure at a time:
 * one of them sees what the other left, which does no harm.
 */
static unsigned int load_of(struct dmvpn_helper *helper)
{
	const unsigned long before = READ_ONCE(helper->stamp), now = jiffies;
	u64 span, idle, spent;

	if (likely(now - before < LOAD_WINDOW) ||
	    cmpxchg(&helper->stamp, before, now) != before)
		return READ_ONCE(helper->load);
	/* Microseconds in 32 bits wrap, to 0 too, where no packet came. */
	span = div_u64(jiffies64_to_nsecs(now - before), NSEC_PER_USEC);
	idle = get_cpu_idle_time_us(helper->cpu, NULL);
	spent = min(idle - helper->idle, span);
	helper->idle = idle;
	WRITE_ONCE(helper->load, 100 - (unsigned int)div64_u64(100 * spent,
							       span));
	return READ_ONCE(helper->load);
}

/* Processors that the user has set apart (isolcpus) do not help. */
static struct dmvpn_helper *find_target(const struct dmvpn_helper *self)
{
	const struct dmvpn_helper *last = self->target ?: self;
	unsigned int cpu = last->cpu, i;
	struct dmvpn_helper *helper;

	for (i = num_online_cpus(); i > 1; i--) {
		cpu = cpumask_next(cpu, cpu_online_mask);
		if (cpu >= nr_cpu_ids)
			cpu = cpumask_first(cpu_online_mask);
		helper = per_cpu_ptr(&dmvpn_helpers, cpu);
		if (helper != self && housekeeping_cpu(cpu, HK_TYPE_DOMAIN) &&
		    load_of(helper) < HELPER_LOAD)
			return helper;
	}
	return NULL;
}

/**
 * dmvpn_pipeline_busy() - does this CPU want help?
 *
 * Once it does it goes on to until half of the load is gone that made it.
 *
 * Context: BH off.
 */
bool dmvpn_pipeline_busy(void)
{
	unsigned int limit = READ_ONCE(pipeline_load);
	struct dmvpn_helper *self;

	if (num_online_cpus() == 1)
		return false;
	self = this_cpu_ptr(&dmvpn_helpers);
	if (self->busy)
		limit /= 2;
	self->busy = load_of(self) >= limit;
	return self->busy;
}

/**
 * dmvpn_pipeline_helper() - who is to do the cipher's work for a packet?
 *
 * Context: BH off, on a busy CPU.
 * Return: NULL if no other CPU has time for it.
 */
struct dmvpn_helper *dmvpn_pipeline_helper(void)
{
	struct dmvpn_helper *self = this_cpu_ptr(&dmvpn_helpers);

	if (!self->left) {
		self->target = find_target(self);
		self->left = BURST;
	}
	self->left--;
	if (!self->target ||
	    READ_ONCE(self->target->len) >= READ_ONCE(pipeline_len))
		return NULL;
	return self->target;
}

static void wake(struct dmvpn_helper *helper)
{
	queue_work_on(helper->cpu, dmvpn_cipher_wq, &helper->work);
}

/**
 * dmvpn_pipeline_push() - let a helper do the cipher's work
 * @order: of the packet's SA
 * @turn: of the packet
 * @helper: who
 *
 * Context: BH off, RCU.
 */
void dmvpn_pipeline_push(struct dmvpn_order *order, struct dmvpn_turn *turn,
			 struct dmvpn_helper *helper)
{
	dmvpn_order_help(order, turn, this_cpu_ptr(&dmvpn_helpers), helper);
	spin_lock(&helper->lock);
	list_add_tail(&turn->work, &helper->turns);
	WRITE_ONCE(helper->len, helper->len + 1);
	spin_unlock(&helper->lock);
	wake(helper);
}

/**
 * dmvpn_pipeline_call() - let its home see to an order
 * @order: with a reference that the helper gives back
 *
 * Context: BH off, order->lock.
 */
void dmvpn_pipeline_call(struct dmvpn_order *order)
{
	struct dmvpn_helper *helper = order->home;

	spin_lock(&helper->lock);
	list_add_tail(&order->call, &helper->orders);
	spin_unlock(&helper->lock);
	wake(helper);
}

static struct dmvpn_turn *waiting_turn(struct dmvpn_helper *helper)
{
	struct dmvpn_turn *turn;

	spin_lock(&helper->lock);
	turn = list_first_entry_or_null(&helper->turns, struct dmvpn_turn,
					work);
	if (turn) {
		list_del(&turn->work);
		WRITE_ONCE(helper->len, helper->len - 1);
	}
	spin_unlock(&helper->lock);
	return turn;
}

/*
 * Is all that was passed on here gone from this CPU's queues, those behind the
 * first ones too? The kernel goes through them when BH is enabled, but leaves
 * them for later where that takes it too long.
 */
static bool queues_empty(void)
{
	return !(local_softirq_pending() & BIT(NET_RX_SOFTIRQ));
}

/* Returns false if there was nothing to do. */
static bool come(struct dmvpn_helper *helper)
{
	const bool empty = queues_empty();
	struct dmvpn_order *order, *next;
	LIST_HEAD(orders);

	/* They may call again, which is for the next time. */
	spin_lock(&helper->lock);
	list_splice_init(&helper->orders, &orders);
	spin_unlock(&helper->lock);
	if (list_empty(&orders))
		return false;
	list_for_each_entry_safe(order, next, &orders, call) {
		list_del(&order->call);
		dmvpn_order_come(order, helper, empty);
		dmvpn_order_put(order);
	}
	return true;
}

/* Some of what there is to do. Returns false if there was nothing. */
static bool help(struct dmvpn_helper *helper)
{
	bool more = come(helper);
	struct dmvpn_turn *turn;
	unsigned int n;

	for (n = 0; n < BURST && (turn = waiting_turn(helper)); n++) {
		turn->ask(turn, helper);
		more = true;
	}
	return more;
}

static void helper_work(struct work_struct *work)
{
	struct dmvpn_helper *helper = container_of(work, struct dmvpn_helper,
						   work);
	bool more;

	/* Here, and below, what was passed on may leave this CPU's queues. */
	local_bh_disable();
	local_bh_enable();
	do {
		local_bh_disable();
		rcu_read_lock();
		more = help(helper);
		rcu_read_unlock();
		local_bh_enable();
		cond_resched();
	} while (more);
}

int dmvpn_pipeline_init(void)
{
	struct dmvpn_helper *helper;
	unsigned int cpu;

	dmvpn_cipher_wq = alloc_workqueue("dmvpn-cipher", WQ_CPU_INTENSIVE |
					  WQ_HIGHPRI | WQ_MEM_RECLAIM |
					  DMVPN_WQ_PERCPU, 0);
	if (!dmvpn_cipher_wq)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		helper = per_cpu_ptr(&dmvpn_helpers, cpu);
		helper->cpu = cpu;
		helper->stamp = jiffies;
		spin_lock_init(&helper->lock);
		INIT_LIST_HEAD(&helper->turns);
		INIT_LIST_HEAD(&helper->orders);
		INIT_WORK(&helper->work, helper_work);
	}
	return 0;
}

/* All SAs are gone, and all their packets with them. */
void dmvpn_pipeline_exit(void)
{
	destroy_workqueue(dmvpn_cipher_wq);
}
