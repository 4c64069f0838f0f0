// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Policies, which of them a device has, and what queues by them.
 */
#include <errno.h>
#include <linux/dmvpn.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>

#include "lib/log.h"
#include "nhrpd/daemon.h"
#include "nhrpd/policy_msg.h"

#define KIND		"dmvpn"
#define LINK_BYTES	1024
/*
 * "NH": by its handle the queueing discipline is known as ours, also in another
 * life. The kernel chooses from 8000: on, people choose 1:.
 */
#define OUR_QDISC	0x4e480000U

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

static int qdisc_request(struct kernel_nl *k, int type, int flags,
			 uint32_t ifindex)
{
	struct nl_msg *msg = nlmsg_alloc_simple(type, flags);
	struct tcmsg head = {
		.tcm_ifindex = (int)ifindex,
		.tcm_handle = OUR_QDISC,
		.tcm_parent = TC_H_ROOT,
	};

	if (msg) {
		nlmsg_append(msg, &head, sizeof(head), NLMSG_ALIGNTO);
		nla_put_string(msg, TCA_KIND, KIND);
	}
	return netlink_request(&k->rt, msg, NULL, NULL);
}

static void on_root(void *arg, struct nlmsghdr *hdr)
{
	char *kind = arg;
	struct nlattr *tb[IFLA_MAX + 1];

	if (hdr->nlmsg_type == RTM_NEWLINK &&
	    !nlmsg_parse(hdr, sizeof(struct ifinfomsg), tb, IFLA_MAX, NULL) &&
	    tb[IFLA_QDISC])
		nla_strlcpy(kind, tb[IFLA_QDISC], IFNAMSIZ);
}

/* An mq has been put there for several of ours. */
static void see_other(struct kernel_nl *k, uint32_t ifindex)
{
	struct ifinfomsg head = { .ifi_index = (int)ifindex };
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_GETLINK, 0);
	char kind[IFNAMSIZ] = "";

	if (msg)
		nlmsg_append(msg, &head, sizeof(head), NLMSG_ALIGNTO);
	if (!netlink_request(&k->rt, msg, on_root, kind) &&
	    strcmp(kind, KIND) && strcmp(kind, "mq"))
		log_warn("device %u has the qdisc %s, which stays: policies of groups have an effect only with a qdisc dmvpn",
			 ifindex, kind);
}

static int add_qdisc(struct kernel_nl *k, uint32_t ifindex)
{
	/* Only in the place of what the kernel itself has put there. */
	int err = qdisc_request(k, RTM_NEWQDISC, NLM_F_CREATE | NLM_F_EXCL,
				ifindex);

	if (err == -EEXIST) {
		see_other(k, ifindex);
		return 0;
	}
	if (err && err != -ENODEV)
		log_warn("device %u: no queues for peers: adding a qdisc dmvpn: %s",
			 ifindex, k->rt.error);
	return err;
}

static int delete_qdisc(struct kernel_nl *k, uint32_t ifindex)
{
	int err = qdisc_request(k, RTM_DELQDISC, 0, ifindex);

	/* Another handle or kind, or none at all: it is not ours. */
	if (err == -EINVAL || err == -ENOENT || err == -ENODEV)
		return 0;
	if (err)
		log_warn("device %u: deleting the qdisc dmvpn: %s", ifindex,
			 k->rt.error);
	return err;
}

int kernel_queueing(void *ctx, uint32_t ifindex, bool on)
{
	struct kernel_nl *k = port(ctx);

	kernel_queue_send(k);
	return on ? add_qdisc(k, ifindex) : delete_qdisc(k, ifindex);
}
