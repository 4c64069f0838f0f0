// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a member of the cloud that lies can do to a hub.
 */
#include <stdio.h>
#include <string.h>

#include "nhrpd/codec.h"
#include "nhrpd/ext.h"
#include "target.h"

static int setup(void **state)
{
	(void)state;
	target_hub();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_free(&target);
	return 0;
}

static void refused(const struct nhrp_msg *msg, enum nhrp_drop why,
		    unsigned int code)
{
	struct nhrp_msg reply;

	in_vain(MALLORY, msg, why);
	unit_take(&target, MALLORY, NHRP_REGISTRATION_REPLY, &reply);
	assert_int_equal(reply.cie[0].code, code);
	assert_int_equal(reply.cie[0].holdtime, 0);
}

static void registers_anothers_address(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	registration(&msg, MALLORY, "192.168.1.7");
	refused(&msg, NHRP_DROP_SOURCE, NHRP_CODE_ALREADY_REGISTERED);
	/* As if it were there. */
	registration(&msg, VICTIM, "192.168.1.7");
	refused(&msg, NHRP_DROP_SOURCE, NHRP_CODE_ALREADY_REGISTERED);
	unit_seen_at(&msg, "192.168.1.7", VICTIM);
	refused(&msg, NHRP_DROP_SOURCE, NHRP_CODE_ALREADY_REGISTERED);
}

static void registers_an_orphans_address(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	fake_session_state(&target, VICTIM, DMVPN_SESSION_STATE_DOWN);
	fake_net_run(&target_net, 29000);
	registration(&msg, MALLORY, "192.168.1.7");
	refused(&msg, NHRP_DROP_SOURCE, NHRP_CODE_ALREADY_REGISTERED);
	fake_session_state(&target, VICTIM, DMVPN_SESSION_STATE_UP);
	fake_net_run(&target_net, 5000);
	assert_leads(&target, "192.168.1.7", VICTIM);
}

/* The hub's nhrpd has been restarted meanwhile. */
static void registers_after_a_restart(void **state)
{
	struct nhrp_msg msg;
	struct conf conf;

	(void)state;
	fake_kill(&target);
	fake_session_state(&target, VICTIM, DMVPN_SESSION_STATE_DOWN);
	unit_hub(&conf);
	unit_start(&target, &conf);
	assert_string_equal(unit_kind(&target, "192.168.1.7"), "registered");
	registration(&msg, MALLORY, "192.168.1.7");
	refused(&msg, NHRP_DROP_SOURCE, NHRP_CODE_ALREADY_REGISTERED);
	fake_net_run(&target_net, 29000);
	refused(&msg, NHRP_DROP_SOURCE, NHRP_CODE_ALREADY_REGISTERED);
	assert_leads(&target, "192.168.1.7", VICTIM);
	/* It is not back: its address is there for others. */
	fake_net_run(&target_net, 2000);
	assert_leads(&target, "192.168.1.7", "-");
	assert_leads(&target, "192.168.1.8", THIRD);
	assert_int_equal(registers(MALLORY, "192.168.1.7"), 0);
}

/* Behind the same NAT, or with the same address some time later. */
static void takes_over_an_nbma_address(void **state)
{
	(void)state;
	fake_session_identity(&target, VICTIM, "spoke7.example");
	fake_session_state(&target, VICTIM, DMVPN_SESSION_STATE_DOWN);
	assert_leads(&target, "192.168.1.7", VICTIM);
	fake_session_identity(&target, VICTIM, "mallory.example");
	fake_session_state(&target, VICTIM, DMVPN_SESSION_STATE_UP);
	assert_leads(&target, "192.168.1.7", "-");
	assert_true(fake_said(&target, "registration of 192.168.1.7 from"
			      " 7.7.7.7 ended: another identity is there now"));
}

/* The NAT is a member itself, and mallory behind it. */
static void is_behind_anothers_nat(void **state)
{
	struct nhrp_session session = {
		.handle = 999,
		.local = fake_addr(HUB),
		.remote = { .addr = fake_addr(VICTIM), .port = 4501 },
		.state = DMVPN_SESSION_STATE_UP,
		.identity = "mallory.example",
	};

	(void)state;
	fake_session_identity(&target, VICTIM, "spoke7.example");
	nhrp_session(target.nhrp, target_net.now, &session);
	assert_leads(&target, "192.168.1.7", VICTIM);
	session.state = DMVPN_SESSION_STATE_DOWN;
	session.gone = true;
	nhrp_session(target.nhrp, target_net.now, &session);
	assert_leads(&target, "192.168.1.7", VICTIM);
	assert_false(fake_said(&target, "ended"));
}

static void registers_what_nobody_may_have(void **state)
{
	static const char *const proto[] = {
		"192.168.1.1", "192.168.1.0", "192.168.1.255", "224.0.0.5",
		"0.0.0.0", "255.255.255.255", "127.0.0.1", "172.16.1.1",
	};
	struct nhrp_msg msg;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(proto) / sizeof(proto[0]); i++) {
		registration(&msg, MALLORY, proto[i]);
		refused(&msg, NHRP_DROP_SOURCE, NHRP_CODE_PROHIBITED);
	}
	/* A tunnel address alone says nothing about what is in the cloud. */
	target.dev.proto_len = 32;
	fake_link_changed(&target);
	fake_session_state(&target, MALLORY, DMVPN_SESSION_STATE_UP);
	registration(&msg, MALLORY, "172.16.1.1");
	refused(&msg, NHRP_DROP_SOURCE, NHRP_CODE_PROHIBITED);
}

static void registers_a_prefix(void **state)
{
	static const uint8_t len[] = { 1, 8, 24, 31 };
	struct nhrp_msg msg;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(len); i++) {
		registration(&msg, MALLORY, "192.168.1.6");
		msg.cie[0].prefix_len = len[i];
		refused(&msg, NHRP_DROP_SOURCE, NHRP_CODE_PROHIBITED);
	}
	registration(&msg, MALLORY, "192.168.1.6");
	msg.cie[0].proto = fake_addr("192.168.1.7");
	refused(&msg, NHRP_DROP_SOURCE, NHRP_CODE_PROHIBITED);
	msg.cie[0].proto = msg.src_proto;
	msg.cie[0].nbma = fake_addr(VICTIM);
	refused(&msg, NHRP_DROP_SOURCE, NHRP_CODE_PROHIBITED);
}

/*
 * An NBMA address that it only claims: others are told the one that it has, or
 * they would begin IKE with whom it names.
 */
static void claims_anothers_nbma_address(void **state)
{
	struct nhrp_msg msg, out;
	struct nhrp_cie cie[2];
	struct addr nat;

	(void)state;
	registration(&msg, "9.9.9.9", "192.168.1.6");
	send_from(MALLORY, &msg);
	question(&msg, "9.9.9.9", "192.168.1.6", "192.168.1.7");
	unit_seen_at(&msg, "192.168.1.66", "9.9.9.9");
	send_from(MALLORY, &msg);
	unit_take(&target, VICTIM, NHRP_RESOLUTION_REQUEST, &out);
	nat = ext_nat(&out, &out.src_proto);
	assert_true(addr_equal(&nat, &fake_peer(&target, MALLORY)->nbma.addr));
	/* And without the extension. */
	question(&msg, "9.9.9.9", "192.168.1.6", "192.168.1.7");
	msg.n_ext--;
	send_from(MALLORY, &msg);
	unit_take(&target, VICTIM, NHRP_RESOLUTION_REQUEST, &out);
	assert_int_equal(ext_cies(&out, ext_find(&out, NHRP_EXT_NAT), cie, 2),
			 1);
	assert_true(addr_equal(&cie[0].nbma,
			       &fake_peer(&target, MALLORY)->nbma.addr));
	assert_null(fake_peer(&target, "9.9.9.9"));
}

static void purges_anothers_binding(void **state)
{
	struct nhrp_msg msg;
	struct nhrp_cie *cie;

	(void)state;
	unit_msg(&msg, NHRP_PURGE_REQUEST, MALLORY, "192.168.1.6",
		 "192.168.1.1");
	cie = unit_cie(&msg);
	cie->proto = fake_addr("192.168.1.7");
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	/* In the name of who has it, and of the hub. */
	msg.src_proto = fake_addr("192.168.1.7");
	msg.src_nbma = fake_addr(VICTIM);
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	msg.src_proto = target.dev.proto;
	msg.src_nbma = target.dev.nbma;
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	/* To be passed on to a third, who believes its hub. */
	msg.dst_proto = fake_addr("192.168.1.8");
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	msg.src_proto = fake_addr("192.168.1.7");
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	unit_silent(&target);
}

static void answers_for_another(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	question(&msg, THIRD, "192.168.1.8", "172.16.6.1");
	msg.type = NHRP_RESOLUTION_REPLY;
	/* What it was asked for is at another, who is here. */
	msg.cie[0].proto = fake_addr("192.168.1.7");
	msg.cie[0].nbma = fake_addr(MALLORY);
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	unit_silent(&target);
	/* It is at nobody, who is here. */
	msg.cie[0].proto = fake_addr("192.168.1.99");
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	unit_silent(&target);
	/* It is at itself, who is elsewhere. */
	msg.cie[0].proto = fake_addr("192.168.1.6");
	msg.cie[0].nbma = fake_addr(VICTIM);
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	unit_silent(&target);
	msg.cie[0].nbma = fake_addr(MALLORY);
	unit_seen_at(&msg, "192.168.1.6", VICTIM);
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	unit_silent(&target);
}

/* In the NAT extension, as the first that nobody looks at. */
static void seen_behind_others(struct nhrp_msg *msg, const char *proto,
			       const char *nbma)
{
	struct nhrp_cie cie = { .nbma = fake_addr(MALLORY) };
	uint8_t data[1000];
	struct writer w;
	unsigned int i;

	cie.proto = fake_addr("192.168.1.66");
	writer_init(&w, data, sizeof(data));
	for (i = 0; i <= NHRP_MSG_CIES; i++)
		nhrp_write_cie(&w, &cie);
	cie.nbma = fake_addr(nbma);
	cie.proto = fake_addr(proto);
	nhrp_write_cie(&w, &cie);
	assert_true(ext_put(msg, NHRP_EXT_NAT, false, data, w.pos));
}

static void asks_as_another(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	question(&msg, MALLORY, "192.168.1.7", "192.168.1.8");
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	question(&msg, VICTIM, "192.168.1.7", "192.168.1.8");
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	question(&msg, MALLORY, "192.168.1.99", "192.168.1.8");
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	question(&msg, HUB, "192.168.1.1", "192.168.1.8");
	in_vain(MALLORY, &msg, NHRP_DROP_LOOP);
	/* As itself, and elsewhere. */
	question(&msg, VICTIM, "192.168.1.6", "192.168.1.8");
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	question(&msg, MALLORY, "192.168.1.6", "192.168.1.8");
	unit_seen_at(&msg, "192.168.1.6", VICTIM);
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	/* At both places: some take the first, others the last. */
	question(&msg, MALLORY, "192.168.1.6", "192.168.1.8");
	unit_seen_at(&msg, "192.168.1.6", VICTIM);
	unit_seen_at(&msg, "192.168.1.6", MALLORY);
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	/* Or where we do not look any more. */
	question(&msg, MALLORY, "192.168.1.6", "192.168.1.8");
	seen_behind_others(&msg, "192.168.1.6", VICTIM);
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	/* As one whose session is away. */
	fake_session_state(&target, VICTIM, DMVPN_SESSION_STATE_DOWN);
	question(&msg, MALLORY, "192.168.1.7", "192.168.1.8");
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	unit_silent(&target);
}

/* What is behind it may be anywhere, but not where others or we are. */
static void has_clients_at_others(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	question(&msg, VICTIM, "172.16.6.9", "192.168.1.8");
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	question(&msg, HUB, "172.16.6.9", "192.168.1.8");
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	question(&msg, "9.9.9.9", "172.16.6.9", "192.168.1.8");
	unit_seen_at(&msg, "172.16.6.9", VICTIM);
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	/* It is told that it is not passed on. */
	unit_take(&target, MALLORY, NHRP_RESOLUTION_REPLY, &msg);
	assert_int_equal(msg.cie[0].code, NHRP_CODE_NO_BINDING);
	question(&msg, "9.9.9.9", "172.16.6.9", "192.168.1.8");
	send_from(MALLORY, &msg);
	unit_take(&target, THIRD, NHRP_RESOLUTION_REQUEST, &msg);
	/* As an answer. */
	question(&msg, THIRD, "192.168.1.8", "172.16.6.1");
	msg.type = NHRP_RESOLUTION_REPLY;
	msg.cie[0].proto = fake_addr("172.16.6.9");
	msg.cie[0].nbma = fake_addr(VICTIM);
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	unit_silent(&target);
}

/* A route that it has announced makes nobody's registration its own. */
static void has_a_route_to_another(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	fake_route(&target, "192.168.1.7/32", "192.168.1.6", FAKE_DMVPN);
	question(&msg, "9.9.9.9", "192.168.1.7", "192.168.1.8");
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	question(&msg, THIRD, "192.168.1.8", "172.16.7.1");
	msg.type = NHRP_RESOLUTION_REPLY;
	msg.cie[0].proto = fake_addr("192.168.1.7");
	msg.cie[0].nbma = fake_addr("9.9.9.9");
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	unit_silent(&target);
	/* As one that is registered nowhere here it would be believed. */
	fake_route(&target, "192.168.1.77/32", "192.168.1.6", FAKE_DMVPN);
	question(&msg, "9.9.9.9", "192.168.1.77", "192.168.1.8");
	send_from(MALLORY, &msg);
	unit_take(&target, THIRD, NHRP_RESOLUTION_REQUEST, &msg);
}

static void complains_of_others(void **state)
{
	struct nhrp_msg msg, quoted;
	uint8_t data[NHRP_PACKET_MAX];

	(void)state;
	question(&quoted, HUB, "192.168.1.1", "192.168.1.7");
	unit_msg(&msg, NHRP_ERROR_INDICATION, MALLORY, "192.168.1.6",
		 "192.168.1.1");
	msg.n_ext = 0;
	msg.has_ext = false;
	msg.error = NHRP_ERROR_UNREACHABLE;
	msg.payload = data;
	msg.payload_len = nhrp_encode(&quoted, data, sizeof(data));
	in_vain(MALLORY, &msg, NHRP_DROP_NO_REQUEST);
	unit_silent(&target);
	/* To another, in the name of the hub and of a third. */
	msg.dst_proto = fake_addr("192.168.1.7");
	msg.src_proto = fake_addr("192.168.1.1");
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	msg.src_proto = fake_addr("192.168.1.8");
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	unit_silent(&target);
	msg.src_proto = fake_addr("192.168.1.6");
	send_from(MALLORY, &msg);
	unit_take(&target, VICTIM, NHRP_ERROR_INDICATION, &msg);
}

static void registers_many_addresses(void **state)
{
	unsigned int i, accepted = 0;
	char proto[32];

	(void)state;
	for (i = 10; i < 210; i++) {
		snprintf(proto, sizeof(proto), "192.168.1.%u", i);
		accepted += !registers(MALLORY, proto);
	}
	/* It has one already. */
	assert_int_equal(accepted, CONF_REGISTRATION_LIMIT - 1);
	assert_int_equal(unit_dropped(&target, NHRP_DROP_LIMIT),
			 200 - accepted);
	assert_true(fake_said(&target, "registration-limit is reached"));
	/* What it has is renewed; others have room of their own. */
	assert_int_equal(registers(MALLORY, "192.168.1.10"), 0);
	assert_int_equal(registers(THIRD, "192.168.1.220"), 0);
}

static void asks_for_many_addresses(void **state)
{
	struct nhrp_msg msg, reply;
	unsigned int i, refusals = 0;
	char dst[32];

	(void)state;
	fake_route(&target, "10.0.0.0/7", NULL, FAKE_WAN);
	for (i = 0; i < CONF_RESOLUTION_LIMIT + 100; i++) {
		snprintf(dst, sizeof(dst), "10.0.%u.%u", i / 256, i % 256);
		question(&msg, MALLORY, "192.168.1.6", dst);
		send_from(MALLORY, &msg);
		unit_take(&target, MALLORY, NHRP_RESOLUTION_REPLY, &reply);
		refusals += reply.cie[0].code == NHRP_CODE_NO_RESOURCES;
	}
	assert_int_equal(refusals, 100);
	assert_int_equal(unit_dropped(&target, NHRP_DROP_LIMIT), 100);
	question(&msg, THIRD, "192.168.1.8", "10.0.0.1");
	send_from(THIRD, &msg);
	unit_take(&target, THIRD, NHRP_RESOLUTION_REPLY, &reply);
	assert_int_equal(reply.cie[0].code, 0);
}

/* As many as with one, whatever number of addresses it has. */
static void asks_with_many_addresses(void **state)
{
	struct nhrp_msg msg, reply;
	unsigned int i, refusals = 0;
	char proto[32], dst[32];

	(void)state;
	fake_route(&target, "10.0.0.0/7", NULL, FAKE_WAN);
	for (i = 0; i < CONF_RESOLUTION_LIMIT + 100; i++) {
		snprintf(proto, sizeof(proto), "192.168.1.%u", 100 + i % 20);
		snprintf(dst, sizeof(dst), "10.0.%u.%u", i / 256, i % 256);
		if (i < 20)
			assert_int_equal(registers(MALLORY, proto), 0);
		question(&msg, MALLORY, proto, dst);
		send_from(MALLORY, &msg);
		unit_take(&target, MALLORY, NHRP_RESOLUTION_REPLY, &reply);
		refusals += reply.cie[0].code == NHRP_CODE_NO_RESOURCES;
	}
	assert_int_equal(refusals, 100);
	question(&msg, THIRD, "192.168.1.8", "10.0.0.1");
	send_from(THIRD, &msg);
	unit_take(&target, THIRD, NHRP_RESOLUTION_REPLY, &reply);
	assert_int_equal(reply.cie[0].code, 0);
}

/* All that may be sent would be sent for it, and for nobody else. */
static void asks_again_and_again(void **state)
{
	struct nhrp_msg msg;
	unsigned int i;

	(void)state;
	question(&msg, MALLORY, "192.168.1.6", "172.16.1.1");
	for (i = 0; i < CONF_MAX_SEND_PACKETS + 1000; i++)
		send_from(MALLORY, &msg);
	unit_silent(&target);
	assert_int_equal(registers(VICTIM, "192.168.1.7"), 0);
	/* Nor out of a session without a binding. */
	question(&msg, MALLORY, "192.168.1.66", "172.16.1.1");
	at_port = 4501;
	in_session = 999;
	for (i = 0; i < CONF_MAX_SEND_PACKETS + 1000; i++)
		send_from(MALLORY, &msg);
	at_port = 0;
	in_session = 0;
	assert_int_equal(registers(VICTIM, "192.168.1.7"), 0);
	fake_session_state(&target, "5.5.5.5", DMVPN_SESSION_STATE_UP);
	assert_int_equal(registers("5.5.5.5", "192.168.1.5"), 0);
	/* It has as much as before, later. */
	fake_net_run(&target_net, CONF_MAX_SEND_SECONDS * 1000);
	assert_int_equal(registers(MALLORY, "192.168.1.6"), 0);
}

/* IKE lets it have more than one session, each from a port of its own. */
static void asks_in_many_sessions(void **state)
{
	struct nbma nbma = { .addr = fake_addr(MALLORY) };
	struct fake_session *session;
	struct nhrp_msg msg;
	unsigned int i, k;
	char proto[32];

	(void)state;
	for (i = 0; i < 20; i++) {
		at_port = (uint16_t)(4501 + i);
		nbma.port = at_port;
		session = fake_session_get(&target, &nbma);
		session->state = DMVPN_SESSION_STATE_UP;
		in_session = session->handle;
		snprintf(proto, sizeof(proto), "192.168.1.%u", 100 + i);
		registration(&msg, MALLORY, proto);
		send_from(MALLORY, &msg);
		question(&msg, MALLORY, proto, "172.16.1.1");
		for (k = 0; k < CONF_MAX_SEND_PACKETS / 4; k++)
			send_from(MALLORY, &msg);
	}
	at_port = 0;
	in_session = 0;
	assert_int_equal(registers(VICTIM, "192.168.1.7"), 0);
	assert_int_equal(registers(THIRD, "192.168.1.8"), 0);
	fake_session_state(&target, "5.5.5.5", DMVPN_SESSION_STATE_UP);
	assert_int_equal(registers("5.5.5.5", "192.168.1.5"), 0);
}

static void see_group(void *arg, const struct nhrp_peer_view *v)
{
	struct nbma mallory = { .addr = fake_addr(MALLORY) };

	if (nbma_equal(&v->nbma, &mallory))
		snprintf(arg, NHRP_GROUP_NAME, "%s", v->says);
}

static void assert_group(const char *wanted)
{
	char group[NHRP_GROUP_NAME] = "nobody";

	nhrp_walk_peers(target.nhrp, target_net.now, see_group, group);
	assert_string_equal(group, wanted);
}

/* It has the hub ask for what is behind it. */
static void draws_a_question(struct nhrp_msg *msg, const char *dst)
{
	struct addr s = fake_addr("172.16.1.9"), d = fake_addr(dst);
	uint8_t head[64] = { 0x45 };

	unit_msg(msg, NHRP_TRAFFIC_INDICATION, MALLORY, "192.168.1.6",
		 "172.16.1.9");
	msg->n_ext = 0;
	msg->has_ext = false;
	memcpy(head + 12, s.b, 4);
	memcpy(head + 16, d.b, 4);
	msg->payload = head;
	msg->payload_len = sizeof(head);
	send_from(MALLORY, msg);
	unit_take(&target, MALLORY, NHRP_RESOLUTION_REQUEST, msg);
}

/* What somebody has agreed to, an authorizer perhaps, is the registration. */
static void says_another_group(void **state)
{
	static const struct nhrp_group silver = { .name = "SILVER" };
	static const struct nhrp_group gold = { .name = "GOLD" };
	static const char *const proto[] = { "192.168.1.6", "192.168.1.66" };
	struct nhrp_msg msg;
	unsigned int i;

	(void)state;
	registration(&msg, MALLORY, "192.168.1.6");
	assert_true(ext_group_set(&msg, NHRP_GROUP_ASKS, &silver));
	send_from(MALLORY, &msg);
	assert_group("SILVER");
	unit_flush(&target);
	for (i = 0; i < 2; i++) {
		draws_a_question(&msg, i ? "172.16.6.2" : "172.16.6.1");
		msg.type = NHRP_RESOLUTION_REPLY;
		msg.cie[0].proto = fake_addr(proto[i]);
		msg.cie[0].nbma = fake_addr(MALLORY);
		assert_true(ext_group_set(&msg, NHRP_GROUP_ANSWERS, &gold));
		send_from(MALLORY, &msg);
		assert_group("SILVER");
		question(&msg, MALLORY, proto[i], "172.16.1.1");
		assert_true(ext_group_set(&msg, NHRP_GROUP_ASKS, &gold));
		send_from(MALLORY, &msg);
		assert_group("SILVER");
		unit_flush(&target);
	}
	assert_string_equal(unit_kind(&target, "192.168.1.66"), "shortcut");
}

#define AT_HUB(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		AT_HUB(registers_anothers_address),
		AT_HUB(registers_an_orphans_address),
		AT_HUB(registers_after_a_restart),
		AT_HUB(takes_over_an_nbma_address),
		AT_HUB(is_behind_anothers_nat),
		AT_HUB(registers_what_nobody_may_have),
		AT_HUB(registers_a_prefix),
		AT_HUB(claims_anothers_nbma_address),
		AT_HUB(purges_anothers_binding),
		AT_HUB(answers_for_another),
		AT_HUB(asks_as_another),
		AT_HUB(has_clients_at_others),
		AT_HUB(has_a_route_to_another),
		AT_HUB(complains_of_others),
		AT_HUB(registers_many_addresses),
		AT_HUB(asks_for_many_addresses),
		AT_HUB(asks_with_many_addresses),
		AT_HUB(asks_again_and_again),
		AT_HUB(asks_in_many_sessions),
		AT_HUB(says_another_group),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
