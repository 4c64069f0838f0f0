// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "nhrpd/timer.h"

#define TIMERS 1000

static struct timers ts;
static struct timer timer[TIMERS];
static uint64_t now, last;
static unsigned int fired;

static void on_fire(struct timer *t)
{
	assert_false(t->set);
	assert_true(t->at <= now);
	assert_true(t->at >= last);
	last = t->at;
	fired++;
}

static uint64_t naive_deadline(void)
{
	uint64_t at = UINT64_MAX;
	size_t i;

	for (i = 0; i < TIMERS; i++)
		if (timer[i].set && timer[i].at < at)
			at = timer[i].at;
	return at;
}

static void order(void **state)
{
	unsigned int step;
	size_t i;

	(void)state;
	srandom(1);
	for (i = 0; i < TIMERS; i++)
		timer_init(&timer[i], on_fire);
	assert_true(timers_deadline(&ts) == UINT64_MAX);
	for (step = 0; step < 20000; step++) {
		i = (size_t)random() % TIMERS;
		switch (random() % 4) {
		case 0:
			timer_stop(&ts, &timer[i]);
			break;
		case 1:
			now += (uint64_t)random() % 20;
			last = 0;
			timers_run(&ts, now);
			break;
		default:
			timer_set(&ts, &timer[i],
				  now + (uint64_t)random() % 500);
			break;
		}
		if (step % 16 == 0)
			assert_true(timers_deadline(&ts) == naive_deadline());
	}
	now += 1000;
	last = 0;
	timers_run(&ts, now);
	assert_true(naive_deadline() == UINT64_MAX);
	assert_true(fired > 1000);
}

static void again(struct timer *t)
{
	if (fired++ < 3)
		timer_set(&ts, t, t->at + 1);
}

static void stop_next(struct timer *t)
{
	(void)t;
	timer_stop(&ts, &timer[1]);
}

static void change_while_firing(void **state)
{
	(void)state;
	fired = 0;
	timer_init(&timer[0], again);
	timer_set(&ts, &timer[0], 10);
	timers_run(&ts, 100);
	assert_int_equal(fired, 4);
	timer_init(&timer[0], stop_next);
	timer_init(&timer[1], again);
	timer_set(&ts, &timer[0], 10);
	timer_set(&ts, &timer[1], 11);
	timers_run(&ts, 100);
	assert_int_equal(fired, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order),
		cmocka_unit_test(change_while_firing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
