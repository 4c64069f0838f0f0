/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Destinations with a path of their own: asked for, put into the kernel when
 * the session with their egress is up, asked for again while in use.
 */
#ifndef NHRPD_SHORTCUT_H
#define NHRPD_SHORTCUT_H

#include "nhrpd/cache.h"
#include "nhrpd/packet.h"
#include "nhrpd/request.h"

/* A question is asked so often: for half a minute. */
#define SHORTCUT_TRIES 5

/**
 * struct shortcut - a destination that was redirected or missed
 * @node: in the interface's table
 * @ifc: interface
 * @dst: prefix reached, a host prefix while resolving
 * @asked: address in it that is asked for
 * @state: where it is in its life
 * @entry: binding of the egress, NULL while there is none
 * @entry_link: in that binding's list
 * @route: a route was added
 * @override: to a prefix that had one, whose next hop it overrides
 * @created: when it was first asked for
 * @renewed: last positive reply
 * @expires: end of the holding time, UINT64_MAX while resolving
 * @server: peer that was asked last
 * @told: rate that was told with the last question, see group.h
 * @telling: the question is asked again to tell that rate
 * @req: resolution request
 * @timer: renewal or end
 */
struct shortcut {
	struct hash_node node;
	struct iface *ifc;
	struct prefix dst;
	struct addr asked;
	enum nhrp_shortcut_state state;
	struct cache_entry *entry;
	struct list entry_link;
	bool route;
	bool override;
	uint64_t created;
	uint64_t renewed;
	uint64_t expires;
	struct nbma server;
	uint64_t told;
	bool telling;
	struct request req;
	struct timer timer;
};

struct shortcut *shortcut_find(const struct iface *ifc,
			       const struct prefix *dst);
/* Find a direct path to @dst, which goes over the cloud now. */
void shortcut_want(struct iface *ifc, const struct addr *dst);
/* A server does not answer any more: ask another one what it was asked. */
void shortcut_ask_anew(struct iface *ifc, const struct nbma *server);
/* What is said in requests has changed: ask for what is in use anew. */
void shortcut_again(struct iface *ifc);
/* The rates of policies may be others: tell those that are to hear of it. */
void shortcut_tell_rates(struct iface *ifc);
/* A resolution reply. */
void shortcut_reply(struct packet *pkt);
/* An error indication about a resolution request. */
void shortcut_error(struct request *req, const char *text);
void shortcut_cache_changed(struct cache_entry *entry, enum cache_event event);
/*
 * One that the kernel has: through the binding @entry, by a route or, for the
 * egress itself, without.
 */
void shortcut_adopt(struct cache_entry *entry, const struct prefix *dst,
		    bool route);
/* @why is for the log: "expired", "purged". */
void shortcut_delete(struct shortcut *sc, const char *why);
/* Delete those that lie in @in, all if it is none; returns their number. */
unsigned int shortcut_clear(struct iface *ifc, const struct prefix *in);

#endif
