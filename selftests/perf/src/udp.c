// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"
#include "flow.h"

#define BATCH		32
#define DATAGRAM_MAX	65536
/*
 * A batch that nobody receives has gone its way after this. Where
 * instructions are counted the rest of it is idle and counts nothing.
 */
#define BLIND_MS	4
#define LOST_MS		1000
/* Datagrams of a stream under way, and how many are acknowledged at once. */
#define WINDOW		128
#define CREDIT		32

static char datagram[DATAGRAM_MAX];

/* The same sequence in each run. */
static uint32_t random_below(uint32_t n)
{
	static uint32_t x = 2463534242u;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return (uint32_t)(((uint64_t)x * n) >> 32);
}

/* To one of the destinations. */
static void send_to(const struct flow *f, int fd, uint32_t which)
{
	struct sockaddr_in to = f->dst;

	to.sin_addr.s_addr = htonl(ntohl(to.sin_addr.s_addr) + which);
	if (sendto(fd, datagram, f->size, 0, (struct sockaddr *)&to,
		   sizeof(to)) != (ssize_t)f->size)
		die("send to %s", inet_ntoa(to.sin_addr));
}

static void send_one(const struct flow *f, int fd)
{
	if (f->spread > 1)
		send_to(f, fd, random_below((uint32_t)f->spread));
	else if (send(fd, datagram, f->size, 0) != (ssize_t)f->size)
		die("send");
}

/* How many of a batch came. */
static unsigned int take_batch(const struct flow *f, int fd)
{
	struct pollfd event = { .fd = fd, .events = POLLIN };
	static char buf[DATAGRAM_MAX];
	unsigned int got = 0;
	ssize_t len;

	while (got < BATCH) {
		len = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);
		if (len == (ssize_t)f->size)
			got++;
		else if (len >= 0 || errno != EAGAIN)
			die("recv gave %zd", len);
		else if (poll(&event, 1, LOST_MS) <= 0)
			break;
	}
	return got;
}

/* Return: datagrams of it that came. */
static unsigned int batch(const struct flow *f, int out, int in)
{
	unsigned int i;

	for (i = 0; i < BATCH; i++)
		send_one(f, out);
	if (!f->blind)
		return take_batch(f, in);
	pause_ms(BLIND_MS);
	return BATCH;
}

static int sending_socket(const struct flow *f)
{
	int fd = flow_socket(f->from, &f->src, SOCK_DGRAM);

	if (f->spread == 1 &&
	    connect(fd, (const struct sockaddr *)&f->dst, sizeof(f->dst)))
		die("connect to %s", inet_ntoa(f->dst.sin_addr));
	return fd;
}

void flow_sweep(const struct flow *f)
{
	int fd = flow_socket(f->from, &f->src, SOCK_DGRAM);
	struct instant begin, end;
	uint32_t i;

	begin = measure_begin();
	for (i = 0; i < f->spread; i++)
		send_to(f, fd, i);
	end = measure_end();
	print_span("packets", f->spread, f->spread * f->size, &begin, &end, 0);
}

void flow_batches(const struct flow *f)
{
	unsigned long i, batches = (f->count + BATCH - 1) / BATCH;
	uint64_t sent = batches * BATCH, came = 0, before = 0;
	int out = sending_socket(f), in = -1;
	struct instant begin, end;

	if (f->blind)
		enter_namespace(f->to);
	else
		in = flow_socket(f->to, &f->dst, SOCK_DGRAM);
	for (i = 0; i < batches / 8 + 1; i++)
		batch(f, out, in);
	if (f->blind)
		before = device_received(f->blind);
	begin = measure_begin();
	for (i = 0; i < batches; i++)
		came += batch(f, out, in);
	end = measure_end();
	if (f->blind)
		came = device_received(f->blind) - before;
	print_span("packets", sent, sent * f->size, &begin, &end,
		   came < sent ? sent - came : 0);
}

/**
 * struct stream - what the receiver of a stream says
 * @begin: when the last datagram came that does not count
 * @end: when the last one came; only the time is set
 * @came: datagrams between these
 */
struct stream {
	struct instant begin;
	struct instant end;
	uint64_t came;
};

static void receive_stream(int fd, int credits, unsigned long warm,
			   struct stream *s)
{
	const uint64_t some = CREDIT;
	unsigned long n;

	for (n = 1;; n++) {
		if (recv(fd, datagram, sizeof(datagram), 0) < 0)
			die("recv");
		if (n % CREDIT)
			continue;
		s->end.ns = now_ns();
		if (n <= warm)
			s->begin.ns = s->end.ns;
		else
			s->came = n - warm;
		if (write(credits, &some, sizeof(some)) < 0)
			die("eventfd");
	}
}

/* Wait for leave to send more. Return: datagrams. */
static uint64_t take_credits(int credits)
{
	struct pollfd event = { .fd = credits, .events = POLLIN };
	uint64_t more;

	/* All that was under way is lost, and a new window begins. */
	if (poll(&event, 1, LOST_MS) <= 0)
		return WINDOW;
	if (read(credits, &more, sizeof(more)) != sizeof(more))
		die("eventfd");
	return more;
}

void flow_stream(const struct flow *f)
{
	unsigned long i, warm = f->count / 8 / CREDIT * CREDIT;
	unsigned long count = f->count / CREDIT * CREDIT;
	struct stream *s = flow_share(sizeof(*s));
	int in = flow_socket(f->to, &f->dst, SOCK_DGRAM);
	int out = sending_socket(f);
	int credits = eventfd(0, EFD_CLOEXEC);
	uint64_t may = WINDOW;
	int pid = fork();

	if (pid < 0 || credits < 0)
		die("fork or eventfd");
	if (!pid)
		receive_stream(in, credits, warm, s);
	for (i = 0; i < warm + count; i++) {
		if (!may)
			may = take_credits(credits);
		send_one(f, out);
		may--;
	}
	pause_ms(LOST_MS / 5);
	kill(pid, SIGKILL);
	print_span("packets", s->came, s->came * f->size, &s->begin, &s->end,
		   count - s->came);
}
