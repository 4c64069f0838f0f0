/* SPDX-License-Identifier: GPL-2.0 */
/* A policy that a device marks by, and what the device has sent by it. */
#ifndef _DMVPN_SERVICE_H
#define _DMVPN_SERVICE_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>

#include "rate.h"

struct dmvpn_count;
struct dmvpn_net;
struct dmvpn_policy;
struct dmvpn_rules;
struct netlink_ext_ack;
struct nlattr;

/**
 * struct dmvpn_tally - what was counted by some rules; replaced with them
 * @rcu: for the replaced one
 * @rules: of the policy; they live as long
 * @counts: of the lines
 * @rates: of the classes
 */
struct dmvpn_tally {
	struct rcu_head rcu;
	const struct dmvpn_rules *rules;
	struct dmvpn_count **counts;
	struct dmvpn_rate rates[];
};

/**
 * struct dmvpn_service - a device has a policy
 * @list: in the list of all
 * @rcu: freed after a grace period
 * @refs: configurations of the device that have it
 * @policy: policy, with a reference
 * @tally: RCU; never NULL
 * @next: for rules that come next, while they do
 */
struct dmvpn_service {
	struct list_head list;
	struct rcu_head rcu;
	refcount_t refs;
	struct dmvpn_policy *policy;
	struct dmvpn_tally __rcu *tally;
	struct dmvpn_tally *next;
};

/* What has a device. */
struct dmvpn_service *dmvpn_service_new(struct dmvpn_net *dn,
					const struct nlattr *name,
					struct netlink_ext_ack *extack);
struct dmvpn_service *dmvpn_service_hold(struct dmvpn_service *service);
void dmvpn_service_put(struct dmvpn_service *service);

/* What changes policies. */
int dmvpn_services_replace(struct dmvpn_policy *policy,
			   struct dmvpn_rules *rules);

/* What reads them. */
const struct dmvpn_tally *dmvpn_service_begin(struct dmvpn_service *service);
void dmvpn_service_end(void);
void dmvpn_services_count(const struct dmvpn_policy *policy, u32 line,
			  u64 *packets, u64 *bytes);

void dmvpn_service_exit(void);

#endif /* _DMVPN_SERVICE_H */
