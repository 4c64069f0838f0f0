/* SPDX-License-Identifier: GPL-2.0 */
/* A peer: one NBMA address that a device sends to. */
#ifndef _DMVPN_PEER_H
#define _DMVPN_PEER_H

#include <linux/netdevice.h>
#include <linux/rhashtable.h>
#include <linux/skbuff.h>
#include <net/dst_cache.h>

#include "addr.h"

struct dmvpn_device;
struct dmvpn_policy;
struct dmvpn_session;

/**
 * struct dmvpn_peer_conf - what is said of a peer
 * @flags: DMVPN_PEER_FLAGS_*
 * @policy: that queues towards it, or NULL; held again by the peer
 * @rate: bits a second that @policy may have at most, 0 for no such limit
 * @identity: who has to be there, as in identity.c; NULL for anybody
 */
struct dmvpn_peer_conf {
	u32 flags;
	struct dmvpn_policy *policy;
	u64 rate;
	const char *identity;
};

/**
 * struct dmvpn_peer_key - what finds a peer in its device
 * @remote: NBMA address
 * @port: UDP port, 0 for whatever the session has
 * @pad: always zero
 */
struct dmvpn_peer_key {
	struct dmvpn_addr remote;
	__be16 port;
	u16 pad;
};

/**
 * struct dmvpn_peer - one peer
 * @node: in dd->peers
 * @key: see there
 * @dd: its device
 * @id: its number, for dumps
 * @list: in dd->peer_list, by @id
 * @mcast: in dd->mcast if @flags has multicast
 * @session: where its packets are protected, NULL on an unprotected device;
 *	does not change while the peer lives
 * @session_node: in session->peers
 * @nexthops: next hops through this peer
 * @n_nexthops: their number
 * @flags: DMVPN_PEER_FLAGS_*
 * @policy: RCU; queues towards the peer, with a reference, or NULL
 * @rate: bits a second that @policy may have at most, 0 for no such limit
 * @identity: who has to be behind the session, NULL for anybody; dn->lock
 * @dst: route to the NBMA address, with BH off
 * @pending: packets that wait for an SA; its lock guards @dead too
 * @waiting: jiffies when the first of @pending came
 * @mcast_budget: multicast copies that may go now, see mcast.c
 * @dead: no packet may be added to @pending any more
 * @mcast_refilled: jiffies when it was last added to
 * @stats: inner packets and bytes
 * @tx_dropped: packets not sent
 * @created: jiffies
 * @used: jiffies of the last packet in either direction, 0 for none
 * @rcu: freed after a grace period
 */
struct dmvpn_peer {
	struct rhash_head node;
	struct dmvpn_peer_key key;
	struct dmvpn_device *dd;
	u64 id;
	struct list_head list;
	struct list_head mcast;
	struct dmvpn_session *session;
	struct list_head session_node;
	struct list_head nexthops;
	u32 n_nexthops;
	u32 flags;
	struct dmvpn_policy __rcu *policy;
	u64 rate;
	char *identity;
	struct dst_cache dst;
	struct sk_buff_head pending;
	unsigned long waiting;
	u32 mcast_budget;
	bool dead;
	unsigned long mcast_refilled;
	struct pcpu_sw_netstats __percpu *stats;
	atomic64_t tx_dropped;
	unsigned long created;
	unsigned long used;
	struct rcu_head rcu;
};

extern const struct rhashtable_params dmvpn_peer_params;

struct dmvpn_peer *dmvpn_peer_find(struct dmvpn_device *dd,
				   const struct dmvpn_addr *remote,
				   __be16 port);
struct dmvpn_peer *dmvpn_peer_add(struct dmvpn_device *dd,
				  const struct dmvpn_peer_key *key,
				  const struct dmvpn_peer_conf *conf,
				  struct netlink_ext_ack *extack);
int dmvpn_peer_set(struct dmvpn_peer *peer, const struct dmvpn_peer_conf *conf,
		   struct netlink_ext_ack *extack);
void dmvpn_peer_del(struct dmvpn_peer *peer);
void dmvpn_peer_flush(struct dmvpn_device *dd);
int dmvpn_peer_init(void);
void dmvpn_peer_exit(void);

/* Under dn->lock, that of the device's underlay. */
static inline struct dmvpn_policy *
dmvpn_peer_policy(const struct dmvpn_peer *peer)
{
	return rcu_dereference_protected(peer->policy, true);
}

static inline void dmvpn_peer_touch(struct dmvpn_peer *peer)
{
	const unsigned long now = jiffies;

	if (READ_ONCE(peer->used) != now)
		WRITE_ONCE(peer->used, now);
}

/* Count packets sent to a peer. BH off. */
static inline void dmvpn_peer_sent(struct dmvpn_peer *peer,
				   unsigned int packets, unsigned int bytes)
{
	struct pcpu_sw_netstats *stats = this_cpu_ptr(peer->stats);

	u64_stats_update_begin(&stats->syncp);
	u64_stats_add(&stats->tx_packets, packets);
	u64_stats_add(&stats->tx_bytes, bytes);
	u64_stats_update_end(&stats->syncp);
	dmvpn_peer_touch(peer);
}

/* Count a packet that came from a peer. BH off. */
static inline void dmvpn_peer_received(struct dmvpn_peer *peer,
				       unsigned int bytes)
{
	struct pcpu_sw_netstats *stats = this_cpu_ptr(peer->stats);

	u64_stats_update_begin(&stats->syncp);
	u64_stats_inc(&stats->rx_packets);
	u64_stats_add(&stats->rx_bytes, bytes);
	u64_stats_update_end(&stats->syncp);
	dmvpn_peer_touch(peer);
}

#endif /* _DMVPN_PEER_H */
