// SPDX-License-Identifier: GPL-2.0-or-later
/* Policies and devices: what nhrpd puts into the kernel, when. */
#include <stdio.h>

#include "unit.h"

#define HOUR 3600000

static struct fake_net net;
static struct fake_kernel hub;

/* A policy with classes; its child, if any, is defined before. */
static struct policy *policy(struct conf *conf, const char *name,
			     size_t classes, const char *child)
{
	struct policy *p = policies_add(&conf->policies, name);
	struct policy_class *class = NULL;

	assert_non_null(p);
	while (classes--) {
		class = policy_add_class(p, "C");
		assert_non_null(class);
	}
	if (child)
		snprintf(class->child, sizeof(class->child), "%s", child);
	return p;
}

static struct conf_if *begin(struct conf *conf)
{
	*conf = (struct conf){ 0 };
	return unit_conf(conf);
}

static void attach(struct conf_if *ci, const char *output, const char *underlay)
{
	ci->qos.pre_classify = true;
	snprintf(ci->qos.output, sizeof(ci->qos.output), "%s", output);
	snprintf(ci->qos.underlay, sizeof(ci->qos.underlay), "%s", underlay);
}

static void reload(struct conf *conf)
{
	assert_int_equal(nhrp_configure(hub.nhrp, net.now, conf), 0);
	conf_free(conf);
}

static void start_two(void)
{
	struct conf conf;
	struct conf_if *ci = begin(&conf);

	policy(&conf, "CHILD", 2, NULL);
	policy(&conf, "INNER", 3, "CHILD");
	policy(&conf, "OUTER", 1, NULL);
	attach(ci, "INNER", "OUTER");
	unit_start(&hub, &conf);
}

static void at_start(void **state)
{
	(void)state;
	start_two();
	assert_int_equal(fake_policy(&hub, "INNER")->classes, 3);
	assert_non_null(fake_policy(&hub, "CHILD"));
	assert_string_equal(hub.qos.output, "INNER");
	assert_string_equal(hub.qos.underlay, "OUTER");
	assert_true(hub.qos.pre_classify);
}

/* What did not change keeps its counters; what went is deleted. */
static void at_reload(void **state)
{
	struct conf conf;
	struct conf_if *ci = begin(&conf);

	(void)state;
	start_two();
	policy(&conf, "OUTER", 1, NULL);
	policy(&conf, "OTHER", 4, NULL);
	attach(ci, "OTHER", "OUTER");
	reload(&conf);
	assert_int_equal(fake_policy(&hub, "OUTER")->sets, 1);
	assert_int_equal(fake_policy(&hub, "OTHER")->classes, 4);
	assert_null(fake_policy(&hub, "INNER"));
	assert_null(fake_policy(&hub, "CHILD"));
	assert_string_equal(hub.qos.output, "OTHER");
	ci = begin(&conf);
	policy(&conf, "OUTER", 2, NULL);
	attach(ci, "", "OUTER");
	reload(&conf);
	assert_int_equal(fake_policy(&hub, "OUTER")->sets, 2);
	assert_null(fake_policy(&hub, "OTHER"));
	assert_string_equal(hub.qos.output, "");
}

/* One that the kernel does not take: none of the others, either. */
static void refused(void **state)
{
	struct conf conf;
	struct conf_if *ci = begin(&conf);

	(void)state;
	start_two();
	hub.refuses = "THIRD";
	policy(&conf, "NEW", 1, NULL);
	policy(&conf, "OUTER", 7, NULL);
	policy(&conf, "THIRD", 1, NULL);
	attach(ci, "INNER", "OUTER");
	reload(&conf);
	assert_true(fake_said(&hub, "policy THIRD is refused by the kernel"));
	assert_null(fake_policy(&hub, "NEW"));
	assert_int_equal(fake_policy(&hub, "OUTER")->classes, 1);
	assert_non_null(fake_policy(&hub, "INNER"));
	assert_string_equal(hub.qos.output, "INNER");
}

/* A device that comes later, goes and comes again. */
static void device(void **state)
{
	(void)state;
	start_two();
	nhrp_link_gone(hub.nhrp, net.now, FAKE_DMVPN);
	fake_policy_forget(&hub);
	fake_link_changed(&hub);
	assert_non_null(fake_policy(&hub, "INNER"));
	assert_string_equal(hub.qos.output, "INNER");
	/* Any change of it is told: nothing is said twice. */
	fake_link_changed(&hub);
	assert_int_equal(fake_policy(&hub, "INNER")->sets, 1);
}

/* A daemon that was killed finds its own, and sets it over what is there. */
static void killed(void **state)
{
	struct conf conf;

	(void)state;
	start_two();
	fake_kill(&hub);
	assert_string_equal(hub.qos.output, "INNER");
	start_two();
	assert_int_equal(fake_policy(&hub, "INNER")->sets, 2);
	assert_string_equal(hub.qos.output, "INNER");
	begin(&conf);
	reload(&conf);
	assert_string_equal(hub.qos.output, "");
	assert_true(list_empty(&hub.policies));
}

/* What others have set is not ours to take away. */
static void of_others(void **state)
{
	struct policy theirs = { .name = "THEIRS" };
	struct conf_qos qos = { .output = "THEIRS" };
	struct conf conf;

	(void)state;
	assert_int_equal(fake_policy_set(&hub, &theirs), 0);
	assert_int_equal(fake_link_qos(&hub, FAKE_DMVPN, &qos), 0);
	begin(&conf);
	unit_start(&hub, &conf);
	begin(&conf);
	reload(&conf);
	assert_string_equal(hub.qos.output, "THEIRS");
	assert_non_null(fake_policy(&hub, "THEIRS"));
}

static void stopped(void **state)
{
	(void)state;
	start_two();
	nhrp_stop(hub.nhrp, net.now);
	fake_net_run(&net, HOUR);
	assert_true(nhrp_stopped(hub.nhrp));
	assert_string_equal(hub.qos.output, "");
	assert_true(list_empty(&hub.policies));
}

static int setup(void **state)
{
	(void)state;
	fake_net_init(&net);
	fake_init(&hub, &net, "hub", "1.1.1.1", "192.168.1.1/24", true);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_free(&hub);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(at_start, setup, teardown),
		cmocka_unit_test_setup_teardown(at_reload, setup, teardown),
		cmocka_unit_test_setup_teardown(refused, setup, teardown),
		cmocka_unit_test_setup_teardown(device, setup, teardown),
		cmocka_unit_test_setup_teardown(killed, setup, teardown),
		cmocka_unit_test_setup_teardown(of_others, setup, teardown),
		cmocka_unit_test_setup_teardown(stopped, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
