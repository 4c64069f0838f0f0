// SPDX-License-Identifier: GPL-2.0
#include <linux/math64.h>

#include "rate.h"

/* 1, as a part of which the weight of the past is counted. */
#define ONE	65536U

/* What is left of the past after so many periods. */
static u32 weight(u64 periods, u32 interval)
{
	u64 base = ONE - ONE * (u32)(DMVPN_RATE_PERIOD / NSEC_PER_SEC) /
		   interval;
	u64 result = ONE;

	for (; periods && result; periods >>= 1) {
		if (periods & 1)
			result = result * base / ONE;
		base = base * base / ONE;
	}
	return result;
}

/**
 * dmvpn_rate_update() - bring a rate up to date
 * @rate: rate, all zeros at first
 * @bytes: that were counted until now
 * @now: in ns
 * @interval: seconds that it is a mean of
 *
 * Called before each time that something is counted, or once in a period. More
 * often than that it does nothing. After a long time it knows that what was
 * counted came in the first period of that, and nothing later.
 */
void dmvpn_rate_update(struct dmvpn_rate *rate, u64 bytes, u64 now,
		       u32 interval)
{
	u64 passed = now - rate->time;
	u64 late, periods;
	u32 past;

	if (!dmvpn_rate_is_due(rate, now))
		return;
	if (rate->time) {
		periods = div64_u64(passed, DMVPN_RATE_PERIOD);
		if (periods > 1)
			passed = DMVPN_RATE_PERIOD;
		late = div64_u64((bytes - rate->bytes) * 8 * MSEC_PER_SEC,
				 div_u64(passed, NSEC_PER_MSEC));
		past = weight(1, interval);
		rate->bits = (rate->bits * past + late * (ONE - past)) / ONE;
		rate->bits = rate->bits * weight(periods - 1, interval) / ONE;
	}
	rate->time = now;
	rate->bytes = bytes;
}
