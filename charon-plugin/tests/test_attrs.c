/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <netlink/netlink.h>
#include <netlink/genl/genl.h>

#include <test_suite.h>

#include "dmvpn_attrs.h"

static host_t *local, *remote;
static struct nl_msg *msg;
static struct genlmsghdr *hdr;

START_SETUP(setup)
{
	local = host_create_from_string("10.0.0.1", 4500);
	remote = host_create_from_string("10.0.0.2", 1025);
	msg = nlmsg_alloc();
	genlmsg_put(msg, 0, 0, 0x20, 0, 0, DMVPN_CMD_SA_NTF, 1);
	hdr = genlmsg_hdr(nlmsg_hdr(msg));
}
END_SETUP

START_TEARDOWN(teardown)
{
	local->destroy(local);
	remote->destroy(remote);
	nlmsg_free(msg);
}
END_TEARDOWN

/**
 * Find an attribute in the message
 */
static struct nlattr *find(int type)
{
	return nla_find(genlmsg_attrdata(hdr, 0), genlmsg_attrlen(hdr, 0), type);
}

/**
 * Is an attribute in the message these octets?
 */
static bool is(int type, chunk_t octets)
{
	struct nlattr *attr = find(type);

	return attr && chunk_equals(chunk_create(nla_data(attr), nla_len(attr)),
								octets);
}

START_TEST(test_sa_id)
{
	dmvpn_sa_id_t id = {
		.spi = htonl(0xd0000001),
		.inbound = _i,
		.local = local,
		.remote = remote,
	};

	ck_assert(dmvpn_attrs_put_sa_id(msg, &id));
	ck_assert(is(DMVPN_A_SA_SPI, chunk_from_chars(0xd0, 0, 0, 1)));
	ck_assert_int_eq(nla_get_u32(find(DMVPN_A_SA_DIR)),
					 _i ? DMVPN_SA_DIR_IN : DMVPN_SA_DIR_OUT);
	ck_assert(is(DMVPN_A_SA_LOCAL, chunk_from_chars(10, 0, 0, 1)));
	ck_assert(is(DMVPN_A_SA_REMOTE, chunk_from_chars(10, 0, 0, 2)));
}
END_TEST

/**
 * An SA with all that it may have
 */
static dmvpn_sa_t full_sa(lifetime_cfg_t *lifetime)
{
	static uint8_t cipher_key[] = { 1, 2, 3 }, auth_key[] = { 4, 5 };

	return (dmvpn_sa_t){
		.id = {
			.spi = htonl(0xd0000001),
			.local = local,
			.remote = remote,
		},
		.protocol = IPPROTO_ESP,
		.encap = TRUE,
		.mode = MODE_TUNNEL,
		.inner_local = local,
		.inner_remote = remote,
		.cipher = "cbc(aes)",
		.auth = "hmac(sha1)",
		.cipher_key = chunk_from_thing(cipher_key),
		.auth_key = chunk_from_thing(auth_key),
		.icv_len = 12,
		.esn = TRUE,
		.standby = TRUE,
		.pair = htonl(0xd0000002),
		.owner = 5,
		.profile = "DMVPN",
		.lifetime = lifetime,
	};
}

START_TEST(test_sa)
{
	lifetime_cfg_t lifetime = { .time = { .life = 300, .rekey = 270, }, };
	dmvpn_sa_t sa = full_sa(&lifetime);

	ck_assert(dmvpn_attrs_put_sa(msg, &sa));
	ck_assert(is(DMVPN_A_SA_CIPHER_KEY, chunk_from_chars(1, 2, 3)));
	ck_assert(is(DMVPN_A_SA_AUTH_KEY, chunk_from_chars(4, 5)));
	ck_assert(is(DMVPN_A_SA_LOCAL_PORT, chunk_from_chars(4500 >> 8,
														 4500 & 0xff)));
	ck_assert(is(DMVPN_A_SA_REMOTE_PORT, chunk_from_chars(4, 1)));
	ck_assert(is(DMVPN_A_SA_PAIR, chunk_from_chars(0xd0, 0, 0, 2)));
	ck_assert(is(DMVPN_A_SA_INNER_LOCAL, chunk_from_chars(10, 0, 0, 1)));
	ck_assert_str_eq(nla_get_string(find(DMVPN_A_SA_AUTH)), "hmac(sha1)");
	ck_assert_int_eq(nla_get_u32(find(DMVPN_A_SA_MODE)),
					 DMVPN_SA_MODE_TUNNEL);
	ck_assert_int_eq(nla_get_u8(find(DMVPN_A_SA_STANDBY)), 1);
	ck_assert_int_eq(nla_get_u64(find(DMVPN_A_SA_HARD_SECONDS)), 300);
	ck_assert_int_eq(nla_get_u64(find(DMVPN_A_SA_SOFT_SECONDS)), 270);
	ck_assert(!find(DMVPN_A_SA_HARD_BYTES));
}
END_TEST

START_TEST(test_sa_reply)
{
	dmvpn_sa_id_t id = { .spi = 1, .local = local, .remote = remote, };
	dmvpn_sa_event_t event;

	ck_assert(dmvpn_attrs_put_sa_id(msg, &id));
	ck_assert(dmvpn_attrs_put_sa_ports(msg, local, remote));
	nla_put_u32(msg, DMVPN_A_SA_OWNER, 5);
	nla_put_u64(msg, DMVPN_A_SA_IDLE_MS, 17);
	ck_assert(dmvpn_attrs_get_sa(hdr, &event));
	ck_assert_int_eq(event.info.id.spi, 1);
	ck_assert(!event.info.id.inbound);
	ck_assert(local->equals(local, event.info.id.local));
	ck_assert(remote->equals(remote, event.info.id.remote));
	ck_assert_int_eq(event.info.owner, 5);
	ck_assert(event.info.used);
	ck_assert_int_eq(event.info.idle, 17);
	ck_assert(!event.hard && !event.moved);
	dmvpn_sa_event_clear(&event);
}
END_TEST

/**
 * Soft limits, and what the kernel counts against them
 */
static struct {
	int limit, value;
	uint64_t per;
} limits[] = {
	{ DMVPN_A_SA_SOFT_SECONDS, DMVPN_A_SA_AGE_MS, 1000 },
	{ DMVPN_A_SA_SOFT_BYTES, DMVPN_A_SA_BYTES, 1 },
	{ DMVPN_A_SA_SOFT_PACKETS, DMVPN_A_SA_PACKETS, 1 },
};

START_TEST(test_sa_soft)
{
	dmvpn_sa_id_t id = { .spi = 1, .local = local, .remote = remote, };
	uint64_t value = 300 * limits[_i / 3].per;
	dmvpn_sa_event_t event;

	/* not yet, just now, and without a limit */
	ck_assert(dmvpn_attrs_put_sa_id(msg, &id));
	nla_put_u64(msg, limits[_i / 3].limit, _i % 3 == 2 ? 0 : 300);
	nla_put_u64(msg, limits[_i / 3].value, _i % 3 == 0 ? value - 1 : value);
	ck_assert(dmvpn_attrs_get_sa(hdr, &event));
	ck_assert(event.info.soft == (_i % 3 == 1));
	dmvpn_sa_event_clear(&event);
}
END_TEST

START_TEST(test_sa_moved)
{
	dmvpn_sa_id_t id = { .spi = 1, .inbound = TRUE, .local = local,
						 .remote = local, };
	dmvpn_sa_event_t event;

	ck_assert(dmvpn_attrs_put_sa_id(msg, &id));
	ck_assert(dmvpn_attrs_put_sa_ports(msg, local, remote));
	ck_assert(dmvpn_attrs_put_host(msg, DMVPN_A_SA_NEW_REMOTE, remote));
	ck_assert(dmvpn_attrs_get_sa(hdr, &event));
	ck_assert(remote->equals(remote, event.moved));
	ck_assert(!event.info.used);
	dmvpn_sa_event_clear(&event);
}
END_TEST

START_TEST(test_sa_to_move)
{
	dmvpn_sa_id_t id = { .spi = 1, .local = local, .remote = remote, };
	uint16_t port;

	ck_assert(dmvpn_attrs_put_sa_move(msg, &id, remote, local, _i));
	ck_assert(is(DMVPN_A_SA_NEW_LOCAL, chunk_from_chars(10, 0, 0, 2)));
	ck_assert(is(DMVPN_A_SA_NEW_REMOTE, chunk_from_chars(10, 0, 0, 1)));
	/* 0 is native ESP, from behind a NAT too: without it they stay */
	port = htons(_i ? 1025 : 0);
	ck_assert(is(DMVPN_A_SA_LOCAL_PORT, chunk_from_thing(port)));
	port = htons(_i ? 4500 : 0);
	ck_assert(is(DMVPN_A_SA_REMOTE_PORT, chunk_from_thing(port)));
}
END_TEST

START_TEST(test_sa_broken)
{
	dmvpn_sa_event_t event;

	ck_assert(!dmvpn_attrs_get_sa(hdr, &event));
	nla_put_u32(msg, DMVPN_A_SA_SPI, 1);
	ck_assert(dmvpn_attrs_put_host(msg, DMVPN_A_SA_LOCAL, local));
	ck_assert(!dmvpn_attrs_get_sa(hdr, &event));
	/* too short for an address */
	nla_put(msg, DMVPN_A_SA_REMOTE, 3, "abc");
	ck_assert(!dmvpn_attrs_get_sa(hdr, &event));
}
END_TEST

START_TEST(test_session_by_addresses)
{
	dmvpn_session_t session = {
		.local = local,
		.remote = remote,
		.state = DMVPN_STATE_KEEP,
		.identity = "C=CH, CN=R6",
	}, copy;

	ck_assert(dmvpn_attrs_put_session(msg, &session));
	ck_assert(!find(DMVPN_A_SESSION_HANDLE));
	ck_assert(!find(DMVPN_A_SESSION_STATE));
	ck_assert(!find(DMVPN_A_SESSION_IKE_VERSION));
	ck_assert_str_eq(nla_get_string(find(DMVPN_A_SESSION_IDENTITY)),
					 "C=CH, CN=R6");
	/* a reply always has the handle */
	ck_assert(!dmvpn_attrs_get_session(hdr, &copy));
	nla_put_u32(msg, DMVPN_A_SESSION_HANDLE, 3);
	ck_assert(dmvpn_attrs_get_session(hdr, &copy));
	ck_assert_int_eq(copy.handle, 3);
	ck_assert(remote->equals(remote, copy.remote));
	dmvpn_session_clear(&copy);
}
END_TEST

START_TEST(test_long_reason)
{
	char reason[1024];
	dmvpn_session_t session = {
		.handle = 1,
		.state = DMVPN_SESSION_STATE_FAILED,
		.reason = reason,
	};

	memset(reason, 'x', sizeof(reason) - 1);
	reason[sizeof(reason) - 1] = '\0';
	ck_assert(dmvpn_attrs_put_session(msg, &session));
	ck_assert(!find(DMVPN_A_SESSION_LOCAL));
	/* the kernel refuses longer ones */
	ck_assert_int_eq(strlen(nla_get_string(find(DMVPN_A_SESSION_REASON))),
					 127);
}
END_TEST

Suite *dmvpn_attrs_suite_create(void)
{
	Suite *s;
	TCase *tc;

	s = suite_create("dmvpn attrs");

	tc = tcase_create("sa");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, test_sa_id, 0, 2);
	tcase_add_test(tc, test_sa);
	tcase_add_test(tc, test_sa_reply);
	tcase_add_loop_test(tc, test_sa_soft, 0, 3 * countof(limits));
	tcase_add_test(tc, test_sa_moved);
	tcase_add_loop_test(tc, test_sa_to_move, 0, 2);
	tcase_add_test(tc, test_sa_broken);
	suite_add_tcase(s, tc);

	tc = tcase_create("session");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_session_by_addresses);
	tcase_add_test(tc, test_long_reason);
	suite_add_tcase(s, tc);

	return s;
}
