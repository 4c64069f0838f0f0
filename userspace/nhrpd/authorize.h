/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registrations that somebody else decides on: an authorizer, by a port. One
 * that is new waits for the answer; the renewal of one that was accepted in
 * the same session, for the same time at most, does not.
 */
#ifndef NHRPD_AUTHORIZE_H
#define NHRPD_AUTHORIZE_H

#include "nhrpd/cache.h"
#include "nhrpd/ext.h"
#include "nhrpd/packet.h"

/**
 * enum verdict - on a registration
 * @VERDICT_ACCEPT: it is accepted, or nobody has to be asked
 * @VERDICT_DENY: it is refused
 * @VERDICT_WAIT: it waits, and comes again by server_decided()
 * @VERDICT_FULL: too many wait, or one that was asked about in other words
 */
enum verdict {
	VERDICT_ACCEPT,
	VERDICT_DENY,
	VERDICT_WAIT,
	VERDICT_FULL,
};

/**
 * struct pending - a registration that waits for the authorizer
 * @link: in the interface's list
 * @ifc: interface
 * @id: of the question
 * @proto: what is registered
 * @grant: what an accepting answer gives
 * @timer: end of the wait
 * @from: where the request came from
 * @session: that it came in
 * @group: that it names
 * @len: bytes of the request
 * @data: the request, as it was last sent
 */
struct pending {
	struct list link;
	struct iface *ifc;
	uint32_t id;
	struct addr proto;
	struct grant grant;
	struct timer timer;
	struct nbma from;
	uint32_t session;
	struct nhrp_group group;
	size_t len;
	uint8_t *data;
};

/*
 * Ask about @cie of @pkt, if that has to be; @grant gets what is accepted at
 * once.
 */
enum verdict authorize(const struct packet *pkt, const struct nhrp_cie *cie,
		       struct grant *grant);
/* Addresses that wait in the packet's session. */
unsigned int authorize_waiting(const struct packet *pkt);
/* The configuration may have changed. */
void authorize_configure(struct iface *ifc, const struct conf_if *old);
/* The session went: nobody waits in it any more. */
void authorize_session(struct iface *ifc, const struct nhrp_session *session);
/* Forget all. */
void authorize_stop(struct iface *ifc);

#endif
