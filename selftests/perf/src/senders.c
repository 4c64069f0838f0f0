// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "flow.h"

/* What is still on its way when senders have ended comes within this. */
#define SETTLE_MS	100

static char datagram[65536];

static void stay_on(unsigned int processor)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(processor, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("processor %u", processor);
}

static void send_some(const struct flow *f, int fd, unsigned long n)
{
	while (n--)
		if (send(fd, datagram, f->size, 0) != (ssize_t)f->size)
			die("send");
}

/* One sender; it tells when it is ready, and begins when @begin ends. */
static void run_sender(const struct flow *f, unsigned int processor, int ready,
		       int begin)
{
	int fd = flow_socket(f->from, &f->src, SOCK_DGRAM);
	struct sockaddr_in to = f->dst;
	char c = 0;

	if (processor)
		to.sin_addr.s_addr = htonl(ntohl(to.sin_addr.s_addr) +
					   (uint32_t)f->spread);
	if (connect(fd, (const struct sockaddr *)&to, sizeof(to)))
		die("connect to %s", inet_ntoa(to.sin_addr));
	stay_on(processor);
	send_some(f, fd, f->count / 8);
	if (write(ready, &c, 1) != 1 || read(begin, &c, 1))
		die("pipe");
	send_some(f, fd, f->count);
}

static void run(const struct flow *f, unsigned int n)
{
	uint64_t sent = n * f->count, before, came;
	struct instant begin, end;
	int ready[2], go[2], status;
	unsigned int i;
	char c;

	if (pipe(ready) || pipe(go))
		die("pipe");
	for (i = 0; i < n; i++) {
		if (fork())
			continue;
		close(go[1]);
		run_sender(f, i, ready[1], go[0]);
		_exit(0);
	}
	for (i = 0; i < n; i++)
		if (read(ready[0], &c, 1) != 1)
			die("a sender");
	enter_namespace(f->to);
	before = device_received(f->blind);
	begin = measure_begin();
	close(go[1]);
	while (wait(&status) > 0)
		if (status)
			die("a sender failed");
	end = measure_end();
	pause_ms(SETTLE_MS);
	came = device_received(f->blind) - before;
	print_span("packets", sent, sent * f->size, &begin, &end,
		   came < sent ? sent - came : 0);
}

void flow_sender(const struct flow *f)
{
	run(f, 1);
}

void flow_senders(const struct flow *f)
{
	run(f, 2);
}
