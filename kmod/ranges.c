// SPDX-License-Identifier: GPL-2.0
#ifdef __KERNEL__
#include <linux/minmax.h>
#endif
#include <linux/slab.h>
#include <linux/sort.h>

#include "classify.h"
#include "ranges.h"

/* Levels of a tree that has a leaf for each place, and one for the end. */
#define DEPTH		18

/**
 * struct dmvpn_range_tree - segment tree over the places of a port
 * @port: which one
 * @n: number of leaves
 * @bounds: first place of each leaf, which ends where the next begins
 * @starts: for each node, its first item; node 1 is the root, nodes 2i and
 *	2i + 1 are below node i, and leaves begin with node @n
 * @items: indices of lines that take all of a node, and not all of the one
 *	above it; in their order
 */
struct dmvpn_range_tree {
	u32 port;
	u32 n;
	u32 *bounds;
	u32 *starts;
	u32 *items;
};

/**
 * dmvpn_range_set() - what a line says of ports
 * @range: to be set
 * @match: the line
 * @line: its index
 * @n: number of lines, behind which no search goes on
 */
void dmvpn_range_set(struct dmvpn_range *range, const struct dmvpn_match *match,
		     u32 line, u32 n)
{
	/* Who has no ports is matched by lines that take all of both. */
	u32 least = match->sport_min || match->sport_max != 65535 ||
		    match->dport_min || match->dport_max != 65535;

	range->line = line;
	range->next = match->deny ? line + min(match->deny, n - line) : 0;
	range->min[DMVPN_SPORT] = match->sport_min + least;
	range->max[DMVPN_SPORT] = match->sport_max + 1;
	range->min[DMVPN_DPORT] = match->dport_min + least;
	range->max[DMVPN_DPORT] = match->dport_max + 1;
}

static bool range_takes(const struct dmvpn_range *range, const u32 *port)
{
	return range->min[DMVPN_SPORT] <= port[DMVPN_SPORT] &&
	       range->max[DMVPN_SPORT] >= port[DMVPN_SPORT] &&
	       range->min[DMVPN_DPORT] <= port[DMVPN_DPORT] &&
	       range->max[DMVPN_DPORT] >= port[DMVPN_DPORT];
}

/* The first from @start to before @end that is not less, or @end. */
static u32 not_less(const u32 *sorted, u32 start, u32 end, u32 least)
{
	u32 middle;

	while (start < end) {
		middle = start + (end - start) / 2;
		if (sorted[middle] < least)
			start = middle + 1;
		else
			end = middle;
	}
	return start;
}

/* The first that is not before line @from. */
static u32 ranges_from(const struct dmvpn_ranges *ranges, u32 from)
{
	u32 start = 0, end = ranges->n, middle;

	while (start < end) {
		middle = start + (end - start) / 2;
		if (ranges->range[middle].line < from)
			start = middle + 1;
		else
			end = middle;
	}
	return start;
}

/*
 * All that take a place are on the way from its leaf to the root. Those before
 * @index are not wanted.
 */
static const struct dmvpn_range *
tree_first(const struct dmvpn_ranges *ranges, const u32 *port, u32 index,
	   u32 limit, u32 *steps)
{
	const struct dmvpn_range_tree *tree = ranges->tree;
	const struct dmvpn_range *range, *best = NULL;
	u32 node, i, end;

	node = tree->n - 1 +
	       not_less(tree->bounds, 0, tree->n, port[tree->port] + 1);
	for (; node; node >>= 1) {
		end = tree->starts[node + 1];
		i = not_less(tree->items, tree->starts[node], end, index);
		++*steps;
		for (; i < end; i++) {
			range = &ranges->range[tree->items[i]];
			++*steps;
			if (range->line >= limit)
				break;
			if (range_takes(range, port)) {
				best = range;
				limit = range->line;
				break;
			}
		}
	}
	return best;
}

/**
 * dmvpn_ranges_first() - which line takes these ports first
 * @ranges: the lines
 * @port: place of each port
 * @from: first line that is wanted
 * @limit: first line that is not wanted any longer
 * @steps: incremented for each line and node that is looked at
 *
 * Context: any; @ranges does not change.
 * Return: ports of the line, NULL if there is none.
 */
const struct dmvpn_range *dmvpn_ranges_first(const struct dmvpn_ranges *ranges,
					     const u32 port[DMVPN_PORTS],
					     u32 from, u32 limit, u32 *steps)
{
	u32 i = ranges_from(ranges, from);

	if (ranges->tree)
		return tree_first(ranges, port, i, limit, steps);
	for (; i < ranges->n; i++) {
		++*steps;
		if (ranges->range[i].line >= limit)
			break;
		if (range_takes(&ranges->range[i], port))
			return &ranges->range[i];
	}
	return NULL;
}

static int bound_compare(const void *a, const void *b)
{
	const u32 *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Where leaves begin; @bounds has room for two of each line and one more. */
static u32 bounds_find(const struct dmvpn_ranges *ranges, u32 port, u32 *bounds)
{
	u32 i, found = 1, n = 0;

	bounds[n++] = 0;
	for (i = 0; i < ranges->n; i++) {
		bounds[n++] = ranges->range[i].min[port];
		bounds[n++] = ranges->range[i].max[port] + 1;
	}
	sort(bounds, n, sizeof(*bounds), bound_compare, NULL);
	for (i = 1; i < n; i++)
		if (bounds[i] != bounds[found - 1])
			bounds[found++] = bounds[i];
	return found;
}

/* The fewest nodes that make up a range. */
static u32 tree_nodes(const struct dmvpn_range_tree *tree,
		      const struct dmvpn_range *range, u32 nodes[2 * DEPTH])
{
	u32 from = range->min[tree->port], to = range->max[tree->port] + 1;
	u32 n = 0;

	from = tree->n + not_less(tree->bounds, 0, tree->n, from);
	to = tree->n + not_less(tree->bounds, 0, tree->n, to);
	for (; from < to; from >>= 1, to >>= 1) {
		if (from & 1)
			nodes[n++] = from++;
		if (to & 1)
			nodes[n++] = --to;
	}
	return n;
}

/* Makes @starts the ends of nodes; how many items there will be. */
static u32 tree_count(struct dmvpn_range_tree *tree,
		      const struct dmvpn_ranges *ranges)
{
	u32 nodes[2 * DEPTH], found, i;

	for (i = 0; i < ranges->n; i++) {
		found = tree_nodes(tree, &ranges->range[i], nodes);
		while (found--)
			tree->starts[nodes[found]]++;
	}
	for (i = 0; i < 2 * tree->n; i++)
		tree->starts[i + 1] += tree->starts[i];
	return tree->starts[2 * tree->n];
}

/* The last line comes first, as nodes fill from their ends to their starts. */
static void tree_fill(struct dmvpn_range_tree *tree,
		      const struct dmvpn_ranges *ranges)
{
	u32 nodes[2 * DEPTH], found, i = ranges->n;

	while (i--) {
		found = tree_nodes(tree, &ranges->range[i], nodes);
		while (found--)
			tree->items[--tree->starts[nodes[found]]] = i;
	}
}

/* False without memory; the caller frees what there is. */
static bool tree_make(struct dmvpn_range_tree *tree,
		      const struct dmvpn_ranges *ranges)
{
	u32 leaves;

	tree->bounds = kvcalloc(2 * ranges->n + 1, sizeof(*tree->bounds),
				GFP_KERNEL_ACCOUNT);
	if (!tree->bounds)
		return false;
	tree->port = DMVPN_SPORT;
	leaves = bounds_find(ranges, DMVPN_DPORT, tree->bounds);
	tree->n = bounds_find(ranges, DMVPN_SPORT, tree->bounds);
	if (leaves >= tree->n) {
		tree->port = DMVPN_DPORT;
		tree->n = bounds_find(ranges, DMVPN_DPORT, tree->bounds);
	}
	tree->starts = kvcalloc(2 * tree->n + 1, sizeof(*tree->starts),
				GFP_KERNEL_ACCOUNT);
	if (!tree->starts)
		return false;
	tree->items = kvcalloc(tree_count(tree, ranges), sizeof(*tree->items),
			       GFP_KERNEL_ACCOUNT);
	if (!tree->items)
		return false;
	tree_fill(tree, ranges);
	return true;
}

/**
 * dmvpn_ranges_init() - get ready for look-ups
 * @ranges: with @range and @n set
 *
 * Context: process.
 * Return: false without memory; dmvpn_ranges_destroy() is due all the same.
 */
bool dmvpn_ranges_init(struct dmvpn_ranges *ranges)
{
	if (ranges->n <= DMVPN_RANGES_WALK)
		return true;
	ranges->tree = kzalloc(sizeof(*ranges->tree), GFP_KERNEL_ACCOUNT);
	return ranges->tree && tree_make(ranges->tree, ranges);
}

/**
 * dmvpn_ranges_destroy() - free what dmvpn_ranges_init() made
 * @ranges: initialized, or all zero
 */
void dmvpn_ranges_destroy(struct dmvpn_ranges *ranges)
{
	struct dmvpn_range_tree *tree = ranges->tree;

	if (!tree)
		return;
	kvfree(tree->bounds);
	kvfree(tree->starts);
	kvfree(tree->items);
	kfree(tree);
}
