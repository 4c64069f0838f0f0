// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "lib/buf.h"

void reader_init(struct reader *r, const void *data, size_t len)
{
	*r = (struct reader){ .data = data, .len = len };
}

size_t reader_left(const struct reader *r)
{
	return r->error ? 0 : r->len - r->pos;
}

const uint8_t *read_bytes(struct reader *r, size_t len)
{
	const uint8_t *p;

	if (r->error || r->len - r->pos < len) {
		r->error = true;
		return NULL;
	}
	p = r->data + r->pos;
	r->pos += len;
	return p;
}

uint8_t read_u8(struct reader *r)
{
	const uint8_t *p = read_bytes(r, 1);

	return p ? p[0] : 0;
}

uint16_t read_be16(struct reader *r)
{
	const uint8_t *p = read_bytes(r, 2);

	return p ? (uint16_t)(p[0] << 8 | p[1]) : 0;
}

uint32_t read_be32(struct reader *r)
{
	const uint8_t *p = read_bytes(r, 4);

	if (!p)
		return 0;
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

void writer_init(struct writer *w, void *data, size_t size)
{
	*w = (struct writer){ .data = data, .size = size };
}

void write_bytes(struct writer *w, const void *data, size_t len)
{
	if (w->error || w->size - w->pos < len) {
		w->error = true;
		return;
	}
	if (len)
		memcpy(w->data + w->pos, data, len);
	w->pos += len;
}

void write_u8(struct writer *w, unsigned int v)
{
	uint8_t b = (uint8_t)v;

	write_bytes(w, &b, 1);
}

void write_be16(struct writer *w, unsigned int v)
{
	uint8_t b[2] = { (uint8_t)(v >> 8), (uint8_t)v };

	write_bytes(w, b, sizeof(b));
}

void write_be32(struct writer *w, uint32_t v)
{
	uint8_t b[4] = {
		(uint8_t)(v >> 24), (uint8_t)(v >> 16),
		(uint8_t)(v >> 8), (uint8_t)v,
	};

	write_bytes(w, b, sizeof(b));
}

void patch_be16(struct writer *w, size_t pos, unsigned int v)
{
	if (w->error || w->pos < 2 || pos > w->pos - 2) {
		w->error = true;
		return;
	}
	w->data[pos] = (uint8_t)(v >> 8);
	w->data[pos + 1] = (uint8_t)v;
}
