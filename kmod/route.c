// SPDX-License-Identifier: GPL-2.0
#include <net/dst_cache.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/route.h>

#include "device.h"
#include "peer.h"
#include "send.h"

/*
 * What ESP protects already is none of XFRM's policies' business; plain GRE is,
 * so that `ip xfrm policy` can protect it.
 */
static struct dst_entry *look_up_ip4(const struct dmvpn_path *path,
				     u8 protocol)
{
	struct net *net = path->dd->dn->net;
	struct flowi4 fl4 = {
		.flowi4_oif = path->cfg->link,
		.flowi4_mark = path->cfg->fwmark,
		.flowi4_proto = protocol,
		.saddr = path->local->ip4,
		.daddr = path->remote->ip4,
		.fl4_sport = path->sport,
		.fl4_dport = path->dport,
	};
	struct rtable *rt;

	rt = path->sa ? __ip_route_output_key(net, &fl4) :
			ip_route_output_key(net, &fl4);
	return IS_ERR(rt) ? NULL : &rt->dst;
}

static struct dst_entry *look_up_ip6(const struct dmvpn_path *path,
				     u8 protocol)
{
	struct net *net = path->dd->dn->net;
	struct flowi6 fl6 = {
		.flowi6_oif = path->cfg->link,
		.flowi6_mark = path->cfg->fwmark,
		.flowi6_proto = protocol,
		.saddr = path->local->ip6,
		.daddr = path->remote->ip6,
		.fl6_sport = path->sport,
		.fl6_dport = path->dport,
	};
	struct dst_entry *dst;

	if (path->sa)
		dst = ip6_route_output(net, NULL, &fl6);
	else
		dst = ip6_dst_lookup_flow(net, NULL, &fl6, NULL);
	if (IS_ERR(dst))
		return NULL;
	if (dst->error) {
		dst_release(dst);
		return NULL;
	}
	return dst;
}

static struct dst_entry *look_up(const struct dmvpn_path *path)
{
	u8 protocol = path->dport ? IPPROTO_UDP : IPPROTO_ESP;

	if (!path->sa)
		protocol = IPPROTO_GRE;
	return path->remote->family == AF_INET6 ? look_up_ip6(path, protocol) :
						  look_up_ip4(path, protocol);
}

static void keep(struct dmvpn_peer *peer, const struct dmvpn_path *path)
{
	if (path->remote->family == AF_INET6)
		dst_cache_set_ip6(&peer->dst, path->dst, &path->local->ip6);
	else
		dst_cache_set_ip4(&peer->dst, path->dst, path->local->ip4);
}

/**
 * dmvpn_route_cached() - the route to a peer that packets found last
 * @peer: peer
 * @family: of its NBMA address
 *
 * Context: BH off, RCU.
 * Return: route with a reference, or NULL.
 */
struct dst_entry *dmvpn_route_cached(struct dmvpn_peer *peer, u16 family)
{
	struct in6_addr saddr6;
	struct rtable *rt;
	__be32 saddr;

	if (family == AF_INET6)
		return dst_cache_get_ip6(&peer->dst, &saddr6);
	rt = dst_cache_get_ip4(&peer->dst, &saddr);
	return rt ? &rt->dst : NULL;
}

/**
 * dmvpn_route() - find the route to the NBMA address
 * @path: all but @path->dst; that is set, with a reference
 *
 * Context: BH off, RCU.
 * Return: false if there is no route, or it leads back into the device.
 */
bool dmvpn_route(struct dmvpn_path *path)
{
	if (path->peer) {
		path->dst = dmvpn_route_cached(path->peer,
					       path->remote->family);
		if (path->dst)
			return true;
	}
	path->dst = look_up(path);
	if (!path->dst)
		return false;
	if (path->dst->dev == path->dd->dev) {
		dst_release(path->dst);
		return false;
	}
	if (path->peer)
		keep(path->peer, path);
	return true;
}
