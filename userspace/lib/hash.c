// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "lib/hash.h"

#define HASH_FIRST_SIZE 16

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
