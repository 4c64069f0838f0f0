// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A hub in between: what is for others is passed on.
 */
#include "nhrpd/ext.h"
#include "unit.h"

static struct fake_net net;
static struct fake_kernel hub;

static void client(const char *nbma, const char *claimed, const char *proto)
{
	struct nhrp_msg msg;

	unit_msg(&msg, NHRP_REGISTRATION_REQUEST, claimed, proto,
		 "192.168.1.1");
	unit_cie(&msg);
	unit_deliver(&hub, nbma, &msg);
}

static int setup(void **state)
{
	struct conf conf;

	(void)state;
	fake_net_init(&net);
	fake_init(&hub, &net, "hub", "1.1.1.1", "192.168.1.1/24", false);
	fake_route(&hub, "172.16.7.0/24", "192.168.1.7", FAKE_DMVPN);
	unit_hub(&conf);
	unit_start(&hub, &conf);
	client("6.6.6.6", "6.6.6.6", "192.168.1.6");
	client("7.7.7.7", "7.7.7.7", "192.168.1.7");
	client("8.8.8.8", "10.0.0.8", "192.168.1.8");
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
	unit_cie(msg);
}

static void transit(void **state)
{
	struct nhrp_msg msg, out;
	struct nhrp_cie cie[2];

	(void)state;
	question(&msg, "172.16.7.1");
	assert_true(ext_add(&msg, 0x3801, false, "x", 1));
	unit_deliver(&hub, "6.6.6.6", &msg);
	unit_take(&hub, "7.7.7.7", NHRP_RESOLUTION_REQUEST, &out);
	assert_int_equal(out.hops, msg.hops - 1);
	assert_int_equal(out.id, msg.id);
	assert_true(addr_equal(&out.src_nbma, &msg.src_nbma));
	assert_int_equal(out.n_ext, msg.n_ext);
	assert_int_equal(out.ext[4].type, 0x3801);
	/* The hub is in the record of requests, and in no other. */
	assert_int_equal(ext_cies(&out, &out.ext[0], cie, 2), 1);
	assert_true(addr_equal(&cie[0].proto, &hub.dev.proto));
	assert_true(addr_equal(&cie[0].nbma, &hub.dev.nbma));
	assert_int_equal(out.ext[1].len, 0);
}

static void reply_goes_back(void **state)
{
	struct nhrp_msg msg, out;
	struct nhrp_cie cie[2];

	(void)state;
	question(&msg, "172.16.7.1");
	msg.type = NHRP_RESOLUTION_REPLY;
	msg.cie[0].nbma = fake_addr("7.7.7.7");
	msg.cie[0].proto = fake_addr("192.168.1.7");
	unit_deliver(&hub, "7.7.7.7", &msg);
	unit_take(&hub, "6.6.6.6", NHRP_RESOLUTION_REPLY, &out);
	assert_int_equal(out.ext[0].len, 0);
	assert_int_equal(ext_cies(&out, &out.ext[1], cie, 2), 1);
}

/* R6 asked, and the one at @from says who it is and where. */
static void say(const char *from, const char *proto, const char *nbma,
		const char *nat)
{
	struct nhrp_msg msg;
	struct nhrp_cie cie = {
		.proto = fake_addr(proto),
		.nbma = fake_addr(nat ? nat : nbma),
	};

	question(&msg, "172.16.7.1");
	msg.type = NHRP_RESOLUTION_REPLY;
	msg.cie[0].nbma = fake_addr(nbma);
	msg.cie[0].proto = fake_addr(proto);
	if (nat)
		assert_true(ext_append_cie(&msg, ext_find(&msg, NHRP_EXT_NAT),
					   &cie));
	unit_deliver(&hub, from, &msg);
}

/* An address that is registered cannot be had by an answer. */
static void no_false_egress(void **state)
{
	struct nhrp_msg out;

	(void)state;
	say("7.7.7.7", "192.168.1.8", "7.7.7.7", NULL);
	say("7.7.7.7", "192.168.1.8", "10.0.0.8", "7.7.7.7");
	say("7.7.7.7", "192.168.1.6", "7.7.7.7", NULL);
	/* Nor one that nobody has. */
	say("7.7.7.7", "192.168.1.99", "7.7.7.7", NULL);
	unit_silent(&hub);
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_SOURCE), 4);
	/* Its own, and of those behind a NAT both that they have. */
	say("7.7.7.7", "192.168.1.7", "7.7.7.7", NULL);
	unit_take(&hub, "6.6.6.6", NHRP_RESOLUTION_REPLY, &out);
	say("8.8.8.8", "192.168.1.8", "10.0.0.8", NULL);
	unit_take(&hub, "6.6.6.6", NHRP_RESOLUTION_REPLY, &out);
	say("8.8.8.8", "192.168.1.8", "10.0.0.8", "8.8.8.8");
	unit_take(&hub, "6.6.6.6", NHRP_RESOLUTION_REPLY, &out);
}

static void purge_goes_on(void **state)
{
	struct nhrp_msg msg, out;

	(void)state;
	unit_msg(&msg, NHRP_PURGE_REQUEST, "6.6.6.6", "192.168.1.6",
		 "192.168.1.7");
	unit_cie(&msg)->proto = fake_addr("172.16.6.0");
	unit_deliver(&hub, "6.6.6.6", &msg);
	unit_take(&hub, "7.7.7.7", NHRP_PURGE_REQUEST, &out);
	msg.type = NHRP_PURGE_REPLY;
	unit_deliver(&hub, "7.7.7.7", &msg);
	unit_take(&hub, "6.6.6.6", NHRP_PURGE_REPLY, &out);
}

static void hop_count(void **state)
{
	struct nhrp_msg msg, out;

	(void)state;
	question(&msg, "192.168.1.7");
	msg.hops = 1;
	unit_deliver(&hub, "6.6.6.6", &msg);
	unit_take(&hub, "6.6.6.6", NHRP_ERROR_INDICATION, &out);
	assert_int_equal(out.error, NHRP_ERROR_HOPS);
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_HOPS), 1);
	msg.hops = 0;
	unit_deliver(&hub, "6.6.6.6", &msg);
	unit_take(&hub, "6.6.6.6", NHRP_ERROR_INDICATION, &out);
	msg.hops = 2;
	unit_deliver(&hub, "6.6.6.6", &msg);
	unit_take(&hub, "7.7.7.7", NHRP_RESOLUTION_REQUEST, &out);
	assert_int_equal(out.hops, 1);
}

static void loop(void **state)
{
	struct nhrp_cie cie = { .nbma = hub.dev.nbma, .proto = hub.dev.proto };
	struct nhrp_msg msg, out;

	(void)state;
	question(&msg, "192.168.1.7");
	assert_true(ext_append_cie(&msg, ext_find(&msg, NHRP_EXT_FORWARD),
				   &cie));
	unit_deliver(&hub, "6.6.6.6", &msg);
	unit_take(&hub, "6.6.6.6", NHRP_ERROR_INDICATION, &out);
	assert_int_equal(out.error, NHRP_ERROR_LOOP);
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_LOOP), 1);
}

static void no_path(void **state)
{
	struct nhrp_msg msg, out;

	(void)state;
	question(&msg, "192.168.1.99");
	unit_deliver(&hub, "6.6.6.6", &msg);
	unit_take(&hub, "6.6.6.6", NHRP_RESOLUTION_REPLY, &out);
	assert_int_equal(out.cie[0].code, NHRP_CODE_NO_BINDING);
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_NO_PATH), 1);
}

/* The asker does not know that it is behind a NAT, but the hub does. */
static void fills_nat(void **state)
{
	struct addr proto = fake_addr("192.168.1.8");
	struct nhrp_msg msg, out;
	struct addr nat, want = fake_addr("8.8.8.8");

	(void)state;
	unit_msg(&msg, NHRP_RESOLUTION_REQUEST, "10.0.0.8", "192.168.1.8",
		 "192.168.1.7");
	unit_cie(&msg);
	unit_deliver(&hub, "8.8.8.8", &msg);
	unit_take(&hub, "7.7.7.7", NHRP_RESOLUTION_REQUEST, &out);
	nat = ext_nat(&out, &proto);
	assert_true(addr_equal(&nat, &want));
}

/* And who answers does not know it either. */
static void fills_nat_of_a_reply(void **state)
{
	struct addr proto = fake_addr("192.168.1.8");
	struct addr nat, want = fake_addr("8.8.8.8");
	struct nhrp_msg out;

	(void)state;
	say("8.8.8.8", "192.168.1.8", "10.0.0.8", NULL);
	unit_take(&hub, "6.6.6.6", NHRP_RESOLUTION_REPLY, &out);
	nat = ext_nat(&out, &proto);
	assert_true(addr_equal(&nat, &want));
}

/* What a client says of itself is checked where it is known: here. */
static void liars(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	question(&msg, "192.168.1.7");
	unit_deliver(&hub, "8.8.8.8", &msg);
	unit_silent(&hub);
	question(&msg, "192.168.1.7");
	msg.src_nbma = fake_addr("9.9.9.9");
	unit_deliver(&hub, "6.6.6.6", &msg);
	unit_silent(&hub);
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_SOURCE), 2);
}

static void errors_go_on(void **state)
{
	struct nhrp_msg msg, out;
	uint8_t quote[40] = { 0 };

	(void)state;
	unit_msg(&msg, NHRP_ERROR_INDICATION, "7.7.7.7", "192.168.1.7",
		 "192.168.1.6");
	msg.n_ext = 0;
	msg.has_ext = false;
	msg.error = NHRP_ERROR_EXTENSION;
	msg.payload = quote;
	msg.payload_len = sizeof(quote);
	unit_deliver(&hub, "7.7.7.7", &msg);
	unit_take(&hub, "6.6.6.6", NHRP_ERROR_INDICATION, &out);
	assert_int_equal(out.error, NHRP_ERROR_EXTENSION);
}

/* What is passed on is counted as what is made here, and goes as it does. */
static void max_send(void **state)
{
	struct nhrp_msg msg, out;
	struct conf conf;

	(void)state;
	unit_hub(&conf);
	conf.iface[0].max_send_packets = 2;
	assert_int_equal(nhrp_configure(hub.nhrp, net.now, &conf), 0);
	conf_free(&conf);
	question(&msg, "192.168.1.7");
	unit_deliver(&hub, "6.6.6.6", &msg);
	unit_take(&hub, "7.7.7.7", NHRP_RESOLUTION_REQUEST, &out);
	fake_net_run(&net, 10000);
	unit_deliver(&hub, "6.6.6.6", &msg);
	client("6.6.6.6", "6.6.6.6", "192.168.1.6");
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_RATE), 0);
	unit_deliver(&hub, "6.6.6.6", &msg);
	client("6.6.6.6", "6.6.6.6", "192.168.1.6");
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_RATE), 2);
	unit_take(&hub, "7.7.7.7", NHRP_RESOLUTION_REQUEST, &out);
	unit_take(&hub, "6.6.6.6", NHRP_REGISTRATION_REPLY, &out);
	unit_silent(&hub);
}

#define HUB(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB(transit),
		HUB(reply_goes_back),
		HUB(no_false_egress),
		HUB(purge_goes_on),
		HUB(hop_count),
		HUB(loop),
		HUB(no_path),
		HUB(fills_nat),
		HUB(fills_nat_of_a_reply),
		HUB(liars),
		HUB(errors_go_on),
		HUB(max_send),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
