// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "nhrpd/instance.h"
#include "nhrpd/routes.h"

#define ROOM_FIRST 64

static void take(void *arg, const struct prefix *dst)
{
	struct routes *r = arg;
	size_t room = r->room ? r->room * 2 : ROOM_FIRST;
	struct prefix *prefix;

	if (!r->known)
		return;
	if (r->n == r->room) {
		prefix = reallocarray(r->prefix, room, sizeof(*prefix));
		if (!prefix) {
			r->known = false;
			return;
		}
		r->prefix = prefix;
		r->room = room;
	}
	r->prefix[r->n++] = *dst;
}

static int by_address(const void *a, const void *b)
{
	return prefix_cmp(a, b);
}

static bool read_all(struct iface *ifc)
{
	struct routes *r = &ifc->routes;
	struct nhrp *n = ifc->nhrp;

	if (r->known)
		return true;
	r->n = 0;
	r->known = true;
	if (n->ops->routes(n->ctx, ifc->dev.ifindex, take, r) || !r->known) {
		r->known = false;
		return false;
	}
	if (r->n)
		qsort(r->prefix, r->n, sizeof(r->prefix[0]), by_address);
	return true;
}

void routes_forget(struct iface *ifc)
{
	free(ifc->routes.prefix);
	ifc->routes = (struct routes){ 0 };
}

/* The first whose address is higher than @dst. */
static size_t first_above(const struct routes *r, const struct addr *dst)
{
	size_t low = 0, high = r->n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (addr_cmp(&r->prefix[mid].addr, dst) > 0)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

/* The length that keeps @other out of a prefix around @dst. */
static unsigned int apart(const struct addr *other, const struct addr *dst)
{
	unsigned int bit = 0;

	while (bit < addr_bits(dst) &&
	       !((other->b[bit / 8] ^ dst->b[bit / 8]) >> (7 - bit % 8) & 1))
		bit++;
	return bit < addr_bits(dst) ? bit + 1 : bit;
}

static bool lies_in(const struct prefix *p, const struct prefix *in)
{
	return p->len > in->len && prefix_covers(in, p);
}

/* The nearest ones below and above decide: no other has more in common. */
unsigned int routes_alone(struct iface *ifc, const struct prefix *in,
			  const struct addr *dst)
{
	const struct routes *r = &ifc->routes;
	unsigned int len = in->len, other;
	size_t above, i;

	if (!read_all(ifc))
		return addr_bits(dst);
	above = first_above(r, dst);
	if (above < r->n && lies_in(&r->prefix[above], in))
		len = apart(&r->prefix[above].addr, dst);
	for (i = above; i--;) {
		if (addr_cmp(&r->prefix[i].addr, &in->addr) < 0)
			break;
		if (!lies_in(&r->prefix[i], in))
			continue;
		other = apart(&r->prefix[i].addr, dst);
		return other > len ? other : len;
	}
	return len;
}
