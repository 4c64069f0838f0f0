// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * "show topology" for people, and for dot(1).
 */
#include <inttypes.h>
#include <stdlib.h>

#include "dmvpnctl/names.h"
#include "dmvpnctl/output.h"
#include "dmvpnctl/topology.h"

#define RATE_TEXT	32

static const char *rate_format(uint64_t rate, char buf[static RATE_TEXT])
{
	if (rate)
		snprintf(buf, RATE_TEXT, "%" PRIu64 " kbps", rate / 1000);
	else
		buf[0] = '\0';
	return buf;
}

/* ---- text ---- */

static void edge_lines(FILE *f, const struct model *m, const struct edge *e)
{
	char name[ADDR_TEXT], nbma[ADDR_TEXT], since[TIME_TEXT];
	char rate[RATE_TEXT], prefix[ADDR_TEXT];
	const struct peer *p = e->tunnel.peer;
	const struct shortcut *s;

	fprintf(f, "  %-8s %-15s %-15s %-4s %8s  in %" PRIu64 " out %" PRIu64
		" bytes%s%s\n", e->kind, edge_name(e, name),
		nbma_format(&p->remote, nbma), e->tunnel.state,
		time_format(e->tunnel.since_ms, since), p->rx_bytes,
		p->tx_bytes, e->rate ? ", shaped to " : "",
		rate_format(e->rate, rate));
	edge_for_each(s, m, e)
		fprintf(f, "           %s\n",
			prefix_format(&s->prefix, prefix));
}

void text_topology(FILE *f, const struct model *m)
{
	struct edges es = edges_of(m);
	const struct device *d;
	char name[ADDR_TEXT];
	size_t i;

	model_for_each(d, m->device, m->n_device) {
		fprintf(f, "%s, %s, %s\n", d->name, edge_own_name(d, name),
			tunnel_role(m, d));
		for (i = 0; i < es.n; i++)
			if (es.v[i].device == d)
				edge_lines(f, m, &es.v[i]);
	}
	free(es.v);
}

/* ---- dot ---- */

/* In quotes: a device may have any name. */
static void put_text(FILE *f, const char *text)
{
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putc('\\', f);
		putc(*text, f);
	}
}

static void dot_device(FILE *f, const struct model *m, const struct device *d)
{
	char name[ADDR_TEXT], local[ADDR_TEXT];

	fprintf(f, "\t\"");
	put_text(f, edge_own_name(d, name));
	fprintf(f, "\" [shape=box, label=\"");
	put_text(f, d->name);
	fprintf(f, "\\n%s\\n%s\\n%s\"];\n", name,
		addr_format(addr_is_none(&d->local) ? &d->local6 : &d->local,
			    local), tunnel_role(m, d));
}

static void dot_edge(FILE *f, const struct model *m, const struct edge *e)
{
	char own[ADDR_TEXT], name[ADDR_TEXT], nbma[ADDR_TEXT];
	char rate[RATE_TEXT], prefix[ADDR_TEXT];
	const struct shortcut *s;

	fprintf(f, "\t\"%s\" [label=\"%s\\n%s", edge_name(e, name), name,
		nbma_format(&e->tunnel.peer->remote, nbma));
	edge_for_each(s, m, e)
		fprintf(f, "\\n%s", prefix_format(&s->prefix, prefix));
	fprintf(f, "\"];\n\t\"");
	put_text(f, edge_own_name(e->device, own));
	fprintf(f, "\" -- \"%s\" [label=\"%s %s%s%s\", style=%s];\n", name,
		e->kind, e->tunnel.state, e->rate ? " " : "",
		rate_format(e->rate, rate),
		e->tunnel.peer->state == DMVPN_SESSION_STATE_UP ? "solid" :
								  "dashed");
}

static void dot_topology(FILE *f, const struct model *m)
{
	struct edges es = edges_of(m);
	const struct device *d;
	size_t i;

	fprintf(f, "graph dmvpn {\n");
	model_for_each(d, m->device, m->n_device)
		dot_device(f, m, d);
	for (i = 0; i < es.n; i++)
		dot_edge(f, m, &es.v[i]);
	fprintf(f, "}\n");
	free(es.v);
}

const struct output dot_output = {
	.topology = dot_topology,
};
