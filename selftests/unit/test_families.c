// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One hub as two servers of a spoke, for IPv4 and for IPv6.
 */
#include "nhrpd/iface.h"
#include "nhrpd/peer.h"
#include "unit.h"

#define SECOND	1000u
#define HUB	"192.168.1.1"
#define HUB6	"2001:db8:1::1"

static struct fake_net net;
static struct fake_kernel hub, spoke;

static int setup(void **state)
{
	struct conf conf;

	(void)state;
	fake_net_init(&net);
	fake_init(&hub, &net, "hub", "1.1.1.1", HUB "/24", true);
	unit_hub(&conf);
	unit_start(&hub, &conf);
	fake_init(&spoke, &net, "spoke", "6.6.6.6", "192.168.1.6/24", true);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_free(&hub);
	fake_free(&spoke);
	return 0;
}

/* IPv4 is not asked about for a minute. */
static void make_conf(struct conf *conf)
{
	unit_conf(conf)->probe_seconds = 60;
}

static void server(struct conf *conf, const char *proto)
{
	struct conf_nhs *nhs = conf_add_nhs(&conf->iface[0]);

	assert_non_null(nhs);
	nhs->proto = fake_addr(proto);
	nhs->nbma = fake_addr("1.1.1.1");
}

/* No answer for IPv6: it is lost for that, and for nothing else. */
static void lost_for_one(void **state)
{
	const struct nbma nbma = { .addr = fake_addr("1.1.1.1") };
	const struct peer *peer;
	struct conf conf;
	uint32_t session;

	(void)state;
	fake_proto(&spoke, "2001:db8:1::6/64");
	make_conf(&conf);
	server(&conf, HUB);
	unit_start(&spoke, &conf);
	fake_net_run(&net, 2 * SECOND);
	assert_leads(&hub, "192.168.1.6", "6.6.6.6");
	fake_kill(&hub);
	make_conf(&conf);
	server(&conf, HUB);
	server(&conf, HUB6);
	assert_int_equal(nhrp_configure(spoke.nhrp, net.now, &conf), 0);
	conf_free(&conf);
	peer = peer_find(iface_find(spoke.nhrp, "dmvpn0"), &nbma);
	assert_non_null(peer);
	session = peer->session;
	fake_net_run(&net, 30 * SECOND);
	assert_true(fake_said(&spoke, "NHS " HUB6 " (1.1.1.1) is lost"));
	assert_false(peer->lost);
	/* And the session of both is let alone. */
	assert_int_equal(peer->session, session);
}

/* A server of a family that we have no address of takes nobody's place. */
static void takes_no_place(void **state)
{
	struct conf_cluster *cluster;
	struct conf conf;

	(void)state;
	make_conf(&conf);
	server(&conf, HUB6);
	server(&conf, HUB);
	cluster = conf_add_cluster(&conf.iface[0]);
	assert_non_null(cluster);
	cluster->max_connections = 1;
	unit_start(&spoke, &conf);
	fake_net_run(&net, 2 * SECOND);
	assert_leads(&hub, "192.168.1.6", "6.6.6.6");
}

#define SPOKE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SPOKE(lost_for_one),
		SPOKE(takes_no_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
