// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <string.h>

#include "dmvpnctl/text.h"

static uint64_t value_of(const struct counters *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (!strcmp(c->v[i].name, name))
			return c->v[i].value;
	return 0;
}

static uint64_t total(const struct counters *c)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < c->n; i++)
		sum += c->v[i].value;
	return sum;
}

static void row(FILE *f, const char *name, uint64_t sent, uint64_t received,
		uint64_t forwarded)
{
	fprintf(f, "  %-22s %12" PRIu64 " %12" PRIu64 " %12" PRIu64 "\n",
		name, sent, received, forwarded);
}

/* All types are in each of the three, but that of those without one. */
static void packet_rows(FILE *f, const struct nhrp_if *n)
{
	const char *name;
	size_t i;

	fprintf(f, "  %-22s %12s %12s %12s\n", "Packets", "Sent", "Received",
		"Forwarded");
	for (i = 0; i < n->received.n; i++) {
		name = n->received.v[i].name;
		row(f, name, value_of(&n->sent, name),
		    n->received.v[i].value, value_of(&n->forwarded, name));
	}
	row(f, "total", total(&n->sent), total(&n->received),
	    total(&n->forwarded));
}

static void drop_rows(FILE *f, const struct nhrp_if *n)
{
	size_t i;

	fprintf(f, "  Dropped: %" PRIu64 "\n", total(&n->dropped));
	for (i = 0; i < n->dropped.n; i++)
		if (n->dropped.v[i].value)
			fprintf(f, "    %-20s %12" PRIu64 "\n",
				n->dropped.v[i].name, n->dropped.v[i].value);
}

static void qos_rows(FILE *f, const struct nhrp_if *n)
{
	size_t i;

	if (!total(&n->qos))
		return;
	fprintf(f, "  Tunnel QoS:\n");
	for (i = 0; i < n->qos.n; i++)
		fprintf(f, "    %-20s %12" PRIu64 "\n", n->qos.v[i].name,
			n->qos.v[i].value);
}

void text_traffic(FILE *f, const struct model *m)
{
	const struct nhrp_if *n;

	model_for_each(n, m->nhrp_if, m->n_nhrp_if) {
		fprintf(f, "%s:\n", n->interface);
		packet_rows(f, n);
		drop_rows(f, n);
		qos_rows(f, n);
	}
}
