// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rates that follow what arrives: what becomes of a rate over links that are
 * slower than it, and the questions and answers that tell of it.
 */
#include <stdio.h>
#include <string.h>

#include "nhrpd/adapt.h"
#include "nhrpd/codec.h"
#include "nhrpd/ext.h"
#include "unit.h"

#define SECOND	1000u
#define KBIT	1000u
#define MBIT	(1000 * KBIT)
#define PACKET	1000u

/* ---- a link ---- */

/**
 * struct link - what is between two nodes
 * @rate: bits a second
 * @room: bytes that wait for it at most
 * @waits: bytes that do
 * @sent: what came to it
 * @got: what went through
 */
struct link {
	uint64_t rate;
	uint64_t room;
	uint64_t waits;
	uint64_t sent;
	uint64_t got;
};

/* A second of it. Returns how late it is then. */
static uint64_t link_run(struct link *l, uint64_t rate)
{
	uint64_t goes = l->rate / 8;

	l->sent += rate / 8;
	l->waits += rate / 8;
	if (goes > l->waits)
		goes = l->waits;
	l->got += goes;
	l->waits -= goes;
	if (l->waits > l->room)
		l->waits = l->room;
	return l->waits * 8 * 1000 / l->rate;
}

/**
 * struct control - a sender with such a link
 * @link: see there
 * @rate: of the sender
 * @demand: bits a second that it wants to send
 * @late: the latest answer since late was 0
 * @before: how late the last one was
 */
struct control {
	struct link link;
	uint64_t rate;
	uint64_t demand;
	uint64_t late;
	uint64_t before;
};

/* So many seconds between 1 and 20 Mbit/s. Returns what arrives on average. */
static uint64_t control_run(struct control *c, unsigned int seconds)
{
	uint64_t begin = c->link.got, sent, got, late;
	struct adapt_span span;
	unsigned int i;

	for (i = 0; i < seconds; i++) {
		sent = c->link.sent;
		got = c->link.got;
		late = link_run(&c->link, c->demand < c->rate ? c->demand :
								 c->rate);
		span = (struct adapt_span){
			.ms = SECOND,
			.sent_packets = (c->link.sent - sent) / PACKET,
			.sent_bytes = c->link.sent - sent,
			.got_packets = (c->link.got - got) / PACKET,
			.got_bytes = c->link.got - got,
			.late_ms = late < c->before ? late : c->before,
		};
		c->before = late;
		if (late > c->late)
			c->late = late;
		c->rate = adapt_next(c->rate, MBIT, 20 * MBIT, &span);
	}
	return (c->link.got - begin) * 8 / seconds;
}

static struct control control(uint64_t rate, uint64_t room)
{
	return (struct control){
		.link = { .rate = rate, .room = room },
		.rate = 20 * MBIT,
		.demand = 50 * MBIT,
	};
}

/* Whether it drops or lets wait what is too much. */
static void follows(uint64_t room)
{
	struct control c = control(5 * MBIT, room);

	control_run(&c, 60);
	c.late = 0;
	assert_in_range(control_run(&c, 60), 4250 * KBIT, 5 * MBIT);
	assert_true(c.late <= 400);
	/* Slower: no more than that after some seconds. */
	c.link.rate = 2 * MBIT;
	control_run(&c, 30);
	c.late = 0;
	assert_in_range(control_run(&c, 60), 1700 * KBIT, 2 * MBIT);
	assert_true(c.late <= 400);
	/* Faster. */
	c.link.rate = 10 * MBIT;
	control_run(&c, 30);
	assert_in_range(control_run(&c, 60), 8500 * KBIT, 10 * MBIT);
}

static void follows_loss(void **state)
{
	(void)state;
	follows(20 * PACKET);
}

static void follows_delay(void **state)
{
	(void)state;
	follows(10000 * PACKET);
}

static void within_bounds(void **state)
{
	struct control c = control(100 * KBIT, 20 * PACKET);

	(void)state;
	control_run(&c, 30);
	assert_int_equal(c.rate, MBIT);
	c.link.rate = 100 * MBIT;
	control_run(&c, 60);
	assert_int_equal(c.rate, 20 * MBIT);
}

/* Who does not use it has neither more nor less of it. */
static void unused(void **state)
{
	struct control c = control(5 * MBIT, 20 * PACKET);

	(void)state;
	c.rate = 3 * MBIT;
	c.demand = MBIT;
	control_run(&c, 60);
	assert_int_equal(c.rate, 3 * MBIT);
}

/* ---- questions and answers ---- */

static struct fake_net net;
static struct fake_kernel hub, spoke;

static void put_policy(struct conf *conf, const char *group, uint64_t lower)
{
	struct conf_group_map *map = conf_add_group_map(&conf->iface[0]);
	struct policy *p = policies_add(&conf->policies, "P20");
	struct policy_class *class;

	assert_non_null(map);
	assert_non_null(p);
	class = policy_add_class(p, POLICY_DEFAULT_CLASS);
	assert_non_null(class);
	policy_set_value(class, DMVPN_A_CLASS_SHAPE_RATE, 20 * MBIT);
	strcpy(map->group, group);
	strcpy(map->service_policy, "P20");
	map->lower_bound = lower;
}

static void configure(uint64_t lower)
{
	struct conf conf;

	unit_hub(&conf);
	put_policy(&conf, "GOLD", lower);
	assert_int_equal(nhrp_configure(hub.nhrp, net.now, &conf), 0);
	conf_free(&conf);
}

static int setup(void **state)
{
	struct conf conf;

	(void)state;
	fake_net_init(&net);
	fake_init(&hub, &net, "R1", "1.1.1.1", "192.168.1.1/24", true);
	unit_hub(&conf);
	put_policy(&conf, "GOLD", MBIT);
	unit_start(&hub, &conf);
	fake_init(&spoke, &net, "R6", "6.6.6.6", "192.168.1.6/24", true);
	unit_spoke(&conf);
	strcpy(conf.iface[0].group, "GOLD");
	unit_start(&spoke, &conf);
	fake_net_run(&net, 2 * SECOND);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_free(&hub);
	fake_free(&spoke);
	return 0;
}

static uint64_t rate(void)
{
	return fake_peer(&hub, "6.6.6.6")->rate;
}

/* So many seconds in which the hub sends as fast, and so much arrives. */
static void run(unsigned int seconds, uint64_t sent, uint64_t got)
{
	struct fake_peer *to = fake_peer(&hub, "6.6.6.6");
	struct fake_peer *from = fake_peer(&spoke, "1.1.1.1");

	while (seconds--) {
		to->tx += sent / 8 / PACKET;
		to->tx_bytes += sent / 8;
		from->rx += got / 8 / PACKET;
		from->rx_bytes += got / 8;
		fake_net_run(&net, SECOND);
	}
}

static unsigned int questions;

static void count(const struct fake_kernel *from, const struct nbma *to,
		  const uint8_t *data, size_t len)
{
	struct nhrp_msg msg;

	(void)to;
	questions += from == &hub &&
		     nhrp_decode(&msg, data, len) == NHRP_DECODE_OK &&
		     msg.type == NHRP_RESOLUTION_REQUEST;
}

/* 85 percent of what arrives. */
static void asks(void **state)
{
	unsigned int calls;

	(void)state;
	assert_int_equal(rate(), 0);
	run(6, 20 * MBIT, 4 * MBIT);
	assert_in_range(rate(), 3200 * KBIT, 3600 * KBIT);
	/* Nothing is lost: more, until it needs no limit. */
	run(10, rate(), rate());
	assert_true(rate() > 3800 * KBIT);
	run(60, 20 * MBIT, 20 * MBIT);
	assert_int_equal(rate(), 0);
	assert_true(fake_said(&hub, "6.6.6.6 got"));
	calls = hub.policy_calls;
	run(10, 20 * MBIT, 20 * MBIT);
	assert_int_equal(hub.policy_calls, calls);
}

static void idle(void **state)
{
	(void)state;
	run(6, 20 * MBIT, 4 * MBIT);
	questions = 0;
	net.tap = count;
	run(60, 0, 0);
	assert_in_range(rate(), 3200 * KBIT, 3600 * KBIT);
	assert_true(questions < 3);
}

/* The spoke is there, but nothing of it arrives. */
static void silence(void **state)
{
	(void)state;
	run(6, 20 * MBIT, 20 * MBIT);
	net.quality.loss = 1000;
	run(20, 20 * MBIT, 0);
	assert_int_equal(rate(), MBIT);
}

/* One of another make: what we ask with comes back. */
static void deaf(void **state)
{
	static const struct nhrp_group gold = { .name = "GOLD" };
	struct nhrp_msg msg, reply;
	struct fake_peer *to;
	int i;

	(void)state;
	net.phantoms = true;
	unit_msg(&msg, NHRP_REGISTRATION_REQUEST, "7.7.7.7", "192.168.1.7",
		 "192.168.1.1");
	unit_cie(&msg);
	assert_true(ext_group_set(&msg, NHRP_GROUP_ASKS, &gold));
	fake_session_state(&hub, "7.7.7.7", DMVPN_SESSION_STATE_UP);
	unit_deliver(&hub, "7.7.7.7", &msg);
	unit_take(&hub, "7.7.7.7", NHRP_REGISTRATION_REPLY, &reply);
	to = fake_peer(&hub, "7.7.7.7");
	assert_string_equal(to->policy, "P20");
	to->tx += 100;
	fake_net_run(&net, SECOND + SECOND / 2);
	unit_take(&hub, "7.7.7.7", NHRP_RESOLUTION_REQUEST, &msg);
	reply = msg;
	reply.type = NHRP_RESOLUTION_REPLY;
	reply.cie[0].nbma = fake_addr("7.7.7.7");
	reply.cie[0].proto = fake_addr("192.168.1.7");
	unit_deliver(&hub, "7.7.7.7", &reply);
	for (i = 0; i < 10; i++) {
		to->tx += 100;
		fake_net_run(&net, SECOND);
	}
	unit_silent(&hub);
	assert_int_equal(to->rate, 0);
}

/* A quarter of 20 Mbit/s. */
static void percent(void **state)
{
	struct conf conf;

	(void)state;
	run(6, 20 * MBIT, 2 * MBIT);
	unit_hub(&conf);
	put_policy(&conf, "GOLD", 0);
	conf.iface[0].group_map[0].lower_percent = 25;
	assert_int_equal(nhrp_configure(hub.nhrp, net.now, &conf), 0);
	conf_free(&conf);
	assert_int_equal(rate(), 5 * MBIT);
	run(6, 20 * MBIT, 2 * MBIT);
	assert_int_equal(rate(), 5 * MBIT);
}

static void configured(void **state)
{
	(void)state;
	run(6, 20 * MBIT, 4 * MBIT);
	configure(6 * MBIT);
	assert_int_equal(rate(), 6 * MBIT);
	configure(0);
	assert_int_equal(rate(), 0);
	run(6, 20 * MBIT, 4 * MBIT);
	assert_int_equal(rate(), 0);
}

#define CLOUD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_loss),
		cmocka_unit_test(follows_delay),
		cmocka_unit_test(within_bounds),
		cmocka_unit_test(unused),
		CLOUD(asks),
		CLOUD(idle),
		CLOUD(silence),
		CLOUD(deaf),
		CLOUD(configured),
		CLOUD(percent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
