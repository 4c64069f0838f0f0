/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <test_suite.h>

#include "dmvpn_orphans.h"
#include "fakes.h"

static fake_kernel_t kernel;
static fake_ike_t ike;
static dmvpn_sad_t *sad;

START_SETUP(setup)
{
	dmvpn_sad_entry_t entry = { .id = { .spi = 1, .inbound = TRUE, }, };

	fake_kernel_init(&kernel);
	fake_ike_init(&ike, IKEV2);
	ike.spi_in = 1;
	ike.spi_out = 2;
	entry.id.local = ike.local;
	entry.id.remote = ike.remote;
	sad = dmvpn_sad_create();
	sad->put(sad, &entry);
	fake_scheduler_init();
}
END_SETUP

START_TEARDOWN(teardown)
{
	fake_scheduler_clear();
	sad->destroy(sad);
	fake_ike_clear(&ike);
}
END_TEARDOWN

START_TEST(test_mark)
{
	dmvpn_sad_entry_t *entry;

	dmvpn_orphans_mark(sad, &ike.ike_sa);
	entry = sad->get(sad, 1, ike.local);
	ck_assert(entry->orphan);
	dmvpn_sad_entry_destroy(entry);
	/* a CHILD_SA that is not complete */
	ike.spi_in = 0;
	dmvpn_orphans_mark(sad, &ike.ike_sa);
	ck_assert_int_eq(kernel.gets, 0);
}
END_TEST

/**
 * Is the inbound SA left to the peer?
 */
static bool is_left(void)
{
	dmvpn_sad_entry_t *entry = sad->get(sad, 1, ike.local);

	if (dmvpn_orphans_watch(&kernel.genl, entry))
	{
		return TRUE;
	}
	dmvpn_sad_entry_destroy(entry);
	return FALSE;
}

START_TEST(test_heard)
{
	kernel.info.used = TRUE;
	kernel.info.idle = 19999;
	ck_assert(is_left());
	ck_assert(fake_scheduler_run());
	kernel.info.idle = 20000;
	ck_assert(!fake_scheduler_run());
	ck_assert_int_eq(kernel.dels, 0);
	fake_scheduler_clear();
	ck_assert_int_eq(kernel.deleted, 1);
	fake_scheduler_init();
}
END_TEST

START_TEST(test_new)
{
	kernel.info.age = 19999;
	ck_assert(is_left());
}
END_TEST

START_TEST(test_silent)
{
	kernel.info.age = 20000;
	ck_assert(!is_left());
	kernel.info.used = TRUE;
	kernel.info.idle = 20000;
	ck_assert(!is_left());
	ck_assert(!fake_scheduler_has_job());
}
END_TEST

START_TEST(test_gone)
{
	kernel.info.used = TRUE;
	kernel.status = NOT_FOUND;
	ck_assert(!is_left());
}
END_TEST

/**
 * Leave the inbound SA to the peer
 */
static bool linger(void)
{
	dmvpn_sad_entry_t *entry = sad->remove(sad, 1, ike.local);

	if (dmvpn_orphans_linger(&kernel.genl, entry))
	{
		return TRUE;
	}
	dmvpn_sad_entry_destroy(entry);
	return FALSE;
}

START_TEST(test_not_lingering)
{
	kernel.info.idle = 2000;
	kernel.info.used = TRUE;
	ck_assert(!linger());
	ck_assert(!fake_scheduler_has_job());
}
END_TEST

START_TEST(test_lingering)
{
	kernel.info.used = TRUE;
	kernel.info.idle = 1999;
	kernel.out_spi = 3;
	ck_assert(linger());
	kernel.info.idle = 19999;
	ck_assert(fake_scheduler_run());
	kernel.info.idle = 20000;
	ck_assert(!fake_scheduler_run());
	kernel.info.idle = 0;
	ck_assert(fake_scheduler_run());
	/* nor without an SA of ours */
	kernel.out_spi = 0;
	ck_assert(!fake_scheduler_run());
	ck_assert_int_eq(kernel.dels, 0);
	fake_scheduler_clear();
	ck_assert_int_eq(kernel.deleted, 1);
	fake_scheduler_init();
}
END_TEST

Suite *dmvpn_orphans_suite_create(void)
{
	Suite *s;
	TCase *tc;

	s = suite_create("dmvpn orphans");

	tc = tcase_create("watch");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_mark);
	tcase_add_test(tc, test_heard);
	tcase_add_test(tc, test_new);
	tcase_add_test(tc, test_silent);
	tcase_add_test(tc, test_gone);
	suite_add_tcase(s, tc);

	tc = tcase_create("linger");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_not_lingering);
	tcase_add_test(tc, test_lingering);
	suite_add_tcase(s, tc);

	return s;
}
