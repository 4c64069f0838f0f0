/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <test_suite.h>

#include "dmvpn_strays.h"
#include "fakes.h"

#include <encoding/payloads/delete_payload.h>

static fake_kernel_t kernel;
static fake_ike_t ikes[3];
static dmvpn_index_t *idx;

/**
 * Three IKE_SAs with the peer, with CHILD_SAs 11/1, 12/2 and 13/3
 */
START_SETUP(setup)
{
	int i;

	fake_kernel_init(&kernel);
	idx = dmvpn_index_create();
	for (i = 0; i < countof(ikes); i++)
	{
		fake_ike_init(&ikes[i], IKEV1);
		ikes[i].spi_in = 11 + i;
		ikes[i].spi_out = 1 + i;
	}
	fake_manager_init(ikes, countof(ikes));
	for (i = 0; i < countof(ikes); i++)
	{
		idx->put(idx, &ikes[i].ike_sa, ikes[i].remote);
	}
	fake_processor_init();
}
END_SETUP

START_TEARDOWN(teardown)
{
	int i;

	fake_processor_clear();
	fake_manager_clear();
	for (i = 0; i < countof(ikes); i++)
	{
		fake_ike_clear(&ikes[i]);
	}
	idx->destroy(idx);
}
END_TEARDOWN

/**
 * The peer closes something in the first IKE_SA
 */
static void close_by_peer(payload_type_t type, protocol_id_t protocol,
						  uint32_t spi)
{
	delete_payload_t *payload;
	message_t *message;

	message = message_create(IKEV1_MAJOR_VERSION, IKEV1_MINOR_VERSION);
	payload = delete_payload_create(type, protocol);
	if (protocol == PROTO_ESP)
	{
		payload->add_spi(payload, spi);
	}
	message->add_payload(message, (payload_t*)payload);
	dmvpn_strays_close(&kernel.genl, idx, &ikes[0].ike_sa, message);
	message->destroy(message);
}

/**
 * Is that all that was closed?
 */
static void check_closed(uint32_t second, uint32_t third)
{
	ck_assert_int_eq(ikes[0].closed, 0);
	ck_assert_int_eq(ikes[1].closed, second);
	ck_assert_int_eq(ikes[2].closed, third);
	ck_assert(fake_manager_checkouts() != UINT_MAX);
}

START_TEST(test_stray)
{
	close_by_peer(PLV1_DELETE, PROTO_ESP, 3);
	check_closed(0, 13);
}
END_TEST

START_TEST(test_not_stray)
{
	/* charon closes it */
	close_by_peer(PLV1_DELETE, PROTO_ESP, 1);
	ck_assert_int_eq(fake_manager_checkouts(), 0);
	/* these are no CHILD_SAs, or of a version that has no strays */
	close_by_peer(PLV1_DELETE, PROTO_IKE, 0);
	close_by_peer(PLV2_DELETE, PROTO_ESP, 3);
	ck_assert_int_eq(fake_manager_checkouts(), 0);
	/* ours, as the peer would not say it */
	close_by_peer(PLV1_DELETE, PROTO_ESP, 13);
	check_closed(0, 0);
}
END_TEST

START_TEST(test_somebody_else)
{
	ikes[1].peer->destroy(ikes[1].peer);
	ikes[1].peer = identification_create_from_string("another");
	close_by_peer(PLV1_DELETE, PROTO_ESP, 2);
	ikes[2].me->destroy(ikes[2].me);
	ikes[2].me = identification_create_from_string("another");
	close_by_peer(PLV1_DELETE, PROTO_ESP, 3);
	check_closed(0, 0);
}
END_TEST

START_TEST(test_not_ours)
{
	ikes[1].interface = "eth0";
	close_by_peer(PLV1_DELETE, PROTO_ESP, 2);
	ikes[2].local->destroy(ikes[2].local);
	ikes[2].local = host_create_from_string("10.0.0.9", 0);
	close_by_peer(PLV1_DELETE, PROTO_ESP, 3);
	check_closed(0, 0);
}
END_TEST

Suite *dmvpn_strays_suite_create(void)
{
	Suite *s;
	TCase *tc;

	s = suite_create("dmvpn strays");

	tc = tcase_create("close");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_stray);
	tcase_add_test(tc, test_not_stray);
	tcase_add_test(tc, test_somebody_else);
	tcase_add_test(tc, test_not_ours);
	suite_add_tcase(s, tc);

	return s;
}
