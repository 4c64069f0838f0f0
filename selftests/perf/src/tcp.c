// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "flow.h"

#define CHUNK	(64 << 10)

static char chunk[CHUNK];

static void drain(int fd, unsigned long bytes)
{
	ssize_t got;

	for (; bytes; bytes -= got) {
		got = recv(fd, chunk, bytes < CHUNK ? bytes : CHUNK, 0);
		if (got <= 0)
			die("recv gave %zd", got);
	}
}

static void pour(int fd, unsigned long bytes)
{
	ssize_t sent;

	for (; bytes; bytes -= sent) {
		sent = send(fd, chunk, bytes < CHUNK ? bytes : CHUNK, 0);
		if (sent <= 0)
			die("send gave %zd", sent);
	}
}

/* It leaves in @end when it had all. */
static void receive(const struct flow *f, int listener, uint64_t *end)
{
	int fd = accept(listener, NULL, NULL);

	if (fd < 0)
		die("accept");
	drain(fd, f->size);
	*end = now_ns();
	exit(0);
}

static uint64_t retransmits(int fd)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len))
		die("TCP_INFO");
	return info.tcpi_total_retrans;
}

/*
 * From before the first byte to behind the last: what is on the way when a part
 * of them begins differs from run to run. The idle time is read outside, for
 * packets go on while a process reads it.
 */
void flow_tcp(const struct flow *f)
{
	struct instant begin, end;
	uint64_t *received = flow_share(sizeof(*received));
	int listener = flow_socket(f->to, &f->dst, SOCK_STREAM);
	int fd = flow_socket(f->from, &f->src, SOCK_STREAM);
	int pid, status;

	if (listen(listener, 1))
		die("listen");
	begin = measure_begin();
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid)
		receive(f, listener, received);
	if (connect(fd, (const struct sockaddr *)&f->dst, sizeof(f->dst)))
		die("connect to %s", inet_ntoa(f->dst.sin_addr));
	begin.ns = now_ns();
	pour(fd, f->size);
	if (waitpid(pid, &status, 0) != pid || status)
		exit(1);
	end = measure_end();
	end.ns = *received;
	print_span("packets", 0, f->size, &begin, &end, retransmits(fd));
}
