/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The part of nhrpd.conf that is about who may register what, and about who a
 * server has to be, for config.c.
 */
#ifndef NHRPD_CONFIG_TRUST_H
#define NHRPD_CONFIG_TRUST_H

#include <confuse.h>

#include "nhrpd/conf.h"

extern cfg_opt_t config_identity_opts[];

void config_trust_set_checks(cfg_t *cfg);
/* What can only be said of the whole interface block. 0 or -1. */
int config_trust_check(cfg_t *sec);
/* 0 or -1 without memory. */
int config_trust_fill(struct conf_if *ci, cfg_t *sec);

#endif
