// SPDX-License-Identifier: GPL-2.0
#include <linux/netlink.h>
#include <linux/rculist.h>
#include <linux/slab.h>

#include "device.h"
#include "nexthop.h"
#include "notify.h"
#include "peer.h"
#include "policy.h"
#include "send.h"
#include "session.h"

const struct rhashtable_params dmvpn_peer_params = {
	.head_offset = offsetof(struct dmvpn_peer, node),
	.key_offset = offsetof(struct dmvpn_peer, key),
	.key_len = sizeof(struct dmvpn_peer_key),
	.automatic_shrinking = true,
};

/**
 * dmvpn_peer_find() - a device's peer
 * @dd: device
 * @remote: NBMA address
 * @port: UDP port. A peer made for this port is preferred to one that takes
 *	any.
 *
 * Context: RCU or dn->lock.
 * Return: peer or NULL.
 */
struct dmvpn_peer *dmvpn_peer_find(struct dmvpn_device *dd,
				   const struct dmvpn_addr *remote,
				   __be16 port)
{
	struct dmvpn_peer_key key = { .remote = *remote, .port = port };
	struct dmvpn_peer *peer;

	peer = rhashtable_lookup_fast(&dd->peers, &key, dmvpn_peer_params);
	if (peer || !port)
		return peer;
	key.port = 0;
	return rhashtable_lookup_fast(&dd->peers, &key, dmvpn_peer_params);
}

static struct kmem_cache *dmvpn_peer_cache;

static void peer_free(struct dmvpn_peer *peer)
{
	dst_cache_destroy(&peer->dst);
	free_percpu(peer->stats);
	kfree(peer->identity);
	kmem_cache_free(dmvpn_peer_cache, peer);
}

static void peer_free_rcu(struct rcu_head *rcu)
{
	peer_free(container_of(rcu, struct dmvpn_peer, rcu));
}

static struct dmvpn_peer *peer_alloc(struct dmvpn_device *dd,
				     const struct dmvpn_peer_key *key)
{
	struct dmvpn_peer *peer;

	peer = kmem_cache_zalloc(dmvpn_peer_cache, GFP_KERNEL_ACCOUNT);
	if (!peer)
		return NULL;
	peer->dd = dd;
	peer->key = *key;
	peer->id = atomic64_inc_return(&dd->dn->ids);
	INIT_LIST_HEAD(&peer->nexthops);
	skb_queue_head_init(&peer->pending);
	peer->created = jiffies;
	peer->mcast_refilled = jiffies - HZ;
	peer->stats = __netdev_alloc_pcpu_stats(struct pcpu_sw_netstats,
						GFP_KERNEL_ACCOUNT);
	if (!peer->stats)
		goto err_peer;
	if (dst_cache_init(&peer->dst, GFP_KERNEL_ACCOUNT))
		goto err_stats;
	return peer;

err_stats:
	free_percpu(peer->stats);
err_peer:
	kmem_cache_free(dmvpn_peer_cache, peer);
	return NULL;
}

/* Bind a peer of a protected device to its session. */
static int peer_attach(struct dmvpn_peer *peer, const struct dmvpn_config *cfg,
		       struct netlink_ext_ack *extack)
{
	struct dmvpn_session_key key = {
		.local = *dmvpn_config_local(cfg, peer->key.remote.family),
		.remote = peer->key.remote,
		.port = peer->key.port,
	};
	struct dmvpn_session *session;
	int err;

	session = dmvpn_session_get(peer->dd->dn, &key, peer->identity, extack);
	if (IS_ERR(session))
		return PTR_ERR(session);
	err = dmvpn_session_attach(session, peer, cfg->profile);
	if (err)
		dmvpn_session_gc(session);
	return err;
}

static bool wants(const struct dmvpn_peer *peer, const char *identity)
{
	if (!peer->identity || !identity)
		return peer->identity == identity;
	return !strcmp(peer->identity, identity);
}

/* Say who has to be there. It cannot change under SAs of somebody else. */
static int peer_want(struct dmvpn_peer *peer, const char *identity,
		     struct netlink_ext_ack *extack)
{
	char *copy = NULL;

	if (wants(peer, identity))
		return 0;
	if (identity && peer->session &&
	    !dmvpn_session_suits(peer->session, identity)) {
		NL_SET_ERR_MSG(extack,
			       "somebody else is there: delete the peer, and add it again");
		return -EBUSY;
	}
	if (identity) {
		copy = kstrdup(identity, GFP_KERNEL_ACCOUNT);
		if (!copy)
			return -ENOMEM;
	}
	kfree(peer->identity);
	peer->identity = copy;
	return 0;
}

/* Packets to an unknown next hop go through the oldest NHS. */
static void device_choose_nhs(struct dmvpn_device *dd)
{
	struct dmvpn_peer *peer, *nhs = NULL;

	list_for_each_entry(peer, &dd->peer_list, list) {
		if (peer->flags & DMVPN_PEER_FLAGS_NHS) {
			nhs = peer;
			break;
		}
	}
	rcu_assign_pointer(dd->nhs, nhs);
}

static void peer_apply_flags(struct dmvpn_peer *peer, u32 flags)
{
	u32 changed = peer->flags ^ flags;

	peer->flags = flags;
	if (changed & DMVPN_PEER_FLAGS_MULTICAST) {
		if (flags & DMVPN_PEER_FLAGS_MULTICAST)
			list_add_tail_rcu(&peer->mcast, &peer->dd->mcast);
		else
			list_del_rcu(&peer->mcast);
	}
	if (changed & DMVPN_PEER_FLAGS_NHS)
		device_choose_nhs(peer->dd);
}

/**
 * dmvpn_peer_add() - add a peer to a device
 * @dd: device with a local address
 * @key: not yet a peer
 * @conf: what is said of it
 * @extack: gets the reason of a failure
 *
 * On a protected device the peer takes part in the session with that address,
 * which raises acquire if there is no SA.
 *
 * Context: dn->lock.
 * Return: peer or ERR_PTR().
 */
struct dmvpn_peer *dmvpn_peer_add(struct dmvpn_device *dd,
				  const struct dmvpn_peer_key *key,
				  const struct dmvpn_peer_conf *conf,
				  struct netlink_ext_ack *extack)
{
	const struct dmvpn_config *cfg =
		rcu_dereference_protected(dd->cfg,
					  lockdep_is_held(&dd->dn->lock));
	struct dmvpn_peer *peer;
	int err;

	if (!dmvpn_addr_is_set(dmvpn_config_local(cfg, key->remote.family))) {
		NL_SET_ERR_MSG(extack,
			       "the device has no local NBMA address of this family");
		return ERR_PTR(-EAFNOSUPPORT);
	}
	if (dd->n_peers >= cfg->max_peers) {
		NL_SET_ERR_MSG(extack,
			       "the device has as many peers as it may (max-peers)");
		return ERR_PTR(-ENOSPC);
	}
	peer = peer_alloc(dd, key);
	if (!peer)
		return ERR_PTR(-ENOMEM);
	err = peer_want(peer, conf->identity, extack);
	if (err)
		goto err_peer;
	if (dmvpn_config_protected(cfg)) {
		err = peer_attach(peer, cfg, extack);
		if (err)
			goto err_peer;
	}
	err = rhashtable_insert_fast(&dd->peers, &peer->node,
				     dmvpn_peer_params);
	if (err)
		goto err_session;
	list_add_tail(&peer->list, &dd->peer_list);
	dd->n_peers++;
	peer->rate = conf->rate;
	rcu_assign_pointer(peer->policy, dmvpn_policy_queue_hold(conf->policy));
	peer_apply_flags(peer, conf->flags);
	dmvpn_notify_peer(peer, DMVPN_CMD_PEER_NTF);
	return peer;

err_session:
	if (peer->session)
		dmvpn_session_detach(peer->session, peer);
	/* Packets of the session may have found it. */
	call_rcu(&peer->rcu, peer_free_rcu);
	return ERR_PTR(err);
err_peer:
	peer_free(peer);
	return ERR_PTR(err);
}

/**
 * dmvpn_peer_set() - change what is said of a peer
 * @peer: peer
 * @conf: what is said of it now
 * @extack: gets the reason of a failure
 *
 * Context: dn->lock.
 * Return: 0 or a negative error code; then nothing changed.
 */
int dmvpn_peer_set(struct dmvpn_peer *peer, const struct dmvpn_peer_conf *conf,
		   struct netlink_ext_ack *extack)
{
	struct dmvpn_policy *old = dmvpn_peer_policy(peer);
	int err;

	if (peer->flags == conf->flags && old == conf->policy &&
	    peer->rate == conf->rate && wants(peer, conf->identity))
		return 0;
	err = peer_want(peer, conf->identity, extack);
	if (err)
		return err;
	WRITE_ONCE(peer->rate, conf->rate);
	rcu_assign_pointer(peer->policy, dmvpn_policy_queue_hold(conf->policy));
	dmvpn_policy_changed();
	dmvpn_policy_queue_unuse(old);
	peer_apply_flags(peer, conf->flags);
	dmvpn_notify_peer(peer, DMVPN_CMD_PEER_NTF);
	return 0;
}

/**
 * dmvpn_peer_del() - remove a peer, its next hops and its waiting packets
 * @peer: peer
 *
 * Its session stays while it has SAs or other peers.
 *
 * Context: dn->lock.
 */
void dmvpn_peer_del(struct dmvpn_peer *peer)
{
	struct dmvpn_device *dd = peer->dd;
	struct dmvpn_nexthop *nh, *next;

	list_for_each_entry_safe(nh, next, &peer->nexthops, peer_node)
		dmvpn_nexthop_del(nh);
	rhashtable_remove_fast(&dd->peers, &peer->node, dmvpn_peer_params);
	dmvpn_policy_changed();
	list_del(&peer->list);
	dd->n_peers--;
	peer_apply_flags(peer, 0);
	dmvpn_notify_peer(peer, DMVPN_CMD_PEER_DEL_NTF);
	dmvpn_pending_end(peer);
	if (peer->session)
		dmvpn_session_detach(peer->session, peer);
	dmvpn_policy_queue_unuse(dmvpn_peer_policy(peer));
	call_rcu(&peer->rcu, peer_free_rcu);
}

/**
 * dmvpn_peer_flush() - remove all peers of a device
 * @dd: device
 *
 * Context: dn->lock.
 */
void dmvpn_peer_flush(struct dmvpn_device *dd)
{
	struct dmvpn_peer *peer, *next;

	list_for_each_entry_safe(peer, next, &dd->peer_list, list)
		dmvpn_peer_del(peer);
}

int dmvpn_peer_init(void)
{
	dmvpn_peer_cache = KMEM_CACHE(dmvpn_peer, 0);
	return dmvpn_peer_cache ? 0 : -ENOMEM;
}

/* All peers are gone, and all grace periods over. */
void dmvpn_peer_exit(void)
{
	kmem_cache_destroy(dmvpn_peer_cache);
}
