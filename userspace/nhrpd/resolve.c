// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "nhrpd/adapt.h"
#include "nhrpd/answer.h"
#include "nhrpd/codec.h"
#include "nhrpd/error.h"
#include "nhrpd/ext.h"
#include "nhrpd/forward.h"
#include "nhrpd/group.h"
#include "nhrpd/observe.h"
#include "nhrpd/own.h"
#include "nhrpd/peer.h"
#include "nhrpd/register.h"
#include "nhrpd/resolve.h"
#include "nhrpd/send.h"
#include "nhrpd/source.h"

static bool is_sane(struct packet *pkt)
{
	if (is_own_proto(pkt->ifc, &pkt->msg.src_proto)) {
		packet_drop(pkt, NHRP_DROP_LOOP);
		return false;
	}
	if (!addr_is_unicast(&pkt->msg.src_proto) ||
	    !addr_is_unicast(&pkt->msg.src_nbma) ||
	    !addr_is_unicast(&pkt->msg.dst_proto) || !source_asks_us(pkt)) {
		packet_drop(pkt, NHRP_DROP_SOURCE);
		return false;
	}
	return true;
}

/* How long its binding may be kept: RFC 2332, 5.2.1 and 6.2.1. */
static unsigned int holding_time(const struct nhrp_msg *request)
{
	if (!(request->flags & NHRP_FLAG_RESOLUTION_SRC) || !request->n_cie)
		return 0;
	return request->cie[0].holdtime;
}

/*
 * Traffic will come from there, and ours goes there from now on. What came
 * not by a server says nothing new about who is where. False if there is
 * nothing to learn.
 */
static bool take_requester(struct packet *pkt, struct binding *b)
{
	const struct nhrp_msg *msg = &pkt->msg;
	const struct peer *from = peer_of(pkt->ifc, &pkt->from, pkt->session);
	struct cache_entry *entry = cache_find(pkt->ifc, &msg->src_proto);
	uint64_t hold = holding_time(msg) * 1000ull;
	struct addr nat = ext_nat(&pkt->msg, &msg->src_proto);

	*b = (struct binding){
		.proto = msg->src_proto,
		.nbma = { .addr = msg->src_nbma },
		.kind = DMVPN_NEXTHOP_KIND_CACHED,
		.expires = nhrp_in(pkt->ifc->nhrp, hold),
	};
	if (!addr_is_none(&nat) && !addr_equal(&nat, &msg->src_nbma)) {
		b->nbma.addr = nat;
		b->claimed = msg->src_nbma;
		b->flags = DMVPN_NEXTHOP_FLAGS_NAT;
	}
	if (!from || !hold || is_own_nbma(pkt->ifc, &b->nbma.addr) ||
	    source_is_vague(pkt->ifc, b))
		return false;
	if (from->uses_nhs)
		return true;
	if (!entry || entry->peer != from)
		return false;
	b->nbma = entry->b.nbma;
	return true;
}

/* Our own NBMA address as others see it goes where the asker's was. */
static bool set_nat(const struct iface *ifc, struct nhrp_msg *msg)
{
	struct nhrp_ext *ext = ext_find(msg, NHRP_EXT_NAT);
	struct addr nat = register_nat(ifc, &msg->src_nbma);
	struct nhrp_cie cie = own_cie(ifc, &msg->dst_proto, &msg->src_nbma);

	if (!ext)
		return true;
	if (addr_is_none(&nat))
		return ext_replace(msg, ext, NULL, 0);
	cie.nbma = nat;
	return ext_set_cie(msg, ext, &cie);
}

/* Who asks, as far as we know it. */
static const struct peer *asker_of(const struct packet *pkt)
{
	const struct cache_entry *entry = cache_find(pkt->ifc,
						     &pkt->msg.src_proto);

	return entry ? entry->peer : NULL;
}

static void reply(const struct packet *pkt, const struct nbma *to,
		  const struct nhrp_cie *cie, unsigned int flags)
{
	struct iface *ifc = pkt->ifc;
	struct nhrp_msg msg;

	msg_init_reply(ifc, &msg, &pkt->msg, NHRP_RESOLUTION_REPLY);
	msg.flags = (uint16_t)((pkt->msg.flags &
				(NHRP_FLAG_RESOLUTION_ROUTER |
				 NHRP_FLAG_RESOLUTION_AUTH |
				 NHRP_FLAG_RESOLUTION_SRC)) | flags);
	msg.cie[msg.n_cie++] = *cie;
	if (set_nat(ifc, &msg) &&
	    group_answer(ifc, &msg, group_rate(asker_of(pkt))))
		send_own(ifc, to, &msg);
	else
		packet_drop(pkt, NHRP_DROP_TOO_LONG);
}

static void refuse(const struct packet *pkt, enum nhrp_code code)
{
	struct nhrp_cie cie = { .code = (uint8_t)code };

	observe(pkt->ifc->nhrp, NHRP_EVENT_REFUSED, NHRP_LEVEL_DEBUG,
		(struct subject){ pkt->ifc, &pkt->msg.dst_proto, &pkt->from },
		"%s asks for %s: refused (code %u)",
		addr_text(&pkt->msg.src_proto).t,
		addr_text(&pkt->msg.dst_proto).t, code);
	reply(pkt, &pkt->from, &cie, 0);
}

/*
 * Straight to who asks where a session says that there is a way, else as the
 * question came. A session may be up here and be dead there: who asks once more
 * did not get the first answer.
 */
static const struct nbma *way_back(const struct packet *pkt, bool again)
{
	const struct peer *peer = asker_of(pkt);

	if (again || !pkt->ifc->dev.protected || !peer || !peer_is_up(peer))
		return &pkt->from;
	return &peer->nbma;
}

/* Many say 32 for no wish; a shorter prefix is the widest that they accept. */
static struct prefix widest(const struct nhrp_msg *request,
			    const struct prefix *what)
{
	unsigned int len = request->n_cie ? request->cie[0].prefix_len : 0;

	if (len >= addr_bits(&what->addr) || len < what->len)
		return *what;
	return prefix_make(&request->dst_proto, len);
}

static void affirm(struct packet *pkt, const struct path *path)
{
	const struct nhrp_msg *request = &pkt->msg;
	struct prefix what = answer_prefix(pkt->ifc, path,
					   &request->dst_proto);
	unsigned int unique = request->flags & NHRP_FLAG_RESOLUTION_UNIQUE;
	struct nhrp_cie cie = own_cie(pkt->ifc, &request->dst_proto,
				      &request->src_nbma);
	enum answer_result result = ANSWER_NEW;

	what = widest(request, &what);
	/* A stranger could not be told that it has changed. */
	if (source_asks(pkt))
		result = answer_add(pkt, &what);
	if (result == ANSWER_FULL) {
		packet_drop(pkt, NHRP_DROP_LIMIT);
		refuse(pkt, NHRP_CODE_NO_RESOURCES);
		return;
	}
	cie.prefix_len = what.len;
	reply(pkt, way_back(pkt, result == ANSWER_AGAIN), &cie,
	      NHRP_FLAG_RESOLUTION_AUTH | NHRP_FLAG_RESOLUTION_DST | unique);
}

/* ---- waiting for a session ---- */

static void asker_free(struct asker *a)
{
	timer_stop(&a->ifc->nhrp->timers, &a->timer);
	hash_del(&a->ifc->askers, &a->node);
	free(a);
}

static void answer_late(struct asker *a)
{
	struct packet pkt = {
		.ifc = a->ifc,
		.from = a->from,
		.session = a->session,
		.data = a->data,
		.len = a->len,
	};
	struct path path;

	if (nhrp_decode(&pkt.msg, a->data, a->len) != NHRP_DECODE_OK)
		return;
	path = path_find(pkt.ifc, &pkt.msg.dst_proto);
	if (path.kind == PATH_OWN || path.kind == PATH_EGRESS)
		affirm(&pkt, &path);
	else
		packet_drop(&pkt, NHRP_DROP_STALE);
}

static void waited_enough(struct timer *t)
{
	struct asker *a = container_of(t, struct asker, timer);

	if (a->len)
		answer_late(a);
	asker_free(a);
}

/* @n gets the number of those that wait at the same NBMA address. */
static struct asker *waiting(const struct packet *pkt, const struct binding *b,
			     size_t *n)
{
	struct hash_node *node = hash_first(&pkt->ifc->askers,
					    addr_hash(&b->nbma.addr));
	struct asker *a;

	for (*n = 0; node; node = hash_next(node), (*n)++) {
		a = container_of(node, struct asker, node);
		/* Sent again, it differs in nothing. */
		if (addr_equal(&a->b.proto, &b->proto) &&
		    (!a->len || (a->len == pkt->len &&
				 !memcmp(a->data, pkt->data, a->len))))
			return a;
	}
	return NULL;
}

/* Let it wait, for its answer or, answered, for the session only. */
static bool wait_for_session(const struct packet *pkt, const struct binding *b,
			     bool answered)
{
	struct iface *ifc = pkt->ifc;
	size_t len = answered ? 0 : pkt->len;
	struct asker *a;
	size_t count;

	a = waiting(pkt, b, &count);
	if (a) {
		/* Answered, it may know more now. */
		group_read(pkt, NHRP_GROUP_ASKS, &a->group);
		return true;
	}
	if (count >= ifc->conf.resolution_limit ||
	    ifc->askers.count >= ifc->conf.cache_limit)
		return false;
	a = calloc(1, sizeof(*a) + len);
	if (!a)
		return false;
	a->ifc = ifc;
	a->b = *b;
	group_read(pkt, NHRP_GROUP_ASKS, &a->group);
	a->from = pkt->from;
	a->session = pkt->session;
	a->len = len;
	if (len)
		memcpy(a->data, pkt->data, len);
	timer_init(&a->timer, waited_enough);
	if (hash_add(&ifc->askers, &a->node, addr_hash(&b->nbma.addr))) {
		free(a);
		return false;
	}
	timer_set(&ifc->nhrp->timers, &a->timer,
		  nhrp_in(ifc->nhrp, RESOLVE_WAIT_MS));
	return true;
}

void resolve_peer_changed(struct peer *peer)
{
	struct hash_node *node, *next;
	struct asker *a;

	if (peer->state == DMVPN_SESSION_STATE_ACQUIRING)
		return;
	for (node = hash_first(&peer->ifc->askers, addr_hash(&peer->nbma.addr));
	     node; node = next) {
		next = hash_next(node);
		a = container_of(node, struct asker, node);
		if (!a->len || !nbma_equal(&a->b.nbma, &peer->nbma))
			continue;
		answer_late(a);
		asker_free(a);
	}
}

/* Who is registered has said there what counts. */
static enum cache_result learn(struct iface *ifc, const struct binding *b,
			       const struct nhrp_group *group)
{
	struct cache_entry *entry;
	enum cache_result result = cache_set(ifc, b, &entry);

	if (result != CACHE_FULL &&
	    entry->b.kind != DMVPN_NEXTHOP_KIND_REGISTERED &&
	    nbma_equal(&entry->b.nbma, &b->nbma))
		group_resolved(entry, group);
	return result;
}

/* One there that was answered, and waits for the session only. */
static struct asker *next_answered(const struct iface *ifc,
				   const struct addr *nbma)
{
	struct hash_node *node = hash_first(&ifc->askers, addr_hash(nbma));
	struct asker *a;

	for (; node; node = hash_next(node)) {
		a = container_of(node, struct asker, node);
		if (!a->len && addr_equal(&a->b.nbma.addr, nbma))
			return a;
	}
	return NULL;
}

void resolve_session(struct iface *ifc, const struct nhrp_session *session)
{
	struct asker *a;

	if (session->state != DMVPN_SESSION_STATE_UP)
		return;
	/* The peer that one needs may be what others have waited for. */
	while ((a = next_answered(ifc, &session->remote.addr))) {
		if (learn(ifc, &a->b, &a->group) == CACHE_FULL)
			iface_drop(ifc, NHRP_DROP_LIMIT);
		asker_free(a);
	}
}

void resolve_stop(struct iface *ifc)
{
	struct asker *a, *tmp;

	hash_for_each_safe(a, tmp, &ifc->askers, struct asker, node) {
		if (a->len)
			iface_drop(ifc, NHRP_DROP_STALE);
		asker_free(a);
	}
}

/* ---- requests ---- */

static bool has_session(const struct iface *ifc, const struct binding *b)
{
	const struct peer *peer = peer_find(ifc, &b->nbma);

	return !ifc->dev.protected || (peer && peer_is_up(peer));
}

/* Learn who asks; true if it has to wait for its answer. */
static bool meet(struct packet *pkt, bool *full)
{
	struct iface *ifc = pkt->ifc;
	struct nhrp_group group;
	struct binding b;

	*full = false;
	if (!take_requester(pkt, &b))
		return false;
	if (!has_session(ifc, &b) &&
	    addr_cmp(own_proto(ifc, &b.proto), &b.proto) < 0) {
		*full = !wait_for_session(pkt, &b, true);
		return false;
	}
	group_read(pkt, NHRP_GROUP_ASKS, &group);
	switch (learn(ifc, &b, &group)) {
	case CACHE_FULL:
		*full = true;
		return false;
	case CACHE_KEPT:
		return false;
	case CACHE_OK:
		break;
	}
	return !has_session(ifc, &b) && wait_for_session(pkt, &b, false);
}

/* RFC 2332, 5.2.1: only what is registered like that. */
static bool is_unique(const struct packet *pkt)
{
	return pkt->ifc->conf.unique &&
	       addr_equal(&pkt->msg.dst_proto,
			  own_proto(pkt->ifc, &pkt->msg.dst_proto));
}

static void answer(struct packet *pkt, const struct path *path)
{
	bool full;

	if (error_extension(pkt))
		return;
	if (!pkt->ifc->conf.shortcut) {
		packet_drop(pkt, NHRP_DROP_NOT_ALLOWED);
		refuse(pkt, NHRP_CODE_PROHIBITED);
		return;
	}
	if ((pkt->msg.flags & NHRP_FLAG_RESOLUTION_UNIQUE) && !is_unique(pkt)) {
		refuse(pkt, NHRP_CODE_NOT_UNIQUE);
		return;
	}
	if (addr_is_none(own_nbma(pkt->ifc, &pkt->msg.src_nbma))) {
		/* The underlay has no way between the families. */
		packet_drop(pkt, NHRP_DROP_NO_PATH);
		refuse(pkt, NHRP_CODE_NO_BINDING);
		return;
	}
	if (meet(pkt, &full))
		return;
	if (full) {
		packet_drop(pkt, NHRP_DROP_LIMIT);
		refuse(pkt, NHRP_CODE_NO_RESOURCES);
		return;
	}
	affirm(pkt, path);
}

/* Not for strangers: the next one would believe us. */
static enum forward_result pass_on(struct packet *pkt, const struct path *path)
{
	if (source_asks(pkt))
		return forward_along(pkt, path);
	packet_drop(pkt, NHRP_DROP_SOURCE);
	return FORWARD_NO_PATH;
}

void resolve_request(struct packet *pkt)
{
	struct path path;

	if (!is_sane(pkt) || adapt_request(pkt))
		return;
	path = path_find(pkt->ifc, &pkt->msg.dst_proto);
	switch (path.kind) {
	case PATH_OWN:
	case PATH_EGRESS:
		answer(pkt, &path);
		break;
	case PATH_CLOUD:
		if (pass_on(pkt, &path) == FORWARD_NO_PATH)
			refuse(pkt, NHRP_CODE_NO_BINDING);
		break;
	case PATH_NONE:
		refuse(pkt, NHRP_CODE_NO_BINDING);
		break;
	}
}
