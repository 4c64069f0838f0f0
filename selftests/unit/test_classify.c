// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's look-up of match lines: each field, the order of lines, and what
 * it costs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>

#include <cmocka.h>

#include "lines.h"

#define MANY 4096
/* Steps of a look-up in a segment tree: a node and a line on each level. */
#define TREE_STEPS (2 * 18 + 3)

static bool matches(const struct dmvpn_match *line,
		    const struct dmvpn_flow *flow)
{
	return lines_classify(line, 1, flow) == 0;
}

/* One field after the other */

static void no_lines(void **state)
{
	const struct dmvpn_flow flow = flow_ports(UDP, 1, 2);

	(void)state;
	assert_int_equal(lines_classify(NULL, 0, &flow), 0);
	dmvpn_classifier_free(NULL);
}

static void families(void **state)
{
	const struct dmvpn_flow ip4 = flow_bare(UDP);
	const struct dmvpn_flow ip6 = flow_between("2001:db8::1", "2001:db8::2",
						   UDP);
	struct dmvpn_match line = line_any();

	(void)state;
	assert_true(matches(&line, &ip4) && matches(&line, &ip6));
	line.family = 4;
	assert_true(matches(&line, &ip4) && !matches(&line, &ip6));
	line.family = 6;
	assert_true(!matches(&line, &ip4) && matches(&line, &ip6));
}

/* Each length of a prefix, with each bit of an address turned. */
static void prefixes_of(u8 family, const char *text, bool dst)
{
	const int bits = family == 4 ? 32 : 128;
	struct dmvpn_flow flow = flow_between(text, text, UDP);
	struct dmvpn_match line = line_any();
	u8 *addr = (u8 *)(dst ? flow.dst : flow.src);
	u8 *prefix = (u8 *)(dst ? line.dst : line.src);
	int len, bit;

	line.family = family;
	for (len = 0; len <= bits; len++) {
		if (len)
			prefix[(len - 1) / 8] |= addr[(len - 1) / 8] &
						 0x80 >> (len - 1) % 8;
		*(dst ? &line.dst_len : &line.src_len) = len;
		assert_true(matches(&line, &flow));
		for (bit = 0; bit < bits; bit++) {
			addr[bit / 8] ^= 0x80 >> bit % 8;
			assert_true(matches(&line, &flow) == (bit >= len));
			addr[bit / 8] ^= 0x80 >> bit % 8;
		}
	}
}

static void prefixes(void **state)
{
	(void)state;
	prefixes_of(4, "172.21.200.85", false);
	prefixes_of(4, "172.21.200.85", true);
	prefixes_of(6, "2001:db8:a5c3:7001:aa55:1:ff00:8001", false);
	prefixes_of(6, "2001:db8:a5c3:7001:aa55:1:ff00:8001", true);
}

static void protocols(void **state)
{
	struct dmvpn_match line = line_any();
	struct dmvpn_flow flow = flow_bare(0);
	int want, is;

	(void)state;
	for (want = DMVPN_MATCH_ANY_PROTOCOL; want < 256; want += 17) {
		line.protocol = want;
		for (is = 0; is < 256; is++) {
			flow.protocol = is;
			assert_true(matches(&line, &flow) ==
				    (want < 0 || want == is));
		}
	}
}

static void dscps(void **state)
{
	struct dmvpn_match line = line_any();
	struct dmvpn_flow flow = flow_bare(UDP);
	int mask, is;

	(void)state;
	for (mask = 0; mask < 64; mask++) {
		line.dscp_mask = mask;
		line.dscp = 0x2a & mask;
		for (is = 0; is < 64; is++) {
			flow.dscp = is;
			assert_true(matches(&line, &flow) ==
				    ((is & mask) == (0x2a & mask)));
		}
	}
}

/**
 * struct port_case - a range, and ports in and beside it
 * @min: of the range
 * @max: of the range
 * @port: of a header
 * @in: the header matches
 */
struct port_case {
	u16 min;
	u16 max;
	u16 port;
	bool in;
};

static const struct port_case port_cases[] = {
	{ 0, 65535, 0, true },
	{ 0, 65535, 65535, true },
	{ 53, 53, 53, true },
	{ 53, 53, 52, false },
	{ 53, 53, 54, false },
	{ 0, 0, 0, true },
	{ 0, 0, 1, false },
	{ 65535, 65535, 65535, true },
	{ 65535, 65535, 65534, false },
	{ 65535, 65535, 0, false },
	{ 1024, 65535, 1023, false },
	{ 1024, 65535, 1024, true },
	{ 1024, 65535, 65535, true },
	{ 0, 1023, 0, true },
	{ 0, 1023, 1023, true },
	{ 0, 1023, 1024, false },
	{ 16384, 32767, 16383, false },
	{ 16384, 32767, 16384, true },
	{ 16384, 32767, 32767, true },
	{ 16384, 32767, 32768, false },
	{ 20, 10, 15, false },		/* ends before it begins */
	{ 20, 10, 20, false },
};

static void ports(void **state)
{
	const struct dmvpn_flow none = flow_bare(UDP);
	const struct port_case *p;
	struct dmvpn_match line;
	struct dmvpn_flow flow;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(port_cases) / sizeof(port_cases[0]); i++) {
		p = &port_cases[i];
		line = line_any();
		line.sport_min = p->min;
		line.sport_max = p->max;
		flow = flow_ports(UDP, p->port, 7);
		assert_true(matches(&line, &flow) == p->in);
		assert_true(matches(&line, &none) ==
			    (!p->min && p->max == 65535));
		line = line_any();
		line.dport_min = p->min;
		line.dport_max = p->max;
		flow = flow_ports(UDP, 7, p->port);
		assert_true(matches(&line, &flow) == p->in);
		assert_true(matches(&line, &none) ==
			    (!p->min && p->max == 65535));
	}
}

/* What stands in the ports of a header that has none says nothing. */
static void ports_of_nothing(void **state)
{
	struct dmvpn_flow flow = flow_ports(UDP, 53, 53);
	struct dmvpn_match line = line_any();

	(void)state;
	line.dport_min = 53;
	line.dport_max = 53;
	assert_true(matches(&line, &flow));
	flow.has_ports = false;
	assert_false(matches(&line, &flow));
	line.dport_min = 0;
	assert_false(matches(&line, &flow));
	line.dport_max = 65535;
	assert_true(matches(&line, &flow));
	line.sport_max = 65534;
	assert_false(matches(&line, &flow));
}

static void fragments(void **state)
{
	struct dmvpn_flow flow = flow_bare(UDP);
	struct dmvpn_match lines[2] = { line_any(), line_any() };

	(void)state;
	lines[0].fragment = true;
	assert_int_equal(lines_classify(lines, 2, &flow), 1);
	flow.fragment = true;
	assert_int_equal(lines_classify(lines, 2, &flow), 0);
	/* A line that does not ask takes them, too. */
	assert_int_equal(lines_classify(&lines[1], 1, &flow), 0);
	/* The first one has ports and is no such fragment. */
	flow = flow_ports(UDP, 1, 2);
	assert_int_equal(lines_classify(lines, 2, &flow), 1);
}

/* From the most particular to the most general, and the other way round. */
static void order(void **state)
{
	const struct dmvpn_flow flow = flow_ports(UDP, 4000, 5060);
	struct dmvpn_match lines[6], swapped[6];
	u32 i;

	(void)state;
	for (i = 0; i < 6; i++)
		lines[i] = line_any();
	lines[0].family = 4;
	lines[0].src_len = 32;
	memcpy(lines[0].src, flow.src, sizeof(flow.src));
	lines[1].family = 4;
	lines[1].dst_len = 32;
	memcpy(lines[1].dst, flow.dst, sizeof(flow.dst));
	lines[2] = line_dport(5060, 5060);
	lines[3] = line_dport(5060, 5061);
	lines[4].protocol = UDP;
	for (i = 0; i < 6; i++) {
		assert_int_equal(lines_classify(&lines[i], 6 - i, &flow), 0);
		swapped[i] = lines[5 - i];
	}
	assert_int_equal(lines_classify(swapped, 6, &flow), 0);
	/* One that does not match gives way, wherever it is. */
	for (i = 0; i < 5; i++) {
		lines[i].dscp = 46;
		lines[i].dscp_mask = 63;
		assert_int_equal(lines_classify(lines, 6, &flow), i + 1);
	}
}

static void deny(void **state)
{
	const struct dmvpn_flow sip = flow_ports(UDP, 1, 5060);
	const struct dmvpn_flow dns = flow_ports(UDP, 1, 53);
	const struct dmvpn_flow web = flow_ports(TCP, 1, 80);
	struct dmvpn_match lines[] = {
		/* All of UDP but DNS; then DNS, but not to that address. */
		line_dport(53, 53), line_dport(0, 65535),
		line_dport(53, 53), line_dport(50, 60),
		line_any(),
	};

	(void)state;
	lines[0].deny = 2;
	lines[2].deny = 2;
	lines[2].family = 4;
	lines[2].dst_len = 32;
	memcpy(lines[2].dst, dns.dst, sizeof(dns.dst));
	assert_int_equal(lines_classify(lines, 5, &sip), 1);
	assert_int_equal(lines_classify(lines, 5, &dns), 4);
	assert_int_equal(lines_classify(lines, 5, &web), 4);
	assert_int_equal(lines_classify(lines, 4, &dns), 4);
	lines[2].dst[0] ^= htonl(1);
	assert_int_equal(lines_classify(lines, 5, &dns), 3);
}

/* To the end, beyond it, and as far as the number goes. */
static void deny_to_the_end(void **state)
{
	static const u32 far[] = { 3, 4, 100, 0x7fffffff, 0xfffffffe,
				   0xffffffff };
	const struct dmvpn_flow flow = flow_ports(UDP, 1, 2);
	struct dmvpn_match lines[4];
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++)
		lines[i] = line_any();
	for (i = 0; i < sizeof(far) / sizeof(far[0]); i++) {
		lines[1].deny = far[i];
		assert_int_equal(lines_classify(lines, 4, &flow), 0);
		lines[0].deny = 1;
		assert_int_equal(lines_classify(lines, 4, &flow), 4);
		lines[0].deny = far[i];
		assert_int_equal(lines_classify(lines, 4, &flow),
				 far[i] == 3 ? 3 : 4);
		lines[0].deny = 0;
	}
}

/* All lines are alike, and each denies but the last. */
static void deny_chain(void **state)
{
	const struct dmvpn_flow flow = flow_ports(UDP, 1, 2);
	struct dmvpn_match lines[200];
	u32 i, step;

	(void)state;
	for (step = 1; step < 60; step++) {
		for (i = 0; i < 200; i++) {
			lines[i] = line_dport(0, 99);
			lines[i].deny = step;
		}
		lines[199].deny = 0;
		assert_int_equal(lines_classify(lines, 200, &flow),
				 199 % step ? 200 : 199);
	}
}

/* A header's tuples are more than those whose misses are remembered. */
static void many_shapes(void **state)
{
	struct dmvpn_flow flow = flow_ports(UDP, 1, 2);
	struct dmvpn_match lines[33 * 3];
	u32 i;

	(void)state;
	for (i = 0; i < 33 * 3; i++) {
		lines[i] = line_any();
		lines[i].family = 4;
		lines[i].src_len = i % 33;
		lines[i].protocol = i < 33 ? -1 : UDP;
		lines[i].src[0] = flow.src[0] &
				  htonl((u32)(0xffffffffULL << (32 - i % 33)));
		lines[i].dscp_mask = i < 66 ? 0 : 63;
		lines[i].deny = 1;
	}
	assert_int_equal(lines_classify(lines, 33 * 3, &flow), 33 * 3);
	for (i = 33 * 3; i-- > 0; ) {
		lines[i].deny = 0;
		assert_int_equal(lines_classify(lines, 33 * 3, &flow), i);
	}
}

/* What it costs */

static struct dmvpn_match src_line(u32 i)
{
	struct dmvpn_match line = line_any();

	line.family = 4;
	line.src_len = 32;
	line.src[0] = htonl(0x0a000000 + i);
	return line;
}

static struct dmvpn_match ip6_line(u32 i)
{
	struct dmvpn_match line = line_any();

	line.family = 6;
	line.protocol = UDP;
	line.dst_len = 64;
	line.dst[0] = htonl(0x20010db8);
	line.dst[1] = htonl(i << 4);
	return line;
}

static struct dmvpn_match port_line(u32 i)
{
	return line_dport(1000 + i, 1000 + i);
}

/* One within the other, so that all have to be looked at for the last. */
static struct dmvpn_match nested_line(u32 i)
{
	return line_dport(30000 - i, 30000 + 2 * i);
}

static struct dmvpn_match disjoint_line(u32 i)
{
	return line_dport(16 * i, 16 * i + 12);
}

static struct dmvpn_match random_range_line(u32 i)
{
	u32 port = i * 40503 % 65536;

	return line_dport(port, port + i * 31 % (65536 - port));
}

static struct dmvpn_match open_line(u32 i)
{
	return line_dport(65534 - i, 65535);
}

/* The other port says nothing. */
static struct dmvpn_match sport_line(u32 i)
{
	struct dmvpn_match line = line_dport(0, 65535);

	line.sport_min = i;
	line.sport_max = 2 * i + 1;
	return line;
}

/**
 * struct cost - lines of one shape, and what a look-up of them costs
 * @name: of the shape
 * @line: the lines
 * @mean: steps, times 100
 * @max: steps at most
 */
struct cost {
	const char *name;
	struct dmvpn_match (*line)(u32 i);
	u32 mean;
	u32 max;
};

/*
 * A table is asked, its key is compared and before it those that share the
 * bucket, of which there are half as many as buckets; then a line is looked at.
 */
static const struct cost costs[] = {
	{ "sources", src_line, 350, 8 },
	{ "IPv6 prefixes", ip6_line, 350, 8 },
	{ "ports", port_line, 350, 8 },
	{ "nested ranges", nested_line, 3000, TREE_STEPS },
	{ "disjoint ranges", disjoint_line, 3000, TREE_STEPS },
	{ "random ranges", random_range_line, 3000, TREE_STEPS },
	{ "open ranges", open_line, 3000, TREE_STEPS },
	{ "source ports", sport_line, 3000, TREE_STEPS },
};

/* Mean number of steps, times 100, for headers of which each line has one. */
static u32 mean_steps(const struct cost *cost, u32 n)
{
	struct dmvpn_match *lines = calloc(n, sizeof(*lines));
	struct dmvpn_classifier *cl;
	struct dmvpn_flow flow;
	u32 i, steps, total = 0;

	assert_non_null(lines);
	for (i = 0; i < n; i++)
		lines[i] = cost->line(i);
	cl = lines_classifier(lines, n);
	for (i = 0; i < 2 * MANY; i++) {
		flow = flow_ports(UDP, i % n,
				  lines[i % n].dport_max + (i >= MANY));
		flow.family = lines[i % n].family ? lines[i % n].family : 4;
		memcpy(flow.src, lines[i % n].src, sizeof(flow.src));
		memcpy(flow.dst, lines[i % n].dst, sizeof(flow.dst));
		steps = 0;
		assert_int_equal(dmvpn_classify_steps(cl, &flow, &steps),
				 lines_first(lines, n, &flow));
		assert_in_range(steps, 1, cost->max);
		total += steps;
	}
	dmvpn_classifier_free(cl);
	free(lines);
	return total * 100ULL / (2 * MANY);
}

static void cost_does_not_grow(void **state)
{
	u32 i, one, many;

	(void)state;
	for (i = 0; i < sizeof(costs) / sizeof(costs[0]); i++) {
		one = mean_steps(&costs[i], 1);
		many = mean_steps(&costs[i], MANY);
		print_message("# %s: %u.%02u steps with one, %u.%02u with %u\n",
			      costs[i].name, one / 100, one % 100, many / 100,
			      many % 100, MANY);
		assert_in_range(one, 100, 300);
		assert_in_range(many, 100, costs[i].mean);
	}
}

static u32 steps_of(const struct dmvpn_match *lines, u32 n,
		    const struct dmvpn_flow *flow)
{
	struct dmvpn_classifier *cl = lines_classifier(lines, n);
	u32 steps = 0;

	assert_int_equal(dmvpn_classify_steps(cl, flow, &steps),
			 lines_first(lines, n, flow));
	dmvpn_classifier_free(cl);
	return steps;
}

/* What the other shapes of lines cost, of which none matches. */
static void cost_of_shapes(void **state)
{
	struct dmvpn_flow flow = flow_ports(UDP, 1, 2);
	struct dmvpn_match lines[92];
	u32 i;

	(void)state;
	for (i = 0; i < 60; i++) {
		lines[i] = i < 32 ? src_line(i) : line_any();
		lines[i].src_len = i < 32 ? i + 1 : 0;
		lines[i].deny = i < 59;
	}
	memcpy(lines + 60, lines, 32 * sizeof(lines[0]));
	/* They have nothing, and are not asked for each line that denies. */
	assert_in_range(steps_of(lines, 92, &flow), 32 + 28 * 3,
			32 + 32 + 28 * 3);
	/* Nor are they if they are for other families, */
	for (i = 0; i < 32; i++)
		lines[i].family = 6;
	memcpy(lines + 60, lines, 32 * sizeof(lines[0]));
	assert_in_range(steps_of(lines, 92, &flow), 28 * 3, 28 * 3);
	/* or come after the line that was found. */
	flow.family = 6;
	lines[0] = line_any();
	assert_in_range(steps_of(lines, 92, &flow), 3, 3);
}

/* Each allocation fails once; what had been made before is freed. */
static void no_memory(void **state)
{
	struct dmvpn_match lines[MANY / 64];
	struct dmvpn_classifier *cl = NULL;
	u32 i, failed = 0;

	(void)state;
	for (i = 0; i < MANY / 64; i++)
		lines[i] = i ? line_dport(i, 2 * i) : src_line(0);
	while (!cl) {
		lines_granted = failed;
		cl = dmvpn_classifier_new(lines, MANY / 64);
		failed += !cl;
	}
	lines_granted = -1;
	dmvpn_classifier_free(cl);
	assert_int_equal(failed, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_lines),
		cmocka_unit_test(families),
		cmocka_unit_test(prefixes),
		cmocka_unit_test(protocols),
		cmocka_unit_test(dscps),
		cmocka_unit_test(ports),
		cmocka_unit_test(ports_of_nothing),
		cmocka_unit_test(fragments),
		cmocka_unit_test(order),
		cmocka_unit_test(deny),
		cmocka_unit_test(deny_to_the_end),
		cmocka_unit_test(deny_chain),
		cmocka_unit_test(many_shapes),
		cmocka_unit_test(cost_does_not_grow),
		cmocka_unit_test(cost_of_shapes),
		cmocka_unit_test(no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
