/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UNIT_KERNEL_SLAB_H
#define UNIT_KERNEL_SLAB_H

#include <stdlib.h>

#define GFP_KERNEL		0
#define GFP_KERNEL_ACCOUNT	0
#define GFP_ATOMIC		0
#define __GFP_NOWARN		0
#define kzalloc(size, flags)	calloc(1, size)
#define kcalloc(n, size, flags)	calloc(n, size)
#define kfree(p)		free(p)
#define kvfree(p)		free(p)

/* A test of what asks for this says when there is none. */
void *kvcalloc(size_t n, size_t size, int flags);

#endif
