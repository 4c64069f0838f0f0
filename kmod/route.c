// SPDX-License-Identifier: GPL-2.0
#include <net/dst_cache.h>
#include <net/route.h>

#include "device.h"
#include "peer.h"
#include "send.h"

static struct rtable *path_look_up(struct dmvpn_path *path)
{
	struct net *net = path->dd->dn->net;
	struct flowi4 fl4 = {
		.flowi4_oif = path->cfg->link,
		.saddr = path->saddr,
		.daddr = path->daddr,
	};

	/*
	 * What ESP protects already is none of XFRM's policies' business;
	 * plain GRE is, so that `ip xfrm policy` can protect it.
	 */
	if (!path->sa) {
		fl4.flowi4_proto = IPPROTO_GRE;
		return ip_route_output_key(net, &fl4);
	}
	fl4.flowi4_proto = path->dport ? IPPROTO_UDP : IPPROTO_ESP;
	fl4.fl4_sport = path->sport;
	fl4.fl4_dport = path->dport;
	return __ip_route_output_key(net, &fl4);
}

/**
 * dmvpn_route() - find the route to the NBMA address
 * @path: all but @path->rt; that is set, with a reference
 *
 * Context: BH off, RCU.
 * Return: false if there is no route, or it leads back into the device.
 */
bool dmvpn_route(struct dmvpn_path *path)
{
	struct dst_cache *cache = path->peer ? &path->peer->dst : NULL;
	__be32 saddr;

	path->rt = cache ? dst_cache_get_ip4(cache, &saddr) : NULL;
	if (path->rt)
		return true;
	path->rt = path_look_up(path);
	if (IS_ERR(path->rt))
		return false;
	if (path->rt->dst.dev == path->dd->dev) {
		ip_rt_put(path->rt);
		return false;
	}
	if (cache)
		dst_cache_set_ip4(cache, &path->rt->dst, path->saddr);
	return true;
}
