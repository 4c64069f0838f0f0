/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <test_suite.h>

#include "dmvpn_takeover.h"
#include "fakes.h"

/**
 * This life of charon, and the one before
 */
#define OWNER 5
#define FORERUNNER 4

static fake_kernel_t kernel;
static host_t *local, *remote;
static dmvpn_takeover_t *takeover;
static u_int renewals;

/* a session with an inbound SA of a former life, and new ones */
static dmvpn_sa_info_t in, old_in, out;

static linked_list_t *list_sessions(dmvpn_genl_t *this)
{
	dmvpn_session_t session = {
		.handle = 1,
		.local = local,
		.remote = remote,
		.state = DMVPN_SESSION_STATE_UP,
		.out_spi = out.id.spi,
		.peers = 1,
	};

	return linked_list_create_with_items(dmvpn_session_clone(&session), NULL);
}

static linked_list_t *list_sas(dmvpn_genl_t *this)
{
	return linked_list_create_with_items(
								fake_sa_create(&old_in, local, remote),
								fake_sa_create(&in, local, remote),
								fake_sa_create(&out, local, remote), NULL);
}

static void renew(dmvpn_initiate_t *this, dmvpn_session_t *session,
				  uint32_t delay, uint32_t tries)
{
	renewals++;
}

static dmvpn_initiate_t initiate = {
	.renew = renew,
};

START_SETUP(setup)
{
	fake_kernel_init(&kernel);
	kernel.genl.list_sessions = list_sessions;
	kernel.genl.list_sas = list_sas;
	local = host_create_from_string("10.0.0.1", 0);
	remote = host_create_from_string("10.0.0.2", 0);
	old_in = (dmvpn_sa_info_t){
		.id = { .spi = 1, .inbound = TRUE, }, .owner = FORERUNNER,
		.used = TRUE, .idle = 5000,
	};
	in = (dmvpn_sa_info_t){
		.id = { .spi = 2, .inbound = TRUE, }, .owner = OWNER, .age = 5000,
	};
	out = (dmvpn_sa_info_t){
		.id = { .spi = 3, }, .owner = OWNER, .age = 5000,
	};
	renewals = 0;
	takeover = dmvpn_takeover_create(&kernel.genl, &initiate, OWNER);
}
END_SETUP

START_TEARDOWN(teardown)
{
	/* it may have asked to be run again */
	lib->scheduler->flush(lib->scheduler);
	takeover->destroy(takeover);
	local->destroy(local);
	remote->destroy(remote);
}
END_TEARDOWN

/**
 * What a run deletes, 0 for nothing
 */
static uint32_t run(void)
{
	kernel.deleted = kernel.dels = 0;
	takeover->run(takeover);
	ck_assert(kernel.dels <= 1);
	return kernel.deleted;
}

START_TEST(test_settled)
{
	ck_assert_int_eq(run(), 1);
	old_in.used = FALSE;
	ck_assert_int_eq(run(), 1);
	ck_assert_int_eq(renewals, 0);
}
END_TEST

START_TEST(test_not_settled)
{
	out.age = 4999;
	ck_assert_int_eq(run(), 0);
	ck_assert_int_eq(renewals, 0);
	/* the one in use is a former life's, too */
	out.age = 5000;
	out.owner = FORERUNNER;
	ck_assert_int_eq(run(), 0);
	ck_assert_int_eq(renewals, 1);
}
END_TEST

START_TEST(test_heard)
{
	/* the peer still sends there: nothing has come back through the new ones
	 * that would tell it that we have them */
	old_in.idle = 4999;
	ck_assert_int_eq(run(), 0);
	old_in.idle = 5000;
	ck_assert_int_eq(run(), 1);
}
END_TEST

Suite *dmvpn_takeover_suite_create(void)
{
	Suite *s;
	TCase *tc;

	s = suite_create("dmvpn takeover");

	tc = tcase_create("run");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_settled);
	tcase_add_test(tc, test_not_settled);
	tcase_add_test(tc, test_heard);
	suite_add_tcase(s, tc);

	return s;
}
