/* SPDX-License-Identifier: GPL-2.0 */
/* What of a packet's headers can be matched. */
#ifndef _DMVPN_FLOW_H
#define _DMVPN_FLOW_H

#include <linux/skbuff.h>

#include "classify.h"

struct dmvpn_cb;

bool dmvpn_flow_read(const struct sk_buff *skb, struct dmvpn_flow *flow);
void dmvpn_flow_outer(const struct dmvpn_cb *note, u8 protocol,
		      struct dmvpn_flow *flow);

#endif /* _DMVPN_FLOW_H */
