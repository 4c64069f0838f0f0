// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include <linux/dmvpn.h>

#include "services.h"

static void add_service(struct model *m, const struct device *d,
			uint32_t point, const struct class_state *c)
{
	struct service_state *s;
	size_t i;

	if (model_service(m, d->ifindex, point, c->index))
		return;
	s = model_add(m->service, m->n_service);
	s->ifindex = d->ifindex;
	s->point = point;
	s->index = c->index;
	s->count = c->count;
	s->offered_rate = 64000 + c->index;
	s->load_interval = point == DMVPN_SERVICE_POINT_OUTPUT ? 300 : 30;
	snprintf(s->policy, sizeof(s->policy), "%s", c->policy);
	for (i = 0; i < c->class.lines.n; i++)
		*model_add(s->line, s->n_line) = c->line[i];
}

void services_add(struct model *m)
{
	const struct class_state *c;
	const struct device *d;

	model_for_each(d, m->device, m->n_device) {
		model_for_each(c, m->class, m->n_class) {
			if (!strcmp(c->policy, d->output_policy))
				add_service(m, d, DMVPN_SERVICE_POINT_OUTPUT,
					    c);
			if (!strcmp(c->policy, d->underlay_policy))
				add_service(m, d, DMVPN_SERVICE_POINT_UNDERLAY,
					    c);
		}
	}
}
