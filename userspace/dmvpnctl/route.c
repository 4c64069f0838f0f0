// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "dmvpnctl/route.h"
#include "lib/genl.h"

/* The gateway may be of the other family (RFC 5549). */
static struct addr gateway_of(const struct nlattr *gateway,
			      const struct nlattr *via)
{
	const struct rtvia *v;

	if (!via || nla_len(via) < (int)sizeof(*v))
		return attr_addr(gateway);
	v = nla_data(via);
	return addr_make(v->rtvia_addr,
			 (size_t)nla_len(via) - sizeof(v->rtvia_family));
}

static void take_metrics(struct route *r, struct nlattr *nest)
{
	struct nlattr *tb[RTAX_MAX + 1];

	if (nest && !nla_parse_nested(tb, RTAX_MAX, nest, NULL))
		r->mtu = attr_u32(tb[RTAX_MTU]);
}

static void take_route(void *arg, struct nlmsghdr *hdr)
{
	struct rtmsg *head = nlmsg_data(hdr);
	struct nlattr *tb[RTA_MAX + 1];
	struct route *r = arg;

	if (hdr->nlmsg_type != RTM_NEWROUTE ||
	    nlmsg_parse(hdr, sizeof(*head), tb, RTA_MAX, NULL))
		return;
	r->type = head->rtm_type;
	r->ifindex = attr_u32(tb[RTA_OIF]);
	r->gateway = gateway_of(tb[RTA_GATEWAY], tb[RTA_VIA]);
	r->source = attr_addr(tb[RTA_PREFSRC]);
	r->table = tb[RTA_TABLE] ? attr_u32(tb[RTA_TABLE]) : head->rtm_table;
	r->protocol = head->rtm_protocol;
	take_metrics(r, tb[RTA_METRICS]);
	if (r->ifindex)
		if_indextoname(r->ifindex, r->ifname);
}

/* The entry that matched: of what prefix it is, and whose. */
static void take_entry(void *arg, struct nlmsghdr *hdr)
{
	struct rtmsg *head = nlmsg_data(hdr);
	struct nlattr *tb[RTA_MAX + 1];
	struct route *r = arg;
	uint8_t zero[16] = { 0 };
	struct addr dst;

	if (hdr->nlmsg_type != RTM_NEWROUTE ||
	    nlmsg_parse(hdr, sizeof(*head), tb, RTA_MAX, NULL))
		return;
	dst = tb[RTA_DST] ? attr_addr(tb[RTA_DST]) :
	      addr_make(zero, head->rtm_family == AF_INET6 ? 16 : 4);
	r->prefix = prefix_make(&dst, head->rtm_dst_len);
	r->protocol = head->rtm_protocol;
}

static int ask(struct netlink *nl, const struct route_query *query,
	       unsigned int flags, netlink_handler handler, struct route *r)
{
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_GETROUTE, 0);
	struct rtmsg head = {
		.rtm_family = (uint8_t)addr_family(&query->dst),
		.rtm_dst_len = (uint8_t)addr_bits(&query->dst),
		.rtm_flags = flags,
	};

	if (msg) {
		nlmsg_append(msg, &head, sizeof(head), NLMSG_ALIGNTO);
		put_addr(msg, RTA_DST, &query->dst);
		if (query->ifindex)
			nla_put_u32(msg, RTA_OIF, query->ifindex);
		if (query->mark)
			nla_put_u32(msg, RTA_MARK, query->mark);
	}
	return netlink_request(nl, msg, handler, r);
}

/* What the kernel says where there is no route, or one that says no. */
static bool is_answer(int err)
{
	return err == -ENETUNREACH || err == -EHOSTUNREACH || err == -EACCES ||
	       err == -EINVAL || err == -ENODEV || err == -ENETDOWN;
}

/* IPv4 has nothing but the error for routes that say no. */
static const char *words(int err, const char *text)
{
	switch (err) {
	case -EINVAL:
		return "a blackhole";
	case -EACCES:
		return "prohibited";
	}
	return text;
}

int route_get(struct netlink *nl, const struct route_query *query,
	      struct route *route)
{
	int err, entry = 0;

	*route = (struct route){ 0 };
	err = ask(nl, query, 0, take_route, route);
	/* Whoever names a device is believed that all is on its link. */
	if (!err)
		entry = ask(nl, query, RTM_F_FIB_MATCH, take_entry, route);
	if (!err && route->type == RTN_UNICAST)
		err = entry;
	if (err && !is_answer(err)) {
		fprintf(stderr, "dmvpnctl: %s\n", nl->error);
		return -1;
	}
	route->error = -err;
	if (err)
		snprintf(route->error_text, sizeof(route->error_text), "%s",
			 words(err, nl->error));
	return 0;
}
