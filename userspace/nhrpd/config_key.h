/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keys of the configuration file: authentication-key. No message about them
 * has a part of a secret in it.
 */
#ifndef NHRPD_CONFIG_KEY_H
#define NHRPD_CONFIG_KEY_H

#include <confuse.h>

#include "nhrpd/conf.h"

#define CONFIG_KEY "authentication-key"

extern cfg_opt_t config_key_opts[];

/* What is wrong with a block and what to do, in @why; false if nothing is. */
bool config_key_is_bad(cfg_t *sec, char *why, size_t size);
/* Those of an interface; 0, or -1 without memory. */
int config_key_fill(struct conf_if *ci, cfg_t *sec);
/* Nobody reads them any more: wipe the secrets of all interfaces. */
void config_key_wipe(cfg_t *cfg);

#endif
