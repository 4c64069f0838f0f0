/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NHRPD_PACKET_H
#define NHRPD_PACKET_H

#include "nhrpd/instance.h"
#include "nhrpd/msg.h"

/**
 * struct packet - an NHRP packet that came in and is being handled
 * @ifc: interface it came from
 * @from: NBMA address and port it came from
 * @session: handle of its session, 0 without protection
 * @data: as it came, for quoting
 * @len: of @data
 * @msg: decoded; handlers may change it
 */
struct packet {
	struct iface *ifc;
	struct nbma from;
	uint32_t session;
	const uint8_t *data;
	size_t len;
	struct nhrp_msg msg;
};

static inline void packet_drop(const struct packet *pkt, enum nhrp_drop why)
{
	iface_drop(pkt->ifc, why);
}

#endif
