/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NHRPD_LIMIT_H
#define NHRPD_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct limit - a token bucket
 * @credit: milliseconds times packets that are left
 * @filled: the millisecond after it was filled; 0 until the first packet: the
 *	bucket is full then
 */
struct limit {
	uint64_t credit;
	uint64_t filled;
};

/* Take one of @packets in @ms milliseconds; false if there is none left. */
bool limit_take(struct limit *l, uint64_t now, uint32_t packets, uint32_t ms);
/* How many are used now. */
uint32_t limit_used(const struct limit *l, uint64_t now, uint32_t packets,
		    uint32_t ms);
/* The same in percent; 0 without a limit. */
unsigned int limit_percent(const struct limit *l, uint64_t now,
			   uint32_t packets, uint32_t ms);

#endif
