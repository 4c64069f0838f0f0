// SPDX-License-Identifier: GPL-2.0
/* Requests about SAs. Keys come in here and never go out. */
#include <net/sock.h>

#include "netlink.h"
#include "netlink-gen.h"
#include "replay.h"
#include "sa.h"
#include "session.h"
#include "suite.h"

/* What names an SA: SPI, direction, and the address that it goes to. */
static int get_key(struct genl_info *info, struct dmvpn_sa_key *key)
{
	const struct nlattr *spi = info->attrs[DMVPN_A_SA_SPI];
	const struct nlattr *dir = info->attrs[DMVPN_A_SA_DIR];

	memset(key, 0, sizeof(*key));
	if (!spi || !dir) {
		NL_SET_ERR_MSG(info->extack, "spi and dir are needed");
		return -EINVAL;
	}
	key->spi = nla_get_be32(spi);
	key->dir = nla_get_u32(dir);
	return dmvpn_get_nbma(info, key->dir == DMVPN_SA_DIR_IN ?
			      DMVPN_A_SA_LOCAL : DMVPN_A_SA_REMOTE, &key->addr);
}

static struct dmvpn_sa *sa_of(struct dmvpn_net *dn, struct genl_info *info)
{
	struct dmvpn_sa_key key;
	struct dmvpn_sa *sa;
	int err;

	err = get_key(info, &key);
	if (err)
		return ERR_PTR(err);
	sa = dmvpn_sa_find(dn, &key);
	if (!sa) {
		NL_SET_ERR_MSG(info->extack, "no such SA");
		return ERR_PTR(-ENOENT);
	}
	return sa;
}

/* ---- writing ---- */

static int put_name(struct sk_buff *skb, const struct dmvpn_sa *sa)
{
	const struct dmvpn_endpoint *ends =
		rcu_dereference_protected(sa->endpoint,
					  lockdep_is_held(&sa->dn->lock));

	if (nla_put_be32(skb, DMVPN_A_SA_SPI, sa->key.spi) ||
	    nla_put_u32(skb, DMVPN_A_SA_DIR, sa->key.dir) ||
	    nla_put_u32(skb, DMVPN_A_SA_SESSION, sa->session->handle) ||
	    dmvpn_put_addr(skb, DMVPN_A_SA_LOCAL, &ends->local) ||
	    dmvpn_put_addr(skb, DMVPN_A_SA_REMOTE, &ends->remote) ||
	    nla_put_be16(skb, DMVPN_A_SA_LOCAL_PORT, ends->local_port) ||
	    nla_put_be16(skb, DMVPN_A_SA_REMOTE_PORT, ends->remote_port))
		return -EMSGSIZE;
	if (sa->mode == DMVPN_SA_MODE_TUNNEL &&
	    (dmvpn_put_addr(skb, DMVPN_A_SA_INNER_LOCAL, &sa->inner.local) ||
	     dmvpn_put_addr(skb, DMVPN_A_SA_INNER_REMOTE, &sa->inner.remote)))
		return -EMSGSIZE;
	return 0;
}

static int put_how(struct sk_buff *skb, const struct dmvpn_sa *sa)
{
	const struct dmvpn_suite *suite = sa->suite;

	if (nla_put_u32(skb, DMVPN_A_SA_MODE, sa->mode) ||
	    nla_put_string(skb, DMVPN_A_SA_CIPHER, suite->cipher) ||
	    (suite->auth &&
	     nla_put_string(skb, DMVPN_A_SA_AUTH, suite->auth)) ||
	    nla_put_u32(skb, DMVPN_A_SA_ICV_LEN, sa->icv_len) ||
	    nla_put_u8(skb, DMVPN_A_SA_ESN, sa->esn) ||
	    nla_put_u8(skb, DMVPN_A_SA_INSECURE, sa->insecure) ||
	    nla_put_u8(skb, DMVPN_A_SA_STANDBY, sa->standby) ||
	    nla_put_be32(skb, DMVPN_A_SA_PAIR, sa->pair) ||
	    nla_put_u32(skb, DMVPN_A_SA_OWNER, sa->owner))
		return -EMSGSIZE;
	if (sa->key.dir == DMVPN_SA_DIR_IN)
		return nla_put_u32(skb, DMVPN_A_SA_REPLAY_WINDOW,
				   sa->replay.window);
	return 0;
}

static int put_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, DMVPN_A_SA_PAD);
}

static int put_limits(struct sk_buff *skb, const struct dmvpn_limits *limits)
{
	if (put_u64(skb, DMVPN_A_SA_SOFT_SECONDS, limits->soft_seconds) ||
	    put_u64(skb, DMVPN_A_SA_HARD_SECONDS, limits->hard_seconds) ||
	    put_u64(skb, DMVPN_A_SA_SOFT_BYTES, limits->soft_bytes) ||
	    put_u64(skb, DMVPN_A_SA_HARD_BYTES, limits->hard_bytes) ||
	    put_u64(skb, DMVPN_A_SA_SOFT_PACKETS, limits->soft_packets) ||
	    put_u64(skb, DMVPN_A_SA_HARD_PACKETS, limits->hard_packets))
		return -EMSGSIZE;
	return 0;
}

static int put_use(struct sk_buff *skb, struct dmvpn_sa *sa)
{
	unsigned long used = READ_ONCE(sa->used);
	u64 age = ktime_ms_delta(ktime_get_boottime(), sa->created);

	if (put_u64(skb, DMVPN_A_SA_AGE_MS, age) ||
	    (used && put_u64(skb, DMVPN_A_SA_IDLE_MS, dmvpn_ms_since(used))) ||
	    put_u64(skb, DMVPN_A_SA_SEQ, dmvpn_sa_seq(sa)) ||
	    put_u64(skb, DMVPN_A_SA_PACKETS, dmvpn_sa_packets(sa)) ||
	    put_u64(skb, DMVPN_A_SA_BYTES, dmvpn_sa_bytes(sa)) ||
	    put_u64(skb, DMVPN_A_SA_AUTH_FAILED,
		    atomic64_read(&sa->auth_failed)) ||
	    put_u64(skb, DMVPN_A_SA_REPLAYED, atomic64_read(&sa->replayed)) ||
	    put_u64(skb, DMVPN_A_SA_MALFORMED, atomic64_read(&sa->malformed)) ||
	    put_u64(skb, DMVPN_A_SA_ERRORS, atomic64_read(&sa->errors)) ||
	    put_u64(skb, DMVPN_A_SA_ASYNC, atomic64_read(&sa->waited)))
		return -EMSGSIZE;
	return 0;
}

/**
 * dmvpn_fill_sa() - write an SA into a message, but not its keys
 * @skb: message
 * @sa: SA with keys
 * @msg: where it goes
 *
 * Context: dn->lock.
 * Return: 0 or -EMSGSIZE.
 */
int dmvpn_fill_sa(struct sk_buff *skb, struct dmvpn_sa *sa,
		  const struct dmvpn_msg *msg)
{
	void *hdr = genlmsg_put(skb, msg->portid, msg->seq, &dmvpn_family,
				msg->flags, msg->cmd);

	if (!hdr)
		return -EMSGSIZE;
	if (put_name(skb, sa) || put_how(skb, sa) ||
	    put_limits(skb, &sa->limits) || put_use(skb, sa)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

int dmvpn_nl_sa_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dmvpn_net *dn = dmvpn_net(genl_info_net(info));
	const struct dmvpn_msg to = dmvpn_reply_msg(info);
	struct dmvpn_sa *sa;
	struct sk_buff *msg;
	int err;

	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	mutex_lock(&dn->lock);
	sa = sa_of(dn, info);
	err = PTR_ERR_OR_ZERO(sa);
	if (!err && !sa->aead) {
		NL_SET_ERR_MSG(info->extack, "the SPI is reserved only");
		err = -ENOENT;
	}
	if (!err)
		err = dmvpn_fill_sa(msg, sa, &to);
	mutex_unlock(&dn->lock);
	return dmvpn_nl_reply(info, msg, err);
}

/* The SAs of a session that were not written yet. */
static int dump_session(struct sk_buff *skb, struct dmvpn_session *session,
			struct dmvpn_dump *at, const struct dmvpn_msg *to)
{
	struct dmvpn_sa *sa;

	list_for_each_entry(sa, &session->sas, list) {
		if (sa->id <= at->id)
			continue;
		if (dmvpn_fill_sa(skb, sa, to))
			return -EMSGSIZE;
		at->id = sa->id;
	}
	return 0;
}

int dmvpn_nl_sa_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct dmvpn_msg to = dmvpn_dump_msg(cb, DMVPN_CMD_SA_GET);
	struct dmvpn_net *dn = dmvpn_net(sock_net(skb->sk));
	struct dmvpn_dump *at = dmvpn_dump(cb);
	struct dmvpn_session *session;
	unsigned long handle;

	mutex_lock(&dn->lock);
	xa_for_each_start(&dn->handles, handle, session, at->handle) {
		/* The session that a dump stopped in may be gone. */
		if (handle != at->handle)
			at->id = 0;
		at->handle = handle;
		if (dump_session(skb, session, at, &to))
			goto out;
	}
	/* Nothing is left behind the last one. */
	at->handle = U32_MAX;
out:
	mutex_unlock(&dn->lock);
	return skb->len;
}

/* ---- reading ---- */

static u64 get_u64(struct genl_info *info, int attr)
{
	return info->attrs[attr] ? nla_get_u64(info->attrs[attr]) : 0;
}

static void get_limits(struct genl_info *info, struct dmvpn_limits *limits)
{
	limits->soft_seconds = min_t(u64, DMVPN_SECONDS_MAX,
				     get_u64(info, DMVPN_A_SA_SOFT_SECONDS));
	limits->hard_seconds = min_t(u64, DMVPN_SECONDS_MAX,
				     get_u64(info, DMVPN_A_SA_HARD_SECONDS));
	limits->soft_bytes = get_u64(info, DMVPN_A_SA_SOFT_BYTES);
	limits->hard_bytes = get_u64(info, DMVPN_A_SA_HARD_BYTES);
	limits->soft_packets = get_u64(info, DMVPN_A_SA_SOFT_PACKETS);
	limits->hard_packets = get_u64(info, DMVPN_A_SA_HARD_PACKETS);
}

/* The ports come together: ESP in UDP has both, native ESP none. */
static int get_ports(struct genl_info *info, struct dmvpn_endpoint *ends)
{
	const struct nlattr *local = info->attrs[DMVPN_A_SA_LOCAL_PORT];
	const struct nlattr *remote = info->attrs[DMVPN_A_SA_REMOTE_PORT];

	if (local)
		ends->local_port = nla_get_be16(local);
	if (remote)
		ends->remote_port = nla_get_be16(remote);
	if (!ends->local_port == !ends->remote_port)
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, local ?: remote,
			    "ESP in UDP needs both ports, native ESP none");
	return -EINVAL;
}

/* AH would authenticate what a NAT changes, and hides nothing. */
static int get_protocol(struct genl_info *info)
{
	const struct nlattr *protocol = info->attrs[DMVPN_A_SA_PROTOCOL];

	if (!protocol || nla_get_u8(protocol) == IPPROTO_ESP)
		return 0;
	if (nla_get_u8(protocol) == IPPROTO_AH)
		NL_SET_ERR_MSG_ATTR(info->extack, protocol,
				    "AH is not supported: use ESP");
	else
		NL_SET_ERR_MSG_ATTR(info->extack, protocol,
				    "this protocol is not supported: use ESP (50)");
	return -EPROTONOSUPPORT;
}

static int get_suite(struct genl_info *info, struct dmvpn_sa_conf *conf)
{
	const struct nlattr *cipher = info->attrs[DMVPN_A_SA_CIPHER];
	const struct nlattr *auth = info->attrs[DMVPN_A_SA_AUTH];
	const struct nlattr *icv = info->attrs[DMVPN_A_SA_ICV_LEN];

	if (!cipher || !icv) {
		NL_SET_ERR_MSG(info->extack, "cipher and icv-len are needed");
		return -EINVAL;
	}
	conf->suite = dmvpn_suite_find(nla_data(cipher),
				       auth ? nla_data(auth) : NULL);
	if (!conf->suite) {
		NL_SET_ERR_MSG_ATTR(info->extack, cipher,
				    "this cipher is not known, or not with this auth");
		return -EOPNOTSUPP;
	}
	if (conf->suite->insecure && !conf->insecure) {
		NL_SET_ERR_MSG_ATTR(info->extack, cipher,
				    "this cipher does not encrypt: it is for tests, with insecure 1");
		return -EOPNOTSUPP;
	}
	conf->icv_len = nla_get_u32(icv);
	if (!dmvpn_suite_has_icv(conf->suite, conf->icv_len)) {
		NL_SET_ERR_MSG_ATTR(info->extack, icv,
				    "this cipher has no ICV of this length");
		return -EOPNOTSUPP;
	}
	return 0;
}

static int get_keys(struct genl_info *info, struct dmvpn_sa_conf *conf)
{
	const struct nlattr *cipher = info->attrs[DMVPN_A_SA_CIPHER_KEY];
	const struct nlattr *auth = info->attrs[DMVPN_A_SA_AUTH_KEY];
	struct dmvpn_key *keys = &conf->keys;

	if (cipher) {
		keys->cipher = nla_data(cipher);
		keys->cipher_len = nla_len(cipher);
	}
	if (auth) {
		keys->auth = nla_data(auth);
		keys->auth_len = nla_len(auth);
	}
	if (!dmvpn_suite_has_key(conf->suite, keys->cipher_len)) {
		NL_SET_ERR_MSG_ATTR(info->extack, cipher,
				    "this cipher has no key of this length (with its salt)");
		return -EINVAL;
	}
	if (keys->auth_len != conf->suite->auth_key_len) {
		NL_SET_ERR_MSG_ATTR(info->extack, auth,
				    "the auth-key must be as long as the hash of auth, and absent without auth");
		return -EINVAL;
	}
	return 0;
}

static int get_window(struct genl_info *info, struct dmvpn_sa_conf *conf)
{
	const struct nlattr *window = info->attrs[DMVPN_A_SA_REPLAY_WINDOW];
	const struct nlattr *esn = info->attrs[DMVPN_A_SA_ESN];

	conf->esn = esn && nla_get_u8(esn);
	if (conf->key.dir == DMVPN_SA_DIR_OUT)
		return 0;
	conf->window = window ? ALIGN(nla_get_u32(window), 64) :
				DMVPN_REPLAY_DEFAULT;
	if (conf->esn && !conf->window) {
		NL_SET_ERR_MSG_ATTR(info->extack, window,
				    "extended sequence numbers need a replay window");
		return -EINVAL;
	}
	return 0;
}

/* Where the numbers start. A key must not see a number twice. */
static int get_seq(struct genl_info *info, struct dmvpn_sa_conf *conf)
{
	const struct nlattr *seq = info->attrs[DMVPN_A_SA_SEQ];

	if (!seq)
		return 0;
	if (!conf->insecure) {
		NL_SET_ERR_MSG_ATTR(info->extack, seq,
				    "an SA starts at 0: seq is for tests, with insecure 1");
		return -EINVAL;
	}
	conf->seq = nla_get_u64(seq);
	if (conf->seq > (conf->esn ? S64_MAX : U32_MAX)) {
		NL_SET_ERR_MSG_ATTR(info->extack, seq,
				    "there is no number behind seq");
		return -ERANGE;
	}
	return 0;
}

/* The header inside ESP: the ends, unless the traffic selectors differ. */
static int get_inner(struct genl_info *info, struct dmvpn_sa_conf *conf)
{
	const struct nlattr *local = info->attrs[DMVPN_A_SA_INNER_LOCAL];
	const struct nlattr *remote = info->attrs[DMVPN_A_SA_INNER_REMOTE];
	struct dmvpn_inner *inner = &conf->inner;
	int err = 0;

	inner->local = conf->endpoint.local;
	inner->remote = conf->endpoint.remote;
	if (local)
		err = dmvpn_get_nbma(info, DMVPN_A_SA_INNER_LOCAL,
				     &inner->local);
	if (!err && remote)
		err = dmvpn_get_nbma(info, DMVPN_A_SA_INNER_REMOTE,
				     &inner->remote);
	if (!err && inner->local.family != inner->remote.family) {
		NL_SET_ERR_MSG_ATTR(info->extack, local ?: remote,
				    "inner-local and inner-remote must be of one family");
		err = -EINVAL;
	}
	return err;
}

static int get_mode(struct genl_info *info, struct dmvpn_sa_conf *conf)
{
	const struct nlattr *mode = info->attrs[DMVPN_A_SA_MODE];

	conf->mode = mode ? nla_get_u32(mode) : DMVPN_SA_MODE_TRANSPORT;
	if (conf->mode == DMVPN_SA_MODE_TUNNEL)
		return get_inner(info, conf);
	return 0;
}

static int get_endpoint(struct genl_info *info, struct dmvpn_endpoint *ends)
{
	int err;

	err = dmvpn_get_nbma(info, DMVPN_A_SA_LOCAL, &ends->local);
	if (!err)
		err = dmvpn_get_nbma(info, DMVPN_A_SA_REMOTE, &ends->remote);
	if (!err && ends->local.family != ends->remote.family) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[DMVPN_A_SA_REMOTE],
				    "local and remote must be of one family");
		err = -EINVAL;
	}
	return err ?: get_ports(info, ends);
}

/* What is optional and cannot be wrong. */
static void get_rest(struct genl_info *info, struct dmvpn_sa_conf *conf)
{
	struct nlattr **attrs = info->attrs;

	if (attrs[DMVPN_A_SA_STANDBY])
		conf->standby = nla_get_u8(attrs[DMVPN_A_SA_STANDBY]) &&
				conf->key.dir == DMVPN_SA_DIR_OUT;
	if (attrs[DMVPN_A_SA_PAIR])
		conf->pair = nla_get_be32(attrs[DMVPN_A_SA_PAIR]);
	if (attrs[DMVPN_A_SA_OWNER])
		conf->owner = nla_get_u32(attrs[DMVPN_A_SA_OWNER]);
	if (attrs[DMVPN_A_SA_PROFILE])
		conf->profile = nla_data(attrs[DMVPN_A_SA_PROFILE]);
	if (attrs[DMVPN_A_SA_IDENTITY])
		conf->identity = nla_data(attrs[DMVPN_A_SA_IDENTITY]);
	get_limits(info, &conf->limits);
}

static int get_conf(struct genl_info *info, struct dmvpn_sa_conf *conf)
{
	const struct nlattr *insecure = info->attrs[DMVPN_A_SA_INSECURE];
	int err;

	conf->insecure = insecure && nla_get_u8(insecure);
	err = get_key(info, &conf->key);
	if (!err)
		err = get_protocol(info);
	if (!err)
		err = get_endpoint(info, &conf->endpoint);
	if (!err)
		err = get_mode(info, conf);
	if (!err)
		err = get_suite(info, conf);
	if (!err)
		err = get_keys(info, conf);
	if (!err)
		err = get_window(info, conf);
	if (!err)
		err = get_seq(info, conf);
	if (!err)
		get_rest(info, conf);
	return err;
}

/* No copy of a key stays in the message, nor goes back with an error. */
static void wipe(struct nlattr *attr)
{
	if (attr)
		memzero_explicit(nla_data(attr), nla_len(attr));
}

int dmvpn_nl_sa_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dmvpn_net *dn = dmvpn_net(genl_info_net(info));
	struct dmvpn_sa_conf conf = {};
	int err;

	err = get_conf(info, &conf);
	if (!err) {
		mutex_lock(&dn->lock);
		err = dmvpn_sa_add(dn, &conf, info->extack);
		mutex_unlock(&dn->lock);
	}
	wipe(info->attrs[DMVPN_A_SA_CIPHER_KEY]);
	wipe(info->attrs[DMVPN_A_SA_AUTH_KEY]);
	return err;
}

/* The new ends: the old ones, but for what the request names. */
static int get_ends(struct genl_info *info, const struct dmvpn_sa *sa,
		    struct dmvpn_endpoint *ends)
{
	int err = 0;

	*ends = *rcu_dereference_protected(sa->endpoint,
					   lockdep_is_held(&sa->dn->lock));
	if (info->attrs[DMVPN_A_SA_NEW_LOCAL])
		err = dmvpn_get_nbma(info, DMVPN_A_SA_NEW_LOCAL, &ends->local);
	if (!err && info->attrs[DMVPN_A_SA_NEW_REMOTE])
		err = dmvpn_get_nbma(info, DMVPN_A_SA_NEW_REMOTE,
				     &ends->remote);
	if (!err && (ends->local.family != sa->key.addr.family ||
		     ends->remote.family != sa->key.addr.family)) {
		NL_SET_ERR_MSG(info->extack,
			       "an SA cannot move to another address family");
		err = -EAFNOSUPPORT;
	}
	return err ?: get_ports(info, ends);
}

/* The attribute that says to send through an SA, or NULL. */
static const struct nlattr *get_use(struct genl_info *info)
{
	const struct nlattr *standby = info->attrs[DMVPN_A_SA_STANDBY];

	return standby && !nla_get_u8(standby) ? standby : NULL;
}

static int sa_set(struct dmvpn_net *dn, struct genl_info *info)
{
	const struct nlattr *use = get_use(info);
	struct dmvpn_sa *sa = sa_of(dn, info);
	struct dmvpn_endpoint ends;
	int err;

	if (IS_ERR(sa))
		return PTR_ERR(sa);
	if (!sa->aead) {
		NL_SET_ERR_MSG(info->extack, "the SPI is reserved only");
		return -ENOENT;
	}
	if (use && sa->key.dir != DMVPN_SA_DIR_OUT) {
		NL_SET_ERR_MSG_ATTR(info->extack, use,
				    "only an outbound SA can be sent through");
		return -EINVAL;
	}
	err = get_ends(info, sa, &ends);
	if (!err)
		err = dmvpn_sa_move(sa, &ends);
	if (err == -EEXIST)
		NL_SET_ERR_MSG(info->extack,
			       "another session has these ends");
	if (!err && use)
		dmvpn_session_use(sa->session, sa);
	return err;
}

int dmvpn_nl_sa_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dmvpn_net *dn = dmvpn_net(genl_info_net(info));
	int err;

	mutex_lock(&dn->lock);
	err = sa_set(dn, info);
	mutex_unlock(&dn->lock);
	return err;
}

/* With standby 1 not while the peer may have no other, or use it. */
static void sa_end(struct dmvpn_sa *sa, const struct nlattr *standby)
{
	if (standby && nla_get_u8(standby) && sa->session)
		dmvpn_sa_retire(sa);
	else
		dmvpn_sa_del(sa);
}

int dmvpn_nl_sa_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dmvpn_net *dn = dmvpn_net(genl_info_net(info));
	struct dmvpn_sa *sa;

	mutex_lock(&dn->lock);
	sa = sa_of(dn, info);
	if (!IS_ERR(sa))
		sa_end(sa, info->attrs[DMVPN_A_SA_STANDBY]);
	mutex_unlock(&dn->lock);
	return PTR_ERR_OR_ZERO(sa);
}

int dmvpn_nl_sa_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dmvpn_net *dn = dmvpn_net(genl_info_net(info));
	const struct nlattr *attr = info->attrs[DMVPN_A_SA_OWNER];
	u32 owner = attr ? nla_get_u32(attr) : 0;

	mutex_lock(&dn->lock);
	dmvpn_sa_flush(dn, attr ? &owner : NULL);
	mutex_unlock(&dn->lock);
	return 0;
}

int dmvpn_nl_sa_alloc_spi_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dmvpn_net *dn = dmvpn_net(genl_info_net(info));
	const struct dmvpn_msg to = dmvpn_reply_msg(info);
	struct dmvpn_addr local;
	struct sk_buff *msg;
	__be32 spi;
	void *hdr;
	int err;

	err = dmvpn_get_nbma(info, DMVPN_A_SA_LOCAL, &local);
	if (err)
		return err;
	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	mutex_lock(&dn->lock);
	err = dmvpn_sa_alloc_spi(dn, &local, &spi, info->extack);
	mutex_unlock(&dn->lock);
	if (err)
		return dmvpn_nl_reply(info, msg, err);
	hdr = genlmsg_put(msg, to.portid, to.seq, &dmvpn_family, 0, to.cmd);
	nla_put_be32(msg, DMVPN_A_SA_SPI, spi);
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}
