/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The packets that wait for one peer, in the classes of its policy. Nothing
 * here looks at a clock or at the kernel's tables, so that it is tested in user
 * space; all of it is under the lock of a qdisc.
 */
#ifndef _DMVPN_QUEUE_H
#define _DMVPN_QUEUE_H

#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/types.h>

#include "leaf.h"
#include "pace.h"
#include "rate.h"

struct dmvpn_flow;
struct dmvpn_queueing;
struct dmvpn_rules;

/**
 * struct dmvpn_qclass - a class of a policy, for one peer
 * @parent: the class that it divides, NULL for the queue as a whole
 * @list: in @parent's list of those with packets
 * @priority: its own classes with packets that go before all others
 * @shared: its other classes with packets
 * @serial: of the rules that divide it, 0 for none
 * @first: index of its first class
 * @n: number of its classes
 * @shape: how fast packets may go
 * @cap: how fast those of a priority class may come when others wait
 * @police: how fast packets may come
 * @per_byte: of the slowest shaper that its packets go through
 * @share: time per byte at the rate that it is to have, as in struct dmvpn_pace
 * @start: in @parent's virtual time, when its next packet is due
 * @virtual: what @start of the class was that was served last
 * @packets: that wait in it
 * @bytes: that wait in it
 * @sent_packets: segments of super-packets count
 * @sent_bytes: of inner packets
 * @dropped_rate: beyond @cap or @police
 * @dropped_bytes: of all packets that were dropped, for whatever reason
 * @offered: of what came, dropped or not
 * @drops: of @dropped_bytes
 * @is_priority: goes before others
 * @leaf: where its packets wait, unless it is divided
 */
struct dmvpn_qclass {
	struct dmvpn_qclass *parent;
	struct list_head list;
	struct list_head priority;
	struct list_head shared;
	u64 serial;
	u32 first;
	u32 n;
	struct dmvpn_pace shape;
	struct dmvpn_pace cap;
	struct dmvpn_pace police;
	u64 per_byte;
	u64 share;
	u64 start;
	u64 virtual;
	u32 packets;
	u32 bytes;
	u64 sent_packets;
	u64 sent_bytes;
	u64 dropped_rate;
	u64 dropped_bytes;
	struct dmvpn_rate offered;
	struct dmvpn_rate drops;
	bool is_priority;
	struct dmvpn_leaf leaf;
};

/**
 * struct dmvpn_queue - all packets for one peer
 * @list: in egress->ready
 * @node: in egress->waiting
 * @time: when it may send, while it waits
 * @deficit: bytes that it may send before it is the next peer's turn
 * @waiting: it is in egress->waiting
 * @owner: what the caller has it for
 * @rate: of the device in bits a second, 0 for no limit
 * @limit: bits a second of all its classes together, 0 for no limit
 * @n_classes: length of @classes
 * @classes: the whole first, then those of its policy, then their classes
 */
struct dmvpn_queue {
	struct list_head list;
	struct rb_node node;
	u64 time;
	s32 deficit;
	bool waiting;
	void *owner;
	u64 rate;
	u64 limit;
	u32 n_classes;
	struct dmvpn_qclass classes[] __counted_by(n_classes);
};

struct dmvpn_queue *dmvpn_queue_new(const struct dmvpn_rules *rules, u64 rate,
				    u64 limit);
void dmvpn_queue_set_rates(struct dmvpn_queue *queue,
			   const struct dmvpn_rules *rules, u64 rate,
			   u64 limit);
bool dmvpn_queue_fits(const struct dmvpn_queue *queue,
		      const struct dmvpn_rules *rules);
u64 dmvpn_queue_shape(const struct dmvpn_queue *queue,
		      const struct dmvpn_queueing *queueing);
void dmvpn_queue_free(struct dmvpn_queue *queue);
struct dmvpn_qclass *dmvpn_queue_classify(struct dmvpn_queue *queue,
					  const struct dmvpn_rules *rules,
					  const struct dmvpn_flow *flow,
					  u32 packets, u32 bytes);
enum dmvpn_verdict dmvpn_queue_add(struct dmvpn_queue *queue,
				   struct dmvpn_qclass *class,
				   struct sk_buff *skb, u64 now);
void dmvpn_queue_put(struct dmvpn_qclass *class, struct sk_buff *skb);
struct sk_buff *dmvpn_queue_take(struct dmvpn_queue *queue, u64 now,
				 struct dmvpn_dropped *dropped);
struct sk_buff *dmvpn_queue_pop(struct dmvpn_queue *queue);
u64 dmvpn_queue_time(const struct dmvpn_queue *queue);
void dmvpn_queue_update_rates(struct dmvpn_queue *queue, u64 now);

/* Packets that wait for the peer. */
static inline u32 dmvpn_queue_len(const struct dmvpn_queue *queue)
{
	return queue->classes[0].packets;
}

/* The class of packets that no other takes: class-default, and its own. */
static inline struct dmvpn_qclass *dmvpn_queue_last(struct dmvpn_queue *queue)
{
	struct dmvpn_qclass *class = &queue->classes[0];

	while (class->n)
		class = &queue->classes[class->first + class->n - 1];
	return class;
}

#endif /* _DMVPN_QUEUE_H */
