/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names that access lists have for protocols, ports and ICMP types. */
#ifndef NHRPD_ACL_NAMES_H
#define NHRPD_ACL_NAMES_H

#include <stdint.h>

/* A decimal number up to @max and nothing else; 0, or -1. */
int acl_number(const char *text, uint64_t max, uint64_t *number);

/* By name or number; 0, or -1. */
int acl_protocol_parse(const char *text, uint8_t *protocol);
/* NULL if it has none. */
const char *acl_protocol_name(uint8_t protocol);
/* A port of TCP, UDP or SCTP, whose names are not all the same. */
int acl_port_parse(uint8_t protocol, const char *text, uint16_t *port);

/**
 * struct acl_icmp - what ICMP calls a message
 * @name: of it
 * @type: number
 * @code: number, or -1 for any
 */
struct acl_icmp {
	const char *name;
	uint8_t type;
	int16_t code;
};

/* By name, for IPv4 or IPv6; NULL if there is none. */
const struct acl_icmp *acl_icmp_find(unsigned int family, const char *name);

#endif
