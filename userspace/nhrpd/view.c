// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the state layer shows of itself.
 */
#include <string.h>

#include "nhrpd/cache.h"
#include "nhrpd/group.h"
#include "nhrpd/limit.h"
#include "nhrpd/nhs.h"
#include "nhrpd/peer.h"
#include "nhrpd/shortcut.h"

const char *nhrp_nhs_state_name(enum nhrp_nhs_state state)
{
	switch (state) {
	case NHRP_NHS_DOWN:
		return "down";
	case NHRP_NHS_WAIT:
		return "wait";
	case NHRP_NHS_PROBE:
		return "probe";
	case NHRP_NHS_UP:
		return "up";
	case __NHRP_NHS_MAX:
		break;
	}
	return "unknown";
}

const char *nhrp_shortcut_state_name(enum nhrp_shortcut_state state)
{
	switch (state) {
	case NHRP_SHORTCUT_RESOLVING:
		return "resolving";
	case NHRP_SHORTCUT_WAITING:
		return "waiting";
	case NHRP_SHORTCUT_UP:
		return "up";
	case NHRP_SHORTCUT_NEGATIVE:
		return "negative";
	case __NHRP_SHORTCUT_MAX:
		break;
	}
	return "unknown";
}

const char *nhrp_kind_name(uint32_t kind)
{
	switch ((enum dmvpn_nexthop_kind)kind) {
	case DMVPN_NEXTHOP_KIND_STATIC:
		return "static";
	case DMVPN_NEXTHOP_KIND_NHS:
		return "nhs";
	case DMVPN_NEXTHOP_KIND_REGISTERED:
		return "registered";
	case DMVPN_NEXTHOP_KIND_CACHED:
		return "cached";
	case DMVPN_NEXTHOP_KIND_SHORTCUT:
		return "shortcut";
	}
	return "unknown";
}

const char *nhrp_session_state_name(uint32_t state)
{
	switch ((enum dmvpn_session_state)state) {
	case DMVPN_SESSION_STATE_DOWN:
		return "down";
	case DMVPN_SESSION_STATE_ACQUIRING:
		return "acquiring";
	case DMVPN_SESSION_STATE_UP:
		return "up";
	case DMVPN_SESSION_STATE_FAILED:
		return "failed";
	}
	return "unknown";
}

static uint64_t until(uint64_t now, uint64_t at)
{
	if (at == UINT64_MAX)
		return UINT64_MAX;
	return at > now ? at - now : 0;
}

static size_t count_nhs(const struct iface *ifc)
{
	struct nhs *nhs;
	size_t n = 0;

	list_for_each(nhs, &ifc->nhs, struct nhs, link)
		n++;
	return n;
}

static size_t count_registered(const struct iface *ifc)
{
	struct cache_entry *entry;
	size_t n = 0;

	hash_for_each(entry, &ifc->cache, struct cache_entry, node)
		n += entry->b.kind == DMVPN_NEXTHOP_KIND_REGISTERED;
	return n;
}

static unsigned int max_send_percent(const struct iface *ifc)
{
	return limit_percent(&ifc->send_limit, ifc->nhrp->now,
			     ifc->conf.max_send_packets,
			     ifc->conf.max_send_seconds * 1000);
}

void nhrp_walk_if(const struct nhrp *n,
		  void (*cb)(void *arg, const struct nhrp_if_view *view),
		  void *arg)
{
	struct nhrp_if_view v;
	struct iface *ifc;

	list_for_each(ifc, &n->ifaces, struct iface, link) {
		if (!ifc->configured)
			continue;
		v = (struct nhrp_if_view){
			.name = ifc->conf.name,
			.ifindex = ifc->dev.ifindex,
			.up = ifc->active,
			.protected = ifc->dev.protected,
			.network_id = ifc->conf.network_id,
			.holdtime = ifc->conf.holdtime,
			.renewal_ms = register_interval(&ifc->conf),
			.shortcut = ifc->conf.shortcut,
			.redirect = ifc->conf.redirect,
			.nbma = ifc->dev.nbma,
			.nbma6 = ifc->dev.nbma6,
			.proto = ifc->dev.proto,
			.proto_len = ifc->dev.proto_len,
			.proto6 = ifc->dev.proto6,
			.proto6_len = ifc->dev.proto6_len,
			.link_local = ifc->dev.link_local,
			.n_nhs = count_nhs(ifc),
			.n_registered = count_registered(ifc),
			.n_cache = ifc->cache.count,
			.n_shortcut = ifc->shortcuts.count,
			.n_peer = ifc->peers.count,
			.n_pending = ifc->n_pending,
			.refusal = ifc->refusal,
			.refusal_ms = n->now - ifc->refused_at,
			.binding_bytes = sizeof(struct cache_entry),
			.shortcut_bytes = sizeof(struct shortcut),
			.max_send_packets = ifc->conf.max_send_packets,
			.max_send_seconds = ifc->conf.max_send_seconds,
			.max_send_percent = max_send_percent(ifc),
			.counters = &ifc->counters,
		};
		cb(arg, &v);
	}
}

static struct nhrp_cache_view cache_view(const struct cache_entry *entry,
					 uint64_t now)
{
	uint64_t end = entry->b.expires;

	if (entry->orphan_end && entry->orphan_end < end)
		end = entry->orphan_end;
	return (struct nhrp_cache_view){
		.ifname = entry->ifc->conf.name,
		.proto = entry->b.proto,
		.nbma = entry->b.nbma,
		.claimed = entry->b.claimed,
		.kind = entry->b.kind,
		.flags = entry->b.flags,
		.state = entry->peer->state,
		.session = entry->peer->session,
		.multicast = entry->b.multicast,
		.installed = entry->installed,
		.group = group_of(entry->peer),
		.policy = group_policy(entry->peer),
		.age_ms = now - entry->created,
		.expires_ms = until(now, end),
	};
}

void nhrp_walk_cache(const struct nhrp *n, uint64_t now,
		     void (*cb)(void *arg, const struct nhrp_cache_view *view),
		     void *arg)
{
	struct nhrp_cache_view v;
	struct cache_entry *entry;
	struct iface *ifc;

	list_for_each(ifc, &n->ifaces, struct iface, link)
		hash_for_each(entry, &ifc->cache, struct cache_entry, node) {
			v = cache_view(entry, now);
			cb(arg, &v);
		}
}

/* One that stands by is a server, too; the kernel does not know it as such. */
static uint32_t nhs_flag(const struct peer *peer)
{
	return peer->uses_nhs ? DMVPN_PEER_FLAGS_NHS : 0;
}

void nhrp_walk_peers(const struct nhrp *n, uint64_t now,
		     void (*cb)(void *arg, const struct nhrp_peer_view *view),
		     void *arg)
{
	struct nhrp_peer_view v;
	struct iface *ifc;
	struct peer *peer;

	list_for_each(ifc, &n->ifaces, struct iface, link)
		hash_for_each(peer, &ifc->peers, struct peer, node) {
			v = (struct nhrp_peer_view){
				.ifname = ifc->conf.name,
				.nbma = peer->nbma,
				.flags = peer->flags | nhs_flag(peer),
				.session = peer->session,
				.state = peer->state,
				.state_ms = now - peer->state_since,
				.reason = peer->reason,
				.identity = peer->identity,
				.uses = peer->uses,
				.group = group_of(peer),
				.says = peer->group ? peer->group : "",
				.policy = group_policy(peer),
			};
			cb(arg, &v);
		}
}

static uint64_t next_request(const struct nhs *nhs)
{
	if (nhs->req.timer.set)
		return nhs->req.timer.at;
	return nhs->renew.set ? nhs->renew.at : UINT64_MAX;
}

/* The same server, by its address and with the state of this one. */
static struct nhrp_nhs_view alias_view(const struct alias *alias, uint64_t now,
				       const struct nhrp_nhs_view *of)
{
	struct nhrp_nhs_view v = *of;

	v.proto = alias->server;
	v.own = alias->own;
	/* Without the one there is not the other either. */
	if (of->state == NHRP_NHS_UP) {
		v.state = alias->state;
		v.state_ms = now - alias->state_since;
	}
	if (alias->req.timer.set)
		v.next_ms = until(now, alias->req.timer.at);
	else if (alias->again.set)
		v.next_ms = until(now, alias->again.at);
	v.requests = alias->requests;
	v.replies = alias->replies;
	v.refused = alias->refused;
	v.error = alias->error;
	return v;
}

void nhrp_walk_nhs(const struct nhrp *n, uint64_t now,
		   void (*cb)(void *arg, const struct nhrp_nhs_view *view),
		   void *arg)
{
	struct nhrp_nhs_view v, further;
	struct iface *ifc;
	struct nhs *nhs;
	int i;

	list_for_each(ifc, &n->ifaces, struct iface, link)
		list_for_each(nhs, &ifc->nhs, struct nhs, link) {
			v = (struct nhrp_nhs_view){
				.ifname = ifc->conf.name,
				.proto = nhs->proto,
				.own = nhs->own,
				.nbma = nhs->conf.nbma,
				.host = nhs->conf.host,
				.priority = nhs->conf.priority,
				.cluster = nhs->conf.cluster,
				.in_use = nhs->peer && !nhs->failed,
				.fallback_ms = nhs_returns_in(nhs),
				.dynamic = addr_is_none(&nhs->conf.proto),
				.state = nhs->state,
				.state_ms = now - nhs->state_since,
				.next_ms = until(now, next_request(nhs)),
				.nat = nhs->nat,
				.requests = nhs->requests,
				.replies = nhs->replies,
				.refused = nhs->refused,
				.error = nhs->error,
			};
			cb(arg, &v);
			for (i = 0; i < ALIAS_MAX; i++) {
				if (addr_is_none(&nhs->alias[i].own))
					continue;
				further = alias_view(&nhs->alias[i], now, &v);
				cb(arg, &further);
			}
		}
}

static struct nhrp_shortcut_view shortcut_view(const struct shortcut *sc,
					       uint64_t now)
{
	struct nhrp_shortcut_view v = {
		.ifname = sc->ifc->conf.name,
		.dst = sc->dst,
		.state = sc->state,
		.route = sc->route,
		.override = sc->route && sc->override,
		.age_ms = now - sc->created,
		.expires_ms = until(now, sc->expires),
	};

	if (sc->entry) {
		v.via = sc->entry->b.proto;
		v.nbma = sc->entry->b.nbma;
	}
	return v;
}

void nhrp_walk_shortcuts(const struct nhrp *n, uint64_t now,
			 void (*cb)(void *arg,
				    const struct nhrp_shortcut_view *view),
			 void *arg)
{
	struct nhrp_shortcut_view v;
	struct shortcut *sc;
	struct iface *ifc;

	list_for_each(ifc, &n->ifaces, struct iface, link)
		hash_for_each(sc, &ifc->shortcuts, struct shortcut, node) {
			v = shortcut_view(sc, now);
			cb(arg, &v);
		}
}

static size_t count_group(const struct iface *ifc,
			  const struct conf_group_map *map)
{
	struct peer *peer;
	size_t n = 0;

	hash_for_each(peer, &ifc->peers, struct peer, node)
		n += !strcmp(group_of(peer), map->group) &&
		     !strcmp(group_policy(peer), map->service_policy);
	return n;
}

void nhrp_walk_groups(const struct nhrp *n,
		      void (*cb)(void *arg, const struct nhrp_group_view *view),
		      void *arg)
{
	const struct conf_group_map *map;
	struct nhrp_group_view v;
	struct iface *ifc;
	size_t i;

	list_for_each(ifc, &n->ifaces, struct iface, link)
		for (i = 0; i < ifc->conf.n_group_map; i++) {
			map = &ifc->conf.group_map[i];
			v = (struct nhrp_group_view){
				.ifname = ifc->conf.name,
				.group = map->group,
				.policy = map->service_policy,
				.peers = count_group(ifc, map),
			};
			cb(arg, &v);
		}
}
