// SPDX-License-Identifier: GPL-2.0-or-later
#include "nhrpd/codec.h"
#include "nhrpd/error.h"
#include "nhrpd/ext.h"
#include "nhrpd/forward.h"
#include "nhrpd/observe.h"
#include "nhrpd/own.h"
#include "nhrpd/path.h"
#include "nhrpd/purge.h"
#include "nhrpd/register.h"
#include "nhrpd/request.h"
#include "nhrpd/send.h"
#include "nhrpd/shortcut.h"
#include "nhrpd/source.h"

#define POS_OPTYPE 17

/* What is quoted of the offending packet: headers and addresses. */
#define QUOTE_MAX 128

const char *error_text(unsigned int error)
{
	switch ((enum nhrp_error)error) {
	case NHRP_ERROR_EXTENSION:
		return "unrecognised extension";
	case NHRP_ERROR_LOOP:
		return "loop detected";
	case NHRP_ERROR_UNREACHABLE:
		return "protocol address unreachable";
	case NHRP_ERROR_PROTOCOL:
		return "protocol error";
	case NHRP_ERROR_SDU_SIZE:
		return "SDU size exceeded";
	case NHRP_ERROR_INVALID_EXTENSION:
		return "invalid extension";
	case NHRP_ERROR_INVALID_REPLY:
		return "invalid resolution reply";
	case NHRP_ERROR_AUTH:
		return "authentication failure";
	case NHRP_ERROR_HOPS:
		return "hop count exceeded";
	}
	return "unknown error";
}

size_t error_offset(const struct packet *pkt, const struct nhrp_ext *ext)
{
	return ext_offset(&pkt->msg, pkt->data, ext);
}

/*
 * Who made the packet. Of a reply that is who answered: an extension may have
 * its address, the other one is what the request was sent to.
 */
static struct addr maker(const struct packet *pkt)
{
	struct nhrp_msg *msg = (struct nhrp_msg *)&pkt->msg;
	const struct nhrp_ext *responder;
	struct nhrp_cie cie;

	if (msg->type != NHRP_RESOLUTION_REPLY &&
	    msg->type != NHRP_REGISTRATION_REPLY &&
	    msg->type != NHRP_PURGE_REPLY)
		return msg->src_proto;
	responder = ext_find(msg, NHRP_EXT_RESPONDER);
	if (responder && ext_cies(msg, responder, &cie, 1) &&
	    addr_is_unicast(&cie.proto))
		return cie.proto;
	return msg->dst_proto;
}

void error_send(const struct packet *pkt, enum nhrp_error error, size_t offset)
{
	struct iface *ifc = pkt->ifc;
	struct nhrp_msg msg;
	struct addr dst;

	/* Neither an error nor a redirect is answered: no storms. */
	if (pkt->msg.type == NHRP_ERROR_INDICATION ||
	    pkt->msg.type == NHRP_TRAFFIC_INDICATION)
		return;
	if (!limit_take(&ifc->error_limit, ifc->nhrp->now, ERROR_RATE_PACKETS,
			ERROR_RATE_MS)) {
		iface_drop(ifc, NHRP_DROP_RATE);
		return;
	}
	dst = maker(pkt);
	msg_init(ifc, &msg, NHRP_ERROR_INDICATION, &dst, &pkt->from.addr);
	msg.error = (uint16_t)error;
	msg.offset = (uint16_t)offset;
	msg.payload = pkt->data;
	msg.payload_len = pkt->len < QUOTE_MAX ? pkt->len : QUOTE_MAX;
	send_own(ifc, &pkt->from, &msg);
	observe(ifc->nhrp, NHRP_EVENT_ERROR, NHRP_LEVEL_WARNING,
		(struct subject){ ifc, &pkt->msg.src_proto, &pkt->from },
		"%s in a %s from %s, error indication sent",
		error_text((unsigned int)error), nhrp_type_name(pkt->msg.type),
		nbma_text(&pkt->from).t);
}

bool error_extension(const struct packet *pkt)
{
	const struct nhrp_ext *ext = ext_unknown(&pkt->msg);

	if (!ext)
		return false;
	packet_drop(pkt, NHRP_DROP_EXTENSION);
	error_send(pkt, NHRP_ERROR_EXTENSION, error_offset(pkt, ext));
	return true;
}

/* Its type was not believed, but may be that of an error all the same. */
void error_undecodable(const struct packet *pkt)
{
	uint8_t type = pkt->len > POS_OPTYPE ? pkt->data[POS_OPTYPE] : 0;

	if (type >= NHRP_RESOLUTION_REQUEST && type <= NHRP_PURGE_REPLY)
		error_send(pkt, NHRP_ERROR_PROTOCOL, pkt->msg.offset);
}

/* Asking for the same once more would bring the same. */
static void end_request(struct request *req, unsigned int error)
{
	switch ((enum nhrp_type)req->type) {
	case NHRP_REGISTRATION_REQUEST:
		register_error(req, error_text(error));
		break;
	case NHRP_RESOLUTION_REQUEST:
		shortcut_error(req, error_text(error));
		break;
	default:
		purge_error(req);
		break;
	}
}

/* What we have sent ourselves is in a loop. */
static bool is_own_error(const struct packet *pkt)
{
	return is_own_proto(pkt->ifc, &pkt->msg.src_proto) &&
	       is_own_nbma(pkt->ifc, &pkt->msg.src_nbma);
}

/* About somebody else's packet, or about none of ours. */
static void pass_on(struct packet *pkt)
{
	if (is_own_proto(pkt->ifc, &pkt->msg.dst_proto))
		packet_drop(pkt, NHRP_DROP_NO_REQUEST);
	else if (source_asks(pkt))
		forward_packet(pkt, &pkt->msg.dst_proto);
	else
		packet_drop(pkt, NHRP_DROP_SOURCE);
}

void error_receive(struct packet *pkt)
{
	struct nhrp *n = pkt->ifc->nhrp;
	struct request *req = NULL;
	uint8_t type;
	uint32_t id;

	if (is_own_error(pkt)) {
		packet_drop(pkt, NHRP_DROP_LOOP);
		return;
	}
	if (nhrp_decode_quoted(pkt->msg.payload, pkt->msg.payload_len, &type,
			       &id))
		req = request_find(n, type, id);
	if (!req) {
		pass_on(pkt);
		return;
	}
	if (type == NHRP_REGISTRATION_REQUEST &&
	    !register_is_server(req, pkt)) {
		packet_drop(pkt, NHRP_DROP_SOURCE);
		return;
	}
	observe(n, NHRP_EVENT_ERROR, NHRP_LEVEL_WARNING,
		(struct subject){ pkt->ifc, &pkt->msg.src_proto, &pkt->from },
		"%s says of our %s: %s", nbma_text(&pkt->from).t,
		nhrp_type_name(type), error_text(pkt->msg.error));
	end_request(req, pkt->msg.error);
}
