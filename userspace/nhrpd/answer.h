/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What others were told about addresses behind this node, so that it can be
 * taken back.
 */
#ifndef NHRPD_ANSWER_H
#define NHRPD_ANSWER_H

#include "nhrpd/packet.h"
#include "nhrpd/path.h"

#define ANSWER_PREFIX_MIN CONF_SUMMARY_MIN

/**
 * struct answer - a resolution reply that is still valid
 * @node: in the interface's table, by place
 * @ifc: interface
 * @place: where who asked is
 * @station: overlay address of who asked
 * @asked: what it asked for
 * @id: of its request
 * @what: what it was told is here
 * @timer: end of the holding time
 */
struct answer {
	struct hash_node node;
	struct iface *ifc;
	struct nbma place;
	struct addr station;
	struct addr asked;
	uint32_t id;
	struct prefix what;
	struct timer timer;
};

/*
 * What to tell of @asked, by the path to it: PATH_OWN or PATH_EGRESS. The
 * summary that it is in, else the subnet or the prefix of the route, or as much
 * of it as has no other route within; an overlay address is alone.
 */
struct prefix answer_prefix(struct iface *ifc, const struct path *path,
			    const struct addr *asked);

/**
 * enum answer_result - of answer_add
 */
enum answer_result {
	ANSWER_NEW,
	ANSWER_AGAIN,		/* to the same request: it was lost */
	ANSWER_FULL,		/* limit, or no memory */
};

/* Remember that the request was answered: what is here is @what. */
enum answer_result answer_add(struct packet *pkt, const struct prefix *what);
/* Take back those that are wrong by now. */
void answer_check(struct iface *ifc);
/* Take back all. */
void answer_purge(struct iface *ifc, const struct prefix *in);
/* Forget all. */
void answer_stop(struct iface *ifc);

#endif
