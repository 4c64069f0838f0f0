// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "dmvpnctl/tunnel.h"

const char tunnel_legend[] =
	"Legend: Attrb --> S - Static, D - Dynamic, I - Incomplete\n"
	"\tN - NATed, L - Local, X - Unreachable, T1 - Route installed,\n"
	"\tT2 - Next hop override\n"
	"\t# Ent --> Number of entries with the same NBMA peer\n"
	"\tState --> IKE - no session, NHRP - session up, not registered or\n"
	"\t          resolved yet, UP\n"
	"\tUpDn Time --> Up or down time of a tunnel\n";

static struct prefix host(const struct addr *a)
{
	return prefix_make(a, addr_bits(a));
}

static bool is_registered(const struct model *m, const struct device *device,
			  const struct nexthop *nh)
{
	size_t i;

	for (i = 0; i < m->n_nhs; i++)
		if (!strcmp(m->nhs[i].interface, device->name) &&
		    addr_equal(&m->nhs[i].address, &nh->address))
			return !strcmp(m->nhs[i].state, "up");
	/* Without nhrpd nobody can tell; the kernel sends to it. */
	return true;
}

static const char *state_of(const struct model *m, const struct device *device,
			    const struct tunnel *t)
{
	if (!t->peer)
		return "NHRP";
	if (t->peer->state != DMVPN_SESSION_STATE_UP)
		return "IKE";
	if (!t->nexthop ||
	    (t->nexthop->kind == DMVPN_NEXTHOP_KIND_NHS &&
	     !is_registered(m, device, t->nexthop)))
		return "NHRP";
	return "UP";
}

static const char *origin_of(const struct tunnel *t)
{
	if (!t->nexthop)
		return "";
	switch ((enum dmvpn_nexthop_state)t->nexthop->state) {
	case DMVPN_NEXTHOP_STATE_INCOMPLETE:
		return "I";
	case DMVPN_NEXTHOP_STATE_NEGATIVE:
		return "X";
	case DMVPN_NEXTHOP_STATE_VALID:
		break;
	}
	return t->nexthop->kind == DMVPN_NEXTHOP_KIND_STATIC ||
	       t->nexthop->kind == DMVPN_NEXTHOP_KIND_NHS ? "S" : "D";
}

static bool is_nated(const struct tunnel *t)
{
	return (t->nexthop && t->nexthop->flags & DMVPN_NEXTHOP_FLAGS_NAT) ||
	       (t->session &&
		t->session->flags & DMVPN_SESSION_FLAGS_NAT_REMOTE);
}

static const char *route_of(const struct tunnel *t)
{
	if (!t->shortcut || !t->shortcut->route)
		return "";
	return t->shortcut->override ? "T2" : "T1";
}

static void complete(const struct model *m, const struct device *device,
		     struct tunnel *t)
{
	uint32_t flags = t->nexthop ? t->nexthop->flags : 0;

	t->session = t->peer ? model_session(m, t->peer->session) : NULL;
	t->state = state_of(m, device, t);
	snprintf(t->attributes, sizeof(t->attributes), "%s%s%s%s",
		 origin_of(t), is_nated(t) ? "N" : "",
		 flags & DMVPN_NEXTHOP_FLAGS_LOCAL ? "L" : "",
		 route_of(t));
	t->since_ms = NEVER;
	if (t->session)
		t->since_ms = t->session->state_ms;
	else if (t->peer)
		t->since_ms = t->peer->age_ms;
	if (t->shortcut)
		t->target = t->shortcut->prefix;
	else if (t->nexthop)
		t->target = host(&t->nexthop->address);
}

static struct tunnel *add(struct tunnels *ts, const struct peer *peer,
			  const struct nexthop *nh)
{
	struct tunnel *t = model_add(ts->v, ts->n);

	t->peer = peer;
	t->nexthop = nh;
	return t;
}

/* A next hop, and the prefixes that are reached through it. */
static void add_nexthop(struct tunnels *ts, const struct model *m,
			const struct device *device, const struct peer *peer,
			const struct nexthop *nh)
{
	const struct shortcut *sc;

	add(ts, peer, nh);
	model_for_each_behind(sc, m, device, &nh->address)
		add(ts, peer, nh)->shortcut = sc;
}

static void add_peer(struct tunnels *ts, const struct model *m,
		     const struct device *device, const struct peer *peer)
{
	size_t i, first = ts->n;
	const struct nexthop *nh;

	model_for_each_nexthop(nh, m, peer)
		if (nh->state == DMVPN_NEXTHOP_STATE_VALID)
			add_nexthop(ts, m, device, peer, nh);
	if (ts->n == first)
		add(ts, peer, NULL);
	for (i = first; i < ts->n; i++)
		ts->v[i].entries = (unsigned int)(ts->n - first);
}

struct tunnels tunnels_of(const struct model *m, const struct device *device)
{
	struct tunnels ts = { 0 };
	size_t i;

	for (i = 0; i < m->n_peer; i++)
		if (m->peer[i].ifindex == device->ifindex)
			add_peer(&ts, m, device, &m->peer[i]);
	for (i = 0; i < m->n_nexthop; i++)
		if (m->nexthop[i].ifindex == device->ifindex &&
		    m->nexthop[i].state != DMVPN_NEXTHOP_STATE_VALID)
			add(&ts, NULL, &m->nexthop[i]);
	for (i = 0; i < ts.n; i++)
		complete(m, device, &ts.v[i]);
	return ts;
}

const char *tunnel_role(const struct model *m, const struct device *device)
{
	const struct nhrp_if *nhrp = model_nhrp_if(m, device->name);
	bool hub = nhrp && !nhrp->servers;
	bool spoke = nhrp && nhrp->servers;
	size_t i;

	for (i = 0; i < m->n_peer; i++)
		if (m->peer[i].ifindex == device->ifindex &&
		    m->peer[i].flags & DMVPN_PEER_FLAGS_NHS)
			spoke = true;
	for (i = 0; i < m->n_nexthop; i++)
		if (m->nexthop[i].ifindex == device->ifindex &&
		    m->nexthop[i].kind == DMVPN_NEXTHOP_KIND_REGISTERED &&
		    m->nexthop[i].state == DMVPN_NEXTHOP_STATE_VALID)
			hub = true;
	if (hub)
		return spoke ? "Hub/Spoke" : "Hub";
	return spoke ? "Spoke" : "Unknown";
}
