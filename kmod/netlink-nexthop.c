// SPDX-License-Identifier: GPL-2.0
/* Requests about next hops. */
#include <net/sock.h>

#include "device.h"
#include "netlink.h"
#include "netlink-gen.h"
#include "nexthop.h"
#include "peer.h"
#include "session.h"

static int get_address(struct genl_info *info, struct dmvpn_addr *addr)
{
	const struct nlattr *attr = info->attrs[DMVPN_A_NEXTHOP_ADDRESS];

	if (!attr) {
		NL_SET_ERR_MSG(info->extack, "the overlay address is missing");
		return -EINVAL;
	}
	return dmvpn_get_addr(attr, addr, info->extack);
}

static struct dmvpn_nexthop *nexthop_of(struct dmvpn_device *dd,
					struct genl_info *info)
{
	struct dmvpn_nexthop *nh;
	struct dmvpn_addr addr;
	int err;

	err = get_address(info, &addr);
	if (err)
		return ERR_PTR(err);
	nh = dmvpn_nexthop_find(dd, &addr);
	if (!nh) {
		NL_SET_ERR_MSG(info->extack, "no such next hop");
		return ERR_PTR(-ENOENT);
	}
	return nh;
}

/* ---- writing ---- */

static int put_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, DMVPN_A_NEXTHOP_PAD);
}

/* Whole seconds left, at least one: 0 stands for no end. */
static u32 seconds_left(const struct dmvpn_nexthop *nh)
{
	const unsigned long now = jiffies;

	if (!nh->expires)
		return 0;
	if (time_before_eq(nh->expires, now + HZ))
		return 1;
	return (nh->expires - now) / HZ;
}

static int put_peer(struct sk_buff *skb, const struct dmvpn_peer *peer)
{
	if (dmvpn_put_addr(skb, DMVPN_A_NEXTHOP_REMOTE, &peer->key.remote) ||
	    nla_put_be16(skb, DMVPN_A_NEXTHOP_REMOTE_PORT, peer->key.port))
		return -EMSGSIZE;
	return 0;
}

static int put_nexthop(struct sk_buff *skb, const struct dmvpn_nexthop *nh)
{
	unsigned long used = READ_ONCE(nh->used);

	if (nla_put_u32(skb, DMVPN_A_NEXTHOP_IFINDEX, nh->dd->dev->ifindex) ||
	    dmvpn_put_addr(skb, DMVPN_A_NEXTHOP_ADDRESS, &nh->addr) ||
	    (nh->peer && put_peer(skb, nh->peer)) ||
	    nla_put_u32(skb, DMVPN_A_NEXTHOP_STATE, nh->state) ||
	    nla_put_u32(skb, DMVPN_A_NEXTHOP_KIND, nh->kind) ||
	    nla_put_u32(skb, DMVPN_A_NEXTHOP_FLAGS, nh->flags) ||
	    nla_put_u32(skb, DMVPN_A_NEXTHOP_LIFETIME, seconds_left(nh)) ||
	    dmvpn_put_addr(skb, DMVPN_A_NEXTHOP_CLAIMED, &nh->claimed) ||
	    put_u64(skb, DMVPN_A_NEXTHOP_AGE_MS, dmvpn_ms_since(nh->created)) ||
	    (used &&
	     put_u64(skb, DMVPN_A_NEXTHOP_IDLE_MS, dmvpn_ms_since(used))) ||
	    put_u64(skb, DMVPN_A_NEXTHOP_PACKETS, READ_ONCE(nh->packets)))
		return -EMSGSIZE;
	return 0;
}

/**
 * dmvpn_fill_nexthop() - write a next hop into a message
 * @skb: message
 * @nh: next hop of any state
 * @msg: where it goes
 *
 * Context: dn->lock.
 * Return: 0 or -EMSGSIZE.
 */
int dmvpn_fill_nexthop(struct sk_buff *skb, struct dmvpn_nexthop *nh,
		       const struct dmvpn_msg *msg)
{
	void *hdr = genlmsg_put(skb, msg->portid, msg->seq, &dmvpn_family,
				msg->flags, msg->cmd);

	if (!hdr)
		return -EMSGSIZE;
	if (put_nexthop(skb, nh)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

int dmvpn_nl_nexthop_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct dmvpn_msg to = dmvpn_reply_msg(info);
	struct dmvpn_nexthop *nh;
	struct dmvpn_device *dd;
	struct sk_buff *msg;
	int err;

	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	dd = dmvpn_nl_device(info, DMVPN_A_NEXTHOP_IFINDEX);
	if (IS_ERR(dd))
		return dmvpn_nl_reply(info, msg, PTR_ERR(dd));
	rcu_read_lock();
	nh = nexthop_of(dd, info);
	err = PTR_ERR_OR_ZERO(nh);
	if (!err)
		err = dmvpn_fill_nexthop(msg, nh, &to);
	rcu_read_unlock();
	dmvpn_nl_device_put(dd);
	return dmvpn_nl_reply(info, msg, err);
}

static int dump_list(struct sk_buff *skb, struct list_head *list,
		     struct dmvpn_dump *at, const struct dmvpn_msg *to)
{
	struct dmvpn_nexthop *nh;

	list_for_each_entry(nh, list, list) {
		if (nh->id <= at->id)
			continue;
		if (dmvpn_fill_nexthop(skb, nh, to))
			return -EMSGSIZE;
		at->id = nh->id;
	}
	return 0;
}

/* The next hops of a device that were not written yet: incomplete ones last. */
static int dump_device(struct sk_buff *skb, struct dmvpn_device *dd,
		       struct dmvpn_dump *at, const struct dmvpn_msg *to)
{
	int err;

	if (!at->phase) {
		err = dump_list(skb, &dd->nexthop_list, at, to);
		if (err)
			return err;
		at->phase = 1;
		at->id = 0;
	}
	spin_lock_bh(&dd->incomplete_lock);
	err = dump_list(skb, &dd->incomplete, at, to);
	spin_unlock_bh(&dd->incomplete_lock);
	return err;
}

int dmvpn_nl_nexthop_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb)
{
	const struct dmvpn_msg to = dmvpn_dump_msg(cb, DMVPN_CMD_NEXTHOP_GET);

	return dmvpn_nl_dump_devices(skb, cb, &to, dump_device);
}

/* ---- changing ---- */

/* Through which peer, for a valid one. Under dn->lock. */
static int get_peer(struct genl_info *info, struct dmvpn_device *dd,
		    struct dmvpn_nexthop_conf *conf)
{
	const struct nlattr *port = info->attrs[DMVPN_A_NEXTHOP_REMOTE_PORT];
	struct dmvpn_addr remote;
	int err;

	err = dmvpn_get_nbma(info, DMVPN_A_NEXTHOP_REMOTE, &remote);
	if (err)
		return err;
	conf->peer = dmvpn_peer_find(dd, &remote,
				     port ? nla_get_be16(port) : 0);
	if (!conf->peer) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[DMVPN_A_NEXTHOP_REMOTE],
				    "no such peer: add it first");
		return -ENOENT;
	}
	return 0;
}

static int get_rest(struct genl_info *info, struct dmvpn_nexthop_conf *conf)
{
	const struct nlattr *kind = info->attrs[DMVPN_A_NEXTHOP_KIND];
	const struct nlattr *flags = info->attrs[DMVPN_A_NEXTHOP_FLAGS];
	const struct nlattr *lifetime = info->attrs[DMVPN_A_NEXTHOP_LIFETIME];

	if (kind)
		conf->kind = nla_get_u32(kind);
	if (flags)
		conf->flags = nla_get_u32(flags);
	if (lifetime)
		conf->lifetime = min_t(u32, DMVPN_SECONDS_MAX,
				       nla_get_u32(lifetime));
	if (!info->attrs[DMVPN_A_NEXTHOP_CLAIMED])
		return 0;
	return dmvpn_get_nbma(info, DMVPN_A_NEXTHOP_CLAIMED, &conf->claimed);
}

static int get_state(struct genl_info *info, u32 *state)
{
	const struct nlattr *attr = info->attrs[DMVPN_A_NEXTHOP_STATE];

	*state = attr ? nla_get_u32(attr) : DMVPN_NEXTHOP_STATE_VALID;
	if (*state == DMVPN_NEXTHOP_STATE_INCOMPLETE) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "only a packet makes a next hop incomplete");
		return -EINVAL;
	}
	return 0;
}

int dmvpn_nl_nexthop_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dmvpn_nexthop_conf conf = {};
	struct dmvpn_device *dd;
	u32 state;
	int err;

	err = get_address(info, &conf.addr);
	if (!err)
		err = get_state(info, &state);
	if (!err)
		err = get_rest(info, &conf);
	if (err)
		return err;
	dd = dmvpn_nl_device(info, DMVPN_A_NEXTHOP_IFINDEX);
	if (IS_ERR(dd))
		return PTR_ERR(dd);
	if (state == DMVPN_NEXTHOP_STATE_VALID)
		err = get_peer(info, dd, &conf);
	if (!err)
		err = dmvpn_nexthop_set(dd, &conf, info->extack);
	dmvpn_nl_device_put(dd);
	return err;
}

int dmvpn_nl_nexthop_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dmvpn_device *dd = dmvpn_nl_device(info,
						  DMVPN_A_NEXTHOP_IFINDEX);
	struct dmvpn_nexthop *nh;

	if (IS_ERR(dd))
		return PTR_ERR(dd);
	nh = nexthop_of(dd, info);
	if (!IS_ERR(nh))
		dmvpn_nexthop_del(nh);
	dmvpn_nl_device_put(dd);
	return PTR_ERR_OR_ZERO(nh);
}
