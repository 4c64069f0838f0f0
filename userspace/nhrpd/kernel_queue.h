/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests to the family whose answer can wait. They go to the kernel together,
 * in order, when what made them has been handled or before a request whose
 * answer is needed at once: a hub that boots has thousands of them a second,
 * and a system call or two for each would be most of its work.
 */
#ifndef NHRPD_KERNEL_QUEUE_H
#define NHRPD_KERNEL_QUEUE_H

#include <netlink/msg.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/addr.h"
#include "nhrpd/kernel.h"

#define KERNEL_QUEUE_MAX	256

struct kernel_nl;

/**
 * struct kernel_order - a request that waits, or was sent
 * @cmd: enum of the family's commands
 * @ifindex: device
 * @whom: peer, or the overlay address of a next hop
 * @seq: of the message
 * @for_policy: it is there for the policy that it has
 * @policy: that one's name, "" for none
 * @err: why it was refused
 */
struct kernel_order {
	uint8_t cmd;
	uint32_t ifindex;
	struct nbma whom;
	uint32_t seq;
	bool for_policy;
	char policy[KERNEL_POLICY];
	int err;
};

/**
 * struct kernel_queue - requests that wait
 * @order: of the messages in @data, @n of them
 * @n: their number
 * @data: messages, one after the other
 * @len: bytes of them
 * @size: room
 * @refused: what the kernel did not do and the state layer was not told of
 * @n_refused: their number
 * @size_refused: room
 */
struct kernel_queue {
	struct kernel_order order[KERNEL_QUEUE_MAX];
	unsigned int n;
	char *data;
	size_t len;
	size_t size;
	struct kernel_order *refused;
	size_t n_refused;
	size_t size_refused;
};

/* @msg is freed. 0, or a negative errno without memory. */
int kernel_queue_add(struct kernel_nl *k, struct nl_msg *msg,
		     const struct kernel_order *order);
/* Send what waits. What is refused is logged, and remembered. */
void kernel_queue_send(struct kernel_nl *k);
/*
 * The same, and tell the state layer what was refused: only from where it is
 * not at work.
 */
void kernel_queue_flush(struct kernel_nl *k);
void kernel_queue_free(struct kernel_queue *q);

#endif
