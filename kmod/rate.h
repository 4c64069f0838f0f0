/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How many bits a second a counter of bytes grows by of late. Nothing here
 * looks at a clock: who counts, or who asks, says what time it is.
 */
#ifndef _DMVPN_RATE_H
#define _DMVPN_RATE_H

#include <linux/time64.h>
#include <linux/types.h>

/* What is new counts once in this time. */
#define DMVPN_RATE_PERIOD	(5ULL * NSEC_PER_SEC)

/* Seconds that rates are a mean of. */
#define DMVPN_LOAD_INTERVAL_MIN		30
#define DMVPN_LOAD_INTERVAL_MAX		600
#define DMVPN_LOAD_INTERVAL_DEFAULT	300
extern unsigned int dmvpn_load_interval;

/**
 * struct dmvpn_rate - an exponentially weighted mean
 * @time: when it was updated last, in ns; 0 if it never was
 * @bytes: what was counted then
 * @bits: a second
 */
struct dmvpn_rate {
	u64 time;
	u64 bytes;
	u64 bits;
};

/* Is there something to do for dmvpn_rate_update()? */
static inline bool dmvpn_rate_is_due(const struct dmvpn_rate *rate, u64 now)
{
	return now - rate->time >= DMVPN_RATE_PERIOD;
}

void dmvpn_rate_update(struct dmvpn_rate *rate, u64 bytes, u64 now,
		       u32 interval);

#endif /* _DMVPN_RATE_H */
