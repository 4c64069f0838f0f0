// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>

#include <cmocka.h>

#include <linux/random.h>
#include <linux/slab.h>

#include "lines.h"

u64 lines_seed = 0x0123456789abcdefULL;
int lines_granted = -1;

u64 get_random_u64(void)
{
	return lines_seed;
}

void *kvcalloc(size_t n, size_t size, int flags)
{
	(void)flags;
	if (!lines_granted)
		return NULL;
	if (lines_granted > 0)
		lines_granted--;
	return calloc(n, size);
}

static bool prefix_matches(const __be32 *prefix, u32 len, const __be32 *addr)
{
	const u8 *x = (const u8 *)prefix, *y = (const u8 *)addr;
	u32 bytes = len / 8;

	return !memcmp(x, y, bytes) &&
	       (len % 8 == 0 || (x[bytes] ^ y[bytes]) >> (8 - len % 8) == 0);
}

static bool ports_match(const struct dmvpn_match *line,
			const struct dmvpn_flow *flow)
{
	if (!flow->has_ports)
		return !line->sport_min && line->sport_max == 65535 &&
		       !line->dport_min && line->dport_max == 65535;
	return line->sport_min <= flow->sport &&
	       flow->sport <= line->sport_max &&
	       line->dport_min <= flow->dport && flow->dport <= line->dport_max;
}

static bool line_matches(const struct dmvpn_match *line,
			 const struct dmvpn_flow *flow)
{
	return (!line->family || line->family == flow->family) &&
	       (line->protocol == DMVPN_MATCH_ANY_PROTOCOL ||
		line->protocol == flow->protocol) &&
	       !((line->dscp ^ flow->dscp) & line->dscp_mask) &&
	       (!line->fragment || flow->fragment) &&
	       ports_match(line, flow) &&
	       prefix_matches(line->src, line->src_len, flow->src) &&
	       prefix_matches(line->dst, line->dst_len, flow->dst);
}

u32 lines_first(const struct dmvpn_match *lines, u32 n,
		const struct dmvpn_flow *flow)
{
	u64 i = 0;

	while (i < n) {
		if (!line_matches(&lines[i], flow))
			i++;
		else if (lines[i].deny)
			i += lines[i].deny;
		else
			return i;
	}
	return n;
}

struct dmvpn_match line_any(void)
{
	return (struct dmvpn_match) {
		.protocol = DMVPN_MATCH_ANY_PROTOCOL,
		.sport_max = 65535,
		.dport_max = 65535,
	};
}

static void put_addr(__be32 *addr, const char *text)
{
	int family = strchr(text, ':') ? AF_INET6 : AF_INET;

	memset(addr, 0, DMVPN_ADDR_WORDS * sizeof(*addr));
	assert_int_equal(inet_pton(family, text, addr), 1);
}

struct dmvpn_flow flow_between(const char *src, const char *dst, u8 protocol)
{
	struct dmvpn_flow flow = {
		.family = strchr(src, ':') ? 6 : 4,
		.protocol = protocol,
	};

	put_addr(flow.src, src);
	put_addr(flow.dst, dst);
	return flow;
}

struct dmvpn_flow flow_bare(u8 protocol)
{
	return flow_between("192.0.2.1", "198.51.100.1", protocol);
}

struct dmvpn_flow flow_ports(u8 protocol, u16 sport, u16 dport)
{
	struct dmvpn_flow flow = flow_bare(protocol);

	flow.has_ports = true;
	flow.sport = sport;
	flow.dport = dport;
	return flow;
}

struct dmvpn_match line_dport(u16 min, u16 max)
{
	struct dmvpn_match line = line_any();

	line.protocol = UDP;
	line.dport_min = min;
	line.dport_max = max;
	return line;
}

struct dmvpn_classifier *lines_classifier(const struct dmvpn_match *lines,
					  u32 n)
{
	struct dmvpn_classifier *cl = dmvpn_classifier_new(lines, n);

	assert_non_null(cl);
	return cl;
}

u32 lines_classify(const struct dmvpn_match *lines, u32 n,
		   const struct dmvpn_flow *flow)
{
	struct dmvpn_classifier *cl = lines_classifier(lines, n);
	u32 line = dmvpn_classify(cl, flow);

	dmvpn_classifier_free(cl);
	assert_int_equal(line, lines_first(lines, n, flow));
	return line;
}
