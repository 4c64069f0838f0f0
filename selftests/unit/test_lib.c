// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/addr.h"
#include "lib/buf.h"
#include "lib/hash.h"

static struct addr addr(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(text, &a), 0);
	return a;
}

static struct prefix prefix(const char *text)
{
	struct prefix p;

	assert_int_equal(prefix_parse(text, &p), 0);
	return p;
}

static void addresses(void **state)
{
	static const char *const texts[] = {
		"0.0.0.0", "1.2.3.4", "255.255.255.255", "::", "fe80::1",
		"2001:db8::ffff:1",
	};
	char buf[ADDR_TEXT];
	struct addr a;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		a = addr(texts[i]);
		assert_string_equal(addr_format(&a, buf), texts[i]);
	}
	assert_int_equal(addr_parse("1.2.3", &a), -1);
	assert_true(addr_is_none(&a));
	assert_int_equal(addr_parse("", &a), -1);
	assert_string_equal(addr_format(&a, buf), "-");
	a = addr_make("12345", 5);
	assert_true(addr_is_none(&a));
}

static void unicast(void **state)
{
	static const char *const no[] = {
		"0.0.0.0", "0.1.2.3", "127.0.0.1", "224.0.0.5", "240.0.0.1",
		"255.255.255.255", "::", "::1", "ff02::5",
	};
	struct addr a = { 0 };
	size_t i;

	(void)state;
	assert_false(addr_is_unicast(&a));
	for (i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
		a = addr(no[i]);
		assert_false(addr_is_unicast(&a));
	}
	a = addr("192.168.1.255");
	assert_true(addr_is_unicast(&a));
	a = addr("fe80::1");
	assert_true(addr_is_unicast(&a));
}

static void prefixes(void **state)
{
	struct prefix p = prefix("172.16.7.99/24"), q = prefix("172.16.0.0/16");
	struct addr a = addr("172.16.7.1"), b = addr("172.16.8.1");
	char buf[ADDR_TEXT];

	(void)state;
	assert_string_equal(prefix_format(&p, buf), "172.16.7.0/24");
	assert_true(prefix_contains(&p, &a));
	assert_false(prefix_contains(&p, &b));
	assert_true(prefix_covers(&q, &p));
	assert_true(prefix_covers(&q, &q));
	assert_false(prefix_covers(&p, &q));
	a = prefix_last(&p);
	assert_string_equal(addr_format(&a, buf), "172.16.7.255");
	p = prefix("10.0.0.1");
	assert_true(prefix_is_host(&p));
	p = prefix("0.0.0.0/0");
	assert_true(prefix_contains(&p, &b));
	a = addr("::1");
	assert_false(prefix_contains(&p, &a));
	assert_int_equal(prefix_parse("10.0.0.0/33", &p), -1);
	assert_int_equal(prefix_parse("10.0.0.0/", &p), -1);
	assert_int_equal(prefix_parse("10.0.0.0/ 8", &p), -1);
	assert_int_equal(prefix_parse("10.0.0.0/8x", &p), -1);
	assert_int_equal(prefix_parse("/8", &p), -1);
	p = prefix_make(&b, 99);
	assert_int_equal(p.len, 32);
}

static void nbmas(void **state)
{
	struct nbma n = { .addr = addr("6.6.6.6") }, m = n;
	char buf[ADDR_TEXT];

	(void)state;
	assert_string_equal(nbma_format(&n, buf), "6.6.6.6");
	assert_true(nbma_equal(&n, &m));
	m.port = 4501;
	assert_false(nbma_equal(&n, &m));
	assert_string_equal(nbma_format(&m, buf), "6.6.6.6:4501");
	m.addr = addr("2001::1");
	assert_string_equal(nbma_format(&m, buf), "[2001::1]:4501");
}

static void reading(void **state)
{
	static const uint8_t data[] = { 1, 2, 3, 4, 5, 6, 7 };
	struct reader r;

	(void)state;
	reader_init(&r, data, sizeof(data));
	assert_int_equal(read_u8(&r), 1);
	assert_int_equal(read_be16(&r), 0x0203);
	assert_int_equal(reader_left(&r), 4);
	assert_int_equal(read_be32(&r), 0x04050607);
	assert_false(r.error);
	assert_int_equal(read_u8(&r), 0);
	assert_true(r.error);
	/* It stays. */
	assert_null(read_bytes(&r, 0));
	assert_int_equal(reader_left(&r), 0);
}

static void writing(void **state)
{
	static const uint8_t want[] = { 9, 0, 7, 1, 2, 3, 4 };
	uint8_t data[7];
	struct writer w;

	(void)state;
	writer_init(&w, data, sizeof(data));
	write_u8(&w, 9);
	write_be16(&w, 0);
	write_be32(&w, 0x01020304);
	patch_be16(&w, 1, 7);
	assert_false(w.error);
	assert_memory_equal(data, want, sizeof(want));
	write_u8(&w, 1);
	assert_true(w.error);
	writer_init(&w, data, 1);
	patch_be16(&w, 0, 1);
	assert_true(w.error);
}

struct thing {
	struct hash_node node;
	bool in;
};

#define THINGS 5000
/* Few hashes, so that members share them. */
#define HASHES 700

static void check_table(const struct hash *h, struct thing *things)
{
	struct hash_node *node;
	size_t i, in = 0;

	for (i = 0; i < THINGS; i++) {
		for (node = hash_first(h, (uint32_t)(i % HASHES)); node;
		     node = hash_next(node))
			if (node == &things[i].node)
				break;
		assert_true(things[i].in == (node != NULL));
		in += things[i].in;
	}
	assert_int_equal(h->count, in);
}

static void tables(void **state)
{
	struct thing *things = calloc(THINGS, sizeof(*things)), *t, *tmp;
	struct hash h;
	size_t i, k;

	(void)state;
	assert_non_null(things);
	hash_init(&h);
	assert_null(hash_first(&h, 1));
	srandom(1);
	for (i = 0; i < 40000; i++) {
		k = (size_t)random() % THINGS;
		if (things[k].in)
			hash_del(&h, &things[k].node);
		else
			assert_int_equal(hash_add(&h, &things[k].node,
						  (uint32_t)(k % HASHES)), 0);
		things[k].in = !things[k].in;
		if (i % 4000 == 0)
			check_table(&h, things);
	}
	check_table(&h, things);
	hash_for_each_safe(t, tmp, &h, struct thing, node)
		hash_del(&h, &t->node);
	assert_int_equal(h.count, 0);
	hash_fini(&h);
	free(things);
}

#define KEYS	4096

/* Addresses that share a bucket with one seed do not with another one. */
static void seeded(void **state)
{
	const uint64_t seed[2] = { 0x0123456789abcdef, 0xfedcba9876543210 };
	const uint64_t none[2] = { 0 };
	unsigned int i, n = 0, in[KEYS] = { 0 }, most = 0, h;
	struct addr a[KEYS];
	uint8_t key[16];

	(void)state;
	for (i = 0; i < sizeof(key); i++)
		key[i] = (uint8_t)i;
	/* As python3's hash() has them with PYTHONHASHSEED=0. */
	assert_int_equal(hash_bytes(key, 16), 0xbad7dd33);
	assert_int_equal(hash_bytes(key, 15), 0x489f7ecf);
	for (i = 0; n < KEYS; i++) {
		a[n] = addr_v4(0x0a000000 + i);
		if (addr_hash(&a[n]) % 64 == 7)
			n++;
	}
	hash_set_seed(seed);
	for (i = 0; i < KEYS; i++) {
		h = addr_hash(&a[i]) % KEYS;
		if (++in[h] > most)
			most = in[h];
	}
	hash_set_seed(none);
	/* As many as there are buckets, thrown at random. */
	assert_in_range(most, 3, 12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(unicast),
		cmocka_unit_test(prefixes),
		cmocka_unit_test(nbmas),
		cmocka_unit_test(reading),
		cmocka_unit_test(writing),
		cmocka_unit_test(tables),
		cmocka_unit_test(seeded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
