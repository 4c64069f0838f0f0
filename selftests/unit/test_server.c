// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A hub and what its clients ask for: registrations.
 */
#include <stdlib.h>
#include <string.h>

#include "nhrpd/codec.h"
#include "nhrpd/ext.h"
#include "unit.h"

static struct fake_net net;
static struct fake_kernel hub;

static int setup(bool protected)
{
	struct conf conf;

	fake_net_init(&net);
	net.phantoms = true;
	fake_init(&hub, &net, "hub", "1.1.1.1", "192.168.1.1/24", protected);
	unit_hub(&conf);
	unit_start(&hub, &conf);
	if (!protected)
		return 0;
	fake_session_state(&hub, "6.6.6.6", DMVPN_SESSION_STATE_UP);
	fake_session_state(&hub, "7.7.7.7", DMVPN_SESSION_STATE_UP);
	return 0;
}

static int setup_protected(void **state)
{
	(void)state;
	return setup(true);
}

static int setup_clear(void **state)
{
	(void)state;
	return setup(false);
}

static int teardown(void **state)
{
	(void)state;
	fake_free(&hub);
	return 0;
}

static void request(struct nhrp_msg *msg, const char *nbma, const char *proto)
{
	unit_msg(msg, NHRP_REGISTRATION_REQUEST, nbma, proto, "192.168.1.1");
	msg->flags = NHRP_FLAG_REGISTRATION_UNIQUE | NHRP_FLAG_NAT;
	unit_cie(msg);
}

/* Code of the reply that @msg gets when it comes from @from. */
static unsigned int code_of(const char *from, const struct nhrp_msg *msg)
{
	struct nhrp_msg reply;

	unit_deliver(&hub, from, msg);
	unit_take(&hub, from, NHRP_REGISTRATION_REPLY, &reply);
	assert_int_equal(reply.id, msg->id);
	assert_int_equal(reply.n_cie, msg->n_cie);
	if (reply.cie[0].code)
		assert_int_equal(reply.cie[0].holdtime, 0);
	return reply.cie[0].code;
}

static unsigned int registers(const char *nbma, const char *proto)
{
	struct nhrp_msg msg;

	request(&msg, nbma, proto);
	return code_of(nbma, &msg);
}

static void accept(void **state)
{
	struct nhrp_msg msg, reply;
	struct nhrp_cie cie[2];

	(void)state;
	request(&msg, "6.6.6.6", "192.168.1.6");
	msg.cie[0].prefix_len = 255;
	assert_true(ext_add(&msg, 0x3801, false, "x", 1));
	unit_deliver(&hub, "6.6.6.6", &msg);
	unit_take(&hub, "6.6.6.6", NHRP_REGISTRATION_REPLY, &reply);
	assert_int_equal(reply.cie[0].code, 0);
	assert_int_equal(reply.flags, msg.flags);
	assert_true(addr_equal(&reply.dst_proto, &hub.dev.proto));
	assert_true(addr_equal(&reply.src_proto, &msg.src_proto));
	/* All extensions, in their order, and who answered. */
	assert_int_equal(reply.n_ext, msg.n_ext);
	assert_int_equal(reply.ext[4].type, 0x3801);
	assert_int_equal(ext_cies(&reply, &reply.ext[2], cie, 2), 1);
	assert_true(addr_equal(&cie[0].nbma, &hub.dev.nbma));
	assert_leads(&hub, "192.168.1.6", "6.6.6.6");
	assert_int_equal(fake_nexthop(&hub, "192.168.1.6")->k.flags,
			 DMVPN_NEXTHOP_FLAGS_UNIQUE);
	assert_int_equal(fake_nexthop(&hub, "192.168.1.6")->k.lifetime, HOLD);
	assert_int_equal(fake_peer(&hub, "6.6.6.6")->flags,
			 DMVPN_PEER_FLAGS_MULTICAST);
	assert_true(fake_said(&hub, "192.168.1.6 registered at 6.6.6.6"));
}

static void learns_server(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	request(&msg, "6.6.6.6", "192.168.1.6");
	msg.dst_proto = msg.src_proto;
	assert_int_equal(code_of("6.6.6.6", &msg), 0);
	msg.dst_proto = fake_addr("192.168.1.2");
	assert_int_equal(code_of("6.6.6.6", &msg), NHRP_CODE_PROHIBITED);
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_NOT_FOR_US), 1);
}

static void renew_and_expire(void **state)
{
	(void)state;
	assert_int_equal(registers("6.6.6.6", "192.168.1.6"), 0);
	fake_net_run(&net, 200000);
	assert_int_equal(registers("6.6.6.6", "192.168.1.6"), 0);
	fake_net_run(&net, 200000);
	assert_leads(&hub, "192.168.1.6", "6.6.6.6");
	fake_net_run(&net, 101000);
	assert_leads(&hub, "192.168.1.6", "-");
	assert_null(fake_peer(&hub, "6.6.6.6"));
	assert_true(fake_said(&hub, "registration of 192.168.1.6 from 6.6.6.6 "
			      "expired"));
}

static void taken(void **state)
{
	(void)state;
	assert_int_equal(registers("6.6.6.6", "192.168.1.6"), 0);
	assert_int_equal(registers("7.7.7.7", "192.168.1.6"),
			 NHRP_CODE_ALREADY_REGISTERED);
	assert_leads(&hub, "192.168.1.6", "6.6.6.6");
	assert_true(fake_said(&hub, "registration of 192.168.1.6 from 7.7.7.7 "
			      "refused: another has that address"));
	/* The one who has it renews it. */
	assert_int_equal(registers("6.6.6.6", "192.168.1.6"), 0);
}

/* Not unique: with a session it is held all the same, without it is not. */
static void not_unique(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	request(&msg, "6.6.6.6", "192.168.1.6");
	msg.flags = 0;
	assert_int_equal(code_of("6.6.6.6", &msg), 0);
	assert_int_equal(registers("7.7.7.7", "192.168.1.6"),
			 hub.dev.protected ? NHRP_CODE_ALREADY_REGISTERED : 0);
	assert_leads(&hub, "192.168.1.6",
		     hub.dev.protected ? "6.6.6.6" : "7.7.7.7");
}

static void free_after_session(void **state)
{
	(void)state;
	assert_int_equal(registers("6.6.6.6", "192.168.1.6"), 0);
	fake_session_state(&hub, "6.6.6.6", DMVPN_SESSION_STATE_DOWN);
	assert_int_equal(registers("7.7.7.7", "192.168.1.6"),
			 NHRP_CODE_ALREADY_REGISTERED);
	assert_leads(&hub, "192.168.1.6", "6.6.6.6");
	fake_net_run(&net, 31000);
	assert_int_equal(registers("7.7.7.7", "192.168.1.6"), 0);
	assert_leads(&hub, "192.168.1.6", "7.7.7.7");
}

/* Itself at another place, and no other, need not wait. */
static void moves(void **state)
{
	(void)state;
	fake_session_identity(&hub, "6.6.6.6", "spoke6.example");
	fake_session_identity(&hub, "7.7.7.7", "spoke6.example");
	assert_int_equal(registers("6.6.6.6", "192.168.1.6"), 0);
	assert_int_equal(registers("7.7.7.7", "192.168.1.6"),
			 NHRP_CODE_ALREADY_REGISTERED);
	fake_session_state(&hub, "6.6.6.6", DMVPN_SESSION_STATE_DOWN);
	assert_int_equal(registers("7.7.7.7", "192.168.1.6"), 0);
	assert_leads(&hub, "192.168.1.6", "7.7.7.7");
}

static void orphan(void **state)
{
	(void)state;
	assert_int_equal(registers("6.6.6.6", "192.168.1.6"), 0);
	assert_int_equal(registers("7.7.7.7", "192.168.1.7"), 0);
	assert_int_equal(unit_changed(&hub, NHRP_CHANGE_UP), 1);
	assert_int_equal(unit_changed(&hub, NHRP_CHANGE_PEER_ADDED), 2);
	assert_int_equal(unit_changed(&hub, NHRP_CHANGE_SESSION_UP), 2);
	fake_session_state(&hub, "6.6.6.6", DMVPN_SESSION_STATE_DOWN);
	fake_session_state(&hub, "7.7.7.7", DMVPN_SESSION_STATE_DOWN);
	assert_int_equal(unit_changed(&hub, NHRP_CHANGE_SESSION_DOWN), 2);
	fake_net_run(&net, 29000);
	assert_leads(&hub, "192.168.1.6", "6.6.6.6");
	fake_session_state(&hub, "7.7.7.7", DMVPN_SESSION_STATE_UP);
	fake_net_run(&net, 2000);
	assert_leads(&hub, "192.168.1.6", "-");
	assert_leads(&hub, "192.168.1.7", "7.7.7.7");
	assert_int_equal(unit_changed(&hub, NHRP_CHANGE_PEER_REMOVED), 1);
	assert_true(fake_said(&hub, "ended with its session"));
}

/* What nobody may have, or say of others. */
static void prohibited(void **state)
{
	static const char *const proto[] = {
		"192.168.1.1", "192.168.1.0", "192.168.1.255", "10.0.0.1",
		"224.0.0.5", "0.0.0.0", "127.0.0.1",
	};
	struct nhrp_msg msg;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(proto) / sizeof(proto[0]); i++) {
		request(&msg, "6.6.6.6", proto[i]);
		assert_int_equal(code_of("6.6.6.6", &msg),
				 NHRP_CODE_PROHIBITED);
	}
	request(&msg, "6.6.6.6", "192.168.1.6");
	msg.cie[0].prefix_len = 24;
	assert_int_equal(code_of("6.6.6.6", &msg), NHRP_CODE_PROHIBITED);
	request(&msg, "6.6.6.6", "192.168.1.6");
	msg.cie[0].holdtime = 0;
	assert_int_equal(code_of("6.6.6.6", &msg), NHRP_CODE_PROHIBITED);
	request(&msg, "6.6.6.6", "192.168.1.6");
	msg.cie[0].proto = fake_addr("192.168.1.7");
	assert_int_equal(code_of("6.6.6.6", &msg), NHRP_CODE_PROHIBITED);
	request(&msg, "6.6.6.6", "192.168.1.6");
	msg.cie[0].nbma = fake_addr("7.7.7.7");
	assert_int_equal(code_of("6.6.6.6", &msg), NHRP_CODE_PROHIBITED);
	assert_int_equal(hub.nexthops.count, 0);
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_SOURCE), i + 4);
}

static void static_stays(void **state)
{
	struct conf_map *map;
	struct conf conf;

	(void)state;
	unit_hub(&conf);
	map = conf_add_map(&conf.iface[0]);
	map->proto = fake_addr("192.168.1.6");
	map->nbma = fake_addr("6.6.6.6");
	assert_int_equal(nhrp_configure(hub.nhrp, net.now, &conf), 0);
	conf_free(&conf);
	assert_int_equal(registers("7.7.7.7", "192.168.1.6"),
			 NHRP_CODE_ALREADY_REGISTERED);
	assert_int_equal(registers("6.6.6.6", "192.168.1.6"), 0);
	assert_string_equal(unit_kind(&hub, "192.168.1.6"), "static");
}

static void full(void **state)
{
	struct conf conf;

	(void)state;
	unit_hub(&conf);
	conf.iface[0].cache_limit = 1;
	assert_int_equal(nhrp_configure(hub.nhrp, net.now, &conf), 0);
	conf_free(&conf);
	assert_int_equal(registers("6.6.6.6", "192.168.1.6"), 0);
	assert_int_equal(registers("7.7.7.7", "192.168.1.7"),
			 NHRP_CODE_NO_RESOURCES);
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_LIMIT), 1);
	assert_leads(&hub, "192.168.1.6", "6.6.6.6");
}

static void behind_nat(void **state)
{
	struct nhrp_msg msg, reply;
	struct addr nat;

	(void)state;
	request(&msg, "10.0.0.6", "192.168.1.6");
	unit_deliver(&hub, "6.6.6.6", &msg);
	unit_take(&hub, "6.6.6.6", NHRP_REGISTRATION_REPLY, &reply);
	assert_int_equal(reply.cie[0].code, 0);
	nat = ext_nat(&reply, &msg.src_proto);
	assert_true(addr_equal(&nat, &fake_peer(&hub, "6.6.6.6")->nbma.addr));
	assert_true(fake_nexthop(&hub, "192.168.1.6")->k.flags &
		    DMVPN_NEXTHOP_FLAGS_NAT);
	assert_true(addr_equal(&fake_nexthop(&hub, "192.168.1.6")->k.claimed,
			       &msg.src_nbma));
}

static void own_port(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	request(&msg, "10.0.0.6", "192.168.1.6");
	unit_deliver_port(&hub, "6.6.6.6", 4501, &msg);
	assert_leads(&hub, "192.168.1.6", "6.6.6.6:4501");
	unit_flush(&hub);
	/* The same session, whose NAT took another port. */
	unit_deliver_port(&hub, "6.6.6.6", 4502, &msg);
	assert_leads(&hub, "192.168.1.6",
		     hub.dev.protected ? "6.6.6.6:4502" : "6.6.6.6:4501");
}

static void password(void **state)
{
	struct nhrp_msg msg, reply;
	struct conf conf;

	(void)state;
	unit_hub(&conf);
	strcpy(conf.iface[0].auth, "secret");
	assert_int_equal(nhrp_configure(hub.nhrp, net.now, &conf), 0);
	conf_free(&conf);
	request(&msg, "6.6.6.6", "192.168.1.6");
	unit_deliver(&hub, "6.6.6.6", &msg);
	unit_take(&hub, "6.6.6.6", NHRP_ERROR_INDICATION, &reply);
	assert_int_equal(reply.error, NHRP_ERROR_AUTH);
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_AUTH), 1);
	assert_leads(&hub, "192.168.1.6", "-");
	assert_true(ext_auth_set(&msg, "secret"));
	unit_deliver(&hub, "6.6.6.6", &msg);
	unit_take(&hub, "6.6.6.6", NHRP_REGISTRATION_REPLY, &reply);
	assert_true(ext_auth_check(&reply, "secret"));
	assert_leads(&hub, "192.168.1.6", "6.6.6.6");
}

static void unknown_extension(void **state)
{
	struct nhrp_msg msg, reply;

	(void)state;
	request(&msg, "6.6.6.6", "192.168.1.6");
	assert_true(ext_add(&msg, 0x3801, true, "x", 1));
	unit_deliver(&hub, "6.6.6.6", &msg);
	unit_take(&hub, "6.6.6.6", NHRP_ERROR_INDICATION, &reply);
	assert_int_equal(reply.error, NHRP_ERROR_EXTENSION);
	assert_false(reply.has_ext);
	assert_leads(&hub, "192.168.1.6", "-");
}

/* An error is never answered, and what is wrong not for ever. */
static void no_storm(void **state)
{
	struct nhrp_msg msg;
	unsigned int i, n = 0;
	struct fake_frame *f;

	(void)state;
	request(&msg, "6.6.6.6", "192.168.1.6");
	assert_true(ext_add(&msg, 0x3801, true, "x", 1));
	for (i = 0; i < 100; i++)
		unit_deliver(&hub, "6.6.6.6", &msg);
	while ((f = fake_take(&hub))) {
		struct nhrp_frame frame = {
			.ifindex = FAKE_DMVPN,
			.remote = { .addr = fake_addr("6.6.6.6") },
			.data = f->data,
			.len = f->len,
		};

		nhrp_frame(hub.nhrp, net.now, &frame);
		free(f);
		n++;
	}
	assert_int_equal(n, 10);
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_RATE), 90);
}

/* It took all at once, and refused later: the next renewal mends it. */
static void refused_late(void **state)
{
	struct nbma r6 = { .addr = fake_addr("6.6.6.6") };
	struct addr proto = fake_addr("192.168.1.6");
	struct fake_peer *peer;

	(void)state;
	assert_int_equal(registers("6.6.6.6", "192.168.1.6"), NHRP_CODE_OK);
	fake_ops.nexthop_del(&hub, FAKE_DMVPN, &proto);
	nhrp_nexthop_refused(hub.nhrp, net.now, FAKE_DMVPN, &proto);
	assert_leads(&hub, "192.168.1.6", "-");
	assert_int_equal(registers("6.6.6.6", "192.168.1.6"), NHRP_CODE_OK);
	assert_leads(&hub, "192.168.1.6", "6.6.6.6");

	fake_ops.peer_del(&hub, FAKE_DMVPN, &r6);
	nhrp_peer_refused(hub.nhrp, net.now, FAKE_DMVPN, &r6);
	assert_int_equal(registers("6.6.6.6", "192.168.1.6"), NHRP_CODE_OK);
	peer = fake_peer(&hub, "6.6.6.6");
	assert_non_null(peer);
	assert_leads(&hub, "192.168.1.6", "6.6.6.6");

	nhrp_frame_refused(hub.nhrp, net.now, FAKE_DMVPN);
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_SEND), 1);
	/* Of what is not there any more. */
	nhrp_nexthop_refused(hub.nhrp, net.now, FAKE_LAN, &proto);
	nhrp_peer_refused(hub.nhrp, net.now, FAKE_LAN, &r6);
	nhrp_frame_refused(hub.nhrp, net.now, FAKE_LAN);
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_SEND), 1);
}

/* What nobody wants to hear is not told. */
static void quiet(void **state)
{
	(void)state;
	nhrp_observe_from(hub.nhrp, NHRP_LEVEL_INFO);
	registers("6.6.6.6", "192.168.1.6");
	assert_true(fake_said(&hub, "registered"));
	registers("6.6.6.6", "192.168.1.6");
	assert_false(fake_said(&hub, "renewed"));
	nhrp_observe_from(hub.nhrp, NHRP_LEVEL_DEBUG);
	registers("6.6.6.6", "192.168.1.6");
	assert_true(fake_said(&hub, "renewed"));
}

#define BOTH(test) \
	cmocka_unit_test_setup_teardown(test, setup_protected, teardown), \
	cmocka_unit_test_setup_teardown(test, setup_clear, teardown)
#define PROTECTED(test) \
	cmocka_unit_test_setup_teardown(test, setup_protected, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(accept),
		BOTH(learns_server),
		BOTH(renew_and_expire),
		BOTH(taken),
		BOTH(not_unique),
		PROTECTED(free_after_session),
		PROTECTED(moves),
		PROTECTED(orphan),
		BOTH(prohibited),
		BOTH(static_stays),
		BOTH(full),
		BOTH(behind_nat),
		BOTH(own_port),
		BOTH(password),
		BOTH(unknown_extension),
		BOTH(no_storm),
		BOTH(refused_late),
		BOTH(quiet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
