// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "nhrpd/codec.h"

#define POS_PROTOCOL	2
#define POS_PKTSZ	10
#define POS_CHKSUM	12
#define POS_EXTOFF	14
#define POS_VERSION	16
#define POS_OPTYPE	17
#define POS_SHTL	18

/* Type/length byte of an NBMA address: bit 7 and 6 are not the length. */
#define TL_MASK		0x3f

uint16_t nhrp_checksum(const uint8_t *data, size_t len)
{
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		sum += (uint32_t)(data[i] << 8 | data[i + 1]);
	if (len & 1)
		sum += (uint32_t)data[len - 1] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/* A decoder's failure, and where. */
static enum nhrp_decode wrong(struct nhrp_msg *msg, size_t at,
			      enum nhrp_decode how)
{
	msg->offset = (uint16_t)at;
	return how;
}

/* An address of a length that is no address's is skipped: none. */
static struct addr read_addr(struct reader *r, size_t len)
{
	const uint8_t *p = read_bytes(r, len);

	return p ? addr_make(p, len) : (struct addr){ 0 };
}

static void write_addr(struct writer *w, const struct addr *a)
{
	write_bytes(w, a->b, a->len);
}

static size_t proto_size(const struct nhrp_msg *msg)
{
	return msg->protocol == NHRP_PROTOCOL_IPV4 ? 4 : 16;
}

bool nhrp_read_cie(struct reader *r, const struct nhrp_msg *msg,
		   struct nhrp_cie *cie)
{
	size_t nbma_len, sub_len, proto_len;

	*cie = (struct nhrp_cie){ 0 };
	cie->code = read_u8(r);
	cie->prefix_len = read_u8(r);
	read_be16(r);
	cie->mtu = read_be16(r);
	cie->holdtime = read_be16(r);
	nbma_len = read_u8(r) & TL_MASK;
	sub_len = read_u8(r) & TL_MASK;
	proto_len = read_u8(r);
	cie->preference = read_u8(r);
	cie->nbma = read_addr(r, nbma_len);
	read_bytes(r, sub_len);
	cie->proto = read_addr(r, proto_len);
	/* FRR puts IPv4 addresses into packets about IPv6. */
	if (cie->proto.len != proto_size(msg))
		cie->proto = (struct addr){ 0 };
	return !r->error;
}

void nhrp_write_cie(struct writer *w, const struct nhrp_cie *cie)
{
	write_u8(w, cie->code);
	write_u8(w, cie->prefix_len);
	write_be16(w, 0);
	write_be16(w, cie->mtu);
	write_be16(w, cie->holdtime);
	write_u8(w, cie->nbma.len);
	write_u8(w, 0);
	write_u8(w, cie->proto.len);
	write_u8(w, cie->preference);
	write_addr(w, &cie->nbma);
	write_addr(w, &cie->proto);
}

struct prefix nhrp_cie_prefix(const struct nhrp_cie *cie, const struct addr *a)
{
	return prefix_make(a, cie->prefix_len ? cie->prefix_len :
						addr_bits(a));
}

static enum nhrp_decode read_cies(struct reader *r, struct nhrp_msg *msg)
{
	while (reader_left(r)) {
		if (msg->n_cie == NHRP_MSG_CIES)
			return NHRP_DECODE_TOO_MANY;
		if (!nhrp_read_cie(r, msg, &msg->cie[msg->n_cie]))
			return NHRP_DECODE_MALFORMED;
		msg->n_cie++;
	}
	return NHRP_DECODE_OK;
}

static void write_cies(struct writer *w, const struct nhrp_msg *msg)
{
	size_t i;

	for (i = 0; i < msg->n_cie; i++)
		nhrp_write_cie(w, &msg->cie[i]);
}

static enum nhrp_decode read_payload(struct reader *r, struct nhrp_msg *msg)
{
	msg->payload_len = reader_left(r);
	msg->payload = read_bytes(r, msg->payload_len);
	return NHRP_DECODE_OK;
}

static void write_payload(struct writer *w, const struct nhrp_msg *msg)
{
	write_bytes(w, msg->payload, msg->payload_len);
}

static void read_words_request(struct reader *r, struct nhrp_msg *msg)
{
	msg->flags = read_be16(r);
	msg->id = read_be32(r);
}

static void write_words_request(struct writer *w, const struct nhrp_msg *msg)
{
	write_be16(w, msg->flags);
	write_be32(w, msg->id);
}

/* The first word is not used; FRR leaves old flags there. */
static void read_words_error(struct reader *r, struct nhrp_msg *msg)
{
	read_be16(r);
	msg->error = read_be16(r);
	msg->offset = read_be16(r);
}

static void write_words_error(struct writer *w, const struct nhrp_msg *msg)
{
	write_be16(w, 0);
	write_be16(w, msg->error);
	write_be16(w, msg->offset);
}

/**
 * struct type_row - how the mandatory part of a type is laid out
 * @read_words: what follows the two address lengths, 6 bytes
 * @write_words: the same
 * @read_rest: what follows the addresses
 * @write_rest: the same
 */
struct type_row {
	void (*read_words)(struct reader *r, struct nhrp_msg *msg);
	void (*write_words)(struct writer *w, const struct nhrp_msg *msg);
	enum nhrp_decode (*read_rest)(struct reader *r, struct nhrp_msg *msg);
	void (*write_rest)(struct writer *w, const struct nhrp_msg *msg);
};

static const struct type_row row_request = {
	read_words_request, write_words_request, read_cies, write_cies,
};

static const struct type_row row_quoting = {
	read_words_error, write_words_error, read_payload, write_payload,
};

static const struct type_row *const type_rows[NHRP_TYPE_MAX + 1] = {
	[NHRP_RESOLUTION_REQUEST] = &row_request,
	[NHRP_RESOLUTION_REPLY] = &row_request,
	[NHRP_REGISTRATION_REQUEST] = &row_request,
	[NHRP_REGISTRATION_REPLY] = &row_request,
	[NHRP_PURGE_REQUEST] = &row_request,
	[NHRP_PURGE_REPLY] = &row_request,
	[NHRP_ERROR_INDICATION] = &row_quoting,
	[NHRP_TRAFFIC_INDICATION] = &row_quoting,
};

static enum nhrp_decode read_ext(struct reader *r, struct nhrp_msg *msg,
				 bool *end)
{
	uint16_t type = read_be16(r);
	uint16_t len = read_be16(r);
	const uint8_t *data = read_bytes(r, len);
	struct nhrp_ext *ext;

	if (r->error)
		return NHRP_DECODE_MALFORMED;
	*end = (type & NHRP_EXT_TYPE_MASK) == NHRP_EXT_END;
	if (*end)
		return len ? NHRP_DECODE_MALFORMED : NHRP_DECODE_OK;
	if (msg->n_ext == NHRP_MSG_EXTS ||
	    len > sizeof(msg->pool) - msg->pool_used)
		return NHRP_DECODE_TOO_MANY;
	ext = &msg->ext[msg->n_ext++];
	ext->type = type & NHRP_EXT_TYPE_MASK;
	ext->compulsory = type & NHRP_EXT_COMPULSORY;
	ext->pos = (uint16_t)msg->pool_used;
	ext->len = len;
	memcpy(msg->pool + msg->pool_used, data, len);
	msg->pool_used += len;
	return NHRP_DECODE_OK;
}

static enum nhrp_decode read_exts(struct nhrp_msg *msg, const uint8_t *data,
				  size_t len)
{
	enum nhrp_decode result;
	struct reader r;
	bool end = false;

	msg->has_ext = true;
	reader_init(&r, data, len);
	while (!end) {
		result = read_ext(&r, msg, &end);
		if (result != NHRP_DECODE_OK)
			return result;
	}
	return NHRP_DECODE_OK;
}

static void write_exts(struct writer *w, const struct nhrp_msg *msg)
{
	const struct nhrp_ext *ext;
	size_t i;

	if (!msg->has_ext && !msg->n_ext)
		return;
	patch_be16(w, POS_EXTOFF, (unsigned int)w->pos);
	for (i = 0; i < msg->n_ext; i++) {
		ext = &msg->ext[i];
		write_be16(w, ext->type |
			   (ext->compulsory ? NHRP_EXT_COMPULSORY : 0u));
		write_be16(w, ext->len);
		write_bytes(w, msg->pool + ext->pos, ext->len);
	}
	write_be32(w, (uint32_t)(NHRP_EXT_COMPULSORY | NHRP_EXT_END) << 16);
}

static bool protocol_known(const struct nhrp_msg *msg)
{
	return (msg->protocol == NHRP_PROTOCOL_IPV4 ||
		msg->protocol == NHRP_PROTOCOL_IPV6) &&
	       (msg->afn == NHRP_AFN_IPV4 || msg->afn == NHRP_AFN_IPV6);
}

/* An address the header has a length for: that family's, or absent. */
static bool length_fits(const struct nhrp_msg *msg, size_t len)
{
	return len == 0 || len == proto_size(msg);
}

static enum nhrp_decode read_mandatory(struct reader *r, struct nhrp_msg *msg,
				       size_t nbma_len)
{
	const struct type_row *row = type_rows[msg->type];
	size_t src_len = read_u8(r);
	size_t dst_len = read_u8(r);

	row->read_words(r, msg);
	msg->src_nbma = read_addr(r, nbma_len);
	msg->src_proto = read_addr(r, src_len);
	msg->dst_proto = read_addr(r, dst_len);
	if (r->error)
		return NHRP_DECODE_MALFORMED;
	if (!length_fits(msg, src_len) || !length_fits(msg, dst_len))
		return NHRP_DECODE_UNSUPPORTED;
	return row->read_rest(r, msg);
}

/**
 * struct header - what the fixed header says besides the message's members
 * @size: of the packet
 * @ext_pos: where its extensions begin, 0 for none
 * @nbma_len: of the source NBMA address
 */
struct header {
	size_t size;
	size_t ext_pos;
	size_t nbma_len;
};

static enum nhrp_decode read_header(struct reader *r, struct nhrp_msg *msg,
				    struct header *h)
{
	unsigned int version, type, sub_len;

	msg->afn = read_be16(r);
	msg->protocol = read_be16(r);
	read_bytes(r, 5);
	msg->hops = read_u8(r);
	h->size = read_be16(r);
	read_be16(r);
	h->ext_pos = read_be16(r);
	version = read_u8(r);
	type = read_u8(r);
	h->nbma_len = read_u8(r) & TL_MASK;
	sub_len = read_u8(r) & TL_MASK;
	if (r->error)
		return NHRP_DECODE_MALFORMED;
	if (version != NHRP_VERSION)
		return wrong(msg, POS_VERSION, NHRP_DECODE_UNSUPPORTED);
	if (!protocol_known(msg))
		return wrong(msg, POS_PROTOCOL, NHRP_DECODE_UNSUPPORTED);
	if (type > NHRP_TYPE_MAX || !type_rows[type])
		return wrong(msg, POS_OPTYPE, NHRP_DECODE_UNSUPPORTED);
	msg->type = (uint8_t)type;
	if (sub_len || (h->nbma_len != 0 && h->nbma_len != 4 &&
			h->nbma_len != 16))
		return wrong(msg, POS_SHTL, NHRP_DECODE_UNSUPPORTED);
	return NHRP_DECODE_OK;
}

/*
 * Where the mandatory part ends. A traffic indication has its head of a packet
 * before the extensions too.
 */
static bool check_sizes(const struct header *h, size_t len, size_t *end)
{
	if (h->size > len || h->size < NHRP_HEADER_LEN + NHRP_MANDATORY_LEN)
		return false;
	*end = h->ext_pos ? h->ext_pos : h->size;
	return *end >= NHRP_HEADER_LEN + NHRP_MANDATORY_LEN && *end <= h->size;
}

enum nhrp_decode nhrp_decode(struct nhrp_msg *msg, const uint8_t *data,
			     size_t len)
{
	enum nhrp_decode result;
	struct header h = { 0 };
	struct reader r;
	size_t end;

	memset(msg, 0, offsetof(struct nhrp_msg, pool));
	msg->pool_used = 0;
	msg->payload = NULL;
	msg->payload_len = 0;
	reader_init(&r, data, len);
	result = read_header(&r, msg, &h);
	if (result != NHRP_DECODE_OK)
		return result;
	if (!check_sizes(&h, len, &end))
		return wrong(msg, POS_PKTSZ, NHRP_DECODE_MALFORMED);
	if (nhrp_checksum(data, h.size))
		return wrong(msg, POS_CHKSUM, NHRP_DECODE_CHECKSUM);
	r.len = end;
	result = read_mandatory(&r, msg, h.nbma_len);
	if (result != NHRP_DECODE_OK)
		return wrong(msg, r.pos, result);
	if (!h.ext_pos)
		return NHRP_DECODE_OK;
	result = read_exts(msg, data + end, h.size - end);
	return result == NHRP_DECODE_OK ? result : wrong(msg, end, result);
}

static void write_header(struct writer *w, const struct nhrp_msg *msg)
{
	static const uint8_t snap[5];

	write_be16(w, msg->afn);
	write_be16(w, msg->protocol);
	write_bytes(w, snap, sizeof(snap));
	write_u8(w, msg->hops);
	write_be16(w, 0);	/* size, checksum and extensions: later */
	write_be16(w, 0);
	write_be16(w, 0);
	write_u8(w, NHRP_VERSION);
	write_u8(w, msg->type);
	write_u8(w, msg->src_nbma.len);
	write_u8(w, 0);
}

void nhrp_seal(uint8_t *data, size_t len)
{
	uint16_t sum;

	data[POS_CHKSUM] = 0;
	data[POS_CHKSUM + 1] = 0;
	sum = nhrp_checksum(data, len);
	data[POS_CHKSUM] = (uint8_t)(sum >> 8);
	data[POS_CHKSUM + 1] = (uint8_t)sum;
}

size_t nhrp_encode(const struct nhrp_msg *msg, uint8_t *data, size_t size)
{
	const struct type_row *row = type_rows[msg->type];
	struct writer w;

	if (size > NHRP_PACKET_MAX)
		size = NHRP_PACKET_MAX;
	writer_init(&w, data, size);
	write_header(&w, msg);
	write_u8(&w, msg->src_proto.len);
	write_u8(&w, msg->dst_proto.len);
	row->write_words(&w, msg);
	write_addr(&w, &msg->src_nbma);
	write_addr(&w, &msg->src_proto);
	write_addr(&w, &msg->dst_proto);
	row->write_rest(&w, msg);
	write_exts(&w, msg);
	patch_be16(&w, POS_PKTSZ, (unsigned int)w.pos);
	if (w.error)
		return 0;
	nhrp_seal(data, w.pos);
	return w.pos;
}

bool nhrp_decode_quoted(const uint8_t *data, size_t len, uint8_t *type,
			uint32_t *id)
{
	struct reader r;

	reader_init(&r, data, len);
	read_bytes(&r, POS_OPTYPE);
	*type = read_u8(&r);
	read_be16(&r);
	read_be32(&r);
	*id = read_be32(&r);
	return !r.error && *type >= NHRP_RESOLUTION_REQUEST &&
	       *type <= NHRP_PURGE_REPLY;
}
