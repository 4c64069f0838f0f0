// SPDX-License-Identifier: GPL-2.0
/* Headers of IP that we write: what they say, and where they go. */
#include <linux/mpls.h>
#include <linux/rtnetlink.h>
#include <net/dsfield.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>

#include "device.h"
#include "packet.h"
#include "sa.h"
#include "send.h"

/* RFC 2332 packets are network control, as routing protocols are. */
#define DMVPN_NHRP_TOS	0xc0

/* What the outer header may take from the inner one. */
struct inner {
	u8 tos;
	u8 ttl;
	bool df;
};

static void read_mpls(const struct sk_buff *skb, struct inner *inner)
{
	const struct mpls_label *label = (void *)skb_network_header(skb);
	u32 entry = be32_to_cpu(label->entry);

	/* RFC 3270, 2.6: the class selector of the label's traffic class. */
	inner->tos = (entry & MPLS_LS_TC_MASK) >> MPLS_LS_TC_SHIFT << 5;
	inner->ttl = (entry & MPLS_LS_TTL_MASK) >> MPLS_LS_TTL_SHIFT;
	inner->df = true;
}

/* Returns false for what has no IP header: NHRP. */
static bool read_inner(const struct sk_buff *skb, struct inner *inner)
{
	switch (skb->protocol) {
	case htons(ETH_P_IP):
		inner->tos = ip_hdr(skb)->tos;
		inner->ttl = ip_hdr(skb)->ttl;
		inner->df = ip_hdr(skb)->frag_off & htons(IP_DF);
		return true;
	case htons(ETH_P_IPV6):
		inner->tos = ipv6_get_dsfield(ipv6_hdr(skb));
		inner->ttl = ipv6_hdr(skb)->hop_limit;
		inner->df = true;
		return true;
	case htons(ETH_P_MPLS_UC):
		read_mpls(skb, inner);
		return true;
	default:
		return false;
	}
}

/* RFC 2983 for the upper bits; RFC 6040, 4.1: ECN is copied as it is. */
static u8 outer_tos(const struct dmvpn_config *cfg, u8 tos)
{
	if (cfg->tos == DMVPN_TOS_INHERIT)
		return tos;
	return cfg->tos | (tos & INET_ECN_MASK);
}

/**
 * dmvpn_output_note() - note what the outer headers of a packet will say
 * @path: where the packet goes
 * @skb: inner packet, in one piece or not
 * @fragments: the outer packet will have to be fragmented
 * @note: gets it, all but the sequence number
 *
 * All segments of a super-packet have the same outer header.
 */
void dmvpn_output_note(const struct dmvpn_path *path, const struct sk_buff *skb,
		       bool fragments, struct dmvpn_cb *note)
{
	const struct dmvpn_config *cfg = path->cfg;
	struct inner inner = {};
	bool ip = read_inner(skb, &inner);

	note->ip6 = path->remote->family == AF_INET6;
	if (note->ip6) {
		note->saddr.ip6 = path->local->ip6;
		note->daddr.ip6 = path->remote->ip6;
	} else {
		note->saddr.ip4 = path->local->ip4;
		note->daddr.ip4 = path->remote->ip4;
	}
	note->sport = path->sport;
	note->dport = path->dport;
	note->tos = ip ? outer_tos(cfg, inner.tos) : DMVPN_NHRP_TOS;
	note->ttl = cfg->ttl ?: DMVPN_TTL_DEFAULT;
	if (ip && !cfg->ttl)
		note->ttl = inner.ttl;
	note->df = !fragments && (cfg->df == DMVPN_DF_SET ||
				  (cfg->df == DMVPN_DF_COPY && inner.df));
}

static void push_ip4(struct sk_buff *skb, u8 protocol, __be32 saddr,
		     __be32 daddr)
{
	const struct dmvpn_cb *cb = dmvpn_cb(skb);
	struct iphdr *iph = skb_push(skb, sizeof(*iph));

	skb_reset_network_header(skb);
	iph->version = 4;
	iph->ihl = sizeof(*iph) / 4;
	iph->tos = cb->tos;
	iph->tot_len = htons(skb->len);
	iph->id = 0;
	iph->frag_off = cb->df ? htons(IP_DF) : 0;
	iph->ttl = cb->ttl;
	iph->protocol = protocol;
	iph->saddr = saddr;
	iph->daddr = daddr;
}

static void push_ip6(struct sk_buff *skb, u8 protocol,
		     const struct in6_addr *saddr, const struct in6_addr *daddr)
{
	const struct dmvpn_cb *cb = dmvpn_cb(skb);
	struct ipv6hdr *ip6h;
	__be32 label;

	/* RFC 6438: so that routers can spread our flows. */
	label = cpu_to_be32(rol32(skb->hash, 16)) & IPV6_FLOWLABEL_MASK;
	ip6h = skb_push(skb, sizeof(*ip6h));
	skb_reset_network_header(skb);
	ip6_flow_hdr(ip6h, cb->tos, label);
	ip6h->payload_len = htons(skb->len - sizeof(*ip6h));
	ip6h->nexthdr = protocol;
	ip6h->hop_limit = cb->ttl;
	ip6h->saddr = *saddr;
	ip6h->daddr = *daddr;
}

/**
 * dmvpn_output_inner() - put the header of tunnel mode before a packet
 * @skb: from GRE on, with its notes in dmvpn_cb() and room for the header
 * @sa: outbound SA in tunnel mode
 */
void dmvpn_output_inner(struct sk_buff *skb, const struct dmvpn_sa *sa)
{
	const struct dmvpn_inner *inner = &sa->inner;

	if (inner->local.family == AF_INET6) {
		push_ip6(skb, IPPROTO_GRE, &inner->local.ip6,
			 &inner->remote.ip6);
	} else {
		push_ip4(skb, IPPROTO_GRE, inner->local.ip4,
			 inner->remote.ip4);
		ip_send_check(ip_hdr(skb));
	}
}

static void push_udp(struct sk_buff *skb, const struct dmvpn_cb *cb)
{
	struct udphdr *uh = skb_push(skb, sizeof(*uh));

	uh->source = cb->sport;
	uh->dest = cb->dport;
	uh->len = htons(skb->len);
	uh->check = 0;	/* RFC 3948, 2.1; but not with IPv6 */
	skb_reset_transport_header(skb);
	if (cb->ip6)
		udp6_set_csum(false, skb, &cb->saddr.ip6, &cb->daddr.ip6,
			      skb->len);
}

static void output_ip4(struct net *net, struct sk_buff *skb, u8 protocol)
{
	const struct dmvpn_cb *cb = dmvpn_cb(skb);

	push_ip4(skb, protocol, cb->saddr.ip4, cb->daddr.ip4);
	/* RFC 6864: it names fragments, of which there are none with DF. */
	if (!cb->df)
		__ip_select_ident(net, ip_hdr(skb), 1);
	skb->protocol = htons(ETH_P_IP);
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	ip_local_out(net, NULL, skb);
}

static void output_ip6(struct net *net, struct sk_buff *skb, u8 protocol)
{
	const struct dmvpn_cb *cb = dmvpn_cb(skb);

	push_ip6(skb, protocol, &cb->saddr.ip6, &cb->daddr.ip6);
	skb->protocol = htons(ETH_P_IPV6);
	skb->ignore_df = !cb->df;
	memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
	ip6_local_out(net, NULL, skb);
}

/**
 * dmvpn_output() - put the outer header before a packet and send it
 * @net: underlay
 * @skb: from ESP or GRE on, with its route, its notes in dmvpn_cb() and room
 *	for the headers; consumed
 * @protocol: of its first header. If the notes have ports, a UDP header comes
 *	before it.
 *
 * Context: BH off, RCU.
 */
void dmvpn_output(struct net *net, struct sk_buff *skb, u8 protocol)
{
	const struct dmvpn_cb *cb = dmvpn_cb(skb);

	skb_reset_transport_header(skb);
	skb->ip_summed = CHECKSUM_NONE;
	skb->encapsulation = 0;
	if (cb->dport) {
		push_udp(skb, cb);
		protocol = IPPROTO_UDP;
	}
	if (cb->ip6)
		output_ip6(net, skb, protocol);
	else
		output_ip4(net, skb, protocol);
}
