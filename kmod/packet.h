/* SPDX-License-Identifier: GPL-2.0 */
/* A packet on its way: sizes on the wire, and what skb->cb holds. */
#ifndef _DMVPN_PACKET_H
#define _DMVPN_PACKET_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/esp.h>

#include "suite.h"

#define DMVPN_ETH_P_NHRP	0x2001

/* GRE: flags and protocol, checksum, key. */
#define DMVPN_GRE_MAX		12
/* ESP: SPI and number, IV, padding, pad length, next header, ICV. */
#define DMVPN_ESP_HEAD_MAX	(sizeof(struct ip_esp_hdr) + DMVPN_IV_MAX)
#define DMVPN_ESP_TAIL_MAX	(15 + 2 + DMVPN_ICV_MAX)
/* Outer header, UDP, ESP, the header inside ESP in tunnel mode, GRE. */
#define DMVPN_HEADROOM							\
	(sizeof(struct ipv6hdr) + sizeof(struct udphdr) +		\
	 DMVPN_ESP_HEAD_MAX + sizeof(struct ipv6hdr) + DMVPN_GRE_MAX)

/**
 * union dmvpn_ip - an address whose family is known otherwise
 * @ip4: of IPv4
 * @ip6: of IPv6
 */
union dmvpn_ip {
	__be32 ip4;
	struct in6_addr ip6;
};

/**
 * struct dmvpn_cb - a packet's notes while it is ours, in skb->cb
 * @seq: ESP sequence number
 * @saddr: outer source
 * @daddr: outer destination
 * @sport: outer UDP source port
 * @dport: outer UDP destination port, 0 for native ESP
 * @tos: outer TOS or traffic class
 * @ttl: outer TTL or hop limit, sent packets only
 * @ip6: the outer header is IPv6
 * @df: outer DF bit, sent packets only
 * @again: waits for an SA, after all but that was done for it
 *
 * All of skb->cb is used: there is room for no more.
 */
struct dmvpn_cb {
	u64 seq;
	union dmvpn_ip saddr;
	union dmvpn_ip daddr;
	__be16 sport;
	__be16 dport;
	u8 tos;
	u8 ttl;
	u8 ip6:1;
	u8 df:1;
	u8 again:1;
};

static inline struct dmvpn_cb *dmvpn_cb(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct dmvpn_cb) > sizeof(skb->cb));
	return (struct dmvpn_cb *)skb->cb;
}

/* EtherTypes that go in and out as data; NHRP has a way of its own. */
static inline bool dmvpn_carries(__be16 protocol)
{
	return protocol == htons(ETH_P_IP) || protocol == htons(ETH_P_IPV6) ||
	       protocol == htons(ETH_P_MPLS_UC);
}

void dmvpn_skb_size(const struct sk_buff *skb, u32 *packets, u32 *bytes);
int dmvpn_skb_own(struct sk_buff *skb, unsigned int head, unsigned int tail);

#endif /* _DMVPN_PACKET_H */
