/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who may speak for whom. A session proves where a packet comes from, and a
 * binding in that session which overlay address is there: nobody may speak for
 * another, unless our own routes lead through him, and then not of an NBMA
 * address that is ours or another's. A server of ours speaks for all, for it
 * has looked at the same.
 */
#ifndef NHRPD_SOURCE_H
#define NHRPD_SOURCE_H

#include "nhrpd/cache.h"
#include "nhrpd/packet.h"

/* A request or an error: its source is who it comes from, and known to be. */
bool source_asks(struct packet *pkt);
/*
 * The same of a question to us. What says no more than we know of a peer may
 * come by any way: we may have the direct path already that is asked for.
 * Strangers may ask, too, and get the answer where the question came from: it
 * may be a hub of other spokes. Nothing of what they say is believed.
 */
bool source_asks_us(struct packet *pkt);
/* A reply that is to be passed on: what it binds is who it comes from. */
bool source_answers(struct packet *pkt);
/*
 * The same of a reply to us. One that did not come by a server may be of a
 * stranger, who then speaks of the NBMA address that he has.
 */
bool source_answers_us(struct packet *pkt);
/*
 * The address of a NAT, without a port, that others whom we know are behind, or
 * we: who is meant cannot be told from it.
 */
bool source_is_vague(const struct iface *ifc, const struct binding *b);

#endif
