// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's anti-replay window, against one that remembers everything.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "replay.h"

/* Steps for each window; REPLAY_STEPS in the environment says otherwise. */
#define STEPS 1000000
/* Places of the model, more than a window and a jump together. */
#define ROOM 65536

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
 * @seen: each number at the place that its last digits say; those that share a
 *	place are further apart than a window and a jump
 * @base: the first number is above this
 * @top: highest taken
 */
struct model {
	u64 seen[ROOM];
	u64 base;
	u64 top;
};

static bool model_take(struct model *m, u64 seq, u32 window)
{
	bool late = seq <= m->top && window;

	if (!seq || (late && (m->top - seq >= window ||
			      m->seen[seq % ROOM] == seq)))
		return false;
	m->seen[seq % ROOM] = seq;
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
		return m->top + 1 + (u64)random() % (3 * window + 1);
	case 1:
	case 2:
	case 3:
		return m->top + 1;
	default:
		return m->top - m->base > near ? m->top - near : m->base + 1;
	}
}

static unsigned long steps(void)
{
	const char *text = getenv("REPLAY_STEPS");

	return text && *text ? strtoul(text, NULL, 0) : STEPS;
}

static void against_model(u32 window, bool esn, u64 base)
{
	const u64 end = esn ? (u64)-1 : (u32)-1;
	struct dmvpn_replay *r = window_new(window, esn);
	struct model *m = calloc(1, sizeof(*m));
	unsigned long i, n = steps();
	u64 seq;

	assert_non_null(m);
	m->base = base;
	m->top = base;
	r->top = base;
	for (i = 0; i < n; i++) {
		seq = next_number(m, window);
		if (seq > end) {
			/* All numbers are used up: the SA would be, too. */
			memset(m->seen, 0, sizeof(m->seen));
			m->top = base;
			dmvpn_replay_init(r, window, esn);
			r->top = base;
			continue;
		}
		assert_true(take(r, seq) == model_take(m, seq, window));
		assert_true(r->top == m->top);
	}
	free(m);
	free(r);
}

static void random_input(void **state)
{
	static const u32 windows[] = { 0, 64, 128, 192, 1024, 4096 };
	size_t i;

	(void)state;
	srandom(1);
	for (i = 0; i < sizeof(windows) / sizeof(windows[0]); i++) {
		against_model(windows[i], false, 0);
		if (!windows[i])
			continue;
		against_model(windows[i], true, 0);
		/* Over the edge of 32 bits. */
		against_model(windows[i], true, 0xffffffffULL - 2000);
		against_model(windows[i], true, 0x7ffffffffULL - 100);
	}
}

/* Whole windows in order and in reverse, and each number again. */
static void sweeps(void **state)
{
	static const u64 from[] = { 1, 4000, 0xffffffffULL - 100,
				    0x5ffffffffULL - 4095 };
	struct dmvpn_replay *r;
	u64 seq;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(from) / sizeof(from[0]); i++) {
		r = window_new(4096, true);
		r->top = from[i] - 1;
		for (seq = from[i]; seq < from[i] + 8192; seq++)
			assert_true(take(r, seq));
		for (seq = from[i]; seq < from[i] + 8192; seq++)
			assert_false(take(r, seq));
		seq = from[i] + 4 * 4096;
		assert_true(take(r, seq));
		while (--seq > from[i] + 3 * 4096)
			assert_true(take(r, seq));
		assert_false(take(r, seq));
		for (seq = from[i] + 4 * 4096; seq > from[i]; seq--)
			assert_false(take(r, seq));
		free(r);
	}
}

/**
 * struct appendix_a - RFC 4303, A2.2: which number is meant
 * @top: highest number so far, T
 * @low: on the wire, Seql
 * @whole: with Seqh
 *
 * The window has 64 packets.
 */
struct appendix_a {
	u64 top;
	u32 low;
	u64 whole;
};

static const struct appendix_a appendix_a[] = {
	/* Case A: the window lies in one lap. */
	{ 0x100000100ULL, 0x000000c1, 0x1000000c1ULL },	/* bottom */
	{ 0x100000100ULL, 0x00000100, 0x100000100ULL },	/* top */
	{ 0x100000100ULL, 0x00000101, 0x100000101ULL },	/* above */
	{ 0x100000100ULL, 0xffffffff, 0x1ffffffffULL },	/* far above */
	{ 0x100000100ULL, 0x000000c0, 0x2000000c0ULL },	/* below: next lap */
	{ 0x100000100ULL, 0x00000000, 0x200000000ULL },
	{ 0x1ffffffffULL, 0xffffffc0, 0x1ffffffc0ULL },
	{ 0x1ffffffffULL, 0x00000000, 0x200000000ULL },
	{ 0x10000003fULL, 0x00000000, 0x100000000ULL },	/* just in one lap */
	{ 0x10000003fULL, 0xffffffff, 0x1ffffffffULL },
	/* Case B: it spans two. */
	{ 0x100000010ULL, 0xffffffd1, 0x0ffffffd1ULL },	/* bottom */
	{ 0x100000010ULL, 0xffffffff, 0x0ffffffffULL },
	{ 0x100000010ULL, 0x00000000, 0x100000000ULL },
	{ 0x100000010ULL, 0x00000010, 0x100000010ULL },	/* top */
	{ 0x100000010ULL, 0x00000011, 0x100000011ULL },	/* above */
	{ 0x100000010ULL, 0xffffffd0, 0x1ffffffd0ULL },	/* far above */
	{ 0x10000003eULL, 0xffffffff, 0x0ffffffffULL },	/* just in two */
	/* There is no lap before the first one. */
	{ 0x000000010ULL, 0xfffffff0, 0x0fffffff0ULL },
	{ 0x000000010ULL, 0x00000001, 0x000000001ULL },
};

static void rfc4303_appendix_a(void **state)
{
	struct dmvpn_replay *r = window_new(64, true);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(appendix_a) / sizeof(appendix_a[0]); i++) {
		r->top = appendix_a[i].top;
		assert_true(dmvpn_replay_extend(r, appendix_a[i].low) ==
			    appendix_a[i].whole);
	}
	free(r);
}

/* As many packets as the sender has numbers may be lost, less one window. */
static void long_loss(void **state)
{
	struct dmvpn_replay *r = window_new(1024, true);
	u64 seq = 0xffffff00ULL;

	(void)state;
	r->top = seq;
	seq += 0x7fffffff;
	assert_true(take(r, seq));
	assert_false(take(r, seq));
	seq += 0xffffffff - 1024;
	assert_true(take(r, seq));
	assert_true(take(r, seq - 1023));
	assert_false(take(r, seq - 1024));
	free(r);
}

/* Without ESN the last number is the last. */
static void no_lap(void **state)
{
	struct dmvpn_replay *r = window_new(64, false);

	(void)state;
	r->top = 0xfffffffeULL;
	assert_true(take(r, 0xffffffff));
	assert_true(dmvpn_replay_extend(r, 0) == 0);
	assert_false(dmvpn_replay_advance(r, dmvpn_replay_extend(r, 0)));
	assert_false(dmvpn_replay_advance(r, dmvpn_replay_extend(r, 1)));
	free(r);
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
		cmocka_unit_test(rfc4303_appendix_a),
		cmocka_unit_test(long_loss),
		cmocka_unit_test(no_lap),
		cmocka_unit_test(sweeps),
		cmocka_unit_test(random_input),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
