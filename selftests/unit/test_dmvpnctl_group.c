// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dmvpnctl on groups: what nhrpd tells and the kernel has, in both forms.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dmvpnctl/nhrpd.h"
#include "dmvpnctl/output.h"

static struct model m;
static char *text;
static size_t text_len;

static void take(const char *line)
{
	json_t *o = json_loads(line, 0, NULL);

	assert_non_null(o);
	nhrp_take(&m, o);
	json_decref(o);
}

static void add_peer(const char *nbma, const char *policy)
{
	struct peer *p = model_add(m.peer, m.n_peer);

	p->ifindex = 5;
	assert_int_equal(addr_parse(nbma, &p->remote.addr), 0);
	snprintf(p->policy, sizeof(p->policy), "%s", policy);
}

/* A hub: the policy of silver is not in the kernel. */
static int setup(void **state)
{
	struct device *d = model_add(m.device, m.n_device);

	(void)state;
	d->ifindex = 5;
	snprintf(d->name, sizeof(d->name), "dmvpn0");
	add_peer("6.6.6.6", "P10");
	m.peer[0].rate = 2000000;
	add_peer("7.7.7.7", "");
	add_peer("8.8.8.8", "");
	take("{\"type\":\"interface\",\"interface\":\"dmvpn0\","
	     "\"qos\":{\"applied\":2,\"removed\":0,\"errors\":1}}");
	take("{\"type\":\"interface\",\"interface\":\"dmvpn1\","
	     "\"qos\":{\"applied\":0,\"removed\":0,\"errors\":0}}");
	take("{\"type\":\"binding\",\"interface\":\"dmvpn0\","
	     "\"address\":\"192.168.1.6\",\"nbma\":\"6.6.6.6\","
	     "\"group\":\"GOLD\",\"policy\":\"P10\"}");
	take("{\"type\":\"binding\",\"interface\":\"dmvpn0\","
	     "\"address\":\"192.168.1.7\",\"nbma\":\"7.7.7.7\","
	     "\"group\":\"SILVER\",\"policy\":\"\"}");
	take("{\"type\":\"binding\",\"interface\":\"dmvpn0\","
	     "\"address\":\"192.168.1.8\",\"nbma\":\"8.8.8.8\","
	     "\"group\":\"\",\"policy\":\"\"}");
	take("{\"type\":\"group-map\",\"interface\":\"dmvpn0\","
	     "\"group\":\"GOLD\",\"policy\":\"P10\",\"peers\":1}");
	take("{\"type\":\"group-map\",\"interface\":\"dmvpn0\","
	     "\"group\":\"SILVER\",\"policy\":\"P2\",\"peers\":0}");
	take("{\"type\":\"group-map\",\"interface\":\"dmvpn1\","
	     "\"group\":\"GOLD\",\"policy\":\"P1\",\"peers\":0}");
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

static FILE *begin(void)
{
	free(text);
	text = NULL;
	return open_memstream(&text, &text_len);
}

static void show(void (*print)(FILE *f, const struct model *m))
{
	FILE *f = begin();

	print(f, &m);
	fclose(f);
}

static void show_detail(void (*print)(FILE *f, const struct model *m,
				      bool detail), bool with)
{
	FILE *f = begin();

	print(f, &m, with);
	fclose(f);
}

static void says(const char *what)
{
	if (!strstr(text, what))
		print_error("no \"%s\" in:\n%s\n", what, text);
	assert_non_null(strstr(text, what));
}

static json_t *parsed(void)
{
	json_t *v = json_loadb(text, text_len, 0, NULL);

	assert_non_null(v);
	return v;
}

static const char *member(json_t *list, size_t i, const char *key)
{
	return json_string_value(json_object_get(json_array_get(list, i),
						 key));
}

static const char group_map_text[] =
	"Interface: dmvpn0\n\n"
	" NHRP group: GOLD\n"
	"  QoS policy: P10\n"
	"  Tunnels using the QoS policy:\n"
	"  Tunnel destination overlay/transport address\n"
	"  192.168.1.6/6.6.6.6\n\n"
	" NHRP group: SILVER\n"
	"  QoS policy: P2\n"
	"  No tunnels use the QoS policy\n\n"
	"Interface: dmvpn1\n\n"
	" NHRP group: GOLD\n"
	"  QoS policy: P1\n"
	"  No tunnels use the QoS policy\n\n";

static void group_map(void **state)
{
	json_t *v, *list;

	(void)state;
	show(text_output.group_map);
	assert_string_equal(text, group_map_text);
	model_keep_device(&m, "dmvpn0");
	show(json_output.group_map);
	v = parsed();
	list = json_object_get(v, "groups");
	assert_int_equal(json_array_size(list), 2);
	assert_string_equal(member(list, 0, "group"), "GOLD");
	assert_string_equal(member(list, 1, "policy"), "P2");
	assert_int_equal(json_integer_value(json_object_get(
		json_array_get(list, 0), "peers")), 1);
	json_decref(v);
}

static void detail(void **state)
{
	json_t *v, *rows;
	FILE *f = begin();

	(void)state;
	text_output.dmvpn(f, &m, true);
	fclose(f);
	says("6.6.6.6");
	says("      NHRP group: GOLD\n"
	     "       Output QoS service-policy applied: P10\n"
	     "       Output QoS limited to 2000000 bps\n"
	     "    1 7.7.7.7 ");
	/* Then the row of 8.8.8.8, and no more of groups. */
	says("      NHRP group: SILVER\n    1 8.8.8.8 ");
	assert_null(strstr(strstr(text, "8.8.8.8"), "group"));
	f = begin();
	text_output.dmvpn(f, &m, false);
	fclose(f);
	assert_null(strstr(text, "GOLD"));
	f = begin();
	json_output.dmvpn(f, &m, true);
	fclose(f);
	v = parsed();
	rows = json_object_get(json_array_get(json_object_get(v,
							      "interfaces"),
					      0), "tunnels");
	assert_string_equal(member(rows, 0, "group"), "GOLD");
	assert_string_equal(json_string_value(json_object_get(json_object_get(
		json_array_get(rows, 0), "peer"), "policy")), "P10");
	assert_true(json_is_null(json_object_get(json_array_get(rows, 2),
						 "group")));
	json_decref(v);
}

static void bindings(void **state)
{
	json_t *v, *list;

	(void)state;
	show_detail(text_output.nhrp, false);
	says("   NBMA address: 6.6.6.6\n"
	     "   Group: GOLD\n"
	     "192.168.1.7/32");
	show_detail(json_output.nhrp, false);
	v = parsed();
	list = json_object_get(v, "bindings");
	assert_string_equal(member(list, 0, "policy"), "P10");
	assert_string_equal(member(list, 1, "group"), "SILVER");
	json_decref(v);
}

static void counters(void **state)
{
	(void)state;
	show(text_output.nhrp_stats);
	says("dmvpn0\n");
	says(" Tunnel QoS Stats:\n"
	     "  [S]QoS APPLY                  : 2[1]"
	     "  [S]QoS Remove                 : 0[0]\n");
	says("dmvpn1\n");
	show_detail(json_output.traffic, false);
	says("\"errors\": 1");
}

#define HUB(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB(group_map),
		HUB(detail),
		HUB(bindings),
		HUB(counters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
