/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a former life of this daemon left in the kernel, taken over at start.
 */
#ifndef NHRPD_ADOPT_H
#define NHRPD_ADOPT_H

#include "nhrpd/instance.h"

/* Time for what is still wanted to be confirmed. */
#define ADOPT_GRACE_MS 60000

/**
 * struct adopted - a route whose next hop is not there any more
 * @link: in the interface's list
 * @dst: prefix
 * @via: next hop
 */
struct adopted {
	struct list link;
	struct prefix dst;
	struct addr via;
};

void adopt_nexthop(struct iface *ifc, const struct kernel_nexthop *k);
void adopt_route(struct iface *ifc, const struct prefix *dst,
		 const struct addr *via);
/* Writing is allowed: delete the routes that lead nowhere. */
void adopt_start(struct iface *ifc);
/* The grace time is over: delete what was not confirmed. */
void adopt_sweep(struct iface *ifc);

#endif
