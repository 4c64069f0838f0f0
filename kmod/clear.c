// SPDX-License-Identifier: GPL-2.0
/*
 * Plain GRE comes in. The protocol's handlers belong to gre.ko and ip6_gre.ko,
 * of which there can be one each; hooks behind the firewall's take what is ours
 * and leave them the rest.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/route.h>
#include <net/xfrm.h>

#include "device.h"
#include "gre.h"
#include "packet.h"
#include "peer.h"
#include "receive.h"

/*
 * A packet that leaves the hook for good has to confirm its connection, which
 * otherwise happens right after this hook.
 */
static bool confirm_connection(struct sk_buff *skb)
{
	struct nf_conn *ct = (struct nf_conn *)skb_nfct(skb);
	const struct nf_ct_hook *hook;

	if (!ct || nf_ct_is_confirmed(ct))
		return true;
	hook = rcu_dereference(nf_ct_hook);
	return !hook || hook->confirm(skb) != NF_DROP;
}

static bool policy_ok(struct sk_buff *skb, u16 family)
{
	if (family == AF_INET6)
		return xfrm6_policy_check(NULL, XFRM_POLICY_IN, skb);
	return xfrm4_policy_check(NULL, XFRM_POLICY_IN, skb);
}

/* Consumes the packet. @offset: of its GRE header. */
static void receive_clear(struct dmvpn_arrival *from, struct sk_buff *skb,
			  unsigned int offset)
{
	struct dmvpn_device *dd = from->dd;

	if (dmvpn_config_protected(rcu_dereference(dd->cfg)) ||
	    !policy_ok(skb, from->remote.family)) {
		dmvpn_drop_skb(dd, skb, DMVPN_A_DROPS_RX_CLEAR);
		return;
	}
	if (!pskb_may_pull(skb, offset + from->gre.len)) {
		dmvpn_drop_skb(dd, skb, DMVPN_A_DROPS_RX_NO_MEMORY);
		return;
	}
	from->peer = dmvpn_peer_find(dd, &from->remote, 0);
	if (!confirm_connection(skb)) {
		dmvpn_drop_skb(dd, skb, DMVPN_A_DROPS_RX_CONNTRACK);
		return;
	}
	dmvpn_receive_note(skb, 0, 0);
	skb_pull_rcsum(skb, offset);
	dmvpn_receive(from, skb);
}

/* The device that GRE at @offset is for, if it was sent to or by @local. */
static struct dmvpn_device *device_of(struct net *net,
				      const struct sk_buff *skb,
				      unsigned int offset,
				      const struct dmvpn_addr *local,
				      struct dmvpn_gre *gre)
{
	if (!dmvpn_gre_parse(skb, offset, gre))
		return NULL;
	return dmvpn_device_by_gre(dmvpn_net(net), local, gre->has_key,
				   gre->key);
}

/*
 * ICMP about clear GRE of ours. Nobody else would note the path MTU, as the
 * handler of the protocol is not ours.
 */
static void learn_pmtu4(struct sk_buff *skb, struct net *net)
{
	unsigned int offset = ip_hdrlen(skb) + sizeof(struct icmphdr);
	const struct icmphdr *icmph;
	const struct dmvpn_device *dd;
	struct dmvpn_addr local;
	struct dmvpn_gre gre;
	struct iphdr *iph;
	u32 mtu;

	if (!pskb_may_pull(skb, offset + sizeof(*iph)))
		return;
	icmph = (struct icmphdr *)(skb->data + ip_hdrlen(skb));
	iph = (struct iphdr *)(skb->data + offset);
	mtu = ntohs(icmph->un.frag.mtu);
	if (icmph->type != ICMP_DEST_UNREACH ||
	    icmph->code != ICMP_FRAG_NEEDED || !mtu ||
	    iph->protocol != IPPROTO_GRE || iph->ihl < 5)
		return;
	local = dmvpn_addr_ip4(iph->saddr);
	dd = device_of(net, skb, offset + iph->ihl * 4, &local, &gre);
	if (!dd || nf_ip_checksum(skb, NF_INET_LOCAL_IN, ip_hdrlen(skb),
				  IPPROTO_ICMP))
		return;
	__skb_pull(skb, offset);
	ipv4_update_pmtu(skb, net, mtu, rcu_dereference(dd->cfg)->link,
			 IPPROTO_GRE);
	__skb_push(skb, offset);
}

static void learn_pmtu6(struct sk_buff *skb, struct net *net,
			unsigned int offset)
{
	const unsigned int icmp = offset;
	const struct dmvpn_config *cfg;
	const struct icmp6hdr *icmph;
	const struct dmvpn_device *dd;
	const struct ipv6hdr *ip6h;
	struct dmvpn_addr local;
	struct dmvpn_gre gre;
	__be32 mtu;

	if (!pskb_may_pull(skb, offset + sizeof(*icmph) + sizeof(*ip6h)))
		return;
	icmph = (struct icmp6hdr *)(skb->data + offset);
	offset += sizeof(*icmph);
	ip6h = (struct ipv6hdr *)(skb->data + offset);
	mtu = icmph->icmp6_mtu;
	if (icmph->icmp6_type != ICMPV6_PKT_TOOBIG ||
	    ip6h->nexthdr != IPPROTO_GRE)
		return;
	local = dmvpn_addr_ip6(&ip6h->saddr);
	dd = device_of(net, skb, offset + sizeof(*ip6h), &local, &gre);
	if (!dd || nf_ip6_checksum(skb, NF_INET_LOCAL_IN, icmp,
				   IPPROTO_ICMPV6))
		return;
	cfg = rcu_dereference(dd->cfg);
	__skb_pull(skb, offset);
	ip6_update_pmtu(skb, net, mtu, cfg->link, cfg->fwmark,
			sock_net_uid(net, NULL));
	__skb_push(skb, offset);
}

static noinline unsigned int gre_ip4(struct sk_buff *skb, struct net *net)
{
	struct dmvpn_addr local = dmvpn_addr_ip4(ip_hdr(skb)->daddr);
	struct dmvpn_arrival from = {};

	from.dd = device_of(net, skb, ip_hdrlen(skb), &local, &from.gre);
	if (!from.dd)
		return NF_ACCEPT;
	from.remote = dmvpn_addr_ip4(ip_hdr(skb)->saddr);
	receive_clear(&from, skb, ip_hdrlen(skb));
	return NF_STOLEN;
}

/* All that this machine gets comes by, so what is not for us goes at once. */
static unsigned int hook_ip4(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	switch (ip_hdr(skb)->protocol) {
	case IPPROTO_GRE:
		return gre_ip4(skb, state->net);
	case IPPROTO_ICMP:
		learn_pmtu4(skb, state->net);
	}
	return NF_ACCEPT;
}

/* Fragments were not put together yet: such GRE is not for us. */
static unsigned int hook_ip6(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	u8 protocol = ipv6_hdr(skb)->nexthdr;
	struct dmvpn_arrival from = {};
	struct dmvpn_addr local;
	__be16 fragment;
	int offset;

	offset = ipv6_skip_exthdr(skb, sizeof(struct ipv6hdr), &protocol,
				  &fragment);
	if (offset < 0 || fragment)
		return NF_ACCEPT;
	if (protocol == IPPROTO_ICMPV6)
		learn_pmtu6(skb, state->net, offset);
	if (protocol != IPPROTO_GRE)
		return NF_ACCEPT;
	local = dmvpn_addr_ip6(&ipv6_hdr(skb)->daddr);
	from.dd = device_of(state->net, skb, offset, &local, &from.gre);
	if (!from.dd)
		return NF_ACCEPT;
	from.remote = dmvpn_addr_ip6(&ipv6_hdr(skb)->saddr);
	receive_clear(&from, skb, offset);
	return NF_STOLEN;
}

static const struct nf_hook_ops dmvpn_gre_hooks[] = {
	{
		.hook = hook_ip4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP_PRI_LAST,
	}, {
		.hook = hook_ip6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP6_PRI_LAST,
	},
};

/**
 * dmvpn_clear_hook() - a device comes up: listen for plain GRE
 * @dn: underlay
 *
 * A protected device listens too, to count and drop what should not come.
 *
 * Context: RTNL.
 * Return: 0 or a negative error code.
 */
int dmvpn_clear_hook(struct dmvpn_net *dn)
{
	int err = 0;

	if (!dn->gre_hooks)
		err = nf_register_net_hooks(dn->net, dmvpn_gre_hooks,
					    ARRAY_SIZE(dmvpn_gre_hooks));
	if (!err)
		dn->gre_hooks++;
	return err;
}

/**
 * dmvpn_clear_unhook() - a device goes down
 * @dn: underlay
 *
 * Context: RTNL.
 */
void dmvpn_clear_unhook(struct dmvpn_net *dn)
{
	if (!--dn->gre_hooks)
		nf_unregister_net_hooks(dn->net, dmvpn_gre_hooks,
					ARRAY_SIZE(dmvpn_gre_hooks));
}
