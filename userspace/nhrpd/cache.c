// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "nhrpd/cache.h"
#include "nhrpd/group.h"
#include "nhrpd/observe.h"
#include "nhrpd/peer.h"

struct cache_entry *cache_find(const struct iface *ifc,
			       const struct addr *proto)
{
	struct cache_entry *entry;
	struct hash_node *node;

	for (node = hash_first(&ifc->cache, addr_hash(proto)); node;
	     node = hash_next(node)) {
		entry = container_of(node, struct cache_entry, node);
		if (addr_equal(&entry->b.proto, proto))
			return entry;
	}
	return NULL;
}

/* Higher is better: is not replaced by a lower one. */
static int kind_rank(uint32_t kind)
{
	switch ((enum dmvpn_nexthop_kind)kind) {
	case DMVPN_NEXTHOP_KIND_STATIC:
		return 5;
	case DMVPN_NEXTHOP_KIND_NHS:
		return 4;
	case DMVPN_NEXTHOP_KIND_REGISTERED:
		return 3;
	case DMVPN_NEXTHOP_KIND_SHORTCUT:
		return 2;
	case DMVPN_NEXTHOP_KIND_CACHED:
		return 1;
	}
	return 0;
}

/* Found in the kernel, but not configured (any more). */
static bool is_leftover(const struct cache_entry *entry)
{
	return entry->adopted &&
	       (entry->b.kind == DMVPN_NEXTHOP_KIND_STATIC ||
		entry->b.kind == DMVPN_NEXTHOP_KIND_NHS);
}

/* There is another path until the session is up: do not take it away. */
static bool waits_for_session(const struct binding *b)
{
	return b->kind == DMVPN_NEXTHOP_KIND_CACHED ||
	       b->kind == DMVPN_NEXTHOP_KIND_SHORTCUT;
}

static uint32_t hold_flags(const struct binding *b)
{
	return b->multicast ? DMVPN_PEER_FLAGS_MULTICAST : 0;
}

static void tell(struct cache_entry *entry, enum cache_event event)
{
	if (entry->ifc->on_cache)
		entry->ifc->on_cache(entry, event);
}

static void install(struct cache_entry *entry)
{
	struct nhrp *n = entry->ifc->nhrp;
	struct kernel_nexthop k = {
		.address = entry->b.proto,
		.nbma = entry->b.nbma,
		.claimed = entry->b.claimed,
		.state = DMVPN_NEXTHOP_STATE_VALID,
		.kind = entry->b.kind,
		.flags = entry->b.flags,
		.lifetime = nhrp_seconds_left(n, entry->b.expires),
	};
	bool was = entry->installed;

	if (waits_for_session(&entry->b) && !peer_is_up(entry->peer))
		return;
	if (n->ops->nexthop_new(n->ctx, entry->ifc->dev.ifindex, &k))
		return;
	entry->installed = true;
	if (!was)
		tell(entry, CACHE_INSTALLED);
}

static void uninstall(struct cache_entry *entry)
{
	struct nhrp *n = entry->ifc->nhrp;

	if (entry->installed)
		n->ops->nexthop_del(n->ctx, entry->ifc->dev.ifindex,
				    &entry->b.proto);
	entry->installed = false;
}

void cache_delete(struct cache_entry *entry)
{
	struct iface *ifc = entry->ifc;

	tell(entry, CACHE_DELETED);
	uninstall(entry);
	timer_stop(&ifc->nhrp->timers, &entry->timer);
	list_del(&entry->peer_link);
	hash_del(&ifc->cache, &entry->node);
	peer_release(entry->peer, hold_flags(&entry->b));
	free(entry);
}

static void set_timer(struct cache_entry *entry)
{
	struct nhrp *n = entry->ifc->nhrp;
	uint64_t at = entry->b.expires;

	if (entry->orphan_end && entry->orphan_end < at)
		at = entry->orphan_end;
	if (at == UINT64_MAX)
		timer_stop(&n->timers, &entry->timer);
	else
		timer_set(&n->timers, &entry->timer, at);
}

static void expired(struct timer *t)
{
	struct cache_entry *entry = container_of(t, struct cache_entry, timer);
	struct nhrp *n = entry->ifc->nhrp;
	struct subject about = { entry->ifc, &entry->b.proto, &entry->b.nbma };
	bool orphan = n->now < entry->b.expires;

	if (entry->b.kind == DMVPN_NEXTHOP_KIND_REGISTERED)
		observe(n, NHRP_EVENT_UNREGISTERED, NHRP_LEVEL_INFO, about,
			"registration of %s from %s %s",
			addr_text(&entry->b.proto).t,
			nbma_text(&entry->b.nbma).t,
			orphan ? "ended with its session" : "expired");
	else
		observe(n, NHRP_EVENT_CACHE, NHRP_LEVEL_DEBUG, about,
			"%s at %s expired", addr_text(&entry->b.proto).t,
			nbma_text(&entry->b.nbma).t);
	cache_delete(entry);
}

static struct cache_entry *create(struct iface *ifc, const struct binding *b)
{
	struct cache_entry *entry = calloc(1, sizeof(*entry));

	if (!entry)
		return NULL;
	entry->ifc = ifc;
	entry->b = *b;
	entry->created = ifc->nhrp->now;
	timer_init(&entry->timer, expired);
	list_init(&entry->peer_link);
	list_init(&entry->shortcuts);
	entry->peer = peer_hold(ifc, &b->nbma, hold_flags(b));
	if (entry->peer &&
	    !hash_add(&ifc->cache, &entry->node, addr_hash(&b->proto))) {
		list_add(&entry->peer->entries, &entry->peer_link);
		group_apply(entry->peer);
		return entry;
	}
	if (entry->peer)
		peer_release(entry->peer, hold_flags(b));
	free(entry);
	return NULL;
}

/* Move an entry to another peer; false without memory. */
static bool move(struct cache_entry *entry, const struct binding *b)
{
	struct peer *peer = peer_hold(entry->ifc, &b->nbma, hold_flags(b));
	struct peer *old = entry->peer;
	uint32_t old_flags = hold_flags(&entry->b);

	if (!peer)
		return false;
	/* Until the new session is up, a resolved one goes by the hub. */
	if (waits_for_session(b) && !peer_is_up(peer))
		uninstall(entry);
	list_del(&entry->peer_link);
	entry->peer = peer;
	list_add(&peer->entries, &entry->peer_link);
	entry->b = *b;
	group_apply(peer);
	/* The kernel's next hop must not use the old peer when it goes. */
	install(entry);
	peer_release(old, old_flags);
	return true;
}

static bool update(struct cache_entry *entry, const struct binding *b)
{
	entry->adopted = false;
	entry->orphan_end = 0;
	if (!nbma_equal(&entry->b.nbma, &b->nbma))
		return move(entry, b);
	peer_change(entry->peer, hold_flags(&entry->b), hold_flags(b));
	entry->b = *b;
	install(entry);
	return true;
}

enum cache_result cache_set(struct iface *ifc, const struct binding *b,
			    struct cache_entry **result)
{
	struct cache_entry *entry = cache_find(ifc, &b->proto);

	if (result)
		*result = entry;
	if (entry) {
		if (kind_rank(b->kind) < kind_rank(entry->b.kind) &&
		    !is_leftover(entry))
			return CACHE_KEPT;
		if (!update(entry, b))
			return CACHE_FULL;
		set_timer(entry);
		return CACHE_OK;
	}
	if (ifc->cache.count >= ifc->conf.cache_limit)
		return CACHE_FULL;
	entry = create(ifc, b);
	if (!entry)
		return CACHE_FULL;
	set_timer(entry);
	if (result)
		*result = entry;
	install(entry);
	return CACHE_OK;
}

/*
 * A session that ended before our time is waited for as others are; what goes
 * by the hub without one does so at once, as soon as that may be told.
 */
static void missed_its_end(struct cache_entry *entry)
{
	struct nhrp *n = entry->ifc->nhrp;

	if (peer_is_up(entry->peer))
		return;
	if (entry->b.kind == DMVPN_NEXTHOP_KIND_REGISTERED)
		entry->orphan_end = nhrp_in(n, CACHE_ORPHAN_MS);
	else if (waits_for_session(&entry->b))
		entry->orphan_end = nhrp_in(n, 0);
}

enum cache_result cache_adopt(struct iface *ifc, const struct binding *b)
{
	struct cache_entry *entry;

	if (cache_find(ifc, &b->proto))
		return CACHE_KEPT;
	entry = create(ifc, b);
	if (!entry)
		return CACHE_FULL;
	entry->installed = true;
	entry->adopted = true;
	missed_its_end(entry);
	set_timer(entry);
	return CACHE_OK;
}

void cache_set_multicast(struct cache_entry *entry, bool multicast)
{
	uint32_t old = hold_flags(&entry->b);

	entry->b.multicast = multicast;
	peer_change(entry->peer, old, hold_flags(&entry->b));
}

void cache_restore(struct cache_entry *entry)
{
	install(entry);
}

void cache_refused(struct cache_entry *entry)
{
	entry->installed = false;
}

void cache_peer_lost(struct peer *peer)
{
	struct cache_entry *entry;

	list_for_each(entry, &peer->entries, struct cache_entry, peer_link)
		if (entry->installed)
			install(entry);
}

bool cache_is_holder(const struct cache_entry *entry,
		     const struct nbma *remote, uint32_t session)
{
	if (session && entry->peer->session)
		return session == entry->peer->session;
	return peer_of(entry->ifc, remote, session) == entry->peer;
}

bool cache_is_live(const struct cache_entry *entry)
{
	return entry->ifc->nhrp->now < entry->b.expires &&
	       peer_is_up(entry->peer);
}

bool cache_is_settled(const struct peer *peer)
{
	const struct cache_entry *entry;

	list_for_each(entry, &peer->entries, struct cache_entry, peer_link)
		if (!waits_for_session(&entry->b))
			return true;
	return false;
}

static void session_came(struct cache_entry *entry)
{
	entry->orphan_end = 0;
	entry->b.session = entry->peer->session;
	set_timer(entry);
	if (!entry->installed)
		install(entry);
}

/* A session ended, or could not be had. */
static void session_went(struct cache_entry *entry, bool was_up)
{
	struct nhrp *n = entry->ifc->nhrp;

	switch ((enum dmvpn_nexthop_kind)entry->b.kind) {
	case DMVPN_NEXTHOP_KIND_STATIC:
	case DMVPN_NEXTHOP_KIND_NHS:
		return;
	case DMVPN_NEXTHOP_KIND_REGISTERED:
		if (entry->orphan_end)
			return;
		entry->orphan_end = nhrp_in(n, CACHE_ORPHAN_MS);
		set_timer(entry);
		return;
	case DMVPN_NEXTHOP_KIND_CACHED:
	case DMVPN_NEXTHOP_KIND_SHORTCUT:
		if (!was_up)
			tell(entry, CACHE_FAILED);
		cache_delete(entry);
		return;
	}
}

static bool session_ended(const struct peer *peer, bool was_up)
{
	switch ((enum dmvpn_session_state)peer->state) {
	case DMVPN_SESSION_STATE_UP:
		return false;
	case DMVPN_SESSION_STATE_DOWN:
	case DMVPN_SESSION_STATE_FAILED:
		return true;
	case DMVPN_SESSION_STATE_ACQUIRING:
		return was_up;
	}
	return false;
}

void cache_peer_changed(struct peer *peer, uint32_t old_state)
{
	bool was_up = old_state == DMVPN_SESSION_STATE_UP;
	bool ended = session_ended(peer, was_up);
	struct cache_entry *entry, *tmp;

	/* The last entry's deletion would free the list's head. */
	peer->uses++;
	list_for_each_safe(entry, tmp, &peer->entries, struct cache_entry,
			   peer_link) {
		if (peer_is_up(peer))
			session_came(entry);
		else if (ended)
			session_went(entry, was_up);
	}
	peer_release(peer, 0);
}
