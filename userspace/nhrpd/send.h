/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NHRPD_SEND_H
#define NHRPD_SEND_H

#include "nhrpd/instance.h"
#include "nhrpd/msg.h"

/*
 * A packet of ours about @dst, with the addresses of this node that are of the
 * family of that, and of the NBMA address @to.
 */
void msg_init(const struct iface *ifc, struct nhrp_msg *msg,
	      unsigned int type, const struct addr *dst, const struct addr *to);
/* The extensions of a request; false if they do not fit. */
bool msg_add_extensions(const struct iface *ifc, struct nhrp_msg *msg);
/*
 * A reply to @request, with its addresses, id, flags and extensions; this node
 * is the responder.
 */
void msg_init_reply(const struct iface *ifc, struct nhrp_msg *msg,
		    const struct nhrp_msg *request, unsigned int type);
/* This node as a client information entry, of families as with msg_init. */
struct nhrp_cie own_cie(const struct iface *ifc, const struct addr *dst,
			const struct addr *to);
/* The same where extensions say who answered, or who passed it on. */
struct nhrp_cie own_record(const struct iface *ifc, const struct addr *dst,
			   const struct addr *to);

/*
 * Authenticate, encode and send; every failure is counted. For packets
 * made here (also errors), and for those of others that are passed on.
 */
bool send_own(struct iface *ifc, const struct nbma *to, struct nhrp_msg *msg);
/* False only if it has become too long for a packet. */
bool send_forwarded(struct iface *ifc, const struct nbma *to,
		    struct nhrp_msg *msg);

#endif
