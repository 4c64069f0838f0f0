// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "flow.h"

/* Bytes before those that count: the window is open then. */
#define WARM	(2 << 20)
#define CHUNK	(64 << 10)

static char chunk[CHUNK];

/**
 * struct transfer - what the receiver says
 * @begin: when it had the last byte that does not count
 * @end: when it had all
 */
struct transfer {
	uint64_t begin;
	uint64_t end;
};

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

static void receive(const struct flow *f, int listener, struct transfer *t)
{
	int fd = accept(listener, NULL, NULL);

	if (fd < 0)
		die("accept");
	drain(fd, WARM);
	t->begin = now_ns();
	drain(fd, f->size);
	t->end = now_ns();
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
 * The idle time is that of the whole connection. It is read outside of it, for
 * packets go on while a process reads it.
 */
void flow_tcp(const struct flow *f)
{
	struct instant begin, end;
	struct transfer *t = flow_share(sizeof(*t));
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
		receive(f, listener, t);
	if (connect(fd, (const struct sockaddr *)&f->dst, sizeof(f->dst)))
		die("connect to %s", inet_ntoa(f->dst.sin_addr));
	pour(fd, WARM + f->size);
	if (waitpid(pid, &status, 0) != pid || status)
		exit(1);
	end = measure_end();
	begin.ns = t->begin;
	end.ns = t->end;
	print_span("packets", 0, f->size, &begin, &end, retransmits(fd));
}
