/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Intrusive hash tables. The caller computes and keeps the hash; the table
 * grows with its members. Members are also chained in the order in which they
 * were added, so that walks are stable.
 */
#ifndef DMVPN_LIB_HASH_H
#define DMVPN_LIB_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/list.h"

/**
 * struct hash_node - a member's link
 * @next: in the same bucket
 * @order: in the table's list of all
 * @hash: of the member's key
 */
struct hash_node {
	struct hash_node *next;
	struct list order;
	uint32_t hash;
};

/**
 * struct hash - a table
 * @bucket: array of @size
 * @size: power of two, 0 before the first member
 * @count: members
 * @all: members in the order they came
 */
struct hash {
	struct hash_node **bucket;
	size_t size;
	size_t count;
	struct list all;
};

/*
 * Who chooses keys must not be able to choose their buckets: the hash of a key
 * depends on a seed, which is zero until one of these is called, before the
 * first table has members. -1 if there is no randomness.
 */
int hash_seed(void);
void hash_set_seed(const uint64_t new[static 2]);
uint32_t hash_bytes(const void *data, size_t len);

void hash_init(struct hash *h);
/* Free the table's own memory; the members are the caller's. */
void hash_fini(struct hash *h);
/* 0, or -1 without memory. */
int hash_add(struct hash *h, struct hash_node *node, uint32_t hash);
void hash_del(struct hash *h, struct hash_node *node);
/* First member with this hash; hash_next for the others. NULL if none. */
struct hash_node *hash_first(const struct hash *h, uint32_t hash);
struct hash_node *hash_next(const struct hash_node *node);

#define hash_for_each(pos, h, type, member) \
	list_for_each(pos, &(h)->all, type, member.order)
/* The member at @pos may be taken out. */
#define hash_for_each_safe(pos, tmp, h, type, member) \
	list_for_each_safe(pos, tmp, &(h)->all, type, member.order)

#endif
