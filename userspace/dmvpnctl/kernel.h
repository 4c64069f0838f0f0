/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's part of the model, over generic netlink and rtnetlink.
 */
#ifndef DMVPNCTL_KERNEL_H
#define DMVPNCTL_KERNEL_H

#include "dmvpnctl/model.h"
#include "lib/genl.h"

/* All of these return 0, or -1 after saying on stderr what is wrong. */

int kernel_open(struct genl *g);
/* Devices with addresses and counters, peers, next hops, sessions and SAs. */
int kernel_read(struct genl *g, struct model *m);
/* Clear a session. One that has gone meanwhile is clear, too. */
int kernel_clear_session(struct genl *g, uint32_t handle);
/* kernel_policy.c: what policies there are. */
int kernel_list_policies(struct genl *g, struct model *m);
/* The same with their classes, queues, and devices. */
int kernel_read_policies(struct genl *g, struct model *m);
/* Add a policy, or put other classes into it. */
int kernel_set_policy(struct genl *g, const struct policy *p);
int kernel_del_policy(struct genl *g, const char *name);

/**
 * struct kernel_result - which class of a policy a packet is of
 * @index: of the class
 * @line: of the class, -1 for class-default
 */
struct kernel_result {
	uint32_t index;
	int64_t line;
};

int kernel_test_policy(struct genl *g, const char *name, const void *packet,
		       size_t len, struct kernel_result *result);

/* kernel_policy.c, for notifications. */
void kernel_take_policy(struct nlattr **tb, struct policy_state *p);
/* kernel.c: a text as it can be shown, "" for none. */
void kernel_text(char *to, size_t size, const struct nlattr *attr);
/* kernel.c: say what is wrong. -1. */
int kernel_complain(const struct genl *g, int err);

/**
 * struct kernel_event - a notification
 * @cmd: DMVPN_CMD_*_NTF, which says what of the rest is set
 * @session: session, session-del, acquire
 * @sa: sa, sa-del, sa-expire, nat-moved
 * @peer: peer, peer-del
 * @nexthop: nexthop, nexthop-del
 * @policy: policy, policy-del
 * @ifindex: miss, redirect: device
 * @address: miss: next hop
 * @src: miss, redirect: inner source
 * @dst: miss, redirect: inner destination
 * @remote: redirect: the peer the packet came from
 */
struct kernel_event {
	uint8_t cmd;
	struct session session;
	struct sa sa;
	struct peer peer;
	struct nexthop nexthop;
	struct policy_state policy;
	uint32_t ifindex;
	struct addr address;
	struct addr src;
	struct addr dst;
	struct nbma remote;
};

void kernel_take_event(uint8_t cmd, struct nlattr **tb,
		       struct kernel_event *event);

/* rtnetlink's part (link.c): state, addresses and counters of the devices. */
int link_read(struct model *m);

#endif
