// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "dmvpnctl/text.h"

/* What IOS counts as suppressed is no packet, and is none of the types. */
#define SUPPRESSED "redirects-suppressed"

static const char *const columns[][3][2] = {
	{ { "resolution-request", "Resolution Request" },
	  { "resolution-reply", "Resolution Reply" },
	  { "registration-request", "Registration Request" } },
	{ { "registration-reply", "Registration Reply" },
	  { "purge-request", "Purge Request" },
	  { "purge-reply", "Purge Reply" } },
	{ { "error-indication", "Error Indication" },
	  { "traffic-indication", "Traffic Indication" },
	  { SUPPRESSED, "Redirect Suppress" } },
};

static void packet_rows(FILE *f, const char *title, const struct counters *c,
			uint64_t suppressed)
{
	const char *const (*row)[2];
	uint64_t value;
	size_t i, k;

	fprintf(f, "   %s: Total %" PRIu64 "\n", title, counters_total(c));
	for (i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		row = columns[i];
		fprintf(f, "        ");
		for (k = 0; k < 3; k++) {
			value = i == 2 && k == 2 ? suppressed :
				counters_value(c, row[k][0]);
			fprintf(f, "%s%" PRIu64 " %s", k ? "  " : "", value,
				row[k][1]);
		}
		fprintf(f, "\n");
	}
}

static void add(struct counters *to, const struct counters *c)
{
	size_t i, k;

	for (i = 0; i < c->n; i++) {
		for (k = 0; k < to->n; k++)
			if (!strcmp(to->v[k].name, c->v[i].name))
				break;
		if (k == to->n)
			snprintf(model_add(to->v, to->n)->name, WORD_LEN, "%s",
				 c->v[i].name);
		to->v[k].value += c->v[i].value;
	}
}

/* nhrpd handles each packet at once: there is no queue. */
static void global_rows(FILE *f, const struct model *m)
{
	struct counters sent = { 0 }, received = { 0 };
	uint64_t suppressed = 0;
	const struct nhrp_if *n;

	model_for_each(n, m->nhrp_if, m->n_nhrp_if) {
		add(&sent, &n->sent);
		add(&received, &n->received);
		suppressed += counters_value(&n->changed, SUPPRESSED);
	}
	fprintf(f, "Global statistics:\n  Packet Queue size: 0[0](0)\n");
	packet_rows(f, "Sent", &sent, suppressed);
	packet_rows(f, "Rcvd", &received, 0);
	free(sent.v);
	free(received.v);
}

static void drop_rows(FILE *f, const struct nhrp_if *n)
{
	uint64_t unknown = counters_value(&n->received, "unknown");
	size_t i;

	if (unknown)
		fprintf(f, "   Of no known type: %" PRIu64 "\n", unknown);
	fprintf(f, "   Dropped: Total %" PRIu64 "\n",
		counters_total(&n->dropped));
	for (i = 0; i < n->dropped.n; i++)
		if (n->dropped.v[i].value)
			fprintf(f, "        %" PRIu64 " %s\n",
				n->dropped.v[i].value, n->dropped.v[i].name);
}

void text_traffic(FILE *f, const struct model *m, bool detail)
{
	const struct nhrp_if *n;

	if (detail)
		global_rows(f, m);
	model_for_each(n, m->nhrp_if, m->n_nhrp_if) {
		fprintf(f, "%s: Max-send limit:%uPkts/%uSec, Usage:%u%%\n",
			n->interface, n->max_send_packets, n->max_send_seconds,
			n->max_send_percent);
		packet_rows(f, "Sent", &n->sent,
			    counters_value(&n->changed, SUPPRESSED));
		packet_rows(f, "Rcvd", &n->received, 0);
		if (detail)
			packet_rows(f, "Fwd", &n->forwarded, 0);
		drop_rows(f, n);
	}
}
