/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <test_suite.h>

#include "dmvpn_index.h"
#include "dmvpn_rivals.h"
#include "dmvpn_use.h"
#include "fakes.h"

#define SPOKES 1000

static fake_kernel_t kernel;
static fake_ike_t ikes[SPOKES];
static dmvpn_index_t *idx;

/**
 * Move an IKE_SA's peer, as the bus tells
 */
static void move(u_int i, host_t *to)
{
	idx->put(idx, &ikes[i].ike_sa, to);
	ikes[i].remote->destroy(ikes[i].remote);
	ikes[i].remote = to;
}

/**
 * Address of a spoke
 */
static host_t *address(u_int i, uint16_t port)
{
	char text[32];

	snprintf(text, sizeof(text), "10.64.%u.%u", i / 250, 1 + i % 250);
	return host_create_from_string(text, port);
}

/**
 * Spokes with an IKE_SA each
 */
START_SETUP(setup)
{
	u_int i;

	fake_kernel_init(&kernel);
	idx = dmvpn_index_create();
	for (i = 0; i < SPOKES; i++)
	{
		fake_ike_init(&ikes[i], IKEV2);
	}
	fake_manager_init(ikes, SPOKES);
	for (i = 0; i < SPOKES; i++)
	{
		ikes[i].spi_in = ikes[i].spi_out = i + 1;
		move(i, address(i, 500));
	}
}
END_SETUP

START_TEARDOWN(teardown)
{
	u_int i;

	idx->destroy(idx);
	fake_manager_clear();
	for (i = 0; i < SPOKES; i++)
	{
		fake_ike_clear(&ikes[i]);
	}
}
END_TEARDOWN

/**
 * Order of unique IDs
 */
static int compare(const void *a, const void *b, void *user)
{
	return *(uint32_t*)a < *(uint32_t*)b ? -1 : 1;
}

/**
 * Numbers of the IKE_SAs that were found, in decimal digits
 */
static u_int digits(array_t *found)
{
	u_int all = 0;
	uint32_t id;

	array_sort(found, compare, NULL);
	while (array_remove(found, ARRAY_HEAD, &id))
	{
		all = 10 * all + id;
	}
	array_destroy(found);
	return all;
}

/**
 * Numbers of the IKE_SAs at an endpoint
 */
static u_int at(host_t *remote)
{
	u_int all = digits(idx->find(idx, remote));

	remote->destroy(remote);
	return all;
}

/**
 * A session with a spoke
 */
static dmvpn_session_t session_of(u_int i)
{
	return (dmvpn_session_t){
		.handle = i + 1,
		.local = ikes[i].local,
		.remote = ikes[i].remote,
		.profile = "DMVPN",
	};
}

START_TEST(test_find)
{
	ck_assert_int_eq(at(address(2, 500)), 3);
	ck_assert_int_eq(at(address(2, 0)), 3);
	ck_assert_int_eq(at(address(2, 4500)), 0);
	ck_assert_int_eq(at(address(SPOKES, 0)), 0);
	/* one NAT */
	move(3, address(2, 501));
	move(4, address(2, 502));
	ck_assert_int_eq(at(address(2, 0)), 345);
	ck_assert_int_eq(at(address(2, 501)), 4);
	ck_assert_int_eq(at(address(3, 0)), 0);
	/* from either end and from the middle of those of an address */
	idx->remove(idx, 4);
	ck_assert_int_eq(at(address(2, 0)), 35);
	idx->remove(idx, 3);
	ck_assert_int_eq(at(address(2, 0)), 5);
	idx->remove(idx, 5);
	ck_assert_int_eq(at(address(2, 0)), 0);
	idx->remove(idx, 5);
}
END_TEST

START_TEST(test_moved)
{
	move(0, address(0, 4500));
	ck_assert_int_eq(at(address(0, 500)), 0);
	ck_assert_int_eq(at(address(0, 4500)), 1);
	move(0, address(1, 500));
	ck_assert_int_eq(at(address(0, 0)), 0);
	ck_assert_int_eq(at(address(1, 500)), 12);
	move(0, address(0, 500));
	ck_assert_int_eq(at(address(0, 500)), 1);
	ck_assert_int_eq(at(address(1, 500)), 2);
}
END_TEST

START_TEST(test_others)
{
	ck_assert_int_eq(digits(idx->find_others(idx, 1)), 0);
	move(1, address(0, 500));
	move(2, address(0, 500));
	move(3, address(0, 4500));
	ck_assert_int_eq(digits(idx->find_others(idx, 1)), 23);
	ck_assert_int_eq(digits(idx->find_others(idx, 2)), 13);
	ck_assert_int_eq(digits(idx->find_others(idx, SPOKES + 1)), 0);
}
END_TEST

START_TEST(test_checkout)
{
	ike_sa_id_t *spis = ikes[6].spis;
	ike_sa_t *ike_sa;

	/* the responder's SPI is not known at first */
	spis->set_responder_spi(spis, 77);
	idx->put(idx, &ikes[6].ike_sa, ikes[6].remote);
	ike_sa = idx->checkout(idx, 7);
	ck_assert(ike_sa == &ikes[6].ike_sa);
	charon->ike_sa_manager->checkin(charon->ike_sa_manager, ike_sa);
	idx->remove(idx, 7);
	ck_assert(!idx->checkout(idx, 7));
	ck_assert_int_eq(fake_manager_checkouts(), 1);
}
END_TEST

START_TEST(test_left_behind)
{
	uint32_t ids[DMVPN_USE_MAX];
	dmvpn_session_t session = session_of(4);

	/* MOBIKE took the IKE_SA to another address of ours, and not its SAs */
	kernel.info.id.local = ikes[4].remote;
	dmvpn_use_find(&kernel.genl, idx, &session, ids);
	ck_assert_int_eq(ids[DMVPN_USE_STALE], 5);
	ck_assert_int_eq(ids[DMVPN_USE_COMPLETE], 0);
	ikes[4].child_state = CHILD_REKEYING;
	dmvpn_use_find(&kernel.genl, idx, &session, ids);
	ck_assert_int_eq(ids[DMVPN_USE_PENDING], 5);
	ck_assert_int_eq(ids[DMVPN_USE_STALE], 0);
}
END_TEST

START_TEST(test_takeover)
{
	uint32_t ids[DMVPN_USE_MAX];
	dmvpn_session_t session;
	u_int i;

	for (i = 0; i < SPOKES; i++)
	{
		session = session_of(i);
		dmvpn_use_find(&kernel.genl, idx, &session, ids);
		ck_assert_int_eq(ids[DMVPN_USE_COMPLETE], i + 1);
	}
	/* each of them is looked at once */
	ck_assert_int_eq(fake_manager_checkouts(), SPOKES);
}
END_TEST

START_TEST(test_use)
{
	uint32_t ids[DMVPN_USE_MAX];
	dmvpn_session_t session;

	kernel.status = NOT_FOUND;
	session = session_of(0);
	dmvpn_use_find(&kernel.genl, idx, &session, ids);
	ck_assert_int_eq(ids[DMVPN_USE_STALE], 1);
	ikes[0].state = IKE_CONNECTING;
	dmvpn_use_find(&kernel.genl, idx, &session, ids);
	ck_assert_int_eq(ids[DMVPN_USE_PENDING], 1);
	ck_assert_int_eq(ids[DMVPN_USE_STALE], 0);
	/* another template's, and to another address of ours */
	session.profile = "other";
	dmvpn_use_find(&kernel.genl, idx, &session, ids);
	ck_assert_int_eq(ids[DMVPN_USE_PENDING], 0);
	session = session_of(0);
	session.local = ikes[1].remote;
	dmvpn_use_find(&kernel.genl, idx, &session, ids);
	ck_assert_int_eq(ids[DMVPN_USE_PENDING], 0);
}
END_TEST

START_TEST(test_rivals)
{
	uint32_t winner = 0;
	array_t *losers;

	/* who has none is not even looked at */
	losers = dmvpn_rivals_find(&kernel.genl, idx, 1, &winner);
	ck_assert_int_eq(array_count(losers), 0);
	array_destroy(losers);
	ck_assert_int_eq(fake_manager_checkouts(), 0);
	/* of two at once the one with the greater SPI stays */
	move(1, address(0, 500));
	losers = dmvpn_rivals_find(&kernel.genl, idx, 1, &winner);
	ck_assert_int_eq(digits(losers), 1);
	ck_assert_int_eq(winner, 2);
	losers = dmvpn_rivals_find(&kernel.genl, idx, 2, &winner);
	ck_assert_int_eq(digits(losers), 1);
	ck_assert_int_eq(winner, 2);
	/* two that say to be different ones are */
	ikes[1].peer->destroy(ikes[1].peer);
	ikes[1].peer = identification_create_from_string("other");
	losers = dmvpn_rivals_find(&kernel.genl, idx, 1, &winner);
	ck_assert_int_eq(array_count(losers), 0);
	array_destroy(losers);
}
END_TEST

Suite *dmvpn_index_suite_create(void)
{
	Suite *s;
	TCase *tc;

	s = suite_create("dmvpn index");

	tc = tcase_create("index");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_find);
	tcase_add_test(tc, test_moved);
	tcase_add_test(tc, test_others);
	tcase_add_test(tc, test_checkout);
	suite_add_tcase(s, tc);

	tc = tcase_create("use");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_left_behind);
	tcase_add_test(tc, test_takeover);
	tcase_add_test(tc, test_use);
	tcase_add_test(tc, test_rivals);
	suite_add_tcase(s, tc);

	return s;
}
