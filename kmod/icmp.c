// SPDX-License-Identifier: GPL-2.0
/* What a packet's sender is told, whichever family the packet is of. */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <net/dst.h>
#include <net/icmp.h>
#include <net/ipv6.h>

#include "send.h"

/* With ipv6.disable=1 raw sockets may still send it, and nobody can answer. */
static void send_icmp6(struct sk_buff *skb, u8 type, u8 code, __u32 info)
{
	if (ipv6_mod_enabled())
		icmpv6_ndo_send(skb, type, code, info);
}

/**
 * dmvpn_icmp_too_big() - a packet is larger than its path takes
 * @skb: IPv4 or IPv6 packet, stays the caller's
 * @mtu: what would fit, in bytes (RFC 1191, RFC 8201)
 *
 * Context: BH off, RCU.
 */
void dmvpn_icmp_too_big(struct sk_buff *skb, unsigned int mtu)
{
	if (skb->protocol == htons(ETH_P_IPV6))
		mtu = max_t(unsigned int, mtu, IPV6_MIN_MTU);
	/* A local sender looks at its route, all others need the message. */
	skb_dst_update_pmtu_no_confirm(skb, mtu);
	if (skb->protocol == htons(ETH_P_IPV6))
		send_icmp6(skb, ICMPV6_PKT_TOOBIG, 0, mtu);
	else
		icmp_ndo_send(skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED,
			      htonl(mtu));
}

/**
 * dmvpn_icmp_unreachable() - nobody can say where a packet's next hop is
 * @skb: packet of any protocol, stays the caller's
 *
 * Context: BH off, RCU.
 */
void dmvpn_icmp_unreachable(struct sk_buff *skb)
{
	if (skb->protocol == htons(ETH_P_IPV6))
		send_icmp6(skb, ICMPV6_DEST_UNREACH, ICMPV6_ADDR_UNREACH, 0);
	else if (skb->protocol == htons(ETH_P_IP))
		icmp_ndo_send(skb, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0);
}
