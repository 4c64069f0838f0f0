// SPDX-License-Identifier: GPL-2.0
#include <linux/icmp.h>
#include <net/ip.h>

#include "device.h"
#include "esp.h"
#include "gre.h"
#include "packet.h"
#include "peer.h"
#include "sa.h"
#include "send.h"
#include "session.h"

/**
 * dmvpn_path_drop() - count and free a packet that cannot be sent
 * @path: where it should have gone
 * @skb: packet, consumed
 * @reason: DMVPN_A_DROPS_*
 *
 * Context: BH off, RCU.
 */
void dmvpn_path_drop(const struct dmvpn_path *path, struct sk_buff *skb,
		     int reason)
{
	if (path->peer)
		atomic64_inc(&path->peer->tx_dropped);
	dmvpn_drop_skb(path->dd, skb, reason);
}

/**
 * dmvpn_path_set_ends() - note who a packet is for
 * @path: with its SA, whose ends these are; without one they are
 * @remote: the peer's NBMA address; must live as long as the path
 *
 * Context: RCU.
 */
void dmvpn_path_set_ends(struct dmvpn_path *path,
			 const struct dmvpn_addr *remote)
{
	const struct dmvpn_endpoint *ends;

	path->local = dmvpn_config_local(path->cfg, remote->family);
	path->remote = remote;
	path->sport = 0;
	path->dport = 0;
	if (!path->sa)
		return;
	ends = rcu_dereference(path->sa->endpoint);
	path->local = &ends->local;
	path->remote = &ends->remote;
	path->sport = ends->local_port;
	path->dport = ends->remote_port;
}

/* One packet, into GRE and ESP and out. */
static void send_one(const struct dmvpn_path *path, const struct dmvpn_cb *note,
		     struct sk_buff *skb, u64 seq)
{
	unsigned int tail = 0;
	int err;

	if (path->sa)
		tail = dmvpn_esp_trailer(path->sa, skb->len + path->inside);
	if (dmvpn_skb_own(skb, path->head, tail) ||
	    (skb->ip_summed == CHECKSUM_PARTIAL && skb_checksum_help(skb))) {
		dmvpn_path_drop(path, skb, DMVPN_A_DROPS_TX_NO_MEMORY);
		return;
	}
	*dmvpn_cb(skb) = *note;
	dmvpn_cb(skb)->seq = seq;
	skb_dst_set_noref(skb, path->dst);
	dmvpn_gre_push(skb, path->cfg);
	if (!path->sa) {
		dmvpn_output(path->dd->dn->net, skb, IPPROTO_GRE);
		return;
	}
	if (path->sa->mode == DMVPN_SA_MODE_TUNNEL)
		dmvpn_output_inner(skb, path->sa);
	err = dmvpn_esp_encrypt(path->sa, skb);
	if (err)
		dmvpn_drop(path->dd, err == -ENOMEM ?
				     DMVPN_A_DROPS_TX_NO_MEMORY :
				     DMVPN_A_DROPS_TX_CRYPTO);
}

/* The SA ended before this packet: it is for the next one. */
static void send_later(const struct dmvpn_path *path,
		       const struct dmvpn_cb *note, struct sk_buff *skb)
{
	if (!path->peer) {
		dmvpn_path_drop(path, skb, DMVPN_A_DROPS_TX_EXPIRED);
		return;
	}
	*dmvpn_cb(skb) = *note;
	dmvpn_cb(skb)->again = true;
	if (!dmvpn_pending_add(path->peer, skb))
		dmvpn_send_kept(path->peer, skb);
}

/* A list of packets, with their numbers reserved in one go. */
static void send_list(const struct dmvpn_path *path,
		      const struct dmvpn_cb *note, struct sk_buff *list)
{
	unsigned int packets = 0, bytes = 0, allowed = UINT_MAX;
	struct sk_buff *skb, *next;
	u64 seq = 0;

	if (path->sa)
		allowed = dmvpn_sa_reserve(path->sa, list, path->inside, &seq);
	for (skb = list; skb && packets < allowed; skb = skb->next) {
		packets++;
		bytes += skb->len;
	}
	/* Before the packets are out of our hands, and the device with them. */
	dev_sw_netstats_tx_add(path->dd->dev, packets, bytes);
	if (path->peer)
		dmvpn_peer_sent(path->peer, packets, bytes);
	skb_list_walk_safe(list, skb, next) {
		skb_mark_not_on_list(skb);
		if (packets) {
			packets--;
			send_one(path, note, skb, seq++);
		} else {
			send_later(path, note, skb);
		}
	}
}

/* An IPv4 packet in fragments that need none outside. */
static void send_fragments(const struct dmvpn_path *path,
			   const struct dmvpn_cb *note, struct sk_buff *skb)
{
	unsigned int hlen = ip_hdrlen(skb);
	struct ip_frag_state state;
	struct sk_buff *fragment;

	if (skb->ip_summed == CHECKSUM_PARTIAL && skb_checksum_help(skb)) {
		dmvpn_path_drop(path, skb, DMVPN_A_DROPS_TX_NO_MEMORY);
		return;
	}
	ip_frag_init(skb, hlen, path->head, path->mtu - hlen, false, &state);
	while (state.left > 0) {
		fragment = ip_frag_next(skb, &state);
		if (IS_ERR(fragment)) {
			dmvpn_path_drop(path, skb, DMVPN_A_DROPS_TX_NO_MEMORY);
			return;
		}
		send_list(path, note, fragment);
	}
	consume_skb(skb);
}

static struct sk_buff *segment(const struct dmvpn_path *path,
			       struct sk_buff *skb)
{
	struct sk_buff *segs;

	if (!skb_is_gso(skb))
		return skb;
	segs = skb_gso_segment(skb, 0);
	if (IS_ERR_OR_NULL(segs)) {
		dmvpn_path_drop(path, skb, DMVPN_A_DROPS_TX_NO_MEMORY);
		return NULL;
	}
	consume_skb(skb);
	return segs;
}

static void send_pieces(const struct dmvpn_path *path,
			const struct dmvpn_cb *note, struct sk_buff *list)
{
	struct sk_buff *skb, *next;

	skb_list_walk_safe(list, skb, next) {
		skb_mark_not_on_list(skb);
		if (dmvpn_exceeds(skb, path->mtu))
			send_fragments(path, note, skb);
		else
			send_list(path, note, skb);
	}
}

/* What it takes with it does not leave the device's namespace. */
static void detach(const struct dmvpn_path *path, struct sk_buff *skb)
{
	bool xnet = !net_eq(path->dd->dn->net, dev_net(path->dd->dev));

	/* Of the inner flow, so that the underlay can spread its packets. */
	skb_get_hash(skb);
	skb_scrub_packet(skb, xnet);
}

/*
 * What only the first attempt to send a packet does: its policies see it once.
 * Mark and priority are set when all that must not leave its namespace is gone.
 */
static bool prepare(const struct dmvpn_path *path, struct sk_buff *skb,
		    struct dmvpn_cb *note)
{
	if (unlikely(path->again)) {
		note->tos = path->tos;
		return true;
	}
	detach(path, skb);
	return !path->cfg->marks || dmvpn_mark(path, skb, note);
}

/*
 * Who makes packets for the device leaves so much room before them. Not more:
 * a router would copy each packet that a network card received with less. The
 * bound is for devices one inside the other, which would add to it for ever.
 */
static void ask_for_room(const struct dmvpn_path *path)
{
	const unsigned int head = min_t(unsigned int, path->head,
					LL_MAX_HEADER + DMVPN_HEADROOM);
	struct net_device *dev = path->dd->dev;

	if (unlikely(READ_ONCE(dev->needed_headroom) < head))
		WRITE_ONCE(dev->needed_headroom, head);
}

/*
 * A router of the underlay said that it cannot reach the peer, and it may be
 * wrong or forged: the packet goes all the same.
 */
static void tell_unreachable(struct dmvpn_sa *sa, struct sk_buff *skb)
{
	unsigned long since = xchg(&sa->unreachable, 0);

	if (since && time_before(jiffies, since + DMVPN_UNREACHABLE_TIME))
		dmvpn_icmp_unreachable(skb);
}

static void send_prepared(const struct dmvpn_path *path,
			  const struct dmvpn_cb *note, struct sk_buff *skb,
			  enum dmvpn_fit fit)
{
	skb = segment(path, skb);
	if (fit == DMVPN_FIT_PIECES)
		send_pieces(path, note, skb);
	else if (skb)
		send_list(path, note, skb);
}

/**
 * dmvpn_send_on() - send a packet whose way is known
 * @path: all but the route and what follows from it
 * @skb: packet, consumed
 *
 * Context: BH off, RCU.
 */
void dmvpn_send_on(struct dmvpn_path *path, struct sk_buff *skb)
{
	struct dmvpn_cb note;
	enum dmvpn_fit fit;

	if (!dmvpn_route(path)) {
		dmvpn_path_drop(path, skb, DMVPN_A_DROPS_TX_NO_ROUTE);
		return;
	}
	dmvpn_path_measure(path);
	ask_for_room(path);
	fit = dmvpn_fit(path, skb);
	if (fit == DMVPN_FIT_NOT) {
		dmvpn_path_drop(path, skb, DMVPN_A_DROPS_TX_TOO_BIG);
	} else {
		if (path->sa && unlikely(READ_ONCE(path->sa->unreachable)))
			tell_unreachable(path->sa, skb);
		dmvpn_output_note(path, skb, fit == DMVPN_FIT_OUTSIDE, &note);
		if (prepare(path, skb, &note))
			send_prepared(path, &note, skb, fit);
		else
			dmvpn_path_drop(path, skb, DMVPN_A_DROPS_TX_NO_MEMORY);
	}
	dst_release(path->dst);
}

/* Keep a packet, with what was done for it. False if there is an SA by now. */
static bool keep(const struct dmvpn_path *path, struct sk_buff *skb)
{
	dmvpn_cb(skb)->again = path->again;
	dmvpn_cb(skb)->tos = path->tos;
	return dmvpn_pending_add(path->peer, skb);
}

static void send_to_peer(struct dmvpn_path *path, struct sk_buff *skb)
{
	struct dmvpn_peer *peer = path->peer;

	path->cfg = rcu_dereference(path->dd->cfg);
	if (peer->session) {
		while (!(path->sa = dmvpn_session_out(peer->session)))
			if (keep(path, skb))
				return;
	}
	dmvpn_path_set_ends(path, &peer->key.remote);
	dmvpn_send_on(path, skb);
}

/**
 * dmvpn_send() - send a packet to a peer, or keep it until that is possible
 * @dd: device
 * @peer: peer of it
 * @skb: packet of a protocol that the device carries, consumed
 *
 * Context: BH off, RCU.
 */
void dmvpn_send(struct dmvpn_device *dd, struct dmvpn_peer *peer,
		struct sk_buff *skb)
{
	struct dmvpn_path path = { .dd = dd, .peer = peer };

	send_to_peer(&path, skb);
}

/**
 * dmvpn_send_kept() - send a packet that was kept
 * @peer: peer
 * @skb: packet, with @again and @tos in dmvpn_cb(); consumed
 *
 * Context: BH off, RCU.
 */
void dmvpn_send_kept(struct dmvpn_peer *peer, struct sk_buff *skb)
{
	struct dmvpn_path path = {
		.dd = peer->dd,
		.peer = peer,
		.again = dmvpn_cb(skb)->again,
		.tos = dmvpn_cb(skb)->tos,
	};

	send_to_peer(&path, skb);
}
