// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "nhrpd/answer.h"
#include "nhrpd/cache.h"
#include "nhrpd/ext.h"
#include "nhrpd/peer.h"
#include "nhrpd/purge.h"
#include "nhrpd/register.h"

/*
 * Where who asks is: one member may have many overlay addresses. What comes by
 * way of a server says no port, so that those behind one NAT count as one then.
 */
static struct nbma place_of(struct packet *pkt)
{
	const struct addr *station = &pkt->msg.src_proto;
	const struct cache_entry *entry = cache_find(pkt->ifc, station);
	struct nbma place = { .addr = ext_nat(&pkt->msg, station) };

	if (entry && cache_is_holder(entry, &pkt->from, pkt->session))
		return entry->peer->nbma;
	if (addr_is_none(&place.addr))
		place.addr = pkt->msg.src_nbma;
	return place;
}

static uint32_t place_hash(const struct nbma *place)
{
	return addr_hash(&place->addr) ^ place->port;
}

/* @n gets the number of answers that went to @place. */
static struct answer *find(const struct iface *ifc, const struct nbma *place,
			   const struct addr *station,
			   const struct prefix *what, size_t *n)
{
	struct hash_node *node = hash_first(&ifc->answers, place_hash(place));
	struct answer *a;

	*n = 0;
	for (; node; node = hash_next(node)) {
		a = container_of(node, struct answer, node);
		if (!nbma_equal(&a->place, place))
			continue;
		if (addr_equal(&a->station, station) &&
		    prefix_equal(&a->what, what))
			return a;
		(*n)++;
	}
	return NULL;
}

/* The closest summary around @asked, NULL if there is none. */
static const struct prefix *summary_of(const struct conf_if *conf,
				       const struct addr *asked)
{
	const struct prefix *best = NULL, *p;
	size_t i;

	for (i = 0; i < conf->n_summary; i++) {
		p = &conf->summary[i];
		if (prefix_contains(p, asked) && (!best || p->len > best->len))
			best = p;
	}
	return best;
}

struct prefix answer_prefix(struct iface *ifc, const struct path *path,
			    const struct addr *asked)
{
	const struct prefix *summary = summary_of(&ifc->conf, asked);

	if (path->kind == PATH_OWN &&
	    iface_by_index(ifc->nhrp, path->route.ifindex))
		return prefix_make(asked, addr_bits(asked));
	if (summary)
		return *summary;
	if (path->route.dst.len < ANSWER_PREFIX_MIN)
		return prefix_make(asked, addr_bits(asked));
	return prefix_make(asked, routes_alone(ifc, &path->route.dst, asked));
}

static void answer_delete(struct answer *a)
{
	timer_stop(&a->ifc->nhrp->timers, &a->timer);
	hash_del(&a->ifc->answers, &a->node);
	free(a);
}

static void expired(struct timer *t)
{
	answer_delete(container_of(t, struct answer, timer));
}

static struct answer *create(struct iface *ifc, const struct nbma *place,
			     const struct addr *station,
			     const struct prefix *what)
{
	struct answer *a;

	if (ifc->answers.count >= ifc->conf.cache_limit)
		return NULL;
	a = calloc(1, sizeof(*a));
	if (!a)
		return NULL;
	a->ifc = ifc;
	a->place = *place;
	a->station = *station;
	a->what = *what;
	timer_init(&a->timer, expired);
	if (hash_add(&ifc->answers, &a->node, place_hash(place))) {
		free(a);
		return NULL;
	}
	return a;
}

enum answer_result answer_add(struct packet *pkt, const struct prefix *what)
{
	const struct nhrp_msg *request = &pkt->msg;
	struct iface *ifc = pkt->ifc;
	struct nhrp *n = ifc->nhrp;
	struct nbma place = place_of(pkt);
	size_t count;
	struct answer *a = find(ifc, &place, &request->src_proto, what, &count);
	enum answer_result result = a && a->id == request->id ? ANSWER_AGAIN :
								ANSWER_NEW;

	if (!a && count < ifc->conf.resolution_limit)
		a = create(ifc, &place, &request->src_proto, what);
	if (!a)
		return ANSWER_FULL;
	a->asked = request->dst_proto;
	a->id = request->id;
	timer_set(&n->timers, &a->timer,
		  nhrp_in(n, ifc->conf.holdtime * 1000ull));
	return result;
}

static bool still_right(const struct answer *a)
{
	struct path path = path_find(a->ifc, &a->asked);
	struct prefix what;

	if (path.kind != PATH_OWN && path.kind != PATH_EGRESS)
		return false;
	/* Who asks may want less than there is. */
	what = answer_prefix(a->ifc, &path, &a->asked);
	return prefix_covers(&what, &a->what);
}

/* Directly if there is a session, else along the route, or over a server. */
static struct peer *way_to(struct iface *ifc, const struct addr *station)
{
	const struct cache_entry *entry = cache_find(ifc, station);
	struct path path;

	if (entry && peer_is_up(entry->peer))
		return entry->peer;
	path = path_find(ifc, station);
	if (path.kind == PATH_CLOUD && path.ifc == ifc && path.peer &&
	    peer_is_up(path.peer))
		return path.peer;
	return register_path(ifc);
}

static void take_back(struct answer *a)
{
	const struct peer *to = way_to(a->ifc, &a->station);

	if (to)
		purge_send(a->ifc, &to->nbma, &a->station, &a->what);
	answer_delete(a);
}

void answer_check(struct iface *ifc)
{
	struct answer *a, *tmp;

	hash_for_each_safe(a, tmp, &ifc->answers, struct answer, node)
		if (!still_right(a))
			take_back(a);
}

void answer_purge(struct iface *ifc, const struct prefix *in)
{
	struct answer *a, *tmp;

	hash_for_each_safe(a, tmp, &ifc->answers, struct answer, node)
		if (addr_is_none(&in->addr) || prefix_covers(in, &a->what))
			take_back(a);
}

void answer_stop(struct iface *ifc)
{
	struct answer *a, *tmp;

	hash_for_each_safe(a, tmp, &ifc->answers, struct answer, node)
		answer_delete(a);
}
