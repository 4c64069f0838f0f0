// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "nhrpd/config.h"

static char file[] = "/tmp/nhrpd-conf-XXXXXX";
static char said[4096];

static void note(const char *line)
{
	strncat(said, line, sizeof(said) - strlen(said) - 2);
	strcat(said, "\n");
}

static int parse(const char *text, struct conf *conf)
{
	FILE *f = fopen(file, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	said[0] = '\0';
	return config_read(file, conf, note);
}

/* Refused, in that line, with these words. */
static void bad(const char *text, int line, const char *words)
{
	char where[64];
	struct conf conf;

	assert_int_equal(parse(text, &conf), -1);
	assert_int_equal(conf.n_iface, 0);
	assert_null(conf.iface);
	assert_int_equal(conf.policies.n, 0);
	snprintf(where, sizeof(where), "%s:%d: ", file, line);
	if (!strstr(said, words) || (line && !strstr(said, where)))
		fail_msg("line %d, \"%s\": %s", line, words, said);
}

static bool is(const struct addr *a, const char *text)
{
	char buf[ADDR_TEXT];

	return !strcmp(addr_format(a, buf), text);
}

static void defaults(void **state)
{
	const struct conf_if *ci;
	struct conf conf;

	(void)state;
	assert_int_equal(parse("interface dmvpn0 {\n}\n", &conf), 0);
	assert_int_equal(conf.n_iface, 1);
	ci = &conf.iface[0];
	assert_string_equal(ci->name, "dmvpn0");
	assert_int_equal(ci->network_id, 1);
	assert_int_equal(ci->holdtime, 7200);
	assert_int_equal(ci->registration_timeout, 0);
	assert_true(ci->unique && ci->shortcut);
	assert_false(ci->redirect || ci->multicast_dynamic);
	assert_false(ci->server_only);
	assert_int_equal(ci->use, 1);
	assert_int_equal(ci->n_interest + ci->n_summary, 0);
	assert_true(ci->record);
	assert_false(ci->if_state);
	assert_string_equal(ci->auth, "");
	assert_int_equal(ci->mtu, 0);
	assert_int_equal(ci->max_send_packets, 10000);
	assert_int_equal(ci->max_send_seconds, 10);
	assert_int_equal(ci->redirect_seconds, 5);
	assert_int_equal(ci->negative_seconds, 60);
	assert_int_equal(ci->cache_limit, 65536);
	assert_int_equal(ci->shortcut_limit, 16384);
	assert_int_equal(ci->redirect_limit, 16384);
	assert_int_equal(ci->probe_seconds, 10);
	assert_int_equal(ci->probe_retries, 3);
	assert_int_equal(ci->fallback_seconds, 30);
	assert_int_equal(ci->n_cluster, 0);
	assert_int_equal(ci->n_nhs + ci->n_map, 0);
	conf_free(&conf);
	assert_int_equal(parse("", &conf), 0);
	assert_int_equal(conf.n_iface, 0);
}

static void everything(void **state)
{
	struct conf_if *ci;
	struct conf conf;

	(void)state;
	assert_int_equal(parse(
		"interface a {\n"
		"	network-id = 7\n	holdtime = 600\n"
		"	registration-timeout = 100\n	unique = false\n"
		"	shortcut = false\n	redirect = true\n"
		"	multicast-dynamic = true\n	authentication = geheim\n"
		"	mtu = 1400\n	max-send-packets = 0\n"
		"	max-send-seconds = 3\n	redirect-interval = 9\n"
		"	negative-time = 8\n	cache-limit = 5\n"
		"	shortcut-limit = 4\n	redirect-limit = 3\n"
		"	server-only = true\n	use = 5\n"
		"	record = false\n"
		"}\n# comment\ninterface b { holdtime = 3 }\n", &conf), 0);
	assert_int_equal(conf.n_iface, 2);
	ci = &conf.iface[0];
	assert_int_equal(ci->network_id, 7);
	assert_int_equal(ci->holdtime, 600);
	assert_int_equal(ci->registration_timeout, 100);
	assert_false(ci->unique);
	assert_false(ci->shortcut);
	assert_true(ci->redirect);
	assert_true(ci->multicast_dynamic);
	assert_string_equal(ci->auth, "geheim");
	assert_int_equal(ci->mtu, 1400);
	assert_int_equal(ci->max_send_packets, 0);
	assert_int_equal(ci->max_send_seconds, 3);
	assert_int_equal(ci->redirect_seconds, 9);
	assert_int_equal(ci->negative_seconds, 8);
	assert_int_equal(ci->cache_limit, 5);
	assert_int_equal(ci->shortcut_limit, 4);
	assert_int_equal(ci->redirect_limit, 3);
	assert_true(ci->server_only);
	assert_int_equal(ci->use, 5);
	assert_false(ci->record);
	assert_int_equal(conf.iface[1].holdtime, 3);
	conf_free(&conf);
}

static void peers(void **state)
{
	struct conf_if *ci;
	struct conf conf;

	(void)state;
	assert_int_equal(parse(
		"interface a {\n"
		"nhs 192.168.1.1 { nbma = 1.1.1.1 }\nif-state = true\n"
		"nhs dynamic { nbma = { 2.2.2.2, 3.3.3.3 }\n"
		"	multicast = false }\n"
		"map 192.168.1.9 { nbma = 9.9.9.9 }\n"
		"map multicast { nbma = { 4.4.4.4, 5.5.5.5 } }\n"
		"}\n", &conf), 0);
	ci = &conf.iface[0];
	assert_int_equal(ci->n_nhs, 3);
	assert_true(ci->if_state);
	assert_true(is(&ci->nhs[0].proto, "192.168.1.1"));
	assert_true(is(&ci->nhs[0].nbma, "1.1.1.1"));
	assert_true(ci->nhs[0].multicast);
	assert_true(addr_is_none(&ci->nhs[2].proto));
	assert_true(is(&ci->nhs[2].nbma, "3.3.3.3"));
	assert_false(ci->nhs[2].multicast);
	assert_int_equal(ci->n_map, 3);
	assert_false(ci->map[0].multicast);
	assert_true(is(&ci->map[0].proto, "192.168.1.9"));
	assert_true(addr_is_none(&ci->map[1].proto));
	assert_true(ci->map[2].multicast);
	assert_true(is(&ci->map[2].nbma, "5.5.5.5"));
	conf_free(&conf);
}

static void clusters(void **state)
{
	struct conf_if *ci, copy;
	struct conf conf;

	(void)state;
	assert_int_equal(parse(
		"interface a {\n"
		"	probe-interval = 0\n	probe-retries = 5\n"
		"	fallback = 0\n"
		"	cluster 3 { max-connections = 2 }\n"
		"	cluster 0 { }\n"
		"	nhs 10.0.0.1 { nbma = 1.1.1.1\n priority = 255\n"
		"		cluster = 3 }\n"
		"	nhs 10.0.0.2 { nbma = 2.2.2.2 }\n"
		"}\n", &conf), 0);
	ci = &conf.iface[0];
	assert_int_equal(ci->probe_seconds, 0);
	assert_int_equal(ci->probe_retries, 5);
	assert_int_equal(ci->fallback_seconds, 0);
	assert_int_equal(ci->n_cluster, 2);
	assert_int_equal(ci->cluster[0].number, 3);
	assert_int_equal(ci->cluster[0].max_connections, 2);
	assert_int_equal(ci->cluster[1].number, 0);
	assert_int_equal(ci->cluster[1].max_connections, 0);
	assert_int_equal(ci->nhs[0].priority, 255);
	assert_int_equal(ci->nhs[0].cluster, 3);
	assert_int_equal(ci->nhs[1].priority + ci->nhs[1].cluster, 0);
	assert_int_equal(conf_if_copy(&copy, ci), 0);
	conf_free(&conf);
	assert_int_equal(copy.cluster[0].number, 3);
	conf_if_free(&copy);
	bad("interface a {\n	nhs 10.0.0.1 { nbma = 1.1.1.1\n"
	    "priority = 256 }\n}\n", 3, "priority = 256: use 0 to 255");
	bad("interface a {\n	nhs 10.0.0.1 { cluster = -1\n"
	    "nbma = 1.1.1.1 }\n}\n", 2, "cluster = -1: use 0 to 255");
	bad("interface a {\n	cluster 1 { max-connections = 256 }\n}\n", 2,
	    "or 0 (no limit)");
	bad("interface a {\n	cluster main { }\n}\n", 2,
	    "cluster main: use a number, 0 to 255");
	bad("interface a {\n	cluster 256 { }\n}\n", 2, "use a number");
	bad("interface a {\n	probe-retries = 0\n}\n", 2, "probe-retries");
}

static void server_names(void **state)
{
	struct conf_if *ci;
	struct conf conf;

	(void)state;
	assert_int_equal(parse(
		"interface a {\n"
		"	resolve-interval = 60\n"
		"	nhs 10.0.0.1 { nbma = hub-1.example.net }\n"
		"	nhs dynamic { nbma = { 2.2.2.2, 3com.example } }\n"
		"}\n", &conf), 0);
	ci = &conf.iface[0];
	assert_int_equal(ci->resolve_seconds, 60);
	assert_int_equal(ci->n_nhs, 3);
	assert_string_equal(ci->nhs[0].host, "hub-1.example.net");
	assert_true(addr_is_none(&ci->nhs[0].nbma));
	assert_string_equal(ci->nhs[1].host, "");
	assert_string_equal(ci->nhs[2].host, "3com.example");
	conf_free(&conf);
}

static void prefixes(void **state)
{
	struct conf_if *ci, copy;
	struct conf conf;

	(void)state;
	assert_int_equal(parse(
		"interface a { interest = { 10.0.0.0/8, 192.168.1.7 }\n"
		"	summary = 172.16.0.0/12 }\n"
		"interface b { interest = \"2001:db8::/32\" }\n", &conf), 0);
	ci = &conf.iface[0];
	assert_int_equal(ci->n_interest, 2);
	assert_true(is(&ci->interest[0].addr, "10.0.0.0"));
	assert_int_equal(ci->interest[0].len, 8);
	assert_int_equal(ci->interest[1].len, 32);
	assert_int_equal(ci->n_summary, 1);
	assert_int_equal(ci->summary[0].len, 12);
	assert_int_equal(conf.iface[1].interest[0].addr.len, 16);
	assert_int_equal(conf_if_copy(&copy, ci), 0);
	conf_free(&conf);
	assert_int_equal(copy.interest[0].len, 8);
	assert_int_equal(copy.summary[0].len, 12);
	conf_if_free(&copy);
	bad("interface a {\n	interest = { 10.0.0.0/8,\n"
	    "	10.0.0.0/33 }\n}\n", 3, "interest = 10.0.0.0/33: write a");
	bad("interface a {\n	summary = 10.0.0.0/7\n}\n", 2,
	    "no prefix of less than 8 bits");
}

static void ipv6(void **state)
{
	struct conf_if *ci;
	struct conf conf;

	(void)state;
	assert_int_equal(parse(
		"interface a {\n"
		"nhs 2001:db8:1::1 { nbma = 1.1.1.1 }\n"
		"nhs dynamic { nbma = { fd01::1, 2.2.2.2 } }\n"
		"map fe80::9 { nbma = fd01::9 }\n"
		"}\n", &conf), 0);
	ci = &conf.iface[0];
	assert_int_equal(ci->n_nhs, 3);
	assert_true(is(&ci->nhs[0].proto, "2001:db8:1::1"));
	assert_true(is(&ci->nhs[1].nbma, "fd01::1"));
	assert_true(is(&ci->map[0].proto, "fe80::9"));
	assert_true(is(&ci->map[0].nbma, "fd01::9"));
	conf_free(&conf);
}

static void syntax(void **state)
{
	(void)state;
	bad("interface {\n}\n", 1, "missing title");
	bad("interface a {\n", 0, "a \"}\" is missing");
	bad("interface a {\n	nhs 1.2.3.4 {\n", 0, "a \"}\" is missing");
	bad("interface a {\n	what = 1\n}\n", 2, "no such option 'what'");
	bad("holdtime = 5\n", 1, "no such option 'holdtime'");
	bad("interface a {\n	holdtime 5\n}\n", 2, "");
	bad("interface a {\n	holdtime = x\n}\n", 2, "");
	bad("interface a {\n	unique = perhaps\n}\n", 2, "");
	bad("interface a {\n}\n}\n", 3, "");
	bad("/* no end", 0, "comment");
	bad("interface a { }\ninterface a { }\n", 2, "");
}

/* What is no part of the text, and what only looks so. */
static void comments(void **state)
{
	struct conf conf;

	(void)state;
	bad("# one\n\n// two\ninterface a {	# three\n	/* four\n"
	    "	* lines */ unique = true // five\n	holdtime = 2\n}\n", 7,
	    "holdtime = 2");
	bad("interface a {\n	if-state /**/ = /*\n*/ true\n}\n", 4,
	    "add an nhs block");
	bad("interface a {\n	holdtime = 2#\n}\n", 2, "holdtime = 2");
	bad("interface a {\n	unique = true /* \"\n}\n", 0, "comment");
	bad("interface a {\n	authentication = \"a\n", 0, "");
	assert_int_equal(parse("interface \"a#b\" {\n"
		"	authentication = '\"/*\\'#' # x\n"
		"	authorize = \"/run//\\\"#\"\n} #", &conf), 0);
	assert_string_equal(conf.iface[0].name, "a#b");
	assert_string_equal(conf.iface[0].auth, "\"/*'#");
	assert_string_equal(conf.iface[0].authorize, "/run//\"#");
	conf_free(&conf);
}

static void numbers(void **state)
{
	(void)state;
	bad("interface a {\n	holdtime = 2\n}\n", 2,
	    "holdtime = 2: use 3 to 65535");
	bad("interface a {\n	holdtime = 65536\n}\n", 2, "use 3 to 65535");
	bad("interface a {\n	network-id = 0\n}\n", 2, "network-id");
	bad("interface a {\n	mtu = 67\n}\n", 2, "or 0 (not told)");
	bad("interface a {\n	cache-limit = 0\n}\n", 2, "cache-limit");
	bad("interface a {\n	use = 0\n}\n", 2, "use = 0: use 1 to 65535");
	bad("interface a {\n	redirect-interval = -1\n}\n", 2,
	    "redirect-interval");
	bad("interface a {\n	holdtime = 60\n"
	    "	registration-timeout = 61\n}\n", 4,
	    "registrations would run out");
	bad("interface a {\n	if-state = true\n}\n", 3,
	    "add an nhs block");
}

static void addresses(void **state)
{
	(void)state;
	bad("interface a {\n	nhs 1.2.3 { nbma = 1.1.1.1 }\n}\n", 2,
	    "write the peer's tunnel address");
	bad("interface a {\n	nhs 224.0.0.5 { nbma = 1.1.1.1 }\n}\n", 2,
	    "write the peer's tunnel address");
	bad("interface a {\n	nhs 10.0.0.1 { nbma = fe80::1 }\n}\n", 2,
	    "write the server's address in the underlay");
	bad("interface a {\n	nhs 10.0.0.1 { nbma = 1.2.3 }\n}\n", 2,
	    "or its name");
	bad("interface a {\n	nhs 10.0.0.1 { nbma = hub_1 }\n}\n", 2,
	    "or its name");
	bad("interface a {\n	nhs 10.0.0.1 { nbma = 224.0.0.1 }\n}\n", 2,
	    "write the server's address in the underlay");
	bad("interface a {\n	map 10.0.0.1 { nbma = fe80::1 }\n}\n", 2,
	    "write the peer's address in the underlay");
	bad("interface a {\n	map 10.0.0.1 { nbma = hub }\n}\n", 2,
	    "write the peer's address in the underlay");
	bad("interface a {\n	nhs 10.0.0.1 { }\n}\n", 2,
	    "add nbma = ADDRESS");
	bad("interface a {\n	nhs 10.0.0.1 { nbma = { 1.1.1.1, 2.2.2.2 } }"
	    "\n}\n", 2, "one nbma only");
	bad("interface a {\n	map dynamic { nbma = 1.1.1.1 }\n}\n", 2,
	    "\"multicast\"");
}

static void names(void **state)
{
	(void)state;
	bad("interface a-name-that-is-too-long { }\n", 1,
	    "not a name that a device can have");
	bad("interface \"a/b\" { }\n", 1, "not a name");
	bad("interface a {\n	authentication = 123456789\n}\n", 2,
	    "8 characters at most");
}

static void trust(void **state)
{
	const struct conf_if *ci;
	struct conf conf;

	(void)state;
	assert_int_equal(parse("interface a {\n"
		"	registration-policy = table\n"
		"	registration-limit = 2\n	resolution-limit = 3\n"
		"	authorize = /run/decide.sock\n"
		"	authorize-default = accept\n"
		"	authorize-limit = 4\n	authorize-timeout = 5\n"
		"	identity \"C=DE, CN=a\" {\n"
		"		address = { 10.0.0.1, \"10.1.0.0/16\" }\n	}\n"
		"	identity \"*.b.example\" { address = 10.0.0.2 }\n"
		"	nhs 10.0.0.1 { nbma = {1.1.1.1}\n"
		"		identity = \"CN=hub*\" }\n}\n",
		&conf), 0);
	ci = &conf.iface[0];
	assert_int_equal(ci->policy, CONF_POLICY_TABLE);
	assert_int_equal(ci->registration_limit, 2);
	assert_int_equal(ci->resolution_limit, 3);
	assert_string_equal(ci->authorize, "/run/decide.sock");
	assert_true(ci->authorize_accept);
	assert_int_equal(ci->authorize_limit, 4);
	assert_int_equal(ci->authorize_timeout, 5);
	assert_int_equal(ci->n_grant, 3);
	assert_string_equal(ci->grant[1].identity, "C=DE, CN=a");
	assert_int_equal(ci->grant[1].what.len, 16);
	assert_string_equal(ci->grant[2].identity, "*.b.example");
	assert_string_equal(ci->nhs[0].identity, "CN=hub*");
	assert_true(is(&ci->grant[2].what.addr, "10.0.0.2"));
	conf_free(&conf);
	assert_int_equal(parse("interface a { }", &conf), 0);
	assert_int_equal(conf.iface[0].policy, CONF_POLICY_FIRST_COME);
	assert_false(conf.iface[0].authorize_accept);
	assert_int_equal(conf.iface[0].registration_limit,
			 CONF_REGISTRATION_LIMIT);
	conf_free(&conf);
	assert_int_equal(parse("interface a { registration-policy = none }",
			       &conf), 0);
	assert_int_equal(conf.iface[0].policy, CONF_POLICY_NONE);
	conf_free(&conf);
}

static void distrust(void **state)
{
	(void)state;
	bad("interface a {\n	registration-policy = some\n}\n", 2,
	    "use first-come, identity, table or none");
	bad("interface a {\n	authorize-default = perhaps\n}\n", 2,
	    "use deny or accept");
	bad("interface a {\n	authorize = decide.sock\n}\n", 2,
	    "write the full path");
	bad("interface a {\n	registration-policy = table\n}\n", 3,
	    "add identity blocks");
	bad("interface a {\n	identity x { address = 10.0.0.1 }\n}\n", 3,
	    "need registration-policy = table");
	bad("interface a {\n	registration-policy = table\n"
	    "	identity x { }\n}\n", 3, "add address = ADDRESS");
	bad("interface a {\n	registration-policy = table\n"
	    "	identity \"a*b\" { address = 10.0.0.1 }\n}\n", 3,
	    "the first or the last");
	bad("interface a {\n	registration-policy = table\n"
	    "	identity x { address = 10.0.0 }\n}\n", 3,
	    "write a tunnel address");
	bad("interface a {\n	nhs 10.0.0.1 { nbma = {1.1.1.1}\n"
	    "	identity = \"a*b\" }\n}\n", 3, "the first or the last");
	bad("interface a {\n	nhs 10.0.0.1 { nbma = {1.1.1.1}\n"
	    "		identity = a }\n"
	    "	nhs 2001:db8::1 { nbma = {1.1.1.1} }\n}\n", 5,
	    "give them one identity");
}

/* ---- QoS ---- */

#define BIZ "access-list BIZ { lines = { \"remark x\",\n" \
	"	\"permit ip any 11.11.11.0 0.0.0.255\" } }\n" \
	"class-map BIZ { match-any = \"access-group BIZ\" }\n"

/* The cloud's, and each setting that there is. */
static void policies(void **state)
{
	const struct policy_class *class;
	const struct policy *p;
	struct conf conf;

	(void)state;
	assert_int_equal(parse(BIZ
		"class-map VOICE { match-all = { \"dscp ef\", \"protocol udp\" } }\n"
		"policy-map CHILD { class VOICE { priority-percent = 10\n"
		"	priority-burst = 4000 }\n"
		"	class BIZ { bandwidth = \"1.5 Mbit\"\n police = 800k\n"
		"	police-burst = 3000\n queue-limit = 64\n"
		"	fair-queue = 16\n codel-target = \"5 ms\"\n"
		"	codel-interval = 100ms\n ecn = true } }\n"
		"policy-map OUTER { class BIZ { set-outer-dscp = af31\n"
		"	set-dscp = 0\n set-mark = 5\n set-priority = \"1:10\" }\n"
		"	class class-default { shape = \"5 Mbps\"\n"
		"	shape-burst = 20000\n service-policy = CHILD } }\n"
		"interface a { qos-pre-classify = true\n"
		"	service-policy-underlay = OUTER }\n", &conf), 0);
	assert_int_equal(conf.policies.n, 2);
	p = &conf.policies.v[0];
	assert_string_equal(p->name, "CHILD");
	assert_int_equal(p->n, 2);
	class = &p->class[0];
	assert_true(class->match_all);
	assert_int_equal(class->lines.n, 1);
	assert_string_equal(class->match.v[1], "protocol udp");
	assert_int_equal(class->value[DMVPN_A_CLASS_PRIORITY_PERCENT], 10);
	class = &p->class[1];
	assert_int_equal(class->value[DMVPN_A_CLASS_BANDWIDTH_RATE], 1500000);
	assert_int_equal(class->value[DMVPN_A_CLASS_POLICE_RATE], 800000);
	assert_int_equal(class->value[DMVPN_A_CLASS_CODEL_TARGET], 5000);
	assert_int_equal(class->value[DMVPN_A_CLASS_CODEL_INTERVAL], 100000);
	assert_int_equal(class->value[DMVPN_A_CLASS_ECN], 1);
	assert_false(policy_has(class, DMVPN_A_CLASS_SHAPE_RATE));
	p = policies_find(&conf.policies, "OUTER");
	class = &p->class[0];
	assert_int_equal(class->value[DMVPN_A_CLASS_SET_OUTER_DSCP], 26);
	assert_true(policy_has(class, DMVPN_A_CLASS_SET_INNER_DSCP));
	assert_int_equal(class->value[DMVPN_A_CLASS_SET_PRIORITY], 0x10010);
	class = &p->class[1];
	assert_string_equal(class->child, "CHILD");
	assert_int_equal(class->value[DMVPN_A_CLASS_SHAPE_RATE], 5000000);
	assert_true(conf.iface[0].qos.pre_classify);
	assert_string_equal(conf.iface[0].qos.underlay, "OUTER");
	assert_string_equal(conf.iface[0].qos.output, "");
	conf_free(&conf);
}

static void bad_classes(void **state)
{
	(void)state;
	bad("access-list A { lines = { \"permit ip any any\",\n"
	    "	\"permit ip any\",\n	\"deny ip any any\" } }\n", 2,
	    "\"permit ip any\": destination \"\": use any");
	bad("access-list A {\n}\n", 2, "access-list A permits nothing");
	bad("access-list A {\n	lines = { \"remark\" }\n}\n", 3,
	    "permits nothing");
	bad("access-list \"A B\" { lines = \"permit ip any any\" }\n", 1,
	    "a name has 1 to 63 characters");
	bad("class-map A {\n	match-any = { \"dscp ef\",\n"
	    "	\"access-group B\" }\n}\n", 3,
	    "access-group B: no access-list of that name stands before");
	bad("class-map A { }\n", 1, "add match-any = { ... } or match-all");
	bad("class-map A { match-any = any\n match-all = any }\n", 2,
	    "one of them");
	bad("class-map class-default { match-any = any }\n", 1,
	    "it has no class-map");
	bad("class-map A { match-any = any }\n"
	    "class-map A { match-any = any }\n", 2, "");
}

#define CLASS "class-map A { match-any = any }\npolicy-map P {\nclass A {\n"

static void bad_policies(void **state)
{
	(void)state;
	bad("policy-map P { }\n", 1, "policy-map P: add class blocks");
	bad("policy-map P {\n	class A { }\n}\n", 2,
	    "class A: no class-map of that name stands before");
	bad("class-map A { match-any = any }\npolicy-map P {\n"
	    "class class-default { }\nclass A { }\n}\n", 4,
	    "class-default comes last");
	bad(CLASS "set-dscp = af99\n}\n}\n", 4,
	    "set-dscp = af99: use a name as af31");
	bad(CLASS "set-mark = 4294967296\n}\n}\n", 4,
	    "set-mark = 4294967296: use 0 to 4294967295");
	bad(CLASS "set-priority = \"1:x\"\n}\n}\n", 4, "use a class of tc");
	bad(CLASS "set-priority = \"1:10000\"\n}\n}\n", 4, "use a class");
	bad(CLASS "shape = 5MB\n}\n}\n", 4, "shape = 5MB: use bits a second");
	bad(CLASS "shape = 999\n}\n}\n", 4, "1 kbps to 1000 Gbps");
	bad(CLASS "shape = 1001G\n}\n}\n", 4, "1 kbps to 1000 Gbps");
	bad(CLASS "shape = 99999999999999999999G\n}\n}\n", 4, "1 kbps to");
	bad(CLASS "codel-target = 5\n}\n}\n", 4, "use a time as");
	bad(CLASS "ecn = 1\n}\n}\n", 4, "ecn = 1: use true or false");
	bad(CLASS "priority-percent = 101\n}\n}\n", 4, "use 1 to 100");
	bad(CLASS "fair-queue = 1025\n}\n}\n", 4, "use 0 to 1024");
	bad(CLASS "priority = 1m\nbandwidth = 1m\n}\n}\n", 6,
	    "priority and bandwidth: a class has one");
	bad(CLASS "shape-burst = 3000\n}\n}\n", 5,
	    "shape-burst says something about shape");
	bad(CLASS "service-policy = P\n}\n}\n", 4,
	    "service-policy = P: no policy-map of that name stands before");
	bad(CLASS "bandwidth-percent = 60 }\n"
	    "class class-default { bandwidth-percent = 41 }\n}\n", 6,
	    "101% together");
	bad("interface a {\n	service-policy-output = P\n}\n", 2,
	    "service-policy-output = P: no policy-map of that name");
}

#define KEY	"interface a {\n	authentication-key "
#define SECRET	"0123456789abcdef"

static void keys(void **state)
{
	const struct conf_if *ci;
	struct conf_if copy;
	struct conf conf;

	(void)state;
	assert_int_equal(parse(KEY "17 {\n"
		"		secret = \"" SECRET "\"\n	}\n"
		"	authentication-key 2 {\n"
		"		algorithm = hmac-sha256\n"
		"		secret = \"" SECRET SECRET SECRET SECRET "\"\n"
		"	}\n}\n", &conf), 0);
	ci = &conf.iface[0];
	assert_int_equal(ci->n_key, 2);
	assert_int_equal(ci->key[0].spi, 17);
	assert_int_equal(ci->key[0].algorithm, MAC_HMAC_MD5);
	assert_int_equal(ci->key[0].len, 16);
	assert_memory_equal(ci->key[0].secret, SECRET, 16);
	assert_int_equal(ci->key[1].spi, 2);
	assert_int_equal(ci->key[1].algorithm, MAC_HMAC_SHA256);
	assert_int_equal(ci->key[1].len, 64);
	assert_int_equal(conf_if_copy(&copy, ci), 0);
	conf_free(&conf);
	assert_memory_equal(copy.key[0].secret, SECRET, 16);
	conf_if_free(&copy);
	assert_int_equal(copy.n_key, 0);
}

/* And what is said about it is not the secret. */
static void bad_key(const char *text, int line, const char *words)
{
	bad(text, line, words);
	assert_null(strstr(said, SECRET));
	assert_null(strstr(said, "56789"));
}

static void bad_keys(void **state)
{
	(void)state;
	bad_key(KEY "1 { secret = \"" SECRET "\" }\n}\n", 2,
		"use a number, 2 to 65535");
	bad_key(KEY "65536 { secret = \"" SECRET "\" }\n}\n", 2,
		"2 to 65535");
	bad_key(KEY "017 { secret = \"" SECRET "\" }\n}\n", 2, "2 to 65535");
	bad_key(KEY "17 { }\n}\n", 2, "add secret = \"...\", of 16 to 64");
	bad_key(KEY "17 { secret = 012345678 }\n}\n", 2, "of 16 to 64");
	bad_key(KEY "17 { secret = \"" SECRET SECRET SECRET SECRET "x\" }\n"
		"}\n", 2, "of 16 to 64");
	bad_key(KEY "17 {\n secret = \"" SECRET "\"\n algorithm = md4 }\n"
		"}\n", 4, "use hmac-md5 or hmac-sha256");
	bad_key(KEY "17 { secret = not quoted " SECRET " }\n}\n", 2,
		"use secret = \"...\"");
	bad_key(KEY "17 { " SECRET " = secret }\n}\n", 2,
		"use secret = \"...\"");
	bad_key(KEY "17 { secret = \"" SECRET "\" }\n"
		"	authentication-key 17 { secret = \"" SECRET "\" }\n"
		"}\n", 3, "17");
	bad_key(KEY "17 { secret = \"" SECRET "\" }\n"
		"	authentication = geheim\n}\n", 4, "take one of them out");
}

static void large_file(void **state)
{
	static char text[20000] = "interface a { }\n#";
	size_t len = strlen(text);
	struct conf conf;

	(void)state;
	memset(text + len, 'x', sizeof(text) - len - 1);
	assert_int_equal(parse(text, &conf), 0);
	assert_int_equal(conf.n_iface, 1);
	conf_free(&conf);
}

static void no_file(void **state)
{
	struct conf conf;

	(void)state;
	said[0] = '\0';
	assert_int_equal(config_read("/nowhere/nhrpd.conf", &conf, note), -1);
	assert_non_null(strstr(said, "/nowhere/nhrpd.conf: No such file"));
}

static void copies(void **state)
{
	struct conf_if copy;
	struct conf conf;

	(void)state;
	assert_int_equal(parse("interface a { nhs 10.0.0.1 { nbma = 1.1.1.1 } }",
			       &conf), 0);
	assert_int_equal(conf_if_copy(&copy, &conf.iface[0]), 0);
	assert_ptr_not_equal(copy.nhs, conf.iface[0].nhs);
	assert_non_null(conf_find(&conf, "a"));
	assert_null(conf_find(&conf, "b"));
	conf_free(&conf);
	assert_true(is(&copy.nhs[0].nbma, "1.1.1.1"));
	conf_if_free(&copy);
}

static void groups(void **state)
{
	const struct conf_if *ci;
	struct conf conf;

	(void)state;
	assert_int_equal(parse(
		"interface a {\n"
		"	group = BRANCH-10M\n"
		"	group-map GOLD { service-policy = P10\n"
		"		adaptive-lower-bound-percent = 25 }\n"
		"	group-map \"GR(1)\" { service-policy = P2\n"
		"		adaptive-lower-bound = \"500 kbit\" }\n"
		"	peer-group 6.6.6.6 { group = GOLD }\n"
		"	peer-group \"fd00::/8\" { group = \"GR(1)\" }\n"
		"}\ninterface b {\n}\n", &conf), 0);
	ci = &conf.iface[0];
	assert_string_equal(ci->group, "BRANCH-10M");
	assert_int_equal(ci->n_group_map, 2);
	assert_string_equal(ci->group_map[0].group, "GOLD");
	assert_string_equal(ci->group_map[1].group, "GR(1)");
	assert_string_equal(ci->group_map[1].service_policy, "P2");
	assert_int_equal(ci->group_map[0].lower_bound, 0);
	assert_int_equal(ci->group_map[0].lower_percent, 25);
	assert_int_equal(ci->group_map[1].lower_percent, 0);
	assert_int_equal(ci->group_map[1].lower_bound, 500000);
	assert_int_equal(ci->n_peer_group, 2);
	assert_true(is(&ci->peer_group[0].what.addr, "6.6.6.6"));
	assert_int_equal(ci->peer_group[0].what.len, 32);
	assert_string_equal(ci->peer_group[1].group, "GR(1)");
	assert_int_equal(ci->peer_group[1].what.len, 8);
	ci = &conf.iface[1];
	assert_string_equal(ci->group, "");
	assert_int_equal(ci->n_group_map + ci->n_peer_group, 0);
	conf_free(&conf);
}

#define LONG64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void bad_groups(void **state)
{
	(void)state;
	bad("interface a {\n\ngroup = \"a b\"\n}\n", 3,
	    "group \"a b\": write a name of 1 to 63");
	bad("interface a {\ngroup = " LONG64 "\n}\n", 2, "1 to 63");
	bad("interface a {\ngroup = \"\"\n}\n", 2, "1 to 63");
	bad("interface a {\ngroup-map \"\" { service-policy = p }\n}\n", 2,
	    "group-map \"\": write");
	bad("interface a {\ngroup-map G {\n}\n}\n", 3,
	    "group-map G: add service-policy = POLICY");
	bad("interface a {\ngroup-map G {\nservice-policy = " LONG64
	    "\n}\n}\n", 3, "1 to 63");
	bad("interface a {\ngroup-map G { service-policy = p }\n"
	    "group-map G { service-policy = q }\n}\n", 3, "G");
	bad("interface a {\ngroup-map G { service-policy = p\n"
	    "adaptive-lower-bound = slow\n}\n}\n", 3,
	    "adaptive-lower-bound = slow: use");
	bad("interface a {\ngroup-map G { service-policy = p\n"
	    "adaptive-lower-bound-percent = 101\n}\n}\n", 3,
	    "adaptive-lower-bound-percent = 101: use");
	bad("interface a {\ngroup-map G { service-policy = p\n"
	    "adaptive-lower-bound-percent = 5\n"
	    "adaptive-lower-bound = 500000\n}\n}\n", 5,
	    "write one of them");
	bad("interface a {\npeer-group 1.2.3 { group = G }\n}\n", 2,
	    "peer-group 1.2.3: write an address of the peer");
	bad("interface a {\npeer-group 1.2.3.4 {\n}\n}\n", 3,
	    "peer-group 1.2.3.4: add group = NAME");
	bad("interface a {\ngroup-map G { service-policy = p }\n"
	    "peer-group 1.2.3.4 {\ngroup = H\n}\n}\n", 5,
	    "peer-group 1.2.3.4: there is no group-map H");
}

static int setup(void **state)
{
	int fd = mkstemp(file);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int teardown(void **state)
{
	(void)state;
	return unlink(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(everything),
		cmocka_unit_test(peers),
		cmocka_unit_test(clusters),
		cmocka_unit_test(server_names),
		cmocka_unit_test(prefixes),
		cmocka_unit_test(syntax),
		cmocka_unit_test(comments),
		cmocka_unit_test(numbers),
		cmocka_unit_test(addresses),
		cmocka_unit_test(ipv6),
		cmocka_unit_test(names),
		cmocka_unit_test(trust),
		cmocka_unit_test(distrust),
		cmocka_unit_test(policies),
		cmocka_unit_test(bad_classes),
		cmocka_unit_test(bad_policies),
		cmocka_unit_test(keys),
		cmocka_unit_test(bad_keys),
		cmocka_unit_test(large_file),
		cmocka_unit_test(no_file),
		cmocka_unit_test(copies),
		cmocka_unit_test(groups),
		cmocka_unit_test(bad_groups),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
