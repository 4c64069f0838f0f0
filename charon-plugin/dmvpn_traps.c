/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "compat.h"
#include "dmvpn_traps.h"

/**
 * Inbound policies of this thread without an outbound one: in, and in tunnel
 * mode fwd. What they point to is there at least until the outbound one comes.
 */
static __thread struct {
	kernel_ipsec_policy_id_t id;
	kernel_ipsec_manage_policy_t data;
} kept[2];

static __thread int kept_count;

/**
 * Selectors of the outbound policy of ours that this thread has just deleted
 */
static __thread traffic_selector_t *deleted_src, *deleted_dst;

/**
 * Is a policy about GRE alone?
 */
static bool is_gre(kernel_ipsec_policy_id_t *id)
{
	return id->src_ts && id->dst_ts &&
		   id->src_ts->get_protocol(id->src_ts) == IPPROTO_GRE &&
		   id->dst_ts->get_protocol(id->dst_ts) == IPPROTO_GRE;
}

/**
 * Described in header
 */
bool dmvpn_traps_keep(kernel_ipsec_policy_id_t *id,
					  kernel_ipsec_manage_policy_t *data)
{
	/* the outbound one for what is forwarded has no reqid */
	if (id->dir == POLICY_OUT || id->interface || !is_gre(id) ||
		data->prio != POLICY_PRIORITY_ROUTED || !data->sa || !data->sa->reqid)
	{
		return FALSE;
	}
	if (id->dir == POLICY_IN || kept_count == countof(kept))
	{	/* the first one of its kind */
		kept_count = 0;
	}
	kept[kept_count].id = *id;
	kept[kept_count].data = *data;
	kept_count++;
	return TRUE;
}

/**
 * Described in header
 */
status_t dmvpn_traps_add(kernel_ipsec_policy_id_t *id, kernel_ipsec_t *inner)
{
	int i, count = kept_count;
	status_t status = SUCCESS;

	kept_count = 0;
	for (i = 0; inner && i < count; i++)
	{
		if (kept[i].id.src_ts == id->dst_ts && kept[i].id.dst_ts == id->src_ts)
		{
			status |= inner->add_policy(inner, &kept[i].id, &kept[i].data);
		}
	}
	return status;
}

/**
 * Described in header
 */
bool dmvpn_traps_delete(kernel_ipsec_policy_id_t *id, bool ours)
{
	if (id->dir == POLICY_OUT)
	{
		deleted_src = ours ? id->src_ts : NULL;
		deleted_dst = ours ? id->dst_ts : NULL;
		return ours;
	}
	return ours || (deleted_src && id->src_ts == deleted_dst &&
					id->dst_ts == deleted_src);
}
