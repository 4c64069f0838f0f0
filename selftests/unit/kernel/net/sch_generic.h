/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UNIT_KERNEL_SCH_GENERIC_H
#define UNIT_KERNEL_SCH_GENERIC_H

#include <linux/skbuff.h>

static inline unsigned int qdisc_pkt_len(const struct sk_buff *skb)
{
	return skb->len;
}

#endif
