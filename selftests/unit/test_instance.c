// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Start over what is in the kernel, reload, devices that come and go, stop.
 */
#include <string.h>

#include "unit.h"

static struct fake_net net;
static struct fake_kernel node;

static int setup(void **state)
{
	(void)state;
	fake_net_init(&net);
	net.phantoms = true;
	fake_init(&node, &net, "node", "6.6.6.6", "192.168.1.6/24", true);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unit_flush(&node);
	fake_free(&node);
	return 0;
}

static void start(void)
{
	struct conf conf;

	unit_spoke(&conf);
	unit_start(&node, &conf);
	fake_net_run(&net, 200);
	unit_flush(&node);
}

static void has_peer(const char *nbma, uint32_t flags)
{
	struct nbma n = { .addr = fake_addr(nbma) };

	fake_ops.peer_new(&node, FAKE_DMVPN, &n, flags, NULL);
	fake_session_state(&node, nbma, DMVPN_SESSION_STATE_UP);
}

static void has_nexthop(const char *proto, const char *nbma, uint32_t kind,
			uint32_t lifetime)
{
	struct kernel_nexthop k = {
		.address = fake_addr(proto),
		.nbma = { .addr = fake_addr(nbma) },
		.kind = kind,
		.lifetime = lifetime,
	};

	assert_int_equal(fake_ops.nexthop_new(&node, FAKE_DMVPN, &k), 0);
}

static void has_route(const char *dst, const char *via)
{
	struct addr a = fake_addr(via);
	struct prefix p;

	assert_int_equal(prefix_parse(dst, &p), 0);
	fake_ops.route_add(&node, FAKE_DMVPN, &p, &a);
}

/* What a former life left, with the server and without it. */
static void leftovers(void)
{
	has_peer("1.1.1.1", DMVPN_PEER_FLAGS_NHS | DMVPN_PEER_FLAGS_MULTICAST);
	has_peer("2.2.2.2", DMVPN_PEER_FLAGS_NHS);
	has_peer("7.7.7.7", 0);
	has_peer("8.8.8.8", 0);
	has_nexthop("192.168.1.1", "1.1.1.1", DMVPN_NEXTHOP_KIND_NHS, 0);
	has_nexthop("192.168.1.2", "2.2.2.2", DMVPN_NEXTHOP_KIND_NHS, 0);
	has_nexthop("192.168.1.7", "7.7.7.7", DMVPN_NEXTHOP_KIND_SHORTCUT, 200);
	has_nexthop("192.168.1.8", "8.8.8.8", DMVPN_NEXTHOP_KIND_CACHED, 150);
	has_route("172.16.7.0/24", "192.168.1.7");
	has_route("172.16.9.0/24", "192.168.1.9");
}

static void adoption(void **state)
{
	(void)state;
	leftovers();
	start();
	assert_leads(&node, "192.168.1.1", "1.1.1.1");
	assert_leads(&node, "192.168.1.7", "7.7.7.7");
	assert_string_equal(unit_kind(&node, "192.168.1.7"), "shortcut");
	assert_in_range(unit_left(&node, "192.168.1.7"), 199, 200);
	assert_string_equal(unit_kind(&node, "192.168.1.8"), "cached");
	assert_string_equal(unit_shortcut(&node, "172.16.7.0/24"), "up");
	assert_true(fake_has_shortcut(&node, "172.16.7.0/24"));
	/* A route that leads nowhere is of no use to anybody. */
	assert_false(fake_has_shortcut(&node, "172.16.9.0/24"));
	assert_int_equal(fake_peer(&node, "1.1.1.1")->flags,
			 DMVPN_PEER_FLAGS_NHS | DMVPN_PEER_FLAGS_MULTICAST);
}

/* Nobody has heard that their sessions ended: the hub carries on now. */
static void adoption_without_sessions(void **state)
{
	(void)state;
	leftovers();
	node.no_ike = true;
	fake_session_state(&node, "7.7.7.7", DMVPN_SESSION_STATE_DOWN);
	fake_session_state(&node, "8.8.8.8", DMVPN_SESSION_STATE_FAILED);
	start();
	fake_net_run(&net, 100);
	assert_leads(&node, "192.168.1.7", "-");
	assert_leads(&node, "192.168.1.8", "-");
	assert_string_equal(unit_shortcut(&node, "172.16.7.0/24"), "none");
	assert_false(fake_has_shortcut(&node, "172.16.7.0/24"));
	assert_leads(&node, "192.168.1.1", "1.1.1.1");
}

/* What the kernel had to say of sessions was too much, and is read. */
static void lost_events(void **state)
{
	uint32_t handle[3];

	(void)state;
	leftovers();
	start();
	handle[0] = UINT32_MAX;
	handle[1] = fake_peer(&node, "8.8.8.8")->session->handle;
	handle[2] = fake_peer(&node, "1.1.1.1")->session->handle;
	node.no_ike = true;
	fake_peer(&node, "7.7.7.7")->session->state =
		DMVPN_SESSION_STATE_DOWN;
	fake_peer(&node, "8.8.8.8")->session->state =
		DMVPN_SESSION_STATE_DOWN;
	nhrp_sessions_left(node.nhrp, net.now, handle, 3);
	assert_leads(&node, "192.168.1.7", "-");
	assert_false(fake_has_shortcut(&node, "172.16.7.0/24"));
	/* Of one that is there it would have been told before. */
	assert_leads(&node, "192.168.1.8", "8.8.8.8");
	assert_leads(&node, "192.168.1.1", "1.1.1.1");
	nhrp_sessions_left(node.nhrp, net.now, NULL, 0);
	assert_leads(&node, "192.168.1.8", "-");
	assert_leads(&node, "192.168.1.1", "1.1.1.1");
}

static void grace(void **state)
{
	(void)state;
	leftovers();
	start();
	fake_net_run(&net, 59000);
	assert_leads(&node, "192.168.1.2", "2.2.2.2");
	fake_net_run(&net, 1000);
	/* Not configured any more. */
	assert_leads(&node, "192.168.1.2", "-");
	assert_null(fake_peer(&node, "2.2.2.2"));
	assert_leads(&node, "192.168.1.1", "1.1.1.1");
	/* The others have their own time. */
	assert_leads(&node, "192.168.1.8", "8.8.8.8");
	fake_net_run(&net, 90000);
	assert_leads(&node, "192.168.1.8", "-");
	assert_null(fake_peer(&node, "8.8.8.8"));
	assert_leads(&node, "192.168.1.7", "7.7.7.7");
	fake_net_run(&net, 51000);
	assert_leads(&node, "192.168.1.7", "-");
	assert_false(fake_has_shortcut(&node, "172.16.7.0/24"));
}

static void reload(struct conf *conf)
{
	assert_int_equal(nhrp_configure(node.nhrp, net.now, conf), 0);
	conf_free(conf);
}

static void reload_same(void **state)
{
	struct conf conf;
	unsigned int writes;

	(void)state;
	start();
	writes = node.writes;
	unit_spoke(&conf);
	reload(&conf);
	assert_int_equal(node.writes, writes);
	unit_silent(&node);
}

static void reload_holdtime(void **state)
{
	struct nhrp_msg msg;
	struct conf conf;

	(void)state;
	start();
	unit_spoke(&conf);
	conf.iface[0].holdtime = 9;
	reload(&conf);
	unit_take(&node, "1.1.1.1", NHRP_REGISTRATION_REQUEST, &msg);
	assert_int_equal(msg.cie[0].holdtime, 9);
}

static void reload_servers(void **state)
{
	struct conf_nhs *nhs;
	struct nhrp_msg msg;
	struct conf conf;

	(void)state;
	start();
	unit_spoke(&conf);
	nhs = conf_add_nhs(&conf.iface[0]);
	nhs->proto = fake_addr("192.168.1.2");
	nhs->nbma = fake_addr("2.2.2.2");
	reload(&conf);
	assert_leads(&node, "192.168.1.2", "2.2.2.2");
	fake_net_run(&net, 200);
	unit_take(&node, "2.2.2.2", NHRP_REGISTRATION_REQUEST, &msg);
	/* Away again: it is told so if we are registered there. */
	msg.type = NHRP_REGISTRATION_REPLY;
	unit_deliver(&node, "2.2.2.2", &msg);
	unit_spoke(&conf);
	conf.iface[0].nhs[0].multicast = false;
	reload(&conf);
	unit_take(&node, "2.2.2.2", NHRP_PURGE_REQUEST, &msg);
	assert_leads(&node, "192.168.1.2", "-");
	assert_null(fake_peer(&node, "2.2.2.2"));
	assert_leads(&node, "192.168.1.1", "1.1.1.1");
	assert_int_equal(fake_peer(&node, "1.1.1.1")->flags,
			 DMVPN_PEER_FLAGS_NHS);
}

static void reload_maps(void **state)
{
	struct conf_map *map;
	struct conf conf;

	(void)state;
	start();
	unit_spoke(&conf);
	map = conf_add_map(&conf.iface[0]);
	map->proto = fake_addr("192.168.1.9");
	map->nbma = fake_addr("9.9.9.9");
	map = conf_add_map(&conf.iface[0]);
	map->nbma = fake_addr("5.5.5.5");
	map->multicast = true;
	reload(&conf);
	assert_leads(&node, "192.168.1.9", "9.9.9.9");
	assert_int_equal(fake_peer(&node, "5.5.5.5")->flags,
			 DMVPN_PEER_FLAGS_MULTICAST);
	/* Another place for the same address. */
	unit_spoke(&conf);
	map = conf_add_map(&conf.iface[0]);
	map->proto = fake_addr("192.168.1.9");
	map->nbma = fake_addr("8.8.8.8");
	map->multicast = true;
	reload(&conf);
	assert_leads(&node, "192.168.1.9", "8.8.8.8");
	assert_int_equal(fake_peer(&node, "8.8.8.8")->flags,
			 DMVPN_PEER_FLAGS_MULTICAST);
	assert_null(fake_peer(&node, "9.9.9.9"));
	assert_null(fake_peer(&node, "5.5.5.5"));
	unit_spoke(&conf);
	reload(&conf);
	assert_leads(&node, "192.168.1.9", "-");
	assert_null(fake_peer(&node, "8.8.8.8"));
}

static void reload_without_interface(void **state)
{
	struct conf conf = { 0 };

	(void)state;
	start();
	reload(&conf);
	assert_int_equal(node.peers.count, 0);
	assert_int_equal(node.nexthops.count, 0);
	unit_spoke(&conf);
	reload(&conf);
	assert_leads(&node, "192.168.1.1", "1.1.1.1");
}

static void device_down_and_up(void **state)
{
	(void)state;
	start();
	node.dev.up = false;
	fake_link_changed(&node);
	assert_int_equal(node.peers.count, 0);
	assert_int_equal(unit_nhs(&node), NHRP_NHS_DOWN);
	assert_true(fake_said(&node, "interface: down"));
	node.dev.up = true;
	fake_link_changed(&node);
	assert_leads(&node, "192.168.1.1", "1.1.1.1");
	/* Another tunnel address: all begins anew. */
	node.dev.proto = fake_addr("192.168.1.66");
	fake_link_changed(&node);
	assert_leads(&node, "192.168.1.1", "1.1.1.1");
	assert_true(fake_said(&node, "up with tunnel address 192.168.1.66"));
}

static void device_goes(void **state)
{
	struct nhrp_frame frame = { .ifindex = FAKE_DMVPN };

	(void)state;
	start();
	nhrp_link_gone(node.nhrp, net.now, FAKE_DMVPN);
	assert_int_equal(unit_nhs(&node), NHRP_NHS_DOWN);
	nhrp_frame(node.nhrp, net.now, &frame);
	strcpy(node.dev.name, "other");
	fake_link_changed(&node);
	assert_int_equal(unit_nhs(&node), NHRP_NHS_DOWN);
	/* It gets the name that is configured. */
	strcpy(node.dev.name, "dmvpn0");
	fake_link_changed(&node);
	fake_net_run(&net, 200);
	assert_int_equal(unit_nhs(&node), NHRP_NHS_PROBE);
}

static void frames_while_down(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	start();
	node.dev.up = false;
	fake_link_changed(&node);
	unit_msg(&msg, NHRP_REGISTRATION_REQUEST, "7.7.7.7", "192.168.1.7",
		 "192.168.1.6");
	unit_cie(&msg);
	unit_deliver(&node, "7.7.7.7", &msg);
	assert_int_equal(unit_dropped(&node, NHRP_DROP_NO_INTERFACE), 1);
	unit_silent(&node);
}

/* Nobody replies: two seconds, and it is over. */
static void stop_alone(void **state)
{
	(void)state;
	leftovers();
	start();
	nhrp_stop(node.nhrp, net.now);
	assert_false(nhrp_stopped(node.nhrp));
	fake_net_run(&net, 2000);
	assert_true(nhrp_stopped(node.nhrp));
	assert_int_equal(node.peers.count, 0);
	assert_int_equal(node.nexthops.count, 0);
	assert_false(fake_has_shortcut(&node, "172.16.7.0/24"));
}

static void stop_with_nothing(void **state)
{
	(void)state;
	start();
	nhrp_stop(node.nhrp, net.now);
	fake_net_run(&net, 0);
	assert_true(nhrp_stopped(node.nhrp));
}

static void kernel_refuses(void **state)
{
	struct conf conf;

	(void)state;
	node.fail = -28;
	unit_spoke(&conf);
	unit_start(&node, &conf);
	fake_net_run(&net, 5000);
	assert_int_equal(node.peers.count, 0);
	node.fail = 0;
}

static void clear(void **state)
{
	struct nhrp_clear what = { 0 };
	struct nhrp_msg msg;

	(void)state;
	leftovers();
	start();
	what.ifname = "other";
	assert_int_equal(nhrp_clear(node.nhrp, net.now, &what), 0);
	what.ifname = "dmvpn0";
	assert_int_equal(prefix_parse("192.168.1.8", &what.proto), 0);
	assert_int_equal(nhrp_clear(node.nhrp, net.now, &what), 1);
	assert_leads(&node, "192.168.1.8", "-");
	assert_leads(&node, "192.168.1.7", "7.7.7.7");
	unit_silent(&node);
	what.proto = (struct prefix){ 0 };
	assert_true(nhrp_clear(node.nhrp, net.now, &what) >= 2);
	assert_leads(&node, "192.168.1.7", "-");
	assert_leads(&node, "192.168.1.1", "1.1.1.1");
	unit_take(&node, "1.1.1.1", NHRP_REGISTRATION_REQUEST, &msg);
}

/* What this node asked for, and not who asked for this node. */
static void clear_shortcuts(void **state)
{
	struct nhrp_clear what = { .shortcuts = true };

	(void)state;
	leftovers();
	start();
	assert_int_equal(prefix_parse("172.16.0.0/16", &what.proto), 0);
	assert_int_equal(nhrp_clear(node.nhrp, net.now, &what), 1);
	assert_string_equal(unit_shortcut(&node, "172.16.7.0/24"), "none");
	assert_leads(&node, "192.168.1.7", "7.7.7.7");
	what.proto = (struct prefix){ 0 };
	assert_true(nhrp_clear(node.nhrp, net.now, &what) >= 1);
	assert_leads(&node, "192.168.1.7", "-");
	assert_leads(&node, "192.168.1.8", "8.8.8.8");
	assert_leads(&node, "192.168.1.1", "1.1.1.1");
	unit_silent(&node);
}

static void counters(void **state)
{
	struct nhrp_frame frame = { .ifindex = FAKE_DMVPN };

	(void)state;
	start();
	nhrp_frame(node.nhrp, net.now, &frame);
	assert_int_equal(unit_dropped(&node, NHRP_DROP_MALFORMED), 1);
	nhrp_clear_counters(node.nhrp, "other");
	assert_int_equal(unit_dropped(&node, NHRP_DROP_MALFORMED), 1);
	nhrp_clear_counters(node.nhrp, "dmvpn0");
	assert_int_equal(unit_dropped(&node, NHRP_DROP_MALFORMED), 0);
	nhrp_frame(node.nhrp, net.now, &frame);
	nhrp_clear_counters(node.nhrp, NULL);
	assert_int_equal(unit_dropped(&node, NHRP_DROP_MALFORMED), 0);
}

#define NODE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NODE(adoption),
		NODE(adoption_without_sessions),
		NODE(lost_events),
		NODE(grace),
		NODE(reload_same),
		NODE(reload_holdtime),
		NODE(reload_servers),
		NODE(reload_maps),
		NODE(reload_without_interface),
		NODE(device_down_and_up),
		NODE(device_goes),
		NODE(frames_while_down),
		NODE(stop_alone),
		NODE(stop_with_nothing),
		NODE(kernel_refuses),
		NODE(clear),
		NODE(clear_shortcuts),
		NODE(counters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
