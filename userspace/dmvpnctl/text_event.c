// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <net/if.h>

#include "dmvpnctl/names.h"
#include "dmvpnctl/shown.h"
#include "dmvpnctl/text.h"

#define MILLION 1000000

static void clock_column(FILE *f, const struct timespec *at)
{
	char text[sizeof("HH:MM:SS")];
	struct tm tm;

	localtime_r(&at->tv_sec, &tm);
	strftime(text, sizeof(text), "%T", &tm);
	fprintf(f, "%s.%03ld ", text, at->tv_nsec / MILLION);
}

static void device_column(FILE *f, uint32_t ifindex)
{
	char name[IF_NAMESIZE];

	if (if_indextoname(ifindex, name))
		fprintf(f, " %s", name);
	else
		fprintf(f, " device %u", ifindex);
}

static void session_text(FILE *f, const struct kernel_event *e)
{
	const struct session *s = &e->session;
	char local[ADDR_TEXT], remote[ADDR_TEXT];

	fprintf(f, " %s -> %s", nbma_format(&s->local, local),
		nbma_format(&s->remote, remote));
	if (e->cmd == DMVPN_CMD_SESSION_NTF)
		fprintf(f, " %s", session_state_name(s->state));
	if (s->profile[0])
		fprintf(f, ", profile %s", s->profile);
	if (s->identity[0])
		fprintf(f, ", identity %s", s->identity);
	if (s->reason[0])
		fprintf(f, ": %s", s->reason);
}

static void sa_text(FILE *f, const struct kernel_event *e)
{
	const struct sa *sa = &e->sa;
	char text[ADDR_TEXT], transform[TRANSFORM_TEXT];
	struct nbma moved = { sa->new_remote, sa->remote.port };

	fprintf(f, " %s 0x%08x", sa_dir_name(sa->dir), sa->spi);
	fprintf(f, " %s", nbma_format(&sa->local, text));
	/* The port of nat-moved is the new one. */
	if (e->cmd == DMVPN_CMD_NAT_MOVED_NTF) {
		fprintf(f, " -> %s", addr_format(&sa->remote.addr, text));
		fprintf(f, ", now at %s", nbma_format(&moved, text));
		return;
	}
	fprintf(f, " -> %s", nbma_format(&sa->remote, text));
	if (e->cmd == DMVPN_CMD_SA_EXPIRE_NTF)
		fprintf(f, ", %s limit", sa->hard ? "hard" : "soft");
	else
		fprintf(f, ", %s%s", transform_format(sa, transform),
			sa->standby ? ", standby" : "");
}

static void peer_text(FILE *f, const struct kernel_event *e)
{
	char remote[ADDR_TEXT], flags[FLAGS_TEXT];

	device_column(f, e->peer.ifindex);
	flags_format(&peer_flag_names, e->peer.flags, flags);
	fprintf(f, " %s %s%s%s", nbma_format(&e->peer.remote, remote),
		session_state_name(e->peer.state), flags[0] ? ", " : "",
		flags);
}

static void nexthop_text(FILE *f, const struct kernel_event *e)
{
	const struct nexthop *nh = &e->nexthop;
	char address[ADDR_TEXT], remote[ADDR_TEXT];

	device_column(f, nh->ifindex);
	fprintf(f, " %s", addr_format(&nh->address, address));
	if (nh->state == DMVPN_NEXTHOP_STATE_VALID)
		fprintf(f, " at %s, %s", nbma_format(&nh->remote, remote),
			nexthop_kind_name(nh->kind));
	else
		fprintf(f, " %s", nexthop_state_name(nh->state));
}

static void packet_text(FILE *f, const struct kernel_event *e)
{
	char text[ADDR_TEXT];

	device_column(f, e->ifindex);
	if (e->cmd == DMVPN_CMD_MISS_NTF)
		fprintf(f, " next hop %s,", addr_format(&e->address, text));
	fprintf(f, " packet %s", addr_format(&e->src, text));
	fprintf(f, " -> %s", addr_format(&e->dst, text));
	if (e->cmd == DMVPN_CMD_REDIRECT_NTF)
		fprintf(f, " from %s", nbma_format(&e->remote, text));
}

void text_kernel_event(FILE *f, const struct timespec *at,
		       const struct kernel_event *event)
{
	clock_column(f, at);
	fprintf(f, "%s", event_name(event->cmd));
	switch (event->cmd) {
	case DMVPN_CMD_ACQUIRE_NTF:
	case DMVPN_CMD_SESSION_NTF:
	case DMVPN_CMD_SESSION_DEL_NTF:
		session_text(f, event);
		break;
	case DMVPN_CMD_SA_NTF:
	case DMVPN_CMD_SA_DEL_NTF:
	case DMVPN_CMD_SA_EXPIRE_NTF:
	case DMVPN_CMD_NAT_MOVED_NTF:
		sa_text(f, event);
		break;
	case DMVPN_CMD_PEER_NTF:
	case DMVPN_CMD_PEER_DEL_NTF:
		peer_text(f, event);
		break;
	case DMVPN_CMD_NEXTHOP_NTF:
	case DMVPN_CMD_NEXTHOP_DEL_NTF:
		nexthop_text(f, event);
		break;
	case DMVPN_CMD_MISS_NTF:
	case DMVPN_CMD_REDIRECT_NTF:
		packet_text(f, event);
		break;
	case DMVPN_CMD_POLICY_NTF:
	case DMVPN_CMD_POLICY_DEL_NTF:
		fprintf(f, " %s", event->policy.name);
		break;
	}
	fprintf(f, "\n");
}

void text_nhrp_event(FILE *f, const struct timespec *at, const json_t *event)
{
	const char *interface = json_string_value(json_object_get(event,
								"interface"));
	const char *text = json_string_value(json_object_get(event, "text"));

	clock_column(f, at);
	fprintf(f, "nhrpd");
	if (interface && *interface) {
		fprintf(f, " ");
		shown_print(f, interface);
	}
	fprintf(f, " ");
	shown_print(f, text ? text : "");
	fprintf(f, "\n");
}

void text_lost(FILE *f, const struct timespec *at)
{
	clock_column(f, at);
	fprintf(f, "events of the kernel were lost\n");
}
