/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The part of nhrpd.conf that is about groups, for config.c.
 */
#ifndef NHRPD_CONFIG_GROUP_H
#define NHRPD_CONFIG_GROUP_H

#include <confuse.h>

#include "nhrpd/conf.h"

extern cfg_opt_t config_group_map_opts[];
extern cfg_opt_t config_peer_group_opts[];

void config_group_set_checks(cfg_t *cfg);
/* What can only be said of the whole interface block. 0 or -1. */
int config_group_check(cfg_t *sec);
/* 0 or -1 without memory. */
int config_group_fill(struct conf_if *ci, cfg_t *sec);

#endif
