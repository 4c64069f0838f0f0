// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A spoke whose carrier follows its registrations.
 */
#include <errno.h>

#include "unit.h"

static struct fake_net net;
static struct fake_kernel spoke;

static void make_conf(struct conf *conf, bool if_state)
{
	struct conf_nhs *second;

	unit_spoke(conf);
	conf->iface[0].if_state = if_state;
	second = conf_add_nhs(&conf->iface[0]);
	assert_non_null(second);
	second->proto = fake_addr("192.168.1.2");
	second->nbma = fake_addr("2.2.2.2");
}

static void start(bool if_state)
{
	struct conf conf;

	make_conf(&conf, if_state);
	unit_start(&spoke, &conf);
}

static void reload(bool if_state)
{
	struct conf conf;

	make_conf(&conf, if_state);
	assert_int_equal(nhrp_configure(spoke.nhrp, net.now, &conf), 0);
	conf_free(&conf);
}

static int setup(void **state)
{
	(void)state;
	fake_net_init(&net);
	net.phantoms = true;
	fake_init(&spoke, &net, "spoke", "6.6.6.6", "192.168.1.6/24", true);
	start(true);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_free(&spoke);
	return 0;
}

/* What the server at @nbma says to our request. */
static void reply(const char *nbma, const char *proto, unsigned int code)
{
	struct nhrp_msg msg;

	unit_take(&spoke, nbma, NHRP_REGISTRATION_REQUEST, &msg);
	msg.type = NHRP_REGISTRATION_REPLY;
	msg.dst_proto = fake_addr(proto);
	msg.cie[0].code = (uint8_t)code;
	unit_deliver(&spoke, nbma, &msg);
}

/* Both are asked; the first accepts. */
static void come_up(void)
{
	struct nhrp_msg msg, first;

	fake_net_run(&net, 200);
	unit_take(&spoke, "1.1.1.1", NHRP_REGISTRATION_REQUEST, &first);
	first.type = NHRP_REGISTRATION_REPLY;
	unit_take(&spoke, "2.2.2.2", NHRP_REGISTRATION_REQUEST, &msg);
	unit_deliver(&spoke, "1.1.1.1", &first);
	fake_link_changed(&spoke);
}

static void second_up(void)
{
	fake_session_state(&spoke, "2.2.2.2", DMVPN_SESSION_STATE_DOWN);
	fake_session_state(&spoke, "2.2.2.2", DMVPN_SESSION_STATE_UP);
	reply("2.2.2.2", "192.168.1.2", 0);
}

/* On as long as any server has accepted us. */
static void follows(void **state)
{
	(void)state;
	assert_false(spoke.dev.carrier);
	assert_true(fake_said(&spoke, "carrier off: registered with no"));
	come_up();
	assert_true(spoke.dev.carrier);
	assert_true(fake_said(&spoke, "carrier on"));
	second_up();
	fake_session_state(&spoke, "1.1.1.1", DMVPN_SESSION_STATE_DOWN);
	assert_true(spoke.dev.carrier);
	fake_session_state(&spoke, "2.2.2.2", DMVPN_SESSION_STATE_DOWN);
	assert_false(spoke.dev.carrier);
	second_up();
	assert_true(spoke.dev.carrier);
}

static void refused(void **state)
{
	(void)state;
	come_up();
	fake_session_state(&spoke, "1.1.1.1", DMVPN_SESSION_STATE_DOWN);
	fake_session_state(&spoke, "1.1.1.1", DMVPN_SESSION_STATE_UP);
	reply("1.1.1.1", "192.168.1.1", NHRP_CODE_PROHIBITED);
	assert_false(spoke.dev.carrier);
}

static void device_down(void **state)
{
	(void)state;
	come_up();
	spoke.dev.up = false;
	fake_link_changed(&spoke);
	assert_false(spoke.dev.carrier);
	spoke.dev.up = true;
	fake_link_changed(&spoke);
	unit_flush(&spoke);
	come_up();
	assert_true(spoke.dev.carrier);
}

/* Killed while it was on: packets go on flowing. */
static void killed_up(void **state)
{
	(void)state;
	come_up();
	fake_kill(&spoke);
	fake_forget(&spoke);
	assert_true(spoke.dev.carrier);
	start(true);
	assert_true(spoke.dev.carrier);
	fake_net_run(&net, 5000);
	unit_flush(&spoke);
	assert_false(fake_said(&spoke, "carrier"));
	/* But not if the servers are not there any more. */
	fake_net_run(&net, 60000);
	assert_false(spoke.dev.carrier);
}

static void killed_up_and_known(void **state)
{
	(void)state;
	come_up();
	fake_kill(&spoke);
	fake_forget(&spoke);
	start(true);
	unit_flush(&spoke);
	second_up();
	fake_net_run(&net, 61000);
	assert_true(spoke.dev.carrier);
	assert_false(fake_said(&spoke, "carrier"));
}

static void killed_down(void **state)
{
	(void)state;
	fake_net_run(&net, 200);
	unit_flush(&spoke);
	fake_kill(&spoke);
	assert_false(spoke.dev.carrier);
	fake_forget(&spoke);
	start(true);
	assert_false(spoke.dev.carrier);
	unit_flush(&spoke);
	second_up();
	assert_true(spoke.dev.carrier);
}

/* Who takes leave gives it back, also that of a device that is down. */
static void stopped(void **state)
{
	(void)state;
	nhrp_stop(spoke.nhrp, net.now);
	fake_net_run(&net, 3000);
	assert_true(nhrp_stopped(spoke.nhrp));
	assert_true(spoke.dev.carrier);
}

static void stopped_device_down(void **state)
{
	(void)state;
	spoke.dev.up = false;
	fake_link_changed(&spoke);
	assert_false(spoke.dev.carrier);
	nhrp_stop(spoke.nhrp, net.now);
	fake_net_run(&net, 3000);
	assert_true(spoke.dev.carrier);
}

static void switched(void **state)
{
	(void)state;
	reload(false);
	assert_true(spoke.dev.carrier);
	fake_link_changed(&spoke);
	/* Known at once, as long as it has not been up. */
	reload(true);
	assert_false(spoke.dev.carrier);
	/* The interface is configured no more. */
	assert_int_equal(nhrp_configure(spoke.nhrp, net.now,
					&(struct conf){ 0 }), 0);
	assert_true(spoke.dev.carrier);
}

/* Without the option it is the operator's. */
static void not_ours(void **state)
{
	(void)state;
	reload(false);
	spoke.dev.carrier = false;
	fake_link_changed(&spoke);
	come_up();
	assert_false(spoke.dev.carrier);
	reload(false);
	nhrp_stop(spoke.nhrp, net.now);
	fake_net_run(&net, 3000);
	assert_false(spoke.dev.carrier);
}

/* With it, somebody else's change does not last. */
static void somebody_else(void **state)
{
	(void)state;
	spoke.dev.carrier = true;
	fake_link_changed(&spoke);
	assert_false(spoke.dev.carrier);
	come_up();
	spoke.dev.carrier = false;
	fake_link_changed(&spoke);
	assert_true(spoke.dev.carrier);
}

/* A module that cannot do it. */
static void cannot(void **state)
{
	(void)state;
	come_up();
	spoke.fail = -EOPNOTSUPP;
	fake_session_state(&spoke, "1.1.1.1", DMVPN_SESSION_STATE_DOWN);
	assert_true(spoke.dev.carrier);
	spoke.fail = 0;
	fake_link_changed(&spoke);
	assert_false(spoke.dev.carrier);
}

#define SPOKE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SPOKE(follows),
		SPOKE(refused),
		SPOKE(device_down),
		SPOKE(killed_up),
		SPOKE(killed_up_and_known),
		SPOKE(killed_down),
		SPOKE(stopped),
		SPOKE(stopped_device_down),
		SPOKE(switched),
		SPOKE(not_ours),
		SPOKE(somebody_else),
		SPOKE(cannot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
