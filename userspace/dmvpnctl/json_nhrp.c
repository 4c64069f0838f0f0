// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What nhrpd knows, as JSON.
 */
#include <string.h>
#include <sys/socket.h>

#include "dmvpnctl/json.h"
#include "dmvpnctl/summary.h"

static void set_counters(json_t *o, const char *key, const struct counters *c)
{
	json_t *counters = json_object();
	size_t i;

	for (i = 0; i < c->n; i++)
		json_set_number(counters, c->v[i].name, c->v[i].value);
	json_object_set_new(o, key, counters);
}

/* ---- nhrpd's objects ---- */

json_t *json_of_nhs(const struct nhs *nhs)
{
	json_t *o = json_object();

	json_set_text(o, "interface", nhs->interface);
	json_set_addr(o, "address", &nhs->address);
	json_set_addr(o, "own", &nhs->own);
	json_set_nbma(o, "nbma", "nbma-port", &nhs->nbma);
	json_set_text(o, "name", nhs->name);
	json_set_number(o, "priority", nhs->priority);
	json_set_number(o, "cluster", nhs->cluster);
	json_set_bool(o, "in-use", nhs->in_use);
	json_set_ms(o, "fallback-ms", nhs->fallback_ms);
	json_set_bool(o, "dynamic", nhs->dynamic);
	json_set_text(o, "state", nhs->state);
	json_set_ms(o, "since-ms", nhs->since_ms);
	json_set_ms(o, "next-ms", nhs->next_ms);
	json_set_addr(o, "nat", &nhs->nat);
	json_set_number(o, "requests", nhs->requests);
	json_set_number(o, "replies", nhs->replies);
	json_set_number(o, "refused", nhs->refused);
	json_set_text(o, "error", nhs->error);
	return o;
}

static json_t *json_of_binding(const struct binding *b)
{
	json_t *o = json_object();

	json_set_text(o, "interface", b->interface);
	json_set_addr(o, "address", &b->address);
	json_set_nbma(o, "nbma", "nbma-port", &b->nbma);
	json_set_addr(o, "claimed", &b->claimed);
	json_set_text(o, "kind", b->kind);
	json_set_flags(o, &nexthop_flag_names, b->flags);
	json_set_text(o, "state", b->state);
	json_set_bool(o, "multicast", b->multicast);
	json_set_bool(o, "installed", b->installed);
	json_set_ms(o, "age-ms", b->age_ms);
	json_set_ms(o, "expires-ms", b->expires_ms);
	json_set_text(o, "group", b->group);
	json_set_text(o, "policy", b->policy);
	return o;
}

static json_t *json_of_shortcut(const struct shortcut *s)
{
	json_t *o = json_object();

	json_set_text(o, "interface", s->interface);
	json_set_prefix(o, "prefix", &s->prefix);
	json_set_addr(o, "via", &s->via);
	json_set_nbma(o, "nbma", "nbma-port", &s->nbma);
	json_set_text(o, "state", s->state);
	json_set_bool(o, "route", s->route);
	json_set_bool(o, "override", s->override);
	json_set_ms(o, "age-ms", s->age_ms);
	json_set_ms(o, "expires-ms", s->expires_ms);
	return o;
}

static json_t *json_of_limit(const struct nhrp_if *n)
{
	json_t *o = json_object();

	json_set_number(o, "packets", n->max_send_packets);
	json_set_number(o, "seconds", n->max_send_seconds);
	json_set_number(o, "percent", n->max_send_percent);
	return o;
}

static void set_traffic(json_t *o, const struct nhrp_if *n)
{
	set_counters(o, "sent", &n->sent);
	set_counters(o, "received", &n->received);
	set_counters(o, "forwarded", &n->forwarded);
	set_counters(o, "dropped", &n->dropped);
	set_counters(o, "qos", &n->qos);
	json_object_set_new(o, "max-send", json_of_limit(n));
	json_set_number(o, "redirects-suppressed",
			counters_value(&n->changed, "redirects-suppressed"));
}

json_t *json_of_nhrp_if(const struct nhrp_if *n)
{
	json_t *o;

	if (!n)
		return json_null();
	o = json_object();
	json_set_bool(o, "up", n->up);
	json_set_number(o, "network-id", n->network_id);
	json_set_number(o, "servers", n->servers);
	json_set_number(o, "registered", n->registered);
	json_set_number(o, "cached", n->cached);
	json_set_number(o, "shortcuts", n->shortcuts);
	json_set_number(o, "waiting", n->waiting);
	json_set_text(o, "refusal", n->refusal);
	json_set_ms(o, "refused-ms", n->refused_ms);
	set_traffic(o, n);
	return o;
}

/* ---- views ---- */

static json_t *servers_of(const struct model *m)
{
	json_t *list = json_array();
	const struct nhs *nhs;

	model_for_each(nhs, m->nhs, m->n_nhs)
		json_array_append_new(list, json_of_nhs(nhs));
	return list;
}

static json_t *bindings_of(const struct model *m, bool multicast_only)
{
	json_t *list = json_array();
	const struct binding *b;

	model_for_each(b, m->binding, m->n_binding)
		if (!multicast_only || b->multicast)
			json_array_append_new(list, json_of_binding(b));
	return list;
}

static json_t *shortcuts_of(const struct model *m)
{
	json_t *list = json_array();
	const struct shortcut *s;

	model_for_each(s, m->shortcut, m->n_shortcut)
		json_array_append_new(list, json_of_shortcut(s));
	return list;
}

void json_nhrp(FILE *f, const struct model *m, bool detail)
{
	json_t *o = json_document();

	(void)detail;
	json_object_set_new(o, "servers", servers_of(m));
	json_object_set_new(o, "bindings", bindings_of(m, false));
	json_object_set_new(o, "shortcuts", shortcuts_of(m));
	json_print(f, o, JSON_INDENT(2));
}

void json_nhrp_brief(FILE *f, const struct model *m)
{
	json_nhrp(f, m, false);
}

void json_nhs(FILE *f, const struct model *m, bool detail)
{
	(void)detail;
	json_print_list(f, "servers", servers_of(m));
}

void json_nhrp_multicast(FILE *f, const struct model *m)
{
	json_print_list(f, "bindings", bindings_of(m, true));
}

static json_t *json_of_entries(const struct entries *e)
{
	return json_pack("{si, si, si, si}", "entries", (int)summary_sum(e),
			 "static", (int)e->fixed, "dynamic", (int)e->dynamic,
			 "incomplete", (int)e->incomplete);
}

static json_t *json_of_summary(const struct model *m, const char *name,
			       int family)
{
	struct summary sum = summary_of(m, family);

	return json_pack("{ss, sI, so, so, si, si, si, si}", "family", name,
			 "bytes", (json_int_t)sum.bytes,
			 "remote", json_of_entries(&sum.remote),
			 "local", json_of_entries(&sum.local),
			 "next-hops", (int)sum.nhop,
			 "default", (int)sum.fallback,
			 "routes", (int)sum.rib, "overrides", (int)sum.nho);
}

void json_nhrp_summary(FILE *f, const struct model *m)
{
	json_t *list = json_array();

	json_array_append_new(list, json_of_summary(m, "ipv4", AF_INET));
	json_array_append_new(list, json_of_summary(m, "ipv6", AF_INET6));
	json_print_list(f, "families", list);
}

void json_nhrp_stats(FILE *f, const struct model *m)
{
	json_t *o, *list = json_array();
	const struct nhrp_if *n;

	model_for_each(n, m->nhrp_if, m->n_nhrp_if) {
		o = json_object();
		json_set_text(o, "interface", n->interface);
		set_counters(o, "changed", &n->changed);
		set_counters(o, "qos", &n->qos);
		json_array_append_new(list, o);
	}
	json_print_list(f, "interfaces", list);
}

void json_traffic(FILE *f, const struct model *m, bool detail)
{
	json_t *o, *list = json_array();
	const struct nhrp_if *n;

	(void)detail;
	model_for_each(n, m->nhrp_if, m->n_nhrp_if) {
		o = json_object();
		json_set_text(o, "interface", n->interface);
		set_traffic(o, n);
		json_array_append_new(list, o);
	}
	json_print_list(f, "interfaces", list);
}

void json_group_map(FILE *f, const struct model *m)
{
	json_t *o, *list = json_array();
	const struct group_map *g;

	model_for_each(g, m->group_map, m->n_group_map) {
		o = json_object();
		json_set_text(o, "interface", g->interface);
		json_set_text(o, "group", g->group);
		json_set_text(o, "policy", g->policy);
		json_set_number(o, "peers", g->peers);
		json_array_append_new(list, o);
	}
	json_print_list(f, "groups", list);
}
