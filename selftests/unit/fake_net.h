/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The underlay between fake kernels: NHRP packets and data, IKE, and a clock
 * that only moves when it is told to.
 */
#ifndef UNIT_FAKE_NET_H
#define UNIT_FAKE_NET_H

#include "lib/addr.h"
#include "lib/list.h"
#include "nhrpd/wire.h"

struct fake_kernel;

#define FAKE_IKE_MS	100	/* a session takes that long to come up */
#define FAKE_HOP_MS	5	/* a packet takes that long to arrive */
#define FAKE_WALL	1750000000	/* the year 2025 */

/**
 * struct fake_net - the underlay, IKE and the clock
 * @now: the time
 * @wall: seconds of the wall clock when @now was 0
 * @nodes: struct fake_kernel
 * @sessions: struct fake_session
 * @frames: struct fake_frame on their way
 * @phantoms: addresses without a node have IKE, too
 * @handles: last session handle
 * @collisions: sessions that both ends began
 */
struct fake_net {
	uint64_t now;
	uint64_t wall;
	struct list nodes;
	struct list sessions;
	struct list frames;
	bool phantoms;
	uint32_t handles;
	unsigned int collisions;
};

/**
 * struct fake_session - a session between two NBMA addresses
 * @link: in the net's list
 * @end: the two
 * @identity: of the two, NULL while IKE has not told
 * @handle: its number, at both ends
 * @state: enum dmvpn_session_state
 * @due: end of acquiring
 */
struct fake_session {
	struct list link;
	struct addr end[2];
	const char *identity[2];
	uint32_t handle;
	uint32_t state;
	uint64_t due;
};

/**
 * struct fake_frame - an NHRP packet
 * @link: in the net's list, or in its sender's if nobody takes it
 * @from: sender
 * @to: NBMA address
 * @due: arrival
 * @len: bytes
 * @data: as sent
 */
struct fake_frame {
	struct list link;
	struct addr from;
	struct nbma to;
	uint64_t due;
	size_t len;
	uint8_t data[NHRP_PACKET_MAX];
};

void fake_net_init(struct fake_net *net);
/* Let time pass: packets arrive, sessions come up, timers fire. */
void fake_net_run(struct fake_net *net, uint64_t ms);
/* Free what is left of it; called with the last node. */
void fake_net_free(struct fake_net *net);

/* An address from its text; zeroed memory. The test ends if there is none. */
struct addr fake_addr(const char *text);
void *fake_make(size_t size);

/* What a kernel does with sessions and packets. */
struct fake_session *fake_session_find(const struct fake_net *net,
				       const struct addr *a,
				       const struct addr *b);
struct fake_session *fake_session_get(struct fake_net *net,
				      const struct addr *a,
				      const struct addr *b);
/* A peer of @k needs it. */
void fake_session_want(struct fake_kernel *k, const struct addr *nbma);
struct fake_session *fake_session_by_handle(const struct fake_net *net,
					    uint32_t handle);
void fake_session_acquire(struct fake_net *net, struct fake_session *s);
void fake_session_delete(struct fake_net *net, struct fake_session *s);
void fake_net_send(struct fake_kernel *k, const struct nbma *to,
		   const void *data, size_t len);

/* The session with @remote changes its state by itself. */
void fake_session_state(struct fake_kernel *k, const char *remote,
			uint32_t state);

/* The one at @remote is @identity, as IKE tells now. */
void fake_session_identity(struct fake_kernel *k, const char *remote,
			   const char *identity);

/*
 * A data packet from a node: the names of the nodes that it goes through, as
 * "R6 R1 R7", with "lost" at the end if it does not arrive.
 */
const char *fake_packet(struct fake_kernel *k, const char *src,
			const char *dst);

#endif
