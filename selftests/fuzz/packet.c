// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "fuzz.h"
#include "nhrpd/codec.h"
#include "packet.h"

/* Where ar$pktsz and ar$chksum stand: RFC 2332, 5.2.1. */
#define SIZE_AT		10
#define SUM_AT		12
#define FIXED_LEN	20

static void put16(uint8_t *to, size_t value)
{
	to[0] = (uint8_t)(value >> 8);
	to[1] = (uint8_t)value;
}

uint8_t *packet_copy(const uint8_t *data, size_t len, bool mend)
{
	uint8_t *packet = malloc(len ? len : 1);

	must(packet);
	memcpy(packet, data, len);
	if (mend && len >= FIXED_LEN) {
		put16(packet + SIZE_AT, len);
		put16(packet + SUM_AT, 0);
		put16(packet + SUM_AT, nhrp_checksum(packet, len));
	}
	return packet;
}
