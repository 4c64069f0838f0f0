// SPDX-License-Identifier: GPL-2.0
/*
 * Policies by name, one set for each namespace. A packet reads the rules of one
 * under RCU, and they never change: they are replaced as a whole.
 */
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <net/netlink.h>
#include <uapi/linux/dmvpn.h>

#include "netns.h"
#include "notify.h"
#include "policy.h"
#include "service.h"

static unsigned int max_policies = 1024;
module_param(max_policies, uint, 0644);
MODULE_PARM_DESC(max_policies, "policies of a namespace");

static unsigned int max_classes = 4096;
module_param(max_classes, uint, 0644);
MODULE_PARM_DESC(max_classes, "classes of a policy, class-default included");

static unsigned int max_lines = DMVPN_LINES_MAX;
module_param(max_lines, uint, 0644);
MODULE_PARM_DESC(max_lines, "match lines of a policy");

atomic_t dmvpn_policy_changes = ATOMIC_INIT(0);
static atomic64_t serials = ATOMIC64_INIT(0);

/* ---- rules ---- */

static void rules_release(struct dmvpn_rules *rules)
{
	if (rules->classifier)
		dmvpn_classifier_free(rules->classifier);
	dmvpn_counts_free(rules->counts);
	kvfree(rules->statements);
	kvfree(rules->lines);
	kvfree(rules);
}

static void rules_release_rcu(struct rcu_head *rcu)
{
	rules_release(container_of(rcu, struct dmvpn_rules, rcu));
}

static void rules_unuse_children(struct dmvpn_rules *rules)
{
	u32 i;

	for (i = 0; i < rules->n_classes; i++)
		if (rules->classes[i].child)
			dmvpn_policy_unuse(rules->classes[i].child);
}

/*
 * Rules that no packet finds any more; one that did may still be at work. The
 * children go now, not when that ends: whatever waits for a grace period is
 * then known to rcu_barrier().
 */
static void rules_retire(struct dmvpn_rules *rules)
{
	rules_unuse_children(rules);
	call_rcu(&rules->rcu, rules_release_rcu);
}

/* Within the limits of classes and lines? */
static int check_size(u32 n_classes, u32 n_lines,
		      struct netlink_ext_ack *extack)
{
	if (n_classes > READ_ONCE(max_classes)) {
		NL_SET_ERR_MSG(extack,
			       "more classes than a policy may have (module parameter max_classes)");
		return -E2BIG;
	}
	if (n_lines > READ_ONCE(max_lines)) {
		NL_SET_ERR_MSG(extack,
			       "more match lines than a policy may have (module parameter max_lines)");
		return -E2BIG;
	}
	return 0;
}

/**
 * dmvpn_rules_new() - rules to be filled in
 * @n_classes: number of classes, class-default included
 * @n_lines: number of match lines
 * @extack: gets the reason of a failure
 *
 * Return: rules whose classes and lines are zeros, or ERR_PTR().
 */
struct dmvpn_rules *dmvpn_rules_new(u32 n_classes, u32 n_lines,
				    struct netlink_ext_ack *extack)
{
	struct dmvpn_rules *rules;
	int err;

	err = check_size(n_classes, n_lines, extack);
	if (err)
		return ERR_PTR(err);
	rules = kvzalloc(struct_size(rules, classes, n_classes),
			 GFP_KERNEL_ACCOUNT);
	if (!rules)
		return ERR_PTR(-ENOMEM);
	rules->serial = atomic64_inc_return(&serials);
	rules->n_classes = n_classes;
	rules->n_lines = n_lines;
	rules->lines = kvcalloc(n_lines + 1, sizeof(*rules->lines),
				GFP_KERNEL_ACCOUNT);
	rules->statements = kvcalloc(n_lines + 1, sizeof(*rules->statements),
				     GFP_KERNEL_ACCOUNT);
	rules->counts = dmvpn_counts_new(n_lines);
	if (!rules->lines || !rules->statements || !rules->counts) {
		rules_release(rules);
		return ERR_PTR(-ENOMEM);
	}
	return rules;
}

/**
 * dmvpn_rules_complete() - all classes and lines are there: make them usable
 * @rules: rules
 *
 * Return: 0 or a negative error code.
 */
int dmvpn_rules_complete(struct dmvpn_rules *rules)
{
	struct dmvpn_classifier *classifier;

	classifier = dmvpn_classifier_new(rules->lines, rules->n_lines);
	if (!classifier)
		return -ENOMEM;
	rules->classifier = classifier;
	return 0;
}

/**
 * dmvpn_rules_free() - free rules that no policy has
 * @rules: rules, complete or not
 */
void dmvpn_rules_free(struct dmvpn_rules *rules)
{
	rules_unuse_children(rules);
	rules_release(rules);
}

/* ---- who refers to a policy ---- */

/**
 * dmvpn_policy_find() - a namespace's policy of that name
 * @dn: namespace
 * @name: name
 *
 * Context: dn->policy_lock.
 * Return: policy or NULL.
 */
struct dmvpn_policy *dmvpn_policy_find(struct dmvpn_net *dn, const char *name)
{
	struct dmvpn_policy *policy;

	list_for_each_entry(policy, &dn->policies, list)
		if (!strcmp(policy->name, name))
			return policy;
	return NULL;
}

/* The policy of that name, or NULL for an empty one. Under dn->policy_lock. */
static struct dmvpn_policy *named(struct dmvpn_net *dn,
				  const struct nlattr *name,
				  struct netlink_ext_ack *extack)
{
	struct dmvpn_policy *policy;

	if (!*(const char *)nla_data(name))
		return NULL;
	policy = dmvpn_policy_find(dn, nla_data(name));
	if (policy)
		return policy;
	NL_SET_ERR_MSG_ATTR(extack, name,
			    "no policy of this name in this namespace: add it first");
	return ERR_PTR(-ENOENT);
}

/**
 * dmvpn_policy_use() - refer to a policy from now on
 * @dn: namespace whose policy it is
 * @name: attribute with its name
 * @extack: gets the reason of a failure
 *
 * Context: process. Takes dn->policy_lock.
 * Return: policy, NULL for an empty name, or ERR_PTR().
 */
struct dmvpn_policy *dmvpn_policy_use(struct dmvpn_net *dn,
				      const struct nlattr *name,
				      struct netlink_ext_ack *extack)
{
	struct dmvpn_policy *policy;

	mutex_lock(&dn->policy_lock);
	policy = named(dn, name, extack);
	if (!IS_ERR_OR_NULL(policy))
		refcount_inc(&policy->refs);
	mutex_unlock(&dn->policy_lock);
	return policy;
}

/**
 * dmvpn_policy_unuse() - a user goes, or the namespace does
 * @policy: policy or NULL. Packets that found it under RCU may go on.
 *
 * Context: process.
 */
void dmvpn_policy_unuse(struct dmvpn_policy *policy)
{
	if (!policy || !refcount_dec_and_test(&policy->refs))
		return;
	rules_retire(rcu_dereference_protected(policy->rules, true));
	kfree_rcu(policy, rcu);
}

/**
 * dmvpn_policy_queue_use() - refer to a policy to queue by it
 * @dn: namespace whose policy it is
 * @name: attribute with its name
 * @extack: gets the reason of a failure
 *
 * Context: process. Takes dn->policy_lock.
 * Return: policy, NULL for an empty name, or ERR_PTR(), also for a policy that
 * has more classes than a queue.
 */
struct dmvpn_policy *dmvpn_policy_queue_use(struct dmvpn_net *dn,
					    const struct nlattr *name,
					    struct netlink_ext_ack *extack)
{
	struct dmvpn_policy *policy;

	mutex_lock(&dn->policy_lock);
	policy = named(dn, name, extack);
	if (!IS_ERR_OR_NULL(policy) && policy->size > DMVPN_QUEUE_CLASSES) {
		NL_SET_ERR_MSG_ATTR(extack, name,
				    "the policy has more classes than a queue can have (256, children's included)");
		policy = ERR_PTR(-E2BIG);
	}
	if (!IS_ERR(policy))
		dmvpn_policy_queue_hold(policy);
	mutex_unlock(&dn->policy_lock);
	return policy;
}

/**
 * dmvpn_policy_queue_hold() - another one queues by a policy
 * @policy: policy or NULL
 *
 * Context: somebody queues by it already, or policy_lock of its namespace.
 * Return: the policy.
 */
struct dmvpn_policy *dmvpn_policy_queue_hold(struct dmvpn_policy *policy)
{
	if (policy) {
		atomic_inc(&policy->queues);
		refcount_inc(&policy->refs);
	}
	return policy;
}

/**
 * dmvpn_policy_queue_unuse() - one that queues by a policy goes
 * @policy: policy or NULL
 *
 * Context: process.
 */
void dmvpn_policy_queue_unuse(struct dmvpn_policy *policy)
{
	if (policy)
		atomic_dec(&policy->queues);
	dmvpn_policy_unuse(policy);
}

/* ---- what changes one ---- */

static struct dmvpn_rules *rules_of(const struct dmvpn_policy *policy)
{
	/* The lock is that of the namespace, as all callers have it. */
	return rcu_dereference_protected(policy->rules, true);
}

/*
 * Depth and size of a policy with these rules, as far as those of its children
 * are known. Returns if they are others than before.
 */
static bool measure(struct dmvpn_policy *policy,
		    const struct dmvpn_rules *rules)
{
	const u32 had_depth = policy->depth, had_size = policy->size;
	const struct dmvpn_policy *child;
	u32 i, depth = 1;
	u64 size = rules->n_classes;

	for (i = 0; i < rules->n_classes; i++) {
		child = rules->classes[i].child;
		if (!child)
			continue;
		depth = max(depth, child->depth + 1);
		size += child->size;
	}
	policy->depth = depth;
	policy->size = min_t(u64, size, U32_MAX);
	return policy->depth != had_depth || policy->size != had_size;
}

/*
 * Children are for queueing: only a policy that marks alone, that is, one that
 * no peer has and that has no children, may have more classes than a queue.
 */
static int check_measures(const struct dmvpn_policy *policy,
			  const struct nlattr *name,
			  struct netlink_ext_ack *extack)
{
	if (policy->depth > DMVPN_POLICY_DEPTH) {
		NL_SET_ERR_MSG_ATTR(extack, name,
				    "policies can be three deep: a child may have a child, and that none; and no policy is its own child");
		return -ELOOP;
	}
	if (policy->size > DMVPN_QUEUE_CLASSES &&
	    (policy->depth > 1 || atomic_read(&policy->queues))) {
		NL_SET_ERR_MSG_ATTR(extack, name,
				    "more classes than a queue can have (256, children's included), and a peer has the policy, or it has a child or a parent");
		return -E2BIG;
	}
	return 0;
}

/*
 * Measure all that is about to change with a policy: itself, and those around
 * it. Each round brings the change one level further up; in a loop depths grow
 * until they are too large.
 */
static int measure_all(struct dmvpn_net *dn, struct dmvpn_policy *policy,
		       const struct dmvpn_rules *rules,
		       const struct nlattr *name,
		       struct netlink_ext_ack *extack)
{
	struct dmvpn_policy *other;
	bool changed;
	int err;

	changed = measure(policy, rules);
	err = check_measures(policy, name, extack);
	while (changed && !err) {
		changed = false;
		list_for_each_entry(other, &dn->policies, list) {
			if (other->depth == 1)
				continue;
			changed |= measure(other, other == policy ? rules :
						  rules_of(other));
			err = check_measures(other, name, extack);
			if (err)
				break;
		}
	}
	return err;
}

/* Other rules were refused: as it was, which was right. */
static void measure_back(struct dmvpn_net *dn, struct dmvpn_policy *policy)
{
	struct dmvpn_policy *other;
	bool changed = measure(policy, rules_of(policy));

	while (changed) {
		changed = false;
		list_for_each_entry(other, &dn->policies, list)
			if (other->depth > 1)
				changed |= measure(other, rules_of(other));
	}
}

static int policy_add(struct dmvpn_net *dn, const struct nlattr *name,
		      struct dmvpn_rules *rules,
		      struct netlink_ext_ack *extack)
{
	struct dmvpn_policy *policy;
	int err;

	if (dn->n_policies >= READ_ONCE(max_policies)) {
		NL_SET_ERR_MSG(extack,
			       "the namespace has as many policies as it may (module parameter max_policies)");
		return -ENOSPC;
	}
	policy = kzalloc(sizeof(*policy), GFP_KERNEL_ACCOUNT);
	if (!policy)
		return -ENOMEM;
	measure(policy, rules);
	err = check_measures(policy, name, extack);
	if (err) {
		kfree(policy);
		return err;
	}
	refcount_set(&policy->refs, 1);
	policy->id = atomic64_inc_return(&dn->ids);
	nla_strscpy(policy->name, name, sizeof(policy->name));
	rcu_assign_pointer(policy->rules, rules);
	list_add_tail(&policy->list, &dn->policies);
	dn->n_policies++;
	dmvpn_notify_policy(dn, policy, DMVPN_CMD_POLICY_NTF);
	return 0;
}

static int policy_replace(struct dmvpn_net *dn, struct dmvpn_policy *policy,
			  const struct nlattr *name, struct dmvpn_rules *rules,
			  struct netlink_ext_ack *extack)
{
	struct dmvpn_rules *old = rules_of(policy);
	int err = measure_all(dn, policy, rules, name, extack);

	if (!err)
		err = dmvpn_services_replace(policy, rules);
	if (err) {
		measure_back(dn, policy);
		return err;
	}
	dn->policy_seq++;
	dmvpn_policy_changed();
	rules_retire(old);
	dmvpn_notify_policy(dn, policy, DMVPN_CMD_POLICY_NTF);
	return 0;
}

/**
 * dmvpn_policy_set() - add a policy, or put other rules into one
 * @dn: namespace
 * @name: attribute with its name
 * @rules: complete rules, which the policy takes if it succeeds
 * @extack: gets the reason of a failure
 *
 * Context: process. Takes dn->policy_lock.
 * Return: 0 or a negative error code.
 */
int dmvpn_policy_set(struct dmvpn_net *dn, const struct nlattr *name,
		     struct dmvpn_rules *rules,
		     struct netlink_ext_ack *extack)
{
	struct dmvpn_policy *policy;
	int err;

	mutex_lock(&dn->policy_lock);
	policy = dmvpn_policy_find(dn, nla_data(name));
	if (policy)
		err = policy_replace(dn, policy, name, rules, extack);
	else
		err = policy_add(dn, name, rules, extack);
	mutex_unlock(&dn->policy_lock);
	return err;
}

static void policy_remove(struct dmvpn_net *dn, struct dmvpn_policy *policy)
{
	list_del(&policy->list);
	dn->n_policies--;
	dmvpn_policy_unuse(policy);
}

/**
 * dmvpn_policy_del() - remove a policy that nothing refers to
 * @dn: namespace
 * @name: attribute with its name
 * @extack: gets the reason of a failure
 *
 * Context: process. Takes dn->policy_lock.
 * Return: 0, -ENOENT, or -EBUSY while something refers to it.
 */
int dmvpn_policy_del(struct dmvpn_net *dn, const struct nlattr *name,
		     struct netlink_ext_ack *extack)
{
	struct dmvpn_policy *policy;
	int err = 0;

	mutex_lock(&dn->policy_lock);
	policy = dmvpn_policy_find(dn, nla_data(name));
	if (!policy) {
		NL_SET_ERR_MSG_ATTR(extack, name, "no such policy");
		err = -ENOENT;
	} else if (dmvpn_policy_users(policy)) {
		NL_SET_ERR_MSG_ATTR(extack, name,
				    "devices, peers or classes of policies refer to it");
		err = -EBUSY;
	} else {
		dmvpn_notify_policy(dn, policy, DMVPN_CMD_POLICY_DEL_NTF);
		policy_remove(dn, policy);
	}
	mutex_unlock(&dn->policy_lock);
	return err;
}

/* ---- what packets ask ---- */

/**
 * dmvpn_policy_classify() - which class packets are of, and count them there
 * @rules: rules of a policy
 * @counts: who counts: rules->counts, or those of a device
 * @flow: their header; NULL for what has none, which is of class-default
 * @packets: segments of a super-packet, 1 for any other
 * @bytes: of them, from their IP headers on
 *
 * Context: BH off, RCU.
 * Return: class, never NULL.
 */
const struct dmvpn_class *
dmvpn_policy_classify(const struct dmvpn_rules *rules,
		      struct dmvpn_count **counts,
		      const struct dmvpn_flow *flow, u32 packets, u32 bytes)
{
	struct dmvpn_count *count;
	u32 line = rules->n_lines;

	if (flow)
		line = dmvpn_classify(rules->classifier, flow);
	count = &counts[smp_processor_id()][line];
	u64_stats_update_begin(&count->sync);
	u64_stats_add(&count->packets, packets);
	u64_stats_add(&count->bytes, bytes);
	u64_stats_update_end(&count->sync);
	if (line == rules->n_lines)
		return &rules->classes[rules->n_classes - 1];
	return &rules->classes[rules->lines[line].class];
}

/* ---- namespaces ---- */

void dmvpn_policy_net_init(struct dmvpn_net *dn)
{
	mutex_init(&dn->policy_lock);
	INIT_LIST_HEAD(&dn->policies);
	dn->policy_seq = 1;
}

/* A device that left the namespace may still refer to some. */
void dmvpn_policy_net_exit(struct dmvpn_net *dn)
{
	struct dmvpn_policy *policy, *next;

	mutex_lock(&dn->policy_lock);
	list_for_each_entry_safe(policy, next, &dn->policies, list)
		policy_remove(dn, policy);
	mutex_unlock(&dn->policy_lock);
	mutex_destroy(&dn->policy_lock);
}
