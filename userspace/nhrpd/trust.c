// SPDX-License-Identifier: GPL-2.0-or-later
#include "nhrpd/cache.h"
#include "nhrpd/identity.h"
#include "nhrpd/observe.h"
#include "nhrpd/peer.h"
#include "nhrpd/trust.h"

static bool is_granted(const struct conf_if *conf, const char *identity,
		       const struct addr *proto)
{
	size_t i;

	for (i = 0; i < conf->n_grant; i++)
		if (prefix_contains(&conf->grant[i].what, proto) &&
		    identity_matches(conf->grant[i].identity, identity))
			return true;
	return false;
}

static bool is_allowed(const struct conf_if *conf, const char *identity,
		       const struct addr *proto)
{
	struct addr own;

	switch (conf->policy) {
	case CONF_POLICY_FIRST_COME:
		return true;
	case CONF_POLICY_IDENTITY:
		return !addr_parse(identity, &own) && addr_equal(&own, proto);
	case CONF_POLICY_TABLE:
		return is_granted(conf, identity, proto);
	case CONF_POLICY_NONE:
		break;
	}
	return false;
}

enum trust trust_of(const struct packet *pkt, const struct addr *proto)
{
	const struct conf_if *conf = &pkt->ifc->conf;
	char identity[IDENTITY_SIZE];

	if (conf->policy == CONF_POLICY_FIRST_COME)
		return TRUST_GIVEN;
	if (!pkt->session || conf->policy == CONF_POLICY_NONE)
		return TRUST_DENIED;
	peer_identity(pkt->ifc, pkt->session, identity);
	if (!identity[0])
		return TRUST_UNKNOWN;
	return is_allowed(conf, identity, proto) ? TRUST_GIVEN : TRUST_DENIED;
}

/* ---- bindings that are there ---- */

static void forget(struct cache_entry *entry, const char *why)
{
	observe(entry->ifc->nhrp, NHRP_EVENT_UNREGISTERED, NHRP_LEVEL_WARNING,
		(struct subject){ entry->ifc, &entry->b.proto, &entry->b.nbma },
		"registration of %s from %s ended: %s",
		addr_text(&entry->b.proto).t, nbma_text(&entry->b.nbma).t, why);
	cache_delete(entry);
}

void trust_configure(struct iface *ifc)
{
	struct cache_entry *entry, *tmp;

	if (ifc->conf.policy == CONF_POLICY_FIRST_COME)
		return;
	if (!ifc->dev.protected && ifc->conf.policy != CONF_POLICY_NONE)
		observe(ifc->nhrp, NHRP_EVENT_INTERFACE, NHRP_LEVEL_WARNING,
			(struct subject){ ifc, NULL, NULL },
			"registration-policy needs to know who a client is,"
			" and without protection nobody tells: all"
			" registrations are refused");
	hash_for_each_safe(entry, tmp, &ifc->cache, struct cache_entry, node)
		if (entry->b.kind == DMVPN_NEXTHOP_KIND_REGISTERED &&
		    (!ifc->dev.protected ||
		     !is_allowed(&ifc->conf, entry->peer->identity,
				 &entry->b.proto)))
			forget(entry, "registration-policy does not allow it");
}

void trust_identity_changed(struct peer *peer)
{
	struct cache_entry *entry, *tmp;

	peer->uses++;
	list_for_each_safe(entry, tmp, &peer->entries, struct cache_entry,
			   peer_link)
		if (entry->b.kind == DMVPN_NEXTHOP_KIND_REGISTERED)
			forget(entry, "another identity is there now");
	peer_release(peer, 0);
}
