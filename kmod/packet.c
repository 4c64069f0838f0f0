// SPDX-License-Identifier: GPL-2.0
#include "packet.h"

/**
 * dmvpn_skb_own() - make a packet's bytes ours alone, in one piece
 * @skb: packet that nobody else holds; its data may be shared
 * @head: room that is needed before its data, in bytes
 * @tail: room that is needed behind it, in bytes
 *
 * Whatever is encrypted or decrypted in place goes through here first. Pages
 * that a clone, a file or a socket may see too are copied, never written to;
 * so there is no list of exceptions to keep right.
 *
 * Context: any.
 * Return: 0 or -ENOMEM; the packet is as it was then.
 */
int dmvpn_skb_own(struct sk_buff *skb, unsigned int head, unsigned int tail)
{
	unsigned int more_head = 0;
	int more_tail;

	if (skb_headroom(skb) < head)
		more_head = ALIGN(head - skb_headroom(skb), NET_SKB_PAD);
	tail += skb->data_len;
	more_tail = tail - (skb->end - skb->tail);
	/* A tail that is longer than it need be could double what we take. */
	if ((skb_cloned(skb) || more_head || more_tail > 0) &&
	    pskb_expand_head(skb, more_head, more_tail, GFP_ATOMIC))
		return -ENOMEM;
	return skb_linearize(skb);
}
