/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Passing on packets that are for others: as a transit NHS.
 */
#ifndef NHRPD_FORWARD_H
#define NHRPD_FORWARD_H

#include "nhrpd/packet.h"

struct path;

enum forward_result {
	FORWARD_SENT,		/* or lost on the way out, and counted */
	FORWARD_NO_PATH,	/* counted; nobody to send it to */
	FORWARD_REFUSED,	/* hop count, loop, size; counted, error sent */
};

/* Send it on toward @dst, hop by hop along the routes of the cloud. */
enum forward_result forward_packet(struct packet *pkt, const struct addr *dst);
/* The same where the path is known already. */
enum forward_result forward_along(struct packet *pkt, const struct path *path);

#endif
