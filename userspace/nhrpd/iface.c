// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "nhrpd/adopt.h"
#include "nhrpd/answer.h"
#include "nhrpd/authorize.h"
#include "nhrpd/cache.h"
#include "nhrpd/carrier.h"
#include "nhrpd/group.h"
#include "nhrpd/iface.h"
#include "nhrpd/map.h"
#include "nhrpd/observe.h"
#include "nhrpd/own.h"
#include "nhrpd/peer.h"
#include "nhrpd/purge.h"
#include "nhrpd/qos.h"
#include "nhrpd/redirect.h"
#include "nhrpd/register.h"
#include "nhrpd/resolve.h"
#include "nhrpd/server.h"
#include "nhrpd/shortcut.h"
#include "nhrpd/trigger.h"
#include "nhrpd/trust.h"

static const struct prefix everything;
static const struct prefix ipv6 = { .addr.len = 16 };

struct iface *iface_find(const struct nhrp *n, const char *name)
{
	struct iface *ifc;

	list_for_each(ifc, &n->ifaces, struct iface, link)
		if (!strcmp(ifc->conf.name, name))
			return ifc;
	return NULL;
}

struct iface *iface_of_device(const struct nhrp *n, uint32_t ifindex)
{
	struct iface *ifc;

	list_for_each(ifc, &n->ifaces, struct iface, link)
		if (ifc->dev.ifindex && ifc->dev.ifindex == ifindex)
			return ifc;
	return NULL;
}

/* Who holds a peer may give it back when its state changes. */
static void on_peer(struct peer *peer, uint32_t old_state)
{
	peer->uses++;
	if (old_state == DMVPN_SESSION_STATE_UP)
		purge_peer_ended(peer);
	cache_peer_changed(peer, old_state);
	if (!peer->ifc->nhrp->stopping) {
		resolve_peer_changed(peer);
		register_peer_changed(peer);
	}
	peer_release(peer, 0);
}

static struct iface *create(struct nhrp *n, const char *name)
{
	struct iface *ifc = calloc(1, sizeof(*ifc));

	if (!ifc)
		return NULL;
	ifc->nhrp = n;
	conf_if_init(&ifc->conf);
	strncpy(ifc->conf.name, name, sizeof(ifc->conf.name) - 1);
	hash_init(&ifc->peers);
	hash_init(&ifc->cache);
	hash_init(&ifc->shortcuts);
	hash_init(&ifc->flows);
	hash_init(&ifc->triggers);
	hash_init(&ifc->answers);
	hash_init(&ifc->askers);
	hash_init(&ifc->purges);
	list_init(&ifc->nhs);
	list_init(&ifc->maps);
	list_init(&ifc->pending);
	list_init(&ifc->adopted);
	ifc->on_peer = on_peer;
	ifc->on_identity = trust_identity_changed;
	ifc->on_cache = shortcut_cache_changed;
	list_add(&n->ifaces, &ifc->link);
	return ifc;
}

struct iface *iface_get(struct nhrp *n, const char *name)
{
	struct iface *ifc = iface_find(n, name);

	return ifc ? ifc : create(n, name);
}

/* ---- active or not ---- */

static const struct addr no_addr;

static bool can_be_active(const struct iface *ifc)
{
	const struct nhrp *n = ifc->nhrp;

	return n->started && !n->stopping && ifc->configured &&
	       ifc->dev.ifindex && ifc->dev.up &&
	       !addr_is_none(own_nbma_any(ifc, &ifc->dev.nbma)) &&
	       !addr_is_none(own_proto(ifc, &no_addr));
}

static void tell(const struct iface *ifc, const char *what)
{
	const struct nhrp_link *dev = &ifc->dev;
	const struct addr *proto = own_proto(ifc, &no_addr);
	struct nbma nbma = { .addr = *own_nbma_any(ifc, &dev->nbma) };
	bool two = !addr_is_none(&dev->proto) && !addr_is_none(&dev->proto6);
	bool both = !addr_is_none(&dev->nbma) && !addr_is_none(&dev->nbma6);

	observe(ifc->nhrp, NHRP_EVENT_INTERFACE, NHRP_LEVEL_INFO,
		(struct subject){ ifc, proto, &nbma },
		"%s with tunnel address %s%s%s, NBMA address %s%s%s", what,
		addr_text(proto).t, two ? " and " : "",
		two ? addr_text(&dev->proto6).t : "",
		addr_text(&nbma.addr).t, both ? " and " : "",
		both ? addr_text(&dev->nbma6).t : "");
}

static void activate(struct iface *ifc)
{
	ifc->active = true;
	iface_count(ifc, NHRP_CHANGE_UP);
	tell(ifc, "up");
	/* Before there are packets that it could lose. */
	qos_queueing(ifc);
	map_start(ifc);
	register_start(ifc);
	trust_configure(ifc);
	group_configure(ifc);
	/* What others were told before may lead nowhere now. */
	answer_purge(ifc, &everything);
}

static void flush_cache(struct iface *ifc)
{
	struct cache_entry *entry, *tmp;

	hash_for_each_safe(entry, tmp, &ifc->cache, struct cache_entry, node)
		cache_delete(entry);
}

/* All but what others were told. */
static void stop(struct iface *ifc)
{
	if (ifc->active) {
		iface_count(ifc, NHRP_CHANGE_DOWN);
		tell(ifc, "down");
	}
	authorize_stop(ifc);
	resolve_stop(ifc);
	shortcut_clear(ifc, &everything);
	register_stop(ifc);
	map_stop(ifc);
	flush_cache(ifc);
	purge_stop(ifc);
	redirect_stop(ifc);
	trigger_stop(ifc);
	adopt_start(ifc);
	peer_disown(ifc);
	ifc->active = false;
	carrier_update(ifc);
}

void iface_stop(struct iface *ifc)
{
	stop(ifc);
	answer_stop(ifc);
}

/* What was adopted before there was a reason to stop goes with it. */
static void update(struct iface *ifc)
{
	bool can = can_be_active(ifc);

	if (!ifc->nhrp->started || ifc->nhrp->stopping)
		return;
	qos_update(ifc);
	if (can && !ifc->active)
		activate(ifc);
	else if (!can)
		stop(ifc);
	carrier_update(ifc);
}

void iface_start(struct iface *ifc)
{
	adopt_start(ifc);
	carrier_start(ifc);
	update(ifc);
}

/* IPv4 is what a cloud stands on; it may come later, as IPv6 may. */
static bool same_ends(const struct nhrp_link *a, const struct nhrp_link *b)
{
	return a->ifindex == b->ifindex && a->protected == b->protected &&
	       addr_equal(&a->nbma, &b->nbma) &&
	       addr_equal(&a->nbma6, &b->nbma6) &&
	       (addr_is_none(&a->proto) ||
		(addr_equal(&a->proto, &b->proto) &&
		 a->proto_len == b->proto_len));
}

static bool same_ipv6(const struct nhrp_link *a, const struct nhrp_link *b)
{
	return addr_equal(&a->proto6, &b->proto6) &&
	       addr_equal(&a->link_local, &b->link_local);
}

static bool is_resolved(const struct cache_entry *entry)
{
	return entry->b.kind == DMVPN_NEXTHOP_KIND_SHORTCUT ||
	       entry->b.kind == DMVPN_NEXTHOP_KIND_CACHED;
}

/* Whoever answered us knows our address as it was. */
static void take_back(struct iface *ifc, const struct prefix *in)
{
	struct cache_entry *entry;
	struct prefix own;

	answer_purge(ifc, in);
	hash_for_each(entry, &ifc->cache, struct cache_entry, node) {
		if (entry->b.kind != DMVPN_NEXTHOP_KIND_SHORTCUT ||
		    (!addr_is_none(&in->addr) &&
		     !prefix_contains(in, &entry->b.proto)))
			continue;
		own = prefix_make(own_proto(ifc, &entry->b.proto), 128);
		purge_send(ifc, &entry->b.nbma, &entry->b.proto, &own);
	}
}

/* What was agreed on with an address that will not be there any more. */
static void leave_ipv6(struct iface *ifc)
{
	struct cache_entry *entry, *tmp;

	take_back(ifc, &ipv6);
	shortcut_clear(ifc, &ipv6);
	hash_for_each_safe(entry, tmp, &ifc->cache, struct cache_entry, node)
		if (entry->b.proto.len == 16 && is_resolved(entry))
			cache_delete(entry);
}

/* An address on the link is for those that speak IPv6. */
static struct nhrp_link spoken(const struct nhrp_link *dev)
{
	struct nhrp_link link = *dev;

	if (addr_is_none(&link.proto6))
		link.link_local = (struct addr){ 0 };
	return link;
}

void iface_set_device(struct iface *ifc, const struct nhrp_link *dev)
{
	static const struct nhrp_link none;
	struct nhrp_link link = spoken(dev ? dev : &none);
	bool changed;

	/* With the old number, while it still has it. */
	if (ifc->active && !same_ends(&ifc->dev, &link))
		stop(ifc);
	changed = ifc->active && !(same_ipv6(&ifc->dev, &link) &&
				   addr_equal(&ifc->dev.proto, &link.proto));
	/* One that goes down loses them all, and can tell nobody. */
	if (changed && link.up && !addr_is_none(&ifc->dev.proto6) &&
	    !same_ipv6(&ifc->dev, &link))
		leave_ipv6(ifc);
	ifc->dev = link;
	update(ifc);
	if (changed && ifc->active) {
		tell(ifc, "goes on");
		register_addresses(ifc);
	}
}

void iface_leave(struct iface *ifc)
{
	if (!ifc->active)
		return;
	register_stop_renewal(ifc);
	authorize_stop(ifc);
	resolve_stop(ifc);
	take_back(ifc, &everything);
}

/* ---- configuration ---- */

/* What packets are sent with. */
static bool same_key(const struct conf_if *a, const struct conf_if *b)
{
	if (!a->n_key || !b->n_key)
		return a->n_key == b->n_key && !strcmp(a->auth, b->auth);
	return a->key->spi == b->key->spi &&
	       a->key->algorithm == b->key->algorithm &&
	       a->key->len == b->key->len &&
	       !memcmp(a->key->secret, b->key->secret, a->key->len);
}

/* Servers have to hear of these. */
static bool same_registration(const struct conf_if *a, const struct conf_if *b)
{
	return a->holdtime == b->holdtime && a->unique == b->unique &&
	       a->mtu == b->mtu && same_key(a, b) &&
	       a->registration_timeout == b->registration_timeout &&
	       !strcmp(a->group, b->group);
}

static void apply(struct iface *ifc, const struct conf_if *old)
{
	bool again = !same_registration(old, &ifc->conf);

	if (old->n_group_map || ifc->conf.n_group_map)
		qos_queueing(ifc);
	if (ifc->active)
		group_configure(ifc);
	if (map_configure(ifc) || register_configure(ifc))
		observe(ifc->nhrp, NHRP_EVENT_INTERFACE, NHRP_LEVEL_WARNING,
			(struct subject){ ifc, NULL, NULL },
			"out of memory: a part of the configuration is not in"
			" force, reload it");
	server_configure(ifc);
	authorize_configure(ifc, old);
	if (ifc->active)
		trust_configure(ifc);
	if (old->shortcut && !ifc->conf.shortcut)
		shortcut_clear(ifc, &everything);
	update(ifc);
	if (ifc->active)
		answer_check(ifc);
	if (ifc->active && again)
		register_again(ifc);
	if (ifc->active && strcmp(old->group, ifc->conf.group))
		shortcut_again(ifc);
	else if (ifc->active)
		shortcut_tell_rates(ifc);
}

void iface_configure(struct iface *ifc, struct conf_if *conf)
{
	struct conf_if old = ifc->conf;

	ifc->configured = conf != NULL;
	if (conf)
		ifc->conf = *conf;
	else
		conf_if_init(&ifc->conf);
	memcpy(ifc->conf.name, old.name, sizeof(old.name));
	apply(ifc, &old);
	conf_if_free(&old);
}

void iface_drop_unused(struct iface *ifc)
{
	if (!ifc->configured && !ifc->dev.ifindex)
		iface_destroy(ifc);
}

void iface_destroy(struct iface *ifc)
{
	iface_stop(ifc);
	iface_configure(ifc, NULL);
	hash_fini(&ifc->peers);
	hash_fini(&ifc->cache);
	hash_fini(&ifc->shortcuts);
	hash_fini(&ifc->flows);
	hash_fini(&ifc->triggers);
	hash_fini(&ifc->answers);
	hash_fini(&ifc->askers);
	hash_fini(&ifc->purges);
	routes_forget(ifc);
	list_del(&ifc->link);
	free(ifc);
}
