// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "cloud.h"

/* The spoke is in the group that both map. */
static void add_group(struct conf_if *ci)
{
	struct conf_group_map *map = conf_add_group_map(ci);

	assert_non_null(map);
	strcpy(map->group, "GOLD");
	strcpy(map->service_policy, "P10");
}

void cloud_start(struct cloud *c)
{
	struct conf_nhs *nhs;
	struct conf conf;

	fake_net_init(&c->net);
	c->net.phantoms = true;
	fake_init(&c->hub, &c->net, "hub", "1.1.1.1", "192.168.1.1/24", true);
	fake_init(&c->spoke, &c->net, "spoke", "7.7.7.7", "192.168.1.7/24",
		  true);
	fake_proto(&c->hub, "2001:db8::1/64");
	fake_proto(&c->hub, "fe80::1/64");
	fake_proto(&c->spoke, "2001:db8::7/64");
	fake_proto(&c->spoke, "fe80::7/64");
	fake_address(&c->spoke, "10.7.0.1/24", FAKE_LAN);
	unit_hub(&conf);
	add_group(&conf.iface[0]);
	unit_start(&c->hub, &conf);
	unit_spoke(&conf);
	add_group(&conf.iface[0]);
	strcpy(conf.iface[0].group, "GOLD");
	nhs = conf_add_nhs(&conf.iface[0]);
	nhs->proto = fake_addr("2001:db8::1");
	nhs->nbma = fake_addr("1.1.1.1");
	unit_start(&c->spoke, &conf);
	fake_net_run(&c->net, 2000);
	fake_session_state(&c->hub, "6.6.6.6", DMVPN_SESSION_STATE_UP);
	fake_session_state(&c->spoke, "6.6.6.6", DMVPN_SESSION_STATE_UP);
}

void cloud_end(struct cloud *c)
{
	fake_free(&c->spoke);
	fake_free(&c->hub);
}
