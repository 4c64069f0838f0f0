// SPDX-License-Identifier: GPL-2.0-or-later
#include "nhrpd/carrier.h"
#include "nhrpd/observe.h"
#include "nhrpd/register.h"

static bool is_wanted(const struct iface *ifc)
{
	return !ifc->conf.if_state || ifc->nhrp->stopping ||
	       register_is_up(ifc);
}

static void change(struct iface *ifc, bool on)
{
	struct nhrp *n = ifc->nhrp;

	if (n->ops->carrier_set(n->ctx, ifc->dev.ifindex, on))
		return;
	/* The device's own news of it comes later. */
	ifc->dev.carrier = on;
	observe(n, NHRP_EVENT_INTERFACE, NHRP_LEVEL_INFO,
		(struct subject){ ifc, NULL, NULL }, "carrier %s",
		on ? "on" : "off: registered with no server");
}

void carrier_update(struct iface *ifc)
{
	bool ours = ifc->carrier_ours || ifc->conf.if_state;
	bool on = is_wanted(ifc);

	if (!ifc->nhrp->started)
		return;
	/* Given back when the option is switched off, and then let alone. */
	ifc->carrier_ours = ifc->conf.if_state && ifc->dev.ifindex;
	if (!ours || !ifc->dev.ifindex)
		return;
	if (on)
		ifc->carrier_wait = false;
	if (on != ifc->dev.carrier && !ifc->carrier_wait)
		change(ifc, on);
}

/*
 * A device with peers had a daemon before. Packets flow as they did then, so
 * the carrier stays until it is known whether servers still know us.
 */
void carrier_start(struct iface *ifc)
{
	ifc->carrier_wait = ifc->peers.count > 0;
}

void carrier_settle(struct iface *ifc)
{
	ifc->carrier_wait = false;
	carrier_update(ifc);
}
