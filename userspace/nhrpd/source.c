// SPDX-License-Identifier: GPL-2.0-or-later
#include "nhrpd/cache.h"
#include "nhrpd/ext.h"
#include "nhrpd/own.h"
#include "nhrpd/path.h"
#include "nhrpd/peer.h"
#include "nhrpd/register.h"
#include "nhrpd/source.h"

static bool is_server(const struct packet *pkt)
{
	const struct peer *from = peer_of(pkt->ifc, &pkt->from, pkt->session);

	return from && from->uses_nhs;
}

/* A hub below this one: packets to @proto go to where this one came from. */
static bool is_behind(const struct packet *pkt, const struct addr *proto)
{
	const struct peer *from = peer_of(pkt->ifc, &pkt->from, pkt->session);
	struct path path = path_find(pkt->ifc, proto);

	return from && path.kind == PATH_CLOUD && path.peer == from &&
	       !addr_equal(&path.next, proto);
}

/* @proto and @nbma are of the one who sent this, by its session. */
static bool is_sender(struct packet *pkt, const struct cache_entry *entry,
		      const struct addr *nbma)
{
	return cache_is_holder(entry, &pkt->from, pkt->session) &&
	       (addr_equal(nbma, &pkt->from.addr) ||
		addr_equal(nbma, &entry->b.claimed)) &&
	       ext_nat_agrees(&pkt->msg, &entry->b.proto, &pkt->from.addr);
}

/* We are there, or somebody else who is registered, or a server. */
static bool is_anothers(const struct packet *pkt, const struct addr *nbma)
{
	const struct peer *from = peer_of(pkt->ifc, &pkt->from, pkt->session);
	const struct peer *peer;

	if (is_own_nbma(pkt->ifc, nbma))
		return true;
	for (peer = peer_first_at(pkt->ifc, nbma); peer;
	     peer = peer_next_at(peer))
		if (peer != from && cache_is_settled(peer))
			return true;
	return false;
}

/* Clients of a hub below may be anywhere, but not in others' places. */
static bool is_clients_place(struct packet *pkt, const struct addr *proto,
			     const struct addr *nbma)
{
	struct addr seen = ext_nat(&pkt->msg, proto);

	if (addr_is_none(&seen))
		seen = *nbma;
	return !is_anothers(pkt, &seen) &&
	       ext_nat_agrees(&pkt->msg, proto, &seen);
}

static bool may_say(struct packet *pkt, const struct addr *proto,
		    const struct addr *nbma)
{
	const struct cache_entry *entry = cache_find(pkt->ifc, proto);

	if (entry && is_sender(pkt, entry, nbma))
		return true;
	return (!entry || entry->b.kind != DMVPN_NEXTHOP_KIND_REGISTERED) &&
	       is_behind(pkt, proto) && is_clients_place(pkt, proto, nbma);
}

bool source_asks(struct packet *pkt)
{
	return is_server(pkt) ||
	       may_say(pkt, &pkt->msg.src_proto, &pkt->msg.src_nbma);
}

/* The request says of who asks what we know, and no more. */
static bool is_as_known(struct packet *pkt, const struct cache_entry *entry)
{
	struct addr nat = ext_nat(&pkt->msg, &pkt->msg.src_proto);
	const struct addr *nbma = &pkt->msg.src_nbma;

	if (!addr_is_none(&nat))
		return addr_equal(&nat, &entry->b.nbma.addr);
	return addr_equal(nbma, &entry->b.nbma.addr) ||
	       addr_equal(nbma, &entry->b.claimed);
}

bool source_asks_us(struct packet *pkt)
{
	const struct cache_entry *entry = cache_find(pkt->ifc,
						     &pkt->msg.src_proto);

	if (source_asks(pkt))
		return true;
	if (entry)
		return entry->b.kind != DMVPN_NEXTHOP_KIND_REGISTERED &&
		       is_as_known(pkt, entry);
	return true;
}

/* Whose address a positive reply tells; NULL if it tells none. */
static const struct addr *told(const struct packet *pkt)
{
	const struct nhrp_cie *cie = &pkt->msg.cie[0];

	if (!pkt->msg.n_cie || cie->code)
		return NULL;
	return addr_is_none(&cie->proto) ? &pkt->msg.dst_proto : &cie->proto;
}

bool source_answers(struct packet *pkt)
{
	const struct addr *proto = told(pkt);

	return !proto || is_server(pkt) ||
	       may_say(pkt, proto, &pkt->msg.cie[0].nbma);
}

bool source_answers_us(struct packet *pkt)
{
	const struct addr *proto = told(pkt);
	const struct cache_entry *entry;
	struct addr seen;

	if (source_answers(pkt))
		return true;
	entry = cache_find(pkt->ifc, proto);
	if (entry && (cache_is_live(entry) ||
		      cache_is_holder(entry, &pkt->from, pkt->session)))
		return false;
	seen = ext_nat(&pkt->msg, proto);
	if (addr_is_none(&seen))
		seen = pkt->msg.cie[0].nbma;
	return addr_equal(&seen, &pkt->from.addr);
}

static bool is_our_nat(const struct iface *ifc, const struct addr *a)
{
	const struct nhs *nhs;

	list_for_each(nhs, &ifc->nhs, struct nhs, link)
		if (addr_equal(&nhs->nat, a))
			return true;
	return false;
}

static bool has_other(const struct peer *peer, const struct binding *b)
{
	const struct cache_entry *entry;

	list_for_each(entry, &peer->entries, struct cache_entry, peer_link)
		if (!addr_equal(&entry->b.claimed, &b->claimed) &&
		    !addr_equal(&entry->b.proto, &b->proto))
			return true;
	return false;
}

bool source_is_vague(const struct iface *ifc, const struct binding *b)
{
	const struct peer *peer;

	if (!(b->flags & DMVPN_NEXTHOP_FLAGS_NAT) || b->nbma.port)
		return false;
	if (is_our_nat(ifc, &b->nbma.addr))
		return true;
	for (peer = peer_first_at(ifc, &b->nbma.addr); peer;
	     peer = peer_next_at(peer))
		if (has_other(peer, b))
			return true;
	return false;
}
