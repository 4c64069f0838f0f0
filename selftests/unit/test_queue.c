// SPDX-License-Identifier: GPL-2.0-or-later
/* What each class of each peer gets of too little, in a time of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "egress.h"
#include "policy.h"
#include "queue.h"

#define __always_unused	__attribute__((unused))
#define CLASSES		4
#define GREEDY		20
#define MBIT		1000000ULL
#define MS		1000000ULL
#define SECOND		(1000 * MS)
#define SIZE		1000

u64 codel_now;
unsigned int dmvpn_load_interval = DMVPN_LOAD_INTERVAL_DEFAULT;

/**
 * struct sender - packets of one class of one peer
 * @queue: of the peer
 * @rules: of its policy
 * @class: number that dmvpn_policy_classify() below goes by
 * @rate: bits a second; 0 for as many as wait
 * @next: when the next one comes
 * @waiting: packets that wait
 * @lost: packets that were refused, or dropped later
 * @bytes: that went since the count began
 * @packets: that went since then
 * @delay: the longest that a packet waited
 * @last: number of the last packet that went
 * @sent: number of the last packet that came
 */
struct sender {
	struct dmvpn_queue *queue;
	struct dmvpn_rules *rules;
	u32 class;
	u64 rate;
	u64 next;
	u32 waiting;
	u32 lost;
	u64 bytes;
	u64 packets;
	u64 delay;
	u64 last;
	u64 sent;
};

/**
 * struct world - all that sends
 * @egress: where
 * @senders: who
 * @n: their number
 * @now: ns
 * @sizes: packets have all sizes, not just one
 * @bytes: that went since the count began
 */
static struct world {
	struct dmvpn_egress egress;
	struct sender *senders;
	u32 n;
	u64 now;
	bool sizes;
	u64 bytes;
} w;

/* A policy of a class's number alone; class-default takes higher ones. */
const struct dmvpn_class *
dmvpn_policy_classify(const struct dmvpn_rules *rules,
		      struct dmvpn_count **counts __always_unused,
		      const struct dmvpn_flow *flow,
		      u32 packets __always_unused, u32 bytes __always_unused)
{
	u32 last = rules->n_classes - 1;

	return &rules->classes[flow && flow->dscp < last ? flow->dscp : last];
}

/* ---- policies ---- */

static struct dmvpn_rules *rules_new(u32 n)
{
	static u64 serial;
	struct dmvpn_rules *rules;
	u32 i;

	rules = calloc(1, sizeof(*rules) + n * sizeof(rules->classes[0]));
	assert_non_null(rules);
	rules->n_classes = n;
	rules->serial = ++serial;
	for (i = 0; i < n; i++)
		rules->classes[i].queueing.limit = 1000;
	return rules;
}

/* As on IOS: class-default is shaped, and its child has the classes. */
static struct dmvpn_rules *rules_shaped(u64 rate, struct dmvpn_rules *child)
{
	struct dmvpn_rules *rules = rules_new(1);
	struct dmvpn_policy *policy;

	rules->classes[0].queueing.shape_rate = rate;
	if (child) {
		policy = calloc(1, sizeof(*policy));
		assert_non_null(policy);
		policy->rules = child;
		rules->classes[0].child = policy;
	}
	return rules;
}

static void rules_free(struct dmvpn_rules *rules)
{
	u32 i;

	for (i = 0; i < rules->n_classes; i++) {
		if (!rules->classes[i].child)
			continue;
		rules_free(rules->classes[i].child->rules);
		free(rules->classes[i].child);
	}
	free(rules);
}

static struct dmvpn_qclass *class_of(const struct sender *s)
{
	const struct dmvpn_flow flow = { .dscp = (u8)s->class };

	return dmvpn_queue_classify(s->queue, s->rules, &flow, 1, SIZE);
}

/* ---- time ---- */

static void start(u32 senders)
{
	w = (struct world) { .n = senders, .now = SECOND };
	w.senders = calloc(senders, sizeof(*w.senders));
	assert_non_null(w.senders);
	dmvpn_egress_init(&w.egress);
	w.egress.limit = 10000000;
	codel_now = w.now;
	srandom(1);
}

static struct sender *sender(u32 i, struct dmvpn_queue *queue,
			     struct dmvpn_rules *rules, u32 class, u64 rate)
{
	struct sender *s = &w.senders[i];

	*s = (struct sender) {
		.queue = queue,
		.rules = rules,
		.class = class,
		.rate = rate,
		.next = w.now,
	};
	return s;
}

static void send_one(struct sender *s)
{
	struct sk_buff *skb = calloc(1, sizeof(*skb));

	assert_non_null(skb);
	skb->len = w.sizes ? 64 + (u32)random() % 1400 : SIZE;
	skb->number = (u64)(s - w.senders) << 32 | ++s->sent;
	skb->hash = (u32)(s - w.senders) * 0x9e3779b1U;
	if (s->rate)
		s->next += skb->len * 8 * SECOND / s->rate;
	if (dmvpn_egress_add(&w.egress, s->queue, class_of(s), skb, w.now) ==
	    DMVPN_WAITS) {
		s->waiting++;
	} else {
		s->lost++;
		free(skb);
	}
}

/* Who sends as much as it can has always some packets waiting. */
static void fill(struct sender *s)
{
	if (s->rate)
		while (s->next <= w.now)
			send_one(s);
	else
		while (s->waiting < GREEDY)
			send_one(s);
}

static struct sender *owner(const struct sk_buff *skb)
{
	return &w.senders[skb->number >> 32];
}

static void gone(struct sk_buff *skb)
{
	struct sender *s = owner(skb);
	const u64 delay = w.now - skb->came;

	assert_true((u32)skb->number > s->last);
	s->last = (u32)skb->number;
	s->waiting--;
	s->packets++;
	s->bytes += skb->len;
	w.bytes += skb->len;
	if (delay > s->delay)
		s->delay = delay;
	free(skb);
	if (!s->rate)
		fill(s);
}

static void lose(struct dmvpn_dropped *dropped)
{
	struct sk_buff *skb;

	while ((skb = dropped->list)) {
		dropped->list = skb->next;
		dropped->packets--;
		dropped->bytes -= skb->len;
		owner(skb)->waiting--;
		owner(skb)->lost++;
		free(skb);
	}
	assert_int_equal(dropped->packets + dropped->bytes, 0);
}

static void send_all(void)
{
	struct dmvpn_dropped dropped = {};
	struct dmvpn_queue *queue;
	struct sk_buff *skb;

	while ((queue = dmvpn_egress_next(&w.egress, w.now))) {
		skb = dmvpn_egress_take(&w.egress, queue, w.now, &dropped);
		if (skb)
			gone(skb);
		lose(&dropped);
	}
}

static u64 next_event(void)
{
	u64 time = dmvpn_egress_time(&w.egress);
	u32 i;

	/* Who is greedy has no time, and comes last. */
	for (i = 0; i < w.n && w.senders[i].rate; i++)
		time = min(time, w.senders[i].next);
	return time;
}

static void run(u64 time)
{
	const u64 end = w.now + time;
	u32 i;

	for (;;) {
		for (i = 0; i < w.n && w.senders[i].rate; i++)
			fill(&w.senders[i]);
		send_all();
		if (next_event() > end)
			break;
		w.now = max(next_event(), w.now);
		codel_now = w.now;
	}
	w.now = end;
	codel_now = end;
}

/* Bursts are over: count from now on. */
static void count(void)
{
	u32 i;

	w.bytes = 0;
	for (i = 0; i < w.n; i++) {
		w.senders[i].bytes = 0;
		w.senders[i].packets = 0;
		w.senders[i].delay = 0;
		w.senders[i].lost = 0;
	}
}

static void run_counted(u64 time)
{
	u32 i;

	for (i = 0; i < w.n; i++)
		fill(&w.senders[i]);
	run(500 * MS);
	count();
	run(time);
}

static void empty(struct dmvpn_queue *queue)
{
	struct sk_buff *skb;

	dmvpn_egress_leave(&w.egress, queue);
	while ((skb = dmvpn_queue_pop(queue))) {
		owner(skb)->waiting--;
		free(skb);
	}
	assert_int_equal(dmvpn_queue_len(queue), 0);
	assert_int_equal(queue->classes[0].bytes, 0);
	dmvpn_queue_free(queue);
}

static void end(void)
{
	u32 i;

	assert_int_equal(w.egress.packets, 0);
	assert_true(list_empty(&w.egress.ready));
	assert_null(rb_first_cached(&w.egress.waiting));
	for (i = 0; i < w.n; i++)
		assert_int_equal(w.senders[i].waiting, 0);
	free(w.senders);
}

static void end_three(struct dmvpn_queue **queues, struct dmvpn_rules *rules)
{
	u32 i;

	for (i = 0; i < 3; i++)
		empty(queues[i]);
	rules_free(rules);
	end();
}

/* Within some percent of a rate in bits a second. */
static void assert_rate(u64 bytes, u64 time, u64 rate, double percent)
{
	const double have = (double)bytes * 8 * SECOND / (double)time;
	const double off = have * 100 / (double)rate - 100;

	if (off > percent || off < -percent)
		fail_msg("%.0f bits a second, off by %.1f %%", have, off);
}

/* ---- shapers ---- */

/* Every fourth one wants all that it can get, the others what they like. */
static u64 share_of(const struct sender *s)
{
	return min_not_zero(s->rate, s->rules->classes[0].queueing.shape_rate);
}

static void test_ten_thousand_peers(void **state __always_unused)
{
	struct sender *s;
	u32 i, step;
	u64 sum = 0;

	start(10000);
	for (i = 0; i < w.n; i++) {
		s = sender(i, NULL, rules_shaped(MBIT + random() % MBIT, NULL),
			   0, i % 4 ? MBIT / 2 + random() % MBIT : 0);
		s->queue = dmvpn_queue_new(s->rules, 0, 0);
		sum += share_of(s);
	}
	for (step = 0; step < 450; step++, run(10 * MS)) {
		if (step == 50)
			count();
		for (i = 0; i < w.n; i++)
			fill(&w.senders[i]);
	}
	assert_rate(w.bytes, 4 * SECOND, sum, 1);
	for (s = w.senders; s < w.senders + w.n; s++) {
		assert_rate(s->bytes, 4 * SECOND, share_of(s), 2);
		empty(s->queue);
		rules_free(s->rules);
	}
	end();
}

/* Who sends less than its rate waits for nobody. */
static void test_alone(void **state __always_unused)
{
	struct dmvpn_rules *rules = rules_shaped(MBIT, NULL);
	struct dmvpn_queue *queues[3];
	u32 i;

	start(3);
	for (i = 0; i < 3; i++) {
		queues[i] = dmvpn_queue_new(rules, 0, 0);
		sender(i, queues[i], rules, 0, i < 2 ? MBIT / 2 : 0);
	}
	run_counted(5 * SECOND);
	assert_int_equal(w.senders[0].delay + w.senders[1].delay, 0);
	assert_rate(w.senders[2].bytes, 5 * SECOND, MBIT, 1);
	end_three(queues, rules);
}

/* The device's rate is divided equally among those that want more. */
static void test_device_rate(void **state __always_unused)
{
	struct dmvpn_rules *slow = rules_shaped(MBIT, NULL);
	struct dmvpn_rules *fast = rules_shaped(20 * MBIT, NULL);
	struct dmvpn_queue *queues[3];
	u32 i;

	start(3);
	w.sizes = true;
	dmvpn_pace_init(&w.egress.pace, 11 * MBIT, 3000);
	for (i = 0; i < 3; i++) {
		queues[i] = dmvpn_queue_new(i ? fast : slow, 11 * MBIT, 0);
		sender(i, queues[i], i ? fast : slow, 0, 0);
	}
	run_counted(5 * SECOND);
	assert_rate(w.bytes, 5 * SECOND, 11 * MBIT, 1);
	assert_rate(w.senders[0].bytes, 5 * SECOND, MBIT, 2);
	assert_rate(w.senders[1].bytes, 5 * SECOND, 5 * MBIT, 2);
	assert_rate(w.senders[2].bytes, 5 * SECOND, 5 * MBIT, 2);
	rules_free(slow);
	end_three(queues, fast);
}

/* ---- classes ---- */

/**
 * struct fixture - a peer with up to CLASSES classes
 * @child: rules of its classes
 * @rules: of its policy
 * @queue: of the peer
 * @limit: of the peer
 */
struct fixture {
	struct dmvpn_rules *child;
	struct dmvpn_rules *rules;
	struct dmvpn_queue *queue;
	u64 limit;
};

static void classes_begin(struct fixture *f, u32 n)
{
	start(n);
	w.sizes = true;
	*f = (struct fixture){ .child = rules_new(n) };
	f->rules = rules_shaped(10 * MBIT, f->child);
}

static struct dmvpn_queueing *queueing(struct fixture *f, u32 class)
{
	return &f->child->classes[class].queueing;
}

/* Each class has a sender; those with a rate first. */
static void classes_run(struct fixture *f, const u64 *rates)
{
	u32 i;

	f->queue = dmvpn_queue_new(f->rules, 0, 0);
	dmvpn_queue_set_rates(f->queue, f->rules, 0, f->limit);
	for (i = 0; i < w.n; i++)
		sender(i, f->queue, f->rules, i, rates ? rates[i] : 0);
	run_counted(10 * SECOND);
}

static void assert_class(u32 class, u64 rate, double percent)
{
	assert_rate(w.senders[class].bytes, 10 * SECOND, rate, percent);
}

static void classes_end(struct fixture *f)
{
	empty(f->queue);
	rules_free(f->rules);
	end();
}

static void test_shares(void **state __always_unused)
{
	struct fixture f;

	classes_begin(&f, 4);
	queueing(&f, 0)->bandwidth_percent = 50;
	queueing(&f, 1)->bandwidth_rate = 3 * MBIT;
	classes_run(&f, NULL);
	assert_class(0, 5 * MBIT, 1);
	assert_class(1, 3 * MBIT, 1);
	assert_class(2, MBIT, 1);
	assert_class(3, MBIT, 1);
	classes_end(&f);
}

/* What a class does not use of a limit is shared as the others have it. */
static void test_unused_share(void **state __always_unused)
{
	const u64 rates[] = { MBIT, 0, 0 };
	struct fixture f;

	classes_begin(&f, 3);
	f.limit = 5 * MBIT;
	queueing(&f, 0)->bandwidth_percent = 60;
	queueing(&f, 1)->bandwidth_percent = 30;
	classes_run(&f, rates);
	assert_class(0, MBIT, 3);
	assert_class(1, 3 * MBIT, 1);
	assert_class(2, MBIT, 1);
	assert_int_equal(w.senders[0].lost, 0);
	classes_end(&f);
}

static void test_priority(void **state __always_unused)
{
	const u64 rates[] = { MBIT * 9 / 10, 20 * MBIT, 20 * MBIT };
	struct fixture f;

	classes_begin(&f, 3);
	w.egress.limit = 100;
	queueing(&f, 0)->priority_percent = 10;
	queueing(&f, 1)->bandwidth_percent = 70;
	classes_run(&f, rates);
	assert_class(0, MBIT * 9 / 10, 3);
	assert_int_equal(w.senders[0].lost, 0);
	/* Two of the largest packets: one is on its way, and its like. */
	assert_true(w.senders[0].delay <= 2 * 1464 * 8 * SECOND / (10 * MBIT));
	assert_rate(w.bytes, 10 * SECOND, 10 * MBIT, 1);
	classes_end(&f);
}

static void test_priority_cap(void **state __always_unused)
{
	const u64 rates[] = { 6 * MBIT, 0 };
	struct fixture f;

	classes_begin(&f, 2);
	queueing(&f, 0)->priority_rate = 3 * MBIT;
	classes_run(&f, rates);
	assert_class(0, 3 * MBIT, 2);
	assert_class(1, 7 * MBIT, 2);
	assert_true(f.queue->classes[2].dropped_rate >= w.senders[0].lost);
	classes_end(&f);
}

/* Nobody waits: there is no reason for the cap. */
static void test_priority_alone(void **state __always_unused)
{
	const u64 rates[] = { 6 * MBIT, MBIT };
	struct fixture f;

	classes_begin(&f, 2);
	w.sizes = false;
	queueing(&f, 0)->priority_rate = 3 * MBIT;
	classes_run(&f, rates);
	assert_class(0, 6 * MBIT, 1);
	assert_int_equal(w.senders[0].lost, 0);
	classes_end(&f);
}

static void test_class_shape(void **state __always_unused)
{
	struct fixture f;

	classes_begin(&f, 3);
	queueing(&f, 0)->shape_rate = 2 * MBIT;
	queueing(&f, 0)->bandwidth_percent = 60;
	queueing(&f, 1)->bandwidth_percent = 20;
	classes_run(&f, NULL);
	assert_class(0, 2 * MBIT, 1);
	assert_class(1, 4 * MBIT, 1);
	assert_class(2, 4 * MBIT, 1);
	classes_end(&f);
}

/*
 * Who had nothing to send for long, or was not let, does not make up for that
 * later.
 */
static void test_latecomer(void **state __always_unused)
{
	struct fixture f;
	u32 i;

	classes_begin(&f, 3);
	queueing(&f, 2)->shape_rate = MBIT;
	queueing(&f, 2)->bandwidth_percent = 60;
	f.queue = dmvpn_queue_new(f.rules, 0, 0);
	for (i = 0; i < 3; i++)
		sender(i, f.queue, f.rules, i, i ? 0 : 20 * MBIT);
	w.senders[0].next = w.now + 5 * SECOND;
	fill(&w.senders[1]);
	fill(&w.senders[2]);
	run(5 * SECOND);
	count();
	run(200 * MS);
	assert_rate(w.senders[0].bytes, 200 * MS, 9 * MBIT / 2, 10);
	assert_rate(w.senders[1].bytes, 200 * MS, 9 * MBIT / 2, 10);
	/* In virtual time, which is 1024 times as fine as ns. */
	assert_true(f.queue->classes[4].start + (100 * MS << 10) >
		    f.queue->classes[3].start);
	classes_end(&f);
}

static void test_police(void **state __always_unused)
{
	const u64 rates[] = { 5 * MBIT, 1 * MBIT };
	struct fixture f;

	classes_begin(&f, 2);
	queueing(&f, 0)->police_rate = 2 * MBIT;
	classes_run(&f, rates);
	assert_class(0, 2 * MBIT, 2);
	assert_int_equal(w.senders[1].lost, 0);
	assert_true(f.queue->classes[2].dropped_rate >= w.senders[0].lost);
	assert_int_equal(f.queue->classes[2].leaf.dropped_limit, 0);
	classes_end(&f);
}

/* Three levels are looked at, and a policy without a shaper is one, too. */
static void test_nested(void **state __always_unused)
{
	struct dmvpn_rules *top = rules_new(1);
	struct dmvpn_policy *policy = calloc(1, sizeof(*policy));
	struct fixture f;

	classes_begin(&f, 2);
	queueing(&f, 0)->bandwidth_percent = 80;
	policy->rules = f.rules;
	top->classes[0].child = policy;
	f.rules = top;
	classes_run(&f, NULL);
	assert_int_equal(f.queue->n_classes, 5);
	assert_class(0, 8 * MBIT, 1);
	assert_class(1, 2 * MBIT, 1);
	classes_end(&f);
}

/* ---- places to wait ---- */

static void test_limit(void **state __always_unused)
{
	const u64 rates[] = { 20 * MBIT };
	struct fixture f;

	classes_begin(&f, 1);
	w.sizes = false;
	queueing(&f, 0)->limit = 50;
	classes_run(&f, rates);
	assert_class(0, 10 * MBIT, 1);
	assert_int_equal(w.senders[0].waiting, 50);
	assert_true(w.senders[0].lost > 10000);
	assert_true(w.senders[0].delay <= 51 * SIZE * 8 * 100);
	classes_end(&f);
}

/* One that floods leaves room for others. */
static void test_shared_limit(void **state __always_unused)
{
	struct dmvpn_rules *rules = rules_shaped(MBIT, NULL);
	struct dmvpn_queue *queues[3];
	u32 i;

	start(3);
	w.egress.limit = 300;
	for (i = 0; i < 3; i++) {
		queues[i] = dmvpn_queue_new(rules, 0, 0);
		sender(i, queues[i], rules, 0, i ? 50 * MBIT : MBIT / 2);
	}
	run_counted(5 * SECOND);
	assert_int_equal(w.senders[0].lost, 0);
	assert_in_range(w.senders[1].waiting, 99, 101);
	assert_in_range(w.senders[2].waiting, 99, 101);
	end_three(queues, rules);
}

/* Flows of one class: who sends little does not wait for who sends much. */
static void test_fair_queue(void **state __always_unused)
{
	const u64 rates[] = { MBIT, 50 * MBIT, 0, 0 };
	struct fixture f;
	u32 i;

	start(4);
	f.child = rules_new(1);
	f.rules = rules_shaped(10 * MBIT, f.child);
	queueing(&f, 0)->flows = 64;
	queueing(&f, 0)->limit = 300;
	f.queue = dmvpn_queue_new(f.rules, 0, 0);
	for (i = 0; i < 4; i++)
		sender(i, f.queue, f.rules, 0, rates[i]);
	run_counted(5 * SECOND);
	assert_int_equal(w.senders[0].lost, 0);
	assert_true(w.senders[0].delay < 5 * MS);
	for (i = 1; i < 4; i++)
		assert_rate(w.senders[i].bytes, 5 * SECOND, 3 * MBIT, 2);
	classes_end(&f);
}

static void test_codel(void **state __always_unused)
{
	const u64 rates[] = { 20 * MBIT };
	struct fixture f;

	classes_begin(&f, 1);
	queueing(&f, 0)->codel_target = 5000;
	queueing(&f, 0)->codel_interval = 20000;
	queueing(&f, 0)->limit = 10000;
	classes_run(&f, rates);
	assert_class(0, 10 * MBIT, 1);
	assert_true(w.senders[0].delay < 27 * MS);
	assert_true(w.senders[0].lost > 5000);
	assert_int_equal(f.queue->classes[2].leaf.dropped_limit, 0);
	classes_end(&f);
}

static void test_ecn(void **state __always_unused)
{
	struct fixture f;

	classes_begin(&f, 1);
	queueing(&f, 0)->codel_target = 1000;
	queueing(&f, 0)->ecn = true;
	classes_run(&f, NULL);
	assert_int_equal(w.senders[0].lost, 0);
	assert_true(f.queue->classes[2].leaf.marked > 1000);
	classes_end(&f);
}

/* ---- changes ---- */

/* A policy is replaced while packets wait: none is lost, none overtakes. */
static void test_replace(void **state __always_unused)
{
	struct dmvpn_rules *rules[2];
	struct dmvpn_queue *old, *new;
	struct sk_buff *skb;
	u32 i, round;

	start(CLASSES);
	w.sizes = true;
	rules[0] = rules_shaped(MBIT, rules_new(CLASSES));
	rules[1] = rules_shaped(2 * MBIT, rules_new(2));
	rules[1]->classes[0].child->rules->classes[1].queueing.flows = 16;
	old = dmvpn_queue_new(rules[0], 0, 0);
	for (i = 0; i < CLASSES; i++)
		fill(sender(i, old, rules[0], i, 0));
	for (round = 1; round < 50; round++) {
		run(20 * MS);
		new = dmvpn_queue_new(rules[round % 2], 0, 0);
		assert_false(dmvpn_queue_fits(old, rules[round % 2]));
		assert_true(dmvpn_queue_fits(new, rules[round % 2]));
		assert_null(dmvpn_queue_classify(old, rules[round % 2], NULL, 0,
						 0));
		for (i = 0; i < CLASSES; i++) {
			w.senders[i].queue = new;
			w.senders[i].rules = rules[round % 2];
		}
		dmvpn_egress_leave(&w.egress, old);
		while ((skb = dmvpn_queue_pop(old)))
			dmvpn_queue_put(class_of(owner(skb)), skb);
		dmvpn_queue_free(old);
		dmvpn_egress_enter(&w.egress, new, w.now);
		assert_int_equal(w.egress.packets, CLASSES * GREEDY);
		old = new;
	}
	for (i = 0; i < CLASSES; i++)
		assert_int_equal(w.senders[i].lost, 0);
	empty(old);
	rules_free(rules[0]);
	rules_free(rules[1]);
	end();
}

static void test_too_many_classes(void **state __always_unused)
{
	struct dmvpn_rules *rules = rules_new(DMVPN_QUEUE_CLASSES + 1);

	assert_null(dmvpn_queue_new(rules, 0, 0));
	rules_free(rules);
}

#define TEST(fn) cmocka_unit_test(fn)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_ten_thousand_peers), TEST(test_alone),
		TEST(test_device_rate), TEST(test_shares), TEST(test_replace),
		TEST(test_unused_share), TEST(test_priority),
		TEST(test_priority_cap), TEST(test_priority_alone),
		TEST(test_class_shape), TEST(test_latecomer), TEST(test_ecn),
		TEST(test_police), TEST(test_nested), TEST(test_limit),
		TEST(test_shared_limit), TEST(test_fair_queue),
		TEST(test_codel), TEST(test_too_many_classes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
