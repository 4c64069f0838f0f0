// SPDX-License-Identifier: GPL-2.0-or-later
#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "lib/hash.h"

#define HASH_FIRST_SIZE 16

/* ---- keys ---- */

/* SipHash-1-3, as the kernel's own tables have it. */
struct sip {
	uint64_t v[4];
};

static uint64_t seed[2];

int hash_seed(void)
{
	uint64_t new[2];

	if (getrandom(new, sizeof(new), 0) != sizeof(new))
		return -1;
	hash_set_seed(new);
	return 0;
}

void hash_set_seed(const uint64_t new[static 2])
{
	memcpy(seed, new, sizeof(seed));
}

static uint64_t rotate(uint64_t x, unsigned int by)
{
	return x << by | x >> (64 - by);
}

static void mix(struct sip *s)
{
	uint64_t *v = s->v;

	v[0] += v[1];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[0] = rotate(v[0], 32);
	v[2] += v[3];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

static void take(struct sip *s, uint64_t word)
{
	s->v[3] ^= word;
	mix(s);
	s->v[0] ^= word;
}

uint32_t hash_bytes(const void *data, size_t len)
{
	struct sip s = { {
		seed[0] ^ 0x736f6d6570736575, seed[1] ^ 0x646f72616e646f6d,
		seed[0] ^ 0x6c7967656e657261, seed[1] ^ 0x7465646279746573,
	} };
	const uint8_t *p = data;
	uint64_t word, last = (uint64_t)len << 56;
	size_t i;

	for (; len >= sizeof(word); len -= sizeof(word), p += sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		take(&s, le64toh(word));
	}
	for (i = 0; i < len; i++)
		last |= (uint64_t)p[i] << (8 * i);
	take(&s, last);
	s.v[2] ^= 0xff;
	mix(&s);
	mix(&s);
	mix(&s);
	word = s.v[0] ^ s.v[1] ^ s.v[2] ^ s.v[3];
	return (uint32_t)(word ^ word >> 32);
}

/* ---- tables ---- */

void hash_init(struct hash *h)
{
	*h = (struct hash){ 0 };
	list_init(&h->all);
}

void hash_fini(struct hash *h)
{
	free(h->bucket);
	hash_init(h);
}

static void link_in(struct hash *h, struct hash_node *node)
{
	struct hash_node **b = &h->bucket[node->hash & (h->size - 1)];

	node->next = *b;
	*b = node;
}

/* Without memory a table that is there stays as it is, only slower. */
static int grow(struct hash *h)
{
	size_t size = h->size ? h->size * 2 : HASH_FIRST_SIZE;
	struct hash_node **bucket = calloc(size, sizeof(*bucket));
	struct hash_node *node;

	if (!bucket)
		return h->size ? 0 : -1;
	free(h->bucket);
	h->bucket = bucket;
	h->size = size;
	list_for_each(node, &h->all, struct hash_node, order)
		link_in(h, node);
	return 0;
}

int hash_add(struct hash *h, struct hash_node *node, uint32_t hash)
{
	if (h->count >= h->size && grow(h))
		return -1;
	node->hash = hash;
	list_add(&h->all, &node->order);
	link_in(h, node);
	h->count++;
	return 0;
}

void hash_del(struct hash *h, struct hash_node *node)
{
	struct hash_node **b = &h->bucket[node->hash & (h->size - 1)];

	while (*b != node)
		b = &(*b)->next;
	*b = node->next;
	list_del(&node->order);
	h->count--;
}

static struct hash_node *match(struct hash_node *node, uint32_t hash)
{
	while (node && node->hash != hash)
		node = node->next;
	return node;
}

struct hash_node *hash_first(const struct hash *h, uint32_t hash)
{
	if (!h->size)
		return NULL;
	return match(h->bucket[hash & (h->size - 1)], hash);
}

struct hash_node *hash_next(const struct hash_node *node)
{
	return match(node->next, node->hash);
}
