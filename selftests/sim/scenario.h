/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a simulation is about: a topology, an underlay, and what happens to it.
 */
#ifndef SIM_SCENARIO_H
#define SIM_SCENARIO_H

#include "cloud.h"
#include "disturb.h"

/**
 * struct scenario - see the table in scenario.c
 * @name: for --scenario
 * @about: in words
 * @topology: of the cloud
 * @phase: 3 with redirects and shortcuts for subnets, 2 without
 * @natted: of 1000 spokes so many are behind a NAT
 * @quality: of the underlay while it is disturbed
 * @kinds: of disturbances: bits of enum disturbance
 * @every: ms between two of them, for 100 nodes, on average
 * @hub_falls: the only disturbance is that the hub is off for @hub_off ms
 * @hub_off: see there
 */
struct scenario {
	const char *name;
	const char *about;
	enum topology topology;
	unsigned int phase;
	uint32_t natted;
	struct fake_quality quality;
	uint32_t kinds;
	uint32_t every;
	bool hub_falls;
	uint32_t hub_off;
};

const struct scenario *scenario_find(const char *name);
void scenario_list(void);
/* All of it; the program ends here if an invariant does not hold. */
void scenario_run(struct sim *sim);

#endif
