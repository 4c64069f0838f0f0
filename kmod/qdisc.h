/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The queueing discipline `tc qdisc add dev NAME root dmvpn`: packets wait here
 * for the shaper of their peer, before they are encrypted.
 */
#ifndef _DMVPN_QDISC_H
#define _DMVPN_QDISC_H

#include <linux/rhashtable.h>
#include <linux/skbuff.h>
#include <net/pkt_sched.h>
#include <net/sch_generic.h>
#include <uapi/linux/dmvpn_qdisc.h>

#include "egress.h"
#include "peer.h"

struct dmvpn_device;
struct dmvpn_queue;
struct dmvpn_rules;

#define DMVPN_QDISC_LIMIT	32768
#define DMVPN_QDISC_PEERS	65536
#define DMVPN_QDISC_DIRECT	1000
#define DMVPN_QDISC_IDLE	300

/**
 * struct dmvpn_qpeer - what a qdisc keeps of a peer; no pointer to that
 * @node: in q->peers
 * @list: in q->peer_list
 * @id: of the peer
 * @key: of the peer
 * @changes: dmvpn_policy_changes when it was last compared with the peer
 * @used: jiffies of the last packet
 * @queue: its packets; replaced when its policy is
 * @rcu: freed after a grace period
 */
struct dmvpn_qpeer {
	struct rhash_head node;
	struct list_head list;
	u64 id;
	struct dmvpn_peer_key key;
	int changes;
	unsigned long used;
	struct dmvpn_queue *queue;
	struct rcu_head rcu;
};

/**
 * struct dmvpn_qdisc - private part of a qdisc
 * @sch: the qdisc, whose lock guards all of this
 * @dd: its device, NULL if it never began
 * @node: in dd->qdiscs, under RTNL
 * @egress: queues of peers
 * @direct: packets that belong to no peer with a policy; they go first
 * @watchdog: wakes the qdisc when a packet may go
 * @peers: peers with queues, by id
 * @peer_list: the same, the one that was not looked at for longest first
 * @n_peers: length of @peer_list
 * @look: when to look at the next ones, in ns
 * @max_peers: option
 * @max_direct: option
 * @idle: option, in seconds
 * @rate: option, bits a second
 * @burst: option, bytes
 * @stats: statistics, without what is counted elsewhere
 */
struct dmvpn_qdisc {
	struct Qdisc *sch;
	struct dmvpn_device *dd;
	struct list_head node;
	struct dmvpn_egress egress;
	struct sk_buff_head direct;
	struct qdisc_watchdog watchdog;
	struct rhashtable peers;
	struct list_head peer_list;
	u32 n_peers;
	u64 look;
	u32 max_peers;
	u32 max_direct;
	u32 idle;
	u64 rate;
	u32 burst;
	struct tc_dmvpn_xstats stats;
};

/* qdisc.c */
void dmvpn_qdisc_dropped(struct dmvpn_qdisc *q, struct dmvpn_dropped *dropped);
u16 dmvpn_select_queue(struct net_device *dev, struct sk_buff *skb,
		       struct net_device *sb_dev);
int dmvpn_qdisc_init(void);
void dmvpn_qdisc_exit(void);

/* qpeer.c */
int dmvpn_qpeers_init(struct dmvpn_qdisc *q);
void dmvpn_qpeers_clear(struct dmvpn_qdisc *q);
void dmvpn_qpeers_exit(struct dmvpn_qdisc *q);
void dmvpn_qpeers_look(struct dmvpn_qdisc *q, u64 now);
struct dmvpn_qpeer *dmvpn_qpeer_find(struct dmvpn_qdisc *q, u64 id);
struct dmvpn_qpeer *dmvpn_qpeer_new(struct dmvpn_qdisc *q,
				    const struct dmvpn_peer *peer,
				    const struct dmvpn_rules *rules);
bool dmvpn_qpeer_rebuild(struct dmvpn_qdisc *q, struct dmvpn_qpeer *qp,
			 const struct dmvpn_peer *peer,
			 const struct dmvpn_rules *rules, u64 now);
void dmvpn_qpeer_release(struct dmvpn_qdisc *q, struct dmvpn_qpeer *qp);
bool dmvpn_qpeer_check(struct dmvpn_qdisc *q, struct dmvpn_qpeer *qp, u64 now);

#endif /* _DMVPN_QDISC_H */
