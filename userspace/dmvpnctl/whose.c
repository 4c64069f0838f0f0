// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <linux/dmvpn.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "dmvpnctl/kernel.h"
#include "dmvpnctl/route.h"
#include "dmvpnctl/whose.h"

/* What changes meanwhile is seen late, and a busy flow is not asked about. */
#define FRESH_MS 100

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

int whose_open(struct whose *w)
{
	*w = (struct whose){ .rt = NETLINK_CLOSED, .genl = GENL_CLOSED };
	if (kernel_open(&w->genl))
		return -1;
	if (!netlink_open(&w->rt, NETLINK_ROUTE))
		return 0;
	fprintf(stderr, "dmvpnctl: %s\n", w->rt.error);
	whose_close(w);
	return -1;
}

void whose_close(struct whose *w)
{
	netlink_close(&w->rt);
	genl_close(&w->genl);
}

static void take_nexthop(void *arg, uint8_t cmd, struct nlattr **tb)
{
	struct nbma *nbma = arg;

	(void)cmd;
	*nbma = attr_nbma(tb[DMVPN_A_NEXTHOP_REMOTE],
			  tb[DMVPN_A_NEXTHOP_REMOTE_PORT]);
}

/* None for a next hop that is not known, or known not to be there. */
static struct nbma of_nexthop(struct whose *w, uint32_t ifindex,
			      const struct addr *address)
{
	struct nl_msg *msg = genl_msg(&w->genl, DMVPN_CMD_NEXTHOP_GET);
	struct nbma nbma = { .port = 0 };

	if (msg) {
		nla_put_u32(msg, DMVPN_A_NEXTHOP_IFINDEX, ifindex);
		put_addr(msg, DMVPN_A_NEXTHOP_ADDRESS, address);
	}
	genl_request(&w->genl, msg, take_nexthop, &nbma);
	return nbma;
}

/**
 * struct server - looking for the server of a device
 * @ifindex: the device
 * @nbma: of the first one, none while not found
 */
struct server {
	uint32_t ifindex;
	struct nbma nbma;
};

static void take_server(void *arg, uint8_t cmd, struct nlattr **tb)
{
	struct server *s = arg;

	(void)cmd;
	if (attr_u32(tb[DMVPN_A_PEER_IFINDEX]) != s->ifindex ||
	    !(attr_u32(tb[DMVPN_A_PEER_FLAGS]) & DMVPN_PEER_FLAGS_NHS) ||
	    !addr_is_none(&s->nbma.addr))
		return;
	s->nbma = attr_nbma(tb[DMVPN_A_PEER_REMOTE],
			    tb[DMVPN_A_PEER_REMOTE_PORT]);
}

/* As the kernel: what it does not know goes through the oldest server. */
static struct nbma of_server(struct whose *w, uint32_t ifindex)
{
	struct server s = { .ifindex = ifindex };

	genl_dump(&w->genl, DMVPN_CMD_PEER_GET, take_server, &s);
	return s.nbma;
}

static struct nbma look_up(struct whose *w, uint32_t ifindex,
			   const struct addr *address)
{
	struct route_query query = { .dst = *address, .ifindex = ifindex };
	struct addr next_hop = *address;
	struct nbma nbma;
	struct route r;

	if (!route_get(&w->rt, &query, &r) && !r.error &&
	    !addr_is_none(&r.gateway))
		next_hop = r.gateway;
	nbma = of_nexthop(w, ifindex, &next_hop);
	return addr_is_none(&nbma.addr) ? of_server(w, ifindex) : nbma;
}

struct nbma whose_nbma(struct whose *w, uint32_t ifindex,
		       const struct addr *address)
{
	uint32_t hash = addr_hash(address) ^ ifindex;
	struct whose_entry *e = &w->cache[hash % WHOSE_CACHE];
	uint64_t now = now_ms();

	if (e->ifindex == ifindex && addr_equal(&e->address, address) &&
	    now < e->until_ms)
		return e->nbma;
	*e = (struct whose_entry){
		.ifindex = ifindex,
		.address = *address,
		.nbma = look_up(w, ifindex, address),
		.until_ms = now + FRESH_MS,
	};
	return e->nbma;
}

struct nbma whose_claimed(struct whose *w, uint32_t ifindex,
			  const struct addr *address,
			  const struct addr *claimed)
{
	struct nbma nbma = of_nexthop(w, ifindex, address);

	if (addr_is_none(&nbma.addr))
		nbma.addr = *claimed;
	return nbma;
}
