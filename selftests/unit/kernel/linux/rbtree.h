/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Trees of the kernel's interface. They are balanced by chance: each node has a
 * random weight, and none weighs more than the one above it.
 */
#ifndef UNIT_KERNEL_RBTREE_H
#define UNIT_KERNEL_RBTREE_H

#include <stdlib.h>

struct rb_node {
	struct rb_node *parent;
	struct rb_node *left;
	struct rb_node *right;
	u32 weight;
};

struct rb_root_cached {
	struct rb_node *root;
};

#define RB_ROOT_CACHED		((struct rb_root_cached) { NULL })
#define rb_entry(p, type, member)	container_of(p, type, member)

/* Where the pointer to a node is. */
static inline struct rb_node **rb_slot(struct rb_node *node,
				       struct rb_root_cached *tree)
{
	if (!node->parent)
		return &tree->root;
	return node->parent->left == node ? &node->parent->left :
					    &node->parent->right;
}

/* A node takes its parent's place, and that becomes its child. */
static inline void rb_rotate(struct rb_node *node, struct rb_root_cached *tree)
{
	struct rb_node *parent = node->parent;
	struct rb_node **slot = rb_slot(parent, tree);
	struct rb_node *between;

	if (parent->left == node) {
		between = node->right;
		parent->left = between;
		node->right = parent;
	} else {
		between = node->left;
		parent->right = between;
		node->left = parent;
	}
	if (between)
		between->parent = parent;
	node->parent = parent->parent;
	parent->parent = node;
	*slot = node;
}

static inline void rb_add_cached(struct rb_node *node,
				 struct rb_root_cached *tree,
				 bool (*less)(struct rb_node *node,
					      const struct rb_node *other))
{
	struct rb_node **slot = &tree->root;

	*node = (struct rb_node) { .weight = (u32)random() };
	while (*slot) {
		node->parent = *slot;
		slot = less(node, *slot) ? &(*slot)->left : &(*slot)->right;
	}
	*slot = node;
	while (node->parent && node->parent->weight < node->weight)
		rb_rotate(node, tree);
}

static inline void rb_erase_cached(struct rb_node *node,
				   struct rb_root_cached *tree)
{
	struct rb_node *child;

	while (node->left && node->right)
		rb_rotate(node->left->weight > node->right->weight ?
			  node->left : node->right, tree);
	child = node->left ? node->left : node->right;
	*rb_slot(node, tree) = child;
	if (child)
		child->parent = node->parent;
}

static inline struct rb_node *rb_first_cached(const struct rb_root_cached *tree)
{
	struct rb_node *node = tree->root;

	while (node && node->left)
		node = node->left;
	return node;
}

#endif
