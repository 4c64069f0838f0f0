/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UNIT_KERNEL_TIME64_H
#define UNIT_KERNEL_TIME64_H

#define MSEC_PER_SEC		1000L
#define NSEC_PER_SEC		1000000000L
#define NSEC_PER_MSEC		1000000L
#define NSEC_PER_USEC		1000L

#endif
