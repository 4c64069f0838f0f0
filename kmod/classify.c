// SPDX-License-Identifier: GPL-2.0
/*
 * Tuple space search. Lines that look at the same bits of a header are one
 * tuple, and a hash table finds among them those that want the bits that the
 * header has. Tuples are tried in the order of their first lines, until no
 * other can have a line before the one that was found.
 *
 * A port that has to be one number is among these bits, a range is not: what
 * the table finds is a group, lines that differ in ranges only; see ranges.h.
 *
 * Time: a search asks at most one table for each tuple, however many lines the
 * tuple has, and the group that it finds there. There is one search, and one
 * more for each matching line that denies.
 */
#ifdef __KERNEL__
#include <linux/minmax.h>
#include <linux/string.h>
#endif
#include <asm/byteorder.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "classify.h"
#include "ranges.h"

/*
 * What is compared under a mask: one word with all but the addresses, then both
 * addresses side by side, so that IPv4 has two words.
 */
#define WORDS		(1 + DMVPN_ADDR_WORDS)

/* The first word. A header needs all flags that are in a mask. */
#define SPORT_SHIFT	48
#define DPORT_SHIFT	32
#define PROTOCOL_SHIFT	24
#define DSCP_SHIFT	16
#define FLAG_IPV4	0x1
#define FLAG_IPV6	0x2
#define FLAG_FRAGMENT	0x4
#define FLAGS		0x7

/**
 * struct header - a header as it is looked up
 * @word: to be compared under masks
 * @port: DMVPN_SPORT and DMVPN_DPORT, each with its place in ranges
 */
struct header {
	u64 word[WORDS];
	u32 port[DMVPN_PORTS];
};

/**
 * struct group - lines of a tuple that differ in ranges only
 * @key: what they want of a header under the mask
 * @ranges: their ranges, in the order of lines
 */
struct group {
	u64 key[WORDS];
	struct dmvpn_ranges ranges;
};

/**
 * struct tuple - lines that look at the same bits
 * @mask: these bits
 * @words: number of words with such bits
 * @first: first line of all
 * @last: last line
 * @buckets: its first bucket
 * @n_buckets: two for each group
 */
struct tuple {
	u64 mask[WORDS];
	u32 words;
	u32 first;
	u32 last;
	u32 buckets;
	u32 n_buckets;
};

/**
 * struct dmvpn_classifier - lines, for look-up
 * @seed: of the hash. Who sends headers cannot add lines to a bucket, but with
 *	a seed that is known he could choose the longest one
 * @n: number of lines
 * @n_tuples: number of tuples
 * @n_groups: number of groups
 * @tuples: in the order of their first lines
 * @buckets: for each the first group, which is the end of the one before
 * @groups: in the order of buckets
 * @ranges: of all lines, in the order of groups
 */
struct dmvpn_classifier {
	u64 seed;
	u32 n;
	u32 n_tuples;
	u32 n_groups;
	struct tuple *tuples;
	u32 *buckets;
	struct group *groups;
	struct dmvpn_range *ranges;
};

/**
 * struct draft - a line on its way into the tables
 * @mask: bits that it looks at
 * @key: what they have to be
 * @hash: of the key
 * @line: index of the line
 */
struct draft {
	u64 mask[WORDS];
	u64 key[WORDS];
	u32 hash;
	u32 line;
};

static u32 hash_key(u64 seed, const u64 *key, u32 words)
{
	const u64 odd = 0x9e3779b97f4a7c15ULL;
	u64 hash = seed;
	u32 i;

	for (i = 0; i < words; i++) {
		hash = (hash ^ key[i]) * odd;
		hash ^= hash >> 32;
	}
	return hash * odd >> 32;
}

/* Rises with the hash, so that groups sorted by hash are in order here. */
static u32 bucket_of(const struct tuple *tuple, u32 hash)
{
	return tuple->buckets + (u32)((u64)hash * tuple->n_buckets >> 32);
}

static u64 addr_word(__be32 src, __be32 dst)
{
	return (u64)be32_to_cpu(src) << 32 | be32_to_cpu(dst);
}

static void header_read(struct header *header, const struct dmvpn_flow *flow)
{
	u64 word = (u64)flow->protocol << PROTOCOL_SHIFT |
		   (u64)flow->dscp << DSCP_SHIFT;
	u32 i;

	word |= flow->family == 4 ? FLAG_IPV4 : FLAG_IPV6;
	if (flow->fragment)
		word |= FLAG_FRAGMENT;
	header->port[DMVPN_SPORT] = 0;
	header->port[DMVPN_DPORT] = 0;
	if (flow->has_ports) {
		word |= (u64)flow->sport << SPORT_SHIFT |
			(u64)flow->dport << DPORT_SHIFT;
		header->port[DMVPN_SPORT] = flow->sport + 1;
		header->port[DMVPN_DPORT] = flow->dport + 1;
	}
	header->word[0] = word;
	for (i = 0; i < DMVPN_ADDR_WORDS; i++)
		header->word[i + 1] = addr_word(flow->src[i], flow->dst[i]);
}

/* Looking a header up */

static const struct group *tuple_find(const struct dmvpn_classifier *cl,
				      const struct tuple *tuple,
				      const struct header *header, u32 *steps)
{
	const struct group *group, *end;
	const u32 *bucket;
	u64 key[WORDS];
	u32 i;

	for (i = 0; i < tuple->words; i++)
		key[i] = header->word[i] & tuple->mask[i];
	bucket = cl->buckets +
		 bucket_of(tuple, hash_key(cl->seed, key, tuple->words));
	++*steps;
	end = cl->groups + bucket[1];
	for (group = cl->groups + bucket[0]; group < end; group++) {
		++*steps;
		for (i = 0; i < tuple->words; i++)
			if (group->key[i] != key[i])
				break;
		if (i == tuple->words)
			return group;
	}
	return NULL;
}

/*
 * The first line from @from on that matches. @missed has a bit for each of the
 * first tuples that have nothing for this header, to be spared the next time.
 */
static const struct dmvpn_range *
classifier_search(const struct dmvpn_classifier *cl,
		  const struct header *header, u32 from, u64 *missed,
		  u32 *steps)
{
	const struct dmvpn_range *range, *best = NULL;
	const struct tuple *tuple;
	const struct group *group;
	u32 limit = cl->n, i;
	u64 bit = 1;

	for (i = 0; i < cl->n_tuples; i++, bit <<= 1) {
		tuple = &cl->tuples[i];
		if (tuple->first >= limit)
			break;
		if (tuple->last < from || *missed & bit ||
		    tuple->mask[0] & FLAGS & ~header->word[0])
			continue;
		group = tuple_find(cl, tuple, header, steps);
		if (!group) {
			*missed |= bit;
			continue;
		}
		range = dmvpn_ranges_first(&group->ranges, header->port, from,
					   limit, steps);
		if (range) {
			best = range;
			limit = range->line;
		}
	}
	return best;
}

/**
 * dmvpn_classify_steps() - which line permits a header, and what it took
 * @cl: the lines
 * @flow: the header
 * @steps: incremented for each table, key, node and line that is looked at
 *
 * Context: any; @cl does not change.
 * Return: as dmvpn_classify().
 */
u32 dmvpn_classify_steps(const struct dmvpn_classifier *cl,
			 const struct dmvpn_flow *flow, u32 *steps)
{
	const struct dmvpn_range *found;
	struct header header;
	u64 missed = 0;
	u32 from = 0;

	header_read(&header, flow);
	while (from < cl->n) {
		found = classifier_search(cl, &header, from, &missed, steps);
		if (!found)
			break;
		if (!found->next)
			return found->line;
		from = found->next;
	}
	return cl->n;
}

/**
 * dmvpn_classify() - which line permits a header
 * @cl: the lines
 * @flow: the header
 *
 * The first that matches; where that one denies, the first from there on where
 * it sends the search. The time depends on how many shapes lines have, not on
 * how many there are.
 *
 * Context: any; @cl does not change.
 * Return: index of the line, or the number of lines if there is none.
 */
u32 dmvpn_classify(const struct dmvpn_classifier *cl,
		   const struct dmvpn_flow *flow)
{
	u32 steps = 0;

	return dmvpn_classify_steps(cl, flow, &steps);
}

/* Making the tables */

/* Those bits of a prefix that are in an address's word. */
static u32 prefix_mask(u32 len, u32 word)
{
	if (len <= word * 32)
		return 0;
	len -= word * 32;
	return len < 32 ? ~(~0U >> len) : ~0U;
}

static u64 match_mask(const struct dmvpn_match *match)
{
	u64 mask = (u64)match->dscp_mask << DSCP_SHIFT;

	if (match->family)
		mask |= match->family == 4 ? FLAG_IPV4 : FLAG_IPV6;
	if (match->fragment)
		mask |= FLAG_FRAGMENT;
	if (match->protocol != DMVPN_MATCH_ANY_PROTOCOL)
		mask |= 0xffULL << PROTOCOL_SHIFT;
	if (match->sport_min == match->sport_max)
		mask |= 0xffffULL << SPORT_SHIFT;
	if (match->dport_min == match->dport_max)
		mask |= 0xffffULL << DPORT_SHIFT;
	return mask;
}

/* Reasonable only under the mask. */
static u64 match_value(const struct dmvpn_match *match)
{
	return (u64)match->sport_min << SPORT_SHIFT |
	       (u64)match->dport_min << DPORT_SHIFT |
	       (u64)(u8)match->protocol << PROTOCOL_SHIFT |
	       (u64)match->dscp << DSCP_SHIFT | FLAGS;
}

static u32 mask_words(const u64 *mask)
{
	u32 words = WORDS;

	while (words && !mask[words - 1])
		words--;
	return words;
}

static void draft_line(struct draft *draft, const struct dmvpn_match *match,
		       u32 line, u64 seed)
{
	u32 i, src, dst;

	draft->mask[0] = match_mask(match);
	draft->key[0] = match_value(match) & draft->mask[0];
	for (i = 0; i < DMVPN_ADDR_WORDS; i++) {
		src = prefix_mask(match->src_len, i);
		dst = prefix_mask(match->dst_len, i);
		draft->mask[i + 1] = (u64)src << 32 | dst;
		draft->key[i + 1] = addr_word(match->src[i], match->dst[i]) &
				    draft->mask[i + 1];
	}
	draft->hash = hash_key(seed, draft->key, mask_words(draft->mask));
	draft->line = line;
}

static int u32_compare(u32 a, u32 b)
{
	return (a > b) - (a < b);
}

/* By tuple, bucket, group, line. */
static int draft_compare(const void *a, const void *b)
{
	const struct draft *x = a, *y = b;
	int diff;

	diff = memcmp(x->mask, y->mask, sizeof(x->mask));
	if (diff)
		return diff;
	diff = u32_compare(x->hash, y->hash);
	if (diff)
		return diff;
	diff = memcmp(x->key, y->key, sizeof(x->key));
	if (diff)
		return diff;
	return u32_compare(x->line, y->line);
}

static bool begins_tuple(const struct draft *drafts, u32 i)
{
	return !i || memcmp(drafts[i].mask, drafts[i - 1].mask,
			    sizeof(drafts->mask));
}

static bool begins_group(const struct draft *drafts, u32 i)
{
	return begins_tuple(drafts, i) ||
	       memcmp(drafts[i].key, drafts[i - 1].key, sizeof(drafts->key));
}

static struct draft *drafts_new(const struct dmvpn_match *lines, u32 n,
				u64 seed)
{
	struct draft *drafts = kvcalloc(n, sizeof(*drafts),
					GFP_KERNEL_ACCOUNT);
	u32 i;

	if (!drafts)
		return NULL;
	for (i = 0; i < n; i++)
		draft_line(&drafts[i], &lines[i], i, seed);
	sort(drafts, n, sizeof(*drafts), draft_compare, NULL);
	return drafts;
}

static bool classifier_room(struct dmvpn_classifier *cl,
			    const struct draft *drafts)
{
	u32 i;

	for (i = 0; i < cl->n; i++) {
		cl->n_tuples += begins_tuple(drafts, i);
		cl->n_groups += begins_group(drafts, i);
	}
	cl->tuples = kvcalloc(cl->n_tuples, sizeof(*cl->tuples),
			      GFP_KERNEL_ACCOUNT);
	cl->buckets = kvcalloc(2 * cl->n_groups + 1, sizeof(*cl->buckets),
			       GFP_KERNEL_ACCOUNT);
	cl->groups = kvcalloc(cl->n_groups, sizeof(*cl->groups),
			      GFP_KERNEL_ACCOUNT);
	cl->ranges = kvcalloc(cl->n, sizeof(*cl->ranges), GFP_KERNEL_ACCOUNT);
	return cl->tuples && cl->buckets && cl->groups && cl->ranges;
}

static void tuple_begin(struct tuple *tuple, const struct draft *draft,
			u32 groups)
{
	memcpy(tuple->mask, draft->mask, sizeof(tuple->mask));
	tuple->words = mask_words(draft->mask);
	tuple->first = draft->line;
	tuple->last = draft->line;
	tuple->buckets = 2 * groups;
}

static void classifier_fill(struct dmvpn_classifier *cl,
			    const struct draft *drafts,
			    const struct dmvpn_match *lines)
{
	u32 i, line, tuples = 0, groups = 0;
	struct tuple *tuple = NULL;
	struct group *group = NULL;

	for (i = 0; i < cl->n; i++) {
		line = drafts[i].line;
		if (begins_tuple(drafts, i)) {
			tuple = &cl->tuples[tuples++];
			tuple_begin(tuple, &drafts[i], groups);
		}
		if (begins_group(drafts, i)) {
			group = &cl->groups[groups++];
			memcpy(group->key, drafts[i].key, sizeof(group->key));
			group->ranges.range = &cl->ranges[i];
			tuple->n_buckets += 2;
		}
		tuple->first = min(tuple->first, line);
		tuple->last = max(tuple->last, line);
		group->ranges.n++;
		dmvpn_range_set(&cl->ranges[i], &lines[line], line, cl->n);
	}
}

static void buckets_fill(struct dmvpn_classifier *cl)
{
	const struct tuple *tuple = cl->tuples;
	u32 i, bucket, next = 0;

	for (i = 0; i < cl->n_groups; i++) {
		while (2 * i >= tuple->buckets + tuple->n_buckets)
			tuple++;
		bucket = bucket_of(tuple, hash_key(cl->seed, cl->groups[i].key,
						   tuple->words));
		while (next <= bucket)
			cl->buckets[next++] = i;
	}
	while (next <= 2 * cl->n_groups)
		cl->buckets[next++] = cl->n_groups;
}

static bool ranges_init(struct dmvpn_classifier *cl)
{
	u32 i;

	for (i = 0; i < cl->n_groups; i++)
		if (!dmvpn_ranges_init(&cl->groups[i].ranges))
			return false;
	return true;
}

static int tuple_compare(const void *a, const void *b)
{
	const struct tuple *x = a, *y = b;

	return u32_compare(x->first, y->first);
}

static bool classifier_make(struct dmvpn_classifier *cl,
			    const struct draft *drafts,
			    const struct dmvpn_match *lines)
{
	if (!classifier_room(cl, drafts))
		return false;
	classifier_fill(cl, drafts, lines);
	buckets_fill(cl);
	sort(cl->tuples, cl->n_tuples, sizeof(*cl->tuples), tuple_compare,
	     NULL);
	return ranges_init(cl);
}

/**
 * dmvpn_classifier_new() - tables of lines
 * @lines: in their order; not needed afterwards
 * @n: number of them, at most DMVPN_LINES_MAX
 *
 * The caller has refused what makes no sense, such as prefixes longer than
 * their family's. Of a range that ends before it begins nothing matches.
 *
 * Context: process.
 * Return: classifier for dmvpn_classifier_free(), or NULL without memory.
 */
struct dmvpn_classifier *dmvpn_classifier_new(const struct dmvpn_match *lines,
					      u32 n)
{
	struct dmvpn_classifier *cl;
	struct draft *drafts;
	bool made;

	cl = kzalloc(sizeof(*cl), GFP_KERNEL_ACCOUNT);
	if (!cl)
		return NULL;
	cl->seed = get_random_u64();
	cl->n = n;
	drafts = drafts_new(lines, n, cl->seed);
	made = drafts && classifier_make(cl, drafts, lines);
	kvfree(drafts);
	if (made)
		return cl;
	dmvpn_classifier_free(cl);
	return NULL;
}

/**
 * dmvpn_classifier_free() - free tables
 * @cl: nobody looks at it any longer; or NULL
 *
 * Context: any but NMI.
 */
void dmvpn_classifier_free(struct dmvpn_classifier *cl)
{
	u32 i;

	if (!cl)
		return;
	for (i = 0; cl->groups && i < cl->n_groups; i++)
		dmvpn_ranges_destroy(&cl->groups[i].ranges);
	kvfree(cl->tuples);
	kvfree(cl->buckets);
	kvfree(cl->groups);
	kvfree(cl->ranges);
	kfree(cl);
}
