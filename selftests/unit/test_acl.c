// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines of access lists: what they match, and what is refused and how. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "header.h"
#include "nhrpd/acl.h"

static struct policy_lines lines;
static char error[ACL_ERROR];

static void parse(const char *text)
{
	policy_lines_free(&lines);
	if (acl_parse(text, &lines, error))
		fail_msg("%s: %s", text, error);
}

static bool matches(const char *text)
{
	struct header h = header_of(text);
	size_t i;

	for (i = 0; i < lines.n; i++)
		if (header_matches(&h, &lines.v[i]))
			return true;
	return false;
}

/* The last line matches this header, or does not. */
#define yes(header) assert_true(matches(header))
#define no(header) assert_false(matches(header))

static void refused(const char *text, const char *words)
{
	struct policy_lines none = { 0 };

	assert_int_equal(acl_parse(text, &none, error), -1);
	assert_int_equal(none.n, 0);
	if (!strstr(error, words))
		fail_msg("%s: no \"%s\" in \"%s\"", text, words, error);
}

static void addresses(void **state)
{
	(void)state;
	parse("permit ip any 11.11.11.0 0.0.0.255");
	yes("tcp 1.2.3.4 5 11.11.11.200 80");
	no("tcp 1.2.3.4 5 11.11.12.1 80");
	no("tcp 2001::1 5 2001::2 80");
	parse("permit ip 11.11.11.7 0.0.0.255 any");
	yes("udp 11.11.11.0 - 1.1.1.1 -");
	parse("permit ip 10.0.0.0/8 host 1.1.1.1");
	yes("gre 10.255.0.1 - 1.1.1.1 -");
	no("gre 11.255.0.1 - 1.1.1.1 -");
	no("gre 10.255.0.1 - 1.1.1.2 -");
	parse("permit ip 1.1.1.1 255.255.255.255 2.2.2.2 0.0.0.0");
	yes("esp 9.9.9.9 - 2.2.2.2 -");
	no("esp 9.9.9.9 - 2.2.2.3 -");
	no("esp 2001::1 - 2001::2 -");
	parse("permit ip 0.0.0.0/0 any");
	no("esp 2001::1 - 2001::2 -");
}

static void families(void **state)
{
	(void)state;
	parse("permit ipv6 2001:db8::/32 any");
	yes("tcp 2001:db8:1::1 1 2002::1 1");
	no("tcp 2001:db9::1 1 2002::1 1");
	parse("permit udp any host 2001:db8::1 eq 53");
	yes("udp 2003::1 1 2001:db8::1 53");
	no("udp 10.0.0.1 1 10.0.0.2 53");
	/* Neither address says which: both. */
	parse("permit tcp any any eq ssh");
	yes("tcp 10.0.0.1 1 10.0.0.2 22");
	yes("tcp 2003::1 1 2003::2 22");
	parse("permit ip any any");
	yes("tcp 10.0.0.1 1 10.0.0.2 22");
	no("tcp 2003::1 1 2003::2 22");
	refused("permit ip any 2001::/16", "2001:: is IPv6, but the line is of IPv4");
	refused("permit ipv6 10.0.0.0/8 any", "10.0.0.0 is IPv4");
	refused("permit tcp host 10.0.0.1 host 2001::1", "2001::1 is IPv6");
	refused("permit icmpv6 host 10.0.0.1 any", "icmpv6 is IPv6");
}

static void ports(void **state)
{
	(void)state;
	parse("permit tcp any eq 1000 any eq www");
	yes("tcp 10.0.0.1 1000 10.0.0.2 80");
	no("tcp 10.0.0.1 1001 10.0.0.2 80");
	no("udp 10.0.0.1 1000 10.0.0.2 80");
	no("tcp 10.0.0.1 - 10.0.0.2 -");
	parse("permit udp any any range snmp 162");
	assert_int_equal(lines.n, 1);
	yes("udp 10.0.0.1 1 10.0.0.2 161");
	yes("udp 10.0.0.1 1 10.0.0.2 162");
	no("udp 10.0.0.1 1 10.0.0.2 163");
	parse("permit tcp any lt 1024 any gt 1023");
	yes("tcp 10.0.0.1 1023 10.0.0.2 1024");
	no("tcp 10.0.0.1 1024 10.0.0.2 1024");
	no("tcp 10.0.0.1 1023 10.0.0.2 1023");
	parse("permit tcp any any neq 22");
	assert_int_equal(lines.n, 2);
	yes("tcp 10.0.0.1 1 10.0.0.2 21");
	yes("tcp 10.0.0.1 1 10.0.0.2 23");
	no("tcp 10.0.0.1 1 10.0.0.2 22");
	no("tcp 10.0.0.1 - 10.0.0.2 -");
	parse("permit tcp any neq 0 any neq 65535");
	assert_int_equal(lines.n, 1);
	no("tcp 10.0.0.1 0 10.0.0.2 22");
	no("tcp 10.0.0.1 1 10.0.0.2 65535");
	parse("permit tcp any any eq 80 443 8080 dscp af21");
	assert_int_equal(lines.n, 3);
	yes("tcp 10.0.0.1 1 10.0.0.2 8080 af21");
	no("tcp 10.0.0.1 1 10.0.0.2 8080 af22");
	parse("deny 132 any any eq 5060");
	yes("sctp 10.0.0.1 1 10.0.0.2 5060");
	assert_int_equal(lines.v[0].deny, 1);
}

static void bad_ports(void **state)
{
	(void)state;
	refused("permit ip any any eq 80", "eq: ip has no ports");
	refused("permit tcp any any eq 65536", "\"65536\" is no port of tcp");
	refused("permit tcp any any eq", "\"\" is no port of tcp");
	refused("permit tcp any any eq tftp", "\"tftp\" is no port of tcp");
	refused("permit udp any any range 9 8", "the smaller one comes first");
	refused("permit tcp any any lt 0", "lt 0: no port is");
	refused("permit tcp any any gt 65535", "gt 65535: no port is");
	refused("permit tcp any any eq 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17",
		"more than 16 ports");
}

static void icmp(void **state)
{
	(void)state;
	parse("permit icmp any any echo");
	yes("icmp 10.0.0.1 8 10.0.0.2 0");
	yes("icmp 10.0.0.1 8 10.0.0.2 5");
	no("icmp 10.0.0.1 0 10.0.0.2 0");
	parse("permit icmp any any port-unreachable");
	yes("icmp 10.0.0.1 3 10.0.0.2 3");
	no("icmp 10.0.0.1 3 10.0.0.2 1");
	parse("permit icmp any any 3 4");
	yes("icmp 10.0.0.1 3 10.0.0.2 4");
	parse("permit icmp any any 11 dscp ef");
	yes("icmp 10.0.0.1 11 10.0.0.2 1 ef");
	/* IOS calls it so for IPv6, too. */
	parse("permit icmp 2001::/16 any echo-request");
	yes("icmpv6 2001::1 128 2002::1 0");
	no("icmp 10.0.0.1 8 10.0.0.2 0");
	parse("permit icmpv6 any any nd-ns");
	yes("icmpv6 2001::1 135 2002::1 0");
	parse("permit icmp any any");
	yes("icmp 10.0.0.1 - 10.0.0.2 - 0 f");
	refused("permit icmp any any echo-request", "what is \"echo-request\"?");
	refused("permit icmp any any 256", "what is \"256\"?");
}

static void options(void **state)
{
	(void)state;
	parse("permit ip any any precedence critical");
	yes("udp 10.0.0.1 1 10.0.0.2 2 ef");
	no("udp 10.0.0.1 1 10.0.0.2 2 cs6");
	parse("permit ip any any dscp 46");
	yes("udp 10.0.0.1 1 10.0.0.2 2 ef");
	no("udp 10.0.0.1 1 10.0.0.2 2 cs5");
	parse("permit udp any any fragments dscp cs1");
	yes("udp 10.0.0.1 - 10.0.0.2 - cs1 f");
	no("udp 10.0.0.1 1 10.0.0.2 1 cs1");
	parse("30 permit eigrp any any");
	yes("eigrp 10.0.0.1 - 10.0.0.2 -");
	parse("remark the rest, \"as ever\"; of it");
	assert_int_equal(lines.n, 0);
	parse("10 remark");
	assert_int_equal(lines.n, 0);
	refused("permit udp any eq 5 any fragments", "fragments: those have no");
	refused("permit ip any any dscp af99", "dscp af99: use a name");
	refused("permit ip any any precedence 8", "precedence 8: use a name");
	refused("permit ip any any dscp ef precedence 5", "one of dscp and");
	refused("permit ip any any log", "what is \"log\"?");
	refused("permit tcp any any established", "what is \"established\"?");
}

static void nonsense(void **state)
{
	(void)state;
	refused("", "a line begins with permit, deny or remark");
	refused("10", "a line begins with");
	refused("allow ip any any", "\"allow\": a line begins with");
	refused("permit", "protocol \"\"");
	refused("permit ipx any any", "protocol \"ipx\"");
	refused("permit 256 any any", "protocol \"256\"");
	refused("permit ip any", "destination \"\"");
	refused("permit ip 10.0.0 any", "source \"10.0.0\"");
	refused("permit ip 10.0.0.0 0.0.255.0 any",
		"wildcard 0.0.255.0: its ones have to be the last bits");
	refused("permit ip 10.0.0.0 255.0.0.0 any", "wildcard 255.0.0.0");
	refused("permit ip 10.0.0.1 any", "write \"host 10.0.0.1\"");
	refused("permit ip 10.0.0.0/33 any", "10.0.0.0/33: not a prefix");
	refused("permit ip host 10.0.0 any", "host 10.0.0: not an address");
	refused("permit ipv6 2001::1 any", "write \"host 2001::1\"");
}

static void as_text(void **state)
{
	static const char *const same[] = {
		"permit ip any any", "permit ipv6 any host 2001:db8::1",
		"permit tcp 10.0.0.0/8 eq 5 any range 80 90 dscp af31",
		"deny udp any any precedence 5",
		"permit gre any any fragments", "permit 200 any any",
	};
	char text[POLICY_LINE_TEXT];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		parse(same[i]);
		assert_string_equal(policy_line_format(&lines.v[0], text),
				    same[i]);
	}
}

static int forget(void **state)
{
	(void)state;
	policy_lines_free(&lines);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(families),
		cmocka_unit_test(ports),
		cmocka_unit_test(bad_ports),
		cmocka_unit_test(icmp),
		cmocka_unit_test(options),
		cmocka_unit_test(nonsense),
		cmocka_unit_test(as_text),
	};

	return cmocka_run_group_tests(tests, NULL, forget);
}
