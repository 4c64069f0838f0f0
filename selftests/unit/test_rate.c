// SPDX-License-Identifier: GPL-2.0-or-later
/* Rates of late: of a counter, and of what classes of a queue are offered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "policy.h"
#include "queue.h"
#include "rate.h"

#define __always_unused	__attribute__((unused))
#define MBIT		1000000ULL
#define MS		1000000ULL
#define SECOND		(1000 * MS)
#define SIZE		1000

u64 codel_now;
unsigned int dmvpn_load_interval = DMVPN_LOAD_INTERVAL_MIN;

const struct dmvpn_class *
dmvpn_policy_classify(const struct dmvpn_rules *rules,
		      struct dmvpn_count **counts __always_unused,
		      const struct dmvpn_flow *flow,
		      u32 packets __always_unused, u32 bytes __always_unused)
{
	return &rules->classes[flow ? 0 : rules->n_classes - 1];
}

#define assert_near(value, want, percent) \
	assert_in_range(value, (want) - (want) * (percent) / 100, \
			(want) + (want) * (percent) / 100)

/* ---- of a counter ---- */

/* A counter that grows by @bits a second for @seconds, asked each @step. */
static void grow(struct dmvpn_rate *rate, u64 *bytes, u64 bits, u64 seconds,
		 u64 step)
{
	u64 end = rate->time + seconds * SECOND, now;

	for (now = rate->time + step; now <= end; now += step) {
		*bytes += bits * (step / MS) / 8000;
		dmvpn_rate_update(rate, *bytes, now, 300);
	}
}

static struct dmvpn_rate begun(u64 bytes)
{
	struct dmvpn_rate rate = { 0 };

	dmvpn_rate_update(&rate, bytes, 1000 * SECOND, 300);
	assert_int_equal(rate.bits, 0);
	assert_int_equal(rate.time, 1000 * SECOND);
	return rate;
}

/* What was counted before the first look is of no time that is known. */
static void test_steady(void **state __always_unused)
{
	u64 bytes = 1000 * MBIT;
	struct dmvpn_rate rate = begun(bytes);

	grow(&rate, &bytes, 80 * MBIT, 3000, 5 * SECOND);
	assert_near(rate.bits, 80 * MBIT, 1);
	grow(&rate, &bytes, 0, 300, 5 * SECOND);
	/* 1/e of it is left. */
	assert_near(rate.bits, 80 * MBIT * 3679 / 10000, 2);
	grow(&rate, &bytes, 0, 6000, 5 * SECOND);
	assert_in_range(rate.bits, 0, 100);
}

/* However often somebody looks. */
static void test_looks(void **state __always_unused)
{
	const u64 steps[] = { 1 * MS, 100 * MS, 4999 * MS, 5 * SECOND,
			      6 * SECOND };
	struct dmvpn_rate rate;
	u64 bytes;
	size_t i;

	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		bytes = 0;
		rate = begun(bytes);
		grow(&rate, &bytes, 10 * MBIT, 3000, steps[i]);
		assert_near(rate.bits, 10 * MBIT, 1);
	}
}

/* 400 Gbit/s, and then nothing for a year. */
static void test_large(void **state __always_unused)
{
	struct dmvpn_rate rate = begun(0);
	u64 bytes = 0;

	grow(&rate, &bytes, 400000 * MBIT, 3600, 5 * SECOND);
	assert_near(rate.bits, 400000 * MBIT, 1);
	grow(&rate, &bytes, 0, 31536000, 31536000 * SECOND);
	assert_int_equal(rate.bits, 0);
}

/* ---- of a queue ---- */

/**
 * struct load - what comes to a queue of one class
 * @rules: of the policy
 * @queue: queue
 * @now: in ns
 */
struct load {
	struct dmvpn_rules *rules;
	struct dmvpn_queue *queue;
	u64 now;
};

static struct load load_begin(const struct dmvpn_queueing *queueing)
{
	struct load load = { .now = 100 * SECOND };

	load.rules = calloc(1, sizeof(*load.rules) +
			    sizeof(load.rules->classes[0]));
	assert_non_null(load.rules);
	load.rules->n_classes = 1;
	load.rules->serial = 1;
	load.rules->classes[0].queueing = *queueing;
	load.queue = dmvpn_queue_new(load.rules, 0, 0);
	assert_non_null(load.queue);
	return load;
}

static struct dmvpn_qclass *class_of(struct load *load)
{
	return dmvpn_queue_classify(load->queue, load->rules, NULL, 1, SIZE);
}

static void free_all(struct dmvpn_dropped *dropped)
{
	struct sk_buff *skb;

	while ((skb = dropped->list)) {
		dropped->list = skb->next;
		free(skb);
	}
	*dropped = (struct dmvpn_dropped){ 0 };
}

static void take_all(struct load *load)
{
	struct dmvpn_dropped dropped = { 0 };
	struct sk_buff *skb;

	codel_now = load->now;
	while ((skb = dmvpn_queue_take(load->queue, load->now, &dropped)))
		free(skb);
	free_all(&dropped);
}

static void send_one(struct load *load)
{
	struct sk_buff *skb = calloc(1, sizeof(*skb));

	assert_non_null(skb);
	skb->len = SIZE;
	codel_now = load->now;
	if (dmvpn_queue_add(load->queue, class_of(load), skb, load->now) !=
	    DMVPN_WAITS)
		free(skb);
}

/* A packet each ms: 8 Mbit/s. */
static void load_run(struct load *load, u64 seconds)
{
	u64 end = load->now + seconds * SECOND;

	for (; load->now < end; load->now += MS) {
		send_one(load);
		take_all(load);
	}
}

static void assert_rates(const struct load *load, u64 offered, u64 dropped)
{
	u32 i;

	/* The class, and the whole queue. */
	for (i = 0; i < 2; i++) {
		assert_near(load->queue->classes[i].offered.bits, offered, 3);
		assert_near(load->queue->classes[i].drops.bits, dropped, 3);
	}
}

static void load_end(struct load *load)
{
	struct sk_buff *skb;

	while ((skb = dmvpn_queue_pop(load->queue)))
		free(skb);
	dmvpn_queue_free(load->queue);
	free(load->rules);
}

static void test_offered(void **state __always_unused)
{
	const struct dmvpn_queueing queueing = { .limit = 1000 };
	struct load load = load_begin(&queueing);

	load_run(&load, 200);
	assert_rates(&load, 8 * MBIT, 0);
	load.now += 300 * SECOND;
	dmvpn_queue_update_rates(load.queue, load.now);
	assert_in_range(load.queue->classes[1].offered.bits, 0, 1000);
	load_end(&load);
}

/* For each reason that there is to drop a packet. */
static void test_drops(void **state __always_unused)
{
	const struct dmvpn_queueing reasons[] = {
		{ .limit = 10, .shape_rate = 2 * MBIT },
		{ .limit = 1000, .police_rate = 2 * MBIT },
		{ .limit = 100000, .shape_rate = 2 * MBIT,
		  .codel_target = 5000, .codel_interval = 10 },
	};
	struct load load;
	size_t i;

	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		load = load_begin(&reasons[i]);
		load_run(&load, 200);
		assert_rates(&load, 8 * MBIT, 6 * MBIT);
		load_end(&load);
	}
}

#define TEST(fn) cmocka_unit_test(fn)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_steady), TEST(test_looks), TEST(test_large),
		TEST(test_offered), TEST(test_drops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
