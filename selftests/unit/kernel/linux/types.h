/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UNIT_KERNEL_TYPES_H
#define UNIT_KERNEL_TYPES_H

/* The C library's own headers ask for this one too. */
#include_next <linux/types.h>
#include "../kernel.h"

#endif
