/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What makes this node ask for a direct path: which destinations, and how
 * often they have to be seen.
 */
#ifndef NHRPD_TRIGGER_H
#define NHRPD_TRIGGER_H

#include "nhrpd/instance.h"

/**
 * struct trigger - a destination that is not asked for yet
 * @node: in the interface's table
 * @ifc: interface
 * @dst: the destination
 * @count: misses and redirects for it
 * @timer: end of the time in which they are counted
 */
struct trigger {
	struct hash_node node;
	struct iface *ifc;
	struct addr dst;
	uint32_t count;
	struct timer timer;
};

/* The configuration lets this node ask for @dst. */
bool trigger_is_allowed(const struct iface *ifc, const struct addr *dst);
/*
 * A packet to @dst, of which the kernel or a server told: shall it be asked
 * for? If not, it has been counted why.
 */
bool trigger_pull(struct iface *ifc, const struct addr *dst);
/* Forget what was counted. */
void trigger_stop(struct iface *ifc);

#endif
