/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way of a packet through a dmvpn device: the same steps as the kernel's,
 * from the route to the SA.
 */
#ifndef DMVPNCTL_WAY_H
#define DMVPNCTL_WAY_H

#include "dmvpnctl/model.h"
#include "dmvpnctl/route.h"

#define WAY_TEXT	320

/**
 * struct way - a packet's way
 * @dst: its destination
 * @route: of it
 * @device: that it leaves through, NULL if that is none of ours
 * @multicast: a copy goes to each peer that takes multicast
 * @copies: number of those
 * @next_hop: what the device is asked for
 * @nexthop: what is known of that, NULL for nothing
 * @peer: that it is sent to, or NULL
 * @session: with that, NULL without protection
 * @sa: that encrypts it, or NULL
 * @has_underlay: @underlay was looked up
 * @underlay: route to the peer's NBMA address
 * @policy: the device's policy for inner packets, or the peer's; "" for none
 * @class: of it that the packet is of, or NULL
 * @sent: it leaves this host through the tunnel
 * @result: what becomes of it
 * @advice: what to do about that, or ""
 */
struct way {
	struct addr dst;
	struct route route;
	const struct device *device;
	bool multicast;
	unsigned int copies;
	struct addr next_hop;
	const struct nexthop *nexthop;
	const struct peer *peer;
	const struct session *session;
	const struct sa *sa;
	bool has_underlay;
	struct route underlay;
	const char *policy;
	const struct class_state *class;
	bool sent;
	char result[WAY_TEXT];
	char advice[WAY_TEXT];
};

/*
 * Up to the peer, with @dst and @route set: false if it ends before one, with
 * @result and @advice.
 */
bool way_to_peer(struct way *w, const struct model *m);
/* From the peer on: @underlay is known, if the peer has one here. */
void way_to_wire(struct way *w, const struct model *m);

#endif
