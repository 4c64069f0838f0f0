// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Packets captured from another implementation, and every way to cut or
 * spoil them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "captured.h"
#include "nhrpd/codec.h"
#include "nhrpd/ext.h"

static size_t from_hex(const char *hex, uint8_t *data)
{
	size_t n = strlen(hex) / 2, i;
	unsigned int byte;

	for (i = 0; i < n; i++) {
		assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
		data[i] = (uint8_t)byte;
	}
	return n;
}

static void fix_checksum(uint8_t *data, size_t len)
{
	uint16_t sum;

	data[12] = 0;
	data[13] = 0;
	sum = nhrp_checksum(data, len);
	data[12] = (uint8_t)(sum >> 8);
	data[13] = (uint8_t)sum;
}

static size_t load(const struct captured *c, uint8_t *data)
{
	size_t len = from_hex(c->hex, data);

	if (!c->exact)
		fix_checksum(data, len);
	return len;
}

static void known_packets(void **state)
{
	uint8_t data[CAPTURED_MAX], again[CAPTURED_MAX];
	struct nhrp_msg msg;
	size_t i, len;

	(void)state;
	for (i = 0; i < N_CAPTURED; i++) {
		len = load(&captured[i], data);
		assert_int_equal(nhrp_decode(&msg, data, len), NHRP_DECODE_OK);
		assert_int_equal(msg.type, captured[i].type);
		assert_int_equal(msg.n_cie, captured[i].n_cie);
		assert_int_equal(msg.n_ext, captured[i].n_ext);
		if (!captured[i].exact)
			continue;
		assert_int_equal(nhrp_encode(&msg, again, sizeof(again)), len);
		assert_memory_equal(again, data, len);
	}
}

static void fields(void **state)
{
	uint8_t data[CAPTURED_MAX];
	struct nhrp_msg msg;
	size_t len = load(&captured[5], data);

	(void)state;
	assert_int_equal(nhrp_decode(&msg, data, len), NHRP_DECODE_OK);
	assert_int_equal(msg.id, 4);
	assert_int_equal(msg.flags, 0xe800);
	assert_int_equal(msg.hops, 0x3f);
	assert_int_equal(msg.cie[0].prefix_len, 24);
	assert_int_equal(msg.cie[0].holdtime, 30);
	assert_int_equal(msg.cie[0].nbma.b[3], 4);
	assert_int_equal(msg.ext[0].type, NHRP_EXT_FORWARD);
	assert_true(msg.ext[0].compulsory);
	assert_false(msg.ext[3].compulsory);
}

/* What is cut is refused, whatever its size says. */
static void cut(void **state)
{
	uint8_t data[CAPTURED_MAX];
	struct nhrp_msg msg;
	size_t i, len, n;
	uint8_t *copy;

	(void)state;
	for (i = 0; i < N_CAPTURED; i++) {
		len = load(&captured[i], data);
		for (n = 0; n < len; n++) {
			/* Of its own size: the sanitizer sees one too far. */
			copy = malloc(n ? n : 1);
			assert_non_null(copy);
			memcpy(copy, data, n);
			assert_int_not_equal(nhrp_decode(&msg, copy, n),
					     NHRP_DECODE_OK);
			if (n >= 20) {
				copy[10] = (uint8_t)(n >> 8);
				copy[11] = (uint8_t)n;
				fix_checksum(copy, n);
				/* Payload is of any length. */
				if (captured[i].n_cie && n < 52)
					assert_int_not_equal(
						nhrp_decode(&msg, copy, n),
						NHRP_DECODE_OK);
				else
					nhrp_decode(&msg, copy, n);
			}
			free(copy);
		}
	}
}

static void spoilt(void **state)
{
	uint8_t data[CAPTURED_MAX], out[NHRP_PACKET_MAX];
	struct nhrp_msg msg;
	size_t i, k, len;
	unsigned int n;

	(void)state;
	srandom(1);
	for (n = 0; n < 200000; n++) {
		i = (size_t)random() % N_CAPTURED;
		len = load(&captured[i], data);
		for (k = (size_t)random() % 4 + 1; k; k--)
			data[(size_t)random() % len] = (uint8_t)random();
		data[10] = 0;
		data[11] = (uint8_t)len;
		fix_checksum(data, len);
		/* What was understood can be said again. */
		if (nhrp_decode(&msg, data, len) == NHRP_DECODE_OK)
			assert_true(nhrp_encode(&msg, out, sizeof(out)) > 0);
	}
}

static void noise(void **state)
{
	uint8_t data[CAPTURED_MAX];
	struct nhrp_msg msg;
	uint32_t id;
	unsigned int n;
	size_t i, len;
	uint8_t type;

	(void)state;
	srandom(2);
	for (n = 0; n < 100000; n++) {
		len = (size_t)random() % sizeof(data);
		for (i = 0; i < len; i++)
			data[i] = (uint8_t)random();
		assert_int_not_equal(nhrp_decode(&msg, data, len),
				     NHRP_DECODE_OK);
		nhrp_decode_quoted(data, len, &type, &id);
	}
}

static void one_bit(void **state)
{
	uint8_t data[CAPTURED_MAX];
	struct nhrp_msg msg;
	size_t len = load(&captured[0], data), bit;

	(void)state;
	for (bit = 0; bit < len * 8; bit++) {
		data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_not_equal(nhrp_decode(&msg, data, len),
				     NHRP_DECODE_OK);
		data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

static void reasons(void **state)
{
	uint8_t data[CAPTURED_MAX];
	struct nhrp_msg msg;
	size_t len = load(&captured[0], data);

	(void)state;
	data[12] ^= 1;
	assert_int_equal(nhrp_decode(&msg, data, len), NHRP_DECODE_CHECKSUM);
	assert_int_equal(msg.type, NHRP_REGISTRATION_REQUEST);
	load(&captured[0], data);
	data[16] = 2;
	assert_int_equal(nhrp_decode(&msg, data, len),
			 NHRP_DECODE_UNSUPPORTED);
	load(&captured[0], data);
	data[17] = 9;
	assert_int_equal(nhrp_decode(&msg, data, len),
			 NHRP_DECODE_UNSUPPORTED);
	assert_int_equal(msg.type, 0);
	load(&captured[0], data);
	data[19] = 4;
	assert_int_equal(nhrp_decode(&msg, data, len),
			 NHRP_DECODE_UNSUPPORTED);
}

static void all_types_empty(void **state)
{
	uint8_t data[NHRP_PACKET_MAX];
	struct nhrp_msg msg, again;
	unsigned int type;
	size_t len;

	(void)state;
	for (type = 1; type <= NHRP_TYPE_MAX; type++) {
		memset(&msg, 0, sizeof(msg));
		msg.type = (uint8_t)type;
		msg.afn = NHRP_AFN_IPV4;
		msg.protocol = NHRP_PROTOCOL_IPV4;
		msg.src_nbma = addr_v4(0x06060606);
		msg.src_proto = addr_v4(0x0a000001);
		len = nhrp_encode(&msg, data, sizeof(data));
		assert_int_equal(len, 36);
		assert_int_equal(nhrp_decode(&again, data, len),
				 NHRP_DECODE_OK);
		assert_true(addr_is_none(&again.dst_proto));
		assert_false(again.has_ext);
		assert_int_equal(nhrp_encode(&msg, data, len - 1), 0);
	}
}

static void too_many(void **state)
{
	uint8_t data[NHRP_PACKET_MAX];
	struct nhrp_msg msg = {
		.type = NHRP_PURGE_REQUEST,
		.afn = NHRP_AFN_IPV4,
		.protocol = NHRP_PROTOCOL_IPV4,
		.n_cie = NHRP_MSG_CIES,
	};
	size_t len;

	(void)state;
	len = nhrp_encode(&msg, data, sizeof(data));
	assert_int_equal(nhrp_decode(&msg, data, len), NHRP_DECODE_OK);
	memset(data + len, 0, NHRP_CIE_LEN);
	len += NHRP_CIE_LEN;
	data[10] = (uint8_t)(len >> 8);
	data[11] = (uint8_t)len;
	fix_checksum(data, len);
	assert_int_equal(nhrp_decode(&msg, data, len), NHRP_DECODE_TOO_MANY);
}

static void odd_checksum(void **state)
{
	static const uint8_t data[] = { 0x12, 0x34, 0x56 };

	(void)state;
	assert_int_equal(nhrp_checksum(data, 3),
			 (uint16_t)~(0x1234 + 0x5600));
	assert_int_equal(nhrp_checksum(data, 0), 0xffff);
}

static void quoted(void **state)
{
	uint8_t data[CAPTURED_MAX], type;
	uint32_t id;
	size_t len = load(&captured[5], data);

	(void)state;
	assert_true(nhrp_decode_quoted(data, len, &type, &id));
	assert_int_equal(type, NHRP_RESOLUTION_REPLY);
	assert_int_equal(id, 4);
	assert_false(nhrp_decode_quoted(data, 27, &type, &id));
	load(&captured[3], data);
	assert_false(nhrp_decode_quoted(data, len, &type, &id));
}

static void cie_prefixes(void **state)
{
	static const struct {
		uint8_t said;
		uint8_t meant;
	} len[] = { { 0, 32 }, { 255, 32 }, { 32, 32 }, { 24, 24 }, { 1, 1 } };
	struct addr a = addr_v4(0x0a010203);
	struct nhrp_cie cie = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(len) / sizeof(len[0]); i++) {
		cie.prefix_len = len[i].said;
		assert_int_equal(nhrp_cie_prefix(&cie, &a).len, len[i].meant);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_packets),
		cmocka_unit_test(fields),
		cmocka_unit_test(cut),
		cmocka_unit_test(spoilt),
		cmocka_unit_test(noise),
		cmocka_unit_test(one_bit),
		cmocka_unit_test(reasons),
		cmocka_unit_test(all_types_empty),
		cmocka_unit_test(too_many),
		cmocka_unit_test(odd_checksum),
		cmocka_unit_test(quoted),
		cmocka_unit_test(cie_prefixes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
