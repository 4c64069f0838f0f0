/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which of many lines takes a header's ports first, when nothing but ports
 * tells them apart. A few are tried one by one. More have a segment tree over
 * one of both ports, the one that tells more of them apart.
 *
 * Time: DMVPN_RANGES_WALK lines at most, or a list on each of the 18 levels of
 * the tree, found by binary search. A list begins with the line that is wanted,
 * but where lines have ranges for both ports: those are passed over that take
 * the tree's port and not the other.
 */
#ifndef _DMVPN_RANGES_H
#define _DMVPN_RANGES_H

#include <linux/types.h>

/* Lines that are quicker tried than looked up. */
#define DMVPN_RANGES_WALK	32

/* Ranges are made of places: 0 is that there is no port, then come ports. */
#define DMVPN_SPORT	0
#define DMVPN_DPORT	1
#define DMVPN_PORTS	2

struct dmvpn_match;
struct dmvpn_range_tree;

/**
 * struct dmvpn_range - ports of a line
 * @line: index of the line
 * @next: where the search goes on, 0 for a line that permits
 * @min: first place of each port
 * @max: last place
 */
struct dmvpn_range {
	u32 line;
	u32 next;
	u32 min[DMVPN_PORTS];
	u32 max[DMVPN_PORTS];
};

/**
 * struct dmvpn_ranges - ports of some lines
 * @range: of each line, in their order; the user's
 * @tree: over one of both ports, NULL if there are few lines
 * @n: number of lines
 */
struct dmvpn_ranges {
	const struct dmvpn_range *range;
	struct dmvpn_range_tree *tree;
	u32 n;
};

void dmvpn_range_set(struct dmvpn_range *range, const struct dmvpn_match *match,
		     u32 line, u32 n);
bool dmvpn_ranges_init(struct dmvpn_ranges *ranges);
void dmvpn_ranges_destroy(struct dmvpn_ranges *ranges);
const struct dmvpn_range *dmvpn_ranges_first(const struct dmvpn_ranges *ranges,
					     const u32 port[DMVPN_PORTS],
					     u32 from, u32 limit, u32 *steps);

#endif /* _DMVPN_RANGES_H */
