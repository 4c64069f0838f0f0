// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The reference cloud in virtual time: hub R1, spokes R6, R7, R8, every one a
 * whole instance.
 */
#include <string.h>

#include "unit.h"

#define SECOND 1000u

static struct fake_net net;
static struct fake_kernel r1, r6, r7, r8;

static void spoke(struct fake_kernel *k, const char *name, const char *nbma,
		  const char *proto, const char *lan, bool protected)
{
	struct conf conf;

	fake_init(k, &net, name, nbma, proto, protected);
	fake_address(k, lan, FAKE_LAN);
	fake_route(k, "172.16.0.0/16", "192.168.1.1", FAKE_DMVPN);
	unit_spoke(&conf);
	unit_start(k, &conf);
}

static void build(bool protected)
{
	struct conf conf;

	fake_net_init(&net);
	fake_init(&r1, &net, "R1", "1.1.1.1", "192.168.1.1/24", protected);
	fake_address(&r1, "11.11.11.1/24", FAKE_LAN);
	fake_route(&r1, "172.16.6.0/24", "192.168.1.6", FAKE_DMVPN);
	fake_route(&r1, "172.16.7.0/24", "192.168.1.7", FAKE_DMVPN);
	fake_route(&r1, "172.16.8.0/24", "192.168.1.8", FAKE_DMVPN);
	unit_hub(&conf);
	unit_start(&r1, &conf);
	spoke(&r6, "R6", "6.6.6.6", "192.168.1.6/24", "172.16.6.1/24",
	      protected);
	spoke(&r7, "R7", "7.7.7.7", "192.168.1.7/24", "172.16.7.1/24",
	      protected);
	spoke(&r8, "R8", "8.8.8.8", "192.168.1.8/24", "172.16.8.1/24",
	      protected);
	fake_net_run(&net, 2 * SECOND);
}

static int setup(void **s)
{
	(void)s;
	build(true);
	return 0;
}

static int setup_clear(void **s)
{
	(void)s;
	build(false);
	return 0;
}

static int teardown(void **s)
{
	(void)s;
	fake_free(&r1);
	fake_free(&r6);
	fake_free(&r7);
	fake_free(&r8);
	return 0;
}

#define assert_way(k, src, dst, way) \
	assert_string_equal(fake_packet(k, src, dst), way)

static void r6_to_r7(void)
{
	assert_way(&r6, "192.168.1.6", "192.168.1.7", "R6 R1 R7");
	fake_net_run(&net, 2 * SECOND);
	assert_way(&r6, "192.168.1.6", "192.168.1.7", "R6 R7");
}

static void lan6_to_lan7(void)
{
	assert_way(&r6, "172.16.6.1", "172.16.7.1", "R6 R1 R7");
	fake_net_run(&net, 2 * SECOND);
	assert_way(&r6, "172.16.6.1", "172.16.7.1", "R6 R7");
	assert_true(fake_has_shortcut(&r6, "172.16.7.0/24"));
}

/* The hub sends none for the same two addresses before that. */
static void wait_for_redirect(void)
{
	fake_net_run(&net, CONF_REDIRECT_SECONDS * SECOND);
}

static void registers(void **s)
{
	(void)s;
	assert_leads(&r1, "192.168.1.6", "6.6.6.6");
	assert_leads(&r1, "192.168.1.7", "7.7.7.7");
	assert_leads(&r1, "192.168.1.8", "8.8.8.8");
	assert_int_equal(unit_nhs(&r6), NHRP_NHS_UP);
	assert_string_equal(unit_kind(&r1, "192.168.1.6"), "registered");
	/* What the hub copies to, and what the spokes default to. */
	assert_int_equal(fake_peer(&r1, "6.6.6.6")->flags,
			 DMVPN_PEER_FLAGS_MULTICAST);
	assert_int_equal(fake_peer(&r6, "1.1.1.1")->flags,
			 DMVPN_PEER_FLAGS_MULTICAST | DMVPN_PEER_FLAGS_NHS);
	assert_way(&r6, "172.16.6.1", "192.168.1.1", "R6 R1");
	assert_way(&r1, "192.168.1.1", "172.16.8.1", "R1 R8");
}

static void stays_registered(void **s)
{
	(void)s;
	fake_net_run(&net, 20 * HOLD * SECOND);
	assert_leads(&r1, "192.168.1.6", "6.6.6.6");
	assert_true(unit_left(&r1, "192.168.1.6") >= 2 * HOLD / 3 - 1);
}

static void spoke_to_spoke(void **s)
{
	(void)s;
	r6_to_r7();
	assert_way(&r7, "192.168.1.7", "192.168.1.6", "R7 R6");
	assert_string_equal(unit_kind(&r7, "192.168.1.6"), "cached");
	assert_string_equal(unit_shortcut(&r6, "192.168.1.7"), "up");
	/* On the link: a next hop is enough. */
	assert_false(fake_has_shortcut(&r6, "192.168.1.7/32"));
}

static void lan_to_lan(void **s)
{
	(void)s;
	lan6_to_lan7();
	assert_string_equal(unit_shortcut(&r6, "172.16.7.0/24"), "up");
	/* The other direction is found by a redirect of its own. */
	assert_way(&r7, "172.16.7.1", "172.16.6.9", "R7 R1 R6");
	fake_net_run(&net, 2 * SECOND);
	assert_way(&r7, "172.16.7.1", "172.16.6.9", "R7 R6");
	/* Another address of the same prefix is not asked for. */
	assert_way(&r6, "172.16.6.1", "172.16.7.77", "R6 R7");
}

/* Packets and their answers make both ends ask; one of them calls IKE. */
static void one_session(void **s)
{
	(void)s;
	assert_way(&r6, "192.168.1.6", "192.168.1.7", "R6 R1 R7");
	assert_way(&r7, "192.168.1.7", "192.168.1.6", "R7 R1 R6");
	assert_way(&r8, "172.16.8.1", "172.16.6.1", "R8 R1 R6");
	assert_way(&r6, "172.16.6.1", "172.16.8.1", "R6 R1 R8");
	fake_net_run(&net, 3 * SECOND);
	assert_way(&r6, "192.168.1.6", "192.168.1.7", "R6 R7");
	assert_way(&r7, "192.168.1.7", "192.168.1.6", "R7 R6");
	assert_way(&r8, "172.16.8.1", "172.16.6.1", "R8 R6");
	assert_way(&r6, "172.16.6.1", "172.16.8.1", "R6 R8");
	assert_int_equal(net.collisions, 0);
}

static void refreshed_while_used(void **s)
{
	unsigned int i;

	(void)s;
	lan6_to_lan7();
	for (i = 0; i < 4 * HOLD; i++) {
		assert_way(&r6, "172.16.6.1", "172.16.7.1", "R6 R7");
		fake_net_run(&net, SECOND);
	}
}

static void ends_when_idle(void **s)
{
	(void)s;
	lan6_to_lan7();
	/* It was used after the last answer, so it is asked for once more. */
	fake_net_run(&net, 2 * HOLD * SECOND);
	assert_false(fake_has_shortcut(&r6, "172.16.7.0/24"));
	assert_null(fake_peer(&r6, "7.7.7.7"));
	assert_null(fake_peer(&r7, "6.6.6.6"));
	/* And comes back when it is needed. */
	lan6_to_lan7();
}

static void one_direction_keeps_it(void **s)
{
	unsigned int i;

	(void)s;
	r6_to_r7();
	for (i = 0; i < 3 * HOLD; i++) {
		assert_way(&r6, "192.168.1.6", "192.168.1.7", "R6 R7");
		fake_net_run(&net, SECOND);
	}
	assert_leads(&r7, "192.168.1.6", "6.6.6.6");
}

static void clean_stop(void **s)
{
	(void)s;
	r6_to_r7();
	lan6_to_lan7();
	nhrp_stop(r7.nhrp, net.now);
	fake_net_run(&net, SECOND);
	assert_true(nhrp_stopped(r7.nhrp));
	assert_leads(&r1, "192.168.1.7", "-");
	assert_leads(&r6, "192.168.1.7", "-");
	assert_false(fake_has_shortcut(&r6, "172.16.7.0/24"));
	assert_int_equal(r7.peers.count, 0);
	assert_int_equal(r7.nexthops.count, 0);
	assert_way(&r6, "192.168.1.6", "192.168.1.8", "R6 R1 R8");
}

/* The only way to who was answered is over the hub; so is its reply's. */
static void stop_over_the_hub(void **s)
{
	struct nhrp_clear all = { 0 };
	uint64_t from;

	(void)s;
	r6_to_r7();
	lan6_to_lan7();
	nhrp_clear(r7.nhrp, net.now, &all);
	fake_net_run(&net, SECOND);
	from = net.now;
	nhrp_stop(r7.nhrp, from);
	while (!nhrp_stopped(r7.nhrp))
		fake_net_run(&net, 10);
	assert_true(net.now - from < 200);
	assert_false(fake_has_shortcut(&r6, "172.16.7.0/24"));
	assert_leads(&r1, "192.168.1.7", "-");
}

static void stop_of_the_asker(void **s)
{
	(void)s;
	r6_to_r7();
	nhrp_stop(r6.nhrp, net.now);
	fake_net_run(&net, SECOND);
	assert_true(nhrp_stopped(r6.nhrp));
	assert_leads(&r7, "192.168.1.6", "-");
	assert_leads(&r1, "192.168.1.6", "-");
}

static void restart(struct fake_kernel *k, bool hub)
{
	struct conf conf;

	fake_kill(k);
	fake_net_run(&net, 3 * SECOND);
	assert_way(&r6, "172.16.6.1", "172.16.7.1", "R6 R7");
	assert_way(&r6, "192.168.1.6", "192.168.1.1", "R6 R1");
	assert_way(&r1, "192.168.1.1", "192.168.1.6", "R1 R6");
	if (hub)
		unit_hub(&conf);
	else
		unit_spoke(&conf);
	unit_start(k, &conf);
	assert_way(&r6, "172.16.6.1", "172.16.7.1", "R6 R7");
	assert_way(&r1, "192.168.1.1", "192.168.1.6", "R1 R6");
}

static void restart_loses_nothing(void **s)
{
	unsigned int i;

	(void)s;
	lan6_to_lan7();
	restart(&r6, false);
	restart(&r1, true);
	restart(&r7, false);
	/* And it goes on: registrations, refreshes, beyond the grace time. */
	for (i = 0; i < 3 * HOLD; i++) {
		assert_way(&r6, "172.16.6.1", "172.16.7.1", "R6 R7");
		assert_way(&r1, "192.168.1.1", "192.168.1.8", "R1 R8");
		fake_net_run(&net, SECOND);
	}
	assert_int_equal(fake_peer(&r1, "6.6.6.6")->flags,
			 DMVPN_PEER_FLAGS_MULTICAST);
	assert_int_equal(fake_peer(&r6, "1.1.1.1")->flags,
			 DMVPN_PEER_FLAGS_MULTICAST | DMVPN_PEER_FLAGS_NHS);
}

/* It died, and its session, too: the other end finds a way round. */
static void session_lost(void **s)
{
	(void)s;
	lan6_to_lan7();
	fake_session_state(&r6, "7.7.7.7", DMVPN_SESSION_STATE_DOWN);
	wait_for_redirect();
	lan6_to_lan7();
	assert_way(&r6, "172.16.6.1", "172.16.7.1", "R6 R7");
}

/* Packets go over the hub as long as there is no session between spokes. */
static void no_direct_session(void **s)
{
	(void)s;
	r7.no_ike = true;
	assert_way(&r6, "192.168.1.6", "192.168.1.7", "R6 R1 R7");
	fake_net_run(&net, 2 * SECOND);
	assert_way(&r6, "192.168.1.6", "192.168.1.7", "R6 R1 R7");
	assert_string_equal(unit_shortcut(&r6, "192.168.1.7"), "negative");
	assert_null(fake_peer(&r6, "7.7.7.7"));
	r7.no_ike = false;
	fake_net_run(&net, (CONF_NEGATIVE_SECONDS + 1) * SECOND);
	r6_to_r7();
}

static void hub_dies(void **s)
{
	(void)s;
	r6_to_r7();
	fake_kill(&r1);
	fake_session_state(&r6, "1.1.1.1", DMVPN_SESSION_STATE_DOWN);
	assert_int_equal(unit_nhs(&r6), NHRP_NHS_WAIT);
	assert_way(&r6, "192.168.1.6", "192.168.1.7", "R6 R7");
}

/* A subnet moves from R7 to R8: R7 takes back what it has said. */
static void subnet_moves(void **s)
{
	(void)s;
	lan6_to_lan7();
	fake_route_del(&r1, "172.16.7.0/24");
	fake_route(&r1, "172.16.7.0/24", "192.168.1.8", FAKE_DMVPN);
	fake_address(&r8, "172.16.7.1/24", FAKE_LAN);
	fake_route_del(&r7, "172.16.7.0/24");
	nhrp_routes_changed(r7.nhrp, net.now);
	fake_net_run(&net, 2 * SECOND);
	assert_false(fake_has_shortcut(&r6, "172.16.7.0/24"));
}

static void clear_is_no_loss(void **s)
{
	struct nhrp_clear all = { 0 };

	(void)s;
	lan6_to_lan7();
	assert_true(nhrp_clear(r6.nhrp, net.now, &all) >= 1);
	wait_for_redirect();
	lan6_to_lan7();
	assert_leads(&r1, "192.168.1.6", "6.6.6.6");
}

/* Nobody forwards for ever, and the log is in words. */
static void quiet_cloud(void **s)
{
	(void)s;
	assert_true(fake_said(&r6, "registered with NHS 192.168.1.1"));
	assert_true(fake_said(&r1, "192.168.1.6 registered at 6.6.6.6"));
	lan6_to_lan7();
	assert_true(fake_said(&r6, "shortcut to 172.16.7.0/24 through "
			      "192.168.1.7 is up"));
	fake_net_run(&net, 10 * SECOND);
	fake_forget(&r1);
	fake_net_run(&net, 60 * SECOND);
	assert_int_equal(r1.log_len, 0);
}

#define CLOUD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
#define CLEAR(test) cmocka_unit_test_setup_teardown(test, setup_clear, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CLOUD(registers),
		CLOUD(stays_registered),
		CLOUD(spoke_to_spoke),
		CLOUD(lan_to_lan),
		CLOUD(one_session),
		CLOUD(refreshed_while_used),
		CLOUD(ends_when_idle),
		CLOUD(one_direction_keeps_it),
		CLOUD(clean_stop),
		CLOUD(stop_over_the_hub),
		CLOUD(stop_of_the_asker),
		CLOUD(restart_loses_nothing),
		CLOUD(session_lost),
		CLOUD(no_direct_session),
		CLOUD(hub_dies),
		CLOUD(subnet_moves),
		CLOUD(clear_is_no_loss),
		CLOUD(quiet_cloud),
		CLEAR(registers),
		CLEAR(spoke_to_spoke),
		CLEAR(lan_to_lan),
		CLEAR(clean_stop),
		CLEAR(stop_over_the_hub),
		CLEAR(stop_of_the_asker),
		CLEAR(restart_loses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
