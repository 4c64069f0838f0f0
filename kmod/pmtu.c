// SPDX-License-Identifier: GPL-2.0
#include <linux/icmp.h>
#include <net/dst.h>
#include <net/icmp.h>
#include <net/ip.h>

#include "device.h"
#include "packet.h"
#include "sa.h"
#include "send.h"

/**
 * dmvpn_path_mtu() - the largest inner packet that needs no outer fragments
 * @path: with its route
 *
 * RFC 4303, 2.4: the ciphertext, with two bytes of trailer, fills whole
 * blocks.
 *
 * Return: bytes, at least what IPv4 demands of a link.
 */
unsigned int dmvpn_path_mtu(const struct dmvpn_path *path)
{
	const struct dmvpn_suite *suite = path->sa ? path->sa->suite : NULL;
	int mtu = dst_mtu(&path->rt->dst) - sizeof(struct iphdr);

	if (path->dport)
		mtu -= sizeof(struct udphdr);
	if (suite) {
		mtu -= sizeof(struct ip_esp_hdr) + suite->iv_len +
		       suite->icv_len;
		mtu = ALIGN_DOWN(mtu, suite->block) - 2;
	}
	mtu -= DMVPN_GRE_LEN(path->cfg->has_key);
	return max_t(int, mtu, IPV4_MIN_MTU);
}

static bool within(const struct sk_buff *skb, unsigned int mtu)
{
	if (skb_is_gso(skb))
		return skb_gso_validate_network_len(skb, mtu);
	return skb->len <= mtu;
}

/**
 * dmvpn_fits() - may this packet be sent in one piece?
 * @path: with its MTU
 * @skb: IPv4 packet; its sender is told if not (RFC 1191)
 *
 * A packet that allows fragments fits always: the outer one is fragmented.
 *
 * Context: BH off, RCU.
 */
bool dmvpn_fits(const struct dmvpn_path *path, struct sk_buff *skb)
{
	if (within(skb, path->mtu) ||
	    !(ip_hdr(skb)->frag_off & htons(IP_DF)))
		return true;
	/* A local sender looks at its route, all others need the message. */
	skb_dst_update_pmtu_no_confirm(skb, path->mtu);
	icmp_ndo_send(skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED,
		      htonl(path->mtu));
	return false;
}
