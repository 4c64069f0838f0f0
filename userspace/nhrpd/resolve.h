/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Resolution requests of others: answered where the destination leaves the
 * cloud, passed on elsewhere.
 *
 * The session between the two is begun by the one with the higher tunnel
 * address, whoever asked: if both began, IKE would make two, and packets be
 * lost when one of them goes. So the higher one answers when the session is
 * up, and who gets an answer finds it there; the lower one answers at once,
 * and makes use of the session when the other has brought it up.
 */
#ifndef NHRPD_RESOLVE_H
#define NHRPD_RESOLVE_H

#include "nhrpd/cache.h"
#include "nhrpd/ext.h"
#include "nhrpd/packet.h"

/* After that time the answer goes out in any case. */
#define RESOLVE_WAIT_MS 6000

/**
 * struct asker - who asked, while there is no session with it
 * @node: in the interface's table, by NBMA address
 * @ifc: interface
 * @b: its binding
 * @group: what it says of that
 * @from: where the request came from
 * @session: that it came in
 * @len: bytes of the request, 0 if it was answered
 * @timer: end of the wait
 * @data: the request
 */
struct asker {
	struct hash_node node;
	struct iface *ifc;
	struct binding b;
	struct nhrp_group group;
	struct nbma from;
	uint32_t session;
	size_t len;
	struct timer timer;
	uint8_t data[];
};

void resolve_request(struct packet *pkt);
/* A peer's session is up, or could not be had. */
void resolve_peer_changed(struct peer *peer);
/* A session is there, with a peer or without. */
void resolve_session(struct iface *ifc, const struct nhrp_session *session);
/* Answer nobody any more. */
void resolve_stop(struct iface *ifc);

#endif
