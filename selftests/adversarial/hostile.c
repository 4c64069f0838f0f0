// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ESP from a peer that has the keys and no good intentions.
 *
 *	hostile DEV MAC SRC DST SPI KEY GRE_KEY INNER_SRC INNER_DST SEQ KIND
 *		COUNT
 *
 * Sends COUNT packets of KIND from SRC to DST, whose MAC is reached through
 * DEV, under an SA with rfc4106(gcm(aes)) and KEY (hex, 16 bytes and the
 * salt). Sequence numbers begin with SEQ. Prints as JSON what must become of
 * them, by the rules in fate() below.
 *
 * With a valid ICV: good, words (of GRE: flags, version, protocol), pad, next
 * (header), runt, inner (header), nhrp, big (up to 65535 bytes), fragments (the
 * same in pieces), replayed. Without: flipped, noise.
 *
 * All packets have one IV: the kernel does not mind, and the key stream has to
 * be made once only.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <endian.h>
#include <err.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <wmmintrin.h>

#define PACKET_MAX	65535
#define ESP_HEAD	16	/* SPI, number, IV */
#define ICV		16
#define CLEAR_MAX	(PACKET_MAX - 20 - ESP_HEAD - ICV)
#define BATCH		32
#define FRAGMENT	1400

#define GRE_PROTOCOL_NHRP	0x2001
#define ETHERTYPE_MPLS		0x8847
#define NEXT_GRE		47
#define NEXT_NONE		59

enum fate {
	DELIVERED, DUMMY, MALFORMED, RX_MALFORMED, RX_PROTOCOL, RX_NHRP,
	SHORT, AUTH_FAILED, REPLAYED, FATES
};

static const char *const fate_names[FATES] = {
	"delivered", "dummy", "malformed", "rx-malformed", "rx-protocol",
	"nhrp", "short", "auth-failed", "replayed",
};

static unsigned long fates[FATES];
static struct {
	uint8_t mac[ETH_ALEN];
	/* on the wire */
	uint32_t src, dst, spi, gre_key, inner_src, inner_dst;
	uint32_t seq;
} to;

/* ---- AES-GCM ---- */

static uint64_t table_high[16], table_low[16];
static uint8_t stream[16 + PACKET_MAX + 15];	/* for the ICV, then the text */

#define EXPAND(i, rcon) do {						\
	__m128i t = _mm_shuffle_epi32(					\
		_mm_aeskeygenassist_si128(k[(i) - 1], rcon), 0xff);	\
	__m128i x = k[(i) - 1];						\
	x = _mm_xor_si128(x, _mm_slli_si128(x, 4));			\
	x = _mm_xor_si128(x, _mm_slli_si128(x, 8));			\
	k[i] = _mm_xor_si128(x, t);					\
} while (0)

static void aes_expand(__m128i k[11], const uint8_t key[16])
{
	k[0] = _mm_loadu_si128((const __m128i *)key);
	EXPAND(1, 0x01);
	EXPAND(2, 0x02);
	EXPAND(3, 0x04);
	EXPAND(4, 0x08);
	EXPAND(5, 0x10);
	EXPAND(6, 0x20);
	EXPAND(7, 0x40);
	EXPAND(8, 0x80);
	EXPAND(9, 0x1b);
	EXPAND(10, 0x36);
}

static void aes(const __m128i k[11], const uint8_t in[16], uint8_t out[16])
{
	__m128i x = _mm_loadu_si128((const __m128i *)in);
	int i;

	x = _mm_xor_si128(x, k[0]);
	for (i = 1; i < 10; i++)
		x = _mm_aesenc_si128(x, k[i]);
	_mm_storeu_si128((__m128i *)out, _mm_aesenclast_si128(x, k[10]));
}

static uint64_t get_be64(const uint8_t *p)
{
	uint64_t x;

	memcpy(&x, p, sizeof(x));
	return be64toh(x);
}

static void put_be64(uint8_t *p, uint64_t x)
{
	x = htobe64(x);
	memcpy(p, &x, sizeof(x));
}

/* Multiples of H by four bits (Shoup). */
static void ghash_init(const uint8_t h[16])
{
	uint64_t high = get_be64(h), low = get_be64(h + 8);
	int i, j;

	table_high[8] = high;
	table_low[8] = low;
	for (i = 4; i; i /= 2) {
		uint64_t carry = low & 1 ? 0xe1ULL << 56 : 0;

		low = high << 63 | low >> 1;
		high = high >> 1 ^ carry;
		table_high[i] = high;
		table_low[i] = low;
	}
	for (i = 2; i <= 8; i *= 2) {
		for (j = 1; j < i; j++) {
			table_high[i + j] = table_high[i] ^ table_high[j];
			table_low[i + j] = table_low[i] ^ table_low[j];
		}
	}
}

static void ghash_block(uint8_t x[16], const uint8_t *block, size_t len)
{
	static const uint16_t reduce[16] = {
		0x0000, 0x1c20, 0x3840, 0x2460, 0x7080, 0x6ca0, 0x48c0, 0x54e0,
		0xe100, 0xfd20, 0xd940, 0xc560, 0x9180, 0x8da0, 0xa9c0, 0xb5e0,
	};
	uint64_t high = 0, low = 0;
	size_t i;
	int n;

	for (i = 0; i < len; i++)
		x[i] ^= block[i];
	for (n = 31; n >= 0; n--) {
		unsigned int nibble = n & 1 ? x[n / 2] & 15 : x[n / 2] >> 4;
		unsigned int rest = low & 15;

		low = high << 60 | low >> 4;
		high = high >> 4 ^ (uint64_t)reduce[rest] << 48;
		high ^= table_high[nibble];
		low ^= table_low[nibble];
	}
	put_be64(x, high);
	put_be64(x + 8, low);
}

static void ghash(uint8_t x[16], const uint8_t *data, size_t len)
{
	size_t at;

	for (at = 0; at < len; at += 16)
		ghash_block(x, data + at, len - at < 16 ? len - at : 16);
}

static void gcm_init(const uint8_t key[20])
{
	uint8_t counter[16] = {}, h[16];
	__m128i k[11];
	uint32_t n;
	size_t at;

	aes_expand(k, key);
	aes(k, counter, h);
	ghash_init(h);
	memcpy(counter, key + 16, 4);
	for (at = 0, n = 1; at + 16 <= sizeof(stream); at += 16, n++) {
		uint32_t be = htonl(n);

		memcpy(counter + 12, &be, 4);
		aes(k, counter, stream + at);
	}
}

/* @esp: room for ESP_HEAD with SPI and number, then text, then the ICV. */
static void gcm_encrypt(uint8_t *esp, size_t len)
{
	uint8_t x[16] = {}, lengths[16], *text = esp + ESP_HEAD;
	size_t i;

	memset(esp + 8, 0, 8);	/* the one IV */
	for (i = 0; i < len; i++)
		text[i] ^= stream[16 + i];
	put_be64(lengths, 8 * 8);
	put_be64(lengths + 8, 8 * len);
	ghash(x, esp, 8);
	ghash(x, text, len);
	ghash(x, lengths, 16);
	for (i = 0; i < ICV; i++)
		text[len + i] = x[i] ^ stream[i];
}

/* ---- what must become of a packet ---- */

static uint16_t get_be16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

static enum fate fate_inner(uint16_t protocol, const uint8_t *p, size_t len)
{
	switch (protocol) {
	case GRE_PROTOCOL_NHRP:
		return RX_NHRP;
	case ETHERTYPE_MPLS:
		return DELIVERED;	/* what becomes of it is MPLS' affair */
	case ETHERTYPE_IP:
		return len < 20 || p[0] >> 4 != 4 ? RX_MALFORMED : DELIVERED;
	case ETHERTYPE_IPV6:
		return len < 40 || p[0] >> 4 != 6 ? RX_MALFORMED : DELIVERED;
	default:
		return RX_PROTOCOL;
	}
}

/* GRE version 0 with the device's key and nothing else. */
static enum fate fate_gre(const uint8_t *p, size_t len)
{
	if (len < 8 || get_be16(p) != 0x2000 ||
	    memcmp(p + 4, &to.gre_key, 4))
		return MALFORMED;
	return fate_inner(get_be16(p + 2), p + 8, len - 8);
}

/* @p: what was encrypted, from GRE to next header */
static enum fate fate(const uint8_t *p, size_t len)
{
	unsigned int pad = p[len - 2];

	if (pad + 2 > len)
		return MALFORMED;
	if (p[len - 1] == NEXT_NONE)
		return DUMMY;
	if (p[len - 1] != NEXT_GRE)
		return MALFORMED;
	return fate_gre(p, len - pad - 2);
}

/* ---- content ---- */

static uint32_t random32(void)
{
	static uint64_t x = 0x9e3779b97f4a7c15;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x >> 16;
}

static void fill_random(uint8_t *p, size_t len)
{
	while (len--)
		*p++ = random32();
}

static size_t put_gre(uint8_t *p, uint16_t word, uint16_t protocol)
{
	p[0] = word >> 8;
	p[1] = word;
	p[2] = protocol >> 8;
	p[3] = protocol;
	memcpy(p + 4, &to.gre_key, 4);
	return 8;
}

static uint16_t checksum(const void *data, size_t len)
{
	const uint8_t *p = data;
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i < len; i += 2)
		sum += get_be16(p + i);
	sum = (sum & 0xffff) + (sum >> 16);
	return htons(~(sum + (sum >> 16)));
}

static size_t put_ip(uint8_t *p, uint32_t src, uint32_t dst, uint8_t protocol,
		     size_t len, uint16_t offset)
{
	struct iphdr iph = {
		.version = 4, .ihl = 5, .ttl = 64, .protocol = protocol,
		.tot_len = htons(len), .frag_off = htons(offset),
		.saddr = src, .daddr = dst,
	};

	if (offset)
		iph.id = htons(to.seq);
	iph.check = checksum(&iph, sizeof(iph));
	memcpy(p, &iph, sizeof(iph));
	return sizeof(iph);
}

/* A packet with nothing wrong, of @size bytes from its IP header on. */
static size_t put_good(uint8_t *p, size_t size)
{
	size_t at = put_gre(p, 0x2000, ETHERTYPE_IP);

	put_ip(p + at, to.inner_src, to.inner_dst, 253, size, 0);
	memset(p + at + 20, 0x55, size - 20);
	return at + size;
}

/* Padding as it should be. */
static size_t put_trailer(uint8_t *p, size_t len, uint8_t next)
{
	unsigned int pad = -(len + 2) & 3, i;

	for (i = 0; i < pad; i++)
		p[len + i] = i + 1;
	p[len + pad] = pad;
	p[len + pad + 1] = next;
	return len + pad + 2;
}

static size_t make_good(uint8_t *p, unsigned long i)
{
	return put_trailer(p, put_good(p, 20 + i % 100), NEXT_GRE);
}

static size_t make_words(uint8_t *p, unsigned long i)
{
	static const uint16_t protocols[] = {
		ETHERTYPE_IP, ETHERTYPE_IPV6, GRE_PROTOCOL_NHRP, 0x6558,
		ETHERTYPE_MPLS, 0,
	};
	/* The multiplier is odd: all words come. */
	uint16_t word = i * 40503;
	size_t len = random32() % 64;

	put_good(p, 100);
	/* In every fourth packet only the protocol may be wrong. */
	put_gre(p, i % 4 ? word : 0x2000,
		i % 7 ? protocols[i / 4 % 6] : random32());
	if (i % 8 == 1)
		fill_random(p + 4, 4);
	return put_trailer(p, 8 + len, NEXT_GRE);
}

static size_t make_pad(uint8_t *p, unsigned long i)
{
	size_t len = make_good(p, i);

	if (i % 2)
		fill_random(p + len - 6, 5);
	else
		p[len - 2] = i / 2;
	return len;
}

static size_t make_next(uint8_t *p, unsigned long i)
{
	size_t len = make_good(p, i);

	p[len - 1] = i;
	return len;
}

static size_t make_runt(uint8_t *p, unsigned long i)
{
	put_good(p, 64);
	return put_trailer(p, i % 65, NEXT_GRE);
}

static size_t make_inner(uint8_t *p, unsigned long i)
{
	size_t len = 20 + i % 80;
	uint8_t *inner = p + put_good(p, len) - len;
	uint16_t sum;

	fill_random(inner, i % 2 ? len : 12);
	if (i % 4 != 3)
		inner[0] = 0x40 | (inner[0] & 15);
	if (i % 4 == 1) {
		memset(inner + 10, 0, 2);
		sum = checksum(inner, 20);
		memcpy(inner + 10, &sum, 2);
	}
	return put_trailer(p, 8 + len, NEXT_GRE);
}

static size_t make_nhrp(uint8_t *p, unsigned long i)
{
	size_t len = i % 200, at = put_gre(p, 0x2000, GRE_PROTOCOL_NHRP);
	uint16_t sum;

	fill_random(p + at, len);
	/* Many get past the first checks: of version, size and checksum. */
	if (len >= 28 && i % 4) {
		memcpy(p + at, "\0\1\x08\0\0\0\0\0\0", 9);
		p[at + 10] = len >> 8;
		p[at + 11] = len;
		p[at + 14] = p[at + 14] & 1 ? 0 : p[at + 14] % len;
		p[at + 15] = i % 2 ? p[at + 15] : 28;
		p[at + 16] = 1;
		p[at + 17] = random32() % 10;
		p[at + 18] = 4;
		p[at + 19] = 0;
		memcpy(p + at + 20, "\4\4", 2);
		memset(p + at + 12, 0, 2);
		p[at + len] = 0;
		sum = checksum(p + at, len);
		memcpy(p + at + 12, &sum, 2);
	}
	return put_trailer(p, at + len, NEXT_GRE);
}

static size_t make_big(uint8_t *p, unsigned long i)
{
	/* What is left of the largest packet for an inner one, then less. */
	size_t size = (CLEAR_MAX & ~3) - 2 - 8 - i % 2000 * 32;

	return put_trailer(p, put_good(p, size), NEXT_GRE);
}

/* ---- packets ---- */

static uint8_t frames[BATCH][ETH_HLEN + PACKET_MAX];

static uint8_t *put_ether(uint8_t *frame)
{
	memcpy(frame, to.mac, ETH_ALEN);
	memcpy(frame + ETH_ALEN, "\2\0\0\0\0\1", ETH_ALEN);
	frame[12] = ETHERTYPE_IP >> 8;
	frame[13] = ETHERTYPE_IP & 255;
	return frame + ETH_HLEN;
}

static void put_spi(uint8_t *esp, uint32_t seq)
{
	seq = htonl(seq);
	memcpy(esp, &to.spi, 4);
	memcpy(esp + 4, &seq, 4);
}

/* Its length, from the outer IP header on. */
static size_t finish(uint8_t *ip, size_t clear)
{
	size_t len = 20 + ESP_HEAD + clear + ICV;

	put_ip(ip, to.src, to.dst, IPPROTO_ESP, len, 0);
	return len;
}

static size_t valid(uint8_t *ip, size_t (*make)(uint8_t *, unsigned long),
		    unsigned long i)
{
	uint8_t *esp = ip + 20;
	size_t clear = make(esp + ESP_HEAD, i);

	fates[fate(esp + ESP_HEAD, clear)]++;
	put_spi(esp, to.seq++);
	gcm_encrypt(esp, clear);
	return finish(ip, clear);
}

/* Valid but for one bit of what the ICV covers or is, and far ahead. */
static size_t flipped(uint8_t *ip, unsigned long i)
{
	uint8_t *esp = ip + 20;
	size_t clear = make_good(esp + ESP_HEAD, i);
	size_t at = 8 + random32() % (8 + clear + ICV);

	put_spi(esp, to.seq + random32() % 1000000);
	gcm_encrypt(esp, clear);
	esp[at] ^= 1 << random32() % 8;
	fates[AUTH_FAILED]++;
	return finish(ip, clear);
}

/* Anything behind the SPI, the number too. */
static size_t noise(uint8_t *ip, unsigned long i)
{
	size_t len = 8 + i % 120;
	uint8_t *esp = ip + 20;
	uint32_t seq = i % 16 ? to.seq + random32() % 1000000 : 0;

	fill_random(esp, len);
	put_spi(esp, seq);
	put_ip(ip, to.src, to.dst, IPPROTO_ESP, 20 + len, 0);
	if (len < ESP_HEAD + ICV + 4 || (len - ESP_HEAD - ICV) % 4)
		fates[SHORT]++;
	else
		fates[seq ? AUTH_FAILED : REPLAYED]++;
	return 20 + len;
}

/* Valid, but the numbers are those of packets that were taken. */
static size_t replayed(uint8_t *ip, unsigned long i)
{
	uint8_t *esp = ip + 20;
	size_t clear = make_good(esp + ESP_HEAD, i);

	put_spi(esp, to.seq - 1 - random32() % to.seq);
	gcm_encrypt(esp, clear);
	fates[REPLAYED]++;
	return finish(ip, clear);
}

static const struct {
	const char *name;
	size_t (*make)(uint8_t *clear, unsigned long i);
	size_t (*invalid)(uint8_t *ip, unsigned long i);
} kinds[] = {
	{ .name = "good", .make = make_good },
	{ .name = "words", .make = make_words },
	{ .name = "pad", .make = make_pad },
	{ .name = "next", .make = make_next },
	{ .name = "runt", .make = make_runt },
	{ .name = "inner", .make = make_inner },
	{ .name = "nhrp", .make = make_nhrp },
	{ .name = "big", .make = make_big },
	{ .name = "fragments", .make = make_big },
	{ .name = "flipped", .invalid = flipped },
	{ .name = "noise", .invalid = noise },
	{ .name = "replayed", .invalid = replayed },
};

static size_t make_packet(uint8_t *ip, int kind, unsigned long i)
{
	return kinds[kind].make ? valid(ip, kinds[kind].make, i) :
				  kinds[kind].invalid(ip, i);
}

/* ---- sending ---- */

static void send_all(int sock, struct mmsghdr *msgs, unsigned int n)
{
	unsigned int done = 0;
	int sent;

	while (done < n) {
		sent = sendmmsg(sock, msgs + done, n - done, 0);
		if (sent < 0)
			err(1, "sendmmsg");
		done += sent;
	}
}

static void send_batch(int sock, int kind, unsigned long first, unsigned int n)
{
	struct mmsghdr msgs[BATCH] = {};
	struct iovec vec[BATCH];
	unsigned int i;

	for (i = 0; i < n; i++) {
		uint8_t *ip = put_ether(frames[i]);

		vec[i].iov_base = frames[i];
		vec[i].iov_len = ETH_HLEN + make_packet(ip, kind, first + i);
		msgs[i].msg_hdr.msg_iov = &vec[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
	send_all(sock, msgs, n);
}

static void send_fragments(int sock, int kind, unsigned long i)
{
	static uint8_t whole[PACKET_MAX];
	size_t len = make_packet(whole, kind, i) - 20, at, part;
	uint8_t *ip = put_ether(frames[0]);

	for (at = 0; at < len; at += part) {
		part = len - at < FRAGMENT ? len - at : FRAGMENT;
		put_ip(ip, to.src, to.dst, IPPROTO_ESP, 20 + part,
		       at / 8 | (at + part < len ? IP_MF : 0));
		memcpy(ip + 20, whole + 20 + at, part);
		if (send(sock, frames[0], ETH_HLEN + 20 + part, 0) < 0)
			err(1, "send");
	}
}

static int open_device(const char *name)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_ifindex = if_nametoindex(name),
	};
	int sock = socket(AF_PACKET, SOCK_RAW, 0), one = 1;

	if (sock < 0 || bind(sock, (struct sockaddr *)&addr, sizeof(addr)) ||
	    setsockopt(sock, SOL_PACKET, PACKET_QDISC_BYPASS, &one,
		       sizeof(one)))
		err(1, "%s", name);
	return sock;
}

static void parse_bytes(uint8_t *to, size_t len, const char *text, int step)
{
	size_t i;

	for (i = 0; i < len; i++, text += step)
		if (sscanf(text, "%2hhx", &to[i]) != 1)
			errx(1, "not %zu bytes: %s", len, text);
}

static int find_kind(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(name, kinds[i].name))
			return i;
	errx(1, "no kind %s", name);
}

int main(int argc, char **argv)
{
	unsigned long count, i, n;
	uint8_t key[20];
	int sock, kind;

	if (argc != 13)
		errx(1, "see the head of the source for what to say");
	sock = open_device(argv[1]);
	parse_bytes(to.mac, sizeof(to.mac), argv[2], 3);
	to.src = inet_addr(argv[3]);
	to.dst = inet_addr(argv[4]);
	to.spi = htonl(strtoul(argv[5], NULL, 0));
	parse_bytes(key, sizeof(key), argv[6], 2);
	to.gre_key = htonl(strtoul(argv[7], NULL, 0));
	to.inner_src = inet_addr(argv[8]);
	to.inner_dst = inet_addr(argv[9]);
	to.seq = strtoul(argv[10], NULL, 0);
	kind = find_kind(argv[11]);
	count = strtoul(argv[12], NULL, 0);
	gcm_init(key);
	for (i = 0; i < count; i += n) {
		n = 1;
		if (!strcmp(argv[11], "fragments")) {
			send_fragments(sock, kind, i);
		} else {
			n = count - i < BATCH ? count - i : BATCH;
			send_batch(sock, kind, i, n);
		}
	}
	printf("{\"sent\": %lu", count);
	for (i = 0; i < FATES; i++)
		printf(", \"%s\": %lu", fate_names[i], fates[i]);
	printf("}\n");
	return 0;
}
