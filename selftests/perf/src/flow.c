// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Send a flow from one namespace to another and say what it took, as members
 * of a JSON object. See usage().
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"
#include "flow.h"

#define PORT	9000
/*
 * What a socket may send is less than what queues on the way hold, and what it
 * may take is more, however small its pieces are: nothing overflows.
 */
#define SEND_ROOM	(256 << 10)
#define TAKE_ROOM	(4 << 20)

static void usage(void)
{
	fputs("usage: flow [-l SIZE] [-n COUNT] [-r SPREAD] [-b DEV] KIND FROM SRC TO DST\n"
	      "KIND:\n"
	      "  batches  UDP by one process, which sends some datagrams, then\n"
	      "           takes them all\n"
	      "  sweep    one datagram to each of SPREAD addresses, which nobody takes\n"
	      "  stream   UDP by two processes\n"
	      "  tcp      SIZE bytes\n"
	      "  sender   UDP by one process on the first processor\n"
	      "  senders  and by one on the second, to the address SPREAD after DST\n"
	      "FROM and TO are network namespaces, SRC and DST addresses in them.\n"
	      "  -r SPREAD  to so many addresses from DST on, in no order\n"
	      "  -b DEV     packets are dropped where they come in on DEV of TO\n",
	      stderr);
	exit(2);
}

int flow_socket(const char *ns, const struct sockaddr_in *addr, int type)
{
	int fd, one = 1, out = SEND_ROOM, in = TAKE_ROOM;

	enter_namespace(ns);
	fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	if (fd < 0)
		die("socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &in, sizeof(in)) ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &out, sizeof(out)))
		die("buffers of a socket");
	if (bind(fd, (const struct sockaddr *)addr, sizeof(*addr)))
		die("bind to %s", inet_ntoa(addr->sin_addr));
	return fd;
}

void *flow_share(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		die("mmap");
	return memory;
}

static struct sockaddr_in address(const char *text, unsigned short port)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
	};

	if (inet_pton(AF_INET, text, &addr.sin_addr) != 1)
		die("not an address: %s", text);
	return addr;
}

int main(int argc, char **argv)
{
	struct flow f = { .size = 64, .count = 1024, .spread = 1 };
	static const struct {
		const char *name;
		void (*run)(const struct flow *f);
	} kinds[] = {
		{ "batches", flow_batches },
		{ "sweep", flow_sweep },
		{ "stream", flow_stream },
		{ "tcp", flow_tcp },
		{ "sender", flow_sender },
		{ "senders", flow_senders },
	};
	unsigned int i;
	int option;

	while ((option = getopt(argc, argv, "l:n:r:b:")) != -1) {
		if (option == 'l')
			f.size = number(optarg);
		else if (option == 'n')
			f.count = number(optarg);
		else if (option == 'r')
			f.spread = number(optarg);
		else if (option == 'b')
			f.blind = optarg;
		else
			usage();
	}
	if (argc - optind != 5)
		usage();
	f.from = argv[optind + 1];
	f.src = address(argv[optind + 2], 0);
	f.to = argv[optind + 3];
	f.dst = address(argv[optind + 4], PORT);
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!strcmp(argv[optind], kinds[i].name)) {
			kinds[i].run(&f);
			return 0;
		}
	}
	usage();
}
