// SPDX-License-Identifier: GPL-2.0-or-later
#include "nhrpd/limit.h"

/* A packet costs @ms; each millisecond brings @packets. */
static uint64_t credit(const struct limit *l, uint64_t now, uint32_t packets,
		       uint32_t ms)
{
	uint64_t full = (uint64_t)packets * ms;
	uint64_t passed = now + 1 - l->filled;

	if (!l->filled || passed >= ms ||
	    l->credit + passed * packets > full)
		return full;
	return l->credit + passed * packets;
}

bool limit_take(struct limit *l, uint64_t now, uint32_t packets, uint32_t ms)
{
	l->credit = credit(l, now, packets, ms);
	l->filled = now + 1;
	if (l->credit < ms)
		return false;
	l->credit -= ms;
	return true;
}

uint32_t limit_used(const struct limit *l, uint64_t now, uint32_t packets,
		    uint32_t ms)
{
	uint64_t full = (uint64_t)packets * ms;

	return (uint32_t)((full - credit(l, now, packets, ms)) / ms);
}

unsigned int limit_percent(const struct limit *l, uint64_t now,
			   uint32_t packets, uint32_t ms)
{
	uint64_t full = (uint64_t)packets * ms;

	if (!full)
		return 0;
	return (unsigned int)((full - credit(l, now, packets, ms)) * 100 /
			      full);
}
