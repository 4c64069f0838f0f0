/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the parts of the configuration's parser report a fault.
 */
#ifndef NHRPD_CONFIG_ERROR_H
#define NHRPD_CONFIG_ERROR_H

#include <confuse.h>

/* config.c: a fault at the line that is being read; -1. */
int bad(cfg_t *cfg, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
