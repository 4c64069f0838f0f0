// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What makes a spoke ask for a direct path: server-only, interest, use.
 */
#include <stdlib.h>

#include "nhrpd/codec.h"
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

/* What the reload of a file does. */
static void reload(struct conf *conf)
{
	assert_int_equal(nhrp_configure(spoke.nhrp, net.now, conf), 0);
	conf_free(conf);
}

static void set_use(uint32_t use)
{
	struct conf conf;

	unit_spoke(&conf);
	conf.iface[0].use = use;
	reload(&conf);
}

static void set_interest(const char *one, const char *two)
{
	const char *const text[] = { one, two };
	struct prefix *p;
	struct conf conf;
	unsigned int i;

	unit_spoke(&conf);
	for (i = 0; i < 2; i++) {
		p = conf_add_interest(&conf.iface[0]);
		assert_non_null(p);
		assert_int_equal(prefix_parse(text[i], p), 0);
	}
	reload(&conf);
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

static void is_asked(const char *dst)
{
	struct addr want = fake_addr(dst);
	struct nhrp_msg msg;

	unit_take(&spoke, "1.1.1.1", NHRP_RESOLUTION_REQUEST, &msg);
	assert_true(addr_equal(&msg.dst_proto, &want));
}

/* Resolution requests among what was sent; all of it is forgotten. */
static unsigned int questions(void)
{
	static struct nhrp_msg msg;
	struct fake_frame *f;
	unsigned int n = 0;

	while ((f = fake_take(&spoke))) {
		assert_int_equal(nhrp_decode(&msg, f->data, f->len),
				 NHRP_DECODE_OK);
		n += msg.type == NHRP_RESOLUTION_REQUEST;
		free(f);
	}
	return n;
}

static void server_only(void **state)
{
	struct nhrp_msg msg;
	struct conf conf;

	(void)state;
	unit_spoke(&conf);
	conf.iface[0].server_only = true;
	reload(&conf);
	miss("192.168.1.7");
	redirect("172.16.7.5");
	unit_silent(&spoke);
	assert_int_equal(unit_dropped(&spoke, NHRP_DROP_NOT_ALLOWED), 2);
	assert_string_equal(unit_shortcut(&spoke, "192.168.1.7"), "none");
	/* It answers as before. */
	unit_msg(&msg, NHRP_RESOLUTION_REQUEST, "7.7.7.7", "192.168.1.7",
		 "192.168.1.6");
	unit_cie(&msg);
	unit_deliver(&spoke, "1.1.1.1", &msg);
	fake_net_run(&net, 200);
	unit_take(&spoke, "1.1.1.1", NHRP_RESOLUTION_REPLY, &msg);
	assert_int_equal(msg.cie[0].code, 0);
}

/* What there is already runs out, and is used until then. */
static void server_only_later(void **state)
{
	struct nhrp_msg msg;
	struct conf conf;

	(void)state;
	redirect("172.16.7.5");
	unit_take(&spoke, "1.1.1.1", NHRP_RESOLUTION_REQUEST, &msg);
	msg.type = NHRP_RESOLUTION_REPLY;
	msg.cie[0] = (struct nhrp_cie){
		.prefix_len = 24,
		.holdtime = HOLD,
		.nbma = fake_addr("7.7.7.7"),
		.proto = fake_addr("192.168.1.7"),
	};
	unit_deliver(&spoke, "1.1.1.1", &msg);
	fake_net_run(&net, 200);
	assert_string_equal(unit_shortcut(&spoke, "172.16.7.0/24"), "up");
	unit_spoke(&conf);
	conf.iface[0].server_only = true;
	reload(&conf);
	fake_net_run(&net, HOLD * 1000 / 2);
	fake_packet(&spoke, "192.168.1.6", "172.16.7.5");
	assert_string_equal(unit_shortcut(&spoke, "172.16.7.0/24"), "up");
	fake_net_run(&net, HOLD * 1000 / 4);
	assert_int_equal(questions(), 0);
	fake_net_run(&net, HOLD * 1000 / 3);
	assert_string_equal(unit_shortcut(&spoke, "172.16.7.0/24"), "none");
}

static void interest(void **state)
{
	(void)state;
	set_interest("172.16.7.0/24", "192.168.1.8");
	redirect("172.16.8.5");
	miss("192.168.1.7");
	unit_silent(&spoke);
	assert_int_equal(unit_dropped(&spoke, NHRP_DROP_NOT_ALLOWED), 2);
	redirect("172.16.7.5");
	is_asked("172.16.7.5");
	miss("192.168.1.8");
	is_asked("192.168.1.8");
	assert_int_equal(unit_dropped(&spoke, NHRP_DROP_NOT_ALLOWED), 2);
}

static void use(void **state)
{
	(void)state;
	set_use(3);
	/* By destination; a miss and a redirect are one each. */
	miss("192.168.1.7");
	redirect("192.168.1.7");
	miss("192.168.1.8");
	unit_silent(&spoke);
	assert_int_equal(unit_dropped(&spoke, NHRP_DROP_USE), 3);
	miss("192.168.1.7");
	is_asked("192.168.1.7");
	/* Being asked for it is not counted. */
	miss("192.168.1.7");
	unit_silent(&spoke);
	assert_int_equal(unit_dropped(&spoke, NHRP_DROP_USE), 3);
}

static void use_in_a_minute(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	set_use(2);
	miss("192.168.1.7");
	fake_net_run(&net, 59000);
	unit_flush(&spoke);
	miss("192.168.1.7");
	is_asked("192.168.1.7");
	miss("192.168.1.8");
	fake_net_run(&net, 61000);
	unit_flush(&spoke);
	miss("192.168.1.8");
	unit_silent(&spoke);
	/* Another life of the interface begins anew. */
	spoke.dev.up = false;
	fake_link_changed(&spoke);
	spoke.dev.up = true;
	fake_link_changed(&spoke);
	fake_net_run(&net, 200);
	unit_take(&spoke, "1.1.1.1", NHRP_REGISTRATION_REQUEST, &msg);
	miss("192.168.1.8");
	unit_silent(&spoke);
	miss("192.168.1.8");
	is_asked("192.168.1.8");
}

static void use_is_bounded(void **state)
{
	struct conf conf;

	(void)state;
	unit_spoke(&conf);
	conf.iface[0].use = 2;
	conf.iface[0].shortcut_limit = 2;
	reload(&conf);
	miss("192.168.1.7");
	miss("192.168.1.8");
	miss("192.168.1.9");
	assert_int_equal(unit_dropped(&spoke, NHRP_DROP_LIMIT), 1);
	/* Those that fit are counted on. */
	miss("192.168.1.8");
	is_asked("192.168.1.8");
	miss("192.168.1.9");
	assert_int_equal(unit_dropped(&spoke, NHRP_DROP_LIMIT), 1);
}

#define trigger_test(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		trigger_test(server_only),
		trigger_test(server_only_later),
		trigger_test(interest),
		trigger_test(use),
		trigger_test(use_in_a_minute),
		trigger_test(use_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
