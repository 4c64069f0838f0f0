/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <test_suite.h>

#include "dmvpn_ipsec.h"
#include "dmvpn_template.h"
#include "fakes.h"

#include <encoding/payloads/sa_payload.h>

static fake_kernel_t kernel;
static fake_ike_t ike;
static dmvpn_sad_t *sad;
static kernel_ipsec_t *ipsec;
static lifetime_cfg_t lifetime;

START_SETUP(setup)
{
	fake_kernel_init(&kernel);
	fake_ike_init(&ike, IKEV2);
	sad = dmvpn_sad_create();
	ipsec = &dmvpn_ipsec_create(&kernel.genl, sad, 5)->interface;
}
END_SETUP

START_TEARDOWN(teardown)
{
	ipsec->destroy(ipsec);
	sad->destroy(sad);
	fake_ike_clear(&ike);
}
END_TEARDOWN

/**
 * An SA to add, with AES-GCM
 */
static kernel_ipsec_add_sa_t gcm(bool inbound, bool initiator)
{
	return (kernel_ipsec_add_sa_t){
		.mode = MODE_TRANSPORT,
		.enc_alg = ENCR_AES_GCM_ICV16,
		.int_alg = AUTH_UNDEFINED,
		.ipcomp = IPCOMP_NONE,
		.lifetime = &lifetime,
		.replay_window = 32,
		.inbound = inbound,
		.initiator = initiator,
	};
}

/**
 * Add an SA as charon does
 */
static status_t add(uint32_t spi, kernel_ipsec_add_sa_t *data)
{
	kernel_ipsec_sa_id_t id = {
		.src = data->inbound ? ike.remote : ike.local,
		.dst = data->inbound ? ike.local : ike.remote,
		.spi = spi,
		.proto = IPPROTO_ESP,
	};

	return ipsec->add_sa(ipsec, &id, data);
}

/**
 * Delete an SA as charon does
 */
static status_t del(uint32_t spi, bool inbound)
{
	kernel_ipsec_sa_id_t id = {
		.src = inbound ? ike.remote : ike.local,
		.dst = inbound ? ike.local : ike.remote,
		.spi = spi,
		.proto = IPPROTO_ESP,
	};
	kernel_ipsec_del_sa_t data = {};

	return ipsec->del_sa(ipsec, &id, &data);
}

/**
 * Ciphers and what they are to the kernel
 */
static struct {
	uint16_t enc, mac;
	char *cipher, *auth;
	int icv;
} suites[] = {
	{ ENCR_AES_CBC, AUTH_HMAC_SHA1_96, "cbc(aes)", "hmac(sha1)", 12 },
	{ ENCR_AES_CBC, AUTH_HMAC_SHA2_256_128, "cbc(aes)", "hmac(sha256)", 16 },
	{ ENCR_AES_CBC, AUTH_HMAC_SHA2_384_192, "cbc(aes)", "hmac(sha384)", 24 },
	{ ENCR_AES_CBC, AUTH_HMAC_SHA2_512_256, "cbc(aes)", "hmac(sha512)", 32 },
	{ ENCR_AES_GCM_ICV8, AUTH_UNDEFINED, "rfc4106(gcm(aes))", NULL, 8 },
	{ ENCR_AES_GCM_ICV16, AUTH_UNDEFINED, "rfc4106(gcm(aes))", NULL, 16 },
	{ ENCR_AES_CCM_ICV12, AUTH_UNDEFINED, "rfc4309(ccm(aes))", NULL, 12 },
	{ ENCR_CHACHA20_POLY1305, AUTH_UNDEFINED,
	  "rfc7539esp(chacha20,poly1305)", NULL, 16 },
};

START_TEST(test_suites)
{
	kernel_ipsec_add_sa_t data = gcm(TRUE, TRUE);

	data.enc_alg = suites[_i].enc;
	data.int_alg = suites[_i].mac;
	ck_assert(add(1, &data) == SUCCESS);
	ck_assert_str_eq(kernel.added.cipher, suites[_i].cipher);
	ck_assert(streq(kernel.added.auth, suites[_i].auth));
	ck_assert_int_eq(kernel.added.icv_len, suites[_i].icv);
	ck_assert_int_eq(kernel.added.owner, 5);
	/* not what charon has as its default */
	ck_assert_int_eq(kernel.added.replay_window, 1024);
}
END_TEST

START_TEST(test_refused)
{
	kernel_ipsec_add_sa_t data = gcm(TRUE, TRUE);
	uint32_t spi;

	data.enc_alg = ENCR_3DES;
	ck_assert(add(1, &data) == NOT_SUPPORTED);
	data.enc_alg = ENCR_AES_CBC;
	data.int_alg = AUTH_HMAC_MD5_96;
	ck_assert(add(1, &data) == NOT_SUPPORTED);
	data = gcm(TRUE, TRUE);
	data.mode = MODE_BEET;
	ck_assert(add(1, &data) == NOT_SUPPORTED);
	data = gcm(TRUE, TRUE);
	data.ipcomp = IPCOMP_DEFLATE;
	ck_assert(add(1, &data) == NOT_SUPPORTED);
	ck_assert(ipsec->get_spi(ipsec, ike.remote, ike.local, IPPROTO_AH,
							 &spi) == NOT_SUPPORTED);
	ck_assert_int_eq(kernel.adds, 0);
}
END_TEST

START_TEST(test_not_authenticated)
{
	kernel_ipsec_add_sa_t data = gcm(TRUE, FALSE);

	ike.state = IKE_CONNECTING;
	ike.authenticated = FALSE;
	ck_assert(add(1, &data) == FAILED);
	ck_assert_int_eq(kernel.adds, 0);
	ike.authenticated = TRUE;
	ck_assert(add(1, &data) == SUCCESS);
	/* in IKEv1 this state is one before the last message */
	ike.version = IKEV1;
	ck_assert(add(2, &data) == FAILED);
}
END_TEST

START_TEST(test_identity)
{
	kernel_ipsec_add_sa_t in = gcm(TRUE, FALSE), out = gcm(FALSE, FALSE);

	/* the kernel knows whether the session is somebody else's */
	ck_assert(add(1, &in) == SUCCESS);
	ck_assert_str_eq(kernel.peer, "peer");
	ck_assert(add(2, &out) == SUCCESS);
	ck_assert_str_eq(kernel.peer, "peer");
	kernel.add_status = FAILED;
	ck_assert(add(3, &in) == FAILED);
	ck_assert(!sad->get(sad, 3, ike.local));
}
END_TEST

START_TEST(test_other_cloud)
{
	kernel_ipsec_add_sa_t in = gcm(TRUE, FALSE);

	kernel.other = ike.local;
	ck_assert(add(1, &in) == FAILED);
	ck_assert_int_eq(kernel.adds, 0);
	kernel.other = ike.remote;
	ck_assert(add(1, &in) == SUCCESS);
}
END_TEST

START_TEST(test_not_ours)
{
	kernel_ipsec_add_sa_t data = gcm(TRUE, TRUE);

	ike.interface = "lo";
	ck_assert(add(1, &data) == NOT_SUPPORTED);
	ck_assert_int_eq(kernel.adds, 0);
}
END_TEST

START_TEST(test_no_device)
{
	char *missing;
	uint32_t spi;

	ike.interface = "dmvpn7";
	missing = dmvpn_template_lacks_device(&ike.ike_sa);
	ck_assert_str_eq(missing, "dmvpn7");
	free(missing);
	/* nor is it one for XFRM */
	ck_assert(ipsec->get_spi(ipsec, ike.remote, ike.local, IPPROTO_ESP,
							 &spi) == FAILED);
	ike.interface = "lo";
	ck_assert(!dmvpn_template_lacks_device(&ike.ike_sa));
}
END_TEST

START_TEST(test_selectors)
{
	kernel_ipsec_add_sa_t data = gcm(FALSE, TRUE);
	traffic_selector_t *host, *net;

	host = traffic_selector_create_from_cidr("192.0.2.1/32", IPPROTO_GRE,
											 0, 65535);
	net = traffic_selector_create_from_cidr("192.0.2.0/24", IPPROTO_GRE,
											0, 65535);
	data.mode = MODE_TUNNEL;
	data.src_ts = linked_list_create_with_items(host, NULL);
	data.dst_ts = linked_list_create_with_items(net, NULL);
	ck_assert(add(1, &data) == NOT_SUPPORTED);
	data.dst_ts->destroy(data.dst_ts);
	data.dst_ts = linked_list_create_with_items(host, NULL);
	ck_assert(add(1, &data) == SUCCESS);
	data.dst_ts->destroy(data.dst_ts);
	data.src_ts->destroy(data.src_ts);
	host->destroy(host);
	net->destroy(net);
}
END_TEST

/**
 * Who may have SAs before the peer has them
 */
static struct {
	ike_version_t version;
	bool initiator, standby;
} exchanges[] = {
	{ IKEV1, TRUE, TRUE },
	{ IKEV1, FALSE, FALSE },
	{ IKEV2, TRUE, FALSE },
	{ IKEV2, FALSE, TRUE },
};

START_TEST(test_standby)
{
	bool initiator = exchanges[_i].initiator;
	kernel_ipsec_add_sa_t in = gcm(TRUE, initiator);
	kernel_ipsec_add_sa_t out = gcm(FALSE, initiator);

	ike.version = exchanges[_i].version;
	ck_assert(add(1, &in) == SUCCESS);
	ck_assert(!kernel.added.standby);
	ck_assert(add(2, &out) == SUCCESS);
	ck_assert(kernel.added.standby == exchanges[_i].standby);
	ck_assert_int_eq(kernel.added.pair, 1);
}
END_TEST

/**
 * Add the SAs of a Quick Mode as a responder
 *
 * @return				is the outbound one on standby?
 */
static bool respond(void)
{
	kernel_ipsec_add_sa_t in = gcm(TRUE, FALSE), out = gcm(FALSE, FALSE);

	ck_assert(add(1, &in) == SUCCESS);
	ck_assert(add(2, &out) == SUCCESS);
	return kernel.added.standby;
}

START_TEST(test_repeated_message)
{
	message_t *message;

	ike.version = IKEV1;
	message = message_create(IKEV1_MAJOR_VERSION, IKEV1_MINOR_VERSION);
	message->set_exchange_type(message, QUICK_MODE);
	dmvpn_ipsec_note(message);
	ck_assert(!respond());
	message->add_payload(message,
			&sa_payload_create(PLV1_SECURITY_ASSOCIATION)->payload_interface);
	dmvpn_ipsec_note(message);
	ck_assert(respond());
	message->set_exchange_type(message, ID_PROT);
	dmvpn_ipsec_note(message);
	ck_assert(!respond());
	message->destroy(message);
}
END_TEST

START_TEST(test_delayed_outbound)
{
	kernel_ipsec_add_sa_t out = gcm(FALSE, FALSE);

	/* the CHILD_SA is there: charon waited until the peer had its SA */
	ike.spi_in = 7;
	ike.spi_out = 2;
	ck_assert(add(2, &out) == SUCCESS);
	ck_assert(!kernel.added.standby);
	ck_assert_int_eq(kernel.added.pair, 7);
}
END_TEST

START_TEST(test_delete)
{
	kernel_ipsec_add_sa_t in = gcm(TRUE, TRUE), out = gcm(FALSE, TRUE);

	ck_assert(add(1, &in) == SUCCESS);
	ck_assert(add(2, &out) == SUCCESS);
	ck_assert(del(2, FALSE) == SUCCESS);
	ck_assert_int_eq(kernel.retired, 2);
	ck_assert_int_eq(kernel.dels, 0);
	ck_assert(del(1, TRUE) == SUCCESS);
	ck_assert_int_eq(kernel.deleted, 1);
	ck_assert_int_eq(kernel.retires, 1);
	/* now it is nobody's */
	ck_assert(del(1, TRUE) == NOT_SUPPORTED);
}
END_TEST

/**
 * How many SAs charon has
 */
static int known(void)
{
	linked_list_t *list = sad->list(sad);
	int count = list->get_count(list);

	list->destroy_function(list, (void*)dmvpn_sad_entry_destroy);
	return count;
}

/**
 * When a peer is not left a closed SA
 */
static struct {
	ike_version_t version;
	ike_sa_state_t state;
	bool used;
	uint32_t idle;
} silent[] = {
	{ IKEV2, IKE_DELETING, TRUE, 0 },
	{ IKEV2, IKE_DESTROYING, TRUE, 0 },
	{ IKEV2, IKE_ESTABLISHED, TRUE, 2000 },
	{ IKEV1, IKE_ESTABLISHED, FALSE, 0 },
	{ IKEV1, IKE_ESTABLISHED, TRUE, 2000 },
};

START_TEST(test_not_lingering)
{
	kernel_ipsec_add_sa_t in = gcm(TRUE, TRUE), out = gcm(FALSE, TRUE);

	ike.version = silent[_i].version;
	kernel.info.used = silent[_i].used;
	kernel.info.idle = silent[_i].idle;
	ck_assert(add(1, &in) == SUCCESS);
	ck_assert(add(2, &out) == SUCCESS);
	ike.state = silent[_i].state;
	ck_assert(del(1, TRUE) == SUCCESS);
	ck_assert_int_eq(kernel.deleted, 1);
	ck_assert(del(2, FALSE) == SUCCESS);
	ck_assert_int_eq(kernel.retired, 2);
	ck_assert_int_eq(kernel.dels, 1);
}
END_TEST

START_TEST(test_lingering)
{
	kernel_ipsec_add_sa_t in = gcm(TRUE, TRUE), out = gcm(FALSE, TRUE);

	ike.version = IKEV1;
	kernel.info.used = TRUE;
	kernel.info.idle = 1999;
	fake_scheduler_init();
	ck_assert(add(1, &in) == SUCCESS);
	ck_assert(add(2, &out) == SUCCESS);
	ck_assert(add(3, &in) == SUCCESS);
	ck_assert(add(4, &out) == SUCCESS);
	ck_assert(del(1, TRUE) == SUCCESS);
	ck_assert_int_eq(kernel.dels, 0);
	ck_assert_int_eq(kernel.retired, 1);
	/* that of another CHILD_SA */
	ck_assert(del(4, FALSE) == SUCCESS);
	ck_assert_int_eq(kernel.retired, 4);
	/* it must not stay in use as its pair is there */
	ck_assert(del(2, FALSE) == SUCCESS);
	ck_assert_int_eq(kernel.deleted, 2);
	ck_assert_int_eq(known(), 1);
	/* charon stops */
	fake_scheduler_clear();
	ck_assert_int_eq(kernel.deleted, 1);
}
END_TEST

/**
 * How often a session was brought up anew
 */
static u_int renewals;

static void renew(dmvpn_initiate_t *this, dmvpn_session_t *session,
				  uint32_t delay, uint32_t tries)
{
	ck_assert(session->local->equals(session->local, ike.local));
	ck_assert(session->remote->equals(session->remote, ike.remote));
	ck_assert_str_eq(session->profile, "DMVPN");
	renewals++;
}

START_TEST(test_orphans)
{
	kernel_ipsec_add_sa_t in = gcm(TRUE, TRUE), out = gcm(FALSE, TRUE);
	dmvpn_initiate_t initiate = { .renew = renew, };

	renewals = 0;
	fake_scheduler_init();
	((dmvpn_ipsec_t*)ipsec)->set_initiate((dmvpn_ipsec_t*)ipsec, &initiate);
	ck_assert(add(5, &in) == SUCCESS);
	ck_assert(add(6, &out) == SUCCESS);
	ck_assert(add(7, &in) == SUCCESS);
	ck_assert(sad->orphan(sad, 5, ike.local));
	ck_assert(sad->orphan(sad, 7, ike.local));
	kernel.info.used = TRUE;
	kernel.info.idle = 19999;
	ck_assert(del(5, TRUE) == SUCCESS);
	ck_assert_int_eq(renewals, 1);
	/* it is one to send through as long as its pair stays */
	ck_assert(del(6, FALSE) == SUCCESS);
	ck_assert_int_eq(kernel.retired, 6);
	ck_assert_int_eq(kernel.dels, 0);
	/* nobody uses this one */
	kernel.info.idle = 20000;
	ck_assert(del(7, TRUE) == SUCCESS);
	ck_assert_int_eq(kernel.deleted, 7);
	ck_assert_int_eq(renewals, 1);
	fake_scheduler_clear();
	ck_assert_int_eq(kernel.deleted, 5);
}
END_TEST

START_TEST(test_reserved)
{
	kernel_ipsec_add_sa_t in = gcm(TRUE, TRUE);
	uint32_t spi;

	ck_assert(ipsec->get_spi(ipsec, ike.remote, ike.local, IPPROTO_ESP,
							 &spi) == SUCCESS);
	ck_assert_int_eq(known(), 0);
	ck_assert(add(spi, &in) == SUCCESS);
	ck_assert_int_eq(known(), 1);
	ck_assert(del(spi, TRUE) == SUCCESS);
	ck_assert_int_eq(known(), 0);
	ck_assert_int_eq(kernel.deleted, spi);
}
END_TEST

/**
 * Read the number of packets of an inbound SA, as charon does
 */
static int query(uint32_t spi)
{
	kernel_ipsec_sa_id_t id = {
		.src = ike.remote,
		.dst = ike.local,
		.spi = spi,
		.proto = IPPROTO_ESP,
	};
	kernel_ipsec_query_sa_t data = {};
	uint64_t bytes, packets = 0;
	time_t used;

	if (ipsec->query_sa(ipsec, &id, &data, &bytes, &packets,
						&used) != SUCCESS)
	{
		return -1;
	}
	return packets;
}

START_TEST(test_query_unknown)
{
	kernel_ipsec_add_sa_t in = gcm(TRUE, FALSE);

	kernel.info.packets = 3;
	ike.message_id = 1;
	ck_assert(add(1, &in) == SUCCESS);
	ck_assert_int_eq(query(1), 0);
	ck_assert_int_eq(kernel.gets, 0);
	/* another IKE_SA, and back */
	ike.id++;
	ck_assert_int_eq(query(1), 3);
	ike.id--;
	ck_assert_int_eq(query(1), 0);
	/* the response is sent */
	ike.message_id++;
	ck_assert_int_eq(query(1), 3);
	ck_assert_int_eq(kernel.gets, 2);
}
END_TEST

START_TEST(test_query_known)
{
	kernel_ipsec_add_sa_t in = gcm(TRUE, TRUE);

	kernel.info.packets = 3;
	ck_assert(add(1, &in) == SUCCESS);
	ck_assert_int_eq(query(1), 3);
	ike.version = IKEV1;
	in.initiator = FALSE;
	ck_assert(add(2, &in) == SUCCESS);
	ck_assert_int_eq(query(2), 3);
	ck_assert_int_eq(kernel.gets, 2);
}
END_TEST

/**
 * Move our end of an inbound SA as charon does
 */
static status_t move(uint32_t spi, host_t *from, host_t *to)
{
	kernel_ipsec_sa_id_t id = {
		.src = ike.remote,
		.dst = from,
		.spi = spi,
		.proto = IPPROTO_ESP,
	};
	kernel_ipsec_update_sa_t data = {
		.new_src = ike.remote,
		.new_dst = to,
	};

	return ipsec->update_sa(ipsec, &id, &data);
}

START_TEST(test_move)
{
	kernel_ipsec_add_sa_t in = gcm(TRUE, TRUE);
	dmvpn_sad_entry_t *entry;
	host_t *to;

	to = host_create_from_string("10.0.0.9", 0);
	ck_assert(add(1, &in) == SUCCESS);
	ck_assert(move(1, ike.local, to) == SUCCESS);
	ck_assert_int_eq(kernel.moved.spi, 1);
	ck_assert(kernel.moved.local->ip_equals(kernel.moved.local, to));
	entry = sad->get(sad, 1, to);
	ck_assert(entry != NULL);
	ck_assert(entry->id.local->ip_equals(entry->id.local, to));
	dmvpn_sad_entry_destroy(entry);
	ck_assert(!sad->get(sad, 1, ike.local));
	to->destroy(to);
}
END_TEST

START_TEST(test_move_refused)
{
	kernel_ipsec_add_sa_t in = gcm(TRUE, TRUE);
	dmvpn_sad_entry_t *entry;
	host_t *to;

	to = host_create_from_string("10.0.0.9", 0);
	ck_assert(add(1, &in) == SUCCESS);
	kernel.status = FAILED;
	/* charon makes another one only if it is told that */
	ck_assert(move(1, ike.local, to) == NOT_SUPPORTED);
	entry = sad->get(sad, 1, ike.local);
	ck_assert(entry != NULL);
	dmvpn_sad_entry_destroy(entry);
	to->destroy(to);
}
END_TEST

START_TEST(test_move_to_other_cloud)
{
	kernel_ipsec_add_sa_t in = gcm(TRUE, TRUE);

	ck_assert(add(1, &in) == SUCCESS);
	kernel.other = host_create_from_string("10.0.0.9", 0);
	ck_assert(move(1, ike.local, kernel.other) == NOT_SUPPORTED);
	ck_assert_int_eq(kernel.moved.spi, 0);
	kernel.other->destroy(kernel.other);
}
END_TEST

Suite *dmvpn_ipsec_suite_create(void)
{
	Suite *s;
	TCase *tc;

	s = suite_create("dmvpn ipsec");

	tc = tcase_create("add");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, test_suites, 0, countof(suites));
	tcase_add_test(tc, test_refused);
	tcase_add_test(tc, test_not_authenticated);
	tcase_add_test(tc, test_other_cloud);
	tcase_add_test(tc, test_identity);
	tcase_add_test(tc, test_not_ours);
	tcase_add_test(tc, test_no_device);
	tcase_add_test(tc, test_selectors);
	tcase_add_loop_test(tc, test_standby, 0, countof(exchanges));
	tcase_add_test(tc, test_repeated_message);
	tcase_add_test(tc, test_delayed_outbound);
	suite_add_tcase(s, tc);

	tc = tcase_create("delete");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_delete);
	tcase_add_loop_test(tc, test_not_lingering, 0, countof(silent));
	tcase_add_test(tc, test_lingering);
	tcase_add_test(tc, test_orphans);
	tcase_add_test(tc, test_reserved);
	suite_add_tcase(s, tc);

	tc = tcase_create("query");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_query_unknown);
	tcase_add_test(tc, test_query_known);
	suite_add_tcase(s, tc);

	tc = tcase_create("move");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_move);
	tcase_add_test(tc, test_move_refused);
	tcase_add_test(tc, test_move_to_other_cloud);
	suite_add_tcase(s, tc);

	return s;
}
