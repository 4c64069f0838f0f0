// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>

#include "dmvpnctl/names.h"
#include "dmvpnctl/text.h"

static void route_line(FILE *f, const char *title, const struct route *r)
{
	char text[ADDR_TEXT], protocol[WORD_LEN];

	fprintf(f, "  %-9s ", title);
	if (r->error) {
		fprintf(f, "none: %s\n", r->error_text);
		return;
	}
	fprintf(f, "%s", addr_is_none(&r->prefix.addr) ?
			 route_type_name(r->type) :
			 prefix_format(&r->prefix, text));
	if (!addr_is_none(&r->gateway))
		fprintf(f, " via %s", addr_format(&r->gateway, text));
	if (r->ifname[0])
		fprintf(f, " dev %s", r->ifname);
	fprintf(f, ", protocol %s\n",
		route_protocol_name(r->protocol, protocol));
}

static void nexthop_line(FILE *f, const struct way *w)
{
	char text[ADDR_TEXT], age[TIME_TEXT];
	const struct nexthop *nh = w->nexthop;

	fprintf(f, "  next hop  %s: ", addr_format(&w->next_hop, text));
	if (!nh)
		fprintf(f, "not known\n");
	else if (nh->state == DMVPN_NEXTHOP_STATE_VALID)
		fprintf(f, "%s, for %s\n", nexthop_kind_name(nh->kind),
			time_format(nh->age_ms, age));
	else
		fprintf(f, "%s, for %s\n", nexthop_state_name(nh->state),
			time_format(nh->age_ms, age));
}

static void peer_lines(FILE *f, const struct way *w)
{
	char text[ADDR_TEXT], since[TIME_TEXT];
	const struct session *s = w->session;

	fprintf(f, "  peer      %s%s", nbma_format(&w->peer->remote, text),
		w->peer->flags & DMVPN_PEER_FLAGS_NHS ? ", a server" : "");
	if (w->peer->mtu)
		fprintf(f, ", path MTU %u", w->peer->mtu);
	fprintf(f, "\n");
	if (!s)
		return;
	fprintf(f, "  session   %s for %s, profile %s",
		session_state_name(s->state), time_format(s->state_ms, since),
		s->profile);
	fprintf(f, "%s%s%s%s\n", s->identity[0] ? ", identity " : "",
		s->identity, s->reason[0] ? ": " : "", s->reason);
}

static void sa_line(FILE *f, const struct sa *sa)
{
	char transform[TRANSFORM_TEXT];

	fprintf(f, "  SA        0x%08x, %s, %s mode, %" PRIu64 " packets\n",
		sa->spi, transform_format(sa, transform),
		sa_mode_name(sa->mode), sa->packets);
}

void text_trace(FILE *f, const struct way *w)
{
	char text[ADDR_TEXT];

	fprintf(f, "%s:\n", addr_format(&w->dst, text));
	route_line(f, "route", &w->route);
	if (!addr_is_none(&w->next_hop))
		nexthop_line(f, w);
	if (w->peer)
		peer_lines(f, w);
	if (w->sa)
		sa_line(f, w->sa);
	if (w->class)
		fprintf(f, "  policy    %s, class %s\n", w->policy,
			w->class->class.name);
	if (w->has_underlay)
		route_line(f, "underlay", &w->underlay);
	fprintf(f, "  result    %s\n", w->result);
	if (w->advice[0])
		fprintf(f, "  advice    %s\n", w->advice);
}
