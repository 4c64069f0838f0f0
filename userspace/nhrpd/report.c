// SPDX-License-Identifier: GPL-2.0-or-later
#include "nhrpd/loop.h"
#include "nhrpd/report.h"

/**
 * struct report - where objects go
 * @fn: takes one
 * @arg: for @fn
 */
struct report {
	report_fn fn;
	void *arg;
};

static json_t *addr_json(const struct addr *a)
{
	char text[ADDR_TEXT];

	return addr_is_none(a) ? json_null() :
				 json_string(addr_format(a, text));
}

static json_t *prefix_json(const struct addr *a, unsigned int len)
{
	char text[ADDR_TEXT];

	if (addr_is_none(a))
		return json_null();
	return json_sprintf("%s/%u", addr_format(a, text), len);
}

/* Adds "nbma", and "nbma-port" if there is one. */
static void set_nbma(json_t *o, const struct nbma *n)
{
	json_object_set_new(o, "nbma", addr_json(&n->addr));
	if (n->port)
		json_object_set_new(o, "nbma-port", json_integer(n->port));
}

/* Seconds; null for no end. */
static json_t *seconds(uint64_t ms)
{
	return ms == UINT64_MAX ? json_null() :
				  json_integer((json_int_t)(ms / 1000));
}

static json_t *by_type(const uint64_t *counter)
{
	json_t *o = json_object();
	unsigned int i;

	for (i = 0; i <= NHRP_TYPE_MAX; i++)
		if (i || counter[i])
			json_object_set_new(o, nhrp_type_name(i),
					    json_integer((json_int_t)
							 counter[i]));
	return o;
}

static json_t *by_reason(const uint64_t *counter)
{
	json_t *o = json_object();
	unsigned int i;

	for (i = 0; i < __NHRP_DROP_MAX; i++)
		json_object_set_new(o, nhrp_drop_name((enum nhrp_drop)i),
				    json_integer((json_int_t)counter[i]));
	return o;
}

static json_t *by_qos(const uint64_t *counter)
{
	json_t *o = json_object();
	unsigned int i;

	for (i = 0; i < __NHRP_QOS_MAX; i++)
		json_object_set_new(o, nhrp_qos_name((enum nhrp_qos)i),
				    json_integer((json_int_t)counter[i]));
	return o;
}

static json_t *by_change(const uint64_t *counter)
{
	json_t *o = json_object();
	unsigned int i;

	for (i = 0; i < __NHRP_CHANGE_MAX; i++)
		json_object_set_new(o, nhrp_change_name((enum nhrp_change)i),
				    json_integer((json_int_t)counter[i]));
	return o;
}

static void on_if(void *arg, const struct nhrp_if_view *v)
{
	struct report *r = arg;

	r->fn(r->arg, json_pack(
		"{ss, ss, si, sb, sb, sI, sI, so, sb, sb, so, so, so, so, so, si, si, si,"
		" si, si, si, ss, so, si, si, so, so, so, so, so, so, so}",
		"type", "interface", "interface", v->name,
		"ifindex", (int)v->ifindex, "up", v->up,
		"protected", v->protected,
		"network-id", (json_int_t)v->network_id,
		"holdtime", (json_int_t)v->holdtime,
		"renewal", seconds(v->renewal_ms),
		"shortcut", v->shortcut, "redirect", v->redirect,
		"nbma", addr_json(&v->nbma),
		"nbma6", addr_json(&v->nbma6),
		"address", prefix_json(&v->proto, v->proto_len),
		"address6", prefix_json(&v->proto6, v->proto6_len),
		"link-local", addr_json(&v->link_local),
		"servers", (int)v->n_nhs, "registered", (int)v->n_registered,
		"cached", (int)v->n_cache, "shortcuts", (int)v->n_shortcut,
		"peers", (int)v->n_peer, "waiting", (int)v->n_pending,
		"refusal", v->refusal,
		"refused", v->refusal[0] ? seconds(v->refusal_ms) : json_null(),
		"binding-bytes", (int)v->binding_bytes,
		"shortcut-bytes", (int)v->shortcut_bytes,
		"max-send", json_pack("{sI, sI, sI}",
			"packets", (json_int_t)v->max_send_packets,
			"seconds", (json_int_t)v->max_send_seconds,
			"percent", (json_int_t)v->max_send_percent),
		"sent", by_type(v->counters->sent),
		"received", by_type(v->counters->received),
		"forwarded", by_type(v->counters->forwarded),
		"dropped", by_reason(v->counters->dropped),
		"qos", by_qos(v->counters->qos),
		"changed", by_change(v->counters->changed)));
}

static void on_nhs(void *arg, const struct nhrp_nhs_view *v)
{
	struct report *r = arg;

	r->fn(r->arg, json_pack(
		"{ss, ss, so, so, so, ss, si, si, sb, so, sb, ss, so, so, so, sI,"
		" sI, sI, ss}",
		"type", "nhs", "interface", v->ifname,
		"address", addr_json(&v->proto), "own", addr_json(&v->own),
		"nbma", addr_json(&v->nbma),
		"name", v->host, "priority", (int)v->priority,
		"cluster", (int)v->cluster,
		"in-use", v->in_use, "fallback", seconds(v->fallback_ms),
		"dynamic", v->dynamic, "state", nhrp_nhs_state_name(v->state),
		"since", seconds(v->state_ms), "next", seconds(v->next_ms),
		"nat", addr_json(&v->nat),
		"requests", (json_int_t)v->requests,
		"replies", (json_int_t)v->replies,
		"refused", (json_int_t)v->refused, "error", v->error));
}

static void on_peer(void *arg, const struct nhrp_peer_view *v)
{
	struct report *r = arg;
	json_t *o = json_pack(
		"{ss, ss, sb, sb, sI, ss, so, ss, ss, si, ss, ss, ss}",
		"type", "peer", "interface", v->ifname,
		"multicast", !!(v->flags & DMVPN_PEER_FLAGS_MULTICAST),
		"nhs", !!(v->flags & DMVPN_PEER_FLAGS_NHS),
		"session", (json_int_t)v->session,
		"state", nhrp_session_state_name(v->state),
		"since", seconds(v->state_ms), "reason", v->reason,
		"identity", v->identity, "uses", (int)v->uses,
		"group", v->group, "says", v->says, "policy", v->policy);

	set_nbma(o, &v->nbma);
	r->fn(r->arg, o);
}

static json_t *flag_names(uint32_t flags)
{
	static const char *const name[] = {
		"unique", "nat", "used", "router", "local",
	};
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < sizeof(name) / sizeof(name[0]); i++)
		if (flags & (1u << i))
			json_array_append_new(list, json_string(name[i]));
	return list;
}

static void on_cache(void *arg, const struct nhrp_cache_view *v)
{
	struct report *r = arg;
	json_t *o = json_pack(
		"{ss, ss, so, so, ss, so, ss, sI, sb, sb, so, so, ss, ss}",
		"type", "binding", "interface", v->ifname,
		"address", addr_json(&v->proto),
		"claimed", addr_json(&v->claimed),
		"kind", nhrp_kind_name(v->kind), "flags", flag_names(v->flags),
		"state", nhrp_session_state_name(v->state),
		"session", (json_int_t)v->session,
		"multicast", v->multicast, "installed", v->installed,
		"age", seconds(v->age_ms), "expires", seconds(v->expires_ms),
		"group", v->group, "policy", v->policy);

	set_nbma(o, &v->nbma);
	r->fn(r->arg, o);
}

static void on_shortcut(void *arg, const struct nhrp_shortcut_view *v)
{
	struct report *r = arg;
	json_t *o = json_pack(
		"{ss, ss, so, so, ss, sb, sb, so, so}",
		"type", "shortcut", "interface", v->ifname,
		"prefix", prefix_json(&v->dst.addr, v->dst.len),
		"via", addr_json(&v->via),
		"state", nhrp_shortcut_state_name(v->state),
		"route", v->route, "override", v->override,
		"age", seconds(v->age_ms),
		"expires", seconds(v->expires_ms));

	set_nbma(o, &v->nbma);
	r->fn(r->arg, o);
}

static void on_group(void *arg, const struct nhrp_group_view *v)
{
	struct report *r = arg;

	r->fn(r->arg, json_pack("{ss, ss, ss, ss, si}", "type", "group-map",
				"interface", v->ifname, "group", v->group,
				"policy", v->policy, "peers", (int)v->peers));
}

static void report_policy(const struct report *r, const struct policy *p)
{
	const struct policy_class *class;
	json_t *match;
	size_t i, k;

	for (i = 0; i < p->n; i++) {
		class = &p->class[i];
		match = json_array();
		for (k = 0; k < class->match.n; k++)
			json_array_append_new(match,
					      json_string(class->match.v[k]));
		r->fn(r->arg, json_pack("{ss, ss, ss, sb, so}", "type", "class",
					"policy", p->name,
					"class", class->name,
					"match-all", class->match_all,
					"match", match));
	}
}

void report_all(const struct nhrp *n, report_fn fn, void *arg)
{
	struct report r = { .fn = fn, .arg = arg };
	const struct policies *policies = nhrp_policies(n);
	uint64_t now = loop_now();
	size_t i;

	nhrp_walk_if(n, on_if, &r);
	nhrp_walk_nhs(n, now, on_nhs, &r);
	nhrp_walk_peers(n, now, on_peer, &r);
	nhrp_walk_cache(n, now, on_cache, &r);
	nhrp_walk_shortcuts(n, now, on_shortcut, &r);
	nhrp_walk_groups(n, on_group, &r);
	for (i = 0; i < policies->n; i++)
		report_policy(&r, &policies->v[i]);
}

json_t *report_event(const struct nhrp_event *event)
{
	static const char *const level[] = {
		[NHRP_LEVEL_DEBUG] = "debug",
		[NHRP_LEVEL_INFO] = "info",
		[NHRP_LEVEL_WARNING] = "warning",
	};
	json_t *o = json_pack("{ss, ss, ss, ss, so, ss}",
			      "type", "event",
			      "event", nhrp_event_name(event->type),
			      "level", level[event->level],
			      "interface", event->ifname,
			      "address", addr_json(&event->proto),
			      "text", event->text);

	set_nbma(o, &event->nbma);
	return o;
}
