// SPDX-License-Identifier: GPL-2.0-or-later
#include "nhrpd/cache.h"
#include "nhrpd/iface.h"
#include "nhrpd/peer.h"
#include "unit.h"

static struct fake_net net;
static struct fake_kernel node;
static struct iface *ifc;

static int setup(void **state)
{
	struct conf conf;

	(void)state;
	fake_net_init(&net);
	net.phantoms = true;
	fake_init(&node, &net, "node", "1.1.1.1", "192.168.1.1/24", true);
	unit_hub(&conf);
	conf.iface[0].cache_limit = 3;
	unit_start(&node, &conf);
	ifc = iface_of_device(node.nhrp, FAKE_DMVPN);
	assert_non_null(ifc);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_free(&node);
	return 0;
}

static struct binding binding(uint32_t kind, const char *nbma)
{
	return (struct binding){
		.proto = fake_addr("192.168.1.6"),
		.nbma = { .addr = fake_addr(nbma) },
		.kind = kind,
		.expires = net.now + 1000,
	};
}

static enum cache_result set(uint32_t kind, const char *nbma)
{
	struct binding b = binding(kind, nbma);

	return cache_set(ifc, &b, NULL);
}

static void better_kinds_stay(void **state)
{
	static const uint32_t order[] = {
		DMVPN_NEXTHOP_KIND_CACHED, DMVPN_NEXTHOP_KIND_SHORTCUT,
		DMVPN_NEXTHOP_KIND_REGISTERED, DMVPN_NEXTHOP_KIND_NHS,
		DMVPN_NEXTHOP_KIND_STATIC,
	};
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		assert_int_equal(set(order[i], "6.6.6.6"), CACHE_OK);
		for (k = 0; k < i; k++)
			assert_int_equal(set(order[k], "7.7.7.7"), CACHE_KEPT);
		assert_null(fake_peer(&node, "7.7.7.7"));
	}
}

static void installed_at_once(void **state)
{
	(void)state;
	assert_int_equal(set(DMVPN_NEXTHOP_KIND_REGISTERED, "6.6.6.6"),
			 CACHE_OK);
	assert_leads(&node, "192.168.1.6", "6.6.6.6");
	fake_net_run(&net, 1000);
	assert_leads(&node, "192.168.1.6", "-");
	assert_null(fake_peer(&node, "6.6.6.6"));
}

static void installed_with_session(void **state)
{
	(void)state;
	assert_int_equal(set(DMVPN_NEXTHOP_KIND_CACHED, "6.6.6.6"), CACHE_OK);
	assert_leads(&node, "192.168.1.6", "-");
	assert_non_null(fake_peer(&node, "6.6.6.6"));
	fake_net_run(&net, 200);
	assert_leads(&node, "192.168.1.6", "6.6.6.6");
}

/* To another peer: at no time does it lead to one that is gone. */
static void moves(void **state)
{
	(void)state;
	set(DMVPN_NEXTHOP_KIND_REGISTERED, "6.6.6.6");
	set(DMVPN_NEXTHOP_KIND_REGISTERED, "7.7.7.7");
	assert_leads(&node, "192.168.1.6", "7.7.7.7");
	assert_null(fake_peer(&node, "6.6.6.6"));
	/* A resolved one goes over the hub meanwhile. */
	cache_delete(cache_find(ifc, &(struct addr){ 4, { 192, 168, 1, 6 } }));
	set(DMVPN_NEXTHOP_KIND_CACHED, "7.7.7.7");
	fake_net_run(&net, 200);
	assert_leads(&node, "192.168.1.6", "7.7.7.7");
	set(DMVPN_NEXTHOP_KIND_CACHED, "8.8.8.8");
	assert_leads(&node, "192.168.1.6", "-");
	fake_net_run(&net, 200);
	assert_leads(&node, "192.168.1.6", "8.8.8.8");
}

static void limit(void **state)
{
	struct binding b = binding(DMVPN_NEXTHOP_KIND_REGISTERED, "6.6.6.6");
	unsigned int i;

	(void)state;
	for (i = 1; i <= 5; i++) {
		b.proto.b[3] = (uint8_t)(10 + i);
		assert_int_equal(cache_set(ifc, &b, NULL),
				 i <= 3 ? CACHE_OK : CACHE_FULL);
	}
	/* What is there can still be renewed. */
	b.proto.b[3] = 11;
	assert_int_equal(cache_set(ifc, &b, NULL), CACHE_OK);
}

static void shared_peer(void **state)
{
	struct binding b = binding(DMVPN_NEXTHOP_KIND_REGISTERED, "6.6.6.6");
	struct cache_entry *first, *second;

	(void)state;
	b.multicast = true;
	assert_int_equal(cache_set(ifc, &b, &first), CACHE_OK);
	b.proto = fake_addr("192.168.1.7");
	b.multicast = false;
	assert_int_equal(cache_set(ifc, &b, &second), CACHE_OK);
	assert_ptr_equal(first->peer, second->peer);
	assert_int_equal(first->peer->uses, 2);
	assert_int_equal(fake_peer(&node, "6.6.6.6")->flags,
			 DMVPN_PEER_FLAGS_MULTICAST);
	cache_delete(first);
	assert_int_equal(fake_peer(&node, "6.6.6.6")->flags, 0);
	cache_set_multicast(second, true);
	assert_int_equal(fake_peer(&node, "6.6.6.6")->flags,
			 DMVPN_PEER_FLAGS_MULTICAST);
	cache_delete(second);
	assert_null(fake_peer(&node, "6.6.6.6"));
}

/* Somebody deletes a peer by hand: it comes back, next hops and all. */
static void peer_deleted(void **state)
{
	struct nbma nbma = { .addr = fake_addr("6.6.6.6") };

	(void)state;
	set(DMVPN_NEXTHOP_KIND_REGISTERED, "6.6.6.6");
	fake_ops.peer_del(&node, FAKE_DMVPN, &nbma);
	assert_leads(&node, "192.168.1.6", "-");
	nhrp_peer_gone(node.nhrp, net.now, FAKE_DMVPN, &nbma);
	assert_leads(&node, "192.168.1.6", "6.6.6.6");
}

static void nexthop_deleted(void **state)
{
	struct addr a = fake_addr("192.168.1.6");

	(void)state;
	set(DMVPN_NEXTHOP_KIND_REGISTERED, "6.6.6.6");
	fake_ops.nexthop_del(&node, FAKE_DMVPN, &a);
	nhrp_miss(node.nhrp, net.now, FAKE_DMVPN, &a, &a);
	assert_leads(&node, "192.168.1.6", "6.6.6.6");
}

#define NODE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NODE(better_kinds_stay),
		NODE(installed_at_once),
		NODE(installed_with_session),
		NODE(moves),
		NODE(limit),
		NODE(shared_peer),
		NODE(peer_deleted),
		NODE(nexthop_deleted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
