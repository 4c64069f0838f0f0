// SPDX-License-Identifier: GPL-2.0-or-later
/* Routes: to NBMA addresses below the tunnel, to others through it. */
#include <linux/rtnetlink.h>
#include <string.h>

#include "dmvpnctl/doctor.h"
#include "dmvpnctl/names.h"
#include "dmvpnctl/route.h"

/* ---- the underlay ---- */

static void check_way(struct doctor *d, const struct device *dev,
		      const struct addr *nbma, const char *whose)
{
	struct route_query query = {
		.dst = *nbma,
		.ifindex = dev->underlay,
		.mark = dev->fwmark,
	};
	char text[ADDR_TEXT];
	struct route r;

	if (dev->elsewhere || route_get(&d->nl, &query, &r))
		return;
	addr_format(nbma, text);
	if (!r.error && r.type == RTN_LOCAL) {
		doctor_fail(d,
			    "take that nhs or map block out of nhrpd.conf, or write the right address into it",
			    "%s: the %s NBMA address %s is this host's own",
			    dev->name, whose, text);
	} else if (r.error || r.type != RTN_UNICAST) {
		doctor_fail(d, "",
			    "no route to the %s NBMA address %s: %s", whose,
			    text, r.error ? r.error_text :
					    route_type_name(r.type));
		doctor_advise(d,
			      "ip route add default via PROVIDER, or ip route add %s via PROVIDER",
			      text);
	} else if (r.ifindex == dev->ifindex) {
		doctor_fail(d, "",
			    "the route to the %s NBMA address %s leads into %s itself",
			    whose, text, dev->name);
		doctor_advise(d,
			      "it needs a route of its own: ip route add %s via PROVIDER; if a routing protocol says otherwise, filter what it takes from the tunnel",
			      text);
	}
}

static bool has_peer(const struct doctor *d, const struct device *dev,
		     const struct nhs *nhs)
{
	const struct peer *p;

	model_for_each(p, d->m.peer, d->m.n_peer)
		if (p->ifindex == dev->ifindex &&
		    nbma_equal(&p->remote, &nhs->nbma))
			return true;
	return false;
}

/* The others are peers: see there. */
static void check_server(struct doctor *d, const struct nhs *nhs)
{
	const struct device *dev = doctor_device(d, nhs->interface);

	if (!dev)
		return;
	if (addr_is_none(&nhs->nbma.addr))
		doctor_fail(d,
			    "does /etc/resolv.conf name a server that answers, and not through the tunnel?",
			    "the name %s of a server has no address", nhs->name);
	else if (!has_peer(d, dev, nhs))
		check_way(d, dev, &nhs->nbma.addr, "server's");
}

void check_underlay(struct doctor *d)
{
	const struct device *dev;
	const struct nhs *nhs;
	const struct peer *p;

	model_for_each(nhs, d->m.nhs, d->m.n_nhs)
		check_server(d, nhs);
	model_for_each(p, d->m.peer, d->m.n_peer) {
		dev = model_device(&d->m, p->ifindex);
		if (dev)
			check_way(d, dev, &p->remote.addr,
				  p->flags & DMVPN_PEER_FLAGS_NHS ?
				  "server's" : "peer's");
	}
	doctor_fine(d, "%zu servers and %zu peers have routes", d->m.n_nhs,
		    d->m.n_peer);
}

/* ---- the tunnel ---- */

/* Whoever learns a route from that node has it as the next hop. */
static bool is_gateway(const struct nexthop *nh)
{
	return nh->state == DMVPN_NEXTHOP_STATE_VALID &&
	       (nh->kind == DMVPN_NEXTHOP_KIND_NHS ||
		nh->kind == DMVPN_NEXTHOP_KIND_REGISTERED) &&
	       !addr_is_link_local(&nh->address);
}

static bool has_family(const struct device *dev, const struct addr *a)
{
	return !addr_is_none(a->len == 4 ? &dev->address : &dev->address6);
}

static void check_gateway(struct doctor *d, const struct device *dev,
			  const struct nexthop *nh)
{
	const char *whose = nh->kind == DMVPN_NEXTHOP_KIND_NHS ? "server's" :
								 "client's";
	struct route_query query = { .dst = nh->address };
	char text[ADDR_TEXT];
	struct route r;

	if (dev->vrf[0])
		query.ifindex = if_nametoindex(dev->vrf);
	if (route_get(&d->nl, &query, &r) ||
	    (!r.error && r.ifindex == dev->ifindex))
		return;
	addr_format(&nh->address, text);
	if (!r.error && r.type == RTN_LOCAL) {
		doctor_fail(d, "give each node a tunnel address of its own",
			    "%s: the %s tunnel address %s is this host's own",
			    dev->name, whose, text);
		return;
	}
	doctor_warn(d, "", "%s: %s the %s tunnel address %s%s%s", dev->name,
		    r.error ? "no route to" : "the route to", whose, text,
		    r.error ? ": " : r.ifindex ? " leads into " :
						 " is of type ",
		    r.error ? r.error_text : r.ifindex ?
		    r.ifname : route_type_name(r.type));
	doctor_advise(d,
		      "%s has to be in the subnet of %s, which is the same on all nodes (ip addr show dev %s); else: ip route add %s dev %s",
		      text, dev->name, dev->name, text, dev->name);
}

void check_overlay(struct doctor *d)
{
	const struct nexthop *nh;
	const struct device *dev;
	size_t n = 0;

	model_for_each(nh, d->m.nexthop, d->m.n_nexthop) {
		dev = model_device(&d->m, nh->ifindex);
		if (!dev || !dev->running || !is_gateway(nh) ||
		    !has_family(dev, &nh->address))
			continue;
		check_gateway(d, dev, nh);
		n++;
	}
	doctor_fine(d, "%zu tunnel addresses are reached through the tunnel",
		    n);
}
