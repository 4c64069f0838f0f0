/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What happened: a hash of all of it, and the last of it in words.
 */
#ifndef SIM_TRACE_H
#define SIM_TRACE_H

#include "sim.h"

void trace_start(struct sim *sim);
/* The simulation itself does something. */
__attribute__((format(printf, 2, 3)))
void trace_node(const struct sim_node *node, const char *format, ...);
/* The last events that concern one of the two, NULL for anybody. */
void trace_print(const struct sim_node *a, const struct sim_node *b);

#endif
