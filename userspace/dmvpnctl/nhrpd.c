// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dmvpnctl/client.h"
#include "dmvpnctl/names.h"
#include "dmvpnctl/nhrpd.h"
#include "dmvpnctl/shown.h"

/* ---- members of objects ---- */

static const char *text_of(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? text : "";
}

#define take_text(o, key, to) \
	shown_copy(to, sizeof(to), text_of(o, key))

static uint64_t number_of(const json_t *o, const char *key)
{
	return (uint64_t)json_integer_value(json_object_get(o, key));
}

static bool is_true(const json_t *o, const char *key)
{
	return json_is_true(json_object_get(o, key));
}

/* nhrpd says seconds, and null for never. */
static uint64_t ms_of(const json_t *o, const char *key)
{
	const json_t *value = json_object_get(o, key);

	return json_is_integer(value) ?
	       (uint64_t)json_integer_value(value) * 1000 : NEVER;
}

static struct addr addr_of(const json_t *o, const char *key)
{
	struct addr a;

	addr_parse(text_of(o, key), &a);
	return a;
}

static struct nbma nbma_of(const json_t *o)
{
	return (struct nbma){
		.addr = addr_of(o, "nbma"),
		.port = (uint16_t)number_of(o, "nbma-port"),
	};
}

static uint32_t flags_of(const json_t *o)
{
	const json_t *list = json_object_get(o, "flags");
	const char *word;
	uint32_t flags = 0;
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		word = json_string_value(json_array_get(list, i));
		if (word)
			flags |= flag_parse(&nexthop_flag_names, word);
	}
	return flags;
}

static struct counters counters_of(const json_t *o, const char *key)
{
	json_t *value, *object = json_object_get(o, key);
	struct counters counters = { 0 };
	struct counter *c;
	const char *name;

	json_object_foreach(object, name, value) {
		c = model_add(counters.v, counters.n);
		shown_copy(c->name, sizeof(c->name), name);
		c->value = (uint64_t)json_integer_value(value);
	}
	return counters;
}

/* ---- objects ---- */

static void take_interface(struct model *m, const json_t *o)
{
	struct nhrp_if *i = model_add(m->nhrp_if, m->n_nhrp_if);
	const json_t *limit = json_object_get(o, "max-send");

	take_text(o, "interface", i->interface);
	i->up = is_true(o, "up");
	i->network_id = (uint32_t)number_of(o, "network-id");
	i->holdtime_ms = ms_of(o, "holdtime");
	i->renewal_ms = ms_of(o, "renewal");
	i->shortcut = is_true(o, "shortcut");
	i->redirect = is_true(o, "redirect");
	i->servers = (uint32_t)number_of(o, "servers");
	i->registered = (uint32_t)number_of(o, "registered");
	i->cached = (uint32_t)number_of(o, "cached");
	i->shortcuts = (uint32_t)number_of(o, "shortcuts");
	i->waiting = (uint32_t)number_of(o, "waiting");
	take_text(o, "refusal", i->refusal);
	i->refused_ms = ms_of(o, "refused");
	i->sent = counters_of(o, "sent");
	i->received = counters_of(o, "received");
	i->forwarded = counters_of(o, "forwarded");
	i->dropped = counters_of(o, "dropped");
	i->qos = counters_of(o, "qos");
	i->changed = counters_of(o, "changed");
	i->binding_bytes = (uint32_t)number_of(o, "binding-bytes");
	i->shortcut_bytes = (uint32_t)number_of(o, "shortcut-bytes");
	i->max_send_packets = (uint32_t)number_of(limit, "packets");
	i->max_send_seconds = (uint32_t)number_of(limit, "seconds");
	i->max_send_percent = (uint32_t)number_of(limit, "percent");
}

static void take_nhs(struct model *m, const json_t *o)
{
	struct nhs *nhs = model_add(m->nhs, m->n_nhs);

	take_text(o, "interface", nhs->interface);
	nhs->address = addr_of(o, "address");
	nhs->own = addr_of(o, "own");
	nhs->nbma = nbma_of(o);
	take_text(o, "name", nhs->name);
	nhs->priority = (unsigned int)number_of(o, "priority");
	nhs->cluster = (unsigned int)number_of(o, "cluster");
	nhs->in_use = is_true(o, "in-use");
	nhs->fallback_ms = ms_of(o, "fallback");
	nhs->dynamic = is_true(o, "dynamic");
	take_text(o, "state", nhs->state);
	nhs->since_ms = ms_of(o, "since");
	nhs->next_ms = ms_of(o, "next");
	nhs->nat = addr_of(o, "nat");
	nhs->requests = number_of(o, "requests");
	nhs->replies = number_of(o, "replies");
	nhs->refused = number_of(o, "refused");
	take_text(o, "error", nhs->error);
}

static void take_binding(struct model *m, const json_t *o)
{
	struct binding *b = model_add(m->binding, m->n_binding);

	take_text(o, "interface", b->interface);
	b->address = addr_of(o, "address");
	b->nbma = nbma_of(o);
	b->claimed = addr_of(o, "claimed");
	take_text(o, "kind", b->kind);
	b->flags = flags_of(o);
	take_text(o, "state", b->state);
	b->multicast = is_true(o, "multicast");
	b->installed = is_true(o, "installed");
	b->age_ms = ms_of(o, "age");
	b->expires_ms = ms_of(o, "expires");
	take_text(o, "group", b->group);
	take_text(o, "policy", b->policy);
}

static void take_shortcut(struct model *m, const json_t *o)
{
	struct shortcut *s = model_add(m->shortcut, m->n_shortcut);

	take_text(o, "interface", s->interface);
	prefix_parse(text_of(o, "prefix"), &s->prefix);
	s->via = addr_of(o, "via");
	s->nbma = nbma_of(o);
	take_text(o, "state", s->state);
	s->route = is_true(o, "route");
	s->override = is_true(o, "override");
	s->age_ms = ms_of(o, "age");
	s->expires_ms = ms_of(o, "expires");
}

static void take_group_map(struct model *m, const json_t *o)
{
	struct group_map *g = model_add(m->group_map, m->n_group_map);

	take_text(o, "interface", g->interface);
	take_text(o, "group", g->group);
	take_text(o, "policy", g->policy);
	g->peers = (uint32_t)number_of(o, "peers");
}

/* What the operator wrote, of a class that the kernel has. */
static void take_class(struct model *m, const json_t *o)
{
	struct class_state *c = model_class_named(m, text_of(o, "policy"),
						  text_of(o, "class"));
	const json_t *list = json_object_get(o, "match");
	const char *text;
	size_t i;

	if (!c)
		return;
	c->class.match_all = is_true(o, "match-all");
	for (i = 0; i < json_array_size(list); i++) {
		text = json_string_value(json_array_get(list, i));
		if (text)
			policy_texts_add(&c->class.match, text);
	}
}

/* Its peers are the kernel's, which knows more of them. */
void nhrp_take(struct model *m, const json_t *object)
{
	static const struct {
		const char *type;
		void (*take)(struct model *m, const json_t *o);
	} types[] = {
		{ "interface", take_interface },
		{ "nhs", take_nhs },
		{ "binding", take_binding },
		{ "shortcut", take_shortcut },
		{ "group-map", take_group_map },
		{ "class", take_class },
	};
	const char *type = text_of(object, "type");
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (!strcmp(types[i].type, type))
			types[i].take(m, object);
}

/* ---- exchanges ---- */

/*
 * The last answer, after handing all others to the model, which may be NULL.
 * NULL if nhrpd does not answer. The others have a type, the last has not; an
 * "error" some of the others have, too.
 */
static json_t *last_answer(struct client *c, struct model *m)
{
	json_t *o;

	while ((o = client_wait(c))) {
		if (!json_object_get(o, "type"))
			break;
		if (m)
			nhrp_take(m, o);
		json_decref(o);
	}
	return o;
}

json_int_t nhrp_exchange(struct client *c, json_t *request, struct model *m)
{
	json_t *last = client_send(c, request) ? NULL : last_answer(c, m);
	const json_t *done = json_object_get(last, "done");
	json_int_t number = done ? json_integer_value(done) : -1;

	if (!done) {
		fprintf(stderr, "dmvpnctl: ");
		shown_print(stderr, last ? text_of(last, "error") :
				    "nhrpd does not answer");
		fprintf(stderr, "\n");
	}
	json_decref(last);
	return number;
}

int nhrp_read(struct model *m, bool needed)
{
	struct client c;
	json_int_t done;
	int err = client_open(&c);

	if ((err == -ENOENT || err == -ECONNREFUSED) && !needed)
		return 0;
	if (err) {
		client_complain(err);
		return -1;
	}
	done = nhrp_exchange(&c, json_pack("{ss}", "command", "show"), m);
	client_close(&c);
	m->nhrpd = done >= 0;
	return m->nhrpd ? 0 : -1;
}

json_int_t nhrp_command(json_t *request)
{
	struct client c;
	json_int_t done;
	int err = client_open(&c);

	if (err) {
		json_decref(request);
		client_complain(err);
		return -1;
	}
	done = nhrp_exchange(&c, request, NULL);
	client_close(&c);
	return done;
}
