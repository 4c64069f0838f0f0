// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rtnetlink: which dmvpn devices there are, their addresses, and routes.
 */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/log.h"
#include "nhrpd/daemon.h"

#define KIND		"dmvpn"
#define ROUTES_BUFFER	(1 << 20)
/*
 * "nhrp" of FRR's protocol numbers: its zebra then takes the routes for what
 * they are, and does not put them in the place of those of its own protocols.
 */
#define PROTOCOL_NHRP	191
/* zebra removes what it finds of its own protocols when it starts. */
#define RESTORE_MAX	16

/**
 * struct shortcut_route - a route that was added
 * @node: in the table of all
 * @ifindex: device
 * @dst: prefix
 * @via: gateway
 * @restored: how often it was put back after somebody else had deleted it
 */
struct shortcut_route {
	struct hash_node node;
	uint32_t ifindex;
	struct prefix dst;
	struct addr via;
	unsigned int restored;
};

/**
 * struct route_msg - a route as a message tells it
 * @head: its header
 * @dst: prefix
 * @via: gateway of the first path, or none
 * @ifindex: device of the first path, or 0
 * @table: of routes
 */
struct route_msg {
	struct rtmsg *head;
	struct prefix dst;
	struct addr via;
	uint32_t ifindex;
	uint32_t table;
};

/* ---- routes ---- */

static struct shortcut_route *find(const struct kernel_nl *k, uint32_t ifindex,
				   const struct prefix *dst,
				   const struct addr *via)
{
	struct hash_node *node = hash_first(&k->shortcuts, prefix_hash(dst));
	struct shortcut_route *r;

	for (; node; node = hash_next(node)) {
		r = container_of(node, struct shortcut_route, node);
		if (r->ifindex == ifindex && prefix_equal(&r->dst, dst) &&
		    addr_equal(&r->via, via))
			return r;
	}
	return NULL;
}

static void remember(struct kernel_nl *k, uint32_t ifindex,
		     const struct prefix *dst, const struct addr *via)
{
	struct shortcut_route *r;

	if (find(k, ifindex, dst, via))
		return;
	r = calloc(1, sizeof(*r));
	if (!r)
		return;
	*r = (struct shortcut_route){ .ifindex = ifindex, .dst = *dst,
				      .via = *via };
	if (hash_add(&k->shortcuts, &r->node, prefix_hash(dst)))
		free(r);
}

static void forget(struct kernel_nl *k, struct shortcut_route *r)
{
	hash_del(&k->shortcuts, &r->node);
	free(r);
}

/* Routes of a device in a VRF are in that one's table. */
static uint32_t table_of(const struct kernel_nl *k, uint32_t ifindex)
{
	const struct kernel_dev *dev = kernel_dev_find(k, ifindex);

	return dev ? dev->table : RT_TABLE_MAIN;
}

static struct nl_msg *route_msg(const struct kernel_nl *k, int type, int flags,
				uint32_t ifindex, const struct prefix *dst,
				const struct addr *via)
{
	struct nl_msg *msg = nlmsg_alloc_simple(type, flags);
	struct rtmsg head = {
		.rtm_family = (unsigned char)addr_family(&dst->addr),
		.rtm_dst_len = dst->len,
		.rtm_protocol = PROTOCOL_NHRP,
		.rtm_scope = RT_SCOPE_UNIVERSE,
		.rtm_type = RTN_UNICAST,
		.rtm_flags = RTNH_F_ONLINK,
	};

	if (!msg)
		return NULL;
	nlmsg_append(msg, &head, sizeof(head), NLMSG_ALIGNTO);
	put_addr(msg, RTA_DST, &dst->addr);
	put_addr(msg, RTA_GATEWAY, via);
	nla_put_u32(msg, RTA_OIF, ifindex);
	nla_put_u32(msg, RTA_TABLE, table_of(k, ifindex));
	/* IPv6 takes 0 for its default of 1024; IPv4 has 0 as the best. */
	if (head.rtm_family == AF_INET6)
		nla_put_u32(msg, RTA_PRIORITY, 1);
	return msg;
}

static int add(struct kernel_nl *k, uint32_t ifindex, const struct prefix *dst,
	       const struct addr *via)
{
	/* Neither replace nor append: before one to the same prefix. */
	struct nl_msg *msg = route_msg(k, RTM_NEWROUTE, NLM_F_CREATE, ifindex,
				       dst, via);
	int err = netlink_request(&k->rt, msg, NULL, NULL);

	return err == -EEXIST ? 0 : err;
}

int kernel_route_add(void *ctx, uint32_t ifindex, const struct prefix *dst,
		     const struct addr *via)
{
	struct daemon *d = ctx;
	struct kernel_nl *k = &d->kernel;
	char text[ADDR_TEXT];
	int err;

	/* Its next hop first. */
	kernel_queue_send(k);
	err = add(k, ifindex, dst, via);
	if (err)
		log_warn("adding the route to %s: %s",
			 prefix_format(dst, text), k->rt.error);
	else
		remember(k, ifindex, dst, via);
	return err;
}

int kernel_route_del(void *ctx, uint32_t ifindex, const struct prefix *dst,
		     const struct addr *via)
{
	struct daemon *d = ctx;
	struct kernel_nl *k = &d->kernel;
	struct shortcut_route *r = find(k, ifindex, dst, via);
	char text[ADDR_TEXT];
	int err;

	kernel_queue_send(k);
	/* First: the deletion is told to us, too. */
	if (r)
		forget(k, r);
	err = netlink_request(&k->rt, route_msg(k, RTM_DELROUTE, 0, ifindex,
						dst, via), NULL, NULL);
	if (err == -ESRCH || err == -ENODEV)
		return 0;
	if (err)
		log_warn("deleting the route to %s: %s",
			 prefix_format(dst, text), k->rt.error);
	return err;
}

static void take_path(struct route_msg *r, struct nlattr **tb)
{
	struct nlattr *gateway = tb[RTA_GATEWAY];
	struct rtnexthop *path;
	int len;

	r->ifindex = attr_u32(tb[RTA_OIF]);
	if (tb[RTA_MULTIPATH] &&
	    nla_len(tb[RTA_MULTIPATH]) >= (int)sizeof(*path)) {
		path = nla_data(tb[RTA_MULTIPATH]);
		r->ifindex = (uint32_t)path->rtnh_ifindex;
		len = path->rtnh_len - (int)sizeof(*path);
		if (path->rtnh_len > nla_len(tb[RTA_MULTIPATH]))
			len = 0;
		gateway = nla_find((struct nlattr *)RTNH_DATA(path), len,
				   RTA_GATEWAY);
	}
	r->via = attr_addr(gateway);
}

/* False if it is not about unicast routing. */
static bool take_route(struct nlmsghdr *hdr, struct route_msg *r)
{
	struct nlattr *tb[RTA_MAX + 1];
	struct addr dst;

	if (nlmsg_parse(hdr, sizeof(*r->head), tb, RTA_MAX, NULL))
		return false;
	r->head = nlmsg_data(hdr);
	dst = attr_addr(tb[RTA_DST]);
	if (addr_is_none(&dst)) {
		static const uint8_t any[16];

		dst = addr_make(any, r->head->rtm_family == AF_INET ? 4 : 16);
	}
	r->dst = prefix_make(&dst, r->head->rtm_dst_len);
	r->table = tb[RTA_TABLE] ? attr_u32(tb[RTA_TABLE]) :
				   r->head->rtm_table;
	take_path(r, tb);
	return true;
}

static void on_route(void *arg, struct nlmsghdr *hdr)
{
	struct kernel_route *route = arg;
	struct route_msg r;

	if (hdr->nlmsg_type != RTM_NEWROUTE || !take_route(hdr, &r))
		return;
	*route = (struct kernel_route){
		.dst = r.dst,
		.via = r.via,
		.local = r.head->rtm_type == RTN_LOCAL,
		.shortcut = r.head->rtm_protocol == PROTOCOL_NHRP,
	};
	if (r.head->rtm_type == RTN_UNICAST)
		route->ifindex = r.ifindex;
}

/**
 * struct own_address - looks for an address of this host
 * @address: the address
 * @route: gets its subnet and its interface
 */
struct own_address {
	const struct addr *address;
	struct kernel_route *route;
};

static void on_own_address(void *arg, struct nlmsghdr *hdr)
{
	struct own_address *own = arg;
	struct ifaddrmsg *head = nlmsg_data(hdr);
	struct nlattr *tb[IFA_MAX + 1];
	struct addr a;

	if (hdr->nlmsg_type != RTM_NEWADDR ||
	    nlmsg_parse(hdr, sizeof(*head), tb, IFA_MAX, NULL))
		return;
	a = attr_addr(tb[IFA_LOCAL] ? tb[IFA_LOCAL] : tb[IFA_ADDRESS]);
	if (!addr_equal(&a, own->address))
		return;
	own->route->dst = prefix_make(&a, head->ifa_prefixlen);
	own->route->ifindex = head->ifa_index;
}

static int dump_addresses(struct kernel_nl *k, netlink_handler handler,
			  void *arg)
{
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_GETADDR, NLM_F_DUMP);
	struct ifaddrmsg all = { .ifa_family = AF_UNSPEC };

	if (msg)
		nlmsg_append(msg, &all, sizeof(all), NLMSG_ALIGNTO);
	return netlink_request(&k->rt, msg, handler, arg);
}

int kernel_route_get(void *ctx, uint32_t ifindex, const struct addr *dst,
		     struct kernel_route *route)
{
	struct daemon *d = ctx;
	const struct kernel_dev *dev = kernel_dev_find(&d->kernel, ifindex);
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_GETROUTE, 0);
	struct rtmsg head = {
		.rtm_family = (unsigned char)addr_family(dst),
		.rtm_dst_len = (unsigned char)addr_bits(dst),
		.rtm_flags = RTM_F_FIB_MATCH,
	};
	struct own_address own = { .address = dst, .route = route };
	int err;

	*route = (struct kernel_route){ 0 };
	if (msg) {
		nlmsg_append(msg, &head, sizeof(head), NLMSG_ALIGNTO);
		put_addr(msg, RTA_DST, dst);
		if (dev && dev->vrf)
			nla_put_u32(msg, RTA_OIF, dev->vrf);
	}
	/* Unreachable and the like: an error, which nobody has to read. */
	err = netlink_request(&d->kernel.rt, msg, on_route, route);
	if (!err && route->local)
		err = dump_addresses(&d->kernel, on_own_address, &own);
	return err;
}

static void on_adopted(void *arg, struct nlmsghdr *hdr)
{
	struct kernel_nl *k = arg;
	struct route_msg r;

	if (hdr->nlmsg_type != RTM_NEWROUTE || !take_route(hdr, &r) ||
	    r.head->rtm_protocol != PROTOCOL_NHRP ||
	    !kernel_dev_find(k, r.ifindex) ||
	    r.table != table_of(k, r.ifindex))
		return;
	remember(k, r.ifindex, &r.dst, &r.via);
	nhrp_adopt_route(k->daemon->nhrp, loop_now(), r.ifindex, &r.dst,
			 &r.via);
}

static int dump_routes(struct kernel_nl *k, netlink_handler handler, void *arg)
{
	struct rtmsg head = { .rtm_family = AF_UNSPEC };
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_GETROUTE, NLM_F_DUMP);

	if (msg)
		nlmsg_append(msg, &head, sizeof(head), NLMSG_ALIGNTO);
	return netlink_request(&k->rt, msg, handler, arg);
}

void kernel_rt_adopt_routes(struct kernel_nl *k)
{
	dump_routes(k, on_adopted, k);
}

/**
 * struct prefixes - who wants them
 * @table: of which table
 * @fn: called for each
 * @arg: for it
 */
struct prefixes {
	uint32_t table;
	void (*fn)(void *arg, const struct prefix *dst);
	void *arg;
};

/*
 * A VRF's table has what is in the table "local" otherwise: this host's own
 * addresses and the like, which lead no other way than the prefix around them.
 */
static bool is_of_table_local(const struct rtmsg *head)
{
	return head->rtm_type == RTN_LOCAL || head->rtm_type == RTN_BROADCAST ||
	       head->rtm_type == RTN_ANYCAST ||
	       head->rtm_type == RTN_MULTICAST;
}

static void on_prefix(void *arg, struct nlmsghdr *hdr)
{
	const struct prefixes *p = arg;
	struct route_msg r;

	if (hdr->nlmsg_type == RTM_NEWROUTE && take_route(hdr, &r) &&
	    r.table == p->table && !(r.head->rtm_flags & RTM_F_CLONED) &&
	    !is_of_table_local(r.head))
		p->fn(p->arg, &r.dst);
}

int kernel_routes(void *ctx, uint32_t ifindex,
		  void (*fn)(void *arg, const struct prefix *dst), void *arg)
{
	struct daemon *d = ctx;
	struct prefixes p = {
		.table = table_of(&d->kernel, ifindex),
		.fn = fn,
		.arg = arg,
	};
	int err = dump_routes(&d->kernel, on_prefix, &p);

	if (err)
		log_warn("reading routes: %s", d->kernel.rt.error);
	return err;
}

/* ---- devices ---- */

/* Is it a dmvpn device? What the message tells of it goes to @link. */
static bool take_link(struct nlmsghdr *hdr, struct nhrp_link *link)
{
	struct nlattr *tb[IFLA_MAX + 1], *info[IFLA_INFO_MAX + 1];
	struct ifinfomsg *head = nlmsg_data(hdr);

	if (nlmsg_parse(hdr, sizeof(*head), tb, IFLA_MAX, NULL) ||
	    !tb[IFLA_IFNAME] || !tb[IFLA_LINKINFO] ||
	    nla_parse_nested(info, IFLA_INFO_MAX, tb[IFLA_LINKINFO], NULL) ||
	    !info[IFLA_INFO_KIND] ||
	    nla_strcmp(info[IFLA_INFO_KIND], KIND))
		return false;
	snprintf(link->name, sizeof(link->name), "%s",
		 nla_get_string(tb[IFLA_IFNAME]));
	link->up = head->ifi_flags & IFF_UP;
	link->carrier = !tb[IFLA_CARRIER] || nla_get_u8(tb[IFLA_CARRIER]);
	link->mtu = attr_u32(tb[IFLA_MTU]);
	return true;
}

static void on_link(void *arg, struct nlmsghdr *hdr)
{
	struct ifinfomsg *head = nlmsg_data(hdr);
	struct kernel_nl *k = arg;
	struct nhrp_link link;

	/* A bridge tells of its ports with a family of its own. */
	if (head->ifi_family != AF_UNSPEC)
		return;
	if (hdr->nlmsg_type == RTM_DELLINK)
		kernel_dev_gone(k, (uint32_t)head->ifi_index);
	else if (take_link(hdr, &link))
		kernel_dev_seen(k, (uint32_t)head->ifi_index, link.name);
}

void kernel_rt_read_links(struct kernel_nl *k)
{
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_GETLINK, NLM_F_DUMP);
	struct ifinfomsg head = { .ifi_family = AF_UNSPEC };

	if (msg)
		nlmsg_append(msg, &head, sizeof(head), NLMSG_ALIGNTO);
	if (netlink_request(&k->rt, msg, on_link, k))
		log_err("reading network devices: %s", k->rt.error);
}

/* A VRF says to its ports which table it has. */
static void take_vrf(struct nlmsghdr *hdr, struct kernel_dev *dev)
{
	struct nlattr *tb[IFLA_MAX + 1], *info[IFLA_INFO_MAX + 1];
	struct nlattr *table;

	dev->vrf = 0;
	dev->table = RT_TABLE_MAIN;
	if (nlmsg_parse(hdr, sizeof(struct ifinfomsg), tb, IFLA_MAX, NULL) ||
	    !tb[IFLA_MASTER] || !tb[IFLA_LINKINFO] ||
	    nla_parse_nested(info, IFLA_INFO_MAX, tb[IFLA_LINKINFO], NULL) ||
	    !info[IFLA_INFO_SLAVE_KIND] || !info[IFLA_INFO_SLAVE_DATA] ||
	    nla_strcmp(info[IFLA_INFO_SLAVE_KIND], "vrf"))
		return;
	table = nla_find(nla_data(info[IFLA_INFO_SLAVE_DATA]),
			 nla_len(info[IFLA_INFO_SLAVE_DATA]),
			 IFLA_VRF_PORT_TABLE);
	if (!table)
		return;
	dev->vrf = attr_u32(tb[IFLA_MASTER]);
	dev->table = attr_u32(table);
}

const char *kernel_vrf(const struct kernel_nl *k, const char *ifname,
		       char name[static IF_NAMESIZE])
{
	const struct kernel_dev *dev;

	name[0] = '\0';
	/* The configuration has things to say before the kernel is open. */
	if (!k->daemon)
		return name;
	list_for_each(dev, &k->devs, struct kernel_dev, link)
		if (dev->vrf && !strcmp(dev->name, ifname))
			if_indextoname(dev->vrf, name);
	return name;
}

/**
 * struct one_link - a device that is read
 * @dev: its entry
 * @link: gets its state
 */
struct one_link {
	struct kernel_dev *dev;
	struct nhrp_link *link;
};

static void on_one_link(void *arg, struct nlmsghdr *hdr)
{
	struct one_link *one = arg;

	if (hdr->nlmsg_type == RTM_NEWLINK && take_link(hdr, one->link))
		take_vrf(hdr, one->dev);
}

static void take_ipv4(struct nhrp_link *link, const struct ifaddrmsg *head,
		      const struct addr *a)
{
	if (head->ifa_scope >= RT_SCOPE_LINK || !addr_is_none(&link->proto))
		return;
	link->proto = *a;
	link->proto_len = head->ifa_prefixlen;
}

/* The kernel tells of the newest one first: the last is the first. */
static void take_ipv6(struct nhrp_link *link, const struct ifaddrmsg *head,
		      const struct addr *a)
{
	if (addr_is_link_local(a)) {
		link->link_local = *a;
	} else if (head->ifa_scope < RT_SCOPE_LINK) {
		link->proto6 = *a;
		link->proto6_len = head->ifa_prefixlen;
	}
}

static void on_address(void *arg, struct nlmsghdr *hdr)
{
	struct ifaddrmsg *head = nlmsg_data(hdr);
	struct nlattr *tb[IFA_MAX + 1];
	struct nhrp_link *link = arg;
	struct addr a;

	if (hdr->nlmsg_type != RTM_NEWADDR ||
	    head->ifa_index != link->ifindex ||
	    nlmsg_parse(hdr, sizeof(*head), tb, IFA_MAX, NULL))
		return;
	/* With a peer, IFA_ADDRESS is that of the peer. */
	a = attr_addr(tb[IFA_LOCAL] ? tb[IFA_LOCAL] : tb[IFA_ADDRESS]);
	if (a.len == 4)
		take_ipv4(link, head, &a);
	else if (a.len == 16)
		take_ipv6(link, head, &a);
}

int kernel_rt_read_link(struct kernel_nl *k, struct kernel_dev *dev,
			struct nhrp_link *link)
{
	struct ifinfomsg head = { .ifi_index = (int)link->ifindex };
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_GETLINK, 0);
	struct one_link one = { dev, link };
	int err;

	if (msg)
		nlmsg_append(msg, &head, sizeof(head), NLMSG_ALIGNTO);
	err = netlink_request(&k->rt, msg, on_one_link, &one);
	if (err)
		return err;
	return dump_addresses(k, on_address, link);
}

int kernel_carrier_set(void *ctx, uint32_t ifindex, bool on)
{
	struct ifinfomsg head = { .ifi_index = (int)ifindex };
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_NEWLINK, 0);
	struct daemon *d = ctx;
	int err;

	if (msg) {
		nlmsg_append(msg, &head, sizeof(head), NLMSG_ALIGNTO);
		nla_put_u8(msg, IFLA_CARRIER, on);
	}
	err = netlink_request(&d->kernel.rt, msg, NULL, NULL);
	if (err && err != -ENODEV)
		log_warn("device %u: switching the carrier %s: %s", ifindex,
			 on ? "on" : "off", d->kernel.rt.error);
	return err;
}

/* ---- notifications ---- */

static void on_link_event(void *arg, struct nlmsghdr *hdr)
{
	struct kernel_nl *k = arg;
	struct ifaddrmsg *address = nlmsg_data(hdr);
	struct kernel_dev *dev;

	switch (hdr->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		on_link(k, hdr);
		break;
	case RTM_NEWADDR:
	case RTM_DELADDR:
		dev = kernel_dev_find(k, address->ifa_index);
		if (dev)
			dev->dirty = true;
		break;
	}
}

/* Of what is there no notification may come: ask for each. */
static void check_devices(struct kernel_nl *k)
{
	struct kernel_dev *dev;

	list_for_each(dev, &k->devs, struct kernel_dev, link)
		dev->dirty = true;
	kernel_rt_read_links(k);
}

static void links_ready(void *arg)
{
	struct kernel_nl *k = arg;
	int err = netlink_events(&k->links, on_link_event, k);

	if (err == -ENOBUFS)
		check_devices(k);
	else if (err)
		log_warn("%s", k->links.error);
	kernel_refresh(k);
	/* What others were told of may be one of our addresses now. */
	nhrp_routes_changed(k->daemon->nhrp, loop_now());
}

static void restore(struct kernel_nl *k, const struct route_msg *r)
{
	struct shortcut_route *s = find(k, r->ifindex, &r->dst, &r->via);
	char text[ADDR_TEXT];

	if (!s || s->restored == RESTORE_MAX)
		return;
	s->restored++;
	if (!add(k, s->ifindex, &s->dst, &s->via))
		log_info("somebody deleted the route to %s: added again",
			 prefix_format(&s->dst, text));
}

static void on_route_event(void *arg, struct nlmsghdr *hdr)
{
	struct kernel_nl *k = arg;
	struct route_msg r;

	if (hdr->nlmsg_type == RTM_DELROUTE && take_route(hdr, &r) &&
	    r.head->rtm_protocol == PROTOCOL_NHRP)
		restore(k, &r);
}

static void routes_ready(void *arg)
{
	struct kernel_nl *k = arg;
	int err = netlink_events(&k->routes, on_route_event, k);

	if (err && err != -ENOBUFS)
		log_warn("%s", k->routes.error);
	nhrp_routes_changed(k->daemon->nhrp, loop_now());
}

static int join(struct netlink *nl, const uint32_t *groups, size_t n)
{
	size_t i;
	int err = 0;

	for (i = 0; i < n && !err; i++)
		err = netlink_join(nl, groups[i]);
	return err;
}

static int open_events(struct kernel_nl *k)
{
	static const uint32_t links[] = {
		RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR,
	};
	static const uint32_t routes[] = {
		RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE,
	};

	if (netlink_open(&k->links, NETLINK_ROUTE) ||
	    join(&k->links, links, sizeof(links) / sizeof(links[0]))) {
		log_err("%s", k->links.error);
		return -1;
	}
	if (netlink_open(&k->routes, NETLINK_ROUTE) ||
	    join(&k->routes, routes, sizeof(routes) / sizeof(routes[0]))) {
		log_err("%s", k->routes.error);
		return -1;
	}
	netlink_buffer(&k->links, ROUTES_BUFFER);
	netlink_buffer(&k->routes, ROUTES_BUFFER);
	return 0;
}

int kernel_rt_open(struct kernel_nl *k)
{
	struct loop *loop = &k->daemon->loop;

	if (netlink_open(&k->rt, NETLINK_ROUTE)) {
		log_err("%s", k->rt.error);
		return -1;
	}
	if (open_events(k))
		return -1;
	if (watch_read(loop, &k->links_watch, k->links.fd, links_ready, k) ||
	    watch_read(loop, &k->routes_watch, k->routes.fd, routes_ready,
		       k)) {
		log_err("no event loop: out of memory");
		return -1;
	}
	return 0;
}

void kernel_rt_close(struct kernel_nl *k)
{
	struct shortcut_route *r, *tmp;

	watch_stop(&k->links_watch);
	watch_stop(&k->routes_watch);
	netlink_close(&k->rt);
	netlink_close(&k->links);
	netlink_close(&k->routes);
	hash_for_each_safe(r, tmp, &k->shortcuts, struct shortcut_route, node)
		forget(k, r);
	hash_fini(&k->shortcuts);
}
