/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <test_suite.h>

#include "dmvpn_attempts.h"

static dmvpn_attempts_t *attempts;

START_SETUP(setup)
{
	attempts = dmvpn_attempts_create();
}
END_SETUP

START_TEARDOWN(teardown)
{
	attempts->destroy(attempts);
}
END_TEARDOWN

START_TEST(test_session)
{
	attempts->start(attempts, 1, 7);
	attempts->start(attempts, 2, 8);
	ck_assert_int_eq(attempts->get_session(attempts, 1), 7);
	ck_assert_int_eq(attempts->get_session(attempts, 2), 8);
	ck_assert_int_eq(attempts->get_session(attempts, 3), 0);
	attempts->start(attempts, 1, 9);
	ck_assert_int_eq(attempts->get_session(attempts, 1), 9);
	attempts->finish(attempts, 1);
	attempts->finish(attempts, 1);
	ck_assert_int_eq(attempts->get_session(attempts, 1), 0);
	ck_assert_int_eq(attempts->get_session(attempts, 2), 8);
}
END_TEST

START_TEST(test_first_reason)
{
	char *reason;

	ck_assert(!attempts->get_reason(attempts, 1));
	attempts->blame(attempts, 1, "cause");
	attempts->blame(attempts, 1, "consequence");
	attempts->start(attempts, 1, 7);
	reason = attempts->get_reason(attempts, 1);
	ck_assert_str_eq(reason, "cause");
	free(reason);
	attempts->finish(attempts, 1);
	ck_assert(!attempts->get_reason(attempts, 1));
}
END_TEST

Suite *dmvpn_attempts_suite_create(void)
{
	Suite *s;
	TCase *tc;

	s = suite_create("dmvpn attempts");

	tc = tcase_create("table");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_session);
	tcase_add_test(tc, test_first_reason);
	suite_add_tcase(s, tc);

	return s;
}
