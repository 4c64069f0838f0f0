/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UNIT_KERNEL_REFCOUNT_H
#define UNIT_KERNEL_REFCOUNT_H

typedef int refcount_t;

#define refcount_set(r, n)	__atomic_store_n(r, n, __ATOMIC_SEQ_CST)
#define refcount_read(r)	__atomic_load_n(r, __ATOMIC_SEQ_CST)
#define refcount_inc(r) \
	((void)__atomic_add_fetch(r, 1, __ATOMIC_SEQ_CST))
#define refcount_dec_and_test(r) \
	(__atomic_sub_fetch(r, 1, __ATOMIC_SEQ_CST) == 0)

#endif
