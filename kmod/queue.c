// SPDX-License-Identifier: GPL-2.0
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <net/sch_generic.h>

#include "classify.h"
#include "policy.h"
#include "queue.h"

/* What a policy without any rate is thought to have, to compare percents. */
#define RATE_NOMINAL	1000000000ULL

/* Burst of police and priority, if it was not told: ms of the rate. */
#define POLICE_BURST	200

/*
 * Virtual time is finer than ns: at 100 Gbit/s a small packet takes a few. It
 * may wrap around.
 */
#define VIRTUAL_SHIFT	10

/* ---- making ---- */

static const struct dmvpn_rules *child_rules(const struct dmvpn_class *class)
{
	return rcu_dereference(class->child->rules);
}

/* Is a class at this depth divided? */
static bool divides(const struct dmvpn_class *class, int depth)
{
	return class->child && depth + 1 < DMVPN_POLICY_DEPTH;
}

/*
 * There may be too many for a moment, while one of the policies is replaced and
 * we have seen some of the former rules. It does not go on then.
 */
static u32 count_classes(const struct dmvpn_rules *rules, int depth)
{
	u32 i, n = rules->n_classes;

	for (i = 0; n <= DMVPN_QUEUE_CLASSES && i < rules->n_classes; i++) {
		if (divides(&rules->classes[i], depth))
			n += count_classes(child_rules(&rules->classes[i]),
					   depth + 1);
	}
	return n;
}

static u64 percent_of(u64 rate, u32 percent)
{
	return div_u64(rate * percent, 100);
}

static u64 bandwidth_of(const struct dmvpn_queueing *q, u64 rate)
{
	return q->bandwidth_rate ?: percent_of(rate, q->bandwidth_percent);
}

static u64 priority_of(const struct dmvpn_queueing *q, u64 rate)
{
	return q->priority_rate ?: percent_of(rate, q->priority_percent);
}

static bool is_priority(const struct dmvpn_queueing *q)
{
	return q->priority_rate || q->priority_percent;
}

/*
 * What a class without a bandwidth of its own is to have: an equal part of what
 * the others leave, but never nothing.
 */
static u64 rest_of(const struct dmvpn_rules *rules, u64 rate)
{
	const struct dmvpn_queueing *q;
	u64 taken = 0, own;
	u32 i, others = 0;

	for (i = 0; i < rules->n_classes; i++) {
		q = &rules->classes[i].queueing;
		own = is_priority(q) ? priority_of(q, rate) :
				       bandwidth_of(q, rate);
		taken += own;
		others += !own;
	}
	if (!others)
		return rate;
	return max(div_u64(rate > taken ? rate - taken : 0, others),
		   percent_of(rate, 1));
}

static void class_set_paces(struct dmvpn_qclass *class,
			    const struct dmvpn_queueing *q, u64 rate)
{
	u64 cap = priority_of(q, rate);

	dmvpn_pace_set(&class->shape, q->shape_rate,
		       dmvpn_burst(q->shape_burst, q->shape_rate,
				   DMVPN_SHAPE_BURST));
	dmvpn_pace_set(&class->cap, cap,
		       dmvpn_burst(q->priority_burst, cap, POLICE_BURST));
	dmvpn_pace_set(&class->police, q->police_rate,
		       dmvpn_burst(q->police_burst, q->police_rate,
				   POLICE_BURST));
}

/* All that depends on @rate, around the class, and @rest of it. */
static void class_set_rates(struct dmvpn_qclass *class,
			    const struct dmvpn_queueing *q, u64 rate, u64 rest)
{
	class->share = dmvpn_per_byte(bandwidth_of(q, rate) ?: rest);
	class_set_paces(class, q, rate);
	class->per_byte = class->shape.per_byte;
	if (class->parent)
		class->per_byte = max(class->per_byte,
				      class->parent->per_byte);
}

static int class_init(struct dmvpn_qclass *class, struct dmvpn_qclass *parent,
		      const struct dmvpn_queueing *q, u64 rate, u64 rest)
{
	INIT_LIST_HEAD(&class->list);
	INIT_LIST_HEAD(&class->priority);
	INIT_LIST_HEAD(&class->shared);
	class->parent = parent;
	class->is_priority = is_priority(q);
	class_set_rates(class, q, rate, rest);
	return dmvpn_leaf_init(&class->leaf, q, class->per_byte);
}

/**
 * dmvpn_queue_shape() - what a shaper comes to
 * @queue: queue
 * @queueing: of one of its classes
 *
 * Return: bits a second, 0 if the class has no shaper.
 */
u64 dmvpn_queue_shape(const struct dmvpn_queue *queue,
		      const struct dmvpn_queueing *queueing)
{
	if (!queueing->shape_rate)
		return 0;
	return min_not_zero(queueing->shape_rate, queue->limit);
}

/* The rate that the percents in a class's own policy are of. */
static u64 rate_within(const struct dmvpn_queue *queue,
		       const struct dmvpn_queueing *q, u64 rate)
{
	return dmvpn_queue_shape(queue, q) ?: bandwidth_of(q, rate) ?:
	       priority_of(q, rate) ?: rate;
}

/*
 * Make the classes that divide @class, which come one after the other from
 * @first on. A policy may be replaced while we look, and have more classes than
 * were counted.
 */
static int divide(struct dmvpn_queue *queue, struct dmvpn_qclass *class,
		  const struct dmvpn_rules *rules, u64 rate, u32 *used,
		  int depth)
{
	const u64 rest = rest_of(rules, rate);
	const struct dmvpn_class *of;
	struct dmvpn_qclass *sub;
	int err = 0;
	u32 i;

	if (rules->n_classes > queue->n_classes - *used)
		return -EAGAIN;
	class->serial = rules->serial;
	class->first = *used;
	class->n = rules->n_classes;
	*used += rules->n_classes;
	for (i = 0; !err && i < rules->n_classes; i++) {
		of = &rules->classes[i];
		sub = &queue->classes[class->first + i];
		err = class_init(sub, class, &of->queueing, rate, rest);
		if (!err && divides(of, depth))
			err = divide(queue, sub, child_rules(of),
				     rate_within(queue, &of->queueing, rate),
				     used, depth + 1);
	}
	return err;
}

/* The rate that percentages in the policy itself are of. */
static u64 rate_of_all(u64 rate, u64 limit)
{
	return min_not_zero(rate, limit) ?: RATE_NOMINAL;
}

/**
 * dmvpn_queue_new() - an empty queue
 * @rules: of the peer's policy
 * @rate: of the device in bits a second, 0 for no limit
 * @limit: of the peer, the same
 *
 * Context: RCU; any.
 * Return: queue, or NULL without memory, or if there are too many classes.
 */
struct dmvpn_queue *dmvpn_queue_new(const struct dmvpn_rules *rules, u64 rate,
				    u64 limit)
{
	const struct dmvpn_queueing whole = { .shape_rate = limit };
	const u32 n = count_classes(rules, 0);
	struct dmvpn_queue *queue;
	u32 used = 1;
	int err;

	if (n > DMVPN_QUEUE_CLASSES)
		return NULL;
	queue = kzalloc(sizeof(*queue) + (n + 1) * sizeof(queue->classes[0]),
			GFP_ATOMIC | __GFP_NOWARN);
	if (!queue)
		return NULL;
	queue->rate = rate;
	queue->limit = limit;
	queue->n_classes = n + 1;
	INIT_LIST_HEAD(&queue->list);
	err = class_init(&queue->classes[0], NULL, &whole, 0, 0);
	if (!err)
		err = divide(queue, &queue->classes[0], rules,
			     rate_of_all(rate, limit), &used, 0);
	if (err) {
		dmvpn_queue_free(queue);
		return NULL;
	}
	return queue;
}

/* Other rates for the classes that divide @class, unless those are others. */
static void class_set_within(struct dmvpn_queue *queue,
			     const struct dmvpn_qclass *class,
			     const struct dmvpn_rules *rules, u64 rate)
{
	const u64 rest = rest_of(rules, rate);
	const struct dmvpn_class *of;
	struct dmvpn_qclass *sub;
	u32 i;

	if (class->serial != rules->serial)
		return;
	for (i = 0; i < class->n; i++) {
		of = &rules->classes[i];
		sub = &queue->classes[class->first + i];
		class_set_rates(sub, &of->queueing, rate, rest);
		dmvpn_leaf_set_codel(&sub->leaf, &of->queueing, sub->per_byte);
		if (sub->n)
			class_set_within(queue, sub, child_rules(of),
					 rate_within(queue, &of->queueing,
						     rate));
	}
}

/**
 * dmvpn_queue_set_rates() - another rate or limit, and nothing else changes
 * @queue: queue that fits @rules
 * @rules: of the peer's policy
 * @rate: of the device in bits a second, 0 for no limit
 * @limit: of the peer, the same
 *
 * Context: RCU. If some of the rules are replaced meanwhile, their classes keep
 * their rates, and the queue does not fit any more.
 */
void dmvpn_queue_set_rates(struct dmvpn_queue *queue,
			   const struct dmvpn_rules *rules, u64 rate,
			   u64 limit)
{
	const struct dmvpn_queueing whole = { .shape_rate = limit };

	queue->rate = rate;
	queue->limit = limit;
	class_set_rates(&queue->classes[0], &whole, 0, 0);
	class_set_within(queue, &queue->classes[0], rules,
			 rate_of_all(rate, limit));
}

static bool class_fits(const struct dmvpn_queue *queue,
		       const struct dmvpn_qclass *class,
		       const struct dmvpn_rules *rules)
{
	const struct dmvpn_qclass *sub;
	u32 i;

	if (class->serial != rules->serial)
		return false;
	for (i = 0; i < class->n; i++) {
		sub = &queue->classes[class->first + i];
		if (sub->n && !class_fits(queue, sub,
					  child_rules(&rules->classes[i])))
			return false;
	}
	return true;
}

/**
 * dmvpn_queue_fits() - was a queue made for these rules?
 * @queue: queue
 * @rules: of the peer's policy
 *
 * Context: RCU.
 * Return: false if they or those of a policy within them were replaced.
 */
bool dmvpn_queue_fits(const struct dmvpn_queue *queue,
		      const struct dmvpn_rules *rules)
{
	return class_fits(queue, &queue->classes[0], rules);
}

/**
 * dmvpn_queue_free() - free a queue
 * @queue: without packets
 */
void dmvpn_queue_free(struct dmvpn_queue *queue)
{
	u32 i;

	for (i = 0; i < queue->n_classes; i++)
		dmvpn_leaf_free(&queue->classes[i].leaf);
	kfree(queue);
}

/* ---- coming ---- */

/**
 * dmvpn_queue_classify() - where a packet waits
 * @queue: of its peer
 * @rules: of the peer's policy
 * @flow: the packet's inner header, NULL if it has none that policies know
 * @packets: to be counted, 0 for one that was counted already
 * @bytes: in them
 *
 * Context: RCU.
 * Return: a class that is not divided, or NULL if the queue was made for other
 * rules.
 */
struct dmvpn_qclass *dmvpn_queue_classify(struct dmvpn_queue *queue,
					  const struct dmvpn_rules *rules,
					  const struct dmvpn_flow *flow,
					  u32 packets, u32 bytes)
{
	struct dmvpn_qclass *at = &queue->classes[0];
	const struct dmvpn_class *class;

	for (;;) {
		if (at->serial != rules->serial)
			return NULL;
		class = dmvpn_policy_classify(rules, rules->counts, flow,
					      packets, bytes);
		at = &queue->classes[at->first + (class - rules->classes)];
		if (!at->n)
			return at;
		rules = child_rules(class);
	}
}

static bool before(u64 a, u64 b)
{
	return (s64)(a - b) < 0;
}

/* A class has a packet: it takes part, from now on and not for the past. */
static void class_activate(struct dmvpn_qclass *class)
{
	struct dmvpn_qclass *parent = class->parent;

	if (before(class->start, parent->virtual))
		class->start = parent->virtual;
	list_add_tail(&class->list, class->is_priority ? &parent->priority :
							 &parent->shared);
}

static void class_count(struct dmvpn_qclass *class, u32 len)
{
	for (; class; class = class->parent) {
		if (!class->packets && class->parent)
			class_activate(class);
		class->packets++;
		class->bytes += len;
	}
}

/* Those of a class and of all around it. */
static void class_uncount(struct dmvpn_qclass *class, u32 packets, u32 bytes)
{
	for (; class; class = class->parent) {
		class->packets -= packets;
		class->bytes -= bytes;
		if (!class->packets)
			list_del_init(&class->list);
	}
}

/* Bytes of a packet of the class that was dropped. */
static void class_lose(struct dmvpn_qclass *class, u32 bytes)
{
	for (; class; class = class->parent)
		class->dropped_bytes += bytes;
}

static void class_update_rates(struct dmvpn_qclass *class, u64 now)
{
	const u32 interval = READ_ONCE(dmvpn_load_interval);

	if (!dmvpn_rate_is_due(&class->offered, now))
		return;
	dmvpn_rate_update(&class->offered, class->sent_bytes + class->bytes +
			  class->dropped_bytes, now, interval);
	dmvpn_rate_update(&class->drops, class->dropped_bytes, now, interval);
}

/*
 * A priority class may have more than its rate as long as nobody has to wait
 * for it.
 */
static bool class_admit(struct dmvpn_qclass *class, u64 now, u32 len,
			bool others)
{
	if (dmvpn_pace_admit(&class->police, now, len) &&
	    (!class->is_priority ||
	     dmvpn_pace_admit(&class->cap, now, len) || !others))
		return true;
	class->dropped_rate++;
	return false;
}

/**
 * dmvpn_queue_add() - a packet comes
 * @queue: of its peer
 * @class: where it waits
 * @skb: packet
 * @now: in ns
 *
 * Return: if it waits; else it remains the caller's.
 */
enum dmvpn_verdict dmvpn_queue_add(struct dmvpn_queue *queue,
				   struct dmvpn_qclass *class,
				   struct sk_buff *skb, u64 now)
{
	const bool others = dmvpn_queue_len(queue);
	const u32 len = qdisc_pkt_len(skb);
	struct dmvpn_qclass *at;

	for (at = class; at; at = at->parent)
		class_update_rates(at, now);
	for (at = class; at; at = at->parent) {
		if (!class_admit(at, now, len, others)) {
			class_lose(class, len);
			return DMVPN_TOO_FAST;
		}
	}
	if (!dmvpn_leaf_add(&class->leaf, skb)) {
		class_lose(class, len);
		return DMVPN_NO_ROOM;
	}
	class_count(class, len);
	return DMVPN_WAITS;
}

/**
 * dmvpn_queue_put() - a packet that waited elsewhere goes on to do so here
 * @class: of a queue, which takes it even if it is full
 * @skb: packet
 */
void dmvpn_queue_put(struct dmvpn_qclass *class, struct sk_buff *skb)
{
	dmvpn_leaf_put(&class->leaf, skb);
	class_count(class, qdisc_pkt_len(skb));
}

/* ---- going ---- */

static struct dmvpn_qclass *choose(struct dmvpn_qclass *class, u64 now);

static struct dmvpn_qclass *choose_priority(struct dmvpn_qclass *class, u64 now)
{
	struct dmvpn_qclass *sub, *leaf;

	list_for_each_entry(sub, &class->priority, list) {
		leaf = choose(sub, now);
		if (leaf)
			return leaf;
	}
	return NULL;
}

/*
 * Whose packet is due first in virtual time. What a class could not use, since
 * its own shaper let it wait, it does not get later.
 */
static struct dmvpn_qclass *choose_shared(struct dmvpn_qclass *class, u64 now)
{
	struct dmvpn_qclass *sub, *leaf, *best = NULL, *best_leaf = NULL;

	list_for_each_entry(sub, &class->shared, list) {
		if (best && !before(sub->start, best->start))
			continue;
		leaf = choose(sub, now);
		if (leaf) {
			best = sub;
			best_leaf = leaf;
		} else if (before(sub->start, class->virtual)) {
			sub->start = class->virtual;
		}
	}
	return best_leaf;
}

/* The leaf within a class whose turn it is, NULL if shapers let it wait. */
static struct dmvpn_qclass *choose(struct dmvpn_qclass *class, u64 now)
{
	if (!dmvpn_pace_ready(&class->shape, now))
		return NULL;
	if (!class->n)
		return class;
	return choose_priority(class, now) ?: choose_shared(class, now);
}

static u64 virtual_time(const struct dmvpn_qclass *class, u32 len)
{
	return len * class->share >> (DMVPN_PACE_SHIFT - VIRTUAL_SHIFT);
}

/* A packet goes: all classes that it is in have had their part. */
static void class_spend(struct dmvpn_qclass *class, u64 now, u32 len,
			u32 packets)
{
	for (; class; class = class->parent) {
		dmvpn_pace_spend(&class->shape, now, len);
		class->sent_packets += packets;
		class->sent_bytes += len;
		if (!class->parent || class->is_priority)
			continue;
		class->parent->virtual = class->start;
		class->start += virtual_time(class, len);
	}
}

/**
 * dmvpn_queue_take() - the next packet
 * @queue: queue
 * @now: in ns
 * @dropped: gets those that CoDel drops before it
 *
 * Return: packet, or NULL if none may go now.
 */
struct sk_buff *dmvpn_queue_take(struct dmvpn_queue *queue, u64 now,
				 struct dmvpn_dropped *dropped)
{
	struct dmvpn_qclass *class;
	struct sk_buff *skb = NULL;
	u32 packets, bytes, lost;

	while (!skb && dmvpn_queue_len(queue)) {
		class = choose(&queue->classes[0], now);
		if (!class)
			return NULL;
		packets = class->leaf.packets;
		bytes = class->leaf.bytes;
		lost = dropped->bytes;
		skb = dmvpn_leaf_take(&class->leaf, dropped);
		if (dropped->bytes != lost)
			class_lose(class, dropped->bytes - lost);
		if (skb)
			class_spend(class, now, qdisc_pkt_len(skb),
				    dmvpn_skb_packets(skb));
		class_uncount(class, packets - class->leaf.packets,
			      bytes - class->leaf.bytes);
	}
	return skb;
}

/**
 * dmvpn_queue_pop() - a packet that is to wait elsewhere, or to be dropped
 * @queue: queue. All of its packets are taken so, each flow's in their order.
 *
 * Return: packet, or NULL if none is left.
 */
struct sk_buff *dmvpn_queue_pop(struct dmvpn_queue *queue)
{
	struct dmvpn_qclass *class = &queue->classes[0];
	struct sk_buff *skb;

	if (!class->packets)
		return NULL;
	while (class->n)
		class = list_first_entry(list_empty(&class->priority) ?
					 &class->shared : &class->priority,
					 struct dmvpn_qclass, list);
	skb = dmvpn_leaf_pop(&class->leaf);
	class_uncount(class, 1, qdisc_pkt_len(skb));
	return skb;
}

static u64 class_time(const struct dmvpn_qclass *class)
{
	const struct dmvpn_qclass *sub;
	u64 time = class->n ? U64_MAX : 0;

	list_for_each_entry(sub, &class->priority, list)
		time = min(time, class_time(sub));
	list_for_each_entry(sub, &class->shared, list)
		time = min(time, class_time(sub));
	return max(time, class->shape.next);
}

/**
 * dmvpn_queue_time() - when the next packet may go
 * @queue: with a packet
 *
 * Return: ns, in the past if it may go now.
 */
u64 dmvpn_queue_time(const struct dmvpn_queue *queue)
{
	return class_time(&queue->classes[0]);
}

/**
 * dmvpn_queue_update_rates() - before somebody reads the rates of its classes
 * @queue: queue
 * @now: in ns
 */
void dmvpn_queue_update_rates(struct dmvpn_queue *queue, u64 now)
{
	u32 i;

	for (i = 0; i < queue->n_classes; i++)
		class_update_rates(&queue->classes[i], now);
}
