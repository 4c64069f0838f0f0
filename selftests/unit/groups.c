// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "groups.h"

#define SECOND 1000u

struct fake_net net;
struct fake_kernel r1, r6, r7;

void groups_map(struct conf_if *ci, const char *group, const char *policy)
{
	struct conf_group_map *map = conf_add_group_map(ci);

	assert_non_null(map);
	strcpy(map->group, group);
	strcpy(map->service_policy, policy);
}

static struct conf_if *two_maps(struct conf *conf)
{
	groups_map(&conf->iface[0], "GOLD", "P10");
	groups_map(&conf->iface[0], "SILVER", "P2");
	return &conf->iface[0];
}

struct conf_if *groups_hub(struct conf *conf)
{
	unit_hub(conf);
	return two_maps(conf);
}

struct conf_if *groups_spoke(struct conf *conf, const char *group)
{
	unit_spoke(conf);
	strcpy(conf->iface[0].group, group);
	return two_maps(conf);
}

void groups_start(struct fake_kernel *k, const char *name, const char *nbma,
		  const char *proto, const char *lan, const char *group)
{
	struct conf conf;

	fake_init(k, &net, name, nbma, proto, true);
	fake_address(k, lan, FAKE_LAN);
	fake_route(k, "172.16.0.0/16", "192.168.1.1", FAKE_DMVPN);
	groups_spoke(&conf, group);
	unit_start(k, &conf);
}

int groups_setup(void **state)
{
	struct conf conf;

	(void)state;
	fake_net_init(&net);
	fake_init(&r1, &net, "R1", "1.1.1.1", "192.168.1.1/24", true);
	fake_route(&r1, "172.16.6.0/24", "192.168.1.6", FAKE_DMVPN);
	fake_route(&r1, "172.16.7.0/24", "192.168.1.7", FAKE_DMVPN);
	groups_hub(&conf);
	unit_start(&r1, &conf);
	groups_start(&r6, "R6", "6.6.6.6", "192.168.1.6/24", "172.16.6.1/24",
		     "GOLD");
	groups_start(&r7, "R7", "7.7.7.7", "192.168.1.7/24", "172.16.7.1/24",
		     "SILVER");
	fake_net_run(&net, 2 * SECOND);
	return 0;
}

int groups_teardown(void **state)
{
	(void)state;
	fake_free(&r1);
	fake_free(&r6);
	fake_free(&r7);
	return 0;
}
