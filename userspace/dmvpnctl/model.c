// SPDX-License-Identifier: GPL-2.0-or-later
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dmvpnctl/model.h"

#define ARRAY_FIRST 16

/* Twice the room whenever the number reaches the next power of two. */
void *model_grow(void *array, size_t n, size_t size)
{
	if (n < ARRAY_FIRST ? !n : !(n & (n - 1)))
		array = reallocarray(array, n ? 2 * n : ARRAY_FIRST, size);
	if (!array) {
		fprintf(stderr, "dmvpnctl: out of memory\n");
		exit(1);
	}
	memset((char *)array + n * size, 0, size);
	return array;
}

static void free_counters(struct nhrp_if *i)
{
	free(i->sent.v);
	free(i->received.v);
	free(i->forwarded.v);
	free(i->dropped.v);
	free(i->qos.v);
	free(i->changed.v);
}

static void free_class(struct class_state *class)
{
	policy_texts_free(&class->class.match);
	policy_lines_free(&class->class.lines);
	free(class->line);
}

static void free_classes(struct model *m)
{
	size_t i;

	for (i = 0; i < m->n_class; i++)
		free_class(&m->class[i]);
	free(m->class);
}

void model_free(struct model *m)
{
	size_t i;

	for (i = 0; i < m->n_nhrp_if; i++)
		free_counters(&m->nhrp_if[i]);
	free_classes(m);
	for (i = 0; i < m->n_service; i++)
		free(m->service[i].line);
	free(m->service);
	free(m->policy);
	free(m->queue);
	free(m->device);
	free(m->session);
	free(m->sa);
	free(m->peer);
	free(m->nexthop);
	free(m->nhrp_if);
	free(m->nhs);
	free(m->binding);
	free(m->shortcut);
	free(m->group_map);
	model_tables_free(m);
	*m = (struct model){ 0 };
}

uint64_t counters_value(const struct counters *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (!strcmp(c->v[i].name, name))
			return c->v[i].value;
	return 0;
}

uint64_t counters_total(const struct counters *c)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < c->n; i++)
		sum += c->v[i].value;
	return sum;
}

struct device *model_device(const struct model *m, uint32_t ifindex)
{
	size_t i;

	for (i = 0; i < m->n_device; i++)
		if (m->device[i].ifindex == ifindex)
			return &m->device[i];
	return NULL;
}

struct class_state *model_class(const struct model *m, const char *policy,
				uint32_t index)
{
	struct class_state *c;

	model_for_each(c, m->class, m->n_class)
		if (c->index == index && !strcmp(c->policy, policy))
			return c;
	return NULL;
}

struct class_state *model_class_named(const struct model *m,
				      const char *policy, const char *name)
{
	struct class_state *c;

	model_for_each(c, m->class, m->n_class)
		if (!strcmp(c->policy, policy) && !strcmp(c->class.name, name))
			return c;
	return NULL;
}

struct service_state *model_service(const struct model *m, uint32_t ifindex,
				    uint32_t point, uint32_t index)
{
	struct service_state *s;

	model_for_each(s, m->service, m->n_service)
		if (s->ifindex == ifindex && s->point == point &&
		    s->index == index)
			return s;
	return NULL;
}

bool model_served(const struct model *m, const struct service_state *s,
		  struct class_state *served)
{
	const struct class_state *c = model_class(m, s->policy, s->index);

	/* The policy may have been replaced between two looks at it. */
	if (!c || c->class.lines.n != s->n_line)
		return false;
	*served = *c;
	served->count = s->count;
	served->line = s->line;
	return true;
}

const struct nhrp_if *model_nhrp_if(const struct model *m, const char *name)
{
	size_t i;

	for (i = 0; i < m->n_nhrp_if; i++)
		if (!strcmp(m->nhrp_if[i].interface, name))
			return &m->nhrp_if[i];
	return NULL;
}

bool model_has_nhs(const struct model *m, const char *ifname)
{
	const struct nhs *nhs;

	model_for_each(nhs, m->nhs, m->n_nhs)
		if (!strcmp(nhs->interface, ifname))
			return true;
	return false;
}

/* ---- narrowing ---- */

/**
 * struct wanted - which members of an array stay
 * @ifname: interface, or policy, at @ifname_at of a member, or NULL
 * @ifname_at: see above
 * @prefix: what holds the address at @addr_at, or NULL
 * @addr_at: offset of a struct addr
 */
struct wanted {
	const char *ifname;
	size_t ifname_at;
	const struct prefix *prefix;
	size_t addr_at;
};

static bool is_wanted(const struct wanted *w, const char *member)
{
	const struct addr *a = (const void *)(member + w->addr_at);

	if (w->ifname && strcmp(member + w->ifname_at, w->ifname))
		return false;
	return !w->prefix || prefix_contains(w->prefix, a);
}

static size_t keep(void *array, size_t n, size_t size, struct wanted w)
{
	char *member = array;
	size_t i, kept = 0;

	for (i = 0; i < n; i++) {
		if (!is_wanted(&w, member + i * size))
			continue;
		if (kept < i)
			memcpy(member + kept * size, member + i * size, size);
		kept++;
	}
	return kept;
}

#define KEEP(array, n, ...) \
	((n) = keep((array), (n), sizeof(*(array)), \
		    (struct wanted){ __VA_ARGS__ }))

void model_keep_device(struct model *m, const char *name)
{
	size_t i;

	for (i = 0; i < m->n_nhrp_if; i++)
		if (strcmp(m->nhrp_if[i].interface, name))
			free_counters(&m->nhrp_if[i]);
	KEEP(m->device, m->n_device, .ifname = name,
	     .ifname_at = offsetof(struct device, name));
	KEEP(m->nhrp_if, m->n_nhrp_if, .ifname = name,
	     .ifname_at = offsetof(struct nhrp_if, interface));
	KEEP(m->nhs, m->n_nhs, .ifname = name,
	     .ifname_at = offsetof(struct nhs, interface));
	KEEP(m->binding, m->n_binding, .ifname = name,
	     .ifname_at = offsetof(struct binding, interface));
	KEEP(m->shortcut, m->n_shortcut, .ifname = name,
	     .ifname_at = offsetof(struct shortcut, interface));
	KEEP(m->group_map, m->n_group_map, .ifname = name,
	     .ifname_at = offsetof(struct group_map, interface));
}

void model_keep_policy(struct model *m, const char *name)
{
	size_t i;

	for (i = 0; i < m->n_class; i++)
		if (strcmp(m->class[i].policy, name))
			free_class(&m->class[i]);
	KEEP(m->policy, m->n_policy, .ifname = name,
	     .ifname_at = offsetof(struct policy_state, name));
	KEEP(m->class, m->n_class, .ifname = name,
	     .ifname_at = offsetof(struct class_state, policy));
}

static bool is_with_nbma(const struct model *m, const struct session *s,
			 const struct prefix *nbma)
{
	(void)m;
	return prefix_contains(nbma, &s->remote.addr);
}

static bool is_with_overlay(const struct model *m, const struct session *s,
			    const struct prefix *overlay)
{
	const struct nexthop *nh;
	const struct peer *p;

	model_for_each_peer(p, m, s->handle)
		model_for_each_nexthop(nh, m, p)
			if (prefix_contains(overlay, &nh->address))
				return true;
	return false;
}

typedef bool (*session_test)(const struct model *m, const struct session *s,
			     const struct prefix *p);

static bool any_session(const struct model *m, session_test is,
			const struct prefix *p)
{
	size_t i;

	for (i = 0; i < m->n_session; i++)
		if (is(m, &m->session[i], p))
			return true;
	return false;
}

void model_keep_session(struct model *m, const struct prefix *address)
{
	session_test is = any_session(m, is_with_nbma, address) ?
			  is_with_nbma : is_with_overlay;
	size_t i, kept = 0;

	for (i = 0; i < m->n_session; i++)
		if (is(m, &m->session[i], address))
			m->session[kept++] = m->session[i];
	m->n_session = kept;
	for (i = 0, kept = 0; i < m->n_sa; i++)
		if (model_session(m, m->sa[i].session))
			m->sa[kept++] = m->sa[i];
	m->n_sa = kept;
}

void model_keep_overlay(struct model *m, const struct prefix *overlay)
{
	KEEP(m->nhs, m->n_nhs, .prefix = overlay,
	     .addr_at = offsetof(struct nhs, address));
	KEEP(m->binding, m->n_binding, .prefix = overlay,
	     .addr_at = offsetof(struct binding, address));
	KEEP(m->shortcut, m->n_shortcut, .prefix = overlay,
	     .addr_at = offsetof(struct shortcut, prefix.addr));
}

/* A server whose address is not learnt yet may be of any family. */
void model_keep_family(struct model *m, int family)
{
	static const uint8_t any[sizeof(struct in6_addr)] = { 0 };
	struct prefix all = {
		.addr = addr_make(any, family == AF_INET ?
				  sizeof(struct in_addr) : sizeof(any)),
	};
	size_t i, kept = 0;

	for (i = 0; i < m->n_nhs; i++)
		if (addr_is_none(&m->nhs[i].address) ||
		    addr_family(&m->nhs[i].address) == family)
			m->nhs[kept++] = m->nhs[i];
	m->n_nhs = kept;
	KEEP(m->binding, m->n_binding, .prefix = &all,
	     .addr_at = offsetof(struct binding, address));
	KEEP(m->shortcut, m->n_shortcut, .prefix = &all,
	     .addr_at = offsetof(struct shortcut, prefix.addr));
}
