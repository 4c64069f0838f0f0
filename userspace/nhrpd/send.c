// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "nhrpd/auth.h"
#include "nhrpd/codec.h"
#include "nhrpd/ext.h"
#include "nhrpd/own.h"
#include "nhrpd/send.h"

void msg_init(const struct iface *ifc, struct nhrp_msg *msg, unsigned int type,
	      const struct addr *dst, const struct addr *to)
{
	memset(msg, 0, offsetof(struct nhrp_msg, pool));
	msg->pool_used = 0;
	msg->payload = NULL;
	msg->payload_len = 0;
	msg->type = (uint8_t)type;
	msg->hops = NHRP_HOPS;
	msg->src_nbma = *own_nbma_any(ifc, to);
	msg->src_proto = *own_proto(ifc, dst);
	msg->dst_proto = *dst;
	msg->afn = msg->src_nbma.len == 16 ? NHRP_AFN_IPV6 : NHRP_AFN_IPV4;
	msg->protocol = dst->len == 16 || msg->src_proto.len == 16 ?
			NHRP_PROTOCOL_IPV6 : NHRP_PROTOCOL_IPV4;
}

bool msg_add_extensions(const struct iface *ifc, struct nhrp_msg *msg)
{
	if (!ext_add_request(msg))
		return false;
	if (!ifc->conf.record)
		ext_remove_records(msg);
	return true;
}

struct nhrp_cie own_cie(const struct iface *ifc, const struct addr *dst,
			const struct addr *to)
{
	const struct addr *proto = own_proto(ifc, dst);

	return (struct nhrp_cie){
		.prefix_len = (uint8_t)addr_bits(proto),
		.mtu = ifc->conf.mtu,
		.holdtime = (uint16_t)ifc->conf.holdtime,
		.nbma = *own_nbma_any(ifc, to),
		.proto = *proto,
	};
}

/* RFC 2332, 5.3.1 to 5.3.3: with a prefix length of 0. */
struct nhrp_cie own_record(const struct iface *ifc, const struct addr *dst,
			   const struct addr *to)
{
	struct nhrp_cie cie = own_cie(ifc, dst, to);

	cie.prefix_len = 0;
	return cie;
}

void msg_init_reply(const struct iface *ifc, struct nhrp_msg *msg,
		    const struct nhrp_msg *request, unsigned int type)
{
	struct nhrp_cie cie = own_record(ifc, &request->src_proto,
					 &request->src_nbma);
	struct nhrp_ext *responder;

	msg_init(ifc, msg, type, &request->dst_proto, &request->src_nbma);
	msg->afn = request->afn;
	msg->protocol = request->protocol;
	msg->flags = request->flags;
	msg->id = request->id;
	msg->src_nbma = request->src_nbma;
	msg->src_proto = request->src_proto;
	ext_copy(msg, request);
	responder = ext_find(msg, NHRP_EXT_RESPONDER);
	if (responder)
		ext_set_cie(msg, responder, &cie);
}

enum result {
	SENT,
	TOO_LONG,
	LOST,		/* the limit's or the kernel's */
};

static enum result transmit(struct iface *ifc, const struct nbma *to,
			    struct nhrp_msg *msg)
{
	struct nhrp *n = ifc->nhrp;
	uint8_t data[NHRP_PACKET_MAX];
	size_t len;

	if (ifc->conf.max_send_packets &&
	    !limit_take(&ifc->send_limit, n->now, ifc->conf.max_send_packets,
			ifc->conf.max_send_seconds * 1000)) {
		iface_drop(ifc, NHRP_DROP_RATE);
		return LOST;
	}
	len = auth_put(ifc, msg) ? nhrp_encode(msg, data, sizeof(data)) : 0;
	if (!len) {
		iface_drop(ifc, NHRP_DROP_TOO_LONG);
		return TOO_LONG;
	}
	auth_sign(ifc, msg, data, len);
	if (n->ops->frame(n->ctx, ifc->dev.ifindex, to, data, len)) {
		iface_drop(ifc, NHRP_DROP_SEND);
		return LOST;
	}
	return SENT;
}

bool send_own(struct iface *ifc, const struct nbma *to, struct nhrp_msg *msg)
{
	if (transmit(ifc, to, msg) != SENT)
		return false;
	ifc->counters.sent[msg->type]++;
	return true;
}

bool send_forwarded(struct iface *ifc, const struct nbma *to,
		    struct nhrp_msg *msg)
{
	enum result result = transmit(ifc, to, msg);

	if (result == SENT)
		ifc->counters.forwarded[msg->type]++;
	return result != TOO_LONG;
}
