/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <test_suite.h>

#include "compat.h"
#include "dmvpn_ipsec.h"
#include "fakes.h"

/**
 * What the wrapped backend has, and no other
 */
#define FEATURES (KERNEL_ESP_V3_TFC | KERNEL_POLICY_SPI)

static fake_kernel_t kernel;
static fake_ike_t ike;
static dmvpn_sad_t *sad;
static kernel_ipsec_t *ipsec;
static int calls;

static kernel_feature_t get_features(kernel_ipsec_t *this)
{
	return FEATURES;
}

static status_t get_spi(kernel_ipsec_t *this, host_t *src, host_t *dst,
						uint8_t protocol, uint32_t *spi)
{
	calls++;
	*spi = protocol;
	return ALREADY_DONE;
}

static status_t get_cpi(kernel_ipsec_t *this, host_t *src, host_t *dst,
						uint16_t *cpi)
{
	calls++;
	*cpi = 7;
	return ALREADY_DONE;
}

static status_t add_sa(kernel_ipsec_t *this, kernel_ipsec_sa_id_t *id,
					   kernel_ipsec_add_sa_t *data)
{
	calls++;
	return ALREADY_DONE;
}

static status_t update_sa(kernel_ipsec_t *this, kernel_ipsec_sa_id_t *id,
						  kernel_ipsec_update_sa_t *data)
{
	calls++;
	return ALREADY_DONE;
}

static status_t query_sa(kernel_ipsec_t *this, kernel_ipsec_sa_id_t *id,
						 kernel_ipsec_query_sa_t *data, uint64_t *bytes,
						 uint64_t *packets, time_t *use_time)
{
	calls++;
	*bytes = 1;
	*packets = 2;
	*use_time = 3;
	return ALREADY_DONE;
}

static status_t del_sa(kernel_ipsec_t *this, kernel_ipsec_sa_id_t *id,
					   kernel_ipsec_del_sa_t *data)
{
	calls++;
	return ALREADY_DONE;
}

static status_t manage_policy(kernel_ipsec_t *this,
							  kernel_ipsec_policy_id_t *id,
							  kernel_ipsec_manage_policy_t *data)
{
	calls++;
	return ALREADY_DONE;
}

static status_t query_policy(kernel_ipsec_t *this,
							 kernel_ipsec_policy_id_t *id,
							 kernel_ipsec_query_policy_t *data,
							 time_t *use_time)
{
	calls++;
	*use_time = 4;
	return ALREADY_DONE;
}

static void destroy(kernel_ipsec_t *this)
{
}

/**
 * Constructor of the wrapped backend, found by its name
 */
kernel_ipsec_t *fake_ipsec_create(void)
{
	static kernel_ipsec_t inner = {
		.get_features = get_features,
		.get_spi = get_spi,
		.get_cpi = get_cpi,
		.add_sa = add_sa,
		.update_sa = update_sa,
		.query_sa = query_sa,
		.del_sa = del_sa,
		.add_policy = manage_policy,
		.del_policy = manage_policy,
		.query_policy = query_policy,
		.destroy = destroy,
	};

	return &inner;
}

/**
 * Which backend is wrapped
 */
static void set_fallback(char *name)
{
	lib->settings->set_str(lib->settings, "%s.plugins.dmvpn.fallback", name,
						   lib->ns);
}

START_SETUP(setup)
{
	calls = 0;
	fake_kernel_init(&kernel);
	fake_ike_init(&ike, IKEV2);
	sad = dmvpn_sad_create();
	set_fallback("fake");
	ipsec = &dmvpn_ipsec_create(&kernel.genl, sad, 5)->interface;
}
END_SETUP

START_TEARDOWN(teardown)
{
	ipsec->destroy(ipsec);
	set_fallback("none");
	sad->destroy(sad);
	fake_ike_clear(&ike);
}
END_TEARDOWN

START_TEST(test_features)
{
	/* a dmvpn device's SAs are not chosen by policies */
	ck_assert(ipsec->get_features(ipsec) ==
			  (KERNEL_ESP_V3_TFC | COMPAT_SA_USE_TIME));
	/* what charon does with others is as if we were not there */
	ike.interface = "lo";
	ck_assert(ipsec->get_features(ipsec) == FEATURES);
	charon->bus->set_sa(charon->bus, NULL);
	ck_assert(ipsec->get_features(ipsec) == FEATURES);
}
END_TEST

START_TEST(test_sas)
{
	kernel_ipsec_sa_id_t id = {
		.src = ike.remote,
		.dst = ike.local,
		.spi = 1,
		.proto = IPPROTO_AH,
	};
	kernel_ipsec_add_sa_t add = {};
	kernel_ipsec_update_sa_t update = {};
	kernel_ipsec_query_sa_t query = {};
	kernel_ipsec_del_sa_t del = {};
	uint64_t bytes = 0, packets = 0;
	time_t used = 0;
	uint32_t spi;
	uint16_t cpi;

	ike.interface = NULL;
	ck_assert(ipsec->get_spi(ipsec, ike.remote, ike.local, IPPROTO_AH,
							 &spi) == ALREADY_DONE);
	ck_assert_int_eq(spi, IPPROTO_AH);
	ck_assert(ipsec->get_cpi(ipsec, ike.remote, ike.local,
							 &cpi) == ALREADY_DONE);
	ck_assert_int_eq(cpi, 7);
	ck_assert(ipsec->add_sa(ipsec, &id, &add) == ALREADY_DONE);
	ck_assert(ipsec->update_sa(ipsec, &id, &update) == ALREADY_DONE);
	ck_assert(ipsec->query_sa(ipsec, &id, &query, &bytes, &packets,
							  &used) == ALREADY_DONE);
	ck_assert(bytes == 1 && packets == 2 && used == 3);
	ck_assert(ipsec->del_sa(ipsec, &id, &del) == ALREADY_DONE);
	ck_assert_int_eq(calls, 6);
	ck_assert_int_eq(kernel.adds + kernel.dels + kernel.gets, 0);
}
END_TEST

/**
 * Add, query and delete a policy with an interface
 */
static void manage(char *interface, status_t status, status_t queried)
{
	kernel_ipsec_policy_id_t id = {
		.dir = POLICY_OUT,
		.interface = interface,
	};
	kernel_ipsec_manage_policy_t data = {};
	kernel_ipsec_query_policy_t query = {};
	time_t used;

	ck_assert(ipsec->add_policy(ipsec, &id, &data) == status);
	ck_assert(ipsec->query_policy(ipsec, &id, &query, &used) == queried);
	ck_assert(ipsec->del_policy(ipsec, &id, &data) == status);
}

START_TEST(test_policies)
{
	manage(NULL, SUCCESS, NOT_FOUND);
	ck_assert_int_eq(calls, 0);
	ike.interface = "lo";
	manage(NULL, ALREADY_DONE, ALREADY_DONE);
	ck_assert_int_eq(calls, 3);
	/* a trap has no IKE_SA */
	charon->bus->set_sa(charon->bus, NULL);
	manage("lo", ALREADY_DONE, ALREADY_DONE);
	ck_assert_int_eq(calls, 6);
	manage("dmvpn0", SUCCESS, NOT_FOUND);
	ck_assert_int_eq(calls, 6);
}
END_TEST

/**
 * Install a trap as charon does, and remove it
 *
 * @param proto			protocol it is about
 * @param behind		policies that reach the backend behind the outbound one
 */
static void trap(char *interface, uint8_t proto, int added, int behind)
{
	traffic_selector_t *me, *other;
	kernel_ipsec_policy_id_t in = { .dir = POLICY_IN, };
	kernel_ipsec_policy_id_t out = { .dir = POLICY_OUT, };
	ipsec_sa_cfg_t sa = { .reqid = 1, };
	kernel_ipsec_manage_policy_t data = {
		.type = POLICY_IPSEC,
		.prio = POLICY_PRIORITY_ROUTED,
		.sa = &sa,
	};
	status_t status = interface ? SUCCESS : ALREADY_DONE;

	me = traffic_selector_create_from_cidr("0.0.0.0/0", proto, 0, 65535);
	other = traffic_selector_create_from_cidr("0.0.0.0/0", proto, 0, 65535);
	in.src_ts = out.dst_ts = other;
	in.dst_ts = out.src_ts = me;
	out.interface = interface;
	charon->bus->set_sa(charon->bus, NULL);
	calls = 0;
	ipsec->add_policy(ipsec, &in, &data);
	in.dir = POLICY_FWD;
	ipsec->add_policy(ipsec, &in, &data);
	ck_assert_int_eq(calls, added - behind);
	ck_assert(ipsec->add_policy(ipsec, &out, &data) == status);
	ck_assert_int_eq(calls, added);
	ck_assert(ipsec->del_policy(ipsec, &out, &data) == status);
	ck_assert(ipsec->del_policy(ipsec, &in, &data) == status);
	in.dir = POLICY_IN;
	ck_assert(ipsec->del_policy(ipsec, &in, &data) == status);
	ck_assert_int_eq(calls, 2 * added);
	me->destroy(me);
	other->destroy(other);
}

START_TEST(test_traps)
{
	/* the inbound policies name no interface */
	trap("dmvpn0", IPPROTO_GRE, 0, 0);
	/* somebody else's */
	trap(NULL, IPPROTO_GRE, 3, 3);
	trap(NULL, IPPROTO_TCP, 3, 1);
	trap("dmvpn0", IPPROTO_GRE, 0, 0);
}
END_TEST

Suite *dmvpn_fallback_suite_create(void)
{
	Suite *s;
	TCase *tc;

	s = suite_create("dmvpn fallback");

	tc = tcase_create("dispatch");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_features);
	tcase_add_test(tc, test_sas);
	tcase_add_test(tc, test_policies);
	tcase_add_test(tc, test_traps);
	suite_add_tcase(s, tc);

	return s;
}
