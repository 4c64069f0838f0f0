// SPDX-License-Identifier: GPL-2.0-or-later
#include "unit.h"

static struct fake_net net;
static struct fake_kernel hub;

static void registers(const char *nbma, const char *proto)
{
	struct nhrp_msg msg;

	unit_msg(&msg, NHRP_REGISTRATION_REQUEST, nbma, proto, "192.168.1.1");
	unit_cie(&msg);
	unit_deliver(&hub, nbma, &msg);
	unit_flush(&hub);
}

static int setup(void **state)
{
	struct conf_map *map;
	struct conf conf;

	(void)state;
	fake_net_init(&net);
	net.phantoms = true;
	fake_init(&hub, &net, "hub", "1.1.1.1", "192.168.1.1/24", true);
	unit_hub(&conf);
	map = conf_add_map(&conf.iface[0]);
	map->proto = fake_addr("192.168.1.9");
	map->nbma = fake_addr("9.9.9.9");
	unit_start(&hub, &conf);
	fake_net_run(&net, 200);
	fake_session_state(&hub, "6.6.6.6", DMVPN_SESSION_STATE_UP);
	fake_session_state(&hub, "7.7.7.7", DMVPN_SESSION_STATE_UP);
	registers("6.6.6.6", "192.168.1.6");
	registers("7.7.7.7", "192.168.1.7");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_free(&hub);
	return 0;
}

static void purge(struct nhrp_msg *msg, const char *what, uint8_t len)
{
	struct nhrp_cie *cie;

	unit_msg(msg, NHRP_PURGE_REQUEST, "6.6.6.6", "192.168.1.6",
		 "192.168.1.1");
	cie = unit_cie(msg);
	cie->proto = fake_addr(what);
	cie->prefix_len = len;
	cie->holdtime = 0;
}

static void take_reply(const char *to, const struct nhrp_msg *request)
{
	struct nhrp_msg reply;

	unit_take(&hub, to, NHRP_PURGE_REPLY, &reply);
	assert_int_equal(reply.id, request->id);
	assert_int_equal(reply.n_cie, request->n_cie);
	assert_true(addr_equal(&reply.cie[0].proto, &request->cie[0].proto));
}

static void registration(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	purge(&msg, "192.168.1.6", 32);
	unit_deliver(&hub, "6.6.6.6", &msg);
	take_reply("6.6.6.6", &msg);
	assert_leads(&hub, "192.168.1.6", "-");
	assert_true(fake_said(&hub, "unregistered: 192.168.1.6 at 6.6.6.6"));
}

static void without_reply(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	purge(&msg, "192.168.1.6", 0);
	msg.flags = NHRP_FLAG_PURGE_NO_REPLY;
	unit_deliver(&hub, "6.6.6.6", &msg);
	unit_silent(&hub);
	assert_leads(&hub, "192.168.1.6", "-");
}

static void of_others(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	purge(&msg, "192.168.1.6", 32);
	unit_deliver(&hub, "7.7.7.7", &msg);
	take_reply("7.7.7.7", &msg);
	assert_leads(&hub, "192.168.1.6", "6.6.6.6");
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_SOURCE), 1);
	purge(&msg, "192.168.1.9", 32);
	unit_deliver(&hub, "9.9.9.9", &msg);
	take_reply("9.9.9.9", &msg);
	assert_leads(&hub, "192.168.1.9", "9.9.9.9");
}

/* A prefix is all in it that the sender has said, and nobody else. */
static void harmless(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	purge(&msg, "172.16.6.0", 24);
	unit_deliver(&hub, "6.6.6.6", &msg);
	take_reply("6.6.6.6", &msg);
	purge(&msg, "0.0.0.0", 1);
	unit_deliver(&hub, "6.6.6.6", &msg);
	take_reply("6.6.6.6", &msg);
	msg.cie[0].proto = (struct addr){ 0 };
	unit_deliver(&hub, "6.6.6.6", &msg);
	take_reply("6.6.6.6", &msg);
	msg.n_cie = 0;
	unit_deliver(&hub, "6.6.6.6", &msg);
	unit_flush(&hub);
	assert_leads(&hub, "192.168.1.6", "6.6.6.6");
	purge(&msg, "192.168.1.0", 24);
	unit_deliver(&hub, "6.6.6.6", &msg);
	take_reply("6.6.6.6", &msg);
	assert_leads(&hub, "192.168.1.6", "-");
	assert_leads(&hub, "192.168.1.7", "7.7.7.7");
}

static void late_reply(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	purge(&msg, "192.168.1.6", 32);
	msg.type = NHRP_PURGE_REPLY;
	msg.src_proto = hub.dev.proto;
	unit_deliver(&hub, "6.6.6.6", &msg);
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_NO_REQUEST), 1);
	unit_silent(&hub);
}

#define HUB(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB(registration),
		HUB(without_reply),
		HUB(of_others),
		HUB(harmless),
		HUB(late_reply),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
