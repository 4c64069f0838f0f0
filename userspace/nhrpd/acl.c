// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nhrpd/acl.h"
#include "nhrpd/acl_names.h"

#define WORDS_MAX	40
#define RANGES_MAX	16
#define PROTOCOL_ICMP	1
#define PROTOCOL_TCP	6
#define PROTOCOL_UDP	17
#define PROTOCOL_ICMPV6	58
#define PROTOCOL_SCTP	132

/**
 * struct range - numbers from one to another
 * @min: first
 * @max: last
 */
struct range {
	uint16_t min;
	uint16_t max;
};

/**
 * struct ranges - several, of which one has to match
 * @v: @n of them
 * @n: their number
 */
struct ranges {
	struct range v[RANGES_MAX];
	size_t n;
};

/**
 * struct reader - a line that is being read
 * @buf: its words
 * @word: where they begin
 * @n: their number
 * @at: the next one
 * @line: what was read
 * @named: word of the protocol
 * @sport: source ports or ICMP types
 * @dport: destination ports or ICMP codes
 * @error: for the reason why not
 */
struct reader {
	char *buf;
	char *word[WORDS_MAX];
	size_t n;
	size_t at;
	struct policy_line line;
	const char *named;
	struct ranges sport;
	struct ranges dport;
	char *error;
};

static int bad(struct reader *r, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int bad(struct reader *r, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(r->error, ACL_ERROR, format, args);
	va_end(args);
	return -1;
}

static const char *peek(const struct reader *r)
{
	return r->at < r->n ? r->word[r->at] : "";
}

static const char *next(struct reader *r)
{
	return r->at < r->n ? r->word[r->at++] : "";
}

static int split(struct reader *r, const char *text)
{
	char *save = NULL, *word;

	r->buf = strdup(text);
	if (!r->buf)
		return bad(r, "out of memory");
	for (word = strtok_r(r->buf, " \t", &save); word;
	     word = strtok_r(NULL, " \t", &save)) {
		if (r->n == WORDS_MAX)
			return bad(r, "more than %d words", WORDS_MAX);
		r->word[r->n++] = word;
	}
	return 0;
}

/* ---- addresses ---- */

/* A line is of one family, which the first word that has one tells. */
static int set_family(struct reader *r, unsigned int family, const char *why)
{
	if (r->line.family && r->line.family != family)
		return bad(r, "%s is IPv%u, but the line is of IPv%u", why,
			   family, r->line.family);
	r->line.family = (uint8_t)family;
	return 0;
}

static int set_prefix(struct reader *r, struct prefix *p, const struct addr *a,
		      unsigned int len)
{
	char text[ADDR_TEXT];

	if (set_family(r, a->len == 4 ? 4 : 6, addr_format(a, text)))
		return -1;
	/* Without a bit that counts it is any. */
	if (len)
		*p = prefix_make(a, len);
	return 0;
}

/* Its bits are 1 where an address need not match. */
static int wildcard_len(const struct addr *wildcard, unsigned int *len)
{
	uint32_t bits = (uint32_t)wildcard->b[0] << 24 |
			(uint32_t)wildcard->b[1] << 16 |
			(uint32_t)wildcard->b[2] << 8 | wildcard->b[3];

	if (bits & (bits + 1))
		return -1;
	for (*len = 32; bits; bits >>= 1)
		(*len)--;
	return 0;
}

static int read_wildcard(struct reader *r, struct prefix *p,
			 const struct addr *a, const char *word)
{
	struct addr wildcard;
	unsigned int len;

	if (addr_parse(peek(r), &wildcard) || a->len != 4 || wildcard.len != 4)
		return bad(r, "%s: write \"host %s\", a wildcard behind it as in \"10.0.0.0 0.0.0.255\", or a length as in 10.0.0.0/24",
			   word, word);
	next(r);
	if (wildcard_len(&wildcard, &len))
		return bad(r, "wildcard %s: its ones have to be the last bits: write several lines, or a length as in 10.0.0.0/24",
			   r->word[r->at - 1]);
	return set_prefix(r, p, a, len);
}

static int read_address(struct reader *r, struct prefix *p, const char *which)
{
	const char *word = next(r);
	struct prefix parsed;
	struct addr a;

	if (!strcmp(word, "any"))
		return 0;
	if (!strcmp(word, "host")) {
		word = next(r);
		if (addr_parse(word, &a))
			return bad(r, "host %s: not an address", word);
		return set_prefix(r, p, &a, addr_bits(&a));
	}
	if (strchr(word, '/')) {
		if (prefix_parse(word, &parsed))
			return bad(r, "%s: not a prefix", word);
		return set_prefix(r, p, &parsed.addr, parsed.len);
	}
	if (addr_parse(word, &a))
		return bad(r, "%s \"%s\": use any, host ADDRESS, ADDRESS WILDCARD or ADDRESS/LENGTH",
			   which, word);
	return read_wildcard(r, p, &a, word);
}

/* ---- ports ---- */

static bool has_ports(int protocol)
{
	return protocol == PROTOCOL_TCP || protocol == PROTOCOL_UDP ||
	       protocol == PROTOCOL_SCTP;
}

static int read_port(struct reader *r, uint16_t *port)
{
	const char *word = next(r);

	if (acl_port_parse((uint8_t)r->line.protocol, word, port))
		return bad(r, "\"%s\" is no port of %s", word, r->named);
	return 0;
}

/* Nothing if it begins behind its end. */
static void add_range(struct ranges *ranges, unsigned int min, unsigned int max)
{
	if (min <= max)
		ranges->v[ranges->n++] = (struct range){
			.min = (uint16_t)min, .max = (uint16_t)max,
		};
}

static int read_eq(struct reader *r, struct ranges *ranges)
{
	uint16_t port;

	do {
		if (read_port(r, &port))
			return -1;
		if (ranges->n == RANGES_MAX)
			return bad(r, "more than %d ports", RANGES_MAX);
		add_range(ranges, port, port);
	} while (!acl_port_parse((uint8_t)r->line.protocol, peek(r), &port));
	return 0;
}

static int read_range(struct reader *r, struct ranges *ranges)
{
	uint16_t first, last;

	if (read_port(r, &first) || read_port(r, &last))
		return -1;
	if (first > last)
		return bad(r, "range %u %u: the smaller one comes first",
			   first, last);
	add_range(ranges, first, last);
	return 0;
}

static int read_bound(struct reader *r, struct ranges *ranges,
		      const char *operator)
{
	uint16_t port;

	if (read_port(r, &port))
		return -1;
	if (strcmp(operator, "gt") && port)
		add_range(ranges, 0, port - 1u);
	if (strcmp(operator, "lt"))
		add_range(ranges, port + 1u, UINT16_MAX);
	return ranges->n ? 0 : bad(r, "%s %u: no port is", operator, port);
}

static int read_ports(struct reader *r, struct ranges *ranges)
{
	static const char *const operators[] = {
		"eq", "neq", "lt", "gt", "range",
	};
	const char *word = peek(r);
	size_t i;

	for (i = 0; i < 5; i++)
		if (!strcmp(operators[i], word))
			break;
	if (i == 5)
		return 0;
	if (!has_ports(r->line.protocol))
		return bad(r, "%s: %s has no ports, only tcp, udp and sctp have",
			   word, r->named);
	next(r);
	if (i == 0)
		return read_eq(r, ranges);
	return i == 4 ? read_range(r, ranges) : read_bound(r, ranges, word);
}

static void set_icmp(struct reader *r, unsigned int type, int code)
{
	add_range(&r->sport, type, type);
	if (code >= 0)
		add_range(&r->dport, (unsigned int)code, (unsigned int)code);
}

static void read_icmp(struct reader *r)
{
	const struct acl_icmp *icmp = acl_icmp_find(r->line.family, peek(r));
	uint64_t type, code;

	if (icmp) {
		next(r);
		set_icmp(r, icmp->type, icmp->code);
		return;
	}
	if (acl_number(peek(r), UINT8_MAX, &type))
		return;
	next(r);
	if (acl_number(peek(r), UINT8_MAX, &code)) {
		set_icmp(r, (unsigned int)type, -1);
		return;
	}
	next(r);
	set_icmp(r, (unsigned int)type, (int)code);
}

/* ---- the parts of a line ---- */

static int read_action(struct reader *r)
{
	const char *word;
	uint64_t number;

	if (!acl_number(peek(r), UINT32_MAX, &number))
		next(r);
	word = next(r);
	if (!strcmp(word, "deny"))
		r->line.deny = 1;
	else if (strcmp(word, "permit"))
		return bad(r, "\"%s\": a line begins with permit, deny or remark",
			   word);
	return 0;
}

static int read_protocol(struct reader *r)
{
	uint8_t protocol;

	r->named = next(r);
	if (!strcmp(r->named, "ip"))
		return set_family(r, 4, r->named);
	if (!strcmp(r->named, "ipv6"))
		return set_family(r, 6, r->named);
	if (acl_protocol_parse(r->named, &protocol))
		return bad(r, "protocol \"%s\": use ip, ipv6, tcp, udp, icmp, icmpv6, gre, esp or another name, or a number",
			   r->named);
	r->line.protocol = protocol;
	return 0;
}

/* Each family has its own ICMP, which IOS calls by one name. */
static int settle_icmp(struct reader *r)
{
	if (r->line.protocol == PROTOCOL_ICMP && r->line.family == 6)
		r->line.protocol = PROTOCOL_ICMPV6;
	if (r->line.protocol == PROTOCOL_ICMP)
		return set_family(r, 4, r->named);
	if (r->line.protocol == PROTOCOL_ICMPV6)
		return set_family(r, 6, r->named);
	return 0;
}

static int read_option(struct reader *r)
{
	const char *word = next(r);
	uint8_t value;

	if (!strcmp(word, "fragments")) {
		r->line.fragment = true;
		return 0;
	}
	if (r->line.dscp_mask && (!strcmp(word, "dscp") ||
				  !strcmp(word, "precedence")))
		return bad(r, "%s: one of dscp and precedence, once", word);
	if (!strcmp(word, "dscp")) {
		if (policy_dscp_parse(peek(r), &value))
			return bad(r, "dscp %s: use a name as af31, ef, cs6 or default, or 0 to 63",
				   peek(r));
		r->line.dscp_mask = 0x3f;
		r->line.dscp = value;
	} else if (!strcmp(word, "precedence")) {
		if (policy_precedence_parse(peek(r), &value))
			return bad(r, "precedence %s: use a name as critical, or 0 to 7",
				   peek(r));
		r->line.dscp_mask = 0x38;
		r->line.dscp = (uint8_t)(value << 3);
	} else {
		return bad(r, "what is \"%s\"? Here can stand ports, an ICMP type, dscp, precedence and fragments",
			   word);
	}
	next(r);
	return 0;
}

static int read_options(struct reader *r)
{
	while (r->at < r->n)
		if (read_option(r))
			return -1;
	if (r->line.fragment && (r->sport.n || r->dport.n))
		return bad(r, "fragments: those have no ports and no ICMP type");
	return 0;
}

static int read_line(struct reader *r)
{
	if (read_action(r) || read_protocol(r) ||
	    read_address(r, &r->line.src, "source") ||
	    read_ports(r, &r->sport) ||
	    read_address(r, &r->line.dst, "destination") ||
	    read_ports(r, &r->dport) || settle_icmp(r))
		return -1;
	if (r->line.protocol == PROTOCOL_ICMP ||
	    r->line.protocol == PROTOCOL_ICMPV6)
		read_icmp(r);
	return read_options(r);
}

/* A line for each pair of ranges. */
static int emit(struct reader *r, struct policy_lines *lines)
{
	struct policy_line line = r->line;
	size_t i, k;

	if (!r->sport.n)
		add_range(&r->sport, 0, UINT16_MAX);
	if (!r->dport.n)
		add_range(&r->dport, 0, UINT16_MAX);
	for (i = 0; i < r->sport.n; i++)
		for (k = 0; k < r->dport.n; k++) {
			line.sport_min = r->sport.v[i].min;
			line.sport_max = r->sport.v[i].max;
			line.dport_min = r->dport.v[k].min;
			line.dport_max = r->dport.v[k].max;
			if (policy_lines_add(lines, &line))
				return bad(r, "out of memory");
		}
	return 0;
}

int acl_parse(const char *text, struct policy_lines *lines,
	      char error[static ACL_ERROR])
{
	struct reader r = { .line = policy_line_any(), .error = error };
	const char *word = text + strspn(text, " \t0123456789");
	int err = 0;

	/* As many words as the operator likes. */
	if (!strncmp(word, "remark", 6))
		return 0;
	err = split(&r, text);
	if (!err)
		err = read_line(&r);
	if (!err)
		err = emit(&r, lines);
	free(r.buf);
	return err;
}
