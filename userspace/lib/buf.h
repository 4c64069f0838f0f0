/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bounded reading and writing of bytes in network order. The first access
 * beyond the end sets an error that stays; reads then give zeros and writes do
 * nothing, so that it has to be tested only once.
 */
#ifndef DMVPN_LIB_BUF_H
#define DMVPN_LIB_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct reader - bytes being read
 * @data: all of them
 * @len: their number
 * @pos: next to read
 * @error: something was asked for that is not there
 */
struct reader {
	const uint8_t *data;
	size_t len;
	size_t pos;
	bool error;
};

/**
 * struct writer - bytes being written
 * @data: where to
 * @size: room
 * @pos: bytes written
 * @error: something did not fit
 */
struct writer {
	uint8_t *data;
	size_t size;
	size_t pos;
	bool error;
};

void reader_init(struct reader *r, const void *data, size_t len);
size_t reader_left(const struct reader *r);
uint8_t read_u8(struct reader *r);
uint16_t read_be16(struct reader *r);
uint32_t read_be32(struct reader *r);
/* The next @len bytes in place, or NULL. */
const uint8_t *read_bytes(struct reader *r, size_t len);

void writer_init(struct writer *w, void *data, size_t size);
void write_u8(struct writer *w, unsigned int v);
void write_be16(struct writer *w, unsigned int v);
void write_be32(struct writer *w, uint32_t v);
void write_bytes(struct writer *w, const void *data, size_t len);
/* Put a number at a place already written. */
void patch_be16(struct writer *w, size_t pos, unsigned int v);

#endif
