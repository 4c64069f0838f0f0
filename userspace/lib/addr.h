/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DMVPN_LIB_ADDR_H
#define DMVPN_LIB_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room for any address, prefix or NBMA endpoint as text, with its end. */
#define ADDR_TEXT	64

/**
 * struct addr - an IPv4 or IPv6 address, or none
 * @len: bytes used: 4, 16, or 0 for none
 * @b: the address in network order; bytes beyond @len are always zero, so that
 *	two addresses can be compared as memory
 */
struct addr {
	uint8_t len;
	uint8_t b[16];
};

/**
 * struct prefix - an address with the number of its leading bits that count
 * @addr: the address; bits beyond @len are zero
 * @len: number of bits
 */
struct prefix {
	struct addr addr;
	uint8_t len;
};

/**
 * struct nbma - one end of a tunnel in the underlay
 * @addr: its NBMA address
 * @port: its UDP port for ESP in UDP, host order; 0 for native ESP, plain GRE,
 *	or not known
 */
struct nbma {
	struct addr addr;
	uint16_t port;
};

/* An address from its bytes. A length other than 4 or 16 gives none. */
struct addr addr_make(const void *bytes, size_t len);
/* An IPv4 address from a number in host order. */
struct addr addr_v4(uint32_t ip);
/* 0, or -1 if the text is not an address. @a is none then. */
int addr_parse(const char *text, struct addr *a);
/* Text into @buf, which is also returned. "-" for none. */
const char *addr_format(const struct addr *a, char buf[static ADDR_TEXT]);

static inline bool addr_is_none(const struct addr *a)
{
	return a->len == 0;
}

static inline unsigned int addr_bits(const struct addr *a)
{
	return a->len * 8u;
}

/* AF_INET, AF_INET6, or AF_UNSPEC for none. */
int addr_family(const struct addr *a);
/* An order over all addresses: shorter first, then by bytes. */
int addr_cmp(const struct addr *a, const struct addr *b);
uint32_t addr_hash(const struct addr *a);

/* All bits zero (and not none). */
bool addr_is_any(const struct addr *a);
bool addr_is_multicast(const struct addr *a);
bool addr_is_loopback(const struct addr *a);
/* IPv6 only: fe80::/10. */
bool addr_is_link_local(const struct addr *a);
/* 255.255.255.255. */
bool addr_is_limited_broadcast(const struct addr *a);
/* An address that one host can have as its own. */
bool addr_is_unicast(const struct addr *a);

static inline bool addr_equal(const struct addr *a, const struct addr *b)
{
	return addr_cmp(a, b) == 0;
}

/* @len is cut to the address's bits; bits beyond it are cleared. */
struct prefix prefix_make(const struct addr *a, unsigned int len);
/* Accepts "A/len" and "A". */
int prefix_parse(const char *text, struct prefix *p);
const char *prefix_format(const struct prefix *p, char buf[static ADDR_TEXT]);
int prefix_cmp(const struct prefix *a, const struct prefix *b);
bool prefix_contains(const struct prefix *p, const struct addr *a);
/* True if @inner lies in @outer or is the same. */
bool prefix_covers(const struct prefix *outer, const struct prefix *inner);
/* True for a prefix that is one address. */
bool prefix_is_host(const struct prefix *p);
/* The last address of a prefix: of an IPv4 subnet, its broadcast address. */
struct addr prefix_last(const struct prefix *p);
uint32_t prefix_hash(const struct prefix *p);

static inline bool prefix_equal(const struct prefix *a, const struct prefix *b)
{
	return prefix_cmp(a, b) == 0;
}

bool nbma_equal(const struct nbma *a, const struct nbma *b);
/* "6.6.6.6", or "6.6.6.6:4501" with a port ("[2001::1]:4501" for IPv6). */
const char *nbma_format(const struct nbma *n, char buf[static ADDR_TEXT]);

#endif
