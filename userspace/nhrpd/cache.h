/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bindings of overlay addresses to NBMA addresses, and their copies in the
 * kernel's next hop table.
 */
#ifndef NHRPD_CACHE_H
#define NHRPD_CACHE_H

#include "nhrpd/instance.h"

/* A registration waits that long for its session to come back. */
#define CACHE_ORPHAN_MS	30000

/* Each spoke has one of these: members are in order of size. */

/**
 * struct grant - an authorizer's word on a registration
 * @claimed: NBMA address that the client says it has
 * @given: accepted; as long as nothing of this changes
 * @asked: holding time that was asked for, in seconds
 * @session: the session that it came in
 * @holdtime: and what was given
 */
struct grant {
	struct addr claimed;
	bool given;
	uint16_t asked;
	uint32_t session;
	uint32_t holdtime;
};

/**
 * struct binding - what is to be known about an overlay address
 * @proto: the address
 * @nbma: peer that leads there
 * @claimed: NBMA address it claims itself, if behind a NAT; else none
 * @multicast: gets multicast copies
 * @kind: enum dmvpn_nexthop_kind
 * @flags: enum dmvpn_nexthop_flags
 * @session: that it came through, 0 for none
 * @grant: of a registration
 * @expires: end of the holding time, UINT64_MAX for no end
 */
struct binding {
	struct addr proto;
	struct nbma nbma;
	struct addr claimed;
	bool multicast;
	uint32_t kind;
	uint32_t flags;
	uint32_t session;
	struct grant grant;
	uint64_t expires;
};

/**
 * struct cache_entry - a binding that is known
 * @node: in the interface's table
 * @ifc: interface
 * @peer_link: in the peer's list
 * @peer: of the NBMA address
 * @shortcuts: struct shortcut that lead through here
 * @b: the binding
 * @created: when it was first known
 * @orphan_end: its session is gone: end of the wait for it, 0 if it is there
 * @installed: the kernel has it
 * @adopted: found in the kernel at start and not confirmed since
 * @timer: its end
 */
struct cache_entry {
	struct hash_node node;
	struct iface *ifc;
	struct list peer_link;
	struct peer *peer;
	struct list shortcuts;
	struct binding b;
	uint64_t created;
	uint64_t orphan_end;
	bool installed;
	bool adopted;
	struct timer timer;
};

/**
 * enum cache_result - of cache_set
 */
enum cache_result {
	CACHE_OK,
	CACHE_FULL,		/* limit, or no memory */
	CACHE_KEPT,		/* a better kind of binding is there */
};

struct cache_entry *cache_find(const struct iface *ifc,
			       const struct addr *proto);
/*
 * Add a binding or replace what is known, unless that is of a better kind:
 * static, then nhs, registered, shortcut, cached. Bindings made by
 * resolution go into the kernel when their session is up, the others at once.
 * @entry, if not NULL, gets the entry there is now.
 */
enum cache_result cache_set(struct iface *ifc, const struct binding *b,
			    struct cache_entry **entry);
/* The same for one that the kernel has already. */
enum cache_result cache_adopt(struct iface *ifc, const struct binding *b);
void cache_delete(struct cache_entry *entry);
/* Change only whether it gets multicast copies. */
void cache_set_multicast(struct cache_entry *entry, bool multicast);
/* To be called when a peer's session changed its state. */
void cache_peer_changed(struct peer *peer, uint32_t old_state);
/* The kernel may have lost it: put it back. */
void cache_restore(struct cache_entry *entry);
/* The kernel did not take it. */
void cache_refused(struct cache_entry *entry);
/* The kernel lost the peer, and so all that leads there. */
void cache_peer_lost(struct peer *peer);
/* Who sends from @remote in that session is the one it is bound to. */
bool cache_is_holder(const struct cache_entry *entry,
		     const struct nbma *remote, uint32_t session);
/* Somebody is there who is registered with us, or configured. */
bool cache_is_settled(const struct peer *peer);
/*
 * True while nobody else may have the address: not expired, and its session
 * is up.
 */
bool cache_is_live(const struct cache_entry *entry);

#endif
