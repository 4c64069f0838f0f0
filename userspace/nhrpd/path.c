// SPDX-License-Identifier: GPL-2.0-or-later
#include "nhrpd/cache.h"
#include "nhrpd/path.h"
#include "nhrpd/peer.h"

struct iface *iface_by_index(const struct nhrp *n, uint32_t ifindex)
{
	struct iface *ifc;

	list_for_each(ifc, &n->ifaces, struct iface, link)
		if (ifc->active && ifc->dev.ifindex == ifindex)
			return ifc;
	return NULL;
}

bool is_own_proto(const struct nhrp *n, const struct addr *a)
{
	struct iface *ifc;

	list_for_each(ifc, &n->ifaces, struct iface, link)
		if (ifc->active && addr_equal(&ifc->dev.proto, a))
			return true;
	return false;
}

struct path path_find(struct iface *ifc, const struct addr *dst)
{
	struct nhrp *n = ifc->nhrp;
	struct path path = { .kind = PATH_NONE };
	struct cache_entry *entry;

	if (n->ops->route_get(n->ctx, ifc->dev.ifindex, dst, &path.route))
		return path;
	if (path.route.local) {
		path.kind = PATH_OWN;
		return path;
	}
	if (!path.route.ifindex)
		return path;
	path.ifc = iface_by_index(n, path.route.ifindex);
	if (!path.ifc || path.ifc->conf.network_id != ifc->conf.network_id) {
		path.kind = PATH_EGRESS;
		return path;
	}
	path.kind = PATH_CLOUD;
	path.next = addr_is_none(&path.route.via) ? *dst : path.route.via;
	entry = cache_find(path.ifc, &path.next);
	if (entry && !entry->peer->lost)
		path.peer = entry->peer;
	return path;
}
