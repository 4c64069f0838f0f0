// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <string.h>

#include "dmvpnctl/names.h"
#include "dmvpnctl/text.h"

#define GRE		47
#define IKE_PORT	500
#define LIFE_TEXT	64
#define KILOBYTE	1024

static unsigned int ike_port(uint16_t port)
{
	return port ? port : IKE_PORT;
}

static bool is_up(const struct session *s)
{
	return s->state == DMVPN_SESSION_STATE_UP;
}

/* What is left of a lifetime, in KB and seconds. */
static const char *life_format(const struct sa *sa, char buf[static LIFE_TEXT])
{
	char kb[LIFE_TEXT / 2] = "unlimited", seconds[LIFE_TEXT / 2] =
		"unlimited";
	uint64_t age;

	if (!sa) {
		memcpy(buf, "0/0", 4);
		return buf;
	}
	age = sa->age_ms / 1000;
	if (sa->hard_bytes)
		snprintf(kb, sizeof(kb), "%" PRIu64,
			 sa->hard_bytes > sa->bytes ?
			 (sa->hard_bytes - sa->bytes) / KILOBYTE : 0);
	if (sa->hard_seconds)
		snprintf(seconds, sizeof(seconds), "%" PRIu64,
			 sa->hard_seconds > age ? sa->hard_seconds - age : 0);
	snprintf(buf, LIFE_TEXT, "%s/%s", kb, seconds);
	return buf;
}

static const struct sa *in_sa(const struct model *m, const struct session *s)
{
	return model_sa(m, s->handle, DMVPN_SA_DIR_IN, s->in_spi);
}

static const struct sa *out_sa(const struct model *m, const struct session *s)
{
	return model_sa(m, s->handle, DMVPN_SA_DIR_OUT, s->out_spi);
}

static const char *interface_of(const struct model *m, const struct session *s)
{
	const struct peer *p = model_peer_of_session(m, s->handle);
	const struct device *d = p ? model_device(m, p->ifindex) : NULL;

	return d ? d->name : "-";
}

/* ---- show crypto session ---- */

static const char *status_of(const struct session *s)
{
	switch ((enum dmvpn_session_state)s->state) {
	case DMVPN_SESSION_STATE_UP:
		return "UP-ACTIVE";
	case DMVPN_SESSION_STATE_ACQUIRING:
		return "DOWN-NEGOTIATING";
	case DMVPN_SESSION_STATE_DOWN:
	case DMVPN_SESSION_STATE_FAILED:
		break;
	}
	return "DOWN";
}

static void ike_lines(FILE *f, const struct session *s)
{
	char local[ADDR_TEXT], remote[ADDR_TEXT], flags[FLAGS_TEXT];
	char life[TIME_TEXT];

	if (!s->ike_version)
		return;
	fprintf(f, "  IKEv%u SA: local %s/%u remote %s/%u %s\n",
		s->ike_version, addr_format(&s->local.addr, local),
		ike_port(s->local.port), addr_format(&s->remote.addr, remote),
		ike_port(s->remote.port), is_up(s) ? "Active" : "Inactive");
	flags_format(&session_flag_names, s->flags, flags);
	fprintf(f, "          Capabilities:%s connid:%u lifetime:%s\n",
		flags[0] ? flags : "(none)", s->ike_id,
		time_format(s->ike_lifetime * UINT64_C(1000), life));
}

static void flow_lines(FILE *f, const struct model *m, const struct session *s)
{
	char local[ADDR_TEXT], remote[ADDR_TEXT], life[LIFE_TEXT];

	fprintf(f, "  IPSEC FLOW: permit %d host %s host %s\n", GRE,
		addr_format(&s->local.addr, local),
		addr_format(&s->remote.addr, remote));
	fprintf(f, "        Active SAs: %zu, profile: %s\n",
		model_count_sa(m, s->handle), s->profile);
	fprintf(f, "        Inbound:  #pkts dec'ed %" PRIu64 " drop %" PRIu64
		" life (KB/Sec) %s\n", s->rx_packets, s->rx_dropped,
		life_format(in_sa(m, s), life));
	fprintf(f, "        Outbound: #pkts enc'ed %" PRIu64 " drop %" PRIu64
		" life (KB/Sec) %s\n", s->tx_packets, s->tx_dropped,
		life_format(out_sa(m, s), life));
}

static void transform_lines(FILE *f, const struct model *m,
			    const struct session *s)
{
	const struct sa *sa = out_sa(m, s);
	char transform[TRANSFORM_TEXT];

	if (sa)
		fprintf(f, "   Outbound SPI : 0x%08x, transform : %s\n",
			sa->spi, transform_format(sa, transform));
	fprintf(f, "    Socket State: %s\n", is_up(s) ? "Open" : "Closed");
}

void text_one_session(FILE *f, const struct model *m, const struct session *s)
{
	char since[TIME_TEXT];

	fprintf(f, "\nInterface: %s\n", interface_of(m, s));
	fprintf(f, "Session: [0x%08x]\n", s->handle);
	fprintf(f, "  %s: %s\n", is_up(s) ? "Uptime" : "Downtime",
		time_format(s->state_ms, since));
	ike_lines(f, s);
	fprintf(f, "  Crypto Session Status: %s\n", status_of(s));
	if (s->reason[0])
		fprintf(f, "  Reason: %s\n", s->reason);
	if (s->identity[0])
		fprintf(f, "  Phase1_id: %s\n", s->identity);
	if (s->local_identity[0])
		fprintf(f, "  Local id: %s\n", s->local_identity);
	flow_lines(f, m, s);
	transform_lines(f, m, s);
}

void text_session(FILE *f, const struct model *m)
{
	size_t i;

	fprintf(f, "Crypto session current status\n");
	for (i = 0; i < m->n_session; i++)
		text_one_session(f, m, &m->session[i]);
}

/* ---- show crypto isakmp sa ---- */

/* IOS's words for what IKEv1 and IKEv2 have reached. */
static const char *ike_state(const struct session *s)
{
	if (s->ike_version == 1)
		return is_up(s) ? "QM_IDLE" : "MM_NO_STATE";
	return is_up(s) ? "READY" : "IN-NEG";
}

void text_isakmp(FILE *f, const struct model *m)
{
	char local[ADDR_TEXT], remote[ADDR_TEXT];
	const struct session *s;
	bool initiator;

	fprintf(f, "%-15s %-15s %-14s %7s status\n", "dst", "src", "state",
		"conn-id");
	model_for_each(s, m->session, m->n_session) {
		addr_format(&s->local.addr, local);
		addr_format(&s->remote.addr, remote);
		initiator = s->flags & DMVPN_SESSION_FLAGS_INITIATOR;
		fprintf(f, "%-15s %-15s %-14s %7u %s\n",
			initiator ? remote : local, initiator ? local : remote,
			ike_state(s), s->ike_id,
			is_up(s) ? "ACTIVE" : "INACTIVE");
	}
}

/* ---- show crypto sa ---- */

static const char *sa_status(const struct session *s, const struct sa *sa)
{
	if (sa->dir == DMVPN_SA_DIR_IN)
		return sa->spi == s->in_spi ? "ACTIVE" : "ACTIVE (replaced)";
	if (sa->spi == s->out_spi)
		return "ACTIVE";
	return sa->standby ? "STANDBY" : "REPLACED";
}

static void sa_lines(FILE *f, const struct session *s, const struct sa *sa)
{
	char transform[TRANSFORM_TEXT], life[LIFE_TEXT];

	fprintf(f, "      spi: 0x%08x(%u)\n", sa->spi, sa->spi);
	fprintf(f, "        transform: %s ,\n",
		transform_format(sa, transform));
	fprintf(f, "        in use settings ={%s%s%s, }\n",
		sa->mode == DMVPN_SA_MODE_TUNNEL ? "Tunnel" : "Transport",
		sa->remote.port ? " UDP-Encaps" : "", sa->esn ? ", ESN" : "");
	fprintf(f,
		"        sa timing: remaining key lifetime (k/sec): (%s)\n",
		life_format(sa, life));
	fprintf(f, "        IV size: %u bytes, ICV size: %u bytes\n",
		iv_size(sa), sa->icv_len);
	fprintf(f, "        replay detection support: %s",
		sa->replay_window ? "Y" : "N");
	if (sa->replay_window)
		fprintf(f, ", window %u", sa->replay_window);
	fprintf(f, ", sequence %" PRIu64 "\n", sa->seq);
	fprintf(f, "        #pkts %" PRIu64 ", #bytes %" PRIu64
		", #auth failed %" PRIu64 ", #replayed %" PRIu64
		", #malformed %" PRIu64 ", #errors %" PRIu64 "\n", sa->packets,
		sa->bytes, sa->auth_failed, sa->replayed, sa->malformed,
		sa->errors);
	if (sa->async)
		fprintf(f, "        #pkts of an asynchronous cipher %" PRIu64
			"\n", sa->async);
	fprintf(f, "        Status: %s\n", sa_status(s, sa));
}

static void direction_lines(FILE *f, const struct model *m,
			    const struct session *s, uint32_t dir)
{
	size_t i;

	fprintf(f, "\n     %sbound esp sas:\n", sa_dir_name(dir));
	for (i = 0; i < m->n_sa; i++)
		if (m->sa[i].session == s->handle && m->sa[i].dir == dir)
			sa_lines(f, s, &m->sa[i]);
}

static void ident_lines(FILE *f, const struct session *s)
{
	struct prefix host = prefix_make(&s->local.addr,
					 addr_bits(&s->local.addr));
	char text[ADDR_TEXT];

	fprintf(f, "   local  ident (addr/prot/port): (%s/%d/0)\n",
		prefix_format(&host, text), GRE);
	host = prefix_make(&s->remote.addr, addr_bits(&s->remote.addr));
	fprintf(f, "   remote ident (addr/prot/port): (%s/%d/0)\n",
		prefix_format(&host, text), GRE);
	fprintf(f, "   current_peer %s port %u\n",
		addr_format(&s->remote.addr, text), ike_port(s->remote.port));
}

static void count_lines(FILE *f, const struct session *s)
{
	fprintf(f, "    #pkts encaps: %" PRIu64 ", #pkts encrypt: %" PRIu64
		", #pkts digest: %" PRIu64 "\n", s->tx_packets, s->tx_packets,
		s->tx_packets);
	fprintf(f, "    #pkts decaps: %" PRIu64 ", #pkts decrypt: %" PRIu64
		", #pkts verify: %" PRIu64 "\n", s->rx_packets, s->rx_packets,
		s->rx_packets);
	fprintf(f, "    #send errors %" PRIu64 ", #recv errors %" PRIu64
		"\n\n", s->tx_dropped, s->rx_dropped);
}

static void endpoint_lines(FILE *f, const struct model *m,
			   const struct session *s)
{
	const struct peer *p = model_peer_of_session(m, s->handle);
	char local[ADDR_TEXT], remote[ADDR_TEXT];

	fprintf(f, "     local crypto endpt.: %s, remote crypto endpt.: %s\n",
		nbma_format(&s->local, local),
		nbma_format(&s->remote, remote));
	if (p && p->mtu)
		fprintf(f, "     path mtu %u (largest inner packet)\n", p->mtu);
	fprintf(f, "     current outbound spi: 0x%08x\n", s->out_spi);
	fprintf(f, "     PFS (Y/N): %s, DH group: %s\n", s->pfs[0] ? "Y" : "N",
		s->pfs[0] ? s->pfs : "none");
}

void text_sa(FILE *f, const struct model *m)
{
	const struct session *s;

	model_for_each(s, m->session, m->n_session) {
		fprintf(f, "interface: %s\n", interface_of(m, s));
		fprintf(f, "    profile: %s, session 0x%08x\n\n", s->profile,
			s->handle);
		ident_lines(f, s);
		count_lines(f, s);
		endpoint_lines(f, m, s);
		direction_lines(f, m, s, DMVPN_SA_DIR_IN);
		direction_lines(f, m, s, DMVPN_SA_DIR_OUT);
		fprintf(f, "\n");
	}
}
