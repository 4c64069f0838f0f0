// SPDX-License-Identifier: GPL-2.0-or-later
#include <net/if.h>

#include "dmvpnctl/json.h"
#include "dmvpnctl/names.h"

#define MILLION 1000000

/* An event's object: who tells what, and when. */
static json_t *event_object(const struct timespec *at, const char *source,
			    const char *name)
{
	char text[sizeof("YYYY-MM-DDTHH:MM:SS")];
	struct tm tm;

	gmtime_r(&at->tv_sec, &tm);
	strftime(text, sizeof(text), "%FT%T", &tm);
	return json_pack("{so, ss, ss}", "time",
			 json_sprintf("%s.%03ldZ", text,
				      at->tv_nsec / MILLION),
			 "source", source, "event", name);
}

static void set_device(json_t *o, uint32_t ifindex)
{
	char name[IF_NAMESIZE];

	json_set_text(o, "interface", if_indextoname(ifindex, name));
	json_set_number(o, "ifindex", ifindex);
}

/* Takes over @members. */
static void add_members(json_t *o, json_t *members)
{
	json_object_update(o, members);
	json_decref(members);
}

static void add_acquire(json_t *o, const struct session *s)
{
	json_set_number(o, "handle", s->handle);
	json_set_nbma(o, "local", "local-port", &s->local);
	json_set_nbma(o, "remote", "remote-port", &s->remote);
	json_set_text(o, "profile", s->profile);
}

/* These two say which SA, not all of it. */
static void add_sa_event(json_t *o, const struct kernel_event *e)
{
	json_set_spi(o, "spi", e->sa.spi);
	json_set_text(o, "dir", sa_dir_name(e->sa.dir));
	json_set_number(o, "session", e->sa.session);
	json_set_nbma(o, "local", "local-port", &e->sa.local);
	json_set_nbma(o, "remote", "remote-port", &e->sa.remote);
	if (e->cmd == DMVPN_CMD_SA_EXPIRE_NTF)
		json_set_bool(o, "hard", e->sa.hard);
	else
		json_set_addr(o, "new-remote", &e->sa.new_remote);
}

static void add_packet(json_t *o, const struct kernel_event *e)
{
	set_device(o, e->ifindex);
	if (e->cmd == DMVPN_CMD_MISS_NTF)
		json_set_addr(o, "address", &e->address);
	json_set_addr(o, "src", &e->src);
	json_set_addr(o, "dst", &e->dst);
	if (e->cmd == DMVPN_CMD_REDIRECT_NTF)
		json_set_nbma(o, "remote", "remote-port", &e->remote);
}

void json_kernel_event(FILE *f, const struct timespec *at,
		       const struct kernel_event *event)
{
	json_t *o = event_object(at, "kernel", event_name(event->cmd));

	switch (event->cmd) {
	case DMVPN_CMD_ACQUIRE_NTF:
		add_acquire(o, &event->session);
		break;
	case DMVPN_CMD_SESSION_NTF:
	case DMVPN_CMD_SESSION_DEL_NTF:
		add_members(o, json_of_session(&event->session));
		break;
	case DMVPN_CMD_SA_NTF:
	case DMVPN_CMD_SA_DEL_NTF:
		add_members(o, json_of_sa(&event->sa));
		break;
	case DMVPN_CMD_SA_EXPIRE_NTF:
	case DMVPN_CMD_NAT_MOVED_NTF:
		add_sa_event(o, event);
		break;
	case DMVPN_CMD_PEER_NTF:
	case DMVPN_CMD_PEER_DEL_NTF:
		set_device(o, event->peer.ifindex);
		add_members(o, json_of_peer(&event->peer));
		break;
	case DMVPN_CMD_NEXTHOP_NTF:
	case DMVPN_CMD_NEXTHOP_DEL_NTF:
		set_device(o, event->nexthop.ifindex);
		add_members(o, json_of_nexthop(&event->nexthop));
		break;
	case DMVPN_CMD_MISS_NTF:
	case DMVPN_CMD_REDIRECT_NTF:
		add_packet(o, event);
		break;
	case DMVPN_CMD_POLICY_NTF:
	case DMVPN_CMD_POLICY_DEL_NTF:
		add_members(o, json_of_policy(&event->policy));
		break;
	}
	json_print(f, o, JSON_COMPACT);
}

void json_nhrp_event(FILE *f, const struct timespec *at, const json_t *event)
{
	json_t *o = event_object(at, "nhrpd", "");

	json_object_update(o, (json_t *)event);
	json_object_del(o, "type");
	json_print(f, o, JSON_COMPACT);
}

void json_lost(FILE *f, const struct timespec *at)
{
	json_print(f, event_object(at, "kernel", "lost"), JSON_COMPACT);
}
