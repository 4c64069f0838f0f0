// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "dmvpnctl/json.h"
#include "dmvpnctl/topology.h"

static json_t *json_of_own(const struct model *m, const struct device *d)
{
	json_t *o = json_object();
	char name[ADDR_TEXT];

	json_set_text(o, "id", edge_own_name(d, name));
	json_set_text(o, "interface", d->name);
	json_set_text(o, "role", tunnel_role(m, d));
	json_set_addr(o, "nbma", addr_is_none(&d->local) ? &d->local6 :
							   &d->local);
	json_set_bool(o, "own", true);
	return o;
}

static json_t *json_of_other(const struct edge *e)
{
	json_t *o = json_object();
	char name[ADDR_TEXT];

	json_set_text(o, "id", edge_name(e, name));
	json_set_text(o, "interface", e->device->name);
	json_set_text(o, "role", e->tunnel.nexthop &&
		      e->tunnel.nexthop->kind == DMVPN_NEXTHOP_KIND_NHS ?
		      "Hub" : "Spoke");
	json_set_nbma(o, "nbma", "nbma-port", &e->tunnel.peer->remote);
	json_set_bool(o, "own", false);
	return o;
}

static json_t *json_of_prefixes(const struct model *m, const struct edge *e)
{
	json_t *list = json_array();
	const struct shortcut *s;
	char prefix[ADDR_TEXT];

	edge_for_each(s, m, e)
		json_array_append_new(list, json_string(
			prefix_format(&s->prefix, prefix)));
	return list;
}

static json_t *json_of_edge(const struct model *m, const struct edge *e)
{
	const struct peer *p = e->tunnel.peer;
	json_t *o = json_object();
	char name[ADDR_TEXT];

	json_set_text(o, "interface", e->device->name);
	json_set_text(o, "from", edge_own_name(e->device, name));
	json_set_text(o, "to", edge_name(e, name));
	json_set_text(o, "kind", e->kind);
	json_set_text(o, "state", e->tunnel.state);
	json_set_ms(o, "since-ms", e->tunnel.since_ms);
	json_set_number(o, "rx-packets", p->rx_packets);
	json_set_number(o, "rx-bytes", p->rx_bytes);
	json_set_number(o, "tx-packets", p->tx_packets);
	json_set_number(o, "tx-bytes", p->tx_bytes);
	json_object_set_new(o, "rate", e->rate ?
			    json_integer((json_int_t)e->rate) : json_null());
	json_object_set_new(o, "prefixes", json_of_prefixes(m, e));
	return o;
}

void json_topology(FILE *f, const struct model *m)
{
	json_t *o = json_document(), *nodes = json_array();
	json_t *links = json_array();
	struct edges es = edges_of(m);
	const struct device *d;
	size_t i;

	model_for_each(d, m->device, m->n_device)
		json_array_append_new(nodes, json_of_own(m, d));
	for (i = 0; i < es.n; i++) {
		json_array_append_new(nodes, json_of_other(&es.v[i]));
		json_array_append_new(links, json_of_edge(m, &es.v[i]));
	}
	free(es.v);
	json_object_set_new(o, "nodes", nodes);
	json_object_set_new(o, "links", links);
	json_print(f, o, JSON_INDENT(2));
}
