// SPDX-License-Identifier: GPL-2.0
/* ESP comes in, natively or in UDP, and what it held when it was opened. */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/udp.h>
#include <net/dsfield.h>
#include <net/inet_ecn.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/route.h>
#include <net/xfrm.h>

#include "device.h"
#include "esp.h"
#include "packet.h"
#include "peer.h"
#include "receive.h"
#include "sa.h"
#include "session.h"
#include "upcall.h"

/* Before XFRM's own handler, whose priority is 0. */
#define DMVPN_ESP_PRIORITY	200

static struct dmvpn_addr source_of(struct sk_buff *skb)
{
	const struct dmvpn_cb *cb = dmvpn_cb(skb);

	return cb->ip6 ? dmvpn_addr_ip6(&cb->saddr.ip6) :
			 dmvpn_addr_ip4(cb->saddr.ip4);
}

/* The peer's NAT has another address or port for it now. */
static void check_moved(struct dmvpn_sa *sa, const struct dmvpn_endpoint *ends,
			struct sk_buff *skb)
{
	const struct dmvpn_cb *cb = dmvpn_cb(skb);
	struct dmvpn_addr source;

	if (!ends->remote_port)
		return;
	source = source_of(skb);
	if (cb->sport == ends->remote_port &&
	    dmvpn_addr_equal(&source, &ends->remote))
		return;
	spin_lock(&sa->lock);
	/* A late packet may still come from the old place. */
	if (cb->seq == sa->replay.top) {
		sa->moved = source;
		sa->moved_port = cb->sport;
		dmvpn_sa_report(sa, DMVPN_SA_MOVED);
	}
	spin_unlock(&sa->lock);
}

/*
 * The header of tunnel mode, which has to hold what was agreed (RFC 4301,
 * 5.2). A router on the way marks congestion in the outer one only.
 */
static bool strip_ip4(const struct dmvpn_inner *inner, struct sk_buff *skb,
		      u8 *tos)
{
	const struct iphdr *iph;
	unsigned int len;

	if (!pskb_may_pull(skb, sizeof(*iph)))
		return false;
	iph = (struct iphdr *)skb->data;
	len = ntohs(iph->tot_len);
	if (iph->version != 4 || iph->ihl != 5 || len < sizeof(*iph) ||
	    len > skb->len || iph->protocol != IPPROTO_GRE ||
	    iph->frag_off & htons(IP_MF | IP_OFFSET) ||
	    iph->saddr != inner->remote.ip4 || iph->daddr != inner->local.ip4)
		return false;
	*tos = iph->tos;
	/* RFC 4303, 2.7: what is behind the packet is there to hide its size */
	return !pskb_trim(skb, len) && __skb_pull(skb, sizeof(*iph));
}

static bool strip_ip6(const struct dmvpn_inner *inner, struct sk_buff *skb,
		      u8 *tos)
{
	const struct ipv6hdr *ip6h;
	unsigned int len;

	if (!pskb_may_pull(skb, sizeof(*ip6h)))
		return false;
	ip6h = (struct ipv6hdr *)skb->data;
	len = sizeof(*ip6h) + ntohs(ip6h->payload_len);
	if (ip6h->version != 6 || len > skb->len ||
	    ip6h->nexthdr != IPPROTO_GRE ||
	    !ipv6_addr_equal(&ip6h->saddr, &inner->remote.ip6) ||
	    !ipv6_addr_equal(&ip6h->daddr, &inner->local.ip6))
		return false;
	*tos = ipv6_get_dsfield(ip6h);
	return !pskb_trim(skb, len) && __skb_pull(skb, sizeof(*ip6h));
}

static bool strip_inner(const struct dmvpn_sa *sa, struct sk_buff *skb)
{
	const struct dmvpn_inner *inner = &sa->inner;
	u8 tos;

	if (inner->local.family == AF_INET6 ? !strip_ip6(inner, skb, &tos) :
					      !strip_ip4(inner, skb, &tos))
		return false;
	if (!INET_ECN_is_ce(dmvpn_cb(skb)->tos))
		dmvpn_cb(skb)->tos = tos;
	return true;
}

/*
 * With MOBIKE the session may have gone to an address that the device has not
 * been told of yet. Then it is one that has a peer there.
 */
static struct dmvpn_device *device_of(const struct dmvpn_sa *sa,
				      const struct dmvpn_addr *local,
				      const struct dmvpn_gre *gre)
{
	struct dmvpn_device *dd;
	struct dmvpn_peer *peer;

	dd = dmvpn_device_by_gre(sa->dn, local, gre->has_key, gre->key);
	if (dd)
		return dd;
	list_for_each_entry_rcu(peer, &sa->session->peers, session_node)
		if (dmvpn_device_has_gre(peer->dd, gre->has_key, gre->key))
			return peer->dd;
	return NULL;
}

/**
 * dmvpn_input() - a packet that ESP protected
 * @sa: inbound SA that it came through
 * @skb: what ESP held, authentic, its notes in dmvpn_cb(); consumed
 *
 * Context: BH off, RCU.
 */
void dmvpn_input(struct dmvpn_sa *sa, struct sk_buff *skb)
{
	const struct dmvpn_endpoint *ends = rcu_dereference(sa->endpoint);
	struct dmvpn_arrival from = {
		.remote = ends->remote,
		.port = ends->remote_port,
		.session = sa->session,
	};

	check_moved(sa, ends, skb);
	if ((sa->mode != DMVPN_SA_MODE_TUNNEL || strip_inner(sa, skb)) &&
	    dmvpn_gre_parse(skb, 0, &from.gre))
		from.dd = device_of(sa, &ends->local, &from.gre);
	if (!from.dd) {
		atomic64_inc(&sa->malformed);
		kfree_skb(skb);
		return;
	}
	from.peer = dmvpn_session_peer(sa->session, from.dd);
	dmvpn_receive(&from, skb);
}

/* -EINVAL hands a packet on to XFRM. */
static int input(struct sk_buff *skb, const struct dmvpn_addr *local,
		 __be16 sport, __be16 dport)
{
	struct dmvpn_sa_key key = { .addr = *local, .dir = DMVPN_SA_DIR_IN };
	const struct dmvpn_endpoint *ends;
	struct dmvpn_sa *sa;

	if (!pskb_may_pull(skb, sizeof(struct ip_esp_hdr)))
		return -EINVAL;
	key.spi = ((struct ip_esp_hdr *)skb->data)->spi;
	sa = dmvpn_sa_find(dmvpn_net(dev_net(skb->dev)), &key);
	if (!sa || !sa->aead)
		return -EINVAL;
	dmvpn_receive_note(skb, sport, dport);
	ends = rcu_dereference(sa->endpoint);
	if (ends->local_port == dport) {
		dmvpn_esp_decrypt(sa, skb);
	} else {
		atomic64_inc(&sa->malformed);
		kfree_skb(skb);
	}
	return 0;
}

static int input_ip4(struct sk_buff *skb, __be16 sport, __be16 dport)
{
	struct dmvpn_addr local = dmvpn_addr_ip4(ip_hdr(skb)->daddr);

	return input(skb, &local, sport, dport);
}

static int input_ip6(struct sk_buff *skb, __be16 sport, __be16 dport)
{
	struct dmvpn_addr local = dmvpn_addr_ip6(&ipv6_hdr(skb)->daddr);

	return input(skb, &local, sport, dport);
}

static int input_native4(struct sk_buff *skb)
{
	return input_ip4(skb, 0, 0);
}

static int input_native6(struct sk_buff *skb)
{
	return input_ip6(skb, 0, 0);
}

/* The UDP header stands right before ESP, whatever came before it. */
static const struct udphdr *udp_header(const struct sk_buff *skb)
{
	return (struct udphdr *)(skb->data - sizeof(struct udphdr));
}

static int input_udp4(struct sk_buff *skb, int nexthdr, __be32 spi,
		      int encap_type)
{
	const struct udphdr *uh = udp_header(skb);

	if (encap_type != UDP_ENCAP_ESPINUDP)
		return -EINVAL;
	return input_ip4(skb, uh->source, uh->dest);
}

static int input_udp6(struct sk_buff *skb, int nexthdr, __be32 spi,
		      int encap_type)
{
	const struct udphdr *uh = udp_header(skb);

	if (encap_type != UDP_ENCAP_ESPINUDP)
		return -EINVAL;
	return input_ip6(skb, uh->source, uh->dest);
}

static int not_ours(struct sk_buff *skb, int err)
{
	return 1;
}

/*
 * The SA of a packet that ICMP quotes, if we sent it: its source has to be
 * ours, and its SPI one that few can know.
 */
static struct dmvpn_sa *sent_by_us(struct net *net,
				   const struct dmvpn_addr *saddr,
				   const struct dmvpn_addr *daddr, __be32 spi)
{
	struct dmvpn_sa_key key = {
		.addr = *daddr,
		.spi = spi,
		.dir = DMVPN_SA_DIR_OUT,
	};
	struct dmvpn_sa *sa = dmvpn_sa_find(dmvpn_net(net), &key);

	if (!sa || !dmvpn_addr_equal(&rcu_dereference(sa->endpoint)->local,
				     saddr))
		return NULL;
	return sa;
}

/* ICMP about a packet of ours. The sender of the next one is told. */
static void note_unreachable(struct dmvpn_sa *sa)
{
	WRITE_ONCE(sa->unreachable, jiffies ?: 1);
}

/* The path got narrower, for each device whose packets are in the SA. */
static void learn_pmtu(struct net *net, const struct dmvpn_sa *sa,
		       struct sk_buff *skb, bool ip6, u32 mtu)
{
	const struct dmvpn_config *cfg;
	const struct dmvpn_peer *peer;

	list_for_each_entry_rcu(peer, &sa->session->peers, session_node) {
		cfg = rcu_dereference(peer->dd->cfg);
		if (ip6)
			ip6_update_pmtu(skb, net, htonl(mtu), cfg->link,
					cfg->fwmark, sock_net_uid(net, NULL));
		else
			ipv4_update_pmtu(skb, net, mtu, cfg->link,
					 IPPROTO_ESP);
	}
}

static int error_ip4(struct sk_buff *skb, u32 info)
{
	const struct iphdr *iph = (struct iphdr *)skb->data;
	const struct ip_esp_hdr *esph =
		(struct ip_esp_hdr *)(skb->data + iph->ihl * 4);
	struct dmvpn_addr saddr = dmvpn_addr_ip4(iph->saddr);
	struct dmvpn_addr daddr = dmvpn_addr_ip4(iph->daddr);
	struct net *net = dev_net(skb->dev);
	struct dmvpn_sa *sa = sent_by_us(net, &saddr, &daddr, esph->spi);

	if (!sa)
		return -ENOENT;
	if (icmp_hdr(skb)->type == ICMP_DEST_UNREACH &&
	    icmp_hdr(skb)->code == ICMP_FRAG_NEEDED)
		learn_pmtu(net, sa, skb, false, info);
	else if (icmp_hdr(skb)->type == ICMP_DEST_UNREACH ||
		 icmp_hdr(skb)->type == ICMP_TIME_EXCEEDED)
		note_unreachable(sa);
	return 0;
}

static int error_ip6(struct sk_buff *skb, struct inet6_skb_parm *opt, u8 type,
		     u8 code, int offset, __be32 info)
{
	const struct ipv6hdr *ip6h = (struct ipv6hdr *)skb->data;
	const struct ip_esp_hdr *esph =
		(struct ip_esp_hdr *)(skb->data + offset);
	struct dmvpn_addr saddr = dmvpn_addr_ip6(&ip6h->saddr);
	struct dmvpn_addr daddr = dmvpn_addr_ip6(&ip6h->daddr);
	struct net *net = dev_net(skb->dev);
	struct dmvpn_sa *sa = sent_by_us(net, &saddr, &daddr, esph->spi);

	if (!sa)
		return -ENOENT;
	if (type == ICMPV6_PKT_TOOBIG)
		learn_pmtu(net, sa, skb, true, ntohl(info));
	else if (type == ICMPV6_DEST_UNREACH || type == ICMPV6_TIME_EXCEED)
		note_unreachable(sa);
	return 0;
}

static struct xfrm4_protocol dmvpn_esp4 = {
	.handler = input_native4,
	.input_handler = input_udp4,
	.cb_handler = not_ours,
	.err_handler = error_ip4,
	.priority = DMVPN_ESP_PRIORITY,
};

static struct xfrm6_protocol dmvpn_esp6 = {
	.handler = input_native6,
	.input_handler = input_udp6,
	.cb_handler = not_ours,
	.err_handler = error_ip6,
	.priority = DMVPN_ESP_PRIORITY,
};

int dmvpn_input_init(void)
{
	int err;

	err = xfrm4_protocol_register(&dmvpn_esp4, IPPROTO_ESP);
	if (err)
		return err;
	err = xfrm6_protocol_register(&dmvpn_esp6, IPPROTO_ESP);
	if (err)
		xfrm4_protocol_deregister(&dmvpn_esp4, IPPROTO_ESP);
	return err;
}

void dmvpn_input_exit(void)
{
	xfrm6_protocol_deregister(&dmvpn_esp6, IPPROTO_ESP);
	xfrm4_protocol_deregister(&dmvpn_esp4, IPPROTO_ESP);
}
