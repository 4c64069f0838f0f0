// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What dmvpnctl captures: whose a packet is, and the file, block by block.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dmvpnctl/pcapng.h"
#include "dmvpnctl/whose.h"
#include "nhrpd/codec.h"
#include "nhrpd/ext.h"

#define ETH_IP		0x0800
#define ETH_IPV6	0x86dd
#define ETH_MPLS	0x8847
#define ETH_NHRP	0x2001

/* ---- whose ---- */

static struct addr claimed;

static void is(const uint8_t *packet, size_t len, uint16_t protocol, bool out,
	       const char *want)
{
	struct addr a = whose_address(packet, len, protocol, out, &claimed);
	char have[ADDR_TEXT];

	assert_string_equal(addr_format(&a, have), want);
}

static void test_ip(void **state)
{
	uint8_t ip4[20] = { 0x45, [12] = 1, 2, 3, 4, 5, 6, 7, 8 };
	uint8_t ip6[40] = { 0x60, [8] = 0xfd, [23] = 1, [24] = 0xfd, [39] = 2 };

	(void)state;
	is(ip4, sizeof(ip4), ETH_IP, false, "1.2.3.4");
	is(ip4, sizeof(ip4), ETH_IP, true, "5.6.7.8");
	is(ip6, sizeof(ip6), ETH_IPV6, false, "fd00::1");
	is(ip6, sizeof(ip6), ETH_IPV6, true, "fd00::2");
	is(ip4, sizeof(ip4) - 1, ETH_IP, true, "-");
	is(ip6, sizeof(ip6) - 1, ETH_IPV6, true, "-");
	is(ip4, sizeof(ip4), 0x0806, true, "-");
}

static void test_mpls(void **state)
{
	uint8_t two[28] = { 0, 1, 0, 64, 0, 2, 1, 64,
			    0x45, [20] = 1, 2, 3, 4, 5, 6, 7, 8 };

	(void)state;
	is(two, sizeof(two), ETH_MPLS, false, "1.2.3.4");
	is(two, sizeof(two), ETH_MPLS, true, "5.6.7.8");
	two[6] = 0;
	is(two, sizeof(two), ETH_MPLS, true, "-");
	is(two, 7, ETH_MPLS, true, "-");
}

static struct nhrp_msg msg;

static void make(uint8_t type)
{
	memset(&msg, 0, sizeof(msg));
	msg.type = type;
	msg.hops = 16;
	msg.protocol = 0x0800;
	msg.afn = 1;
	msg.src_nbma = addr_v4(0x06060606);
	msg.src_proto = addr_v4(0xc0a80106);
	msg.dst_proto = addr_v4(0xc0a80101);
}

/* Somebody with the address 192.168.1.@number, and @number four times. */
static void note(unsigned int type, uint32_t number)
{
	struct nhrp_cie cie = {
		.nbma = addr_v4(number * 0x01010101),
		.proto = addr_v4(0xc0a80100 | number),
	};
	struct nhrp_ext *ext = ext_find(&msg, type);

	if (!ext) {
		assert_true(ext_add(&msg, type, true, NULL, 0));
		ext = ext_find(&msg, type);
	}
	assert_true(ext_append_cie(&msg, ext, &cie));
}

/* @address is at the other end, by its own word at @nbma, "-" for no word. */
static void nhrp(bool out, const char *address, const char *nbma)
{
	uint8_t packet[256];
	char have[ADDR_TEXT];
	size_t len = nhrp_encode(&msg, packet, sizeof(packet));

	assert_int_not_equal(len, 0);
	is(packet, len, ETH_NHRP, out, address);
	assert_string_equal(addr_format(&claimed, have), nbma);
}

static void test_nhrp(void **state)
{
	(void)state;
	/* On the hub: a request of the spoke, and the reply to it. */
	make(NHRP_REGISTRATION_REQUEST);
	nhrp(false, "192.168.1.6", "6.6.6.6");
	make(NHRP_REGISTRATION_REPLY);
	nhrp(true, "192.168.1.6", "6.6.6.6");
	/* On the spoke. */
	make(NHRP_REGISTRATION_REQUEST);
	nhrp(true, "192.168.1.1", "-");
	make(NHRP_REGISTRATION_REPLY);
	nhrp(false, "192.168.1.1", "-");
	note(NHRP_EXT_RESPONDER, 2);
	nhrp(false, "192.168.1.2", "2.2.2.2");
	make(NHRP_TRAFFIC_INDICATION);
	nhrp(false, "192.168.1.6", "6.6.6.6");
	is((const uint8_t *)"no NHRP", 7, ETH_NHRP, false, "-");
}

/* What a server has passed on comes from that server. */
static void test_forwarded(void **state)
{
	(void)state;
	make(NHRP_RESOLUTION_REQUEST);
	assert_true(ext_add_request(&msg));
	nhrp(false, "192.168.1.6", "6.6.6.6");
	note(NHRP_EXT_FORWARD, 2);
	nhrp(false, "192.168.1.2", "2.2.2.2");
	note(NHRP_EXT_FORWARD, 3);
	nhrp(false, "192.168.1.3", "3.3.3.3");
	nhrp(true, "192.168.1.1", "-");
	/* The reply has that record, too, and one of its own way. */
	msg.type = NHRP_RESOLUTION_REPLY;
	note(NHRP_EXT_RESPONDER, 7);
	nhrp(false, "192.168.1.7", "7.7.7.7");
	nhrp(true, "192.168.1.6", "-");
	note(NHRP_EXT_REVERSE, 3);
	note(NHRP_EXT_REVERSE, 2);
	nhrp(false, "192.168.1.2", "2.2.2.2");
}

/* ---- the file ---- */

static uint32_t at(const char *file, size_t pos)
{
	uint32_t value;

	memcpy(&value, file + pos, sizeof(value));
	return value;
}

/* A block at @pos of that type; where the next one is. */
static size_t block(const char *file, size_t size, size_t pos, uint32_t type)
{
	uint32_t len = at(file, pos + 4);

	assert_int_equal(at(file, pos), type);
	assert_int_equal(len % 4, 0);
	assert_in_range(len, 12, size - pos);
	assert_int_equal(at(file, pos + len - 4), len);
	return pos + len;
}

static void test_file(void **state)
{
	struct pcapng_packet p = {
		.interface = 0,
		.ns = 0x123456789abcdef0,
		.out = true,
		.comment = "to 6.6.6.6",
		.head = "head",
		.head_len = 4,
		.data = "packet",
		.data_len = 6,
		.len = 9,
	};
	size_t size, pos, next;
	char *file = NULL;
	FILE *f = open_memstream(&file, &size);

	(void)state;
	assert_non_null(f);
	assert_int_equal(pcapng_begin(f, "a program"), 0);
	assert_int_equal(pcapng_interface(f, "dmvpn0", PCAPNG_LINUX_SLL, 99),
			 0);
	assert_int_equal(pcapng_packet(f, &p), 0);
	p.comment = NULL;
	assert_int_equal(pcapng_packet(f, &p), 0);
	fclose(f);

	pos = block(file, size, 0, 0x0a0d0d0a);
	assert_int_equal(at(file, 8), 0x1a2b3c4d);
	next = block(file, size, pos, 1);
	assert_int_equal(at(file, pos + 8), PCAPNG_LINUX_SLL);
	assert_int_equal(at(file, pos + 12), 99);
	pos = next;
	next = block(file, size, pos, 6);
	assert_int_equal(at(file, pos + 12), 0x12345678);
	assert_int_equal(at(file, pos + 16), 0x9abcdef0);
	assert_int_equal(at(file, pos + 20), 10);	/* captured */
	assert_int_equal(at(file, pos + 24), 13);	/* of that many */
	assert_memory_equal(file + pos + 28, "headpacket\0\0", 12);
	assert_int_equal(at(file, pos + 40), 1 | 10 << 16);
	assert_memory_equal(file + pos + 44, "to 6.6.6.6\0\0", 12);
	assert_int_equal(at(file, pos + 56), 2 | 4 << 16);
	assert_int_equal(at(file, pos + 60), 2);	/* sent */
	pos = next;
	next = block(file, size, pos, 6);
	assert_int_equal(at(file, pos + 40), 2 | 4 << 16);
	assert_int_equal(next, size);
	free(file);
}

static void test_full(void **state)
{
	struct pcapng_packet p = { .data = "packet", .data_len = 6, .len = 6 };
	FILE *f = fopen("/dev/full", "w");

	(void)state;
	assert_non_null(f);
	setvbuf(f, NULL, _IONBF, 0);
	assert_int_equal(pcapng_begin(f, "a program"), -1);
	assert_int_equal(pcapng_packet(f, &p), -1);
	fclose(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ip),
		cmocka_unit_test(test_mpls),
		cmocka_unit_test(test_nhrp),
		cmocka_unit_test(test_forwarded),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
