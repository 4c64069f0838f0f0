/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Routes as the kernel finds them for a packet of this host.
 */
#ifndef DMVPNCTL_ROUTE_H
#define DMVPNCTL_ROUTE_H

#include <net/if.h>
#include <stdint.h>

#include "lib/addr.h"
#include "lib/netlink.h"

#define ROUTE_TEXT	256

/**
 * struct route_query - what is asked
 * @dst: destination
 * @ifindex: device that it has to leave through, or VRF; 0 for any
 * @mark: of the packet
 */
struct route_query {
	struct addr dst;
	uint32_t ifindex;
	uint32_t mark;
};

/**
 * struct route - the answer
 * @error: 0, or a positive errno: there is none
 * @error_text: that in words
 * @type: RTN_UNICAST, RTN_LOCAL ...
 * @ifindex: device, 0 for none
 * @ifname: its name, or ""
 * @gateway: next hop, none if that is the destination itself
 * @source: address that this host would send from, or none
 * @prefix: what the route is to, or none
 * @protocol: who put it there, RTPROT_*
 * @table: that it stands in
 * @mtu: of the route, or of the device
 */
struct route {
	int error;
	char error_text[ROUTE_TEXT];
	uint8_t type;
	uint32_t ifindex;
	char ifname[IF_NAMESIZE];
	struct addr gateway;
	struct addr source;
	struct prefix prefix;
	uint8_t protocol;
	uint32_t table;
	uint32_t mtu;
};

/*
 * The route of a packet. That there is none is an answer, too: -1, with words
 * on stderr, only if the kernel cannot be asked.
 */
int route_get(struct netlink *nl, const struct route_query *query,
	      struct route *route);

#endif
