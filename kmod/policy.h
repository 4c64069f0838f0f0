/* SPDX-License-Identifier: GPL-2.0 */
/* A policy: classes of packets, and what becomes of each. */
#ifndef _DMVPN_POLICY_H
#define _DMVPN_POLICY_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/skbuff.h>

#include "counts.h"
#include "flow.h"

struct dmvpn_net;
struct netlink_ext_ack;
struct nlattr;

#define DMVPN_POLICY_NAME_LEN	64
/* A policy, those that its classes name, and those that theirs name. */
#define DMVPN_POLICY_DEPTH	3
/*
 * Classes of them all together, where packets are queued by it: a queue is one
 * piece of memory, asked for when a packet comes.
 */
#define DMVPN_QUEUE_CLASSES	256

/* What a class has that says nothing of it. */
#define DMVPN_QUEUE_LIMIT_DEFAULT	256
#define DMVPN_CODEL_TARGET_DEFAULT	5000
#define DMVPN_CODEL_INTERVAL_DEFAULT	100000

/**
 * struct dmvpn_queueing - how the packets of a class wait
 * @priority_rate: bits a second that go before all others, 0 for none
 * @bandwidth_rate: bits a second when there is not enough for all
 * @shape_rate: bits a second at most, 0 for no shaper
 * @police_rate: bits a second, 0 for none
 * @priority_percent: in place of @priority_rate
 * @bandwidth_percent: in place of @bandwidth_rate
 * @priority_burst: bytes
 * @shape_burst: bytes
 * @police_burst: bytes
 * @limit: packets that may wait
 * @flows: queues that the flows of the class are spread over
 * @codel_target: microseconds, 0 for no CoDel
 * @codel_interval: microseconds
 * @ecn: mark instead of dropping
 */
struct dmvpn_queueing {
	u64 priority_rate;
	u64 bandwidth_rate;
	u64 shape_rate;
	u64 police_rate;
	u32 priority_percent;
	u32 bandwidth_percent;
	u32 priority_burst;
	u32 shape_burst;
	u32 police_burst;
	u32 limit;
	u32 flows;
	u32 codel_target;
	u32 codel_interval;
	bool ecn;
};

/* What a class sets, bits of dmvpn_class.sets. */
#define DMVPN_SETS_INNER	0x1
#define DMVPN_SETS_OUTER	0x2
#define DMVPN_SETS_MARK		0x4
#define DMVPN_SETS_PRIORITY	0x8

/**
 * struct dmvpn_class - one class of a policy
 * @name: of the class
 * @sets: DMVPN_SETS_*
 * @inner_dscp: for the inner header
 * @outer_dscp: for the outer header
 * @mark: for skb->mark
 * @priority: for skb->priority
 * @first: its first line in rules->lines
 * @n: number of its lines
 * @queueing: how its packets wait
 * @child: policy that divides the class, a reference held, or NULL
 */
struct dmvpn_class {
	char name[DMVPN_POLICY_NAME_LEN];
	u8 sets;
	u8 inner_dscp;
	u8 outer_dscp;
	u32 mark;
	u32 priority;
	u32 first;
	u32 n;
	struct dmvpn_queueing queueing;
	struct dmvpn_policy *child;
};

/**
 * struct dmvpn_rules - what a policy says at one time; replaced as a whole
 * @rcu: for the replaced one
 * @serial: number of these rules, which no others get; never 0
 * @classifier: of @lines
 * @lines: lines of all classes, in order
 * @statements: for each line, its match statement in its class
 * @counts: of the queues that are made by it
 * @n_lines: length of @lines
 * @n_classes: with class-default, which is last
 * @classes: in order
 */
struct dmvpn_rules {
	struct rcu_head rcu;
	u64 serial;
	struct dmvpn_classifier *classifier;
	struct dmvpn_match *lines;
	u32 *statements;
	struct dmvpn_count **counts;
	u32 n_lines;
	u32 n_classes;
	struct dmvpn_class classes[] __counted_by(n_classes);
};

/**
 * struct dmvpn_policy - a named policy of a namespace
 * @list: in dn->policies
 * @rcu: freed after a grace period
 * @refs: its users (devices, peers and classes), and the namespace
 * @queues: those of its users that queue by it: peers
 * @id: its number, for dumps
 * @name: of the policy
 * @depth: policies one within the other, itself included
 * @size: classes, with those of the policies within it
 * @rules: RCU; never NULL, changed under dn->policy_lock
 */
struct dmvpn_policy {
	struct list_head list;
	struct rcu_head rcu;
	refcount_t refs;
	atomic_t queues;
	u64 id;
	char name[DMVPN_POLICY_NAME_LEN];
	u32 depth;
	u32 size;
	struct dmvpn_rules __rcu *rules;
};

/* Under dn->policy_lock, while the policy is in dn->policies. */
static inline u32 dmvpn_policy_users(const struct dmvpn_policy *policy)
{
	return refcount_read(&policy->refs) - 1;
}

void dmvpn_policy_net_init(struct dmvpn_net *dn);
void dmvpn_policy_net_exit(struct dmvpn_net *dn);

/* What refers to a policy. */
struct dmvpn_policy *dmvpn_policy_use(struct dmvpn_net *dn,
				      const struct nlattr *name,
				      struct netlink_ext_ack *extack);
void dmvpn_policy_unuse(struct dmvpn_policy *policy);

/* What queues by one. */
struct dmvpn_policy *dmvpn_policy_queue_use(struct dmvpn_net *dn,
					    const struct nlattr *name,
					    struct netlink_ext_ack *extack);
struct dmvpn_policy *dmvpn_policy_queue_hold(struct dmvpn_policy *policy);
void dmvpn_policy_queue_unuse(struct dmvpn_policy *policy);

/* What changes one. */
struct dmvpn_rules *dmvpn_rules_new(u32 n_classes, u32 n_lines,
				    struct netlink_ext_ack *extack);
int dmvpn_rules_complete(struct dmvpn_rules *rules);
void dmvpn_rules_free(struct dmvpn_rules *rules);
struct dmvpn_policy *dmvpn_policy_find(struct dmvpn_net *dn, const char *name);
int dmvpn_policy_set(struct dmvpn_net *dn, const struct nlattr *name,
		     struct dmvpn_rules *rules,
		     struct netlink_ext_ack *extack);
int dmvpn_policy_del(struct dmvpn_net *dn, const struct nlattr *name,
		     struct netlink_ext_ack *extack);

/*
 * How often something changed that queues of peers were made for: the policy of
 * a peer, rules, the rate of a device, or that there is a peer.
 */
extern atomic_t dmvpn_policy_changes;

static inline void dmvpn_policy_changed(void)
{
	/* Who sees the number sees what changed: dmvpn_qpeer_check(). */
	smp_mb__before_atomic();
	atomic_inc(&dmvpn_policy_changes);
}

/* What packets ask. */
const struct dmvpn_class *
dmvpn_policy_classify(const struct dmvpn_rules *rules,
		      struct dmvpn_count **counts,
		      const struct dmvpn_flow *flow, u32 packets, u32 bytes);

#endif /* _DMVPN_POLICY_H */
