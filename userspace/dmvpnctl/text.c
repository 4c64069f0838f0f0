// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "dmvpnctl/names.h"
#include "dmvpnctl/text.h"
#include "dmvpnctl/tunnel.h"

#define NBMA_WIDTH 15

static const char *state_of(const struct device *d)
{
	if (!d->up)
		return "administratively down";
	return d->running ? "up" : "down";
}

static const char *or_dash(const char *text)
{
	return *text ? text : "-";
}

/* ---- show dmvpn ---- */

static void tunnel_row(FILE *f, const struct tunnel *t, bool detail)
{
	char nbma[ADDR_TEXT], address[ADDR_TEXT], target[ADDR_TEXT];
	char since[TIME_TEXT];

	if (t->peer)
		nbma_format(&t->peer->remote, nbma);
	else
		snprintf(nbma, sizeof(nbma), "UNKNOWN");
	if (t->nexthop)
		addr_format(&t->nexthop->address, address);
	else
		snprintf(address, sizeof(address), "UNKNOWN");
	fprintf(f, "%5u %-15s", t->entries, nbma);
	if (strlen(nbma) > NBMA_WIDTH)
		fprintf(f, "\n%21s", "");
	fprintf(f, " %15s %5s %8s %5s", address, t->state,
		time_format(t->since_ms, since), t->attributes);
	if (detail)
		fprintf(f, " %17s", prefix_format(&t->target, target));
	fprintf(f, "\n");
	if (t->session && t->session->state != DMVPN_SESSION_STATE_UP)
		fprintf(f, "%6s%s%s%s\n", "",
			session_state_name(t->session->state),
			t->session->reason[0] ? ": " : "", t->session->reason);
}

/* The last row of its peer. */
static bool ends_peer(const struct tunnels *ts, size_t i)
{
	return ts->v[i].peer &&
	       (i + 1 == ts->n || ts->v[i + 1].peer != ts->v[i].peer);
}

static void tunnel_table(FILE *f, const struct model *m,
			 const struct device *d, bool detail)
{
	struct tunnels ts = tunnels_of(m, d);
	size_t i;

	fprintf(f, "# Ent  Peer NBMA Addr Peer Tunnel Add ");
	fprintf(f, "State  UpDn Tm Attrb%s\n",
		detail ? "    Target Network" : "");
	fprintf(f, "----- --------------- --------------- ");
	fprintf(f, "----- -------- -----%s\n",
		detail ? " -----------------" : "");
	for (i = 0; i < ts.n; i++) {
		tunnel_row(f, &ts.v[i], detail);
		if (detail && ends_peer(&ts, i))
			text_peer_group(f, m, d, ts.v[i].peer);
	}
	fprintf(f, "\n");
	free(ts.v);
}

/* As IOS shows it: expecting replies, responding, waiting for its turn. */
static const char *nhs_letters(const struct nhs *nhs)
{
	if (!strcmp(nhs->state, "up"))
		return "RE";
	return strcmp(nhs->state, "down") ? "E" : "W";
}

/* Either address or both, or "-". */
static const char *two_addr(const struct addr *a, const struct addr *b,
			    char text[static 2 * ADDR_TEXT])
{
	char second[ADDR_TEXT];

	if (addr_is_none(b))
		return addr_format(a, text);
	if (addr_is_none(a))
		return addr_format(b, text);
	addr_format(a, text);
	addr_format(b, second);
	return strcat(strcat(text, ", "), second);
}

static void nhs_lines(FILE *f, const struct model *m, const char *ifname)
{
	char address[ADDR_TEXT], nbma[ADDR_TEXT], since[TIME_TEXT];
	char back[TIME_TEXT];
	const struct nhs *nhs;
	bool first = true;

	model_for_each(nhs, m->nhs, m->n_nhs) {
		if (strcmp(nhs->interface, ifname))
			continue;
		if (first)
			fprintf(f,
				"NHS: (E - expecting replies, R - responding, W - waiting, D - dynamic)\n");
		first = false;
		fprintf(f,
			"%s  %s%s  %s for %s, NBMA address: %s, priority = %u, cluster = %u, req-sent %" PRIu64
			", req-failed %" PRIu64 ", repl-recv %" PRIu64 "\n",
			addr_format(&nhs->address, address), nhs_letters(nhs),
			nhs->dynamic ? "D" : "", nhs->state,
			time_format(nhs->since_ms, since),
			nbma_format(&nhs->nbma, nbma), nhs->priority,
			nhs->cluster, nhs->requests, nhs->refused,
			nhs->replies);
		if (!addr_is_none(&nhs->own))
			fprintf(f, "    registers %s\n",
				addr_format(&nhs->own, address));
		if (nhs->name[0])
			fprintf(f, "    by its name: %s\n", nhs->name);
		if (nhs->fallback_ms != NEVER)
			fprintf(f, "    well again, returned to in %s\n",
				time_format(nhs->fallback_ms, back));
		if (!addr_is_none(&nhs->nat))
			fprintf(f, "    behind NAT: it sees us as %s\n",
				addr_format(&nhs->nat, address));
		if (nhs->error[0])
			fprintf(f, "    last error: %s\n", nhs->error);
	}
	if (!first)
		fprintf(f, "\n");
}

static void device_detail(FILE *f, const struct device *d)
{
	char text[2 * ADDR_TEXT];

	fprintf(f, "Interface %s is %s/%s, Addr. is %s\n", d->name,
		d->up ? "up" : "administratively down",
		d->running ? "up" : "down",
		two_addr(&d->address, &d->address6, text));
	fprintf(f, "   Tunnel Src./Dest. addr: %s/MGRE\n",
		two_addr(&d->local, &d->local6, text));
	fprintf(f, "   Protocol/Transport: \"multi-GRE/IP\", ");
	if (d->profile[0])
		fprintf(f, "Protect \"%s\"\n", d->profile);
	else
		fprintf(f, "not protected\n");
}

static void device_sessions(FILE *f, const struct model *m,
			    const struct device *d)
{
	const struct session *s;
	size_t i;

	if (!d->profile[0])
		return;
	fprintf(f, "Crypto Session Details:\n");
	for (i = 0; i < m->n_peer; i++) {
		s = m->peer[i].ifindex == d->ifindex ?
		    model_session(m, m->peer[i].session) : NULL;
		if (s)
			text_one_session(f, m, s);
	}
}

static const char *families(const struct device *d)
{
	if (addr_is_none(&d->address6))
		return "IPv4";
	return addr_is_none(&d->address) ? "IPv6" : "IPv4 and IPv6";
}

static void text_dmvpn(FILE *f, const struct model *m, bool detail)
{
	const struct device *d;

	fprintf(f, "%s\n", tunnel_legend);
	model_for_each(d, m->device, m->n_device) {
		fprintf(f, "==================================="
			"=======================================\n\n");
		if (detail)
			device_detail(f, d);
		else
			fprintf(f, "Interface: %s, %s, %s NHRP Details\n",
				d->name, state_of(d), families(d));
		fprintf(f, "Type:%s, NBMA Peers: %u\n\n", tunnel_role(m, d),
			d->peers);
		tunnel_table(f, m, d, detail);
		if (detail) {
			nhs_lines(f, m, d->name);
			device_sessions(f, m, d);
		}
	}
}

/* ---- show nhrp ---- */

static void binding_lines(FILE *f, const struct binding *b)
{
	char address[ADDR_TEXT], nbma[ADDR_TEXT], flags[FLAGS_TEXT];
	char age[TIME_TEXT], expires[TIME_TEXT];
	struct prefix host = prefix_make(&b->address, addr_bits(&b->address));

	fprintf(f, "%s via %s\n", prefix_format(&host, address),
		addr_format(&b->address, nbma));
	fprintf(f, "   %s created %s, expire %s\n", b->interface,
		time_format(b->age_ms, age),
		time_format(b->expires_ms, expires));
	fprintf(f, "   Type: %s, Flags: %s\n", b->kind,
		or_dash(flags_format(&nexthop_flag_names, b->flags, flags)));
	fprintf(f, "   NBMA address: %s, session %s%s%s\n",
		nbma_format(&b->nbma, nbma), b->state,
		b->multicast ? ", multicast" : "",
		b->installed ? "" : ", not installed");
	if (!addr_is_none(&b->claimed))
		fprintf(f, "    (Claimed NBMA address: %s)\n",
			addr_format(&b->claimed, address));
	if (b->group[0])
		fprintf(f, "   Group: %s\n", b->group);
}

static void shortcut_lines(FILE *f, const struct shortcut *s)
{
	char prefix[ADDR_TEXT], via[ADDR_TEXT], nbma[ADDR_TEXT];
	char age[TIME_TEXT], expires[TIME_TEXT];

	fprintf(f, "%s via %s\n", prefix_format(&s->prefix, prefix),
		addr_format(&s->via, via));
	fprintf(f, "   %s created %s, expire %s\n", s->interface,
		time_format(s->age_ms, age),
		time_format(s->expires_ms, expires));
	fprintf(f, "   Type: shortcut, State: %s%s\n", s->state,
		s->override ? ", next hop override" :
		s->route ? ", route installed" : "");
	fprintf(f, "   NBMA address: %s\n", nbma_format(&s->nbma, nbma));
}

/* The binding of the same address says all of it. */
static bool is_binding(const struct shortcut *s)
{
	return prefix_is_host(&s->prefix) &&
	       addr_equal(&s->prefix.addr, &s->via);
}

static void text_nhrp(FILE *f, const struct model *m)
{
	size_t i;

	for (i = 0; i < m->n_nhrp_if; i++)
		nhs_lines(f, m, m->nhrp_if[i].interface);
	for (i = 0; i < m->n_binding; i++)
		binding_lines(f, &m->binding[i]);
	for (i = 0; i < m->n_shortcut; i++)
		if (!is_binding(&m->shortcut[i]))
			shortcut_lines(f, &m->shortcut[i]);
}

/* ---- show interface ---- */

static void drop_lines(FILE *f, const struct device *d)
{
	bool none = true;
	unsigned int i;

	for (i = 0; i <= DMVPN_A_DROPS_MAX; i++) {
		if (!d->drops[i] || !drop_name(i))
			continue;
		fprintf(f, "%s%s %" PRIu64, none ? "  Drops: " : ", ",
			drop_name(i), d->drops[i]);
		none = false;
	}
	fprintf(f, "%s\n", none ? "  Drops: none" : "");
}

static void counter_line(FILE *f, const char *title, const struct counters *c)
{
	bool none = true;
	size_t i;

	fprintf(f, "    %-9s ", title);
	for (i = 0; i < c->n; i++) {
		if (!c->v[i].value)
			continue;
		fprintf(f, "%s%s %" PRIu64, none ? "" : ", ", c->v[i].name,
			c->v[i].value);
		none = false;
	}
	fprintf(f, "%s\n", none ? "none" : "");
}

static void nhrp_lines(FILE *f, const struct nhrp_if *n)
{
	fprintf(f, "  NHRP network-id %u, %s\n", n->network_id,
		n->up ? "active" : "not active");
	fprintf(f,
		"    %u servers, %u clients registered, %u bindings, %u shortcuts\n",
		n->servers, n->registered, n->cached, n->shortcuts);
	if (n->waiting)
		fprintf(f, "    %u registrations wait for the authorizer\n",
			n->waiting);
	if (n->refusal[0])
		fprintf(f, "    %" PRIu64 " s ago: %s\n",
			n->refused_ms / 1000, n->refusal);
	counter_line(f, "Sent:", &n->sent);
	counter_line(f, "Received:", &n->received);
	counter_line(f, "Forwarded:", &n->forwarded);
	counter_line(f, "Dropped:", &n->dropped);
}

static void interface_lines(FILE *f, const struct device *d)
{
	char text[2 * ADDR_TEXT];

	fprintf(f, "%s is %s, line protocol is %s\n", d->name,
		d->up ? "up" : "administratively down",
		d->running ? "up" : "down");
	fprintf(f, "  Hardware is multipoint GRE, index %u\n", d->ifindex);
	fprintf(f, "  Internet address is %s", addr_format(&d->address, text));
	if (!addr_is_none(&d->address))
		fprintf(f, "/%u", d->address_len);
	if (!addr_is_none(&d->address6))
		fprintf(f, "\n  IPv6 address is %s/%u",
			addr_format(&d->address6, text), d->address6_len);
	fprintf(f, "\n  MTU %u bytes\n", d->mtu);
	fprintf(f, "  Tunnel source %s, destination MGRE\n",
		two_addr(&d->local, &d->local6, text));
	fprintf(f, "  Tunnel protocol/transport multi-GRE/IP, ");
	if (d->has_key)
		fprintf(f, "key %u\n", d->key);
	else
		fprintf(f, "no key\n");
	fprintf(f, "  Tunnel protection %s%s\n",
		d->profile[0] ? "profile " : "none", d->profile);
	fprintf(f, "  %u peers, %u next hops\n", d->peers, d->nexthops);
	fprintf(f, "  %" PRIu64 " misses, %" PRIu64 " redirects, %" PRIu64
		" events suppressed\n", d->misses, d->redirects,
		d->suppressed);
	fprintf(f, "  %" PRIu64 " packets input, %" PRIu64 " bytes\n",
		d->rx_packets, d->rx_bytes);
	fprintf(f, "  %" PRIu64 " packets output, %" PRIu64 " bytes\n",
		d->tx_packets, d->tx_bytes);
	drop_lines(f, d);
}

static void text_interface(FILE *f, const struct model *m)
{
	const struct nhrp_if *nhrp;
	const struct device *d;

	model_for_each(d, m->device, m->n_device) {
		interface_lines(f, d);
		nhrp = model_nhrp_if(m, d->name);
		if (nhrp)
			nhrp_lines(f, nhrp);
	}
}

static void text_cleared(FILE *f, const char *what, unsigned int number)
{
	fprintf(f, "%s cleared: %u\n", what, number);
}

const struct output text_output = {
	.dmvpn = text_dmvpn,
	.nhrp = text_nhrp,
	.traffic = text_traffic,
	.group_map = text_group_map,
	.session = text_session,
	.isakmp = text_isakmp,
	.sa = text_sa,
	.interface = text_interface,
	.kernel_event = text_kernel_event,
	.nhrp_event = text_nhrp_event,
	.lost = text_lost,
	.cleared = text_cleared,
	.policies = text_policies,
	.policy_map = text_policy_map,
	.policy_interface = text_policy_interface,
	.multipoint = text_multipoint,
	.classified = text_classified,
};
