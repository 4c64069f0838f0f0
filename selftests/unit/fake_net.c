// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "fake_kernel.h"

#define TTL 8

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

/* ---- sessions ---- */

static struct fake_kernel *node_at(const struct fake_net *net,
				   const struct addr *nbma)
{
	struct fake_kernel *k;

	list_for_each(k, &net->nodes, struct fake_kernel, link)
		if (addr_equal(fake_own(k, nbma), nbma))
			return k;
	return NULL;
}

struct fake_session *fake_session_find(const struct fake_net *net,
				       const struct addr *a,
				       const struct addr *b)
{
	struct fake_session *s;

	list_for_each(s, &net->sessions, struct fake_session, link)
		if ((addr_equal(&s->end[0], a) && addr_equal(&s->end[1], b)) ||
		    (addr_equal(&s->end[0], b) && addr_equal(&s->end[1], a)))
			return s;
	return NULL;
}

void fake_session_acquire(struct fake_net *net, struct fake_session *s)
{
	s->state = DMVPN_SESSION_STATE_ACQUIRING;
	s->due = net->now + FAKE_IKE_MS;
}

struct fake_session *fake_session_get(struct fake_net *net,
				      const struct addr *a,
				      const struct addr *b)
{
	struct fake_session *s = fake_session_find(net, a, b);

	if (s)
		return s;
	s = fake_make(sizeof(*s));
	s->end[0] = *a;
	s->end[1] = *b;
	s->handle = ++net->handles;
	list_add(&net->sessions, &s->link);
	fake_session_acquire(net, s);
	return s;
}

void fake_session_want(struct fake_kernel *k, const struct addr *nbma)
{
	const struct addr *own = fake_own(k, nbma);
	struct fake_session *s = fake_session_find(k->net, own, nbma);

	/* No way from one family to the other. */
	if (addr_is_none(own))
		return;
	/* The other end has begun, and its IKE does not know of ours. */
	if (s && s->state == DMVPN_SESSION_STATE_ACQUIRING &&
	    !addr_equal(&s->end[0], own))
		k->net->collisions++;
	fake_session_get(k->net, own, nbma);
}

/* The first who hears of it may delete it. */
static void session_tell(const struct fake_net *net,
			 const struct fake_session *session, bool gone)
{
	const struct fake_session was = *session, *s = &was;
	struct fake_kernel *k;
	int i;

	for (i = 0; i < 2; i++) {
		struct nhrp_session told = {
			.handle = s->handle,
			.local = s->end[i],
			.remote = { .addr = s->end[!i] },
			.state = s->state,
			.gone = gone,
			.reason = s->state == DMVPN_SESSION_STATE_FAILED ?
				  "no answer" : "",
			.identity = s->identity[!i],
		};

		k = node_at(net, &s->end[i]);
		if (k && k->nhrp)
			nhrp_session(k->nhrp, net->now, &told);
	}
}

static bool has_ike(const struct fake_net *net, const struct addr *nbma)
{
	const struct fake_kernel *k = node_at(net, nbma);

	return k ? !k->no_ike : net->phantoms;
}

static void session_end_acquire(struct fake_net *net, struct fake_session *s)
{
	bool up = has_ike(net, &s->end[0]) && has_ike(net, &s->end[1]);

	s->due = 0;
	s->state = up ? DMVPN_SESSION_STATE_UP : DMVPN_SESSION_STATE_FAILED;
	session_tell(net, s, false);
}

void fake_session_delete(struct fake_net *net, struct fake_session *s)
{
	list_del(&s->link);
	s->state = DMVPN_SESSION_STATE_DOWN;
	session_tell(net, s, true);
	free(s);
}

struct fake_session *fake_session_by_handle(const struct fake_net *net,
					    uint32_t handle)
{
	struct fake_session *s;

	list_for_each(s, &net->sessions, struct fake_session, link)
		if (s->handle == handle)
			return s;
	return NULL;
}

void fake_session_state(struct fake_kernel *k, const char *remote,
			uint32_t state)
{
	struct addr a = fake_addr(remote);
	struct fake_session *s = fake_session_get(k->net, fake_own(k, &a), &a);

	s->state = state;
	s->due = 0;
	session_tell(k->net, s, false);
}

void fake_session_identity(struct fake_kernel *k, const char *remote,
			   const char *identity)
{
	struct addr a = fake_addr(remote);
	struct fake_session *s = fake_session_get(k->net, fake_own(k, &a), &a);

	s->identity[!addr_equal(&s->end[0], &a)] = identity;
	session_tell(k->net, s, false);
}

void fake_net_send(struct fake_kernel *k, const struct nbma *to,
		   const void *data, size_t len)
{
	struct fake_frame *f = fake_make(sizeof(*f));

	f->from = *fake_own(k, &to->addr);
	f->to = *to;
	f->due = k->net->now + FAKE_HOP_MS;
	f->len = len;
	memcpy(f->data, data, len);
	list_add(node_at(k->net, &to->addr) ? &k->net->frames : &k->sent,
		 &f->link);
}

/* ---- time ---- */

void fake_net_init(struct fake_net *net)
{
	*net = (struct fake_net){ .now = 1000, .wall = FAKE_WALL };
	list_init(&net->nodes);
	list_init(&net->sessions);
	list_init(&net->frames);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t next_event(const struct fake_net *net)
{
	const struct fake_session *s;
	const struct fake_kernel *k;
	const struct fake_frame *f;
	uint64_t at = UINT64_MAX;

	list_for_each(f, &net->frames, struct fake_frame, link)
		at = earlier(at, f->due);
	list_for_each(s, &net->sessions, struct fake_session, link)
		if (s->due)
			at = earlier(at, s->due);
	list_for_each(k, &net->nodes, struct fake_kernel, link)
		if (k->nhrp)
			at = earlier(at, nhrp_deadline(k->nhrp));
	return at;
}

static void deliver(struct fake_net *net, struct fake_frame *f)
{
	struct fake_kernel *k = node_at(net, &f->to.addr);
	const struct fake_session *s = fake_session_find(net, &f->from,
							 &f->to.addr);
	struct nhrp_frame in = {
		.ifindex = FAKE_DMVPN,
		.remote = { .addr = f->from },
		.session = k && k->dev.protected && s ? s->handle : 0,
		.data = f->data,
		.len = f->len,
	};

	list_del(&f->link);
	if (k)
		fake_heard(k, &f->from);
	if (k && k->nhrp)
		nhrp_frame(k->nhrp, net->now, &in);
	free(f);
}

/* One thing that is due; false if there is none. */
static bool step(struct fake_net *net)
{
	struct fake_session *s;
	struct fake_kernel *k;
	struct fake_frame *f;

	list_for_each(f, &net->frames, struct fake_frame, link)
		if (f->due <= net->now) {
			deliver(net, f);
			return true;
		}
	list_for_each(s, &net->sessions, struct fake_session, link)
		if (s->due && s->due <= net->now) {
			session_end_acquire(net, s);
			return true;
		}
	list_for_each(k, &net->nodes, struct fake_kernel, link)
		if (k->nhrp && nhrp_deadline(k->nhrp) <= net->now) {
			nhrp_tick(k->nhrp, net->now);
			return true;
		}
	return false;
}

void fake_net_run(struct fake_net *net, uint64_t ms)
{
	uint64_t end = net->now + ms;

	while (step(net) || next_event(net) <= end) {
		if (next_event(net) > net->now && next_event(net) <= end)
			net->now = next_event(net);
	}
	net->now = end;
}

void fake_net_free(struct fake_net *net)
{
	struct fake_session *s, *ts;
	struct fake_frame *f, *tf;

	list_for_each_safe(s, ts, &net->sessions, struct fake_session, link) {
		list_del(&s->link);
		free(s);
	}
	list_for_each_safe(f, tf, &net->frames, struct fake_frame, link) {
		list_del(&f->link);
		free(f);
	}
}

/* ---- data packets ---- */

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

static void redirect(struct fake_kernel *k, const struct addr *from,
		     const struct addr *src, const struct addr *dst)
{
	uint8_t head[40];
	struct nhrp_hairpin hairpin = {
		.ifindex = FAKE_DMVPN,
		.remote = { .addr = *from },
		.src = *src,
		.dst = *dst,
		.packet = head,
		.len = packet_head(head, src, dst),
	};

	if (k->nhrp)
		nhrp_redirect(k->nhrp, k->net->now, &hairpin);
}

static const struct fake_peer *nhs_of(const struct fake_kernel *k)
{
	const struct fake_peer *p;

	list_for_each(p, &k->peers, struct fake_peer, link)
		if (p->flags & DMVPN_PEER_FLAGS_NHS)
			return p;
	return NULL;
}

/* The peer that a packet goes to, NULL if it is lost. */
static const struct fake_peer *next_peer(struct fake_kernel *k,
					 const struct addr *next,
					 const struct addr *dst)
{
	struct fake_nexthop *nh = fake_nexthop_find(k, next);

	if (nh) {
		nh->used = k->net->now;
		return fake_peer_find(k, &nh->k.nbma);
	}
	if (k->nhrp)
		nhrp_miss(k->nhrp, k->net->now, FAKE_DMVPN, next, dst);
	return nhs_of(k);
}

static bool can_send(const struct fake_kernel *k, const struct fake_peer *p)
{
	const struct fake_session *s;

	if (!k->dev.protected)
		return true;
	s = fake_session_find(k->net, fake_own(k, &p->nbma.addr),
			      &p->nbma.addr);
	return s && s->state == DMVPN_SESSION_STATE_UP;
}

const char *fake_packet(struct fake_kernel *k, const char *src_text,
			const char *dst_text)
{
	static char way[256];
	struct addr src = fake_addr(src_text), dst = fake_addr(dst_text), next;
	struct addr from = { 0 };
	const struct fake_peer *p;
	struct kernel_route r;
	int ttl;

	way[0] = '\0';
	for (ttl = TTL; ttl && k; ttl--) {
		strcat(way, way[0] ? " " : "");
		strcat(way, k->name);
		if (fake_ops.route_get(k, FAKE_DMVPN, &dst, &r))
			break;
		if (r.local || r.ifindex == FAKE_LAN)
			return way;
		if (r.ifindex != FAKE_DMVPN)
			break;
		if (!addr_is_none(&from))
			redirect(k, &from, &src, &dst);
		next = addr_is_none(&r.via) ? dst : r.via;
		p = next_peer(k, &next, &dst);
		if (!p || !can_send(k, p))
			break;
		from = *fake_own(k, &p->nbma.addr);
		k = node_at(k->net, &p->nbma.addr);
	}
	return strcat(way, " lost");
}
