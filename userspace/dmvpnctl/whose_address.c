// SPDX-License-Identifier: GPL-2.0-or-later
/* Which address of a packet is that of the other end. */
#include <net/ethernet.h>

#include "dmvpnctl/whose.h"
#include "nhrpd/codec.h"

#define ETHERTYPE_NHRP	0x2001
#define ETHERTYPE_MPLS	0x8847
#define MPLS_LABEL	4
#define MPLS_BOTTOM	0x01	/* in the third byte: the last label */

static struct addr of_ip(const uint8_t *packet, size_t len, bool out)
{
	struct addr none = { 0 };

	if (len >= 20 && packet[0] >> 4 == 4)
		return addr_make(packet + (out ? 16 : 12), 4);
	if (len >= 40 && packet[0] >> 4 == 6)
		return addr_make(packet + (out ? 24 : 8), 16);
	return none;
}

static struct addr of_mpls(const uint8_t *packet, size_t len, bool out)
{
	struct addr none = { 0 };
	size_t at;

	for (at = 0; at + MPLS_LABEL <= len; at += MPLS_LABEL)
		if (packet[at + 2] & MPLS_BOTTOM)
			return of_ip(packet + at + MPLS_LABEL,
				     len - at - MPLS_LABEL, out);
	return none;
}

/* Requests go from source to destination, replies the other way. */
static struct addr of_nhrp(const uint8_t *packet, size_t len, bool out,
			   struct addr *claimed)
{
	static struct nhrp_msg msg;
	struct addr none = { 0 };
	bool reply;

	if (nhrp_decode(&msg, packet, len) != NHRP_DECODE_OK)
		return none;
	reply = msg.type == NHRP_RESOLUTION_REPLY ||
		msg.type == NHRP_REGISTRATION_REPLY ||
		msg.type == NHRP_PURGE_REPLY;
	if (!reply && !out)
		*claimed = msg.src_nbma;
	return out == reply ? msg.src_proto : msg.dst_proto;
}

struct addr whose_address(const uint8_t *packet, size_t len, uint16_t protocol,
			  bool out, struct addr *claimed)
{
	struct addr none = { 0 };

	*claimed = none;
	switch (protocol) {
	case ETHERTYPE_IP:
	case ETHERTYPE_IPV6:
		return of_ip(packet, len, out);
	case ETHERTYPE_MPLS:
		return of_mpls(packet, len, out);
	case ETHERTYPE_NHRP:
		return of_nhrp(packet, len, out, claimed);
	}
	return none;
}
