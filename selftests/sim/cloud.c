// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cloud.h"
#include "scenario.h"
#include "trace.h"

#define OVERLAY		0x0a000001u	/* 10.0.0.1/16: one for each node */
#define LANS		0x0a800000u	/* 10.128.0.0/9: a /24 for each */
#define NBMA		0x64400001u	/* 100.64.0.1/10 */
#define NATS		0xc6120000u	/* 198.18.0.0/15: one for two nodes */
#define PORTS		1024u		/* of a NAT: even for one, odd for */
#define REGION		100		/* spokes of a regional hub */

static uint32_t number_of(const struct addr *a)
{
	return (uint32_t)a->b[0] << 24 | (uint32_t)a->b[1] << 16 |
	       (uint32_t)a->b[2] << 8 | a->b[3];
}

struct sim_node *cloud_owner(const struct sim *sim, const struct addr *overlay)
{
	uint32_t i = number_of(overlay) - OVERLAY;

	return i < sim->n ? &sim->node[i] : NULL;
}

struct sim_node *cloud_at(const struct sim *sim, const struct nbma *nbma,
			  struct sim_node *like)
{
	uint32_t ip = number_of(&nbma->addr);
	uint32_t i = (ip - NBMA) % SIM_NODES_MAX;

	if (ip >= NATS && like && like->index / 2 == ip - NATS && !nbma->port)
		return like;
	if (ip >= NATS)
		i = (ip - NATS) * 2 + nbma->port % 2;
	return i < sim->n ? &sim->node[i] : NULL;
}

bool cloud_is_at(const struct sim_node *node, const struct nbma *nbma)
{
	const struct nbma *at = fake_outside(&node->k, &nbma->addr);

	return addr_equal(&at->addr, &nbma->addr) &&
	       (!nbma->port || nbma->port == at->port);
}

static struct addr nbma_of(const struct sim_node *node)
{
	return addr_v4(NBMA + node->generation * SIM_NODES_MAX + node->index);
}

static struct nbma nat_of(const struct sim_node *node)
{
	uint32_t port = fake_random(&node->sim->net, 30000) * 2;

	return (struct nbma){
		.addr = addr_v4(NATS + node->index / 2),
		.port = (uint16_t)(PORTS + port + node->index % 2),
	};
}

static struct prefix lan_of(const struct sim_node *node)
{
	return prefix_make(&node->lan, 24);
}

static struct prefix host_of(const struct sim_node *node)
{
	return prefix_make(&node->overlay, 32);
}

/* ---- routes ---- */

static void set_route(struct sim_node *node, const struct prefix *dst,
		      const struct sim_node *via)
{
	char to[ADDR_TEXT], gateway[ADDR_TEXT];

	prefix_format(dst, to);
	fake_route_del(&node->k, to);
	if (via)
		fake_route(&node->k, to, addr_format(&via->overlay, gateway),
			   FAKE_DMVPN);
}

static bool has_session(const struct sim_node *a, const struct sim_node *b)
{
	const struct fake_session *s = fake_session_find(&a->k,
							 &b->k.outside[0].at);

	return s && fake_session_carries(s);
}

/* The first server that can be reached, the first of all if none can. */
static struct sim_node *best_hub(const struct sim_node *node)
{
	unsigned int i;

	for (i = 0; i < node->n_hubs; i++)
		if (has_session(node, node->hub[i]))
			return node->hub[i];
	return node->n_hubs ? node->hub[0] : NULL;
}

static void tell_routes(struct sim_node *node)
{
	if (!node->k.nhrp)
		return;
	nhrp_routes_changed(node->k.nhrp, node->sim->net.now);
	fake_net_arm(&node->k);
}

/* It is registered, and so a neighbour. */
static bool is_below(const struct sim_node *node, const struct sim_node *hub)
{
	return has_session(hub, node) &&
	       fake_nexthop_find(&hub->k, &node->overlay);
}

/* Hubs know the way down while there is one. */
static void set_routes_down(struct sim_node *node)
{
	struct sim_node *below = NULL, *hub = node->gateway;
	struct prefix lan = lan_of(node), host = host_of(node);
	struct sim *sim = node->sim;
	unsigned int i;

	if (hub && is_below(node, hub))
		below = hub;
	if (below == node->below)
		return;
	node->below = below;
	for (i = 0; i < sim->n_hubs; i++) {
		set_route(&sim->node[i], &lan, NULL);
		set_route(&sim->node[i], &host, NULL);
		tell_routes(&sim->node[i]);
	}
	if (!below)
		return;
	set_route(below, &lan, node);
	/* The hubs beside it, or the one above it. */
	for (i = 0; i < sim->n_hubs; i++) {
		if (&sim->node[i] == below ||
		    (below->n_hubs && below->hub[0] != &sim->node[i]))
			continue;
		set_route(&sim->node[i], &lan, below);
		set_route(&sim->node[i], &host, below);
	}
}

/* What a routing protocol does. */
static void follow(struct sim_node *node)
{
	struct addr all = addr_v4(LANS);
	struct prefix lans = prefix_make(&all, 9);
	struct sim_node *hub = best_hub(node);

	if (hub != node->gateway) {
		node->gateway = hub;
		set_route(node, &lans, hub);
		tell_routes(node);
	}
	set_routes_down(node);
}

void cloud_route(struct sim *sim)
{
	unsigned int i;

	for (i = 0; i < sim->n; i++)
		follow(&sim->node[i]);
}

/* ---- nodes ---- */

static void add_server(struct conf_if *ci, const struct sim_node *hub)
{
	struct conf_nhs *nhs = conf_add_nhs(ci);

	if (!nhs)
		abort();
	nhs->proto = hub->overlay;
	nhs->nbma = hub->k.dev.nbma;
	nhs->multicast = true;
}

/* Hubs that stand side by side know each other. */
static void add_neighbours(struct conf_if *ci, const struct sim_node *node)
{
	const struct sim *sim = node->sim;
	struct conf_map *map;
	unsigned int i;

	for (i = 0; i < sim->n_hubs; i++) {
		if (sim->scenario->topology != TWO_HUBS || i == node->index)
			continue;
		map = conf_add_map(ci);
		if (!map)
			abort();
		map->proto = sim->node[i].overlay;
		map->nbma = sim->node[i].k.dev.nbma;
	}
}

const char *cloud_group(const struct sim_node *node)
{
	static const char *const group[] = { "A", "B", "unmapped", "" };

	return group[node->index % 4];
}

static void add_groups(struct conf_if *ci, const struct sim_node *node)
{
	static const char group[] = { 'A', 'B' };
	struct conf_group_map *map;
	unsigned int i;

	snprintf(ci->group, sizeof(ci->group), "%s", cloud_group(node));
	for (i = 0; i < sizeof(group); i++) {
		map = conf_add_group_map(ci);
		if (!map)
			abort();
		map->group[0] = group[i];
		snprintf(map->service_policy, sizeof(map->service_policy),
			 "policy-%c", group[i]);
	}
}

void cloud_start(struct sim_node *node)
{
	struct conf conf = { 0 };
	struct conf_if *ci = conf_add_if(&conf, "dmvpn0");
	unsigned int i;

	if (!ci)
		abort();
	ci->holdtime = SIM_HOLD;
	ci->redirect = node->is_hub && node->sim->scenario->phase == 3;
	ci->multicast_dynamic = node->is_hub;
	for (i = 0; i < node->n_hubs; i++)
		add_server(ci, node->hub[i]);
	if (node->is_hub)
		add_neighbours(ci, node);
	add_groups(ci, node);
	trace_node(node, "starts");
	fake_start(&node->k, &conf);
	conf_free(&conf);
}

static void make_node(struct sim *sim, unsigned int i)
{
	char nbma[ADDR_TEXT], overlay[ADDR_TEXT], lan[ADDR_TEXT];
	struct sim_node *node = &sim->node[i];
	struct addr a;

	node->sim = sim;
	node->index = i;
	node->is_hub = i < sim->n_hubs;
	node->overlay = addr_v4(OVERLAY + i);
	node->lan = addr_v4(LANS + (i << 8) + 1);
	snprintf(node->name, sizeof(node->name), "%s%u",
		 node->is_hub ? "hub" : "spoke", i);
	a = nbma_of(node);
	addr_format(&a, nbma);
	addr_format(&node->overlay, overlay);
	addr_format(&node->lan, lan);
	strcat(overlay, "/16");
	strcat(lan, "/24");
	fake_init(&node->k, &sim->net, node->name, nbma, overlay, true);
	fake_address(&node->k, lan, FAKE_LAN);
	node->k.upcalls = 100;
	node->k.random = fake_random(&sim->net, UINT32_MAX);
	node->natted = !node->is_hub &&
		       fake_random(&sim->net, 1000) < sim->scenario->natted;
}

static void choose_hubs(struct sim_node *node)
{
	struct sim *sim = node->sim;
	unsigned int i;

	switch (sim->scenario->topology) {
	case ONE_HUB:
	case TWO_HUBS:
		for (i = 0; i < sim->n_hubs && !node->is_hub; i++)
			node->hub[node->n_hubs++] = &sim->node[i];
		break;
	case TREE:
		if (node->is_hub && node->index)
			node->hub[node->n_hubs++] = &sim->node[0];
		else if (!node->is_hub)
			node->hub[node->n_hubs++] =
				&sim->node[1 + node->index % (sim->n_hubs - 1)];
		break;
	}
}

static unsigned int number_of_hubs(const struct sim *sim)
{
	switch (sim->scenario->topology) {
	case ONE_HUB:
		return 1;
	case TWO_HUBS:
		return 2;
	case TREE:
		return 3 + sim->n / REGION;
	}
	return 0;
}

void cloud_build(struct sim *sim)
{
	struct nbma nat;
	unsigned int i;

	sim->n = sim->options.nodes;
	sim->n_hubs = number_of_hubs(sim);
	sim->node = fake_make(sim->n * sizeof(*sim->node));
	for (i = 0; i < sim->n; i++)
		make_node(sim, i);
	for (i = 0; i < sim->n; i++) {
		choose_hubs(&sim->node[i]);
		if (!sim->node[i].natted)
			continue;
		nat = nat_of(&sim->node[i]);
		fake_net_place(&sim->node[i].k, &nat);
	}
}

void cloud_free(struct sim *sim)
{
	unsigned int i;

	for (i = 0; i < sim->n; i++)
		fake_free(&sim->node[i].k);
	free(sim->node);
}

/* ---- changes ---- */

void cloud_renumber(struct sim_node *node)
{
	struct nbma nbma = { .port = 0 };

	node->generation++;
	nbma.addr = nbma_of(node);
	fake_renumber(&node->k, &nbma);
}

void cloud_rebind(struct sim_node *node)
{
	struct nbma nat = nat_of(node);

	fake_session_rebind(&node->k, &nat);
}

void cloud_disguise(struct sim_node *node, struct sim_node *as)
{
	struct fake_kernel *k = &node->k;
	char text[ADDR_TEXT];

	node->guise = as;
	k->dev.proto = as ? as->overlay : node->overlay;
	addr_format(&k->dev.proto, text);
	strcat(text, "/16");
	fake_route_del(k, "10.0.0.0/16");
	fake_address(k, text, FAKE_DMVPN);
	if (k->nhrp) {
		fake_link_changed(k);
		fake_net_arm(k);
	}
}

bool cloud_registered(const struct sim_node *node)
{
	unsigned int i;

	for (i = 0; i < node->n_hubs; i++)
		if (!is_below(node, node->hub[i]))
			return false;
	return true;
}

bool cloud_direct(const struct sim_node *a, const struct sim_node *b)
{
	return !a->natted && !b->natted;
}
