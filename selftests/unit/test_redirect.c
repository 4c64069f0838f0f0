// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Traffic indications: a hub that sends them, a spoke that gets them.
 */
#include <stdlib.h>
#include <string.h>

#include "unit.h"

static struct fake_net net;
static struct fake_kernel node;

static int teardown(void **state)
{
	(void)state;
	fake_free(&node);
	return 0;
}

static void client(const char *nbma, const char *proto)
{
	struct nhrp_msg msg;

	unit_msg(&msg, NHRP_REGISTRATION_REQUEST, nbma, proto, "192.168.1.1");
	unit_cie(&msg);
	unit_deliver(&node, nbma, &msg);
}

static int setup_hub(void **state)
{
	struct conf conf;

	(void)state;
	fake_net_init(&net);
	fake_init(&node, &net, "hub", "1.1.1.1", "192.168.1.1/24", false);
	fake_route(&node, "172.16.6.0/24", "192.168.1.6", FAKE_DMVPN);
	fake_route(&node, "172.16.7.0/24", "192.168.1.7", FAKE_DMVPN);
	unit_hub(&conf);
	conf.iface[0].redirect_limit = 3;
	unit_start(&node, &conf);
	client("6.6.6.6", "192.168.1.6");
	client("7.7.7.7", "192.168.1.7");
	unit_flush(&node);
	return 0;
}

static size_t head(uint8_t data[static 300], const char *src, const char *dst)
{
	struct addr s = fake_addr(src), d = fake_addr(dst);

	memset(data, 0, 300);
	data[0] = 0x45;
	memcpy(data + 12, s.b, 4);
	memcpy(data + 16, d.b, 4);
	return 300;
}

static void turns(const char *from, const char *src, const char *dst)
{
	uint8_t data[300];
	struct nhrp_hairpin hairpin = {
		.ifindex = FAKE_DMVPN,
		.remote = { .addr = fake_addr(from) },
		.src = fake_addr(src),
		.dst = fake_addr(dst),
		.packet = data,
		.len = head(data, src, dst),
	};

	nhrp_redirect(node.nhrp, net.now, &hairpin);
}

static void sent(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	turns("6.6.6.6", "172.16.6.1", "172.16.7.1");
	unit_take(&node, "6.6.6.6", NHRP_TRAFFIC_INDICATION, &msg);
	assert_true(msg.hops >= 1);
	assert_false(msg.has_ext);
	assert_int_equal(msg.error, 0);
	assert_int_equal(msg.dst_proto.b[2], 6);
	assert_true(addr_equal(&msg.src_nbma, &node.dev.nbma));
	/* At least 64 bytes of the packet, but not all of it. */
	assert_in_range(msg.payload_len, 64, 200);
	assert_int_equal(msg.payload[0], 0x45);
}

static void once_in_a_while(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	turns("6.6.6.6", "172.16.6.1", "172.16.7.1");
	unit_take(&node, "6.6.6.6", NHRP_TRAFFIC_INDICATION, &msg);
	turns("6.6.6.6", "172.16.6.1", "172.16.7.1");
	unit_silent(&node);
	assert_int_equal(unit_changed(&node, NHRP_CHANGE_REDIRECT_SUPPRESSED),
			 1);
	/* Another pair is another matter. */
	turns("6.6.6.6", "172.16.6.1", "172.16.7.2");
	unit_take(&node, "6.6.6.6", NHRP_TRAFFIC_INDICATION, &msg);
	fake_net_run(&net, CONF_REDIRECT_SECONDS * 1000);
	turns("6.6.6.6", "172.16.6.1", "172.16.7.1");
	unit_take(&node, "6.6.6.6", NHRP_TRAFFIC_INDICATION, &msg);
}

/* The kernel carries IPv6, of which this hub's NHRP knows nothing. */
static void other_family(void **state)
{
	const struct addr dst = fake_addr("fd16::1");
	const uint8_t packet[300] = { 0x60 };
	struct nhrp_hairpin hairpin = {
		.ifindex = FAKE_DMVPN,
		.remote = { .addr = fake_addr("6.6.6.6") },
		.src = fake_addr("fd07::1"),
		.dst = dst,
		.packet = packet,
		.len = sizeof(packet),
	};

	(void)state;
	nhrp_redirect(node.nhrp, net.now, &hairpin);
	nhrp_miss(node.nhrp, net.now, FAKE_DMVPN, &dst, &dst);
	unit_silent(&node);
}

static void not_sent(void **state)
{
	(void)state;
	/* Back to the sender, to nobody, to everybody, out of the cloud. */
	turns("6.6.6.6", "172.16.6.1", "172.16.6.2");
	turns("6.6.6.6", "172.16.6.1", "192.168.1.99");
	turns("6.6.6.6", "172.16.6.1", "224.0.0.5");
	turns("6.6.6.6", "172.16.6.1", "8.8.8.8");
	turns("9.9.9.9", "172.16.6.1", "172.16.7.1");
	unit_silent(&node);
	assert_int_equal(unit_dropped(&node, NHRP_DROP_STALE), 4);
}

static void limit(void **state)
{
	(void)state;
	turns("6.6.6.6", "172.16.6.1", "172.16.7.1");
	turns("6.6.6.6", "172.16.6.1", "172.16.7.2");
	turns("6.6.6.6", "172.16.6.1", "172.16.7.3");
	turns("6.6.6.6", "172.16.6.1", "172.16.7.4");
	assert_int_equal(unit_dropped(&node, NHRP_DROP_LIMIT), 1);
	unit_flush(&node);
}

static void hub_switched_off(void **state)
{
	struct conf conf;

	(void)state;
	unit_hub(&conf);
	conf.iface[0].redirect = false;
	assert_int_equal(nhrp_configure(node.nhrp, net.now, &conf), 0);
	conf_free(&conf);
	turns("6.6.6.6", "172.16.6.1", "172.16.7.1");
	unit_silent(&node);
	assert_int_equal(unit_dropped(&node, NHRP_DROP_NOT_ALLOWED), 1);
}

/* max-send counts all that is sent. */
static void max_send(void **state)
{
	struct conf conf;
	struct fake_frame *f;
	unsigned int i;

	(void)state;
	unit_hub(&conf);
	conf.iface[0].max_send_packets = 5;
	assert_int_equal(nhrp_configure(node.nhrp, net.now, &conf), 0);
	conf_free(&conf);
	for (i = 0; i < 20; i++)
		client("6.6.6.6", "192.168.1.6");
	for (i = 0; (f = fake_take(&node)); i++)
		free(f);
	assert_in_range(i, 4, 5);
	assert_true(unit_dropped(&node, NHRP_DROP_RATE) >= 15);
}

static int setup_spoke(void **state)
{
	struct conf conf;

	(void)state;
	fake_net_init(&net);
	fake_init(&node, &net, "spoke", "6.6.6.6", "192.168.1.6/24", false);
	fake_address(&node, "172.16.6.1/24", FAKE_LAN);
	fake_route(&node, "172.16.0.0/16", "192.168.1.1", FAKE_DMVPN);
	unit_spoke(&conf);
	unit_start(&node, &conf);
	unit_flush(&node);
	return 0;
}

static void told(const char *from, const char *src, const char *dst, size_t len)
{
	struct nhrp_msg msg;
	uint8_t data[300];

	unit_msg(&msg, NHRP_TRAFFIC_INDICATION, from, "192.168.1.1", src);
	head(data, src, dst);
	msg.payload = data;
	msg.payload_len = len;
	unit_deliver(&node, from, &msg);
}

static void followed(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	told("1.1.1.1", "172.16.6.1", "172.16.7.1", 64);
	unit_take(&node, "1.1.1.1", NHRP_RESOLUTION_REQUEST, &msg);
	assert_string_equal(unit_shortcut(&node, "172.16.7.1"), "resolving");
	/* Said twice, asked once. */
	told("1.1.1.1", "172.16.6.1", "172.16.7.1", 64);
	unit_silent(&node);
}

static void not_followed(void **state)
{
	(void)state;
	told("1.1.1.1", "172.16.6.1", "172.16.7.1", 19);
	told("1.1.1.1", "172.16.6.1", "224.0.0.5", 64);
	assert_int_equal(unit_dropped(&node, NHRP_DROP_MALFORMED), 2);
	/* By one who does not carry our packets. */
	told("9.9.9.9", "172.16.6.1", "172.16.7.1", 64);
	assert_int_equal(unit_dropped(&node, NHRP_DROP_SOURCE), 1);
	/* They go out of the cloud, or are for us. */
	told("1.1.1.1", "172.16.6.1", "8.8.8.8", 64);
	told("1.1.1.1", "172.16.6.1", "172.16.6.9", 64);
	assert_int_equal(unit_dropped(&node, NHRP_DROP_STALE), 2);
	/* We only pass them on. */
	told("1.1.1.1", "172.16.9.1", "172.16.7.1", 64);
	assert_int_equal(unit_dropped(&node, NHRP_DROP_NOT_FOR_US), 1);
	unit_silent(&node);
}

#define HUB(test) cmocka_unit_test_setup_teardown(test, setup_hub, teardown)
#define SPOKE(test) cmocka_unit_test_setup_teardown(test, setup_spoke, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB(sent),
		HUB(once_in_a_while),
		HUB(other_family),
		HUB(not_sent),
		HUB(limit),
		HUB(hub_switched_off),
		HUB(max_send),
		SPOKE(followed),
		SPOKE(not_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
