/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UNIT_KERNEL_ATOMIC_H
#define UNIT_KERNEL_ATOMIC_H

typedef int atomic_t;

/* With the next. */
#define smp_mb__before_atomic()	__atomic_thread_fence(__ATOMIC_SEQ_CST)
#define atomic_inc(a)	((void)__atomic_add_fetch(a, 1, __ATOMIC_RELAXED))

#endif
