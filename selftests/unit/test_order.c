// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Packets behind a cipher that answers when and in which order it likes: here
 * it is some threads that do so at random.
 */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "order.h"
#include "pipeline.h"

#define PACKETS 200000
#define THREADS 3

/**
 * struct dmvpn_helper - who passes packets on
 * @called: it was told that there are some
 */
struct dmvpn_helper {
	bool called;
};

/**
 * struct packet - one of a flow
 * @turn: its place
 * @number: which it is
 */
struct packet {
	struct dmvpn_turn turn;
	unsigned int number;
};

static struct dmvpn_order *order;
static struct packet *packets;
/* What is in the cipher, in no order. */
static struct packet *asked[PACKETS];
static unsigned int n_asked;
static bool finished;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* The packet that is to come next; no two threads pass packets on at once. */
static unsigned int next;

static void pass(struct dmvpn_turn *turn)
{
	struct packet *packet = container_of(turn, struct packet, turn);

	if (packet->number != next)
		abort();
	next++;
}

/* The module's own puts it into a queue of the helper. */
void dmvpn_pipeline_call(struct dmvpn_order *called)
{
	if (called->home->called)
		abort();
	called->home->called = true;
}

static void come_with(struct dmvpn_helper *helper, bool empty)
{
	assert_true(helper->called);
	helper->called = false;
	dmvpn_order_come(order, helper, empty);
	dmvpn_order_put(order);
}

static void come(struct dmvpn_helper *helper)
{
	come_with(helper, true);
}

/* Some of what it passed on before is still in its queue. */
static void come_early(struct dmvpn_helper *helper)
{
	come_with(helper, false);
}

static struct packet *packet_at(unsigned int number)
{
	struct packet *packet = &packets[number];

	*packet = (struct packet) { .turn.pass = pass, .number = number };
	return packet;
}

static void setup(void)
{
	order = dmvpn_order_new();
	assert_non_null(order);
	next = 0;
	packets = calloc(PACKETS, sizeof(*packets));
	assert_non_null(packets);
}

static void answered_at_once(struct packet *packet)
{
	if (!dmvpn_order_behind(order, &packet->turn, false))
		pass(&packet->turn);
}

static void at_rest(unsigned int passed)
{
	assert_int_equal(next, passed);
	assert_int_equal(order->len, 0);
	assert_false(order->active);
	assert_false(order->draining);
	assert_false(order->called);
	dmvpn_order_put(order);
	free(packets);
}

static void synchronous(void **state)
{
	unsigned int i;

	(void)state;
	setup();
	for (i = 0; i < 10; i++) {
		answered_at_once(packet_at(i));
		assert_int_equal(next, i + 1);
	}
	at_rest(10);
}

/* Two wait for the first, one of which had its answer at once. */
static void overtaken(void **state)
{
	struct packet *a, *b, *c, *d;

	(void)state;
	setup();
	a = packet_at(0);
	b = packet_at(1);
	c = packet_at(2);
	d = packet_at(3);
	dmvpn_order_wait(order, &a->turn);
	answered_at_once(b);
	dmvpn_order_wait(order, &c->turn);
	dmvpn_order_done(order, &c->turn, NULL);
	assert_int_equal(next, 0);
	assert_int_equal(order->len, 3);
	dmvpn_order_done(order, &a->turn, NULL);
	assert_int_equal(next, 3);
	answered_at_once(d);
	at_rest(4);
}

/* The answer may come before the cipher says that it will come later. */
static void early_answer(void **state)
{
	struct packet *a;

	(void)state;
	setup();
	a = packet_at(0);
	dmvpn_order_done(order, &a->turn, NULL);
	assert_int_equal(next, 0);
	dmvpn_order_wait(order, &a->turn);
	at_rest(1);
}

/* All pass where the first one's helper is, which is called once. */
static void one_home(void **state)
{
	struct dmvpn_helper self = { false }, home = { false };
	struct dmvpn_helper other = { false };
	struct packet *a, *b, *c, *d;

	(void)state;
	setup();
	a = packet_at(0);
	b = packet_at(1);
	c = packet_at(2);
	d = packet_at(3);
	dmvpn_order_help(order, &a->turn, &self, &home);
	dmvpn_order_help(order, &b->turn, &self, &other);
	assert_true(dmvpn_order_behind(order, &c->turn, true));
	come(&self);
	dmvpn_order_done(order, &b->turn, &other);
	assert_false(home.called);
	dmvpn_order_done(order, &a->turn, &other);
	assert_true(dmvpn_order_behind(order, &d->turn, true));
	assert_int_equal(next, 0);
	come(&home);
	assert_int_equal(next, 4);
	/* Its help is wanted for what comes next. */
	assert_true(order->active);
	assert_false(self.called || home.called || other.called);
	answered_at_once(packet_at(4));
	come(&home);
	come(&home);
	at_rest(5);
}

/* It begins when what was passed on here is out of the hands of this CPU. */
static void comes_home(void **state)
{
	struct dmvpn_helper self = { false }, home = { false };
	struct packet *a;

	(void)state;
	setup();
	answered_at_once(packet_at(0));
	a = packet_at(1);
	dmvpn_order_help(order, &a->turn, &self, &home);
	dmvpn_order_done(order, &a->turn, &home);
	answered_at_once(packet_at(2));
	assert_int_equal(next, 1);
	assert_false(home.called);
	come(&self);
	assert_int_equal(next, 1);
	come(&home);
	assert_int_equal(next, 3);
	come(&home);
	assert_false(self.called);
	at_rest(3);
}

/* Nobody overtakes what the home passed on, until it is out of its hands. */
static void leaves_home(void **state)
{
	struct dmvpn_helper self = { false }, home = { false };
	struct packet *a;

	(void)state;
	setup();
	a = packet_at(0);
	dmvpn_order_help(order, &a->turn, &self, &home);
	come(&self);
	dmvpn_order_done(order, &a->turn, &home);
	assert_int_equal(next, 1);
	assert_false(home.called);
	answered_at_once(packet_at(1));
	come(&home);
	assert_int_equal(next, 2);
	assert_true(order->active && home.called);
	/* Wanted again meanwhile: it stays. */
	a = packet_at(2);
	dmvpn_order_help(order, &a->turn, &self, &self);
	come(&home);
	assert_true(order->active);
	dmvpn_order_done(order, &a->turn, &self);
	come(&home);
	assert_int_equal(next, 3);
	answered_at_once(packet_at(3));
	come(&home);
	come(&home);
	assert_false(self.called || home.called);
	at_rest(4);
}

/* A CPU that does not get to its queue goes on to pass packets on. */
static void queue_not_empty(void **state)
{
	struct dmvpn_helper self = { false }, home = { false };
	struct packet *a, *b;

	(void)state;
	setup();
	answered_at_once(packet_at(0));
	a = packet_at(1);
	b = packet_at(2);
	dmvpn_order_help(order, &a->turn, &self, &home);
	come_early(&self);
	dmvpn_order_done(order, &a->turn, &home);
	assert_int_equal(next, 1);
	come_early(&self);
	assert_int_equal(next, 2);
	dmvpn_order_help(order, &b->turn, &self, &home);
	assert_false(self.called);
	dmvpn_order_done(order, &b->turn, &home);
	come(&self);
	assert_int_equal(next, 2);
	come_early(&home);
	assert_int_equal(next, 3);
	/* Nor does it end so. */
	answered_at_once(packet_at(3));
	come(&home);
	assert_int_equal(next, 4);
	come_early(&home);
	assert_false(self.called || home.called);
	assert_true(order->active);
	answered_at_once(packet_at(4));
	come_early(&home);
	come(&home);
	assert_false(self.called || home.called);
	at_rest(5);
}

static void bounded(void **state)
{
	unsigned int i;

	(void)state;
	setup();
	for (i = 0; !dmvpn_order_full(order); i++)
		dmvpn_order_wait(order, &packet_at(i)->turn);
	assert_int_equal(i, 1024);
	while (i--)
		dmvpn_order_done(order, &packets[i].turn, NULL);
	at_rest(1024);
}

/* Answer for a packet at random, until there are no more. */
static void *cipher(void *arg)
{
	unsigned int seed = (unsigned int)(uintptr_t)arg, i;
	struct packet *packet;
	bool end = false;

	while (!end) {
		packet = NULL;
		pthread_mutex_lock(&lock);
		if (n_asked) {
			i = (unsigned int)rand_r(&seed) % n_asked;
			packet = asked[i];
			asked[i] = asked[--n_asked];
		} else {
			end = finished;
		}
		pthread_mutex_unlock(&lock);
		if (packet)
			dmvpn_order_done(order, &packet->turn, NULL);
		else
			sched_yield();
	}
	return NULL;
}

static void ask(struct packet *packet)
{
	pthread_mutex_lock(&lock);
	asked[n_asked++] = packet;
	pthread_mutex_unlock(&lock);
	dmvpn_order_wait(order, &packet->turn);
}

static void at_random(void **state)
{
	pthread_t threads[THREADS];
	unsigned int i, seed = 1;

	(void)state;
	setup();
	n_asked = 0;
	finished = false;
	for (i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, cipher,
						(void *)(uintptr_t)(i + 1)), 0);
	for (i = 0; i < PACKETS; i++) {
		while (dmvpn_order_full(order))
			sched_yield();
		/* Now and then the cipher has time to come to rest. */
		if (rand_r(&seed) % 1000 == 0)
			while (READ_ONCE(order->len))
				sched_yield();
		if (rand_r(&seed) % 3)
			answered_at_once(packet_at(i));
		else
			ask(packet_at(i));
	}
	pthread_mutex_lock(&lock);
	finished = true;
	pthread_mutex_unlock(&lock);
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	at_rest(PACKETS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(synchronous),
		cmocka_unit_test(overtaken),
		cmocka_unit_test(early_answer),
		cmocka_unit_test(one_home),
		cmocka_unit_test(comes_home),
		cmocka_unit_test(leaves_home),
		cmocka_unit_test(queue_not_empty),
		cmocka_unit_test(bounded),
		cmocka_unit_test(at_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
