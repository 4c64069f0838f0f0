// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cloud.h"
#include "invariant.h"
#include "nhrpd/cache.h"
#include "nhrpd/group.h"
#include "nhrpd/peer.h"
#include "nhrpd/register.h"
#include "nhrpd/shortcut.h"
#include "scenario.h"
#include "trace.h"
#include "traffic.h"

#define SLICES		10	/* a node is looked at every so many seconds */
#define PAIRS		20	/* random ones that are looked at each second */
/* What is told in whole seconds, and takes time to be told. */
#define GRACE_MS	2000
#define LOOP_MS		3000u	/* as long as routes take, and more */
#define SUSPECTS	1024

enum invariant {
	LOOP,
	WRONG_END,
	HOLDING,
	KERNEL,
	TAKEOVER,
	GROUP,
	LEFT,
	STORM,
	REGISTERED,
	DIRECT,
	QUIET,
	__INVARIANTS
};

static const char *const names[__INVARIANTS][2] = {
	[LOOP] = { "no-loop", "no packet comes to a node twice" },
	[WRONG_END] = { "right-end", "what arrives, arrives where it should" },
	[HOLDING] = { "holding-time", "nothing is known beyond that" },
	[KERNEL] = { "kernel-agrees",
		     "kernel and daemon have the same next hops, routes, policies" },
	[TAKEOVER] = { "no-takeover",
		       "an address is bound to its owner's places only" },
	[GROUP] = { "right-group", "a peer is in the group that it says" },
	[LEFT] = { "no-remains",
		   "who has left or moved is forgotten in the holding time" },
	[STORM] = { "no-storm", "packets a second are bounded" },
	[REGISTERED] = { "registered", "in the end all are, with each server" },
	[DIRECT] = { "direct", "in the end flows take the shortest way" },
	[QUIET] = { "quiet", "without traffic nothing remains of it" },
};

void invariant_list(void)
{
	unsigned int i;

	for (i = 0; i < __INVARIANTS; i++)
		printf("  %-14s %s\n", names[i][0], names[i][1]);
}

__attribute__((format(printf, 4, 5), noreturn))
static void broken(enum invariant which, const struct sim_node *a,
		   const struct sim_node *b, const char *format, ...)
{
	const struct options *o = &a->sim->options;
	va_list args;

	trace_print(a, b);
	printf("BROKEN %s (%s) at %.3f s: %s: ", names[which][0],
	       names[which][1], (double)a->sim->net.now / SECOND, a->name);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\nagain: sim --scenario %s --seed %" PRIu64
	       " --nodes %u --hours %g\n", o->scenario, o->seed, o->nodes,
	       o->hours);
	exit(1);
}

static struct iface *iface_of(const struct sim_node *node)
{
	if (!node->k.nhrp || list_empty(&node->k.nhrp->ifaces))
		return NULL;
	return list_entry(node->k.nhrp->ifaces.next, struct iface, link);
}

/* ---- ways ---- */

/**
 * struct suspect - a way that is a loop
 * @from: where it begins
 * @to: where it should end
 * @dst: address there
 * @since: when it was seen first, 0 for none
 */
static struct suspect {
	struct sim_node *from;
	struct sim_node *to;
	struct addr dst;
	uint64_t since;
} suspects[SUSPECTS];

static void suspect(struct sim_node *from, struct sim_node *to,
		    const struct addr *dst)
{
	unsigned int i;

	for (i = 0; i < SUSPECTS; i++) {
		if (suspects[i].since)
			continue;
		suspects[i] = (struct suspect){
			from, to, *dst, from->sim->net.now
		};
		return;
	}
}

/* While routes follow what happened there may be one, but not for long. */
static void look_at_suspects(struct sim *sim)
{
	unsigned int i;

	for (i = 0; i < SUSPECTS; i++) {
		struct suspect *s = &suspects[i];
		struct fake_way way;

		if (!s->since || sim->net.now < s->since + LOOP_MS)
			continue;
		way = fake_look(&s->from->k, &s->dst);
		if (way.fate == FAKE_LOOPED && !s->to->guise)
			broken(LOOP, s->from, s->to,
			       "to %s, for %u s; %s %s %s", s->to->name,
			       LOOP_MS / 1000, way.node[0]->name,
			       way.node[1]->name, way.node[way.n - 1]->name);
		s->since = 0;
	}
}

static struct fake_way look(struct sim_node *from, struct sim_node *to,
			    const struct addr *dst)
{
	struct fake_way way = fake_look(&from->k, dst);

	from->sim->looks++;
	if (way.fate == FAKE_LOOPED && !to->guise)
		suspect(from, to, dst);
	if (way.fate == FAKE_ARRIVED && way.node[way.n - 1] != &to->k &&
	    !sim_node_of(way.node[way.n - 1])->guise)
		broken(WRONG_END, from, to, "to %s, came to %s", to->name,
		       way.node[way.n - 1]->name);
	return way;
}

static void look_at_ways(struct sim *sim)
{
	uint32_t spokes = sim->n - sim->n_hubs;
	struct sim_node *a, *b;
	unsigned int i;

	for (i = 0; i < PAIRS; i++) {
		a = &sim->node[sim->n_hubs + fake_random(&sim->net, spokes)];
		b = &sim->node[sim->n_hubs + fake_random(&sim->net, spokes)];
		look(a, b, &b->lan);
		if (sim->scenario->topology != TREE)
			look(a, b, &b->overlay);
	}
}

static void look_at_flows(struct sim *sim)
{
	unsigned int i;

	for (i = 0; i < sim->traffic->n; i++) {
		const struct flow *f = &sim->traffic->flow[i];

		look(f->from, f->to, &f->dst);
		look(f->to, f->from, &f->src);
	}
}

/* ---- what is known ---- */

/* A registration has said it; the others, if who passed them on let it be. */
static void check_group(struct sim_node *node, const struct cache_entry *e,
			const struct sim_node *owner)
{
	const char *group = e->peer->group ? e->peer->group : "";

	/* At a NAT's address without a port there may be another. */
	if (e->adopted || (owner->natted && !e->b.nbma.port) ||
	    (!*group && e->b.kind != DMVPN_NEXTHOP_KIND_REGISTERED))
		return;
	if (strcmp(group, cloud_group(owner)))
		broken(GROUP, node, owner, "has %s in \"%s\"", owner->name,
		       group);
}

/* Where it is now, or was until a moment ago. */
static void check_place(struct sim_node *node, const struct cache_entry *e)
{
	uint64_t now = node->sim->net.now;
	struct sim_node *owner = cloud_owner(node->sim, &e->b.proto);
	struct sim_node *at = cloud_at(node->sim, &e->b.nbma, owner);
	struct text { char t[ADDR_TEXT]; } text;

	if (!owner || !at)
		broken(TAKEOVER, node, NULL, "knows %s, which is nobody's",
		       addr_format(&e->b.proto, text.t));
	/* Spokes believe who answers, if they have not heard of the owner. */
	if (at != owner && at->guise == owner && !node->is_hub)
		return;
	if (at != owner)
		broken(TAKEOVER, node, owner, "has %s at %s of %s",
		       owner->name, nbma_format(&e->b.nbma, text.t), at->name);
	check_group(node, e, owner);
	if ((owner->k.off || !cloud_is_at(owner, &e->b.nbma)) &&
	    now - owner->moved > SIM_HOLD * SECOND + GRACE_MS)
		broken(LEFT, node, owner, "still has %s at %s", owner->name,
		       nbma_format(&e->b.nbma, text.t));
}

static void check_entry(struct sim_node *node, const struct cache_entry *e)
{
	uint64_t now = node->sim->net.now;
	const struct fake_nexthop *nh = fake_nexthop_find(&node->k,
							  &e->b.proto);
	char text[ADDR_TEXT];

	if (e->b.expires != UINT64_MAX &&
	    (now > e->b.expires + GRACE_MS ||
	     e->b.expires > now + SIM_HOLD * SECOND + GRACE_MS))
		broken(HOLDING, node, NULL, "%s ends at %.3f s",
		       addr_format(&e->b.proto, text),
		       (double)e->b.expires / SECOND);
	if (e->installed != !!nh ||
	    (nh && !nbma_equal(&nh->k.nbma, &e->b.nbma)))
		broken(KERNEL, node, NULL, "next hop %s",
		       addr_format(&e->b.proto, text));
	check_place(node, e);
}

static void check_shortcut(struct sim_node *node, const struct shortcut *sc)
{
	uint64_t now = node->sim->net.now;
	char text[ADDR_TEXT];

	if (sc->expires != UINT64_MAX && now > sc->expires + GRACE_MS)
		broken(HOLDING, node, NULL, "shortcut %s ends at %.3f s",
		       prefix_format(&sc->dst, text),
		       (double)sc->expires / SECOND);
	if (sc->route && !fake_has_shortcut(&node->k,
					    prefix_format(&sc->dst, text)))
		broken(KERNEL, node, NULL, "has no route for %s",
		       prefix_format(&sc->dst, text));
}

static size_t shortcut_routes(const struct sim_node *node)
{
	const struct fake_route *r;
	size_t n = 0;

	hash_for_each(r, &node->k.routes, struct fake_route, node)
		n += r->r.shortcut;
	return n;
}

static void check_peer(struct sim_node *node, const struct peer *peer)
{
	const struct fake_peer *fake = fake_peer_find(&node->k, &peer->nbma);
	char text[ADDR_TEXT];

	if (!fake || strcmp(fake->policy, group_policy(peer)))
		broken(KERNEL, node, NULL, "policy %s for %s, not %s",
		       fake ? fake->policy : "-",
		       nbma_format(&peer->nbma, text), group_policy(peer));
}

static void look_at_node(struct sim_node *node)
{
	struct iface *ifc = iface_of(node);
	size_t installed = 0, routes = 0;
	const struct cache_entry *e;
	const struct shortcut *sc;
	const struct peer *peer;

	if (!ifc)
		return;
	node->sim->looks++;
	hash_for_each(e, &ifc->cache, struct cache_entry, node) {
		check_entry(node, e);
		installed += e->installed;
	}
	hash_for_each(sc, &ifc->shortcuts, struct shortcut, node) {
		check_shortcut(node, sc);
		routes += sc->route;
	}
	hash_for_each(peer, &ifc->peers, struct peer, node)
		check_peer(node, peer);
	if (installed != node->k.nexthops.count ||
	    routes != shortcut_routes(node) ||
	    ifc->peers.count != node->k.peers.count)
		broken(KERNEL, node, NULL,
		       "next hops %zu and %zu, routes %zu and %zu, peers %zu and %zu",
		       installed, node->k.nexthops.count, routes,
		       shortcut_routes(node), ifc->peers.count,
		       node->k.peers.count);
}

static void look_at_storms(struct sim *sim)
{
	unsigned int i, limit;

	for (i = 0; i < sim->n; i++) {
		limit = sim->node[i].is_hub ? STORM_HUB * sim->n : STORM_SPOKE;
		if (limit < STORM_SPOKE)
			limit = STORM_SPOKE;
		if (sim->node[i].peak > limit)
			broken(STORM, &sim->node[i], NULL,
			       "%u packets in a second", sim->node[i].peak);
	}
}

void invariant_watch(struct sim *sim)
{
	unsigned int i = sim->net.now / SECOND % SLICES;

	for (; i < sim->n; i += SLICES)
		look_at_node(&sim->node[i]);
	look_at_suspects(sim);
	look_at_ways(sim);
	if (!(sim->net.now / SECOND % SLICES))
		look_at_flows(sim);
	look_at_storms(sim);
}

/* ---- in the end ---- */

void invariant_registered(struct sim *sim)
{
	struct cache_entry *e;
	struct sim_node *node;
	unsigned int i, j;
	struct nhs *nhs;

	for (i = 0; i < sim->n; i++) {
		node = &sim->node[i];
		list_for_each(nhs, &iface_of(node)->nhs, struct nhs, link)
			if (nhs->state != NHRP_NHS_UP)
				broken(REGISTERED, node, NULL,
				       "a server is %s",
				       nhrp_nhs_state_name(nhs->state));
		for (j = 0; j < node->n_hubs; j++) {
			e = cache_find(iface_of(node->hub[j]), &node->overlay);
			if (!e || !e->installed ||
			    !nbma_equal(&e->b.nbma, &node->k.outside[0].at))
				broken(REGISTERED, node, node->hub[j],
				       "%s does not have it",
				       node->hub[j]->name);
		}
	}
}

static void check_way(struct sim_node *from, struct sim_node *to,
		      const struct addr *dst)
{
	struct fake_way way = look(from, to, dst);

	if (way.fate != FAKE_ARRIVED ||
	    (cloud_direct(from, to) && way.n != 2))
		broken(DIRECT, from, to, "to %s: %s after %u nodes", to->name,
		       way.fate == FAKE_ARRIVED ? "there" : "lost", way.n);
}

void invariant_direct(struct sim *sim)
{
	unsigned int i;

	for (i = 0; i < sim->traffic->n; i++) {
		const struct flow *f = &sim->traffic->flow[i];

		check_way(f->from, f->to, &f->dst);
		check_way(f->to, f->from, &f->src);
	}
}

static size_t dependants(const struct sim *sim, const struct sim_node *hub)
{
	unsigned int i, j;
	size_t n = 0;

	for (i = 0; i < sim->n; i++)
		for (j = 0; j < sim->node[i].n_hubs; j++)
			n += sim->node[i].hub[j] == hub;
	return n;
}

/* Registrations are made anew even then. */
static size_t other_requests(const struct iface *ifc)
{
	size_t n = ifc->nhrp->requests.count;
	const struct nhs *nhs;

	list_for_each(nhs, &ifc->nhs, struct nhs, link)
		n -= nhs->req.waits;
	return n;
}

void invariant_idle(struct sim *sim)
{
	struct sim_node *node;
	struct iface *ifc;
	unsigned int i;
	size_t peers;

	for (i = 0; i < sim->n; i++) {
		node = &sim->node[i];
		ifc = iface_of(node);
		peers = node->n_hubs + dependants(sim, node);
		if (sim->scenario->topology == TWO_HUBS && node->is_hub)
			peers += sim->n_hubs - 1;
		if (ifc->cache.count != peers || ifc->peers.count != peers ||
		    node->k.sessions.count != peers || ifc->shortcuts.count ||
		    ifc->flows.count || ifc->answers.count ||
		    ifc->askers.count || ifc->purges.count ||
		    other_requests(ifc))
			broken(QUIET, node, NULL,
			       "%zu peers wanted; bindings %zu, peers %zu, sessions %zu, shortcuts %zu, flows %zu, answers %zu, askers %zu, requests %zu",
			       peers, ifc->cache.count, ifc->peers.count,
			       node->k.sessions.count, ifc->shortcuts.count,
			       ifc->flows.count, ifc->answers.count,
			       ifc->askers.count,
			       other_requests(ifc));
	}
}
