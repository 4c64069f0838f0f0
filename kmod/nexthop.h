/* SPDX-License-Identifier: GPL-2.0 */
/* A next hop: overlay address to peer. */
#ifndef _DMVPN_NEXTHOP_H
#define _DMVPN_NEXTHOP_H

#include <linux/rhashtable.h>
#include <linux/skbuff.h>

#include "addr.h"

struct dmvpn_device;
struct dmvpn_peer;

/* Packets kept for a next hop nobody knows, as neighbour entries once did. */
#define DMVPN_NEXTHOP_QUEUE	3
/* How long they wait. */
#define DMVPN_INCOMPLETE_TIMEOUT	(3 * HZ)
/* A next hop raises one miss event in this time. */
#define DMVPN_MISS_INTERVAL	HZ

/**
 * struct dmvpn_nexthop - one next hop
 * @node: in dd->nexthops
 * @addr: overlay address
 * @state: DMVPN_NEXTHOP_STATE_*
 * @kind: DMVPN_NEXTHOP_KIND_*, for the daemon
 * @dead: no packet may be added to @queue any more
 * @dd: its device
 * @id: its number, for dumps; a replaced one hands it on
 * @list: in dd->nexthop_list, or dd->incomplete if @state is that, by @id
 * @peer: where packets go, NULL unless @state is valid
 * @peer_node: in peer->nexthops
 * @expires: jiffies, for the daemon; 0 for never
 * @claimed: NBMA address the peer claims, for the daemon
 * @flags: DMVPN_NEXTHOP_FLAGS_*, for the daemon
 * @created: jiffies
 * @used: jiffies of the last packet, 0 for none
 * @missed: jiffies of the last miss event
 * @packets: that used it; racing CPUs may lose a count
 * @queue: packets of an incomplete one; its lock guards @dead too
 * @rcu: freed after a grace period
 *
 * What packets read (@addr, @state, @peer) never changes: a next hop is
 * replaced as a whole. It has 192 bytes, as much as a slab's object.
 */
struct dmvpn_nexthop {
	struct rhash_head node;
	struct dmvpn_addr addr;
	u8 state;
	u8 kind;
	bool dead;
	struct dmvpn_device *dd;
	u64 id;
	struct list_head list;
	struct dmvpn_peer *peer;
	struct list_head peer_node;
	unsigned long expires;
	struct dmvpn_addr claimed;
	u32 flags;
	unsigned long created;
	unsigned long used;
	unsigned long missed;
	u64 packets;
	struct sk_buff_head queue;
	struct rcu_head rcu;
};

/**
 * struct dmvpn_nexthop_conf - what the daemon says of a next hop
 * @addr: overlay address
 * @peer: NULL for a negative one
 * @kind: DMVPN_NEXTHOP_KIND_*
 * @flags: DMVPN_NEXTHOP_FLAGS_*
 * @lifetime: seconds, 0 for no end
 * @claimed: NBMA address that the peer claims
 */
struct dmvpn_nexthop_conf {
	struct dmvpn_addr addr;
	struct dmvpn_peer *peer;
	u8 kind;
	u32 flags;
	u32 lifetime;
	struct dmvpn_addr claimed;
};

extern const struct rhashtable_params dmvpn_nexthop_params;

struct dmvpn_nexthop *dmvpn_nexthop_find(struct dmvpn_device *dd,
					 const struct dmvpn_addr *addr);
void dmvpn_nexthop_init(struct dmvpn_device *dd);
int dmvpn_nexthop_set(struct dmvpn_device *dd,
		      const struct dmvpn_nexthop_conf *conf,
		      struct netlink_ext_ack *extack);
void dmvpn_nexthop_del(struct dmvpn_nexthop *nh);
void dmvpn_nexthop_flush(struct dmvpn_device *dd);
void dmvpn_nexthop_miss(struct dmvpn_device *dd, const struct dmvpn_addr *addr,
			struct sk_buff *skb);

static inline void dmvpn_nexthop_touch(struct dmvpn_nexthop *nh)
{
	const unsigned long now = jiffies;

	nh->packets++;
	if (READ_ONCE(nh->used) != now)
		WRITE_ONCE(nh->used, now);
}

#endif /* _DMVPN_NEXTHOP_H */
