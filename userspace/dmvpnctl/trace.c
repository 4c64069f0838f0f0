// SPDX-License-Identifier: GPL-2.0-or-later
/* trace: which way a packet would go, or why it would not. */
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "dmvpnctl/kernel.h"
#include "dmvpnctl/nhrpd.h"
#include "dmvpnctl/packet.h"
#include "dmvpnctl/run.h"
#include "dmvpnctl/way.h"

static int complain(const char *what, const char *which)
{
	fprintf(stderr, "dmvpnctl: trace: %s%s\n", what, which);
	return -1;
}

static int look_up(struct netlink *nl, const struct args *args, struct way *w)
{
	struct route_query query = { .dst = w->dst };

	if (args->dev) {
		query.ifindex = if_nametoindex(args->dev);
		if (!query.ifindex)
			return complain("no device ", args->dev);
	}
	return route_get(nl, &query, &w->route);
}

/* The route of what is sent to the peer, if that is to be seen from here. */
static int look_up_underlay(struct netlink *nl, struct way *w)
{
	struct route_query query = {
		.dst = w->peer->remote.addr,
		.ifindex = w->device->underlay,
		.mark = w->device->fwmark,
	};

	if (w->device->elsewhere)
		return 0;
	w->has_underlay = true;
	return route_get(nl, &query, &w->underlay);
}

/* ICMP from the address that this host would take, unless it is said. */
static int classify(struct genl *g, const struct model *m,
		    const struct args *args, struct way *w)
{
	char src[ADDR_TEXT], dst[ADDR_TEXT], error[PACKET_ERROR];
	struct kernel_result found = { 0 };
	uint8_t packet[PACKET_LEN];
	size_t len;

	if (!*w->policy ||
	    (addr_is_none(&w->route.source) && !args->flow.src))
		return 0;
	len = packet_build_to(&args->flow, addr_format(&w->route.source, src),
			      addr_format(&w->dst, dst), packet, error);
	if (!len)
		return complain(error, "");
	if (kernel_test_policy(g, w->policy, packet, len, &found))
		return -1;
	w->class = model_class(m, w->policy, found.index);
	return 0;
}

static int follow(struct genl *g, const struct model *m,
		  const struct args *args, struct way *w)
{
	struct netlink nl = NETLINK_CLOSED;
	int err;

	if (netlink_open(&nl, NETLINK_ROUTE))
		return complain(nl.error, "");
	err = look_up(&nl, args, w);
	if (!err && way_to_peer(w, m)) {
		err = look_up_underlay(&nl, w);
		if (!err)
			way_to_wire(w, m);
	}
	if (!err)
		err = classify(g, m, args, w);
	netlink_close(&nl);
	return err;
}

/* What is not an address: it is said which. */
static int take_destination(const struct args *args, struct way *w)
{
	if (!args->address_text)
		return complain("which address?", "");
	if (!prefix_is_host(&args->address))
		return complain("one address, not a prefix: ",
				args->address_text);
	if (args->flow.dst)
		return complain("the destination is already given: ",
				args->address_text);
	w->dst = args->address.addr;
	return 0;
}

/* Also where no policy looks at the packet. */
static int check_packet(const struct args *args, const struct way *w)
{
	char dst[ADDR_TEXT], error[PACKET_ERROR];
	uint8_t packet[PACKET_LEN];

	addr_format(&w->dst, dst);
	return packet_build_to(&args->flow, dst, dst, packet, error) ? 0 :
	       complain(error, "");
}

int trace(const struct output *out, const struct args *args)
{
	struct genl g = GENL_CLOSED;
	struct model m = { 0 };
	struct way w = { 0 };
	int err;

	if (take_destination(args, &w) || check_packet(args, &w))
		return 2;
	err = kernel_open(&g);
	if (!err)
		err = kernel_read(&g, &m);
	if (!err)
		err = kernel_read_policies(&g, &m);
	if (!err)
		err = nhrp_read(&m, false);
	if (!err)
		err = follow(&g, &m, args, &w);
	if (!err)
		out->trace(stdout, &w);
	genl_close(&g);
	model_free(&m);
	return err || !w.sent;
}
