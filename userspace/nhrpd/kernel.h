/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel as nhrpd's state layer sees it: a port. kernel_nl.c is the real
 * one (generic netlink and rtnetlink), selftests/unit/fake_kernel.c the fake.
 * Code points are those of the kernel's own header.
 */
#ifndef NHRPD_KERNEL_H
#define NHRPD_KERNEL_H

#include <linux/dmvpn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/addr.h"
#include "nhrpd/identity.h"

struct conf_qos;
struct policy;

/* idle_ms of something that no packet has used. */
#define KERNEL_NEVER	UINT64_MAX
/* Name of a policy, and its end. */
#define KERNEL_POLICY	64

/**
 * struct kernel_peer - a peer of a device
 * @nbma: its key; port 0 is the session with that address, whatever its port
 * @flags: enum dmvpn_peer_flags
 * @session: handle of its session, 0 on an unprotected device
 * @state: enum dmvpn_session_state; up on an unprotected device
 * @idle_ms: since the last packet, or KERNEL_NEVER
 * @rx_packets: packets that came from it
 * @rx_bytes: in them
 * @tx_packets: packets that went to it
 * @tx_bytes: in them
 * @policy: that queues towards it, "" for none
 * @rate: bits a second that @policy may have at most, 0 for no such limit
 * @wanted: who has to be there, see identity.h; "" for anybody
 */
struct kernel_peer {
	struct nbma nbma;
	uint32_t flags;
	uint32_t session;
	uint32_t state;
	uint64_t idle_ms;
	uint64_t rx_packets;
	uint64_t rx_bytes;
	uint64_t tx_packets;
	uint64_t tx_bytes;
	char policy[KERNEL_POLICY];
	uint64_t rate;
	char wanted[IDENTITY_SIZE];
};

/**
 * struct kernel_nexthop - a next hop of a device
 * @address: overlay address
 * @nbma: key of its peer; none for a negative or incomplete one
 * @claimed: NBMA address the peer itself claims, if behind a NAT, else none
 * @state: enum dmvpn_nexthop_state
 * @kind: enum dmvpn_nexthop_kind
 * @flags: enum dmvpn_nexthop_flags
 * @lifetime: seconds left of the holding time, 0 for no end
 * @idle_ms: since a packet used it, or KERNEL_NEVER (when reading)
 */
struct kernel_nexthop {
	struct addr address;
	struct nbma nbma;
	struct addr claimed;
	uint32_t state;
	uint32_t kind;
	uint32_t flags;
	uint32_t lifetime;
	uint64_t idle_ms;
};

/**
 * struct kernel_route - the route that the kernel takes to an address
 * @dst: prefix of the matching route (RTM_F_FIB_MATCH); for an address of this
 *	host the subnet that it has
 * @via: gateway, none if @dst is on the link
 * @ifindex: outgoing interface, or the one that has the address; 0 for
 *	blackhole, unreachable and the like
 * @local: the address is this host's own
 * @shortcut: the route is one that route_add() made
 */
struct kernel_route {
	struct prefix dst;
	struct addr via;
	uint32_t ifindex;
	bool local;
	bool shortcut;
};

/**
 * struct kernel_ops - what the state layer asks of the kernel
 *
 * The int ones return 0 or a negative errno; a failure that matters has been
 * logged by the port, with the kernel's words. All that is asked for is done in
 * that order. What needs no answer, peer_new, peer_del, peer_policy, frame,
 * nexthop_del, and nexthop_new for a registered one, may be done a little
 * later, though, and 0 means that it was taken: if the kernel then refuses it,
 * the state layer hears of it by nhrp_peer_refused() and the like.
 *
 * @peer_new: add a peer, or change the flags of one, and who has to be there: a
 *	pattern of identity.h, "" for anybody, NULL for no change. On a protected
 *	device without an SA the kernel then has IKE make one
 * @peer_del: delete a peer and the next hops through it; -ENOENT is no failure
 * @peer_policy: queue towards a peer with the policy of that name, "" for none,
 *	and with so many bits a second at most, 0 for no limit but the policy's.
 *	The flags are those that it has: the kernel takes all of it together.
 *	-ENOENT: there is no such policy
 * @peer_get: read one peer; -ENOENT if it is not there
 * @session_release: the last peer of the session was deleted by us: delete the
 *	session too if the kernel says that nothing else uses it (its count of
 *	peers is 0), so that IKE closes it; but not one that MOBIKE took away
 *	from this address of ours, to where the device has to follow
 * @session_identity: the other end's authenticated identity, "" if the kernel
 *	has not been told; -ENOENT if there is no such session
 * @session_clear: delete the session; it comes up again if a peer needs it
 * @nexthop_new: add or replace a next hop; its peer is there already
 * @nexthop_del: delete a next hop; -ENOENT is no failure
 * @nexthop_get: read one next hop (idle_ms above all)
 * @route_add: add a shortcut route to @dst through @via on the device, on-link,
 *	protocol nhrp; it has to win over a route to the same prefix that is
 *	there already, and leaves that one in place
 * @route_del: delete such a route; -ESRCH is no failure
 * @route_get: look up the route to an address from where the device is: in its
 *	VRF
 * @routes: call @fn for the prefix of each route of the table that the device's
 *	own are in, of its VRF or the main one; not for this host's addresses
 * @carrier_set: switch the device's carrier
 * @policy_set: add a policy, or put other classes into one at once; the
 *	policies that it refers to are there already
 * @policy_del: delete a policy; one that is in use stays, with -EBUSY, which is
 *	logged; -ENOENT is no failure
 * @link_qos: a device's policies, by name, and whether it pre-classifies
 * @queueing: whether the device is to have queues for peers with policies. A
 *	queueing discipline that somebody else has put there stays, and so does
 *	one of a former life, with the packets in it
 * @frame: send an NHRP packet to a peer or to the other end of a session
 * @random: 32 random bits
 */
struct kernel_ops {
	int (*peer_new)(void *ctx, uint32_t ifindex, const struct nbma *nbma,
			uint32_t flags, const char *identity);
	int (*peer_del)(void *ctx, uint32_t ifindex, const struct nbma *nbma);
	int (*peer_policy)(void *ctx, uint32_t ifindex, const struct nbma *nbma,
			   uint32_t flags, const char *policy, uint64_t rate);
	int (*peer_get)(void *ctx, uint32_t ifindex, const struct nbma *nbma,
			struct kernel_peer *peer);
	int (*session_release)(void *ctx, uint32_t handle,
			       const struct addr *local);
	int (*session_identity)(void *ctx, uint32_t handle, char *text,
				size_t size);
	int (*session_clear)(void *ctx, uint32_t handle);
	int (*nexthop_new)(void *ctx, uint32_t ifindex,
			   const struct kernel_nexthop *nexthop);
	int (*nexthop_del)(void *ctx, uint32_t ifindex,
			   const struct addr *address);
	int (*nexthop_get)(void *ctx, uint32_t ifindex,
			   const struct addr *address,
			   struct kernel_nexthop *nexthop);
	int (*route_add)(void *ctx, uint32_t ifindex, const struct prefix *dst,
			 const struct addr *via);
	int (*route_del)(void *ctx, uint32_t ifindex, const struct prefix *dst,
			 const struct addr *via);
	int (*route_get)(void *ctx, uint32_t ifindex, const struct addr *dst,
			 struct kernel_route *route);
	int (*routes)(void *ctx, uint32_t ifindex,
		      void (*fn)(void *arg, const struct prefix *dst),
		      void *arg);
	int (*carrier_set)(void *ctx, uint32_t ifindex, bool on);
	int (*policy_set)(void *ctx, const struct policy *policy);
	int (*policy_del)(void *ctx, const char *name);
	int (*link_qos)(void *ctx, uint32_t ifindex,
			const struct conf_qos *qos);
	int (*queueing)(void *ctx, uint32_t ifindex, bool on);
	int (*frame)(void *ctx, uint32_t ifindex, const struct nbma *nbma,
		     const void *data, size_t len);
	uint32_t (*random)(void *ctx);
};

#endif
