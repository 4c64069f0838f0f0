/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes <-> struct nhrp_msg. Pure: no state, no clock, no log.
 */
#ifndef NHRPD_CODEC_H
#define NHRPD_CODEC_H

#include "lib/buf.h"
#include "nhrpd/msg.h"

enum nhrp_decode {
	NHRP_DECODE_OK,
	NHRP_DECODE_MALFORMED,
	NHRP_DECODE_CHECKSUM,
	NHRP_DECODE_UNSUPPORTED,	/* version, family, type, subaddress */
	NHRP_DECODE_TOO_MANY,		/* entries or extensions */
};

/*
 * Decode a packet. Bytes after ar$pktsz are ignored. The message's payload
 * points into @data. After a failure @msg holds nothing to be used, but
 * msg->type is the packet's type, or 0, and msg->offset where it is wrong.
 */
enum nhrp_decode nhrp_decode(struct nhrp_msg *msg, const uint8_t *data,
			     size_t len);
/*
 * Encode a packet with its checksum. Returns its length, 0 if it does not
 * fit @size or NHRP_PACKET_MAX.
 */
size_t nhrp_encode(const struct nhrp_msg *msg, uint8_t *data, size_t size);
/* Make the checksum of a whole packet that was changed. */
void nhrp_seal(uint8_t *data, size_t len);
/*
 * Request id and type of the packet that an error indication quotes; false if
 * not enough of it is there.
 */
bool nhrp_decode_quoted(const uint8_t *data, size_t len, uint8_t *type,
			uint32_t *id);
/* One's complement sum over @len bytes; 0 over a packet with a right one. */
uint16_t nhrp_checksum(const uint8_t *data, size_t len);

/*
 * The prefix around @a that an entry speaks of. Many take 0 or 255 for the
 * length of one address.
 */
struct prefix nhrp_cie_prefix(const struct nhrp_cie *cie,
			      const struct addr *a);

/* Entries as they stand in mandatory parts and in extensions of @msg. */
bool nhrp_read_cie(struct reader *r, const struct nhrp_msg *msg,
		   struct nhrp_cie *cie);
void nhrp_write_cie(struct writer *w, const struct nhrp_cie *cie);

#endif
