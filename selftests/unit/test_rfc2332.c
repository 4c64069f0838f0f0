// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RFC 2332 rule by rule: packets, errors, extensions, and what is passed on.
 * The functions are named for the sections; Documentation/wire-format.rst has
 * the table. The node is a hub with two clients.
 */
#include <stdlib.h>
#include <string.h>

#include "nhrpd/codec.h"
#include "nhrpd/ext.h"
#include "unit.h"

static struct fake_net net;
static struct fake_kernel hub;

static void client(const char *nbma, const char *proto)
{
	struct nhrp_msg msg;

	unit_msg(&msg, NHRP_REGISTRATION_REQUEST, nbma, proto, "192.168.1.1");
	unit_cie(&msg);
	unit_deliver(&hub, nbma, &msg);
}

static int setup(void **state)
{
	struct conf conf;

	(void)state;
	fake_net_init(&net);
	fake_init(&hub, &net, "hub", "1.1.1.1", "192.168.1.1/24", false);
	fake_address(&hub, "11.11.11.1/24", FAKE_LAN);
	fake_route(&hub, "172.16.7.0/24", "192.168.1.7", FAKE_DMVPN);
	unit_hub(&conf);
	unit_start(&hub, &conf);
	client("6.6.6.6", "192.168.1.6");
	client("7.7.7.7", "192.168.1.7");
	unit_flush(&hub);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_free(&hub);
	return 0;
}

static void question(struct nhrp_msg *msg, const char *dst)
{
	unit_msg(msg, NHRP_RESOLUTION_REQUEST, "6.6.6.6", "192.168.1.6", dst);
	msg->flags = 0xc802;
	unit_cie(msg);
}

/* What 7 says of itself to 6. */
static void answer(struct nhrp_msg *msg)
{
	struct nhrp_cie cie = {
		.holdtime = HOLD,
		.nbma = fake_addr("7.7.7.7"),
		.proto = fake_addr("192.168.1.7"),
	};

	question(msg, "172.16.7.1");
	msg->type = NHRP_RESOLUTION_REPLY;
	msg->cie[0] = cie;
	assert_true(ext_set_cie(msg, ext_find(msg, NHRP_EXT_RESPONDER), &cie));
}

static struct nhrp_cie own(void)
{
	return (struct nhrp_cie){ .nbma = hub.dev.nbma,
				  .proto = hub.dev.proto };
}

static void take_error(unsigned int error, size_t offset, struct nhrp_msg *out)
{
	unit_take(&hub, "6.6.6.6", NHRP_ERROR_INDICATION, out);
	assert_int_equal(out->error, error);
	assert_int_equal(out->offset, offset);
	unit_silent(&hub);
}

/* The size of all before an extension. */
static size_t start_of(const struct nhrp_msg *msg, unsigned int n)
{
	uint8_t data[NHRP_PACKET_MAX];
	struct nhrp_msg less = *msg;

	less.n_ext = n;
	return nhrp_encode(&less, data, sizeof(data)) - NHRP_EXT_LEN;
}

/* ---- 5.1: the fixed part ---- */

static void rfc_5_1_hop_count(void **state)
{
	struct nhrp_msg msg, out;

	(void)state;
	question(&msg, "172.16.7.1");
	msg.hops = 2;
	unit_deliver(&hub, "6.6.6.6", &msg);
	unit_take(&hub, "7.7.7.7", NHRP_RESOLUTION_REQUEST, &out);
	assert_int_equal(out.hops, 1);
	msg.hops = 1;
	unit_deliver(&hub, "6.6.6.6", &msg);
	take_error(NHRP_ERROR_HOPS, 9, &out);
	msg.hops = 0;
	unit_deliver(&hub, "6.6.6.6", &msg);
	take_error(NHRP_ERROR_HOPS, 9, &out);
	/* What is for us has arrived. */
	question(&msg, "11.11.11.5");
	msg.hops = 0;
	unit_deliver(&hub, "6.6.6.6", &msg);
	unit_take(&hub, "6.6.6.6", NHRP_RESOLUTION_REPLY, &out);
	assert_int_equal(out.cie[0].code, NHRP_CODE_OK);
}

static void rfc_5_1_hop_count_of_a_reply(void **state)
{
	struct nhrp_msg msg, out;

	(void)state;
	question(&msg, "11.11.11.5");
	msg.hops = 1;
	unit_deliver(&hub, "6.6.6.6", &msg);
	unit_take(&hub, "6.6.6.6", NHRP_RESOLUTION_REPLY, &out);
	assert_int_equal(out.hops, NHRP_HOPS);
}

/* ---- 5.2.7: errors ---- */

static void error_to(struct nhrp_msg *msg, const char *dst)
{
	static const uint8_t quote[40];

	unit_msg(msg, NHRP_ERROR_INDICATION, "6.6.6.6", "192.168.1.6", dst);
	msg->n_ext = 0;
	msg->has_ext = false;
	msg->error = NHRP_ERROR_LOOP;
	msg->payload = quote;
	msg->payload_len = sizeof(quote);
}

/* Neither of a hop too far, nor of a loop, nor of one that cannot be read. */
static void rfc_5_2_7_no_error_for_an_error(void **state)
{
	uint8_t data[NHRP_PACKET_MAX];
	struct nhrp_frame frame = {
		.ifindex = FAKE_DMVPN,
		.remote = { .addr = fake_addr("6.6.6.6") },
		.data = data,
	};
	struct nhrp_msg msg;

	(void)state;
	error_to(&msg, "192.168.1.7");
	msg.hops = 1;
	unit_deliver(&hub, "6.6.6.6", &msg);
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_HOPS), 1);
	error_to(&msg, "192.168.1.99");
	unit_deliver(&hub, "6.6.6.6", &msg);
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_NO_PATH), 1);
	assert_true(ext_add(&msg, NHRP_EXT_NAT, false, NULL, 0));
	assert_true(ext_add(&msg, NHRP_EXT_NAT, false, NULL, 0));
	unit_deliver(&hub, "6.6.6.6", &msg);
	frame.len = nhrp_encode(&msg, data, sizeof(data));
	data[20] ^= 1;
	nhrp_frame(hub.nhrp, net.now, &frame);
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_CHECKSUM), 1);
	data[16] = 9;
	nhrp_frame(hub.nhrp, net.now, &frame);
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_UNSUPPORTED), 1);
	unit_silent(&hub);
}

static void rfc_5_2_7_fields(void **state)
{
	uint8_t data[NHRP_PACKET_MAX];
	struct nhrp_msg msg, out;
	size_t len;

	(void)state;
	question(&msg, "11.11.11.5");
	assert_true(ext_add(&msg, 0x3801, true, "x", 1));
	len = nhrp_encode(&msg, data, sizeof(data));
	unit_deliver(&hub, "6.6.6.6", &msg);
	take_error(NHRP_ERROR_EXTENSION, start_of(&msg, 4), &out);
	assert_int_equal(data[out.offset], 0xb8);
	/* Who saw it, who made it, what it was, and no extensions. */
	assert_true(addr_equal(&out.src_nbma, &hub.dev.nbma));
	assert_true(addr_equal(&out.src_proto, &hub.dev.proto));
	assert_true(addr_equal(&out.dst_proto, &msg.src_proto));
	assert_int_equal(out.payload_len, len);
	assert_memory_equal(out.payload, data, len);
	assert_false(out.has_ext);
	assert_string_equal(unit_kind(&hub, "192.168.1.6"), "registered");
}

/* A reply was made by who answered. */
static void rfc_5_2_7_maker_of_a_reply(void **state)
{
	struct nhrp_msg msg, out;

	(void)state;
	answer(&msg);
	msg.hops = 1;
	unit_deliver(&hub, "7.7.7.7", &msg);
	unit_take(&hub, "7.7.7.7", NHRP_ERROR_INDICATION, &out);
	assert_int_equal(out.error, NHRP_ERROR_HOPS);
	assert_true(addr_equal(&out.dst_proto, &msg.cie[0].proto));
}

static void rfc_5_2_7_protocol_error(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
		size_t offset;
	} bad[] = {
		{ 16, 2, 16 },		/* version */
		{ 2, 0x12, 2 },		/* protocol */
		{ 19, 4, 18 },		/* subaddress */
		{ 10, 0xff, 10 },	/* longer than what came */
		{ 14, 0xff, 10 },	/* extensions behind the end */
		{ 12, 0xff, 12 },	/* checksum */
	};
	uint8_t data[NHRP_PACKET_MAX];
	struct nhrp_frame frame = {
		.ifindex = FAKE_DMVPN,
		.remote = { .addr = fake_addr("6.6.6.6") },
		.data = data,
	};
	struct nhrp_msg msg, out;
	size_t i;

	(void)state;
	question(&msg, "11.11.11.5");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		frame.len = nhrp_encode(&msg, data, sizeof(data));
		data[bad[i].at] = bad[i].value;
		nhrp_frame(hub.nhrp, net.now, &frame);
		take_error(NHRP_ERROR_PROTOCOL, bad[i].offset, &out);
	}
}

static void rfc_5_2_7_own_error_comes_back(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	error_to(&msg, "192.168.1.7");
	msg.src_nbma = hub.dev.nbma;
	msg.src_proto = hub.dev.proto;
	unit_deliver(&hub, "6.6.6.6", &msg);
	unit_silent(&hub);
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_LOOP), 1);
}

/* One answer: a question is refused, the others bring an error. */
static void rfc_5_2_7_unreachable(void **state)
{
	struct nhrp_msg msg, out;

	(void)state;
	question(&msg, "192.168.1.99");
	unit_deliver(&hub, "6.6.6.6", &msg);
	unit_take(&hub, "6.6.6.6", NHRP_RESOLUTION_REPLY, &out);
	assert_int_equal(out.cie[0].code, NHRP_CODE_NO_BINDING);
	unit_silent(&hub);
	msg.type = NHRP_PURGE_REQUEST;
	unit_deliver(&hub, "6.6.6.6", &msg);
	take_error(NHRP_ERROR_UNREACHABLE, 32, &out);
}

static void rfc_5_2_7_too_long_to_pass_on(void **state)
{
	static uint8_t big[NHRP_PACKET_MAX - 40 - 12 - 16 - 4 - 4];
	struct nhrp_msg msg, out;

	(void)state;
	/* No place on the wire, then none to write it down. */
	question(&msg, "172.16.7.1");
	assert_true(ext_add(&msg, NHRP_EXT_VENDOR, false, big,
			    sizeof(big) - 4));
	unit_deliver(&hub, "6.6.6.6", &msg);
	take_error(NHRP_ERROR_SDU_SIZE, 0, &out);
	question(&msg, "172.16.7.1");
	assert_true(ext_add(&msg, NHRP_EXT_VENDOR, false, big, sizeof(big)));
	unit_deliver(&hub, "6.6.6.6", &msg);
	take_error(NHRP_ERROR_SDU_SIZE, 0, &out);
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_TOO_LONG), 2);
}

/* ---- 5.3: extensions ---- */

static const unsigned int any_order[] = {
	NHRP_EXT_VENDOR, 0x3801, NHRP_EXT_REVERSE, NHRP_EXT_VENDOR,
	NHRP_EXT_NAT, NHRP_EXT_FORWARD, 0x3801, NHRP_EXT_VENDOR,
};

#define N_ANY (sizeof(any_order) / sizeof(any_order[0]))

static void add_any(struct nhrp_msg *msg)
{
	uint8_t data[N_ANY];
	size_t i;

	msg->n_ext = 0;
	msg->pool_used = 0;
	for (i = 0; i < N_ANY; i++) {
		memset(data, (int)i, sizeof(data));
		assert_true(ext_add(msg, any_order[i], false, data,
				    any_order[i] > 7 ? i : 0));
	}
}

/* All there, in their order, what is not known here untouched. */
static void check_any(const struct nhrp_msg *msg)
{
	size_t i, k;

	assert_int_equal(msg->n_ext, N_ANY);
	for (i = 0; i < N_ANY; i++) {
		assert_int_equal(msg->ext[i].type, any_order[i]);
		if (any_order[i] <= 7 || any_order[i] == NHRP_EXT_NAT)
			continue;
		assert_int_equal(msg->ext[i].len, i);
		for (k = 0; k < i; k++)
			assert_int_equal(msg->pool[msg->ext[i].pos + k], i);
	}
}

/* 5.2.2 and 5.3.5 too: a reply has them all, a vendor's as often as it is. */
static void rfc_5_3_order_in_replies(void **state)
{
	struct nhrp_msg msg, out;

	(void)state;
	question(&msg, "11.11.11.5");
	add_any(&msg);
	unit_deliver(&hub, "6.6.6.6", &msg);
	unit_take(&hub, "6.6.6.6", NHRP_RESOLUTION_REPLY, &out);
	check_any(&out);
	msg.type = NHRP_REGISTRATION_REQUEST;
	msg.flags = 0;
	msg.dst_proto = hub.dev.proto;
	unit_deliver(&hub, "6.6.6.6", &msg);
	unit_take(&hub, "6.6.6.6", NHRP_REGISTRATION_REPLY, &out);
	check_any(&out);
	msg.type = NHRP_PURGE_REQUEST;
	unit_deliver(&hub, "6.6.6.6", &msg);
	unit_take(&hub, "6.6.6.6", NHRP_PURGE_REPLY, &out);
	check_any(&out);
}

static void rfc_5_3_order_in_transit(void **state)
{
	struct nhrp_msg msg, out;

	(void)state;
	question(&msg, "172.16.7.1");
	add_any(&msg);
	unit_deliver(&hub, "6.6.6.6", &msg);
	unit_take(&hub, "7.7.7.7", NHRP_RESOLUTION_REQUEST, &out);
	check_any(&out);
}

static void rfc_5_3_only_once(void **state)
{
	struct nhrp_msg msg, out;

	(void)state;
	question(&msg, "11.11.11.5");
	assert_true(ext_add(&msg, NHRP_EXT_FORWARD, true, NULL, 0));
	unit_deliver(&hub, "6.6.6.6", &msg);
	take_error(NHRP_ERROR_INVALID_EXTENSION, start_of(&msg, 4), &out);
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_EXTENSION), 1);
}

/* None in a reply that was not in the request. */
static void rfc_5_3_none_of_our_own(void **state)
{
	struct nhrp_msg msg, out;

	(void)state;
	question(&msg, "11.11.11.5");
	msg.n_ext = 0;
	msg.has_ext = false;
	unit_deliver(&hub, "6.6.6.6", &msg);
	unit_take(&hub, "6.6.6.6", NHRP_RESOLUTION_REPLY, &out);
	assert_false(out.has_ext);
}

/* Carried, but we do not offer ourselves, and learn nothing of it. */
static void rfc_5_3_unknown_in_transit(void **state)
{
	struct nhrp_msg msg, out;
	struct nhrp_cie cie[2];

	(void)state;
	question(&msg, "172.16.7.1");
	assert_true(ext_add(&msg, 0x3801, true, "x", 1));
	unit_deliver(&hub, "6.6.6.6", &msg);
	unit_take(&hub, "7.7.7.7", NHRP_RESOLUTION_REQUEST, &out);
	assert_int_equal(out.n_ext, msg.n_ext);
	assert_true(out.ext[4].compulsory);
	assert_int_equal(ext_cies(&out, &out.ext[0], cie, 2), 1);
	assert_true(addr_equal(&cie[0].proto, &hub.dev.proto));
	assert_true(addr_is_none(&cie[0].nbma));
	assert_string_equal(unit_kind(&hub, "172.16.7.1"), "none");
}

static void rfc_5_3_unknown_and_not_compulsory(void **state)
{
	struct nhrp_msg msg, out;

	(void)state;
	question(&msg, "11.11.11.5");
	assert_true(ext_add(&msg, 0x3801, false, "x", 1));
	unit_deliver(&hub, "6.6.6.6", &msg);
	unit_take(&hub, "6.6.6.6", NHRP_RESOLUTION_REPLY, &out);
	assert_int_equal(out.cie[0].code, NHRP_CODE_OK);
	assert_int_equal(out.ext[4].type, 0x3801);
	assert_int_equal(out.pool[out.ext[4].pos], 'x');
}

/* ---- 5.3.1 to 5.3.3: who was on the way ---- */

static void rfc_5_3_1_responder(void **state)
{
	struct nhrp_msg msg, out;
	struct nhrp_cie cie[2];

	(void)state;
	question(&msg, "11.11.11.5");
	unit_deliver(&hub, "6.6.6.6", &msg);
	unit_take(&hub, "6.6.6.6", NHRP_RESOLUTION_REPLY, &out);
	assert_int_equal(ext_cies(&out, &out.ext[2], cie, 2), 1);
	assert_int_equal(cie[0].code, 0);
	assert_int_equal(cie[0].prefix_len, 0);
	assert_int_equal(cie[0].holdtime, HOLD);
	assert_true(addr_equal(&cie[0].proto, &hub.dev.proto));
	assert_true(addr_equal(&cie[0].nbma, &hub.dev.nbma));
	/* Who answers is in no record. */
	assert_int_equal(out.ext[0].len, 0);
	assert_int_equal(out.ext[1].len, 0);
}

static void rfc_5_3_1_loop(void **state)
{
	struct nhrp_cie cie = own();
	struct nhrp_msg msg, out;

	(void)state;
	answer(&msg);
	assert_true(ext_set_cie(&msg, ext_find(&msg, NHRP_EXT_RESPONDER),
				&cie));
	unit_deliver(&hub, "7.7.7.7", &msg);
	unit_take(&hub, "7.7.7.7", NHRP_ERROR_INDICATION, &out);
	assert_int_equal(out.error, NHRP_ERROR_LOOP);
	assert_int_equal(out.offset, start_of(&msg, 2));
	unit_silent(&hub);
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_LOOP), 1);
}

static void rfc_5_3_2_loop(void **state)
{
	struct nhrp_cie cie = own();
	struct nhrp_msg msg, out;

	(void)state;
	question(&msg, "172.16.7.1");
	assert_true(ext_append_cie(&msg, ext_find(&msg, NHRP_EXT_FORWARD),
				   &cie));
	unit_deliver(&hub, "6.6.6.6", &msg);
	take_error(NHRP_ERROR_LOOP, start_of(&msg, 0), &out);
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_LOOP), 1);
}

static void rfc_5_3_3_loop(void **state)
{
	struct nhrp_cie cie = own();
	struct nhrp_msg msg, out;

	(void)state;
	answer(&msg);
	assert_true(ext_append_cie(&msg, ext_find(&msg, NHRP_EXT_REVERSE),
				   &cie));
	unit_deliver(&hub, "7.7.7.7", &msg);
	unit_take(&hub, "7.7.7.7", NHRP_ERROR_INDICATION, &out);
	assert_int_equal(out.error, NHRP_ERROR_LOOP);
	assert_int_equal(out.offset, start_of(&msg, 1));
	unit_silent(&hub);
}

/* The request's record in the reply is no loop. */
static void rfc_5_3_3_records_apart(void **state)
{
	struct nhrp_cie cie = own();
	struct nhrp_msg msg, out;
	struct nhrp_cie record[2];

	(void)state;
	answer(&msg);
	assert_true(ext_append_cie(&msg, ext_find(&msg, NHRP_EXT_FORWARD),
				   &cie));
	unit_deliver(&hub, "7.7.7.7", &msg);
	unit_take(&hub, "6.6.6.6", NHRP_RESOLUTION_REPLY, &out);
	assert_int_equal(ext_cies(&out, &out.ext[0], record, 2), 1);
	assert_int_equal(ext_cies(&out, &out.ext[1], record, 2), 1);
	assert_true(addr_equal(&record[0].proto, &hub.dev.proto));
	assert_int_equal(record[0].prefix_len, 0);
	assert_int_equal(record[0].code, 0);
}

/* ---- 5.3.4: authentication, hop by hop ---- */

static void rfc_5_3_4_authentication(void **state)
{
	struct nhrp_msg msg, out;
	struct conf conf;

	(void)state;
	unit_hub(&conf);
	strcpy(conf.iface[0].auth, "secret");
	assert_int_equal(nhrp_configure(hub.nhrp, net.now, &conf), 0);
	conf_free(&conf);
	question(&msg, "172.16.7.1");
	unit_deliver(&hub, "6.6.6.6", &msg);
	take_error(NHRP_ERROR_AUTH, 0, &out);
	assert_true(ext_auth_set(&msg, "guess"));
	assert_true(ext_add(&msg, NHRP_EXT_VENDOR, false, "abc", 3));
	unit_deliver(&hub, "6.6.6.6", &msg);
	take_error(NHRP_ERROR_AUTH, start_of(&msg, 4), &out);
	/* Made anew for the next hop, in its place. */
	assert_true(ext_auth_set(&msg, "secret"));
	unit_deliver(&hub, "6.6.6.6", &msg);
	unit_take(&hub, "7.7.7.7", NHRP_RESOLUTION_REQUEST, &out);
	assert_true(ext_auth_check(&out, "secret"));
	assert_int_equal(out.ext[4].type, NHRP_EXT_AUTH);
	assert_int_equal(out.ext[5].type, NHRP_EXT_VENDOR);
}

/* ---- 6.2.1: who only passes on keeps nothing ---- */

static void rfc_6_2_1_transit(void **state)
{
	struct nhrp_msg msg, out;

	(void)state;
	/* Routes lead to these, behind other hubs. */
	fake_route(&hub, "192.168.1.66/32", "192.168.1.6", FAKE_DMVPN);
	fake_route(&hub, "192.168.1.77/32", "192.168.1.7", FAKE_DMVPN);
	question(&msg, "172.16.7.1");
	msg.src_proto = fake_addr("192.168.1.66");
	unit_deliver(&hub, "6.6.6.6", &msg);
	unit_take(&hub, "7.7.7.7", NHRP_RESOLUTION_REQUEST, &out);
	assert_string_equal(unit_kind(&hub, "192.168.1.66"), "none");
	answer(&msg);
	msg.cie[0].proto = fake_addr("192.168.1.77");
	unit_deliver(&hub, "7.7.7.7", &msg);
	unit_take(&hub, "6.6.6.6", NHRP_RESOLUTION_REPLY, &out);
	assert_string_equal(unit_kind(&hub, "192.168.1.77"), "none");
	assert_string_equal(unit_kind(&hub, "172.16.7.1"), "none");
	/* So it answers nothing from what it has seen. */
	question(&msg, "172.16.7.1");
	msg.flags = NHRP_FLAG_RESOLUTION_SRC;
	unit_deliver(&hub, "6.6.6.6", &msg);
	unit_take(&hub, "7.7.7.7", NHRP_RESOLUTION_REQUEST, &out);
}

#define HUB(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB(rfc_5_1_hop_count),
		HUB(rfc_5_1_hop_count_of_a_reply),
		HUB(rfc_5_2_7_no_error_for_an_error),
		HUB(rfc_5_2_7_fields),
		HUB(rfc_5_2_7_maker_of_a_reply),
		HUB(rfc_5_2_7_protocol_error),
		HUB(rfc_5_2_7_own_error_comes_back),
		HUB(rfc_5_2_7_unreachable),
		HUB(rfc_5_2_7_too_long_to_pass_on),
		HUB(rfc_5_3_order_in_replies),
		HUB(rfc_5_3_order_in_transit),
		HUB(rfc_5_3_only_once),
		HUB(rfc_5_3_none_of_our_own),
		HUB(rfc_5_3_unknown_in_transit),
		HUB(rfc_5_3_unknown_and_not_compulsory),
		HUB(rfc_5_3_1_responder),
		HUB(rfc_5_3_1_loop),
		HUB(rfc_5_3_2_loop),
		HUB(rfc_5_3_3_loop),
		HUB(rfc_5_3_3_records_apart),
		HUB(rfc_5_3_4_authentication),
		HUB(rfc_6_2_1_transit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
