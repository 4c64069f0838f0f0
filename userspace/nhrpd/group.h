/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Groups: a node says which one it is in, and what is configured for that one
 * is the policy that queues towards it. A group is the peer's, not a binding's:
 * what was said last, by a registration or in a resolution, is true of all that
 * it has said. Of who is registered only the registration counts: an authorizer
 * may have agreed to that one. And who else claims to be where one is that is
 * registered, or a server, says nothing of it.
 *
 * Two that have each other's group send at the lower of the rates that they
 * have for each other: the line of one is the bottleneck of both directions.
 */
#ifndef NHRPD_GROUP_H
#define NHRPD_GROUP_H

#include "nhrpd/cache.h"
#include "nhrpd/ext.h"
#include "nhrpd/packet.h"
#include "nhrpd/peer.h"

/* What a message says; a name that is none is counted. */
void group_read(const struct packet *pkt, enum nhrp_group_role role,
		struct nhrp_group *group);
/* The name is that of the peer's group, by its own word. */
bool group_is(const struct peer *peer, const char *name);
/*
 * Put ours into a request, and the rate that we have for who will answer; false
 * if it does not fit.
 */
bool group_ask(const struct iface *ifc, struct nhrp_msg *msg, uint64_t rate);
/* The same into a reply to one who asked for it. */
bool group_answer(const struct iface *ifc, struct nhrp_msg *msg, uint64_t rate);

/* The peer says that of itself. */
void group_learn(struct peer *peer, const struct nhrp_group *group);
/* The one with that binding says it in a resolution. */
void group_resolved(const struct cache_entry *entry,
		    const struct nhrp_group *group);
/* The group that counts for it, "" for none. */
const char *group_of(const struct peer *peer);
/* The policy that the kernel queues towards it with, "" for none. */
const char *group_policy(const struct peer *peer);
/*
 * Bits a second that we have for its group, whatever it has for ours; 0 if its
 * policy has no rate for all, or is not of the configuration. NULL: nobody.
 */
uint64_t group_rate(const struct peer *peer);
/* Bring the kernel to what the group, the addresses and the maps say. */
void group_apply(struct peer *peer);
/* The kernel has lost the peer, and its policy with it. */
void group_forget(struct peer *peer);
/* The configuration may have changed: look at all peers. */
void group_configure(struct iface *ifc);

#endif
