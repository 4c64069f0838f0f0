/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <test_suite.h>

#include "dmvpn_listener.h"
#include "fakes.h"

#include <threading/mutex.h>

static fake_kernel_t kernel;
static fake_ike_t ike;
static uint32_t replacing;
static dmvpn_sad_t *sad;
static dmvpn_attempts_t *attempts;
static dmvpn_reports_t *reports;
static dmvpn_index_t *idx;
static dmvpn_listener_t *listener;
static listener_t *hooks;

/**
 * The bus is locked while it calls
 */
static mutex_t *bus;

/**
 * An IKE_SA replaces others
 */
static void close_older(dmvpn_initiate_t *this, ike_sa_t *ike_sa)
{
	replacing = ike_sa->get_unique_id(ike_sa);
}

static dmvpn_initiate_t initiate = {
	.close_older = close_older,
};

START_SETUP(setup)
{
	fake_kernel_init(&kernel);
	fake_ike_init(&ike, IKEV2);
	replacing = 0;
	sad = dmvpn_sad_create();
	attempts = dmvpn_attempts_create();
	reports = dmvpn_reports_create(&kernel.genl);
	idx = dmvpn_index_create();
	listener = dmvpn_listener_create(&kernel.genl, sad, attempts, reports,
									 idx, &initiate);
	hooks = &listener->listener;
	bus = mutex_create(MUTEX_TYPE_DEFAULT);
	bus->lock(bus);
}
END_SETUP

START_TEARDOWN(teardown)
{
	bus->unlock(bus);
	bus->destroy(bus);
	listener->destroy(listener);
	idx->destroy(idx);
	DESTROY_IF(reports);
	attempts->destroy(attempts);
	sad->destroy(sad);
	fake_ike_clear(&ike);
}
END_TEARDOWN

/**
 * How often the kernel is told something. The bus does not wait for that, but
 * charon's end does.
 */
static int told(void)
{
	ck_assert_int_eq(kernel.reports, 0);
	bus->unlock(bus);
	reports->destroy(reports);
	reports = NULL;
	bus->lock(bus);
	return kernel.reports;
}

START_TEST(test_ike_first)
{
	hooks->ike_updown(hooks, &ike.ike_sa, TRUE);
	ike.children = 1;
	hooks->child_updown(hooks, &ike.ike_sa, &ike.child_sa, TRUE);
	ck_assert_int_eq(told(), 1);
	ck_assert_int_eq(kernel.ike_id, 1);
}
END_TEST

START_TEST(test_child_first)
{
	ike.state = IKE_CONNECTING;
	ike.children = 1;
	hooks->child_updown(hooks, &ike.ike_sa, &ike.child_sa, TRUE);
	ike.state = IKE_ESTABLISHED;
	hooks->ike_updown(hooks, &ike.ike_sa, TRUE);
	ck_assert_int_eq(told(), 1);
	ck_assert_int_eq(kernel.ike_id, 1);
}
END_TEST

START_TEST(test_initiator)
{
	/* its CHILD_SA may be refused, and it is to be seen by whom */
	ike.initiator = TRUE;
	hooks->ike_updown(hooks, &ike.ike_sa, TRUE);
	ck_assert_int_eq(told(), 1);
}
END_TEST

START_TEST(test_ikev1)
{
	/* it takes the place of another one without a new CHILD_SA */
	ike.version = IKEV1;
	hooks->ike_updown(hooks, &ike.ike_sa, TRUE);
	ck_assert_int_eq(told(), 1);
}
END_TEST

/**
 * Raise an alert as the bus does
 */
static void alert(alert_t alert, ...)
{
	va_list args;

	va_start(args, alert);
	hooks->alert(hooks, &ike.ike_sa, alert, args);
	va_end(args);
}

/**
 * Why does the attempt fail?
 */
static bool fails_for(const char *text)
{
	char *reason = attempts->get_reason(attempts, 1);
	bool same = streq(reason, text);

	free(reason);
	return same;
}

START_TEST(test_identity)
{
	attempts->start(attempts, 1, 7);
	alert(ALERT_PEER_AUTH_FAILED);
	ck_assert(fails_for("the peer's identity or secret is wrong "
						"(offered identity: peer)"));
	/* it has not said who it is */
	attempts->finish(attempts, 1);
	attempts->start(attempts, 1, 7);
	ike.peer->destroy(ike.peer);
	ike.peer = identification_create_from_string("%any");
	alert(ALERT_PEER_AUTH_FAILED);
	ck_assert(fails_for("the peer's identity or secret is wrong"));
}
END_TEST

START_TEST(test_no_identity)
{
	attempts->start(attempts, 1, 7);
	alert(ALERT_PROPOSAL_MISMATCH_CHILD);
	ck_assert(fails_for("no ESP proposal in common, compare esp_proposals"));
	/* what comes behind it comes of it */
	alert(ALERT_PEER_AUTH_FAILED);
	ck_assert(fails_for("no ESP proposal in common, compare esp_proposals"));
}
END_TEST

/**
 * How many IKE_SAs are known at an endpoint?
 */
static int known(host_t *remote)
{
	array_t *found = idx->find(idx, remote);
	int count = array_count(found);

	array_destroy(found);
	return count;
}

START_TEST(test_in_order)
{
	/* what was said of an attempt does not come behind its success */
	ike.initiator = TRUE;
	attempts->start(attempts, 1, 7);
	hooks->ike_state_change(hooks, &ike.ike_sa, IKE_CONNECTING);
	ike.state = IKE_DELETING;
	hooks->ike_state_change(hooks, &ike.ike_sa, IKE_DESTROYING);
	ike.state = IKE_ESTABLISHED;
	hooks->ike_updown(hooks, &ike.ike_sa, TRUE);
	ck_assert_int_eq(told(), 2);
	ck_assert_int_eq(kernel.session, 0);
	ck_assert_int_eq(kernel.ike_id, 1);
}
END_TEST

START_TEST(test_states)
{
	attempts->start(attempts, 1, 7);
	hooks->ike_state_change(hooks, &ike.ike_sa, IKE_CONNECTING);
	ck_assert_int_eq(known(ike.remote), 1);
	ike.state = IKE_DELETING;
	hooks->ike_state_change(hooks, &ike.ike_sa, IKE_DESTROYING);
	ck_assert_int_eq(known(ike.remote), 0);
	ck_assert_int_eq(told(), 1);
	ck_assert_int_eq(kernel.session, 7);
}
END_TEST

/**
 * Is the inbound SA to be left to the peer if an IKE_SA goes in some state?
 */
static bool is_orphan(ike_version_t version, ike_sa_state_t state)
{
	dmvpn_sad_entry_t *found, entry = {
		.id = { .spi = 1, .inbound = TRUE, .local = ike.local,
				.remote = ike.remote, },
	};
	bool orphan;

	sad->put(sad, &entry);
	ike.version = version;
	ike.state = state;
	ike.spi_in = 1;
	hooks->ike_state_change(hooks, &ike.ike_sa, IKE_DESTROYING);
	found = sad->remove(sad, 1, ike.local);
	orphan = found->orphan;
	dmvpn_sad_entry_destroy(found);
	return orphan;
}

START_TEST(test_failed)
{
	ck_assert(is_orphan(IKEV2, IKE_ESTABLISHED));
	ck_assert(is_orphan(IKEV2, IKE_REKEYED));
	ck_assert(!is_orphan(IKEV2, IKE_DELETING));
	ck_assert(is_orphan(IKEV1, IKE_DELETING));
}
END_TEST

START_TEST(test_moved)
{
	host_t *to = host_create_from_string("10.0.0.9", 4500);

	hooks->ike_state_change(hooks, &ike.ike_sa, IKE_CONNECTING);
	hooks->ike_update(hooks, &ike.ike_sa, ike.local, to);
	ck_assert_int_eq(known(to), 1);
	ck_assert_int_eq(known(ike.remote), 0);
	to->destroy(to);
}
END_TEST

START_TEST(test_replaces)
{
	fake_ike_t other;

	hooks->ike_state_change(hooks, &ike.ike_sa, IKE_CONNECTING);
	hooks->child_updown(hooks, &ike.ike_sa, &ike.child_sa, TRUE);
	ck_assert_int_eq(replacing, 0);
	fake_ike_init(&other, IKEV2);
	other.id = 2;
	hooks->ike_state_change(hooks, &other.ike_sa, IKE_CONNECTING);
	hooks->child_updown(hooks, &other.ike_sa, &other.child_sa, TRUE);
	ck_assert_int_eq(replacing, 2);
	/* behind a NAT IKE goes on from another port, and no event says so */
	other.remote->set_port(other.remote, 4500);
	hooks->child_updown(hooks, &other.ike_sa, &other.child_sa, TRUE);
	replacing = 0;
	ike.remote->set_port(ike.remote, 4500);
	hooks->child_updown(hooks, &ike.ike_sa, &ike.child_sa, TRUE);
	ck_assert_int_eq(replacing, 1);
	fake_ike_clear(&other);
}
END_TEST

Suite *dmvpn_listener_suite_create(void)
{
	Suite *s;
	TCase *tc;

	s = suite_create("dmvpn listener");

	tc = tcase_create("reports");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_ike_first);
	tcase_add_test(tc, test_child_first);
	tcase_add_test(tc, test_initiator);
	tcase_add_test(tc, test_ikev1);
	tcase_add_test(tc, test_in_order);
	tcase_add_test(tc, test_states);
	tcase_add_test(tc, test_failed);
	suite_add_tcase(s, tc);

	tc = tcase_create("alerts");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_identity);
	tcase_add_test(tc, test_no_identity);
	suite_add_tcase(s, tc);

	tc = tcase_create("index");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_moved);
	tcase_add_test(tc, test_replaces);
	suite_add_tcase(s, tc);

	return s;
}
