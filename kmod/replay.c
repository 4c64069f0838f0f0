// SPDX-License-Identifier: GPL-2.0
#ifdef __KERNEL__
#include <linux/compiler.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/string.h>
#endif

#include "replay.h"

#define WORD_BITS	64

/**
 * dmvpn_replay_words() - room that a window needs
 * @window: packets, a multiple of 64, at most DMVPN_REPLAY_MAX
 *
 * One word more than the window, as the newest is only partly filled, and a
 * power of two so that the ring needs no division.
 *
 * Return: number of words in dmvpn_replay.seen.
 */
u32 dmvpn_replay_words(u32 window)
{
	return window ? roundup_pow_of_two(window / WORD_BITS + 1) : 0;
}

/**
 * dmvpn_replay_init() - start with an empty window
 * @replay: with room for dmvpn_replay_words(@window) words
 * @window: packets, a multiple of 64; 0 for no check
 * @esn: extended sequence numbers
 */
void dmvpn_replay_init(struct dmvpn_replay *replay, u32 window, bool esn)
{
	u32 words = dmvpn_replay_words(window);

	replay->top = 0;
	replay->window = window;
	replay->mask = words ? words - 1 : 0;
	replay->esn = esn;
	memset(replay->seen, 0, words * sizeof(replay->seen[0]));
}

/**
 * dmvpn_replay_extend() - the whole number of which the wire shows a half
 * @replay: window
 * @low: sequence number of the ESP header
 *
 * The one candidate in the 2^32 numbers from the bottom of the window on
 * (RFC 4303, A2.2). Without ESN that is @low itself. Lockless.
 *
 * Return: sequence number, 64 bits.
 */
u64 dmvpn_replay_extend(const struct dmvpn_replay *replay, u32 low)
{
	u64 top = READ_ONCE(replay->top);
	u64 bottom, seq;

	if (!replay->esn)
		return low;
	bottom = top > replay->window ? top - replay->window + 1 : 0;
	seq = (bottom & ~0xffffffffULL) | low;
	if (seq < bottom)
		seq += 1ULL << 32;
	return seq;
}

/**
 * dmvpn_replay_check() - may this number be new?
 * @replay: window
 * @seq: from dmvpn_replay_extend()
 *
 * Lockless and so only a hint, to spare the cipher work on what is old.
 *
 * Return: false if @seq was seen or is too old.
 */
bool dmvpn_replay_check(const struct dmvpn_replay *replay, u64 seq)
{
	u64 top = READ_ONCE(replay->top);
	u64 word;

	if (!seq)
		return false;
	if (seq > top || !replay->window)
		return true;
	if (top - seq >= replay->window)
		return false;
	word = READ_ONCE(replay->seen[(seq / WORD_BITS) & replay->mask]);
	return !(word >> (seq % WORD_BITS) & 1);
}

/**
 * dmvpn_replay_advance() - take an authenticated number
 * @replay: window, locked by the caller
 * @seq: from dmvpn_replay_extend()
 *
 * Return: false if @seq was seen or is too old; the window stands as it was.
 */
bool dmvpn_replay_advance(struct dmvpn_replay *replay, u64 seq)
{
	u64 index = seq / WORD_BITS;
	u64 fresh, i;

	if (!dmvpn_replay_check(replay, seq))
		return false;
	if (!replay->window) {
		replay->top = max(replay->top, seq);
		return true;
	}
	if (seq > replay->top) {
		fresh = index - replay->top / WORD_BITS;
		fresh = min_t(u64, fresh, replay->mask + 1);
		for (i = 0; i < fresh; i++)
			replay->seen[(index - i) & replay->mask] = 0;
		WRITE_ONCE(replay->top, seq);
	}
	replay->seen[index & replay->mask] |= 1ULL << (seq % WORD_BITS);
	return true;
}
