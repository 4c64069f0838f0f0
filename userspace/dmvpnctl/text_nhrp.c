// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * "show nhrp" and its like, line by line as IOS XE prints them: what reads its
 * output reads ours. What IOS has no line for stands on lines of its own.
 */
#include <inttypes.h>
#include <string.h>
#include <sys/socket.h>

#include "dmvpnctl/names.h"
#include "dmvpnctl/summary.h"
#include "dmvpnctl/text.h"

#define UNKNOWN_ADDRESS	"0.0.0.0"
#define IOS_FLAGS_TEXT	(FLAGS_TEXT + 32)

/* ---- servers ---- */

/* As IOS shows it: expecting replies, responding, waiting for its turn. */
static const char *nhs_letters(const struct nhs *nhs)
{
	if (!strcmp(nhs->state, "up"))
		return "RE";
	return strcmp(nhs->state, "down") ? "E" : "W";
}

static void nhs_line(FILE *f, const struct nhs *nhs, bool detail)
{
	char address[ADDR_TEXT], nbma[ADDR_TEXT];

	fprintf(f, "%s  %s%s", addr_format(&nhs->address, address),
		nhs_letters(nhs), nhs->dynamic ? "D" : "");
	if (!addr_is_none(&nhs->nbma.addr))
		fprintf(f, "  NBMA Address: %s",
			nbma_format(&nhs->nbma, nbma));
	fprintf(f, "  priority = %u  cluster = %u", nhs->priority,
		nhs->cluster);
	if (detail)
		fprintf(f, "  req-sent %" PRIu64 "  req-failed %" PRIu64
			"  repl-recv %" PRIu64, nhs->requests, nhs->refused,
			nhs->replies);
	fprintf(f, "\n");
}

static void nhs_more(FILE *f, const struct nhs *nhs)
{
	char address[ADDR_TEXT], since[TIME_TEXT], back[TIME_TEXT];

	fprintf(f, "    State: %s for %s\n", nhs->state,
		time_format(nhs->since_ms, since));
	if (!addr_is_none(&nhs->own))
		fprintf(f, "    Registers: %s\n",
			addr_format(&nhs->own, address));
	if (nhs->name[0])
		fprintf(f, "    By its name: %s\n", nhs->name);
	if (nhs->fallback_ms != NEVER)
		fprintf(f, "    Well again, returned to in %s\n",
			time_format(nhs->fallback_ms, back));
	if (!addr_is_none(&nhs->nat))
		fprintf(f, "    Behind NAT: it sees us as %s\n",
			addr_format(&nhs->nat, address));
	if (nhs->error[0])
		fprintf(f, "    Last error: %s\n", nhs->error);
}

void text_nhs_of(FILE *f, const struct model *m, const char *ifname,
		 bool detail)
{
	const struct nhs *nhs;

	model_for_each(nhs, m->nhs, m->n_nhs) {
		if (strcmp(nhs->interface, ifname))
			continue;
		nhs_line(f, nhs, detail);
		if (detail)
			nhs_more(f, nhs);
	}
}

void text_nhs(FILE *f, const struct model *m, bool detail)
{
	const struct nhrp_if *n;

	fprintf(f, "Legend: E=Expecting replies, R=Responding, W=Waiting, D=Dynamic\n");
	model_for_each(n, m->nhrp_if, m->n_nhrp_if) {
		if (!model_has_nhs(m, n->interface))
			continue;
		fprintf(f, "%s:\n", n->interface);
		text_nhs_of(f, m, n->interface, detail);
	}
}

/* ---- show nhrp ---- */

static const char *or_unknown(const struct addr *a, char buf[static ADDR_TEXT])
{
	if (addr_is_none(a))
		memcpy(buf, UNKNOWN_ADDRESS, sizeof(UNKNOWN_ADDRESS));
	else
		addr_format(a, buf);
	return buf;
}

/* The kernel's words, and those that IOS has for kinds. */
static const char *binding_flags(const struct binding *b,
				 char buf[static IOS_FLAGS_TEXT])
{
	bool named = !strcmp(b->kind, "registered") ||
		     !strcmp(b->kind, "nhs");
	char flags[FLAGS_TEXT];

	flags_format(&nexthop_flag_names, b->flags, flags);
	snprintf(buf, IOS_FLAGS_TEXT, "%s%s%s%s%s",
		 named ? b->kind : "", named && flags[0] ? " " : "", flags,
		 b->installed && (named || flags[0]) ? " " : "",
		 b->installed ? "nhop" : "");
	return buf;
}

static void created_line(FILE *f, const char *interface, uint64_t age_ms,
			 uint64_t expires_ms)
{
	char age[TIME_TEXT], expires[TIME_TEXT];

	fprintf(f, "   %s created %s, ", interface, time_format(age_ms, age));
	if (expires_ms == NEVER)
		fprintf(f, "never expire\n");
	else
		fprintf(f, "expire %s\n", time_format(expires_ms, expires));
}

/* nhrpd prefers no answer to another: its preference is the lowest for all. */
static void nbma_lines(FILE *f, const struct nbma *nbma, bool detail)
{
	char text[ADDR_TEXT];

	fprintf(f, "   NBMA address: %s\n", or_unknown(&nbma->addr, text));
	if (nbma->port)
		fprintf(f, "   NBMA port: %u\n", nbma->port);
	if (detail)
		fprintf(f, "   Preference: 0\n");
}

static void binding_lines(FILE *f, const struct binding *b, bool detail)
{
	char address[ADDR_TEXT], via[ADDR_TEXT], flags[IOS_FLAGS_TEXT];
	struct prefix host = prefix_make(&b->address, addr_bits(&b->address));

	fprintf(f, "%s via %s\n", prefix_format(&host, address),
		addr_format(&b->address, via));
	created_line(f, b->interface, b->age_ms, b->expires_ms);
	fprintf(f, "   Type: %s, Flags: %s\n",
		binding_is_static(b) ? "static" : "dynamic", binding_flags(b, flags));
	nbma_lines(f, &b->nbma, detail);
	if (!addr_is_none(&b->claimed))
		fprintf(f, "    (Claimed NBMA address: %s)\n",
			addr_format(&b->claimed, address));
	if (b->group[0])
		fprintf(f, "   Group: %s\n", b->group);
	if (detail)
		fprintf(f, "   Session: %s%s%s\n", b->state,
			b->multicast ? ", multicast" : "",
			b->installed ? "" : ", not installed");
}

static const char *shortcut_flags(const struct shortcut *s)
{
	if (!strcmp(s->state, "negative"))
		return "negative";
	if (shortcut_is_incomplete(s))
		return "";
	if (s->override)
		return "router rib nho";
	return s->route ? "router rib" : "router";
}

static void shortcut_lines(FILE *f, const struct shortcut *s, bool detail)
{
	char prefix[ADDR_TEXT], via[ADDR_TEXT];

	fprintf(f, "%s via %s\n", prefix_format(&s->prefix, prefix),
		or_unknown(&s->via, via));
	created_line(f, s->interface, s->age_ms, s->expires_ms);
	fprintf(f, "   Type: %s, Flags: %s\n",
		shortcut_is_incomplete(s) ? "incomplete" : "dynamic",
		shortcut_flags(s));
	nbma_lines(f, &s->nbma, detail);
	if (detail)
		fprintf(f, "   Shortcut: %s\n", s->state);
}

void text_nhrp(FILE *f, const struct model *m, bool detail)
{
	const struct shortcut *s;
	const struct binding *b;

	model_for_each(b, m->binding, m->n_binding)
		binding_lines(f, b, detail);
	model_for_each(s, m->shortcut, m->n_shortcut)
		if (!shortcut_is_binding(s))
			shortcut_lines(f, s, detail);
}

/* ---- show nhrp brief ---- */

static void brief_row(FILE *f, const struct prefix *target,
		      const struct addr *via, const struct nbma *nbma,
		      const char *mode, const char *interface,
		      const struct addr *claimed)
{
	char prefix[ADDR_TEXT], next[ADDR_TEXT], at[ADDR_TEXT];
	char claim[ADDR_TEXT] = "";

	if (claimed && !addr_is_none(claimed))
		addr_format(claimed, claim);
	fprintf(f, "%18s %15s %15s %-10s %-7s <%s>\n",
		prefix_format(target, prefix), or_unknown(via, next),
		or_unknown(&nbma->addr, at), mode, interface,
		claim[0] ? claim : "   ");
}

void text_nhrp_brief(FILE *f, const struct model *m)
{
	const struct shortcut *s;
	const struct binding *b;
	struct prefix host;

	fprintf(f, "            Target             Via            NBMA Mode       Intfc   Claimed\n");
	model_for_each(b, m->binding, m->n_binding) {
		host = prefix_make(&b->address, addr_bits(&b->address));
		brief_row(f, &host, &b->address, &b->nbma,
			  binding_is_static(b) ? "static" : "dynamic", b->interface,
			  &b->claimed);
	}
	model_for_each(s, m->shortcut, m->n_shortcut)
		if (!shortcut_is_binding(s))
			brief_row(f, &s->prefix, &s->via, &s->nbma,
				  shortcut_is_incomplete(s) ? "incomplete" : "dynamic",
				  s->interface, NULL);
}

/* ---- show nhrp summary ---- */

static void entry_line(FILE *f, const struct entries *e)
{
	fprintf(f, "    %u static  %u dynamic  %u incomplete\n", e->fixed,
		e->dynamic, e->incomplete);
}

static void summary_lines(FILE *f, const char *family,
			  const struct summary *sum)
{
	struct entries all = {
		sum->remote.fixed + sum->local.fixed,
		sum->remote.dynamic + sum->local.dynamic,
		sum->remote.incomplete + sum->local.incomplete,
	};

	fprintf(f, "%s NHRP cache %u %s, %" PRIu64 " bytes\n", family,
		summary_sum(&all), summary_sum(&all) == 1 ? "entry" : "entries",
		sum->bytes);
	entry_line(f, &all);
	fprintf(f, "%u Remote\n", summary_sum(&sum->remote));
	entry_line(f, &sum->remote);
	fprintf(f, "    %u nhop  0 bfd\n", sum->nhop);
	fprintf(f, "    %u default  0 temporary\n", sum->fallback);
	fprintf(f, "    %u route\n", sum->rib + sum->nho);
	fprintf(f, "        %u rib (%u H  %u nho)\n", sum->rib + sum->nho,
		sum->rib, sum->nho);
	fprintf(f, "        0 bgp\n    0 lfib\n");
	fprintf(f, "%u Local\n", summary_sum(&sum->local));
	entry_line(f, &sum->local);
	fprintf(f, "    0 lfib\n");
}

void text_nhrp_summary(FILE *f, const struct model *m)
{
	struct summary four = summary_of(m, AF_INET);
	struct summary six = summary_of(m, AF_INET6);
	bool none = !four.bytes && !six.bytes;

	if (four.bytes || none)
		summary_lines(f, "IP", &four);
	if (six.bytes)
		summary_lines(f, "IPv6", &six);
}

/* ---- show nhrp multicast ---- */

void text_nhrp_multicast(FILE *f, const struct model *m)
{
	const struct binding *b;
	char nbma[ADDR_TEXT];

	fprintf(f, "  I/F     NBMA address\n");
	model_for_each(b, m->binding, m->n_binding)
		if (b->multicast)
			fprintf(f, "%-9s %-15s Flags: %-8s (%s)\n",
				b->interface, nbma_format(&b->nbma, nbma),
				binding_is_static(b) ? "static" : "dynamic",
				strcmp(b->state, "up") ? "Disabled" :
							 "Enabled");
}
