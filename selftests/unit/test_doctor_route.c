// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dmvpnctl doctor on routes: those to NBMA addresses must not lead into the
 * tunnel, those to tunnel addresses must.
 */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dmvpnctl/doctor.h"
#include "dmvpnctl/route.h"
#include "fake_doctor.h"

#define DMVPN0	5
#define ETH0	2
#define ROUTES	4

/**
 * struct fake_route - an entry of the routing table
 * @dst: destination
 * @route: how it is reached
 */
struct fake_route {
	struct addr dst;
	struct route route;
};

static struct doctor d;
static struct fake_route routes[ROUTES];

/* What is not in the table is reached through eth0. */
int route_get(struct netlink *nl, const struct route_query *query,
	      struct route *route)
{
	size_t i;

	(void)nl;
	*route = (struct route){ .type = RTN_UNICAST, .ifindex = ETH0 };
	for (i = 0; i < ROUTES; i++)
		if (addr_equal(&routes[i].dst, &query->dst))
			*route = routes[i].route;
	snprintf(route->ifname, sizeof(route->ifname), "%s",
		 route->ifindex == ETH0 ? "eth0" : "dmvpn0");
	return 0;
}

static void set_route(size_t i, const char *dst, uint8_t type, uint32_t ifindex,
		      int error)
{
	struct route *r = &routes[i].route;

	routes[i].dst = fake_address(dst);
	*r = (struct route){
		.type = type,
		.ifindex = ifindex,
		.error = error,
	};
	if (error)
		snprintf(r->error_text, sizeof(r->error_text), "%s",
			 strerror(error));
}

static void add_peer(const char *nbma, uint32_t flags)
{
	struct peer *p = model_add(d.m.peer, d.m.n_peer);

	p->ifindex = DMVPN0;
	p->flags = flags;
	p->remote.addr = fake_address(nbma);
}

static void add_nexthop(const char *address, uint32_t kind)
{
	struct nexthop *nh = model_add(d.m.nexthop, d.m.n_nexthop);

	nh->ifindex = DMVPN0;
	nh->address = fake_address(address);
	nh->state = DMVPN_NEXTHOP_STATE_VALID;
	nh->kind = kind;
}

/* A hub with a server above it and a client. */
static int setup(void **state)
{
	struct device *dev = model_add(d.m.device, d.m.n_device);
	struct nhs *nhs = model_add(d.m.nhs, d.m.n_nhs);

	*state = &d;
	dev->ifindex = DMVPN0;
	dev->running = true;
	dev->address = fake_address("192.168.1.6");
	snprintf(dev->name, sizeof(dev->name), "dmvpn0");
	snprintf(nhs->interface, sizeof(nhs->interface), "dmvpn0");
	nhs->nbma.addr = fake_address("1.1.1.1");
	add_peer("1.1.1.1", DMVPN_PEER_FLAGS_NHS);
	add_peer("7.7.7.7", 0);
	add_nexthop("192.168.1.1", DMVPN_NEXTHOP_KIND_NHS);
	add_nexthop("192.168.1.7", DMVPN_NEXTHOP_KIND_REGISTERED);
	set_route(0, "192.168.1.1", RTN_UNICAST, DMVPN0, 0);
	set_route(1, "192.168.1.7", RTN_UNICAST, DMVPN0, 0);
	return 0;
}

static int teardown(void **state)
{
	memset(routes, 0, sizeof(routes));
	return fake_teardown(state);
}

static void all(void)
{
	fake_found[0] = '\0';
	check_underlay(&d);
	check_overlay(&d);
}

static void says(const char *what)
{
	all();
	fake_says(what);
}

static void silent(void)
{
	all();
	assert_string_equal(fake_found, "");
}

static void test_well(void **state)
{
	(void)state;
	silent();
	/* No IPv6 here, and on the link no route that could be wrong. */
	add_nexthop("2001:db8::1", DMVPN_NEXTHOP_KIND_NHS);
	d.m.device[0].address6 = fake_address("2001:db8::6");
	add_nexthop("fe80::1", DMVPN_NEXTHOP_KIND_NHS);
	add_nexthop("10.9.9.9", DMVPN_NEXTHOP_KIND_SHORTCUT);
	d.m.device[0].address6 = (struct addr){ 0 };
	silent();
	/* Its underlay is to be seen elsewhere. */
	set_route(2, "1.1.1.1", RTN_UNICAST, DMVPN0, 0);
	d.m.device[0].elsewhere = true;
	silent();
}

static void test_recursive(void **state)
{
	(void)state;
	set_route(2, "1.1.1.1", RTN_UNICAST, DMVPN0, 0);
	says("fail: the route to the server's NBMA address 1.1.1.1 leads into dmvpn0 itself");
	says("advice: it needs a route of its own: ip route add 1.1.1.1");
	set_route(2, "7.7.7.7", RTN_UNICAST, DMVPN0, 0);
	says("fail: the route to the peer's NBMA address 7.7.7.7 leads into dmvpn0 itself");
}

static void test_no_route(void **state)
{
	(void)state;
	set_route(2, "1.1.1.1", 0, 0, ENETUNREACH);
	says("fail: no route to the server's NBMA address 1.1.1.1: Network is unreachable");
	/* The peer is the server: once is enough. */
	assert_null(strstr(strstr(fake_found, "1.1.1.1") + 1, "fail"));
	set_route(2, "1.1.1.1", RTN_BLACKHOLE, 0, 0);
	says("NBMA address 1.1.1.1: blackhole");
	/* One that waits for its turn has no peer. */
	d.m.nhs[0].nbma.addr = fake_address("2.2.2.2");
	set_route(2, "2.2.2.2", 0, 0, ENETUNREACH);
	says("fail: no route to the server's NBMA address 2.2.2.2");
	d.m.nhs[0].nbma.addr = (struct addr){ 0 };
	snprintf(d.m.nhs[0].name, sizeof(d.m.nhs[0].name), "hub.example");
	says("fail: the name hub.example of a server has no address");
}

static void test_own(void **state)
{
	(void)state;
	set_route(2, "1.1.1.1", RTN_LOCAL, 1, 0);
	says("fail: dmvpn0: the server's NBMA address 1.1.1.1 is this host's own -> take that nhs");
	set_route(0, "192.168.1.1", RTN_LOCAL, 1, 0);
	says("fail: dmvpn0: the server's tunnel address 192.168.1.1 is this host's own");
}

static void test_overlay(void **state)
{
	(void)state;
	set_route(0, "192.168.1.1", RTN_UNICAST, ETH0, 0);
	says("warn: dmvpn0: the route to the server's tunnel address 192.168.1.1 leads into eth0 ->");
	says("advice: 192.168.1.1 has to be in the subnet of dmvpn0");
	set_route(0, "192.168.1.1", 0, 0, ENETUNREACH);
	says("warn: dmvpn0: no route to the server's tunnel address 192.168.1.1: Network is unreachable ->");
	set_route(0, "192.168.1.7", RTN_UNREACHABLE, 0, 0);
	set_route(1, "192.168.1.7", RTN_UNREACHABLE, 0, 0);
	says("warn: dmvpn0: the route to the client's tunnel address 192.168.1.7 is of type unreachable ->");
	/* A device that is down is another problem. */
	d.m.device[0].running = false;
	silent();
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_well), TEST(test_recursive), TEST(test_no_route),
		TEST(test_own), TEST(test_overlay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
