// SPDX-License-Identifier: GPL-2.0
#include <linux/if_tunnel.h>
#include <net/gre.h>

#include "device.h"
#include "gre.h"
#include "packet.h"

struct gre_with_key {
	struct gre_base_hdr base;
	__be32 key;
};

/**
 * dmvpn_gre_push() - put a GRE header before a packet
 * @skb: packet with private headroom; its protocol becomes GRE's
 * @cfg: settings of the device
 */
void dmvpn_gre_push(struct sk_buff *skb, const struct dmvpn_config *cfg)
{
	struct gre_with_key *gre = skb_push(skb, DMVPN_GRE_LEN(cfg->has_key));

	gre->base.flags = cfg->has_key ? GRE_KEY : 0;
	gre->base.protocol = skb->protocol;
	if (cfg->has_key)
		gre->key = cfg->key;
}

/**
 * dmvpn_gre_parse() - read a GRE header
 * @skb: packet
 * @offset: of the header from skb->data
 * @gre: gets what it says
 *
 * Return: false if the packet is too short or uses what no DMVPN does:
 * checksum, sequence number, routing, another version.
 */
bool dmvpn_gre_parse(const struct sk_buff *skb, unsigned int offset,
		     struct dmvpn_gre *gre)
{
	const struct gre_base_hdr *base;
	struct gre_base_hdr base_buf;
	__be32 key_buf, *key;

	base = skb_header_pointer(skb, offset, sizeof(base_buf), &base_buf);
	if (!base || base->flags & ~GRE_KEY)
		return false;
	gre->protocol = base->protocol;
	gre->has_key = base->flags & GRE_KEY;
	gre->key = 0;
	gre->len = DMVPN_GRE_LEN(gre->has_key);
	if (!gre->has_key)
		return true;
	key = skb_header_pointer(skb, offset + sizeof(*base), sizeof(key_buf),
				 &key_buf);
	if (!key)
		return false;
	gre->key = *key;
	return true;
}
