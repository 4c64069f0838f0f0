// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dmvpnctl doctor on policies of groups.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dmvpnctl/doctor.h"
#include "fake_doctor.h"

static struct doctor d;

static int setup(void **state)
{
	struct device *dev = model_add(d.m.device, d.m.n_device);
	struct group_map *g = model_add(d.m.group_map, d.m.n_group_map);
	struct policy_state *p = model_add(d.m.policy, d.m.n_policy);

	*state = &d;
	dev->up = true;
	snprintf(dev->name, sizeof(dev->name), "dmvpn0");
	snprintf(dev->qdisc, sizeof(dev->qdisc), "dmvpn");
	snprintf(g->interface, sizeof(g->interface), "dmvpn0");
	snprintf(g->group, sizeof(g->group), "GOLD");
	snprintf(g->policy, sizeof(g->policy), "P10");
	snprintf(p->name, sizeof(p->name), "P10");
	return 0;
}

static void says(const char *what)
{
	fake_found[0] = '\0';
	check_qos(&d);
	fake_says(what);
}

static void silent(void)
{
	fake_found[0] = '\0';
	check_qos(&d);
	assert_string_equal(fake_found, "");
}

static void test_policy(void **state)
{
	(void)state;
	silent();
	snprintf(d.m.group_map[0].policy, NAME_LEN, "P1O");
	says("fail: dmvpn0: the policy P1O of group GOLD is not in the kernel");
	says("advice: a policy-map P1O in nhrpd.conf");
	/* That of a device which is not looked at. */
	snprintf(d.m.group_map[0].interface, IF_NAMESIZE, "dmvpn1");
	silent();
}

static void test_qdisc(void **state)
{
	struct device *dev = &d.m.device[0];

	(void)state;
	snprintf(dev->qdisc, sizeof(dev->qdisc), "mq");
	silent();
	snprintf(dev->qdisc, sizeof(dev->qdisc), "fq_codel");
	says("warn: dmvpn0 has policies for groups, and nothing that queues by them: its queueing discipline is fq_codel ->");
	says("advice: tc qdisc replace dev dmvpn0 root");
	/* A device that is down has none yet. */
	dev->up = false;
	silent();
	dev->up = true;
	d.m.n_group_map = 0;
	silent();
	d.m.n_group_map = 1;
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, fake_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_policy), TEST(test_qdisc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
