// SPDX-License-Identifier: GPL-2.0
/* A packet that is known to be for a device: into its receive queue. */
#include <net/dsfield.h>
#include <net/inet_ecn.h>
#include <net/ip_tunnels.h>
#include <net/ipv6.h>

#include "device.h"
#include "packet.h"
#include "peer.h"
#include "receive.h"
#include "session.h"
#include "source.h"
#include "upcall.h"

/*
 * NHRP is for the daemon. The stack gets a copy, for taps only: the packet
 * type below eats it.
 */
static void receive_nhrp(const struct dmvpn_arrival *from, struct sk_buff *skb)
{
	struct dmvpn_device *dd = from->dd;
	struct sk_buff *copy = skb_clone(skb, GFP_ATOMIC);
	int reason;

	if (copy)
		netif_rx(copy);
	reason = dmvpn_upcall_frame(from, skb);
	if (reason)
		dmvpn_drop_skb(dd, skb, reason);
	else
		consume_skb(skb);
}

static int tap_only(struct sk_buff *skb, struct net_device *dev,
		    struct packet_type *pt, struct net_device *orig_dev)
{
	consume_skb(skb);
	return NET_RX_SUCCESS;
}

static struct packet_type dmvpn_nhrp_type __read_mostly = {
	.type = cpu_to_be16(DMVPN_ETH_P_NHRP),
	.func = tap_only,
};

/* Is there a whole header of the version that the protocol says? */
static bool header_ok(struct sk_buff *skb)
{
	bool ip6 = skb->protocol == htons(ETH_P_IPV6);

	if (!pskb_may_pull(skb, ip6 ? sizeof(struct ipv6hdr) :
				      sizeof(struct iphdr)))
		return false;
	return ip_hdr(skb)->version == (ip6 ? 6 : 4);
}

/*
 * RFC 6040, 4.2. What the outer header says may have to be written into the
 * inner one, which a capture may share where ESP has not made it ours.
 */
static int take_ecn(struct sk_buff *skb, u8 outer)
{
	bool ip6 = skb->protocol == htons(ETH_P_IPV6);
	u8 inner = ip6 ? ipv6_get_dsfield(ipv6_hdr(skb)) : ip_hdr(skb)->tos;
	unsigned int len = ip6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr);

	if (!((outer ^ inner) & INET_ECN_MASK))
		return 0;
	if (skb_ensure_writable(skb, len))
		return DMVPN_A_DROPS_RX_NO_MEMORY;
	if (INET_ECN_decapsulate(skb, outer, inner) > 1)
		return DMVPN_A_DROPS_RX_ECN;
	return 0;
}

/* Does the packet come from the peer that its source lives behind? */
static bool source_ok(const struct dmvpn_arrival *from,
		      const struct sk_buff *skb)
{
	const struct dmvpn_peer *peer;

	if (likely(!rcu_dereference(from->dd->cfg)->source_check))
		return true;
	peer = dmvpn_peer_of_source(from->dd, skb, from->dd->dev->ifindex);
	return peer && (from->session ? peer->session == from->session :
					peer == from->peer);
}

/*
 * GRO costs as much as all else that we do with a packet, without the cipher.
 * Of what comes through tunnels it merges TCP alone, unless the user wants more
 * (ethtool -K DEV rx-udp-gro-forwarding on, or rx-gro-list).
 */
static bool may_merge(const struct net_device *dev, const struct sk_buff *skb)
{
	if (dev->features & (NETIF_F_GRO_UDP_FWD | NETIF_F_GRO_FRAGLIST))
		return true;
	if (skb->protocol == htons(ETH_P_IPV6))
		return ipv6_hdr(skb)->nexthdr == IPPROTO_TCP;
	return ip_hdr(skb)->protocol == IPPROTO_TCP;
}

static void receive_ip(const struct dmvpn_arrival *from, struct sk_buff *skb,
		       u8 tos)
{
	struct dmvpn_device *dd = from->dd;
	int reason;

	if (!header_ok(skb))
		reason = DMVPN_A_DROPS_RX_MALFORMED;
	else if (!source_ok(from, skb))
		reason = DMVPN_A_DROPS_RX_SOURCE;
	else
		reason = take_ecn(skb, tos);
	if (reason)
		dmvpn_drop_skb(dd, skb, reason);
	else if (may_merge(dd->dev, skb))
		gro_cells_receive(&dd->gro_cells, skb);
	else
		netif_rx(skb);
}

/**
 * dmvpn_receive() - a packet for a device
 * @from: who it came from; its device is up
 * @skb: from the GRE header on, with its notes in dmvpn_cb(); consumed
 *
 * Context: BH off, RCU.
 */
void dmvpn_receive(const struct dmvpn_arrival *from, struct sk_buff *skb)
{
	u8 tos = dmvpn_cb(skb)->tos;
	struct dmvpn_device *dd = from->dd;
	struct net_device *dev = dd->dev;

	if (!dmvpn_gre_intact(skb, &from->gre, from->session)) {
		dmvpn_drop_skb(dd, skb, DMVPN_A_DROPS_RX_CHECKSUM);
		return;
	}
	if (iptunnel_pull_offloads(skb)) {
		dmvpn_drop_skb(dd, skb, DMVPN_A_DROPS_RX_NO_MEMORY);
		return;
	}
	skb_pull_rcsum(skb, from->gre.len);
	skb->protocol = from->gre.protocol;
	skb->dev = dev;
	skb_scrub_packet(skb, !net_eq(dd->dn->net, dev_net(dev)));
	skb_reset_network_header(skb);
	skb_reset_mac_header(skb);
	skb_clear_hash(skb);
	skb_set_queue_mapping(skb, 0);
	if (from->session) {
		/* The ICV covered every byte. */
		skb->ip_summed = CHECKSUM_UNNECESSARY;
		skb->csum_level = ~0;
	}
	dev_sw_netstats_rx_add(dev, skb->len);
	if (from->peer)
		dmvpn_peer_received(from->peer, skb->len);
	switch (skb->protocol) {
	case htons(ETH_P_IP):
	case htons(ETH_P_IPV6):
		receive_ip(from, skb, tos);
		break;
	case htons(DMVPN_ETH_P_NHRP):
		receive_nhrp(from, skb);
		break;
	case htons(ETH_P_MPLS_UC):
		netif_rx(skb);
		break;
	default:
		dmvpn_drop_skb(dd, skb, DMVPN_A_DROPS_RX_PROTOCOL);
	}
}

/**
 * dmvpn_receive_note() - keep what the outer header says
 * @skb: packet with its outer header; dmvpn_cb() is set
 * @sport: UDP source port, 0 for none
 * @dport: UDP destination port, 0 for none
 */
void dmvpn_receive_note(struct sk_buff *skb, __be16 sport, __be16 dport)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	const struct iphdr *iph = ip_hdr(skb);
	struct dmvpn_cb *cb = dmvpn_cb(skb);

	memset(cb, 0, sizeof(*cb));
	cb->ip6 = iph->version == 6;
	if (cb->ip6) {
		cb->saddr.ip6 = ip6h->saddr;
		cb->daddr.ip6 = ip6h->daddr;
		cb->tos = ipv6_get_dsfield(ip6h);
	} else {
		cb->saddr.ip4 = iph->saddr;
		cb->daddr.ip4 = iph->daddr;
		cb->tos = iph->tos;
	}
	cb->sport = sport;
	cb->dport = dport;
}

int dmvpn_receive_init(void)
{
	dev_add_pack(&dmvpn_nhrp_type);
	return dmvpn_input_init();
}

void dmvpn_receive_exit(void)
{
	dmvpn_input_exit();
	dev_remove_pack(&dmvpn_nhrp_type);
}
