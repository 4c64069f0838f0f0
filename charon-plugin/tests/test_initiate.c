/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <test_suite.h>

#include "dmvpn_initiate.h"
#include "fakes.h"

#include <threading/semaphore.h>

/**
 * Milliseconds to wait for what has to happen, and for what must not
 */
#define SOON 10000
#define NEVER 100

static fake_kernel_t kernel;
static fake_ike_t ikes[2];
static dmvpn_attempts_t *attempts;
static dmvpn_reports_t *reports;
static dmvpn_index_t *idx;
static dmvpn_initiate_t *initiate;
static ike_sa_manager_t *manager, slow;
static backend_manager_t *saved;

/**
 * The first IKE_SA is checked out by somebody else until this is posted
 */
static semaphore_t *free_again;

/**
 * Posted when an IKE_SA was asked for, and when it was given back
 */
static semaphore_t *asked, *done[2];

static ike_sa_t *checkout(ike_sa_manager_t *this, ike_sa_id_t *id)
{
	if (id->get_initiator_spi(id) == 1)
	{
		asked->post(asked);
		free_again->wait(free_again);
	}
	return manager->checkout(manager, id);
}

static void checkin(ike_sa_manager_t *this, ike_sa_t *ike_sa)
{
	uint32_t id = ike_sa->get_unique_id(ike_sa);

	manager->checkin(manager, ike_sa);
	done[id - 1]->post(done[id - 1]);
}

static enumerator_t *create_peer_cfg_enumerator(backend_manager_t *this,
		host_t *me, host_t *other, identification_t *my_id,
		identification_t *other_id, ike_version_t version)
{
	return enumerator_create_single(&ikes[0].peer_cfg, NULL);
}

static backend_manager_t backends = {
	.create_peer_cfg_enumerator = create_peer_cfg_enumerator,
};

START_SETUP(setup)
{
	int i;

	fake_kernel_init(&kernel);
	idx = dmvpn_index_create();
	for (i = 0; i < countof(ikes); i++)
	{
		fake_ike_init(&ikes[i], IKEV2);
		ikes[i].spi_out = i + 1;
		done[i] = semaphore_create(0);
	}
	ikes[1].remote->destroy(ikes[1].remote);
	ikes[1].remote = host_create_from_string("10.0.0.3", 0);
	charon->bus->set_sa(charon->bus, NULL);
	fake_manager_init(ikes, countof(ikes));
	for (i = 0; i < countof(ikes); i++)
	{
		idx->put(idx, &ikes[i].ike_sa, ikes[i].remote);
	}
	free_again = semaphore_create(0);
	asked = semaphore_create(0);
	manager = charon->ike_sa_manager;
	slow = *manager;
	slow.checkout = checkout;
	slow.checkin = checkin;
	charon->ike_sa_manager = &slow;
	saved = charon->backends;
	charon->backends = &backends;
	attempts = dmvpn_attempts_create();
	reports = dmvpn_reports_create(&kernel.genl);
	initiate = dmvpn_initiate_create(&kernel.genl, attempts, reports, idx);
	lib->processor->set_threads(lib->processor, 4);
}
END_SETUP

START_TEARDOWN(teardown)
{
	int i;

	lib->processor->set_threads(lib->processor, 0);
	lib->processor->cancel(lib->processor);
	initiate->destroy(initiate);
	reports->destroy(reports);
	attempts->destroy(attempts);
	idx->destroy(idx);
	charon->backends = saved;
	fake_manager_clear();
	free_again->destroy(free_again);
	asked->destroy(asked);
	for (i = 0; i < countof(ikes); i++)
	{
		done[i]->destroy(done[i]);
		fake_ike_clear(&ikes[i]);
	}
}
END_TEARDOWN

/**
 * The kernel wants a session with a peer
 */
static void acquire(int i)
{
	dmvpn_session_t session = {
		.handle = i + 1,
		.local = ikes[i].local,
		.remote = ikes[i].remote,
		.profile = "DMVPN",
	};

	initiate->acquire(initiate, &session, 0);
}

/**
 * Does something happen within so many milliseconds?
 */
static bool happens(semaphore_t *semaphore, u_int ms)
{
	return !semaphore->timed_wait(semaphore, ms);
}

START_TEST(test_slow_peer)
{
	acquire(0);
	ck_assert(happens(asked, SOON));
	/* the other peer does not wait for that one */
	acquire(1);
	bool others_go_on = happens(done[1], SOON);

	/* the same one does */
	acquire(0);
	bool together = happens(asked, NEVER);

	free_again->post(free_again);
	free_again->post(free_again);
	ck_assert(others_go_on);
	ck_assert(!together);
	ck_assert(happens(done[0], SOON));
	ck_assert(happens(done[0], SOON));
}
END_TEST

Suite *dmvpn_initiate_suite_create(void)
{
	Suite *s;
	TCase *tc;

	s = suite_create("dmvpn initiate");

	tc = tcase_create("peers");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 40);
	tcase_add_test(tc, test_slow_peer);
	suite_add_tcase(s, tc);

	return s;
}
