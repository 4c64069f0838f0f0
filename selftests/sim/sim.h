/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A cloud of many nodes, each a whole instance, on one clock.
 */
#ifndef SIM_H
#define SIM_H

#include <stdio.h>

#include "fake_kernel.h"

#define SIM_HOLD	300	/* holding time, seconds */
#define SIM_HUBS	2	/* servers of a node, at most */
#define SIM_NODES_MAX	4000

#define SECOND		1000ull
#define HOUR		(3600 * SECOND)

/**
 * struct options - what the program was asked for
 * @seed: of all that is random
 * @nodes: how many
 * @hours: of disturbances
 * @scenario: its name
 * @trace: print each event
 */
struct options {
	uint64_t seed;
	unsigned int nodes;
	double hours;
	const char *scenario;
	bool trace;
};

/**
 * struct sim_node - a router of the cloud
 * @k: its machine
 * @name: "hub0", "spoke17"
 * @sim: the simulation
 * @index: in the simulation's array; its addresses follow from it
 * @is_hub: others register with it
 * @hub: servers that it registers with
 * @n_hubs: their number
 * @gateway: of them, the one that packets go to
 * @below: the hub that knows the way down to it, NULL if none does
 * @generation: how often its NBMA address changed
 * @natted: it is behind a NAT
 * @overlay: its tunnel address
 * @lan: its address behind the tunnel
 * @moved: when it was last seen somewhere else, or left
 * @registered: when a server took its registration, the first time of all or
 *	since the hub was back
 * @second: that packets are counted in
 * @sent: NHRP packets in that second
 * @peak: most of a second
 * @busy: something is being done to it
 * @guise: it has this node's tunnel address
 * @undo: end of that
 */
struct sim_node {
	struct fake_kernel k;
	char name[16];
	struct sim *sim;
	unsigned int index;
	bool is_hub;
	struct sim_node *hub[SIM_HUBS];
	unsigned int n_hubs;
	struct sim_node *gateway;
	struct sim_node *below;
	unsigned int generation;
	bool natted;
	struct addr overlay;
	struct addr lan;
	uint64_t moved;
	uint64_t registered;
	uint64_t second;
	unsigned int sent;
	unsigned int peak;
	bool busy;
	struct sim_node *guise;
	struct timer undo;
};

struct flow_set;
struct scenario;

/**
 * struct sim - a simulation
 * @net: underlay and clock
 * @options: of the program
 * @scenario: what happens
 * @node: array of @n, hubs first
 * @n: number of nodes
 * @n_hubs: how many of them are hubs
 * @traffic: flows
 * @watch: next look at the invariants
 * @route: next look at the routes
 * @disturb: next disturbance
 * @disturbing: there are some
 * @counts: disturbances of each kind
 * @looks: invariants looked at
 * @hash: of all that happened
 */
struct sim {
	struct fake_net net;
	struct options options;
	const struct scenario *scenario;
	struct sim_node *node;
	unsigned int n;
	unsigned int n_hubs;
	struct flow_set *traffic;
	struct timer watch;
	struct timer route;
	struct timer disturb;
	bool disturbing;
	unsigned int *counts;
	uint64_t looks;
	uint64_t hash;
};

static inline struct sim_node *sim_node_of(struct fake_kernel *k)
{
	return container_of(k, struct sim_node, k);
}

static inline struct sim *sim_of(struct fake_kernel *k)
{
	return sim_node_of(k)->sim;
}

#endif
