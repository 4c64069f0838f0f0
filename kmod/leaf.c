// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>
#include <net/codel.h>
#include <net/codel_impl.h>
#include <net/codel_qdisc.h>
#include <net/sch_generic.h>

#include "leaf.h"
#include "pace.h"
#include "policy.h"

/* Bytes that a flow sends before the next one does. */
#define QUANTUM		1500
/* CoDel lets one packet of this size wait, however slow the link is. */
#define PACKET		1500

static codel_time_t codel_time(u64 ns)
{
	return ns >> CODEL_SHIFT;
}

/*
 * At a low rate a packet alone takes longer than the target. It must not be a
 * reason to drop the next one.
 */
static codel_time_t codel_target(const struct dmvpn_queueing *queueing,
				 u64 per_byte)
{
	u64 target = (u64)queueing->codel_target * NSEC_PER_USEC;
	u64 packet = dmvpn_pace_time(per_byte, PACKET);

	if (!target)
		return 0;
	return codel_time(max(target, packet + packet / 2));
}

static void lane_init(struct dmvpn_lane *lane)
{
	INIT_LIST_HEAD(&lane->list);
	codel_vars_init(&lane->codel);
}

/**
 * dmvpn_leaf_set_codel() - how long packets may wait
 * @leaf: leaf
 * @queueing: how packets wait
 * @per_byte: of the slowest shaper that they go through
 */
void dmvpn_leaf_set_codel(struct dmvpn_leaf *leaf,
			  const struct dmvpn_queueing *queueing, u64 per_byte)
{
	leaf->target = codel_target(queueing, per_byte);
	leaf->interval = codel_time((u64)queueing->codel_interval *
				    NSEC_PER_USEC);
	leaf->interval = max(leaf->interval, leaf->target);
}

/**
 * dmvpn_leaf_init() - make an empty leaf
 * @leaf: all zeros
 * @queueing: how packets wait
 * @per_byte: of the slowest shaper that they go through
 *
 * Context: any.
 * Return: 0 or -ENOMEM.
 */
int dmvpn_leaf_init(struct dmvpn_leaf *leaf,
		    const struct dmvpn_queueing *queueing, u64 per_byte)
{
	u32 i;

	INIT_LIST_HEAD(&leaf->fresh);
	INIT_LIST_HEAD(&leaf->old);
	lane_init(&leaf->lane);
	leaf->limit = queueing->limit;
	dmvpn_leaf_set_codel(leaf, queueing, per_byte);
	leaf->ecn = queueing->ecn;
	if (!queueing->flows)
		return 0;
	leaf->lanes = kcalloc(queueing->flows, sizeof(*leaf->lanes),
			      GFP_ATOMIC | __GFP_NOWARN);
	if (!leaf->lanes)
		return -ENOMEM;
	leaf->n_lanes = queueing->flows;
	for (i = 0; i < leaf->n_lanes; i++)
		lane_init(&leaf->lanes[i]);
	return 0;
}

/**
 * dmvpn_leaf_free() - free what a leaf has besides itself
 * @leaf: without packets
 */
void dmvpn_leaf_free(struct dmvpn_leaf *leaf)
{
	kfree(leaf->lanes);
}

/* ---- coming ---- */

static struct dmvpn_lane *lane_of(struct dmvpn_leaf *leaf, struct sk_buff *skb)
{
	if (!leaf->lanes)
		return &leaf->lane;
	return &leaf->lanes[reciprocal_scale(skb_get_hash(skb), leaf->n_lanes)];
}

static void lane_put(struct dmvpn_leaf *leaf, struct dmvpn_lane *lane,
		     struct sk_buff *skb)
{
	const u32 len = qdisc_pkt_len(skb);

	skb->next = NULL;
	if (lane->head)
		lane->tail->next = skb;
	else
		lane->head = skb;
	lane->tail = skb;
	lane->packets++;
	lane->bytes += len;
	leaf->packets++;
	leaf->bytes += len;
	if (leaf->lanes && list_empty(&lane->list)) {
		lane->deficit = QUANTUM;
		list_add_tail(&lane->list, &leaf->fresh);
	}
}

static bool leaf_has_room(const struct dmvpn_leaf *leaf,
			  const struct dmvpn_lane *lane)
{
	if (!leaf->lanes)
		return leaf->packets < leaf->limit;
	return dmvpn_has_room(leaf->limit, leaf->packets, lane->packets);
}

/**
 * dmvpn_leaf_add() - a packet comes
 * @leaf: leaf
 * @skb: packet
 *
 * Context: the qdisc's lock.
 * Return: false if there is no room, and the packet remains the caller's.
 */
bool dmvpn_leaf_add(struct dmvpn_leaf *leaf, struct sk_buff *skb)
{
	struct dmvpn_lane *lane = lane_of(leaf, skb);

	if (!leaf_has_room(leaf, lane)) {
		leaf->dropped_limit++;
		return false;
	}
	codel_set_enqueue_time(skb);
	lane_put(leaf, lane, skb);
	return true;
}

/**
 * dmvpn_leaf_put() - a packet that waited elsewhere goes on to do so here
 * @leaf: leaf, which takes it even if it is full
 * @skb: packet
 *
 * Context: the qdisc's lock.
 */
void dmvpn_leaf_put(struct dmvpn_leaf *leaf, struct sk_buff *skb)
{
	lane_put(leaf, lane_of(leaf, skb), skb);
}

/* ---- going ---- */

/**
 * struct taking - what CoDel is given while it takes a packet
 * @leaf: leaf
 * @lane: one of its lanes
 * @dropped: packets that CoDel does not want
 */
struct taking {
	struct dmvpn_leaf *leaf;
	struct dmvpn_lane *lane;
	struct dmvpn_dropped *dropped;
};

static struct sk_buff *lane_pop(struct dmvpn_leaf *leaf,
				struct dmvpn_lane *lane)
{
	struct sk_buff *skb = lane->head;
	u32 len;

	if (!skb)
		return NULL;
	len = qdisc_pkt_len(skb);
	lane->head = skb->next;
	lane->packets--;
	lane->bytes -= len;
	leaf->packets--;
	leaf->bytes -= len;
	skb_mark_not_on_list(skb);
	return skb;
}

static struct sk_buff *taking_next(struct codel_vars *vars, void *ctx)
{
	struct taking *taking = ctx;

	return lane_pop(taking->leaf, taking->lane);
}

static void taking_drop(struct sk_buff *skb, void *ctx)
{
	struct taking *taking = ctx;

	dmvpn_dropped_add(taking->dropped, skb, qdisc_pkt_len(skb));
	taking->leaf->dropped_codel++;
}

static struct sk_buff *lane_codel(struct dmvpn_leaf *leaf,
				  struct dmvpn_lane *lane,
				  struct dmvpn_dropped *dropped)
{
	struct taking taking = {
		.leaf = leaf,
		.lane = lane,
		.dropped = dropped,
	};
	struct codel_stats stats = {};
	struct codel_params params;
	struct sk_buff *skb;

	codel_params_init(&params);
	codel_stats_init(&stats);
	params.target = leaf->target;
	params.interval = leaf->interval;
	params.ecn = leaf->ecn;
	params.mtu = PACKET;
	skb = codel_dequeue(&taking, &lane->bytes, &params, &lane->codel,
			    &stats, qdisc_pkt_len, codel_get_enqueue_time,
			    taking_drop, taking_next);
	leaf->marked += stats.ecn_mark;
	return skb;
}

static struct sk_buff *lane_take(struct dmvpn_leaf *leaf,
				 struct dmvpn_lane *lane,
				 struct dmvpn_dropped *dropped)
{
	struct sk_buff *skb;

	if (leaf->target)
		skb = lane_codel(leaf, lane, dropped);
	else
		skb = lane_pop(leaf, lane);
	if (skb)
		leaf->delay = codel_time_to_us(codel_get_time() -
					       codel_get_enqueue_time(skb));
	return skb;
}

/* A lane is empty. Who was fresh lets the old ones go before it is so again. */
static void lane_rest(struct dmvpn_leaf *leaf, struct dmvpn_lane *lane,
		      bool fresh)
{
	if (fresh && !list_empty(&leaf->old))
		list_move_tail(&lane->list, &leaf->old);
	else
		list_del_init(&lane->list);
}

/* Deficit round robin over the flows, those first that have just begun. */
static struct sk_buff *lanes_take(struct dmvpn_leaf *leaf,
				  struct dmvpn_dropped *dropped)
{
	struct dmvpn_lane *lane;
	struct sk_buff *skb;
	bool fresh;

	for (;;) {
		fresh = !list_empty(&leaf->fresh);
		lane = list_first_entry_or_null(fresh ? &leaf->fresh :
							&leaf->old,
						struct dmvpn_lane, list);
		if (!lane)
			return NULL;
		if (lane->deficit <= 0) {
			lane->deficit += QUANTUM;
			list_move_tail(&lane->list, &leaf->old);
			continue;
		}
		skb = lane_take(leaf, lane, dropped);
		if (skb) {
			lane->deficit -= qdisc_pkt_len(skb);
			return skb;
		}
		lane_rest(leaf, lane, fresh);
	}
}

/**
 * dmvpn_leaf_take() - the next packet
 * @leaf: leaf
 * @dropped: gets those that CoDel drops before it
 *
 * Context: the qdisc's lock.
 * Return: packet, or NULL if none is left.
 */
struct sk_buff *dmvpn_leaf_take(struct dmvpn_leaf *leaf,
				struct dmvpn_dropped *dropped)
{
	if (leaf->lanes)
		return lanes_take(leaf, dropped);
	return lane_take(leaf, &leaf->lane, dropped);
}

/**
 * dmvpn_leaf_pop() - a packet that is to wait elsewhere, or to be dropped
 * @leaf: leaf. All of its packets are taken so, each flow's in their order.
 *
 * Context: the qdisc's lock.
 * Return: packet, or NULL if none is left.
 */
struct sk_buff *dmvpn_leaf_pop(struct dmvpn_leaf *leaf)
{
	struct sk_buff *skb = lane_pop(leaf, &leaf->lane);
	u32 i;

	for (i = 0; !skb && leaf->packets && i < leaf->n_lanes; i++)
		skb = lane_pop(leaf, &leaf->lanes[i]);
	return skb;
}
