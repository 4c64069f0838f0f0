/* SPDX-License-Identifier: GPL-2.0-or-later */
/* As much of a packet as waits in a queue. */
#ifndef UNIT_KERNEL_SKBUFF_H
#define UNIT_KERNEL_SKBUFF_H

/**
 * struct sk_buff - a packet
 * @next: in a list
 * @len: bytes
 * @hash: of its flow
 * @number: which it is
 * @came: ns
 */
struct sk_buff {
	struct sk_buff *next;
	u32 len;
	u32 hash;
	u64 number;
	u64 came;
};

struct skb_shared_info {
	u32 gso_segs;
};

static inline bool skb_is_gso(const struct sk_buff *skb)
{
	(void)skb;
	return false;
}

static inline struct skb_shared_info *skb_shinfo(const struct sk_buff *skb)
{
	(void)skb;
	return NULL;
}

#define skb_get_hash(skb)		((skb)->hash)
#define skb_mark_not_on_list(skb)	((skb)->next = NULL)

#endif
