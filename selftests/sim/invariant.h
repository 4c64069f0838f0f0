/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What must be true, always or in the end. Where it is not, the program says
 * which, for whom, and the events before it, and ends.
 */
#ifndef SIM_INVARIANT_H
#define SIM_INVARIANT_H

#include "sim.h"

/* NHRP packets that a node sends in a second: a spoke; a hub for each node. */
#define STORM_SPOKE	40
#define STORM_HUB	3

/* While the cloud runs, each second. */
void invariant_watch(struct sim *sim);
/* A while after the last disturbance: registrations; then the flows' ways. */
void invariant_registered(struct sim *sim);
void invariant_direct(struct sim *sim);
/* A while after the last packet. */
void invariant_idle(struct sim *sim);
void invariant_list(void);

#endif
