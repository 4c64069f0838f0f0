/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Adaptive rate: peers whose line changes are asked, again and again while
 * packets go to them, how much they got. What they are sent follows that,
 * between two bounds.
 */
#ifndef NHRPD_ADAPT_H
#define NHRPD_ADAPT_H

#include "nhrpd/packet.h"
#include "nhrpd/peer.h"

/**
 * struct adapt_span - what became of the packets between two answers
 * @ms: time between the questions
 * @sent_packets: to the peer
 * @sent_bytes: to the peer
 * @got_packets: that the peer got
 * @got_bytes: that the peer got
 * @late_ms: that the last two answers took longer than the quickest one
 */
struct adapt_span {
	uint64_t ms;
	uint64_t sent_packets;
	uint64_t sent_bytes;
	uint64_t got_packets;
	uint64_t got_bytes;
	uint64_t late_ms;
};

/* The rate after that, in bits a second. */
uint64_t adapt_next(uint64_t rate, uint64_t lower, uint64_t upper,
		    const struct adapt_span *span);

/*
 * The rate of a peer that has these bounds from now on. With 0 for @lower, or
 * for @upper, it does not adapt: @upper.
 */
uint64_t adapt_between(struct peer *peer, uint64_t lower, uint64_t upper);
void adapt_free(struct peer *peer);

/* A resolution request that asks how much we got; false if it does not. */
bool adapt_request(struct packet *pkt);
/* A reply to one of ours; false if it is another one. */
bool adapt_reply(struct packet *pkt);

#endif
