// SPDX-License-Identifier: GPL-2.0-or-later
#include <stddef.h>

#include "nhrpd/timer.h"

void timer_init(struct timer *t, void (*fire)(struct timer *t))
{
	*t = (struct timer){ .fire = fire };
}

static struct timer *merge(struct timer *a, struct timer *b)
{
	struct timer *first = a, *second = b;

	if (!a)
		return b;
	if (!b)
		return a;
	if (b->at < a->at) {
		first = b;
		second = a;
	}
	second->next = first->child;
	if (first->child)
		first->child->prev = second;
	second->prev = first;
	first->child = second;
	return first;
}

/* Cut the first one or two off a row of siblings and merge them. */
static struct timer *merge_two(struct timer **row)
{
	struct timer *a = *row;
	struct timer *b = a->next;

	*row = b ? b->next : NULL;
	a->next = NULL;
	a->prev = NULL;
	if (b) {
		b->next = NULL;
		b->prev = NULL;
	}
	return merge(a, b);
}

/* The usual two passes: in pairs, then all pairs from the last one on. */
static struct timer *merge_row(struct timer *row)
{
	struct timer *pairs = NULL;
	struct timer *root = NULL;
	struct timer *t;

	while (row) {
		t = merge_two(&row);
		t->next = pairs;
		pairs = t;
	}
	while (pairs) {
		t = pairs;
		pairs = t->next;
		t->next = NULL;
		root = merge(root, t);
	}
	return root;
}

static void unlink_from_row(struct timer *t)
{
	if (t->prev->child == t)
		t->prev->child = t->next;
	else
		t->prev->next = t->next;
	if (t->next)
		t->next->prev = t->prev;
}

void timer_stop(struct timers *ts, struct timer *t)
{
	struct timer *below;

	if (!t->set)
		return;
	below = merge_row(t->child);
	if (ts->root == t) {
		ts->root = below;
	} else {
		unlink_from_row(t);
		ts->root = merge(ts->root, below);
	}
	t->child = NULL;
	t->next = NULL;
	t->prev = NULL;
	t->set = false;
}

void timer_set(struct timers *ts, struct timer *t, uint64_t at)
{
	timer_stop(ts, t);
	t->at = at;
	t->set = true;
	ts->root = merge(ts->root, t);
}

void timers_run(struct timers *ts, uint64_t now)
{
	struct timer *t;

	while (ts->root && ts->root->at <= now) {
		t = ts->root;
		timer_stop(ts, t);
		t->fire(t);
	}
}

uint64_t timers_deadline(const struct timers *ts)
{
	return ts->root ? ts->root->at : UINT64_MAX;
}
