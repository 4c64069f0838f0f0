/* SPDX-License-Identifier: GPL-2.0 */
/* A packet on its way: sizes on the wire, and what skb->cb holds. */
#ifndef _DMVPN_PACKET_H
#define _DMVPN_PACKET_H

#include <linux/ip.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/esp.h>

#include "suite.h"

#define DMVPN_ETH_P_NHRP	0x2001

#define DMVPN_GRE_LEN(has_key)	((has_key) ? 8 : 4)
/* ESP: SPI and number, IV, padding, pad length, next header, ICV. */
#define DMVPN_ESP_HEAD_MAX	(sizeof(struct ip_esp_hdr) + DMVPN_IV_MAX)
#define DMVPN_ESP_TAIL_MAX	(15 + 2 + 16)
#define DMVPN_HEADROOM							\
	(sizeof(struct iphdr) + sizeof(struct udphdr) + DMVPN_ESP_HEAD_MAX + \
	 DMVPN_GRE_LEN(true))

/**
 * struct dmvpn_cb - a packet's notes while it is ours, in skb->cb
 * @seq: ESP sequence number
 * @saddr: outer source
 * @daddr: outer destination
 * @sport: outer UDP source port
 * @dport: outer UDP destination port, 0 for native ESP
 * @tos: outer TOS
 * @ttl: outer TTL, sent packets only
 * @df: outer DF bit, sent packets only
 */
struct dmvpn_cb {
	u64 seq;
	__be32 saddr;
	__be32 daddr;
	__be16 sport;
	__be16 dport;
	u8 tos;
	u8 ttl;
	bool df;
};

static inline struct dmvpn_cb *dmvpn_cb(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct dmvpn_cb) > sizeof(skb->cb));
	return (struct dmvpn_cb *)skb->cb;
}

int dmvpn_skb_own(struct sk_buff *skb, unsigned int head, unsigned int tail);

#endif /* _DMVPN_PACKET_H */
