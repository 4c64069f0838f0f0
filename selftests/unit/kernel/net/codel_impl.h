/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UNIT_KERNEL_CODEL_IMPL_H
#define UNIT_KERNEL_CODEL_IMPL_H

static void codel_params_init(struct codel_params *params)
{
	memset(params, 0, sizeof(*params));
}

static void codel_vars_init(struct codel_vars *vars)
{
	memset(vars, 0, sizeof(*vars));
}

static void codel_stats_init(struct codel_stats *stats)
{
	memset(stats, 0, sizeof(*stats));
}

static struct sk_buff *
codel_dequeue(void *ctx, u32 *backlog, struct codel_params *params,
	      struct codel_vars *vars, struct codel_stats *stats,
	      u32 (*len)(const struct sk_buff *skb),
	      codel_time_t (*time)(const struct sk_buff *skb),
	      void (*drop)(struct sk_buff *skb, void *ctx),
	      struct sk_buff *(*next)(struct codel_vars *vars, void *ctx))
{
	const u32 limit = params->target + params->interval;
	struct sk_buff *skb;

	(void)len;
	while ((skb = next(vars, ctx)) && *backlog > params->mtu &&
	       codel_get_time() - time(skb) > limit) {
		if (params->ecn) {
			stats->ecn_mark++;
			break;
		}
		drop(skb, ctx);
	}
	return skb;
}

#endif
