/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UNIT_KERNEL_CODEL_QDISC_H
#define UNIT_KERNEL_CODEL_QDISC_H

#include <linux/skbuff.h>

static codel_time_t codel_get_enqueue_time(const struct sk_buff *skb)
{
	return (codel_time_t)(skb->came >> CODEL_SHIFT);
}

static void codel_set_enqueue_time(struct sk_buff *skb)
{
	skb->came = codel_now;
}

#endif
