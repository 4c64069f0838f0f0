// SPDX-License-Identifier: GPL-2.0-or-later
#include "nhrpd/auth.h"
#include "nhrpd/codec.h"
#include "nhrpd/dispatch.h"
#include "nhrpd/error.h"
#include "nhrpd/ext.h"
#include "nhrpd/own.h"
#include "nhrpd/purge.h"
#include "nhrpd/redirect.h"
#include "nhrpd/register.h"
#include "nhrpd/resolve.h"
#include "nhrpd/server.h"
#include "nhrpd/share.h"
#include "nhrpd/shortcut.h"

static void (*const handlers[NHRP_TYPE_MAX + 1])(struct packet *pkt) = {
	[NHRP_RESOLUTION_REQUEST] = resolve_request,
	[NHRP_RESOLUTION_REPLY] = shortcut_reply,
	[NHRP_REGISTRATION_REQUEST] = server_request,
	[NHRP_REGISTRATION_REPLY] = register_reply,
	[NHRP_PURGE_REQUEST] = purge_request,
	[NHRP_PURGE_REPLY] = purge_reply,
	[NHRP_ERROR_INDICATION] = error_receive,
	[NHRP_TRAFFIC_INDICATION] = redirect_receive,
};

/* Decode; true if there is something to act on. */
static bool decode(struct packet *pkt)
{
	enum nhrp_decode result = nhrp_decode(&pkt->msg, pkt->data, pkt->len);

	pkt->ifc->counters.received[pkt->msg.type]++;
	switch (result) {
	case NHRP_DECODE_OK:
		return true;
	case NHRP_DECODE_MALFORMED:
		packet_drop(pkt, NHRP_DROP_MALFORMED);
		break;
	case NHRP_DECODE_CHECKSUM:
		packet_drop(pkt, NHRP_DROP_CHECKSUM);
		break;
	case NHRP_DECODE_UNSUPPORTED:
		packet_drop(pkt, NHRP_DROP_UNSUPPORTED);
		break;
	case NHRP_DECODE_TOO_MANY:
		packet_drop(pkt, NHRP_DROP_TOO_LONG);
		break;
	}
	return false;
}

/* RFC 2332, 5.3: only what vendors add may be there more than once. */
static bool is_sound(const struct packet *pkt)
{
	const struct nhrp_ext *ext = ext_repeated(&pkt->msg);

	if (!ext)
		return true;
	packet_drop(pkt, NHRP_DROP_EXTENSION);
	error_send(pkt, NHRP_ERROR_INVALID_EXTENSION, error_offset(pkt, ext));
	return false;
}

/* Who leaves the cloud only waits for the end of it: of its purges. */
static bool is_wanted(const struct packet *pkt)
{
	if (pkt->ifc->active && (!pkt->ifc->nhrp->stopping ||
				 pkt->msg.type == NHRP_PURGE_REPLY ||
				 pkt->msg.type == NHRP_ERROR_INDICATION))
		return true;
	packet_drop(pkt, NHRP_DROP_NO_INTERFACE);
	return false;
}

/*
 * Without an address of the family nothing can be said in it but no: to a
 * client, that it cannot register here.
 */
static bool is_spoken(const struct packet *pkt)
{
	struct addr a = {
		.len = pkt->msg.protocol == NHRP_PROTOCOL_IPV6 ? 16 : 4,
	};

	if (pkt->msg.type == NHRP_REGISTRATION_REQUEST ||
	    !addr_is_none(own_proto(pkt->ifc, &a)))
		return true;
	packet_drop(pkt, NHRP_DROP_UNSUPPORTED);
	return false;
}

/* One that floods us is heard as others are. */
static bool is_fair(const struct packet *pkt)
{
	if (share_take(pkt))
		return true;
	packet_drop(pkt, NHRP_DROP_RATE);
	return false;
}

void dispatch_frame(struct iface *ifc, const struct nhrp_frame *frame)
{
	struct packet pkt = {
		.ifc = ifc,
		.from = frame->remote,
		.session = frame->session,
		.data = frame->data,
		.len = frame->len,
	};

	if (!decode(&pkt)) {
		if (ifc->active)
			error_undecodable(&pkt);
		return;
	}
	if (is_wanted(&pkt) && is_spoken(&pkt) && is_fair(&pkt) &&
	    auth_check(&pkt) && is_sound(&pkt))
		handlers[pkt.msg.type](&pkt);
}
