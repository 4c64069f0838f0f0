// SPDX-License-Identifier: GPL-2.0
#include <linux/icmp.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/udp.h>
#include <net/inet_ecn.h>
#include <net/ip_tunnels.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/route.h>
#include <net/xfrm.h>

#include "device.h"
#include "esp.h"
#include "gre.h"
#include "packet.h"
#include "peer.h"
#include "receive.h"
#include "sa.h"
#include "session.h"
#include "upcall.h"

/* Before XFRM's own handler, whose priority is 0. */
#define DMVPN_ESP_PRIORITY	200

/**
 * struct dmvpn_arrival - who a packet came from
 * @dd: device that its GRE header names
 * @remote: NBMA address
 * @port: UDP port, 0 for native ESP and plain GRE
 * @session: handle, 0 if it was not protected
 * @peer: peer of @dd, or NULL
 */
struct dmvpn_arrival {
	struct dmvpn_device *dd;
	struct dmvpn_addr remote;
	__be16 port;
	u32 session;
	struct dmvpn_peer *peer;
};

/*
 * NHRP is for the daemon. The stack gets a copy, for taps only: the packet
 * type below eats it.
 */
static void receive_nhrp(const struct dmvpn_arrival *from, struct sk_buff *skb)
{
	struct dmvpn_device *dd = from->dd;
	struct sk_buff *copy = skb_clone(skb, GFP_ATOMIC);

	if (copy)
		netif_rx(copy);
	if (dmvpn_upcall_frame(dd, from->session, &from->remote, from->port,
			       skb))
		consume_skb(skb);
	else
		dmvpn_drop_skb(dd, skb, DMVPN_A_DROPS_RX_NO_NHRP);
}

static int tap_only(struct sk_buff *skb, struct net_device *dev,
		    struct packet_type *pt, struct net_device *orig_dev)
{
	consume_skb(skb);
	return NET_RX_SUCCESS;
}

static struct packet_type dmvpn_nhrp_type __read_mostly = {
	.type = cpu_to_be16(DMVPN_ETH_P_NHRP),
	.func = tap_only,
};

static void receive_ip4(const struct dmvpn_arrival *from, struct sk_buff *skb,
			u8 outer_tos)
{
	struct dmvpn_device *dd = from->dd;

	if (!pskb_may_pull(skb, sizeof(struct iphdr)) ||
	    ip_hdr(skb)->version != 4) {
		dmvpn_drop_skb(dd, skb, DMVPN_A_DROPS_RX_MALFORMED);
		return;
	}
	if (INET_ECN_decapsulate(skb, outer_tos, ip_hdr(skb)->tos) > 1) {
		dmvpn_drop_skb(dd, skb, DMVPN_A_DROPS_RX_ECN);
		return;
	}
	gro_cells_receive(&dd->gro_cells, skb);
}

/* A packet whose GRE header was checked: into the device. */
static void receive(const struct dmvpn_arrival *from, struct sk_buff *skb,
		    const struct dmvpn_gre *gre)
{
	u8 tos = dmvpn_cb(skb)->tos;
	struct dmvpn_device *dd = from->dd;
	struct net_device *dev = dd->dev;

	skb_pull_rcsum(skb, gre->len);
	skb->protocol = gre->protocol;
	skb->dev = dev;
	skb_scrub_packet(skb, !net_eq(dd->dn->net, dev_net(dev)));
	skb_reset_network_header(skb);
	skb_reset_mac_header(skb);
	skb_clear_hash(skb);
	skb_set_queue_mapping(skb, 0);
	skb->encapsulation = 0;
	if (from->session) {
		/* The ICV covered every byte. */
		skb->ip_summed = CHECKSUM_UNNECESSARY;
		skb->csum_level = ~0;
	}
	dev_sw_netstats_rx_add(dev, skb->len);
	if (from->peer)
		dmvpn_peer_received(from->peer, skb->len);
	if (skb->protocol == htons(DMVPN_ETH_P_NHRP))
		receive_nhrp(from, skb);
	else if (skb->protocol == htons(ETH_P_IP))
		receive_ip4(from, skb, tos);
	else
		dmvpn_drop_skb(dd, skb, DMVPN_A_DROPS_RX_PROTOCOL);
}

/* The peer's NAT has another address or port for it now. */
static void check_moved(struct dmvpn_sa *sa, const struct dmvpn_endpoint *ends,
			const struct sk_buff *skb)
{
	const struct dmvpn_cb *cb = dmvpn_cb((struct sk_buff *)skb);

	if (!ends->remote_port || (cb->saddr == ends->remote.ip4 &&
				   cb->sport == ends->remote_port))
		return;
	spin_lock(&sa->lock);
	/* A late packet may still come from the old place. */
	if (cb->seq == sa->replay.top) {
		sa->moved = dmvpn_addr_ip4(cb->saddr);
		sa->moved_port = cb->sport;
		dmvpn_sa_report(sa, DMVPN_SA_MOVED);
	}
	spin_unlock(&sa->lock);
}

/**
 * dmvpn_receive_esp() - a packet that ESP protected
 * @sa: inbound SA that it came through
 * @skb: from GRE on, authentic, its notes in dmvpn_cb(); consumed
 *
 * Context: BH off, RCU.
 */
void dmvpn_receive_esp(struct dmvpn_sa *sa, struct sk_buff *skb)
{
	const struct dmvpn_endpoint *ends = rcu_dereference(sa->endpoint);
	struct dmvpn_arrival from = {
		.remote = ends->remote,
		.port = ends->remote_port,
		.session = sa->session->handle,
	};
	struct dmvpn_gre gre;

	check_moved(sa, ends, skb);
	if (dmvpn_gre_parse(skb, 0, &gre))
		from.dd = dmvpn_device_by_gre(sa->dn, &ends->local,
					      gre.has_key, gre.key);
	if (!from.dd) {
		atomic64_inc(&sa->malformed);
		kfree_skb(skb);
		return;
	}
	from.peer = dmvpn_peer_find(from.dd, &from.remote, from.port);
	receive(&from, skb, &gre);
}

static void note_arrival(struct sk_buff *skb, __be16 sport, __be16 dport)
{
	const struct iphdr iph = *ip_hdr(skb);
	struct dmvpn_cb *cb = dmvpn_cb(skb);

	memset(cb, 0, sizeof(*cb));
	cb->saddr = iph.saddr;
	cb->daddr = iph.daddr;
	cb->tos = iph.tos;
	cb->sport = sport;
	cb->dport = dport;
}

/* -EINVAL hands a packet on to XFRM. */
static int receive_packet(struct sk_buff *skb, __be16 sport, __be16 dport)
{
	const struct dmvpn_endpoint *ends;
	struct dmvpn_sa_key key = { .dir = DMVPN_SA_DIR_IN };
	struct dmvpn_sa *sa;

	if (!pskb_may_pull(skb, sizeof(struct ip_esp_hdr)))
		return -EINVAL;
	key.addr = dmvpn_addr_ip4(ip_hdr(skb)->daddr);
	key.spi = ((struct ip_esp_hdr *)skb->data)->spi;
	sa = dmvpn_sa_find(dmvpn_net(dev_net(skb->dev)), &key);
	if (!sa || !sa->aead || !percpu_ref_tryget_live(&sa->ref))
		return -EINVAL;
	note_arrival(skb, sport, dport);
	ends = rcu_dereference(sa->endpoint);
	if (ends->local_port == dport) {
		dmvpn_esp_decrypt(sa, skb);
	} else {
		atomic64_inc(&sa->malformed);
		kfree_skb(skb);
	}
	percpu_ref_put(&sa->ref);
	return 0;
}

static int receive_native(struct sk_buff *skb)
{
	return receive_packet(skb, 0, 0);
}

static int receive_udp(struct sk_buff *skb, int nexthdr, __be32 spi,
		       int encap_type)
{
	const struct udphdr *uh;

	if (encap_type != UDP_ENCAP_ESPINUDP)
		return -EINVAL;
	uh = (struct udphdr *)(skb_network_header(skb) + ip_hdrlen(skb));
	return receive_packet(skb, uh->source, uh->dest);
}

static int receive_cb(struct sk_buff *skb, int err)
{
	return 1;
}

/* ICMP about a packet of ours: only its path MTU is of interest. */
static int receive_error(struct sk_buff *skb, u32 info)
{
	const struct iphdr *iph = (struct iphdr *)skb->data;
	struct net *net = dev_net(skb->dev);
	const struct ip_esp_hdr *esph =
		(struct ip_esp_hdr *)(skb->data + iph->ihl * 4);
	struct dmvpn_sa_key key = {
		.addr = dmvpn_addr_ip4(iph->daddr),
		.spi = esph->spi,
		.dir = DMVPN_SA_DIR_OUT,
	};

	if (!dmvpn_sa_find(dmvpn_net(net), &key))
		return -ENOENT;
	if (icmp_hdr(skb)->type == ICMP_DEST_UNREACH &&
	    icmp_hdr(skb)->code == ICMP_FRAG_NEEDED)
		ipv4_update_pmtu(skb, net, info, 0, IPPROTO_ESP);
	return 0;
}

static struct xfrm4_protocol dmvpn_esp4 = {
	.handler = receive_native,
	.input_handler = receive_udp,
	.cb_handler = receive_cb,
	.err_handler = receive_error,
	.priority = DMVPN_ESP_PRIORITY,
};

/*
 * A packet that leaves the hook for good has to confirm its connection, which
 * otherwise happens right after this hook.
 */
static bool confirm_connection(struct sk_buff *skb)
{
	struct nf_conn *ct = (struct nf_conn *)skb_nfct(skb);
	const struct nf_ct_hook *hook;

	if (!ct || nf_ct_is_confirmed(ct))
		return true;
	hook = rcu_dereference(nf_ct_hook);
	return !hook || hook->confirm(skb) != NF_DROP;
}

/* Clear GRE for a device of ours. Consumes the packet. */
static void receive_clear(struct dmvpn_device *dd, struct sk_buff *skb,
			  const struct dmvpn_gre *gre)
{
	struct dmvpn_arrival from = {
		.dd = dd,
		.remote = dmvpn_addr_ip4(ip_hdr(skb)->saddr),
	};

	if (dmvpn_config_protected(rcu_dereference(dd->cfg)) ||
	    !xfrm4_policy_check(NULL, XFRM_POLICY_IN, skb)) {
		dmvpn_drop_skb(dd, skb, DMVPN_A_DROPS_RX_CLEAR);
		return;
	}
	from.peer = dmvpn_peer_find(dd, &from.remote, 0);
	if (!confirm_connection(skb)) {
		dmvpn_drop_skb(dd, skb, DMVPN_A_DROPS_RX_CONNTRACK);
		return;
	}
	note_arrival(skb, 0, 0);
	__skb_pull(skb, ip_hdrlen(skb));
	receive(&from, skb, gre);
}

/*
 * ICMP about clear GRE of ours. Nobody else would note the path MTU, as the
 * handler of the protocol is not ours.
 */
static void learn_clear_pmtu(struct sk_buff *skb, struct net *net)
{
	unsigned int offset = ip_hdrlen(skb) + sizeof(struct icmphdr);
	const struct icmphdr *icmph;
	struct dmvpn_addr local;
	struct dmvpn_gre gre;
	struct iphdr *iph;
	u32 mtu;

	if (!pskb_may_pull(skb, offset + sizeof(*iph)))
		return;
	icmph = (struct icmphdr *)(skb->data + ip_hdrlen(skb));
	iph = (struct iphdr *)(skb->data + offset);
	mtu = ntohs(icmph->un.frag.mtu);
	if (icmph->type != ICMP_DEST_UNREACH ||
	    icmph->code != ICMP_FRAG_NEEDED || !mtu ||
	    iph->protocol != IPPROTO_GRE || iph->ihl < 5 ||
	    !dmvpn_gre_parse(skb, offset + iph->ihl * 4, &gre))
		return;
	local = dmvpn_addr_ip4(iph->saddr);
	if (!dmvpn_device_by_gre(dmvpn_net(net), &local, gre.has_key, gre.key))
		return;
	__skb_pull(skb, offset);
	ipv4_update_pmtu(skb, net, mtu, 0, IPPROTO_GRE);
	__skb_push(skb, offset);
}

/*
 * Plain GRE. The protocol's handler belongs to gre.ko, for which ip_gre and
 * others compete; a hook behind the firewall's takes what is ours and leaves
 * them the rest.
 */
static unsigned int receive_gre(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	struct dmvpn_device *dd;
	struct dmvpn_addr local;
	struct dmvpn_gre gre;

	if (ip_hdr(skb)->protocol == IPPROTO_ICMP)
		learn_clear_pmtu(skb, state->net);
	if (ip_hdr(skb)->protocol != IPPROTO_GRE ||
	    !dmvpn_gre_parse(skb, ip_hdrlen(skb), &gre))
		return NF_ACCEPT;
	local = dmvpn_addr_ip4(ip_hdr(skb)->daddr);
	dd = dmvpn_device_by_gre(dmvpn_net(state->net), &local, gre.has_key,
				 gre.key);
	if (!dd)
		return NF_ACCEPT;
	if (pskb_may_pull(skb, ip_hdrlen(skb) + gre.len))
		receive_clear(dd, skb, &gre);
	else
		dmvpn_drop_skb(dd, skb, DMVPN_A_DROPS_RX_NO_MEMORY);
	return NF_STOLEN;
}

static const struct nf_hook_ops dmvpn_gre_hook = {
	.hook = receive_gre,
	.pf = NFPROTO_IPV4,
	.hooknum = NF_INET_LOCAL_IN,
	.priority = NF_IP_PRI_LAST,
};

/**
 * dmvpn_receive_hook() - a device comes up: listen for plain GRE
 * @dn: underlay
 *
 * A protected device listens too, to count and drop what should not come.
 *
 * Context: RTNL.
 * Return: 0 or a negative error code.
 */
int dmvpn_receive_hook(struct dmvpn_net *dn)
{
	int err = 0;

	if (!dn->gre_hooks)
		err = nf_register_net_hook(dn->net, &dmvpn_gre_hook);
	if (!err)
		dn->gre_hooks++;
	return err;
}

/**
 * dmvpn_receive_unhook() - a device goes down
 * @dn: underlay
 *
 * Context: RTNL.
 */
void dmvpn_receive_unhook(struct dmvpn_net *dn)
{
	if (!--dn->gre_hooks)
		nf_unregister_net_hook(dn->net, &dmvpn_gre_hook);
}

int dmvpn_receive_init(void)
{
	int err;

	err = xfrm4_protocol_register(&dmvpn_esp4, IPPROTO_ESP);
	if (!err)
		dev_add_pack(&dmvpn_nhrp_type);
	return err;
}

void dmvpn_receive_exit(void)
{
	dev_remove_pack(&dmvpn_nhrp_type);
	xfrm4_protocol_deregister(&dmvpn_esp4, IPPROTO_ESP);
}
