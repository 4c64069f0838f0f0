/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UNIT_KERNEL_MATH64_H
#define UNIT_KERNEL_MATH64_H

#define div_u64(a, b)		((u64)(a) / (u32)(b))
#define div64_u64(a, b)		((u64)(a) / (u64)(b))

static inline u64 mul_u64_u32_shr(u64 a, u32 mul, unsigned int shift)
{
	const u64 low = (a & U32_MAX) * mul;

	return ((a >> 32) * mul << (32 - shift)) + (low >> shift);
}

#endif
