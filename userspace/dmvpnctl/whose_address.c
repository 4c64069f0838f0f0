// SPDX-License-Identifier: GPL-2.0-or-later
/* Which address of a packet is that of the other end. */
#include <net/ethernet.h>

#include "dmvpnctl/whose.h"
#include "nhrpd/codec.h"
#include "nhrpd/ext.h"

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

static bool is_reply(const struct nhrp_msg *msg)
{
	return msg->type == NHRP_RESOLUTION_REPLY ||
	       msg->type == NHRP_REGISTRATION_REPLY ||
	       msg->type == NHRP_PURGE_REPLY;
}

/* The last entry of an extension: false if it is not there, or empty. */
static bool last_entry(struct nhrp_msg *msg, unsigned int type,
		       struct nhrp_cie *cie)
{
	const struct nhrp_ext *ext = ext_find(msg, type);
	struct nhrp_cie all[NHRP_MSG_CIES];
	size_t n = ext ? ext_cies(msg, ext, all, NHRP_MSG_CIES) : 0;

	if (n)
		*cie = all[n - 1];
	return n;
}

/* Who has passed it on last, and has said so; or its maker. */
static struct addr nhrp_from(struct nhrp_msg *msg, struct addr *claimed)
{
	bool reply = is_reply(msg);
	struct nhrp_cie cie;

	if (last_entry(msg, reply ? NHRP_EXT_REVERSE : NHRP_EXT_FORWARD,
		       &cie) ||
	    (reply && last_entry(msg, NHRP_EXT_RESPONDER, &cie))) {
		*claimed = cie.nbma;
		return cie.proto;
	}
	if (reply)
		return msg->dst_proto;
	*claimed = msg->src_nbma;
	return msg->src_proto;
}

/* Who asked is answered directly, even if that is not known to be there. */
static struct addr nhrp_to(struct nhrp_msg *msg, struct addr *claimed)
{
	struct nhrp_cie cie;

	if (!is_reply(msg))
		return msg->dst_proto;
	if (!last_entry(msg, NHRP_EXT_FORWARD, &cie))
		*claimed = msg->src_nbma;
	return msg->src_proto;
}

static struct addr of_nhrp(const uint8_t *packet, size_t len, bool out,
			   struct addr *claimed)
{
	static struct nhrp_msg msg;
	struct addr none = { 0 };

	if (nhrp_decode(&msg, packet, len) != NHRP_DECODE_OK)
		return none;
	return out ? nhrp_to(&msg, claimed) : nhrp_from(&msg, claimed);
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
