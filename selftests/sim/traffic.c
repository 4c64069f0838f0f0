// SPDX-License-Identifier: GPL-2.0-or-later
#include "cloud.h"
#include "scenario.h"
#include "traffic.h"

#define PERIOD_MS	4000	/* between packets, on average */
#define LIFE_MS		600000	/* of a flow, on average */
#define SPOKES_A_FLOW	2

static uint32_t around(struct sim *sim, uint32_t ms)
{
	return ms / 2 + fake_random(&sim->net, ms);
}

static struct sim_node *any_spoke(struct sim *sim)
{
	uint32_t spokes = sim->n - sim->n_hubs;

	return &sim->node[sim->n_hubs + fake_random(&sim->net, spokes)];
}

/* One in four is between the tunnel addresses, where one subnet has all. */
static bool is_on_link(struct sim *sim)
{
	if (sim->scenario->topology == TREE)
		return false;
	return sim->scenario->phase == 2 || !fake_random(&sim->net, 4);
}

static void begin(struct flow *f)
{
	struct sim *sim = f->sim;
	bool on_link = is_on_link(sim);

	f->from = any_spoke(sim);
	do
		f->to = any_spoke(sim);
	while (f->to == f->from);
	f->src = on_link ? f->from->overlay : f->from->lan;
	f->dst = on_link ? f->to->overlay : f->to->lan;
	f->since = sim->net.now;
	f->until = sim->net.now + around(sim, LIFE_MS);
}

static bool send_one(struct flow_set *set, struct sim_node *node,
		     const struct addr *src, const struct addr *dst)
{
	struct fake_way way = fake_send(&node->k, src, dst);

	set->sent++;
	set->lost += way.fate != FAKE_ARRIVED;
	set->direct += way.fate == FAKE_ARRIVED && way.n == 2;
	return way.fate == FAKE_ARRIVED;
}

static void packet_due(struct timer *t)
{
	struct flow *f = container_of(t, struct flow, timer);
	struct sim *sim = f->sim;

	if (sim->net.now >= f->until && !sim->traffic->steady)
		begin(f);
	if (!f->from->k.off && !f->from->guise &&
	    send_one(sim->traffic, f->from, &f->src, &f->dst) && !f->to->guise)
		send_one(sim->traffic, f->to, &f->dst, &f->src);
	fake_net_in(&sim->net, t, around(sim, PERIOD_MS));
}

void traffic_start(struct sim *sim)
{
	unsigned int i, n = (sim->n - sim->n_hubs) / SPOKES_A_FLOW;

	sim->traffic = fake_make(sizeof(*sim->traffic) +
				 n * sizeof(sim->traffic->flow[0]));
	sim->traffic->n = n;
	for (i = 0; i < n; i++) {
		struct flow *f = &sim->traffic->flow[i];

		f->sim = sim;
		begin(f);
		timer_init(&f->timer, packet_due);
		fake_net_in(&sim->net, &f->timer, around(sim, PERIOD_MS));
	}
}

void traffic_stop(struct sim *sim)
{
	unsigned int i;

	for (i = 0; i < sim->traffic->n; i++)
		fake_net_stop(&sim->net, &sim->traffic->flow[i].timer);
}
