// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_kernel.h"

static struct prefix prefix(const char *text)
{
	struct prefix p;

	if (prefix_parse(text, &p))
		abort();
	return p;
}

/* ---- the port ---- */

static int write_error(struct fake_kernel *k, uint32_t ifindex)
{
	k->writes++;
	if (k->fail)
		return k->fail;
	return ifindex == k->dev.ifindex ? 0 : -ENODEV;
}

struct fake_peer *fake_peer_find(const struct fake_kernel *k,
				 const struct nbma *nbma)
{
	struct fake_peer *p;

	list_for_each(p, &k->peers, struct fake_peer, link)
		if (nbma_equal(&p->nbma, nbma))
			return p;
	return NULL;
}

static int peer_new(void *ctx, uint32_t ifindex, const struct nbma *nbma,
		    uint32_t flags)
{
	struct fake_kernel *k = ctx;
	struct fake_peer *p = fake_peer_find(k, nbma);
	int err = write_error(k, ifindex);

	if (err)
		return err;
	if (!p) {
		p = fake_make(sizeof(*p));
		p->nbma = *nbma;
		list_add(&k->peers, &p->link);
		if (k->dev.protected)
			fake_session_want(k, &nbma->addr);
	}
	p->flags = flags;
	return 0;
}

static void nexthop_free(struct fake_nexthop *nh)
{
	list_del(&nh->link);
	free(nh);
}

static int peer_del(void *ctx, uint32_t ifindex, const struct nbma *nbma)
{
	struct fake_kernel *k = ctx;
	struct fake_peer *p = fake_peer_find(k, nbma);
	struct fake_nexthop *nh, *tmp;
	int err = write_error(k, ifindex);

	if (err || !p)
		return err;
	list_for_each_safe(nh, tmp, &k->nexthops, struct fake_nexthop, link)
		if (nbma_equal(&nh->k.nbma, nbma))
			nexthop_free(nh);
	list_del(&p->link);
	free(p);
	return 0;
}

static int peer_get(void *ctx, uint32_t ifindex, const struct nbma *nbma,
		    struct kernel_peer *out)
{
	struct fake_kernel *k = ctx;
	const struct fake_peer *p = fake_peer_find(k, nbma);
	const struct fake_session *s;

	if (ifindex != k->dev.ifindex)
		return -ENODEV;
	if (!p)
		return -ENOENT;
	*out = (struct kernel_peer){
		.nbma = p->nbma,
		.flags = p->flags,
		.state = DMVPN_SESSION_STATE_UP,
		.idle_ms = KERNEL_NEVER,
		.rx_packets = p->rx,
	};
	if (!k->dev.protected)
		return 0;
	s = fake_session_find(k->net, fake_own(k, &nbma->addr), &nbma->addr);
	out->session = s ? s->handle : 0;
	out->state = s ? s->state : DMVPN_SESSION_STATE_DOWN;
	return 0;
}

static const struct fake_peer *peer_at(const struct fake_kernel *k,
				       const struct addr *nbma)
{
	struct nbma key = { .addr = *nbma };

	return fake_peer_find(k, &key);
}

static int session_clear(void *ctx, uint32_t handle)
{
	struct fake_kernel *k = ctx;
	struct fake_session *s = fake_session_by_handle(k->net, handle);

	struct addr end[2];

	if (!s)
		return 0;
	memcpy(end, s->end, sizeof(end));
	fake_session_delete(k->net, s);
	/* It is wanted again where a peer is. */
	if (peer_at(k, &end[0]) || peer_at(k, &end[1]))
		fake_session_get(k->net, &end[0], &end[1]);
	return 0;
}

static int session_identity(void *ctx, uint32_t handle, char *text, size_t size)
{
	struct fake_kernel *k = ctx;
	const struct fake_session *s = fake_session_by_handle(k->net, handle);
	const char *identity;

	if (!s)
		return -ENOENT;
	identity = s->identity[addr_equal(&s->end[0],
					  fake_own(k, &s->end[1]))];
	snprintf(text, size, "%s", identity ? identity : "");
	return 0;
}

static int session_release(void *ctx, uint32_t handle)
{
	struct fake_kernel *k = ctx;
	struct fake_session *s = fake_session_by_handle(k->net, handle);
	const struct fake_peer *p;

	if (!s)
		return -ENOENT;
	list_for_each(p, &k->peers, struct fake_peer, link)
		if (fake_session_find(k->net, fake_own(k, &p->nbma.addr),
				      &p->nbma.addr) == s)
			return 0;
	return session_clear(ctx, handle);
}

struct fake_nexthop *fake_nexthop_find(const struct fake_kernel *k,
				       const struct addr *a)
{
	struct fake_nexthop *nh;

	list_for_each(nh, &k->nexthops, struct fake_nexthop, link)
		if (addr_equal(&nh->k.address, a))
			return nh;
	return NULL;
}

static int nexthop_new(void *ctx, uint32_t ifindex,
		       const struct kernel_nexthop *new)
{
	struct fake_kernel *k = ctx;
	struct fake_nexthop *nh = fake_nexthop_find(k, &new->address);
	int err = write_error(k, ifindex);

	if (err)
		return err;
	if (!fake_peer_find(k, &new->nbma))
		return -ENOENT;
	if (!nh) {
		nh = fake_make(sizeof(*nh));
		list_add(&k->nexthops, &nh->link);
	}
	nh->k = *new;
	nh->set = k->net->now;
	return 0;
}

static int nexthop_del(void *ctx, uint32_t ifindex, const struct addr *a)
{
	struct fake_kernel *k = ctx;
	struct fake_nexthop *nh = fake_nexthop_find(k, a);
	int err = write_error(k, ifindex);

	if (!err && nh)
		nexthop_free(nh);
	return err;
}

static void nexthop_read(const struct fake_kernel *k,
			 const struct fake_nexthop *nh,
			 struct kernel_nexthop *out)
{
	uint64_t passed = k->net->now - nh->set;
	uint64_t life = nh->k.lifetime * 1000ull;

	*out = nh->k;
	if (life)
		out->lifetime = life > passed + 1000 ?
				(uint32_t)((life - passed) / 1000) : 1;
	out->idle_ms = nh->used ? k->net->now - nh->used : KERNEL_NEVER;
}

static int nexthop_get(void *ctx, uint32_t ifindex, const struct addr *a,
		       struct kernel_nexthop *out)
{
	struct fake_kernel *k = ctx;
	const struct fake_nexthop *nh = fake_nexthop_find(k, a);

	if (ifindex != k->dev.ifindex || !nh)
		return -ENOENT;
	nexthop_read(k, nh, out);
	return 0;
}

static struct fake_route *add_route(struct fake_kernel *k,
				    const struct prefix *dst)
{
	struct fake_route *r = fake_make(sizeof(*r));

	r->r.dst = *dst;
	list_add(&k->routes, &r->link);
	return r;
}

static int route_add(void *ctx, uint32_t ifindex, const struct prefix *dst,
		     const struct addr *via)
{
	struct fake_kernel *k = ctx;
	int err = write_error(k, ifindex);
	struct fake_route *r;

	if (err)
		return err;
	r = add_route(k, dst);
	r->r.via = *via;
	r->r.ifindex = ifindex;
	r->r.shortcut = true;
	return 0;
}

static int route_del(void *ctx, uint32_t ifindex, const struct prefix *dst,
		     const struct addr *via)
{
	struct fake_kernel *k = ctx;
	struct fake_route *r, *tmp;

	list_for_each_safe(r, tmp, &k->routes, struct fake_route, link)
		if (r->r.shortcut && prefix_equal(&r->r.dst, dst) &&
		    addr_equal(&r->r.via, via)) {
			list_del(&r->link);
			free(r);
		}
	return write_error(k, ifindex);
}

static int route_get(void *ctx, uint32_t ifindex, const struct addr *dst,
		     struct kernel_route *route)
{
	const struct fake_route *r, *best = NULL;
	struct fake_kernel *k = ctx;

	(void)ifindex;
	list_for_each(r, &k->routes, struct fake_route, link) {
		bool match = r->r.local ? addr_equal(&r->r.via, dst) :
					  prefix_contains(&r->r.dst, dst);

		if (match && (!best || r->r.local ||
			      (!best->r.local &&
			       r->r.dst.len >= best->r.dst.len)))
			best = r;
	}
	if (!best)
		return -ENETUNREACH;
	*route = best->r;
	if (route->local)
		route->via = (struct addr){ 0 };
	return 0;
}

static int routes(void *ctx, uint32_t ifindex,
		  void (*fn)(void *arg, const struct prefix *dst), void *arg)
{
	const struct fake_kernel *k = ctx;
	const struct fake_route *r;

	(void)ifindex;
	list_for_each(r, &k->routes, struct fake_route, link)
		if (!r->r.local)
			fn(arg, &r->r.dst);
	return k->fail;
}

static int carrier_set(void *ctx, uint32_t ifindex, bool on)
{
	struct fake_kernel *k = ctx;
	int err = write_error(k, ifindex);

	if (!err)
		k->dev.carrier = on;
	return err;
}

static int frame(void *ctx, uint32_t ifindex, const struct nbma *to,
		 const void *data, size_t len)
{
	struct fake_kernel *k = ctx;
	struct fake_session *s;

	if (ifindex != k->dev.ifindex || len > NHRP_PACKET_MAX ||
	    addr_is_none(fake_own(k, &to->addr)))
		return -ENODEV;
	if (!k->dev.protected) {
		fake_net_send(k, to, data, len);
		return 0;
	}
	s = fake_session_find(k->net, fake_own(k, &to->addr), &to->addr);
	if (s && s->state == DMVPN_SESSION_STATE_UP) {
		fake_net_send(k, to, data, len);
		return 0;
	}
	if (!fake_peer_find(k, to))
		return -ENOENT;
	/* Lost, but it has made the kernel ask for a session again. */
	s = fake_session_get(k->net, fake_own(k, &to->addr), &to->addr);
	if (!s->due)
		fake_session_acquire(k->net, s);
	return 0;
}

static uint32_t random_bits(void *ctx)
{
	struct fake_kernel *k = ctx;

	k->random = k->random * 1664525u + 1013904223u;
	return k->random;
}

const struct kernel_ops fake_ops = {
	.peer_new = peer_new,
	.peer_del = peer_del,
	.peer_get = peer_get,
	.session_release = session_release,
	.session_identity = session_identity,
	.session_clear = session_clear,
	.nexthop_new = nexthop_new,
	.nexthop_del = nexthop_del,
	.nexthop_get = nexthop_get,
	.route_add = route_add,
	.route_del = route_del,
	.route_get = route_get,
	.routes = routes,
	.carrier_set = carrier_set,
	.frame = frame,
	.random = random_bits,
};

/* ---- nodes ---- */

void fake_address(struct fake_kernel *k, const char *address, uint32_t ifindex)
{
	struct prefix subnet = prefix(address);
	struct fake_route *r;
	char text[ADDR_TEXT];

	snprintf(text, sizeof(text), "%s", address);
	*strchr(text, '/') = '\0';
	r = add_route(k, &subnet);
	r->r.local = true;
	r->r.via = fake_addr(text);
	r->r.ifindex = ifindex;
	r = add_route(k, &subnet);
	r->r.ifindex = ifindex;
}

void fake_route(struct fake_kernel *k, const char *dst, const char *via,
		uint32_t ifindex)
{
	struct prefix p = prefix(dst);
	struct fake_route *r = add_route(k, &p);

	if (via)
		r->r.via = fake_addr(via);
	r->r.ifindex = ifindex;
}

void fake_route_del(struct fake_kernel *k, const char *dst)
{
	struct prefix p = prefix(dst);
	struct fake_route *r, *tmp;

	list_for_each_safe(r, tmp, &k->routes, struct fake_route, link)
		if (!r->r.shortcut && prefix_equal(&r->r.dst, &p)) {
			list_del(&r->link);
			free(r);
		}
}

const struct addr *fake_own(const struct fake_kernel *k,
			    const struct addr *remote)
{
	return remote->len == 16 ? &k->dev.nbma6 : &k->dev.nbma;
}

void fake_nbma(struct fake_kernel *k, const char *nbma)
{
	struct addr a = fake_addr(nbma);

	if (a.len == 16)
		k->dev.nbma6 = a;
	else
		k->dev.nbma = a;
}

void fake_proto(struct fake_kernel *k, const char *proto)
{
	struct prefix subnet = prefix(proto);
	char own[ADDR_TEXT];
	struct addr a;

	snprintf(own, sizeof(own), "%s", proto);
	*strchr(own, '/') = '\0';
	a = fake_addr(own);
	fake_address(k, proto, FAKE_DMVPN);
	if (a.len == 4) {
		k->dev.proto = a;
		k->dev.proto_len = subnet.len;
	} else if (addr_is_link_local(&a)) {
		k->dev.link_local = a;
	} else {
		k->dev.proto6 = a;
		k->dev.proto6_len = subnet.len;
	}
}

void fake_init(struct fake_kernel *k, struct fake_net *net, const char *name,
	       const char *nbma, const char *proto, bool protected)
{
	*k = (struct fake_kernel){ .net = net, .name = name };
	k->dev = (struct nhrp_link){
		.name = "dmvpn0",
		.ifindex = FAKE_DMVPN,
		.up = true,
		.carrier = true,
		.protected = protected,
		.mtu = 1400,
	};
	fake_nbma(k, nbma);
	k->random = fake_addr(nbma).b[3] * 2654435761u;
	list_init(&k->peers);
	list_init(&k->nexthops);
	list_init(&k->routes);
	list_init(&k->sent);
	list_add(&net->nodes, &k->link);
	fake_route(k, "0.0.0.0/0", NULL, FAKE_WAN);
	fake_route(k, "::/0", NULL, FAKE_WAN);
	fake_proto(k, proto);
}

void fake_free(struct fake_kernel *k)
{
	struct fake_peer *p, *tp;
	struct fake_nexthop *nh, *tn;
	struct fake_route *r, *tr;
	struct fake_frame *f;

	fake_kill(k);
	list_for_each_safe(nh, tn, &k->nexthops, struct fake_nexthop, link)
		nexthop_free(nh);
	list_for_each_safe(p, tp, &k->peers, struct fake_peer, link) {
		list_del(&p->link);
		free(p);
	}
	list_for_each_safe(r, tr, &k->routes, struct fake_route, link) {
		list_del(&r->link);
		free(r);
	}
	while ((f = fake_take(k)))
		free(f);
	list_del(&k->link);
	if (list_empty(&k->net->nodes))
		fake_net_free(k->net);
}

static void observer(void *ctx, const struct nhrp_event *event)
{
	struct fake_kernel *k = ctx;
	int n = snprintf(k->log + k->log_len, FAKE_LOG - k->log_len,
			 "%s: %s\n", nhrp_event_name(event->type),
			 event->text);

	if (n > 0 && k->log_len + (size_t)n < FAKE_LOG)
		k->log_len += (size_t)n;
}

static void adopt(struct fake_kernel *k)
{
	const struct fake_nexthop *nh;
	const struct fake_route *r;
	const struct fake_peer *p;
	struct kernel_nexthop kn;
	struct kernel_peer kp;

	list_for_each(p, &k->peers, struct fake_peer, link) {
		peer_get(k, FAKE_DMVPN, &p->nbma, &kp);
		nhrp_adopt_peer(k->nhrp, k->net->now, FAKE_DMVPN, &kp);
	}
	list_for_each(nh, &k->nexthops, struct fake_nexthop, link) {
		nexthop_read(k, nh, &kn);
		nhrp_adopt_nexthop(k->nhrp, k->net->now, FAKE_DMVPN, &kn);
	}
	list_for_each(r, &k->routes, struct fake_route, link)
		if (r->r.shortcut)
			nhrp_adopt_route(k->nhrp, k->net->now, FAKE_DMVPN,
					 &r->r.dst, &r->r.via);
}

void fake_start(struct fake_kernel *k, const struct conf *conf)
{
	unsigned int before = k->writes;

	k->nhrp = nhrp_create(&fake_ops, observer, k, k->net->now,
			      k->net->wall + k->net->now / 1000);
	if (!k->nhrp || nhrp_configure(k->nhrp, k->net->now, conf))
		abort();
	fake_link_changed(k);
	adopt(k);
	/* The promise of nhrp.h. */
	if (k->writes != before)
		abort();
	nhrp_start(k->nhrp, k->net->now);
}

void fake_kill(struct fake_kernel *k)
{
	unsigned int before = k->writes;

	if (!k->nhrp)
		return;
	nhrp_destroy(k->nhrp);
	k->nhrp = NULL;
	if (k->writes != before)
		abort();
}

void fake_link_changed(struct fake_kernel *k)
{
	nhrp_link(k->nhrp, k->net->now, &k->dev);
}

/* ---- looking ---- */

struct fake_peer *fake_peer(const struct fake_kernel *k, const char *nbma)
{
	struct nbma key = { .addr = fake_addr(nbma) };

	return fake_peer_find(k, &key);
}

struct fake_nexthop *fake_nexthop(const struct fake_kernel *k,
				  const char *address)
{
	struct addr a = fake_addr(address);

	return fake_nexthop_find(k, &a);
}

void fake_heard(struct fake_kernel *k, const struct addr *nbma)
{
	struct nbma key = { .addr = *nbma };
	struct fake_peer *p = fake_peer_find(k, &key);

	if (p)
		p->rx++;
}

const char *fake_leads_to(const struct fake_kernel *k, const char *address)
{
	static char text[ADDR_TEXT];
	const struct fake_nexthop *nh = fake_nexthop(k, address);

	return nh ? nbma_format(&nh->k.nbma, text) : "-";
}

bool fake_has_shortcut(const struct fake_kernel *k, const char *dst)
{
	struct prefix p = prefix(dst);
	const struct fake_route *r;

	list_for_each(r, &k->routes, struct fake_route, link)
		if (r->r.shortcut && prefix_equal(&r->r.dst, &p))
			return true;
	return false;
}

struct fake_frame *fake_take(struct fake_kernel *k)
{
	struct fake_frame *f;

	if (list_empty(&k->sent))
		return NULL;
	f = list_entry(k->sent.next, struct fake_frame, link);
	list_del(&f->link);
	return f;
}

bool fake_said(const struct fake_kernel *k, const char *text)
{
	return strstr(k->log, text) != NULL;
}

void fake_forget(struct fake_kernel *k)
{
	k->log_len = 0;
	k->log[0] = '\0';
}
