/* SPDX-License-Identifier: GPL-2.0 */
/* GRE with an optional key and checksum: RFC 2784, RFC 2890. */
#ifndef _DMVPN_GRE_H
#define _DMVPN_GRE_H

#include <linux/skbuff.h>

struct dmvpn_config;

/**
 * struct dmvpn_gre - a GRE header that we understand
 * @protocol: EtherType of what follows
 * @has_key: whether it has a key
 * @has_csum: whether it has a checksum
 * @key: the key, 0 without one
 * @len: bytes of the header
 */
struct dmvpn_gre {
	__be16 protocol;
	bool has_key;
	bool has_csum;
	__be32 key;
	unsigned int len;
};

unsigned int dmvpn_gre_len(const struct dmvpn_config *cfg);
void dmvpn_gre_push(struct sk_buff *skb, const struct dmvpn_config *cfg);
bool dmvpn_gre_parse(const struct sk_buff *skb, unsigned int offset,
		     struct dmvpn_gre *gre);
bool dmvpn_gre_intact(struct sk_buff *skb, const struct dmvpn_gre *gre,
		      bool opened);

#endif /* _DMVPN_GRE_H */
