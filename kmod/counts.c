// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>

#include "counts.h"
#include "policy.h"

/**
 * dmvpn_counts_free() - free counters
 * @counts: that no packet finds any more, or NULL
 *
 * Context: any but NMI.
 */
void dmvpn_counts_free(struct dmvpn_count **counts)
{
	int cpu;

	if (!counts)
		return;
	for_each_possible_cpu(cpu)
		kvfree(counts[cpu]);
	kfree(counts);
}

static struct dmvpn_count *counts_of_cpu(u32 n)
{
	struct dmvpn_count *counts = kvcalloc(n, sizeof(*counts),
					      GFP_KERNEL_ACCOUNT);
	u32 i;

	for (i = 0; counts && i < n; i++)
		u64_stats_init(&counts[i].sync);
	return counts;
}

/**
 * dmvpn_counts_new() - counters for a policy's lines
 * @n_lines: number of them
 *
 * Not by alloc_percpu(), which has 32 KB at most.
 *
 * Context: process.
 * Return: zeros, or NULL without memory.
 */
struct dmvpn_count **dmvpn_counts_new(u32 n_lines)
{
	struct dmvpn_count **counts;
	int cpu;

	counts = kcalloc(nr_cpu_ids, sizeof(*counts), GFP_KERNEL_ACCOUNT);
	if (!counts)
		return NULL;
	for_each_possible_cpu(cpu) {
		counts[cpu] = counts_of_cpu(n_lines + 1);
		if (!counts[cpu]) {
			dmvpn_counts_free(counts);
			return NULL;
		}
	}
	return counts;
}

/**
 * dmvpn_counts_read() - what a line counted
 * @counts: counters
 * @line: index of a line, or the number of them for class-default
 * @packets: gets the packets of all processors besides
 * @bytes: gets their bytes besides
 */
void dmvpn_counts_read(struct dmvpn_count *const *counts, u32 line,
		       u64 *packets, u64 *bytes)
{
	const struct dmvpn_count *count;
	unsigned int start;
	u64 p, b;
	int cpu;

	for_each_possible_cpu(cpu) {
		count = &counts[cpu][line];
		do {
			start = u64_stats_fetch_begin(&count->sync);
			p = u64_stats_read(&count->packets);
			b = u64_stats_read(&count->bytes);
		} while (u64_stats_fetch_retry(&count->sync, start));
		*packets += p;
		*bytes += b;
	}
}

/**
 * dmvpn_counts_read_class() - what a class counted
 * @counts: counters
 * @rules: what they are of
 * @index: of the class
 * @packets: gets the packets of all its lines besides
 * @bytes: gets their bytes besides
 */
void dmvpn_counts_read_class(struct dmvpn_count *const *counts,
			     const struct dmvpn_rules *rules, u32 index,
			     u64 *packets, u64 *bytes)
{
	const struct dmvpn_class *class = &rules->classes[index];
	u32 i;

	if (index == rules->n_classes - 1)
		dmvpn_counts_read(counts, rules->n_lines, packets, bytes);
	for (i = 0; i < class->n; i++)
		dmvpn_counts_read(counts, class->first + i, packets, bytes);
}
