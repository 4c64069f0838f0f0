// SPDX-License-Identifier: GPL-2.0-or-later
/* Policies of groups: whether they are there, and whether they can queue. */
#include <string.h>

#include "dmvpnctl/doctor.h"

static bool has_policy(const struct model *m, const char *name)
{
	const struct policy_state *p;

	model_for_each(p, m->policy, m->n_policy)
		if (!strcmp(p->name, name))
			return true;
	return false;
}

/* What is below mq is not looked at. */
static bool can_queue(const struct device *dev)
{
	return !strcmp(dev->qdisc, "dmvpn") || !strcmp(dev->qdisc, "mq");
}

static bool has_group(const struct model *m, const struct device *dev)
{
	const struct group_map *g;

	model_for_each(g, m->group_map, m->n_group_map)
		if (!strcmp(g->interface, dev->name))
			return true;
	return false;
}

static void check_qdisc(struct doctor *d, const struct device *dev)
{
	if (!dev->up || can_queue(dev) || !has_group(&d->m, dev))
		return;
	doctor_warn(d, "",
		    "%s has policies for groups, and nothing that queues by them: its queueing discipline is %s",
		    dev->name, dev->qdisc);
	doctor_advise(d,
		      "tc qdisc replace dev %s root handle 1: dmvpn, or tc qdisc del dev %s root and reload nhrpd",
		      dev->name, dev->name);
}

void check_qos(struct doctor *d)
{
	const struct group_map *g;
	const struct device *dev;

	model_for_each(g, d->m.group_map, d->m.n_group_map) {
		if (!doctor_device(d, g->interface) ||
		    has_policy(&d->m, g->policy))
			continue;
		doctor_fail(d, "",
			    "%s: the policy %s of group %s is not in the kernel",
			    g->interface, g->policy, g->group);
		doctor_advise(d,
			      "a policy-map %s in nhrpd.conf, then systemctl reload nhrpd; or dmvpnctl policy load FILE, and the same",
			      g->policy);
	}
	model_for_each(dev, d->m.device, d->m.n_device)
		check_qdisc(d, dev);
	doctor_fine(d, "%zu groups have policies", d->m.n_group_map);
}
