// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Many spokes on one socket: they register with a hub, or resolve one another
 * through it, over plain GRE. See usage().
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/ip.h>
#include <net/if.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"
#include "nhrpd/codec.h"
#include "nhrpd/ext.h"

/* Requests without an answer at a time, and when one is sent again. */
#define WINDOW		64
#define RESEND_NS	2000000000ull
#define BATCH		64
#define PIDS		4
#define RECEIVE_BYTES	(16 << 20)

#define GRE_LEN		8
#define GRE_KEY		0x2000
#define GRE_NHRP	0x2001
/* In an NHRP packet with IPv4 addresses. */
#define TYPE_AT		17
#define ID_AT		24
#define CODE_AT		40
/* All of a spoke's requests have the same length below this. */
#define PACKET_ROOM	160

/**
 * struct cloud - who there is, addresses in host order
 * @hub_nbma: of the hub
 * @hub_proto: its overlay address
 * @nbma: of the first spoke, the others follow
 * @proto: its overlay address
 * @key: of GRE
 * @holdtime: seconds
 */
struct cloud {
	uint32_t hub_nbma;
	uint32_t hub_proto;
	uint32_t nbma;
	uint32_t proto;
	uint32_t key;
	uint16_t holdtime;
};

/**
 * struct spoke - a request and what became of it
 * @packet: from the IP header on
 * @len: bytes
 * @sent: when, 0 for not yet
 * @answered: its answer has come
 */
struct spoke {
	uint8_t packet[PACKET_ROOM];
	uint16_t len;
	uint64_t sent;
	bool answered;
};

/**
 * struct run - a measurement
 * @spoke: array of @n
 * @n: their number
 * @type: of what comes back
 * @rate: requests a second, 0 for as many as there are answers
 * @out: socket for requests
 * @in: socket that sees what comes
 * @next: the first that was not sent
 * @oldest: the first that was not answered
 * @waiting: sent and not answered
 * @answered: answers
 * @refused: of these with a code that is not 0
 * @again: requests sent again
 */
struct run {
	struct spoke *spoke;
	size_t n;
	uint8_t type;
	unsigned long rate;
	int out;
	int in;
	size_t next;
	size_t oldest;
	size_t waiting;
	size_t answered;
	size_t refused;
	size_t again;
};

static void usage(void)
{
	fputs("usage: spokes [-f FIRST] [-n COUNT] [-r RATE] [-t SECONDS] [-d HOLDTIME]\n"
	      "              [-p PID]... register|resolve DEV KEY HUB HUB_PROTO NBMA PROTO\n"
	      "The first has the NBMA address NBMA and the tunnel address PROTO, the others\n"
	      "the ones that follow. They are FIRST (0 unless told) to FIRST + COUNT - 1.\n"
	      "  -r RATE     requests a second; else 64 at a time wait for an answer\n"
	      "  -t SECONDS  how long to wait for all of them, default 60\n"
	      "  -p PID      add up what that process spends meanwhile\n",
	      stderr);
	exit(2);
}

/* ---- requests ---- */

static struct addr ipv4(uint32_t ip)
{
	return addr_v4(ip);
}

static size_t make_nhrp(const struct cloud *c, uint8_t type, uint32_t i,
			uint32_t about, uint8_t *data, size_t size)
{
	struct nhrp_msg msg = {
		.type = type,
		.hops = NHRP_HOPS,
		.protocol = NHRP_PROTOCOL_IPV4,
		.afn = NHRP_AFN_IPV4,
		.id = i,
		.src_nbma = ipv4(c->nbma + i),
		.src_proto = ipv4(c->proto + i),
		.dst_proto = ipv4(about),
		.cie = { { .prefix_len = 32, .holdtime = c->holdtime } },
		.n_cie = 1,
	};
	size_t len = ext_add_request(&msg) ? nhrp_encode(&msg, data, size) : 0;

	if (!len)
		die("a request does not fit");
	return len;
}

static void make_request(const struct cloud *c, uint8_t type, uint32_t i,
			 uint32_t about, struct spoke *spoke)
{
	const uint32_t gre[] = { htonl(GRE_KEY << 16 | GRE_NHRP),
				 htonl(c->key) };
	const size_t head = sizeof(struct iphdr) + sizeof(gre);
	struct iphdr ip = {
		.version = 4,
		.ihl = 5,
		.ttl = 64,
		.protocol = IPPROTO_GRE,
		.saddr = htonl(c->nbma + i),
		.daddr = htonl(c->hub_nbma),
	};

	spoke->len = (uint16_t)(head + make_nhrp(c, type, i, about,
						 spoke->packet + head,
						 sizeof(spoke->packet) - head));
	/* The kernel fills in the sum and the length. */
	memcpy(spoke->packet, &ip, sizeof(ip));
	memcpy(spoke->packet + sizeof(ip), gre, sizeof(gre));
}

/* Who resolves asks for its neighbour. */
static void make_all(const struct cloud *c, uint32_t first, struct run *run,
		     bool resolve)
{
	uint32_t i, other;

	run->type = resolve ? NHRP_RESOLUTION_REQUEST :
			      NHRP_REGISTRATION_REPLY;
	run->spoke = calloc(run->n, sizeof(*run->spoke));
	if (!run->spoke)
		die("memory");
	for (i = 0; i < run->n; i++) {
		other = first + (i + 1) % (uint32_t)run->n;
		make_request(c, resolve ? NHRP_RESOLUTION_REQUEST :
					  NHRP_REGISTRATION_REQUEST,
			     first + i,
			     resolve ? c->proto + other : c->hub_proto,
			     &run->spoke[i]);
	}
}

/* ---- sockets ---- */

static void open_sockets(struct run *run, const char *dev)
{
	struct sockaddr_ll from = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = (int)if_nametoindex(dev),
	};
	int one = 1, bytes = RECEIVE_BYTES;

	run->out = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
	run->in = socket(AF_PACKET, SOCK_DGRAM, 0);
	if (run->out < 0 || run->in < 0)
		die("socket");
	if (setsockopt(run->in, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one,
		       sizeof(one)) ||
	    setsockopt(run->in, SOL_SOCKET, SO_RCVBUFFORCE, &bytes,
		       sizeof(bytes)) ||
	    bind(run->in, (struct sockaddr *)&from, sizeof(from)))
		die("%s", dev);
}

static size_t send_batch(struct run *run, const struct cloud *c,
			 struct spoke **spoke, size_t n)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(c->hub_nbma),
	};
	struct mmsghdr msg[BATCH] = { 0 };
	struct iovec iov[BATCH];
	uint64_t now = now_ns();
	int sent;
	size_t i;

	for (i = 0; i < n; i++) {
		iov[i].iov_base = spoke[i]->packet;
		iov[i].iov_len = spoke[i]->len;
		msg[i].msg_hdr.msg_name = &to;
		msg[i].msg_hdr.msg_namelen = sizeof(to);
		msg[i].msg_hdr.msg_iov = &iov[i];
		msg[i].msg_hdr.msg_iovlen = 1;
	}
	sent = sendmmsg(run->out, msg, (unsigned int)n, 0);
	if (sent < 0)
		die("send");
	for (i = 0; i < (size_t)sent; i++)
		spoke[i]->sent = now;
	return (size_t)sent;
}

static void send_new(struct run *run, const struct cloud *c, size_t most)
{
	struct spoke *batch[BATCH];
	size_t n = 0;

	while (n < BATCH && n < most && run->next + n < run->n) {
		batch[n] = &run->spoke[run->next + n];
		n++;
	}
	if (!n)
		return;
	n = send_batch(run, c, batch, n);
	run->next += n;
	run->waiting += n;
}

/* Those that have waited too long; nobody behind @next has been sent. */
static void send_again(struct run *run, const struct cloud *c)
{
	struct spoke *batch[BATCH];
	uint64_t now = now_ns();
	size_t i, n = 0;

	while (run->oldest < run->next && run->spoke[run->oldest].answered)
		run->oldest++;
	for (i = run->oldest; i < run->next && n < BATCH; i++)
		if (!run->spoke[i].answered &&
		    now - run->spoke[i].sent > RESEND_NS)
			batch[n++] = &run->spoke[i];
	if (n)
		run->again += send_batch(run, c, batch, n);
}

/* ---- answers ---- */

/* By their places: to decode them would cost as much as what is measured. */
static void take(struct run *run, uint32_t first, const uint8_t *data,
		 size_t len)
{
	const size_t head = sizeof(struct iphdr) + GRE_LEN;
	const uint8_t *nhrp = data + head;
	struct spoke *spoke;
	uint32_t id;

	if (len < head + CODE_AT + 1 || data[9] != IPPROTO_GRE ||
	    nhrp[TYPE_AT] != run->type)
		return;
	memcpy(&id, nhrp + ID_AT, sizeof(id));
	id = ntohl(id) - first;
	if (id >= run->next)
		return;
	spoke = &run->spoke[id];
	if (spoke->answered)
		return;
	spoke->answered = true;
	run->answered++;
	run->waiting--;
	run->refused += nhrp[CODE_AT] != 0;
}

static void receive(struct run *run, uint32_t first)
{
	static uint8_t data[BATCH][2048];
	struct mmsghdr msg[BATCH] = { 0 };
	struct iovec iov[BATCH];
	int i, n;

	for (i = 0; i < BATCH; i++) {
		iov[i].iov_base = data[i];
		iov[i].iov_len = sizeof(data[i]);
		msg[i].msg_hdr.msg_iov = &iov[i];
		msg[i].msg_hdr.msg_iovlen = 1;
	}
	do {
		n = recvmmsg(run->in, msg, BATCH, MSG_DONTWAIT, NULL);
		for (i = 0; i < n; i++)
			take(run, first, data[i], msg[i].msg_len);
	} while (n == BATCH);
}

/* How many more may be sent now. */
static size_t allowed(const struct run *run, uint64_t passed)
{
	size_t due;

	if (!run->rate)
		return run->waiting < WINDOW ? WINDOW - run->waiting : 0;
	due = (size_t)(passed * run->rate / 1000000000u);
	return due > run->next ? due - run->next : 0;
}

static void go(struct run *run, const struct cloud *c, uint32_t first,
	       unsigned long seconds)
{
	struct pollfd in = { .fd = run->in, .events = POLLIN };
	uint64_t begin = now_ns(), passed = 0;

	while (run->answered < run->n && passed < seconds * 1000000000ull) {
		send_new(run, c, allowed(run, passed));
		send_again(run, c);
		if (run->rate)
			pause_ms(5);
		else
			poll(&in, 1, 100);
		receive(run, first);
		passed = now_ns() - begin;
	}
}

/* ---- what others spend ---- */

static uint64_t thread_ns(const char *pid, const char *tid)
{
	char path[300];
	uint64_t ns = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/task/%s/schedstat", pid, tid);
	file = fopen(path, "r");
	if (!file)
		return 0;
	if (fscanf(file, "%" SCNu64, &ns) != 1)
		ns = 0;
	fclose(file);
	return ns;
}

static uint64_t process_ns(const char *pid)
{
	struct dirent *entry;
	char path[64];
	uint64_t ns = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%s/task", pid);
	dir = opendir(path);
	if (!dir)
		die("no process %s", pid);
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			ns += thread_ns(pid, entry->d_name);
	closedir(dir);
	return ns;
}

/* ---- */

static uint32_t parse(const char *text)
{
	struct in_addr addr;

	if (inet_pton(AF_INET, text, &addr) != 1)
		die("not an address: %s", text);
	return ntohl(addr.s_addr);
}

/**
 * struct options - of the command line
 * @first: see usage
 * @seconds: likewise
 * @pid: likewise, array of @n_pids
 * @n_pids: their number
 */
struct options {
	uint32_t first;
	unsigned long seconds;
	const char *pid[PIDS];
	size_t n_pids;
};

static void parse_options(int argc, char **argv, struct options *o,
			  struct cloud *c, struct run *run)
{
	int option;

	while ((option = getopt(argc, argv, "f:n:r:t:d:p:")) != -1) {
		if (option == 'f')
			o->first = (uint32_t)number(optarg);
		else if (option == 'n')
			run->n = number(optarg);
		else if (option == 'r')
			run->rate = number(optarg);
		else if (option == 't')
			o->seconds = number(optarg);
		else if (option == 'd')
			c->holdtime = (uint16_t)number(optarg);
		else if (option == 'p' && o->n_pids < PIDS)
			o->pid[o->n_pids++] = optarg;
		else
			usage();
	}
	if (argc - optind != 7 || !run->n)
		usage();
}

int main(int argc, char **argv)
{
	struct options o = { .seconds = 60 };
	struct cloud c = { .holdtime = 7200 };
	struct instant begin, end;
	struct run run = { .n = 1 };
	uint64_t spent[PIDS];
	size_t i;

	parse_options(argc, argv, &o, &c, &run);
	argv += optind;
	c.key = (uint32_t)number(argv[2]);
	c.hub_nbma = parse(argv[3]);
	c.hub_proto = parse(argv[4]);
	c.nbma = parse(argv[5]);
	c.proto = parse(argv[6]);
	make_all(&c, o.first, &run, !strcmp(argv[0], "resolve"));
	open_sockets(&run, argv[1]);

	for (i = 0; i < o.n_pids; i++)
		spent[i] = process_ns(o.pid[i]);
	begin = measure_begin();
	go(&run, &c, o.first, o.seconds);
	end = measure_end();
	for (i = 0; i < o.n_pids; i++)
		spent[i] = process_ns(o.pid[i]) - spent[i];

	printf("\"asked\":%zu,\"answered\":%zu,\"refused\":%zu,\"again\":%zu,"
	       "\"ns\":%" PRIu64 ",\"idle\":%" PRIu64 ",\"cpu\":[",
	       run.n, run.answered, run.refused, run.again,
	       end.ns - begin.ns, end.idle - begin.idle);
	for (i = 0; i < o.n_pids; i++)
		printf("%s%" PRIu64, i ? "," : "", spent[i]);
	printf("]\n");
	return 0;
}
