// SPDX-License-Identifier: GPL-2.0
#include <net/sch_generic.h>

#include "egress.h"
#include "queue.h"

/* Bytes that a peer sends before the next one does, if both may. */
#define QUANTUM	1500

/**
 * dmvpn_egress_init() - no queues
 * @egress: all zeros
 */
void dmvpn_egress_init(struct dmvpn_egress *egress)
{
	egress->waiting = RB_ROOT_CACHED;
	INIT_LIST_HEAD(&egress->ready);
}

static struct dmvpn_queue *queue_of(const struct rb_node *node)
{
	return rb_entry(node, struct dmvpn_queue, node);
}

static bool earlier(struct rb_node *a, const struct rb_node *b)
{
	return queue_of(a)->time < queue_of(b)->time;
}

static void queue_unlink(struct dmvpn_egress *egress, struct dmvpn_queue *queue)
{
	if (queue->waiting)
		rb_erase_cached(&queue->node, &egress->waiting);
	queue->waiting = false;
	list_del_init(&queue->list);
}

/* Where a queue belongs as its packets and shapers are now. */
static void queue_link(struct dmvpn_egress *egress, struct dmvpn_queue *queue,
		       u64 now)
{
	if (!dmvpn_queue_len(queue)) {
		queue_unlink(egress, queue);
		queue->deficit = 0;
		return;
	}
	queue->time = dmvpn_queue_time(queue);
	if (queue->time > now) {
		list_del_init(&queue->list);
		rb_add_cached(&queue->node, &egress->waiting, earlier);
		queue->waiting = true;
	} else if (list_empty(&queue->list)) {
		list_add_tail(&queue->list, &egress->ready);
	}
}

/*
 * Those of a priority class are few, and not the ones to drop because others of
 * the peer are many.
 */
static bool has_room(const struct dmvpn_egress *egress,
		     const struct dmvpn_queue *queue,
		     const struct dmvpn_qclass *class)
{
	if (class->is_priority)
		return egress->packets < egress->limit;
	return dmvpn_has_room(egress->limit, egress->packets,
			      dmvpn_queue_len(queue));
}

/**
 * dmvpn_egress_add() - a packet comes
 * @egress: queues
 * @queue: of its peer
 * @class: where it waits in that
 * @skb: packet
 * @now: in ns
 *
 * Return: if it waits; else it remains the caller's.
 */
enum dmvpn_verdict dmvpn_egress_add(struct dmvpn_egress *egress,
				    struct dmvpn_queue *queue,
				    struct dmvpn_qclass *class,
				    struct sk_buff *skb, u64 now)
{
	enum dmvpn_verdict verdict;

	if (!has_room(egress, queue, class)) {
		class->leaf.dropped_limit++;
		return DMVPN_NO_ROOM;
	}
	verdict = dmvpn_queue_add(queue, class, skb, now);
	if (verdict != DMVPN_WAITS)
		return verdict;
	egress->packets++;
	/* Only the first packet of a class changes when the queue may send. */
	if (class->packets == 1) {
		if (queue->waiting)
			queue_unlink(egress, queue);
		queue_link(egress, queue, now);
	}
	return DMVPN_WAITS;
}

static void wake(struct dmvpn_egress *egress, u64 now)
{
	struct rb_node *node;

	while ((node = rb_first_cached(&egress->waiting)) &&
	       queue_of(node)->time <= now) {
		queue_unlink(egress, queue_of(node));
		list_add_tail(&queue_of(node)->list, &egress->ready);
	}
}

/**
 * dmvpn_egress_next() - whose turn it is
 * @egress: queues
 * @now: in ns
 *
 * Those that may send take turns, so that the device's rate is shared equally.
 *
 * Return: queue that has a packet which may go, or NULL if there is none.
 */
struct dmvpn_queue *dmvpn_egress_next(struct dmvpn_egress *egress, u64 now)
{
	struct dmvpn_queue *queue;

	if (!dmvpn_pace_ready(&egress->pace, now))
		return NULL;
	wake(egress, now);
	while ((queue = list_first_entry_or_null(&egress->ready,
						 struct dmvpn_queue, list))) {
		if (queue->deficit > 0)
			break;
		queue->deficit += QUANTUM;
		list_move_tail(&queue->list, &egress->ready);
	}
	return queue;
}

/**
 * dmvpn_egress_take() - take a packet
 * @egress: queues
 * @queue: whose turn it is
 * @now: in ns
 * @dropped: gets those that CoDel drops before it
 *
 * Return: packet, or NULL if CoDel dropped all.
 */
struct sk_buff *dmvpn_egress_take(struct dmvpn_egress *egress,
				  struct dmvpn_queue *queue, u64 now,
				  struct dmvpn_dropped *dropped)
{
	const u32 had = dmvpn_queue_len(queue);
	struct sk_buff *skb;

	skb = dmvpn_queue_take(queue, now, dropped);
	if (skb) {
		queue->deficit -= qdisc_pkt_len(skb);
		dmvpn_pace_spend(&egress->pace, now, qdisc_pkt_len(skb));
	}
	egress->packets -= had - dmvpn_queue_len(queue);
	queue_link(egress, queue, now);
	return skb;
}

/**
 * dmvpn_egress_leave() - a queue goes, with its packets
 * @egress: queues
 * @queue: one of them
 */
void dmvpn_egress_leave(struct dmvpn_egress *egress, struct dmvpn_queue *queue)
{
	egress->packets -= dmvpn_queue_len(queue);
	queue_unlink(egress, queue);
}

/**
 * dmvpn_egress_enter() - a queue comes, with its packets
 * @egress: queues, which take it even if they are full
 * @queue: not one of them
 * @now: in ns
 */
void dmvpn_egress_enter(struct dmvpn_egress *egress, struct dmvpn_queue *queue,
			u64 now)
{
	egress->packets += dmvpn_queue_len(queue);
	queue_link(egress, queue, now);
}

/**
 * dmvpn_egress_time() - when a packet may go
 * @egress: queues
 *
 * Return: ns, U64_MAX if there is no packet.
 */
u64 dmvpn_egress_time(const struct dmvpn_egress *egress)
{
	const struct rb_node *first = rb_first_cached(&egress->waiting);

	if (!list_empty(&egress->ready))
		return egress->pace.next;
	if (!first)
		return U64_MAX;
	return max(queue_of(first)->time, egress->pace.next);
}
