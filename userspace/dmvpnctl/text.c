// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "dmvpnctl/names.h"
#include "dmvpnctl/text.h"
#include "dmvpnctl/topology.h"
#include "dmvpnctl/tunnel.h"

#define NBMA_WIDTH 15

static const char *state_of(const struct device *d)
{
	if (!d->up)
		return "administratively down";
	return d->running ? "up" : "down";
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
		fprintf(f, "%6sSession %s%s%s\n", "",
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

static void nhs_lines(FILE *f, const struct model *m, const char *ifname)
{
	if (!model_has_nhs(m, ifname))
		return;
	fprintf(f, "NHS: (E - Expecting replies, R - Responding, W - Waiting, D - Dynamic)\n");
	text_nhs_of(f, m, ifname, true);
	fprintf(f, "\n");
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
		fprintf(f, "Type:%s, NHRP Peers:%u,\n\n", tunnel_role(m, d),
			d->peers);
		tunnel_table(f, m, d, detail);
		if (detail) {
			nhs_lines(f, m, d->name);
			device_sessions(f, m, d);
		}
	}
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
	fprintf(f, "  Hardware is Tunnel\n");
	fprintf(f, "  Internet address is %s", addr_format(&d->address, text));
	if (!addr_is_none(&d->address))
		fprintf(f, "/%u", d->address_len);
	if (!addr_is_none(&d->address6))
		fprintf(f, "\n  IPv6 address is %s/%u",
			addr_format(&d->address6, text), d->address6_len);
	fprintf(f, "\n  MTU %u bytes, BW not configured\n", d->mtu);
	fprintf(f, "  Encapsulation TUNNEL\n");
	fprintf(f, "  Tunnel source %s, destination MGRE\n",
		two_addr(&d->local, &d->local6, text));
	fprintf(f, "  Tunnel protocol/transport multi-GRE/IP, ");
	if (d->has_key)
		fprintf(f, "key %u\n", d->key);
	else
		fprintf(f, "no key\n");
	if (d->profile[0])
		fprintf(f, "  Tunnel protection via IPSec (profile \"%s\")\n",
			d->profile);
	else
		fprintf(f, "  Tunnel protection none\n");
	fprintf(f, "  Index %u, %u peers, %u next hops\n", d->ifindex,
		d->peers, d->nexthops);
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
	.nhrp_brief = text_nhrp_brief,
	.nhs = text_nhs,
	.nhrp_summary = text_nhrp_summary,
	.nhrp_multicast = text_nhrp_multicast,
	.nhrp_stats = text_nhrp_stats,
	.traffic = text_traffic,
	.group_map = text_group_map,
	.session = text_session,
	.isakmp = text_isakmp,
	.sa = text_sa,
	.interface = text_interface,
	.topology = text_topology,
	.kernel_event = text_kernel_event,
	.nhrp_event = text_nhrp_event,
	.lost = text_lost,
	.cleared = text_cleared,
	.policies = text_policies,
	.policy_map = text_policy_map,
	.policy_interface = text_policy_interface,
	.multipoint = text_multipoint,
	.classified = text_classified,
	.imported = text_imported,
	.trace = text_trace,
	.doctor = text_doctor,
};
