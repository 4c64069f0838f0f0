/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purges: taking back what others were told, and being told so.
 */
#ifndef NHRPD_PURGE_H
#define NHRPD_PURGE_H

#include "nhrpd/packet.h"
#include "nhrpd/request.h"

struct nhs;
struct peer;

/* Times a purge is sent: for 7 seconds. */
#define PURGE_TRIES 3

/**
 * struct purge - a purge request that waits for its reply
 * @node: in the interface's table
 * @ifc: interface
 * @to: peer that it is sent to
 * @station: overlay address of who has to forget
 * @src: our own at that time
 * @what: what to forget
 * @req: the request
 */
struct purge {
	struct hash_node node;
	struct iface *ifc;
	struct nbma to;
	struct addr station;
	struct addr src;
	struct prefix what;
	struct request req;
};

/* Tell @station, by way of the peer @to, to forget @what. */
void purge_send(struct iface *ifc, const struct nbma *to,
		const struct addr *station, const struct prefix *what);
/* Take back a registration; of all, or of what is not ours any more. */
void purge_registration(const struct nhs *nhs, bool all);
/* @own is registered with @to again: it must not hear of the past any more. */
void purge_withdraw(struct iface *ifc, const struct nbma *to,
		    const struct addr *own);
/* Packets that came in. */
void purge_request(struct packet *pkt);
void purge_reply(struct packet *pkt);
/* An error indication about a purge request. */
void purge_error(struct request *req);
/*
 * The session with a peer ended: whoever is there forgets us for that, and has
 * no way to reply.
 */
void purge_peer_ended(const struct peer *peer);
/* Wait for no reply any more. */
void purge_stop(struct iface *ifc);

#endif
