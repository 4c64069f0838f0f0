/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <test_suite.h>

#include "dmvpn_reason.h"

START_TEST(test_failures)
{
	ck_assert(dmvpn_reason_of_alert(ALERT_PEER_AUTH_FAILED));
	ck_assert(dmvpn_reason_of_alert(ALERT_PROPOSAL_MISMATCH_CHILD));
	ck_assert(dmvpn_reason_of_notify(NO_PROPOSAL_CHOSEN));
	ck_assert(dmvpn_reason_of_notify(AUTHENTICATION_FAILED));
}
END_TEST

START_TEST(test_no_failures)
{
	ck_assert(!dmvpn_reason_of_alert(ALERT_RETRANSMIT_SEND));
	ck_assert(!dmvpn_reason_of_alert(ALERT_IKE_SA_EXPIRED));
	ck_assert(!dmvpn_reason_of_notify(INITIAL_CONTACT));
}
END_TEST

Suite *dmvpn_reason_suite_create(void)
{
	Suite *s;
	TCase *tc;

	s = suite_create("dmvpn reason");

	tc = tcase_create("table");
	tcase_add_test(tc, test_failures);
	tcase_add_test(tc, test_no_failures);
	suite_add_tcase(s, tc);

	return s;
}
