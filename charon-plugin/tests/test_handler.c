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
static u_int takeovers, expired, peers;
static uint32_t last;

/**
 * What the kernel has
 */
static dmvpn_sa_info_t in, out, stranger;

/**
 * One SA more, as the kernel tells of it
 */
static dmvpn_sa_info_t *copy(dmvpn_sa_info_t *sa)
{
	dmvpn_sa_info_t *info;

	INIT(info);
	*info = *sa;
	info->session = 1;
	info->id.local = local->clone(local);
	info->id.remote = remote->clone(remote);
	return info;
}

static linked_list_t *list_sas(dmvpn_genl_t *this)
{
	return linked_list_create_with_items(copy(&in), copy(&out),
										 copy(&stranger), NULL);
}

static status_t get_session(dmvpn_genl_t *this, uint32_t handle,
							dmvpn_session_t *session)
{
	*session = (dmvpn_session_t){ .handle = handle, .peers = peers, };
	return SUCCESS;
}

static void expire(kernel_interface_t *this, uint8_t protocol, uint32_t spi,
				   host_t *dst, bool hard)
{
	ck_assert(!hard);
	expired++;
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
	kernel.genl.get_session = get_session;
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
	takeovers = expired = 0;
	peers = 1;
}
END_SETUP

START_TEARDOWN(teardown)
{
	charon->kernel = saved;
	handler->destroy(handler);
	sad->destroy(sad);
	local->destroy(local);
	remote->destroy(remote);
}
END_TEARDOWN

START_TEST(test_told)
{
	dmvpn_sa_info_t *sa = copy(&out);

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
	peers = 0;
	events->resync(events);
	ck_assert_int_eq(expired, 1);
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
	suite_add_tcase(s, tc);

	return s;
}
