// SPDX-License-Identifier: GPL-2.0
#include <linux/icmp.h>
#include <net/dst_metadata.h>
#include <net/icmp.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ip_tunnels.h>
#include <net/route.h>

#include "device.h"
#include "esp.h"
#include "gre.h"
#include "nexthop.h"
#include "packet.h"
#include "peer.h"
#include "sa.h"
#include "send.h"
#include "session.h"
#include "upcall.h"

/* Devices of ours that a packet may go through one inside the other. */
#define DMVPN_DEPTH_MAX	3
/* RFC 2332 packets are network control, as routing protocols are. */
#define DMVPN_NHRP_TOS	0xc0

static DEFINE_PER_CPU(unsigned int, dmvpn_depth);

static void path_drop(const struct dmvpn_path *path, struct sk_buff *skb,
		      int reason)
{
	if (path->peer)
		atomic64_inc(&path->peer->tx_dropped);
	dmvpn_drop_skb(path->dd, skb, reason);
}

/* Who it is for, from the SA or, without one, from the peer. */
static void path_set_ends(struct dmvpn_path *path, __be32 remote)
{
	const struct dmvpn_endpoint *ends;

	path->saddr = path->cfg->local.ip4;
	path->daddr = remote;
	path->sport = 0;
	path->dport = 0;
	if (!path->sa)
		return;
	ends = rcu_dereference(path->sa->endpoint);
	path->saddr = ends->local.ip4;
	path->daddr = ends->remote.ip4;
	path->sport = ends->local_port;
	path->dport = ends->remote_port;
}

/* What the outer header takes from the inner one, before that is hidden. */
static void packet_note(const struct dmvpn_path *path, struct sk_buff *skb)
{
	const struct dmvpn_config *cfg = path->cfg;
	struct dmvpn_cb *cb = dmvpn_cb(skb);
	const struct iphdr *iph = ip_hdr(skb);
	u8 tos;

	memset(cb, 0, sizeof(*cb));
	cb->saddr = path->saddr;
	cb->daddr = path->daddr;
	cb->sport = path->sport;
	cb->dport = path->dport;
	cb->ttl = cfg->ttl ?: DMVPN_TTL_DEFAULT;
	cb->tos = DMVPN_NHRP_TOS;
	if (skb->protocol != htons(ETH_P_IP))
		return;
	tos = cfg->tos == DMVPN_TOS_INHERIT ? iph->tos : cfg->tos;
	cb->tos = INET_ECN_encapsulate(tos, iph->tos);
	cb->df = iph->frag_off & htons(IP_DF);
	if (!cfg->ttl)
		cb->ttl = iph->ttl;
}

/* One packet that fits, into GRE and ESP and out. */
static void send_one(const struct dmvpn_path *path, struct sk_buff *skb,
		     u64 seq)
{
	bool xnet = !net_eq(path->dd->dn->net, dev_net(path->dd->dev));
	unsigned int head = LL_RESERVED_SPACE(path->rt->dst.dev) +
			    DMVPN_HEADROOM;
	int err;

	/* Of the inner flow, so that the underlay can spread its packets. */
	skb_get_hash(skb);
	if (dmvpn_skb_own(skb, head, path->sa ? DMVPN_ESP_TAIL_MAX : 0) ||
	    (skb->ip_summed == CHECKSUM_PARTIAL && skb_checksum_help(skb))) {
		path_drop(path, skb, DMVPN_A_DROPS_TX_NO_MEMORY);
		return;
	}
	packet_note(path, skb);
	dmvpn_cb(skb)->seq = seq;
	skb_scrub_packet(skb, xnet);
	skb_dst_set(skb, dst_clone(&path->rt->dst));
	dmvpn_gre_push(skb, path->cfg);
	if (!path->sa) {
		dmvpn_output(path->dd->dn->net, skb, IPPROTO_GRE);
		return;
	}
	err = dmvpn_esp_encrypt(path->sa, skb);
	if (err)
		dmvpn_drop(path->dd, err == -ENOMEM ?
				     DMVPN_A_DROPS_TX_NO_MEMORY :
				     DMVPN_A_DROPS_TX_CRYPTO);
}

/* A list of packets, with their numbers reserved in one go. */
static void send_list(const struct dmvpn_path *path, struct sk_buff *list)
{
	unsigned int packets = 0, bytes = 0, sent;
	struct sk_buff *skb, *next;
	u64 seq = 0;

	for (skb = list; skb; skb = skb->next) {
		packets++;
		bytes += skb->len;
	}
	sent = bytes + packets * DMVPN_GRE_LEN(path->cfg->has_key);
	if (path->sa && !dmvpn_sa_reserve(path->sa, packets, sent, &seq)) {
		while (list) {
			skb = list;
			list = skb->next;
			skb_mark_not_on_list(skb);
			path_drop(path, skb, DMVPN_A_DROPS_TX_EXPIRED);
		}
		return;
	}
	/* Before the packets are out of our hands, and the device with them. */
	dev_sw_netstats_tx_add(path->dd->dev, packets, bytes);
	if (path->peer)
		dmvpn_peer_sent(path->peer, packets, bytes);
	skb_list_walk_safe(list, skb, next) {
		skb_mark_not_on_list(skb);
		send_one(path, skb, seq++);
	}
}

static void send_segments(const struct dmvpn_path *path, struct sk_buff *skb)
{
	struct sk_buff *segs;

	if (!skb_is_gso(skb)) {
		send_list(path, skb);
		return;
	}
	segs = skb_gso_segment(skb, 0);
	if (IS_ERR_OR_NULL(segs)) {
		path_drop(path, skb, DMVPN_A_DROPS_TX_NO_MEMORY);
		return;
	}
	consume_skb(skb);
	send_list(path, segs);
}

/* @path: all but the route and what follows from it. */
static void send_on(struct dmvpn_path *path, struct sk_buff *skb)
{
	if (!dmvpn_route(path)) {
		path_drop(path, skb, DMVPN_A_DROPS_TX_NO_ROUTE);
		return;
	}
	path->mtu = dmvpn_path_mtu(path);
	if (skb->protocol == htons(ETH_P_IP) && !dmvpn_fits(path, skb))
		path_drop(path, skb, DMVPN_A_DROPS_TX_TOO_BIG);
	else
		send_segments(path, skb);
	ip_rt_put(path->rt);
}

/**
 * dmvpn_send() - send a packet to a peer, or keep it until that is possible
 * @dd: device
 * @peer: peer of it
 * @skb: IPv4 or NHRP packet, consumed
 *
 * Context: BH off, RCU.
 */
void dmvpn_send(struct dmvpn_device *dd, struct dmvpn_peer *peer,
		struct sk_buff *skb)
{
	struct dmvpn_path path = {
		.dd = dd,
		.cfg = rcu_dereference(dd->cfg),
		.peer = peer,
	};

	if (peer->session) {
		while (!(path.sa = dmvpn_session_out(peer->session)))
			if (dmvpn_pending_add(peer, skb))
				return;
	}
	path_set_ends(&path, peer->key.remote.ip4);
	send_on(&path, skb);
	if (path.sa)
		percpu_ref_put(&path.sa->ref);
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
	struct dmvpn_session_key key = {
		.local = path.cfg->local,
		.remote = to->remote,
		.port = to->port,
	};
	struct dmvpn_session *session;

	if (dmvpn_config_protected(path.cfg)) {
		session = dmvpn_session_find(dd->dn, &key);
		path.sa = session ? dmvpn_session_out(session) : NULL;
		if (!path.sa) {
			path_drop(&path, skb, DMVPN_A_DROPS_TX_NO_SA);
			return;
		}
	}
	path_set_ends(&path, to->remote.ip4);
	send_on(&path, skb);
	if (path.sa)
		percpu_ref_put(&path.sa->ref);
}

/* NHRP from the daemon; dmvpn_send_frame() wrote on it who it is for. */
static void xmit_frame(struct dmvpn_device *dd, struct sk_buff *skb)
{
	const struct metadata_dst *md = skb_metadata_dst(skb);
	const struct ip_tunnel_key *key;
	struct dmvpn_peer_key to = {};
	struct dmvpn_peer *peer;

	if (!md || md->type != METADATA_IP_TUNNEL) {
		dmvpn_drop_skb(dd, skb, DMVPN_A_DROPS_TX_PROTOCOL);
		return;
	}
	key = &md->u.tun_info.key;
	to.remote = dmvpn_addr_ip4(key->u.ipv4.dst);
	to.port = key->tp_dst;
	peer = dmvpn_peer_find(dd, &to.remote, to.port);
	if (peer)
		dmvpn_send(dd, peer, skb);
	else
		send_without_peer(dd, &to, skb);
}

static bool is_multicast(const struct sk_buff *skb, __be32 daddr)
{
	const struct rtable *rt = skb_rtable(skb);

	if (ipv4_is_multicast(daddr) || ipv4_is_lbcast(daddr))
		return true;
	return rt && rt->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST);
}

static void xmit_ip4(struct dmvpn_device *dd, struct sk_buff *skb)
{
	struct dmvpn_nexthop *nh;
	struct dmvpn_addr addr;
	__be32 daddr;

	if (!pskb_inet_may_pull(skb)) {
		dmvpn_drop_skb(dd, skb, DMVPN_A_DROPS_TX_MALFORMED);
		return;
	}
	daddr = ip_hdr(skb)->daddr;
	if (is_multicast(skb, daddr)) {
		dmvpn_mcast(dd, skb);
		return;
	}
	if (skb->skb_iif == dd->dev->ifindex) {
		atomic64_inc(&dd->redirects);
		dmvpn_upcall_redirect(dd, skb);
	}
	addr = dmvpn_addr_ip4(skb_rtable(skb) ?
			      rt_nexthop(skb_rtable(skb), daddr) : daddr);
	nh = dmvpn_nexthop_find(dd, &addr);
	if (!nh || nh->state == DMVPN_NEXTHOP_STATE_INCOMPLETE) {
		dmvpn_nexthop_miss(dd, &addr, skb);
	} else if (nh->state == DMVPN_NEXTHOP_STATE_NEGATIVE) {
		icmp_ndo_send(skb, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0);
		dmvpn_drop_skb(dd, skb, DMVPN_A_DROPS_TX_NEGATIVE);
	} else {
		dmvpn_nexthop_touch(nh);
		dmvpn_send(dd, nh->peer, skb);
	}
}

/**
 * dmvpn_xmit() - ndo_start_xmit
 * @skb: packet, consumed
 * @dev: the device
 */
netdev_tx_t dmvpn_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct dmvpn_device *dd = netdev_priv(dev);

	rcu_read_lock();
	if (this_cpu_inc_return(dmvpn_depth) > DMVPN_DEPTH_MAX)
		dmvpn_drop_skb(dd, skb, DMVPN_A_DROPS_TX_LOOP);
	else if (skb->protocol == htons(DMVPN_ETH_P_NHRP))
		xmit_frame(dd, skb);
	else if (skb->protocol == htons(ETH_P_IP))
		xmit_ip4(dd, skb);
	else
		dmvpn_drop_skb(dd, skb, DMVPN_A_DROPS_TX_PROTOCOL);
	this_cpu_dec(dmvpn_depth);
	rcu_read_unlock();
	return NETDEV_TX_OK;
}

static int frame_check(struct dmvpn_device *dd, const struct dmvpn_peer_key *to)
{
	const struct dmvpn_config *cfg =
		rcu_dereference_protected(dd->cfg,
					  lockdep_is_held(&dd->dn->lock));
	struct dmvpn_session_key key = {
		.local = cfg->local,
		.remote = to->remote,
		.port = to->port,
	};
	struct dmvpn_session *session;

	if (!(dd->dev->flags & IFF_UP))
		return -ENETDOWN;
	if (!dmvpn_config_protected(cfg) ||
	    dmvpn_peer_find(dd, &to->remote, to->port))
		return 0;
	session = dmvpn_session_find(dd->dn, &key);
	return session && rcu_access_pointer(session->out) ? 0 : -ENOENT;
}

/**
 * dmvpn_send_frame() - send an NHRP packet of the daemon
 * @dd: device
 * @to: a peer, or the end of a session that is up
 * @data: NHRP packet
 * @len: its bytes
 *
 * It takes the way of any packet, so that who listens on the device sees it.
 *
 * Context: process, dn->lock.
 * Return: 0, -ENETDOWN, -ENOENT if nobody is there, or another error code.
 */
int dmvpn_send_frame(struct dmvpn_device *dd, const struct dmvpn_peer_key *to,
		     const void *data, unsigned int len)
{
	unsigned int head = LL_MAX_HEADER + DMVPN_HEADROOM;
	struct metadata_dst *md;
	struct sk_buff *skb;
	int err;

	err = frame_check(dd, to);
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
	md->u.tun_info.key.u.ipv4.dst = to->remote.ip4;
	md->u.tun_info.key.tp_dst = to->port;
	skb_reserve(skb, head);
	skb_put_data(skb, data, len);
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
	skb->protocol = htons(DMVPN_ETH_P_NHRP);
	skb->priority = TC_PRIO_CONTROL;
	skb->dev = dd->dev;
	skb_dst_set(skb, &md->dst);
	dev_queue_xmit(skb);
	return 0;
}
