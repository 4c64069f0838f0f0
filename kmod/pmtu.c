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

/* What comes before what ESP holds. */
static unsigned int outside_len(const struct dmvpn_path *path)
{
	unsigned int len = ip_header_len(path->remote->family);

	if (path->dport)
		len += sizeof(struct udphdr);
	if (path->sa)
		len += sizeof(struct ip_esp_hdr) + path->sa->suite->iv_len;
	return len;
}

/* What ESP holds before the inner packet. */
static unsigned int inside_len(const struct dmvpn_path *path)
{
	return dmvpn_gre_len(path->cfg) +
	       (path->sa ? dmvpn_sa_inner_len(path->sa) : 0);
}

/* Of what ESP holds: RFC 4303, 2.4: with two bytes of trailer, whole blocks. */
static int esp_room(const struct dmvpn_sa *sa, int mtu)
{
	return ALIGN_DOWN(mtu - sa->icv_len, sa->suite->block) - 2;
}

/**
 * dmvpn_path_measure() - what headers a packet gets, and what room they leave
 * @path: with its route; gets @inside, @head and @mtu, the last at least what
 *	IPv4 demands of a link
 *
 * Context: RCU.
 */
void dmvpn_path_measure(struct dmvpn_path *path)
{
	unsigned int outside = outside_len(path);
	int mtu = dst_mtu(path->dst) - outside;

	if (path->sa)
		mtu = esp_room(path->sa, mtu);
	path->inside = inside_len(path);
	path->head = LL_RESERVED_SPACE(path->dst->dev) + outside + path->inside;
	path->mtu = max_t(int, mtu - path->inside, IPV4_MIN_MTU);
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
