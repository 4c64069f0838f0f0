// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A spoke that others ask for what is behind it.
 */
#include "nhrpd/ext.h"
#include "unit.h"

static struct fake_net net;
static struct fake_kernel spoke;

static int setup(void **state)
{
	struct nhrp_msg msg;
	struct conf conf;

	(void)state;
	fake_net_init(&net);
	net.phantoms = true;
	fake_init(&spoke, &net, "spoke", "7.7.7.7", "192.168.1.7/24", true);
	fake_address(&spoke, "172.16.7.1/24", FAKE_LAN);
	fake_route(&spoke, "172.17.0.0/16", "172.16.7.9", FAKE_LAN);
	unit_spoke(&conf);
	unit_start(&spoke, &conf);
	fake_net_run(&net, 200);
	unit_take(&spoke, "1.1.1.1", NHRP_REGISTRATION_REQUEST, &msg);
	msg.type = NHRP_REGISTRATION_REPLY;
	unit_deliver(&spoke, "1.1.1.1", &msg);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_free(&spoke);
	return 0;
}

static void question(struct nhrp_msg *msg, const char *dst)
{
	unit_msg(msg, NHRP_RESOLUTION_REQUEST, "6.6.6.6", "192.168.1.6", dst);
	msg->flags = 0xc802;
	unit_cie(msg);
}

/* Over the hub while there is no session with who asks. */
static void take(struct nhrp_msg *reply)
{
	unit_take(&spoke, "1.1.1.1", NHRP_RESOLUTION_REPLY, reply);
}

static void take_direct(struct nhrp_msg *reply)
{
	unit_take(&spoke, "6.6.6.6", NHRP_RESOLUTION_REPLY, reply);
}

/* Length of the prefix that is answered when the hub passes a question on. */
static unsigned int asked(const char *dst)
{
	struct nhrp_msg msg, reply;
	static uint32_t id = 100;

	question(&msg, dst);
	msg.id = id++;
	unit_deliver(&spoke, "1.1.1.1", &msg);
	fake_net_run(&net, 200);
	take_direct(&reply);
	assert_int_equal(reply.cie[0].code, 0);
	return reply.cie[0].prefix_len;
}

static unsigned int refused(const char *dst)
{
	struct nhrp_msg msg, reply;

	question(&msg, dst);
	unit_deliver(&spoke, "1.1.1.1", &msg);
	take(&reply);
	assert_int_equal(reply.cie[0].holdtime, 0);
	return reply.cie[0].code;
}

static void answer(void **state)
{
	struct nhrp_msg msg, reply;
	struct nhrp_cie cie[2];

	(void)state;
	question(&msg, "172.16.7.33");
	unit_deliver(&spoke, "1.1.1.1", &msg);
	/* First the session; asking twice is not answered twice. */
	fake_net_run(&net, 50);
	unit_deliver(&spoke, "1.1.1.1", &msg);
	unit_silent(&spoke);
	fake_net_run(&net, 100);
	take_direct(&reply);
	unit_silent(&spoke);
	assert_int_equal(reply.flags, 0xe800);
	assert_int_equal(reply.id, msg.id);
	assert_true(addr_equal(&reply.src_proto, &msg.src_proto));
	assert_true(addr_equal(&reply.dst_proto, &msg.dst_proto));
	assert_int_equal(reply.cie[0].prefix_len, 24);
	assert_int_equal(reply.cie[0].holdtime, HOLD);
	assert_true(addr_equal(&reply.cie[0].nbma, &spoke.dev.nbma));
	assert_true(addr_equal(&reply.cie[0].proto, &spoke.dev.proto));
	assert_int_equal(ext_cies(&reply, &reply.ext[2], cie, 2), 1);
	assert_int_equal(reply.ext[3].len, 0);
	/* The other way is known, too. */
	assert_leads(&spoke, "192.168.1.6", "6.6.6.6");
	assert_string_equal(unit_kind(&spoke, "192.168.1.6"), "cached");
}

/* The device goes down meanwhile. */
static void waits_in_vain(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	question(&msg, "172.16.7.33");
	unit_deliver(&spoke, "1.1.1.1", &msg);
	spoke.dev.up = false;
	fake_link_changed(&spoke);
	assert_int_equal(unit_dropped(&spoke, NHRP_DROP_STALE), 1);
}

static void prefixes(void **state)
{
	(void)state;
	assert_int_equal(asked("172.16.7.1"), 24);
	assert_int_equal(asked("172.17.1.1"), 16);
	/* The tunnel address is one address; so is what has no route else. */
	assert_int_equal(asked("192.168.1.7"), 32);
	assert_int_equal(asked("8.8.8.8"), 32);
}

static void join(const struct nhrp_link *other, uint32_t network_id)
{
	struct conf conf;

	unit_spoke(&conf);
	conf_add_if(&conf, other->name)->network_id = network_id;
	assert_int_equal(nhrp_configure(spoke.nhrp, net.now, &conf), 0);
	conf_free(&conf);
	nhrp_link(spoke.nhrp, net.now, other);
	unit_flush(&spoke);
}

/* What lies in another cloud is behind us; in the same one it is not. */
static void network_id(void **state)
{
	struct nhrp_link other = {
		.name = "dmvpn1",
		.ifindex = FAKE_WAN + 1,
		.up = true,
		.carrier = true,
		.nbma = fake_addr("7.7.7.70"),
		.proto = fake_addr("192.168.2.7"),
		.proto_len = 24,
	};

	(void)state;
	fake_route(&spoke, "172.18.0.0/16", "192.168.2.1", other.ifindex);
	join(&other, 2);
	assert_int_equal(asked("172.18.1.1"), 16);
	join(&other, 1);
	assert_int_equal(refused("172.18.1.1"), NHRP_CODE_NO_BINDING);
	join(&other, 3);
	assert_int_equal(asked("172.18.1.1"), 16);
}

static void negative(void **state)
{
	(void)state;
	fake_route_del(&spoke, "0.0.0.0/0");
	assert_int_equal(refused("8.8.8.8"), NHRP_CODE_NO_BINDING);
	/* Back to the hub would be a loop. */
	assert_int_equal(refused("192.168.1.99"), NHRP_CODE_NO_BINDING);
}

static void switched_off(void **state)
{
	struct conf conf;

	(void)state;
	unit_spoke(&conf);
	conf.iface[0].shortcut = false;
	assert_int_equal(nhrp_configure(spoke.nhrp, net.now, &conf), 0);
	conf_free(&conf);
	assert_int_equal(refused("172.16.7.1"), NHRP_CODE_PROHIBITED);
	assert_int_equal(unit_dropped(&spoke, NHRP_DROP_NOT_ALLOWED), 1);
	assert_string_equal(unit_kind(&spoke, "192.168.1.6"), "none");
}

static void full(void **state)
{
	struct conf conf;

	(void)state;
	unit_spoke(&conf);
	conf.iface[0].cache_limit = 1;
	assert_int_equal(nhrp_configure(spoke.nhrp, net.now, &conf), 0);
	conf_free(&conf);
	assert_int_equal(refused("172.16.7.1"), NHRP_CODE_NO_RESOURCES);
	assert_int_equal(unit_dropped(&spoke, NHRP_DROP_LIMIT), 1);
}

static void asker_behind_nat(void **state)
{
	struct nhrp_cie cie = { .prefix_len = 32 };
	struct nhrp_msg msg, reply;

	(void)state;
	question(&msg, "172.16.7.1");
	msg.src_nbma = fake_addr("10.0.0.6");
	cie.nbma = fake_addr("6.6.6.6");
	cie.proto = msg.src_proto;
	assert_true(ext_append_cie(&msg, ext_find(&msg, NHRP_EXT_NAT), &cie));
	unit_deliver(&spoke, "1.1.1.1", &msg);
	fake_net_run(&net, 200);
	take_direct(&reply);
	/* Ours goes where its was. */
	assert_int_equal(ext_find(&reply, NHRP_EXT_NAT)->len, 0);
	assert_leads(&spoke, "192.168.1.6", "6.6.6.6");
	assert_true(fake_nexthop(&spoke, "192.168.1.6")->k.flags &
		    DMVPN_NEXTHOP_FLAGS_NAT);
}

/* The hub sees us at 9.9.9.9, and who asks there, too. */
static void asker_behind_our_nat(void **state)
{
	struct nhrp_msg msg, reply;

	(void)state;
	nhrp_clear(spoke.nhrp, net.now, &(struct nhrp_clear){ 0 });
	unit_take(&spoke, "1.1.1.1", NHRP_REGISTRATION_REQUEST, &msg);
	msg.type = NHRP_REGISTRATION_REPLY;
	unit_seen_at(&msg, "192.168.1.7", "9.9.9.9");
	unit_deliver(&spoke, "1.1.1.1", &msg);
	question(&msg, "172.16.7.1");
	unit_seen_at(&msg, "192.168.1.6", "9.9.9.9");
	unit_deliver(&spoke, "1.1.1.1", &msg);
	take(&reply);
	assert_null(fake_peer(&spoke, "9.9.9.9"));
	assert_leads(&spoke, "192.168.1.6", "-");
}

/* A peer that is no server speaks for itself, and changes nothing. */
static void liars(void **state)
{
	struct nhrp_msg msg, reply;

	(void)state;
	assert_int_equal(asked("172.16.7.1"), 24);
	fake_net_run(&net, 200);
	fake_session_state(&spoke, "9.9.9.9", DMVPN_SESSION_STATE_UP);
	question(&msg, "172.16.7.1");
	msg.src_nbma = fake_addr("9.9.9.9");
	unit_deliver(&spoke, "9.9.9.9", &msg);
	unit_silent(&spoke);
	assert_int_equal(unit_dropped(&spoke, NHRP_DROP_SOURCE), 1);
	assert_leads(&spoke, "192.168.1.6", "6.6.6.6");
	/* Nothing but what is known: that may come by any way. */
	question(&msg, "172.16.7.1");
	unit_deliver(&spoke, "9.9.9.9", &msg);
	unit_take(&spoke, "6.6.6.6", NHRP_RESOLUTION_REPLY, &reply);
	assert_leads(&spoke, "192.168.1.6", "6.6.6.6");
	/* An address that nobody has: answered, but not believed. */
	msg.src_proto = fake_addr("192.168.1.66");
	msg.src_nbma = fake_addr("9.9.9.9");
	unit_deliver(&spoke, "9.9.9.9", &msg);
	unit_take(&spoke, "9.9.9.9", NHRP_RESOLUTION_REPLY, &reply);
	assert_string_equal(unit_kind(&spoke, "192.168.1.66"), "none");
	/* The right one directly, with another NBMA address in it. */
	question(&msg, "172.16.7.1");
	msg.src_nbma = fake_addr("9.9.9.9");
	unit_deliver(&spoke, "6.6.6.6", &msg);
	unit_silent(&spoke);
	/* And as it should be: renewed. */
	fake_net_run(&net, 80000);
	question(&msg, "172.16.7.1");
	unit_deliver(&spoke, "6.6.6.6", &msg);
	unit_take(&spoke, "6.6.6.6", NHRP_RESOLUTION_REPLY, &reply);
	assert_int_equal(unit_left(&spoke, "192.168.1.6"), HOLD);
}

static void nonsense(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	question(&msg, "172.16.7.1");
	msg.src_proto = spoke.dev.proto;
	unit_deliver(&spoke, "1.1.1.1", &msg);
	assert_int_equal(unit_dropped(&spoke, NHRP_DROP_LOOP), 1);
	question(&msg, "224.0.0.5");
	unit_deliver(&spoke, "1.1.1.1", &msg);
	question(&msg, "172.16.7.1");
	msg.src_nbma = (struct addr){ 0 };
	unit_deliver(&spoke, "1.1.1.1", &msg);
	assert_int_equal(unit_dropped(&spoke, NHRP_DROP_SOURCE), 2);
	unit_silent(&spoke);
}

/* The asker has the higher address: it begins, and we do not. */
static void lower_waits(void **state)
{
	struct nhrp_msg msg, reply;

	(void)state;
	unit_msg(&msg, NHRP_RESOLUTION_REQUEST, "8.8.8.8", "192.168.1.8",
		 "172.16.7.1");
	msg.flags = NHRP_FLAG_RESOLUTION_SRC;
	unit_cie(&msg);
	unit_deliver(&spoke, "1.1.1.1", &msg);
	take(&reply);
	assert_int_equal(reply.cie[0].code, 0);
	assert_null(fake_peer(&spoke, "8.8.8.8"));
	fake_session_state(&spoke, "8.8.8.8", DMVPN_SESSION_STATE_UP);
	assert_leads(&spoke, "192.168.1.8", "8.8.8.8");
}

/* It did not come, or later: then it is nothing to us. */
static void lower_waits_in_vain(void **state)
{
	struct nhrp_msg msg, reply;

	(void)state;
	unit_msg(&msg, NHRP_RESOLUTION_REQUEST, "8.8.8.8", "192.168.1.8",
		 "172.16.7.1");
	msg.flags = NHRP_FLAG_RESOLUTION_SRC;
	unit_cie(&msg);
	unit_deliver(&spoke, "1.1.1.1", &msg);
	take(&reply);
	fake_net_run(&net, 6000);
	fake_session_state(&spoke, "8.8.8.8", DMVPN_SESSION_STATE_UP);
	assert_leads(&spoke, "192.168.1.8", "-");
}

/* We cannot begin; perhaps the other can. */
static void no_session(void **state)
{
	struct nhrp_msg msg, reply;

	(void)state;
	question(&msg, "172.16.7.1");
	unit_deliver(&spoke, "1.1.1.1", &msg);
	unit_silent(&spoke);
	fake_session_state(&spoke, "6.6.6.6", DMVPN_SESSION_STATE_FAILED);
	take(&reply);
	assert_int_equal(reply.cie[0].code, 0);
	assert_null(fake_peer(&spoke, "6.6.6.6"));
	/* IKE takes its time. */
	net.phantoms = false;
	spoke.no_ike = true;
	question(&msg, "172.16.7.1");
	unit_deliver(&spoke, "1.1.1.1", &msg);
	fake_session_state(&spoke, "6.6.6.6", DMVPN_SESSION_STATE_ACQUIRING);
	fake_net_run(&net, 5900);
	unit_silent(&spoke);
	fake_net_run(&net, 200);
	take(&reply);
	assert_int_equal(reply.cie[0].code, 0);
}

/* What was answered is taken back when the route is another. */
static void route_changes(void **state)
{
	struct nhrp_msg purge;

	(void)state;
	assert_int_equal(asked("172.17.1.1"), 16);
	fake_net_run(&net, 200);
	unit_flush(&spoke);
	nhrp_routes_changed(spoke.nhrp, net.now);
	fake_net_run(&net, 1100);
	unit_silent(&spoke);
	fake_route(&spoke, "172.17.1.0/24", "172.16.7.10", FAKE_LAN);
	nhrp_routes_changed(spoke.nhrp, net.now);
	fake_net_run(&net, 1100);
	unit_take(&spoke, "6.6.6.6", NHRP_PURGE_REQUEST, &purge);
	assert_true(addr_equal(&purge.src_proto, &spoke.dev.proto));
	assert_int_equal(purge.dst_proto.b[3], 6);
	assert_int_equal(purge.cie[0].prefix_len, 16);
}

static void summarize(const char *one, const char *two)
{
	const char *const text[] = { one, two };
	struct prefix *p;
	struct conf conf;
	unsigned int i;

	unit_spoke(&conf);
	for (i = 0; i < 2; i++) {
		p = conf_add_summary(&conf.iface[0]);
		assert_non_null(p);
		assert_int_equal(prefix_parse(text[i], p), 0);
	}
	assert_int_equal(nhrp_configure(spoke.nhrp, net.now, &conf), 0);
	conf_free(&conf);
}

/* What is behind us is told of as a whole, whatever its routes are. */
static void summary(void **state)
{
	(void)state;
	summarize("172.16.0.0/12", "172.16.0.0/20");
	assert_int_equal(asked("172.16.7.1"), 20);
	assert_int_equal(asked("172.17.1.1"), 12);
	assert_int_equal(asked("172.18.1.1"), 12);
	/* Not what is not in it, nor what is not behind us. */
	assert_int_equal(asked("203.0.113.5"), 32);
	fake_route(&spoke, "172.21.0.0/16", NULL, 0);
	assert_int_equal(refused("172.21.0.1"), NHRP_CODE_NO_BINDING);
	/* An overlay address stays alone. */
	summarize("192.168.0.0/16", "172.16.0.0/12");
	unit_flush(&spoke);
	assert_int_equal(asked("192.168.1.7"), 32);
}

/* Others hear of it when it is another. */
static void summary_changes(void **state)
{
	struct nhrp_msg purge;

	(void)state;
	summarize("172.16.0.0/12", "10.0.0.0/8");
	assert_int_equal(asked("172.16.7.1"), 12);
	fake_net_run(&net, 200);
	unit_flush(&spoke);
	nhrp_routes_changed(spoke.nhrp, net.now);
	fake_net_run(&net, 1100);
	unit_silent(&spoke);
	summarize("172.16.0.0/16", "10.0.0.0/8");
	unit_take(&spoke, "6.6.6.6", NHRP_PURGE_REQUEST, &purge);
	assert_int_equal(purge.cie[0].prefix_len, 12);
	assert_int_equal(asked("172.16.7.1"), 16);
}

#define SPOKE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SPOKE(answer),
		SPOKE(waits_in_vain),
		SPOKE(prefixes),
		SPOKE(network_id),
		SPOKE(negative),
		SPOKE(switched_off),
		SPOKE(full),
		SPOKE(asker_behind_nat),
		SPOKE(asker_behind_our_nat),
		SPOKE(liars),
		SPOKE(nonsense),
		SPOKE(lower_waits),
		SPOKE(lower_waits_in_vain),
		SPOKE(no_session),
		SPOKE(route_changes),
		SPOKE(summary),
		SPOKE(summary_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
