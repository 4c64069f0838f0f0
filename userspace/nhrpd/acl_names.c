// SPDX-License-Identifier: GPL-2.0-or-later
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "nhrpd/acl_names.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/**
 * struct name - a number's name
 * @name: of it
 * @number: a port, or a protocol
 */
struct name {
	const char *name;
	uint16_t number;
};

static const struct name protocols[] = {
	{ "icmp", 1 }, { "igmp", 2 }, { "ipinip", 4 }, { "tcp", 6 },
	{ "udp", 17 }, { "gre", 47 }, { "esp", 50 }, { "ahp", 51 },
	{ "icmpv6", 58 }, { "eigrp", 88 }, { "ospf", 89 }, { "nos", 94 },
	{ "pim", 103 }, { "pcp", 108 }, { "vrrp", 112 }, { "sctp", 132 },
};

static const struct name tcp_ports[] = {
	{ "bgp", 179 }, { "chargen", 19 }, { "cmd", 514 }, { "daytime", 13 },
	{ "discard", 9 }, { "domain", 53 }, { "echo", 7 }, { "exec", 512 },
	{ "finger", 79 }, { "ftp", 21 }, { "ftp-data", 20 },
	{ "gopher", 70 }, { "hostname", 101 }, { "https", 443 },
	{ "ident", 113 }, { "irc", 194 }, { "klogin", 543 },
	{ "kshell", 544 }, { "login", 513 }, { "lpd", 515 },
	{ "nntp", 119 }, { "pim-auto-rp", 496 }, { "pop2", 109 },
	{ "pop3", 110 }, { "smtp", 25 }, { "ssh", 22 }, { "sunrpc", 111 },
	{ "tacacs", 49 }, { "talk", 517 }, { "telnet", 23 }, { "time", 37 },
	{ "uucp", 540 }, { "whois", 43 }, { "www", 80 },
};

static const struct name udp_ports[] = {
	{ "biff", 512 }, { "bootpc", 68 }, { "bootps", 67 },
	{ "discard", 9 }, { "dnsix", 195 }, { "domain", 53 }, { "echo", 7 },
	{ "isakmp", 500 }, { "mobile-ip", 434 }, { "nameserver", 42 },
	{ "netbios-dgm", 138 }, { "netbios-ns", 137 },
	{ "netbios-ss", 139 }, { "non500-isakmp", 4500 }, { "ntp", 123 },
	{ "pim-auto-rp", 496 }, { "rip", 520 }, { "snmp", 161 },
	{ "snmptrap", 162 }, { "sunrpc", 111 }, { "syslog", 514 },
	{ "tacacs", 49 }, { "talk", 517 }, { "tftp", 69 }, { "time", 37 },
	{ "who", 513 }, { "xdmcp", 177 },
};

static const struct acl_icmp icmp4[] = {
	{ "administratively-prohibited", 3, 13 },
	{ "echo", 8, -1 },
	{ "echo-reply", 0, -1 },
	{ "host-unreachable", 3, 1 },
	{ "information-reply", 16, -1 },
	{ "information-request", 15, -1 },
	{ "mask-reply", 18, -1 },
	{ "mask-request", 17, -1 },
	{ "net-unreachable", 3, 0 },
	{ "packet-too-big", 3, 4 },
	{ "parameter-problem", 12, -1 },
	{ "port-unreachable", 3, 3 },
	{ "protocol-unreachable", 3, 2 },
	{ "reassembly-timeout", 11, 1 },
	{ "redirect", 5, -1 },
	{ "router-advertisement", 9, -1 },
	{ "router-solicitation", 10, -1 },
	{ "source-quench", 4, -1 },
	{ "time-exceeded", 11, -1 },
	{ "timestamp-reply", 14, -1 },
	{ "timestamp-request", 13, -1 },
	{ "traceroute", 30, -1 },
	{ "ttl-exceeded", 11, 0 },
	{ "unreachable", 3, -1 },
};

static const struct acl_icmp icmp6[] = {
	{ "address-unreachable", 1, 3 },
	{ "beyond-scope", 1, 2 },
	{ "echo-reply", 129, -1 },
	{ "echo-request", 128, -1 },
	{ "hop-limit", 3, 0 },
	{ "mld-query", 130, -1 },
	{ "mld-reduction", 132, -1 },
	{ "mld-report", 131, -1 },
	{ "nd-na", 136, -1 },
	{ "nd-ns", 135, -1 },
	{ "no-admin", 1, 1 },
	{ "no-route", 1, 0 },
	{ "packet-too-big", 2, -1 },
	{ "parameter-problem", 4, -1 },
	{ "port-unreachable", 1, 4 },
	{ "reassembly-timeout", 3, 1 },
	{ "redirect", 137, -1 },
	{ "router-advertisement", 134, -1 },
	{ "router-solicitation", 133, -1 },
	{ "time-exceeded", 3, -1 },
	{ "unreachable", 1, -1 },
};

int acl_number(const char *text, uint64_t max, uint64_t *number)
{
	uint64_t n = 0;

	if (!*text)
		return -1;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return -1;
		n = 10 * n + (uint64_t)(*text - '0');
		if (n > max)
			return -1;
	}
	*number = n;
	return 0;
}

static int parse(const struct name *names, size_t n, const char *text,
		 uint64_t max, uint16_t *number)
{
	uint64_t value;
	size_t i;

	for (i = 0; i < n; i++)
		if (!strcasecmp(names[i].name, text)) {
			*number = names[i].number;
			return 0;
		}
	if (acl_number(text, max, &value))
		return -1;
	*number = (uint16_t)value;
	return 0;
}

int acl_protocol_parse(const char *text, uint8_t *protocol)
{
	uint16_t number;

	if (parse(protocols, COUNT(protocols), text, UINT8_MAX, &number))
		return -1;
	*protocol = (uint8_t)number;
	return 0;
}

const char *acl_protocol_name(uint8_t protocol)
{
	size_t i;

	for (i = 0; i < COUNT(protocols); i++)
		if (protocols[i].number == protocol)
			return protocols[i].name;
	return NULL;
}

int acl_port_parse(uint8_t protocol, const char *text, uint16_t *port)
{
	if (protocol == 17)
		return parse(udp_ports, COUNT(udp_ports), text, UINT16_MAX,
			     port);
	return parse(tcp_ports, protocol == 6 ? COUNT(tcp_ports) : 0, text,
		     UINT16_MAX, port);
}

const struct acl_icmp *acl_icmp_find(unsigned int family, const char *name)
{
	const struct acl_icmp *table = family == 6 ? icmp6 : icmp4;
	size_t i, n = family == 6 ? COUNT(icmp6) : COUNT(icmp4);

	for (i = 0; i < n; i++)
		if (!strcasecmp(table[i].name, name))
			return &table[i];
	return NULL;
}
