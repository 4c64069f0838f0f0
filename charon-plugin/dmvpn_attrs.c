/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "compat.h"
#include "dmvpn_attrs.h"

/**
 * Longest texts that the kernel takes, see the family's description
 */
#define REASON_MAX 127
#define IDENTITY_MAX 255

/**
 * What is expected of the attributes of a session
 */
static struct nla_policy session_policy[DMVPN_A_SESSION_MAX + 1] = {
	[DMVPN_A_SESSION_HANDLE] = { .type = NLA_U32, },
	[DMVPN_A_SESSION_LOCAL] = { .type = NLA_UNSPEC, .minlen = 4, },
	[DMVPN_A_SESSION_REMOTE] = { .type = NLA_UNSPEC, .minlen = 4, },
	[DMVPN_A_SESSION_LOCAL_PORT] = { .type = NLA_U16, },
	[DMVPN_A_SESSION_REMOTE_PORT] = { .type = NLA_U16, },
	[DMVPN_A_SESSION_STATE] = { .type = NLA_U32, },
	[DMVPN_A_SESSION_REASON] = { .type = NLA_STRING, },
	[DMVPN_A_SESSION_PROFILE] = { .type = NLA_STRING, },
	[DMVPN_A_SESSION_OUT_SPI] = { .type = NLA_U32, },
	[DMVPN_A_SESSION_PEERS] = { .type = NLA_U32, },
};

/**
 * What is expected of the attributes of an SA
 */
static struct nla_policy sa_policy[DMVPN_A_SA_MAX + 1] = {
	[DMVPN_A_SA_SPI] = { .type = NLA_U32, },
	[DMVPN_A_SA_DIR] = { .type = NLA_U32, },
	[DMVPN_A_SA_SESSION] = { .type = NLA_U32, },
	[DMVPN_A_SA_LOCAL] = { .type = NLA_UNSPEC, .minlen = 4, },
	[DMVPN_A_SA_REMOTE] = { .type = NLA_UNSPEC, .minlen = 4, },
	[DMVPN_A_SA_LOCAL_PORT] = { .type = NLA_U16, },
	[DMVPN_A_SA_REMOTE_PORT] = { .type = NLA_U16, },
	[DMVPN_A_SA_OWNER] = { .type = NLA_U32, },
	[DMVPN_A_SA_AGE_MS] = { .type = NLA_U64, },
	[DMVPN_A_SA_IDLE_MS] = { .type = NLA_U64, },
	[DMVPN_A_SA_PACKETS] = { .type = NLA_U64, },
	[DMVPN_A_SA_BYTES] = { .type = NLA_U64, },
	[DMVPN_A_SA_HARD] = { .type = NLA_U8, },
	[DMVPN_A_SA_NEW_REMOTE] = { .type = NLA_UNSPEC, .minlen = 4, },
};

/**
 * Described in header
 */
host_t *dmvpn_attrs_get_host(struct nlattr *addr, struct nlattr *port)
{
	if (!addr)
	{
		return NULL;
	}
	return host_create_from_chunk(nla_len(addr) == 16 ? AF_INET6 : AF_INET,
						chunk_create(nla_data(addr), nla_len(addr)),
						port ? ntohs(nla_get_u16(port)) : 0);
}

/**
 * Read a number, 0 if it is not there
 */
static uint32_t get_u32(struct nlattr *attr)
{
	return attr ? nla_get_u32(attr) : 0;
}

/**
 * Read a long number, 0 if it is not there
 */
static uint64_t get_u64(struct nlattr *attr)
{
	return attr ? nla_get_u64(attr) : 0;
}

/**
 * Described in header
 */
char *dmvpn_attrs_get_string(struct nlattr *attr)
{
	if (!attr || !nla_len(attr) || !*(char*)nla_data(attr))
	{
		return NULL;
	}
	return nla_strdup(attr);
}

/**
 * Add a string if there is one
 */
static int put_string(struct nl_msg *msg, int attr, const char *string)
{
	return string ? nla_put_string(msg, attr, string) : 0;
}

/**
 * Add a text if there is one, as much of it as the kernel takes
 */
static int put_text(struct nl_msg *msg, int attr, const char *text,
					size_t max)
{
	char *start;
	int err;

	if (!text)
	{
		return 0;
	}
	start = strndup(text, max);
	err = nla_put_string(msg, attr, start);
	free(start);
	return err;
}

/**
 * Add a limit if there is one
 */
static int put_limit(struct nl_msg *msg, int attr, uint64_t limit)
{
	return limit ? nla_put_u64(msg, attr, limit) : 0;
}

/**
 * Described in header
 */
bool dmvpn_attrs_put_host(struct nl_msg *msg, int attr, host_t *host)
{
	chunk_t addr;

	if (!host)
	{
		return TRUE;
	}
	addr = host->get_address(host);
	return nla_put(msg, attr, addr.len, addr.ptr) == 0;
}

/**
 * Described in header
 */
bool dmvpn_attrs_put_sa_id(struct nl_msg *msg, dmvpn_sa_id_t *id)
{
	uint32_t dir = id->inbound ? DMVPN_SA_DIR_IN : DMVPN_SA_DIR_OUT;

	return nla_put_u32(msg, DMVPN_A_SA_SPI, id->spi) == 0 &&
		   nla_put_u32(msg, DMVPN_A_SA_DIR, dir) == 0 &&
		   dmvpn_attrs_put_host(msg, DMVPN_A_SA_LOCAL, id->local) &&
		   dmvpn_attrs_put_host(msg, DMVPN_A_SA_REMOTE, id->remote);
}

/**
 * Described in header
 */
bool dmvpn_attrs_put_sa_ports(struct nl_msg *msg, host_t *local,
							  host_t *remote)
{
	uint16_t ours = local ? local->get_port(local) : 0;
	uint16_t theirs = remote ? remote->get_port(remote) : 0;

	return nla_put_u16(msg, DMVPN_A_SA_LOCAL_PORT, htons(ours)) == 0 &&
		   nla_put_u16(msg, DMVPN_A_SA_REMOTE_PORT, htons(theirs)) == 0;
}

/**
 * Described in header
 */
bool dmvpn_attrs_put_sa_move(struct nl_msg *msg, dmvpn_sa_id_t *id,
							 host_t *local, host_t *remote, bool encap)
{
	/* the kernel leaves what is not named as it is, so native ESP has to be
	 * asked for: the SA may leave a NAT behind */
	return dmvpn_attrs_put_sa_id(msg, id) &&
		   dmvpn_attrs_put_host(msg, DMVPN_A_SA_NEW_LOCAL, local) &&
		   dmvpn_attrs_put_host(msg, DMVPN_A_SA_NEW_REMOTE, remote) &&
		   dmvpn_attrs_put_sa_ports(msg, encap ? local : NULL,
									encap ? remote : NULL);
}

/**
 * Add algorithms and keys of an SA
 */
static bool put_crypto(struct nl_msg *msg, dmvpn_sa_t *sa)
{
	int err;

	err = nla_put_string(msg, DMVPN_A_SA_CIPHER, sa->cipher);
	err |= nla_put(msg, DMVPN_A_SA_CIPHER_KEY, sa->cipher_key.len,
				   sa->cipher_key.ptr);
	if (sa->auth)
	{
		err |= nla_put_string(msg, DMVPN_A_SA_AUTH, sa->auth);
		err |= nla_put(msg, DMVPN_A_SA_AUTH_KEY, sa->auth_key.len,
					   sa->auth_key.ptr);
	}
	err |= nla_put_u32(msg, DMVPN_A_SA_ICV_LEN, sa->icv_len);
	err |= nla_put_u8(msg, DMVPN_A_SA_ESN, sa->esn);
	err |= nla_put_u32(msg, DMVPN_A_SA_REPLAY_WINDOW, sa->replay_window);
	return err == 0;
}

/**
 * Add the limits of an SA
 */
static bool put_lifetime(struct nl_msg *msg, lifetime_cfg_t *lifetime)
{
	int err;

	err = put_limit(msg, DMVPN_A_SA_SOFT_SECONDS, lifetime->time.rekey);
	err |= put_limit(msg, DMVPN_A_SA_HARD_SECONDS, lifetime->time.life);
	err |= put_limit(msg, DMVPN_A_SA_SOFT_BYTES, lifetime->bytes.rekey);
	err |= put_limit(msg, DMVPN_A_SA_HARD_BYTES, lifetime->bytes.life);
	err |= put_limit(msg, DMVPN_A_SA_SOFT_PACKETS, lifetime->packets.rekey);
	err |= put_limit(msg, DMVPN_A_SA_HARD_PACKETS, lifetime->packets.life);
	return err == 0;
}

/**
 * Described in header
 */
bool dmvpn_attrs_put_sa(struct nl_msg *msg, dmvpn_sa_t *sa)
{
	int err = 0;

	if (!dmvpn_attrs_put_sa_id(msg, &sa->id) || !put_crypto(msg, sa) ||
		!put_lifetime(msg, sa->lifetime) ||
		(sa->encap && !dmvpn_attrs_put_sa_ports(msg, sa->id.local,
												sa->id.remote)) ||
		!dmvpn_attrs_put_host(msg, DMVPN_A_SA_INNER_LOCAL,
							  sa->inner_local) ||
		!dmvpn_attrs_put_host(msg, DMVPN_A_SA_INNER_REMOTE,
							  sa->inner_remote))
	{
		return FALSE;
	}
	err |= nla_put_u8(msg, DMVPN_A_SA_PROTOCOL, sa->protocol);
	err |= nla_put_u32(msg, DMVPN_A_SA_MODE, sa->mode == MODE_TUNNEL ?
					   DMVPN_SA_MODE_TUNNEL : DMVPN_SA_MODE_TRANSPORT);
	err |= nla_put_u32(msg, DMVPN_A_SA_OWNER, sa->owner);
	err |= put_string(msg, DMVPN_A_SA_PROFILE, sa->profile);
	err |= put_text(msg, DMVPN_A_SA_IDENTITY, sa->identity, IDENTITY_MAX);
	if (sa->standby)
	{
		err |= nla_put_u8(msg, DMVPN_A_SA_STANDBY, 1);
	}
	if (sa->pair)
	{
		err |= nla_put_u32(msg, DMVPN_A_SA_PAIR, sa->pair);
	}
	return err == 0;
}

/**
 * Add what names a session: its handle, or its addresses
 */
static bool put_session_id(struct nl_msg *msg, dmvpn_session_t *session)
{
	uint16_t port;

	if (session->handle)
	{
		return nla_put_u32(msg, DMVPN_A_SESSION_HANDLE, session->handle) == 0;
	}
	port = session->remote->get_port(session->remote);
	return dmvpn_attrs_put_host(msg, DMVPN_A_SESSION_LOCAL, session->local) &&
		   dmvpn_attrs_put_host(msg, DMVPN_A_SESSION_REMOTE,
								session->remote) &&
		   nla_put_u16(msg, DMVPN_A_SESSION_REMOTE_PORT, htons(port)) == 0;
}

/**
 * Described in header
 */
bool dmvpn_attrs_put_session(struct nl_msg *msg, dmvpn_session_t *session)
{
	int err = 0;

	if (!put_session_id(msg, session))
	{
		return FALSE;
	}
	if (session->state != DMVPN_STATE_KEEP)
	{
		err |= nla_put_u32(msg, DMVPN_A_SESSION_STATE, session->state);
	}
	err |= put_text(msg, DMVPN_A_SESSION_REASON, session->reason, REASON_MAX);
	err |= put_string(msg, DMVPN_A_SESSION_PROFILE, session->profile);
	err |= put_text(msg, DMVPN_A_SESSION_IDENTITY, session->identity,
					IDENTITY_MAX);
	err |= put_text(msg, DMVPN_A_SESSION_LOCAL_IDENTITY,
					session->local_identity, IDENTITY_MAX);
	err |= put_string(msg, DMVPN_A_SESSION_PFS, session->pfs);
	if (session->ike_version)
	{
		err |= nla_put_u32(msg, DMVPN_A_SESSION_FLAGS, session->flags);
		err |= nla_put_u32(msg, DMVPN_A_SESSION_IKE_VERSION,
						   session->ike_version);
		err |= nla_put_u32(msg, DMVPN_A_SESSION_IKE_ID, session->ike_id);
	}
	if (session->ike_lifetime)
	{
		err |= nla_put_u32(msg, DMVPN_A_SESSION_IKE_LIFETIME,
						   session->ike_lifetime);
	}
	return err == 0;
}

/**
 * Described in header
 */
bool dmvpn_attrs_get_session(struct genlmsghdr *hdr, dmvpn_session_t *session)
{
	struct nlattr *tb[DMVPN_A_SESSION_MAX + 1];

	memset(session, 0, sizeof(*session));
	if (nla_parse(tb, DMVPN_A_SESSION_MAX, genlmsg_attrdata(hdr, 0),
				  genlmsg_attrlen(hdr, 0), session_policy) < 0)
	{
		return FALSE;
	}
	session->handle = get_u32(tb[DMVPN_A_SESSION_HANDLE]);
	session->local = dmvpn_attrs_get_host(tb[DMVPN_A_SESSION_LOCAL],
									tb[DMVPN_A_SESSION_LOCAL_PORT]);
	session->remote = dmvpn_attrs_get_host(tb[DMVPN_A_SESSION_REMOTE],
									tb[DMVPN_A_SESSION_REMOTE_PORT]);
	session->state = get_u32(tb[DMVPN_A_SESSION_STATE]);
	session->reason = dmvpn_attrs_get_string(tb[DMVPN_A_SESSION_REASON]);
	session->profile = dmvpn_attrs_get_string(tb[DMVPN_A_SESSION_PROFILE]);
	session->out_spi = get_u32(tb[DMVPN_A_SESSION_OUT_SPI]);
	session->peers = get_u32(tb[DMVPN_A_SESSION_PEERS]);
	if (!session->handle || !session->local || !session->remote)
	{
		dmvpn_session_clear(session);
		return FALSE;
	}
	return TRUE;
}

/**
 * Is there a limit, and was it reached?
 */
static bool is_reached(struct nlattr *limit, uint64_t value)
{
	return get_u64(limit) && value >= get_u64(limit);
}

/**
 * Did an SA reach one of its soft limits?
 */
static bool is_soft(struct nlattr *tb[], dmvpn_sa_info_t *info)
{
	return is_reached(tb[DMVPN_A_SA_SOFT_SECONDS], info->age / 1000) ||
		   is_reached(tb[DMVPN_A_SA_SOFT_BYTES], info->bytes) ||
		   is_reached(tb[DMVPN_A_SA_SOFT_PACKETS], info->packets);
}

/**
 * Described in header
 */
bool dmvpn_attrs_get_sa(struct genlmsghdr *hdr, dmvpn_sa_event_t *event)
{
	struct nlattr *tb[DMVPN_A_SA_MAX + 1];
	dmvpn_sa_info_t *info = &event->info;

	memset(event, 0, sizeof(*event));
	if (nla_parse(tb, DMVPN_A_SA_MAX, genlmsg_attrdata(hdr, 0),
				  genlmsg_attrlen(hdr, 0), sa_policy) < 0)
	{
		return FALSE;
	}
	info->id.spi = get_u32(tb[DMVPN_A_SA_SPI]);
	info->id.inbound = get_u32(tb[DMVPN_A_SA_DIR]) == DMVPN_SA_DIR_IN;
	info->id.local = dmvpn_attrs_get_host(tb[DMVPN_A_SA_LOCAL],
										tb[DMVPN_A_SA_LOCAL_PORT]);
	info->id.remote = dmvpn_attrs_get_host(tb[DMVPN_A_SA_REMOTE],
										tb[DMVPN_A_SA_REMOTE_PORT]);
	info->session = get_u32(tb[DMVPN_A_SA_SESSION]);
	info->owner = get_u32(tb[DMVPN_A_SA_OWNER]);
	info->age = get_u64(tb[DMVPN_A_SA_AGE_MS]);
	info->idle = get_u64(tb[DMVPN_A_SA_IDLE_MS]);
	info->used = tb[DMVPN_A_SA_IDLE_MS] != NULL;
	info->packets = get_u64(tb[DMVPN_A_SA_PACKETS]);
	info->bytes = get_u64(tb[DMVPN_A_SA_BYTES]);
	info->soft = is_soft(tb, info);
	event->hard = tb[DMVPN_A_SA_HARD] && nla_get_u8(tb[DMVPN_A_SA_HARD]);
	event->moved = dmvpn_attrs_get_host(tb[DMVPN_A_SA_NEW_REMOTE],
									tb[DMVPN_A_SA_REMOTE_PORT]);
	if (!info->id.spi || !info->id.local || !info->id.remote)
	{
		dmvpn_sa_event_clear(event);
		return FALSE;
	}
	return TRUE;
}

/**
 * Described in header
 */
void dmvpn_sa_event_clear(dmvpn_sa_event_t *event)
{
	dmvpn_sa_info_clear(&event->info);
	DESTROY_IF(event->moved);
	event->moved = NULL;
}
