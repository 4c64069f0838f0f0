// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink family: what its parts share, and the requests about
 * devices and NHRP frames. Sessions, SAs, peers and next hops have files of
 * their own; what is sent unasked is in notify.c and upcall.c.
 */
#include <linux/netdevice.h>
#include <linux/notifier.h>
#include <net/ipv6.h>
#include <net/sock.h>

#include "device.h"
#include "netlink.h"
#include "netlink-gen.h"
#include "peer.h"
#include "send.h"

static const struct genl_multicast_group dmvpn_groups[] = {
	[DMVPN_NLGRP_CONTROL] = { .name = DMVPN_MCGRP_CONTROL,
				  .flags = GENL_MCAST_CAP_NET_ADMIN },
	[DMVPN_NLGRP_NHRP] = { .name = DMVPN_MCGRP_NHRP,
			       .flags = GENL_MCAST_CAP_NET_ADMIN },
};

struct genl_family dmvpn_family __ro_after_init = {
	.name = DMVPN_GENL_NAME,
	.version = DMVPN_GENL_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.resv_start_op = DMVPN_CMD_MAX + 1,
	.mcgrps = dmvpn_groups,
	.n_mcgrps = ARRAY_SIZE(dmvpn_groups),
};

/**
 * dmvpn_put_addr() - write an address, 4 or 16 bytes
 * @skb: message
 * @attr: attribute
 * @a: address; AF_UNSPEC writes nothing
 *
 * Return: 0 or -EMSGSIZE.
 */
int dmvpn_put_addr(struct sk_buff *skb, int attr, const struct dmvpn_addr *a)
{
	if (a->family == AF_UNSPEC)
		return 0;
	return nla_put(skb, attr, dmvpn_addr_len(a), &a->ip6);
}

/**
 * dmvpn_get_addr() - read an address
 * @attr: attribute
 * @addr: gets the address
 * @extack: gets the reason of a failure
 *
 * Return: 0, or -EINVAL if the length is that of no address.
 */
int dmvpn_get_addr(const struct nlattr *attr, struct dmvpn_addr *addr,
		   struct netlink_ext_ack *extack)
{
	memset(addr, 0, sizeof(*addr));
	switch (nla_len(attr)) {
	case sizeof(struct in_addr):
		addr->family = AF_INET;
		break;
	case sizeof(struct in6_addr):
		addr->family = AF_INET6;
		break;
	default:
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "an address has 4 bytes (IPv4) or 16 (IPv6)");
		return -EINVAL;
	}
	nla_memcpy(&addr->ip6, attr, nla_len(attr));
	return 0;
}

/**
 * dmvpn_check_unicast() - can this be an NBMA address?
 * @attr: attribute that @addr was read from
 * @addr: address
 * @extack: gets the reason of a failure
 *
 * Return: 0 or -EINVAL.
 */
int dmvpn_check_unicast(const struct nlattr *attr,
			const struct dmvpn_addr *addr,
			struct netlink_ext_ack *extack)
{
	bool ok;

	if (addr->family == AF_INET)
		ok = !ipv4_is_multicast(addr->ip4) &&
		     !ipv4_is_lbcast(addr->ip4) && !ipv4_is_zeronet(addr->ip4);
	else
		ok = !(ipv6_addr_type(&addr->ip6) &
		       (IPV6_ADDR_MULTICAST | IPV6_ADDR_LINKLOCAL |
			IPV6_ADDR_MAPPED)) && !ipv6_addr_any(&addr->ip6);
	if (ok)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "an NBMA address must be unicast, and not link-local");
	return -EINVAL;
}

/**
 * dmvpn_get_nbma() - read an NBMA address that is to be used
 * @info: request
 * @attr: attribute, which must be there
 * @addr: gets the address
 *
 * Return: 0 or a negative error code, with its reason in extack.
 */
int dmvpn_get_nbma(struct genl_info *info, int attr, struct dmvpn_addr *addr)
{
	const struct nlattr *nla = info->attrs[attr];
	int err;

	if (!nla) {
		NL_SET_ERR_MSG(info->extack, "an NBMA address is missing");
		return -EINVAL;
	}
	err = dmvpn_get_addr(nla, addr, info->extack);
	if (err)
		return err;
	return dmvpn_check_unicast(nla, addr, info->extack);
}

/* One of ours by index, with a reference, or NULL. */
static struct net_device *find_device(struct net *net, int ifindex)
{
	struct net_device *dev = dev_get_by_index(net, ifindex);

	if (dev && !dmvpn_device_is(dev)) {
		dev_put(dev);
		return NULL;
	}
	return dev;
}

/* Takes the reference over. NULL if the device is being removed. */
static struct dmvpn_device *lock_device(struct net_device *dev)
{
	struct dmvpn_device *dd = netdev_priv(dev);

	mutex_lock(&dd->dn->lock);
	if (!dd->gone)
		return dd;
	dmvpn_nl_device_put(dd);
	return NULL;
}

/**
 * dmvpn_nl_device() - the device that a request is about
 * @info: request
 * @attr: attribute with the interface index
 *
 * Context: process. Takes dn->lock, which dmvpn_nl_device_put() releases.
 * Return: device or ERR_PTR(), with its reason in extack.
 */
struct dmvpn_device *dmvpn_nl_device(struct genl_info *info, int attr)
{
	const struct nlattr *nla = info->attrs[attr];
	struct dmvpn_device *dd = NULL;
	struct net_device *dev;

	if (!nla) {
		NL_SET_ERR_MSG(info->extack, "ifindex is missing");
		return ERR_PTR(-EINVAL);
	}
	dev = find_device(genl_info_net(info), nla_get_u32(nla));
	if (dev)
		dd = lock_device(dev);
	if (!dd) {
		NL_SET_ERR_MSG_ATTR(info->extack, nla,
				    "not a dmvpn device in this namespace");
		return ERR_PTR(-ENODEV);
	}
	return dd;
}

/* The dmvpn device with the lowest index from @ifindex on, held, or NULL. */
static struct net_device *next_device(struct net *net, int ifindex)
{
	struct net_device *dev, *found = NULL;

	rcu_read_lock();
	for_each_netdev_rcu(net, dev) {
		if (!dmvpn_device_is(dev) || dev->ifindex < ifindex)
			continue;
		if (!found || dev->ifindex < found->ifindex)
			found = dev;
	}
	dev_hold(found);
	rcu_read_unlock();
	return found;
}

static void dump_go_to(struct dmvpn_dump *at, int ifindex)
{
	*at = (struct dmvpn_dump) { .ifindex = ifindex };
}

/**
 * dmvpn_nl_dump_devices() - a dump that goes through a namespace's devices
 * @skb: message
 * @cb: of the dump; its place is kept there
 * @to: where the message goes
 * @dump: writes what was not written yet of a device, under dn->lock. Returns
 *	0, or -EMSGSIZE if there is more.
 *
 * Context: process.
 * Return: what a dumpit returns.
 */
int dmvpn_nl_dump_devices(struct sk_buff *skb, struct netlink_callback *cb,
			  const struct dmvpn_msg *to,
			  int (*dump)(struct sk_buff *skb,
				      struct dmvpn_device *dd,
				      struct dmvpn_dump *at,
				      const struct dmvpn_msg *to))
{
	struct dmvpn_dump *at = dmvpn_dump(cb);
	struct net_device *dev;
	struct dmvpn_device *dd;
	int err = 0;

	while (!err && (dev = next_device(sock_net(skb->sk), at->ifindex))) {
		/* The device that the dump stopped in may be gone. */
		if (dev->ifindex != at->ifindex)
			dump_go_to(at, dev->ifindex);
		dd = lock_device(dev);
		if (dd) {
			err = dump(skb, dd, at, to);
			dmvpn_nl_device_put(dd);
		}
		if (!err)
			dump_go_to(at, at->ifindex + 1);
	}
	return skb->len;
}

/**
 * dmvpn_nl_device_put() - done with a device
 * @dd: device
 */
void dmvpn_nl_device_put(struct dmvpn_device *dd)
{
	mutex_unlock(&dd->dn->lock);
	dev_put(dd->dev);
}

/**
 * dmvpn_nl_reply() - send a reply, or say why there is none
 * @info: request
 * @msg: reply, consumed
 * @err: how writing it went
 *
 * Return: 0 or a negative error code.
 */
int dmvpn_nl_reply(struct genl_info *info, struct sk_buff *msg, int err)
{
	if (!err)
		return genlmsg_reply(msg, info);
	nlmsg_free(msg);
	return err;
}

/* ---- devices ---- */

static int put_drops(struct sk_buff *skb, const struct dmvpn_device *dd)
{
	struct nlattr *nest = nla_nest_start(skb, DMVPN_A_DEVICE_DROPS);
	int reason;

	if (!nest)
		return -EMSGSIZE;
	for (reason = DMVPN_A_DROPS_PAD + 1; reason <= DMVPN_A_DROPS_MAX;
	     reason++) {
		if (nla_put_u64_64bit(skb, reason,
				      dmvpn_device_drops(dd, reason),
				      DMVPN_A_DROPS_PAD))
			return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int put_state(struct sk_buff *skb, struct dmvpn_device *dd)
{
	const struct dmvpn_config *cfg =
		rcu_dereference_protected(dd->cfg,
					  lockdep_is_held(&dd->dn->lock));

	if (nla_put_u32(skb, DMVPN_A_DEVICE_IFINDEX, dd->dev->ifindex) ||
	    nla_put_string(skb, DMVPN_A_DEVICE_NAME, dd->dev->name) ||
	    dmvpn_put_addr(skb, DMVPN_A_DEVICE_LOCAL, &cfg->local) ||
	    dmvpn_put_addr(skb, DMVPN_A_DEVICE_LOCAL6, &cfg->local6) ||
	    (cfg->has_key && nla_put_u32(skb, DMVPN_A_DEVICE_KEY,
					 be32_to_cpu(cfg->key))) ||
	    nla_put_string(skb, DMVPN_A_DEVICE_PROFILE, cfg->profile) ||
	    nla_put_u32(skb, DMVPN_A_DEVICE_MTU, READ_ONCE(dd->dev->mtu)) ||
	    nla_put_u32(skb, DMVPN_A_DEVICE_PEERS, dd->n_peers) ||
	    nla_put_u32(skb, DMVPN_A_DEVICE_NEXTHOPS,
			atomic_read(&dd->n_nexthops)) ||
	    nla_put_u64_64bit(skb, DMVPN_A_DEVICE_MISSES,
			      atomic64_read(&dd->misses),
			      DMVPN_A_DEVICE_PAD) ||
	    nla_put_u64_64bit(skb, DMVPN_A_DEVICE_REDIRECTS,
			      atomic64_read(&dd->redirects),
			      DMVPN_A_DEVICE_PAD) ||
	    nla_put_u64_64bit(skb, DMVPN_A_DEVICE_UPCALLS_SUPPRESSED,
			      atomic64_read(&dd->suppressed),
			      DMVPN_A_DEVICE_PAD))
		return -EMSGSIZE;
	return put_drops(skb, dd);
}

static int fill_device(struct sk_buff *skb, struct dmvpn_device *dd,
		       const struct dmvpn_msg *msg)
{
	void *hdr = genlmsg_put(skb, msg->portid, msg->seq, &dmvpn_family,
				msg->flags, msg->cmd);

	if (!hdr)
		return -EMSGSIZE;
	if (put_state(skb, dd)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

int dmvpn_nl_device_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct dmvpn_msg to = dmvpn_reply_msg(info);
	struct dmvpn_device *dd;
	struct sk_buff *msg;
	int err;

	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	dd = dmvpn_nl_device(info, DMVPN_A_DEVICE_IFINDEX);
	if (IS_ERR(dd)) {
		nlmsg_free(msg);
		return PTR_ERR(dd);
	}
	err = fill_device(msg, dd, &to);
	dmvpn_nl_device_put(dd);
	return dmvpn_nl_reply(info, msg, err);
}

static int dump_device(struct sk_buff *skb, struct dmvpn_device *dd,
		       struct dmvpn_dump *at, const struct dmvpn_msg *to)
{
	return fill_device(skb, dd, to);
}

int dmvpn_nl_device_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct dmvpn_msg to = dmvpn_dump_msg(cb, DMVPN_CMD_DEVICE_GET);

	return dmvpn_nl_dump_devices(skb, cb, &to, dump_device);
}

/* ---- frames ---- */

int dmvpn_nl_frame_register_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dmvpn_device *dd = dmvpn_nl_device(info, DMVPN_A_FRAME_IFINDEX);
	int err;

	if (IS_ERR(dd))
		return PTR_ERR(dd);
	err = dmvpn_device_claim_port(dd, info->snd_portid);
	if (err)
		NL_SET_ERR_MSG(info->extack,
			       "another program receives the NHRP frames of this device");
	dmvpn_nl_device_put(dd);
	return err;
}

int dmvpn_nl_frame_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *data = info->attrs[DMVPN_A_FRAME_DATA];
	const struct nlattr *port = info->attrs[DMVPN_A_FRAME_REMOTE_PORT];
	struct dmvpn_peer_key to = {};
	struct dmvpn_device *dd;
	int err;

	err = dmvpn_get_nbma(info, DMVPN_A_FRAME_REMOTE, &to.remote);
	if (err)
		return err;
	if (!data || !nla_len(data)) {
		NL_SET_ERR_MSG(info->extack, "data is missing");
		return -EINVAL;
	}
	if (port)
		to.port = nla_get_be16(port);
	dd = dmvpn_nl_device(info, DMVPN_A_FRAME_IFINDEX);
	if (IS_ERR(dd))
		return PTR_ERR(dd);
	err = dmvpn_send_frame(dd, &to, nla_data(data), nla_len(data));
	if (err == -ENOENT)
		NL_SET_ERR_MSG(info->extack,
			       "no peer and no session with this address");
	if (err == -EAFNOSUPPORT)
		NL_SET_ERR_MSG(info->extack,
			       "the device has no local NBMA address of this family");
	dmvpn_nl_device_put(dd);
	return err;
}

static int release_socket(struct notifier_block *nb, unsigned long state,
			  void *data)
{
	const struct netlink_notify *n = data;

	if (state == NETLINK_URELEASE && n->protocol == NETLINK_GENERIC)
		dmvpn_device_release_port(n->net, n->portid);
	return NOTIFY_DONE;
}

static struct notifier_block dmvpn_socket_notifier = {
	.notifier_call = release_socket,
};

int dmvpn_netlink_init(void)
{
	int err;

	err = dmvpn_genl_set_ops(&dmvpn_family, dmvpn_nl_ops,
				 ARRAY_SIZE(dmvpn_nl_ops));
	if (err)
		return err;
	err = netlink_register_notifier(&dmvpn_socket_notifier);
	if (err)
		return err;
	err = genl_register_family(&dmvpn_family);
	if (err)
		netlink_unregister_notifier(&dmvpn_socket_notifier);
	return err;
}

void dmvpn_netlink_exit(void)
{
	genl_unregister_family(&dmvpn_family);
	netlink_unregister_notifier(&dmvpn_socket_notifier);
}
