// SPDX-License-Identifier: GPL-2.0
#include <linux/ip.h>
#include <net/dst.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "device.h"
#include "gre.h"
#include "packet.h"
#include "sa.h"
#include "send.h"

static unsigned int ip_header_len(u16 family)
{
	return family == AF_INET6 ? sizeof(struct ipv6hdr) :
				    sizeof(struct iphdr);
}

/* Of what ESP holds: RFC 4303, 2.4: with two bytes of trailer, whole blocks. */
static int esp_room(const struct dmvpn_sa *sa, int mtu)
{
	const struct dmvpn_suite *suite = sa->suite;

	mtu -= sizeof(struct ip_esp_hdr) + suite->iv_len + sa->icv_len;
	mtu = ALIGN_DOWN(mtu, suite->block) - 2;
	return mtu - dmvpn_sa_inner_len(sa);
}

/**
 * dmvpn_path_mtu() - the largest inner packet that needs no outer fragments
 * @path: with its route
 *
 * Return: bytes, at least what IPv4 demands of a link.
 */
unsigned int dmvpn_path_mtu(const struct dmvpn_path *path)
{
	int mtu = dst_mtu(path->dst) - ip_header_len(path->remote->family);

	if (path->dport)
		mtu -= sizeof(struct udphdr);
	if (path->sa)
		mtu = esp_room(path->sa, mtu);
	mtu -= dmvpn_gre_len(path->cfg);
	return max_t(int, mtu, IPV4_MIN_MTU);
}

/**
 * dmvpn_exceeds() - is a packet, or one of its segments, larger than this?
 * @skb: packet
 * @mtu: bytes from the network header on
 */
bool dmvpn_exceeds(const struct sk_buff *skb, unsigned int mtu)
{
	if (skb_is_gso(skb))
		return !skb_gso_validate_network_len(skb, mtu);
	return skb->len > mtu;
}

/**
 * dmvpn_fit() - may this packet be sent in one piece?
 * @path: with its MTU
 * @skb: packet; its sender is told if not (RFC 1191, RFC 8201)
 *
 * Fragments of the outer packet cost the receiver much more than those of the
 * inner one, so they are made only if the device was told so (df clear), and
 * for IPv6 packets that its smallest MTU allows (RFC 2473, 7.1).
 *
 * Context: BH off, RCU.
 */
enum dmvpn_fit dmvpn_fit(const struct dmvpn_path *path, struct sk_buff *skb)
{
	bool ip4 = skb->protocol == htons(ETH_P_IP);

	if (likely(!dmvpn_exceeds(skb, path->mtu)))
		return DMVPN_FIT_WHOLE;
	if (path->cfg->df == DMVPN_DF_CLEAR)
		return DMVPN_FIT_OUTSIDE;
	if (ip4 && !(ip_hdr(skb)->frag_off & htons(IP_DF)))
		return DMVPN_FIT_PIECES;
	if (!ip4 && (skb->protocol != htons(ETH_P_IPV6) ||
		     !dmvpn_exceeds(skb, IPV6_MIN_MTU)))
		return DMVPN_FIT_OUTSIDE;
	dmvpn_icmp_too_big(skb, path->mtu);
	return DMVPN_FIT_NOT;
}
