// SPDX-License-Identifier: GPL-2.0
/* NHRP packets of the daemon, on their way out. */
#include <net/dst_metadata.h>
#include <net/sch_generic.h>

#include "device.h"
#include "packet.h"
#include "peer.h"
#include "sa.h"
#include "send.h"
#include "session.h"

static struct dmvpn_session *session_with(struct dmvpn_device *dd,
					  const struct dmvpn_config *cfg,
					  const struct dmvpn_peer_key *to)
{
	struct dmvpn_session_key key = {
		.local = *dmvpn_config_local(cfg, to->remote.family),
		.remote = to->remote,
		.port = to->port,
	};

	return dmvpn_session_find(dd->dn, &key);
}

/*
 * The peer that is meant, or NULL. One of any port is not if somebody else has
 * that port: both are behind one NAT.
 */
static struct dmvpn_peer *peer_meant(struct dmvpn_device *dd,
				     const struct dmvpn_config *cfg,
				     const struct dmvpn_peer_key *to)
{
	struct dmvpn_peer *peer = dmvpn_peer_find(dd, &to->remote, to->port);
	struct dmvpn_session *session;

	if (!peer || !peer->session || peer->key.port == to->port)
		return peer;
	session = session_with(dd, cfg, to);
	return session && session != peer->session ? NULL : peer;
}

/* An answer to somebody who is not, or not yet, a peer. */
static void send_without_peer(struct dmvpn_device *dd,
			      const struct dmvpn_peer_key *to,
			      struct sk_buff *skb)
{
	struct dmvpn_path path = {
		.dd = dd,
		.cfg = rcu_dereference(dd->cfg),
	};
	struct dmvpn_session *session;

	if (dmvpn_config_protected(path.cfg)) {
		session = session_with(dd, path.cfg, to);
		path.sa = session ? dmvpn_session_out(session) : NULL;
		if (!path.sa) {
			dmvpn_path_drop(&path, skb, DMVPN_A_DROPS_TX_NO_SA);
			return;
		}
	}
	dmvpn_path_set_ends(&path, &to->remote);
	dmvpn_send_on(&path, skb);
}

static struct dmvpn_peer_key read_receiver(const struct metadata_dst *md)
{
	const struct ip_tunnel_key *key = &md->u.tun_info.key;
	struct dmvpn_peer_key to = {};

	if (md->u.tun_info.mode & IP_TUNNEL_INFO_IPV6)
		to.remote = dmvpn_addr_ip6(&key->u.ipv6.dst);
	else
		to.remote = dmvpn_addr_ip4(key->u.ipv4.dst);
	to.port = key->tp_dst;
	return to;
}

static void write_receiver(struct metadata_dst *md,
			   const struct dmvpn_peer_key *to)
{
	struct ip_tunnel_key *key = &md->u.tun_info.key;

	key->tp_dst = to->port;
	if (to->remote.family == AF_INET6) {
		md->u.tun_info.mode |= IP_TUNNEL_INFO_IPV6;
		key->u.ipv6.dst = to->remote.ip6;
	} else {
		key->u.ipv4.dst = to->remote.ip4;
	}
}

/**
 * dmvpn_xmit_frame() - an NHRP packet comes to the device
 * @dd: device
 * @skb: packet, on which dmvpn_send_frame() wrote who it is for; consumed
 *
 * Context: BH off, RCU.
 */
void dmvpn_xmit_frame(struct dmvpn_device *dd, struct sk_buff *skb)
{
	const struct metadata_dst *md = skb_metadata_dst(skb);
	struct dmvpn_peer_key to;
	struct dmvpn_peer *peer;

	if (!md || md->type != METADATA_IP_TUNNEL) {
		dmvpn_drop_skb(dd, skb, DMVPN_A_DROPS_TX_PROTOCOL);
		return;
	}
	to = read_receiver(md);
	peer = peer_meant(dd, rcu_dereference(dd->cfg), &to);
	if (peer)
		dmvpn_send(dd, peer, skb);
	else
		send_without_peer(dd, &to, skb);
}

static int check_receiver(struct dmvpn_device *dd,
			  const struct dmvpn_peer_key *to)
{
	const struct dmvpn_config *cfg =
		rcu_dereference_protected(dd->cfg,
					  lockdep_is_held(&dd->dn->lock));
	struct dmvpn_session *session;

	if (!(dd->dev->flags & IFF_UP))
		return -ENETDOWN;
	if (!dmvpn_addr_is_set(dmvpn_config_local(cfg, to->remote.family)))
		return -EAFNOSUPPORT;
	if (!dmvpn_config_protected(cfg) || peer_meant(dd, cfg, to))
		return 0;
	session = session_with(dd, cfg, to);
	return session && rcu_access_pointer(session->out) ? 0 : -ENOENT;
}

/*
 * Without a carrier the queues throw away what they are given. But it is NHRP
 * that says when there is one again (if-state), so it goes past them.
 */
static void queue(struct sk_buff *skb)
{
	if (!qdisc_tx_is_noop(skb->dev)) {
		dev_queue_xmit(skb);
		return;
	}
	local_bh_disable();
	dmvpn_xmit(skb, skb->dev);
	local_bh_enable();
}

/**
 * dmvpn_send_frame() - send an NHRP packet of the daemon
 * @dd: device
 * @to: a peer, or the end of a session that is up
 * @data: NHRP packet
 * @len: its bytes
 *
 * It takes the way of any packet, so that who listens on the device sees it;
 * not while the device has no carrier.
 *
 * Context: process, dn->lock.
 * Return: 0, -ENETDOWN, -ENOENT if nobody is there, -EAFNOSUPPORT if the device
 * has no address of that family, or another error code.
 */
int dmvpn_send_frame(struct dmvpn_device *dd, const struct dmvpn_peer_key *to,
		     const void *data, unsigned int len)
{
	unsigned int head = LL_MAX_HEADER + DMVPN_HEADROOM;
	struct metadata_dst *md;
	struct sk_buff *skb;
	int err;

	err = check_receiver(dd, to);
	if (err)
		return err;
	skb = alloc_skb(head + len + DMVPN_ESP_TAIL_MAX, GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	md = metadata_dst_alloc(0, METADATA_IP_TUNNEL, GFP_KERNEL);
	if (!md) {
		kfree_skb(skb);
		return -ENOMEM;
	}
	write_receiver(md, to);
	skb_reserve(skb, head);
	skb_put_data(skb, data, len);
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
	skb->protocol = htons(DMVPN_ETH_P_NHRP);
	skb->priority = TC_PRIO_CONTROL;
	skb->dev = dd->dev;
	skb_dst_set(skb, &md->dst);
	queue(skb);
	return 0;
}
