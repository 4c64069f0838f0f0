// SPDX-License-Identifier: GPL-2.0-or-later
#include "nhrpd/own.h"

/* What addresses of the link have in common. */
#define LINK_LOCAL_BITS 10

const struct addr *own_proto(const struct iface *ifc, const struct addr *a)
{
	const struct nhrp_link *dev = &ifc->dev;

	if (addr_is_none(a))
		return addr_is_none(&dev->proto) ? &dev->proto6 : &dev->proto;
	if (a->len == 4)
		return &dev->proto;
	return addr_is_link_local(a) ? &dev->link_local : &dev->proto6;
}

struct prefix own_subnet(const struct iface *ifc, const struct addr *a)
{
	const struct nhrp_link *dev = &ifc->dev;

	if (a->len == 4)
		return prefix_make(&dev->proto, dev->proto_len);
	if (addr_is_link_local(a))
		return prefix_make(&dev->link_local, LINK_LOCAL_BITS);
	return prefix_make(&dev->proto6, dev->proto6_len);
}

const struct addr *own_nbma(const struct iface *ifc, const struct addr *remote)
{
	return remote->len == 16 ? &ifc->dev.nbma6 : &ifc->dev.nbma;
}

const struct addr *own_nbma_any(const struct iface *ifc,
				const struct addr *remote)
{
	const struct addr *own = own_nbma(ifc, remote);

	if (!addr_is_none(own))
		return own;
	return own == &ifc->dev.nbma ? &ifc->dev.nbma6 : &ifc->dev.nbma;
}

bool is_own_nbma(const struct iface *ifc, const struct addr *a)
{
	return !addr_is_none(a) && addr_equal(own_nbma(ifc, a), a);
}

static bool has_proto(const struct iface *ifc, const struct addr *a)
{
	return ifc->active && !addr_is_none(a) &&
	       addr_equal(own_proto(ifc, a), a);
}

bool is_own_proto(const struct iface *ifc, const struct addr *a)
{
	struct iface *other;

	if (addr_is_link_local(a))
		return has_proto(ifc, a);
	list_for_each(other, &ifc->nhrp->ifaces, struct iface, link)
		if (has_proto(other, a))
			return true;
	return false;
}
