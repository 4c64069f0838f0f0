/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Anti-replay window, RFC 4303 section 3.4.3 and appendix A, kept as a ring of
 * words as in RFC 6479. Nothing here knows a packet or a lock, so that the
 * file is tested in user space.
 */
#ifndef _DMVPN_REPLAY_H
#define _DMVPN_REPLAY_H

#include <linux/types.h>

#define DMVPN_REPLAY_MAX	4096
#define DMVPN_REPLAY_DEFAULT	1024

/**
 * struct dmvpn_replay - numbers seen so far
 * @top: highest authenticated number, 0 before the first packet
 * @window: packets that may be late, a multiple of 64; 0 accepts all
 * @mask: number of words in @seen, a power of two, less one
 * @esn: numbers have 64 bits, of which the wire shows 32
 * @seen: a bit for each number within the window, in a ring
 */
struct dmvpn_replay {
	u64 top;
	u32 window;
	u32 mask;
	bool esn;
	u64 seen[];
};

u32 dmvpn_replay_words(u32 window);
void dmvpn_replay_init(struct dmvpn_replay *replay, u32 window, bool esn);
u64 dmvpn_replay_extend(const struct dmvpn_replay *replay, u32 low);
bool dmvpn_replay_check(const struct dmvpn_replay *replay, u64 seq);
bool dmvpn_replay_advance(struct dmvpn_replay *replay, u64 seq);

#endif /* _DMVPN_REPLAY_H */
