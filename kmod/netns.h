/* SPDX-License-Identifier: GPL-2.0 */
/* What a network namespace of the underlay holds. */
#ifndef _DMVPN_NETNS_H
#define _DMVPN_NETNS_H

#include <linux/hashtable.h>
#include <linux/mutex.h>
#include <linux/rhashtable.h>
#include <linux/wait.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>

/**
 * struct dmvpn_net - tables of one underlay namespace
 * @net: the namespace
 * @lock: serialises every change to what hangs on this struct: sessions, SAs,
 *	devices and their peers and next hops. Readers use RCU.
 * @sas: SAs by direction, SPI and address (struct dmvpn_sa_key)
 * @sessions: by endpoints (struct dmvpn_session_key)
 * @handles: sessions by handle
 * @next_handle: where the search for a free handle goes on
 * @session_list: all sessions, for dumps
 * @n_sessions: length of @session_list
 * @n_moved: those that have got a port where their peers asked for any
 * @reserved: inbound SPIs that wait for their keys
 * @devices: devices whose underlay this is
 * @n_sas: SAs not yet freed; a namespace goes only when this is 0
 * @sas_gone: woken when @n_sas reaches 0
 * @gre_hooks: number of devices that are up, hence whether the hook for plain
 *	GRE is registered. Under RTNL.
 * @ids: last number given to a peer, next hop, SA or policy; dumps resume by
 *	it
 * @policy_lock: for @policies, inside of @lock: devices and peers use the
 *	policies of the namespace that they are in, which need not be that of
 *	their underlay
 * @policies: by id
 * @n_policies: length of @policies
 * @policy_seq: changes of a policy's classes, for dumps of them
 */
struct dmvpn_net {
	struct net *net;
	struct mutex lock;	/* for all configuration */
	struct rhashtable sas;
	struct rhashtable sessions;
	struct xarray handles;
	u32 next_handle;
	struct list_head session_list;
	u32 n_sessions;
	u32 n_moved;
	struct list_head reserved;
	struct list_head devices;
	atomic_t n_sas;
	wait_queue_head_t sas_gone;
	unsigned int gre_hooks;
	atomic64_t ids;
	struct mutex policy_lock;	/* for @policies */
	struct list_head policies;
	u32 n_policies;
	u32 policy_seq;
};

struct dmvpn_net *dmvpn_net(const struct net *net);
int dmvpn_net_init(void);
void dmvpn_net_exit(void);

#endif /* _DMVPN_NETNS_H */
