// SPDX-License-Identifier: GPL-2.0-or-later
#include "nhrpd/cache.h"
#include "nhrpd/error.h"
#include "nhrpd/ext.h"
#include "nhrpd/forward.h"
#include "nhrpd/observe.h"
#include "nhrpd/path.h"
#include "nhrpd/peer.h"
#include "nhrpd/register.h"
#include "nhrpd/send.h"

/* Which extension records the servers on the way of this type. */
static unsigned int record_of(unsigned int type)
{
	switch ((enum nhrp_type)type) {
	case NHRP_RESOLUTION_REQUEST:
	case NHRP_REGISTRATION_REQUEST:
	case NHRP_PURGE_REQUEST:
		return NHRP_EXT_FORWARD;
	case NHRP_RESOLUTION_REPLY:
	case NHRP_REGISTRATION_REPLY:
	case NHRP_PURGE_REPLY:
		return NHRP_EXT_REVERSE;
	case NHRP_ERROR_INDICATION:
	case NHRP_TRAFFIC_INDICATION:
		break;
	}
	return NHRP_EXT_END;
}

static struct nhrp_ext *find_record(struct packet *pkt)
{
	unsigned int type = record_of(pkt->msg.type);

	return type == NHRP_EXT_END ? NULL : ext_find(&pkt->msg, type);
}

bool forward_loops(const struct packet *pkt)
{
	struct nhrp_cie cie[NHRP_MSG_CIES];
	struct nhrp_msg *msg = (struct nhrp_msg *)&pkt->msg;
	const struct nhrp_ext *ext;
	size_t i, n;

	if (record_of(msg->type) == NHRP_EXT_END)
		return false;
	ext = ext_find(msg, record_of(msg->type));
	if (!ext)
		return false;
	n = ext_cies(msg, ext, cie, NHRP_MSG_CIES);
	for (i = 0; i < n; i++)
		if (is_own_proto(pkt->ifc->nhrp, &cie[i].proto))
			return true;
	return false;
}

/*
 * A client behind a NAT that does not say so: we know its address as the
 * underlay sees it, the other end does not.
 */
static void fill_nat(struct packet *pkt)
{
	struct nhrp_ext *ext = ext_find(&pkt->msg, NHRP_EXT_NAT);
	const struct cache_entry *entry;
	const struct addr *maker;
	struct nhrp_cie cie = { 0 };

	if (pkt->msg.type == NHRP_RESOLUTION_REQUEST)
		maker = &pkt->msg.src_proto;
	else if (pkt->msg.type == NHRP_RESOLUTION_REPLY && pkt->msg.n_cie)
		maker = &pkt->msg.cie[0].proto;
	else
		return;
	entry = cache_find(pkt->ifc, maker);
	if (!ext || ext->len || !entry ||
	    !(entry->b.flags & DMVPN_NEXTHOP_FLAGS_NAT))
		return;
	cie.prefix_len = (uint8_t)addr_bits(&entry->b.proto);
	cie.nbma = entry->b.nbma.addr;
	cie.proto = entry->b.proto;
	ext_append_cie(&pkt->msg, ext, &cie);
}

/* Our entry in the record, and one hop less. */
static void mark(struct packet *pkt, const struct iface *out)
{
	struct nhrp_ext *record = find_record(pkt);
	struct nhrp_cie cie = own_cie(out);

	if (record)
		ext_append_cie(&pkt->msg, record, &cie);
	fill_nat(pkt);
	pkt->msg.hops--;
}

static enum forward_result refuse(struct packet *pkt, enum nhrp_error error,
				  enum nhrp_drop why)
{
	packet_drop(pkt, why);
	error_send(pkt, error, 0);
	return FORWARD_REFUSED;
}

enum forward_result forward_packet(struct packet *pkt, const struct addr *dst)
{
	struct path path;
	struct peer *to;

	if (forward_loops(pkt))
		return refuse(pkt, NHRP_ERROR_LOOP, NHRP_DROP_LOOP);
	path = path_find(pkt->ifc, dst);
	if (path.kind != PATH_CLOUD) {
		packet_drop(pkt, NHRP_DROP_NO_PATH);
		return FORWARD_NO_PATH;
	}
	to = path.peer ? path.peer : register_path(path.ifc);
	/* Back to where it came from would be a loop of two. */
	if (!to || to == peer_of(pkt->ifc, &pkt->from)) {
		packet_drop(pkt, NHRP_DROP_NO_PATH);
		return FORWARD_NO_PATH;
	}
	if (pkt->msg.hops <= 1)
		return refuse(pkt, NHRP_ERROR_HOPS, NHRP_DROP_HOPS);
	mark(pkt, path.ifc);
	send_forwarded(path.ifc, &to->nbma, &pkt->msg);
	return FORWARD_SENT;
}
