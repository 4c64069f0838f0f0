// SPDX-License-Identifier: GPL-2.0
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/jhash.h>
#include <linux/random.h>

#include "device.h"
#include "netlink.h"
#include "netlink-gen.h"
#include "nexthop.h"
#include "peer.h"
#include "receive.h"
#include "sa.h"
#include "session.h"
#include "source.h"
#include "upcall.h"

/**
 * dmvpn_upcall_init() - prepare a device's part
 * @dd: device that is being made
 */
void dmvpn_upcall_init(struct dmvpn_device *dd)
{
	struct dmvpn_upcalls *up = &dd->upcalls;
	int i;

	spin_lock_init(&up->lock);
	up->seed = get_random_u32();
	/* Full from the start. */
	up->miss.refilled = jiffies - HZ;
	up->redirect.refilled = jiffies - HZ;
	for (i = 0; i < DMVPN_SENDERS; i++)
		up->senders[i].refilled = jiffies - HZ;
}

/* May another event of this kind be raised? Under up->lock. */
static bool bucket_take(struct dmvpn_bucket *bucket, u32 rate)
{
	unsigned long passed = min_t(unsigned long, HZ,
				     jiffies - bucket->refilled);
	u64 fresh = div_u64((u64)rate * passed, HZ);

	if (fresh) {
		bucket->tokens = min_t(u64, rate, bucket->tokens + fresh);
		bucket->refilled = jiffies;
	}
	if (!bucket->tokens)
		return false;
	bucket->tokens--;
	return true;
}

static bool upcall_allowed(struct dmvpn_device *dd, struct dmvpn_bucket *bucket)
{
	u32 rate = rcu_dereference(dd->cfg)->upcalls;
	bool ok;

	spin_lock(&dd->upcalls.lock);
	ok = bucket_take(bucket, rate);
	spin_unlock(&dd->upcalls.lock);
	if (!ok)
		atomic64_inc(&dd->suppressed);
	return ok;
}

/**
 * struct event - a message that is being written
 * @msg: message
 * @hdr: its header
 * @net: where it goes
 * @group: DMVPN_NLGRP_*
 */
struct event {
	struct sk_buff *msg;
	void *hdr;
	struct net *net;
	unsigned int group;
};

/* Returns false if nobody listens or memory is short. */
static bool event_begin(struct event *event, struct net *net,
			unsigned int group, u8 cmd)
{
	if (!genl_has_listeners(&dmvpn_family, net, group))
		return false;
	event->net = net;
	event->group = group;
	event->msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_ATOMIC);
	if (!event->msg) {
		/* Who has to know of each reads the tables then. */
		if (group == DMVPN_NLGRP_CONTROL)
			genl_set_err(&dmvpn_family, net, 0, group, -ENOBUFS);
		return false;
	}
	event->hdr = genlmsg_put(event->msg, 0, 0, &dmvpn_family, 0, cmd);
	return true;
}

/* Returns false if nobody got it, or not everybody. */
static bool event_end(struct event *event, int err)
{
	if (err) {
		nlmsg_free(event->msg);
		return false;
	}
	genlmsg_end(event->msg, event->hdr);
	return !genlmsg_multicast_netns(&dmvpn_family, event->net, event->msg,
					0, event->group, GFP_ATOMIC);
}

/**
 * struct flow - source and destination of a packet; AF_UNSPEC if it has none
 * @src: source
 * @dst: destination
 */
struct flow {
	struct dmvpn_addr src;
	struct dmvpn_addr dst;
};

static struct flow flow_of(const struct sk_buff *skb)
{
	struct flow flow = {};

	if (skb->protocol == htons(ETH_P_IP)) {
		flow.src = dmvpn_addr_ip4(ip_hdr(skb)->saddr);
		flow.dst = dmvpn_addr_ip4(ip_hdr(skb)->daddr);
	} else if (skb->protocol == htons(ETH_P_IPV6)) {
		flow.src = dmvpn_addr_ip6(&ipv6_hdr(skb)->saddr);
		flow.dst = dmvpn_addr_ip6(&ipv6_hdr(skb)->daddr);
	}
	return flow;
}

static int put_flow(struct sk_buff *msg, const struct flow *flow)
{
	if (dmvpn_put_addr(msg, DMVPN_A_EVENT_SRC, &flow->src) ||
	    dmvpn_put_addr(msg, DMVPN_A_EVENT_DST, &flow->dst))
		return -EMSGSIZE;
	return 0;
}

/**
 * dmvpn_upcall_miss() - a packet's next hop is not known
 * @dd: device
 * @addr: the next hop
 * @skb: packet
 *
 * Context: RCU, BH off.
 */
void dmvpn_upcall_miss(struct dmvpn_device *dd, const struct dmvpn_addr *addr,
		       const struct sk_buff *skb)
{
	const struct flow flow = flow_of(skb);
	struct event event;
	int err;

	if (!upcall_allowed(dd, &dd->upcalls.miss) ||
	    !event_begin(&event, dev_net(dd->dev), DMVPN_NLGRP_NHRP,
			 DMVPN_CMD_MISS_NTF))
		return;
	err = nla_put_u32(event.msg, DMVPN_A_EVENT_IFINDEX, dd->dev->ifindex) ?:
	      dmvpn_put_addr(event.msg, DMVPN_A_EVENT_ADDRESS, addr) ?:
	      put_flow(event.msg, &flow);
	event_end(&event, err);
}

/*
 * Did this flow raise a redirect a moment ago? All but few packets end here, so
 * there is no lock: who reads the two words of different flows raises an event
 * too many, or a little later.
 */
static bool flow_is_recent(struct dmvpn_upcalls *up, const struct flow *flow)
{
	u32 hash = jhash(flow, sizeof(*flow), 0);
	unsigned int slot = hash % DMVPN_RECENT;
	unsigned long when = READ_ONCE(up->recent[slot].when);

	if (when && READ_ONCE(up->recent[slot].hash) == hash &&
	    time_before(jiffies, when + DMVPN_REDIRECT_INTERVAL))
		return true;
	WRITE_ONCE(up->recent[slot].hash, hash);
	WRITE_ONCE(up->recent[slot].when, jiffies ?: 1);
	return false;
}

static int put_peer(struct sk_buff *msg, const struct dmvpn_peer *peer)
{
	if (!peer)
		return 0;
	if (dmvpn_put_addr(msg, DMVPN_A_EVENT_REMOTE, &peer->key.remote) ||
	    nla_put_be16(msg, DMVPN_A_EVENT_REMOTE_PORT, peer->key.port) ||
	    (peer->session && nla_put_u32(msg, DMVPN_A_EVENT_SESSION,
					  peer->session->handle)))
		return -EMSGSIZE;
	return 0;
}

static int put_bytes(struct sk_buff *msg, int attr, const struct sk_buff *skb,
		     unsigned int len)
{
	struct nlattr *nla = nla_reserve(msg, attr, len);

	if (!nla)
		return -EMSGSIZE;
	return skb_copy_bits(skb, 0, nla_data(nla), len);
}

/**
 * dmvpn_upcall_redirect() - a packet goes back through the device it came from
 * @dd: device
 * @skb: IPv4 or IPv6 packet
 *
 * Context: RCU, BH off.
 */
void dmvpn_upcall_redirect(struct dmvpn_device *dd, struct sk_buff *skb)
{
	unsigned int head = min_t(unsigned int, skb->len, DMVPN_REDIRECT_HEAD);
	const struct flow flow = flow_of(skb);
	struct event event;
	int err;

	atomic64_inc(&dd->redirects);
	if (flow_is_recent(&dd->upcalls, &flow))
		return;
	/* What came from another device of a VRF takes nobody's event. */
	if (skb->skb_iif != dd->dev->ifindex &&
	    !dmvpn_peer_of_source(dd, skb, skb->skb_iif))
		return;
	if (!upcall_allowed(dd, &dd->upcalls.redirect) ||
	    !event_begin(&event, dev_net(dd->dev), DMVPN_NLGRP_NHRP,
			 DMVPN_CMD_REDIRECT_NTF))
		return;
	err = nla_put_u32(event.msg, DMVPN_A_EVENT_IFINDEX, dd->dev->ifindex) ?:
	      put_flow(event.msg, &flow) ?:
	      put_peer(event.msg, dmvpn_peer_of_source(dd, skb,
						       skb->skb_iif)) ?:
	      put_bytes(event.msg, DMVPN_A_EVENT_PACKET, skb, head);
	event_end(&event, err);
}

/*
 * A flood from one sender must not keep the others' packets out of the
 * daemon's socket.
 */
static bool sender_allowed(struct dmvpn_device *dd,
			   const struct dmvpn_addr *addr, __be16 port)
{
	u32 rate = rcu_dereference(dd->cfg)->nhrp_rate;
	struct dmvpn_upcalls *up = &dd->upcalls;
	u32 hash;
	bool ok;

	if (!rate)
		return true;
	hash = jhash(addr, sizeof(*addr), up->seed ^ (__force u32)port);
	spin_lock(&up->lock);
	ok = bucket_take(&up->senders[hash % DMVPN_SENDERS], rate);
	spin_unlock(&up->lock);
	return ok;
}

static int put_frame(struct sk_buff *msg, const struct dmvpn_arrival *from,
		     const struct sk_buff *skb)
{
	if (nla_put_u32(msg, DMVPN_A_FRAME_IFINDEX, from->dd->dev->ifindex) ||
	    dmvpn_put_addr(msg, DMVPN_A_FRAME_REMOTE, &from->remote) ||
	    nla_put_be16(msg, DMVPN_A_FRAME_REMOTE_PORT, from->port) ||
	    (from->session && nla_put_u32(msg, DMVPN_A_FRAME_SESSION,
					  from->session->handle)))
		return -EMSGSIZE;
	return put_bytes(msg, DMVPN_A_FRAME_DATA, skb, skb->len);
}

/**
 * dmvpn_upcall_frame() - NHRP for the daemon
 * @from: who it came from
 * @skb: NHRP packet
 *
 * Context: BH off, RCU.
 * Return: 0, or DMVPN_A_DROPS_*: why the daemon does not get it.
 */
int dmvpn_upcall_frame(const struct dmvpn_arrival *from,
		       const struct sk_buff *skb)
{
	struct dmvpn_device *dd = from->dd;
	u32 portid = dmvpn_device_port(dd);
	struct sk_buff *msg;
	void *hdr;

	if (!portid)
		return DMVPN_A_DROPS_RX_NO_NHRP;
	if (!sender_allowed(dd, &from->remote, from->port))
		return DMVPN_A_DROPS_RX_NHRP_RATE;
	msg = genlmsg_new(nla_total_size(skb->len) + 128, GFP_ATOMIC);
	if (!msg)
		return DMVPN_A_DROPS_RX_NO_MEMORY;
	hdr = genlmsg_put(msg, 0, 0, &dmvpn_family, 0, DMVPN_CMD_FRAME_NTF);
	if (put_frame(msg, from, skb)) {
		nlmsg_free(msg);
		return DMVPN_A_DROPS_RX_NO_NHRP;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_unicast(dev_net(dd->dev), msg, portid) ?
	       DMVPN_A_DROPS_RX_NO_NHRP : 0;
}

/**
 * dmvpn_upcall_acquire() - a session is wanted: ask the IKE daemon for SAs
 * @session: session
 *
 * Context: dn->lock.
 */
void dmvpn_upcall_acquire(struct dmvpn_session *session)
{
	const struct dmvpn_session_key *key = &session->key;
	struct event event;
	int err;

	if (!event_begin(&event, session->dn->net, DMVPN_NLGRP_CONTROL,
			 DMVPN_CMD_ACQUIRE_NTF))
		return;
	err = nla_put_u32(event.msg, DMVPN_A_SESSION_HANDLE, session->handle) ?:
	      dmvpn_put_addr(event.msg, DMVPN_A_SESSION_LOCAL, &key->local) ?:
	      dmvpn_put_addr(event.msg, DMVPN_A_SESSION_REMOTE, &key->remote) ?:
	      nla_put_be16(event.msg, DMVPN_A_SESSION_REMOTE_PORT, key->port) ?:
	      nla_put_string(event.msg, DMVPN_A_SESSION_PROFILE,
			     session->info.profile ?: "");
	event_end(&event, err);
}

/* What an event says of its SA first of all. */
static int put_sa(struct sk_buff *msg, const struct dmvpn_sa *sa)
{
	const struct dmvpn_endpoint *ends =
		rcu_dereference_protected(sa->endpoint,
					  lockdep_is_held(&sa->dn->lock));

	if (nla_put_be32(msg, DMVPN_A_SA_SPI, sa->key.spi) ||
	    nla_put_u32(msg, DMVPN_A_SA_DIR, sa->key.dir) ||
	    nla_put_u32(msg, DMVPN_A_SA_SESSION, sa->session->handle) ||
	    dmvpn_put_addr(msg, DMVPN_A_SA_LOCAL, &ends->local) ||
	    dmvpn_put_addr(msg, DMVPN_A_SA_REMOTE, &ends->remote))
		return -EMSGSIZE;
	return 0;
}

/**
 * dmvpn_upcall_expire() - an SA reached a limit
 * @sa: SA
 * @hard: the hard limit rather than the soft one
 *
 * Context: dn->lock.
 */
void dmvpn_upcall_expire(struct dmvpn_sa *sa, bool hard)
{
	struct event event;
	int err;

	if (!event_begin(&event, sa->dn->net, DMVPN_NLGRP_CONTROL,
			 DMVPN_CMD_SA_EXPIRE_NTF))
		return;
	err = put_sa(event.msg, sa) ?:
	      nla_put_u8(event.msg, DMVPN_A_SA_HARD, hard);
	event_end(&event, err);
}

/**
 * dmvpn_upcall_moved() - an authentic packet came from elsewhere
 * @sa: inbound SA
 * @remote: where it came from
 * @port: and its UDP port
 *
 * Context: dn->lock.
 * Return: false if no IKE daemon got it: say it again.
 */
bool dmvpn_upcall_moved(struct dmvpn_sa *sa, const struct dmvpn_addr *remote,
			__be16 port)
{
	struct event event;
	int err;

	if (!event_begin(&event, sa->dn->net, DMVPN_NLGRP_CONTROL,
			 DMVPN_CMD_NAT_MOVED_NTF))
		return false;
	err = put_sa(event.msg, sa) ?:
	      dmvpn_put_addr(event.msg, DMVPN_A_SA_NEW_REMOTE, remote) ?:
	      nla_put_be16(event.msg, DMVPN_A_SA_REMOTE_PORT, port);
	return event_end(&event, err);
}
