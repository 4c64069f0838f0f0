// SPDX-License-Identifier: GPL-2.0
/* Requests about peers. */
#include <net/dst.h>
#include <net/sock.h>

#include "device.h"
#include "netlink.h"
#include "netlink-gen.h"
#include "peer.h"
#include "policy.h"
#include "sa.h"
#include "send.h"
#include "session.h"

static int get_key(struct genl_info *info, struct dmvpn_peer_key *key)
{
	const struct nlattr *port = info->attrs[DMVPN_A_PEER_REMOTE_PORT];

	memset(key, 0, sizeof(*key));
	if (port)
		key->port = nla_get_be16(port);
	return dmvpn_get_nbma(info, DMVPN_A_PEER_REMOTE, &key->remote);
}

/* Just this peer, not one that would do for the port. */
static struct dmvpn_peer *peer_exact(struct dmvpn_device *dd,
				     const struct dmvpn_peer_key *key)
{
	struct dmvpn_peer *peer = dmvpn_peer_find(dd, &key->remote, key->port);

	return peer && peer->key.port == key->port ? peer : NULL;
}

static struct dmvpn_peer *peer_of(struct dmvpn_device *dd,
				  struct genl_info *info)
{
	struct dmvpn_peer_key key;
	struct dmvpn_peer *peer;
	int err;

	err = get_key(info, &key);
	if (err)
		return ERR_PTR(err);
	peer = peer_exact(dd, &key);
	if (!peer) {
		NL_SET_ERR_MSG(info->extack, "no such peer");
		return ERR_PTR(-ENOENT);
	}
	return peer;
}

/* ---- writing ---- */

/* As far as packets have found a route; 0 if none did. */
static unsigned int peer_mtu(struct dmvpn_peer *peer)
{
	struct dmvpn_path path = { .dd = peer->dd, .peer = peer };

	local_bh_disable();
	rcu_read_lock();
	path.cfg = rcu_dereference(peer->dd->cfg);
	path.sa = peer->session ? rcu_dereference(peer->session->out) : NULL;
	dmvpn_path_set_ends(&path, &peer->key.remote);
	path.dst = dmvpn_route_cached(peer, path.remote->family);
	if (path.dst) {
		dmvpn_path_measure(&path);
		dst_release(path.dst);
	}
	rcu_read_unlock();
	local_bh_enable();
	return path.mtu;
}

static int put_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, DMVPN_A_PEER_PAD);
}

static int put_stats(struct sk_buff *skb, struct dmvpn_peer *peer)
{
	struct rtnl_link_stats64 sum = {};

	dev_fetch_sw_netstats(&sum, peer->stats);
	if (put_u64(skb, DMVPN_A_PEER_RX_PACKETS, sum.rx_packets) ||
	    put_u64(skb, DMVPN_A_PEER_RX_BYTES, sum.rx_bytes) ||
	    put_u64(skb, DMVPN_A_PEER_TX_PACKETS, sum.tx_packets) ||
	    put_u64(skb, DMVPN_A_PEER_TX_BYTES, sum.tx_bytes) ||
	    put_u64(skb, DMVPN_A_PEER_TX_DROPPED,
		    atomic64_read(&peer->tx_dropped)))
		return -EMSGSIZE;
	return 0;
}

static int put_peer(struct sk_buff *skb, struct dmvpn_peer *peer)
{
	const struct dmvpn_policy *policy = dmvpn_peer_policy(peer);
	const struct dmvpn_session *session = peer->session;
	unsigned long used = READ_ONCE(peer->used);
	unsigned int mtu = peer_mtu(peer);

	if (nla_put_u32(skb, DMVPN_A_PEER_IFINDEX, peer->dd->dev->ifindex) ||
	    dmvpn_put_addr(skb, DMVPN_A_PEER_REMOTE, &peer->key.remote) ||
	    nla_put_be16(skb, DMVPN_A_PEER_REMOTE_PORT, peer->key.port) ||
	    nla_put_u32(skb, DMVPN_A_PEER_FLAGS, peer->flags) ||
	    (session &&
	     nla_put_u32(skb, DMVPN_A_PEER_SESSION, session->handle)) ||
	    nla_put_u32(skb, DMVPN_A_PEER_STATE, session ? session->state :
			DMVPN_SESSION_STATE_UP) ||
	    (mtu && nla_put_u32(skb, DMVPN_A_PEER_MTU, mtu)) ||
	    put_u64(skb, DMVPN_A_PEER_AGE_MS, dmvpn_ms_since(peer->created)) ||
	    (used &&
	     put_u64(skb, DMVPN_A_PEER_IDLE_MS, dmvpn_ms_since(used))) ||
	    nla_put_u32(skb, DMVPN_A_PEER_PENDING,
			skb_queue_len_lockless(&peer->pending)) ||
	    nla_put_u32(skb, DMVPN_A_PEER_NEXTHOPS, peer->n_nexthops) ||
	    (policy &&
	     nla_put_string(skb, DMVPN_A_PEER_POLICY, policy->name)) ||
	    (peer->rate && put_u64(skb, DMVPN_A_PEER_RATE, peer->rate)) ||
	    (peer->identity &&
	     nla_put_string(skb, DMVPN_A_PEER_IDENTITY, peer->identity)))
		return -EMSGSIZE;
	return put_stats(skb, peer);
}

/**
 * dmvpn_fill_peer() - write a peer into a message
 * @skb: message
 * @peer: peer
 * @msg: where it goes
 *
 * Context: dn->lock.
 * Return: 0 or -EMSGSIZE.
 */
int dmvpn_fill_peer(struct sk_buff *skb, struct dmvpn_peer *peer,
		    const struct dmvpn_msg *msg)
{
	void *hdr = genlmsg_put(skb, msg->portid, msg->seq, &dmvpn_family,
				msg->flags, msg->cmd);

	if (!hdr)
		return -EMSGSIZE;
	if (put_peer(skb, peer)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

int dmvpn_nl_peer_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct dmvpn_msg to = dmvpn_reply_msg(info);
	struct dmvpn_device *dd;
	struct dmvpn_peer *peer;
	struct sk_buff *msg;
	int err;

	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	dd = dmvpn_nl_device(info, DMVPN_A_PEER_IFINDEX);
	if (IS_ERR(dd))
		return dmvpn_nl_reply(info, msg, PTR_ERR(dd));
	peer = peer_of(dd, info);
	err = PTR_ERR_OR_ZERO(peer);
	if (!err)
		err = dmvpn_fill_peer(msg, peer, &to);
	dmvpn_nl_device_put(dd);
	return dmvpn_nl_reply(info, msg, err);
}

/* The peers of a device that were not written yet. */
static int dump_device(struct sk_buff *skb, struct dmvpn_device *dd,
		       struct dmvpn_dump *at, const struct dmvpn_msg *to)
{
	struct dmvpn_peer *peer;

	list_for_each_entry(peer, &dd->peer_list, list) {
		if (peer->id <= at->id)
			continue;
		if (dmvpn_fill_peer(skb, peer, to))
			return -EMSGSIZE;
		at->id = peer->id;
	}
	return 0;
}

int dmvpn_nl_peer_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct dmvpn_msg to = dmvpn_dump_msg(cb, DMVPN_CMD_PEER_GET);

	return dmvpn_nl_dump_devices(skb, cb, &to, dump_device);
}

/* ---- changing ---- */

/* The policy that a peer is to have, held. @peer is NULL for a new one. */
static struct dmvpn_policy *get_policy(struct genl_info *info,
				       const struct dmvpn_peer *peer)
{
	const struct nlattr *attr = info->attrs[DMVPN_A_PEER_POLICY];

	if (attr)
		return dmvpn_policy_queue_use(dmvpn_net(genl_info_net(info)),
					      attr, info->extack);
	return peer ? dmvpn_policy_queue_hold(dmvpn_peer_policy(peer)) : NULL;
}

static u64 get_rate(struct genl_info *info, const struct dmvpn_peer *peer)
{
	const struct nlattr *attr = info->attrs[DMVPN_A_PEER_RATE];

	if (attr)
		return nla_get_u64(attr);
	return peer ? peer->rate : 0;
}

static const char *get_identity(struct genl_info *info,
				const struct dmvpn_peer *peer)
{
	const struct nlattr *attr = info->attrs[DMVPN_A_PEER_IDENTITY];

	if (attr)
		return *(char *)nla_data(attr) ? nla_data(attr) : NULL;
	return peer ? peer->identity : NULL;
}

static int peer_set(struct genl_info *info, struct dmvpn_device *dd,
		    const struct dmvpn_peer_key *key, struct dmvpn_peer *peer,
		    const struct dmvpn_peer_conf *conf)
{
	const struct dmvpn_config *cfg =
		rcu_dereference_protected(dd->cfg,
					  lockdep_is_held(&dd->dn->lock));

	if (conf->identity && !dmvpn_config_protected(cfg)) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[DMVPN_A_PEER_IDENTITY],
				    "without protection nobody knows who is there");
		return -EINVAL;
	}
	if (peer)
		return dmvpn_peer_set(peer, conf, info->extack);
	return PTR_ERR_OR_ZERO(dmvpn_peer_add(dd, key, conf, info->extack));
}

/* Under dn->lock. */
static int peer_new(struct genl_info *info, struct dmvpn_device *dd,
		    const struct dmvpn_peer_key *key)
{
	const struct nlattr *attr = info->attrs[DMVPN_A_PEER_FLAGS];
	struct dmvpn_peer *peer = peer_exact(dd, key);
	struct dmvpn_peer_conf conf = {
		.flags = attr ? nla_get_u32(attr) : 0,
		.policy = get_policy(info, peer),
		.rate = get_rate(info, peer),
		.identity = get_identity(info, peer),
	};
	int err;

	if (IS_ERR(conf.policy))
		return PTR_ERR(conf.policy);
	err = peer_set(info, dd, key, peer, &conf);
	dmvpn_policy_queue_unuse(conf.policy);
	return err;
}

int dmvpn_nl_peer_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dmvpn_peer_key key;
	struct dmvpn_device *dd;
	int err;

	err = get_key(info, &key);
	if (err)
		return err;
	dd = dmvpn_nl_device(info, DMVPN_A_PEER_IFINDEX);
	if (IS_ERR(dd))
		return PTR_ERR(dd);
	err = peer_new(info, dd, &key);
	dmvpn_nl_device_put(dd);
	return err;
}

int dmvpn_nl_peer_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dmvpn_device *dd = dmvpn_nl_device(info, DMVPN_A_PEER_IFINDEX);
	struct dmvpn_peer *peer;

	if (IS_ERR(dd))
		return PTR_ERR(dd);
	peer = peer_of(dd, info);
	if (!IS_ERR(peer))
		dmvpn_peer_del(peer);
	dmvpn_nl_device_put(dd);
	return PTR_ERR_OR_ZERO(peer);
}
