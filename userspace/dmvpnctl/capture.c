// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * capture: what is in the tunnel, in clear, with a peer or with all. It is
 * taken from the devices themselves, in front of the cipher and behind it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if_arp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dmvpnctl/client.h"
#include "dmvpnctl/kernel.h"
#include "dmvpnctl/pcapng.h"
#include "dmvpnctl/run.h"
#include "dmvpnctl/whose.h"
#include "lib/log.h"

/* GRO and GSO make packets of that size at most. */
#define SNAPLEN		(1 << 18)
#define RECEIVE_BUFFER	(8 << 20)
#define COMMENT_LEN	(3 * ADDR_TEXT)

/**
 * struct sll - LINUX_SLL, of https://www.tcpdump.org/linktypes.html
 * @type: PACKET_OUTGOING or another
 * @hatype: ARPHRD_IPGRE: @protocol is that of a GRE header
 * @halen: bytes of @address
 * @address: NBMA address of who sent it, if it is of IPv4
 * @protocol: of what follows
 */
struct sll {
	uint16_t type;
	uint16_t hatype;
	uint16_t halen;
	uint8_t address[8];
	uint16_t protocol;
};

/**
 * struct tap - a device that is listened to
 * @device: the device
 * @interface: its number in the file
 */
struct tap {
	const struct device *device;
	uint32_t interface;
};

/**
 * struct capture - at work
 * @m: the kernel's part, as it was at the beginning
 * @whose: tells which peer a packet belongs to
 * @file: what is written
 * @tap: devices
 * @n: their number
 * @fd: the signals that end it, and behind that a socket for each device
 * @n_fd: their number
 * @peer: only packets of that one; no address for all
 * @any_port: @peer is all that have its address
 * @left: packets until the end, UINT64_MAX for none
 * @written: packets
 * @nhrpd: has it in its log as long as the connection is there
 */
struct capture {
	struct model m;
	struct whose whose;
	FILE *file;
	struct tap *tap;
	size_t n;
	struct pollfd *fd;
	size_t n_fd;
	struct nbma peer;
	bool any_port;
	uint64_t left;
	uint64_t written;
	struct client nhrpd;
};

static int fail(const char *what)
{
	fprintf(stderr, "dmvpnctl: capture: %s: %s\n", what, strerror(errno));
	return -1;
}

/* ---- packets ---- */

static bool is_wanted(const struct capture *c, const struct nbma *nbma)
{
	if (addr_is_none(&c->peer.addr))
		return true;
	return c->any_port ? addr_equal(&nbma->addr, &c->peer.addr) :
			     nbma_equal(nbma, &c->peer);
}

static bool takes_multicast(const struct capture *c, uint32_t ifindex)
{
	const struct peer *p;

	model_for_each(p, c->m.peer, c->m.n_peer)
		if (p->ifindex == ifindex && is_wanted(c, &p->remote) &&
		    p->flags & DMVPN_PEER_FLAGS_MULTICAST)
			return true;
	return false;
}

static uint64_t arrival(struct msghdr *msg)
{
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(msg);
	struct timespec t = { 0 };

	for (; cmsg; cmsg = CMSG_NXTHDR(msg, cmsg))
		if (cmsg->cmsg_level == SOL_SOCKET &&
		    cmsg->cmsg_type == SCM_TIMESTAMPNS)
			memcpy(&t, CMSG_DATA(cmsg), sizeof(t));
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static struct sll sll_of(const struct device *d, const struct sockaddr_ll *from,
			 const struct nbma *nbma)
{
	bool out = from->sll_pkttype == PACKET_OUTGOING;
	const struct addr *sender = out ? &d->local : &nbma->addr;
	struct sll sll = {
		.type = htons(from->sll_pkttype),
		.hatype = htons(ARPHRD_IPGRE),
		.protocol = from->sll_protocol,
	};

	if (sender->len == 4) {
		sll.halen = htons(sender->len);
		memcpy(sll.address, sender->b, sender->len);
	}
	return sll;
}

static int take_packet(struct capture *c, const struct tap *tap,
		       const struct sockaddr_ll *from, struct pcapng_packet *p)
{
	char comment[COMMENT_LEN], text[ADDR_TEXT];
	uint32_t ifindex = tap->device->ifindex;
	struct nbma nbma = { .port = 0 };
	struct addr address, claimed;
	bool multicast;
	struct sll sll;

	p->out = from->sll_pkttype == PACKET_OUTGOING;
	address = whose_address(p->data, p->data_len,
				ntohs(from->sll_protocol), p->out, &claimed);
	multicast = p->out && addr_is_multicast(&address);
	if (!addr_is_none(&claimed))
		nbma = whose_claimed(&c->whose, ifindex, &address, &claimed);
	else if (!addr_is_none(&address) && !multicast)
		nbma = whose_nbma(&c->whose, ifindex, &address);
	if (multicast ? !takes_multicast(c, ifindex) : !is_wanted(c, &nbma))
		return 0;
	snprintf(comment, sizeof(comment), "%s %s", p->out ? "to" : "from",
		 multicast ? "all that take multicast" :
		 addr_is_none(&nbma.addr) ? "somebody unknown" :
					    nbma_format(&nbma, text));
	sll = sll_of(tap->device, from, &nbma);
	p->interface = tap->interface;
	p->comment = comment;
	p->head = &sll;
	p->head_len = sizeof(sll);
	c->written++;
	c->left--;
	if (pcapng_packet(c->file, p) || fflush(c->file))
		return fail("writing");
	return 0;
}

static int take(struct capture *c, size_t i)
{
	static uint8_t buf[SNAPLEN];
	char control[CMSG_SPACE(sizeof(struct timespec))];
	struct iovec part = { .iov_base = buf, .iov_len = sizeof(buf) };
	struct sockaddr_ll from = { 0 };
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t len = recvmsg(c->fd[i + 1].fd, &msg, MSG_DONTWAIT | MSG_TRUNC);
	struct pcapng_packet p = { .data = buf, .len = (size_t)len };

	/* The device may go down and come up again. */
	if (len < 0)
		return errno == EAGAIN || errno == EINTR ||
		       errno == ENETDOWN ? 0 : fail("receiving");
	p.data_len = p.len < sizeof(buf) ? p.len : sizeof(buf);
	p.ns = arrival(&msg);
	return take_packet(c, &c->tap[i], &from, &p);
}

static int run(struct capture *c)
{
	size_t i;
	int err = 0;

	while (!err && c->left) {
		if (poll(c->fd, c->n_fd, -1) < 0)
			return fail("waiting");
		if (c->fd[0].revents)
			return 0;
		for (i = 0; !err && c->left && i < c->n; i++)
			if (c->fd[i + 1].revents)
				err = take(c, i);
	}
	return err;
}

/* ---- beginning and end ---- */

static int open_signals(void)
{
	sigset_t signals;
	int fd;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	/* The reader has enough: the log is to say that it ended. */
	sigaddset(&signals, SIGPIPE);
	if (sigprocmask(SIG_BLOCK, &signals, NULL))
		return fail("signals");
	fd = signalfd(-1, &signals, SFD_CLOEXEC);
	return fd < 0 ? fail("signals") : fd;
}

/* -1 for who has failed, and said so. */
static int listen_to(struct capture *c, int fd)
{
	struct pollfd *p = model_add(c->fd, c->n_fd);

	p->fd = fd;
	p->events = POLLIN;
	return fd < 0 ? -1 : 0;
}

/* Nothing that came before it was bound to the device. */
static int open_tap(const struct device *d)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = (int)d->ifindex,
	};
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int room = RECEIVE_BUFFER, one = 1;

	if (fd < 0)
		return errno == EPERM ?
		       fail("this needs CAP_NET_RAW: run it as root") :
		       fail("packet socket");
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof(one));
	if (!bind(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return fd;
	fail(d->name);
	close(fd);
	return -1;
}

static int open_taps(struct capture *c)
{
	const struct device *d;
	struct tap *tap;

	if (!c->m.n_device) {
		fprintf(stderr,
			"dmvpnctl: capture: there is no dmvpn device here\n");
		return -1;
	}
	model_for_each(d, c->m.device, c->m.n_device) {
		if (listen_to(c, open_tap(d)))
			return -1;
		tap = model_add(c->tap, c->n);
		*tap = (struct tap){ d, (uint32_t)(c->n - 1) };
	}
	return 0;
}

/* What is in clear here is nobody else's. */
static int open_file(struct capture *c, const char *name)
{
	size_t i;
	int fd;

	if (!name || !strcmp(name, "-")) {
		if (isatty(STDOUT_FILENO)) {
			fprintf(stderr,
				"dmvpnctl: capture: -w FILE, or a pipe to who reads it: dmvpnctl capture | tshark -r -\n");
			return -1;
		}
		c->file = stdout;
	} else {
		fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
			  0600);
		c->file = fd < 0 ? NULL : fdopen(fd, "w");
		if (!c->file)
			return fail(name);
	}
	if (pcapng_begin(c->file, "dmvpnctl " VERSION))
		return fail("writing");
	for (i = 0; i < c->n; i++)
		if (pcapng_interface(c->file, c->tap[i].device->name,
				     PCAPNG_LINUX_SLL, SNAPLEN))
			return fail("writing");
	return fflush(c->file) ? fail("writing") : 0;
}

/* The peer is an NBMA address, or an overlay address that is behind one. */
static int find_peer(struct capture *c, const struct args *args)
{
	const struct addr *a = &args->address.addr;
	const struct nexthop *nh;
	const struct peer *p;

	if (!args->address_text)
		return 0;
	model_for_each(p, c->m.peer, c->m.n_peer)
		if (addr_equal(&p->remote.addr, a)) {
			c->peer.addr = *a;
			c->any_port = true;
			return 0;
		}
	model_for_each(nh, c->m.nexthop, c->m.n_nexthop)
		if (addr_equal(&nh->address, a) &&
		    nh->state == DMVPN_NEXTHOP_STATE_VALID) {
			c->peer = nh->remote;
			return 0;
		}
	fprintf(stderr,
		"dmvpnctl: capture: no peer has that NBMA or tunnel address: %s: dmvpnctl show dmvpn has them\n",
		args->address_text);
	return -1;
}

/* Whoever reads the logs shall know that somebody reads the traffic. */
static void announce(struct capture *c, const struct args *args)
{
	const char *peer = args->address_text ? args->address_text : "all";
	const char *dev = args->dev ? args->dev : "all devices";

	log_open("dmvpnctl", LOG_TARGET_SYSLOG, false);
	log_warn("capturing the traffic in clear of %s on %s, for user %u",
		 peer, dev, (unsigned int)getuid());
	if (client_open(&c->nhrpd))
		return;
	if (client_send(&c->nhrpd, json_pack("{ss, ss*, ss*}", "command",
					     "capture", "address",
					     args->address_text, "interface",
					     args->dev)))
		client_close(&c->nhrpd);
}

static void say_lost(const struct capture *c)
{
	struct tpacket_stats stats;
	unsigned int lost = 0;
	socklen_t len;
	size_t i;

	for (i = 0; i < c->n; i++) {
		len = sizeof(stats);
		if (!getsockopt(c->fd[i + 1].fd, SOL_PACKET, PACKET_STATISTICS,
				&stats, &len))
			lost += stats.tp_drops;
	}
	log_warn("capture has ended: %llu packets written",
		 (unsigned long long)c->written);
	fprintf(stderr, "%llu packets captured, %u lost\n",
		(unsigned long long)c->written, lost);
}

static int set_up(struct capture *c, const struct args *args)
{
	if (listen_to(c, open_signals()) || whose_open(&c->whose) ||
	    kernel_read(&c->whose.genl, &c->m) ||
	    show_keep_device(&c->m, args->dev) || find_peer(c, args) ||
	    open_taps(c))
		return -1;
	announce(c, args);
	return open_file(c, args->file);
}

static void tear_down(struct capture *c)
{
	size_t i;

	for (i = 0; i < c->n_fd; i++)
		if (c->fd[i].fd >= 0)
			close(c->fd[i].fd);
	client_close(&c->nhrpd);
	whose_close(&c->whose);
	model_free(&c->m);
	free(c->tap);
	free(c->fd);
}

static bool read_count(const char *text, uint64_t *count)
{
	char *end;

	*count = UINT64_MAX;
	if (!text)
		return true;
	errno = 0;
	*count = strtoull(text, &end, 10);
	return *count && !*end && !errno && text[0] != '-';
}

int capture(const struct output *out, const struct args *args)
{
	struct capture c = {
		.nhrpd = CLIENT_CLOSED,
		.whose = { .rt = NETLINK_CLOSED, .genl = GENL_CLOSED },
	};
	int err;

	(void)out;
	if (!read_count(args->count, &c.left)) {
		fprintf(stderr,
			"dmvpnctl: capture: -c wants a number of packets: \"%s\"\n",
			args->count);
		return 2;
	}
	err = set_up(&c, args);
	if (!err) {
		fprintf(stderr, "capturing, until interrupted\n");
		err = run(&c);
		say_lost(&c);
	}
	if (c.file && c.file != stdout && fclose(c.file) && !err)
		err = fail("writing");
	tear_down(&c);
	return err ? 1 : 0;
}
