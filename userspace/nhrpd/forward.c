// SPDX-License-Identifier: GPL-2.0-or-later
#include "nhrpd/cache.h"
#include "nhrpd/error.h"
#include "nhrpd/ext.h"
#include "nhrpd/forward.h"
#include "nhrpd/observe.h"
#include "nhrpd/own.h"
#include "nhrpd/path.h"
#include "nhrpd/peer.h"
#include "nhrpd/register.h"
#include "nhrpd/send.h"

/* Places in a packet. */
#define POS_HOPS	9
#define POS_ADDRESSES	28

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

/* One of our own addresses is in that extension. */
static bool names_us(const struct packet *pkt, const struct nhrp_ext *ext)
{
	struct nhrp_cie cie[NHRP_MSG_CIES];
	size_t i, n = ext ? ext_cies(&pkt->msg, ext, cie, NHRP_MSG_CIES) : 0;

	for (i = 0; i < n; i++)
		if (is_own_proto(pkt->ifc, &cie[i].proto))
			return true;
	return false;
}

/*
 * The extension that says that it has been here before, or NULL: the record of
 * who passed it on, or, for a reply, of who answered.
 */
static const struct nhrp_ext *find_loop(struct packet *pkt)
{
	const struct nhrp_ext *ext = find_record(pkt);

	if (names_us(pkt, ext))
		return ext;
	if (pkt->msg.type != NHRP_RESOLUTION_REPLY)
		return NULL;
	ext = ext_find(&pkt->msg, NHRP_EXT_RESPONDER);
	return names_us(pkt, ext) ? ext : NULL;
}

/*
 * A client behind a NAT that does not say so: we know its address as the
 * underlay sees it, the other end does not, and must not take the one that is
 * claimed for it.
 */
static void fill_nat(struct packet *pkt)
{
	struct nhrp_ext *ext = ext_find(&pkt->msg, NHRP_EXT_NAT);
	const struct cache_entry *entry;
	const struct addr *maker;
	struct nhrp_cie cie = { 0 };
	struct addr nat;

	if (ext_unknown(&pkt->msg))
		return;
	if (pkt->msg.type == NHRP_RESOLUTION_REQUEST)
		maker = &pkt->msg.src_proto;
	else if (pkt->msg.type == NHRP_RESOLUTION_REPLY && pkt->msg.n_cie)
		maker = &pkt->msg.cie[0].proto;
	else
		return;
	entry = cache_find(pkt->ifc, maker);
	nat = ext_nat(&pkt->msg, maker);
	if (!entry || !addr_is_none(&nat) ||
	    !(entry->b.flags & DMVPN_NEXTHOP_FLAGS_NAT))
		return;
	if (!ext && ext_add(&pkt->msg, NHRP_EXT_NAT, false, NULL, 0))
		ext = ext_find(&pkt->msg, NHRP_EXT_NAT);
	cie.prefix_len = (uint8_t)addr_bits(&entry->b.proto);
	cie.nbma = entry->b.nbma.addr;
	cie.proto = entry->b.proto;
	if (ext)
		ext_append_cie(&pkt->msg, ext, &cie);
}

/*
 * Our entry in the record: the address that we have on the requester's side,
 * both ways. Where the packet asks for more than we know, RFC 2332, 5.3 lets us
 * carry it, but not offer ourselves as an egress. False if there is no room.
 */
static bool add_record(struct packet *pkt, const struct iface *out)
{
	struct nhrp_ext *record = find_record(pkt);
	bool forth = record_of(pkt->msg.type) == NHRP_EXT_FORWARD;
	struct nhrp_cie cie = own_record(forth ? pkt->ifc : out,
					 &pkt->msg.dst_proto,
					 &pkt->msg.src_nbma);

	if (ext_unknown(&pkt->msg))
		cie.nbma = (struct addr){ 0 };
	return !record || ext_append_cie(&pkt->msg, record, &cie);
}

static enum forward_result refuse(const struct packet *pkt,
				  enum nhrp_error error, enum nhrp_drop why,
				  size_t offset)
{
	packet_drop(pkt, why);
	error_send(pkt, error, offset);
	return FORWARD_REFUSED;
}

/* A question gets a negative reply from who calls us, the others an error. */
static enum forward_result no_path(const struct packet *pkt)
{
	packet_drop(pkt, NHRP_DROP_NO_PATH);
	if (pkt->msg.type != NHRP_RESOLUTION_REQUEST)
		error_send(pkt, NHRP_ERROR_UNREACHABLE, POS_ADDRESSES +
			   pkt->msg.src_nbma.len);
	return FORWARD_NO_PATH;
}

enum forward_result forward_along(struct packet *pkt, const struct path *path)
{
	const struct nhrp_ext *loop = find_loop(pkt);
	struct peer *to;

	if (loop)
		return refuse(pkt, NHRP_ERROR_LOOP, NHRP_DROP_LOOP,
			      error_offset(pkt, loop));
	if (path->kind != PATH_CLOUD)
		return no_path(pkt);
	to = path->peer ? path->peer : register_path(path->ifc);
	/* Back to where it came from would be a loop of two. */
	if (!to || to == peer_of(pkt->ifc, &pkt->from, pkt->session))
		return no_path(pkt);
	if (pkt->msg.hops <= 1)
		return refuse(pkt, NHRP_ERROR_HOPS, NHRP_DROP_HOPS, POS_HOPS);
	pkt->msg.hops--;
	fill_nat(pkt);
	if (!add_record(pkt, path->ifc))
		return refuse(pkt, NHRP_ERROR_SDU_SIZE, NHRP_DROP_TOO_LONG, 0);
	if (!send_forwarded(path->ifc, &to->nbma, &pkt->msg))
		error_send(pkt, NHRP_ERROR_SDU_SIZE, 0);
	return FORWARD_SENT;
}

enum forward_result forward_packet(struct packet *pkt, const struct addr *dst)
{
	struct path path = path_find(pkt->ifc, dst);

	return forward_along(pkt, &path);
}
