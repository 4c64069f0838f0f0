// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "dmvpnctl/topology.h"

static const char *kind_of(const struct tunnel *t)
{
	if (!t->nexthop)
		return "unknown";
	switch ((enum dmvpn_nexthop_kind)t->nexthop->kind) {
	case DMVPN_NEXTHOP_KIND_NHS:
		return "server";
	case DMVPN_NEXTHOP_KIND_REGISTERED:
		return "client";
	case DMVPN_NEXTHOP_KIND_CACHED:
	case DMVPN_NEXTHOP_KIND_SHORTCUT:
		return "shortcut";
	case DMVPN_NEXTHOP_KIND_STATIC:
		return "static";
	}
	return "unknown";
}

static void add_device(struct edges *es, const struct model *m,
		       const struct device *d)
{
	struct tunnels ts = tunnels_of(m, d);
	struct edge *e;
	size_t i;

	for (i = 0; i < ts.n; i++) {
		if (!ts.v[i].peer || ts.v[i].shortcut)
			continue;
		e = model_add(es->v, es->n);
		e->device = d;
		e->tunnel = ts.v[i];
		e->kind = kind_of(&ts.v[i]);
		e->rate = model_rate(m, ts.v[i].peer);
	}
	free(ts.v);
}

struct edges edges_of(const struct model *m)
{
	struct edges es = { 0 };
	const struct device *d;

	model_for_each(d, m->device, m->n_device)
		add_device(&es, m, d);
	return es;
}

const char *edge_name(const struct edge *e, char buf[static ADDR_TEXT])
{
	if (e->tunnel.nexthop)
		return addr_format(&e->tunnel.nexthop->address, buf);
	return nbma_format(&e->tunnel.peer->remote, buf);
}

const char *edge_own_name(const struct device *d, char buf[static ADDR_TEXT])
{
	if (!addr_is_none(&d->address))
		return addr_format(&d->address, buf);
	if (!addr_is_none(&d->address6))
		return addr_format(&d->address6, buf);
	snprintf(buf, ADDR_TEXT, "%s", d->name);
	return buf;
}

const struct shortcut *edge_next(const struct model *m,
				 const struct shortcut *s,
				 const struct edge *e)
{
	if (!e->tunnel.nexthop)
		return NULL;
	return model_next_behind(m, s, e->device, &e->tunnel.nexthop->address);
}
