// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "nhrpd/cache.h"
#include "nhrpd/map.h"
#include "nhrpd/observe.h"
#include "nhrpd/peer.h"

static void start(struct map *map)
{
	struct binding b = {
		.proto = map->conf.proto,
		.nbma = { .addr = map->conf.nbma },
		.kind = DMVPN_NEXTHOP_KIND_STATIC,
		.expires = UINT64_MAX,
		.multicast = map->conf.multicast,
	};
	struct iface *ifc = map->ifc;

	if (addr_is_none(&b.proto)) {
		if (!map->peer)
			map->peer = peer_hold(ifc, &b.nbma,
					      DMVPN_PEER_FLAGS_MULTICAST);
	} else if (cache_set(ifc, &b, NULL) == CACHE_FULL) {
		iface_drop(ifc, NHRP_DROP_LIMIT);
		observe(ifc->nhrp, NHRP_EVENT_CACHE, NHRP_LEVEL_WARNING,
			(struct subject){ ifc, &b.proto, &b.nbma },
			"no room for map %s: raise cache-limit",
			addr_text(&b.proto).t);
	}
}

/* The binding is that of another map by now. */
static bool is_replaced(const struct map *map)
{
	struct map *other;

	list_for_each(other, &map->ifc->maps, struct map, link)
		if (other != map &&
		    addr_equal(&other->conf.proto, &map->conf.proto))
			return true;
	return false;
}

static void stop(struct map *map)
{
	struct cache_entry *entry = cache_find(map->ifc, &map->conf.proto);

	if (map->peer)
		peer_release(map->peer, DMVPN_PEER_FLAGS_MULTICAST);
	map->peer = NULL;
	if (entry && entry->b.kind == DMVPN_NEXTHOP_KIND_STATIC &&
	    !is_replaced(map))
		cache_delete(entry);
}

static bool same_map(const struct conf_map *a, const struct conf_map *b)
{
	return addr_equal(&a->proto, &b->proto) &&
	       addr_equal(&a->nbma, &b->nbma) && a->multicast == b->multicast;
}

static bool is_configured(const struct map *map)
{
	const struct conf_if *conf = &map->ifc->conf;
	size_t i;

	for (i = 0; i < conf->n_map; i++)
		if (same_map(&conf->map[i], &map->conf))
			return true;
	return false;
}

static bool is_there(const struct iface *ifc, const struct conf_map *conf)
{
	struct map *map;

	list_for_each(map, &ifc->maps, struct map, link)
		if (same_map(&map->conf, conf))
			return true;
	return false;
}

static int create(struct iface *ifc, const struct conf_map *conf)
{
	struct map *map = calloc(1, sizeof(*map));

	if (!map)
		return -1;
	map->ifc = ifc;
	map->conf = *conf;
	list_add(&ifc->maps, &map->link);
	if (ifc->active)
		start(map);
	return 0;
}

int map_configure(struct iface *ifc)
{
	struct map *map, *tmp;
	size_t i;

	for (i = 0; i < ifc->conf.n_map; i++)
		if (!is_there(ifc, &ifc->conf.map[i]) &&
		    create(ifc, &ifc->conf.map[i]))
			return -1;
	list_for_each_safe(map, tmp, &ifc->maps, struct map, link) {
		if (is_configured(map))
			continue;
		stop(map);
		list_del(&map->link);
		free(map);
	}
	return 0;
}

void map_start(struct iface *ifc)
{
	struct map *map;

	list_for_each(map, &ifc->maps, struct map, link)
		start(map);
}

void map_stop(struct iface *ifc)
{
	struct map *map;

	list_for_each(map, &ifc->maps, struct map, link)
		stop(map);
}
