// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * nhrpd's state layer alone, as the hub of many spokes, with a kernel that
 * says yes to everything: what the daemon itself takes for a registration and
 * for keeping one, without netlink and without a kernel.
 *
 * usage: nhrp_state COUNT...
 */
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "nhrpd/codec.h"
#include "nhrpd/ext.h"
#include "nhrpd/nhrp.h"

#define IFINDEX		7
#define HUB_NBMA	0x0a010901	/* 10.1.9.1 */
#define HUB_PROTO	0x0abffffe	/* 10.191.255.254 */
#define FIRST_NBMA	0x0a400001	/* 10.64.0.1 */
#define FIRST_PROTO	0x0a800001	/* 10.128.0.1 */
#define PREFIX_LEN	10
#define HOLDTIME	300
/* A spoke renews after a third of it. */
#define RENEWAL_MS	(HOLDTIME * 1000ull / 3)

/**
 * struct kernel - the kernel
 * @calls: that change something
 * @frames: sent
 */
struct kernel {
	uint64_t calls;
	uint64_t frames;
};

static int peer_new(void *ctx, uint32_t ifindex, const struct nbma *nbma,
		    uint32_t flags, const char *identity)
{
	struct kernel *k = ctx;

	(void)ifindex;
	(void)nbma;
	(void)flags;
	(void)identity;
	k->calls++;
	return 0;
}

static int peer_del(void *ctx, uint32_t ifindex, const struct nbma *nbma)
{
	return peer_new(ctx, ifindex, nbma, 0, NULL);
}

static int peer_get(void *ctx, uint32_t ifindex, const struct nbma *nbma,
		    struct kernel_peer *peer)
{
	(void)ctx;
	(void)ifindex;
	*peer = (struct kernel_peer){
		.nbma = *nbma,
		.state = DMVPN_SESSION_STATE_UP,
		.idle_ms = KERNEL_NEVER,
	};
	return 0;
}

static int nexthop_new(void *ctx, uint32_t ifindex,
		       const struct kernel_nexthop *nexthop)
{
	struct kernel *k = ctx;

	(void)ifindex;
	(void)nexthop;
	k->calls++;
	return 0;
}

static int nexthop_del(void *ctx, uint32_t ifindex, const struct addr *address)
{
	struct kernel *k = ctx;

	(void)ifindex;
	(void)address;
	k->calls++;
	return 0;
}

/* Everything is in the cloud. */
static int route_get(void *ctx, uint32_t ifindex, const struct addr *dst,
		     struct kernel_route *route)
{
	(void)ctx;
	(void)ifindex;
	*route = (struct kernel_route){
		.dst = prefix_make(dst, PREFIX_LEN),
		.ifindex = IFINDEX,
	};
	return 0;
}

static int queueing(void *ctx, uint32_t ifindex, bool on)
{
	(void)ctx;
	(void)ifindex;
	(void)on;
	return 0;
}

static int frame(void *ctx, uint32_t ifindex, const struct nbma *nbma,
		 const void *data, size_t len)
{
	struct kernel *k = ctx;

	(void)ifindex;
	(void)nbma;
	(void)data;
	(void)len;
	k->frames++;
	return 0;
}

static uint32_t random_bits(void *ctx)
{
	(void)ctx;
	return 4;
}

static const struct kernel_ops ops = {
	.peer_new = peer_new,
	.peer_del = peer_del,
	.peer_get = peer_get,
	.nexthop_new = nexthop_new,
	.nexthop_del = nexthop_del,
	.route_get = route_get,
	.queueing = queueing,
	.frame = frame,
	.random = random_bits,
};

/* As the daemon does where no monitor listens. */
static void observer(void *ctx, const struct nhrp_event *event)
{
	(void)ctx;
	(void)event;
}

/**
 * struct hub - what is measured
 * @kernel: its kernel
 * @nhrp: its state
 * @now: its clock, in milliseconds
 * @n: spokes
 * @packet: of each spoke, the same request each time
 * @len: its bytes
 */
struct hub {
	struct kernel kernel;
	struct nhrp *nhrp;
	uint64_t now;
	size_t n;
	uint8_t (*packet)[NHRP_PACKET_MAX / 8];
	size_t len;
};

static void hub_start(struct hub *hub)
{
	struct nhrp_link link = {
		.name = "tunnel",
		.ifindex = IFINDEX,
		.up = true,
		.nbma = addr_v4(HUB_NBMA),
		.proto = addr_v4(HUB_PROTO),
		.proto_len = PREFIX_LEN,
		.mtu = 1400,
	};
	struct conf conf = { 0 };
	struct conf_if *ci = conf_add_if(&conf, link.name);

	hub->now = 1;
	hub->nhrp = nhrp_create(&ops, observer, &hub->kernel, hub->now, 1);
	if (!ci || !hub->nhrp)
		die("memory");
	nhrp_observe_from(hub->nhrp, NHRP_LEVEL_INFO);
	ci->max_send_packets = 0;
	ci->cache_limit = 10000000;
	ci->multicast_dynamic = true;
	if (nhrp_configure(hub->nhrp, hub->now, &conf))
		die("memory");
	conf_free(&conf);
	nhrp_link(hub->nhrp, hub->now, &link);
	nhrp_start(hub->nhrp, hub->now);
}

static void make_packets(struct hub *hub, uint8_t type)
{
	uint32_t i;

	for (i = 0; i < hub->n; i++) {
		struct nhrp_msg msg = {
			.type = type,
			.hops = NHRP_HOPS,
			.protocol = NHRP_PROTOCOL_IPV4,
			.afn = NHRP_AFN_IPV4,
			.id = i,
			.src_nbma = addr_v4(FIRST_NBMA + i),
			.src_proto = addr_v4(FIRST_PROTO + i),
			.dst_proto = addr_v4(HUB_PROTO),
			.cie = { { .prefix_len = 32, .holdtime = HOLDTIME } },
			.n_cie = 1,
		};

		if (type == NHRP_RESOLUTION_REQUEST)
			msg.dst_proto = addr_v4(FIRST_PROTO +
						(i + 1) % (uint32_t)hub->n);
		if (ext_add_request(&msg))
			hub->len = nhrp_encode(&msg, hub->packet[i],
					       sizeof(hub->packet[i]));
		if (!hub->len)
			die("a request does not fit");
	}
}

static void deliver(struct hub *hub, uint32_t i)
{
	struct nhrp_frame in = {
		.ifindex = IFINDEX,
		.remote = { .addr = addr_v4(FIRST_NBMA + i) },
		.data = hub->packet[i],
		.len = hub->len,
	};

	nhrp_frame(hub->nhrp, hub->now, &in);
}

/* Nanoseconds for each of them, at one time. */
static double deliver_all(struct hub *hub)
{
	uint64_t begin = now_ns();
	uint32_t i;

	for (i = 0; i < hub->n; i++)
		deliver(hub, i);
	return (double)(now_ns() - begin) / (double)hub->n;
}

/* The same over the time between renewals, with the timers of all. */
static double renew_all(struct hub *hub)
{
	uint64_t begin = now_ns(), from = hub->now;
	uint32_t i;

	for (i = 0; i < hub->n; i++) {
		hub->now = from + RENEWAL_MS * i / hub->n;
		if (nhrp_deadline(hub->nhrp) <= hub->now)
			nhrp_tick(hub->nhrp, hub->now);
		deliver(hub, i);
	}
	return (double)(now_ns() - begin) / (double)hub->n;
}

/* Nobody renews: all end. */
static double expire_all(struct hub *hub)
{
	uint64_t begin = now_ns();

	while (nhrp_deadline(hub->nhrp) <= hub->now + HOLDTIME * 1000ull) {
		uint64_t at = nhrp_deadline(hub->nhrp);

		nhrp_tick(hub->nhrp, at);
	}
	return (double)(now_ns() - begin) / (double)hub->n;
}

static size_t memory(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

static void measure(size_t n)
{
	struct hub hub = { .n = n };
	double first, again, held, resolved, ended;
	uint64_t frames;
	size_t before;

	hub.packet = calloc(n, sizeof(*hub.packet));
	if (!hub.packet)
		die("memory");
	hub_start(&hub);
	make_packets(&hub, NHRP_REGISTRATION_REQUEST);
	before = memory();
	first = deliver_all(&hub);
	before = memory() - before;
	again = deliver_all(&hub);
	held = renew_all(&hub);
	held = (held + renew_all(&hub) + renew_all(&hub)) / 3;
	frames = hub.kernel.frames;
	make_packets(&hub, NHRP_RESOLUTION_REQUEST);
	resolved = deliver_all(&hub);
	if (frames != 5 * n || hub.kernel.frames != 6 * n)
		die("%" PRIu64 " packets sent, not %zu", hub.kernel.frames,
		    6 * n);
	ended = expire_all(&hub);
	nhrp_destroy(hub.nhrp);
	free(hub.packet);
	printf("\"spokes\":%zu,\"bytes\":%.0f,\"register\":%.0f,"
	       "\"again\":%.0f,\"hold\":%.0f,\"resolve\":%.0f,"
	       "\"expire\":%.0f\n", n, (double)before / (double)n, first,
	       again, held, resolved, ended);
}

int main(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		measure(number(argv[i]));
	return 0;
}
