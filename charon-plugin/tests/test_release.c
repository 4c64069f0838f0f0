/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <test_suite.h>

#include "compat.h"
#include "dmvpn_release.h"

/**
 * Releases that have another interface than those before them
 */
static u_int releases[] = {
	50908, 60000, 60002, UINT_MAX,
};

START_TEST(test_own)
{
	ck_assert(dmvpn_release_fits(SS_VERNUM));
}
END_TEST

START_TEST(test_other)
{
	bool ours = SS_VERNUM >= releases[_i] && SS_VERNUM < releases[_i + 1];

	/* older and newer ones */
	ck_assert(dmvpn_release_fits(releases[_i]) == ours);
	ck_assert(dmvpn_release_fits(releases[_i + 1] - 1) == ours);
}
END_TEST

Suite *dmvpn_release_suite_create(void)
{
	Suite *s;
	TCase *tc;

	s = suite_create("dmvpn release");

	tc = tcase_create("fits");
	tcase_add_test(tc, test_own);
	tcase_add_loop_test(tc, test_other, 0, countof(releases) - 1);
	suite_add_tcase(s, tc);

	return s;
}
