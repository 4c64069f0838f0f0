/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The real kernel port: generic netlink for peers, next hops, sessions and
 * frames, rtnetlink for devices, addresses and routes.
 */
#ifndef NHRPD_KERNEL_NL_H
#define NHRPD_KERNEL_NL_H

#include <net/if.h>

#include "lib/genl.h"
#include "lib/hash.h"
#include "lib/list.h"
#include "nhrpd/conf.h"
#include "nhrpd/kernel.h"
#include "nhrpd/kernel_queue.h"
#include "nhrpd/loop.h"

struct daemon;
struct nhrp_link;

/**
 * struct kernel_dev - a dmvpn device
 * @link: in the list of all
 * @kernel: the port
 * @name: of the device
 * @ifindex: its number
 * @vrf: the VRF device that it is in, 0 for none
 * @table: that one's routes, or the main table
 * @dirty: changed since it was last read
 * @refused: the kernel did not let us have its frames, and this was logged
 * @frames: socket that gets its NHRP frames; closing it gives them back
 * @watch: on @frames
 */
struct kernel_dev {
	struct list link;
	struct kernel_nl *kernel;
	char name[CONF_NAME];
	uint32_t ifindex;
	uint32_t vrf;
	uint32_t table;
	bool dirty;
	bool refused;
	struct genl frames;
	struct watch watch;
};

/**
 * struct kernel_nl - sockets and what they told
 * @daemon: for the loop, the configuration and the state layer
 * @genl: requests to the family; closed while there is no module
 * @queue: of such requests
 * @events: its notifications
 * @rt: requests to rtnetlink
 * @links: notifications about devices and addresses
 * @routes: notifications about routes
 * @events_watch: on @events
 * @links_watch: on @links
 * @routes_watch: on @routes
 * @retry: to ask again for frames that another process has
 * @devs: struct kernel_dev
 * @shortcuts: struct shortcut_route, by prefix: routes that we put into the
 *	kernel
 */
struct kernel_nl {
	struct daemon *daemon;
	struct genl genl;
	struct kernel_queue queue;
	struct genl events;
	struct netlink rt;
	struct netlink links;
	struct netlink routes;
	struct watch events_watch;
	struct watch links_watch;
	struct watch routes_watch;
	struct watch retry;
	struct list devs;
	struct hash shortcuts;
};

extern const struct kernel_ops kernel_nl_ops;

/* Open the sockets. 0, or -1 after logging why not. */
int kernel_open(struct kernel_nl *k, struct daemon *d);
void kernel_close(struct kernel_nl *k);
/* Tell the state layer of all devices there are. */
void kernel_read_devices(struct kernel_nl *k);
/* Tell it what the devices hold, before nhrp_start. */
void kernel_adopt(struct kernel_nl *k);
/* Get the frames of devices that are configured, leave those of others. */
void kernel_claim_frames(struct kernel_nl *k);

/* kernel_nl.c: for kernel_rt.c. */
struct kernel_dev *kernel_dev_find(const struct kernel_nl *k, uint32_t ifindex);
void kernel_dev_seen(struct kernel_nl *k, uint32_t ifindex, const char *name);
void kernel_dev_gone(struct kernel_nl *k, uint32_t ifindex);
/* Read the devices that changed, and tell the state layer. */
void kernel_refresh(struct kernel_nl *k);

/* kernel_rt.c: rtnetlink. */
int kernel_rt_open(struct kernel_nl *k);
void kernel_rt_close(struct kernel_nl *k);
void kernel_rt_read_links(struct kernel_nl *k);
/* Name, flags, MTU and addresses; -ENODEV if it is not there any more. */
int kernel_rt_read_link(struct kernel_nl *k, struct kernel_dev *dev,
			struct nhrp_link *link);
void kernel_rt_adopt_routes(struct kernel_nl *k);
int kernel_route_add(void *ctx, uint32_t ifindex, const struct prefix *dst,
		     const struct addr *via);
int kernel_route_del(void *ctx, uint32_t ifindex, const struct prefix *dst,
		     const struct addr *via);
int kernel_route_get(void *ctx, uint32_t ifindex, const struct addr *dst,
		     struct kernel_route *route);
int kernel_routes(void *ctx, uint32_t ifindex,
		  void (*fn)(void *arg, const struct prefix *dst), void *arg);
/* The VRF that a device is in, "" for none. Returns @name. */
const char *kernel_vrf(const struct kernel_nl *k, const char *ifname,
		       char name[static IF_NAMESIZE]);
int kernel_carrier_set(void *ctx, uint32_t ifindex, bool on);

/* kernel_policy.c: policies, and what queues by them. */
int kernel_policy_set(void *ctx, const struct policy *policy);
int kernel_policy_del(void *ctx, const char *name);
int kernel_link_qos(void *ctx, uint32_t ifindex, const struct conf_qos *qos);
int kernel_queueing(void *ctx, uint32_t ifindex, bool on);

/* kernel_ops.c: objects of the family as the state layer has them. */
void kernel_take_peer(struct nlattr **tb, struct kernel_peer *peer);
void kernel_take_nexthop(struct nlattr **tb, struct kernel_nexthop *nexthop);

#endif
