// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Authentication with keys: RFC 2332, 5.3.4. The node is a hub with two
 * clients; Documentation/wire-format.rst has the bytes of "example".
 */
#include <stdlib.h>
#include <string.h>

#include "nhrpd/codec.h"
#include "nhrpd/ext.h"
#include "nhrpd/mac.h"
#include "unit.h"

#define SPI		17
#define SECRET		"0123456789abcdef"
#define OTHER		"a secret that nobody knows"

/* The hash's place in a packet about IPv4 whose last extension it is. */
#define FIXED_LEN	(4 + 4)
#define AUTH_LEN	(NHRP_EXT_LEN + FIXED_LEN + MD5_DIGEST_SIZE)

static struct fake_net net;
static struct fake_kernel hub;

static void set_key(struct conf_key *key, uint16_t spi, const char *secret)
{
	key->spi = spi;
	key->algorithm = MAC_HMAC_MD5;
	key->len = strlen(secret);
	memcpy(key->secret, secret, key->len);
}

/* Packets are sent with @first and taken with both; 0 for none. */
static void configure(struct fake_kernel *k, struct conf *conf, uint16_t first,
		      uint16_t second)
{
	struct conf_key *key = conf_set_keys(&conf->iface[0], second ? 2 : 1);

	assert_non_null(key);
	set_key(&key[0], first, SECRET);
	if (second)
		set_key(&key[1], second, SECRET);
	if (k->nhrp)
		assert_int_equal(nhrp_configure(k->nhrp, net.now, conf), 0);
	else
		fake_start(k, conf);
	conf_free(conf);
}

static int setup(void **state)
{
	struct conf conf;

	(void)state;
	fake_net_init(&net);
	fake_init(&hub, &net, "hub", "1.1.1.1", "192.168.1.1/24", false);
	fake_route(&hub, "172.16.7.0/24", "192.168.1.7", FAKE_DMVPN);
	unit_hub(&conf);
	configure(&hub, &conf, SPI, 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_free(&hub);
	return 0;
}

/* ---- packets of a client, made without the code that is tested ---- */

static void hash(const char *secret, uint8_t *data, size_t len, size_t at)
{
	struct mac mac;

	memset(data + at, 0, MD5_DIGEST_SIZE);
	memset(data + 12, 0, 2);
	mac_begin(&mac, MAC_HMAC_MD5, (const uint8_t *)secret, strlen(secret));
	mac_add(&mac, data, len);
	mac_end(&mac, data + at);
	nhrp_seal(data, len);
}

/* @msg with the extension behind all others, signed; its length. */
static size_t sign(const struct nhrp_msg *msg, unsigned int spi,
		   const char *secret, uint8_t *data)
{
	uint8_t auth[FIXED_LEN + MD5_DIGEST_SIZE] = { 0, 0, spi >> 8, spi };
	struct nhrp_msg copy = *msg;
	size_t len;

	memcpy(auth + 4, msg->src_proto.b, 4);
	assert_true(ext_add(&copy, NHRP_EXT_AUTH, true, auth, sizeof(auth)));
	len = nhrp_encode(&copy, data, NHRP_PACKET_MAX);
	hash(secret, data, len, len - NHRP_EXT_LEN - MD5_DIGEST_SIZE);
	return len;
}

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

static void registration(struct nhrp_msg *msg, const char *nbma,
			 const char *proto)
{
	unit_msg(msg, NHRP_REGISTRATION_REQUEST, nbma, proto, "192.168.1.1");
	msg->hops = NHRP_HOPS;
	msg->flags = NHRP_FLAG_REGISTRATION_UNIQUE | NHRP_FLAG_NAT;
	unit_cie(msg);
}

static void send(const struct nhrp_msg *msg, const char *from, unsigned int spi,
		 const char *secret)
{
	uint8_t data[NHRP_PACKET_MAX];
	size_t len = sign(msg, spi, secret, data);

	deliver(from, data, len);
}

/* The oldest packet that was sent. */
static size_t taken(struct fake_kernel *k, const char *to, uint8_t *data)
{
	struct fake_frame *f = fake_take(k);
	struct addr want = fake_addr(to);
	size_t len;

	assert_non_null(f);
	assert_true(addr_equal(&f->to.addr, &want));
	len = f->len;
	memcpy(data, f->data, len);
	free(f);
	return len;
}

/* Its extension says that, and has a right hash. */
static void check_signed(const uint8_t *data, size_t len, unsigned int spi,
			 const char *src, struct nhrp_msg *msg)
{
	struct addr own = fake_addr(src);
	uint8_t copy[NHRP_PACKET_MAX];
	const struct nhrp_ext *ext;
	const uint8_t *auth;

	assert_int_equal(nhrp_decode(msg, data, len), NHRP_DECODE_OK);
	ext = ext_find(msg, NHRP_EXT_AUTH);
	assert_non_null(ext);
	assert_true(ext->compulsory);
	assert_int_equal(ext->len, 4 + own.len + MD5_DIGEST_SIZE);
	auth = msg->pool + ext->pos;
	assert_int_equal(auth[0] << 8 | auth[1], 0);
	assert_int_equal(auth[2] << 8 | auth[3], spi);
	assert_memory_equal(auth + 4, own.b, own.len);
	memcpy(copy, data, len);
	hash(SECRET, copy, len, ext_offset(msg, data, ext) + NHRP_EXT_LEN +
	     4 + own.len);
	assert_memory_equal(copy, data, len);
}

/* Nothing but an error that says where, in a packet of 100 bytes. */
static void refused(const char *to, size_t offset)
{
	struct nhrp_msg out;

	unit_take(&hub, to, NHRP_ERROR_INDICATION, &out);
	assert_int_equal(out.error, NHRP_ERROR_AUTH);
	assert_int_equal(out.offset, offset);
	assert_false(out.has_ext);
	unit_silent(&hub);
}

/* ---- the hashes ---- */

/**
 * struct vector - of RFC 2202, 2 and RFC 4231, 4
 * @key: bytes, in hex
 * @key_fill: or so many of 0xaa
 * @text: that is hashed, in hex
 * @text_fill: or so many of 0xdd, or of 0xcd if there is a @key
 * @md5: the hash, in hex
 * @sha256: the other one
 */
struct vector {
	const char *key;
	size_t key_fill;
	const char *text;
	size_t text_fill;
	const char *md5;
	const char *sha256;
};

#define KEY_25	"0102030405060708090a0b0c0d0e0f10111213141516171819"
#define LARGER	"54657374205573696e67204c6172676572205468616e20426c6f636b" \
		"2d53697a65204b6579202d2048617368204b6579204669727374"

static const struct vector vectors[] = {
	{ "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", 0, "4869205468657265", 0,
	  "9294727a3638bb1c13f48ef8158bfc9d", NULL },
	{ "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", 0, "4869205468657265", 0,
	  NULL, "b0344c61d8db38535ca8afceaf0bf12b"
		"881dc200c9833da726e9376c2e32cff7" },
	{ "4a656665", 0, "7768617420646f2079612077616e7420666f72206e6f7468696e"
	  "673f", 0, "750c783e6ab0b503eaa86e310a5db738",
	  "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
	{ NULL, 16, NULL, 50, "56be34521d144c88dbb8c733f0e8b3f6", NULL },
	{ NULL, 20, NULL, 50, NULL,
	  "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe" },
	{ KEY_25, 0, NULL, 50, "697eaf0aca3a3aea3a75164746ffaa79",
	  "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b" },
	{ NULL, 80, LARGER, 0, "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd", NULL },
	{ NULL, 131, LARGER, 0, NULL,
	  "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
};

static size_t from_hex(const char *hex, uint8_t *data)
{
	size_t n = strlen(hex) / 2, i;
	char byte[3] = "";

	for (i = 0; i < n; i++) {
		memcpy(byte, hex + 2 * i, 2);
		data[i] = (uint8_t)strtoul(byte, NULL, 16);
	}
	return n;
}

static size_t bytes_of(const char *hex, size_t fill, int value, uint8_t *data)
{
	if (hex)
		return from_hex(hex, data);
	memset(data, value, fill);
	return fill;
}

static void check_vector(const struct vector *v, enum mac_algorithm algorithm,
			 const char *hex)
{
	uint8_t key[256], text[256], want[MAC_MAX], got[MAC_MAX];
	size_t key_len = bytes_of(v->key, v->key_fill, 0xaa, key);
	size_t len = bytes_of(v->text, v->text_fill, v->key ? 0xcd : 0xdd,
			      text);
	struct mac mac, none = { 0 };

	if (!hex)
		return;
	assert_int_equal(from_hex(hex, want), mac_size(algorithm));
	mac_begin(&mac, algorithm, key, key_len);
	/* In pieces: that makes no difference. */
	mac_add(&mac, text, 3);
	mac_add(&mac, text + 3, len - 3);
	mac_end(&mac, got);
	assert_true(mac_equal(got, want, mac_size(algorithm)));
	assert_memory_equal(&mac, &none, sizeof(mac));
	got[0] ^= 0x80;
	assert_false(mac_equal(got, want, mac_size(algorithm)));
}

static void rfc_2202_and_4231(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		check_vector(&vectors[i], MAC_HMAC_MD5, vectors[i].md5);
		check_vector(&vectors[i], MAC_HMAC_SHA256, vectors[i].sha256);
	}
}

/* ---- 5.3.4.1: the bytes ---- */

/* Made with Python's hmac. */
static const char request_hex[] =
	"000108000000000000ff00641129003401030400040480020000000706060606"
	"c0a80106c0a80101002000000000012c00000000800400008005000080030000"
	"000900008007001800000011c0a801068a3f8f29732ad3c201ed134488118bee"
	"80000000";
static const char reply_hex[] =
	"000108000000000000ff0078fa23003401040400040480020000000706060606"
	"c0a80106c0a80101002000000000012c00000000800400008005000080030014"
	"000000000000012c0400040001010101c0a80101000900008007001800000011"
	"c0a801010081b8edabe9f58f369f7b92e4e0e19580000000";

static void rfc_5_3_4_1_example(void **state)
{
	uint8_t want[NHRP_PACKET_MAX], data[NHRP_PACKET_MAX];
	struct nhrp_msg msg;
	size_t len;

	(void)state;
	registration(&msg, "6.6.6.6", "192.168.1.6");
	len = sign(&msg, SPI, SECRET, data);
	assert_int_equal(from_hex(request_hex, want), len);
	assert_memory_equal(data, want, len);
	deliver("6.6.6.6", data, len);
	len = taken(&hub, "6.6.6.6", data);
	assert_int_equal(from_hex(reply_hex, want), len);
	assert_memory_equal(data, want, len);
	assert_leads(&hub, "192.168.1.6", "6.6.6.6");
}

static void rfc_5_3_4_1_other_algorithm(void **state)
{
	uint8_t data[NHRP_PACKET_MAX];
	struct nhrp_msg msg, out;
	struct conf_key *key;
	struct conf conf;
	size_t len;

	(void)state;
	unit_hub(&conf);
	key = conf_set_keys(&conf.iface[0], 2);
	set_key(&key[0], 18, SECRET);
	key[0].algorithm = MAC_HMAC_SHA256;
	set_key(&key[1], SPI, SECRET);
	assert_int_equal(nhrp_configure(hub.nhrp, net.now, &conf), 0);
	conf_free(&conf);
	registration(&msg, "6.6.6.6", "192.168.1.6");
	send(&msg, "6.6.6.6", SPI, SECRET);
	len = taken(&hub, "6.6.6.6", data);
	assert_int_equal(nhrp_decode(&out, data, len), NHRP_DECODE_OK);
	assert_int_equal(ext_find(&out, NHRP_EXT_AUTH)->len,
			 FIXED_LEN + SHA256_DIGEST_SIZE);
	/* A hash that is too short for its key is a wrong one. */
	send(&msg, "6.6.6.6", 18, SECRET);
	refused("6.6.6.6", 100 - NHRP_EXT_LEN - AUTH_LEN);
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_AUTH_HASH), 1);
}

static void rfc_5_3_4_1_ipv6(void **state)
{
	uint8_t data[NHRP_PACKET_MAX];
	struct fake_kernel spoke;
	struct nhrp_msg msg;
	struct conf conf;
	size_t len;

	(void)state;
	fake_init(&spoke, &net, "spoke", "6.6.6.6", "2001:db8::6/64", false);
	unit_spoke(&conf);
	conf.iface[0].nhs[0].proto = fake_addr("2001:db8::1");
	conf.iface[0].nhs[0].nbma = fake_addr("9.9.9.9");
	configure(&spoke, &conf, SPI, 0);
	fake_net_run(&net, 1);
	len = taken(&spoke, "9.9.9.9", data);
	check_signed(data, len, SPI, "2001:db8::6", &msg);
	fake_free(&spoke);
}

/* ---- 5.3.4: what fails ---- */

static void rfc_5_3_4_missing(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	registration(&msg, "6.6.6.6", "192.168.1.6");
	unit_deliver(&hub, "6.6.6.6", &msg);
	refused("6.6.6.6", 0);
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_AUTH), 1);
	assert_leads(&hub, "192.168.1.6", "-");
}

static void rfc_5_3_4_unknown_spi(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	registration(&msg, "6.6.6.6", "192.168.1.6");
	send(&msg, "6.6.6.6", SPI + 256, SECRET);
	refused("6.6.6.6", 100 - NHRP_EXT_LEN - AUTH_LEN);
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_AUTH_SPI), 1);
	/* Cisco's password has SPI 1, and no address. */
	assert_true(ext_auth_set(&msg, "secret"));
	unit_deliver(&hub, "6.6.6.6", &msg);
	refused("6.6.6.6", 100 - NHRP_EXT_LEN - AUTH_LEN);
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_AUTH_SPI), 2);
	assert_leads(&hub, "192.168.1.6", "-");
}

static void rfc_5_3_4_wrong_key(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	registration(&msg, "6.6.6.6", "192.168.1.6");
	send(&msg, "6.6.6.6", SPI, OTHER);
	refused("6.6.6.6", 100 - NHRP_EXT_LEN - AUTH_LEN);
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_AUTH_HASH), 1);
	assert_leads(&hub, "192.168.1.6", "-");
	assert_false(fake_said(&hub, SECRET));
	assert_false(fake_said(&hub, OTHER));
}

/* Cut anywhere, or with bytes more: never read beyond. */
static void rfc_5_3_4_lengths(void **state)
{
	uint8_t auth[64] = { 0, 0, 0, SPI };
	struct nhrp_msg msg, out;
	size_t len;

	(void)state;
	for (len = 0; len <= sizeof(auth); len++) {
		registration(&msg, "6.6.6.6", "192.168.1.6");
		assert_true(ext_add(&msg, NHRP_EXT_AUTH, true, auth, len));
		net.now += 1000;
		unit_deliver(&hub, "6.6.6.6", &msg);
		unit_take(&hub, "6.6.6.6", NHRP_ERROR_INDICATION, &out);
		assert_int_equal(out.error, NHRP_ERROR_AUTH);
	}
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_AUTH_SPI), 4);
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_AUTH_HASH), 61);
	assert_leads(&hub, "192.168.1.6", "-");
}

/* Every bit of it, with a right checksum. */
static void rfc_5_3_4_3_tampered(void **state)
{
	uint8_t good[NHRP_PACKET_MAX], data[NHRP_PACKET_MAX];
	struct nhrp_msg msg;
	size_t len, bit;

	(void)state;
	registration(&msg, "6.6.6.6", "192.168.1.6");
	len = sign(&msg, SPI, SECRET, good);
	for (bit = 0; bit < len * 8; bit++) {
		memcpy(data, good, len);
		data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		nhrp_seal(data, len);
		/* The checksum is made anew: nothing was changed. */
		if (bit / 8 == 12 || bit / 8 == 13)
			continue;
		net.now += 1000;
		deliver("6.6.6.6", data, len);
		/* It may have become an error indication, or no packet. */
		unit_flush(&hub);
		assert_string_equal(unit_kind(&hub, "192.168.1.6"), "none");
	}
	deliver("6.6.6.6", good, len);
	assert_string_equal(unit_kind(&hub, "192.168.1.6"), "registered");
}

static void rfc_5_3_4_no_storm(void **state)
{
	struct nhrp_msg msg, out;
	int i;

	(void)state;
	registration(&msg, "6.6.6.6", "192.168.1.6");
	for (i = 0; i < 30; i++)
		send(&msg, "6.6.6.6", SPI, OTHER);
	for (i = 0; i < 10; i++)
		unit_take(&hub, "6.6.6.6", NHRP_ERROR_INDICATION, &out);
	unit_silent(&hub);
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_AUTH_HASH), 30);
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_RATE), 20);
	/* Nor are errors and redirects answered, whatever they carry. */
	net.now += 20000;
	msg.n_cie = 0;
	msg.type = NHRP_TRAFFIC_INDICATION;
	send(&msg, "6.6.6.6", SPI, OTHER);
	msg.type = NHRP_ERROR_INDICATION;
	send(&msg, "6.6.6.6", SPI, OTHER);
	unit_silent(&hub);
}

/* ---- hop by hop ---- */

static void rfc_5_3_4_transit(void **state)
{
	uint8_t data[NHRP_PACKET_MAX];
	struct nhrp_msg msg, out;
	size_t len;

	(void)state;
	registration(&msg, "6.6.6.6", "192.168.1.6");
	send(&msg, "6.6.6.6", SPI, SECRET);
	registration(&msg, "7.7.7.7", "192.168.1.7");
	send(&msg, "7.7.7.7", SPI, SECRET);
	unit_flush(&hub);
	unit_msg(&msg, NHRP_RESOLUTION_REQUEST, "6.6.6.6", "192.168.1.6",
		 "172.16.7.1");
	msg.flags = 0xc802;
	unit_cie(&msg);
	send(&msg, "6.6.6.6", SPI, SECRET);
	len = taken(&hub, "7.7.7.7", data);
	/* Of the hub: its address, its hop count, its record. */
	check_signed(data, len, SPI, "192.168.1.1", &out);
	assert_int_equal(out.type, NHRP_RESOLUTION_REQUEST);
	assert_int_equal(out.hops, msg.hops - 1);
	assert_int_equal(out.ext[4].type, NHRP_EXT_AUTH);
	/* Not what its neighbour cannot vouch for. */
	send(&msg, "6.6.6.6", SPI, OTHER);
	unit_take(&hub, "6.6.6.6", NHRP_ERROR_INDICATION, &out);
	unit_silent(&hub);
}

static void spoke_conf(struct conf *conf)
{
	unit_spoke(conf);
	conf->iface[0].holdtime = 30;
}

/* Both have a new key before either uses it, and neither loses anything. */
static void rfc_5_3_4_2_roll_over(void **state)
{
	static const uint16_t steps[][2] = {
		{ SPI, 18 }, { 18, SPI }, { 18, 0 },
	};
	struct fake_kernel spoke;
	struct conf conf;
	size_t i;

	(void)state;
	fake_init(&spoke, &net, "spoke", "6.6.6.6", "192.168.1.6/24", false);
	spoke_conf(&conf);
	configure(&spoke, &conf, SPI, 0);
	fake_net_run(&net, 100);
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		unit_hub(&conf);
		configure(&hub, &conf, steps[i][0], steps[i][1]);
		fake_net_run(&net, 20000);
		assert_int_equal(unit_nhs(&spoke), NHRP_NHS_UP);
		spoke_conf(&conf);
		configure(&spoke, &conf, steps[i][0], steps[i][1]);
		fake_net_run(&net, 20000);
		assert_int_equal(unit_nhs(&spoke), NHRP_NHS_UP);
	}
	assert_leads(&hub, "192.168.1.6", "6.6.6.6");
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_AUTH_SPI), 0);
	assert_int_equal(unit_dropped(&spoke, NHRP_DROP_AUTH_SPI), 0);
	/* One that is gone is gone. */
	spoke_conf(&conf);
	configure(&spoke, &conf, SPI, 18);
	fake_net_run(&net, 40000);
	assert_int_not_equal(unit_nhs(&spoke), NHRP_NHS_UP);
	assert_true(unit_dropped(&hub, NHRP_DROP_AUTH_SPI) > 0);
	assert_leads(&hub, "192.168.1.6", "-");
	fake_free(&spoke);
}

#define HUB(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc_2202_and_4231),
		HUB(rfc_5_3_4_1_example),
		HUB(rfc_5_3_4_1_other_algorithm),
		HUB(rfc_5_3_4_1_ipv6),
		HUB(rfc_5_3_4_missing),
		HUB(rfc_5_3_4_unknown_spi),
		HUB(rfc_5_3_4_wrong_key),
		HUB(rfc_5_3_4_lengths),
		HUB(rfc_5_3_4_3_tampered),
		HUB(rfc_5_3_4_no_storm),
		HUB(rfc_5_3_4_transit),
		HUB(rfc_5_3_4_2_roll_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
