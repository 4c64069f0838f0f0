/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <test_suite.h>

#include "dmvpn_sad.h"

static dmvpn_sad_t *sad;
static host_t *local, *remote;

START_SETUP(setup)
{
	sad = dmvpn_sad_create();
	local = host_create_from_string("10.0.0.1", 4500);
	remote = host_create_from_string("10.0.0.2", 1025);
}
END_SETUP

START_TEARDOWN(teardown)
{
	sad->destroy(sad);
	local->destroy(local);
	remote->destroy(remote);
}
END_TEARDOWN

/**
 * Add an SA between the two hosts
 */
static void put(uint32_t spi, bool inbound)
{
	dmvpn_sad_entry_t entry = {
		.id = {
			.spi = spi,
			.inbound = inbound,
			.local = local,
			.remote = remote,
		},
	};

	sad->put(sad, &entry);
}

/**
 * Is there an SA with that SPI and destination?
 */
static bool has(uint32_t spi, host_t *dst)
{
	dmvpn_sad_entry_t *entry = sad->get(sad, spi, dst);

	if (!entry)
	{
		return FALSE;
	}
	dmvpn_sad_entry_destroy(entry);
	return TRUE;
}

START_TEST(test_by_destination)
{
	put(1, TRUE);
	put(2, FALSE);
	ck_assert(has(1, local));
	ck_assert(!has(1, remote));
	ck_assert(has(2, remote));
	ck_assert(!has(2, local));
	ck_assert(!has(3, local));
}
END_TEST

START_TEST(test_port_does_not_matter)
{
	host_t *moved = host_create_from_string("10.0.0.2", 7);

	put(2, FALSE);
	ck_assert(has(2, moved));
	moved->destroy(moved);
}
END_TEST

START_TEST(test_replace)
{
	dmvpn_sad_entry_t *entry;

	put(1, TRUE);
	ck_assert(sad->expire(sad, 1, local));
	put(1, TRUE);
	entry = sad->remove(sad, 1, local);
	ck_assert(entry);
	ck_assert(!entry->expired);
	dmvpn_sad_entry_destroy(entry);
	ck_assert(!has(1, local));
	ck_assert(!sad->remove(sad, 1, local));
}
END_TEST

START_TEST(test_marks)
{
	dmvpn_sad_entry_t *entry;

	put(1, TRUE);
	ck_assert(!sad->expire(sad, 2, local));
	ck_assert(!sad->orphan(sad, 1, remote));
	ck_assert(sad->expire(sad, 1, local));
	ck_assert(sad->orphan(sad, 1, local));
	ck_assert(sad->idle(sad, 1, local));
	ck_assert(!sad->idle(sad, 1, local));
	ck_assert(!sad->idle(sad, 2, local));
	entry = sad->get(sad, 1, local);
	ck_assert(entry->expired && entry->orphan);
	dmvpn_sad_entry_destroy(entry);
}
END_TEST

START_TEST(test_list)
{
	dmvpn_sad_entry_t *entry, reserved = {
		.id = {
			.spi = 2,
			.inbound = TRUE,
			.local = local,
			.remote = remote,
		},
		.reserved = TRUE,
	};
	linked_list_t *list;

	put(1, FALSE);
	sad->put(sad, &reserved);
	list = sad->list(sad);
	ck_assert_int_eq(list->get_count(list), 1);
	list->get_first(list, (void**)&entry);
	ck_assert_int_eq(entry->id.spi, 1);
	list->destroy_function(list, (void*)dmvpn_sad_entry_destroy);
	/* its SA comes */
	put(2, TRUE);
	list = sad->list(sad);
	ck_assert_int_eq(list->get_count(list), 2);
	list->destroy_function(list, (void*)dmvpn_sad_entry_destroy);
}
END_TEST

Suite *dmvpn_sad_suite_create(void)
{
	Suite *s;
	TCase *tc;

	s = suite_create("dmvpn sad");

	tc = tcase_create("table");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_by_destination);
	tcase_add_test(tc, test_port_does_not_matter);
	tcase_add_test(tc, test_replace);
	tcase_add_test(tc, test_marks);
	tcase_add_test(tc, test_list);
	suite_add_tcase(s, tc);

	return s;
}
