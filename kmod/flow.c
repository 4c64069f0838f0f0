// SPDX-License-Identifier: GPL-2.0
#include <linux/icmp.h>
#include <net/dsfield.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "flow.h"
#include "packet.h"

static bool has_ports(u8 protocol)
{
	switch (protocol) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		return true;
	default:
		return false;
	}
}

/* Type and code stand in the place of ports, as in access lists. */
static void read_ports(const struct sk_buff *skb, int offset,
		       struct dmvpn_flow *flow)
{
	const __be16 *ports;
	const u8 *types;
	__be16 buf[2];

	if (has_ports(flow->protocol)) {
		ports = skb_header_pointer(skb, offset, sizeof(buf), buf);
		if (!ports)
			return;
		flow->sport = ntohs(ports[0]);
		flow->dport = ntohs(ports[1]);
		flow->has_ports = true;
	} else if (flow->protocol == IPPROTO_ICMP ||
		   flow->protocol == IPPROTO_ICMPV6) {
		types = skb_header_pointer(skb, offset, 2, buf);
		if (!types)
			return;
		flow->sport = types[0];
		flow->dport = types[1];
		flow->has_ports = true;
	}
}

static bool read_ip4(const struct sk_buff *skb, int offset,
		     struct dmvpn_flow *flow)
{
	const struct iphdr *iph;
	struct iphdr buf;

	iph = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!iph)
		return false;
	flow->family = 4;
	flow->src[0] = iph->saddr;
	flow->dst[0] = iph->daddr;
	flow->dscp = iph->tos >> 2;
	flow->protocol = iph->protocol;
	flow->fragment = iph->frag_off & htons(IP_OFFSET);
	if (!flow->fragment)
		read_ports(skb, offset + iph->ihl * 4, flow);
	return true;
}

/*
 * The transport header of IPv6 is behind the extension headers. A fragment
 * names the first header of the packet that it is of.
 */
static void read_ip6_transport(const struct sk_buff *skb, int offset,
			       struct dmvpn_flow *flow)
{
	__be16 fragment = 0;
	const u8 *next;
	u8 buf;

	offset = ipv6_skip_exthdr(skb, offset, &flow->protocol, &fragment);
	if (offset < 0)
		return;
	flow->fragment = fragment & htons(IP6_OFFSET);
	if (!flow->fragment) {
		read_ports(skb, offset, flow);
		return;
	}
	next = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (next)
		flow->protocol = *next;
}

static bool read_ip6(const struct sk_buff *skb, int offset,
		     struct dmvpn_flow *flow)
{
	const struct ipv6hdr *ip6h;
	struct ipv6hdr buf;

	ip6h = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!ip6h)
		return false;
	flow->family = 6;
	memcpy(flow->src, &ip6h->saddr, sizeof(flow->src));
	memcpy(flow->dst, &ip6h->daddr, sizeof(flow->dst));
	flow->dscp = ipv6_get_dsfield(ip6h) >> 2;
	flow->protocol = ip6h->nexthdr;
	read_ip6_transport(skb, offset + sizeof(*ip6h), flow);
	return true;
}

/**
 * dmvpn_flow_read() - read what can be matched of a packet
 * @skb: packet; nothing is read beyond its end, whatever its headers say
 * @flow: gets it
 *
 * Return: false for what has no IP header: MPLS and NHRP.
 */
bool dmvpn_flow_read(const struct sk_buff *skb, struct dmvpn_flow *flow)
{
	const int offset = skb_network_offset(skb);

	memset(flow, 0, sizeof(*flow));
	if (skb->protocol == htons(ETH_P_IP))
		return read_ip4(skb, offset, flow);
	if (skb->protocol == htons(ETH_P_IPV6))
		return read_ip6(skb, offset, flow);
	return false;
}

/**
 * dmvpn_flow_outer() - what can be matched of an outer header not yet written
 * @note: what it will say
 * @protocol: GRE or ESP; with ports in @note it is in UDP
 * @flow: gets it
 */
void dmvpn_flow_outer(const struct dmvpn_cb *note, u8 protocol,
		      struct dmvpn_flow *flow)
{
	memset(flow, 0, sizeof(*flow));
	flow->dscp = note->tos >> 2;
	flow->protocol = note->dport ? IPPROTO_UDP : protocol;
	if (note->dport) {
		flow->sport = ntohs(note->sport);
		flow->dport = ntohs(note->dport);
		flow->has_ports = true;
	}
	if (note->ip6) {
		flow->family = 6;
		memcpy(flow->src, &note->saddr.ip6, sizeof(flow->src));
		memcpy(flow->dst, &note->daddr.ip6, sizeof(flow->dst));
	} else {
		flow->family = 4;
		flow->src[0] = note->saddr.ip4;
		flow->dst[0] = note->daddr.ip4;
	}
}
