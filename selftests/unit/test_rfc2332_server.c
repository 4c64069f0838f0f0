// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RFC 2332 rule by rule: a hub as the server of its clients, and as the egress
 * to its own LAN. The functions are named for the sections;
 * Documentation/wire-format.rst has the table.
 */
#include <errno.h>

#include "nhrpd/ext.h"
#include "unit.h"

static struct fake_net net;
static struct fake_kernel hub;

static int setup(void **state)
{
	struct conf conf;

	(void)state;
	fake_net_init(&net);
	net.phantoms = true;
	fake_init(&hub, &net, "hub", "1.1.1.1", "192.168.1.1/24", true);
	fake_address(&hub, "11.11.11.1/24", FAKE_LAN);
	unit_hub(&conf);
	unit_start(&hub, &conf);
	fake_session_state(&hub, "6.6.6.6", DMVPN_SESSION_STATE_UP);
	fake_session_state(&hub, "7.7.7.7", DMVPN_SESSION_STATE_UP);
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
	static uint32_t id = 100;

	unit_msg(msg, NHRP_RESOLUTION_REQUEST, "6.6.6.6", "192.168.1.6", dst);
	msg->id = id++;
	msg->flags = 0xc802;
	unit_cie(msg);
}

static void ask(const struct nhrp_msg *msg, struct nhrp_msg *out)
{
	unit_deliver(&hub, "6.6.6.6", msg);
	unit_take(&hub, "6.6.6.6", NHRP_RESOLUTION_REPLY, out);
	assert_int_equal(out->id, msg->id);
	assert_int_equal(out->n_cie, 1);
}

static void registration(struct nhrp_msg *msg, const char *nbma,
			 const char *proto)
{
	unit_msg(msg, NHRP_REGISTRATION_REQUEST, nbma, proto, "192.168.1.1");
	msg->flags = NHRP_FLAG_REGISTRATION_UNIQUE;
	unit_cie(msg);
}

/* Code of the first entry of the reply. */
static unsigned int offer(const char *from, const struct nhrp_msg *msg,
			  struct nhrp_msg *out)
{
	unit_deliver(&hub, from, msg);
	unit_take(&hub, from, NHRP_REGISTRATION_REPLY, out);
	assert_int_equal(out->n_cie, msg->n_cie);
	return out->cie[0].code;
}

/* ---- 5.2.1, 5.2.2: answering ---- */

static void rfc_5_2_1_uniqueness(void **state)
{
	struct nhrp_msg msg, out;

	(void)state;
	question(&msg, "192.168.1.1");
	msg.flags |= NHRP_FLAG_RESOLUTION_UNIQUE;
	ask(&msg, &out);
	assert_int_equal(out.cie[0].code, NHRP_CODE_OK);
	assert_true(out.flags & NHRP_FLAG_RESOLUTION_UNIQUE);
	/* A LAN is nobody's alone. */
	question(&msg, "11.11.11.5");
	msg.flags |= NHRP_FLAG_RESOLUTION_UNIQUE;
	ask(&msg, &out);
	assert_int_equal(out.cie[0].code, NHRP_CODE_NOT_UNIQUE);
	msg.flags &= (uint16_t)~NHRP_FLAG_RESOLUTION_UNIQUE;
	msg.id++;
	ask(&msg, &out);
	assert_int_equal(out.cie[0].code, NHRP_CODE_OK);
	assert_false(out.flags & NHRP_FLAG_RESOLUTION_UNIQUE);
}

/* Many say 32, and take what there is all the same. */
static void rfc_5_2_1_widest_prefix(void **state)
{
	static const uint8_t len[][2] = {
		{ 0, 24 }, { 8, 24 }, { 24, 24 }, { 25, 25 }, { 31, 31 },
		{ 32, 24 }, { 255, 24 },
	};
	struct nhrp_msg msg, out;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(len) / sizeof(len[0]); i++) {
		question(&msg, "11.11.11.5");
		msg.cie[0].prefix_len = len[i][0];
		ask(&msg, &out);
		assert_int_equal(out.cie[0].prefix_len, len[i][1]);
	}
	question(&msg, "11.11.11.5");
	msg.n_cie = 0;
	ask(&msg, &out);
	assert_int_equal(out.cie[0].prefix_len, 24);
}

static void rfc_5_2_2_fields(void **state)
{
	struct nhrp_msg msg, out;

	(void)state;
	question(&msg, "11.11.11.5");
	msg.flags = NHRP_FLAG_RESOLUTION_ROUTER;
	ask(&msg, &out);
	/* Q is copied, S too; what we say is authoritative and stable. */
	assert_int_equal(out.flags, NHRP_FLAG_RESOLUTION_ROUTER |
				    NHRP_FLAG_RESOLUTION_AUTH |
				    NHRP_FLAG_RESOLUTION_DST);
	assert_true(addr_equal(&out.src_nbma, &msg.src_nbma));
	assert_true(addr_equal(&out.src_proto, &msg.src_proto));
	assert_true(addr_equal(&out.dst_proto, &msg.dst_proto));
	assert_int_equal(out.cie[0].holdtime, HOLD);
	assert_true(addr_equal(&out.cie[0].nbma, &hub.dev.nbma));
	assert_true(addr_equal(&out.cie[0].proto, &hub.dev.proto));
	msg.flags = NHRP_FLAG_RESOLUTION_SRC;
	msg.id++;
	ask(&msg, &out);
	assert_int_equal(out.flags, NHRP_FLAG_RESOLUTION_SRC |
				    NHRP_FLAG_RESOLUTION_AUTH |
				    NHRP_FLAG_RESOLUTION_DST);
}

/* One entry, with a code and nothing else. */
static void rfc_5_2_2_refusal(void **state)
{
	struct nhrp_msg msg, out;

	(void)state;
	question(&msg, "192.168.1.99");
	ask(&msg, &out);
	assert_int_equal(out.cie[0].code, NHRP_CODE_NO_BINDING);
	assert_int_equal(out.cie[0].holdtime, 0);
	assert_int_equal(out.cie[0].prefix_len, 0);
	assert_true(addr_is_none(&out.cie[0].nbma));
	assert_true(addr_is_none(&out.cie[0].proto));
	assert_false(out.flags & NHRP_FLAG_RESOLUTION_DST);
}

/* Who asks for itself is not sent to itself. */
static void rfc_5_2_2_about_the_asker(void **state)
{
	struct nhrp_msg msg, out;

	(void)state;
	registration(&msg, "6.6.6.6", "192.168.1.6");
	assert_int_equal(offer("6.6.6.6", &msg, &out), NHRP_CODE_OK);
	question(&msg, "192.168.1.6");
	ask(&msg, &out);
	assert_int_equal(out.cie[0].code, NHRP_CODE_NO_BINDING);
	unit_silent(&hub);
}

/* ---- 5.2.3, 5.2.4: registrations ---- */

static void rfc_5_2_3_unique(void **state)
{
	struct nhrp_msg msg, out;

	(void)state;
	registration(&msg, "6.6.6.6", "192.168.1.6");
	assert_int_equal(offer("6.6.6.6", &msg, &out), NHRP_CODE_OK);
	assert_true(fake_nexthop(&hub, "192.168.1.6")->k.flags &
		    DMVPN_NEXTHOP_FLAGS_UNIQUE);
	fake_net_run(&net, 100000);
	registration(&msg, "7.7.7.7", "192.168.1.6");
	assert_int_equal(offer("7.7.7.7", &msg, &out),
			 NHRP_CODE_ALREADY_REGISTERED);
	/* Nothing changes by that, nor by one who does not say unique. */
	assert_int_equal(out.cie[0].holdtime, 0);
	msg.flags = 0;
	assert_int_equal(offer("7.7.7.7", &msg, &out),
			 NHRP_CODE_ALREADY_REGISTERED);
	assert_leads(&hub, "192.168.1.6", "6.6.6.6");
	assert_int_equal(unit_left(&hub, "192.168.1.6"), HOLD - 100);
	assert_null(fake_peer(&hub, "7.7.7.7"));
	/* Its holder renews it. */
	registration(&msg, "6.6.6.6", "192.168.1.6");
	assert_int_equal(offer("6.6.6.6", &msg, &out), NHRP_CODE_OK);
	assert_int_equal(unit_left(&hub, "192.168.1.6"), HOLD);
}

static void rfc_5_2_3_unique_alone(void **state)
{
	struct nhrp_msg msg, out;

	(void)state;
	registration(&msg, "6.6.6.6", "192.168.1.6");
	unit_cie(&msg);
	offer("6.6.6.6", &msg, &out);
	assert_int_equal(out.cie[0].code, NHRP_CODE_OK);
	assert_int_equal(out.cie[1].code, NHRP_CODE_PROHIBITED);
	assert_int_equal(out.cie[1].holdtime, 0);
}

/* Each entry has its own answer. */
static void rfc_5_2_4_several_entries(void **state)
{
	struct nhrp_msg msg, out;

	(void)state;
	registration(&msg, "6.6.6.6", "192.168.1.6");
	msg.flags = 0;
	msg.cie[0].mtu = 1400;
	unit_cie(&msg)->prefix_len = 24;
	unit_cie(&msg)->proto = fake_addr("192.168.1.7");
	unit_cie(&msg)->proto = fake_addr("192.168.1.6");
	offer("6.6.6.6", &msg, &out);
	assert_int_equal(out.cie[0].code, NHRP_CODE_OK);
	assert_int_equal(out.cie[0].holdtime, HOLD);
	assert_int_equal(out.cie[0].mtu, 1400);
	assert_int_equal(out.cie[1].code, NHRP_CODE_PROHIBITED);
	assert_int_equal(out.cie[1].holdtime, 0);
	assert_int_equal(out.cie[1].prefix_len, 24);
	assert_int_equal(out.cie[2].code, NHRP_CODE_PROHIBITED);
	assert_int_equal(out.cie[3].code, NHRP_CODE_OK);
	assert_leads(&hub, "192.168.1.6", "6.6.6.6");
	assert_leads(&hub, "192.168.1.7", "-");
}

/* A next hop is one address: a prefix is refused, unique or not. */
static void rfc_5_2_3_prefix(void **state)
{
	struct nhrp_msg msg, out;

	(void)state;
	registration(&msg, "6.6.6.6", "192.168.1.6");
	msg.cie[0].prefix_len = 30;
	assert_int_equal(offer("6.6.6.6", &msg, &out), NHRP_CODE_PROHIBITED);
	msg.flags = 0;
	assert_int_equal(offer("6.6.6.6", &msg, &out), NHRP_CODE_PROHIBITED);
	assert_leads(&hub, "192.168.1.6", "-");
	/* 5.2.0.1: 0 is 255. Cisco and FRR send 32. */
	msg.cie[0].prefix_len = 0;
	assert_int_equal(offer("6.6.6.6", &msg, &out), NHRP_CODE_OK);
	msg.cie[0].prefix_len = 255;
	assert_int_equal(offer("6.6.6.6", &msg, &out), NHRP_CODE_OK);
	msg.cie[0].prefix_len = 32;
	assert_int_equal(offer("6.6.6.6", &msg, &out), NHRP_CODE_OK);
}

static void rfc_5_2_3_no_holding_time(void **state)
{
	struct nhrp_msg msg, out;

	(void)state;
	registration(&msg, "6.6.6.6", "192.168.1.6");
	assert_int_equal(offer("6.6.6.6", &msg, &out), NHRP_CODE_OK);
	msg.cie[0].holdtime = 0;
	assert_int_equal(offer("6.6.6.6", &msg, &out), NHRP_CODE_PROHIBITED);
	assert_int_equal(unit_left(&hub, "192.168.1.6"), HOLD);
}

/* Not passed on: what it says is true of this session only. */
static void rfc_5_2_3_other_server(void **state)
{
	struct nhrp_msg msg, out;

	(void)state;
	registration(&msg, "7.7.7.7", "192.168.1.7");
	offer("7.7.7.7", &msg, &out);
	registration(&msg, "6.6.6.6", "192.168.1.6");
	msg.dst_proto = fake_addr("192.168.1.7");
	assert_int_equal(offer("6.6.6.6", &msg, &out), NHRP_CODE_PROHIBITED);
	unit_silent(&hub);
	assert_true(fake_said(&hub, "it is for another server"));
	/* A client that knows no server says its own address. */
	msg.dst_proto = msg.src_proto;
	assert_int_equal(offer("6.6.6.6", &msg, &out), NHRP_CODE_OK);
	assert_true(addr_equal(&out.dst_proto, &hub.dev.proto));
}

static void rfc_5_2_0_1_holding_time(void **state)
{
	struct nhrp_msg msg, out;

	(void)state;
	registration(&msg, "6.6.6.6", "192.168.1.6");
	msg.cie[0].holdtime = 10;
	offer("6.6.6.6", &msg, &out);
	assert_int_equal(fake_nexthop(&hub, "192.168.1.6")->k.lifetime, 10);
	fake_net_run(&net, 9999);
	assert_leads(&hub, "192.168.1.6", "6.6.6.6");
	fake_net_run(&net, 1);
	assert_leads(&hub, "192.168.1.6", "-");
	assert_string_equal(unit_kind(&hub, "192.168.1.6"), "none");
}

/* ---- 5.2.5, 5.2.6: purges ---- */

static void purge(struct nhrp_msg *msg, const char *what, unsigned int len)
{
	struct nhrp_cie *cie;

	unit_msg(msg, NHRP_PURGE_REQUEST, "6.6.6.6", "192.168.1.6",
		 "192.168.1.1");
	cie = unit_cie(msg);
	cie->proto = fake_addr(what);
	cie->prefix_len = (uint8_t)len;
	cie->holdtime = 0;
}

static void clients(void)
{
	struct nhrp_msg msg, out;

	registration(&msg, "6.6.6.6", "192.168.1.6");
	assert_int_equal(offer("6.6.6.6", &msg, &out), NHRP_CODE_OK);
	registration(&msg, "7.7.7.7", "192.168.1.7");
	assert_int_equal(offer("7.7.7.7", &msg, &out), NHRP_CODE_OK);
}

static void rfc_5_2_5_prefix(void **state)
{
	struct nhrp_msg msg, out;

	(void)state;
	clients();
	purge(&msg, "192.168.1.4", 30);
	unit_deliver(&hub, "6.6.6.6", &msg);
	unit_take(&hub, "6.6.6.6", NHRP_PURGE_REPLY, &out);
	assert_leads(&hub, "192.168.1.6", "-");
	/* Of others nobody can take anything back. */
	assert_leads(&hub, "192.168.1.7", "7.7.7.7");
}

static void rfc_5_2_5_server_not_known(void **state)
{
	struct nhrp_msg msg, out;

	(void)state;
	clients();
	purge(&msg, "192.168.1.6", 255);
	msg.dst_proto = msg.src_proto;
	unit_deliver(&hub, "6.6.6.6", &msg);
	unit_take(&hub, "6.6.6.6", NHRP_PURGE_REPLY, &out);
	assert_leads(&hub, "192.168.1.6", "-");
}

/* Who was told is behind another server, and we have none. */
static void rfc_5_2_5_along_the_route(void **state)
{
	struct nhrp_msg msg, out;

	(void)state;
	clients();
	fake_route(&hub, "192.168.9.0/24", "192.168.1.7", FAKE_DMVPN);
	question(&msg, "11.11.11.5");
	msg.src_nbma = fake_addr("9.9.9.9");
	msg.src_proto = fake_addr("192.168.9.9");
	unit_deliver(&hub, "7.7.7.7", &msg);
	unit_take(&hub, "7.7.7.7", NHRP_RESOLUTION_REPLY, &out);
	fake_route_del(&hub, "11.11.11.0/24");
	fake_route(&hub, "11.11.11.0/24", "192.168.1.6", FAKE_DMVPN);
	nhrp_routes_changed(hub.nhrp, net.now);
	fake_net_run(&net, 1000);
	unit_take(&hub, "7.7.7.7", NHRP_PURGE_REQUEST, &out);
	assert_true(addr_equal(&out.dst_proto, &msg.src_proto));
}

/* The request with another type; also if there was nothing to forget. */
static void rfc_5_2_6_reply(void **state)
{
	struct nhrp_msg msg, out;

	(void)state;
	purge(&msg, "192.168.1.6", 32);
	unit_cie(&msg)->proto = fake_addr("172.16.6.0");
	unit_deliver(&hub, "6.6.6.6", &msg);
	unit_take(&hub, "6.6.6.6", NHRP_PURGE_REPLY, &out);
	assert_int_equal(out.id, msg.id);
	assert_int_equal(out.n_cie, 2);
	assert_true(addr_equal(&out.src_proto, &msg.src_proto));
	assert_true(addr_equal(&out.dst_proto, &msg.dst_proto));
	assert_true(addr_equal(&out.cie[1].proto, &msg.cie[1].proto));
	assert_int_equal(out.cie[1].prefix_len, 32);
	msg.flags = NHRP_FLAG_PURGE_NO_REPLY;
	unit_deliver(&hub, "6.6.6.6", &msg);
	unit_silent(&hub);
}

/* ---- 6.3: prefixes ---- */

static unsigned int prefix_of(const char *dst)
{
	struct nhrp_msg msg, out;

	question(&msg, dst);
	ask(&msg, &out);
	assert_int_equal(out.cie[0].code, NHRP_CODE_OK);
	return out.cie[0].prefix_len;
}

/* The shortest prefix around it with nothing else in it. */
static void rfc_6_3_prefix(void **state)
{
	(void)state;
	fake_route(&hub, "10.0.0.0/8", "11.11.11.9", FAKE_LAN);
	assert_int_equal(prefix_of("10.200.0.1"), 8);
	fake_route(&hub, "10.6.0.0/16", "192.168.1.6", FAKE_DMVPN);
	fake_route(&hub, "10.192.0.0/12", "11.11.11.8", FAKE_LAN);
	fake_route(&hub, "11.11.11.9/32", "11.11.11.9", FAKE_LAN);
	nhrp_routes_changed(hub.nhrp, net.now);
	fake_net_run(&net, 1000);
	unit_flush(&hub);
	assert_int_equal(prefix_of("10.200.0.1"), 12);
	assert_int_equal(prefix_of("10.128.0.1"), 10);
	assert_int_equal(prefix_of("10.7.0.1"), 16);
	assert_int_equal(prefix_of("10.64.0.1"), 10);
	assert_int_equal(prefix_of("10.255.255.255"), 11);
	assert_int_equal(prefix_of("11.11.11.8"), 32);
	assert_int_equal(prefix_of("11.11.11.200"), 25);
}

/* What was right before is taken back. */
static void rfc_6_3_prefix_changes(void **state)
{
	struct nhrp_msg out;

	(void)state;
	clients();
	fake_route(&hub, "10.0.0.0/8", "11.11.11.9", FAKE_LAN);
	assert_int_equal(prefix_of("10.200.0.1"), 8);
	fake_route(&hub, "10.6.0.0/16", "192.168.1.6", FAKE_DMVPN);
	nhrp_routes_changed(hub.nhrp, net.now);
	fake_net_run(&net, 1000);
	unit_take(&hub, "6.6.6.6", NHRP_PURGE_REQUEST, &out);
	assert_int_equal(out.cie[0].prefix_len, 8);
}

static void rfc_6_3_routes_not_known(void **state)
{
	(void)state;
	hub.fail = -ENOMEM;
	assert_int_equal(prefix_of("11.11.11.200"), 32);
	hub.fail = 0;
	assert_int_equal(prefix_of("11.11.11.200"), 24);
}

#define HUB(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB(rfc_5_2_1_uniqueness),
		HUB(rfc_5_2_1_widest_prefix),
		HUB(rfc_5_2_2_fields),
		HUB(rfc_5_2_2_refusal),
		HUB(rfc_5_2_2_about_the_asker),
		HUB(rfc_5_2_3_unique),
		HUB(rfc_5_2_3_unique_alone),
		HUB(rfc_5_2_4_several_entries),
		HUB(rfc_5_2_3_prefix),
		HUB(rfc_5_2_3_no_holding_time),
		HUB(rfc_5_2_3_other_server),
		HUB(rfc_5_2_0_1_holding_time),
		HUB(rfc_5_2_5_prefix),
		HUB(rfc_5_2_5_server_not_known),
		HUB(rfc_5_2_5_along_the_route),
		HUB(rfc_5_2_6_reply),
		HUB(rfc_6_3_prefix),
		HUB(rfc_6_3_prefix_changes),
		HUB(rfc_6_3_routes_not_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
