// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RFC 2332 with packets captured from another implementation: the format, and
 * what that one's hub made of them, byte for byte.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "captured.h"
#include "nhrpd/codec.h"
#include "nhrpd/ext.h"
#include "unit.h"

#define POS_HOPS	9
#define POS_PKTSZ	10
#define POS_EXTOFF	14
#define POS_SHTL	18
#define POS_CIE		40	/* where all addresses are of 4 bytes */

/* In captured[]. */
enum {
	REGISTRATION_REQUEST,
	REGISTRATION_REPLY,
	RESOLUTION_REPLY = 5,
	RESOLUTION_REQUEST,
};

static struct fake_net net;
static struct fake_kernel hub;

static size_t load(unsigned int which, uint8_t data[static CAPTURED_MAX])
{
	const char *hex = captured[which].hex;
	size_t n = strlen(hex) / 2, i;
	unsigned int byte;

	for (i = 0; i < n; i++) {
		assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
		data[i] = (uint8_t)byte;
	}
	return n;
}

static void put16(uint8_t *data, size_t at, size_t value)
{
	data[at] = (uint8_t)(value >> 8);
	data[at + 1] = (uint8_t)value;
}

static void fix_checksum(uint8_t *data, size_t len)
{
	put16(data, 12, 0);
	put16(data, 12, nhrp_checksum(data, len));
}

static enum nhrp_decode decode(const uint8_t *data, size_t len)
{
	struct nhrp_msg msg;

	return nhrp_decode(&msg, data, len);
}

/* ---- the format ---- */

/* Whatever stands in what is not used, it is read as if it were 0. */
static void rfc_5_unused_fields(void **state)
{
	uint8_t data[CAPTURED_MAX], clean[CAPTURED_MAX], out[CAPTURED_MAX];
	size_t len = load(REGISTRATION_REQUEST, data);
	struct nhrp_msg msg;

	(void)state;
	memcpy(clean, data, len);
	memset(data + 4, 0xff, 5);	/* ar$pro.snap */
	data[POS_SHTL] |= 0xc0;
	put16(data, POS_CIE + 2, 0xffff);
	data[52] |= 0x40;		/* u of the first extension */
	fix_checksum(data, len);
	assert_int_equal(nhrp_decode(&msg, data, len), NHRP_DECODE_OK);
	assert_int_equal(nhrp_encode(&msg, out, sizeof(out)), len);
	assert_memory_equal(out, clean, len);
}

static void rfc_5_1_packet_size(void **state)
{
	uint8_t data[CAPTURED_MAX] = { 0 };
	size_t len = load(REGISTRATION_REQUEST, data);

	(void)state;
	/* Padding of the link below is not ours. */
	assert_int_equal(decode(data, len + 16), NHRP_DECODE_OK);
	assert_int_equal(decode(data, len - 1), NHRP_DECODE_MALFORMED);
	put16(data, POS_PKTSZ, len + 1);
	fix_checksum(data, len + 1);
	assert_int_equal(decode(data, len), NHRP_DECODE_MALFORMED);
	put16(data, POS_PKTSZ, 27);
	fix_checksum(data, 27);
	assert_int_equal(decode(data, len), NHRP_DECODE_MALFORMED);
}

static void rfc_5_1_extensions_offset(void **state)
{
	static const size_t bad[] = { 1, 20, 27, 41, 53, 92, 93, 0xffff };
	uint8_t data[CAPTURED_MAX];
	size_t len = load(REGISTRATION_REQUEST, data), i;
	struct nhrp_msg msg;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		put16(data, POS_EXTOFF, bad[i]);
		fix_checksum(data, len);
		assert_int_not_equal(decode(data, len), NHRP_DECODE_OK);
	}
	/* Without extensions the mandatory part has all the rest. */
	put16(data, POS_EXTOFF, 0);
	put16(data, POS_PKTSZ, 52);
	fix_checksum(data, 52);
	assert_int_equal(nhrp_decode(&msg, data, 52), NHRP_DECODE_OK);
	assert_int_equal(msg.n_cie, 1);
	assert_false(msg.has_ext);
	put16(data, POS_PKTSZ, 51);
	fix_checksum(data, 51);
	assert_int_equal(decode(data, 51), NHRP_DECODE_MALFORMED);
}

/* A byte of 0 is added for the sum, and for nothing else. */
static void rfc_5_1_checksum_of_odd_length(void **state)
{
	uint8_t data[CAPTURED_MAX], out[CAPTURED_MAX + 1];
	size_t len = load(REGISTRATION_REQUEST, data);
	struct nhrp_msg msg;

	(void)state;
	assert_int_equal(nhrp_decode(&msg, data, len), NHRP_DECODE_OK);
	assert_true(ext_add(&msg, NHRP_EXT_VENDOR, false, "odd", 3));
	len = nhrp_encode(&msg, out, sizeof(out));
	assert_int_equal(len % 2, 1);
	assert_int_equal(decode(out, len), NHRP_DECODE_OK);
	out[len] = 0;
	assert_int_equal(nhrp_checksum(out, len + 1), 0);
	/* What follows the packet does not count. */
	out[len] = 0xff;
	assert_int_equal(decode(out, len + 1), NHRP_DECODE_OK);
	out[len - 1] ^= 1;
	assert_int_equal(decode(out, len), NHRP_DECODE_CHECKSUM);
}

static void rfc_5_3_0_end(void **state)
{
	uint8_t data[CAPTURED_MAX];
	size_t len = load(REGISTRATION_REQUEST, data);

	(void)state;
	/* None, and one that is not empty. */
	put16(data, POS_PKTSZ, len - 4);
	fix_checksum(data, len - 4);
	assert_int_equal(decode(data, len - 4), NHRP_DECODE_MALFORMED);
	len = load(REGISTRATION_REQUEST, data);
	data[len - 1] = 1;
	fix_checksum(data, len);
	assert_int_equal(decode(data, len), NHRP_DECODE_MALFORMED);
}

/* ---- a hub, as in the captures ---- */

static void deliver(const char *from, const uint8_t *data, size_t len)
{
	struct nhrp_frame frame = {
		.ifindex = FAKE_DMVPN,
		.remote = { .addr = fake_addr(from) },
		.data = data,
		.len = len,
	};

	nhrp_frame(hub.nhrp, net.now, &frame);
}

/* The next packet goes to @to and is that one; it began with @hops. */
static void expect(const char *to, unsigned int which, unsigned int hops)
{
	struct addr want = fake_addr(to);
	struct fake_frame *f = fake_take(&hub);
	uint8_t data[CAPTURED_MAX];
	size_t len = load(which, data);

	assert_non_null(f);
	data[POS_HOPS] = (uint8_t)hops;
	fix_checksum(data, len);
	assert_true(addr_equal(&f->to.addr, &want));
	assert_int_equal(f->len, len);
	assert_memory_equal(f->data, data, len);
	free(f);
}

static void client(const char *nbma, const char *proto)
{
	struct nhrp_msg msg;

	unit_msg(&msg, NHRP_REGISTRATION_REQUEST, nbma, proto, proto);
	unit_cie(&msg);
	unit_deliver(&hub, nbma, &msg);
	unit_flush(&hub);
}

static int setup(void **state)
{
	struct conf conf;

	(void)state;
	fake_net_init(&net);
	fake_init(&hub, &net, "hub", "10.2.1.2", "10.255.255.2/24", false);
	fake_route(&hub, "192.168.1.0/24", "10.255.255.1", FAKE_DMVPN);
	unit_hub(&conf);
	conf.iface[0].holdtime = 30;
	unit_start(&hub, &conf);
	client("10.1.1.1", "10.255.255.1");
	client("10.1.1.4", "10.255.255.4");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_free(&hub);
	return 0;
}

/* With a hop count of our own: 5.1. */
static void rfc_5_2_4_registration_reply(void **state)
{
	uint8_t data[CAPTURED_MAX];
	size_t len = load(REGISTRATION_REQUEST, data);

	(void)state;
	deliver("10.1.1.1", data, len);
	expect("10.1.1.1", REGISTRATION_REPLY, NHRP_HOPS);
}

/* As it was before a hub passed it on. */
static size_t before(unsigned int which, unsigned int record, uint8_t *data)
{
	size_t len = load(which, data);
	struct nhrp_msg msg;
	struct nhrp_ext *ext;

	assert_int_equal(nhrp_decode(&msg, data, len), NHRP_DECODE_OK);
	ext = ext_find(&msg, record);
	assert_non_null(ext);
	ext->len = 0;
	msg.hops++;
	return nhrp_encode(&msg, data, CAPTURED_MAX);
}

static void rfc_5_3_2_forward_record(void **state)
{
	uint8_t data[CAPTURED_MAX];
	size_t len = before(RESOLUTION_REQUEST, NHRP_EXT_FORWARD, data);

	(void)state;
	deliver("10.1.1.4", data, len);
	expect("10.1.1.1", RESOLUTION_REQUEST, 0x3f);
}

static void rfc_5_3_3_reverse_record(void **state)
{
	uint8_t data[CAPTURED_MAX];
	size_t len = before(RESOLUTION_REPLY, NHRP_EXT_REVERSE, data);

	(void)state;
	deliver("10.1.1.4", data, len);
	expect("10.1.1.1", RESOLUTION_REPLY, 0x3f);
}

#define HUB(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc_5_unused_fields),
		cmocka_unit_test(rfc_5_1_packet_size),
		cmocka_unit_test(rfc_5_1_extensions_offset),
		cmocka_unit_test(rfc_5_1_checksum_of_odd_length),
		cmocka_unit_test(rfc_5_3_0_end),
		HUB(rfc_5_2_4_registration_reply),
		HUB(rfc_5_3_2_forward_record),
		HUB(rfc_5_3_3_reverse_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
