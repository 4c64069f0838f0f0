// SPDX-License-Identifier: GPL-2.0
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/ip6_route.h>
#include <net/l3mdev.h>
#include <net/route.h>

#include "device.h"
#include "nexthop.h"
#include "source.h"

static bool way_back_ip4(struct dmvpn_device *dd, int oif, __be32 saddr,
			 struct dmvpn_addr *addr)
{
	struct flowi4 fl4 = {
		.flowi4_oif = oif,
		.daddr = saddr,
	};
	struct rtable *rt = __ip_route_output_key(dev_net(dd->dev), &fl4);
	bool ok;

	if (IS_ERR(rt))
		return false;
	ok = rt->dst.dev == dd->dev;
	if (rt->rt_gw_family == AF_INET6)
		*addr = dmvpn_addr_ip6(&rt->rt_gw6);
	else
		*addr = dmvpn_addr_ip4(rt_nexthop(rt, saddr));
	ip_rt_put(rt);
	return ok;
}

static bool way_back_ip6(struct dmvpn_device *dd, int oif,
			 const struct in6_addr *saddr, struct dmvpn_addr *addr)
{
	struct flowi6 fl6 = {
		.flowi6_oif = oif,
		.daddr = *saddr,
	};
	struct dst_entry *dst;
	bool ok;

	/* With ipv6.disable=1 there are no tables to look into. */
	if (!ipv6_mod_enabled())
		return false;
	dst = ip6_route_output(dev_net(dd->dev), NULL, &fl6);
	ok = !dst->error && dst->dev == dd->dev;
	if (ok)
		*addr = dmvpn_addr_ip6(rt6_nexthop(dst_rt6_info(dst), saddr));
	dst_release(dst);
	return ok;
}

/**
 * dmvpn_came_back() - may a packet have come in through the device?
 * @dd: device that it goes out through
 * @skb: the packet
 *
 * In a VRF nothing tells its devices apart any more.
 *
 * Context: RCU.
 */
bool dmvpn_came_back(const struct dmvpn_device *dd, const struct sk_buff *skb)
{
	return skb->skb_iif == dd->dev->ifindex ||
	       (skb->skb_iif &&
		skb->skb_iif == l3mdev_master_ifindex_rcu(dd->dev));
}

/**
 * dmvpn_way_back() - the next hop to a packet's source
 * @dd: device that the packet came in on
 * @skb: packet at its IP header
 * @oif: the device for any route through it, its VRF for the best route alone
 * @addr: gets the next hop
 *
 * Context: RCU, BH off.
 * Return: false if there is no such route through the device.
 */
bool dmvpn_way_back(struct dmvpn_device *dd, const struct sk_buff *skb, int oif,
		    struct dmvpn_addr *addr)
{
	if (skb->protocol == htons(ETH_P_IP))
		return way_back_ip4(dd, oif, ip_hdr(skb)->saddr, addr);
	if (skb->protocol == htons(ETH_P_IPV6))
		return way_back_ip6(dd, oif, &ipv6_hdr(skb)->saddr, addr);
	return false;
}

/**
 * dmvpn_peer_of_source() - the peer behind which a packet's source lives
 * @dd: device that the packet came in on
 * @skb: packet at its IP header
 * @oif: as for dmvpn_way_back()
 *
 * Nothing that a forwarded packet still carries names the peer it came from, so
 * the way back is looked up. That costs a route look-up: only for few packets,
 * or where the operator asked for it.
 *
 * Context: RCU, BH off.
 * Return: peer of the device, or NULL.
 */
struct dmvpn_peer *dmvpn_peer_of_source(struct dmvpn_device *dd,
					const struct sk_buff *skb, int oif)
{
	struct dmvpn_nexthop *nh;
	struct dmvpn_addr addr;

	if (!dmvpn_way_back(dd, skb, oif, &addr))
		return NULL;
	nh = dmvpn_nexthop_find(dd, &addr);
	return nh ? nh->peer : NULL;
}
