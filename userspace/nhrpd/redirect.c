// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "lib/buf.h"
#include "nhrpd/observe.h"
#include "nhrpd/own.h"
#include "nhrpd/path.h"
#include "nhrpd/peer.h"
#include "nhrpd/redirect.h"
#include "nhrpd/register.h"
#include "nhrpd/send.h"
#include "nhrpd/shortcut.h"

/* Enough to see what it is: the header of the packet and more. */
#define HEAD_MAX 128

#define IPV4_ADDRESSES	12
#define IPV6_ADDRESSES	8

static uint32_t flow_hash(const struct addr *src, const struct addr *dst)
{
	return addr_hash(src) * 31 + addr_hash(dst);
}

static struct flow *find(const struct iface *ifc, const struct addr *src,
			 const struct addr *dst)
{
	struct hash_node *node;
	struct flow *flow;

	for (node = hash_first(&ifc->flows, flow_hash(src, dst)); node;
	     node = hash_next(node)) {
		flow = container_of(node, struct flow, node);
		if (addr_equal(&flow->src, src) && addr_equal(&flow->dst, dst))
			return flow;
	}
	return NULL;
}

static void flow_delete(struct flow *flow)
{
	timer_stop(&flow->ifc->nhrp->timers, &flow->timer);
	hash_del(&flow->ifc->flows, &flow->node);
	free(flow);
}

static void interval_over(struct timer *t)
{
	flow_delete(container_of(t, struct flow, timer));
}

static bool flow_add(struct iface *ifc, const struct addr *src,
		     const struct addr *dst)
{
	struct nhrp *n = ifc->nhrp;
	struct flow *flow;

	if (ifc->flows.count >= ifc->conf.redirect_limit)
		return false;
	flow = calloc(1, sizeof(*flow));
	if (!flow)
		return false;
	flow->ifc = ifc;
	flow->src = *src;
	flow->dst = *dst;
	timer_init(&flow->timer, interval_over);
	if (hash_add(&ifc->flows, &flow->node, flow_hash(src, dst))) {
		free(flow);
		return false;
	}
	timer_set(&n->timers, &flow->timer,
		  nhrp_in(n, ifc->conf.redirect_seconds * 1000ull));
	return true;
}

/* The peer that a packet to @dst goes to, NULL if it leaves the cloud. */
static const struct peer *way_of(struct iface *ifc, const struct addr *dst)
{
	struct path path = path_find(ifc, dst);

	if (path.kind != PATH_CLOUD)
		return NULL;
	return path.peer ? path.peer : register_path(path.ifc);
}

static void send_indication(struct iface *ifc,
			    const struct nhrp_hairpin *hairpin)
{
	struct nhrp_msg msg;

	msg_init(ifc, &msg, NHRP_TRAFFIC_INDICATION, &hairpin->src,
		 &hairpin->remote.addr);
	msg.payload = hairpin->packet;
	msg.payload_len = hairpin->len < HEAD_MAX ? hairpin->len : HEAD_MAX;
	if (!send_own(ifc, &hairpin->remote, &msg))
		return;
	observe(ifc->nhrp, NHRP_EVENT_REDIRECT, NHRP_LEVEL_DEBUG,
		(struct subject){ ifc, &hairpin->dst, &hairpin->remote },
		"redirect sent to %s for %s", nbma_text(&hairpin->remote).t,
		addr_text(&hairpin->dst).t);
}

void redirect_send(struct iface *ifc, const struct nhrp_hairpin *hairpin)
{
	const struct peer *from = peer_of(ifc, &hairpin->remote, 0);
	const struct peer *to;

	if (!ifc->conf.redirect) {
		iface_drop(ifc, NHRP_DROP_NOT_ALLOWED);
		return;
	}
	if (!addr_is_unicast(&hairpin->src) || !addr_is_unicast(&hairpin->dst))
		return;
	/* Back to where it came from: no path is better than that one. */
	to = way_of(ifc, &hairpin->dst);
	if (!from || !to || from == to) {
		iface_drop(ifc, NHRP_DROP_STALE);
		return;
	}
	if (find(ifc, &hairpin->src, &hairpin->dst)) {
		iface_count(ifc, NHRP_CHANGE_REDIRECT_SUPPRESSED);
		return;
	}
	if (flow_add(ifc, &hairpin->src, &hairpin->dst))
		send_indication(ifc, hairpin);
	else
		iface_drop(ifc, NHRP_DROP_LIMIT);
}

/* Source and destination of the packet whose head this is. */
static bool read_addresses(const uint8_t *data, size_t len, struct addr *src,
			   struct addr *dst)
{
	struct reader r;
	size_t size;

	reader_init(&r, data, len);
	switch (len ? data[0] >> 4 : 0) {
	case 4:
		read_bytes(&r, IPV4_ADDRESSES);
		size = 4;
		break;
	case 6:
		read_bytes(&r, IPV6_ADDRESSES);
		size = 16;
		break;
	default:
		return false;
	}
	data = read_bytes(&r, size);
	*src = addr_make(data, data ? size : 0);
	data = read_bytes(&r, size);
	*dst = addr_make(data, data ? size : 0);
	return !r.error;
}

/*
 * Only who carries our packets may say that; and if they come to us by the
 * cloud themselves, it is for their sender to find another way.
 */
static enum nhrp_drop check(struct iface *ifc, const struct peer *from,
			    const struct addr *src, const struct path *path)
{
	struct path back = path_find(ifc, src);
	const struct peer *to = path->peer;

	if (path->kind != PATH_CLOUD || path->route.shortcut ||
	    addr_is_none(own_proto(path->ifc, src)))
		return NHRP_DROP_STALE;
	if (!to)
		to = register_path(path->ifc);
	if (!from || from != to)
		return NHRP_DROP_SOURCE;
	if (back.kind == PATH_CLOUD)
		return NHRP_DROP_NOT_FOR_US;
	return __NHRP_DROP_MAX;
}

void redirect_receive(struct packet *pkt)
{
	struct iface *ifc = pkt->ifc;
	struct addr src, dst;
	enum nhrp_drop why;
	struct path path;

	if (!ifc->conf.shortcut) {
		packet_drop(pkt, NHRP_DROP_NOT_ALLOWED);
		return;
	}
	if (!read_addresses(pkt->msg.payload, pkt->msg.payload_len, &src,
			    &dst) || !addr_is_unicast(&dst)) {
		packet_drop(pkt, NHRP_DROP_MALFORMED);
		return;
	}
	path = path_find(ifc, &dst);
	why = check(ifc, peer_of(ifc, &pkt->from, pkt->session), &src, &path);
	if (why != __NHRP_DROP_MAX) {
		packet_drop(pkt, why);
		return;
	}
	observe(ifc->nhrp, NHRP_EVENT_REDIRECT, NHRP_LEVEL_DEBUG,
		(struct subject){ ifc, &dst, &pkt->from },
		"%s redirects us for %s", nbma_text(&pkt->from).t,
		addr_text(&dst).t);
	shortcut_want(path.ifc, &dst);
}

void redirect_stop(struct iface *ifc)
{
	struct flow *flow, *tmp;

	hash_for_each_safe(flow, tmp, &ifc->flows, struct flow, node)
		flow_delete(flow);
}
