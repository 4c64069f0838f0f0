// SPDX-License-Identifier: GPL-2.0-or-later
#include "nhrpd/peer.h"
#include "nhrpd/share.h"

static uint32_t share_of(const struct conf_if *conf)
{
	uint32_t part = conf->max_send_packets / SHARE_PART;

	return part > SHARE_MIN ? part : SHARE_MIN;
}

/* Who has no binding yet has it together with a few others. */
static struct limit *limit_of(const struct packet *pkt, struct peer *from)
{
	struct iface *ifc = pkt->ifc;

	return from ? &from->share :
		      &ifc->share[addr_hash(&pkt->from.addr) % IFACE_SHARES];
}

/* It has had as much as its part of what is left now. */
static bool is_greedy(const struct iface *ifc, const struct limit *own)
{
	uint32_t most = ifc->conf.max_send_packets;
	uint32_t share = share_of(&ifc->conf);
	uint32_t ms = ifc->conf.max_send_seconds * 1000;
	uint64_t now = ifc->nhrp->now;
	uint32_t used = limit_used(own, now, share, ms);
	uint32_t left = most - limit_used(&ifc->send_limit, now, most, ms);

	return share > SHARE_MIN && used > left / SHARE_PART;
}

bool share_take(const struct packet *pkt)
{
	struct peer *from = peer_of(pkt->ifc, &pkt->from, pkt->session);
	const struct conf_if *conf = &pkt->ifc->conf;
	struct limit *own;

	/* A server speaks for all of its clients. */
	if (!conf->max_send_packets || (from && from->uses_nhs))
		return true;
	own = limit_of(pkt, from);
	return !is_greedy(pkt->ifc, own) &&
	       limit_take(own, pkt->ifc->nhrp->now, share_of(conf),
			  conf->max_send_seconds * 1000);
}
