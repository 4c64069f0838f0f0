/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The queues of all peers in one qdisc, by when they may send. It does not know
 * clocks either, and is under the lock of the qdisc.
 */
#ifndef _DMVPN_EGRESS_H
#define _DMVPN_EGRESS_H

#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/types.h>

#include "leaf.h"
#include "pace.h"

struct dmvpn_qclass;
struct dmvpn_queue;

/**
 * struct dmvpn_egress - queues of peers
 * @pace: rate of the device
 * @waiting: queues whose shapers let them wait, by time
 * @ready: queues that may send, in turn
 * @packets: in all of them
 * @limit: for @packets
 */
struct dmvpn_egress {
	struct dmvpn_pace pace;
	struct rb_root_cached waiting;
	struct list_head ready;
	u32 packets;
	u32 limit;
};

void dmvpn_egress_init(struct dmvpn_egress *egress);
enum dmvpn_verdict dmvpn_egress_add(struct dmvpn_egress *egress,
				    struct dmvpn_queue *queue,
				    struct dmvpn_qclass *class,
				    struct sk_buff *skb, u64 now);
struct dmvpn_queue *dmvpn_egress_next(struct dmvpn_egress *egress, u64 now);
struct sk_buff *dmvpn_egress_take(struct dmvpn_egress *egress,
				  struct dmvpn_queue *queue, u64 now,
				  struct dmvpn_dropped *dropped);
void dmvpn_egress_leave(struct dmvpn_egress *egress, struct dmvpn_queue *queue);
void dmvpn_egress_enter(struct dmvpn_egress *egress, struct dmvpn_queue *queue,
			u64 now);
u64 dmvpn_egress_time(const struct dmvpn_egress *egress);

#endif /* _DMVPN_EGRESS_H */
