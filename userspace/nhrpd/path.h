/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where an overlay address is, by the host's routes and the cache.
 */
#ifndef NHRPD_PATH_H
#define NHRPD_PATH_H

#include "nhrpd/instance.h"

enum path_kind {
	PATH_NONE,		/* no route */
	PATH_OWN,		/* this host's own address */
	PATH_EGRESS,		/* leaves the cloud here */
	PATH_CLOUD,		/* over the cloud */
};

/**
 * struct path - the way to an overlay address
 * @kind: what it is
 * @route: as the kernel has it
 * @ifc: PATH_CLOUD: interface
 * @next: PATH_CLOUD: next hop
 * @peer: PATH_CLOUD: peer of the next hop, NULL if there is none or
 *	it is lost
 */
struct path {
	enum path_kind kind;
	struct kernel_route route;
	struct iface *ifc;
	struct addr next;
	struct peer *peer;
};

/* The path to @dst as seen by the cloud of @ifc. */
struct path path_find(struct iface *ifc, const struct addr *dst);

/* The active interface with this index, NULL if there is none. */
struct iface *iface_by_index(const struct nhrp *n, uint32_t ifindex);

#endif
