/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NHRP on the wire: RFC 2332, and what Cisco added (type 8, extension 9).
 *
 * Fixed header, 20 bytes:
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------------------------------+-------------------------------+
 * 0 |            ar$afn             |          ar$pro.type          |
 *   +-------------------------------+-------------------------------+
 * 4 |                          ar$pro.snap                          |
 *   +---------------+---------------+-------------------------------+
 * 8 |  ar$pro.snap  |   ar$hopcnt   |           ar$pktsz            |
 *   +---------------+---------------+-------------------------------+
 *12 |           ar$chksum           |           ar$extoff           |
 *   +---------------+---------------+---------------+---------------+
 *16 | ar$op.version |  ar$op.type   |    ar$shtl    |    ar$sstl    |
 *   +---------------+---------------+---------------+---------------+
 *
 * Mandatory part of types 1 to 6, and of 7 and 8 with two other words in the
 * place of flags and request id (error: 0, 0, code, offset; traffic
 * indication: 0, 0, code, 0):
 *
 *   +---------------+---------------+-------------------------------+
 *   | src proto len | dst proto len |             flags             |
 *   +---------------+---------------+-------------------------------+
 *   |                          request id                           |
 *   +---------------------------------------------------------------+
 *   | source NBMA | source proto | destination proto                |
 *   +---------------------------------------------------------------+
 *   | client information entries, or the head of a packet (7, 8)    |
 *   +---------------------------------------------------------------+
 *
 * Client information entry:
 *
 *   +---------------+---------------+-------------------------------+
 *   |     code      | prefix length |            unused             |
 *   +---------------+---------------+-------------------------------+
 *   |              mtu              |         holding time          |
 *   +---------------+---------------+---------------+---------------+
 *   | NBMA len      | subaddr len   | proto len     | preference    |
 *   +---------------+---------------+---------------+---------------+
 *   | NBMA address | subaddress | protocol address                  |
 *   +---------------------------------------------------------------+
 *
 * Extension: u16 compulsory bit | type, u16 length, data. The last one is End.
 */
#ifndef NHRPD_WIRE_H
#define NHRPD_WIRE_H

#define NHRP_HEADER_LEN		20
#define NHRP_MANDATORY_LEN	8
#define NHRP_CIE_LEN		12
#define NHRP_EXT_LEN		4

/* Nothing fragments NHRP: the longest packet sent, and taken. */
#define NHRP_PACKET_MAX		1400
#define NHRP_RECEIVE_MAX	9000

#define NHRP_VERSION		1
#define NHRP_HOPS		255	/* of packets made here */

enum nhrp_afn {
	NHRP_AFN_IPV4 = 1,
	NHRP_AFN_IPV6 = 2,
};

enum nhrp_protocol {
	NHRP_PROTOCOL_IPV4 = 0x0800,
	NHRP_PROTOCOL_IPV6 = 0x86dd,
};

enum nhrp_type {
	NHRP_RESOLUTION_REQUEST = 1,
	NHRP_RESOLUTION_REPLY = 2,
	NHRP_REGISTRATION_REQUEST = 3,
	NHRP_REGISTRATION_REPLY = 4,
	NHRP_PURGE_REQUEST = 5,
	NHRP_PURGE_REPLY = 6,
	NHRP_ERROR_INDICATION = 7,
	NHRP_TRAFFIC_INDICATION = 8,
};

#define NHRP_TYPE_MAX		8

/* Bits of the flags word; their meaning depends on the type. */
#define NHRP_FLAG_RESOLUTION_ROUTER	0x8000	/* Q: source is a router */
#define NHRP_FLAG_RESOLUTION_AUTH	0x4000	/* A: authoritative */
#define NHRP_FLAG_RESOLUTION_DST	0x2000	/* D: destination stable */
#define NHRP_FLAG_RESOLUTION_UNIQUE	0x1000	/* U */
#define NHRP_FLAG_RESOLUTION_SRC	0x0800	/* S: source stable */
#define NHRP_FLAG_REGISTRATION_UNIQUE	0x8000	/* U */
#define NHRP_FLAG_PURGE_NO_REPLY	0x8000	/* N */
#define NHRP_FLAG_NAT			0x0002	/* Cisco: understands NAT */

/* Codes of a client information entry. */
enum nhrp_code {
	NHRP_CODE_OK = 0,
	NHRP_CODE_PROHIBITED = 4,
	NHRP_CODE_NO_RESOURCES = 5,
	NHRP_CODE_NO_BINDING = 12,
	NHRP_CODE_NOT_UNIQUE = 13,
	NHRP_CODE_ALREADY_REGISTERED = 14,
};

/* Codes of an error indication. */
enum nhrp_error {
	NHRP_ERROR_EXTENSION = 1,
	NHRP_ERROR_LOOP = 3,
	NHRP_ERROR_UNREACHABLE = 6,
	NHRP_ERROR_PROTOCOL = 7,
	NHRP_ERROR_SDU_SIZE = 8,
	NHRP_ERROR_INVALID_EXTENSION = 9,
	NHRP_ERROR_INVALID_REPLY = 10,
	NHRP_ERROR_AUTH = 11,
	NHRP_ERROR_HOPS = 15,
};

#define NHRP_EXT_COMPULSORY	0x8000
#define NHRP_EXT_TYPE_MASK	0x3fff

enum nhrp_ext_type {
	NHRP_EXT_END = 0,
	NHRP_EXT_RESPONDER = 3,
	NHRP_EXT_FORWARD = 4,
	NHRP_EXT_REVERSE = 5,
	NHRP_EXT_AUTH = 7,
	NHRP_EXT_VENDOR = 8,
	NHRP_EXT_NAT = 9,
	/* Ours, of the range for experiments. */
	NHRP_EXT_GROUP = 0x3810,
	NHRP_EXT_RECEIVED = 0x3811,
};

#define NHRP_AUTH_CLEARTEXT	1
#define NHRP_AUTH_MAX		8

/*
 * Ours begin with "DM" and who says it. Group: a rate, and the name, printable
 * ASCII without spaces. Received: packets and bytes. Those numbers of
 * extensions are anybody's, and a node that does not know ours puts what was
 * asked with into its answer.
 */
#define NHRP_OUR_MAGIC		0x444d
#define NHRP_GROUP_MAX		63
#define NHRP_GROUP_NAME		64	/* with its end */

enum nhrp_group_role {
	NHRP_GROUP_ASKS = 1,
	NHRP_GROUP_ANSWERS = 2,
};

#endif
