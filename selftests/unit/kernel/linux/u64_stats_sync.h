/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UNIT_KERNEL_U64_STATS_SYNC_H
#define UNIT_KERNEL_U64_STATS_SYNC_H

typedef u64 u64_stats_t;

struct u64_stats_sync {
	u32 unused;
};

#endif
