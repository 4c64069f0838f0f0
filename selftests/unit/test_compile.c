// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Class maps: their flat lines say the same as what the operator wrote, which
 * is looked at here as it stands.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "header.h"
#include "nhrpd/compile.h"

#define ROUNDS		3000
#define HEADERS		100
#define MAPS_MAX	4

static struct class_maps maps;
static char error[ACL_ERROR];

static void list(const char *name, const char *const *text, size_t n)
{
	struct access_list *list = class_maps_add_list(&maps, name);
	size_t i;

	assert_non_null(list);
	for (i = 0; i < n; i++)
		if (acl_parse(text[i], &list->lines, error))
			fail_msg("%s: %s", text[i], error);
}

static struct class_map *map_of(const char *name, bool all,
				const char *const *text, size_t n)
{
	struct class_map *map = class_maps_add_map(&maps, name);
	size_t i;

	assert_non_null(map);
	map->match_all = all;
	for (i = 0; i < n; i++)
		assert_int_equal(policy_texts_add(&map->match, text[i]), 0);
	return map;
}

static const struct class_map *compiled(bool all, const char *const *text,
					size_t n)
{
	struct class_map *map = map_of("M", all, text, n);

	if (compile_class_map(&maps, map, error))
		fail_msg("%s", error);
	return map;
}

static bool takes(const struct class_map *map, const char *text)
{
	struct header h = header_of(text);

	return header_classify(&h, map->lines.v, map->lines.n) < map->lines.n;
}

static int forget(void **state)
{
	(void)state;
	class_maps_free(&maps);
	return 0;
}

#define N(array) (sizeof(array) / sizeof((array)[0]))

static const char *const biz[] = {
	"remark of the business", "deny tcp any any eq 22",
	"permit ip any 11.11.11.0 0.0.0.255", "deny udp any any",
};

static void one_list(void **state)
{
	static const char *const match[] = { "access-group BIZ" };
	const struct class_map *map;

	(void)state;
	list("BIZ", biz, N(biz));
	map = compiled(false, match, 1);
	/* What denies at the end is said by the end. */
	assert_int_equal(map->lines.n, 2);
	assert_int_equal(map->lines.v[0].deny, 2);
	assert_true(takes(map, "tcp 1.1.1.1 1 11.11.11.1 80"));
	assert_false(takes(map, "tcp 1.1.1.1 1 11.11.11.1 22"));
	assert_false(takes(map, "tcp 1.1.1.1 1 11.11.12.1 80"));
}

/* A line that denies ends its statement, not the class. */
static void any_of_several(void **state)
{
	static const char *const match[] = {
		"access-group name BIZ", "dscp ef af41", "not protocol tcp",
	};
	const struct class_map *map;

	(void)state;
	list("BIZ", biz, N(biz));
	map = compiled(false, match, 3);
	assert_int_equal(map->lines.v[0].deny, 2);
	assert_int_equal(map->lines.v[2].statement, 1);
	assert_true(takes(map, "tcp 1.1.1.1 1 11.11.11.1 22 ef"));
	assert_true(takes(map, "tcp 1.1.1.1 1 2.2.2.2 22 af41"));
	assert_false(takes(map, "tcp 1.1.1.1 1 11.11.11.1 22 cs1"));
	assert_true(takes(map, "udp 1.1.1.1 1 2.2.2.2 22"));
}

static void all_of_several(void **state)
{
	static const char *const match[] = {
		"access-group BIZ", "precedence 5 6", "not dscp ef",
		"ip dscp 40 48", "protocol tcp",
	};
	const struct class_map *map;

	(void)state;
	list("BIZ", biz, N(biz));
	map = compiled(true, match, N(match));
	assert_true(takes(map, "tcp 1.1.1.1 1 11.11.11.1 80 cs5"));
	assert_true(takes(map, "tcp 1.1.1.1 1 11.11.11.1 80 cs6"));
	assert_false(takes(map, "tcp 1.1.1.1 1 11.11.11.1 80 ef"));
	assert_false(takes(map, "tcp 1.1.1.1 1 11.11.11.1 22 cs5"));
	assert_false(takes(map, "udp 1.1.1.1 1 11.11.11.1 80 cs5"));
}

static void never(void **state)
{
	static const char *const match[] = { "protocol tcp", "protocol udp" };
	static const char *const nothing[] = { "not any" };
	static const char *const all[] = { "dscp 5", "any", "protocol tcp" };

	(void)state;
	assert_int_equal(compiled(true, match, 2)->lines.n, 0);
	assert_int_equal(compiled(false, nothing, 1)->lines.n, 0);
	assert_int_equal(compiled(false, all, 3)->lines.n, 3);
}

static void bad(const char *text, const char *words)
{
	struct policy_lines lines = { 0 };

	assert_int_equal(compile_statement(&maps, text, &lines, error), -1);
	policy_lines_free(&lines);
	if (!strstr(error, words))
		fail_msg("%s: no \"%s\" in \"%s\"", text, words, error);
}

static void bad_statements(void **state)
{
	(void)state;
	bad("", "match \"\": use access-group");
	bad("not", "match \"\": use");
	bad("not not any", "match \"not\"");
	bad("access-group BIS", "access-group BIS: no access-list");
	bad("dscp", "dscp \"\": use");
	bad("dscp af21 af99", "dscp \"af99\": use");
	bad("ip precedence 8", "precedence \"8\"");
	bad("ip any", "match \"any\": use");
	bad("protocol http", "protocol \"http\": use");
	bad("any more", "what is \"more\"?");
	bad("qos-group 5", "match \"qos-group\": use");
}

/* Two lists of 300 lines are 90,000 together. */
static void too_many(void **state)
{
	static const char *const match[] = {
		"access-group A", "access-group B",
	};
	struct access_list *a = class_maps_add_list(&maps, "A");
	struct access_list *b;
	struct class_map *map;
	char text[64];
	int i;

	(void)state;
	for (i = 0; i < 300; i++) {
		snprintf(text, sizeof(text), "permit ip host 10.0.%d.%d any",
			 i / 250, i % 250);
		assert_int_equal(acl_parse(text, &a->lines, error), 0);
	}
	b = class_maps_add_list(&maps, "B");
	for (i = 0; i < 300; i++) {
		snprintf(text, sizeof(text), "permit ip any host 10.1.%d.%d",
			 i / 250, i % 250);
		assert_int_equal(acl_parse(text, &b->lines, error), 0);
	}
	map = map_of("M", true, match, 2);
	assert_int_equal(compile_class_map(&maps, map, error), -1);
	assert_non_null(strstr(error, "too many lines: the kernel takes "));
}

/* ---- any configuration against what it says ---- */

static const char *pick(const char *const *of, size_t n)
{
	return of[(size_t)rand() % n];
}

static void random_line(char *text, size_t size)
{
	static const char *const v4[] = {
		"any", "10.0.0.0/8", "10.1.0.0 0.0.255.255", "host 10.1.1.1",
	};
	static const char *const v6[] = {
		"any", "2001:db8::/32", "2001:db8:1::/48", "host 2001:db8:1::1",
	};
	static const char *const protocols[] = { "tcp", "udp", "gre" };
	static const char *const range[] = {
		"", "", "eq 1", "neq 2", "gt 1", "lt 3", "range 1 2", "eq 1 3",
	};
	static const char *const option[] = {
		"", "", "", "dscp 8", "dscp 10", "precedence 1",
	};
	bool six = rand() % 3 == 0, bare = rand() % 3 == 0;
	const char *protocol = bare ? (six ? "ipv6" : "ip") :
			       pick(protocols, N(protocols));
	bool ports = *protocol == 't' || *protocol == 'u';

	snprintf(text, size, "%s %s %s %s %s %s %s",
		 rand() % 3 ? "permit" : "deny", protocol,
		 six ? pick(v6, N(v6)) : pick(v4, N(v4)),
		 ports ? pick(range, N(range)) : "",
		 six ? pick(v6, N(v6)) : pick(v4, N(v4)),
		 ports ? pick(range, N(range)) :
		 rand() % 8 ? "" : "fragments", pick(option, N(option)));
}

static void random_statement(char *text, size_t size)
{
	static const char *const kinds[] = {
		"access-group A", "access-group B", "access-group C",
		"access-group A", "access-group B", "access-group C",
		"dscp 8 10", "ip dscp 8", "precedence 1", "protocol tcp",
		"protocol ip", "protocol ipv6", "any",
	};

	snprintf(text, size, "%s%s", rand() % 4 ? "" : "not ",
		 pick(kinds, N(kinds)));
}

static void random_maps(void)
{
	static const char *const lists[] = { "A", "B", "C" };
	struct class_map *map;
	char text[160];
	size_t i;
	int k;

	for (i = 0; i < N(lists); i++) {
		list(lists[i], NULL, 0);
		for (k = rand() % 5; k >= 0; k--) {
			random_line(text, sizeof(text));
			assert_int_equal(acl_parse(text, &maps.list[i].lines,
						   error), 0);
		}
	}
	for (i = 0; i < MAPS_MAX; i++) {
		map = map_of("M", rand() % 2, NULL, 0);
		for (k = rand() % 3; k >= 0; k--) {
			random_statement(text, sizeof(text));
			assert_int_equal(policy_texts_add(&map->match, text),
					 0);
		}
	}
}

static struct header random_header(void)
{
	static const char *const v4[] = {
		"10.0.0.1", "10.1.0.1", "10.1.1.1", "11.0.0.1",
	};
	static const char *const v6[] = {
		"2001:db8:2::1", "2001:db8:1::2", "2001:db8:1::1", "2002::1",
	};
	static const uint8_t protocols[] = { 6, 17, 47 };
	static const uint8_t dscp[] = { 0, 8, 10, 12, 46 };
	struct header h = { 0 };
	bool six = rand() % 3 == 0;

	addr_parse(six ? pick(v6, 4) : pick(v4, 4), &h.src);
	addr_parse(six ? pick(v6, 4) : pick(v4, 4), &h.dst);
	h.family = six ? 6 : 4;
	h.protocol = protocols[rand() % 3];
	h.dscp = dscp[rand() % 5];
	h.fragment = rand() % 8 == 0;
	h.has_ports = h.protocol != 47 && !h.fragment;
	if (h.has_ports) {
		h.sport = (uint16_t)(rand() % 5);
		h.dport = (uint16_t)(rand() % 5);
	}
	return h;
}

static bool list_permits(const struct header *h, const char *name)
{
	const struct access_list *l = class_maps_find_list(&maps, name);
	size_t i;

	for (i = 0; i < l->lines.n; i++)
		if (header_matches(h, &l->lines.v[i]))
			return !l->lines.v[i].deny;
	return false;
}

static bool says_plain(const struct header *h, const char *text)
{
	if (!strncmp(text, "access-group ", 13))
		return list_permits(h, text + 13);
	if (!strcmp(text, "dscp 8 10"))
		return h->dscp == 8 || h->dscp == 10;
	if (!strcmp(text, "ip dscp 8"))
		return h->family == 4 && h->dscp == 8;
	if (!strcmp(text, "precedence 1"))
		return h->dscp >> 3 == 1;
	if (!strcmp(text, "protocol tcp"))
		return h->protocol == 6;
	if (!strcmp(text, "protocol ip"))
		return h->family == 4;
	if (!strcmp(text, "protocol ipv6"))
		return h->family == 6;
	return true;
}

static bool says(const struct header *h, const char *text)
{
	if (!strncmp(text, "not ", 4))
		return !says_plain(h, text + 4);
	return says_plain(h, text);
}

/* As the words have it: the first class, and the first statement of it. */
static void expected(const struct header *h, size_t *class, size_t *statement)
{
	const struct class_map *map;
	size_t i, matching;

	for (*class = 0; *class < maps.n_map; (*class)++) {
		map = &maps.map[*class];
		*statement = map->match.n;
		for (i = 0, matching = 0; i < map->match.n; i++) {
			if (!says(h, map->match.v[i]))
				continue;
			if (!matching++)
				*statement = i;
		}
		if (map->match_all)
			*statement = 0;
		if (map->match_all ? matching == map->match.n : matching)
			return;
	}
	*statement = 0;
}

/* All lines of a policy, as the kernel has them. */
static struct policy_lines flat(size_t *end)
{
	struct policy_lines all = { 0 };
	size_t i, k;

	for (i = 0; i < maps.n_map; i++) {
		for (k = 0; k < maps.map[i].lines.n; k++)
			policy_lines_add(&all, &maps.map[i].lines.v[k]);
		end[i] = all.n;
	}
	return all;
}

static void compare(const struct header *h, const struct policy_lines *all,
		    const size_t *end)
{
	size_t class, statement, want, want_statement, line;

	expected(h, &want, &want_statement);
	line = header_classify(h, all->v, all->n);
	for (class = 0; class < maps.n_map && line >= end[class];)
		class++;
	statement = line < all->n ? all->v[line].statement : 0;
	if (class == want && statement == want_statement)
		return;
	fail_msg("class %zu, statement %zu; should be %zu, %zu", class,
		 statement, want, want_statement);
}

static void any_configuration(void **state)
{
	struct policy_lines all;
	size_t end[MAPS_MAX], i;
	unsigned int round, k;
	struct header h;

	(void)state;
	srand(20);
	for (round = 0; round < ROUNDS; round++) {
		random_maps();
		for (i = 0; i < maps.n_map; i++)
			if (compile_class_map(&maps, &maps.map[i], error))
				fail_msg("%s", error);
		all = flat(end);
		for (k = 0; k < HEADERS; k++) {
			h = random_header();
			compare(&h, &all, end);
		}
		policy_lines_free(&all);
		class_maps_free(&maps);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(one_list, forget),
		cmocka_unit_test_teardown(any_of_several, forget),
		cmocka_unit_test_teardown(all_of_several, forget),
		cmocka_unit_test_teardown(never, forget),
		cmocka_unit_test_teardown(bad_statements, forget),
		cmocka_unit_test_teardown(too_many, forget),
		cmocka_unit_test_teardown(any_configuration, forget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
