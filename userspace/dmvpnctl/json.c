// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Members bear the names that the kernel's and nhrpd's interfaces have. What
 * has no value is null.
 */
#include <stdlib.h>
#include <string.h>

#include "dmvpnctl/json.h"
#include "dmvpnctl/shown.h"
#include "dmvpnctl/topology.h"

/* ---- members ---- */

/* A text that was cut may end within a character, and is there still. */
json_t *json_text(const char *text)
{
	json_t *string = json_string(text);
	size_t size = strlen(text) + 1;
	char *shown;

	if (string)
		return string;
	shown = malloc(size);
	if (!shown)
		return NULL;
	shown_copy(shown, size, text);
	string = json_string(shown);
	free(shown);
	return string;
}

void json_set_text(json_t *o, const char *key, const char *text)
{
	json_object_set_new(o, key, text && *text ? json_text(text) :
						    json_null());
}

void json_set_number(json_t *o, const char *key, uint64_t number)
{
	json_object_set_new(o, key, json_integer((json_int_t)number));
}

void json_set_ms(json_t *o, const char *key, uint64_t ms)
{
	json_object_set_new(o, key, ms == NEVER ? json_null() :
			    json_integer((json_int_t)ms));
}

void json_set_bool(json_t *o, const char *key, bool value)
{
	json_object_set_new(o, key, json_boolean(value));
}

void json_set_addr(json_t *o, const char *key, const struct addr *a)
{
	char text[ADDR_TEXT];

	json_set_text(o, key, addr_is_none(a) ? NULL : addr_format(a, text));
}

void json_set_nbma(json_t *o, const char *key, const char *port_key,
		   const struct nbma *n)
{
	json_set_addr(o, key, &n->addr);
	if (n->port)
		json_set_number(o, port_key, n->port);
}

void json_set_prefix(json_t *o, const char *key, const struct prefix *p)
{
	char text[ADDR_TEXT];

	json_set_text(o, key, addr_is_none(&p->addr) ? NULL :
			      prefix_format(p, text));
}

void json_set_spi(json_t *o, const char *key, uint32_t spi)
{
	json_object_set_new(o, key, spi ? json_sprintf("0x%08x", spi) :
					  json_null());
}

void json_set_flags(json_t *o, const struct flag_names *names,
		    uint32_t flags)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < names->n; i++)
		if (flags & (1u << i))
			json_array_append_new(list,
					      json_string(names->name[i]));
	json_object_set_new(o, "flags", list);
}

/* ---- the kernel's objects ---- */

json_t *json_of_session(const struct session *s)
{
	json_t *o = json_object();

	json_set_number(o, "handle", s->handle);
	json_set_nbma(o, "local", "local-port", &s->local);
	json_set_nbma(o, "remote", "remote-port", &s->remote);
	json_set_text(o, "state", session_state_name(s->state));
	json_set_text(o, "reason", s->reason);
	json_set_text(o, "profile", s->profile);
	json_set_text(o, "identity", s->identity);
	json_set_text(o, "local-identity", s->local_identity);
	json_set_flags(o, &session_flag_names, s->flags);
	json_set_number(o, "ike-version", s->ike_version);
	json_set_number(o, "ike-id", s->ike_id);
	json_set_number(o, "ike-lifetime", s->ike_lifetime);
	json_set_number(o, "state-ms", s->state_ms);
	json_set_spi(o, "in-spi", s->in_spi);
	json_set_spi(o, "out-spi", s->out_spi);
	json_set_number(o, "rx-packets", s->rx_packets);
	json_set_number(o, "rx-bytes", s->rx_bytes);
	json_set_number(o, "rx-dropped", s->rx_dropped);
	json_set_number(o, "tx-packets", s->tx_packets);
	json_set_number(o, "tx-bytes", s->tx_bytes);
	json_set_number(o, "tx-dropped", s->tx_dropped);
	json_set_number(o, "peers", s->peers);
	json_set_text(o, "pfs", s->pfs);
	return o;
}

static void set_limits(json_t *o, const struct sa *sa)
{
	json_set_number(o, "soft-seconds", sa->soft_seconds);
	json_set_number(o, "hard-seconds", sa->hard_seconds);
	json_set_number(o, "soft-bytes", sa->soft_bytes);
	json_set_number(o, "hard-bytes", sa->hard_bytes);
	json_set_number(o, "soft-packets", sa->soft_packets);
	json_set_number(o, "hard-packets", sa->hard_packets);
}

json_t *json_of_sa(const struct sa *sa)
{
	json_t *o = json_object();

	json_set_spi(o, "spi", sa->spi);
	json_set_text(o, "dir", sa_dir_name(sa->dir));
	json_set_number(o, "session", sa->session);
	json_set_nbma(o, "local", "local-port", &sa->local);
	json_set_nbma(o, "remote", "remote-port", &sa->remote);
	json_set_text(o, "mode", sa_mode_name(sa->mode));
	json_set_text(o, "cipher", sa->cipher);
	json_set_text(o, "auth", sa->auth);
	json_set_number(o, "icv-len", sa->icv_len);
	json_set_bool(o, "esn", sa->esn);
	json_set_number(o, "replay-window", sa->replay_window);
	json_set_bool(o, "standby", sa->standby);
	json_set_spi(o, "pair", sa->pair);
	json_set_number(o, "owner", sa->owner);
	set_limits(o, sa);
	json_set_number(o, "age-ms", sa->age_ms);
	json_set_ms(o, "idle-ms", sa->idle_ms);
	json_set_number(o, "seq", sa->seq);
	json_set_number(o, "packets", sa->packets);
	json_set_number(o, "bytes", sa->bytes);
	json_set_number(o, "auth-failed", sa->auth_failed);
	json_set_number(o, "replayed", sa->replayed);
	json_set_number(o, "malformed", sa->malformed);
	json_set_number(o, "errors", sa->errors);
	json_set_number(o, "async", sa->async);
	return o;
}

json_t *json_of_peer(const struct peer *p)
{
	json_t *o = json_object();

	json_set_nbma(o, "remote", "remote-port", &p->remote);
	json_set_flags(o, &peer_flag_names, p->flags);
	json_set_number(o, "session", p->session);
	json_set_text(o, "state", session_state_name(p->state));
	json_set_number(o, "mtu", p->mtu);
	json_set_number(o, "age-ms", p->age_ms);
	json_set_ms(o, "idle-ms", p->idle_ms);
	json_set_number(o, "rx-packets", p->rx_packets);
	json_set_number(o, "rx-bytes", p->rx_bytes);
	json_set_number(o, "tx-packets", p->tx_packets);
	json_set_number(o, "tx-bytes", p->tx_bytes);
	json_set_number(o, "tx-dropped", p->tx_dropped);
	json_set_number(o, "pending", p->pending);
	json_set_number(o, "nexthops", p->nexthops);
	json_set_text(o, "policy", p->policy);
	json_set_number(o, "rate", p->rate);
	return o;
}

json_t *json_of_nexthop(const struct nexthop *nh)
{
	json_t *o = json_object();

	json_set_addr(o, "address", &nh->address);
	json_set_nbma(o, "remote", "remote-port", &nh->remote);
	json_set_text(o, "state", nexthop_state_name(nh->state));
	json_set_text(o, "kind", nexthop_kind_name(nh->kind));
	json_set_flags(o, &nexthop_flag_names, nh->flags);
	json_set_number(o, "lifetime", nh->lifetime);
	json_set_addr(o, "claimed", &nh->claimed);
	json_set_number(o, "age-ms", nh->age_ms);
	json_set_ms(o, "idle-ms", nh->idle_ms);
	json_set_number(o, "packets", nh->packets);
	return o;
}

static json_t *json_of_device(const struct device *d)
{
	json_t *o = json_object();
	struct prefix p = { .addr = d->address, .len = d->address_len };
	struct prefix p6 = { .addr = d->address6, .len = d->address6_len };

	json_set_text(o, "interface", d->name);
	json_set_number(o, "ifindex", d->ifindex);
	json_set_bool(o, "up", d->up);
	json_set_bool(o, "running", d->running);
	json_set_prefix(o, "address", &p);
	json_set_prefix(o, "address6", &p6);
	json_set_addr(o, "local", &d->local);
	json_set_addr(o, "local6", &d->local6);
	json_object_set_new(o, "key", d->has_key ? json_integer(d->key) :
						   json_null());
	json_set_text(o, "protection", d->profile);
	json_set_number(o, "mtu", d->mtu);
	return o;
}

/* ---- views ---- */

void json_print(FILE *f, json_t *value, size_t flags)
{
	json_dumpf(value, f, flags);
	fprintf(f, "\n");
	json_decref(value);
}

json_t *json_document(void)
{
	return json_pack("{si}", "version", JSON_VERSION);
}

void json_print_list(FILE *f, const char *key, json_t *list)
{
	json_t *o = json_document();

	json_object_set_new(o, key, list);
	json_print(f, o, JSON_INDENT(2));
}

static json_t *json_of_tunnel(const struct model *m, const struct device *d,
			      const struct tunnel *t, bool detail)
{
	json_t *o = json_object();

	json_object_set_new(o, "peer", t->peer ? json_of_peer(t->peer) :
						 json_null());
	json_object_set_new(o, "nexthop", t->nexthop ?
			    json_of_nexthop(t->nexthop) : json_null());
	json_set_text(o, "state", t->state);
	json_set_text(o, "attributes", t->attributes);
	json_set_ms(o, "since-ms", t->since_ms);
	json_set_prefix(o, "target", &t->target);
	json_set_text(o, "group", t->peer ? model_group(m, d, t->peer) : "");
	if (detail)
		json_object_set_new(o, "session", t->session ?
				    json_of_session(t->session) : json_null());
	return o;
}

static json_t *json_of_servers(const struct model *m, const char *ifname)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < m->n_nhs; i++)
		if (!strcmp(m->nhs[i].interface, ifname))
			json_array_append_new(list, json_of_nhs(&m->nhs[i]));
	return list;
}

static void json_dmvpn(FILE *f, const struct model *m, bool detail)
{
	json_t *o, *rows, *list = json_array();
	const struct device *d;
	struct tunnels ts;
	size_t i;

	model_for_each(d, m->device, m->n_device) {
		ts = tunnels_of(m, d);
		rows = json_array();
		for (i = 0; i < ts.n; i++)
			json_array_append_new(rows,
					      json_of_tunnel(m, d, &ts.v[i],
							     detail));
		free(ts.v);
		o = json_of_device(d);
		json_set_text(o, "role", tunnel_role(m, d));
		json_set_number(o, "peers", d->peers);
		json_object_set_new(o, "tunnels", rows);
		if (detail)
			json_object_set_new(o, "servers",
					    json_of_servers(m, d->name));
		json_array_append_new(list, o);
	}
	json_print_list(f, "interfaces", list);
}

static json_t *json_of_sas(const struct model *m, const struct session *s)
{
	json_t *list = json_array();
	const struct sa *sa;

	model_for_each_sa(sa, m, s->handle)
		json_array_append_new(list, json_of_sa(sa));
	return list;
}

static void json_session(FILE *f, const struct model *m, bool detail)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < m->n_session; i++)
		json_array_append_new(list, json_of_session(&m->session[i]));
	(void)detail;
	json_print_list(f, "sessions", list);
}

static void json_isakmp(FILE *f, const struct model *m)
{
	json_session(f, m, false);
}

static void json_sa(FILE *f, const struct model *m)
{
	json_t *o, *list = json_array();
	size_t i;

	for (i = 0; i < m->n_session; i++) {
		o = json_of_session(&m->session[i]);
		json_object_set_new(o, "sas", json_of_sas(m, &m->session[i]));
		json_array_append_new(list, o);
	}
	json_print_list(f, "sessions", list);
}

static json_t *json_of_drops(const struct device *d)
{
	json_t *o = json_object();
	unsigned int i;

	for (i = 0; i <= DMVPN_A_DROPS_MAX; i++)
		if (drop_name(i))
			json_set_number(o, drop_name(i), d->drops[i]);
	return o;
}

static void json_interface(FILE *f, const struct model *m)
{
	json_t *o, *list = json_array();
	const struct device *d;

	model_for_each(d, m->device, m->n_device) {
		o = json_of_device(d);
		json_set_number(o, "peers", d->peers);
		json_set_number(o, "nexthops", d->nexthops);
		json_set_number(o, "misses", d->misses);
		json_set_number(o, "redirects", d->redirects);
		json_set_number(o, "upcalls-suppressed", d->suppressed);
		json_set_number(o, "rx-packets", d->rx_packets);
		json_set_number(o, "rx-bytes", d->rx_bytes);
		json_set_number(o, "tx-packets", d->tx_packets);
		json_set_number(o, "tx-bytes", d->tx_bytes);
		json_object_set_new(o, "drops", json_of_drops(d));
		json_object_set_new(o, "nhrp",
				    json_of_nhrp_if(model_nhrp_if(m,
								  d->name)));
		json_array_append_new(list, o);
	}
	json_print_list(f, "interfaces", list);
}

static void json_cleared(FILE *f, const char *what, unsigned int number)
{
	json_print(f, json_pack("{ss, si}", "cleared", what, "number",
				(int)number), JSON_COMPACT);
}

const struct output json_output = {
	.dmvpn = json_dmvpn,
	.nhrp = json_nhrp,
	.nhrp_brief = json_nhrp_brief,
	.nhs = json_nhs,
	.nhrp_summary = json_nhrp_summary,
	.nhrp_multicast = json_nhrp_multicast,
	.nhrp_stats = json_nhrp_stats,
	.traffic = json_traffic,
	.group_map = json_group_map,
	.session = json_session,
	.isakmp = json_isakmp,
	.sa = json_sa,
	.interface = json_interface,
	.topology = json_topology,
	.kernel_event = json_kernel_event,
	.nhrp_event = json_nhrp_event,
	.lost = json_lost,
	.cleared = json_cleared,
	.policies = json_policies,
	.policy_map = json_policy_map,
	.policy_interface = json_policy_interface,
	.multipoint = json_multipoint,
	.classified = json_classified,
	.imported = json_imported,
	.trace = json_trace,
	.doctor = json_doctor,
};
