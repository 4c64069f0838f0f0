/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The prefixes of the routes where an interface is: which addresses around one
 * go the same way.
 */
#ifndef NHRPD_ROUTES_H
#define NHRPD_ROUTES_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/addr.h"

struct iface;

/**
 * struct routes - a copy of them, read when it is needed
 * @prefix: array of @n, in order
 * @n: their number
 * @room: that the array has
 * @known: it was read since they last changed
 */
struct routes {
	struct prefix *prefix;
	size_t n;
	size_t room;
	bool known;
};

/*
 * The length of the shortest prefix around @dst, of @in or within it, that has
 * no other route inside: RFC 2332, 6.3. @in is the route of @dst. Without
 * memory that is only @dst.
 */
unsigned int routes_alone(struct iface *ifc, const struct prefix *in,
			  const struct addr *dst);
/* They have changed. */
void routes_forget(struct iface *ifc);

#endif
