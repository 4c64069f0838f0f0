/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Timers on a clock that the caller tells: a pairing heap through the timers
 * themselves, so that setting one cannot fail.
 */
#ifndef NHRPD_TIMER_H
#define NHRPD_TIMER_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct timer - something to do later
 * @at: when, in milliseconds; in one word with @set, for each spoke has timers
 * @set: it is in the heap
 * @fire: called once then; the timer is no longer set
 * @child: heap: first of those that are due later
 * @next: heap: next with the same parent
 * @prev: heap: previous one, or the parent
 */
struct timer {
	uint64_t at : 63;
	uint64_t set : 1;
	void (*fire)(struct timer *t);
	struct timer *child;
	struct timer *next;
	struct timer *prev;
};

/**
 * struct timers - a heap of timers
 * @root: the one due first, NULL if none is set
 */
struct timers {
	struct timer *root;
};

void timer_init(struct timer *t, void (*fire)(struct timer *t));
/* Set, or move if set. */
void timer_set(struct timers *ts, struct timer *t, uint64_t at);
/* One that is not set may be given. */
void timer_stop(struct timers *ts, struct timer *t);
/* Fire all that are due at @now. */
void timers_run(struct timers *ts, uint64_t now);
/* When the first is due, UINT64_MAX for none. */
uint64_t timers_deadline(const struct timers *ts);

#endif
