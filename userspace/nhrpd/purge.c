// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "nhrpd/cache.h"
#include "nhrpd/codec.h"
#include "nhrpd/error.h"
#include "nhrpd/ext.h"
#include "nhrpd/forward.h"
#include "nhrpd/observe.h"
#include "nhrpd/own.h"
#include "nhrpd/path.h"
#include "nhrpd/peer.h"
#include "nhrpd/purge.h"
#include "nhrpd/register.h"
#include "nhrpd/send.h"
#include "nhrpd/shortcut.h"
#include "nhrpd/source.h"

static void send_request(struct request *req)
{
	struct purge *purge = container_of(req, struct purge, req);
	struct nhrp_cie cie = {
		.prefix_len = purge->what.len,
		.proto = purge->what.addr,
	};
	struct nhrp_msg msg;

	msg_init(purge->ifc, &msg, NHRP_PURGE_REQUEST, &purge->station,
		 &purge->to.addr);
	/* It may be this that is purged, and not there any more. */
	msg.src_proto = purge->src;
	msg.id = req->id;
	msg.cie[msg.n_cie++] = cie;
	if (msg_add_extensions(purge->ifc, &msg))
		send_own(purge->ifc, &purge->to, &msg);
}

static bool any_left(const struct nhrp *n)
{
	struct iface *ifc;

	list_for_each(ifc, &n->ifaces, struct iface, link)
		if (ifc->purges.count)
			return true;
	return false;
}

static void end(struct purge *purge)
{
	struct nhrp *n = purge->ifc->nhrp;

	request_stop(&purge->req);
	hash_del(&purge->ifc->purges, &purge->node);
	free(purge);
	/* The end of all waits for these. */
	if (n->stop_timer.set && !any_left(n))
		timer_set(&n->timers, &n->stop_timer, n->now);
}

static void given_up(struct request *req)
{
	end(container_of(req, struct purge, req));
}

void purge_send(struct iface *ifc, const struct nbma *to,
		const struct addr *station, const struct prefix *what)
{
	struct purge *purge = calloc(1, sizeof(*purge));

	if (!purge || hash_add(&ifc->purges, &purge->node,
			       addr_hash(&to->addr))) {
		free(purge);
		iface_drop(ifc, NHRP_DROP_LIMIT);
		return;
	}
	purge->ifc = ifc;
	purge->to = *to;
	purge->station = *station;
	purge->src = *own_proto(ifc, station);
	if (addr_is_none(&purge->src))
		purge->src = what->addr;
	purge->what = *what;
	request_init(&purge->req, ifc->nhrp, NHRP_PURGE_REQUEST, send_request,
		     given_up);
	observe(ifc->nhrp, NHRP_EVENT_PURGE, NHRP_LEVEL_DEBUG,
		(struct subject){ ifc, station, to },
		"telling %s to forget %s", addr_text(station).t,
		prefix_text(what).t);
	if (!request_start(&purge->req, PURGE_TRIES))
		end(purge);
}

void purge_registration(const struct nhs *nhs, bool all)
{
	struct prefix host = prefix_make(&nhs->own, addr_bits(&nhs->own));
	struct nbma to = { .addr = nhs->conf.nbma };

	/* A server that is not known answers for our own address. */
	if (all || !addr_equal(own_proto(nhs->ifc, &nhs->own), &nhs->own))
		purge_send(nhs->ifc, &to, addr_is_none(&nhs->proto) ?
			   &nhs->own : &nhs->proto, &host);
	alias_purge(nhs, all);
}

/* The first from @node on that goes to @to. */
static struct purge *sent_to(struct hash_node *node, const struct nbma *to)
{
	struct purge *purge;

	for (; node; node = hash_next(node)) {
		purge = container_of(node, struct purge, node);
		if (nbma_equal(&purge->to, to))
			return purge;
	}
	return NULL;
}

void purge_withdraw(struct iface *ifc, const struct nbma *to,
		    const struct addr *own)
{
	struct purge *purge = sent_to(hash_first(&ifc->purges,
						 addr_hash(&to->addr)), to);
	struct purge *next;

	for (; purge; purge = next) {
		next = sent_to(hash_next(&purge->node), to);
		if (prefix_is_host(&purge->what) &&
		    addr_equal(&purge->what.addr, own))
			end(purge);
	}
}

/* A server's own word: it speaks for all but those who are registered here. */
static bool is_servers(const struct packet *pkt, const struct peer *from)
{
	const struct cache_entry *server;

	if (!from || !from->uses_nhs)
		return false;
	server = cache_find(pkt->ifc, &pkt->msg.src_proto);
	return server && server->peer == from;
}

/*
 * Who said what may also take it back. A server speaks for all, but what it
 * only passes on is the word of who made it.
 */
static bool may_purge(const struct packet *pkt, const struct cache_entry *entry)
{
	const struct peer *from = peer_of(pkt->ifc, &pkt->from, pkt->session);

	if (entry->b.kind == DMVPN_NEXTHOP_KIND_REGISTERED)
		return cache_is_holder(entry, &pkt->from, pkt->session);
	if (!from || !from->uses_nhs)
		return from == entry->peer;
	return addr_equal(&pkt->msg.src_proto, &entry->b.proto) ||
	       is_servers(pkt, from);
}

static bool is_dynamic(const struct cache_entry *entry)
{
	return entry->b.kind != DMVPN_NEXTHOP_KIND_STATIC &&
	       entry->b.kind != DMVPN_NEXTHOP_KIND_NHS;
}

static void forget(struct cache_entry *entry)
{
	enum nhrp_event_type type = NHRP_EVENT_PURGE;

	if (entry->b.kind == DMVPN_NEXTHOP_KIND_REGISTERED)
		type = NHRP_EVENT_UNREGISTERED;
	observe(entry->ifc->nhrp, type, NHRP_LEVEL_INFO,
		(struct subject){ entry->ifc, &entry->b.proto,
				  &entry->b.nbma },
		"%s at %s has been purged", addr_text(&entry->b.proto).t,
		nbma_text(&entry->b.nbma).t);
	cache_delete(entry);
}

static void purge_host(const struct packet *pkt, const struct prefix *what)
{
	struct shortcut *sc = shortcut_find(pkt->ifc, what);
	struct cache_entry *entry;

	if (sc && sc->entry && may_purge(pkt, sc->entry))
		shortcut_delete(sc, "purged");
	entry = cache_find(pkt->ifc, &what->addr);
	if (!entry || !is_dynamic(entry))
		return;
	if (may_purge(pkt, entry))
		forget(entry);
	else
		packet_drop(pkt, NHRP_DROP_SOURCE);
}

/**
 * struct wide - prefixes that a packet takes back, and no hosts
 * @what: they
 * @n: their number
 */
struct wide {
	struct prefix what[NHRP_MSG_CIES];
	size_t n;
};

static bool covers(const struct wide *wide, const struct prefix *p)
{
	size_t i;

	for (i = 0; i < wide->n; i++)
		if (prefix_covers(&wide->what[i], p))
			return true;
	return false;
}

static void purge_entry(const struct packet *pkt, const struct wide *wide,
			struct cache_entry *entry)
{
	struct prefix host = prefix_make(&entry->b.proto,
					 addr_bits(&entry->b.proto));
	struct shortcut *sc, *tmp;

	if (!may_purge(pkt, entry))
		return;
	list_for_each_safe(sc, tmp, &entry->shortcuts, struct shortcut,
			   entry_link)
		if (covers(wide, &sc->dst))
			shortcut_delete(sc, "purged");
	if (is_dynamic(entry) && covers(wide, &host))
		forget(entry);
}

static void purge_at(const struct packet *pkt, const struct wide *wide,
		     struct peer *peer)
{
	struct cache_entry *entry, *tmp;

	/* The last entry's deletion would free the list's head. */
	peer->uses++;
	list_for_each_safe(entry, tmp, &peer->entries, struct cache_entry,
			   peer_link)
		purge_entry(pkt, wide, entry);
	peer_release(peer, 0);
}

/* What goes at one peer may be what holds another: the next is held, too. */
static void purge_in(const struct packet *pkt, const struct wide *wide,
		     struct peer *peer)
{
	struct peer *next;

	if (peer)
		peer->uses++;
	for (; peer; peer = next) {
		next = peer_next_in(peer);
		if (next)
			next->uses++;
		purge_at(pkt, wide, peer);
		peer_release(peer, 0);
	}
}

/*
 * All that the sender has said of addresses in there, and nobody else. What a
 * member sends costs no more than what it has said: only for a server all that
 * is known is looked at, and that once for a packet.
 */
static void purge_wide(const struct packet *pkt, const struct wide *wide)
{
	struct peer *from = peer_of(pkt->ifc, &pkt->from, pkt->session);
	struct cache_entry *entry, *tmp;

	if (is_servers(pkt, from)) {
		hash_for_each_safe(entry, tmp, &pkt->ifc->cache,
				   struct cache_entry, node)
			purge_entry(pkt, wide, entry);
		return;
	}
	entry = cache_find(pkt->ifc, &pkt->msg.src_proto);
	if (entry)
		purge_entry(pkt, wide, entry);
	purge_in(pkt, wide, peer_first_in(pkt->ifc, pkt->session));
	from = peer_of(pkt->ifc, &pkt->from, pkt->session);
	if (from)
		purge_at(pkt, wide, from);
}

static void send_reply(const struct packet *pkt)
{
	const struct nhrp_msg *request = &pkt->msg;
	struct nhrp_msg msg;
	size_t i;

	msg_init_reply(pkt->ifc, &msg, request, NHRP_PURGE_REPLY);
	for (i = 0; i < request->n_cie; i++)
		msg.cie[msg.n_cie++] = request->cie[i];
	send_own(pkt->ifc, &pkt->from, &msg);
}

/* A client that does not know its server sends it to its own address. */
static bool is_for_us(const struct packet *pkt)
{
	const struct addr *dst = &pkt->msg.dst_proto;

	return is_own_proto(pkt->ifc, dst) ||
	       addr_equal(dst, &pkt->msg.src_proto);
}

void purge_request(struct packet *pkt)
{
	struct wide wide = { .n = 0 };
	struct prefix what;
	size_t i;

	if (!is_for_us(pkt)) {
		if (source_asks(pkt))
			forward_packet(pkt, &pkt->msg.dst_proto);
		else
			packet_drop(pkt, NHRP_DROP_SOURCE);
		return;
	}
	if (error_extension(pkt))
		return;
	/* First the reply: the way back may be what is purged. */
	if (!(pkt->msg.flags & NHRP_FLAG_PURGE_NO_REPLY))
		send_reply(pkt);
	for (i = 0; i < pkt->msg.n_cie; i++) {
		what = nhrp_cie_prefix(&pkt->msg.cie[i],
				       &pkt->msg.cie[i].proto);
		if (prefix_is_host(&what))
			purge_host(pkt, &what);
		else if (!addr_is_none(&what.addr))
			wide.what[wide.n++] = what;
	}
	if (wide.n)
		purge_wide(pkt, &wide);
}

void purge_reply(struct packet *pkt)
{
	struct request *req;

	req = request_find(pkt->ifc->nhrp, NHRP_PURGE_REQUEST, pkt->msg.id);
	if (req && addr_equal(&container_of(req, struct purge, req)->src,
			      &pkt->msg.src_proto))
		end(container_of(req, struct purge, req));
	else if (!is_own_proto(pkt->ifc, &pkt->msg.src_proto))
		forward_packet(pkt, &pkt->msg.src_proto);
	else
		packet_drop(pkt, NHRP_DROP_NO_REQUEST);
}

void purge_error(struct request *req)
{
	given_up(req);
}

void purge_peer_ended(const struct peer *peer)
{
	uint32_t hash = addr_hash(&peer->nbma.addr);
	struct purge *purge;

	while ((purge = sent_to(hash_first(&peer->ifc->purges, hash),
				&peer->nbma)))
		end(purge);
}

void purge_stop(struct iface *ifc)
{
	struct purge *purge, *tmp;

	hash_for_each_safe(purge, tmp, &ifc->purges, struct purge, node)
		end(purge);
}
