// SPDX-License-Identifier: GPL-2.0
#include <linux/tcp.h>

#include "packet.h"

/* Bytes of the headers that each segment of a super-packet has. */
static unsigned int segment_head(const struct sk_buff *skb)
{
	const unsigned int type = skb_shinfo(skb)->gso_type;
	const struct tcphdr *th;
	struct tcphdr buf;
	int offset;

	if (!skb_transport_header_was_set(skb))
		return 0;
	offset = skb->encapsulation ? skb_inner_transport_offset(skb) :
				      skb_transport_offset(skb);
	if (!(type & (SKB_GSO_TCPV4 | SKB_GSO_TCPV6)))
		return offset + sizeof(struct udphdr);
	th = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	return th ? offset + __tcp_hdrlen(th) : 0;
}

/**
 * dmvpn_skb_size() - what a packet is when it has been segmented
 * @skb: packet or super-packet whose data begins with its network header
 * @packets: gets the number of segments
 * @bytes: gets their bytes from the IP header on
 */
void dmvpn_skb_size(const struct sk_buff *skb, u32 *packets, u32 *bytes)
{
	const struct skb_shared_info *shinfo = skb_shinfo(skb);
	unsigned int head;

	*packets = 1;
	*bytes = skb->len;
	if (likely(!shinfo->gso_size))
		return;
	head = min(segment_head(skb), skb->len);
	*packets = shinfo->gso_segs ?:
		   DIV_ROUND_UP(skb->len - head, shinfo->gso_size);
	if (*packets)
		*bytes += (*packets - 1) * head;
}

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
