/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One registration speaks for one address. A node that has more of them tells
 * a server of the others when it has accepted the first.
 */
#ifndef NHRPD_ALIAS_H
#define NHRPD_ALIAS_H

#include "nhrpd/packet.h"
#include "nhrpd/request.h"

#define ALIAS_ERROR	64
/* A further IPv6 address, and that on the link. */
#define ALIAS_MAX	2
/* Asked so often; then again with the server's next renewal. */
#define ALIAS_TRIES	5

struct nhs;

/**
 * struct alias - a further address of ours that a server is told of
 * @nhs: the server
 * @own: the address, none if there is none to tell
 * @server: overlay address of the server of the same kind, none while not
 *	learnt
 * @state: of the registration
 * @state_since: when it changed
 * @req: registration request
 * @again: next try after a refusal
 * @requests: sent
 * @replies: positive
 * @refused: negative replies
 * @error: last failure, or ""
 */
struct alias {
	struct nhs *nhs;
	struct addr own;
	struct addr server;
	enum nhrp_nhs_state state;
	uint64_t state_since;
	struct request req;
	struct timer again;
	uint64_t requests;
	uint64_t replies;
	uint64_t refused;
	char error[ALIAS_ERROR];
};

void alias_init(struct nhs *nhs);
/* The server has accepted the first address: tell it all others (again). */
void alias_register(struct nhs *nhs);
/* Our addresses changed: take back what is gone, tell what came. */
void alias_update(struct nhs *nhs);
/* Make no registration any more. */
void alias_stop_renewal(struct nhs *nhs);
void alias_stop(struct nhs *nhs);
/* Ask the server to forget them; all, or those that are not ours any more. */
void alias_purge(const struct nhs *nhs, bool all);
/* The alias whose request this is, NULL if it is none's. */
struct alias *alias_of(struct request *req);
/* A registration reply, or an error indication, to its request. */
void alias_reply(struct alias *alias, struct packet *pkt);
void alias_error(struct alias *alias, const char *text);

#endif
