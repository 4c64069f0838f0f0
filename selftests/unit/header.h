/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Headers for tests of access lists, and lines that they match. */
#ifndef UNIT_HEADER_H
#define UNIT_HEADER_H

#include "nhrpd/policy.h"

/**
 * struct header - what of a packet can be matched
 * @family: 4 or 6
 * @src: source
 * @dst: destination
 * @protocol: of the transport header
 * @sport: source port, or ICMP type
 * @dport: destination port, or ICMP code
 * @dscp: code point
 * @has_ports: there are ports
 * @fragment: not the first fragment
 */
struct header {
	uint8_t family;
	struct addr src;
	struct addr dst;
	uint8_t protocol;
	uint16_t sport;
	uint16_t dport;
	uint8_t dscp;
	bool has_ports;
	bool fragment;
};

/*
 * "tcp 10.0.0.1 1000 11.11.11.1 80 af21 f": protocol, source, its port,
 * destination, its port; then a code point and "f" for a fragment if wanted. A
 * port of - is none.
 */
struct header header_of(const char *text);
/* It has all that the line names; whether that permits is not asked. */
bool header_matches(const struct header *h, const struct policy_line *line);
/* The first line that permits it, with the kernel's deny; @n for none. */
size_t header_classify(const struct header *h, const struct policy_line *lines,
		       size_t n);

#endif
