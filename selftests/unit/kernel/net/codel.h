/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In place of CoDel, which is the kernel's own: what has waited for longer than
 * target and interval together is dropped, or marked.
 */
#ifndef UNIT_KERNEL_CODEL_H
#define UNIT_KERNEL_CODEL_H

#include <linux/time64.h>

#define CODEL_SHIFT		10

typedef u32 codel_time_t;

struct codel_params {
	codel_time_t target;
	codel_time_t interval;
	u32 mtu;
	bool ecn;
};

struct codel_vars {
	u32 unused;
};

struct codel_stats {
	u32 ecn_mark;
};

/* The test's clock, in ns. */
extern u64 codel_now;

static inline codel_time_t codel_get_time(void)
{
	return (codel_time_t)(codel_now >> CODEL_SHIFT);
}

static inline u32 codel_time_to_us(codel_time_t time)
{
	return (u32)(((u64)time << CODEL_SHIFT) / NSEC_PER_USEC);
}

#endif
