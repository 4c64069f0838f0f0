// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "invariant.h"
#include "nhrpd/register.h"
#include "scenario.h"
#include "trace.h"
#include "traffic.h"

#define START_MS	(60 * SECOND)	/* all are switched on within */
/* After the last disturbance; the longest wait of a request, twice. */
#define REGISTERED_MS	(2 * REQUEST_LONGEST_MS)
/* Where nothing but the hub was away: the longest of a registration, often. */
#define BACK_MS		(4 * REGISTER_LONGEST_MS)
/* And until flows are where they should be: what was refused waits longest. */
#define DIRECT_MS	(3 * CONF_NEGATIVE_SECONDS * SECOND)
/* What was in use is asked for once more, and runs out. */
#define IDLE_MS		(3 * SIM_HOLD * SECOND)

static const struct fake_quality good = {
	.jitter = 20,
	.ike_jitter = 2000,
	.retry = 1000,
	.dead = 30000,
};

#define BAD { \
	.loss = 100, \
	.twice = 50, \
	.late = 50, \
	.jitter = 300, \
	.ike_jitter = 5000, \
	.ike_fails = 100, \
	.retry = 1000, \
	.dead = 30000, \
}

#define FAIR { \
	.loss = 10, \
	.twice = 5, \
	.late = 5, \
	.jitter = 40, \
	.ike_jitter = 2000, \
	.ike_fails = 10, \
	.retry = 1000, \
	.dead = 30000, \
}

static const struct scenario scenarios[] = {
	{
		.name = "calm", .about = "one hub, and nothing happens",
		.topology = ONE_HUB, .phase = 3, .quality = FAIR,
	}, {
		.name = "lossy", .about = "one hub, a bad underlay",
		.topology = ONE_HUB, .phase = 3, .quality = BAD,
	}, {
		.name = "churn", .about = "one hub, all that happens to spokes",
		.topology = ONE_HUB, .phase = 3, .quality = FAIR,
		.kinds = OF_SPOKES, .every = 20000,
	}, {
		.name = "all", .about = "one hub, all that happens to anybody, a bad underlay",
		.topology = ONE_HUB, .phase = 3, .quality = BAD,
		.kinds = OF_ALL, .every = 20000, .natted = 100,
	}, {
		.name = "phase2", .about = "one hub that does not redirect",
		.topology = ONE_HUB, .phase = 2, .quality = FAIR,
		.kinds = OF_ALL, .every = 20000,
	}, {
		.name = "nat", .about = "one hub, a third of the spokes behind NATs",
		.topology = ONE_HUB, .phase = 3, .quality = FAIR,
		.kinds = OF_ALL, .every = 20000, .natted = 333,
	}, {
		.name = "dual", .about = "two hubs, all that happens to anybody",
		.topology = TWO_HUBS, .phase = 3, .quality = FAIR,
		.kinds = OF_ALL, .every = 20000,
	}, {
		.name = "tree", .about = "hubs below a hub, all that happens to anybody",
		.topology = TREE, .phase = 3, .quality = FAIR,
		.kinds = OF_ALL, .every = 20000,
	}, {
		.name = "hub-reboot", .about = "the only hub is off for two minutes",
		.topology = ONE_HUB, .phase = 3, .quality = FAIR,
		.hub_falls = true, .hub_off = 120 * SECOND,
	}, {
		.name = "hub-blink", .about = "the only hub is back before it is missed",
		.topology = ONE_HUB, .phase = 3, .quality = FAIR,
		.hub_falls = true, .hub_off = 5 * SECOND,
	},
};

#define N_SCENARIOS (sizeof(scenarios) / sizeof(scenarios[0]))

const struct scenario *scenario_find(const char *name)
{
	size_t i;

	for (i = 0; i < N_SCENARIOS; i++)
		if (!strcmp(scenarios[i].name, name))
			return &scenarios[i];
	return NULL;
}

void scenario_list(void)
{
	size_t i;

	for (i = 0; i < N_SCENARIOS; i++)
		printf("  %-14s %s\n", scenarios[i].name, scenarios[i].about);
}

/* ---- what goes on all the time ---- */

static void watch_due(struct timer *t)
{
	struct sim *sim = container_of(t, struct sim, watch);

	invariant_watch(sim);
	fake_net_in(&sim->net, t, SECOND);
}

static void route_due(struct timer *t)
{
	struct sim *sim = container_of(t, struct sim, route);

	cloud_route(sim);
	fake_net_in(&sim->net, t, SECOND);
}

static void disturb_due(struct timer *t)
{
	struct sim *sim = container_of(t, struct sim, disturb);
	uint32_t every = sim->scenario->every * 100 / sim->n;

	if (!sim->disturbing)
		return;
	disturb_one(sim, sim->scenario->kinds);
	fake_net_in(&sim->net, t, 1 + fake_random(&sim->net, 2 * every));
}

static void run(struct sim *sim, uint64_t ms)
{
	fake_net_run(&sim->net, ms);
}

/* ---- the parts of a simulation ---- */

static void first_start(struct timer *t)
{
	struct sim_node *node = container_of(t, struct sim_node, undo);

	node->busy = false;
	cloud_start(node);
}

static void start(struct sim *sim)
{
	unsigned int i;

	sim->net.quality = sim->scenario->quality;
	for (i = 0; i < sim->n; i++) {
		sim->node[i].busy = true;
		timer_init(&sim->node[i].undo, first_start);
		fake_net_in(&sim->net, &sim->node[i].undo,
			    fake_random(&sim->net, START_MS));
	}
	timer_init(&sim->watch, watch_due);
	fake_net_in(&sim->net, &sim->watch, SECOND);
	timer_init(&sim->route, route_due);
	fake_net_in(&sim->net, &sim->route, SECOND);
	traffic_start(sim);
	run(sim, 2 * START_MS);
}

static void print_histogram(const struct sim *sim, uint64_t from)
{
	unsigned int in[BACK_MS / SECOND + 1] = { 0 };
	const unsigned int last = BACK_MS / SECOND;
	unsigned int i, most = 1;
	uint64_t s;

	for (i = sim->n_hubs; i < sim->n; i++) {
		s = (sim->node[i].registered - from) / SECOND;
		in[s < last ? s : last]++;
	}
	for (i = 0; i <= last; i++)
		most = in[i] > most ? in[i] : most;
	puts("# registered again, seconds after the hub was back:");
	for (i = 0; i <= last; i++)
		if (in[i])
			printf("# %3u %5u %.*s\n", i, in[i],
			       (int)(50 * in[i] / most),
			       "**************************************************");
}

/* All are back within one retry, if that and its session do not get lost. */
static void let_hub_fall(struct sim *sim)
{
	uint64_t back;
	unsigned int i;

	disturb_power_off(&sim->node[0], sim->scenario->hub_off);
	run(sim, sim->scenario->hub_off);
	back = sim->net.now;
	for (i = 0; i < sim->n; i++) {
		sim->node[i].peak = 0;
		sim->node[i].registered = 0;
	}
	run(sim, BACK_MS);
	print_histogram(sim, back);
	printf("# the hub sent %u packets in a second at most\n",
	       sim->node[0].peak);
	invariant_registered(sim);
}

static void disturb(struct sim *sim)
{
	uint64_t ms = (uint64_t)(sim->options.hours * HOUR);

	sim->disturbing = sim->scenario->kinds;
	timer_init(&sim->disturb, disturb_due);
	if (sim->disturbing)
		fake_net_in(&sim->net, &sim->disturb, 1);
	if (sim->scenario->hub_falls)
		let_hub_fall(sim);
	run(sim, ms);
	sim->disturbing = false;
	sim->net.quality = good;
	sim->traffic->steady = true;
	while (!disturb_over(sim))
		run(sim, SECOND);
}

static void settle(struct sim *sim)
{
	run(sim, REGISTERED_MS);
	invariant_registered(sim);
	run(sim, DIRECT_MS);
	invariant_direct(sim);
}

static void be_idle(struct sim *sim)
{
	traffic_stop(sim);
	run(sim, IDLE_MS);
	invariant_idle(sim);
}

static void print_sums(const struct sim *sim)
{
	const struct flow_set *f = sim->traffic;
	unsigned int i, spokes = 0, hubs = 0;

	printf("# %" PRIu64 " packets, %.2f %% lost, %.1f %% direct; %" PRIu64
	       " looks\n#", f->sent, 100.0 * (double)f->lost / (double)f->sent,
	       100.0 * (double)f->direct / (double)f->sent, sim->looks);
	for (i = 0; i < __DISTURBANCES; i++)
		if (sim->counts[i])
			printf(" %s %u", disturb_name(i), sim->counts[i]);
	for (i = 0; i < sim->n; i++) {
		unsigned int *most = sim->node[i].is_hub ? &hubs : &spokes;

		if (sim->node[i].peak > *most)
			*most = sim->node[i].peak;
	}
	printf("\n# NHRP packets in a second: hub %u, spoke %u at most\n",
	       hubs, spokes);
}

void scenario_run(struct sim *sim)
{
	fake_net_init(&sim->net);
	sim->net.random = sim->options.seed;
	sim->counts = fake_make(__DISTURBANCES * sizeof(*sim->counts));
	trace_start(sim);
	cloud_build(sim);
	start(sim);
	disturb(sim);
	settle(sim);
	be_idle(sim);
	print_sums(sim);
	cloud_free(sim);
	free(sim->traffic);
	free(sim->counts);
}
