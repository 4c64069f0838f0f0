/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <test_suite.h>

#include "dmvpn_handler.h"
#include "fakes.h"

static fake_kernel_t kernel;
static host_t *local, *remote;
static dmvpn_sad_t *sad;
static dmvpn_handler_t *handler;
static dmvpn_genl_handler_t *events;
static kernel_interface_t *saved;
static u_int takeovers, expired, ended;
static uint32_t last;

/**
 * What the kernel has
 */
static dmvpn_sa_info_t in, out, stranger;

/**
 * Happens while SAs are read, or NULL; out is not among them then
 */
static void (*meanwhile)(void);

static linked_list_t *list_sas(dmvpn_genl_t *this)
{
	linked_list_t *list;

	list = linked_list_create_with_items(fake_sa_create(&in, local, remote),
								fake_sa_create(&stranger, local, remote), NULL);
	if (meanwhile)
	{
		meanwhile();
	}
	else
	{
		list->insert_last(list, fake_sa_create(&out, local, remote));
	}
	return list;
}

static void expire(kernel_interface_t *this, uint8_t protocol, uint32_t spi,
				   host_t *dst, bool hard)
{
	expired += !hard;
	ended += hard;
	last = spi;
}

static kernel_interface_t interface = {
	.expire = expire,
};

static void run(dmvpn_takeover_t *this)
{
	takeovers++;
}

static dmvpn_takeover_t takeover = {
	.run = run,
};

/**
 * charon has an SA
 */
static void have(dmvpn_sa_info_t *sa)
{
	dmvpn_sad_entry_t entry = { .id = sa->id, };

	entry.id.local = local;
	entry.id.remote = remote;
	sad->put(sad, &entry);
}

START_SETUP(setup)
{
	fake_kernel_init(&kernel);
	kernel.genl.list_sas = list_sas;
	local = host_create_from_string("10.0.0.1", 0);
	remote = host_create_from_string("10.0.0.2", 0);
	in = (dmvpn_sa_info_t){ .id = { .spi = 1, .inbound = TRUE, }, };
	out = (dmvpn_sa_info_t){ .id = { .spi = 2, }, };
	stranger = (dmvpn_sa_info_t){ .id = { .spi = 3, }, .soft = TRUE, };
	sad = dmvpn_sad_create();
	have(&in);
	have(&out);
	handler = dmvpn_handler_create(&kernel.genl, sad, NULL, &takeover);
	events = &handler->interface;
	saved = charon->kernel;
	charon->kernel = &interface;
	fake_scheduler_init();
	takeovers = expired = ended = 0;
	meanwhile = NULL;
	kernel.peers = 1;
}
END_SETUP

START_TEARDOWN(teardown)
{
	fake_scheduler_clear();
	charon->kernel = saved;
	handler->destroy(handler);
	sad->destroy(sad);
	local->destroy(local);
	remote->destroy(remote);
}
END_TEARDOWN

START_TEST(test_told)
{
	dmvpn_sa_info_t *sa = fake_sa_create(&out, local, remote);

	events->sa_expired(events, sa, FALSE);
	dmvpn_sa_info_destroy(sa);
	ck_assert_int_eq(expired, 1);
	ck_assert_int_eq(last, 2);
}
END_TEST

START_TEST(test_lost)
{
	events->resync(events);
	ck_assert_int_eq(takeovers, 1);
	ck_assert_int_eq(expired, 0);
	/* its event is one of those that were lost */
	out.soft = TRUE;
	events->resync(events);
	ck_assert_int_eq(takeovers, 2);
	ck_assert_int_eq(expired, 1);
	ck_assert_int_eq(last, 2);
	/* nobody uses its session */
	kernel.peers = 0;
	events->resync(events);
	ck_assert_int_eq(expired, 1);
	ck_assert_int_eq(ended, 0);
}
END_TEST

START_TEST(test_idle)
{
	dmvpn_sa_info_t *sa = fake_sa_create(&out, local, remote);

	kernel.peers = 0;
	events->sa_expired(events, sa, FALSE);
	ck_assert(fake_scheduler_has_job());
	/* to be told again does not have it looked at twice */
	events->sa_expired(events, sa, FALSE);
	ck_assert(fake_scheduler_run());
	ck_assert_int_eq(expired, 0);
	/* a peer comes before the SA ends */
	kernel.peers = 1;
	ck_assert(!fake_scheduler_run());
	ck_assert_int_eq(expired, 1);
	ck_assert_int_eq(last, 2);
	dmvpn_sa_info_destroy(sa);
}
END_TEST

START_TEST(test_idle_end)
{
	dmvpn_sa_info_t *sa = fake_sa_create(&out, local, remote);

	kernel.peers = 0;
	events->sa_expired(events, sa, FALSE);
	ck_assert(fake_scheduler_has_job());
	dmvpn_sad_entry_destroy(sad->remove(sad, 2, remote));
	ck_assert(!fake_scheduler_run());
	ck_assert_int_eq(expired, 0);
	dmvpn_sa_info_destroy(sa);
}
END_TEST

static void nothing(void)
{
}

START_TEST(test_vanished)
{
	/* one table more or less is not taken for the truth */
	meanwhile = nothing;
	events->resync(events);
	ck_assert_int_eq(ended, 0);
	kernel.status = NOT_FOUND;
	events->resync(events);
	ck_assert_int_eq(ended, 1);
	ck_assert_int_eq(last, 2);
	ck_assert_int_eq(takeovers, 2);
	/* charon is on it */
	events->resync(events);
	ck_assert_int_eq(ended, 1);
	ck_assert_int_eq(expired, 0);
}
END_TEST

/**
 * charon replaces an SA
 */
static void replace(void)
{
	dmvpn_sa_info_t new = { .id = { .spi = 4, }, };

	dmvpn_sad_entry_destroy(sad->remove(sad, 2, remote));
	have(&new);
}

START_TEST(test_deleted)
{
	kernel.status = NOT_FOUND;
	meanwhile = replace;
	events->resync(events);
	ck_assert_int_eq(ended, 0);
}
END_TEST

START_TEST(test_reserved)
{
	dmvpn_sad_entry_t entry = {
		.id = {
			.spi = 5,
			.inbound = TRUE,
			.local = local,
			.remote = remote,
		},
		.reserved = TRUE,
	};

	/* the kernel does not list it */
	kernel.status = NOT_FOUND;
	sad->put(sad, &entry);
	events->resync(events);
	ck_assert_int_eq(ended, 0);
}
END_TEST

START_TEST(test_unread)
{
	kernel.status = NOT_FOUND;
	kernel.genl.list_sas = (void*)return_null;
	events->resync(events);
	ck_assert_int_eq(ended, 0);
	ck_assert_int_eq(takeovers, 1);
}
END_TEST

Suite *dmvpn_handler_suite_create(void)
{
	Suite *s;
	TCase *tc;

	s = suite_create("dmvpn handler");

	tc = tcase_create("soft limits");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_told);
	tcase_add_test(tc, test_lost);
	tcase_add_test(tc, test_idle);
	tcase_add_test(tc, test_idle_end);
	suite_add_tcase(s, tc);

	tc = tcase_create("vanished");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_vanished);
	tcase_add_test(tc, test_deleted);
	tcase_add_test(tc, test_reserved);
	tcase_add_test(tc, test_unread);
	suite_add_tcase(s, tc);

	return s;
}
