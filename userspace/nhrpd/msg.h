/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An NHRP packet in decoded form.
 */
#ifndef NHRPD_MSG_H
#define NHRPD_MSG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/addr.h"
#include "nhrpd/wire.h"

#define NHRP_MSG_CIES	16
#define NHRP_MSG_EXTS	24
#define NHRP_MSG_POOL	NHRP_PACKET_MAX

/**
 * struct nhrp_cie - client information entry
 * @code: enum nhrp_code
 * @prefix_len: in bits, 0 or 255 also for one address
 * @mtu: 0 for none
 * @holdtime: seconds
 * @preference: higher is better
 * @nbma: none if absent or of an unknown length
 * @proto: none if absent or not of the packet's family
 */
struct nhrp_cie {
	uint8_t code;
	uint8_t prefix_len;
	uint16_t mtu;
	uint16_t holdtime;
	uint8_t preference;
	struct addr nbma;
	struct addr proto;
};

/**
 * struct nhrp_ext - an extension; its data is in the message's pool
 * @type: enum nhrp_ext_type or an unknown number
 * @compulsory: whoever does not know it must not act on the packet
 * @pos: of the data in the pool
 * @len: of the data
 */
struct nhrp_ext {
	uint16_t type;
	bool compulsory;
	uint16_t pos;
	uint16_t len;
};

/**
 * struct nhrp_msg - a packet
 * @type: enum nhrp_type
 * @hops: hop count
 * @protocol: ar$pro.type, enum nhrp_protocol
 * @afn: ar$afn, enum nhrp_afn
 * @flags: NHRP_FLAG_*, types 1 to 6
 * @id: request id, types 1 to 6
 * @error: enum nhrp_error of type 7, traffic code of type 8
 * @offset: of what is wrong in the offending packet, type 7
 * @src_nbma: NBMA address of who made the packet
 * @src_proto: overlay address of the same
 * @dst_proto: overlay address it is about, or for
 * @cie: client information entries, types 1 to 6
 * @n_cie: their number
 * @ext: extensions in order, without End
 * @n_ext: their number
 * @has_ext: there is an extensions part, if only End
 * @pool: data of the extensions
 * @pool_used: bytes of it in use
 * @payload: head of a packet, types 7 and 8; not owned
 * @payload_len: its length
 */
struct nhrp_msg {
	uint8_t type;
	uint8_t hops;
	uint16_t protocol;
	uint16_t afn;
	uint16_t flags;
	uint32_t id;
	uint16_t error;
	uint16_t offset;
	struct addr src_nbma;
	struct addr src_proto;
	struct addr dst_proto;
	struct nhrp_cie cie[NHRP_MSG_CIES];
	size_t n_cie;
	struct nhrp_ext ext[NHRP_MSG_EXTS];
	size_t n_ext;
	bool has_ext;
	uint8_t pool[NHRP_MSG_POOL];
	size_t pool_used;
	const uint8_t *payload;
	size_t payload_len;
};

#endif
