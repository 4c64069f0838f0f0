/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hub R1 and spokes R6 and R7 with policies for two groups: for tests of what
 * they make of it.
 */
#ifndef UNIT_GROUPS_H
#define UNIT_GROUPS_H

#include "unit.h"

extern struct fake_net net;
extern struct fake_kernel r1, r6, r7;

/* A policy for those of a group. */
void groups_map(struct conf_if *ci, const char *group, const char *policy);
/* P10 for GOLD, P2 for SILVER; their interface. */
struct conf_if *groups_hub(struct conf *conf);
struct conf_if *groups_spoke(struct conf *conf, const char *group);
/* A spoke that runs. */
void groups_start(struct fake_kernel *k, const char *name, const char *nbma,
		  const char *proto, const char *lan, const char *group);
/* All three, of a test: R6 is gold, R7 is silver. */
int groups_setup(void **state);
int groups_teardown(void **state);

#endif
