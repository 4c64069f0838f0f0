// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The instance: what the edges call.
 */
#include <stdlib.h>
#include <string.h>

#include "nhrpd/adopt.h"
#include "nhrpd/answer.h"
#include "nhrpd/authorize.h"
#include "nhrpd/cache.h"
#include "nhrpd/carrier.h"
#include "nhrpd/dispatch.h"
#include "nhrpd/iface.h"
#include "nhrpd/name.h"
#include "nhrpd/own.h"
#include "nhrpd/path.h"
#include "nhrpd/peer.h"
#include "nhrpd/qos.h"
#include "nhrpd/redirect.h"
#include "nhrpd/register.h"
#include "nhrpd/resolve.h"
#include "nhrpd/shortcut.h"

/* Purges are repeated, but nobody waits for long: twice this time at most. */
#define STOP_MS		1000
/* Routes change in bursts. */
#define ROUTES_MS	1000

static void grace_over(struct timer *t)
{
	struct nhrp *n = container_of(t, struct nhrp, sweep_timer);
	struct iface *ifc;

	list_for_each(ifc, &n->ifaces, struct iface, link) {
		adopt_sweep(ifc);
		carrier_settle(ifc);
	}
}

/* As long as purges wait for replies; the last one ends it at once. */
static void wait_for_purges(struct nhrp *n)
{
	struct iface *ifc;
	bool wait = false;

	list_for_each(ifc, &n->ifaces, struct iface, link)
		wait |= ifc->purges.count > 0;
	timer_set(&n->timers, &n->stop_timer, nhrp_in(n, wait ? STOP_MS : 0));
}

/* Registrations come last: replies of others find us by way of our servers. */
static void stop_on(struct timer *t)
{
	struct nhrp *n = container_of(t, struct nhrp, stop_timer);
	struct iface *ifc;

	list_for_each(ifc, &n->ifaces, struct iface, link) {
		if (n->deregistered)
			iface_stop(ifc);
		else if (ifc->active)
			register_leave(ifc);
	}
	if (n->deregistered)
		qos_stop(n);
	n->stopped = n->deregistered;
	n->deregistered = true;
	if (!n->stopped)
		wait_for_purges(n);
}

static void routes_settled(struct timer *t)
{
	struct nhrp *n = container_of(t, struct nhrp, routes_timer);
	struct iface *ifc;

	list_for_each(ifc, &n->ifaces, struct iface, link) {
		routes_forget(ifc);
		if (ifc->active)
			answer_check(ifc);
	}
}

struct nhrp *nhrp_create(const struct kernel_ops *ops, nhrp_observer observer,
			 void *ctx, uint64_t now, uint64_t wall)
{
	struct nhrp *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	n->ops = ops;
	n->observer = observer;
	n->ctx = ctx;
	n->now = now;
	n->epoch = wall * 1000 - now;
	hash_init(&n->requests);
	list_init(&n->ifaces);
	hash_init(&n->sessions);
	timer_init(&n->sweep_timer, grace_over);
	timer_init(&n->stop_timer, stop_on);
	timer_init(&n->routes_timer, routes_settled);
	return n;
}

void nhrp_observe_from(struct nhrp *n, enum nhrp_event_level level)
{
	n->observe_from = level;
}

void nhrp_set_authorizer(struct nhrp *n, nhrp_authorizer authorizer)
{
	n->authorizer = authorizer;
}

/* ---- the end: a kernel that is not touched ---- */

static int keep_peer(void *ctx, uint32_t ifindex, const struct nbma *nbma)
{
	(void)ctx;
	(void)ifindex;
	(void)nbma;
	return 0;
}

static int keep_flags(void *ctx, uint32_t ifindex, const struct nbma *nbma,
		      uint32_t flags, const char *identity)
{
	(void)flags;
	(void)identity;
	return keep_peer(ctx, ifindex, nbma);
}

static int keep_session(void *ctx, uint32_t handle, const struct addr *local)
{
	(void)ctx;
	(void)handle;
	(void)local;
	return 0;
}

static int keep_nexthop(void *ctx, uint32_t ifindex, const struct addr *address)
{
	(void)ctx;
	(void)ifindex;
	(void)address;
	return 0;
}

static int keep_route(void *ctx, uint32_t ifindex, const struct prefix *dst,
		      const struct addr *via)
{
	(void)ctx;
	(void)ifindex;
	(void)dst;
	(void)via;
	return 0;
}

static const struct kernel_ops keep_all = {
	.peer_new = keep_flags,
	.peer_del = keep_peer,
	.session_release = keep_session,
	.nexthop_del = keep_nexthop,
	.route_del = keep_route,
};

void nhrp_destroy(struct nhrp *n)
{
	struct iface *ifc, *tmp;

	n->ops = &keep_all;
	n->observer = NULL;
	n->started = false;
	list_for_each_safe(ifc, tmp, &n->ifaces, struct iface, link)
		iface_destroy(ifc);
	timer_stop(&n->timers, &n->sweep_timer);
	timer_stop(&n->timers, &n->stop_timer);
	timer_stop(&n->timers, &n->routes_timer);
	qos_free(n);
	hash_fini(&n->requests);
	hash_fini(&n->sessions);
	free(n);
}

/* ---- configuration and devices ---- */

/* All that may fail, before anything changes: copies, and interfaces. */
static int prepare(struct nhrp *n, const struct conf *conf, struct conf *copy)
{
	struct conf_if *to;
	size_t i;

	if (policies_copy(&copy->policies, &conf->policies))
		return -1;
	for (i = 0; i < conf->n_iface; i++) {
		to = conf_add_if(copy, conf->iface[i].name);
		if (!to || conf_if_copy(to, &conf->iface[i]) ||
		    !iface_get(n, to->name))
			return -1;
	}
	return 0;
}

static void drop_unused(struct nhrp *n)
{
	struct iface *ifc, *tmp;

	list_for_each_safe(ifc, tmp, &n->ifaces, struct iface, link)
		iface_drop_unused(ifc);
}

int nhrp_configure(struct nhrp *n, uint64_t now, const struct conf *conf)
{
	struct conf copy = { 0 };
	struct iface *ifc;
	size_t i;

	n->now = now;
	if (prepare(n, conf, &copy)) {
		conf_free(&copy);
		drop_unused(n);
		return -1;
	}
	qos_configure(n, &copy.policies);
	list_for_each(ifc, &n->ifaces, struct iface, link)
		if (ifc->configured && !conf_find(&copy, ifc->conf.name))
			iface_configure(ifc, NULL);
	for (i = 0; i < copy.n_iface; i++)
		iface_configure(iface_find(n, copy.iface[i].name),
				&copy.iface[i]);
	qos_clean(n);
	/* The arrays in them have been given away. */
	conf_free_ifaces(&copy);
	drop_unused(n);
	return 0;
}

const struct policies *nhrp_policies(const struct nhrp *n)
{
	return &n->policies;
}

void nhrp_link(struct nhrp *n, uint64_t now, const struct nhrp_link *link)
{
	struct iface *ifc = iface_of_device(n, link->ifindex);

	n->now = now;
	if (ifc && strcmp(ifc->conf.name, link->name)) {
		/* It has got another name: for us it is another one. */
		iface_set_device(ifc, NULL);
		iface_drop_unused(ifc);
	}
	ifc = iface_get(n, link->name);
	if (ifc)
		iface_set_device(ifc, link);
}

void nhrp_link_gone(struct nhrp *n, uint64_t now, uint32_t ifindex)
{
	struct iface *ifc = iface_of_device(n, ifindex);

	n->now = now;
	if (!ifc)
		return;
	iface_count(ifc, NHRP_CHANGE_DELETED);
	iface_set_device(ifc, NULL);
	iface_drop_unused(ifc);
}

/* ---- start and stop ---- */

static struct iface *adopting(struct nhrp *n, uint64_t now, uint32_t ifindex)
{
	struct iface *ifc = iface_of_device(n, ifindex);

	n->now = now;
	return ifc && ifc->configured ? ifc : NULL;
}

void nhrp_adopt_peer(struct nhrp *n, uint64_t now, uint32_t ifindex,
		     const struct kernel_peer *peer)
{
	struct iface *ifc = adopting(n, now, ifindex);

	if (ifc)
		peer_adopt(ifc, peer);
}

void nhrp_adopt_nexthop(struct nhrp *n, uint64_t now, uint32_t ifindex,
			const struct kernel_nexthop *nexthop)
{
	struct iface *ifc = adopting(n, now, ifindex);

	if (ifc)
		adopt_nexthop(ifc, nexthop);
}

void nhrp_adopt_route(struct nhrp *n, uint64_t now, uint32_t ifindex,
		      const struct prefix *dst, const struct addr *via)
{
	struct iface *ifc = adopting(n, now, ifindex);

	if (ifc)
		adopt_route(ifc, dst, via);
}

void nhrp_start(struct nhrp *n, uint64_t now)
{
	struct iface *ifc;

	n->now = now;
	n->started = true;
	list_for_each(ifc, &n->ifaces, struct iface, link)
		iface_start(ifc);
	timer_set(&n->timers, &n->sweep_timer, nhrp_in(n, ADOPT_GRACE_MS));
}

void nhrp_stop(struct nhrp *n, uint64_t now)
{
	struct iface *ifc;

	n->now = now;
	if (n->stopping)
		return;
	n->stopping = true;
	list_for_each(ifc, &n->ifaces, struct iface, link)
		iface_leave(ifc);
	wait_for_purges(n);
}

bool nhrp_stopped(const struct nhrp *n)
{
	return n->stopped;
}

uint64_t nhrp_deadline(const struct nhrp *n)
{
	return timers_deadline(&n->timers);
}

void nhrp_tick(struct nhrp *n, uint64_t now)
{
	n->now = now;
	timers_run(&n->timers, now);
}

/* ---- events ---- */

void nhrp_frame(struct nhrp *n, uint64_t now, const struct nhrp_frame *frame)
{
	struct iface *ifc = iface_of_device(n, frame->ifindex);

	n->now = now;
	if (ifc)
		dispatch_frame(ifc, frame);
}

void nhrp_session(struct nhrp *n, uint64_t now,
		  const struct nhrp_session *session)
{
	struct iface *ifc;

	n->now = now;
	list_for_each(ifc, &n->ifaces, struct iface, link) {
		if (!ifc->dev.protected ||
		    (!addr_is_none(&session->local) &&
		     !is_own_nbma(ifc, &session->local)))
			continue;
		peer_session(ifc, session);
		authorize_session(ifc, session);
		if (ifc->active)
			resolve_session(ifc, session);
	}
}

static int by_number(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

void nhrp_sessions_left(struct nhrp *n, uint64_t now, uint32_t *handle,
			size_t n_handle)
{
	struct nhrp_session *ended = calloc(n->sessions.count + 1,
					    sizeof(*ended));
	const struct peer *peer;
	size_t n_ended = 0, i;

	if (!ended)
		return;
	if (n_handle)
		qsort(handle, n_handle, sizeof(*handle), by_number);
	hash_for_each(peer, &n->sessions, struct peer, session_node)
		if (!n_handle || !bsearch(&peer->session, handle, n_handle,
					  sizeof(*handle), by_number))
			ended[n_ended++] = (struct nhrp_session){
				.handle = peer->session,
				.remote = peer->nbma,
				.state = DMVPN_SESSION_STATE_DOWN,
				.gone = true,
			};
	for (i = 0; i < n_ended; i++)
		nhrp_session(n, now, &ended[i]);
	free(ended);
}

/*
 * The kernel carries both families; who has no overlay address of one has
 * nothing to ask with. What is of that goes through the next hop server.
 */
static bool speaks(const struct iface *ifc, const struct addr *a)
{
	return !addr_is_none(own_proto(ifc, a));
}

void nhrp_miss(struct nhrp *n, uint64_t now, uint32_t ifindex,
	       const struct addr *address, const struct addr *dst)
{
	struct iface *ifc = iface_by_index(n, ifindex);
	struct cache_entry *entry;

	(void)dst;
	n->now = now;
	if (!ifc || n->stopping || !speaks(ifc, address))
		return;
	entry = cache_find(ifc, address);
	/* One that waits for its session comes without being asked for. */
	if (entry)
		cache_restore(entry);
	else if (!ifc->conf.shortcut)
		iface_drop(ifc, NHRP_DROP_NOT_ALLOWED);
	else if (addr_is_unicast(address) && !is_own_proto(ifc, address))
		shortcut_want(ifc, address);
}

void nhrp_redirect(struct nhrp *n, uint64_t now,
		   const struct nhrp_hairpin *hairpin)
{
	struct iface *ifc = iface_by_index(n, hairpin->ifindex);

	n->now = now;
	if (ifc && !n->stopping && speaks(ifc, &hairpin->dst))
		redirect_send(ifc, hairpin);
}

void nhrp_peer_gone(struct nhrp *n, uint64_t now, uint32_t ifindex,
		    const struct nbma *nbma)
{
	struct iface *ifc = iface_by_index(n, ifindex);
	struct peer *peer = ifc ? peer_find(ifc, nbma) : NULL;

	n->now = now;
	if (!peer || !peer_gone(peer))
		return;
	/* The next hops first: a change of state may be the end of the peer. */
	cache_peer_lost(peer);
	peer_refresh(peer);
}

void nhrp_peer_refused(struct nhrp *n, uint64_t now, uint32_t ifindex,
		       const struct nbma *nbma)
{
	struct iface *ifc = iface_by_index(n, ifindex);
	struct peer *peer = ifc ? peer_find(ifc, nbma) : NULL;

	n->now = now;
	if (peer)
		peer_refused(peer);
}

void nhrp_nexthop_refused(struct nhrp *n, uint64_t now, uint32_t ifindex,
			  const struct addr *address)
{
	struct iface *ifc = iface_by_index(n, ifindex);
	struct cache_entry *entry = ifc ? cache_find(ifc, address) : NULL;

	n->now = now;
	if (entry)
		cache_refused(entry);
}

void nhrp_frame_refused(struct nhrp *n, uint64_t now, uint32_t ifindex)
{
	struct iface *ifc = iface_of_device(n, ifindex);

	n->now = now;
	if (ifc)
		iface_drop(ifc, NHRP_DROP_SEND);
}

void nhrp_resolved(struct nhrp *n, uint64_t now, const char *host,
		   const struct addr *addr, size_t n_addr, const char *error)
{
	struct iface *ifc;

	n->now = now;
	list_for_each(ifc, &n->ifaces, struct iface, link)
		name_resolved(ifc, host, addr, n_addr, error);
}

void nhrp_routes_changed(struct nhrp *n, uint64_t now)
{
	n->now = now;
	if (!n->routes_timer.set)
		timer_set(&n->timers, &n->routes_timer, nhrp_in(n, ROUTES_MS));
}

/* ---- clear ---- */

static bool is_cleared(const struct cache_entry *entry,
		       const struct nhrp_clear *what)
{
	if (!addr_is_none(&what->proto.addr) &&
	    !prefix_contains(&what->proto, &entry->b.proto))
		return false;
	if (what->shortcuts)
		return entry->b.kind == DMVPN_NEXTHOP_KIND_SHORTCUT;
	return entry->b.kind != DMVPN_NEXTHOP_KIND_STATIC &&
	       entry->b.kind != DMVPN_NEXTHOP_KIND_NHS;
}

static unsigned int clear_cache(struct iface *ifc,
				const struct nhrp_clear *what)
{
	struct cache_entry *entry, *tmp;
	unsigned int n = 0;

	hash_for_each_safe(entry, tmp, &ifc->cache, struct cache_entry, node) {
		if (!is_cleared(entry, what))
			continue;
		cache_delete(entry);
		n++;
	}
	return n;
}

unsigned int nhrp_clear(struct nhrp *n, uint64_t now,
			const struct nhrp_clear *what)
{
	unsigned int cleared = 0;
	struct iface *ifc;

	n->now = now;
	list_for_each(ifc, &n->ifaces, struct iface, link) {
		if (!ifc->active || n->stopping ||
		    (what->ifname && strcmp(what->ifname, ifc->conf.name)))
			continue;
		cleared += shortcut_clear(ifc, &what->proto);
		cleared += clear_cache(ifc, what);
		if (addr_is_none(&what->proto.addr) && !what->shortcuts)
			register_again(ifc);
	}
	return cleared;
}

void nhrp_clear_counters(struct nhrp *n, const char *ifname)
{
	struct iface *ifc;

	list_for_each(ifc, &n->ifaces, struct iface, link)
		if (!ifname || !strcmp(ifname, ifc->conf.name))
			memset(&ifc->counters, 0, sizeof(ifc->counters));
}
