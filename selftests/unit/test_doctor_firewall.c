// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dmvpnctl doctor on rules of nftables, as nft(8) prints them.
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

#define CHAIN(hook, policy) \
	"{\"chain\":{\"family\":\"inet\",\"table\":\"filter\"," \
	"\"name\":\"C\",\"type\":\"filter\",\"hook\":\"" hook "\"," \
	"\"prio\":0,\"policy\":\"" policy "\"}}"
#define RULE(chain, expr) \
	",{\"rule\":{\"family\":\"inet\",\"table\":\"filter\"," \
	"\"chain\":\"" chain "\",\"expr\":[" expr "]}}"
#define MATCH(op, left, right) \
	"{\"match\":{\"op\":\"" op "\",\"left\":" left "," \
	"\"right\":" right "}},"
#define META(key)	"{\"meta\":{\"key\":\"" key "\"}}"
#define STATE		"{\"ct\":{\"key\":\"state\"}}"
#define DPORT \
	"{\"payload\":{\"protocol\":\"udp\",\"field\":\"dport\"}}"
#define ACCEPT		"{\"accept\":null}"

static struct doctor d;
static char ruleset[4096];

FILE *popen(const char *command, const char *type)
{
	assert_non_null(strstr(command, "nft -j"));
	assert_string_equal(type, "re");
	return ruleset[0] ? fmemopen(ruleset, strlen(ruleset), "r") : NULL;
}

int pclose(FILE *f)
{
	return fclose(f);
}

/* A protected hub. */
static int setup(void **state)
{
	struct device *dev = model_add(d.m.device, d.m.n_device);
	struct nhrp_if *i = model_add(d.m.nhrp_if, d.m.n_nhrp_if);

	*state = &d;
	snprintf(dev->name, sizeof(dev->name), "dmvpn0");
	snprintf(dev->profile, sizeof(dev->profile), "DMVPN");
	snprintf(i->interface, sizeof(i->interface), "dmvpn0");
	return 0;
}

static void check(const char *items)
{
	snprintf(ruleset, sizeof(ruleset), "{\"nftables\":[%s]}", items);
	fake_found[0] = '\0';
	check_firewall(&d);
}

static void silent(const char *items)
{
	check(items);
	assert_string_equal(fake_found, "");
}

static void test_none(void **state)
{
	(void)state;
	ruleset[0] = '\0';
	check_firewall(&d);
	assert_string_equal(fake_fine, "nft(8) cannot be asked");
	silent("");
	assert_string_equal(fake_fine, "nftables has no rule that looks wrong");
	silent(CHAIN("input", "accept"));
	silent(CHAIN("forward", "accept"));
}

static void test_input(void **state)
{
	(void)state;
	check(CHAIN("input", "drop"));
	fake_says("warn: chain C of table inet filter drops what no rule accepts, and none names UDP ports 500 and 4500");
	fake_says("advice: nft add rule inet filter C udp dport { 500, 4500 } accept");
	fake_says("none names ESP");
	assert_null(strstr(fake_found, "GRE"));
	silent(CHAIN("input", "drop")
	       RULE("C", MATCH("==", DPORT, "{\"set\":[500,4500]}") ACCEPT)
	       RULE("C", MATCH("==", META("l4proto"), "\"esp\"") ACCEPT));
	silent(CHAIN("input", "drop") RULE("C", "{\"xt\":null}"));
	/* Whose packets the rules never see. */
	d.m.device[0].elsewhere = true;
	silent(CHAIN("input", "drop"));
}

static void test_clear(void **state)
{
	(void)state;
	d.m.device[0].profile[0] = '\0';
	check(CHAIN("input", "drop"));
	fake_says("none names GRE");
	fake_says("advice: nft add rule inet filter C meta l4proto gre accept");
	assert_null(strstr(fake_found, "ESP"));
	silent(CHAIN("input", "drop")
	       RULE("C", MATCH("==", META("l4proto"), "\"gre\"") ACCEPT));
	silent(CHAIN("input", "drop")
	       RULE("C", MATCH("==", META("l4proto"), "47") ACCEPT));
}

#define BETWEEN(in, out) \
	MATCH("==", META("iifname"), in) MATCH("==", META("oifname"), out)

static void stopped(const char *items)
{
	check(items);
	fake_says("warn: chain C of table inet filter drops what no rule accepts, and none accepts what this hub passes on, from dmvpn0 into it");
	fake_says("advice: nft add rule inet filter C iifname dmvpn0 accept; ");
}

static void test_forward(void **state)
{
	(void)state;
	stopped(CHAIN("forward", "drop"));
	stopped(CHAIN("forward", "drop")
		RULE("C", MATCH("in", STATE, "[\"established\",\"related\"]")
		     ACCEPT)
		RULE("C", MATCH("in", STATE, "\"established\"") ACCEPT)
		RULE("C", BETWEEN("\"lan0\"", "\"eth0\"") ACCEPT)
		RULE("C", BETWEEN("{\"set\":[\"lan0\",\"lan1\"]}",
				  "\"eth*\"") ACCEPT)
		RULE("C", MATCH("==", META("iifname"), "\"dmvpn0\"")
		     "{\"drop\":null}")
		RULE("INPUT", ACCEPT));
	/* A spoke need not forward at all. */
	d.m.nhrp_if[0].servers = 1;
	silent(CHAIN("forward", "drop"));
}

static void test_forwarded(void **state)
{
	static const char *const rules[] = {
		RULE("C", ACCEPT),
		RULE("C", MATCH("==", META("iifname"), "\"dmvpn0\"") ACCEPT),
		RULE("C", MATCH("==", META("iifname"), "\"dmvpn*\"") ACCEPT),
		RULE("C", MATCH("==", META("iifname"), "\"@inside\"") ACCEPT),
		RULE("C", MATCH("==", META("oif"),
				"{\"set\":[\"lan0\",\"dmvpn0\"]}") ACCEPT),
		RULE("C", MATCH("!=", META("iifname"), "\"eth0\"") ACCEPT),
		RULE("C", BETWEEN("\"dmvpn0\"", "\"lan0\"") ACCEPT),
		RULE("C", MATCH("in", STATE, "[\"new\",\"related\"]") ACCEPT),
		RULE("C", "{\"jump\":{\"target\":\"D\"}}"),
		RULE("C", "{\"vmap\":{}}"),
		RULE("C", "{\"xt\":null}"),
	};
	char items[2048];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		snprintf(items, sizeof(items), "%s%s", CHAIN("forward", "drop"),
			 rules[i]);
		silent(items);
	}
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, fake_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_none), TEST(test_input), TEST(test_clear),
		TEST(test_forward), TEST(test_forwarded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
