// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The file of a device: lines of ip -batch, as dmvpn@.service runs them.
 */
#include <string.h>

#include "dmvpnctl/ios.h"

/* The first address of that family. */
static const struct ios_address *first_of(const struct ios_if *i, size_t len)
{
	const struct ios_address *a = i->address;

	while (a && (a->addr.len != len || addr_is_link_local(&a->addr)))
		a = a->next;
	return a;
}

static size_t underlay_len(const struct ios_if *i)
{
	return i->mode && strcasestr(i->mode, "ipv6") ? 16 : 4;
}

const struct addr *ios_local(const struct ios_if *i)
{
	size_t len = underlay_len(i);
	const struct ios_address *a;
	const struct ios_if *source = i->source_if;

	if (!addr_is_none(&i->source_addr))
		return &i->source_addr;
	a = source ? first_of(source, len) : NULL;
	return a ? &a->addr : NULL;
}

bool ios_local_is_dynamic(const struct ios_if *i)
{
	const struct ios_if *source = i->source_if;

	return source && !ios_local(i) &&
	       (underlay_len(i) == 16 ? source->dynamic6 : source->dynamic);
}

static void local(struct ios *ios, struct ios_if *i, struct ios_text *t)
{
	const struct addr *addr = ios_local(i);
	char text[ADDR_TEXT];

	if (addr)
		ios_put(t, " local %s", addr_format(addr, text));
	else if (ios_local_is_dynamic(i))
		ios_change(ios, i->source_line,
			   "its address is not known before it is there, so the device does not come up by itself: whenever there is one, run ip link set %s type dmvpn local ADDRESS, and ip link set %s up",
			   i->device, i->device);
	else if (!i->source)
		ios_change(ios, i->line,
			   "without a tunnel source: write \"local ADDRESS\" into the device's file");
	else
		ios_lose(ios, i->source_line,
			 "its address is not in the file: write \"local ADDRESS\" into the device's file");
}

static void link_add(struct ios *ios, struct ios_if *i, struct ios_text *t)
{
	const struct ios_option *option;

	ios_put(t, "link add %s type dmvpn", i->device);
	local(ios, i, t);
	if (i->underlay_vrf)
		ios_put(t, " dev %s", i->underlay_vrf);
	for (option = i->link; option; option = option->next)
		ios_put(t, " %s", option->text);
	if (i->df || ios->df)
		ios_put(t, " df %s", i->df ? i->df : ios->df);
	if (i->profile)
		ios_put(t, " protection %s", i->profile);
	ios_put(t, "\n");
}

/* Without a local address it does not come up. */
static bool stays_down(const struct ios_if *i)
{
	return i->shutdown || ios_local_is_dynamic(i);
}

/* ---- routes ---- */

/* Addresses of different VRFs may be the same. */
static bool same_vrf(const struct ios_route *route, const struct ios_if *i)
{
	return route->vrf && i->vrf ? !strcmp(route->vrf, i->vrf) :
				      route->vrf == i->vrf;
}

/* The tunnel of ours that a route leads into. */
static const struct ios_if *tunnel_of(const struct ios *ios,
				      const struct ios_route *route)
{
	const struct ios_address *a;
	const struct ios_if *i;
	struct prefix p;

	for (i = ios->interfaces; i; i = i->next) {
		if (!i->used || !i->tunnel)
			continue;
		if (route->interface) {
			if (!strcmp(route->interface, i->name))
				return i;
			continue;
		}
		if (!same_vrf(route, i))
			continue;
		for (a = i->address; a; a = a->next) {
			p = prefix_make(&a->addr, a->len);
			if (prefix_contains(&p, &route->via))
				return i;
		}
	}
	return NULL;
}

static void routes(struct ios *ios, const struct ios_if *i, struct ios_text *t)
{
	char to[ADDR_TEXT], via[ADDR_TEXT];
	struct ios_route *route;

	for (route = ios->routes; route; route = route->next) {
		if (addr_is_none(&route->to.addr) ||
		    tunnel_of(ios, route) != i)
			continue;
		route->used = true;
		if (addr_is_none(&route->via)) {
			ios_lose(ios, route->line,
				 "a route into the cloud has a next hop");
			continue;
		}
		prefix_format(&route->to, to);
		addr_format(&route->via, via);
		if (stays_down(i)) {
			ios_lose(ios, route->line,
				 "once the device is up: ip route add %s via %s dev %s",
				 to, via, i->device);
			continue;
		}
		ios_put(t, "route add %s via %s dev %s", to, via, i->device);
		if (route->distance)
			ios_put(t, " metric %u", route->distance);
		if (route->vrf)
			ios_put(t, " vrf %s", route->vrf);
		ios_put(t, "\n");
	}
}

/* ---- the whole ---- */

static void addresses(const struct ios_if *i, struct ios_text *t)
{
	const struct ios_address *a;
	char text[ADDR_TEXT];

	for (a = i->address; a; a = a->next)
		ios_put(t, "address add %s/%u dev %s\n",
			addr_format(&a->addr, text), a->len, i->device);
}

void ios_write_device(struct ios *ios, struct ios_if *tunnel,
		      struct ios_text *t)
{
	ios_put(t, "# Made by \"dmvpnctl import ios\" of %s.\n", tunnel->shown);
	if (tunnel->description)
		ios_put(t, "# %s\n", tunnel->description);
	link_add(ios, tunnel, t);
	if (tunnel->mtu)
		ios_put(t, "link set %s mtu %u\n", tunnel->device,
			tunnel->mtu);
	if (tunnel->vrf) {
		ios_change(ios, tunnel->vrf_line,
			   "ip link add %s type vrf table N comes first",
			   tunnel->vrf);
		ios_put(t, "link set %s master %s\n", tunnel->device,
			tunnel->vrf);
	}
	/* IPv6 addresses go when a device goes down. */
	if (!stays_down(tunnel))
		ios_put(t, "link set %s up\n", tunnel->device);
	addresses(tunnel, t);
	routes(ios, tunnel, t);
}
