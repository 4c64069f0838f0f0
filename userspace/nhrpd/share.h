/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one node may have of max-send: what it sends is answered or passed on,
 * and one that sends a lot must not take all of that from the others. Nor must
 * several, or one with several sessions: nobody gets more than a part of what
 * is left, so that something is left whoever comes.
 */
#ifndef NHRPD_SHARE_H
#define NHRPD_SHARE_H

#include "nhrpd/packet.h"

/*
 * A quarter, for a node may be a hub of others, but so many packets that small
 * limits are there for anybody.
 */
#define SHARE_PART	4
#define SHARE_MIN	100

/* The packet's sender has some of its share left, and less of it then. */
bool share_take(const struct packet *pkt);

#endif
