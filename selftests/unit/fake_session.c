// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "fake_kernel.h"

/* As the kernel's: kmod/session.c. */
#define BACKOFF_MAX 8000

/* ---- tables ---- */

struct fake_session *fake_session_find(const struct fake_kernel *k,
				       const struct nbma *remote)
{
	struct hash_node *node = hash_first(&k->sessions,
					    addr_hash(&remote->addr));
	struct fake_session *s, *any = NULL;

	for (; node; node = hash_next(node)) {
		s = container_of(node, struct fake_session, remote_node);
		if (nbma_equal(&s->remote, remote))
			return s;
		if (!remote->port && addr_equal(&s->remote.addr, &remote->addr))
			any = s;
	}
	return any;
}

struct fake_session *fake_session_by_handle(const struct fake_net *net,
					    uint32_t handle)
{
	struct hash_node *node = hash_first(&net->sessions, handle);

	return node ? container_of(node, struct fake_session, node) : NULL;
}

static void set_remote(struct fake_session *s, const struct nbma *remote)
{
	if (!addr_is_none(&s->remote.addr))
		hash_del(&s->k->sessions, &s->remote_node);
	s->remote = *remote;
	if (hash_add(&s->k->sessions, &s->remote_node,
		     addr_hash(&remote->addr)))
		abort();
}

static void timer_due(struct timer *t);

struct fake_session *fake_session_get(struct fake_kernel *k,
				      const struct nbma *remote)
{
	struct fake_session *s = fake_session_find(k, remote);

	if (s)
		return s;
	s = fake_make(sizeof(*s));
	s->k = k;
	s->handle = ++k->net->handles;
	s->state = DMVPN_SESSION_STATE_DOWN;
	s->backoff = k->net->quality.retry;
	timer_init(&s->timer, timer_due);
	set_remote(s, remote);
	if (hash_add(&k->net->sessions, &s->node, s->handle))
		abort();
	return s;
}

static void part(struct fake_session *s)
{
	if (s->other)
		s->other->other = NULL;
	s->other = NULL;
}

static void destroy(struct fake_session *s)
{
	part(s);
	fake_net_stop(s->k->net, &s->timer);
	hash_del(&s->k->net->sessions, &s->node);
	hash_del(&s->k->sessions, &s->remote_node);
	free(s);
}

/* ---- what the daemon hears ---- */

/**
 * struct notice - a notification on its way to the daemon
 * @link: in the kernel's list
 * @k: kernel
 * @timer: arrival: after what the daemon is doing now
 * @told: the notification
 */
struct notice {
	struct list link;
	struct fake_kernel *k;
	struct timer timer;
	struct nhrp_session told;
};

static struct nhrp_session describe(const struct fake_session *s, bool gone)
{
	return (struct nhrp_session){
		.handle = s->handle,
		.local = *fake_own(s->k, &s->remote.addr),
		.remote = s->remote,
		.state = s->state,
		.gone = gone,
		.reason = s->state == DMVPN_SESSION_STATE_FAILED ?
			  "no answer" : "",
		.identity = s->identity,
	};
}

static void hear(struct fake_kernel *k, const struct nhrp_session *told)
{
	if (!k->nhrp)
		return;
	nhrp_session(k->nhrp, k->net->now, told);
	fake_net_arm(k);
}

static void notice_arrives(struct timer *t)
{
	struct notice *n = container_of(t, struct notice, timer);

	list_del(&n->link);
	hear(n->k, &n->told);
	free(n);
}

static void tell(const struct fake_session *s, bool gone)
{
	struct notice *n;

	if (!s->k->nhrp)
		return;
	n = fake_make(sizeof(*n));
	n->k = s->k;
	n->told = describe(s, gone);
	timer_init(&n->timer, notice_arrives);
	list_add(&s->k->notices, &n->link);
	fake_net_in(s->k->net, &n->timer, 0);
}

void fake_session_silence(struct fake_kernel *k)
{
	struct notice *n, *tmp;

	list_for_each_safe(n, tmp, &k->notices, struct notice, link) {
		list_del(&n->link);
		fake_net_stop(k->net, &n->timer);
		free(n);
	}
}

/* ---- ends ---- */

static void set_state(struct fake_session *s, uint32_t state)
{
	if (s->state == state)
		return;
	s->state = state;
	tell(s, false);
}

/* Nobody needs it, and IKE has not got it. */
static bool is_unused(const struct fake_session *s)
{
	return !s->peers && s->state != DMVPN_SESSION_STATE_UP;
}

static void collect(struct fake_session *s)
{
	if (!is_unused(s))
		return;
	s->state = DMVPN_SESSION_STATE_DOWN;
	tell(s, true);
	destroy(s);
}

/* Where a peer wants it, it is asked for again and again. */
static void retry(struct fake_session *s)
{
	if (!s->peers || !s->backoff)
		return;
	fake_net_in(s->k->net, &s->timer, s->backoff);
	s->backoff *= 2;
	if (s->backoff > BACKOFF_MAX)
		s->backoff = BACKOFF_MAX;
}

static void end(struct fake_session *s, uint32_t state)
{
	fake_net_stop(s->k->net, &s->timer);
	set_state(s, state);
	retry(s);
	collect(s);
}

/* The other end is there no more: in @ms this one knows, too. */
static void leave_alone(struct fake_session *s, uint32_t ms)
{
	part(s);
	if (s->state == DMVPN_SESSION_STATE_UP && ms)
		fake_net_in(s->k->net, &s->timer, ms);
}

/* It finds out by its own probes. */
static void leave_in_doubt(struct fake_session *s)
{
	struct fake_net *net = s->k->net;

	leave_alone(s, net->quality.dead -
		       fake_random(net, net->quality.dead / 2));
}

void fake_session_delete(struct fake_session *s)
{
	struct fake_session *other = s->other;

	if (other)
		leave_alone(other, FAKE_HOP_MS);
	s->state = DMVPN_SESSION_STATE_DOWN;
	tell(s, !s->peers);
	if (s->peers)
		fake_session_acquire(s);
	else
		destroy(s);
}

void fake_session_lose(struct fake_session *s)
{
	if (s->other)
		leave_in_doubt(s->other);
	leave_in_doubt(s);
}

void fake_session_forget(struct fake_kernel *k)
{
	struct fake_session *s, *tmp;

	fake_session_silence(k);
	hash_for_each_safe(s, tmp, &k->sessions, struct fake_session,
			   remote_node) {
		if (s->other)
			leave_in_doubt(s->other);
		destroy(s);
	}
}

/* ---- IKE ---- */

static bool has_ike(const struct fake_kernel *k)
{
	return !k->off && !k->no_ike;
}

static bool can_come_up(const struct fake_session *s)
{
	const struct fake_kernel *to = fake_node_at(s->k->net, &s->remote);
	struct fake_net *net = s->k->net;

	if (fake_random(net, 1000) < net->quality.ike_fails || !has_ike(s->k))
		return false;
	if (addr_is_none(fake_own(s->k, &s->remote.addr)))
		return false;	/* no way to the other family */
	return to ? has_ike(to) && !s->remote.port : net->phantoms;
}

/* The half that an SA which arrives there belongs to. */
static struct fake_session *half_for_sa(struct fake_kernel *k,
					const struct nbma *remote)
{
	struct nbma any = { .addr = remote->addr };
	struct fake_session *s = fake_session_find(k, remote);

	if (s || !remote->port)
		return s ? s : fake_session_get(k, remote);
	s = fake_session_find(k, &any);
	if (s && !s->remote.port && s->state != DMVPN_SESSION_STATE_UP)
		set_remote(s, remote);
	else
		s = fake_session_get(k, remote);
	return s;
}

static void go_up(struct fake_session *s)
{
	fake_net_stop(s->k->net, &s->timer);
	s->backoff = s->k->net->quality.retry;
	set_state(s, DMVPN_SESSION_STATE_UP);
}

static void pair(struct fake_session *s, struct fake_session *other)
{
	if (s->other == other)
		return;
	if (s->other)
		leave_alone(s->other, FAKE_HOP_MS);
	if (other->other)
		leave_alone(other->other, FAKE_HOP_MS);
	s->other = other;
	other->other = s;
}

static void come_up(struct fake_session *s)
{
	struct fake_kernel *to = fake_node_at(s->k->net, &s->remote);

	if (to) {
		pair(s, half_for_sa(to, fake_outside(s->k,
						     &s->remote.addr)));
		go_up(s->other);
	}
	go_up(s);
}

static void timer_due(struct timer *t)
{
	struct fake_session *s = container_of(t, struct fake_session, timer);

	switch ((enum dmvpn_session_state)s->state) {
	case DMVPN_SESSION_STATE_ACQUIRING:
		if (can_come_up(s))
			come_up(s);
		else
			end(s, DMVPN_SESSION_STATE_FAILED);
		break;
	case DMVPN_SESSION_STATE_UP:
		end(s, DMVPN_SESSION_STATE_DOWN);
		break;
	case DMVPN_SESSION_STATE_DOWN:
	case DMVPN_SESSION_STATE_FAILED:
		fake_session_acquire(s);
		break;
	}
}

/* The other end has begun, and its IKE does not know of ours. */
static void count_collision(const struct fake_session *s)
{
	struct fake_kernel *to = fake_node_at(s->k->net, &s->remote);
	const struct fake_session *other;

	other = to ? fake_session_find(to, fake_outside(s->k,
							&s->remote.addr)) :
		     NULL;
	if (other && other->state == DMVPN_SESSION_STATE_ACQUIRING)
		s->k->net->collisions++;
}

void fake_session_acquire(struct fake_session *s)
{
	struct fake_net *net = s->k->net;

	if (s->state == DMVPN_SESSION_STATE_ACQUIRING ||
	    s->state == DMVPN_SESSION_STATE_UP)
		return;
	count_collision(s);
	set_state(s, DMVPN_SESSION_STATE_ACQUIRING);
	fake_net_in(net, &s->timer,
		    FAKE_IKE_MS + fake_random(net, net->quality.ike_jitter));
}

void fake_session_attach(struct fake_session *s)
{
	s->peers++;
	fake_session_acquire(s);
}

void fake_session_detach(struct fake_session *s)
{
	s->peers--;
	collect(s);
}

bool fake_session_carries(const struct fake_session *s)
{
	return s->state == DMVPN_SESSION_STATE_UP && s->other &&
	       !s->k->off && !s->other->k->off;
}

void fake_session_rebind(struct fake_kernel *k, const struct nbma *outside)
{
	struct fake_session *s;

	fake_net_place(k, outside);
	hash_for_each(s, &k->sessions, struct fake_session, remote_node) {
		if (!s->other || s->remote.addr.len != outside->addr.len)
			continue;
		set_remote(s->other, outside);
		tell(s->other, false);
	}
}

void fake_session_state(struct fake_kernel *k, const char *remote,
			uint32_t state)
{
	struct nbma nbma = { .addr = fake_addr(remote) };
	struct fake_session *s = fake_session_get(k, &nbma);
	struct fake_kernel *to = fake_node_at(k->net, &nbma);
	struct fake_session *half[2] = {
		s, to ? fake_session_get(to, fake_outside(k, &nbma.addr)) : NULL
	};
	struct nhrp_session told;
	int i;

	if (to && state == DMVPN_SESSION_STATE_UP)
		pair(half[0], half[1]);
	else
		part(s);
	for (i = 0; i < 2 && half[i]; i++) {
		fake_net_stop(k->net, &half[i]->timer);
		half[i]->state = state;
		told = describe(half[i], false);
		hear(half[i]->k, &told);
	}
}

void fake_session_identity(struct fake_kernel *k, const char *remote,
			   const char *identity)
{
	struct nbma nbma = { .addr = fake_addr(remote) };
	struct fake_session *s = fake_session_get(k, &nbma);
	struct nhrp_session told;

	s->identity = identity;
	told = describe(s, false);
	hear(k, &told);
}

void fake_session_renew(struct fake_session *s)
{
	struct fake_net *net = s->k->net;
	struct nhrp_session told;

	hash_del(&net->sessions, &s->node);
	s->handle = ++net->handles;
	if (hash_add(&net->sessions, &s->node, s->handle))
		abort();
	told = describe(s, false);
	hear(s->k, &told);
}
