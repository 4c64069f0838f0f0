/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * This node's own addresses on an interface: which one it speaks with depends
 * on whom it speaks to, and about what.
 */
#ifndef NHRPD_OWN_H
#define NHRPD_OWN_H

#include "nhrpd/instance.h"

/*
 * Overlay address of the family and the scope of @a, the first there is if @a
 * is none. None if the device has no such address.
 */
const struct addr *own_proto(const struct iface *ifc, const struct addr *a);
/* What a host that has @a as its overlay address shares a subnet with; none. */
struct prefix own_subnet(const struct iface *ifc, const struct addr *a);
/* NBMA address that reaches @remote: of its family, or none. */
const struct addr *own_nbma(const struct iface *ifc, const struct addr *remote);
/* The same, but rather one of the other family than none. */
const struct addr *own_nbma_any(const struct iface *ifc,
				const struct addr *remote);
bool is_own_nbma(const struct iface *ifc, const struct addr *a);
/*
 * An overlay address of this node, on whatever interface; a link-local one
 * only on this one.
 */
bool is_own_proto(const struct iface *ifc, const struct addr *a);

#endif
