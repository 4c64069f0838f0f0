// SPDX-License-Identifier: GPL-2.0-or-later
#include "nhrpd/limit.h"

bool limit_take(struct limit *l, uint64_t now, uint32_t packets, uint32_t ms)
{
	/* A packet costs @ms; each millisecond brings @packets. */
	uint64_t full = (uint64_t)packets * ms;
	uint64_t passed = now - l->last;

	if (!l->used || passed >= ms)
		l->credit = full;
	else
		l->credit += passed * packets;
	if (l->credit > full)
		l->credit = full;
	l->last = now;
	l->used = true;
	if (l->credit < ms)
		return false;
	l->credit -= ms;
	return true;
}
