/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration file.
 */
#ifndef NHRPD_CONFIG_H
#define NHRPD_CONFIG_H

#include "nhrpd/conf.h"

/*
 * Read @file into @conf. 0, or -1: each error has been given to @error as a
 * line "FILE:LINE: what is wrong and what to do"; @conf is empty then.
 */
int config_read(const char *file, struct conf *conf,
		void (*error)(const char *line));

#endif
