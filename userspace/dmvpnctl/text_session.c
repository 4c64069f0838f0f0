// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * "show crypto session", and the sessions in "show dmvpn detail".
 */
#include <inttypes.h>
#include <string.h>

#include "dmvpnctl/names.h"
#include "dmvpnctl/text.h"

#define GRE		47
#define IKE_PORT	500
#define LIFE_TEXT	64

unsigned int text_ike_port(uint16_t port)
{
	return port ? port : IKE_PORT;
}

bool text_is_up(const struct session *s)
{
	return s->state == DMVPN_SESSION_STATE_UP;
}

const char *text_session_interface(const struct model *m,
				   const struct session *s)
{
	const struct peer *p = model_next_peer(m, NULL, s->handle);
	const struct device *d = p ? model_device(m, p->ifindex) : NULL;

	return d ? d->name : "none";
}

static const struct sa *in_sa(const struct model *m, const struct session *s)
{
	return model_sa(m, s->handle, DMVPN_SA_DIR_IN, s->in_spi);
}

static const struct sa *out_sa(const struct model *m, const struct session *s)
{
	return model_sa(m, s->handle, DMVPN_SA_DIR_OUT, s->out_spi);
}

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

/* ---- IKE ---- */

static void ike_line(FILE *f, const struct session *s)
{
	char local[ADDR_TEXT], remote[ADDR_TEXT];

	if (s->ike_version)
		fprintf(f, "  IKEv%u SA: local %s/%u remote %s/%u %s\n",
			s->ike_version, addr_format(&s->local.addr, local),
			text_ike_port(s->local.port),
			addr_format(&s->remote.addr, remote),
			text_ike_port(s->remote.port),
			text_is_up(s) ? "Active" : "Inactive");
}

/* Of IOS's letters, N is the one that the kernel is told of. */
static void capability_line(FILE *f, const struct session *s)
{
	const uint32_t nat = DMVPN_SESSION_FLAGS_NAT_LOCAL |
			     DMVPN_SESSION_FLAGS_NAT_REMOTE;

	if (s->ike_version)
		fprintf(f, "          Capabilities:%s connid:%u lifetime:%02u:%02u:%02u\n",
			s->flags & nat ? "N" : "(none)", s->ike_id,
			s->ike_lifetime / 3600, s->ike_lifetime / 60 % 60,
			s->ike_lifetime % 60);
}

static void identity_lines(FILE *f, const struct session *s)
{
	char flags[FLAGS_TEXT];

	fprintf(f, "      Phase1_id: %s\n",
		s->identity[0] ? s->identity : "(none)");
	fprintf(f, "      Desc: (none)\n");
	if (s->local_identity[0])
		fprintf(f, "      Local id: %s\n", s->local_identity);
	if (*flags_format(&session_flag_names, s->flags, flags))
		fprintf(f, "      Flags: %s\n", flags);
}

static void reason_line(FILE *f, const struct session *s)
{
	if (s->reason[0])
		fprintf(f, "  Reason: %s\n", s->reason);
}

/* ---- the flow ---- */

static void flow_line(FILE *f, const struct session *s)
{
	char local[ADDR_TEXT], remote[ADDR_TEXT];

	fprintf(f, "  IPSEC FLOW: permit %d host %s host %s\n", GRE,
		addr_format(&s->local.addr, local),
		addr_format(&s->remote.addr, remote));
}

static void active_line(FILE *f, const struct model *m,
			const struct session *s)
{
	fprintf(f, "        Active SAs: %zu, origin: tunnel protection\n",
		model_count_sa(m, s->handle));
}

static const char *life_format(const struct sa *sa, char buf[static LIFE_TEXT])
{
	char kb[LIFE_TEXT / 2], seconds[LIFE_TEXT / 2] = "unlimited";

	if (!sa) {
		memcpy(buf, "0/0", 4);
		return buf;
	}
	if (sa->hard_bytes)
		snprintf(kb, sizeof(kb), "%" PRIu64, sa_kilobytes_left(sa));
	else
		snprintf(kb, sizeof(kb), "KB Vol Rekey Disabled");
	if (sa->hard_seconds)
		snprintf(seconds, sizeof(seconds), "%" PRIu64,
			 sa_seconds_left(sa));
	snprintf(buf, LIFE_TEXT, "%s/%s", kb, seconds);
	return buf;
}

static void count_lines(FILE *f, const struct model *m,
			const struct session *s)
{
	char life[LIFE_TEXT];

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
	fprintf(f, "    Socket State: %s\n",
		text_is_up(s) ? "Open" : "Closed");
}

/* ---- show dmvpn detail ---- */

void text_one_session(FILE *f, const struct model *m, const struct session *s)
{
	char since[TIME_TEXT];

	fprintf(f, "\nInterface: %s\n", text_session_interface(m, s));
	fprintf(f, "Session: [0x%08x]\n", s->handle);
	fprintf(f, "  %s: %s\n", text_is_up(s) ? "Uptime" : "Downtime",
		time_format(s->state_ms, since));
	ike_line(f, s);
	capability_line(f, s);
	fprintf(f, "  Crypto Session Status: %s\n", status_of(s));
	reason_line(f, s);
	fprintf(f, "  Profile: %s\n", s->profile);
	identity_lines(f, s);
	flow_line(f, s);
	active_line(f, m, s);
	count_lines(f, m, s);
	transform_lines(f, m, s);
}

/* ---- show crypto session ---- */

static void head_lines(FILE *f, const struct model *m,
		       const struct session *s, bool detail)
{
	char since[TIME_TEXT], remote[ADDR_TEXT];

	fprintf(f, "\nInterface: %s\n", text_session_interface(m, s));
	if (s->profile[0])
		fprintf(f, "Profile: %s\n", s->profile);
	if (detail)
		fprintf(f, "%s: %s\n", text_is_up(s) ? "Uptime" : "Downtime",
			time_format(s->state_ms, since));
	fprintf(f, "Session status: %s\n", status_of(s));
	fprintf(f, "Peer: %s port %u\n",
		addr_format(&s->remote.addr, remote),
		text_ike_port(s->remote.port));
	if (detail)
		identity_lines(f, s);
	reason_line(f, s);
}

void text_session(FILE *f, const struct model *m, bool detail)
{
	const struct session *s;

	fprintf(f, "Crypto session current status\n");
	if (detail)
		fprintf(f, "\nCode: N - NAT-traversal\n");
	model_for_each(s, m->session, m->n_session) {
		head_lines(f, m, s, detail);
		fprintf(f, "  Session ID: %u\n", s->handle);
		ike_line(f, s);
		if (detail)
			capability_line(f, s);
		flow_line(f, s);
		active_line(f, m, s);
		if (detail) {
			count_lines(f, m, s);
			transform_lines(f, m, s);
		}
	}
}
