// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nhrpd/policy.h"

#define LINES_FIRST 16

struct policy_line policy_line_any(void)
{
	return (struct policy_line){
		.protocol = POLICY_ANY_PROTOCOL,
		.sport_max = UINT16_MAX,
		.dport_max = UINT16_MAX,
	};
}

int policy_lines_add(struct policy_lines *lines,
		     const struct policy_line *line)
{
	size_t size = lines->size ? 2 * lines->size : LINES_FIRST;
	struct policy_line *more;

	if (lines->n == lines->size) {
		more = reallocarray(lines->v, size, sizeof(*more));
		if (!more)
			return -1;
		lines->v = more;
		lines->size = size;
	}
	lines->v[lines->n++] = *line;
	return 0;
}

void policy_lines_free(struct policy_lines *lines)
{
	free(lines->v);
	*lines = (struct policy_lines){ 0 };
}

static int copy_lines(struct policy_lines *to, const struct policy_lines *from)
{
	size_t i;

	*to = (struct policy_lines){ 0 };
	for (i = 0; i < from->n; i++)
		if (policy_lines_add(to, &from->v[i]))
			return -1;
	return 0;
}

int policy_texts_add(struct policy_texts *texts, const char *text)
{
	char **more = reallocarray(texts->v, texts->n + 1, sizeof(*more));

	if (!more)
		return -1;
	texts->v = more;
	more[texts->n] = strdup(text);
	if (!more[texts->n])
		return -1;
	texts->n++;
	return 0;
}

int policy_texts_copy(struct policy_texts *to, const struct policy_texts *from)
{
	size_t i;

	*to = (struct policy_texts){ 0 };
	for (i = 0; i < from->n; i++)
		if (policy_texts_add(to, from->v[i]))
			return -1;
	return 0;
}

void policy_texts_free(struct policy_texts *texts)
{
	size_t i;

	for (i = 0; i < texts->n; i++)
		free(texts->v[i]);
	free(texts->v);
	*texts = (struct policy_texts){ 0 };
}

/* ---- classes and policies ---- */

static void class_free(struct policy_class *class)
{
	policy_texts_free(&class->match);
	policy_lines_free(&class->lines);
}

static void policy_free(struct policy *p)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		class_free(&p->class[i]);
	free(p->class);
}

struct policy *policies_add(struct policies *ps, const char *name)
{
	struct policy *more = reallocarray(ps->v, ps->n + 1, sizeof(*more));

	if (!more)
		return NULL;
	ps->v = more;
	more += ps->n++;
	*more = (struct policy){ 0 };
	snprintf(more->name, sizeof(more->name), "%s", name);
	return more;
}

struct policy_class *policy_add_class(struct policy *p, const char *name)
{
	struct policy_class *more = reallocarray(p->class, p->n + 1,
						 sizeof(*more));

	if (!more)
		return NULL;
	p->class = more;
	more += p->n++;
	*more = (struct policy_class){ 0 };
	snprintf(more->name, sizeof(more->name), "%s", name);
	return more;
}

const struct policy *policies_find(const struct policies *ps, const char *name)
{
	size_t i;

	for (i = 0; i < ps->n; i++)
		if (!strcmp(ps->v[i].name, name))
			return &ps->v[i];
	return NULL;
}

static int class_copy(struct policy_class *to, const struct policy_class *from)
{
	*to = *from;
	to->lines = (struct policy_lines){ 0 };
	if (policy_texts_copy(&to->match, &from->match))
		return -1;
	return copy_lines(&to->lines, &from->lines);
}

static int policy_copy(struct policy *to, const struct policy *from)
{
	struct policy_class *class;
	size_t i;

	for (i = 0; i < from->n; i++) {
		class = policy_add_class(to, from->class[i].name);
		if (!class || class_copy(class, &from->class[i]))
			return -1;
	}
	return 0;
}

int policies_copy(struct policies *to, const struct policies *from)
{
	struct policy *p;
	size_t i;

	*to = (struct policies){ 0 };
	for (i = 0; i < from->n; i++) {
		p = policies_add(to, from->v[i].name);
		if (!p || policy_copy(p, &from->v[i])) {
			policies_free(to);
			return -1;
		}
	}
	return 0;
}

void policies_free(struct policies *ps)
{
	size_t i;

	for (i = 0; i < ps->n; i++)
		policy_free(&ps->v[i]);
	free(ps->v);
	*ps = (struct policies){ 0 };
}

static bool line_equal(const struct policy_line *a, const struct policy_line *b)
{
	return a->statement == b->statement && a->deny == b->deny &&
	       a->family == b->family && prefix_equal(&a->src, &b->src) &&
	       prefix_equal(&a->dst, &b->dst) && a->protocol == b->protocol &&
	       a->sport_min == b->sport_min && a->sport_max == b->sport_max &&
	       a->dport_min == b->dport_min && a->dport_max == b->dport_max &&
	       a->dscp == b->dscp && a->dscp_mask == b->dscp_mask &&
	       a->fragment == b->fragment;
}

static bool class_equal(const struct policy_class *a,
			const struct policy_class *b)
{
	size_t i;

	if (strcmp(a->name, b->name) || strcmp(a->child, b->child) ||
	    a->has != b->has || a->lines.n != b->lines.n ||
	    memcmp(a->value, b->value, sizeof(a->value)))
		return false;
	for (i = 0; i < a->lines.n; i++)
		if (!line_equal(&a->lines.v[i], &b->lines.v[i]))
			return false;
	return true;
}

bool policy_equal(const struct policy *a, const struct policy *b)
{
	size_t i;

	if (a->n != b->n)
		return false;
	for (i = 0; i < a->n; i++)
		if (!class_equal(&a->class[i], &b->class[i]))
			return false;
	return true;
}

uint64_t policy_rate(const struct policy *p)
{
	return p->n == 1 ? p->class[0].value[DMVPN_A_CLASS_SHAPE_RATE] : 0;
}
