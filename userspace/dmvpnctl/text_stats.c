// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * "show nhrp stats": what nhrpd was told [R] and did [S], with errors in
 * brackets. All rows of IOS XE are there; those of what nhrpd does not have
 * (MPLS, BFD, BGP, virtual access interfaces) are 0, as on a router without.
 */
#include <inttypes.h>

#include "dmvpnctl/text.h"

/**
 * struct stat - one of a row
 * @title: as IOS has it, NULL for none
 * @name: nhrpd's counter, NULL for what cannot happen
 * @less: counter to subtract, NULL for none
 * @errors: counter of failures, NULL for none
 */
struct stat {
	const char *title;
	const char *name;
	const char *less;
	const char *errors;
};

/**
 * struct row - a line
 * @section: that begins with it, or NULL
 * @stat: one or two
 */
struct row {
	const char *section;
	struct stat stat[2];
};

#define COUNTED(t, n)	{ .title = (t), .name = (n) }
#define NEITHER(t, u)	{ { .title = (t) }, { .title = (u) } }

static const struct row change_rows[] = {
	{ "Interface State Event Stats",
	  { COUNTED("[R]UP", "up"), COUNTED("[R]Down", "down") } },
	{ NULL, { COUNTED("[R]Deleted", "deleted") } },
	{ "Tunnel Stats",
	  { { .title = "[S]End Point Addition", .name = "peers-added",
	      .errors = "peer-errors" },
	    COUNTED("[S]End Point Deletion", "peers-removed") } },
	{ "Tunnel Protection Stats",
	  NEITHER("[S]Create TP socket", "[S]Del TP socket") },
	{ NULL, NEITHER("[S]Create VA", "[S]Del VA") },
	{ NULL, { COUNTED("[R]UP", "sessions-up"),
		  COUNTED("[R]Down", "sessions-down") } },
	{ NULL, { { .title = "[S]Reset Socket" } } },
};

static const struct row qos_rows[] = {
	{ "Tunnel QoS Stats",
	  { { .title = "[S]QoS APPLY", .name = "applied",
	      .errors = "errors" },
	    COUNTED("[S]QoS Remove", "removed") } },
};

static const struct row route_rows[] = {
	{ "RIB Events Stats",
	  { { .title = "[S]Add Route", .name = "routes-added",
	      .less = "overrides-added", .errors = "route-errors" },
	    { .title = "[S]Del Route", .name = "routes-removed",
	      .less = "overrides-removed" } } },
	{ NULL, { COUNTED("[S]Add NHO", "overrides-added"),
		  COUNTED("[S]Del NHO", "overrides-removed") } },
	{ NULL, NEITHER("[S]Rwatch w/o route", "[R]Route Evicted") },
	{ "MPLS Stats", NEITHER("[S]Label Alloc", "[S]Label Release") },
	{ NULL, NEITHER("[S]MPLS IP Key Bind", "[S]MPLS VPN Key Bind") },
	{ "BFD Stats", NEITHER("[S]Client Create", "[S]Client Destroy") },
	{ NULL, NEITHER("[R]Session Down", "[R]Session Up") },
	{ "BGP Stats", NEITHER("[S]Route Export", "[S]Route Withdrawal") },
	{ NULL, NEITHER("[S]Route Import", "[R]Imported Route Changed") },
};

static uint64_t value_of(const struct counters *c, const char *name)
{
	return name ? counters_value(c, name) : 0;
}

static void print_rows(FILE *f, const struct counters *c,
		       const struct row *row, size_t n)
{
	const struct stat *s;
	uint64_t value;

	for (; n--; row++) {
		if (row->section)
			fprintf(f, " %s:\n", row->section);
		for (s = row->stat; s < row->stat + 2 && s->title; s++) {
			value = value_of(c, s->name) - value_of(c, s->less);
			fprintf(f, "  %-30s: %" PRIu64 "[%" PRIu64 "]",
				s->title, value, value_of(c, s->errors));
		}
		fprintf(f, "\n");
	}
}

#define ROWS(array) (array), sizeof(array) / sizeof((array)[0])

void text_nhrp_stats(FILE *f, const struct model *m)
{
	const struct nhrp_if *n;

	model_for_each(n, m->nhrp_if, m->n_nhrp_if) {
		fprintf(f, "%s\n", n->interface);
		print_rows(f, &n->changed, ROWS(change_rows));
		print_rows(f, &n->qos, ROWS(qos_rows));
		print_rows(f, &n->changed, ROWS(route_rows));
		fprintf(f, "\n");
	}
}
