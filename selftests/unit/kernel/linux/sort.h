/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UNIT_KERNEL_SORT_H
#define UNIT_KERNEL_SORT_H

#include <stdlib.h>

#define sort(base, n, size, compare, swap) qsort(base, n, size, compare)

#endif
