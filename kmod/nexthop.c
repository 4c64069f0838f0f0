// SPDX-License-Identifier: GPL-2.0
#include <linux/netlink.h>
#include <linux/slab.h>
#include <net/dst.h>

#include "device.h"
#include "nexthop.h"
#include "notify.h"
#include "peer.h"
#include "send.h"
#include "source.h"
#include "upcall.h"
#include "wq.h"

static u32 nexthop_hash(const void *data, u32 len, u32 seed)
{
	const struct dmvpn_addr *addr = data;
	const u32 *word = data;

	if (addr->family == AF_INET6)
		return jhash2(word, sizeof(addr->ip6) / sizeof(*word), seed);
	return jhash_1word(*word, seed);
}

static int nexthop_differs(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct dmvpn_nexthop *nh = obj;

	return !dmvpn_addr_equal(arg->key, &nh->addr);
}

/* Every packet looks up one of these, and an SA: they have quick functions. */
const struct rhashtable_params dmvpn_nexthop_params = {
	.head_offset = offsetof(struct dmvpn_nexthop, node),
	.key_offset = offsetof(struct dmvpn_nexthop, addr),
	.key_len = sizeof(struct dmvpn_addr),
	.hashfn = nexthop_hash,
	.obj_cmpfn = nexthop_differs,
	.automatic_shrinking = true,
};

/**
 * dmvpn_nexthop_find() - a device's next hop
 * @dd: device
 * @addr: overlay address
 *
 * Context: RCU or dn->lock.
 * Return: next hop of any state, or NULL.
 */
struct dmvpn_nexthop *dmvpn_nexthop_find(struct dmvpn_device *dd,
					 const struct dmvpn_addr *addr)
{
	return rhashtable_lookup_fast(&dd->nexthops, addr,
				      dmvpn_nexthop_params);
}

static struct dmvpn_nexthop *nexthop_alloc(struct dmvpn_device *dd,
					   const struct dmvpn_addr *addr,
					   u8 state, gfp_t gfp)
{
	struct dmvpn_nexthop *nh = kzalloc(sizeof(*nh), gfp);

	if (!nh)
		return NULL;
	nh->dd = dd;
	nh->addr = *addr;
	nh->state = state;
	nh->created = jiffies;
	nh->missed = jiffies - DMVPN_MISS_INTERVAL;
	skb_queue_head_init(&nh->queue);
	INIT_LIST_HEAD(&nh->peer_node);
	INIT_LIST_HEAD(&nh->list);
	return nh;
}

/* No more packets from now on; those that wait move to @queue. */
static void nexthop_close(struct dmvpn_nexthop *nh, struct sk_buff_head *queue)
{
	spin_lock_bh(&nh->queue.lock);
	nh->dead = true;
	skb_queue_splice_init(&nh->queue, queue);
	spin_unlock_bh(&nh->queue.lock);
}

/* Off its list and its peer, out of the counts; the table is the caller's. */
static void nexthop_unlink(struct dmvpn_nexthop *nh)
{
	struct dmvpn_device *dd = nh->dd;

	spin_lock_bh(&dd->incomplete_lock);
	list_del_init(&nh->list);
	spin_unlock_bh(&dd->incomplete_lock);
	if (nh->state == DMVPN_NEXTHOP_STATE_INCOMPLETE)
		atomic_dec(&dd->n_incomplete);
	else
		atomic_dec(&dd->n_nexthops);
	if (nh->peer) {
		list_del(&nh->peer_node);
		nh->peer->n_nexthops--;
	}
}

static void queue_drop(struct dmvpn_device *dd, struct sk_buff_head *queue)
{
	struct sk_buff *skb;

	local_bh_disable();
	while ((skb = __skb_dequeue(queue))) {
		dmvpn_drop(dd, DMVPN_A_DROPS_TX_NO_NEXTHOP);
		dev_kfree_skb_any(skb);
	}
	local_bh_enable();
}

static void queue_send(struct dmvpn_peer *peer, struct sk_buff_head *queue)
{
	struct sk_buff *skb;

	local_bh_disable();
	rcu_read_lock();
	while ((skb = __skb_dequeue(queue)))
		dmvpn_send(peer->dd, peer, skb);
	rcu_read_unlock();
	local_bh_enable();
}

/* @tell: the sender of the oldest packet that waits, if there is one. */
static void nexthop_remove(struct dmvpn_nexthop *nh, bool tell)
{
	struct sk_buff_head queue;

	__skb_queue_head_init(&queue);
	rhashtable_remove_fast(&nh->dd->nexthops, &nh->node,
			       dmvpn_nexthop_params);
	nexthop_unlink(nh);
	nexthop_close(nh, &queue);
	if (tell && !skb_queue_empty(&queue)) {
		local_bh_disable();
		rcu_read_lock();
		dmvpn_icmp_unreachable(skb_peek(&queue));
		rcu_read_unlock();
		local_bh_enable();
	}
	queue_drop(nh->dd, &queue);
	if (nh->state != DMVPN_NEXTHOP_STATE_INCOMPLETE)
		dmvpn_notify_nexthop(nh, DMVPN_CMD_NEXTHOP_DEL_NTF);
	kfree_rcu(nh, rcu);
}

/**
 * dmvpn_nexthop_del() - remove a next hop
 * @nh: of any state
 *
 * Context: dn->lock.
 */
void dmvpn_nexthop_del(struct dmvpn_nexthop *nh)
{
	nexthop_remove(nh, false);
}

static struct dmvpn_nexthop *nexthop_new(struct dmvpn_device *dd,
					 const struct dmvpn_nexthop_conf *conf)
{
	struct dmvpn_nexthop *nh;
	u8 state = conf->peer ? DMVPN_NEXTHOP_STATE_VALID :
				DMVPN_NEXTHOP_STATE_NEGATIVE;

	nh = nexthop_alloc(dd, &conf->addr, state, GFP_KERNEL_ACCOUNT);
	if (!nh)
		return NULL;
	nh->peer = conf->peer;
	nh->kind = conf->kind;
	nh->flags = conf->flags;
	nh->claimed = conf->claimed;
	if (conf->lifetime)
		nh->expires = (jiffies + conf->lifetime * HZ) ?: 1;
	return nh;
}

/* What a renewal does not change. */
static void nexthop_inherit(struct dmvpn_nexthop *nh,
			    const struct dmvpn_nexthop *old)
{
	if (old->state == DMVPN_NEXTHOP_STATE_INCOMPLETE ||
	    old->peer != nh->peer)
		return;
	nh->created = old->created;
	nh->used = READ_ONCE(old->used);
	nh->packets = old->packets;
}

/* At the old one's place, so that a dump sees the address once. */
static void nexthop_link(struct dmvpn_nexthop *nh, struct dmvpn_nexthop *old)
{
	struct dmvpn_device *dd = nh->dd;

	if (old && old->state != DMVPN_NEXTHOP_STATE_INCOMPLETE) {
		nh->id = old->id;
		list_replace_init(&old->list, &nh->list);
	} else {
		nh->id = atomic64_inc_return(&dd->dn->ids);
		list_add_tail(&nh->list, &dd->nexthop_list);
	}
	atomic_inc(&dd->n_nexthops);
	if (nh->peer) {
		list_add_tail(&nh->peer_node, &nh->peer->nexthops);
		nh->peer->n_nexthops++;
	}
}

/* The old one's waiting packets go the new way. */
static void nexthop_retire(struct dmvpn_nexthop *old, struct dmvpn_nexthop *nh)
{
	struct sk_buff_head queue;

	__skb_queue_head_init(&queue);
	nexthop_unlink(old);
	nexthop_close(old, &queue);
	if (nh->peer)
		queue_send(nh->peer, &queue);
	else
		queue_drop(nh->dd, &queue);
	kfree_rcu(old, rcu);
}

static int table_put(struct rhashtable *table, struct dmvpn_nexthop *old,
		     struct dmvpn_nexthop *nh)
{
	const struct rhashtable_params params = dmvpn_nexthop_params;

	if (old)
		return rhashtable_replace_fast(table, &old->node, &nh->node,
					       params);
	return rhashtable_lookup_insert_fast(table, &nh->node, params);
}

/**
 * dmvpn_nexthop_set() - add or replace a next hop
 * @dd: device
 * @conf: what the daemon says
 * @extack: gets the reason of a failure
 *
 * Context: dn->lock.
 * Return: 0 or a negative error code; then nothing changed.
 */
int dmvpn_nexthop_set(struct dmvpn_device *dd,
		      const struct dmvpn_nexthop_conf *conf,
		      struct netlink_ext_ack *extack)
{
	const struct dmvpn_config *cfg =
		rcu_dereference_protected(dd->cfg,
					  lockdep_is_held(&dd->dn->lock));
	struct dmvpn_nexthop *nh, *old;
	int err;

	old = dmvpn_nexthop_find(dd, &conf->addr);
	if ((!old || old->state == DMVPN_NEXTHOP_STATE_INCOMPLETE) &&
	    atomic_read(&dd->n_nexthops) >= cfg->max_nexthops) {
		NL_SET_ERR_MSG(extack,
			       "the device has as many next hops as it may (max-nexthops)");
		return -ENOSPC;
	}
	nh = nexthop_new(dd, conf);
	if (!nh)
		return -ENOMEM;
	/* A packet may add an incomplete one between the two steps. */
	do {
		old = dmvpn_nexthop_find(dd, &conf->addr);
		err = table_put(&dd->nexthops, old, nh);
	} while (err == -EEXIST || err == -ENOENT);
	if (err) {
		kfree(nh);
		return err;
	}
	nexthop_link(nh, old);
	if (old) {
		nexthop_inherit(nh, old);
		nexthop_retire(old, nh);
	}
	dmvpn_notify_nexthop(nh, DMVPN_CMD_NEXTHOP_NTF);
	return 0;
}

/* Add an incomplete next hop. RCU, BH off. */
static struct dmvpn_nexthop *nexthop_add_incomplete(struct dmvpn_device *dd,
						    const struct dmvpn_addr *a)
{
	u32 limit = rcu_dereference(dd->cfg)->max_incomplete;
	struct dmvpn_nexthop *nh;
	int err;

	if ((u32)atomic_inc_return(&dd->n_incomplete) > limit)
		goto err_count;
	nh = nexthop_alloc(dd, a, DMVPN_NEXTHOP_STATE_INCOMPLETE, GFP_ATOMIC);
	if (!nh)
		goto err_count;
	nh->id = atomic64_inc_return(&dd->dn->ids);
	/* In the table and on the list at once, for all who take it off. */
	spin_lock_bh(&dd->incomplete_lock);
	err = rhashtable_lookup_insert_fast(&dd->nexthops, &nh->node,
					    dmvpn_nexthop_params);
	if (!err)
		list_add_tail(&nh->list, &dd->incomplete);
	spin_unlock_bh(&dd->incomplete_lock);
	if (err)
		goto err_nexthop;
	queue_delayed_work(dmvpn_wq, &dd->incomplete_work,
			   DMVPN_INCOMPLETE_TIMEOUT);
	return nh;

err_nexthop:
	kfree(nh);
err_count:
	atomic_dec(&dd->n_incomplete);
	return NULL;
}

static void nexthop_enqueue(struct dmvpn_nexthop *nh, struct sk_buff *skb)
{
	struct sk_buff *oldest = NULL;

	skb_dst_force(skb);
	spin_lock_bh(&nh->queue.lock);
	if (nh->dead) {
		oldest = skb;
	} else {
		if (skb_queue_len(&nh->queue) >= DMVPN_NEXTHOP_QUEUE)
			oldest = __skb_dequeue(&nh->queue);
		__skb_queue_tail(&nh->queue, skb);
	}
	spin_unlock_bh(&nh->queue.lock);
	if (!oldest)
		return;
	dmvpn_drop(nh->dd, DMVPN_A_DROPS_TX_NO_NEXTHOP);
	dev_kfree_skb_any(oldest);
}

/* Its source is behind the server, as all that we know no way to. */
static bool is_from_server(struct dmvpn_device *dd, const struct sk_buff *skb,
			   const struct dmvpn_peer *nhs)
{
	const struct dmvpn_nexthop *nh;
	struct dmvpn_addr addr;

	if (!dmvpn_came_back(dd, skb) ||
	    !dmvpn_way_back(dd, skb, skb->skb_iif, &addr))
		return false;
	nh = dmvpn_nexthop_find(dd, &addr);
	return !nh || !nh->peer || nh->peer == nhs;
}

/*
 * What the server sent here does not go back to it: two that take each other
 * for the one who knows would have it to and fro until its TTL ends.
 */
static struct dmvpn_peer *server_for(struct dmvpn_device *dd,
				     const struct sk_buff *skb)
{
	struct dmvpn_peer *nhs = rcu_dereference(dd->nhs);

	return nhs && !is_from_server(dd, skb, nhs) ? nhs : NULL;
}

/**
 * dmvpn_nexthop_miss() - a packet's next hop is not known
 * @dd: device
 * @addr: the next hop
 * @skb: consumed: sent through the next hop server if there is one and it did
 *	not come from there, else kept for a moment
 *
 * Raises a miss event, at most one a second for each next hop.
 *
 * Context: RCU, BH off.
 */
void dmvpn_nexthop_miss(struct dmvpn_device *dd, const struct dmvpn_addr *addr,
			struct sk_buff *skb)
{
	struct dmvpn_peer *nhs = server_for(dd, skb);
	struct dmvpn_nexthop *nh;
	unsigned long missed;

	atomic64_inc(&dd->misses);
	nh = dmvpn_nexthop_find(dd, addr) ?: nexthop_add_incomplete(dd, addr);
	if (nh) {
		missed = READ_ONCE(nh->missed);
		if (time_after_eq(jiffies, missed + DMVPN_MISS_INTERVAL) &&
		    cmpxchg(&nh->missed, missed, jiffies) == missed)
			dmvpn_upcall_miss(dd, addr, skb);
	}
	if (nhs) {
		dmvpn_send(dd, nhs, skb);
	} else if (nh) {
		nexthop_enqueue(nh, skb);
	} else {
		dmvpn_drop(dd, DMVPN_A_DROPS_TX_NO_NEXTHOP);
		dev_kfree_skb(skb);
	}
}

static struct dmvpn_nexthop *incomplete_first(struct dmvpn_device *dd)
{
	struct dmvpn_nexthop *nh;

	spin_lock_bh(&dd->incomplete_lock);
	nh = list_first_entry_or_null(&dd->incomplete, struct dmvpn_nexthop,
				      list);
	spin_unlock_bh(&dd->incomplete_lock);
	return nh;
}

static void incomplete_work(struct work_struct *work)
{
	struct dmvpn_device *dd = container_of(to_delayed_work(work),
					       struct dmvpn_device,
					       incomplete_work);
	struct dmvpn_nexthop *nh;
	unsigned long end;

	mutex_lock(&dd->dn->lock);
	while ((nh = incomplete_first(dd))) {
		end = nh->created + DMVPN_INCOMPLETE_TIMEOUT;
		if (time_before(jiffies, end)) {
			queue_delayed_work(dmvpn_wq, &dd->incomplete_work,
					   end - jiffies);
			break;
		}
		nexthop_remove(nh, true);
	}
	mutex_unlock(&dd->dn->lock);
}

/**
 * dmvpn_nexthop_init() - prepare a device's part
 * @dd: device that is being made
 */
void dmvpn_nexthop_init(struct dmvpn_device *dd)
{
	spin_lock_init(&dd->incomplete_lock);
	INIT_DELAYED_WORK(&dd->incomplete_work, incomplete_work);
}

/**
 * dmvpn_nexthop_flush() - remove all next hops of a device that goes
 * @dd: device
 *
 * Context: dn->lock.
 */
void dmvpn_nexthop_flush(struct dmvpn_device *dd)
{
	struct dmvpn_nexthop *nh, *next;

	list_for_each_entry_safe(nh, next, &dd->nexthop_list, list)
		dmvpn_nexthop_del(nh);
	while ((nh = incomplete_first(dd)))
		dmvpn_nexthop_del(nh);
}
