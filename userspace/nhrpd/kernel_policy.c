// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Policies, and which of them a device has.
 */
#include <errno.h>
#include <linux/dmvpn.h>
#include <linux/rtnetlink.h>

#include "lib/log.h"
#include "nhrpd/daemon.h"
#include "nhrpd/policy_msg.h"

#define KIND		"dmvpn"
#define LINK_BYTES	1024

static struct kernel_nl *port(void *ctx)
{
	struct daemon *d = ctx;

	return &d->kernel;
}

int kernel_policy_set(void *ctx, const struct policy *policy)
{
	struct kernel_nl *k = port(ctx);
	int err;

	kernel_queue_send(k);
	err = policy_msg_set(&k->genl, policy);
	if (err)
		log_warn("policy %s: %s", policy->name, k->genl.nl.error);
	return err;
}

int kernel_policy_del(void *ctx, const char *name)
{
	struct kernel_nl *k = port(ctx);
	int err;

	kernel_queue_send(k);
	err = policy_msg_del(&k->genl, name);
	if (err == -EBUSY)
		log_warn("policy %s is not in the configuration any more, but in use: %s",
			 name, k->genl.nl.error);
	else if (err && err != -ENOENT)
		log_warn("deleting policy %s: %s", name, k->genl.nl.error);
	return err;
}

static void put_qos(struct nl_msg *msg, const struct conf_qos *qos)
{
	struct nlattr *info = nla_nest_start(msg, IFLA_LINKINFO);
	struct nlattr *data;

	if (!info)
		return;
	nla_put_string(msg, IFLA_INFO_KIND, KIND);
	data = nla_nest_start(msg, IFLA_INFO_DATA);
	if (data) {
		nla_put_u8(msg, IFLA_DMVPN_PRE_CLASSIFY, qos->pre_classify);
		nla_put_string(msg, IFLA_DMVPN_OUTPUT_POLICY, qos->output);
		nla_put_string(msg, IFLA_DMVPN_UNDERLAY_POLICY, qos->underlay);
		nla_nest_end(msg, data);
	}
	nla_nest_end(msg, info);
}

int kernel_link_qos(void *ctx, uint32_t ifindex, const struct conf_qos *qos)
{
	struct ifinfomsg head = { .ifi_index = (int)ifindex };
	struct nl_msg *msg = nlmsg_alloc_size(LINK_BYTES);
	struct kernel_nl *k = port(ctx);
	int err;

	if (msg) {
		nlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, RTM_NEWLINK, 0, 0);
		nlmsg_append(msg, &head, sizeof(head), NLMSG_ALIGNTO);
		put_qos(msg, qos);
	}
	err = netlink_request(&k->rt, msg, NULL, NULL);
	if (err && err != -ENODEV)
		log_warn("device %u: service-policy-output \"%s\", service-policy-underlay \"%s\": %s",
			 ifindex, qos->output, qos->underlay, k->rt.error);
	return err;
}
