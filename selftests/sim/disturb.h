/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What happens to nodes, and is over after a while.
 */
#ifndef SIM_DISTURB_H
#define SIM_DISTURB_H

#include "sim.h"

enum disturbance {
	KILL,		/* the daemon dies; the kernel goes on */
	RESTART,	/* the daemon is stopped, and started again */
	REBOOT,		/* the machine is off, and has forgotten all */
	LEAVE,		/* the same, for longer than the holding time */
	RENUMBER,	/* another NBMA address */
	REBIND,		/* another port of the NAT */
	LINK,		/* the tunnel is down for a while */
	CUT,		/* a session is lost, and neither end knows */
	CLEAR,		/* an operator clears a session */
	THIEF,		/* a spoke has the tunnel address of another */
	HUB_KILL,	/* as KILL, of a hub */
	HUB_REBOOT,	/* as REBOOT, of a hub */
	__DISTURBANCES
};

#define BIT(kind)	(1u << (kind))
#define OF_SPOKES	(BIT(HUB_KILL) - 1)
#define OF_ALL		(BIT(__DISTURBANCES) - 1)

const char *disturb_name(enum disturbance kind);
/* One of these kinds, to a random node. */
void disturb_one(struct sim *sim, uint32_t kinds);
void disturb_power_off(struct sim_node *node, uint64_t ms);
/* Nothing is being done to any node. */
bool disturb_over(const struct sim *sim);

#endif
