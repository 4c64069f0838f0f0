// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * "show crypto isakmp sa" and "show crypto ipsec sa".
 */
#include <inttypes.h>
#include <string.h>

#include "dmvpnctl/names.h"
#include "dmvpnctl/text.h"

#define GRE	47

/* ---- show crypto isakmp sa ---- */

/* IOS's words for what IKEv1 and IKEv2 have reached. */
static const char *ike_state(const struct session *s)
{
	if (s->ike_version == 1)
		return text_is_up(s) ? "QM_IDLE" : "MM_NO_STATE";
	return text_is_up(s) ? "READY" : "IN-NEG";
}

static void isakmp_rows(FILE *f, const struct model *m, int family)
{
	char local[ADDR_TEXT], remote[ADDR_TEXT];
	const struct session *s;
	bool initiator;

	fprintf(f, "%-15s %-15s %-14s %7s status\n", "dst", "src", "state",
		"conn-id");
	model_for_each(s, m->session, m->n_session) {
		if (addr_family(&s->remote.addr) != family)
			continue;
		addr_format(&s->local.addr, local);
		addr_format(&s->remote.addr, remote);
		initiator = s->flags & DMVPN_SESSION_FLAGS_INITIATOR;
		fprintf(f, "%-15s %-15s %-14s %7u %s\n",
			initiator ? remote : local, initiator ? local : remote,
			ike_state(s), s->ike_id,
			text_is_up(s) ? "ACTIVE" : "INACTIVE");
	}
}

void text_isakmp(FILE *f, const struct model *m)
{
	fprintf(f, "IPv4 Crypto ISAKMP SA\n");
	isakmp_rows(f, m, AF_INET);
	fprintf(f, "\nIPv6 Crypto ISAKMP SA\n");
	isakmp_rows(f, m, AF_INET6);
}

/* ---- show crypto ipsec sa ---- */

static const char *sa_status(const struct session *s, const struct sa *sa)
{
	if (sa->dir == DMVPN_SA_DIR_IN)
		return sa->spi == s->in_spi ? "ACTIVE(ACTIVE)" :
					      "ACTIVE(REPLACED)";
	if (sa->spi == s->out_spi)
		return "ACTIVE(ACTIVE)";
	return sa->standby ? "STANDBY" : "REPLACED";
}

static void life_lines(FILE *f, const struct sa *sa)
{
	char seconds[TIME_TEXT] = "unlimited";

	if (sa->hard_seconds)
		snprintf(seconds, sizeof(seconds), "%" PRIu64,
			 sa_seconds_left(sa));
	if (sa->hard_bytes)
		fprintf(f, "        sa timing: remaining key lifetime (k/sec): (%" PRIu64 "/%s)\n",
			sa_kilobytes_left(sa), seconds);
	else
		fprintf(f, "        sa timing: remaining key lifetime (sec): (%s)\n"
			"        Kilobyte Volume Rekey has been disabled\n",
			seconds);
}

static void counter_lines(FILE *f, const struct sa *sa)
{
	fprintf(f, "        #pkts %" PRIu64 ", #bytes %" PRIu64
		", #auth failed %" PRIu64 ", #replayed %" PRIu64
		", #malformed %" PRIu64 ", #errors %" PRIu64 "\n", sa->packets,
		sa->bytes, sa->auth_failed, sa->replayed, sa->malformed,
		sa->errors);
	if (sa->async)
		fprintf(f, "        #pkts of an asynchronous cipher %" PRIu64
			"\n", sa->async);
}

/* The session stands for what IOS calls a connection and a flow. */
static void sa_lines(FILE *f, const struct session *s, const struct sa *sa)
{
	char transform[TRANSFORM_TEXT];

	fprintf(f, "      spi: 0x%08x(%u)\n", sa->spi, sa->spi);
	fprintf(f, "        transform: %s ,\n",
		transform_format(sa, transform));
	fprintf(f, "        in use settings ={%s%s%s, }\n",
		sa->mode == DMVPN_SA_MODE_TUNNEL ? "Tunnel" : "Transport",
		sa->remote.port ? " UDP-Encaps" : "", sa->esn ? ", ESN" : "");
	fprintf(f, "        conn id: %u, flow_id: SW:%u, sibling_flags 0, crypto map: %s\n",
		s->handle, s->handle, s->profile);
	life_lines(f, sa);
	fprintf(f, "        IV size: %u bytes\n", iv_size(sa));
	fprintf(f, "        ICV size: %u bytes\n", sa->icv_len);
	fprintf(f, "        replay detection support: %s\n",
		sa->replay_window ? "Y" : "N");
	fprintf(f, "        replay window: %u, sequence %" PRIu64 "\n",
		sa->replay_window, sa->seq);
	counter_lines(f, sa);
	fprintf(f, "        Status: %s\n", sa_status(s, sa));
}

static void direction_lines(FILE *f, const struct model *m,
			    const struct session *s, uint32_t dir)
{
	const char *name = sa_dir_name(dir);
	const struct sa *sa;

	fprintf(f, "\n     %sbound esp sas:\n", name);
	model_for_each_sa(sa, m, s->handle)
		if (sa->dir == dir)
			sa_lines(f, s, sa);
	fprintf(f, "\n     %sbound ah sas:\n", name);
	fprintf(f, "\n     %sbound pcp sas:\n", name);
}

static const char *host_mask(const struct addr *a)
{
	return addr_bits(a) == 32 ? "255.255.255.255" : "128";
}

static void ident_lines(FILE *f, const struct model *m,
			const struct session *s)
{
	const struct peer *p = model_next_peer(m, NULL, s->handle);
	const struct device *d = p ? model_device(m, p->ifindex) : NULL;
	char text[ADDR_TEXT];

	fprintf(f, "   protected vrf: %s\n",
		d && d->vrf[0] ? d->vrf : "(none)");
	fprintf(f, "   local  ident (addr/mask/prot/port): (%s/%s/%d/0)\n",
		addr_format(&s->local.addr, text), host_mask(&s->local.addr),
		GRE);
	fprintf(f, "   remote ident (addr/mask/prot/port): (%s/%s/%d/0)\n",
		addr_format(&s->remote.addr, text), host_mask(&s->remote.addr),
		GRE);
	fprintf(f, "   current_peer %s port %u\n",
		addr_format(&s->remote.addr, text),
		text_ike_port(s->remote.port));
	fprintf(f, "     PERMIT, flags={tunnel_protection,}\n");
}

/* There is no compression. */
static void count_lines(FILE *f, const struct session *s)
{
	fprintf(f, "    #pkts encaps: %" PRIu64 ", #pkts encrypt: %" PRIu64
		", #pkts digest: %" PRIu64 "\n", s->tx_packets, s->tx_packets,
		s->tx_packets);
	fprintf(f, "    #pkts decaps: %" PRIu64 ", #pkts decrypt: %" PRIu64
		", #pkts verify: %" PRIu64 "\n", s->rx_packets, s->rx_packets,
		s->rx_packets);
	fprintf(f, "    #pkts compressed: 0, #pkts decompressed: 0\n");
	fprintf(f, "    #pkts not compressed: 0, #pkts compr. failed: 0\n");
	fprintf(f, "    #pkts not decompressed: 0, #pkts decompress failed: 0\n");
	fprintf(f, "    #send errors %" PRIu64 ", #recv errors %" PRIu64
		"\n\n", s->tx_dropped, s->rx_dropped);
}

static void mtu_line(FILE *f, const struct model *m, const struct session *s)
{
	const struct peer *p = model_next_peer(m, NULL, s->handle);
	const struct device *d = p ? model_device(m, p->ifindex) : NULL;
	const struct sa *sa = model_sa(m, s->handle, DMVPN_SA_DIR_OUT,
				       s->out_spi);
	unsigned int inner = p ? p->mtu : 0;

	fprintf(f, "     plaintext mtu %u, path mtu %u, ip mtu %u, ip mtu idb %s\n",
		inner, sa_packet_size(sa, inner, d && d->has_key),
		d ? d->mtu : 0, d ? d->name : "none");
}

static void endpoint_lines(FILE *f, const struct model *m,
			   const struct session *s)
{
	char local[ADDR_TEXT], remote[ADDR_TEXT];

	fprintf(f, "     local crypto endpt.: %s, remote crypto endpt.: %s\n",
		addr_format(&s->local.addr, local),
		addr_format(&s->remote.addr, remote));
	mtu_line(f, m, s);
	fprintf(f, "     current outbound spi: 0x%08x(%u)\n", s->out_spi,
		s->out_spi);
	fprintf(f, "     PFS (Y/N): %s, DH group: %s\n", s->pfs[0] ? "Y" : "N",
		s->pfs[0] ? s->pfs : "none");
}

static void session_lines(FILE *f, const struct model *m,
			  const struct session *s)
{
	ident_lines(f, m, s);
	count_lines(f, s);
	endpoint_lines(f, m, s);
	direction_lines(f, m, s, DMVPN_SA_DIR_IN);
	direction_lines(f, m, s, DMVPN_SA_DIR_OUT);
	fprintf(f, "\n");
}

/* All of one interface stand together, below its name. */
static void interface_lines(FILE *f, const struct model *m, const char *name)
{
	const struct session *s;
	char local[ADDR_TEXT];
	bool first = true;

	model_for_each(s, m->session, m->n_session) {
		if (strcmp(text_session_interface(m, s), name))
			continue;
		if (first)
			fprintf(f, "\ninterface: %s\n    Crypto map tag: %s, local addr %s\n\n",
				name, s->profile,
				addr_format(&s->local.addr, local));
		first = false;
		session_lines(f, m, s);
	}
}

void text_sa(FILE *f, const struct model *m)
{
	size_t i;

	for (i = 0; i < m->n_device; i++)
		interface_lines(f, m, m->device[i].name);
	interface_lines(f, m, "none");
}
