// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A spoke that asks for what others have behind them.
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
	fake_init(&spoke, &net, "spoke", "6.6.6.6", "192.168.1.6/24", true);
	fake_route(&spoke, "172.16.0.0/16", "192.168.1.1", FAKE_DMVPN);
	unit_spoke(&conf);
	/* Once is enough here. */
	conf.iface[0].registration_timeout = 10 * HOLD;
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

static void miss(const char *address)
{
	struct addr a = fake_addr(address);

	nhrp_miss(spoke.nhrp, net.now, FAKE_DMVPN, &a, &a);
}

/* The hub says that packets to @dst come back out of it. */
static void redirect(const char *dst)
{
	uint8_t head[28] = { 0x45 };
	struct addr src = spoke.dev.proto, to = fake_addr(dst);
	struct nhrp_msg msg;
	unsigned int i;

	unit_msg(&msg, NHRP_TRAFFIC_INDICATION, "1.1.1.1", "192.168.1.1",
		 "192.168.1.6");
	for (i = 0; i < 4; i++) {
		head[12 + i] = src.b[i];
		head[16 + i] = to.b[i];
	}
	msg.payload = head;
	msg.payload_len = sizeof(head);
	unit_deliver(&spoke, "1.1.1.1", &msg);
}

static void take_question(struct nhrp_msg *msg)
{
	unit_take(&spoke, "1.1.1.1", NHRP_RESOLUTION_REQUEST, msg);
}

/* R7 says that what was asked is behind it, in a prefix of that length. */
static void make_reply(struct nhrp_msg *msg, unsigned int len)
{
	msg->type = NHRP_RESOLUTION_REPLY;
	msg->flags = 0xe800;
	msg->cie[0] = (struct nhrp_cie){
		.prefix_len = (uint8_t)len,
		.holdtime = HOLD,
		.nbma = fake_addr("7.7.7.7"),
		.proto = fake_addr("192.168.1.7"),
	};
}

static void reply(struct nhrp_msg *msg, unsigned int len)
{
	make_reply(msg, len);
	unit_deliver(&spoke, "1.1.1.1", msg);
}

static void come_up(void)
{
	struct nhrp_msg msg;

	redirect("172.16.7.5");
	take_question(&msg);
	reply(&msg, 24);
	fake_net_run(&net, 200);
	assert_string_equal(unit_shortcut(&spoke, "172.16.7.0/24"), "up");
	assert_true(fake_has_shortcut(&spoke, "172.16.7.0/24"));
}

static void shortcut_gone(void)
{
	const struct nhrp_clear what = { .shortcuts = true };

	nhrp_clear(spoke.nhrp, net.now, &what);
	assert_string_equal(unit_shortcut(&spoke, "172.16.7.0/24"), "none");
}

static void question(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	miss("192.168.1.7");
	assert_string_equal(unit_shortcut(&spoke, "192.168.1.7"),
			    "resolving");
	take_question(&msg);
	assert_int_equal(msg.flags, 0xc802);
	assert_int_equal(msg.dst_proto.b[3], 7);
	assert_int_equal(msg.cie[0].prefix_len, 32);
	assert_int_equal(msg.cie[0].holdtime, HOLD);
	/* Asked once, however many packets go there. */
	miss("192.168.1.7");
	unit_silent(&spoke);
}

/* Without records, but the responder and NAT are asked for as ever. */
static void no_record(void **state)
{
	struct nhrp_msg msg;
	struct conf conf;

	(void)state;
	miss("192.168.1.7");
	take_question(&msg);
	assert_int_equal(msg.n_ext, 4);
	unit_spoke(&conf);
	conf.iface[0].registration_timeout = 10 * HOLD;
	conf.iface[0].record = false;
	assert_int_equal(nhrp_configure(spoke.nhrp, net.now, &conf), 0);
	conf_free(&conf);
	miss("192.168.1.8");
	take_question(&msg);
	assert_int_equal(msg.n_ext, 2);
	assert_non_null(ext_find(&msg, NHRP_EXT_RESPONDER));
	assert_non_null(ext_find(&msg, NHRP_EXT_NAT));
	nhrp_clear(spoke.nhrp, net.now, &(struct nhrp_clear){ 0 });
	unit_take(&spoke, "1.1.1.1", NHRP_REGISTRATION_REQUEST, &msg);
	assert_int_equal(msg.n_ext, 2);
}

static void waits_for_session(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	redirect("172.16.7.5");
	take_question(&msg);
	reply(&msg, 24);
	/* The hub carries on until then. */
	assert_string_equal(unit_shortcut(&spoke, "172.16.7.0/24"),
			    "waiting");
	assert_leads(&spoke, "192.168.1.7", "-");
	assert_false(fake_has_shortcut(&spoke, "172.16.7.0/24"));
	fake_net_run(&net, 200);
	assert_leads(&spoke, "192.168.1.7", "7.7.7.7");
	assert_true(fake_has_shortcut(&spoke, "172.16.7.0/24"));
}

static void on_link_needs_no_route(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	miss("192.168.1.7");
	take_question(&msg);
	reply(&msg, 32);
	fake_net_run(&net, 200);
	assert_string_equal(unit_shortcut(&spoke, "192.168.1.7"), "up");
	assert_false(fake_has_shortcut(&spoke, "192.168.1.7/32"));
}

static void not_answered(void **state)
{
	struct nhrp_msg msg;
	unsigned int n = 0;

	(void)state;
	miss("192.168.1.7");
	fake_net_run(&net, 32000);
	while (!list_empty(&spoke.sent)) {
		take_question(&msg);
		n++;
	}
	assert_int_equal(n, 5);
	assert_string_equal(unit_shortcut(&spoke, "192.168.1.7"), "negative");
	miss("192.168.1.7");
	unit_silent(&spoke);
	fake_net_run(&net, CONF_NEGATIVE_SECONDS * 1000);
	assert_string_equal(unit_shortcut(&spoke, "192.168.1.7"), "none");
	miss("192.168.1.7");
	take_question(&msg);
}

static void refused(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	miss("192.168.1.7");
	take_question(&msg);
	make_reply(&msg, 32);
	msg.cie[0].code = NHRP_CODE_NO_BINDING;
	unit_deliver(&spoke, "1.1.1.1", &msg);
	assert_string_equal(unit_shortcut(&spoke, "192.168.1.7"), "negative");
	assert_null(fake_peer(&spoke, "7.7.7.7"));
}

static void no_session(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	redirect("172.16.7.5");
	take_question(&msg);
	reply(&msg, 24);
	fake_session_state(&spoke, "7.7.7.7", DMVPN_SESSION_STATE_FAILED);
	assert_string_equal(unit_shortcut(&spoke, "172.16.7.0/24"),
			    "negative");
	assert_null(fake_peer(&spoke, "7.7.7.7"));
	redirect("172.16.7.6");
	unit_silent(&spoke);
}

static void session_ends(void **state)
{
	(void)state;
	come_up();
	fake_session_state(&spoke, "7.7.7.7", DMVPN_SESSION_STATE_DOWN);
	assert_false(fake_has_shortcut(&spoke, "172.16.7.0/24"));
	assert_leads(&spoke, "192.168.1.7", "-");
	assert_string_equal(unit_shortcut(&spoke, "172.16.7.0/24"), "none");
}

/* No answer draws more to it than what goes the same way already. */
static void short_prefixes(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	redirect("172.16.7.5");
	take_question(&msg);
	reply(&msg, 9);
	assert_string_equal(unit_shortcut(&spoke, "172.16.0.0/16"),
			    "waiting");
	redirect("172.16.8.5");
	unit_silent(&spoke);
	fake_route(&spoke, "0.0.0.0/0", "192.168.1.1", FAKE_DMVPN);
	redirect("10.1.2.3");
	take_question(&msg);
	reply(&msg, 1);
	assert_string_equal(unit_shortcut(&spoke, "10.1.2.3"), "waiting");
}

static void wrong_replies(void **state)
{
	struct nhrp_msg msg, bad;

	(void)state;
	redirect("172.16.7.5");
	take_question(&msg);
	make_reply(&msg, 24);
	bad = msg;
	bad.id++;
	unit_deliver(&spoke, "1.1.1.1", &bad);
	assert_int_equal(unit_dropped(&spoke, NHRP_DROP_NO_REQUEST), 1);
	bad = msg;
	bad.dst_proto = fake_addr("172.16.7.6");
	unit_deliver(&spoke, "1.1.1.1", &bad);
	bad = msg;
	bad.cie[0].nbma = spoke.dev.nbma;
	unit_deliver(&spoke, "1.1.1.1", &bad);
	bad = msg;
	bad.cie[0].proto = spoke.dev.proto;
	unit_deliver(&spoke, "1.1.1.1", &bad);
	bad = msg;
	bad.cie[0].holdtime = 0;
	unit_deliver(&spoke, "1.1.1.1", &bad);
	bad = msg;
	bad.cie[0].nbma = fake_addr("172.16.7.7");
	unit_deliver(&spoke, "1.1.1.1", &bad);
	bad = msg;
	bad.n_cie = 0;
	unit_deliver(&spoke, "1.1.1.1", &bad);
	assert_int_equal(unit_dropped(&spoke, NHRP_DROP_SOURCE), 6);
	assert_string_equal(unit_shortcut(&spoke, "172.16.7.5"), "resolving");
	unit_deliver(&spoke, "1.1.1.1", &msg);
	assert_string_equal(unit_shortcut(&spoke, "172.16.7.0/24"),
			    "waiting");
}

static void behind_nat(void **state)
{
	struct nhrp_cie cie = { .prefix_len = 32 };
	struct nhrp_msg msg;

	(void)state;
	miss("192.168.1.7");
	take_question(&msg);
	make_reply(&msg, 32);
	msg.cie[0].nbma = fake_addr("10.0.0.7");
	cie.nbma = fake_addr("7.7.7.7");
	cie.proto = msg.cie[0].proto;
	assert_true(ext_append_cie(&msg, ext_find(&msg, NHRP_EXT_NAT), &cie));
	unit_deliver(&spoke, "1.1.1.1", &msg);
	fake_net_run(&net, 200);
	assert_leads(&spoke, "192.168.1.7", "7.7.7.7");
	assert_true(addr_equal(&fake_nexthop(&spoke, "192.168.1.7")->k.claimed,
			       &msg.cie[0].nbma));
}

/* The hub sees us at 9.9.9.9, and the other one there, too. */
static void behind_our_nat(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	nhrp_clear(spoke.nhrp, net.now, &(struct nhrp_clear){ 0 });
	unit_take(&spoke, "1.1.1.1", NHRP_REGISTRATION_REQUEST, &msg);
	msg.type = NHRP_REGISTRATION_REPLY;
	unit_seen_at(&msg, "192.168.1.6", "9.9.9.9");
	unit_deliver(&spoke, "1.1.1.1", &msg);
	redirect("172.16.7.5");
	take_question(&msg);
	make_reply(&msg, 24);
	assert_true(ext_replace(&msg, ext_find(&msg, NHRP_EXT_NAT), NULL, 0));
	unit_seen_at(&msg, "192.168.1.7", "9.9.9.9");
	unit_deliver(&spoke, "1.1.1.1", &msg);
	assert_string_equal(unit_shortcut(&spoke, "172.16.7.5"), "negative");
	assert_null(fake_peer(&spoke, "9.9.9.9"));
	/* What is not behind the NAT can be reached at its address. */
	redirect("172.16.8.5");
	take_question(&msg);
	make_reply(&msg, 24);
	msg.cie[0].nbma = fake_addr("9.9.9.9");
	assert_true(ext_replace(&msg, ext_find(&msg, NHRP_EXT_NAT), NULL, 0));
	unit_deliver(&spoke, "1.1.1.1", &msg);
	assert_non_null(fake_peer(&spoke, "9.9.9.9"));
}

/* Two are seen at 9.9.9.9, and the hub knows no ports. */
static void share_nat(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	redirect("172.16.7.5");
	take_question(&msg);
	make_reply(&msg, 24);
	unit_seen_at(&msg, "192.168.1.7", "9.9.9.9");
	unit_deliver(&spoke, "1.1.1.1", &msg);
	fake_net_run(&net, 200);
	assert_leads(&spoke, "192.168.1.7", "9.9.9.9");
	redirect("172.16.8.5");
	take_question(&msg);
	make_reply(&msg, 24);
	msg.cie[0].nbma = fake_addr("8.8.8.8");
	msg.cie[0].proto = fake_addr("192.168.1.8");
	unit_seen_at(&msg, "192.168.1.8", "9.9.9.9");
	unit_deliver(&spoke, "1.1.1.1", &msg);
	assert_string_equal(unit_shortcut(&spoke, "172.16.8.5"), "negative");
	/* The first is known. */
	redirect("172.16.9.5");
	take_question(&msg);
	make_reply(&msg, 24);
	unit_seen_at(&msg, "192.168.1.7", "9.9.9.9");
	unit_deliver(&spoke, "1.1.1.1", &msg);
	assert_string_equal(unit_shortcut(&spoke, "172.16.9.0/24"), "up");
	/* Who answers directly shows his. */
	redirect("172.16.10.5");
	take_question(&msg);
	make_reply(&msg, 24);
	msg.cie[0].nbma = fake_addr("8.8.8.8");
	msg.cie[0].proto = fake_addr("192.168.1.8");
	unit_seen_at(&msg, "192.168.1.8", "9.9.9.9");
	unit_deliver_port(&spoke, "9.9.9.9", 4508, &msg);
	fake_net_run(&net, 200);
	assert_string_equal(unit_shortcut(&spoke, "172.16.10.0/24"), "up");
	assert_int_equal(fake_nexthop(&spoke, "192.168.1.8")->k.nbma.port,
			 4508);
}

/* One behind a NAT has two addresses: that is not two nodes. */
static void two_addresses_behind_nat(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	redirect("172.16.7.5");
	take_question(&msg);
	make_reply(&msg, 24);
	unit_seen_at(&msg, "192.168.1.7", "9.9.9.9");
	unit_deliver(&spoke, "1.1.1.1", &msg);
	fake_net_run(&net, 200);
	redirect("172.16.8.5");
	take_question(&msg);
	make_reply(&msg, 24);
	msg.cie[0].proto = fake_addr("192.168.1.77");
	unit_seen_at(&msg, "192.168.1.77", "9.9.9.9");
	unit_deliver(&spoke, "1.1.1.1", &msg);
	assert_string_equal(unit_shortcut(&spoke, "172.16.8.0/24"), "up");
	assert_leads(&spoke, "192.168.1.77", "9.9.9.9");
}

static void use(void)
{
	fake_nexthop(&spoke, "192.168.1.7")->used = net.now;
}

/* Used: asked for again, of the egress itself, before it runs out. */
static void refresh(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	come_up();
	unit_flush(&spoke);
	fake_net_run(&net, HOLD * 1000 / 3);
	use();
	unit_flush(&spoke);
	fake_net_run(&net, HOLD * 1000 / 3 - 1000);
	unit_flush(&spoke);
	fake_net_run(&net, 1000);
	unit_take(&spoke, "7.7.7.7", NHRP_RESOLUTION_REQUEST, &msg);
	reply(&msg, 24);
	assert_int_equal(unit_left(&spoke, "192.168.1.7"), HOLD);
	fake_net_run(&net, HOLD * 1000 / 2);
	assert_true(fake_has_shortcut(&spoke, "172.16.7.0/24"));
}

/* It is used, and asked for again before its end. */
static void asked_again(struct nhrp_msg *msg)
{
	come_up();
	use();
	fake_net_run(&net, 1000);
	use();
	fake_net_run(&net, HOLD * 2000 / 3 - 1390);
	unit_flush(&spoke);
	fake_net_run(&net, 200);
	unit_take(&spoke, "7.7.7.7", NHRP_RESOLUTION_REQUEST, msg);
}

/* Its own route is in the way of the one that says how much it may have. */
static void refresh_with_more(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	asked_again(&msg);
	make_reply(&msg, 9);
	unit_deliver(&spoke, "7.7.7.7", &msg);
	assert_false(fake_has_shortcut(&spoke, "172.0.0.0/9"));
	assert_true(fake_has_shortcut(&spoke, "172.16.7.0/24"));
	assert_int_equal(unit_left(&spoke, "192.168.1.7"), HOLD);
	/* Less is taken. */
	fake_net_run(&net, HOLD * 1000 / 3);
	use();
	fake_net_run(&net, HOLD * 1000 / 3);
	unit_take(&spoke, "7.7.7.7", NHRP_RESOLUTION_REQUEST, &msg);
	make_reply(&msg, 30);
	unit_deliver(&spoke, "7.7.7.7", &msg);
	assert_true(fake_has_shortcut(&spoke, "172.16.7.4/30"));
	assert_false(fake_has_shortcut(&spoke, "172.16.7.0/24"));
}

/* R7 is asked again, directly, and must not be R8 now. */
static void refresh_by_another_name(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	come_up();
	use();
	fake_net_run(&net, 1000);
	use();
	miss("192.168.1.8");
	take_question(&msg);
	make_reply(&msg, 32);
	msg.cie[0].nbma = fake_addr("8.8.8.8");
	msg.cie[0].proto = fake_addr("192.168.1.8");
	unit_deliver(&spoke, "1.1.1.1", &msg);
	fake_net_run(&net, HOLD * 2000 / 3 - 1390);
	unit_flush(&spoke);
	fake_net_run(&net, 200);
	unit_take(&spoke, "7.7.7.7", NHRP_RESOLUTION_REQUEST, &msg);
	make_reply(&msg, 24);
	msg.cie[0].proto = fake_addr("192.168.1.8");
	unit_deliver(&spoke, "7.7.7.7", &msg);
	assert_int_equal(unit_dropped(&spoke, NHRP_DROP_SOURCE), 1);
	assert_leads(&spoke, "192.168.1.8", "8.8.8.8");
	/* As itself it may go on. */
	msg.cie[0].proto = fake_addr("192.168.1.7");
	unit_deliver(&spoke, "7.7.7.7", &msg);
	assert_int_equal(unit_left(&spoke, "192.168.1.7"), HOLD);
}

static void expires_unused(void **state)
{
	(void)state;
	come_up();
	fake_net_run(&net, HOLD * 1000);
	assert_false(fake_has_shortcut(&spoke, "172.16.7.0/24"));
	assert_leads(&spoke, "192.168.1.7", "-");
	assert_null(fake_peer(&spoke, "7.7.7.7"));
	unit_flush(&spoke);
}

static void refresh_refused(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	asked_again(&msg);
	make_reply(&msg, 24);
	msg.cie[0].code = NHRP_CODE_NO_BINDING;
	unit_deliver(&spoke, "7.7.7.7", &msg);
	assert_false(fake_has_shortcut(&spoke, "172.16.7.0/24"));
}

static void limit(void **state)
{
	struct conf conf;

	(void)state;
	unit_spoke(&conf);
	conf.iface[0].shortcut_limit = 2;
	assert_int_equal(nhrp_configure(spoke.nhrp, net.now, &conf), 0);
	conf_free(&conf);
	miss("192.168.1.7");
	miss("192.168.1.8");
	miss("192.168.1.9");
	assert_int_equal(unit_dropped(&spoke, NHRP_DROP_LIMIT), 1);
	assert_string_equal(unit_shortcut(&spoke, "192.168.1.9"), "none");
	unit_flush(&spoke);
}

static void switched_off(void **state)
{
	struct conf conf;

	(void)state;
	come_up();
	unit_spoke(&conf);
	conf.iface[0].shortcut = false;
	assert_int_equal(nhrp_configure(spoke.nhrp, net.now, &conf), 0);
	conf_free(&conf);
	assert_false(fake_has_shortcut(&spoke, "172.16.7.0/24"));
	unit_flush(&spoke);
	miss("192.168.1.8");
	redirect("172.16.8.1");
	unit_silent(&spoke);
	assert_int_equal(unit_dropped(&spoke, NHRP_DROP_NOT_ALLOWED), 2);
}

static void see_override(void *arg, const struct nhrp_shortcut_view *v)
{
	bool *override = arg;

	assert_true(v->route);
	*override = v->override;
}

static bool overridden(void)
{
	bool override = false;

	nhrp_walk_shortcuts(spoke.nhrp, net.now, see_override, &override);
	return override;
}

/* A route to just that prefix stays, with another next hop. */
static void next_hop_override(void **state)
{
	(void)state;
	come_up();
	assert_false(overridden());
	assert_int_equal(unit_changed(&spoke, NHRP_CHANGE_ROUTE_ADDED), 1);
	shortcut_gone();
	assert_int_equal(unit_changed(&spoke, NHRP_CHANGE_ROUTE_REMOVED), 1);
	assert_int_equal(unit_changed(&spoke, NHRP_CHANGE_OVERRIDE_REMOVED),
			 0);
	fake_route(&spoke, "172.16.7.0/24", "192.168.1.1", FAKE_DMVPN);
	come_up();
	assert_true(overridden());
	assert_int_equal(unit_changed(&spoke, NHRP_CHANGE_ROUTE_ADDED), 2);
	assert_int_equal(unit_changed(&spoke, NHRP_CHANGE_OVERRIDE_ADDED), 1);
}

#define SPOKE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SPOKE(question),
		SPOKE(no_record),
		SPOKE(waits_for_session),
		SPOKE(on_link_needs_no_route),
		SPOKE(not_answered),
		SPOKE(refused),
		SPOKE(no_session),
		SPOKE(session_ends),
		SPOKE(short_prefixes),
		SPOKE(wrong_replies),
		SPOKE(behind_nat),
		SPOKE(behind_our_nat),
		SPOKE(share_nat),
		SPOKE(two_addresses_behind_nat),
		SPOKE(refresh),
		SPOKE(refresh_with_more),
		SPOKE(refresh_by_another_name),
		SPOKE(expires_unused),
		SPOKE(refresh_refused),
		SPOKE(limit),
		SPOKE(switched_off),
		SPOKE(next_hop_override),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
