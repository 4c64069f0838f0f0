// SPDX-License-Identifier: GPL-2.0-or-later
#include "cloud.h"
#include "disturb.h"
#include "trace.h"

#define STOP_STEP_MS 50

static uint32_t between(struct sim *sim, uint64_t from, uint64_t to)
{
	return (uint32_t)from + fake_random(&sim->net, (uint32_t)(to - from));
}

static void over_in(struct sim_node *node, void (*undo)(struct timer *t),
		    uint64_t ms)
{
	node->busy = true;
	timer_init(&node->undo, undo);
	fake_net_in(&node->sim->net, &node->undo, ms);
}

static struct sim_node *node_of(struct timer *t)
{
	struct sim_node *node = container_of(t, struct sim_node, undo);

	node->busy = false;
	return node;
}

/* ---- daemons and machines ---- */

static void start_again(struct timer *t)
{
	struct sim_node *node = node_of(t);

	if (node->k.off)
		node->moved = node->sim->net.now;
	cloud_start(node);
}

static void kill_daemon(struct sim_node *node)
{
	fake_kill(&node->k);
	over_in(node, start_again, between(node->sim, SECOND, 60 * SECOND));
}

static void stopping(struct timer *t)
{
	struct sim_node *node = node_of(t);

	if (!nhrp_stopped(node->k.nhrp)) {
		over_in(node, stopping, STOP_STEP_MS);
		return;
	}
	fake_kill(&node->k);
	over_in(node, start_again, between(node->sim, SECOND, 60 * SECOND));
}

static void restart_daemon(struct sim_node *node)
{
	nhrp_stop(node->k.nhrp, node->sim->net.now);
	fake_net_arm(&node->k);
	over_in(node, stopping, STOP_STEP_MS);
}

void disturb_power_off(struct sim_node *node, uint64_t ms)
{
	fake_power_off(&node->k);
	node->moved = node->sim->net.now;
	over_in(node, start_again, ms);
}

static void reboot(struct sim_node *node)
{
	disturb_power_off(node, between(node->sim, 5 * SECOND, 120 * SECOND));
}

static void leave(struct sim_node *node)
{
	disturb_power_off(node, between(node->sim, SIM_HOLD * SECOND,
					3 * SIM_HOLD * SECOND));
}

/* ---- addresses and links ---- */

static void renumber(struct sim_node *node)
{
	node->moved = node->sim->net.now;
	cloud_renumber(node);
}

static void rebind(struct sim_node *node)
{
	node->moved = node->sim->net.now;
	cloud_rebind(node);
}

static void set_link(struct sim_node *node, bool up)
{
	node->k.dev.up = up;
	if (!node->k.nhrp)
		return;
	fake_link_changed(&node->k);
	fake_net_arm(&node->k);
}

static void link_up(struct timer *t)
{
	set_link(node_of(t), true);
}

static void link_down(struct sim_node *node)
{
	set_link(node, false);
	over_in(node, link_up, between(node->sim, SECOND, 30 * SECOND));
}

static void own_face(struct timer *t)
{
	cloud_disguise(node_of(t), NULL);
}

/* The other one is let alone meanwhile, and so are the hubs. */
static void owner_free(struct timer *t)
{
	node_of(t);
}

static void be_thief(struct sim_node *node)
{
	struct sim *sim = node->sim;
	struct sim_node *other;
	unsigned int i;

	other = &sim->node[between(sim, sim->n_hubs, sim->n)];
	/* Hubs of different regions do not know of each other's clients. */
	if (other == node || other->busy || !other->k.nhrp ||
	    other->hub[0] != node->hub[0] || !cloud_registered(other) ||
	    sim->net.now - other->moved < SIM_HOLD * SECOND)
		return;
	for (i = 0; i < sim->n_hubs; i++)
		if (sim->node[i].busy)
			return;
	trace_node(node, "takes the address of %s", other->name);
	cloud_disguise(node, other);
	over_in(node, own_face, 60 * SECOND);
	over_in(other, owner_free, 100 * SECOND);
	for (i = 0; i < sim->n_hubs; i++)
		over_in(&sim->node[i], owner_free, 100 * SECOND);
}

/* ---- sessions ---- */

static struct fake_session *any_session(struct sim_node *node)
{
	uint32_t n = (uint32_t)node->k.sessions.count;
	uint32_t i = fake_random(&node->sim->net, n);
	struct fake_session *s;

	hash_for_each(s, &node->k.sessions, struct fake_session, remote_node)
		if (!i--)
			return s;
	return NULL;
}

static void cut(struct sim_node *node)
{
	struct fake_session *s = any_session(node);

	if (s)
		fake_session_lose(s);
}

static void clear(struct sim_node *node)
{
	struct fake_session *s = any_session(node);

	if (s)
		fake_session_delete(s);
}

/**
 * struct row - a kind of disturbance
 * @name: for the trace
 * @act: does it
 */
static const struct row {
	const char *name;
	void (*act)(struct sim_node *node);
} rows[__DISTURBANCES] = {
	[KILL] = { "kill", kill_daemon },
	[RESTART] = { "restart", restart_daemon },
	[REBOOT] = { "reboot", reboot },
	[LEAVE] = { "leave", leave },
	[RENUMBER] = { "renumber", renumber },
	[REBIND] = { "rebind", rebind },
	[LINK] = { "link-down", link_down },
	[CUT] = { "cut", cut },
	[CLEAR] = { "clear", clear },
	[THIEF] = { "thief", be_thief },
	[HUB_KILL] = { "hub-kill", kill_daemon },
	[HUB_REBOOT] = { "hub-reboot", reboot },
};

const char *disturb_name(enum disturbance kind)
{
	return rows[kind].name;
}

/* One in twenty, where hubs are concerned: there are few of them. */
static enum disturbance choose(struct sim *sim, uint32_t kinds)
{
	uint32_t of_hubs = kinds & ~OF_SPOKES, kind;

	kinds &= OF_SPOKES;
	if (of_hubs && (!kinds || !fake_random(&sim->net, 20)))
		kinds = of_hubs;
	do
		kind = fake_random(&sim->net, __DISTURBANCES);
	while (!(kinds & BIT(kind)));
	return kind;
}

static bool fits(const struct sim_node *node, enum disturbance kind)
{
	if (kind == RENUMBER)
		return !node->natted;
	return kind != REBIND || node->natted;
}

void disturb_one(struct sim *sim, uint32_t kinds)
{
	enum disturbance kind = choose(sim, kinds);
	struct sim_node *node;
	unsigned int i;

	if (BIT(kind) & OF_SPOKES)
		i = between(sim, sim->n_hubs, sim->n);
	else
		i = fake_random(&sim->net, sim->n_hubs);
	node = &sim->node[i];
	if (node->busy || !node->k.nhrp || !fits(node, kind))
		return;
	sim->counts[kind]++;
	trace_node(node, "%s", rows[kind].name);
	rows[kind].act(node);
}

bool disturb_over(const struct sim *sim)
{
	unsigned int i;

	for (i = 0; i < sim->n; i++)
		if (sim->node[i].busy)
			return false;
	return true;
}
