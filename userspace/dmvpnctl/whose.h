/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whose packet is it? A packet in the tunnel says nothing of the underlay. One
 * that is sent goes to the peer that its route and next hop lead to. For one
 * that was received the way back to its source is looked up, as the kernel does
 * it for source-check: that is the peer it came from unless the ways there and
 * back differ, as for a moment when a shortcut comes or goes. An NHRP packet
 * says who has sent it, which need not be who has made it.
 */
#ifndef DMVPNCTL_WHOSE_H
#define DMVPNCTL_WHOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/addr.h"
#include "lib/genl.h"
#include "lib/netlink.h"

#define WHOSE_CACHE 256

/**
 * struct whose_entry - an answer that is kept for a moment
 * @ifindex: device, 0 for an empty one
 * @address: overlay address
 * @nbma: where it is; none if nobody knows
 * @until_ms: it may have changed after that
 */
struct whose_entry {
	uint32_t ifindex;
	struct addr address;
	struct nbma nbma;
	uint64_t until_ms;
};

/**
 * struct whose - who is asked
 * @rt: rtnetlink
 * @genl: the dmvpn module
 * @cache: answers, each at one place
 */
struct whose {
	struct netlink rt;
	struct genl genl;
	struct whose_entry cache[WHOSE_CACHE];
};

/* 0, or -1 after saying on stderr what is wrong. */
int whose_open(struct whose *w);
void whose_close(struct whose *w);
/* Where an overlay address is that is reached through a device, or none. */
struct nbma whose_nbma(struct whose *w, uint32_t ifindex,
		       const struct addr *address);
/*
 * The same for the end of an NHRP packet, by its own word unless the kernel
 * knows it as a next hop: it does not see its NAT.
 */
struct nbma whose_claimed(struct whose *w, uint32_t ifindex,
			  const struct addr *address,
			  const struct addr *claimed);
/*
 * The overlay address at the other end of a packet: IPv4, IPv6, MPLS with one
 * of these, or NHRP. None if there is none in it. @claimed: the NBMA address
 * which that end has by an NHRP packet, or none.
 */
struct addr whose_address(const uint8_t *packet, size_t len, uint16_t protocol,
			  bool out, struct addr *claimed);

#endif
