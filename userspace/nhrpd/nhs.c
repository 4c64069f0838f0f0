// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "nhrpd/name.h"
#include "nhrpd/nhs.h"
#include "nhrpd/observe.h"
#include "nhrpd/own.h"
#include "nhrpd/peer.h"
#include "nhrpd/shortcut.h"

#define PROBE_GAP_MS	1000

static bool is_up(const struct nhs *nhs)
{
	return nhs->state == NHRP_NHS_UP;
}

/* Those of short intervals are quicker, so that all is over in thrice that. */
uint64_t nhs_probe_gap(const struct iface *ifc)
{
	uint64_t third = ifc->conf.probe_seconds * 1000ull / 3;

	return third && third < PROBE_GAP_MS ? third : PROBE_GAP_MS;
}

uint64_t nhs_patience(const struct iface *ifc)
{
	return nhs_probe_gap(ifc) * ifc->conf.probe_retries;
}

static void watch_in(struct nhs *nhs, uint64_t ms)
{
	struct nhrp *n = nhs->ifc->nhrp;

	timer_set(&n->timers, &nhs->watch, nhrp_in(n, ms));
}

void nhs_expect(struct nhs *nhs, uint64_t ms)
{
	if (!nhs->failed)
		watch_in(nhs, ms);
}

void nhs_asked_again(struct nhs *nhs)
{
	if (nhs->failed && !is_up(nhs))
		watch_in(nhs, NHS_STALE_MS);
}

/* ---- is it there? ---- */

/*
 * The kernel counts what comes from it. Whoever talks to us need not be asked
 * whether he is there, which spares a hub the probes of all busy spokes.
 */
static void listen_to(struct nhs *nhs)
{
	struct nhrp *n = nhs->ifc->nhrp;
	struct kernel_peer k = { 0 };

	if (n->ops->peer_get(n->ctx, nhs->ifc->dev.ifindex, &nhs->peer->nbma,
			     &k) || k.rx_packets == nhs->rx)
		return;
	nhs->rx = k.rx_packets;
	nhs->heard = n->now;
}

/* Milliseconds until nothing has been heard of it for @ms. */
static uint64_t silent_in(struct nhs *nhs, uint64_t ms)
{
	uint64_t silence;

	listen_to(nhs);
	silence = nhs->ifc->nhrp->now - nhs->heard;
	return silence < ms ? ms - silence : 0;
}

static bool is_silent_for(struct nhs *nhs, uint64_t ms)
{
	return !silent_in(nhs, ms);
}

/* ---- who is used? ---- */

static unsigned int max_connections(const struct nhs *nhs)
{
	const struct conf_if *conf = &nhs->ifc->conf;
	size_t i;

	for (i = 0; i < conf->n_cluster; i++)
		if (conf->cluster[i].number == nhs->conf.cluster)
			return conf->cluster[i].max_connections;
	return 0;
}

/* As many others as are allowed are up: nothing forces us to return to it. */
static bool is_replaced(const struct nhs *nhs)
{
	unsigned int max = max_connections(nhs), n = 0;
	const struct nhs *other;

	list_for_each(other, &nhs->ifc->nhs, struct nhs, link)
		n += other != nhs && is_up(other) && !other->failed &&
		     other->conf.cluster == nhs->conf.cluster;
	return n >= (max ? max : 1);
}

uint64_t nhs_returns_in(const struct nhs *nhs)
{
	uint64_t end = nhs->state_since +
		       nhs->ifc->conf.fallback_seconds * 1000ull;
	uint64_t now = nhs->ifc->nhrp->now;

	if (!nhs->failed || !is_up(nhs))
		return UINT64_MAX;
	return end > now && is_replaced(nhs) ? end - now : 0;
}

/* It has an address, and we have one to register with it. */
static bool is_possible(const struct nhs *nhs)
{
	return !addr_is_none(&nhs->conf.nbma) &&
	       !addr_is_none(own_proto(nhs->ifc, &nhs->conf.proto));
}

/*
 * Better ones take the places. One that is up only gives its place to one that
 * is up as well, so that there is no time without.
 */
static bool is_wanted(const struct nhs *nhs)
{
	unsigned int max = max_connections(nhs), n = 0;
	const struct nhs *other;

	list_for_each(other, &nhs->ifc->nhs, struct nhs, link) {
		if (other == nhs)
			break;
		n += other->conf.cluster == nhs->conf.cluster &&
		     is_possible(other) &&
		     !other->failed && (is_up(other) || !is_up(nhs));
	}
	return !max || n < max;
}

/*
 * The kernel has one server for what it does not know: the best one. A peer may
 * be a server twice, for IPv4 and for IPv6, and is lost only for both.
 */
static void mark_peers(struct iface *ifc)
{
	struct peer *best = register_path(ifc);
	struct nhs *nhs;

	list_for_each(nhs, &ifc->nhs, struct nhs, link) {
		if (!nhs->peer)
			continue;
		if (!best)
			best = nhs->peer;
		nhs->peer->lost = true;
	}
	list_for_each(nhs, &ifc->nhs, struct nhs, link)
		if (nhs->peer && (!nhs->failed || is_up(nhs)))
			nhs->peer->lost = false;
	if (best)
		peer_set_standby(best, false);
	list_for_each(nhs, &ifc->nhs, struct nhs, link)
		if (nhs->peer && nhs->peer != best)
			peer_set_standby(nhs->peer, true);
}

static void tell_return(struct nhs *nhs)
{
	struct nbma nbma = { .addr = nhs->conf.nbma };

	nhs->failed = false;
	observe(nhs->ifc->nhrp, NHRP_EVENT_NHS, NHRP_LEVEL_INFO,
		(struct subject){ nhs->ifc, &nhs->proto, &nbma },
		"NHS %s (%s) is in use again", addr_text(&nhs->proto).t,
		addr_text(&nhs->conf.nbma).t);
}

/* When to look again at one that is up. */
static void watch_up(struct nhs *nhs)
{
	uint64_t ms = nhs_returns_in(nhs);

	if (nhs->ifc->conf.probe_seconds && nhs_probe_gap(nhs->ifc) < ms)
		ms = nhs_probe_gap(nhs->ifc);
	if (ms == UINT64_MAX)
		timer_stop(&nhs->ifc->nhrp->timers, &nhs->watch);
	else
		watch_in(nhs, ms);
}

void nhs_select(struct iface *ifc)
{
	struct nhs *nhs;

	if (!ifc->active || ifc->nhrp->stopping)
		return;
	list_for_each(nhs, &ifc->nhs, struct nhs, link)
		if (!nhs_returns_in(nhs))
			tell_return(nhs);
	list_for_each(nhs, &ifc->nhs, struct nhs, link) {
		if (is_wanted(nhs))
			register_hold(nhs);
		else
			register_release(nhs);
		/* Probes may have been switched on. */
		if (is_up(nhs) && !nhs->watch.set)
			watch_up(nhs);
	}
	mark_peers(ifc);
}

/* ---- what happens to one ---- */

void nhs_answered(struct nhs *nhs)
{
	listen_to(nhs);
	nhs->heard = nhs->ifc->nhrp->now;
	nhs_select(nhs->ifc);
	/* A better one may just have been returned to. */
	if (is_up(nhs))
		watch_up(nhs);
}

void nhs_lost(struct nhs *nhs)
{
	struct iface *ifc = nhs->ifc;
	struct nbma nbma = { .addr = nhs->conf.nbma };
	bool known = nhs->failed && !is_up(nhs);

	register_set_state(nhs, NHRP_NHS_PROBE);
	nhs->failed = true;
	if (known) {
		watch_in(nhs, NHS_STALE_MS);
		return;
	}
	/* Perhaps it can be reached at another of its addresses. */
	watch_in(nhs, nhs->n_addr < 2 ? silent_in(nhs, NHS_STALE_MS) : 0);
	observe(ifc->nhrp, NHRP_EVENT_NHS_DOWN, NHRP_LEVEL_WARNING,
		(struct subject){ ifc, &nhs->proto, &nbma },
		"NHS %s (%s) is lost: %s", addr_text(&nhs->proto).t,
		addr_text(&nhs->conf.nbma).t, nhs->error);
	nhs_select(ifc);
	shortcut_ask_anew(ifc, &nbma);
}

/* Who sends packets is there: NHRP alone is restarted, say. */
static bool is_talking(struct nhs *nhs)
{
	const struct conf_if *conf = &nhs->ifc->conf;

	return conf->probe_seconds && peer_is_up(nhs->peer) &&
	       !is_silent_for(nhs, nhs_patience(nhs->ifc));
}

void nhs_unanswered(struct nhs *nhs)
{
	snprintf(nhs->error, sizeof(nhs->error),
		 "no answer to %u registration requests", nhs->req.tries - 1);
	if (!is_talking(nhs)) {
		nhs_lost(nhs);
		return;
	}
	register_set_state(nhs, NHRP_NHS_PROBE);
	watch_in(nhs, nhs_patience(nhs->ifc));
	mark_peers(nhs->ifc);
}

static const char *why_silent(const struct peer *peer)
{
	if (!peer_is_up(peer))
		return "no session";
	return peer_is_wanted(peer) ? "no answer" :
	       "somebody else is at its address";
}

static void not_connected(struct nhs *nhs)
{
	if (is_talking(nhs)) {
		watch_in(nhs, nhs_patience(nhs->ifc));
		return;
	}
	if (!nhs->error[0])
		snprintf(nhs->error, sizeof(nhs->error), "%s",
			 why_silent(nhs->peer));
	nhs_lost(nhs);
}

/* It may have forgotten its end of the session, which nothing tells us. */
static void renew_session(struct nhs *nhs)
{
	struct nhrp *n = nhs->ifc->nhrp;
	const struct peer *peer = nhs->peer;
	uint64_t age = n->now - peer->state_since;

	if (!peer->session || !peer_is_up(peer))
		return;
	if (age < NHS_STALE_MS)
		watch_in(nhs, NHS_STALE_MS - age);
	else if (!peer->lost)
		watch_in(nhs, NHS_STALE_MS);
	else if (is_silent_for(nhs, NHS_STALE_MS))
		n->ops->session_clear(n->ctx, peer->session);
}

/* One that refuses us is there; it is asked again in its time. */
static void try_otherwise(struct nhs *nhs)
{
	if (!nhs->req.waits)
		return;
	if (name_next(nhs)) {
		nhs_select(nhs->ifc);
		/* Not without memory for its peer. */
		if (nhs->peer)
			watch_in(nhs, NHS_STALE_MS);
	} else {
		renew_session(nhs);
	}
}

void nhs_due(struct timer *t)
{
	struct nhs *nhs = container_of(t, struct nhs, watch);
	uint64_t silence = nhs->ifc->conf.probe_seconds * 1000ull;

	if (!is_up(nhs)) {
		if (nhs->failed)
			try_otherwise(nhs);
		else
			not_connected(nhs);
		return;
	}
	if (!nhs_returns_in(nhs))
		nhs_select(nhs->ifc);
	/* And with it a better one, which has taken the place. */
	if (!is_up(nhs))
		return;
	if (silence && is_silent_for(nhs, silence) && !nhs->req.waits)
		register_probe(nhs);
	watch_up(nhs);
}
