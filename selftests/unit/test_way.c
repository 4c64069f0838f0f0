// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dmvpnctl trace and doctor without a kernel: a packet's way through a model,
 * and both forms of output.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <linux/rtnetlink.h>

#include "dmvpnctl/output.h"

static struct model m;
static struct way way;
static char *text;
static size_t text_len;

static struct addr address(const char *from)
{
	struct addr a;

	assert_int_equal(addr_parse(from, &a), 0);
	return a;
}

/* A spoke with the session with its hub, and a shortcut's next hop. */
static int setup(void **state)
{
	struct device *d = model_add(m.device, m.n_device);
	struct session *s = model_add(m.session, m.n_session);
	struct sa *sa = model_add(m.sa, m.n_sa);
	struct peer *p = model_add(m.peer, m.n_peer);
	struct nexthop *nh = model_add(m.nexthop, m.n_nexthop);

	(void)state;
	d->ifindex = 5;
	snprintf(d->name, sizeof(d->name), "dmvpn0");
	snprintf(d->profile, sizeof(d->profile), "DMVPN");
	d->up = true;
	d->running = true;
	s->handle = 1;
	s->state = DMVPN_SESSION_STATE_UP;
	s->out_spi = 0xd0000001;
	sa->session = 1;
	sa->dir = DMVPN_SA_DIR_OUT;
	sa->spi = s->out_spi;
	p->ifindex = 5;
	p->remote.addr = address("1.1.1.1");
	p->flags = DMVPN_PEER_FLAGS_NHS;
	p->session = 1;
	nh->ifindex = 5;
	nh->address = address("192.168.1.1");
	nh->remote = p->remote;
	nh->state = DMVPN_NEXTHOP_STATE_VALID;
	way = (struct way){
		.dst = address("11.11.11.1"),
		.has_underlay = true,
		.route = { .type = RTN_UNICAST, .ifindex = 5,
			   .gateway = address("192.168.1.1") },
		.underlay = { .type = RTN_UNICAST, .ifindex = 2 },
	};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	model_free(&m);
	free(text);
	text = NULL;
	return 0;
}

static void goes(const char *result)
{
	if (way_to_peer(&way, &m))
		way_to_wire(&way, &m);
	if (!strstr(way.result, result))
		print_error("no \"%s\" in: %s\n", result, way.result);
	assert_non_null(strstr(way.result, result));
	assert_true(way.sent);
}

static void ends(const char *result, const char *advice)
{
	if (way_to_peer(&way, &m))
		way_to_wire(&way, &m);
	if (!strstr(way.result, result) || !strstr(way.advice, advice))
		print_error("%s -> %s\n", way.result, way.advice);
	assert_non_null(strstr(way.result, result));
	assert_non_null(strstr(way.advice, advice));
	assert_false(way.sent);
}

static void test_sent(void **state)
{
	(void)state;
	goes("it is sent to 1.1.1.1, encrypted");
	assert_ptr_equal(way.sa, &m.sa[0]);
}

static void test_in_clear(void **state)
{
	(void)state;
	m.device[0].profile[0] = '\0';
	goes("it is sent to 1.1.1.1, in clear");
	assert_null(way.sa);
}

static void test_unknown(void **state)
{
	(void)state;
	way.route.gateway = address("192.168.1.9");
	goes("to the server at 1.1.1.1, encrypted, while");
}

static void test_incomplete(void **state)
{
	(void)state;
	m.nexthop[0].state = DMVPN_NEXTHOP_STATE_INCOMPLETE;
	goes("to the server at 1.1.1.1");
}

static void test_no_server(void **state)
{
	(void)state;
	m.peer[0].flags = 0;
	m.nhrpd = true;
	way.route.gateway = address("192.168.1.9");
	ends("next hop 192.168.1.9, and there is no server", "nhs block");
}

static void test_no_nhrpd(void **state)
{
	(void)state;
	m.peer[0].flags = 0;
	way.route.gateway = address("192.168.1.9");
	ends("tx-no-nexthop", "systemctl start nhrpd");
}

static void test_other_device(void **state)
{
	(void)state;
	/* The same next hop of another device is another one. */
	m.nexthop[0].ifindex = 6;
	m.peer[0].flags = 0;
	ends("nothing is known of next hop 192.168.1.1", "nhrpd");
}

static void test_no_carrier(void **state)
{
	(void)state;
	m.device[0].running = false;
	ends("dmvpn0 is without a carrier", "if-state");
}

static void test_session_failed(void **state)
{
	(void)state;
	m.session[0].state = DMVPN_SESSION_STATE_FAILED;
	snprintf(m.session[0].reason, sizeof(m.session[0].reason),
		 "no answer to IKE");
	ends("with 1.1.1.1 is failed: no answer to IKE", "doctor");
}

static void test_no_session(void **state)
{
	(void)state;
	m.peer[0].session = 0;
	ends("with 1.1.1.1 is not there", "doctor");
}

static void test_no_sa(void **state)
{
	(void)state;
	m.sa[0].dir = DMVPN_SA_DIR_IN;
	ends("has no outbound SA", "clear session 1.1.1.1");
}

static void test_loop(void **state)
{
	(void)state;
	way.underlay.ifindex = 5;
	ends("leads into dmvpn0 itself (tx-loop)", "ip route add 1.1.1.1");
}

/* Its underlay is in another namespace: nothing is said of it. */
static void test_elsewhere(void **state)
{
	(void)state;
	way.has_underlay = false;
	way.underlay.ifindex = 5;
	goes("it is sent to 1.1.1.1");
}

static void test_policy(void **state)
{
	(void)state;
	snprintf(m.device[0].output_policy, POLICY_NAME, "ALL");
	goes("it is sent");
	assert_string_equal(way.policy, "ALL");
	snprintf(m.peer[0].policy, NAME_LEN, "GOLD");
	goes("it is sent");
	assert_string_equal(way.policy, "GOLD");
}

static void test_text(void **state)
{
	FILE *f = open_memstream(&text, &text_len);

	(void)state;
	goes("it is sent");
	text_output.trace(f, &way);
	fclose(f);
	assert_non_null(strstr(text, "next hop  192.168.1.1: "));
	assert_non_null(strstr(text, "peer      1.1.1.1, a server\n"));
	assert_non_null(strstr(text, "SA        0xd0000001, "));
	assert_non_null(strstr(text, "result    it is sent to 1.1.1.1"));
}

static void test_json(void **state)
{
	FILE *f = open_memstream(&text, &text_len);
	json_t *o;

	(void)state;
	goes("it is sent");
	json_output.trace(f, &way);
	fclose(f);
	o = json_loads(text, 0, NULL);
	assert_true(json_is_true(json_object_get(o, "sent")));
	assert_true(json_is_null(json_object_get(o, "advice")));
	assert_string_equal(json_string_value(json_object_get(
		json_object_get(o, "sa"), "spi")), "0xd0000001");
	json_decref(o);
}

static void test_findings(void **state)
{
	struct finding v[] = {
		{ "module", FINDING_OK, "loaded", "" },
		{ "clock", FINDING_FAIL, "it is 1970", "set it" },
	};
	FILE *f = open_memstream(&text, &text_len);
	json_t *all, *list, *o;

	(void)state;
	text_output.doctor(f, v, 2);
	fclose(f);
	assert_string_equal(text,
			    "ok    module        loaded\n"
			    "fail  clock         it is 1970 -> set it\n");
	free(text);
	f = open_memstream(&text, &text_len);
	json_output.doctor(f, v, 2);
	fclose(f);
	all = json_loads(text, 0, NULL);
	list = json_object_get(all, "findings");
	o = json_array_get(list, 1);
	assert_string_equal(json_string_value(json_object_get(o, "level")),
			    "fail");
	o = json_array_get(list, 0);
	assert_true(json_is_null(json_object_get(o, "advice")));
	json_decref(all);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_sent), TEST(test_in_clear), TEST(test_unknown),
		TEST(test_incomplete), TEST(test_no_server),
		TEST(test_no_nhrpd), TEST(test_other_device),
		TEST(test_no_carrier), TEST(test_session_failed),
		TEST(test_no_session), TEST(test_no_sa), TEST(test_loop),
		TEST(test_elsewhere), TEST(test_policy), TEST(test_text),
		TEST(test_json), TEST(test_findings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
