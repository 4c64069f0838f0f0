/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A capture file as Wireshark reads it: pcapng, draft-ietf-opsawg-pcapng.
 */
#ifndef DMVPNCTL_PCAPNG_H
#define DMVPNCTL_PCAPNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Link types, of https://www.tcpdump.org/linktypes.html. */
#define PCAPNG_LINUX_SLL	113

/**
 * struct pcapng_packet - a packet to be written
 * @interface: number of its interface, in the order they were written
 * @ns: when it came, nanoseconds since 1970
 * @out: it was sent, not received
 * @comment: a line about it, NULL for none
 * @head: its first bytes
 * @head_len: their number
 * @data: the rest
 * @data_len: of that as far as it was captured
 * @len: of that as it was
 */
struct pcapng_packet {
	uint32_t interface;
	uint64_t ns;
	bool out;
	const char *comment;
	const void *head;
	size_t head_len;
	const void *data;
	size_t data_len;
	size_t len;
};

/* All of these return 0, or -1 with errno. */

/* The file's head: who writes it. */
int pcapng_begin(FILE *f, const char *program);
int pcapng_interface(FILE *f, const char *name, uint16_t linktype,
		     uint32_t snaplen);
int pcapng_packet(FILE *f, const struct pcapng_packet *p);

#endif
