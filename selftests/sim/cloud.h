/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Topologies: who is a hub, who registers where, who has which address, and
 * what a routing protocol would do.
 */
#ifndef SIM_CLOUD_H
#define SIM_CLOUD_H

#include "sim.h"

enum topology {
	ONE_HUB,
	TWO_HUBS,	/* every spoke registers with both */
	TREE,		/* regional hubs below a hub of hubs */
};

void cloud_build(struct sim *sim);
void cloud_free(struct sim *sim);
/* A daemon with its configuration; what the kernel has is adopted. */
void cloud_start(struct sim_node *node);
/* The group that it is in, "" for none. */
const char *cloud_group(const struct sim_node *node);
/* The overlay address with which it came, NULL if it is nobody's. */
struct sim_node *cloud_owner(const struct sim *sim, const struct addr *overlay);
/* Whose NBMA address it is or was, NULL for nobody's; @like is preferred. */
struct sim_node *cloud_at(const struct sim *sim, const struct nbma *nbma,
			  struct sim_node *like);
/* It is there now. Replies do not tell the port of a NAT. */
bool cloud_is_at(const struct sim_node *node, const struct nbma *nbma);
/* Another NBMA address; another port of the NAT. */
void cloud_renumber(struct sim_node *node);
void cloud_rebind(struct sim_node *node);
/* Call itself as another does, or NULL: as itself again. */
void cloud_disguise(struct sim_node *node, struct sim_node *as);
/* Routes follow the sessions, every second. */
void cloud_route(struct sim *sim);
/* All its servers have it. */
bool cloud_registered(const struct sim_node *node);
/* A session between the two can be had. */
bool cloud_direct(const struct sim_node *a, const struct sim_node *b);

#endif
