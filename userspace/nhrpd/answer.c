// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "nhrpd/answer.h"
#include "nhrpd/cache.h"
#include "nhrpd/peer.h"
#include "nhrpd/purge.h"
#include "nhrpd/register.h"

/* @n gets the number of answers that the station has. */
static struct answer *find(const struct iface *ifc, const struct addr *station,
			   const struct prefix *what, size_t *n)
{
	struct hash_node *node = hash_first(&ifc->answers, addr_hash(station));
	struct answer *a;

	*n = 0;
	for (; node; node = hash_next(node)) {
		a = container_of(node, struct answer, node);
		if (!addr_equal(&a->station, station))
			continue;
		if (prefix_equal(&a->what, what))
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

static struct answer *create(struct iface *ifc, const struct addr *station,
			     const struct prefix *what)
{
	struct answer *a;

	if (ifc->answers.count >= ifc->conf.cache_limit)
		return NULL;
	a = calloc(1, sizeof(*a));
	if (!a)
		return NULL;
	a->ifc = ifc;
	a->station = *station;
	a->what = *what;
	timer_init(&a->timer, expired);
	if (hash_add(&ifc->answers, &a->node, addr_hash(station))) {
		free(a);
		return NULL;
	}
	return a;
}

enum answer_result answer_add(struct iface *ifc, const struct nhrp_msg *request,
			      const struct prefix *what)
{
	struct nhrp *n = ifc->nhrp;
	size_t count;
	struct answer *a = find(ifc, &request->src_proto, what, &count);
	enum answer_result result = a && a->id == request->id ? ANSWER_AGAIN :
								ANSWER_NEW;

	if (!a && count < ifc->conf.resolution_limit)
		a = create(ifc, &request->src_proto, what);
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
