/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What others were told about addresses behind this node, so that it can be
 * taken back.
 */
#ifndef NHRPD_ANSWER_H
#define NHRPD_ANSWER_H

#include "nhrpd/path.h"

/* Whoever answers for less bits than these speaks of one address only. */
#define ANSWER_PREFIX_MIN 8

/**
 * struct answer - a resolution reply that is still valid
 * @node: in the interface's table
 * @ifc: interface
 * @station: overlay address of who asked
 * @asked: what it asked for
 * @what: what it was told is here
 * @timer: end of the holding time
 */
struct answer {
	struct hash_node node;
	struct iface *ifc;
	struct addr station;
	struct addr asked;
	struct prefix what;
	struct timer timer;
};

/*
 * What to tell of @asked, by the path to it: PATH_OWN or PATH_EGRESS. The
 * subnet or the prefix of the route; an overlay address is alone.
 */
struct prefix answer_prefix(const struct nhrp *n, const struct path *path,
			    const struct addr *asked);
/* Remember an answer; false if that is too much. */
bool answer_add(struct iface *ifc, const struct addr *station,
		const struct addr *asked, const struct prefix *what);
/* Take back those that are wrong by now. */
void answer_check(struct iface *ifc);
/* Take back all. */
void answer_purge(struct iface *ifc);
/* Forget all. */
void answer_stop(struct iface *ifc);

#endif
