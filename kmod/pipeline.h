/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets of one peer arrive on one CPU, whatever spreads packets over CPUs. If
 * that has no time left, others that have some help it with the cipher.
 */
#ifndef _DMVPN_PIPELINE_H
#define _DMVPN_PIPELINE_H

#include <linux/types.h>

struct dmvpn_helper;
struct dmvpn_order;
struct dmvpn_turn;

bool dmvpn_pipeline_busy(void);
struct dmvpn_helper *dmvpn_pipeline_helper(void);
void dmvpn_pipeline_push(struct dmvpn_order *order, struct dmvpn_turn *turn,
			 struct dmvpn_helper *helper);
void dmvpn_pipeline_call(struct dmvpn_order *order);
int dmvpn_pipeline_init(void);
void dmvpn_pipeline_exit(void);

#endif /* _DMVPN_PIPELINE_H */
