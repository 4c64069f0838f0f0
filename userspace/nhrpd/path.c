// SPDX-License-Identifier: GPL-2.0-or-later
#include "nhrpd/cache.h"
#include "nhrpd/own.h"
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

static void go_over_cloud(struct path *path, struct iface *ifc,
			  const struct addr *next)
{
	struct cache_entry *entry = cache_find(ifc, next);

	path->kind = PATH_CLOUD;
	path->ifc = ifc;
	path->next = *next;
	if (entry && !entry->peer->lost)
		path->peer = entry->peer;
}

/* The same on every link: the device says where it is, and no route. */
static struct path path_on_link(struct iface *ifc, const struct addr *dst)
{
	struct path path = {
		.kind = PATH_OWN,
		.route = {
			.dst = prefix_make(dst, addr_bits(dst)),
			.ifindex = ifc->dev.ifindex,
			.local = is_own_proto(ifc, dst),
		},
	};

	if (!path.route.local)
		go_over_cloud(&path, ifc, dst);
	return path;
}

struct path path_find(struct iface *ifc, const struct addr *dst)
{
	struct nhrp *n = ifc->nhrp;
	struct path path = { .kind = PATH_NONE };
	struct iface *out;

	if (addr_is_link_local(dst))
		return path_on_link(ifc, dst);
	if (n->ops->route_get(n->ctx, ifc->dev.ifindex, dst, &path.route))
		return path;
	if (path.route.local) {
		path.kind = PATH_OWN;
		return path;
	}
	if (!path.route.ifindex)
		return path;
	out = iface_by_index(n, path.route.ifindex);
	if (!out || out->conf.network_id != ifc->conf.network_id)
		path.kind = PATH_EGRESS;
	else
		go_over_cloud(&path, out, addr_is_none(&path.route.via) ? dst :
					  &path.route.via);
	return path;
}
