// SPDX-License-Identifier: GPL-2.0
#include <linux/if_tunnel.h>
#include <net/checksum.h>
#include <net/gre.h>

#include "device.h"
#include "gre.h"
#include "packet.h"

/* Checksum and key are words of four bytes each. */
#define WORD	sizeof(__be32)

/**
 * dmvpn_gre_len() - bytes of the GRE header that a device sends
 * @cfg: settings of the device
 */
unsigned int dmvpn_gre_len(const struct dmvpn_config *cfg)
{
	return sizeof(struct gre_base_hdr) + (cfg->csum ? WORD : 0) +
	       (cfg->has_key ? WORD : 0);
}

/**
 * dmvpn_gre_push() - put a GRE header before a packet
 * @skb: packet with private headroom, in one piece if there is to be a
 *	checksum; its protocol becomes GRE's
 * @cfg: settings of the device
 */
void dmvpn_gre_push(struct sk_buff *skb, const struct dmvpn_config *cfg)
{
	struct gre_base_hdr *gre = skb_push(skb, dmvpn_gre_len(cfg));
	__be32 *word = (__be32 *)(gre + 1);

	gre->flags = (cfg->has_key ? GRE_KEY : 0) | (cfg->csum ? GRE_CSUM : 0);
	gre->protocol = skb->protocol;
	if (cfg->csum)
		*word++ = 0;
	if (cfg->has_key)
		*word = cfg->key;
	if (cfg->csum)
		*(__sum16 *)(gre + 1) = csum_fold(skb_checksum(skb, 0,
							       skb->len, 0));
}

/**
 * dmvpn_gre_parse() - read a GRE header
 * @skb: packet
 * @offset: of the header from skb->data
 * @gre: gets what it says
 *
 * Return: false if the packet is too short or uses what no DMVPN does:
 * sequence number, routing, another version.
 */
bool dmvpn_gre_parse(const struct sk_buff *skb, unsigned int offset,
		     struct dmvpn_gre *gre)
{
	const struct gre_base_hdr *base;
	struct gre_base_hdr base_buf;
	__be32 key_buf, *key;

	base = skb_header_pointer(skb, offset, sizeof(base_buf), &base_buf);
	if (!base || base->flags & ~(GRE_KEY | GRE_CSUM))
		return false;
	gre->protocol = base->protocol;
	gre->has_key = base->flags & GRE_KEY;
	gre->has_csum = base->flags & GRE_CSUM;
	gre->key = 0;
	gre->len = sizeof(*base) + (gre->has_csum ? WORD : 0);
	if (!gre->has_key)
		return true;
	key = skb_header_pointer(skb, offset + gre->len, sizeof(key_buf),
				 &key_buf);
	if (!key)
		return false;
	gre->key = *key;
	gre->len += WORD;
	return true;
}

/**
 * dmvpn_gre_intact() - is the checksum right, if there is one?
 * @skb: packet whose data begins with the header
 * @gre: what it says
 * @opened: it was in ESP: what is known of checksums is of the outer packet
 *
 * In the clear it may have been merged (GRO), or have come from this machine
 * without a checksum inside that counts: then all that there was to look at has
 * been looked at.
 */
bool dmvpn_gre_intact(struct sk_buff *skb, const struct dmvpn_gre *gre,
		      bool opened)
{
	if (!gre->has_csum)
		return true;
	if (opened)
		return !csum_fold(skb_checksum(skb, 0, skb->len, 0));
	return !skb_checksum_simple_validate(skb);
}
