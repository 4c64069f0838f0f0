// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "nhrpd/adapt.h"
#include "nhrpd/answer.h"
#include "nhrpd/codec.h"
#include "nhrpd/error.h"
#include "nhrpd/ext.h"
#include "nhrpd/forward.h"
#include "nhrpd/group.h"
#include "nhrpd/observe.h"
#include "nhrpd/own.h"
#include "nhrpd/path.h"
#include "nhrpd/peer.h"
#include "nhrpd/register.h"
#include "nhrpd/send.h"
#include "nhrpd/shortcut.h"
#include "nhrpd/source.h"
#include "nhrpd/trigger.h"

#define POS_ID	24	/* of a packet */

/* Asked again when so many thirds of the holding time are over. */
#define RENEW_THIRDS 2

struct shortcut *shortcut_find(const struct iface *ifc,
			       const struct prefix *dst)
{
	struct hash_node *node;
	struct shortcut *sc;

	for (node = hash_first(&ifc->shortcuts, prefix_hash(dst)); node;
	     node = hash_next(node)) {
		sc = container_of(node, struct shortcut, node);
		if (prefix_equal(&sc->dst, dst))
			return sc;
	}
	return NULL;
}

static struct shortcut *find_covering(const struct iface *ifc,
				      const struct addr *dst)
{
	unsigned int len = addr_bits(dst) + 1;
	struct shortcut *sc = NULL;
	struct prefix p;

	while (!sc && len--) {
		p = prefix_make(dst, len);
		sc = shortcut_find(ifc, &p);
	}
	return sc;
}

static void say(const struct shortcut *sc, enum nhrp_event_type type,
		enum nhrp_event_level level, const char *what)
{
	const struct cache_entry *entry = sc->entry;

	observe(sc->ifc->nhrp, type, level,
		(struct subject){ sc->ifc, &sc->dst.addr,
				  entry ? &entry->b.nbma : NULL },
		"shortcut to %s%s%s %s", prefix_text(&sc->dst).t,
		entry ? " through " : "",
		entry ? addr_text(&entry->b.proto).t : "", what);
}

/* ---- in the kernel ---- */

/* A host that is on the link has its next hop, and needs no route to it. */
static bool needs_route(const struct shortcut *sc)
{
	struct path path;

	if (!prefix_is_host(&sc->dst) ||
	    !addr_equal(&sc->dst.addr, &sc->entry->b.proto))
		return true;
	path = path_find(sc->ifc, &sc->dst.addr);
	return path.kind != PATH_CLOUD || path.ifc != sc->ifc ||
	       !addr_equal(&path.next, &sc->dst.addr);
}

/* There is a route to just that prefix, and only its next hop is another. */
static bool overrides(const struct shortcut *sc)
{
	struct path path = path_find(sc->ifc, &sc->asked);

	return path.kind == PATH_CLOUD && !path.route.shortcut &&
	       prefix_equal(&path.route.dst, &sc->dst);
}

static void drop_route(struct shortcut *sc)
{
	struct iface *ifc = sc->ifc;
	struct nhrp *n = ifc->nhrp;

	if (sc->route) {
		n->ops->route_del(n->ctx, ifc->dev.ifindex, &sc->dst,
				  &sc->entry->b.proto);
		iface_count(ifc, NHRP_CHANGE_ROUTE_REMOVED);
		if (sc->override)
			iface_count(ifc, NHRP_CHANGE_OVERRIDE_REMOVED);
	}
	sc->route = false;
}

static void go_up(struct shortcut *sc)
{
	struct iface *ifc = sc->ifc;
	struct nhrp *n = ifc->nhrp;

	if (!sc->route && needs_route(sc)) {
		sc->override = overrides(sc);
		sc->route = !n->ops->route_add(n->ctx, ifc->dev.ifindex,
					       &sc->dst, &sc->entry->b.proto);
		iface_count(ifc, sc->route ? NHRP_CHANGE_ROUTE_ADDED :
					     NHRP_CHANGE_ROUTE_ERROR);
		if (sc->route && sc->override)
			iface_count(ifc, NHRP_CHANGE_OVERRIDE_ADDED);
	}
	if (sc->state == NHRP_SHORTCUT_UP)
		return;
	sc->state = NHRP_SHORTCUT_UP;
	say(sc, NHRP_EVENT_SHORTCUT_UP, NHRP_LEVEL_INFO, "is up");
}

/* Up if its next hop is in the kernel; else it has to wait for that. */
static void settle(struct shortcut *sc)
{
	if (sc->entry->installed) {
		go_up(sc);
		return;
	}
	drop_route(sc);
	sc->state = NHRP_SHORTCUT_WAITING;
}

/* ---- life ---- */

static void detach(struct shortcut *sc)
{
	if (!sc->entry)
		return;
	drop_route(sc);
	list_del(&sc->entry_link);
	sc->entry = NULL;
}

static void attach(struct shortcut *sc, struct cache_entry *entry)
{
	if (sc->entry == entry)
		return;
	detach(sc);
	sc->entry = entry;
	list_add(&entry->shortcuts, &sc->entry_link);
}

static void destroy(struct shortcut *sc)
{
	detach(sc);
	request_stop(&sc->req);
	timer_stop(&sc->ifc->nhrp->timers, &sc->timer);
	hash_del(&sc->ifc->shortcuts, &sc->node);
	free(sc);
}

void shortcut_delete(struct shortcut *sc, const char *why)
{
	if (sc->state == NHRP_SHORTCUT_UP)
		say(sc, NHRP_EVENT_SHORTCUT_DOWN, NHRP_LEVEL_INFO, why);
	else
		say(sc, NHRP_EVENT_SHORTCUT, NHRP_LEVEL_DEBUG, why);
	destroy(sc);
}

/* Not asked for again for some time; the hub carries on. */
static void go_negative(struct shortcut *sc, const char *why)
{
	struct iface *ifc = sc->ifc;
	struct nhrp *n = ifc->nhrp;

	say(sc, sc->state == NHRP_SHORTCUT_UP ? NHRP_EVENT_SHORTCUT_DOWN :
						NHRP_EVENT_SHORTCUT,
	    NHRP_LEVEL_INFO, why);
	detach(sc);
	request_stop(&sc->req);
	sc->state = NHRP_SHORTCUT_NEGATIVE;
	sc->expires = nhrp_in(n, ifc->conf.negative_seconds * 1000ull);
	timer_set(&n->timers, &sc->timer, sc->expires);
}

static bool is_used(const struct shortcut *sc)
{
	struct nhrp *n = sc->ifc->nhrp;
	struct kernel_nexthop k = { .idle_ms = KERNEL_NEVER };

	if (n->ops->nexthop_get(n->ctx, sc->ifc->dev.ifindex,
				&sc->entry->b.proto, &k))
		return false;
	return k.idle_ms < n->now - sc->renewed;
}

static void due(struct timer *t)
{
	struct shortcut *sc = container_of(t, struct shortcut, timer);
	struct nhrp *n = sc->ifc->nhrp;

	if (n->now >= sc->expires) {
		shortcut_delete(sc, "expired");
		return;
	}
	timer_set(&n->timers, &sc->timer, sc->expires);
	if (sc->state == NHRP_SHORTCUT_UP &&
	    trigger_is_allowed(sc->ifc, &sc->asked) && is_used(sc) &&
	    !request_start(&sc->req, SHORTCUT_TRIES))
		iface_drop(sc->ifc, NHRP_DROP_LIMIT);
}

/* ---- questions ---- */

/* Hop by hop along the routes, as packets go; else to a server. */
static const struct peer *whom_to_ask(const struct shortcut *sc)
{
	struct path path = path_find(sc->ifc, &sc->asked);

	if (path.kind != PATH_CLOUD)
		return NULL;
	if (path.ifc == sc->ifc && path.peer && peer_is_up(path.peer))
		return path.peer;
	return register_path(sc->ifc);
}

/* Behind a NAT, others have to be told where we are seen. */
static bool add_nat(const struct iface *ifc, struct nhrp_msg *msg)
{
	struct nhrp_cie cie = own_cie(ifc, &msg->dst_proto, &msg->src_nbma);

	cie.nbma = register_nat(ifc, &msg->src_nbma);
	return addr_is_none(&cie.nbma) ||
	       ext_append_cie(msg, ext_find(msg, NHRP_EXT_NAT), &cie);
}

/* Who is going to answer, by what it answered before. */
static const struct peer *egress_of(const struct shortcut *sc)
{
	return sc->entry ? sc->entry->peer : NULL;
}

static void send_request(struct request *req)
{
	struct shortcut *sc = container_of(req, struct shortcut, req);
	const struct peer *to = whom_to_ask(sc);
	struct nhrp_cie cie;
	struct nhrp_msg msg;

	if (!to)
		return;
	msg_init(sc->ifc, &msg, NHRP_RESOLUTION_REQUEST, &sc->asked,
		 &to->nbma.addr);
	cie = own_cie(sc->ifc, &sc->asked, &to->nbma.addr);
	msg.id = req->id;
	msg.flags = NHRP_FLAG_RESOLUTION_ROUTER | NHRP_FLAG_RESOLUTION_AUTH |
		    NHRP_FLAG_RESOLUTION_SRC | NHRP_FLAG_NAT;
	cie.nbma = (struct addr){ 0 };
	cie.proto = (struct addr){ 0 };
	msg.cie[msg.n_cie++] = cie;
	sc->server = to->nbma;
	sc->told = group_rate(egress_of(sc));
	if (msg_add_extensions(sc->ifc, &msg) && add_nat(sc->ifc, &msg) &&
	    group_ask(sc->ifc, &msg, sc->told))
		send_own(sc->ifc, &to->nbma, &msg);
}

static void unanswered(struct request *req)
{
	struct shortcut *sc = container_of(req, struct shortcut, req);

	/* A renewal that fails lets it run out. */
	if (sc->state == NHRP_SHORTCUT_RESOLVING)
		go_negative(sc, "is not answered for");
}

static struct shortcut *create(struct iface *ifc, const struct prefix *dst)
{
	struct shortcut *sc;

	if (ifc->shortcuts.count >= ifc->conf.shortcut_limit)
		return NULL;
	sc = calloc(1, sizeof(*sc));
	if (!sc)
		return NULL;
	sc->ifc = ifc;
	sc->dst = *dst;
	sc->asked = dst->addr;
	sc->created = ifc->nhrp->now;
	sc->expires = UINT64_MAX;
	list_init(&sc->entry_link);
	request_init(&sc->req, ifc->nhrp, NHRP_RESOLUTION_REQUEST,
		     send_request, unanswered);
	timer_init(&sc->timer, due);
	if (hash_add(&ifc->shortcuts, &sc->node, prefix_hash(dst))) {
		free(sc);
		return NULL;
	}
	return sc;
}

void shortcut_want(struct iface *ifc, const struct addr *dst)
{
	struct shortcut *sc = find_covering(ifc, dst);
	struct prefix host = prefix_make(dst, addr_bits(dst));

	if (sc && (sc->state != NHRP_SHORTCUT_UP ||
		   prefix_equal(&sc->dst, &host)))
		return;
	if (!register_path(ifc) && !path_find(ifc, dst).peer)
		return;
	if (!trigger_pull(ifc, dst))
		return;
	sc = create(ifc, &host);
	if (!sc || !request_start(&sc->req, SHORTCUT_TRIES)) {
		if (sc)
			destroy(sc);
		iface_drop(ifc, NHRP_DROP_LIMIT);
	}
}

void shortcut_ask_anew(struct iface *ifc, const struct nbma *server)
{
	struct shortcut *sc, *tmp;

	hash_for_each_safe(sc, tmp, &ifc->shortcuts, struct shortcut, node) {
		if (!nbma_equal(&sc->server, server))
			continue;
		/* Not answered for is not refused: it may be wanted again. */
		if (sc->state == NHRP_SHORTCUT_NEGATIVE)
			shortcut_delete(sc, "was asked of a lost server");
		else
			request_prompt(&sc->req);
	}
}

void shortcut_again(struct iface *ifc)
{
	struct shortcut *sc;

	hash_for_each(sc, &ifc->shortcuts, struct shortcut, node)
		if (sc->state == NHRP_SHORTCUT_UP &&
		    !request_start(&sc->req, SHORTCUT_TRIES))
			iface_drop(ifc, NHRP_DROP_LIMIT);
}

void shortcut_tell_rates(struct iface *ifc)
{
	struct shortcut *sc;

	hash_for_each(sc, &ifc->shortcuts, struct shortcut, node)
		if (sc->state == NHRP_SHORTCUT_UP &&
		    sc->told != group_rate(egress_of(sc)) &&
		    !request_start(&sc->req, SHORTCUT_TRIES))
			iface_drop(ifc, NHRP_DROP_LIMIT);
}

/* ---- answers ---- */

/**
 * struct egress - what a positive reply tells
 * @b: binding of who answered
 * @dst: what is reached through it
 * @group: what who answered says of itself
 */
struct egress {
	struct binding b;
	struct prefix dst;
	struct nhrp_group group;
};

/*
 * Never more than what goes along the same route now: nobody can draw other
 * traffic to himself by a short prefix. The route of a shortcut, in front of
 * that one, was taken for no more than it.
 */
static struct prefix limit_prefix(const struct shortcut *sc,
				  const struct nhrp_cie *cie)
{
	struct prefix dst = nhrp_cie_prefix(cie, &sc->asked);
	struct path path = path_find(sc->ifc, &sc->asked);

	if (dst.len < ANSWER_PREFIX_MIN)
		return prefix_make(&sc->asked, addr_bits(&sc->asked));
	if (path.kind == PATH_CLOUD && path.route.dst.len > dst.len)
		return path.route.dst;
	return dst;
}

/* False if the reply makes no sense. */
static bool take_reply(const struct shortcut *sc, struct nhrp_msg *msg,
		       struct egress *e)
{
	const struct nhrp_cie *cie = &msg->cie[0];
	struct nhrp *n = sc->ifc->nhrp;
	struct addr nat;

	*e = (struct egress){ .b = {
		.proto = addr_is_none(&cie->proto) ? sc->asked : cie->proto,
		.nbma = { .addr = cie->nbma },
		.kind = DMVPN_NEXTHOP_KIND_SHORTCUT,
		.expires = nhrp_in(n, cie->holdtime * 1000ull),
	} };
	nat = ext_nat(msg, &e->b.proto);
	if (!addr_is_none(&nat) && !addr_equal(&nat, &cie->nbma)) {
		e->b.nbma.addr = nat;
		e->b.claimed = cie->nbma;
		e->b.flags |= DMVPN_NEXTHOP_FLAGS_NAT;
	}
	if (msg->flags & NHRP_FLAG_RESOLUTION_ROUTER)
		e->b.flags |= DMVPN_NEXTHOP_FLAGS_ROUTER;
	e->dst = limit_prefix(sc, cie);
	/* A route for the tunnel's own packets would lead them into it. */
	return addr_is_unicast(&e->b.proto) &&
	       !is_own_proto(sc->ifc, &e->b.proto) &&
	       addr_is_unicast(&e->b.nbma.addr) && cie->holdtime &&
	       !is_own_nbma(sc->ifc, &e->b.nbma.addr) &&
	       !prefix_contains(&e->dst, &e->b.nbma.addr);
}

/*
 * Who answers directly is where his packets come from. One behind a NAT that
 * has just started does not know that himself, and never knows his port.
 */
static void keep_place(const struct packet *pkt, struct binding *b)
{
	const struct cache_entry *entry = cache_find(pkt->ifc, &b->proto);
	const struct peer *from = peer_of(pkt->ifc, &pkt->from, pkt->session);

	if ((b->flags & DMVPN_NEXTHOP_FLAGS_NAT) &&
	    !(from && from->uses_nhs) &&
	    addr_equal(&pkt->from.addr, &b->nbma.addr)) {
		b->nbma = pkt->from;
		return;
	}
	if (!entry || !cache_is_holder(entry, &pkt->from, pkt->session))
		return;
	b->nbma = entry->b.nbma;
	b->claimed = entry->b.claimed;
	b->flags |= entry->b.flags & DMVPN_NEXTHOP_FLAGS_NAT;
}

/* The same shortcut under the prefix that it turned out to have. */
static struct shortcut *rename_to(struct shortcut *sc, const struct prefix *dst)
{
	struct shortcut *other = shortcut_find(sc->ifc, dst);

	if (other == sc)
		return sc;
	if (other) {
		request_stop(&other->req);
		destroy(sc);
		return other;
	}
	drop_route(sc);
	hash_del(&sc->ifc->shortcuts, &sc->node);
	sc->dst = *dst;
	/* A table that had a member has room for one. */
	hash_add(&sc->ifc->shortcuts, &sc->node, prefix_hash(dst));
	return sc;
}

static void learn(struct shortcut *sc, const struct egress *e)
{
	struct iface *ifc = sc->ifc;
	struct nhrp *n = ifc->nhrp;
	struct cache_entry *entry;
	uint64_t hold = e->b.expires - n->now;
	bool again;

	if (cache_set(ifc, &e->b, &entry) == CACHE_FULL) {
		iface_drop(ifc, NHRP_DROP_LIMIT);
		go_negative(sc, "has no room (cache-limit)");
		return;
	}
	if (nbma_equal(&entry->b.nbma, &e->b.nbma))
		group_resolved(entry, &e->group);
	again = !sc->telling && sc->told != group_rate(entry->peer);
	sc = rename_to(sc, &e->dst);
	attach(sc, entry);
	sc->renewed = n->now;
	sc->expires = e->b.expires;
	timer_set(&n->timers, &sc->timer,
		  nhrp_in(n, hold * RENEW_THIRDS / 3));
	settle(sc);
	/* Only now we know who it is, and it has not heard our rate for it. */
	sc->telling = again && request_start(&sc->req, SHORTCUT_TRIES);
}

/* An egress that is not there any more takes all its shortcuts along. */
static void refused(struct shortcut *sc)
{
	struct cache_entry *entry = sc->entry;

	if (entry && entry->b.kind == DMVPN_NEXTHOP_KIND_SHORTCUT &&
	    addr_equal(&entry->b.proto, &sc->asked))
		cache_delete(entry);
	else
		go_negative(sc, "was refused");
}

void shortcut_error(struct request *req, const char *text)
{
	struct shortcut *sc = container_of(req, struct shortcut, req);

	request_stop(req);
	/* A renewal that fails lets it run out. */
	if (sc->state == NHRP_SHORTCUT_RESOLVING)
		go_negative(sc, text);
}

/* A request that was sent twice may be answered twice. */
static bool is_repeated(const struct packet *pkt)
{
	const struct shortcut *sc = find_covering(pkt->ifc,
						  &pkt->msg.dst_proto);

	return sc && sc->req.id == pkt->msg.id;
}

static void not_asked_for(const struct packet *pkt)
{
	packet_drop(pkt, NHRP_DROP_NO_REQUEST);
	if (!is_repeated(pkt))
		error_send(pkt, NHRP_ERROR_INVALID_REPLY, POS_ID);
}

void shortcut_reply(struct packet *pkt)
{
	struct nhrp_msg *msg = &pkt->msg;
	struct request *req;
	struct shortcut *sc;
	struct egress e;

	if (!is_own_proto(pkt->ifc, &msg->src_proto)) {
		if (source_answers(pkt))
			forward_packet(pkt, &msg->src_proto);
		else
			packet_drop(pkt, NHRP_DROP_SOURCE);
		return;
	}
	if (error_extension(pkt) || adapt_reply(pkt))
		return;
	req = request_find(pkt->ifc->nhrp, NHRP_RESOLUTION_REQUEST, msg->id);
	if (!req) {
		not_asked_for(pkt);
		return;
	}
	sc = container_of(req, struct shortcut, req);
	if (sc->ifc != pkt->ifc || !msg->n_cie ||
	    !addr_equal(&msg->src_proto, own_proto(sc->ifc, &sc->asked)) ||
	    !addr_equal(&msg->dst_proto, &sc->asked) ||
	    !source_answers_us(pkt) ||
	    (!msg->cie[0].code && !take_reply(sc, msg, &e))) {
		packet_drop(pkt, NHRP_DROP_SOURCE);
		return;
	}
	request_stop(req);
	if (msg->cie[0].code) {
		refused(sc);
		return;
	}
	keep_place(pkt, &e.b);
	group_read(pkt, NHRP_GROUP_ANSWERS, &e.group);
	if (addr_is_none(own_nbma(sc->ifc, &e.b.nbma.addr)))
		go_negative(sc, "is in another underlay");
	else if (source_is_vague(sc->ifc, &e.b))
		go_negative(sc, "is behind a NAT, as others there or we are");
	else
		learn(sc, &e);
}

/* ---- bindings ---- */

void shortcut_cache_changed(struct cache_entry *entry, enum cache_event event)
{
	struct shortcut *sc, *tmp;

	list_for_each_safe(sc, tmp, &entry->shortcuts, struct shortcut,
			   entry_link) {
		switch (event) {
		case CACHE_INSTALLED:
			go_up(sc);
			break;
		case CACHE_FAILED:
			go_negative(sc, "has no session");
			break;
		case CACHE_DELETED:
			shortcut_delete(sc, "ended");
			break;
		}
	}
}

void shortcut_adopt(struct cache_entry *entry, const struct prefix *dst,
		    bool route)
{
	struct iface *ifc = entry->ifc;
	struct nhrp *n = ifc->nhrp;
	struct shortcut *sc = shortcut_find(ifc, dst);

	if (!sc)
		sc = create(ifc, dst);
	if (!sc)
		return;
	attach(sc, entry);
	sc->state = NHRP_SHORTCUT_UP;
	sc->route |= route;
	sc->renewed = n->now;
	sc->expires = entry->b.expires;
	if (sc->expires == UINT64_MAX)
		return;
	timer_set(&n->timers, &sc->timer,
		  nhrp_in(n, (sc->expires - n->now) * RENEW_THIRDS / 3));
}

unsigned int shortcut_clear(struct iface *ifc, const struct prefix *in)
{
	struct shortcut *sc, *tmp;
	unsigned int n = 0;

	hash_for_each_safe(sc, tmp, &ifc->shortcuts, struct shortcut, node) {
		if (!addr_is_none(&in->addr) && !prefix_covers(in, &sc->dst))
			continue;
		shortcut_delete(sc, "cleared");
		n++;
	}
	return n;
}
