// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Addresses and prefixes as values.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/addr.h"
#include "lib/hash.h"

struct addr addr_make(const void *bytes, size_t len)
{
	struct addr a = { 0 };

	if (len == 4 || len == 16) {
		a.len = (uint8_t)len;
		memcpy(a.b, bytes, len);
	}
	return a;
}

struct addr addr_v4(uint32_t ip)
{
	uint32_t be = htonl(ip);

	return addr_make(&be, sizeof(be));
}

int addr_parse(const char *text, struct addr *a)
{
	uint8_t b[16];

	*a = (struct addr){ 0 };
	if (inet_pton(AF_INET, text, b) == 1)
		*a = addr_make(b, 4);
	else if (inet_pton(AF_INET6, text, b) == 1)
		*a = addr_make(b, 16);
	else
		return -1;
	return 0;
}

int addr_family(const struct addr *a)
{
	if (a->len == 4)
		return AF_INET;
	if (a->len == 16)
		return AF_INET6;
	return AF_UNSPEC;
}

const char *addr_format(const struct addr *a, char buf[static ADDR_TEXT])
{
	if (addr_is_none(a) ||
	    !inet_ntop(addr_family(a), a->b, buf, ADDR_TEXT))
		memcpy(buf, "-", 2);
	return buf;
}

int addr_cmp(const struct addr *a, const struct addr *b)
{
	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	return memcmp(a->b, b->b, sizeof(a->b));
}

uint32_t addr_hash(const struct addr *a)
{
	return hash_bytes(a->b, a->len);
}

bool addr_is_any(const struct addr *a)
{
	static const uint8_t zero[16];

	return a->len && !memcmp(a->b, zero, a->len);
}

bool addr_is_multicast(const struct addr *a)
{
	if (a->len == 4)
		return (a->b[0] & 0xf0) == 0xe0;
	return a->len == 16 && a->b[0] == 0xff;
}

bool addr_is_loopback(const struct addr *a)
{
	static const uint8_t v6[16] = { [15] = 1 };

	if (a->len == 4)
		return a->b[0] == 127;
	return a->len == 16 && !memcmp(a->b, v6, 16);
}

bool addr_is_link_local(const struct addr *a)
{
	return a->len == 16 && a->b[0] == 0xfe && (a->b[1] & 0xc0) == 0x80;
}

bool addr_is_limited_broadcast(const struct addr *a)
{
	static const uint8_t ones[4] = { 255, 255, 255, 255 };

	return a->len == 4 && !memcmp(a->b, ones, 4);
}

bool addr_is_unicast(const struct addr *a)
{
	if (addr_is_none(a) || addr_is_any(a) || addr_is_multicast(a) ||
	    addr_is_loopback(a) || addr_is_limited_broadcast(a))
		return false;
	/* 0.0.0.0/8 and 240.0.0.0/4 belong to no host. */
	return a->len != 4 || (a->b[0] != 0 && a->b[0] < 240);
}

/* Set every bit beyond the first @len to @one. */
static void fill_tail(struct addr *a, unsigned int len, bool one)
{
	unsigned int i;

	for (i = len; i < addr_bits(a); i++) {
		uint8_t bit = (uint8_t)(0x80 >> (i % 8));

		if (one)
			a->b[i / 8] |= bit;
		else
			a->b[i / 8] &= (uint8_t)~bit;
	}
}

struct prefix prefix_make(const struct addr *a, unsigned int len)
{
	struct prefix p = { .addr = *a };

	if (len > addr_bits(a))
		len = addr_bits(a);
	p.len = (uint8_t)len;
	fill_tail(&p.addr, len, false);
	return p;
}

int prefix_parse(const char *text, struct prefix *p)
{
	const char *slash = strchr(text, '/');
	char addr[ADDR_TEXT];
	unsigned long len;
	struct addr a;
	char *end;

	*p = (struct prefix){ 0 };
	if (!slash) {
		if (addr_parse(text, &a))
			return -1;
		*p = prefix_make(&a, addr_bits(&a));
		return 0;
	}
	if ((size_t)(slash - text) >= sizeof(addr))
		return -1;
	memcpy(addr, text, (size_t)(slash - text));
	addr[slash - text] = '\0';
	if (addr_parse(addr, &a) || slash[1] < '0' || slash[1] > '9')
		return -1;
	len = strtoul(slash + 1, &end, 10);
	if (*end || len > addr_bits(&a))
		return -1;
	*p = prefix_make(&a, (unsigned int)len);
	return 0;
}

const char *prefix_format(const struct prefix *p, char buf[static ADDR_TEXT])
{
	size_t used;

	addr_format(&p->addr, buf);
	if (!addr_is_none(&p->addr)) {
		used = strlen(buf);
		snprintf(buf + used, ADDR_TEXT - used, "/%u", p->len);
	}
	return buf;
}

int prefix_cmp(const struct prefix *a, const struct prefix *b)
{
	int diff = addr_cmp(&a->addr, &b->addr);

	return diff ? diff : (int)a->len - (int)b->len;
}

bool prefix_contains(const struct prefix *p, const struct addr *a)
{
	struct prefix cut;

	if (p->addr.len != a->len || addr_is_none(a))
		return false;
	cut = prefix_make(a, p->len);
	return addr_equal(&cut.addr, &p->addr);
}

bool prefix_covers(const struct prefix *outer, const struct prefix *inner)
{
	return inner->len >= outer->len &&
	       prefix_contains(outer, &inner->addr);
}

bool prefix_is_host(const struct prefix *p)
{
	return !addr_is_none(&p->addr) && p->len == addr_bits(&p->addr);
}

struct addr prefix_last(const struct prefix *p)
{
	struct addr a = p->addr;

	fill_tail(&a, p->len, true);
	return a;
}

uint32_t prefix_hash(const struct prefix *p)
{
	uint8_t key[sizeof(p->addr.b) + 1];

	memcpy(key, p->addr.b, p->addr.len);
	key[p->addr.len] = p->len;
	return hash_bytes(key, p->addr.len + 1u);
}

bool nbma_equal(const struct nbma *a, const struct nbma *b)
{
	return a->port == b->port && addr_equal(&a->addr, &b->addr);
}

const char *nbma_format(const struct nbma *n, char buf[static ADDR_TEXT])
{
	char addr[INET6_ADDRSTRLEN];

	if (!n->port || addr_is_none(&n->addr) ||
	    !inet_ntop(addr_family(&n->addr), n->addr.b, addr, sizeof(addr)))
		return addr_format(&n->addr, buf);
	snprintf(buf, ADDR_TEXT, n->addr.len == 16 ? "[%s]:%u" : "%s:%u",
		 addr, n->port);
	return buf;
}
