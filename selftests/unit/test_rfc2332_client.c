// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RFC 2332 rule by rule: a spoke as a client of its server, and as the station
 * that others ask for what is behind it. The functions are named for the
 * sections; Documentation/wire-format.rst has the table.
 */
#include <stdlib.h>

#include "nhrpd/ext.h"
#include "nhrpd/instance.h"
#include "nhrpd/request.h"
#include "unit.h"

static struct fake_net net;
static struct fake_kernel spoke;

static void start(void)
{
	struct conf conf;

	unit_spoke(&conf);
	unit_start(&spoke, &conf);
	fake_net_run(&net, 200);
}

static void take_registration(struct nhrp_msg *msg)
{
	unit_take(&spoke, "1.1.1.1", NHRP_REGISTRATION_REQUEST, msg);
}

static void be_registered(void)
{
	struct nhrp_msg msg;

	take_registration(&msg);
	msg.type = NHRP_REGISTRATION_REPLY;
	unit_deliver(&spoke, "1.1.1.1", &msg);
	assert_int_equal(unit_nhs(&spoke), NHRP_NHS_UP);
}

/* It is registered. */
static void build(bool protected)
{
	fake_net_init(&net);
	net.phantoms = true;
	fake_init(&spoke, &net, "spoke", "6.6.6.6", "192.168.1.6/24",
		  protected);
	fake_address(&spoke, "172.16.6.1/24", FAKE_LAN);
	fake_route(&spoke, "172.16.0.0/16", "192.168.1.1", FAKE_DMVPN);
	start();
	be_registered();
}

static int setup(void **state)
{
	(void)state;
	build(true);
	return 0;
}

static int setup_clear(void **state)
{
	(void)state;
	build(false);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_free(&spoke);
	return 0;
}

static void miss(const char *address)
{
	struct addr a = fake_addr(address);

	nhrp_miss(spoke.nhrp, net.now, FAKE_DMVPN, &a, &a);
}

static void take_question(struct nhrp_msg *msg)
{
	unit_take(&spoke, "1.1.1.1", NHRP_RESOLUTION_REQUEST, msg);
}

/* What 7 says to that question. */
static void make_reply(struct nhrp_msg *msg, unsigned int code)
{
	struct nhrp_cie cie = {
		.code = (uint8_t)code,
		.prefix_len = 32,
		.holdtime = code ? 0 : HOLD,
		.nbma = fake_addr("7.7.7.7"),
		.proto = fake_addr("192.168.1.7"),
	};

	msg->type = NHRP_RESOLUTION_REPLY;
	msg->flags = 0xe800;
	msg->cie[0] = cie;
	assert_true(ext_set_cie(msg, ext_find(msg, NHRP_EXT_RESPONDER), &cie));
}

/* ---- 5.2.0.1, 5.2.3: request ids ---- */

/* The same one when it is sent again; another, not the next, for another. */
static void rfc_5_2_0_1_request_id(void **state)
{
	struct nhrp_msg first, second;

	(void)state;
	miss("192.168.1.7");
	take_question(&first);
	fake_net_run(&net, 1000);
	take_question(&second);
	assert_int_equal(second.id, first.id);
	miss("192.168.1.8");
	take_question(&second);
	assert_int_not_equal(second.id, first.id);
	assert_int_not_equal(second.id, first.id + 1);
}

/* Killed and started, however soon, and after the whole machine was. */
static void rfc_5_2_3_request_id_survives_restart(void **state)
{
	struct nhrp_msg last, next;
	unsigned int i;

	(void)state;
	fake_net_run(&net, HOLD * 1000 / 3);
	take_registration(&last);
	for (i = 0; i < 100; i++) {
		fake_kill(&spoke);
		unit_flush(&spoke);
		fake_net_run(&net, 1000);
		start();
		take_registration(&next);
		assert_true(next.id > last.id);
		last = next;
	}
	fake_kill(&spoke);
	unit_flush(&spoke);
	net.wall += net.now / 1000 + 60;
	net.now = 1;
	start();
	take_registration(&next);
	assert_true(next.id > last.id);
}

static void no_send(struct request *req)
{
	(void)req;
}

#define LIVES	200
#define IDS	500

static int by_number(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* As many lives as can be in a holding time, with as many requests in each. */
static void rfc_5_2_3_request_ids_differ(void **state)
{
	static uint32_t id[LIVES * IDS];
	uint64_t now, wall = UINT32_MAX - 30000ull;
	struct request req;
	unsigned int i, k;
	struct nhrp *n;
	size_t used = 0;

	(void)state;
	srandom(1);
	for (i = 0; i < LIVES; i++) {
		now = (uint64_t)random() % 100000 + 1;
		n = nhrp_create(&fake_ops, NULL, &spoke, now, wall);
		assert_non_null(n);
		request_init(&req, n, NHRP_REGISTRATION_REQUEST, no_send,
			     NULL);
		for (k = 0; k < IDS; k++) {
			n->now += (uint64_t)random() % 2000 *
				  ((unsigned long)random() % 8 == 0);
			assert_true(request_start(&req, 1));
			id[used++] = req.id;
		}
		request_stop(&req);
		wall += (n->now - now) / 1000 + 1;
		nhrp_destroy(n);
	}
	qsort(id, used, sizeof(id[0]), by_number);
	for (i = 1; i < used; i++)
		assert_true(id[i] != id[i - 1]);
}

/* ---- 5.2.1: questions ---- */

static void rfc_5_2_1_fields(void **state)
{
	struct nhrp_msg msg;
	size_t i;

	(void)state;
	miss("192.168.1.7");
	take_question(&msg);
	/* D and U are not ours; a holding time only with S. */
	assert_false(msg.flags & (NHRP_FLAG_RESOLUTION_DST |
				  NHRP_FLAG_RESOLUTION_UNIQUE));
	assert_true(msg.flags & NHRP_FLAG_RESOLUTION_SRC);
	assert_true(msg.flags & NHRP_FLAG_RESOLUTION_AUTH);
	assert_int_equal(msg.n_cie, 1);
	assert_int_equal(msg.cie[0].code, 0);
	assert_int_equal(msg.cie[0].preference, 0);
	assert_int_equal(msg.cie[0].holdtime, HOLD);
	assert_true(addr_is_none(&msg.cie[0].nbma));
	assert_true(addr_is_none(&msg.cie[0].proto));
	/* 5.3.1 to 5.3.3: asked for by nothing in them. */
	for (i = 0; i < 3; i++)
		assert_int_equal(msg.ext[i].len, 0);
}

/* ---- 5.2.2: answers that come in ---- */

static void answered(const char *from)
{
	struct nhrp_msg msg;

	miss("192.168.1.7");
	take_question(&msg);
	make_reply(&msg, 0);
	unit_deliver(&spoke, from, &msg);
	fake_net_run(&net, 200);
	assert_string_equal(unit_shortcut(&spoke, "192.168.1.7"), "up");
	assert_leads(&spoke, "192.168.1.7", "7.7.7.7");
	unit_silent(&spoke);
	/* The second answer to the same is late, and no fault. */
	unit_deliver(&spoke, from, &msg);
	assert_int_equal(unit_dropped(&spoke, NHRP_DROP_NO_REQUEST), 1);
	unit_silent(&spoke);
}

static void rfc_5_2_2_over_the_server(void **state)
{
	(void)state;
	answered("1.1.1.1");
}

static void rfc_5_2_2_straight(void **state)
{
	(void)state;
	fake_session_state(&spoke, "7.7.7.7", DMVPN_SESSION_STATE_UP);
	answered("7.7.7.7");
}

static void rfc_5_2_2_not_asked_for(void **state)
{
	struct nhrp_msg msg, out;

	(void)state;
	miss("192.168.1.7");
	take_question(&msg);
	make_reply(&msg, 0);
	msg.id -= 2;
	unit_deliver(&spoke, "1.1.1.1", &msg);
	unit_take(&spoke, "1.1.1.1", NHRP_ERROR_INDICATION, &out);
	assert_int_equal(out.error, NHRP_ERROR_INVALID_REPLY);
	assert_int_equal(out.offset, 24);
	assert_true(addr_equal(&out.dst_proto, &msg.cie[0].proto));
	assert_string_equal(unit_shortcut(&spoke, "192.168.1.7"),
			    "resolving");
}

/* The first entry is the best one; no more of them is needed. */
static void rfc_5_2_2_first_entry(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	miss("192.168.1.7");
	take_question(&msg);
	make_reply(&msg, 0);
	msg.cie[1] = msg.cie[0];
	msg.cie[1].nbma = fake_addr("8.8.8.8");
	msg.n_cie = 2;
	unit_deliver(&spoke, "1.1.1.1", &msg);
	fake_net_run(&net, 200);
	assert_leads(&spoke, "192.168.1.7", "7.7.7.7");
	assert_null(fake_peer(&spoke, "8.8.8.8"));
}

static void rfc_5_2_2_refused(void **state)
{
	static const unsigned int code[] = {
		NHRP_CODE_PROHIBITED, NHRP_CODE_NO_RESOURCES,
		NHRP_CODE_NO_BINDING, NHRP_CODE_NOT_UNIQUE, 99,
	};
	char proto[] = "192.168.1.10";
	struct nhrp_msg msg;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(code) / sizeof(code[0]); i++) {
		proto[11]++;
		miss(proto);
		take_question(&msg);
		make_reply(&msg, code[i]);
		unit_deliver(&spoke, "1.1.1.1", &msg);
		assert_string_equal(unit_shortcut(&spoke, proto), "negative");
		/* Kept for a while: not asked for again. */
		miss(proto);
		unit_silent(&spoke);
	}
	assert_null(fake_peer(&spoke, "7.7.7.7"));
	fake_net_run(&net, CONF_NEGATIVE_SECONDS * 1000);
	unit_flush(&spoke);
	miss(proto);
	take_question(&msg);
}

/* ---- 5.2.2: answers that go out ---- */

static void asks(struct nhrp_msg *msg, const char *nbma, const char *proto)
{
	static uint32_t id = 100;

	unit_msg(msg, NHRP_RESOLUTION_REQUEST, nbma, proto, "172.16.6.5");
	msg->id = id++;
	msg->flags = 0xc802;
	unit_cie(msg);
}

/* Straight where there is a session, but not twice: it may be a dead one. */
static void rfc_5_2_2_way_of_the_reply(void **state)
{
	struct nhrp_msg msg, out;

	(void)state;
	asks(&msg, "7.7.7.7", "192.168.1.7");
	unit_deliver(&spoke, "1.1.1.1", &msg);
	unit_take(&spoke, "1.1.1.1", NHRP_RESOLUTION_REPLY, &out);
	fake_session_state(&spoke, "7.7.7.7", DMVPN_SESSION_STATE_UP);
	asks(&msg, "7.7.7.7", "192.168.1.7");
	unit_deliver(&spoke, "1.1.1.1", &msg);
	unit_take(&spoke, "7.7.7.7", NHRP_RESOLUTION_REPLY, &out);
	assert_true(addr_equal(&out.src_proto, &msg.src_proto));
	unit_deliver(&spoke, "1.1.1.1", &msg);
	unit_take(&spoke, "1.1.1.1", NHRP_RESOLUTION_REPLY, &out);
	fake_session_state(&spoke, "7.7.7.7", DMVPN_SESSION_STATE_DOWN);
	asks(&msg, "7.7.7.7", "192.168.1.7");
	unit_deliver(&spoke, "1.1.1.1", &msg);
	unit_take(&spoke, "1.1.1.1", NHRP_RESOLUTION_REPLY, &out);
	unit_silent(&spoke);
}

/* But for prefix length, MTU and holding time, its entry says nothing. */
static void rfc_5_2_1_ignored(void **state)
{
	struct nhrp_msg msg, out;

	(void)state;
	asks(&msg, "7.7.7.7", "192.168.1.7");
	msg.cie[0].code = NHRP_CODE_PROHIBITED;
	msg.cie[0].preference = 255;
	msg.cie[0].nbma = fake_addr("8.8.8.8");
	msg.cie[0].proto = fake_addr("192.168.1.8");
	unit_deliver(&spoke, "1.1.1.1", &msg);
	unit_take(&spoke, "1.1.1.1", NHRP_RESOLUTION_REPLY, &out);
	assert_int_equal(out.cie[0].code, NHRP_CODE_OK);
	assert_int_equal(out.cie[0].preference, 0);
	assert_true(addr_equal(&out.cie[0].nbma, &spoke.dev.nbma));
	fake_session_state(&spoke, "8.8.8.8", DMVPN_SESSION_STATE_UP);
	fake_session_state(&spoke, "7.7.7.7", DMVPN_SESSION_STATE_UP);
	assert_leads(&spoke, "192.168.1.7", "7.7.7.7");
	assert_string_equal(unit_kind(&spoke, "192.168.1.8"), "none");
	assert_null(fake_peer(&spoke, "8.8.8.8"));
}

static void rfc_6_2_1_source_binding(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	fake_session_state(&spoke, "7.7.7.7", DMVPN_SESSION_STATE_UP);
	/* Not stable, without an entry, for no time: answered, not kept. */
	asks(&msg, "7.7.7.7", "192.168.1.7");
	msg.flags = NHRP_FLAG_RESOLUTION_ROUTER;
	unit_deliver(&spoke, "1.1.1.1", &msg);
	asks(&msg, "7.7.7.7", "192.168.1.7");
	msg.n_cie = 0;
	unit_deliver(&spoke, "1.1.1.1", &msg);
	asks(&msg, "7.7.7.7", "192.168.1.7");
	msg.cie[0].holdtime = 0;
	unit_deliver(&spoke, "1.1.1.1", &msg);
	assert_string_equal(unit_kind(&spoke, "192.168.1.7"), "none");
	/* And no longer than it says. */
	asks(&msg, "5.5.5.5", "192.168.1.5");
	msg.cie[0].holdtime = 20;
	unit_deliver(&spoke, "1.1.1.1", &msg);
	fake_session_state(&spoke, "5.5.5.5", DMVPN_SESSION_STATE_UP);
	assert_leads(&spoke, "192.168.1.5", "5.5.5.5");
	fake_net_run(&net, 19999);
	assert_leads(&spoke, "192.168.1.5", "5.5.5.5");
	fake_net_run(&net, 1);
	assert_string_equal(unit_kind(&spoke, "192.168.1.5"), "none");
}

/* ---- 5.2.5: taking back ---- */

static void take_purge(const char *to, const char *station)
{
	struct addr want = fake_addr(station);
	struct nhrp_msg msg;

	unit_take(&spoke, to, NHRP_PURGE_REQUEST, &msg);
	assert_true(addr_equal(&msg.dst_proto, &want));
	assert_true(addr_equal(&msg.src_proto, &spoke.dev.proto));
	assert_true(addr_equal(&msg.src_nbma, &spoke.dev.nbma));
	assert_int_equal(msg.flags, 0);
	assert_int_equal(msg.n_cie, 1);
	assert_int_equal(msg.cie[0].code, 0);
	assert_int_equal(msg.cie[0].mtu, 0);
	assert_int_equal(msg.cie[0].holdtime, 0);
	assert_int_equal(msg.cie[0].preference, 0);
	assert_int_equal(msg.cie[0].prefix_len, 24);
	assert_true(addr_is_none(&msg.cie[0].nbma));
	assert_int_equal(msg.cie[0].proto.b[2], 6);
}

/* All that were told, each by the way there is, until they reply. */
static void rfc_5_2_5_who_was_told(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	asks(&msg, "7.7.7.7", "192.168.1.7");
	unit_deliver(&spoke, "1.1.1.1", &msg);
	asks(&msg, "8.8.8.8", "192.168.1.8");
	unit_deliver(&spoke, "1.1.1.1", &msg);
	fake_session_state(&spoke, "8.8.8.8", DMVPN_SESSION_STATE_UP);
	unit_flush(&spoke);
	fake_route_del(&spoke, "172.16.6.0/24");
	fake_route(&spoke, "172.16.6.0/24", "192.168.1.1", FAKE_DMVPN);
	nhrp_routes_changed(spoke.nhrp, net.now);
	fake_net_run(&net, 1000);
	take_purge("1.1.1.1", "192.168.1.7");
	take_purge("8.8.8.8", "192.168.1.8");
	fake_net_run(&net, 1000);
	take_purge("1.1.1.1", "192.168.1.7");
	take_purge("8.8.8.8", "192.168.1.8");
	fake_net_run(&net, 30000);
	unit_flush(&spoke);
	fake_net_run(&net, 10000);
	unit_silent(&spoke);
}

/* Without a session nothing else tells the others that we have moved. */
static void rfc_5_2_5_other_nbma_address(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	asks(&msg, "7.7.7.7", "192.168.1.7");
	unit_deliver(&spoke, "1.1.1.1", &msg);
	unit_flush(&spoke);
	spoke.dev.nbma = (struct addr){ 0 };
	fake_link_changed(&spoke);
	unit_silent(&spoke);
	spoke.dev.nbma = fake_addr("6.6.6.66");
	fake_link_changed(&spoke);
	take_registration(&msg);
	assert_true(addr_equal(&msg.src_nbma, &spoke.dev.nbma));
	take_purge("1.1.1.1", "192.168.1.7");
	unit_silent(&spoke);
	/* Once. */
	fake_link_changed(&spoke);
	unit_silent(&spoke);
}

/* What a server that is not known has of us. */
static void rfc_5_2_5_to_an_unknown_server(void **state)
{
	struct nhrp_msg msg;
	struct conf conf;

	(void)state;
	fake_kill(&spoke);
	unit_spoke(&conf);
	conf.iface[0].nhs[0].proto = (struct addr){ 0 };
	unit_start(&spoke, &conf);
	take_registration(&msg);
	/* Its reply does not say who it is. */
	msg.type = NHRP_REGISTRATION_REPLY;
	unit_deliver(&spoke, "1.1.1.1", &msg);
	nhrp_stop(spoke.nhrp, net.now);
	fake_net_run(&net, 10);
	unit_take(&spoke, "1.1.1.1", NHRP_PURGE_REQUEST, &msg);
	assert_true(addr_equal(&msg.dst_proto, &spoke.dev.proto));
	assert_true(addr_equal(&msg.cie[0].proto, &spoke.dev.proto));
}

/* ---- 5.3: a reply that cannot be understood ---- */

static void rfc_5_3_unknown_in_a_reply(void **state)
{
	struct nhrp_msg msg, out;

	(void)state;
	fake_net_run(&net, HOLD * 1000 / 3);
	take_registration(&msg);
	unit_flush(&spoke);
	msg.type = NHRP_REGISTRATION_REPLY;
	assert_true(ext_add(&msg, 0x3801, true, "x", 1));
	unit_deliver(&spoke, "1.1.1.1", &msg);
	unit_take(&spoke, "1.1.1.1", NHRP_ERROR_INDICATION, &out);
	assert_int_equal(out.error, NHRP_ERROR_EXTENSION);
	miss("192.168.1.7");
	take_question(&msg);
	make_reply(&msg, 0);
	assert_true(ext_add(&msg, 0x3801, true, "x", 1));
	unit_deliver(&spoke, "1.1.1.1", &msg);
	unit_take(&spoke, "1.1.1.1", NHRP_ERROR_INDICATION, &out);
	assert_int_equal(out.error, NHRP_ERROR_EXTENSION);
	assert_string_equal(unit_shortcut(&spoke, "192.168.1.7"),
			    "resolving");
	assert_int_equal(unit_dropped(&spoke, NHRP_DROP_EXTENSION), 2);
}

/* ---- 5.2.7: errors about our requests ---- */

static void error_about(const struct nhrp_msg *msg, unsigned int code)
{
	uint8_t quote[64] = { [17] = msg->type };
	struct nhrp_msg error;

	unit_msg(&error, NHRP_ERROR_INDICATION, "1.1.1.1", "192.168.1.1",
		 "192.168.1.6");
	error.n_ext = 0;
	error.has_ext = false;
	error.error = (uint16_t)code;
	quote[24] = (uint8_t)(msg->id >> 24);
	quote[25] = (uint8_t)(msg->id >> 16);
	quote[26] = (uint8_t)(msg->id >> 8);
	quote[27] = (uint8_t)msg->id;
	error.payload = quote;
	error.payload_len = sizeof(quote);
	unit_deliver(&spoke, "1.1.1.1", &error);
}

static void rfc_5_2_7_ends_a_question(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	miss("192.168.1.7");
	take_question(&msg);
	error_about(&msg, NHRP_ERROR_HOPS);
	assert_string_equal(unit_shortcut(&spoke, "192.168.1.7"), "negative");
	assert_true(fake_said(&spoke, "hop count exceeded"));
	fake_net_run(&net, 10000);
	unit_silent(&spoke);
	/* About what we did not send: nothing. */
	miss("192.168.1.8");
	take_question(&msg);
	msg.id++;
	error_about(&msg, NHRP_ERROR_HOPS);
	assert_string_equal(unit_shortcut(&spoke, "192.168.1.8"),
			    "resolving");
	assert_int_equal(unit_dropped(&spoke, NHRP_DROP_NO_REQUEST), 1);
}

static void rfc_5_2_7_ends_a_purge(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	nhrp_stop(spoke.nhrp, net.now);
	fake_net_run(&net, 1);
	unit_take(&spoke, "1.1.1.1", NHRP_PURGE_REQUEST, &msg);
	assert_false(nhrp_stopped(spoke.nhrp));
	error_about(&msg, NHRP_ERROR_UNREACHABLE);
	fake_net_run(&net, 1);
	assert_true(nhrp_stopped(spoke.nhrp));
}

/* ---- 6.2.1: what a source keeps ---- */

static void rfc_6_2_1_end_of_the_holding_time(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	miss("192.168.1.7");
	take_question(&msg);
	make_reply(&msg, 0);
	msg.cie[0].holdtime = 10;
	unit_deliver(&spoke, "1.1.1.1", &msg);
	fake_net_run(&net, 9999);
	assert_leads(&spoke, "192.168.1.7", "7.7.7.7");
	fake_net_run(&net, 1);
	assert_leads(&spoke, "192.168.1.7", "-");
	assert_string_equal(unit_shortcut(&spoke, "192.168.1.7"), "none");
	assert_string_equal(unit_kind(&spoke, "192.168.1.7"), "none");
}

/* Not a moment longer for a restart in between. */
static void rfc_6_2_1_end_after_a_restart(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	miss("192.168.1.7");
	take_question(&msg);
	make_reply(&msg, 0);
	msg.cie[0].holdtime = 10;
	unit_deliver(&spoke, "1.1.1.1", &msg);
	fake_net_run(&net, 1000);
	fake_kill(&spoke);
	/* Whole seconds after its session came up. */
	fake_net_run(&net, 1000 + FAKE_IKE_MS);
	start();
	assert_leads(&spoke, "192.168.1.7", "7.7.7.7");
	fake_net_run(&net, 10000 - 2000 - FAKE_IKE_MS - 200);
	assert_leads(&spoke, "192.168.1.7", "-");
	unit_flush(&spoke);
}

static void rfc_6_2_1_purged(void **state)
{
	struct nhrp_msg msg, out;

	(void)state;
	answered("1.1.1.1");
	unit_msg(&msg, NHRP_PURGE_REQUEST, "7.7.7.7", "192.168.1.7",
		 "192.168.1.6");
	unit_cie(&msg)->proto = fake_addr("192.168.1.0");
	msg.cie[0].prefix_len = 28;
	unit_deliver(&spoke, "1.1.1.1", &msg);
	unit_take(&spoke, "1.1.1.1", NHRP_PURGE_REPLY, &out);
	assert_leads(&spoke, "192.168.1.7", "-");
	assert_string_equal(unit_shortcut(&spoke, "192.168.1.7"), "none");
	/* The server is configured: that stays. */
	assert_leads(&spoke, "192.168.1.1", "1.1.1.1");
}

#define SPOKE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
#define CLEAR(test) cmocka_unit_test_setup_teardown(test, setup_clear, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SPOKE(rfc_5_2_0_1_request_id),
		SPOKE(rfc_5_2_3_request_id_survives_restart),
		SPOKE(rfc_5_2_3_request_ids_differ),
		SPOKE(rfc_5_2_1_fields),
		SPOKE(rfc_5_2_2_over_the_server),
		SPOKE(rfc_5_2_2_straight),
		SPOKE(rfc_5_2_2_not_asked_for),
		SPOKE(rfc_5_2_2_first_entry),
		SPOKE(rfc_5_2_2_refused),
		SPOKE(rfc_5_2_2_way_of_the_reply),
		SPOKE(rfc_5_2_1_ignored),
		SPOKE(rfc_6_2_1_source_binding),
		SPOKE(rfc_5_2_5_who_was_told),
		CLEAR(rfc_5_2_5_other_nbma_address),
		SPOKE(rfc_5_2_5_to_an_unknown_server),
		SPOKE(rfc_5_3_unknown_in_a_reply),
		SPOKE(rfc_5_2_7_ends_a_question),
		SPOKE(rfc_5_2_7_ends_a_purge),
		SPOKE(rfc_6_2_1_end_of_the_holding_time),
		SPOKE(rfc_6_2_1_end_after_a_restart),
		SPOKE(rfc_6_2_1_purged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
