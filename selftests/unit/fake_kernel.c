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
	struct hash_node *node = hash_first(&k->peers, addr_hash(&nbma->addr));
	struct fake_peer *p;

	for (; node; node = hash_next(node)) {
		p = container_of(node, struct fake_peer, node);
		if (nbma_equal(&p->nbma, nbma))
			return p;
	}
	return NULL;
}

const struct nbma *fake_peer_of(const struct fake_session *s)
{
	const struct fake_peer *p = fake_peer_find(s->k, &s->remote);

	if (p)
		return &p->nbma;
	/* Its port was another when the peer was made. */
	hash_for_each(p, &s->k->peers, struct fake_peer, node)
		if (p->session == s)
			return &p->nbma;
	return &s->remote;
}

/* Packets to an unknown next hop go through the oldest. */
static void choose_nhs(struct fake_kernel *k)
{
	const struct fake_peer *p;

	k->nhs = NULL;
	hash_for_each(p, &k->peers, struct fake_peer, node)
		if (!k->nhs && p->flags & DMVPN_PEER_FLAGS_NHS)
			k->nhs = p;
}

static void set_flags(struct fake_kernel *k, struct fake_peer *p,
		      uint32_t flags)
{
	uint32_t changed = p->flags ^ flags;

	p->flags = flags;
	if (changed & DMVPN_PEER_FLAGS_NHS)
		choose_nhs(k);
}

static int peer_new(void *ctx, uint32_t ifindex, const struct nbma *nbma,
		    uint32_t flags, const char *identity)
{
	struct fake_kernel *k = ctx;
	struct fake_peer *p = fake_peer_find(k, nbma);
	int err = write_error(k, ifindex);

	if (err)
		return err;
	if (!p) {
		p = fake_make(sizeof(*p));
		p->nbma = *nbma;
		if (hash_add(&k->peers, &p->node, addr_hash(&nbma->addr)))
			abort();
		if (k->dev.protected) {
			p->session = fake_session_get(k, nbma);
			fake_session_attach(p->session);
		}
	}
	if (identity)
		snprintf(p->identity, sizeof(p->identity), "%s", identity);
	set_flags(k, p, flags);
	return 0;
}

static void nexthop_free(struct fake_kernel *k, struct fake_nexthop *nh)
{
	hash_del(&k->nexthops, &nh->node);
	free(nh);
}

static void peer_free(struct fake_kernel *k, struct fake_peer *p)
{
	hash_del(&k->peers, &p->node);
	set_flags(k, p, 0);
	if (p->session)
		fake_session_detach(p->session);
	free(p);
}

static int peer_del(void *ctx, uint32_t ifindex, const struct nbma *nbma)
{
	struct fake_kernel *k = ctx;
	struct fake_peer *p = fake_peer_find(k, nbma);
	struct fake_nexthop *nh, *tmp;
	int err = write_error(k, ifindex);

	if (err || !p)
		return err;
	hash_for_each_safe(nh, tmp, &k->nexthops, struct fake_nexthop, node)
		if (nbma_equal(&nh->k.nbma, nbma))
			nexthop_free(k, nh);
	peer_free(k, p);
	return 0;
}

static int peer_get(void *ctx, uint32_t ifindex, const struct nbma *nbma,
		    struct kernel_peer *out)
{
	struct fake_kernel *k = ctx;
	const struct fake_peer *p = fake_peer_find(k, nbma);

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
		.rx_bytes = p->rx_bytes,
		.tx_packets = p->tx,
		.tx_bytes = p->tx_bytes,
	};
	memcpy(out->policy, p->policy, sizeof(out->policy));
	out->rate = p->rate;
	memcpy(out->wanted, p->identity, sizeof(out->wanted));
	if (!k->dev.protected)
		return 0;
	out->session = p->session->handle;
	out->state = p->session->state;
	return 0;
}

static int session_clear(void *ctx, uint32_t handle)
{
	struct fake_kernel *k = ctx;
	struct fake_session *s = fake_session_by_handle(k->net, handle);

	k->clears++;
	if (!s)
		return -ENOENT;
	fake_session_delete(s);
	return 0;
}

static int session_identity(void *ctx, uint32_t handle, char *text, size_t size)
{
	struct fake_kernel *k = ctx;
	const struct fake_session *s = fake_session_by_handle(k->net, handle);

	if (!s)
		return -ENOENT;
	snprintf(text, size, "%s", s->identity ? s->identity : "");
	return 0;
}

static int session_release(void *ctx, uint32_t handle,
			   const struct addr *local)
{
	struct fake_kernel *k = ctx;
	struct fake_session *s = fake_session_by_handle(k->net, handle);

	(void)local;
	if (!s)
		return -ENOENT;
	if (!s->peers)
		fake_session_delete(s);
	return 0;
}

struct fake_nexthop *fake_nexthop_find(const struct fake_kernel *k,
				       const struct addr *a)
{
	struct hash_node *node = hash_first(&k->nexthops, addr_hash(a));
	struct fake_nexthop *nh;

	for (; node; node = hash_next(node)) {
		nh = container_of(node, struct fake_nexthop, node);
		if (addr_equal(&nh->k.address, a))
			return nh;
	}
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
		if (hash_add(&k->nexthops, &nh->node, addr_hash(&new->address)))
			abort();
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
		nexthop_free(k, nh);
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

/* Later ones with the same key win. */
static struct fake_route *find_route(const struct fake_kernel *k,
				     const struct prefix *key)
{
	struct hash_node *node = hash_first(&k->routes, prefix_hash(key));
	struct fake_route *r;

	for (; node; node = hash_next(node)) {
		r = container_of(node, struct fake_route, node);
		if (prefix_equal(&r->key, key))
			return r;
	}
	return NULL;
}

static struct fake_route *add_route(struct fake_kernel *k,
				    const struct prefix *key)
{
	struct fake_route *r = fake_make(sizeof(*r));

	r->key = *key;
	r->r.dst = *key;
	if (hash_add(&k->routes, &r->node, prefix_hash(key)))
		abort();
	k->lengths[key->len] = true;
	return r;
}

static void route_free(struct fake_kernel *k, struct fake_route *r)
{
	hash_del(&k->routes, &r->node);
	free(r);
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

	hash_for_each_safe(r, tmp, &k->routes, struct fake_route, node)
		if (r->r.shortcut && prefix_equal(&r->key, dst) &&
		    addr_equal(&r->r.via, via))
			route_free(k, r);
	return write_error(k, ifindex);
}

static int route_get(void *ctx, uint32_t ifindex, const struct addr *dst,
		     struct kernel_route *route)
{
	const struct fake_route *r, *best = NULL;
	struct fake_kernel *k = ctx;
	struct prefix key;
	unsigned int len;

	(void)ifindex;
	for (len = addr_bits(dst) + 1; !best && len--;) {
		if (!k->lengths[len])
			continue;
		key = prefix_make(dst, len);
		r = find_route(k, &key);
		if (r && (r->r.local ? addr_equal(&r->r.via, dst) :
				       r->key.addr.len == dst->len))
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
	hash_for_each(r, &k->routes, struct fake_route, node)
		if (!r->r.local)
			fn(arg, &r->r.dst);
	return k->fail;
}

/* Over the session; without one it is lost. */
static void send_in(struct fake_kernel *k, const struct fake_session *s,
		    const void *data, size_t len)
{
	if (fake_session_carries(s))
		fake_net_send(k, &s->remote, s->other->handle, data, len);
	else if (!fake_node_at(k->net, &s->remote))
		fake_net_send(k, &s->remote, 0, data, len);
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
	const struct nbma any = { .addr = to->addr };
	const struct fake_peer *p = fake_peer_find(k, to);
	struct fake_session *s;

	if (!p)
		p = fake_peer_find(k, &any);
	if (ifindex != k->dev.ifindex || len > NHRP_PACKET_MAX ||
	    addr_is_none(fake_own(k, &to->addr)))
		return -ENODEV;
	if (!k->dev.protected) {
		fake_net_send(k, to, 0, data, len);
		return 0;
	}
	s = p ? p->session : fake_session_find(k, to);
	if (!s)
		return -ENOENT;
	if (s->state == DMVPN_SESSION_STATE_UP) {
		send_in(k, s, data, len);
		return 0;
	}
	if (!p)
		return -ENOENT;
	/* Lost, but it makes the kernel ask for a session again. */
	fake_session_acquire(s);
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
	.peer_policy = fake_peer_policy,
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
	.policy_set = fake_policy_set,
	.policy_del = fake_policy_del,
	.link_qos = fake_link_qos,
	.queueing = fake_queueing,
	.frame = frame,
	.random = random_bits,
};

/* ---- nodes ---- */

void fake_address(struct fake_kernel *k, const char *address, uint32_t ifindex)
{
	struct prefix own, subnet = prefix(address);
	char text[ADDR_TEXT];
	struct fake_route *r;
	struct addr host;

	snprintf(text, sizeof(text), "%s", address);
	*strchr(text, '/') = '\0';
	host = fake_addr(text);
	own = prefix_make(&host, addr_bits(&host));
	r = add_route(k, &own);
	r->r.dst = subnet;
	r->r.local = true;
	r->r.via = host;
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

	hash_for_each_safe(r, tmp, &k->routes, struct fake_route, node)
		if (!r->r.shortcut && prefix_equal(&r->r.dst, &p))
			route_free(k, r);
}

static void tick_due(struct timer *t)
{
	struct fake_kernel *k = container_of(t, struct fake_kernel, tick);

	if (k->nhrp && nhrp_deadline(k->nhrp) <= k->net->now)
		nhrp_tick(k->nhrp, k->net->now);
	fake_net_arm(k);
}

const struct nbma *fake_outside(const struct fake_kernel *k,
				const struct addr *remote)
{
	return &k->outside[remote->len == 16].at;
}

const struct addr *fake_own(const struct fake_kernel *k,
			    const struct addr *remote)
{
	return remote->len == 16 ? &k->dev.nbma6 : &k->dev.nbma;
}

void fake_nbma(struct fake_kernel *k, const char *nbma)
{
	struct nbma at = { .addr = fake_addr(nbma) };

	if (at.addr.len == 16)
		k->dev.nbma6 = at.addr;
	else
		k->dev.nbma = at.addr;
	fake_net_place(k, &at);
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
	memset(k, 0, sizeof(*k));
	k->net = net;
	k->name = name;
	k->dev = (struct nhrp_link){
		.name = "dmvpn0",
		.ifindex = FAKE_DMVPN,
		.up = true,
		.carrier = true,
		.protected = protected,
		.mtu = 1400,
	};
	k->random = fake_addr(nbma).b[3] * 2654435761u;
	timer_init(&k->tick, tick_due);
	hash_init(&k->peers);
	hash_init(&k->sessions);
	list_init(&k->notices);
	hash_init(&k->nexthops);
	hash_init(&k->routes);
	list_init(&k->policies);
	list_init(&k->sent);
	list_add(&net->nodes, &k->link);
	fake_nbma(k, nbma);
	fake_route(k, "0.0.0.0/0", NULL, FAKE_WAN);
	fake_route(k, "::/0", NULL, FAKE_WAN);
	fake_proto(k, proto);
}

/* What the kernel holds but for its addresses and routes. */
static void empty(struct fake_kernel *k)
{
	struct fake_peer *p, *tp;
	struct fake_nexthop *nh, *tn;
	struct fake_route *r, *tr;

	hash_for_each_safe(nh, tn, &k->nexthops, struct fake_nexthop, node)
		nexthop_free(k, nh);
	hash_for_each_safe(p, tp, &k->peers, struct fake_peer, node) {
		/* Nobody is told that it ends. */
		p->session = NULL;
		peer_free(k, p);
	}
	hash_for_each_safe(r, tr, &k->routes, struct fake_route, node)
		if (r->r.shortcut)
			route_free(k, r);
	fake_session_forget(k);
	fake_policy_forget(k);
}

void fake_power_off(struct fake_kernel *k)
{
	fake_kill(k);
	empty(k);
	k->off = true;
}

void fake_renumber(struct fake_kernel *k, const struct nbma *nbma)
{
	struct fake_session *s;

	/* What its peers have leads nowhere now. */
	hash_for_each(s, &k->sessions, struct fake_session, remote_node)
		fake_session_lose(s);
	k->dev.nbma = nbma->addr;
	fake_net_place(k, nbma);
	if (k->nhrp) {
		fake_link_changed(k);
		fake_net_arm(k);
	}
}

void fake_free(struct fake_kernel *k)
{
	struct fake_route *r, *tmp;
	struct fake_frame *f;

	fake_kill(k);
	empty(k);
	hash_for_each_safe(r, tmp, &k->routes, struct fake_route, node)
		route_free(k, r);
	while ((f = fake_take(k)))
		free(f);
	hash_fini(&k->peers);
	hash_fini(&k->sessions);
	hash_fini(&k->nexthops);
	hash_fini(&k->routes);
	free(k->log);
	fake_net_stop(k->net, &k->tick);
	fake_net_unplace(k);
	list_del(&k->link);
	if (list_empty(&k->net->nodes))
		fake_net_free(k->net);
}

static void observer(void *ctx, const struct nhrp_event *event)
{
	struct fake_kernel *k = ctx;
	int n;

	if (k->net->watch) {
		k->net->watch(ctx, event);
		return;
	}
	if (!k->log)
		k->log = fake_make(FAKE_LOG);
	n = snprintf(k->log + k->log_len, FAKE_LOG - k->log_len, "%s: %s\n",
		     nhrp_event_name(event->type), event->text);
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

	hash_for_each(p, &k->peers, struct fake_peer, node) {
		peer_get(k, FAKE_DMVPN, &p->nbma, &kp);
		nhrp_adopt_peer(k->nhrp, k->net->now, FAKE_DMVPN, &kp);
	}
	hash_for_each(nh, &k->nexthops, struct fake_nexthop, node) {
		nexthop_read(k, nh, &kn);
		nhrp_adopt_nexthop(k->nhrp, k->net->now, FAKE_DMVPN, &kn);
	}
	hash_for_each(r, &k->routes, struct fake_route, node)
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
	k->off = false;
	nhrp_start(k->nhrp, k->net->now);
	fake_net_arm(k);
}

void fake_kill(struct fake_kernel *k)
{
	unsigned int before = k->writes;

	if (!k->nhrp)
		return;
	fake_session_silence(k);
	nhrp_destroy(k->nhrp);
	k->nhrp = NULL;
	fake_net_arm(k);
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

void fake_heard(struct fake_kernel *k, const struct nbma *nbma)
{
	const struct nbma any = { .addr = nbma->addr };
	struct fake_peer *p = fake_peer_find(k, nbma);

	if (!p)
		p = fake_peer_find(k, &any);
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

	hash_for_each(r, &k->routes, struct fake_route, node)
		if (r->r.shortcut && prefix_equal(&r->key, &p))
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
	return k->log && strstr(k->log, text);
}

void fake_forget(struct fake_kernel *k)
{
	k->log_len = 0;
	if (k->log)
		k->log[0] = '\0';
}
