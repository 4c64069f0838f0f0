/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A rate, as the time that each byte takes. A shaper lets packets wait until
 * their time has come; a policer takes the same as a reason to drop them.
 */
#ifndef _DMVPN_PACE_H
#define _DMVPN_PACE_H

#include <linux/math64.h>
#include <linux/time64.h>
#include <linux/types.h>

/* Slower than this nothing is: 1500 bytes take 1.5 s. */
#define DMVPN_RATE_MIN		8000

/* Burst of a shaper, if it was not told: ms of its rate, but some packets. */
#define DMVPN_SHAPE_BURST	10
#define DMVPN_BURST_MIN		3000

#define DMVPN_PACE_SHIFT	20

/**
 * struct dmvpn_pace - a rate, and how much of it was used
 * @next: when the next packet may go, in ns
 * @per_byte: ns << DMVPN_PACE_SHIFT that a byte takes, 0 for no limit
 * @burst: ns of the rate that who did not use it may use later
 */
struct dmvpn_pace {
	u64 next;
	u64 per_byte;
	u64 burst;
};

/* Time that a byte takes, from bits a second. */
static inline u64 dmvpn_per_byte(u64 rate)
{
	const u64 second = 8ULL * NSEC_PER_SEC << DMVPN_PACE_SHIFT;

	return rate ? div64_u64(second, max_t(u64, rate, DMVPN_RATE_MIN)) : 0;
}

/* A burst in bytes: as it was told, or so many ms of the rate. */
static inline u32 dmvpn_burst(u32 told, u64 rate, u32 ms)
{
	const u64 bytes = div_u64(rate * ms, 8 * MSEC_PER_SEC);

	return told ?: clamp_t(u64, bytes, DMVPN_BURST_MIN, U32_MAX);
}

/**
 * dmvpn_pace_set() - another rate from now on; what was used stays so
 * @pace: pace
 * @rate: bits a second, 0 for no limit
 * @burst: bytes
 */
static inline void dmvpn_pace_set(struct dmvpn_pace *pace, u64 rate, u32 burst)
{
	pace->per_byte = dmvpn_per_byte(rate);
	pace->burst = mul_u64_u32_shr(pace->per_byte, burst, DMVPN_PACE_SHIFT);
	if (!rate)
		pace->next = 0;
}

/**
 * dmvpn_pace_init() - start with the whole burst unused
 * @pace: pace
 * @rate: bits a second, 0 for no limit
 * @burst: bytes
 */
static inline void dmvpn_pace_init(struct dmvpn_pace *pace, u64 rate, u32 burst)
{
	pace->next = 0;
	dmvpn_pace_set(pace, rate, burst);
}

static inline bool dmvpn_pace_ready(const struct dmvpn_pace *pace, u64 now)
{
	return pace->next <= now;
}

/* Time that bytes take, as many as one packet has: no overflow. */
static inline u64 dmvpn_pace_time(u64 per_byte, u32 len)
{
	return len * per_byte >> DMVPN_PACE_SHIFT;
}

/* A packet goes; it may be larger than what was left of the burst. */
static inline void dmvpn_pace_spend(struct dmvpn_pace *pace, u64 now, u32 len)
{
	u64 oldest = now > pace->burst ? now - pace->burst : 0;

	if (pace->per_byte)
		pace->next = max(pace->next, oldest) +
			     dmvpn_pace_time(pace->per_byte, len);
}

/* Police: true if the packet is within the rate, of which it takes its part. */
static inline bool dmvpn_pace_admit(struct dmvpn_pace *pace, u64 now, u32 len)
{
	if (!dmvpn_pace_ready(pace, now))
		return false;
	dmvpn_pace_spend(pace, now, len);
	return true;
}

#endif /* _DMVPN_PACE_H */
