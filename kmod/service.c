// SPDX-License-Identifier: GPL-2.0
/*
 * Policies of devices. Each device counts for itself what is of which line, and
 * how many bits a second a class has had of late is found out now and then:
 * packets have nothing to do with that.
 */
#include <linux/jiffies.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "netns.h"
#include "policy.h"
#include "service.h"
#include "wq.h"

#define LOOK_PERIOD	(DMVPN_RATE_PERIOD / NSEC_PER_SEC * HZ)

unsigned int dmvpn_load_interval = DMVPN_LOAD_INTERVAL_DEFAULT;

/* Which services there are, and their tallies. Within a policy_lock. */
static DEFINE_MUTEX(lock);
static LIST_HEAD(services);

static void look(struct work_struct *work);
static DECLARE_DELAYED_WORK(look_work, look);

/* ---- the interval ---- */

static int set_interval(const char *text, const struct kernel_param *param)
{
	unsigned int seconds;
	int err = kstrtouint(text, 0, &seconds);

	if (err)
		return err;
	if (seconds < DMVPN_LOAD_INTERVAL_MIN ||
	    seconds > DMVPN_LOAD_INTERVAL_MAX ||
	    seconds % DMVPN_LOAD_INTERVAL_MIN)
		return -EINVAL;
	return param_set_uint(text, param);
}

static const struct kernel_param_ops interval_ops = {
	.set = set_interval,
	.get = param_get_uint,
};

module_param_cb(load_interval, &interval_ops, &dmvpn_load_interval, 0644);
MODULE_PARM_DESC(load_interval,
		 "seconds that offered and drop rates are a mean of: 30 to 600 in steps of 30");

/* ---- tallies ---- */

static void tally_free(struct dmvpn_tally *tally)
{
	if (tally)
		dmvpn_counts_free(tally->counts);
	kvfree(tally);
}

static void tally_free_rcu(struct rcu_head *rcu)
{
	tally_free(container_of(rcu, struct dmvpn_tally, rcu));
}

static struct dmvpn_tally *tally_new(const struct dmvpn_rules *rules)
{
	struct dmvpn_tally *tally;

	tally = kvzalloc(struct_size(tally, rates, rules->n_classes),
			 GFP_KERNEL_ACCOUNT);
	if (!tally)
		return NULL;
	tally->rules = rules;
	tally->counts = dmvpn_counts_new(rules->n_lines);
	if (!tally->counts) {
		tally_free(tally);
		return NULL;
	}
	return tally;
}

static struct dmvpn_tally *tally_of(struct dmvpn_service *service)
{
	return rcu_dereference_protected(service->tally,
					 lockdep_is_held(&lock));
}

static void update_rates(struct dmvpn_service *service)
{
	struct dmvpn_tally *tally = tally_of(service);
	const struct dmvpn_rules *rules = tally->rules;
	const u64 now = ktime_get_ns();
	u64 packets, bytes;
	u32 i;

	for (i = 0; i < rules->n_classes; i++) {
		if (!dmvpn_rate_is_due(&tally->rates[i], now))
			continue;
		packets = 0;
		bytes = 0;
		dmvpn_counts_read_class(tally->counts, rules, i, &packets,
					&bytes);
		dmvpn_rate_update(&tally->rates[i], bytes, now,
				  READ_ONCE(dmvpn_load_interval));
		cond_resched();
	}
}

static void look(struct work_struct *work)
{
	struct dmvpn_service *service;

	mutex_lock(&lock);
	list_for_each_entry(service, &services, list)
		update_rates(service);
	if (!list_empty(&services))
		queue_delayed_work(dmvpn_wq, &look_work, LOOK_PERIOD);
	mutex_unlock(&lock);
}

/* ---- a device has a policy ---- */

static struct dmvpn_service *service_new(struct dmvpn_policy *policy)
{
	struct dmvpn_service *service;
	struct dmvpn_tally *tally;

	service = kzalloc(sizeof(*service), GFP_KERNEL_ACCOUNT);
	if (!service)
		return NULL;
	mutex_lock(&lock);
	/* Whoever replaces them has the lock, too. */
	tally = tally_new(rcu_dereference_protected(policy->rules, true));
	if (!tally) {
		mutex_unlock(&lock);
		kfree(service);
		return NULL;
	}
	refcount_set(&service->refs, 1);
	service->policy = policy;
	rcu_assign_pointer(service->tally, tally);
	list_add_tail_rcu(&service->list, &services);
	queue_delayed_work(dmvpn_wq, &look_work, 0);
	mutex_unlock(&lock);
	return service;
}

/**
 * dmvpn_service_new() - a device gets a policy
 * @dn: namespace whose policy it is
 * @name: attribute with its name
 * @extack: gets the reason of a failure
 *
 * Context: process. Takes dn->policy_lock.
 * Return: service, NULL for an empty name, or ERR_PTR().
 */
struct dmvpn_service *dmvpn_service_new(struct dmvpn_net *dn,
					const struct nlattr *name,
					struct netlink_ext_ack *extack)
{
	struct dmvpn_policy *policy = dmvpn_policy_use(dn, name, extack);
	struct dmvpn_service *service;

	if (IS_ERR_OR_NULL(policy))
		return ERR_CAST(policy);
	service = service_new(policy);
	if (service)
		return service;
	dmvpn_policy_unuse(policy);
	return ERR_PTR(-ENOMEM);
}

/**
 * dmvpn_service_hold() - another configuration of the device has it
 * @service: service or NULL
 *
 * Return: the service.
 */
struct dmvpn_service *dmvpn_service_hold(struct dmvpn_service *service)
{
	if (service)
		refcount_inc(&service->refs);
	return service;
}

/**
 * dmvpn_service_put() - a configuration of the device goes
 * @service: service or NULL. Packets that found it under RCU may go on.
 *
 * Context: process.
 */
void dmvpn_service_put(struct dmvpn_service *service)
{
	if (!service || !refcount_dec_and_test(&service->refs))
		return;
	mutex_lock(&lock);
	list_del_rcu(&service->list);
	call_rcu(&tally_of(service)->rcu, tally_free_rcu);
	mutex_unlock(&lock);
	dmvpn_policy_unuse(service->policy);
	kfree_rcu(service, rcu);
}

/* ---- a policy gets other rules ---- */

/* Tallies for all that have a policy. Returns 0 or -ENOMEM. */
static int tallies_new(const struct dmvpn_policy *policy,
		       const struct dmvpn_rules *rules)
{
	struct dmvpn_service *service;

	list_for_each_entry(service, &services, list) {
		if (service->policy != policy)
			continue;
		service->next = tally_new(rules);
		if (!service->next)
			return -ENOMEM;
	}
	return 0;
}

static void tallies_change(bool use)
{
	struct dmvpn_service *service;
	struct dmvpn_tally *old;

	list_for_each_entry(service, &services, list) {
		old = service->next;
		if (use && old)
			old = rcu_replace_pointer(service->tally, old,
						  lockdep_is_held(&lock));
		service->next = NULL;
		if (old)
			call_rcu(&old->rcu, tally_free_rcu);
	}
}

/**
 * dmvpn_services_replace() - put other rules into a policy
 * @policy: policy
 * @rules: complete rules, for all that have the policy from now on
 *
 * Context: policy_lock of its namespace.
 * Return: 0, or -ENOMEM, and nothing has changed.
 */
int dmvpn_services_replace(struct dmvpn_policy *policy,
			   struct dmvpn_rules *rules)
{
	int err;

	mutex_lock(&lock);
	err = tallies_new(policy, rules);
	if (!err)
		rcu_assign_pointer(policy->rules, rules);
	tallies_change(!err);
	mutex_unlock(&lock);
	return err;
}

/* ---- what was counted ---- */

/**
 * dmvpn_service_begin() - look at what a device has counted by a policy
 * @service: service
 *
 * Context: process, until dmvpn_service_end().
 * Return: counters, with rates that are up to date.
 */
const struct dmvpn_tally *dmvpn_service_begin(struct dmvpn_service *service)
{
	mutex_lock(&lock);
	update_rates(service);
	return tally_of(service);
}

void dmvpn_service_end(void)
{
	mutex_unlock(&lock);
}

/**
 * dmvpn_services_count() - what all devices together counted
 * @policy: policy
 * @line: index of a line, or the number of them for class-default
 * @packets: gets their packets besides
 * @bytes: gets their bytes besides
 *
 * Context: policy_lock of its namespace.
 */
void dmvpn_services_count(const struct dmvpn_policy *policy, u32 line,
			  u64 *packets, u64 *bytes)
{
	const struct dmvpn_tally *tally;
	struct dmvpn_service *service;

	rcu_read_lock();
	list_for_each_entry_rcu(service, &services, list) {
		if (service->policy != policy)
			continue;
		tally = rcu_dereference(service->tally);
		dmvpn_counts_read(tally->counts, line, packets, bytes);
	}
	rcu_read_unlock();
}

/* No device is left. */
void dmvpn_service_exit(void)
{
	cancel_delayed_work_sync(&look_work);
}
