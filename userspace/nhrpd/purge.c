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
		if (!list_empty(&ifc->purges))
			return true;
	return false;
}

static void end(struct purge *purge)
{
	struct nhrp *n = purge->ifc->nhrp;

	request_stop(&purge->req);
	list_del(&purge->link);
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

	if (!purge) {
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
	list_add(&ifc->purges, &purge->link);
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

void purge_withdraw(struct iface *ifc, const struct nbma *to,
		    const struct addr *own)
{
	struct purge *purge, *tmp;

	list_for_each_safe(purge, tmp, &ifc->purges, struct purge, link)
		if (nbma_equal(&purge->to, to) &&
		    prefix_is_host(&purge->what) &&
		    addr_equal(&purge->what.addr, own))
			end(purge);
}

/*
 * Who said what may also take it back. A server speaks for all, but what it
 * only passes on is the word of who made it.
 */
static bool may_purge(const struct packet *pkt, const struct cache_entry *entry)
{
	const struct peer *from = peer_of(pkt->ifc, &pkt->from, pkt->session);
	const struct addr *maker = &pkt->msg.src_proto;
	const struct cache_entry *server;

	if (entry->b.kind == DMVPN_NEXTHOP_KIND_REGISTERED)
		return cache_is_holder(entry, &pkt->from, pkt->session);
	if (!from || !from->uses_nhs)
		return from == entry->peer;
	server = cache_find(pkt->ifc, maker);
	return addr_equal(maker, &entry->b.proto) ||
	       (server && server->peer == from);
}

static bool is_dynamic(const struct cache_entry *entry)
{
	return entry->b.kind != DMVPN_NEXTHOP_KIND_STATIC &&
	       entry->b.kind != DMVPN_NEXTHOP_KIND_NHS;
}

static void purge_shortcuts(const struct packet *pkt, const struct prefix *what)
{
	struct shortcut *sc, *tmp;

	hash_for_each_safe(sc, tmp, &pkt->ifc->shortcuts, struct shortcut,
			   node)
		if (sc->entry && prefix_covers(what, &sc->dst) &&
		    may_purge(pkt, sc->entry))
			shortcut_delete(sc, "purged");
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

static void purge_binding(const struct packet *pkt, const struct addr *proto)
{
	struct cache_entry *entry = cache_find(pkt->ifc, proto);

	if (!entry || !is_dynamic(entry))
		return;
	if (may_purge(pkt, entry))
		forget(entry);
	else
		packet_drop(pkt, NHRP_DROP_SOURCE);
}

/* All that the sender has said of addresses in there, and nobody else. */
static void purge_bindings(const struct packet *pkt, const struct prefix *what)
{
	struct cache_entry *entry, *tmp;

	if (prefix_is_host(what)) {
		purge_binding(pkt, &what->addr);
		return;
	}
	hash_for_each_safe(entry, tmp, &pkt->ifc->cache, struct cache_entry,
			   node)
		if (prefix_contains(what, &entry->b.proto) &&
		    is_dynamic(entry) && may_purge(pkt, entry))
			forget(entry);
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
		if (addr_is_none(&what.addr))
			continue;
		purge_shortcuts(pkt, &what);
		purge_bindings(pkt, &what);
	}
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
	struct purge *purge, *tmp;

	list_for_each_safe(purge, tmp, &peer->ifc->purges, struct purge, link)
		if (nbma_equal(&purge->to, &peer->nbma))
			end(purge);
}

void purge_stop(struct iface *ifc)
{
	struct purge *purge, *tmp;

	list_for_each_safe(purge, tmp, &ifc->purges, struct purge, link)
		end(purge);
}
