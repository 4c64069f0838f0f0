// SPDX-License-Identifier: GPL-2.0
/*
 * Marking: what the device's policies make of a packet. The output policy sees
 * the inner header as it came; the underlay policy sees the inner header as it
 * leaves (pre-classify), or the outer one that is about to be written.
 */
#include <net/dsfield.h>
#include <net/inet_ecn.h>

#include "device.h"
#include "packet.h"
#include "policy.h"
#include "send.h"
#include "service.h"

/**
 * struct marks - what classes say of one packet
 * @sets: DMVPN_SETS_*
 * @inner_dscp: see there
 * @outer_dscp: see there
 * @mark: see there
 * @priority: see there
 */
struct marks {
	u8 sets;
	u8 inner_dscp;
	u8 outer_dscp;
	u32 mark;
	u32 priority;
};

/* What comes later overrides what came before. */
static void take(struct marks *marks, const struct dmvpn_class *class)
{
	marks->sets |= class->sets;
	if (class->sets & DMVPN_SETS_INNER)
		marks->inner_dscp = class->inner_dscp;
	if (class->sets & DMVPN_SETS_OUTER)
		marks->outer_dscp = class->outer_dscp;
	if (class->sets & DMVPN_SETS_MARK)
		marks->mark = class->mark;
	if (class->sets & DMVPN_SETS_PRIORITY)
		marks->priority = class->priority;
}

static u8 with_dscp(u8 tos, u8 dscp)
{
	return dscp << 2 | (tos & INET_ECN_MASK);
}

/* The outer header, which copies the inner one unless told otherwise. */
static u8 outer_tos(const struct marks *marks, const struct dmvpn_config *cfg,
		    u8 tos)
{
	if (marks->sets & DMVPN_SETS_OUTER)
		return with_dscp(tos, marks->outer_dscp);
	if (marks->sets & DMVPN_SETS_INNER && cfg->tos == DMVPN_TOS_INHERIT)
		return with_dscp(tos, marks->inner_dscp);
	return tos;
}

static void ask(struct marks *marks, const struct dmvpn_service *service,
		const struct dmvpn_flow *flow, const struct sk_buff *skb)
{
	const struct dmvpn_tally *tally = rcu_dereference(service->tally);
	u32 packets, bytes;

	dmvpn_skb_size(skb, &packets, &bytes);
	take(marks, dmvpn_policy_classify(tally->rules, tally->counts, flow,
					  packets, bytes));
}

/* What has no IP header inside (NHRP, MPLS) is seen by the outer one. */
static void ask_underlay(struct marks *marks, const struct dmvpn_path *path,
			 const struct sk_buff *skb,
			 const struct dmvpn_cb *note, struct dmvpn_flow *flow)
{
	struct dmvpn_cb outer = *note;

	if (path->cfg->pre_classify && flow->family) {
		if (marks->sets & DMVPN_SETS_INNER)
			flow->dscp = marks->inner_dscp;
	} else {
		outer.tos = outer_tos(marks, path->cfg, note->tos);
		dmvpn_flow_outer(&outer, path->sa ? IPPROTO_ESP : IPPROTO_GRE,
				 flow);
	}
	ask(marks, path->cfg->underlay_policy, flow, skb);
}

static bool set_inner(struct sk_buff *skb, u8 dscp)
{
	bool ip4 = skb->protocol == htons(ETH_P_IP);
	int len = ip4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);

	if (skb_ensure_writable(skb, skb_network_offset(skb) + len))
		return false;
	if (ip4)
		ipv4_change_dsfield(ip_hdr(skb), INET_ECN_MASK, dscp << 2);
	else
		ipv6_change_dsfield(ipv6_hdr(skb), INET_ECN_MASK, dscp << 2);
	return true;
}

/**
 * dmvpn_mark() - what the device's policies want of a packet
 * @path: where it goes; its device has a policy
 * @skb: packet or super-packet; gets inner DSCP, mark and priority
 * @note: what the outer header will say; gets the outer DSCP
 *
 * Context: BH off, RCU.
 * Return: false without memory; the packet is as it was then.
 */
bool dmvpn_mark(const struct dmvpn_path *path, struct sk_buff *skb,
		struct dmvpn_cb *note)
{
	const struct dmvpn_config *cfg = path->cfg;
	struct marks marks = {};
	struct dmvpn_flow flow;
	bool ip = dmvpn_flow_read(skb, &flow);
	u8 dscp = flow.dscp;

	if (cfg->output_policy && skb->protocol != htons(DMVPN_ETH_P_NHRP))
		ask(&marks, cfg->output_policy, ip ? &flow : NULL, skb);
	if (!ip)
		marks.sets &= ~DMVPN_SETS_INNER;
	if (cfg->underlay_policy)
		ask_underlay(&marks, path, skb, note, &flow);
	if (!ip)
		marks.sets &= ~DMVPN_SETS_INNER;
	if (marks.sets & DMVPN_SETS_INNER && marks.inner_dscp != dscp &&
	    !set_inner(skb, marks.inner_dscp))
		return false;
	if (marks.sets & DMVPN_SETS_MARK)
		skb->mark = marks.mark;
	if (marks.sets & DMVPN_SETS_PRIORITY)
		skb->priority = marks.priority;
	note->tos = outer_tos(&marks, cfg, note->tos);
	return true;
}
