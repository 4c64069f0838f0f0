/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the packets of a class wait: in one line or, with fair-queue, in one
 * for each flow. CoDel keeps lines short.
 */
#ifndef _DMVPN_LEAF_H
#define _DMVPN_LEAF_H

#include <linux/list.h>
#include <linux/skbuff.h>
#include <linux/types.h>
#include <net/codel.h>

struct dmvpn_queueing;

/**
 * enum dmvpn_verdict - what becomes of a packet that comes
 * @DMVPN_WAITS: it is ours now
 * @DMVPN_NO_ROOM: dropped, too many wait
 * @DMVPN_TOO_FAST: dropped, above the rate of police or priority
 */
enum dmvpn_verdict {
	DMVPN_WAITS,
	DMVPN_NO_ROOM,
	DMVPN_TOO_FAST,
};

/**
 * struct dmvpn_dropped - packets that were dropped, for the caller to free
 * @list: through skb->next
 * @packets: length of @list
 * @bytes: in @list
 */
struct dmvpn_dropped {
	struct sk_buff *list;
	u32 packets;
	u32 bytes;
};

/**
 * struct dmvpn_lane - packets in the order in which they came
 * @head: the first, NULL if there is none
 * @tail: the last
 * @list: in leaf->fresh or leaf->old, if flows have lanes of their own
 * @packets: that wait
 * @bytes: that wait
 * @deficit: bytes that it may send before it is the next flow's turn
 * @codel: CoDel's state
 */
struct dmvpn_lane {
	struct sk_buff *head;
	struct sk_buff *tail;
	struct list_head list;
	u32 packets;
	u32 bytes;
	s32 deficit;
	struct codel_vars codel;
};

/**
 * struct dmvpn_leaf - the packets of a class
 * @lane: of all packets, without fair-queue
 * @lanes: of the flows, NULL without fair-queue
 * @fresh: lanes that have been empty: who sends little goes first
 * @old: other lanes with packets
 * @n_lanes: length of @lanes
 * @limit: packets that may wait
 * @packets: that wait
 * @bytes: that wait
 * @target: CoDel's, 0 for no CoDel
 * @interval: CoDel's
 * @ecn: mark instead of dropping
 * @delay: microseconds that the last packet waited
 * @dropped_limit: there was no room
 * @dropped_codel: they had waited too long
 * @marked: the same, but marked
 */
struct dmvpn_leaf {
	struct dmvpn_lane lane;
	struct dmvpn_lane *lanes;
	struct list_head fresh;
	struct list_head old;
	u32 n_lanes;
	u32 limit;
	u32 packets;
	u32 bytes;
	codel_time_t target;
	codel_time_t interval;
	bool ecn;
	u32 delay;
	u64 dropped_limit;
	u64 dropped_codel;
	u64 marked;
};

int dmvpn_leaf_init(struct dmvpn_leaf *leaf,
		    const struct dmvpn_queueing *queueing, u64 per_byte);
void dmvpn_leaf_set_codel(struct dmvpn_leaf *leaf,
			  const struct dmvpn_queueing *queueing, u64 per_byte);
void dmvpn_leaf_free(struct dmvpn_leaf *leaf);
bool dmvpn_leaf_add(struct dmvpn_leaf *leaf, struct sk_buff *skb);
void dmvpn_leaf_put(struct dmvpn_leaf *leaf, struct sk_buff *skb);
struct sk_buff *dmvpn_leaf_take(struct dmvpn_leaf *leaf,
				struct dmvpn_dropped *dropped);
struct sk_buff *dmvpn_leaf_pop(struct dmvpn_leaf *leaf);

/*
 * May one of many who share a limit have one more? Each may have as much as is
 * left for others, so that one alone fills half of it, and n fill n/(n+1).
 * There is always room for who has nothing yet.
 */
static inline bool dmvpn_has_room(u32 limit, u32 all, u32 own)
{
	return all < limit && own < limit - all;
}

/* As they leave: a super-packet is as many as it has segments. */
static inline u32 dmvpn_skb_packets(const struct sk_buff *skb)
{
	return skb_is_gso(skb) ? max_t(u32, skb_shinfo(skb)->gso_segs, 1) : 1;
}

/* A packet was dropped; the caller frees it. */
static inline void dmvpn_dropped_add(struct dmvpn_dropped *dropped,
				     struct sk_buff *skb, u32 len)
{
	skb->next = dropped->list;
	dropped->list = skb;
	dropped->packets++;
	dropped->bytes += len;
}

#endif /* _DMVPN_LEAF_H */
