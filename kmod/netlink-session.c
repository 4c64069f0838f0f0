// SPDX-License-Identifier: GPL-2.0
/* Requests about sessions. */
#include <net/sock.h>

#include "netlink.h"
#include "netlink-gen.h"
#include "notify.h"
#include "peer.h"
#include "sa.h"
#include "session.h"

/* The session that a request is about, by handle or by its ends. dn->lock. */
static struct dmvpn_session *session_of(struct dmvpn_net *dn,
					struct genl_info *info)
{
	const struct nlattr *port = info->attrs[DMVPN_A_SESSION_REMOTE_PORT];
	const struct nlattr *handle = info->attrs[DMVPN_A_SESSION_HANDLE];
	struct dmvpn_session_key key = {};
	struct dmvpn_session *session;
	int err;

	if (handle) {
		session = dmvpn_session_by_handle(dn, nla_get_u32(handle));
	} else {
		err = dmvpn_get_nbma(info, DMVPN_A_SESSION_LOCAL, &key.local);
		if (!err)
			err = dmvpn_get_nbma(info, DMVPN_A_SESSION_REMOTE,
					     &key.remote);
		if (err)
			return ERR_PTR(err);
		if (port)
			key.port = nla_get_be16(port);
		session = dmvpn_session_find(dn, &key);
	}
	if (!session) {
		NL_SET_ERR_MSG(info->extack, "no such session");
		return ERR_PTR(-ENOENT);
	}
	return session;
}

/**
 * struct session_sums - what a session has in its SAs
 * @stats: counters, those of SAs that are gone included
 * @in_spi: newest inbound SPI, 0 if there is none
 * @out_spi: SPI of the SA in use, 0 if there is none
 * @local_port: our UDP port, 0 for native ESP
 */
struct session_sums {
	struct dmvpn_session_stats stats;
	__be32 in_spi;
	__be32 out_spi;
	__be16 local_port;
};

static void sum_up(struct dmvpn_session *session, struct session_sums *sums)
{
	struct dmvpn_net *dn = session->dn;
	const struct dmvpn_endpoint *ends;
	struct dmvpn_sa *sa;

	*sums = (struct session_sums) { .stats = session->past };
	list_for_each_entry(sa, &session->ending, list)
		dmvpn_session_count(&sums->stats, sa);
	list_for_each_entry(sa, &session->sas, list) {
		dmvpn_session_count(&sums->stats, sa);
		if (sa->key.dir == DMVPN_SA_DIR_IN)
			sums->in_spi = sa->key.spi;
		ends = rcu_dereference_protected(sa->endpoint,
						 lockdep_is_held(&dn->lock));
		sums->local_port = ends->local_port;
	}
	sa = rcu_dereference_protected(session->out,
				       lockdep_is_held(&dn->lock));
	if (sa)
		sums->out_spi = sa->key.spi;
}

static int put_ends(struct sk_buff *skb, const struct dmvpn_session *session,
		    __be16 local_port)
{
	const struct dmvpn_session_key *key = &session->key;

	if (nla_put_u32(skb, DMVPN_A_SESSION_HANDLE, session->handle) ||
	    dmvpn_put_addr(skb, DMVPN_A_SESSION_LOCAL, &key->local) ||
	    dmvpn_put_addr(skb, DMVPN_A_SESSION_REMOTE, &key->remote) ||
	    nla_put_be16(skb, DMVPN_A_SESSION_LOCAL_PORT, local_port) ||
	    nla_put_be16(skb, DMVPN_A_SESSION_REMOTE_PORT, key->port))
		return -EMSGSIZE;
	return 0;
}

static int put_string(struct sk_buff *skb, int attr, const char *text)
{
	return text ? nla_put_string(skb, attr, text) : 0;
}

/* What the IKE daemon said. */
static int put_info(struct sk_buff *skb, const struct dmvpn_session_info *info)
{
	const unsigned long now = jiffies;
	u32 left = 0;

	if (info->ike_expires && time_after(info->ike_expires, now))
		left = (info->ike_expires - now) / HZ;
	if (put_string(skb, DMVPN_A_SESSION_REASON, info->reason) ||
	    put_string(skb, DMVPN_A_SESSION_PROFILE, info->profile) ||
	    put_string(skb, DMVPN_A_SESSION_IDENTITY, info->identity) ||
	    put_string(skb, DMVPN_A_SESSION_LOCAL_IDENTITY,
		       info->local_identity) ||
	    put_string(skb, DMVPN_A_SESSION_PFS, info->pfs) ||
	    nla_put_u32(skb, DMVPN_A_SESSION_FLAGS, info->flags))
		return -EMSGSIZE;
	if (!info->ike_version)
		return 0;
	if (nla_put_u32(skb, DMVPN_A_SESSION_IKE_VERSION, info->ike_version) ||
	    nla_put_u32(skb, DMVPN_A_SESSION_IKE_ID, info->ike_id) ||
	    (info->ike_expires &&
	     nla_put_u32(skb, DMVPN_A_SESSION_IKE_LIFETIME, left)))
		return -EMSGSIZE;
	return 0;
}

static int put_stats(struct sk_buff *skb,
		     const struct dmvpn_session_stats *stats)
{
	const int pad = DMVPN_A_SESSION_PAD;

	if (nla_put_u64_64bit(skb, DMVPN_A_SESSION_RX_PACKETS,
			      stats->rx_packets, pad) ||
	    nla_put_u64_64bit(skb, DMVPN_A_SESSION_RX_BYTES,
			      stats->rx_bytes, pad) ||
	    nla_put_u64_64bit(skb, DMVPN_A_SESSION_TX_PACKETS,
			      stats->tx_packets, pad) ||
	    nla_put_u64_64bit(skb, DMVPN_A_SESSION_TX_BYTES,
			      stats->tx_bytes, pad) ||
	    nla_put_u64_64bit(skb, DMVPN_A_SESSION_RX_DROPPED,
			      stats->rx_dropped, pad) ||
	    nla_put_u64_64bit(skb, DMVPN_A_SESSION_TX_DROPPED,
			      stats->tx_dropped, pad))
		return -EMSGSIZE;
	return 0;
}

static int put_session(struct sk_buff *skb, struct dmvpn_session *session)
{
	struct session_sums sums;

	sum_up(session, &sums);
	if (put_ends(skb, session, sums.local_port) ||
	    nla_put_u32(skb, DMVPN_A_SESSION_STATE, session->state) ||
	    put_info(skb, &session->info) ||
	    nla_put_u64_64bit(skb, DMVPN_A_SESSION_STATE_MS,
			      dmvpn_ms_since(session->since),
			      DMVPN_A_SESSION_PAD) ||
	    nla_put_be32(skb, DMVPN_A_SESSION_IN_SPI, sums.in_spi) ||
	    nla_put_be32(skb, DMVPN_A_SESSION_OUT_SPI, sums.out_spi) ||
	    nla_put_u32(skb, DMVPN_A_SESSION_PEERS, session->n_peers))
		return -EMSGSIZE;
	return put_stats(skb, &sums.stats);
}

/**
 * dmvpn_fill_session() - write a session into a message
 * @skb: message
 * @session: session
 * @msg: where it goes
 *
 * Context: dn->lock.
 * Return: 0 or -EMSGSIZE.
 */
int dmvpn_fill_session(struct sk_buff *skb, struct dmvpn_session *session,
		       const struct dmvpn_msg *msg)
{
	void *hdr = genlmsg_put(skb, msg->portid, msg->seq, &dmvpn_family,
				msg->flags, msg->cmd);

	if (!hdr)
		return -EMSGSIZE;
	if (put_session(skb, session)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

int dmvpn_nl_session_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dmvpn_net *dn = dmvpn_net(genl_info_net(info));
	const struct dmvpn_msg to = dmvpn_reply_msg(info);
	struct dmvpn_session *session;
	struct sk_buff *msg;
	int err;

	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	mutex_lock(&dn->lock);
	session = session_of(dn, info);
	err = PTR_ERR_OR_ZERO(session);
	if (!err)
		err = dmvpn_fill_session(msg, session, &to);
	mutex_unlock(&dn->lock);
	return dmvpn_nl_reply(info, msg, err);
}

int dmvpn_nl_session_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb)
{
	const struct dmvpn_msg to = dmvpn_dump_msg(cb, DMVPN_CMD_SESSION_GET);
	struct dmvpn_net *dn = dmvpn_net(sock_net(skb->sk));
	struct dmvpn_dump *at = dmvpn_dump(cb);
	struct dmvpn_session *session;
	unsigned long handle;

	mutex_lock(&dn->lock);
	xa_for_each_start(&dn->handles, handle, session, at->handle) {
		if (dmvpn_fill_session(skb, session, &to))
			break;
		at->handle = handle + 1;
	}
	mutex_unlock(&dn->lock);
	return skb->len;
}

/* All of the texts that a request has, or none. */
static int set_texts(struct dmvpn_session_info *info, struct nlattr **attrs)
{
	const struct {
		char **to;
		const struct nlattr *attr;
	} texts[] = {
		{ &info->profile, attrs[DMVPN_A_SESSION_PROFILE] },
		{ &info->identity, attrs[DMVPN_A_SESSION_IDENTITY] },
		{ &info->local_identity,
		  attrs[DMVPN_A_SESSION_LOCAL_IDENTITY] },
		{ &info->pfs, attrs[DMVPN_A_SESSION_PFS] },
	};
	char *copies[ARRAY_SIZE(texts)] = {};
	int i, err = 0;

	for (i = 0; i < ARRAY_SIZE(texts) && !err; i++)
		if (texts[i].attr)
			err = dmvpn_session_text(&copies[i],
						 nla_data(texts[i].attr));
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		if (!err && texts[i].attr)
			swap(*texts[i].to, copies[i]);
		kfree(copies[i]);
	}
	return err;
}

static void set_u32(u32 *to, const struct nlattr *attr)
{
	if (attr)
		*to = nla_get_u32(attr);
}

static int set_info(struct dmvpn_session_info *to, struct nlattr **attrs)
{
	const struct nlattr *lifetime = attrs[DMVPN_A_SESSION_IKE_LIFETIME];
	unsigned long seconds;
	int err;

	err = set_texts(to, attrs);
	if (err)
		return err;
	set_u32(&to->flags, attrs[DMVPN_A_SESSION_FLAGS]);
	set_u32(&to->ike_version, attrs[DMVPN_A_SESSION_IKE_VERSION]);
	set_u32(&to->ike_id, attrs[DMVPN_A_SESSION_IKE_ID]);
	if (lifetime) {
		seconds = min_t(u32, DMVPN_SECONDS_MAX, nla_get_u32(lifetime));
		to->ike_expires = (jiffies + seconds * HZ) ?: 1;
	}
	return 0;
}

/* An attempt that fails beside an SA that works changes nothing. */
static void set_state(struct dmvpn_session *session, u8 state,
		      const struct nlattr *reason)
{
	if (!rcu_access_pointer(session->out))
		dmvpn_session_set_state(session, state,
					reason ? nla_data(reason) : NULL);
}

int dmvpn_nl_session_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dmvpn_net *dn = dmvpn_net(genl_info_net(info));
	struct nlattr *identity = info->attrs[DMVPN_A_SESSION_IDENTITY];
	struct nlattr *state = info->attrs[DMVPN_A_SESSION_STATE];
	struct dmvpn_session *session;
	int err = 0;
	u8 before;

	if (state && nla_get_u32(state) == DMVPN_SESSION_STATE_UP) {
		NL_SET_ERR_MSG_ATTR(info->extack, state,
				    "a session is up when it has an outbound SA, see sa-new");
		return -EINVAL;
	}
	mutex_lock(&dn->lock);
	session = session_of(dn, info);
	if (IS_ERR(session)) {
		mutex_unlock(&dn->lock);
		return PTR_ERR(session);
	}
	before = session->state;
	if (identity)
		err = dmvpn_session_admit(session, nla_data(identity),
					  info->extack);
	if (!err)
		err = set_info(&session->info, info->attrs);
	if (state && !err)
		set_state(session, nla_get_u32(state),
			  info->attrs[DMVPN_A_SESSION_REASON]);
	/* A change of state has told of the rest. */
	if (session->state == before && !err)
		dmvpn_notify_session(session, DMVPN_CMD_SESSION_NTF);
	mutex_unlock(&dn->lock);
	return err;
}

int dmvpn_nl_session_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dmvpn_net *dn = dmvpn_net(genl_info_net(info));
	struct dmvpn_session *session;

	mutex_lock(&dn->lock);
	session = session_of(dn, info);
	if (!IS_ERR(session))
		dmvpn_session_clear(session, "cleared");
	mutex_unlock(&dn->lock);
	return PTR_ERR_OR_ZERO(session);
}
