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

bool share_take(const struct packet *pkt)
{
	struct peer *from = peer_of(pkt->ifc, &pkt->from, pkt->session);
	const struct conf_if *conf = &pkt->ifc->conf;

	/* A server speaks for all of its clients. */
	if (!conf->max_send_packets || (from && from->uses_nhs))
		return true;
	return limit_take(limit_of(pkt, from), pkt->ifc->nhrp->now,
			  share_of(conf), conf->max_send_seconds * 1000);
}
