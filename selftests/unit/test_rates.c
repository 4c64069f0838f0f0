// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rates between two spokes, R6 and R7 at the hub R1: each has one for the other
 * one's group, and the lower one counts for both.
 */
#include <stdio.h>
#include <string.h>

#include "groups.h"
#include "nhrpd/codec.h"

#define SECOND	1000u
#define MBIT	1000000u

static void direct(void)
{
	fake_packet(&r6, "172.16.6.1", "172.16.7.1");
	fake_net_run(&net, 2 * SECOND);
	assert_string_equal(fake_packet(&r6, "172.16.6.1", "172.16.7.1"),
			    "R6 R7");
}

#define assert_policy(k, nbma, name) \
	assert_string_equal(fake_peer(k, nbma)->policy, name)

static void put_rate(struct conf *conf, const char *name, uint64_t rate)
{
	struct policy *p = policies_add(&conf->policies, name);
	struct policy_class *class;

	assert_non_null(p);
	class = policy_add_class(p, POLICY_DEFAULT_CLASS);
	assert_non_null(class);
	class->has = 1ull << DMVPN_A_CLASS_SHAPE_RATE;
	class->value[DMVPN_A_CLASS_SHAPE_RATE] = rate;
}

/* What it has for gold is @p10, and for silver @p2. */
static void set_rates(struct fake_kernel *k, const char *group, uint64_t p10,
		      uint64_t p2)
{
	struct conf conf;

	groups_spoke(&conf, group);
	put_rate(&conf, "P10", p10);
	put_rate(&conf, "P2", p2);
	assert_int_equal(nhrp_configure(k->nhrp, net.now, &conf), 0);
	conf_free(&conf);
	fake_net_run(&net, SECOND);
}

#define assert_limit(k, nbma, limit) \
	assert_int_equal(fake_peer(k, nbma)->rate, limit)

static unsigned int questions;

static void count_questions(const struct fake_kernel *from,
			    const struct nbma *to, const uint8_t *data,
			    size_t len)
{
	struct nhrp_msg msg;

	(void)to;
	questions += from == &r6 &&
		     nhrp_decode(&msg, data, len) == NHRP_DECODE_OK &&
		     msg.type == NHRP_RESOLUTION_REQUEST;
}

/* R6 asks R7; each sends at the lower rate, also after one has another. */
static void lower_of_both(void **state)
{
	(void)state;
	set_rates(&r6, "GOLD", 10 * MBIT, 2 * MBIT);
	set_rates(&r7, "SILVER", 10 * MBIT, 2 * MBIT);
	questions = 0;
	net.tap = count_questions;
	direct();
	assert_policy(&r6, "7.7.7.7", "P2");
	assert_limit(&r6, "7.7.7.7", 0);
	assert_policy(&r7, "6.6.6.6", "P10");
	assert_limit(&r7, "6.6.6.6", 2 * MBIT);
	/* Once for the path, and once to say the rate. */
	assert_int_equal(questions, 2);
	set_rates(&r6, "GOLD", 10 * MBIT, MBIT);
	assert_limit(&r7, "6.6.6.6", MBIT);
	assert_int_equal(questions, 3);
	set_rates(&r6, "GOLD", 10 * MBIT, 20 * MBIT);
	assert_limit(&r7, "6.6.6.6", 0);
	assert_limit(&r6, "7.7.7.7", 10 * MBIT);
	/* Nothing of it on the way to the hub. */
	assert_limit(&r6, "1.1.1.1", 0);
	assert_limit(&r1, "6.6.6.6", 0);
}

/* A policy without a rate for all knows none, and takes none. */
static void no_rate(void **state)
{
	(void)state;
	set_rates(&r6, "GOLD", 10 * MBIT, 2 * MBIT);
	set_rates(&r7, "SILVER", 0, 0);
	direct();
	assert_limit(&r7, "6.6.6.6", 0);
	assert_limit(&r6, "7.7.7.7", 0);
	set_rates(&r7, "SILVER", 3 * MBIT, 0);
	assert_limit(&r7, "6.6.6.6", 2 * MBIT);
}

/* What the other one said before stays until it says it again. */
static void rate_after_restart(void **state)
{
	struct conf conf;

	(void)state;
	set_rates(&r6, "GOLD", 10 * MBIT, 2 * MBIT);
	set_rates(&r7, "SILVER", 10 * MBIT, 2 * MBIT);
	direct();
	fake_kill(&r7);
	groups_spoke(&conf, "SILVER");
	put_rate(&conf, "P10", 10 * MBIT);
	put_rate(&conf, "P2", 2 * MBIT);
	unit_start(&r7, &conf);
	fake_net_run(&net, SECOND);
	assert_policy(&r7, "6.6.6.6", "P10");
	assert_limit(&r7, "6.6.6.6", 2 * MBIT);
}

#define CLOUD(test) \
	cmocka_unit_test_setup_teardown(test, groups_setup, groups_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CLOUD(lower_of_both),
		CLOUD(no_rate),
		CLOUD(rate_after_restart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
