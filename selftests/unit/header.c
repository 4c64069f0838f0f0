// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "header.h"
#include "nhrpd/acl_names.h"

static void must(int err, const char *text)
{
	if (!err)
		return;
	fprintf(stderr, "no header: %s\n", text);
	abort();
}

struct header header_of(const char *text)
{
	char protocol[16], src[64], dst[64], sport[16], dport[16];
	char dscp[16] = "0", f[2] = "";
	struct header h = { 0 };

	must(sscanf(text, "%15s %63s %15s %63s %15s %15s %1s", protocol, src,
		    sport, dst, dport, dscp, f) < 5, text);
	must(acl_protocol_parse(protocol, &h.protocol), text);
	must(addr_parse(src, &h.src), text);
	must(addr_parse(dst, &h.dst), text);
	must(policy_dscp_parse(dscp, &h.dscp), text);
	h.family = h.src.len == 4 ? 4 : 6;
	h.has_ports = *sport != '-';
	h.fragment = *f;
	if (h.has_ports) {
		h.sport = (uint16_t)atoi(sport);
		h.dport = (uint16_t)atoi(dport);
	}
	return h;
}

static bool in_prefix(const struct prefix *p, const struct addr *a)
{
	return addr_is_none(&p->addr) || prefix_contains(p, a);
}

static bool in_ports(const struct header *h, uint16_t port, uint16_t min,
		     uint16_t max)
{
	if (!min && max == UINT16_MAX)
		return true;
	return h->has_ports && port >= min && port <= max;
}

bool header_matches(const struct header *h, const struct policy_line *line)
{
	return (!line->family || line->family == h->family) &&
	       in_prefix(&line->src, &h->src) &&
	       in_prefix(&line->dst, &h->dst) &&
	       (line->protocol < 0 || line->protocol == h->protocol) &&
	       in_ports(h, h->sport, line->sport_min, line->sport_max) &&
	       in_ports(h, h->dport, line->dport_min, line->dport_max) &&
	       !((h->dscp ^ line->dscp) & line->dscp_mask) &&
	       (!line->fragment || h->fragment);
}

size_t header_classify(const struct header *h, const struct policy_line *lines,
		       size_t n)
{
	size_t i = 0;

	while (i < n) {
		if (!header_matches(h, &lines[i]))
			i++;
		else if (lines[i].deny)
			i += lines[i].deny;
		else
			return i;
	}
	return n;
}
