// SPDX-License-Identifier: GPL-2.0
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/inetdevice.h>
#include <net/ip_tunnels.h>
#include <net/rtnetlink.h>

#include "device.h"
#include "netlink.h"
#include "nexthop.h"
#include "packet.h"
#include "peer.h"
#include "policy.h"
#include "qdisc.h"
#include "receive.h"
#include "send.h"
#include "service.h"
#include "upcall.h"
#include "wq.h"

static struct rtnl_link_ops dmvpn_link_ops;

bool dmvpn_device_is(const struct net_device *dev)
{
	return dev->rtnl_link_ops == &dmvpn_link_ops;
}

/**
 * dmvpn_device_has_gre() - is a GRE header for a device, by its key?
 * @dd: device
 * @has_key: whether the header has a key
 * @key: the key
 *
 * Context: RCU.
 * Return: true if it is, and the device is up.
 */
bool dmvpn_device_has_gre(const struct dmvpn_device *dd, bool has_key,
			  __be32 key)
{
	const struct dmvpn_config *cfg = rcu_dereference(dd->cfg);

	return cfg->has_key == has_key && (!has_key || cfg->key == key) &&
	       (dd->dev->flags & IFF_UP);
}

/**
 * dmvpn_device_by_gre() - the device that a GRE header is for
 * @dn: namespace it came in
 * @local: address it was sent to
 * @has_key: whether it has a key
 * @key: the key
 *
 * Context: RCU.
 * Return: device that is up, or NULL.
 */
struct dmvpn_device *dmvpn_device_by_gre(struct dmvpn_net *dn,
					 const struct dmvpn_addr *local,
					 bool has_key, __be32 key)
{
	const struct dmvpn_config *cfg;
	struct dmvpn_device *dd;

	list_for_each_entry_rcu(dd, &dn->devices, net_node) {
		cfg = rcu_dereference(dd->cfg);
		if (dmvpn_device_has_gre(dd, has_key, key) &&
		    dmvpn_addr_equal(dmvpn_config_local(cfg, local->family),
				     local))
			return dd;
	}
	return NULL;
}

/**
 * dmvpn_device_drops() - one drop counter of a device
 * @dd: device
 * @reason: DMVPN_A_DROPS_*
 */
u64 dmvpn_device_drops(const struct dmvpn_device *dd, int reason)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(dd->drops, cpu)->count[reason]);
	return sum;
}

/**
 * dmvpn_device_claim_port() - make a netlink port the receiver of NHRP frames
 * @dd: device
 * @portid: port in the namespace where the device is now
 *
 * Context: dn->lock.
 * Return: 0, or -EBUSY if another port has it.
 */
int dmvpn_device_claim_port(struct dmvpn_device *dd, u32 portid)
{
	u32 owner = dmvpn_device_port(dd);

	if (owner && owner != portid)
		return -EBUSY;
	WRITE_ONCE(dd->port_net, dev_net(dd->dev));
	WRITE_ONCE(dd->portid, portid);
	return 0;
}

/**
 * dmvpn_device_port() - the netlink port that gets NHRP frames
 * @dd: device
 *
 * Context: RCU or dn->lock.
 * Return: port in the device's namespace, 0 for none.
 */
u32 dmvpn_device_port(const struct dmvpn_device *dd)
{
	if (READ_ONCE(dd->port_net) != dev_net(dd->dev))
		return 0;
	return READ_ONCE(dd->portid);
}

/**
 * dmvpn_device_release_port() - a netlink socket was closed
 * @net: its namespace
 * @portid: its port; it gets no more NHRP frames
 */
void dmvpn_device_release_port(struct net *net, u32 portid)
{
	struct net_device *dev;
	struct dmvpn_device *dd;

	rcu_read_lock();
	for_each_netdev_rcu(net, dev) {
		if (!dmvpn_device_is(dev))
			continue;
		dd = netdev_priv(dev);
		cmpxchg(&dd->portid, portid, 0);
	}
	rcu_read_unlock();
}

static bool has_local(const struct dmvpn_config *cfg)
{
	return dmvpn_addr_is_set(&cfg->local) ||
	       dmvpn_addr_is_set(&cfg->local6);
}

static int dmvpn_open(struct net_device *dev)
{
	struct dmvpn_device *dd = netdev_priv(dev);
	struct in_device *in_dev = __in_dev_get_rtnl(dev);
	const struct dmvpn_config *cfg = rtnl_dereference(dd->cfg);
	int err;

	if (!has_local(cfg)) {
		netdev_err(dev, "no local NBMA address: ip link change dev %s type dmvpn local ADDRESS\n",
			   dev->name);
		return -EADDRNOTAVAIL;
	}
	err = dmvpn_clear_hook(dd->dn);
	if (err)
		return err;
	/* A spoke learns a shorter way from NHRP, not from ICMP redirects. */
	if (in_dev)
		IN_DEV_CONF_SET(in_dev, SEND_REDIRECTS, false);
	/* Nobody says here when a socket of the former namespace is closed. */
	if (!dmvpn_device_port(dd))
		WRITE_ONCE(dd->portid, 0);
	return 0;
}

static int dmvpn_stop(struct net_device *dev)
{
	struct dmvpn_device *dd = netdev_priv(dev);

	dmvpn_clear_unhook(dd->dn);
	return 0;
}

/* Told by who knows that nothing can be reached through the device. */
static int dmvpn_change_carrier(struct net_device *dev, bool carrier)
{
	if (carrier)
		netif_carrier_on(dev);
	else
		netif_carrier_off(dev);
	return 0;
}

static int dmvpn_dev_init(struct net_device *dev)
{
	struct dmvpn_device *dd = netdev_priv(dev);
	int err;

	/* The underlay may be a device of ours, with a qdisc of its own. */
	netdev_lockdep_set_classes(dev);
	dd->drops = alloc_percpu(struct dmvpn_drops);
	if (!dd->drops)
		return -ENOMEM;
	err = gro_cells_init(&dd->gro_cells, dev);
	if (err)
		goto err_drops;
	err = rhashtable_init(&dd->peers, &dmvpn_peer_params);
	if (err)
		goto err_cells;
	err = rhashtable_init(&dd->nexthops, &dmvpn_nexthop_params);
	if (err)
		goto err_peers;
	mutex_lock(&dd->dn->lock);
	list_add_tail_rcu(&dd->net_node, &dd->dn->devices);
	mutex_unlock(&dd->dn->lock);
	return 0;

err_peers:
	rhashtable_destroy(&dd->peers);
err_cells:
	gro_cells_destroy(&dd->gro_cells);
err_drops:
	free_percpu(dd->drops);
	dd->drops = NULL;
	return err;
}

static void dmvpn_dev_uninit(struct net_device *dev)
{
	struct dmvpn_device *dd = netdev_priv(dev);

	mutex_lock(&dd->dn->lock);
	list_del_rcu(&dd->net_node);
	dd->gone = true;
	dmvpn_peer_flush(dd);
	dmvpn_nexthop_flush(dd);
	mutex_unlock(&dd->dn->lock);
	cancel_delayed_work_sync(&dd->incomplete_work);
	/* A packet on its way in may have found the device just before. */
	synchronize_net();
	gro_cells_destroy(&dd->gro_cells);
	rhashtable_destroy(&dd->nexthops);
	rhashtable_destroy(&dd->peers);
}

/* Packets may still read it, and the policies that it refers to. */
static void config_retire(struct dmvpn_config *cfg)
{
	dmvpn_service_put(cfg->output_policy);
	dmvpn_service_put(cfg->underlay_policy);
	kfree_rcu(cfg, rcu);
}

static void dmvpn_dev_free(struct net_device *dev)
{
	struct dmvpn_device *dd = netdev_priv(dev);

	config_retire(rcu_dereference_protected(dd->cfg, true));
	free_percpu(dd->drops);
}

static const struct net_device_ops dmvpn_netdev_ops = {
	.ndo_init = dmvpn_dev_init,
	.ndo_uninit = dmvpn_dev_uninit,
	.ndo_open = dmvpn_open,
	.ndo_stop = dmvpn_stop,
	.ndo_start_xmit = dmvpn_xmit,
	.ndo_select_queue = dmvpn_select_queue,
	.ndo_change_carrier = dmvpn_change_carrier,
	.ndo_get_stats64 = dev_get_tstats64,
};

static const struct device_type dmvpn_type = { .name = "dmvpn" };

static void dmvpn_setup(struct net_device *dev)
{
	const netdev_features_t features =
		NETIF_F_SG | NETIF_F_HW_CSUM | NETIF_F_RXCSUM |
		NETIF_F_FRAGLIST | NETIF_F_HIGHDMA | NETIF_F_GSO |
		NETIF_F_GSO_SOFTWARE;

	dev->netdev_ops = &dmvpn_netdev_ops;
	dev->header_ops = &ip_tunnel_header_ops;
	SET_NETDEV_DEVTYPE(dev, &dmvpn_type);
	dev->type = ARPHRD_NONE;
	/*
	 * POINTOPOINT lets IPv4 use one neighbour for the whole device: next
	 * hops are ours to resolve, and a hub must not fill the neighbour
	 * table with its spokes.
	 */
	dev->flags = IFF_NOARP | IFF_POINTOPOINT | IFF_MULTICAST;
	dev->priv_flags |= IFF_NO_QUEUE;
	dmvpn_set_lltx(dev);
	dev->features |= features;
	dev->hw_features |= features;
	dev->hw_enc_features |= features;
	dev->needed_tailroom = DMVPN_ESP_TAIL_MAX;
	dev->mtu = 1400;
	dev->min_mtu = ETH_MIN_MTU;
	dev->max_mtu = IP_MAX_MTU - DMVPN_HEADROOM - DMVPN_ESP_TAIL_MAX;
	dev->pcpu_stat_type = NETDEV_PCPU_STAT_TSTATS;
	dev->needs_free_netdev = true;
	netif_keep_dst(dev);
	netif_set_tso_max_size(dev, GSO_MAX_SIZE);
}

static const struct nla_policy dmvpn_link_policy[IFLA_DMVPN_MAX + 1] = {
	[IFLA_DMVPN_LOCAL] = NLA_POLICY_EXACT_LEN(4),
	[IFLA_DMVPN_LINK] = { .type = NLA_U32 },
	[IFLA_DMVPN_KEY] = { .type = NLA_U32 },
	[IFLA_DMVPN_TTL] = { .type = NLA_U8 },
	[IFLA_DMVPN_TOS] = { .type = NLA_U8 },
	[IFLA_DMVPN_PROFILE] = { .type = NLA_NUL_STRING,
				 .len = DMVPN_PROFILE_LEN - 1 },
	[IFLA_DMVPN_PENDING] = NLA_POLICY_RANGE(NLA_U32, 0, 4096),
	[IFLA_DMVPN_MAX_PEERS] = NLA_POLICY_MIN(NLA_U32, 1),
	[IFLA_DMVPN_MAX_NEXTHOPS] = NLA_POLICY_MIN(NLA_U32, 1),
	[IFLA_DMVPN_UPCALLS] = { .type = NLA_U32 },
	[IFLA_DMVPN_NO_KEY] = { .type = NLA_FLAG },
	[IFLA_DMVPN_MAX_INCOMPLETE] = { .type = NLA_U32 },
	[IFLA_DMVPN_LOCAL6] = NLA_POLICY_EXACT_LEN(16),
	[IFLA_DMVPN_DF] = NLA_POLICY_MAX(NLA_U8, DMVPN_DF_CLEAR),
	[IFLA_DMVPN_CSUM] = NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_DMVPN_FWMARK] = { .type = NLA_U32 },
	[IFLA_DMVPN_SOURCE_CHECK] = NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_DMVPN_MCAST_RATE] = { .type = NLA_U32 },
	[IFLA_DMVPN_NHRP_RATE] = { .type = NLA_U32 },
	[IFLA_DMVPN_PRE_CLASSIFY] = NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_DMVPN_OUTPUT_POLICY] = { .type = NLA_NUL_STRING,
				       .len = DMVPN_POLICY_NAME_LEN - 1 },
	[IFLA_DMVPN_UNDERLAY_POLICY] = { .type = NLA_NUL_STRING,
					 .len = DMVPN_POLICY_NAME_LEN - 1 },
};

/* All zeros take the address of that family away. */
static int config_local(struct dmvpn_addr *local, const struct nlattr *attr,
			struct netlink_ext_ack *extack)
{
	struct dmvpn_addr addr;
	int err;

	err = dmvpn_get_addr(attr, &addr, extack);
	if (err)
		return err;
	if (!memchr_inv(&addr.ip6, 0, sizeof(addr.ip6))) {
		memset(local, 0, sizeof(*local));
		return 0;
	}
	err = dmvpn_check_unicast(attr, &addr, extack);
	if (err)
		return err;
	if (addr.family == AF_INET6 && !ipv6_mod_enabled()) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "this kernel runs without IPv6 (ipv6.disable=1)");
		return -EAFNOSUPPORT;
	}
	*local = addr;
	return 0;
}

static int config_link(struct dmvpn_config *cfg, struct dmvpn_device *dd,
		       const struct nlattr *attr,
		       struct netlink_ext_ack *extack)
{
	u32 ifindex = nla_get_u32(attr);
	struct net_device *link;

	if (ifindex) {
		link = __dev_get_by_index(dd->dn->net, ifindex);
		if (!link) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "no such underlay device");
			return -ENODEV;
		}
		if (link == dd->dev) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "a device cannot be its own underlay");
			return -ELOOP;
		}
	}
	cfg->link = ifindex;
	return 0;
}

static int config_tos(struct dmvpn_config *cfg, const struct nlattr *attr,
		      struct netlink_ext_ack *extack)
{
	u8 tos = nla_get_u8(attr);

	if (tos != DMVPN_TOS_INHERIT && tos & INET_ECN_MASK) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "tos must be 1 (inherit) or leave the two ECN bits 0");
		return -EINVAL;
	}
	cfg->tos = tos;
	return 0;
}

/*
 * A policy of the namespace that the device is in now. Empty: none. The one
 * that it has goes on with its counters.
 */
static int config_policy(struct dmvpn_service **service,
			 const struct dmvpn_device *dd,
			 const struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	struct dmvpn_service *new;

	new = dmvpn_service_new(dmvpn_net(dev_net(dd->dev)), attr, extack);
	if (IS_ERR(new))
		return PTR_ERR(new);
	if (new && *service && new->policy == (*service)->policy)
		swap(new, *service);
	dmvpn_service_put(*service);
	*service = new;
	return 0;
}

static void config_number(u32 *to, const struct nlattr *attr)
{
	if (attr)
		*to = nla_get_u32(attr);
}

static void config_default(struct dmvpn_config *cfg)
{
	cfg->ttl = DMVPN_TTL_DEFAULT;
	cfg->tos = DMVPN_TOS_INHERIT;
	cfg->pending = DMVPN_PENDING_DEFAULT;
	cfg->max_peers = DMVPN_MAX_PEERS_DEFAULT;
	cfg->max_nexthops = DMVPN_MAX_NEXTHOPS_DEFAULT;
	cfg->max_incomplete = DMVPN_MAX_INCOMPLETE_DEFAULT;
	cfg->upcalls = DMVPN_UPCALLS_DEFAULT;
	cfg->df = DMVPN_DF_COPY;
	cfg->mcast_rate = DMVPN_MCAST_RATE_DEFAULT;
	cfg->nhrp_rate = DMVPN_NHRP_RATE_DEFAULT;
}

/* What cannot be wrong. */
static void config_simple(struct dmvpn_config *cfg, struct nlattr *data[])
{
	if (data[IFLA_DMVPN_NO_KEY]) {
		cfg->key = 0;
		cfg->has_key = false;
	}
	if (data[IFLA_DMVPN_KEY]) {
		cfg->key = cpu_to_be32(nla_get_u32(data[IFLA_DMVPN_KEY]));
		cfg->has_key = true;
	}
	if (data[IFLA_DMVPN_TTL])
		cfg->ttl = nla_get_u8(data[IFLA_DMVPN_TTL]);
	if (data[IFLA_DMVPN_DF])
		cfg->df = nla_get_u8(data[IFLA_DMVPN_DF]);
	if (data[IFLA_DMVPN_CSUM])
		cfg->csum = nla_get_u8(data[IFLA_DMVPN_CSUM]);
	if (data[IFLA_DMVPN_SOURCE_CHECK])
		cfg->source_check = nla_get_u8(data[IFLA_DMVPN_SOURCE_CHECK]);
	if (data[IFLA_DMVPN_PRE_CLASSIFY])
		cfg->pre_classify = nla_get_u8(data[IFLA_DMVPN_PRE_CLASSIFY]);
	if (data[IFLA_DMVPN_PROFILE])
		nla_strscpy(cfg->profile, data[IFLA_DMVPN_PROFILE],
			    sizeof(cfg->profile));
	config_number(&cfg->pending, data[IFLA_DMVPN_PENDING]);
	config_number(&cfg->max_peers, data[IFLA_DMVPN_MAX_PEERS]);
	config_number(&cfg->max_nexthops, data[IFLA_DMVPN_MAX_NEXTHOPS]);
	config_number(&cfg->max_incomplete, data[IFLA_DMVPN_MAX_INCOMPLETE]);
	config_number(&cfg->upcalls, data[IFLA_DMVPN_UPCALLS]);
	config_number(&cfg->fwmark, data[IFLA_DMVPN_FWMARK]);
	config_number(&cfg->mcast_rate, data[IFLA_DMVPN_MCAST_RATE]);
	config_number(&cfg->nhrp_rate, data[IFLA_DMVPN_NHRP_RATE]);
}

static int config_parse(struct dmvpn_config *cfg, struct dmvpn_device *dd,
			struct nlattr *data[], struct netlink_ext_ack *extack)
{
	int err = 0;

	if (!data)
		return 0;
	if (data[IFLA_DMVPN_LOCAL])
		err = config_local(&cfg->local, data[IFLA_DMVPN_LOCAL], extack);
	if (!err && data[IFLA_DMVPN_LOCAL6])
		err = config_local(&cfg->local6, data[IFLA_DMVPN_LOCAL6],
				   extack);
	if (!err && data[IFLA_DMVPN_LINK])
		err = config_link(cfg, dd, data[IFLA_DMVPN_LINK], extack);
	if (!err && data[IFLA_DMVPN_TOS])
		err = config_tos(cfg, data[IFLA_DMVPN_TOS], extack);
	if (!err && data[IFLA_DMVPN_OUTPUT_POLICY])
		err = config_policy(&cfg->output_policy, dd,
				    data[IFLA_DMVPN_OUTPUT_POLICY], extack);
	if (!err && data[IFLA_DMVPN_UNDERLAY_POLICY])
		err = config_policy(&cfg->underlay_policy, dd,
				    data[IFLA_DMVPN_UNDERLAY_POLICY], extack);
	cfg->marks = cfg->output_policy || cfg->underlay_policy;
	if (!err)
		config_simple(cfg, data);
	return err;
}

static bool share_local(const struct dmvpn_addr *a, const struct dmvpn_addr *b)
{
	return dmvpn_addr_is_set(a) && dmvpn_addr_equal(a, b);
}

static bool has_same_key(const struct dmvpn_config *a,
			 const struct dmvpn_config *b)
{
	return a->has_key == b->has_key && a->key == b->key;
}

static bool differ_in_profile(const struct dmvpn_config *a,
			      const struct dmvpn_config *b)
{
	return a->profile[0] && b->profile[0] && strcmp(a->profile, b->profile);
}

/*
 * A GRE header must name one device, and IKE, which does not see that header,
 * one profile: whoever one of them lets in can send to all devices of the
 * address. Under RTNL.
 */
static int config_check_others(const struct dmvpn_config *cfg,
			       const struct dmvpn_device *self,
			       struct netlink_ext_ack *extack)
{
	const struct dmvpn_config *other;
	const struct dmvpn_device *dd;

	if (!has_local(cfg)) {
		NL_SET_ERR_MSG(extack,
			       "no local NBMA address yet: set one with ip link change ... type dmvpn local ADDRESS (needs iproute2's dmvpn plugin)");
		return 0;
	}
	list_for_each_entry(dd, &self->dn->devices, net_node) {
		other = rtnl_dereference(dd->cfg);
		if (dd == self ||
		    (!share_local(&cfg->local, &other->local) &&
		     !share_local(&cfg->local6, &other->local6)))
			continue;
		if (has_same_key(cfg, other)) {
			NL_SET_ERR_MSG(extack,
				       "another dmvpn device has this local address and key");
			return -EEXIST;
		}
		if (differ_in_profile(cfg, other)) {
			NL_SET_ERR_MSG(extack,
				       "another dmvpn device has this local address and another protection: they share their sessions, give both the same");
			return -EINVAL;
		}
	}
	return 0;
}

static int dmvpn_newlink(DMVPN_NEWLINK_ARGS)
{
	struct dmvpn_device *dd = netdev_priv(dev);
	struct dmvpn_config *cfg;
	int err;

	dd->dev = dev;
	dd->dn = dmvpn_net(dmvpn_newlink_net(dev));
	INIT_LIST_HEAD(&dd->peer_list);
	INIT_LIST_HEAD(&dd->nexthop_list);
	INIT_LIST_HEAD(&dd->incomplete);
	INIT_LIST_HEAD(&dd->mcast);
	INIT_LIST_HEAD(&dd->qdiscs);
	dmvpn_nexthop_init(dd);
	dmvpn_upcall_init(dd);
	cfg = kzalloc(sizeof(*cfg), GFP_KERNEL);
	if (!cfg)
		return -ENOMEM;
	config_default(cfg);
	err = config_parse(cfg, dd, dmvpn_newlink_data, extack);
	if (!err)
		err = config_check_others(cfg, dd, extack);
	if (err) {
		config_retire(cfg);
		return err;
	}
	rcu_assign_pointer(dd->cfg, cfg);
	err = register_netdevice(dev);
	if (err) {
		dmvpn_dev_free(dev);
		return err;
	}
	/* Only now, or a failing register_netdevice() would free it too. */
	dev->priv_destructor = dmvpn_dev_free;
	return 0;
}

/*
 * Protection is what a device promises its users; it does not change under
 * their packets.
 */
static int config_check_change(const struct dmvpn_device *dd,
			       const struct dmvpn_config *old,
			       const struct dmvpn_config *new,
			       struct netlink_ext_ack *extack)
{
	if (!(dd->dev->flags & IFF_UP))
		return 0;
	if (strcmp(old->profile, new->profile)) {
		NL_SET_ERR_MSG(extack,
			       "protection can change only while the device is down");
		return -EBUSY;
	}
	if (!has_local(new)) {
		NL_SET_ERR_MSG(extack,
			       "the last local address can go only while the device is down");
		return -EBUSY;
	}
	return 0;
}

/* Does a route to a peer, or the session with it, depend on what changed? */
static bool config_moves_peers(const struct dmvpn_config *old,
			       const struct dmvpn_config *new)
{
	return !dmvpn_addr_equal(&old->local, &new->local) ||
	       !dmvpn_addr_equal(&old->local6, &new->local6) ||
	       old->link != new->link || old->fwmark != new->fwmark ||
	       strcmp(old->profile, new->profile);
}

static struct dmvpn_config *config_copy(const struct dmvpn_config *old)
{
	struct dmvpn_config *cfg = kmemdup(old, sizeof(*old), GFP_KERNEL);

	if (cfg) {
		dmvpn_service_hold(cfg->output_policy);
		dmvpn_service_hold(cfg->underlay_policy);
	}
	return cfg;
}

static int dmvpn_changelink(struct net_device *dev, struct nlattr *tb[],
			    struct nlattr *data[],
			    struct netlink_ext_ack *extack)
{
	struct dmvpn_device *dd = netdev_priv(dev);
	struct dmvpn_config *old = rtnl_dereference(dd->cfg);
	struct dmvpn_config *cfg;
	int err;

	/* The underlay may belong to somebody else than the device. */
	if (!ns_capable(dd->dn->net->user_ns, CAP_NET_ADMIN)) {
		NL_SET_ERR_MSG(extack,
			       "CAP_NET_ADMIN in the underlay's namespace is needed");
		return -EPERM;
	}
	cfg = config_copy(old);
	if (!cfg)
		return -ENOMEM;
	err = config_parse(cfg, dd, data, extack);
	if (!err)
		err = config_check_others(cfg, dd, extack);
	if (!err)
		err = config_check_change(dd, old, cfg, extack);
	if (err) {
		config_retire(cfg);
		return err;
	}
	mutex_lock(&dd->dn->lock);
	rcu_assign_pointer(dd->cfg, cfg);
	/* Peers hang on sessions of the old address; nhrpd makes new ones. */
	if (config_moves_peers(old, cfg))
		dmvpn_peer_flush(dd);
	mutex_unlock(&dd->dn->lock);
	config_retire(old);
	return 0;
}

static void dmvpn_dellink(struct net_device *dev, struct list_head *head)
{
	unregister_netdevice_queue(dev, head);
}

static size_t dmvpn_link_size(const struct net_device *dev)
{
	return nla_total_size(sizeof(struct in_addr)) +
	       nla_total_size(sizeof(struct in6_addr)) +
	       10 * nla_total_size(sizeof(u32)) +
	       6 * nla_total_size(sizeof(u8)) +
	       nla_total_size(DMVPN_PROFILE_LEN) +
	       2 * nla_total_size(DMVPN_POLICY_NAME_LEN);
}

static int fill_options(struct sk_buff *skb, const struct dmvpn_config *cfg)
{
	if (nla_put_u32(skb, IFLA_DMVPN_LINK, cfg->link) ||
	    nla_put_u8(skb, IFLA_DMVPN_TTL, cfg->ttl) ||
	    nla_put_u8(skb, IFLA_DMVPN_TOS, cfg->tos) ||
	    nla_put_u8(skb, IFLA_DMVPN_DF, cfg->df) ||
	    nla_put_u8(skb, IFLA_DMVPN_CSUM, cfg->csum) ||
	    nla_put_u8(skb, IFLA_DMVPN_SOURCE_CHECK, cfg->source_check) ||
	    nla_put_string(skb, IFLA_DMVPN_PROFILE, cfg->profile) ||
	    nla_put_u32(skb, IFLA_DMVPN_PENDING, cfg->pending) ||
	    nla_put_u32(skb, IFLA_DMVPN_MAX_PEERS, cfg->max_peers) ||
	    nla_put_u32(skb, IFLA_DMVPN_MAX_NEXTHOPS, cfg->max_nexthops) ||
	    nla_put_u32(skb, IFLA_DMVPN_MAX_INCOMPLETE, cfg->max_incomplete) ||
	    nla_put_u32(skb, IFLA_DMVPN_UPCALLS, cfg->upcalls) ||
	    nla_put_u32(skb, IFLA_DMVPN_FWMARK, cfg->fwmark) ||
	    nla_put_u32(skb, IFLA_DMVPN_MCAST_RATE, cfg->mcast_rate) ||
	    nla_put_u32(skb, IFLA_DMVPN_NHRP_RATE, cfg->nhrp_rate))
		return -EMSGSIZE;
	return 0;
}

static int fill_policy(struct sk_buff *skb, int attr,
		       const struct dmvpn_service *service)
{
	if (!service)
		return 0;
	return nla_put_string(skb, attr, service->policy->name);
}

static int fill_qos(struct sk_buff *skb, const struct dmvpn_config *cfg)
{
	return nla_put_u8(skb, IFLA_DMVPN_PRE_CLASSIFY, cfg->pre_classify) ?:
	       fill_policy(skb, IFLA_DMVPN_OUTPUT_POLICY,
			   cfg->output_policy) ?:
	       fill_policy(skb, IFLA_DMVPN_UNDERLAY_POLICY,
			   cfg->underlay_policy);
}

static int dmvpn_link_fill(struct sk_buff *skb, const struct net_device *dev)
{
	const struct dmvpn_device *dd = netdev_priv(dev);
	const struct dmvpn_config *cfg;
	int err;

	rcu_read_lock();
	cfg = rcu_dereference(dd->cfg);
	err = dmvpn_put_addr(skb, IFLA_DMVPN_LOCAL, &cfg->local) ?:
	      dmvpn_put_addr(skb, IFLA_DMVPN_LOCAL6, &cfg->local6);
	if (!err && cfg->has_key)
		err = nla_put_u32(skb, IFLA_DMVPN_KEY, be32_to_cpu(cfg->key));
	if (!err)
		err = fill_options(skb, cfg);
	if (!err)
		err = fill_qos(skb, cfg);
	rcu_read_unlock();
	return err;
}

static struct net *dmvpn_link_net(const struct net_device *dev)
{
	const struct dmvpn_device *dd = netdev_priv(dev);

	return dd->dn->net;
}

static struct rtnl_link_ops dmvpn_link_ops __read_mostly = {
	.kind = "dmvpn",
	.maxtype = IFLA_DMVPN_MAX,
	.policy = dmvpn_link_policy,
	.priv_size = sizeof(struct dmvpn_device),
	.setup = dmvpn_setup,
	.newlink = dmvpn_newlink,
	.changelink = dmvpn_changelink,
	.dellink = dmvpn_dellink,
	.get_size = dmvpn_link_size,
	.fill_info = dmvpn_link_fill,
	.get_link_net = dmvpn_link_net,
};

/**
 * dmvpn_device_net_exit() - remove the devices of a dying underlay
 * @dn: underlay
 * @kill: for unregister_netdevice_many()
 *
 * Context: RTNL.
 */
void dmvpn_device_net_exit(struct dmvpn_net *dn, struct list_head *kill)
{
	struct dmvpn_device *dd;

	list_for_each_entry(dd, &dn->devices, net_node)
		unregister_netdevice_queue(dd->dev, kill);
}

int dmvpn_device_init(void)
{
	return rtnl_link_register(&dmvpn_link_ops);
}

void dmvpn_device_exit(void)
{
	rtnl_link_unregister(&dmvpn_link_ops);
}
