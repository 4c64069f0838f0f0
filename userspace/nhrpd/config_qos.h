/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The blocks of the configuration file about QoS: access-list, class-map and
 * policy-map. What a block refers to stands before it.
 */
#ifndef NHRPD_CONFIG_QOS_H
#define NHRPD_CONFIG_QOS_H

#include <confuse.h>
#include <stdbool.h>

#include "nhrpd/conf.h"

/* Options of these blocks, for the one that they are in. */
extern cfg_opt_t config_access_list_opts[];
extern cfg_opt_t config_class_map_opts[];
extern cfg_opt_t config_policy_map_opts[];

/* Have the blocks checked, and the interfaces' options about QoS. */
void config_qos_set_checks(cfg_t *cfg);
/* There is a policy-map of that name so far. */
bool config_qos_has_policy(const char *name);
/* An interface's options about QoS. */
void config_qos_fill_interface(struct conf_if *ci, cfg_t *sec);
/* The policies, which are given away. */
void config_qos_take(struct conf *conf);
/* Forget what is left of a file. */
void config_qos_end(void);

#endif
