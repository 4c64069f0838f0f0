/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A test that includes this says what is random. */
#ifndef UNIT_KERNEL_RANDOM_H
#define UNIT_KERNEL_RANDOM_H

#include "../kernel.h"

u64 get_random_u64(void);

#endif
