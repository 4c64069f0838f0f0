// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A packet: what is understood can be said again, and is understood as the
 * same. The first byte tells whether its length and checksum are made right,
 * without which few packets would get any further.
 */
#include <string.h>

#include "fuzz.h"
#include "nhrpd/codec.h"
#include "nhrpd/ext.h"
#include "packet.h"

static void same(const struct nhrp_msg *a, const struct nhrp_msg *b)
{
	must(a->type == b->type && a->flags == b->flags && a->id == b->id);
	must(a->hops == b->hops && a->n_cie == b->n_cie);
	must(a->n_ext == b->n_ext && a->payload_len == b->payload_len);
	must(addr_equal(&a->src_nbma, &b->src_nbma));
	must(addr_equal(&a->src_proto, &b->src_proto));
	must(addr_equal(&a->dst_proto, &b->dst_proto));
}

static void understood(const struct nhrp_msg *msg)
{
	uint8_t first[NHRP_PACKET_MAX], second[NHRP_PACKET_MAX];
	struct nhrp_msg again;
	size_t len = nhrp_encode(msg, first, sizeof(first));

	/* Extensions that we add may be more than it had room for. */
	if (!len)
		return;
	must(nhrp_checksum(first, len) == 0);
	must(nhrp_decode(&again, first, len) == NHRP_DECODE_OK);
	same(msg, &again);
	must(nhrp_encode(&again, second, sizeof(second)) == len);
	must(!memcmp(first, second, len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct nhrp_msg msg;
	uint8_t type, *packet;
	uint32_t id;

	if (len < 1 || len > NHRP_PACKET_MAX)
		return 0;
	/* A copy of its own size: the sanitizer sees one byte too far. */
	packet = packet_copy(data + 1, len - 1, data[0] & 1);
	if (nhrp_decode(&msg, packet, len - 1) == NHRP_DECODE_OK)
		understood(&msg);
	nhrp_decode_quoted(packet, len - 1, &type, &id);
	free(packet);
	return 0;
}
