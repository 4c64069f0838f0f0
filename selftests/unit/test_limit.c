// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nhrpd/limit.h"

static unsigned int take(struct limit *l, uint64_t now, unsigned int tries)
{
	unsigned int taken = 0;

	while (tries--)
		taken += limit_take(l, now, 10, 1000);
	return taken;
}

static void burst(void **state)
{
	struct limit l = { 0 };

	(void)state;
	assert_int_equal(take(&l, 5000, 50), 10);
	/* One for each tenth of a second. */
	assert_int_equal(take(&l, 5099, 50), 0);
	assert_int_equal(take(&l, 5100, 50), 1);
	assert_int_equal(take(&l, 5500, 50), 4);
	/* Never more than a burst. */
	assert_int_equal(take(&l, 900000, 50), 10);
}

static void percent(void **state)
{
	struct limit l = { 0 };

	(void)state;
	assert_int_equal(limit_percent(&l, 5000, 10, 1000), 0);
	assert_int_equal(take(&l, 5000, 3), 3);
	assert_int_equal(limit_percent(&l, 5000, 10, 1000), 30);
	assert_int_equal(limit_percent(&l, 5200, 10, 1000), 10);
	assert_int_equal(limit_percent(&l, 9000, 10, 1000), 0);
	assert_int_equal(limit_percent(&l, 9000, 0, 0), 0);
}

static void used(void **state)
{
	struct limit l = { 0 };

	(void)state;
	assert_int_equal(limit_used(&l, 5000, 10, 1000), 0);
	assert_int_equal(take(&l, 5000, 3), 3);
	assert_int_equal(limit_used(&l, 5000, 10, 1000), 3);
	assert_int_equal(limit_used(&l, 5150, 10, 1000), 1);
	assert_int_equal(limit_used(&l, 9000, 10, 1000), 0);
}

static void steady(void **state)
{
	struct limit l = { 0 };
	unsigned int taken = 0;
	uint64_t now;

	(void)state;
	for (now = 1; now <= 100000; now += 7)
		taken += limit_take(&l, now, 10, 1000);
	assert_in_range(taken, 1000, 1010);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(burst),
		cmocka_unit_test(percent),
		cmocka_unit_test(used),
		cmocka_unit_test(steady),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
