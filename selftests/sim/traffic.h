/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Flows between random spokes: packets there and back.
 */
#ifndef SIM_TRAFFIC_H
#define SIM_TRAFFIC_H

#include "sim.h"

/**
 * struct flow - packets between two spokes
 * @sim: the simulation
 * @from: who begins
 * @to: other end
 * @src: address of @from
 * @dst: address of @to
 * @since: first packet
 * @until: end of it; another one takes its place
 * @timer: next packet
 */
struct flow {
	struct sim *sim;
	struct sim_node *from;
	struct sim_node *to;
	struct addr src;
	struct addr dst;
	uint64_t since;
	uint64_t until;
	struct timer timer;
};

/**
 * struct flow_set - all of them
 * @n: number
 * @steady: they do not end
 * @sent: packets
 * @lost: of them
 * @direct: arrived without a hub between
 * @flow: array
 */
struct flow_set {
	unsigned int n;
	bool steady;
	uint64_t sent;
	uint64_t lost;
	uint64_t direct;
	struct flow flow[];
};

void traffic_start(struct sim *sim);
/* No packet any more. */
void traffic_stop(struct sim *sim);

#endif
