// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Give a dmvpn device many peers with their next hops, or SAs for them, and say
 * what that took. See usage().
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/dmvpn.h>
#include <linux/genetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"
#include "lib/genl.h"

#define CIPHER	"rfc4106(gcm(aes))"
#define ICV_LEN	16
#define KEY_LEN	20
#define POLICY	"CROWD"
/* Requests that are sent at once. */
#define BATCH	64
#define ROOM	(BATCH * 512)

/**
 * struct batch - requests to send
 * @data: the messages
 * @len: their bytes
 * @n: their number
 * @last: the newest of them
 */
struct batch {
	struct genl genl;
	char data[ROOM] __attribute__((aligned(NLMSG_ALIGNTO)));
	size_t len;
	unsigned int n;
	struct nlmsghdr *last;
};

/**
 * struct member - one of the crowd, all numbers in host order
 * @ifindex: device
 * @local: NBMA address of the device
 * @remote: NBMA address of the peer
 * @overlay: address of its next hop
 * @out: SPI from us to it
 * @in: SPI from it to us
 */
struct member {
	uint32_t ifindex;
	uint32_t local;
	uint32_t remote;
	uint32_t overlay;
	uint32_t out;
	uint32_t in;
};

static void usage(void)
{
	fputs("usage: crowd [-f FIRST] [-n COUNT] peers|sas|policies DEV LOCAL REMOTE OVERLAY OUT IN\n"
	      "policies: peers that are there get the policy " POLICY ".\n"
	      "The first has the NBMA address REMOTE, the tunnel address OVERLAY and the SPIs\n"
	      "OUT (to it) and IN; the others have the numbers that follow. They are FIRST\n"
	      "(0 unless told) to FIRST + COUNT - 1.\n",
	      stderr);
	exit(2);
}

/* The answer to the last request, and the end of the program if one failed. */
static void batch_answer(struct batch *b, uint32_t seq)
{
	static char buf[16384] __attribute__((aligned(NLMSG_ALIGNTO)));
	const struct nlmsgerr *ack;
	struct nlmsghdr *hdr;
	int left;

	for (;;) {
		left = (int)recv(b->genl.nl.fd, buf, sizeof(buf), 0);
		if (left < 0)
			die("netlink");
		hdr = (struct nlmsghdr *)buf;
		for (; NLMSG_OK(hdr, (unsigned int)left);
		     hdr = NLMSG_NEXT(hdr, left)) {
			if (hdr->nlmsg_type != NLMSG_ERROR)
				continue;
			ack = NLMSG_DATA(hdr);
			errno = -ack->error;
			if (errno)
				die("request %u", hdr->nlmsg_seq);
			if (hdr->nlmsg_seq == seq)
				return;
		}
	}
}

static void batch_flush(struct batch *b)
{
	if (!b->n)
		return;
	b->last->nlmsg_flags |= NLM_F_ACK;
	if (send(b->genl.nl.fd, b->data, b->len, 0) != (ssize_t)b->len)
		die("netlink");
	batch_answer(b, b->last->nlmsg_seq);
	b->len = 0;
	b->n = 0;
}

static void begin(struct batch *b, uint8_t cmd)
{
	struct genlmsghdr *genl;

	b->last = (struct nlmsghdr *)(b->data + b->len);
	*b->last = (struct nlmsghdr){
		.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN),
		.nlmsg_type = b->genl.family,
		.nlmsg_flags = NLM_F_REQUEST,
		.nlmsg_seq = ++b->genl.nl.seq,
	};
	genl = NLMSG_DATA(b->last);
	*genl = (struct genlmsghdr){
		.cmd = cmd,
		.version = DMVPN_GENL_VERSION,
	};
}

static void put(struct batch *b, uint16_t type, const void *data, size_t len)
{
	struct nlattr *attr;

	attr = (struct nlattr *)((char *)b->last + b->last->nlmsg_len);
	attr->nla_type = type;
	attr->nla_len = (uint16_t)(NLA_HDRLEN + len);
	memset((char *)attr + NLA_HDRLEN, 0, NLA_ALIGN(len));
	memcpy((char *)attr + NLA_HDRLEN, data, len);
	b->last->nlmsg_len += NLA_HDRLEN + NLA_ALIGN(len);
}

static void put_number(struct batch *b, uint16_t type, uint32_t value)
{
	put(b, type, &value, sizeof(value));
}

/* Addresses and SPIs. */
static void put_big_endian(struct batch *b, uint16_t type, uint32_t value)
{
	put_number(b, type, htonl(value));
}

static void put_string(struct batch *b, uint16_t type, const char *text)
{
	put(b, type, text, strlen(text) + 1);
}

static void end(struct batch *b)
{
	b->len += b->last->nlmsg_len;
	if (++b->n == BATCH)
		batch_flush(b);
}

static void add_peer(struct batch *b, const struct member *m)
{
	begin(b, DMVPN_CMD_PEER_NEW);
	put_number(b, DMVPN_A_PEER_IFINDEX, m->ifindex);
	put_big_endian(b, DMVPN_A_PEER_REMOTE, m->remote);
	end(b);

	begin(b, DMVPN_CMD_NEXTHOP_NEW);
	put_number(b, DMVPN_A_NEXTHOP_IFINDEX, m->ifindex);
	put_big_endian(b, DMVPN_A_NEXTHOP_ADDRESS, m->overlay);
	put_big_endian(b, DMVPN_A_NEXTHOP_REMOTE, m->remote);
	put_number(b, DMVPN_A_NEXTHOP_STATE, DMVPN_NEXTHOP_STATE_VALID);
	put_number(b, DMVPN_A_NEXTHOP_KIND, DMVPN_NEXTHOP_KIND_REGISTERED);
	end(b);
}

/* One that is there queues by the policy from now on. */
static void add_policy(struct batch *b, const struct member *m)
{
	begin(b, DMVPN_CMD_PEER_NEW);
	put_number(b, DMVPN_A_PEER_IFINDEX, m->ifindex);
	put_big_endian(b, DMVPN_A_PEER_REMOTE, m->remote);
	put_string(b, DMVPN_A_PEER_POLICY, POLICY);
	end(b);
}

/* Both ends make the same key of the SPI, which is enough for measuring. */
static void add_sa(struct batch *b, const struct member *m, uint32_t dir,
		   uint32_t spi)
{
	uint8_t key[KEY_LEN] = {};

	memcpy(key, &spi, sizeof(spi));
	begin(b, DMVPN_CMD_SA_NEW);
	put_big_endian(b, DMVPN_A_SA_SPI, spi);
	put_number(b, DMVPN_A_SA_DIR, dir);
	put_big_endian(b, DMVPN_A_SA_LOCAL, m->local);
	put_big_endian(b, DMVPN_A_SA_REMOTE, m->remote);
	put_number(b, DMVPN_A_SA_MODE, DMVPN_SA_MODE_TRANSPORT);
	put_string(b, DMVPN_A_SA_CIPHER, CIPHER);
	put(b, DMVPN_A_SA_CIPHER_KEY, key, sizeof(key));
	put_number(b, DMVPN_A_SA_ICV_LEN, ICV_LEN);
	end(b);
}

static void add_sas(struct batch *b, const struct member *m)
{
	add_sa(b, m, DMVPN_SA_DIR_IN, m->in);
	add_sa(b, m, DMVPN_SA_DIR_OUT, m->out);
}

static uint32_t ipv4(const char *text)
{
	struct in_addr addr;

	if (inet_pton(AF_INET, text, &addr) != 1)
		die("not an address: %s", text);
	return ntohl(addr.s_addr);
}

static void make(const struct member *zero, unsigned long first,
		 unsigned long count,
		 void (*add)(struct batch *b, const struct member *m))
{
	static struct batch batch;
	struct member m;
	unsigned long i;

	if (genl_open(&batch.genl))
		die("dmvpn: %s", batch.genl.nl.error);
	for (i = first; i < first + count; i++) {
		m = *zero;
		m.remote += (uint32_t)i;
		m.overlay += (uint32_t)i;
		m.out += (uint32_t)i;
		m.in += (uint32_t)i;
		add(&batch, &m);
	}
	batch_flush(&batch);
	genl_close(&batch.genl);
}

int main(int argc, char **argv)
{
	unsigned long first = 0, count = 1;
	struct instant begin, end;
	struct member zero;
	int option;

	while ((option = getopt(argc, argv, "f:n:")) != -1) {
		if (option == 'f')
			first = number(optarg);
		else if (option == 'n')
			count = number(optarg);
		else
			usage();
	}
	argv += optind;
	if (argc - optind != 7)
		usage();
	zero.ifindex = if_nametoindex(argv[1]);
	if (!zero.ifindex)
		die("no device %s", argv[1]);
	zero.local = ipv4(argv[2]);
	zero.remote = ipv4(argv[3]);
	zero.overlay = ipv4(argv[4]);
	zero.out = (uint32_t)number(argv[5]);
	zero.in = (uint32_t)number(argv[6]);

	measure_settle();
	begin = measure_begin();
	if (!strcmp(argv[0], "peers"))
		make(&zero, first, count, add_peer);
	else if (!strcmp(argv[0], "sas"))
		make(&zero, first, count, add_sas);
	else if (!strcmp(argv[0], "policies"))
		make(&zero, first, count, add_policy);
	else
		usage();
	measure_settle();
	end = measure_end();
	print_span("made", count, 0, &begin, &end, 0);
	return 0;
}
