/* SPDX-License-Identifier: GPL-2.0 */
/* Counters of a policy's lines, which no two processors share. */
#ifndef _DMVPN_COUNTS_H
#define _DMVPN_COUNTS_H

#include <linux/types.h>
#include <linux/u64_stats_sync.h>

struct dmvpn_rules;

/**
 * struct dmvpn_count - packets and bytes on one processor
 * @packets: segments of super-packets count
 * @bytes: of inner packets from the IP header on
 * @sync: for readers on 32-bit machines
 */
struct dmvpn_count {
	u64_stats_t packets;
	u64_stats_t bytes;
	struct u64_stats_sync sync;
};

/* Of each processor: one for each line, then one for class-default. */
struct dmvpn_count **dmvpn_counts_new(u32 n_lines);
void dmvpn_counts_free(struct dmvpn_count **counts);
void dmvpn_counts_read(struct dmvpn_count *const *counts, u32 line,
		       u64 *packets, u64 *bytes);
void dmvpn_counts_read_class(struct dmvpn_count *const *counts,
			     const struct dmvpn_rules *rules, u32 index,
			     u64 *packets, u64 *bytes);

#endif /* _DMVPN_COUNTS_H */
