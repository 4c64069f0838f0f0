// SPDX-License-Identifier: GPL-2.0
/* From the stack into the device: which peer a packet is for. */
#include <linux/mpls.h>
#include <net/dst_metadata.h>
#include <net/ip6_route.h>
#include <net/ip_tunnels.h>
#include <net/ipv6.h>
#include <net/route.h>

#include "device.h"
#include "nexthop.h"
#include "packet.h"
#include "peer.h"
#include "send.h"
#include "source.h"
#include "upcall.h"

/* Devices of ours that a packet may go through one inside the other. */
#define DMVPN_DEPTH_MAX	3

static DEFINE_PER_CPU(unsigned int, dmvpn_depth);

static struct dmvpn_addr gateway_ip4(const struct rtable *rt, __be32 daddr)
{
	/* An IPv4 route may have an IPv6 gateway (RFC 5549). */
	if (rt->rt_gw_family == AF_INET6)
		return dmvpn_addr_ip6(&rt->rt_gw6);
	return dmvpn_addr_ip4(rt_nexthop(rt, daddr));
}

/*
 * Where routing sends a packet: to the gateway, or to the destination itself.
 * A packet that did not come by a route, as of a packet socket, is taken as if
 * its destination were on the link. MPLS has no destination.
 */
static bool next_hop(const struct sk_buff *skb, struct dmvpn_addr *addr)
{
	const struct dst_entry *dst = skb_valid_dst(skb) ? skb_dst(skb) : NULL;
	const struct in6_addr any6 = IN6ADDR_ANY_INIT;
	const struct in6_addr *daddr6 = &any6;
	__be32 daddr = 0;

	if (skb->protocol == htons(ETH_P_IP))
		daddr = ip_hdr(skb)->daddr;
	else if (skb->protocol == htons(ETH_P_IPV6))
		daddr6 = &ipv6_hdr(skb)->daddr;
	else if (!dst)
		return false;
	if (dst && dst->ops->family == AF_INET)
		*addr = gateway_ip4(skb_rtable(skb), daddr);
	else if (dst && dst->ops->family == AF_INET6)
		*addr = dmvpn_addr_ip6(rt6_nexthop(dst_rt6_info(dst), daddr6));
	else if (skb->protocol == htons(ETH_P_IPV6))
		*addr = dmvpn_addr_ip6(daddr6);
	else
		*addr = dmvpn_addr_ip4(daddr);
	return true;
}

static bool is_multicast(const struct sk_buff *skb)
{
	const struct rtable *rt;
	__be32 daddr;

	if (skb->protocol == htons(ETH_P_IPV6))
		return ipv6_addr_is_multicast(&ipv6_hdr(skb)->daddr);
	if (skb->protocol != htons(ETH_P_IP))
		return false;
	daddr = ip_hdr(skb)->daddr;
	if (ipv4_is_multicast(daddr) || ipv4_is_lbcast(daddr))
		return true;
	rt = skb_valid_dst(skb) ? skb_rtable(skb) : NULL;
	return rt && rt->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST);
}

/* MPLS that was switched by its label alone: nothing names its next hop. */
static void xmit_without_next_hop(struct dmvpn_device *dd, struct sk_buff *skb)
{
	struct dmvpn_peer *nhs = rcu_dereference(dd->nhs);

	if (nhs)
		dmvpn_send(dd, nhs, skb);
	else
		dmvpn_drop_skb(dd, skb, DMVPN_A_DROPS_TX_NO_NEXTHOP);
}

static void xmit_unicast(struct dmvpn_device *dd, struct sk_buff *skb)
{
	struct dmvpn_nexthop *nh;
	struct dmvpn_addr addr;

	if (!next_hop(skb, &addr)) {
		xmit_without_next_hop(dd, skb);
		return;
	}
	nh = dmvpn_nexthop_find(dd, &addr);
	if (!nh || nh->state == DMVPN_NEXTHOP_STATE_INCOMPLETE) {
		dmvpn_nexthop_miss(dd, &addr, skb);
	} else if (nh->state == DMVPN_NEXTHOP_STATE_NEGATIVE) {
		dmvpn_icmp_unreachable(skb);
		dmvpn_drop_skb(dd, skb, DMVPN_A_DROPS_TX_NEGATIVE);
	} else {
		dmvpn_nexthop_touch(nh);
		dmvpn_send(dd, nh->peer, skb);
	}
}

/* With its options: they go into each fragment. */
static bool has_ip4_header(struct sk_buff *skb)
{
	return pskb_network_may_pull(skb, sizeof(struct iphdr)) &&
	       ip_hdr(skb)->ihl >= 5 &&
	       pskb_network_may_pull(skb, 4 * ip_hdr(skb)->ihl);
}

/* Not all that comes here has been looked at by IP: MPLS, and raw sockets. */
static bool has_header(struct sk_buff *skb)
{
	switch (skb->protocol) {
	case htons(ETH_P_IP):
		return has_ip4_header(skb);
	case htons(ETH_P_IPV6):
		return pskb_network_may_pull(skb, sizeof(struct ipv6hdr));
	}
	return pskb_network_may_pull(skb, sizeof(struct mpls_label));
}

static void xmit_packet(struct dmvpn_device *dd, struct sk_buff *skb)
{
	if (!has_header(skb)) {
		dmvpn_drop_skb(dd, skb, DMVPN_A_DROPS_TX_MALFORMED);
	} else if (is_multicast(skb)) {
		dmvpn_mcast(dd, skb);
	} else {
		if (dmvpn_came_back(dd, skb) &&
		    skb->protocol != htons(ETH_P_MPLS_UC))
			dmvpn_upcall_redirect(dd, skb);
		xmit_unicast(dd, skb);
	}
}

/**
 * dmvpn_xmit_peer() - which peer a packet will be sent to
 * @dd: device
 * @skb: packet on its way into the device
 *
 * Nothing is changed by that, and nobody told that a next hop is missing.
 *
 * Context: BH off, RCU.
 * Return: peer; NULL for multicast, NHRP and unknown next hops.
 */
struct dmvpn_peer *dmvpn_xmit_peer(struct dmvpn_device *dd,
				   struct sk_buff *skb)
{
	const struct dmvpn_nexthop *nh;
	struct dmvpn_addr addr;

	if (!dmvpn_carries(skb->protocol) || !has_header(skb) ||
	    is_multicast(skb) || !next_hop(skb, &addr))
		return NULL;
	nh = dmvpn_nexthop_find(dd, &addr);
	return nh ? nh->peer : NULL;
}

/**
 * dmvpn_xmit() - ndo_start_xmit
 * @skb: packet, consumed
 * @dev: the device
 */
netdev_tx_t dmvpn_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct dmvpn_device *dd = netdev_priv(dev);

	rcu_read_lock();
	if (this_cpu_inc_return(dmvpn_depth) > DMVPN_DEPTH_MAX)
		dmvpn_drop_skb(dd, skb, DMVPN_A_DROPS_TX_LOOP);
	else if (skb->protocol == htons(DMVPN_ETH_P_NHRP))
		dmvpn_xmit_frame(dd, skb);
	else if (dmvpn_carries(skb->protocol))
		xmit_packet(dd, skb);
	else
		dmvpn_drop_skb(dd, skb, DMVPN_A_DROPS_TX_PROTOCOL);
	this_cpu_dec(dmvpn_depth);
	rcu_read_unlock();
	return NETDEV_TX_OK;
}
