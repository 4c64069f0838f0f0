// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What in a model belongs together: a hub's has tens of thousands of members,
 * so none is looked for by a walk over all of them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dmvpnctl/model.h"

enum by {
	SESSION_BY_HANDLE,
	SA_BY_SESSION,
	PEER_BY_SESSION,
	NEXTHOP_BY_NBMA,
	BINDING_BY_NBMA,
	SHORTCUT_BY_VIA,
	QUEUE_BY_NBMA,
	N_BY,
};

/**
 * struct table - members of one array, by a hash of what they are looked for by
 * @array: that array
 * @n: its members when the table was made
 * @size: of @first, a power of two
 * @first: first member of each bucket, counted from 1; 0 for none
 * @next: the one after each, in the order of the array
 */
struct table {
	const void *array;
	size_t n;
	size_t size;
	size_t *first;
	size_t *next;
};

struct model_tables {
	struct table by[N_BY];
};

/* ---- hashes ---- */

static uint32_t nbma_hash(const struct nbma *nbma)
{
	return addr_hash(&nbma->addr) + nbma->port;
}

static uint32_t of_session(const void *member)
{
	return ((const struct session *)member)->handle;
}

static uint32_t of_sa(const void *member)
{
	return ((const struct sa *)member)->session;
}

static uint32_t of_peer(const void *member)
{
	return ((const struct peer *)member)->session;
}

static uint32_t of_nexthop(const void *member)
{
	return nbma_hash(&((const struct nexthop *)member)->remote);
}

static uint32_t of_binding(const void *member)
{
	return nbma_hash(&((const struct binding *)member)->nbma);
}

static uint32_t of_shortcut(const void *member)
{
	return addr_hash(&((const struct shortcut *)member)->via);
}

static uint32_t of_queue(const void *member)
{
	return nbma_hash(&((const struct queue_state *)member)->remote);
}

/* ---- tables ---- */

/**
 * struct how - how a table is made
 * @array_at: offset of the array's pointer in struct model
 * @n_at: offset of its length
 * @size: of a member
 * @hash: of a member
 */
struct how {
	size_t array_at;
	size_t n_at;
	size_t size;
	uint32_t (*hash)(const void *member);
};

#define HOW(what, of) { \
	.array_at = offsetof(struct model, what), \
	.n_at = offsetof(struct model, n_##what), \
	.size = sizeof(*((struct model *)NULL)->what), \
	.hash = of, \
}

static const struct how hows[N_BY] = {
	[SESSION_BY_HANDLE] = HOW(session, of_session),
	[SA_BY_SESSION] = HOW(sa, of_sa),
	[PEER_BY_SESSION] = HOW(peer, of_peer),
	[NEXTHOP_BY_NBMA] = HOW(nexthop, of_nexthop),
	[BINDING_BY_NBMA] = HOW(binding, of_binding),
	[SHORTCUT_BY_VIA] = HOW(shortcut, of_shortcut),
	[QUEUE_BY_NBMA] = HOW(queue, of_queue),
};

static void *zeroed(size_t n, size_t size)
{
	void *array = calloc(n, size);

	if (!array) {
		fprintf(stderr, "dmvpnctl: out of memory\n");
		exit(1);
	}
	return array;
}

/* From the last on, so that a bucket has them in the array's order. */
static void fill(struct table *t, const struct how *how)
{
	const char *member;
	size_t i, *first;

	for (t->size = 1; t->size < t->n; t->size *= 2)
		;
	t->first = zeroed(t->size, sizeof(*t->first));
	t->next = zeroed(t->n + 1, sizeof(*t->next));
	for (i = t->n; i > 0; i--) {
		member = (const char *)t->array + (i - 1) * how->size;
		first = &t->first[how->hash(member) & (t->size - 1)];
		t->next[i] = *first;
		*first = i;
	}
}

static void empty(struct table *t)
{
	free(t->first);
	free(t->next);
	*t = (struct table){ 0 };
}

/*
 * Tables are made when they are first asked for, and again when the array has
 * grown or was narrowed. They say nothing that the model does not: hence it may
 * be const.
 */
static const struct table *table_of(const struct model *m, enum by by)
{
	const struct how *how = &hows[by];
	const char *at = (const char *)m;
	const void *array = *(const void *const *)(at + how->array_at);
	size_t n = *(const size_t *)(at + how->n_at);
	struct table *t;

	if (!m->tables)
		((struct model *)m)->tables =
			zeroed(1, sizeof(struct model_tables));
	t = &m->tables->by[by];
	if (t->array == array && t->n == n && t->size)
		return t;
	empty(t);
	t->array = array;
	t->n = n;
	fill(t, how);
	return t;
}

void model_tables_free(struct model *m)
{
	size_t i;

	for (i = 0; m->tables && i < N_BY; i++)
		empty(&m->tables->by[i]);
	free(m->tables);
	m->tables = NULL;
}

/* The next one after @member in the bucket of a hash; NULL: its first one. */
static const void *next_in(const struct model *m, enum by by,
			   const void *member, uint32_t hash)
{
	const struct table *t = table_of(m, by);
	size_t size = hows[by].size, i;

	if (member)
		i = t->next[((const char *)member - (const char *)t->array) /
			    size + 1];
	else
		i = t->first[hash & (t->size - 1)];
	return i ? (const char *)t->array + (i - 1) * size : NULL;
}

/* ---- sessions and SAs ---- */

const struct session *model_session(const struct model *m, uint32_t handle)
{
	const struct session *s = NULL;

	if (!handle)
		return NULL;
	do
		s = next_in(m, SESSION_BY_HANDLE, s, handle);
	while (s && s->handle != handle);
	return s;
}

const struct sa *model_next_sa(const struct model *m, const struct sa *sa,
			       uint32_t handle)
{
	do
		sa = next_in(m, SA_BY_SESSION, sa, handle);
	while (sa && sa->session != handle);
	return sa;
}

const struct sa *model_sa(const struct model *m, uint32_t handle, uint32_t dir,
			  uint32_t spi)
{
	const struct sa *sa;

	model_for_each_sa(sa, m, handle)
		if (sa->dir == dir && sa->spi == spi)
			return sa;
	return NULL;
}

size_t model_count_sa(const struct model *m, uint32_t handle)
{
	const struct sa *sa;
	size_t n = 0;

	model_for_each_sa(sa, m, handle)
		n++;
	return n;
}

const struct peer *model_next_peer(const struct model *m, const struct peer *p,
				   uint32_t handle)
{
	do
		p = next_in(m, PEER_BY_SESSION, p, handle);
	while (p && p->session != handle);
	return p;
}

/* ---- what a peer has ---- */

const struct nexthop *model_next_nexthop(const struct model *m,
					 const struct nexthop *nh,
					 const struct peer *p)
{
	do
		nh = next_in(m, NEXTHOP_BY_NBMA, nh, nbma_hash(&p->remote));
	while (nh && (nh->ifindex != p->ifindex ||
		      !nbma_equal(&nh->remote, &p->remote)));
	return nh;
}

const struct shortcut *model_next_behind(const struct model *m,
					 const struct shortcut *s,
					 const struct device *d,
					 const struct addr *via)
{
	struct prefix self = prefix_make(via, addr_bits(via));

	do
		s = next_in(m, SHORTCUT_BY_VIA, s, addr_hash(via));
	while (s && (strcmp(s->interface, d->name) ||
		     !addr_equal(&s->via, via) ||
		     prefix_equal(&s->prefix, &self)));
	return s;
}

const char *model_group(const struct model *m, const struct device *d,
			const struct peer *p)
{
	const struct binding *b = NULL;

	do
		b = next_in(m, BINDING_BY_NBMA, b, nbma_hash(&p->remote));
	while (b && (strcmp(b->interface, d->name) ||
		     !nbma_equal(&b->nbma, &p->remote)));
	return b ? b->group : "";
}

uint64_t model_rate(const struct model *m, const struct peer *p)
{
	const struct queue_state *q = NULL;

	do
		q = next_in(m, QUEUE_BY_NBMA, q, nbma_hash(&p->remote));
	while (q && (q->depth || q->ifindex != p->ifindex ||
		     !nbma_equal(&q->remote, &p->remote)));
	return q ? q->rate : 0;
}
