/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Groups: a node says which one it is in, and what is configured for that one
 * is the policy that queues towards it. A group is the peer's, not a binding's:
 * what was said last, by a registration or in a resolution, is true of all that
 * it has said.
 */
#ifndef NHRPD_GROUP_H
#define NHRPD_GROUP_H

#include "nhrpd/cache.h"
#include "nhrpd/packet.h"
#include "nhrpd/peer.h"

/* Name in a message, "" for none; one that is none is counted. */
void group_read(const struct packet *pkt, enum nhrp_group_role role,
		char name[static CONF_GROUP]);
/* The name is that of the peer's group, by its own word. */
bool group_is(const struct peer *peer, const char *name);
/* Put ours into a request; false if it does not fit. */
bool group_ask(const struct iface *ifc, struct nhrp_msg *msg);
/* The same into a reply to one who asked for it. */
bool group_answer(const struct iface *ifc, struct nhrp_msg *msg);

/* The peer says that it is in that group, "" for none. */
void group_learn(struct peer *peer, const char *name);
/* The group that counts for it, "" for none. */
const char *group_of(const struct peer *peer);
/* The policy that the kernel queues towards it with, "" for none. */
const char *group_policy(const struct peer *peer);
/* Bring the kernel to what the group, the addresses and the maps say. */
void group_apply(struct peer *peer);
/* The kernel has lost the peer, and its policy with it. */
void group_forget(struct peer *peer);
/* The configuration may have changed: look at all peers. */
void group_configure(struct iface *ifc);

#endif
