// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <string.h>

#include "dmvpnctl/text.h"

/* It is sent to by the policy of that group. */
static bool has_policy(const struct binding *b, const struct group_map *g)
{
	return !strcmp(b->interface, g->interface) &&
	       !strcmp(b->group, g->group) && !strcmp(b->policy, g->policy);
}

static void tunnel_lines(FILE *f, const struct model *m,
			 const struct group_map *g)
{
	char address[ADDR_TEXT], nbma[ADDR_TEXT];
	const struct binding *b;
	bool first = true;

	model_for_each(b, m->binding, m->n_binding) {
		if (!has_policy(b, g))
			continue;
		if (first)
			fprintf(f, "  Tunnels using the QoS policy:\n"
				"  Tunnel destination overlay/transport address\n");
		first = false;
		fprintf(f, "  %s/%s\n", addr_format(&b->address, address),
			nbma_format(&b->nbma, nbma));
	}
	if (first)
		fprintf(f, "  No tunnels use the QoS policy\n");
}

void text_group_map(FILE *f, const struct model *m)
{
	const char *interface = "";
	const struct group_map *g;

	model_for_each(g, m->group_map, m->n_group_map) {
		if (strcmp(g->interface, interface))
			fprintf(f, "Interface: %s\n\n", g->interface);
		interface = g->interface;
		fprintf(f, " NHRP group: %s\n  QoS policy: %s\n", g->group,
			g->policy);
		tunnel_lines(f, m, g);
		fprintf(f, "\n");
	}
}

void text_peer_group(FILE *f, const struct model *m, const struct device *d,
		     const struct peer *p)
{
	const char *group = model_group(m, d, p);

	if (*group)
		fprintf(f, "      NHRP group: %s\n", group);
	if (p->policy[0])
		fprintf(f, "       Output QoS service-policy applied: %s\n",
			p->policy);
	if (p->rate)
		fprintf(f, "       Output QoS limited to %" PRIu64 " bps\n",
			p->rate);
}
