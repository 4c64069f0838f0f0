// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Blocks are in this machine's byte order, which the file's head tells, and in
 * units of four bytes, as are options in them.
 */
#include <string.h>

#include "dmvpnctl/pcapng.h"

#define BLOCK_SECTION		0x0a0d0d0a
#define BLOCK_INTERFACE		1
#define BLOCK_PACKET		6

#define BYTE_ORDER_MAGIC	0x1a2b3c4d
#define VERSION_MAJOR		1
#define VERSION_MINOR		0
/* Its length is not known. */
#define SECTION_LEN		UINT64_MAX

#define OPT_END			0
#define OPT_COMMENT		1
#define OPT_SECTION_PROGRAM	4
#define OPT_INTERFACE_NAME	2
#define OPT_INTERFACE_TSRESOL	9
#define OPT_PACKET_FLAGS	2

#define TSRESOL_NANOSECONDS	9
#define FLAG_INBOUND		1
#define FLAG_OUTBOUND		2

/* Type and twice the length; what an option says before its value. */
#define BLOCK_FRAME		12
#define OPTION_HEAD		4

static size_t padded(size_t len)
{
	return (len + 3) & ~(size_t)3;
}

static int put(FILE *f, const void *data, size_t len)
{
	return !len || fwrite(data, 1, len, f) == len ? 0 : -1;
}

static int put_padded(FILE *f, const void *data, size_t len)
{
	static const char zero[4];

	return put(f, data, len) || put(f, zero, padded(len) - len) ? -1 : 0;
}

static int put32(FILE *f, uint32_t value)
{
	return put(f, &value, sizeof(value));
}

static int put_option(FILE *f, uint16_t code, const void *value, size_t len)
{
	uint16_t head[] = { code, (uint16_t)len };

	return put(f, head, sizeof(head)) || put_padded(f, value, len) ? -1 : 0;
}

static size_t option_len(size_t len)
{
	return OPTION_HEAD + padded(len);
}

int pcapng_begin(FILE *f, const char *program)
{
	const struct {
		uint32_t magic;
		uint16_t major;
		uint16_t minor;
		uint64_t len;
	} body = {
		BYTE_ORDER_MAGIC, VERSION_MAJOR, VERSION_MINOR, SECTION_LEN
	};
	size_t len = BLOCK_FRAME + sizeof(body) + option_len(strlen(program)) +
		     OPTION_HEAD;

	return put32(f, BLOCK_SECTION) || put32(f, (uint32_t)len) ||
	       put(f, &body, sizeof(body)) ||
	       put_option(f, OPT_SECTION_PROGRAM, program, strlen(program)) ||
	       put_option(f, OPT_END, NULL, 0) || put32(f, (uint32_t)len) ?
	       -1 : 0;
}

int pcapng_interface(FILE *f, const char *name, uint16_t linktype,
		     uint32_t snaplen)
{
	const uint8_t resolution = TSRESOL_NANOSECONDS;
	const struct {
		uint16_t linktype;
		uint16_t reserved;
		uint32_t snaplen;
	} body = { linktype, 0, snaplen };
	size_t len = BLOCK_FRAME + sizeof(body) + option_len(strlen(name)) +
		     option_len(sizeof(resolution)) + OPTION_HEAD;

	return put32(f, BLOCK_INTERFACE) || put32(f, (uint32_t)len) ||
	       put(f, &body, sizeof(body)) ||
	       put_option(f, OPT_INTERFACE_NAME, name, strlen(name)) ||
	       put_option(f, OPT_INTERFACE_TSRESOL, &resolution,
			  sizeof(resolution)) ||
	       put_option(f, OPT_END, NULL, 0) || put32(f, (uint32_t)len) ?
	       -1 : 0;
}

static int put_packet_options(FILE *f, const struct pcapng_packet *p)
{
	uint32_t flags = p->out ? FLAG_OUTBOUND : FLAG_INBOUND;

	if (p->comment &&
	    put_option(f, OPT_COMMENT, p->comment, strlen(p->comment)))
		return -1;
	return put_option(f, OPT_PACKET_FLAGS, &flags, sizeof(flags)) ||
	       put_option(f, OPT_END, NULL, 0) ? -1 : 0;
}

/* Head and data are one packet, with nothing between them. */
static int put_bytes(FILE *f, const struct pcapng_packet *p)
{
	static const char zero[4];
	size_t len = p->head_len + p->data_len;

	return put(f, p->head, p->head_len) || put(f, p->data, p->data_len) ||
	       put(f, zero, padded(len) - len) ? -1 : 0;
}

int pcapng_packet(FILE *f, const struct pcapng_packet *p)
{
	size_t captured = p->head_len + p->data_len;
	const uint32_t body[] = {
		p->interface, (uint32_t)(p->ns >> 32), (uint32_t)p->ns,
		(uint32_t)captured, (uint32_t)(p->head_len + p->len),
	};
	size_t len = BLOCK_FRAME + sizeof(body) + padded(captured) +
		     (p->comment ? option_len(strlen(p->comment)) : 0) +
		     option_len(sizeof(uint32_t)) + OPTION_HEAD;

	return put32(f, BLOCK_PACKET) || put32(f, (uint32_t)len) ||
	       put(f, body, sizeof(body)) || put_bytes(f, p) ||
	       put_packet_options(f, p) || put32(f, (uint32_t)len) ? -1 : 0;
}
