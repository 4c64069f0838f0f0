// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Data packets: their way by routes and next hops, and the events that they
 * raise in the kernels.
 */
#include <string.h>

#include "fake_kernel.h"

/* As the kernel's: kmod/upcall.h, kmod/nexthop.h. */
#define REDIRECT_MS	2000
#define MISS_MS		1000

/* Was there one for these addresses a moment ago? */
static bool is_recent(const struct fake_kernel *k, struct fake_recent *table,
		      uint32_t hash, uint64_t ms)
{
	struct fake_recent *r = &table[hash % FAKE_RECENT];

	if (!k->upcalls)
		return false;
	if (r->when && r->hash == hash && k->net->now < r->when + ms)
		return true;
	r->hash = hash;
	r->when = k->net->now;
	return false;
}

/* Head of a packet as redirect events carry it. */
static size_t packet_head(uint8_t head[static 40], const struct addr *src,
			  const struct addr *dst)
{
	memset(head, 0, 40);
	if (src->len == 16) {
		head[0] = 0x60;
		memcpy(head + 8, src->b, 16);
		memcpy(head + 24, dst->b, 16);
		return 40;
	}
	head[0] = 0x45;
	memcpy(head + 12, src->b, 4);
	memcpy(head + 16, dst->b, 4);
	return 28;
}

static void redirect(struct fake_kernel *k, const struct nbma *from,
		     const struct addr *src, const struct addr *dst)
{
	uint8_t head[40];
	struct nhrp_hairpin hairpin = {
		.ifindex = FAKE_DMVPN,
		.remote = *from,
		.src = *src,
		.dst = *dst,
		.packet = head,
		.len = packet_head(head, src, dst),
	};
	uint32_t hash = addr_hash(src) * 31 + addr_hash(dst);

	if (!k->nhrp || is_recent(k, k->redirected, hash, REDIRECT_MS) ||
	    (k->upcalls && !limit_take(&k->redirects, k->net->now, k->upcalls,
				       1000)))
		return;
	nhrp_redirect(k->nhrp, k->net->now, &hairpin);
	fake_net_arm(k);
}

static void miss(struct fake_kernel *k, const struct addr *next,
		 const struct addr *dst)
{
	if (!k->nhrp || is_recent(k, k->missed, addr_hash(next), MISS_MS) ||
	    (k->upcalls && !limit_take(&k->misses, k->net->now, k->upcalls,
				       1000)))
		return;
	nhrp_miss(k->nhrp, k->net->now, FAKE_DMVPN, next, dst);
	fake_net_arm(k);
}

/* What is known of the packet on its way. */
struct packet_state {
	const struct addr *src;
	const struct addr *dst;
	struct nbma from;	/* peer it came from, none at its sender */
	bool real;
};

/* The peer that it goes to, NULL if it is lost. */
static const struct fake_peer *next_peer(struct fake_kernel *k,
					 const struct kernel_route *r,
					 const struct packet_state *p)
{
	const struct addr *next = addr_is_none(&r->via) ? p->dst : &r->via;
	struct fake_nexthop *nh = fake_nexthop_find(k, next);

	if (nh) {
		if (p->real)
			nh->used = k->net->now;
		return fake_peer_find(k, &nh->k.nbma);
	}
	if (p->real)
		miss(k, next, p->dst);
	/* What the server sent does not go back to it: kmod/nexthop.c. */
	if (k->nhs && nbma_equal(&k->nhs->nbma, &p->from))
		return NULL;
	return k->nhs;
}

/* Over the tunnel; NULL if it does not come out of it. */
static struct fake_kernel *cross(struct fake_kernel *k,
				 const struct fake_peer *to, struct nbma *from)
{
	*from = *fake_outside(k, &to->nbma.addr);
	if (!k->dev.protected)
		return fake_node_at(k->net, &to->nbma);
	if (!fake_session_carries(to->session))
		return NULL;
	*from = *fake_peer_of(to->session->other);
	return to->session->other->k;
}

/* One hop; NULL at the end of its way. */
static struct fake_kernel *hop(struct fake_kernel *k, struct packet_state *p,
			       struct fake_way *way)
{
	const struct fake_peer *to;
	struct kernel_route r;

	way->fate = FAKE_LOST;
	if (k->off || fake_ops.route_get(k, FAKE_DMVPN, p->dst, &r))
		return NULL;
	if (r.local || r.ifindex == FAKE_LAN) {
		way->fate = FAKE_ARRIVED;
		return NULL;
	}
	if (r.ifindex != FAKE_DMVPN)
		return NULL;
	if (p->real && !addr_is_none(&p->from.addr))
		redirect(k, &p->from, p->src, p->dst);
	to = next_peer(k, &r, p);
	return to ? cross(k, to, &p->from) : NULL;
}

static bool was_there(const struct fake_way *way, const struct fake_kernel *k)
{
	unsigned int i;

	for (i = 0; i < way->n; i++)
		if (way->node[i] == k)
			return true;
	return false;
}

static struct fake_way walk(struct fake_kernel *k, struct packet_state *p)
{
	struct fake_way way = { .n = 0 };

	while (k && way.n < FAKE_TTL) {
		if (was_there(&way, k)) {
			way.fate = FAKE_LOOPED;
			return way;
		}
		way.node[way.n++] = k;
		k = hop(k, p, &way);
	}
	if (k)
		way.fate = FAKE_LOOPED;
	return way;
}

struct fake_way fake_send(struct fake_kernel *k, const struct addr *src,
			  const struct addr *dst)
{
	struct packet_state p = { .src = src, .dst = dst, .real = true };

	return walk(k, &p);
}

struct fake_way fake_look(struct fake_kernel *k, const struct addr *dst)
{
	struct packet_state p = { .dst = dst };

	return walk(k, &p);
}

const char *fake_packet(struct fake_kernel *k, const char *src_text,
			const char *dst_text)
{
	static char text[256];
	struct addr src = fake_addr(src_text), dst = fake_addr(dst_text);
	struct fake_way way = fake_send(k, &src, &dst);
	unsigned int i;

	text[0] = '\0';
	for (i = 0; i < way.n; i++) {
		strcat(text, i ? " " : "");
		strcat(text, way.node[i]->name);
	}
	return way.fate == FAKE_ARRIVED ? text : strcat(text, " lost");
}
