// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's look-up of match lines, against one that tries them in turn.
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

static u32 below(u32 limit)
{
	return (u32)random() % limit;
}

/* With flows of all places where something begins or ends. */
static void check_ranges(const struct dmvpn_match *lines, u32 n)
{
	struct dmvpn_classifier *cl = lines_classifier(lines, n);
	struct dmvpn_flow flow = flow_ports(UDP, 0, 0);
	u32 i, side;

	for (i = 0; i < n * 4; i++) {
		side = i / n;
		flow.sport = (side & 1 ? lines[i % n].sport_max :
			      lines[i % n].sport_min) + below(3) - 1;
		flow.dport = (side & 2 ? lines[i % n].dport_max :
			      lines[i % n].dport_min) + below(3) - 1;
		assert_int_equal(dmvpn_classify(cl, &flow),
				 lines_first(lines, n, &flow));
	}
	flow.has_ports = false;
	assert_int_equal(dmvpn_classify(cl, &flow),
			 lines_first(lines, n, &flow));
	dmvpn_classifier_free(cl);
}

/* Both sides of the size from which on a group has a tree. */
static void range_groups(void **state)
{
	struct dmvpn_match lines[80];
	u32 n, i;

	(void)state;
	srandom(1);
	for (n = 1; n <= 80; n++) {
		for (i = 0; i < n; i++)
			lines[i] = line_dport(1000 + 10 * i, 1009 + 10 * i);
		check_ranges(lines, n);
		for (i = 0; i < n; i++)
			lines[i] = line_dport(2000 - i, 2000 + 3 * i);
		check_ranges(lines, n);
		for (i = 0; i < n; i++) {
			lines[i].sport_min = 100 * i;
			lines[i].sport_max = 100 * i + 150;
			lines[i].deny = below(8) ? 0 : below(2 * n);
		}
		check_ranges(lines, n);
		lines[n / 2].sport_max = 65535;
		lines[n / 2].dport_max = 65535;
		check_ranges(lines, n);
		for (i = 0; i < n; i++)
			lines[i] = line_dport(below(65536), below(65536));
		check_ranges(lines, n);
	}
}

/* All are the same, or have no ports. */
static void like_lines(void **state)
{
	const struct dmvpn_flow none = flow_bare(UDP);
	static struct dmvpn_match lines[MANY];
	u32 i;

	(void)state;
	for (i = 0; i < MANY; i++)
		lines[i] = line_dport(5, 7);
	check_ranges(lines, MANY);
	lines[0].deny = MANY - 1;
	check_ranges(lines, MANY);
	for (i = 0; i < MANY; i++)
		lines[i] = line_dport(0, i == MANY / 2 ? 65535 : 80);
	assert_int_equal(lines_classify(lines, MANY, &none), MANY / 2);
}

/**
 * struct mix - what random lines are made of
 * @shapes: fields that they look at, one bit each
 * @deny: one in so many denies
 * @values: how many different ones a field has
 */
struct mix {
	u32 shapes;
	u32 deny;
	u32 values;
};

/* Some values are near each other, some far. */
static u32 value(const struct mix *mix)
{
	return below(mix->values) * (below(2) ? 1 : 0x01003001);
}

static void random_addr(const struct mix *mix, u8 family, __be32 *addr)
{
	u32 i;

	memset(addr, 0, DMVPN_ADDR_WORDS * sizeof(*addr));
	addr[0] = htonl(0x0a000000 + value(mix));
	for (i = 1; family == 6 && i < DMVPN_ADDR_WORDS; i++)
		addr[i] = htonl(value(mix));
}

static void cut_addr(__be32 *addr, u32 len)
{
	u32 i;

	for (i = len; i < 128; i++)
		((u8 *)addr)[i / 8] &= ~(0x80 >> i % 8);
}

static u8 random_len(u8 family)
{
	static const u8 lens[] = { 0, 1, 8, 24, 30, 31, 32 };
	u8 len = lens[below(sizeof(lens))];

	return family == 6 ? below(4) * 32 + len : len;
}

static void random_range(const struct mix *mix, u16 *min, u16 *max)
{
	*min = value(mix);
	switch (below(4)) {
	case 0:
		*max = *min;
		break;
	case 1:
		*max = *min + below(mix->values);
		break;
	case 2:
		*max = 65535;
		break;
	default:
		*max = *min;
		*min = 0;
	}
}

static bool asks(const struct mix *mix, u32 field)
{
	return mix->shapes >> field & 1 && below(2);
}

static void random_addrs(const struct mix *mix, struct dmvpn_match *line)
{
	line->family = below(2) ? 4 : 6;
	if (asks(mix, 1))
		line->src_len = random_len(line->family);
	if (asks(mix, 2))
		line->dst_len = random_len(line->family);
	random_addr(mix, line->family, line->src);
	random_addr(mix, line->family, line->dst);
	cut_addr(line->src, line->src_len);
	cut_addr(line->dst, line->dst_len);
}

static struct dmvpn_match random_line(const struct mix *mix)
{
	struct dmvpn_match line = line_any();

	if (asks(mix, 0))
		random_addrs(mix, &line);
	if (asks(mix, 3))
		line.protocol = below(3);
	if (asks(mix, 4))
		random_range(mix, &line.sport_min, &line.sport_max);
	if (asks(mix, 5) || asks(mix, 5))
		random_range(mix, &line.dport_min, &line.dport_max);
	if (asks(mix, 6)) {
		line.dscp_mask = below(2) ? 63 : below(64);
		line.dscp = below(64) & line.dscp_mask;
	}
	if (asks(mix, 7))
		line.fragment = true;
	if (mix->deny && !below(mix->deny))
		line.deny = below(8) ? 1 + below(12) : (u32)random();
	return line;
}

static u16 port_near(const struct mix *mix, u16 min, u16 max)
{
	switch (below(4)) {
	case 0:
		return min - below(2);
	case 1:
		return max + below(2);
	default:
		return value(mix);
	}
}

/* A header that has much of a line. */
static struct dmvpn_flow random_flow(const struct mix *mix,
				     const struct dmvpn_match *line)
{
	struct dmvpn_flow flow = {
		.family = line->family ? line->family : below(2) ? 4 : 6,
		.protocol = line->protocol < 0 || !below(8) ? below(3) :
			    (u32)line->protocol,
		.dscp = below(4) ? line->dscp : below(64),
		.fragment = !below(4) || (line->fragment && below(4)),
		.sport = port_near(mix, line->sport_min, line->sport_max),
		.dport = port_near(mix, line->dport_min, line->dport_max),
	};

	flow.has_ports = !flow.fragment && below(8);
	random_addr(mix, flow.family, flow.src);
	random_addr(mix, flow.family, flow.dst);
	if (line->family && below(4))
		memcpy(flow.src, line->src, sizeof(flow.src));
	if (line->family && below(4))
		memcpy(flow.dst, line->dst, sizeof(flow.dst));
	return flow;
}

/* How many of the headers a line permits. */
static u32 against_model(const struct mix *mix, u32 n, u32 flows)
{
	struct dmvpn_match *lines = calloc(n, sizeof(*lines));
	struct dmvpn_classifier *cl;
	struct dmvpn_flow flow;
	u32 i, line, found = 0;

	assert_non_null(lines);
	for (i = 0; i < n; i++)
		lines[i] = random_line(mix);
	lines_seed += 0x123456789ULL;
	cl = lines_classifier(lines, n);
	for (i = 0; i < flows; i++) {
		flow = random_flow(mix, &lines[below(n)]);
		line = dmvpn_classify(cl, &flow);
		assert_int_equal(line, lines_first(lines, n, &flow));
		found += line < n;
	}
	dmvpn_classifier_free(cl);
	free(lines);
	return found;
}

/* One to some lines, with any selection of fields. */
static void random_input(void **state)
{
	u32 i, found = 0;

	(void)state;
	srandom(1);
	for (i = 0; i < 8192; i++) {
		const struct mix mix = {
			.shapes = i,
			.deny = below(2) ? 0 : 1 + below(6),
			.values = 1 + below(40),
		};

		found += against_model(&mix, 1 + below(60), 150);
	}
	print_message("# %u of %u headers permitted\n", found, i * 150);
}

/* Groups with trees, and with lines that send the search on into them. */
static void random_many(void **state)
{
	static const u32 shapes[] = {
		0x20, 0x30, 0x38, 0x28, 0x21, 0x7f, 0xff,
	};
	u32 i, found = 0;

	(void)state;
	srandom(2);
	for (i = 0; i < 70; i++) {
		const struct mix mix = {
			.shapes = shapes[i % 7],
			.deny = below(3) ? 1 + below(3) : 0,
			.values = 1 + below(i < 35 ? 4000 : 200),
		};

		found += against_model(&mix, 500 + below(1500), 1000);
	}
	print_message("# %u of %u headers permitted\n", found, i * 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(range_groups),
		cmocka_unit_test(like_lines),
		cmocka_unit_test(random_input),
		cmocka_unit_test(random_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
