// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's anti-replay window, against one that remembers everything.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "replay.h"

#define STEPS 400000

static struct dmvpn_replay *window_new(u32 window, bool esn)
{
	struct dmvpn_replay *r = malloc(sizeof(*r) +
					dmvpn_replay_words(window) * 8);

	assert_non_null(r);
	dmvpn_replay_init(r, window, esn);
	return r;
}

static bool take(struct dmvpn_replay *r, u64 seq)
{
	u64 whole = dmvpn_replay_extend(r, (u32)seq);

	return whole == seq && dmvpn_replay_advance(r, whole);
}

/**
 * struct model - all numbers that were taken, the naive way
 * @seen: a byte for each number above @base
 * @base: first number
 * @top: highest taken
 */
struct model {
	uint8_t *seen;
	u64 base;
	u64 top;
};

static bool model_take(struct model *m, u64 seq, u32 window)
{
	if (!seq || m->seen[seq - m->base] ||
	    (seq <= m->top && m->top - seq >= window))
		return false;
	m->seen[seq - m->base] = 1;
	if (seq > m->top)
		m->top = seq;
	return true;
}

/* Mostly near the top, at times a jump, at times long ago. */
static u64 next_number(const struct model *m, u32 window)
{
	u64 near = (u64)random() % (2 * window + 10);

	switch (random() % 8) {
	case 0:
		return m->top + 1 + (u64)random() % (3 * window);
	case 1:
	case 2:
	case 3:
		return m->top + 1;
	default:
		return m->top - m->base > near ? m->top - near : m->base + 1;
	}
}

static void against_model(u32 window, bool esn, u64 base)
{
	struct dmvpn_replay *r = window_new(window, esn);
	struct model m = { .base = base, .top = base };
	size_t room = (size_t)STEPS * 3 * window / 4 + 8 * window;
	unsigned int i;
	u64 seq;

	room = room > 200000000 ? 200000000 : room;
	m.seen = calloc(room, 1);
	assert_non_null(m.seen);
	r->top = base;
	for (i = 0; i < STEPS; i++) {
		seq = next_number(&m, window);
		if (seq - base >= room)
			break;
		assert_true(take(r, seq) == model_take(&m, seq, window));
		assert_true(r->top == m.top);
	}
	assert_true(i > STEPS / 100);
	free(m.seen);
	free(r);
}

static void random_input(void **state)
{
	static const u32 windows[] = { 64, 128, 1024, 4096 };
	size_t i;

	(void)state;
	srandom(1);
	for (i = 0; i < sizeof(windows) / sizeof(windows[0]); i++) {
		against_model(windows[i], false, 0);
		against_model(windows[i], true, 0);
		/* Over the edge of 32 bits. */
		against_model(windows[i], true, 0xffffffffULL - 2000);
		against_model(windows[i], true, 0x7ffffffffULL - 100);
	}
}

static void basics(void **state)
{
	struct dmvpn_replay *r = window_new(64, false);

	(void)state;
	assert_false(take(r, 0));
	assert_true(take(r, 1));
	assert_false(take(r, 1));
	assert_true(take(r, 64));
	assert_true(take(r, 2));
	assert_true(take(r, 65));
	/* 1 and 2 are now beyond, and on, the edge. */
	assert_false(dmvpn_replay_check(r, 1));
	assert_false(take(r, 2));
	assert_true(take(r, 3));
	assert_true(take(r, 0xffffffff));
	assert_false(take(r, 66));
	assert_true(take(r, 0xffffffff - 63));
	assert_false(take(r, 0xffffffff - 64));
	free(r);
}

static void jumps(void **state)
{
	static const u64 jump[] = { 1, 63, 64, 65, 127, 128, 4096, 1 << 20 };
	struct dmvpn_replay *r = window_new(128, true);
	u64 seq = 1, back;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(jump) / sizeof(jump[0]); i++) {
		seq += jump[i];
		assert_true(take(r, seq));
		/* Nothing of the last round is left where it should not be. */
		for (back = 1; back < 128 && back < jump[i] && back < seq;
		     back++)
			assert_true(dmvpn_replay_check(r, seq - back));
		assert_false(dmvpn_replay_check(r, seq));
	}
	free(r);
}

static void esn_halves(void **state)
{
	struct dmvpn_replay *r = window_new(64, true);

	(void)state;
	r->top = 0x1fffffff0ULL;
	/* A low number is of the next lap, a high one of this. */
	assert_true(dmvpn_replay_extend(r, 5) == 0x200000005ULL);
	assert_true(dmvpn_replay_extend(r, 0xffffffd0) == 0x1ffffffd0ULL);
	r->top = 0x200000010ULL;
	assert_true(dmvpn_replay_extend(r, 0xfffffff0) == 0x1fffffff0ULL);
	assert_true(dmvpn_replay_extend(r, 0x11) == 0x200000011ULL);
	/* In the first lap there is none before. */
	r->top = 10;
	assert_true(dmvpn_replay_extend(r, 0xfffffff0) == 0xfffffff0ULL);
	free(r);
}

static void no_window(void **state)
{
	struct dmvpn_replay *r = window_new(0, false);

	(void)state;
	assert_int_equal(dmvpn_replay_words(0), 0);
	assert_true(take(r, 7));
	assert_true(take(r, 7));
	assert_true(take(r, 3));
	assert_true(r->top == 7);
	assert_false(take(r, 0));
	free(r);
}

static void refused_changes_nothing(void **state)
{
	struct dmvpn_replay *r = window_new(64, false);
	u64 top, word;

	(void)state;
	assert_true(take(r, 1000));
	top = r->top;
	word = r->seen[15 & r->mask];
	assert_false(take(r, 1000));
	assert_false(take(r, 900));
	assert_true(r->top == top && r->seen[15 & r->mask] == word);
	free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(basics),
		cmocka_unit_test(jumps),
		cmocka_unit_test(esn_halves),
		cmocka_unit_test(no_window),
		cmocka_unit_test(refused_changes_nothing),
		cmocka_unit_test(random_input),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
