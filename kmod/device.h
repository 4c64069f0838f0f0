/* SPDX-License-Identifier: GPL-2.0 */
/* The netdevice: `ip link add type dmvpn`. */
#ifndef _DMVPN_DEVICE_H
#define _DMVPN_DEVICE_H

#include <linux/netdevice.h>
#include <linux/rhashtable.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <net/gro_cells.h>
#include <uapi/linux/dmvpn.h>

#include "addr.h"
#include "netns.h"

struct dmvpn_service;

#define DMVPN_PROFILE_LEN	64

#define DMVPN_TTL_DEFAULT	255
#define DMVPN_TOS_INHERIT	1
#define DMVPN_PENDING_DEFAULT	64
#define DMVPN_MAX_PEERS_DEFAULT		65536
#define DMVPN_MAX_NEXTHOPS_DEFAULT	131072
#define DMVPN_MAX_INCOMPLETE_DEFAULT	1024
#define DMVPN_UPCALLS_DEFAULT	100
#define DMVPN_MCAST_RATE_DEFAULT	10000
#define DMVPN_NHRP_RATE_DEFAULT	1000

/**
 * struct dmvpn_config - what `ip link` sets; replaced as a whole
 * @rcu: for the replaced one
 * @local: IPv4 NBMA address, AF_UNSPEC for none
 * @local6: IPv6 NBMA address, AF_UNSPEC for none
 * @link: index of the underlay device, 0 for any
 * @key: GRE key
 * @has_key: whether packets carry @key
 * @ttl: of the outer header, 0 to copy the inner one
 * @tos: of the outer header, or DMVPN_TOS_INHERIT
 * @profile: protection profile, empty for plain GRE
 * @pending: packets kept for a peer without an SA
 * @max_peers: limit
 * @max_nexthops: limit
 * @max_incomplete: next hops that may wait for an answer at once: a scan must
 *	not fill memory
 * @upcalls: events a second
 * @df: DMVPN_DF_*, the outer DF bit
 * @csum: GRE headers carry a checksum
 * @source_check: a packet's source must live behind the peer that sent it
 * @fwmark: of the look-up of the route to a peer
 * @mcast_rate: multicast packets a second for each peer, 0 for no limit
 * @nhrp_rate: NHRP packets a second from each sender, 0 for no limit
 * @marks: there is a policy
 * @pre_classify: @underlay_policy sees the inner header
 * @output_policy: of inner packets, with a reference, or NULL
 * @underlay_policy: of what the underlay gets, with a reference, or NULL
 */
struct dmvpn_config {
	struct rcu_head rcu;
	struct dmvpn_addr local;
	struct dmvpn_addr local6;
	u32 link;
	__be32 key;
	bool has_key;
	bool csum;
	bool source_check;
	u8 df;
	u8 ttl;
	u8 tos;
	char profile[DMVPN_PROFILE_LEN];
	u32 pending;
	u32 max_peers;
	u32 max_nexthops;
	u32 max_incomplete;
	u32 upcalls;
	u32 fwmark;
	u32 mcast_rate;
	u32 nhrp_rate;
	bool marks;
	bool pre_classify;
	struct dmvpn_service *output_policy;
	struct dmvpn_service *underlay_policy;
};

/* The device's NBMA address of a family; AF_UNSPEC if it has none. */
static inline const struct dmvpn_addr *
dmvpn_config_local(const struct dmvpn_config *cfg, u16 family)
{
	return family == AF_INET6 ? &cfg->local6 : &cfg->local;
}

static inline bool dmvpn_config_protected(const struct dmvpn_config *cfg)
{
	return cfg->profile[0];
}

/**
 * struct dmvpn_drops - per-CPU drop counters, indexed by DMVPN_A_DROPS_*
 * @count: since the device was made; read without lock by dumps
 */
struct dmvpn_drops {
	u64 count[DMVPN_A_DROPS_MAX + 1];
};

#define DMVPN_RECENT	256
#define DMVPN_SENDERS	256

/**
 * struct dmvpn_bucket - rate of one kind of event
 * @tokens: events left
 * @refilled: jiffies of the last refill
 */
struct dmvpn_bucket {
	u32 tokens;
	unsigned long refilled;
};

/**
 * struct dmvpn_upcalls - rates of the events that packets raise
 * @lock: for the buckets
 * @miss: of unknown next hops
 * @redirect: of packets that go back where they came from
 * @seed: of the hash that picks one of @senders
 * @senders: of NHRP: who shares one with a flooder suffers with it, and nobody
 *	else
 * @recent: flows that raised a redirect, by hash: when
 */
struct dmvpn_upcalls {
	spinlock_t lock;	/* for the buckets */
	struct dmvpn_bucket miss;
	struct dmvpn_bucket redirect;
	u32 seed;
	struct dmvpn_bucket senders[DMVPN_SENDERS];
	struct {
		u32 hash;
		unsigned long when;
	} recent[DMVPN_RECENT];
};

/**
 * struct dmvpn_device - private part of a netdevice of kind dmvpn
 * @dev: the netdevice
 * @dn: underlay namespace, where packets go out and ESP comes in
 * @cfg: settings
 * @net_node: in dn->devices
 * @gone: no longer there; the tables are or will be destroyed
 * @peers: by NBMA address and port (struct dmvpn_peer_key)
 * @nexthops: by overlay address
 * @peer_list: all peers in the order they were made
 * @nexthop_list: valid and negative next hops in the order they were made
 * @incomplete: next hops that wait for an answer, oldest first
 * @incomplete_lock: for @incomplete, which packets add to
 * @incomplete_work: ends those that waited too long
 * @mcast: peers with the multicast flag, RCU
 * @qdiscs: queueing disciplines of ours that it has; under RTNL
 * @nhs: the peer that packets to an unknown next hop go through, or NULL
 * @n_peers: length of @peer_list
 * @n_nexthops: next hops of any state
 * @n_incomplete: next hops that wait for an answer
 * @portid: netlink port that gets NHRP frames, 0 for none
 * @port_net: namespace of that port; only compared, for a device may move
 * @gro_cells: receive queue into the stack
 * @drops: counters
 * @upcalls: limits
 * @misses: packets whose next hop was unknown
 * @redirects: packets that came in on this device and leave on it
 * @suppressed: events over the limit
 *
 * All lists and counts but @incomplete are changed under dn->lock.
 */
struct dmvpn_device {
	struct net_device *dev;
	struct dmvpn_net *dn;
	struct dmvpn_config __rcu *cfg;
	struct list_head net_node;
	bool gone;
	struct rhashtable peers;
	struct rhashtable nexthops;
	struct list_head peer_list;
	struct list_head nexthop_list;
	struct list_head incomplete;
	spinlock_t incomplete_lock;	/* for @incomplete */
	struct delayed_work incomplete_work;
	struct list_head mcast;
	struct list_head qdiscs;
	struct dmvpn_peer __rcu *nhs;
	u32 n_peers;
	atomic_t n_nexthops;
	atomic_t n_incomplete;
	u32 portid;
	const struct net *port_net;
	struct gro_cells gro_cells;
	struct dmvpn_drops __percpu *drops;
	struct dmvpn_upcalls upcalls;
	atomic64_t misses;
	atomic64_t redirects;
	atomic64_t suppressed;
};

bool dmvpn_device_is(const struct net_device *dev);
bool dmvpn_device_has_gre(const struct dmvpn_device *dd, bool has_key,
			  __be32 key);
struct dmvpn_device *dmvpn_device_by_gre(struct dmvpn_net *dn,
					 const struct dmvpn_addr *local,
					 bool has_key, __be32 key);
u64 dmvpn_device_drops(const struct dmvpn_device *dd, int reason);
int dmvpn_device_claim_port(struct dmvpn_device *dd, u32 portid);
u32 dmvpn_device_port(const struct dmvpn_device *dd);
void dmvpn_device_release_port(struct net *net, u32 portid);
void dmvpn_device_net_exit(struct dmvpn_net *dn, struct list_head *kill);
int dmvpn_device_init(void);
void dmvpn_device_exit(void);

/* Count a dropped packet; the caller frees it. Any context with BH off. */
static inline void dmvpn_drop(struct dmvpn_device *dd, int reason)
{
	this_cpu_inc(dd->drops->count[reason]);
	if (reason >= DMVPN_A_DROPS_RX_CLEAR)
		DEV_STATS_INC(dd->dev, rx_dropped);
	else
		DEV_STATS_INC(dd->dev, tx_dropped);
}

/* Count a dropped packet and free it. Any context with BH off. */
static inline void dmvpn_drop_skb(struct dmvpn_device *dd, struct sk_buff *skb,
				  int reason)
{
	dmvpn_drop(dd, reason);
	kfree_skb(skb);
}

#endif /* _DMVPN_DEVICE_H */
