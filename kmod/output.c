// SPDX-License-Identifier: GPL-2.0
#include <net/ip.h>

#include "packet.h"
#include "send.h"

static void push_udp(struct sk_buff *skb)
{
	const struct dmvpn_cb *cb = dmvpn_cb(skb);
	struct udphdr *uh = skb_push(skb, sizeof(*uh));

	uh->source = cb->sport;
	uh->dest = cb->dport;
	uh->len = htons(skb->len);
	uh->check = 0;	/* RFC 3948, 2.1 */
	skb_reset_transport_header(skb);
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
	const struct dmvpn_cb cb = *dmvpn_cb(skb);
	struct iphdr *iph;

	skb_reset_transport_header(skb);
	if (cb.dport) {
		push_udp(skb);
		protocol = IPPROTO_UDP;
	}
	iph = skb_push(skb, sizeof(*iph));
	skb_reset_network_header(skb);
	iph->version = 4;
	iph->ihl = sizeof(*iph) / 4;
	iph->tos = cb.tos;
	iph->frag_off = cb.df ? htons(IP_DF) : 0;
	iph->ttl = cb.ttl;
	iph->protocol = protocol;
	iph->saddr = cb.saddr;
	iph->daddr = cb.daddr;
	__ip_select_ident(net, iph, 1);

	skb->protocol = htons(ETH_P_IP);
	skb->ip_summed = CHECKSUM_NONE;
	skb->encapsulation = 0;
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	ip_local_out(net, NULL, skb);
}
