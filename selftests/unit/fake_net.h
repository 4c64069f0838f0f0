/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The underlay between fake kernels: NHRP packets and data, and a clock that
 * only moves when it is told to. It is a good one unless told otherwise.
 */
#ifndef UNIT_FAKE_NET_H
#define UNIT_FAKE_NET_H

#include "lib/addr.h"
#include "lib/hash.h"
#include "lib/list.h"
#include "nhrpd/nhrp.h"
#include "nhrpd/timer.h"
#include "nhrpd/wire.h"

struct fake_kernel;

#define FAKE_IKE_MS	100	/* a session takes that long to come up */
#define FAKE_HOP_MS	5	/* a packet takes that long to arrive */
#define FAKE_WALL	1750000000	/* the year 2025 */

/**
 * struct fake_quality - what happens to NHRP packets and to IKE
 * @loss: of 1000 packets so many are lost
 * @twice: so many arrive twice
 * @late: so many are overtaken
 * @jitter: ms that a packet may take longer
 * @ike_jitter: ms that a session may take longer
 * @ike_fails: of 1000 attempts so many fail
 * @retry: ms until the kernel asks again for a session that a peer wants, at
 *	first; 0 for never
 * @dead: ms until one end sees that the other has gone, 0 for never
 */
struct fake_quality {
	uint32_t loss;
	uint32_t twice;
	uint32_t late;
	uint32_t jitter;
	uint32_t ike_jitter;
	uint32_t ike_fails;
	uint32_t retry;
	uint32_t dead;
};

/**
 * struct fake_net - the underlay, IKE and the clock
 * @now: the time
 * @wall: seconds of the wall clock when @now was 0
 * @timers: all that happens later; see fake_net_in()
 * @count: events set so far
 * @random: state of the generator
 * @quality: of the underlay
 * @nodes: struct fake_kernel
 * @places: struct fake_place, by address
 * @sessions: struct fake_session, by handle
 * @frames: struct fake_frame on their way
 * @phantoms: addresses without a node have IKE, too
 * @handles: last session handle
 * @collisions: sessions that both ends began
 * @watch: hears of state changes instead of the nodes' logs, if not NULL
 * @tap: sees each NHRP packet that is sent, if not NULL
 */
struct fake_net {
	uint64_t now;
	uint64_t wall;
	struct timers timers;
	uint32_t count;
	uint64_t random;
	struct fake_quality quality;
	struct list nodes;
	struct hash places;
	struct hash sessions;
	struct list frames;
	bool phantoms;
	uint32_t handles;
	unsigned int collisions;
	nhrp_observer watch;
	void (*tap)(const struct fake_kernel *from, const struct nbma *to,
		    const uint8_t *data, size_t len);
};

/**
 * struct fake_frame - an NHRP packet
 * @link: in the net's list, or in its sender's if nobody takes it
 * @net: underlay
 * @timer: arrival
 * @from: sender
 * @to: NBMA address
 * @session: handle at the other end, 0 without protection
 * @len: bytes
 * @data: as sent
 */
struct fake_frame {
	struct list link;
	struct fake_net *net;
	struct timer timer;
	struct nbma from;
	struct nbma to;
	uint32_t session;
	size_t len;
	uint8_t data[];
};

void fake_net_init(struct fake_net *net);
/* Let time pass: packets arrive, sessions come up, timers fire. */
void fake_net_run(struct fake_net *net, uint64_t ms);
/* Free what is left of it; called with the last node. */
void fake_net_free(struct fake_net *net);
/* In @ms, after what was set before for the same time. */
void fake_net_in(struct fake_net *net, struct timer *t, uint64_t ms);
void fake_net_stop(struct fake_net *net, struct timer *t);
/* The daemon was called: its next deadline counts. */
void fake_net_arm(struct fake_kernel *k);
/* A number below @limit, which may be 0. */
uint32_t fake_random(struct fake_net *net, uint32_t limit);

/* An address from its text; zeroed memory. The test ends if there is none. */
struct addr fake_addr(const char *text);
void *fake_make(size_t size);

/* Who is seen there; port 0 is who is there without a NAT. NULL for nobody. */
struct fake_kernel *fake_node_at(const struct fake_net *net,
				 const struct nbma *nbma);
/* Others of that family see the node at @nbma from now on. */
void fake_net_place(struct fake_kernel *k, const struct nbma *nbma);
/* Nobody sees it any more. */
void fake_net_unplace(struct fake_kernel *k);
/* @session: at the receiver, 0 without protection. */
void fake_net_send(struct fake_kernel *k, const struct nbma *to,
		   uint32_t session, const void *data, size_t len);

/* ---- data ---- */

#define FAKE_TTL 8

enum fake_fate {
	FAKE_ARRIVED,
	FAKE_LOST,		/* no route, no next hop, no session */
	FAKE_LOOPED,		/* came to a node again */
};

/**
 * struct fake_way - where a data packet went
 * @node: the nodes in the order in which it came to them
 * @n: their number
 * @fate: what became of it
 */
struct fake_way {
	struct fake_kernel *node[FAKE_TTL];
	unsigned int n;
	enum fake_fate fate;
};

/*
 * Send a packet, with the events that it raises and the next hops that it
 * touches on its way; or only look where it would go.
 */
struct fake_way fake_send(struct fake_kernel *k, const struct addr *src,
			  const struct addr *dst);
struct fake_way fake_look(struct fake_kernel *k, const struct addr *dst);
/* The same as text: "R6 R1 R7", with "lost" at the end if it does not arrive. */
const char *fake_packet(struct fake_kernel *k, const char *src,
			const char *dst);

#endif
