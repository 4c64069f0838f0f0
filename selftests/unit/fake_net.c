// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "fake_kernel.h"

/* Timers of a millisecond go by their numbers, the daemons' come last. */
#define NUMBERS		0x7fffffffu
#define LAST		0x80000000u

void *fake_make(size_t size)
{
	void *p = calloc(1, size);

	if (!p)
		abort();
	return p;
}

struct addr fake_addr(const char *text)
{
	struct addr a;

	if (addr_parse(text, &a))
		abort();
	return a;
}

/* ---- time ---- */

void fake_net_init(struct fake_net *net)
{
	*net = (struct fake_net){ .now = 1000, .wall = FAKE_WALL };
	list_init(&net->nodes);
	hash_init(&net->places);
	hash_init(&net->sessions);
	list_init(&net->frames);
}

/* Splitmix64: good enough, and the same everywhere. */
uint32_t fake_random(struct fake_net *net, uint32_t limit)
{
	uint64_t z = net->random += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	z ^= z >> 31;
	return limit ? (uint32_t)((z >> 32) * limit >> 32) : 0;
}

void fake_net_in(struct fake_net *net, struct timer *t, uint64_t ms)
{
	timer_set(&net->timers, t,
		  (net->now + ms) << 32 | (net->count++ & NUMBERS));
}

void fake_net_stop(struct fake_net *net, struct timer *t)
{
	timer_stop(&net->timers, t);
}

void fake_net_arm(struct fake_kernel *k)
{
	uint64_t at = k->nhrp ? nhrp_deadline(k->nhrp) : NHRP_NO_DEADLINE;
	struct fake_net *net = k->net;

	if (at == NHRP_NO_DEADLINE) {
		timer_stop(&net->timers, &k->tick);
		return;
	}
	if (at < net->now)
		at = net->now;
	if (!k->tick.set || k->tick.at >> 32 != at)
		timer_set(&net->timers, &k->tick,
			  at << 32 | LAST | (net->count++ & NUMBERS));
}

void fake_net_run(struct fake_net *net, uint64_t ms)
{
	uint64_t end = net->now + ms;
	struct fake_kernel *k;
	struct timer *t;

	list_for_each(k, &net->nodes, struct fake_kernel, link)
		fake_net_arm(k);
	while ((t = net->timers.root) && t->at >> 32 <= end) {
		net->now = t->at >> 32;
		timer_stop(&net->timers, t);
		t->fire(t);
	}
	net->now = end;
}

void fake_net_free(struct fake_net *net)
{
	struct fake_frame *f, *tmp;

	list_for_each_safe(f, tmp, &net->frames, struct fake_frame, link) {
		list_del(&f->link);
		free(f);
	}
	hash_fini(&net->places);
	hash_fini(&net->sessions);
}

/* ---- places ---- */

struct fake_kernel *fake_node_at(const struct fake_net *net,
				 const struct nbma *nbma)
{
	struct hash_node *node = hash_first(&net->places,
					    addr_hash(&nbma->addr));
	struct fake_place *place;

	for (; node; node = hash_next(node)) {
		place = container_of(node, struct fake_place, node);
		if (nbma_equal(&place->at, nbma))
			return place->k;
	}
	return NULL;
}

static void leave(struct fake_net *net, struct fake_place *place)
{
	if (!addr_is_none(&place->at.addr))
		hash_del(&net->places, &place->node);
	place->at = (struct nbma){ .port = 0 };
}

void fake_net_place(struct fake_kernel *k, const struct nbma *nbma)
{
	struct fake_place *place = &k->outside[nbma->addr.len == 16];

	leave(k->net, place);
	place->k = k;
	place->at = *nbma;
	if (hash_add(&k->net->places, &place->node, addr_hash(&nbma->addr)))
		abort();
}

void fake_net_unplace(struct fake_kernel *k)
{
	leave(k->net, &k->outside[0]);
	leave(k->net, &k->outside[1]);
}

/* ---- NHRP packets ---- */

static void deliver(struct fake_frame *f)
{
	struct fake_session *s = fake_session_by_handle(f->net, f->session);
	struct fake_kernel *k = s ? s->k : fake_node_at(f->net, &f->to);
	struct nhrp_frame in = {
		.ifindex = FAKE_DMVPN,
		.remote = s ? s->remote : f->from,
		.session = f->session,
		.data = f->data,
		.len = f->len,
	};

	if (!k || k->off)
		return;
	fake_heard(k, &in.remote);
	if (!k->nhrp || k->dev.protected != !!s)
		return;
	nhrp_frame(k->nhrp, f->net->now, &in);
	fake_net_arm(k);
}

static void arrives(struct timer *t)
{
	struct fake_frame *f = container_of(t, struct fake_frame, timer);

	list_del(&f->link);
	deliver(f);
	free(f);
}

static void one_frame(struct fake_kernel *k, const struct nbma *to,
		      uint32_t session, const void *data, size_t len)
{
	struct fake_frame *f = fake_make(sizeof(*f) + len);
	struct fake_net *net = k->net;
	uint64_t ms = FAKE_HOP_MS + fake_random(net, net->quality.jitter);

	f->net = net;
	f->from = *fake_outside(k, &to->addr);
	f->to = *to;
	f->session = session;
	f->len = len;
	memcpy(f->data, data, len);
	if (!session && !fake_node_at(net, to)) {
		list_add(&k->sent, &f->link);
		return;
	}
	if (fake_random(net, 1000) < net->quality.late)
		ms *= 3;
	timer_init(&f->timer, arrives);
	list_add(&net->frames, &f->link);
	fake_net_in(net, &f->timer, ms);
}

void fake_net_send(struct fake_kernel *k, const struct nbma *to,
		   uint32_t session, const void *data, size_t len)
{
	const struct fake_quality *q = &k->net->quality;

	if (k->net->tap)
		k->net->tap(k, to, data, len);
	if (fake_random(k->net, 1000) < q->loss)
		return;
	one_frame(k, to, session, data, len);
	if (fake_random(k->net, 1000) < q->twice)
		one_frame(k, to, session, data, len);
}
