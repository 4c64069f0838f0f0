// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "nhrpd/adopt.h"
#include "nhrpd/cache.h"
#include "nhrpd/observe.h"
#include "nhrpd/peer.h"
#include "nhrpd/shortcut.h"

static void tell(struct iface *ifc, const struct addr *proto,
		 const struct nbma *nbma, const char *what)
{
	observe(ifc->nhrp, NHRP_EVENT_ADOPT, NHRP_LEVEL_DEBUG,
		(struct subject){ ifc, proto, nbma },
		"%s at %s: %s", addr_text(proto).t, nbma_text(nbma).t, what);
}

void adopt_nexthop(struct iface *ifc, const struct kernel_nexthop *k)
{
	struct nhrp *n = ifc->nhrp;
	struct binding b = {
		.proto = k->address,
		.nbma = k->nbma,
		.claimed = k->claimed,
		.kind = k->kind,
		.flags = k->flags,
		.expires = k->lifetime ?
			   nhrp_in(n, k->lifetime * 1000ull) : UINT64_MAX,
		.multicast = k->kind == DMVPN_NEXTHOP_KIND_REGISTERED &&
			     ifc->conf.multicast_dynamic,
	};
	const struct peer *peer = peer_find(ifc, &k->nbma);
	struct prefix host = prefix_make(&k->address, addr_bits(&k->address));

	/* The others are the kernel's own, or run out by themselves. */
	if (k->state != DMVPN_NEXTHOP_STATE_VALID || !peer)
		return;
	b.session = peer->session;
	if (cache_adopt(ifc, &b) != CACHE_OK)
		return;
	tell(ifc, &b.proto, &b.nbma, "found in the kernel, taken over");
	if (b.kind == DMVPN_NEXTHOP_KIND_SHORTCUT)
		shortcut_adopt(cache_find(ifc, &b.proto), &host, false);
}

void adopt_route(struct iface *ifc, const struct prefix *dst,
		 const struct addr *via)
{
	struct cache_entry *entry = cache_find(ifc, via);
	struct adopted *route;

	if (entry) {
		shortcut_adopt(entry, dst, true);
		return;
	}
	route = calloc(1, sizeof(*route));
	if (!route)
		return;
	route->dst = *dst;
	route->via = *via;
	list_add(&ifc->adopted, &route->link);
}

void adopt_start(struct iface *ifc)
{
	struct adopted *route, *tmp;
	struct nhrp *n = ifc->nhrp;

	list_for_each_safe(route, tmp, &ifc->adopted, struct adopted, link) {
		n->ops->route_del(n->ctx, ifc->dev.ifindex, &route->dst,
				  &route->via);
		iface_count(ifc, NHRP_CHANGE_ROUTE_REMOVED);
		list_del(&route->link);
		free(route);
	}
}

/* Dynamic ones have a holding time, which ends them; these have none. */
static bool is_leftover(const struct cache_entry *entry)
{
	return entry->adopted && entry->b.expires == UINT64_MAX;
}

void adopt_sweep(struct iface *ifc)
{
	struct cache_entry *entry, *tmp;

	hash_for_each_safe(entry, tmp, &ifc->cache, struct cache_entry, node) {
		if (!is_leftover(entry))
			continue;
		tell(ifc, &entry->b.proto, &entry->b.nbma,
		     "not wanted any more, deleted");
		cache_delete(entry);
	}
	peer_disown(ifc);
}
