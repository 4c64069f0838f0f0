// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a member of the cloud that lies can do to a spoke.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nhrpd/codec.h"
#include "nhrpd/ext.h"
#include "target.h"

static int setup(void **state)
{
	(void)state;
	target_spoke();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_free(&target);
	return 0;
}

static void answers_unasked(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	question(&msg, VICTIM, "192.168.1.7", "192.168.1.8");
	answer(&msg, "192.168.1.8", MALLORY);
	in_vain(MALLORY, &msg, NHRP_DROP_NO_REQUEST);
	/* By way of the hub, which passes replies on. */
	in_vain(HUB, &msg, NHRP_DROP_NO_REQUEST);
}

static void answers_anothers_question(void **state)
{
	struct nhrp_msg asked, msg;

	(void)state;
	learns("192.168.1.8", THIRD);
	wants("192.168.1.9", &asked);
	/* The id is right, as it is for whom the hub has asked. */
	msg = asked;
	answer(&msg, "192.168.1.8", MALLORY);
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	msg = asked;
	answer(&msg, "192.168.1.8", THIRD);
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	msg = asked;
	answer(&msg, "192.168.1.9", THIRD);
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	msg = asked;
	answer(&msg, "192.168.1.9", MALLORY);
	unit_seen_at(&msg, "192.168.1.9", THIRD);
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	msg = asked;
	answer(&msg, "192.168.1.1", MALLORY);
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	msg = asked;
	answer(&msg, "192.168.1.9", MALLORY);
	msg.dst_proto = fake_addr("192.168.1.8");
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	/* It may still be answered. */
	msg = asked;
	answer(&msg, "192.168.1.9", "9.9.9.9");
	unit_deliver(&target, HUB, &msg);
	fake_net_run(&target_net, 200);
	assert_leads(&target, "192.168.1.9", "9.9.9.9");
}

static void redirects(void **state)
{
	uint8_t head[64];
	struct nhrp_msg msg;
	unsigned int i;
	char dst[32];

	(void)state;
	learns("192.168.1.6", MALLORY);
	redirect(&msg, head, "172.16.8.1");
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	redirect(&msg, head, "192.168.1.1");
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	/* To where we are ourselves. */
	redirect(&msg, head, "172.16.7.1");
	in_vain(MALLORY, &msg, NHRP_DROP_STALE);
	for (i = 0; i < 1000; i++) {
		snprintf(dst, sizeof(dst), "172.16.%u.%u", 8 + i / 250,
			 1 + i % 250);
		redirect(&msg, head, dst);
		in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	}
	unit_silent(&target);
}

/* It may say so of what goes through it: one question each, to a limit. */
static void redirects_what_it_carries(void **state)
{
	struct nhrp_msg msg, out;
	uint8_t head[64];
	struct conf conf;
	unsigned int i;
	char dst[32];

	(void)state;
	unit_spoke(&conf);
	conf.iface[0].shortcut_limit = 5;
	assert_int_equal(nhrp_configure(target.nhrp, target_net.now, &conf), 0);
	conf_free(&conf);
	learns("192.168.1.6", MALLORY);
	fake_route(&target, "172.16.6.0/24", "192.168.1.6", FAKE_DMVPN);
	for (i = 1; i < 5; i++) {
		snprintf(dst, sizeof(dst), "172.16.6.%u", i);
		redirect(&msg, head, dst);
		send_from(MALLORY, &msg);
		unit_take(&target, MALLORY, NHRP_RESOLUTION_REQUEST, &out);
		/* Again and again. */
		send_from(MALLORY, &msg);
		unit_silent(&target);
	}
	redirect(&msg, head, "172.16.6.9");
	in_vain(MALLORY, &msg, NHRP_DROP_LIMIT);
	unit_silent(&target);
}

/* It renews, and waits for the answer. */
static void renews(struct nhrp_msg *msg)
{
	while (list_empty(&target.sent))
		fake_net_run(&target_net, 100);
	unit_take(&target, HUB, NHRP_REGISTRATION_REQUEST, msg);
}

static void complains(const char *from, const struct nhrp_msg *quoted)
{
	uint8_t data[NHRP_PACKET_MAX];
	struct nhrp_msg msg;

	unit_msg(&msg, NHRP_ERROR_INDICATION, MALLORY, "192.168.1.6",
		 "192.168.1.7");
	msg.n_ext = 0;
	msg.has_ext = false;
	msg.error = NHRP_ERROR_AUTH;
	msg.payload = data;
	msg.payload_len = nhrp_encode(quoted, data, sizeof(data));
	in_vain(from, &msg, NHRP_DROP_SOURCE);
}

static void complains_of_our_registration(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	renews(&msg);
	complains(MALLORY, &msg);
}

/* The hub is behind a NAT, and so is mallory, at another port. */
static int setup_nat(void **state)
{
	struct nhrp_session session = {
		.handle = 999,
		.local = fake_addr(VICTIM),
		.remote = { .addr = fake_addr(HUB), .port = 4501 },
		.state = DMVPN_SESSION_STATE_UP,
		.identity = "mallory.example",
	};

	setup(state);
	nhrp_session(target.nhrp, target_net.now, &session);
	learns("192.168.1.8", THIRD);
	at_port = session.remote.port;
	in_session = session.handle;
	return 0;
}

static int teardown_nat(void **state)
{
	in_session = 0;
	return teardown(state);
}

static void purges_as_the_hub(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	unit_msg(&msg, NHRP_PURGE_REQUEST, HUB, "192.168.1.1", "192.168.1.7");
	unit_cie(&msg)->proto = fake_addr("192.168.1.8");
	in_vain(HUB, &msg, NHRP_DROP_SOURCE);
}

static void redirects_as_the_hub(void **state)
{
	struct nhrp_msg msg;
	uint8_t head[64];

	(void)state;
	redirect(&msg, head, "172.16.8.1");
	in_vain(HUB, &msg, NHRP_DROP_SOURCE);
	unit_silent(&target);
}

static void answers_as_the_hub(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	wants("192.168.1.9", &msg);
	answer(&msg, "192.168.1.9", MALLORY);
	in_vain(HUB, &msg, NHRP_DROP_SOURCE);
}

static void passes_on_as_the_hub(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	question(&msg, MALLORY, "192.168.1.5", "172.16.7.1");
	send_from(HUB, &msg);
	fake_net_run(&target_net, 200);
	assert_leads(&target, "192.168.1.5", "-");
}

static void registers_us_as_the_hub(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	renews(&msg);
	complains(HUB, &msg);
	msg.type = NHRP_REGISTRATION_REPLY;
	in_vain(HUB, &msg, NHRP_DROP_SOURCE);
	msg.cie[0].code = NHRP_CODE_PROHIBITED;
	in_vain(HUB, &msg, NHRP_DROP_SOURCE);
	/* It may still be answered. */
	in_session = 0;
	msg.cie[0].code = NHRP_CODE_OK;
	unit_deliver(&target, HUB, &msg);
	fake_net_run(&target_net, 20000);
	assert_int_equal(unit_nhs(&target), NHRP_NHS_UP);
}

/* A hub that does not look closely passes it on. */
static void purges_by_way_of_the_hub(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	learns("192.168.1.8", THIRD);
	unit_msg(&msg, NHRP_PURGE_REQUEST, MALLORY, "192.168.1.6",
		 "192.168.1.7");
	unit_cie(&msg)->proto = fake_addr("192.168.1.8");
	in_vain(HUB, &msg, NHRP_DROP_SOURCE);
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	/* Who has it, and the hub itself, may. */
	msg.src_proto = fake_addr("192.168.1.1");
	send_from(HUB, &msg);
	assert_string_equal(unit_kind(&target, "192.168.1.8"), "none");
	unit_flush(&target);
	learns("192.168.1.8", THIRD);
	msg.src_proto = fake_addr("192.168.1.8");
	send_from(HUB, &msg);
	assert_string_equal(unit_kind(&target, "192.168.1.8"), "none");
}

static void cannot_register(const char *proto)
{
	struct nhrp_msg msg, reply;

	registration(&msg, MALLORY, proto);
	msg.dst_proto = fake_addr("192.168.1.7");
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	unit_take(&target, MALLORY, NHRP_REGISTRATION_REPLY, &reply);
	assert_int_equal(reply.cie[0].code, NHRP_CODE_ALREADY_REGISTERED);
}

/* What was learnt from others is no more to be had than what is registered. */
static void registers_as_another(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	cannot_register("192.168.1.1");
	learns("192.168.1.8", THIRD);
	cannot_register("192.168.1.8");
	/* One that has asked us. */
	question(&msg, "9.9.9.9", "192.168.1.6", "172.16.7.1");
	send_from(HUB, &msg);
	fake_net_run(&target_net, 200);
	assert_string_equal(unit_kind(&target, "192.168.1.6"), "cached");
	unit_flush(&target);
	cannot_register("192.168.1.6");
}

/* Before we ask for it: who serves nobody says so. */
static void registers_before_we_ask(void **state)
{
	struct nhrp_msg msg, reply;
	struct conf conf;

	(void)state;
	unit_spoke(&conf);
	conf.iface[0].policy = CONF_POLICY_NONE;
	assert_int_equal(nhrp_configure(target.nhrp, target_net.now, &conf), 0);
	conf_free(&conf);
	registration(&msg, MALLORY, "192.168.1.8");
	msg.dst_proto = fake_addr("192.168.1.7");
	in_vain(MALLORY, &msg, NHRP_DROP_POLICY);
	unit_take(&target, MALLORY, NHRP_REGISTRATION_REPLY, &reply);
	assert_int_equal(reply.cie[0].code, NHRP_CODE_PROHIBITED);
	learns("192.168.1.8", THIRD);
}

/* The owner itself may: it is there, or has come back somewhere else. */
static void registers_as_itself(void **state)
{
	struct nhrp_msg msg, reply;

	(void)state;
	learns("192.168.1.8", THIRD);
	fake_session_identity(&target, THIRD, "spoke8.example");
	registration(&msg, THIRD, "192.168.1.8");
	msg.dst_proto = fake_addr("192.168.1.7");
	send_from(THIRD, &msg);
	unit_take(&target, THIRD, NHRP_REGISTRATION_REPLY, &reply);
	assert_int_equal(reply.cie[0].code, 0);
	learns("192.168.1.9", "9.9.9.9");
	fake_session_identity(&target, "9.9.9.9", "spoke9.example");
	fake_session_state(&target, "5.5.5.5", DMVPN_SESSION_STATE_UP);
	fake_session_identity(&target, "5.5.5.5", "spoke9.example");
	registration(&msg, "5.5.5.5", "192.168.1.9");
	msg.dst_proto = fake_addr("192.168.1.7");
	send_from("5.5.5.5", &msg);
	unit_take(&target, "5.5.5.5", NHRP_REGISTRATION_REPLY, &reply);
	assert_int_equal(reply.cie[0].code, 0);
	assert_leads(&target, "192.168.1.9", "5.5.5.5");
	/* Or was seen at a NAT's address, of which nobody said a port. */
	learns("192.168.1.10", "4.4.4.4");
	at_port = 4501;
	in_session = 999;
	registration(&msg, "4.4.4.4", "192.168.1.10");
	msg.dst_proto = fake_addr("192.168.1.7");
	send_from("4.4.4.4", &msg);
	at_port = 0;
	in_session = 0;
	assert_string_equal(unit_kind(&target, "192.168.1.10"), "registered");
	unit_flush(&target);
}

/* A hub that does not look closely passes it on: we would ask ourselves. */
static void asks_from_our_place(void **state)
{
	struct nhrp_msg msg, reply;

	(void)state;
	question(&msg, VICTIM, "192.168.1.6", "172.16.7.1");
	send_from(HUB, &msg);
	unit_take(&target, HUB, NHRP_RESOLUTION_REPLY, &reply);
	question(&msg, "9.9.9.9", "192.168.1.6", "172.16.7.1");
	unit_seen_at(&msg, "192.168.1.6", VICTIM);
	send_from(HUB, &msg);
	unit_take(&target, HUB, NHRP_RESOLUTION_REPLY, &reply);
	fake_net_run(&target_net, 200);
	assert_null(fake_peer(&target, VICTIM));
	assert_leads(&target, "192.168.1.6", "-");
}

static void see_hub(void *arg, const struct nhrp_peer_view *v)
{
	struct addr a = fake_addr(HUB);

	if (addr_equal(&v->nbma.addr, &a))
		snprintf(arg, NHRP_GROUP_NAME, "%s", v->says);
}

/* Our hub would get what it says that it wants to have from us. */
static void asks_from_the_hubs_place(void **state)
{
	static const struct nhrp_group gold = { .name = "GOLD", .rate = 1 };
	char group[NHRP_GROUP_NAME] = "nobody";
	struct nhrp_msg msg;

	(void)state;
	question(&msg, HUB, "192.168.1.6", "172.16.7.1");
	assert_true(ext_group_set(&msg, NHRP_GROUP_ASKS, &gold));
	send_from(HUB, &msg);
	nhrp_walk_peers(target.nhrp, target_net.now, see_hub, group);
	assert_string_equal(group, "");
	/* It may say so itself. */
	msg.src_proto = fake_addr("192.168.1.1");
	send_from(HUB, &msg);
	nhrp_walk_peers(target.nhrp, target_net.now, see_hub, group);
	assert_string_equal(group, "GOLD");
}

/* Questions that wait for a session; those beyond the limit do not wait. */
static void asks_many_times(void **state)
{
	struct nhrp_msg msg, reply;
	unsigned int i, answers = 0;
	struct fake_frame *f;
	struct conf conf;

	(void)state;
	unit_spoke(&conf);
	conf.iface[0].resolution_limit = 10;
	assert_int_equal(nhrp_configure(target.nhrp, target_net.now, &conf), 0);
	conf_free(&conf);
	question(&msg, "9.9.9.9", "192.168.1.6", "172.16.7.1");
	for (i = 0; i < 50; i++) {
		msg.id = 1000 + i;
		send_from(HUB, &msg);
		if (list_empty(&target.sent))
			continue;
		unit_take(&target, HUB, NHRP_RESOLUTION_REPLY, &reply);
		assert_int_equal(reply.cie[0].code, 0);
		answers++;
	}
	assert_int_equal(answers, 40);
	question(&msg, "5.5.5.5", "192.168.1.5", "172.16.7.1");
	send_from(HUB, &msg);
	unit_silent(&target);
	fake_net_run(&target_net, 200);
	for (answers = 0; (f = fake_take(&target)); answers++)
		free(f);
	assert_int_equal(answers, 11);
}

/* A server passes on what it asks with all of its addresses. */
static void asks_with_many_addresses(void **state)
{
	struct nhrp_msg msg, reply;
	unsigned int i, refusals = 0;
	struct conf conf;
	char proto[32];

	(void)state;
	unit_spoke(&conf);
	conf.iface[0].resolution_limit = 10;
	assert_int_equal(nhrp_configure(target.nhrp, target_net.now, &conf), 0);
	conf_free(&conf);
	for (i = 0; i < 15; i++) {
		snprintf(proto, sizeof(proto), "192.168.1.%u", 100 + i);
		question(&msg, MALLORY, proto, "172.16.7.1");
		send_from(HUB, &msg);
		unit_take(&target, HUB, NHRP_RESOLUTION_REPLY, &reply);
		refusals += reply.cie[0].code == NHRP_CODE_NO_RESOURCES;
	}
	assert_int_equal(refusals, 5);
}

/*
 * Two questions wait for its session, one for the answer and one answered, and
 * what was learnt with one of them is taken back before it comes up.
 */
static void takes_back_what_waits(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	question(&msg, "9.9.9.9", "192.168.1.99", "172.16.7.1");
	send_from(HUB, &msg);
	question(&msg, "9.9.9.9", "192.168.1.6", "172.16.7.1");
	send_from(HUB, &msg);
	unit_silent(&target);
	unit_msg(&msg, NHRP_PURGE_REQUEST, "9.9.9.9", "192.168.1.6",
		 "192.168.1.7");
	unit_cie(&msg)->proto = msg.src_proto;
	send_from(HUB, &msg);
	assert_null(fake_peer(&target, "9.9.9.9"));
	unit_flush(&target);
	fake_session_state(&target, "9.9.9.9", DMVPN_SESSION_STATE_UP);
	assert_leads(&target, "192.168.1.99", "9.9.9.9");
	unit_take(&target, HUB, NHRP_RESOLUTION_REPLY, &msg);
	unit_silent(&target);
}

#define AT_SPOKE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
#define AT_NAT(test) \
	cmocka_unit_test_setup_teardown(test, setup_nat, teardown_nat)

int main(void)
{
	const struct CMUnitTest tests[] = {
		AT_SPOKE(answers_unasked),
		AT_SPOKE(answers_anothers_question),
		AT_SPOKE(redirects),
		AT_SPOKE(redirects_what_it_carries),
		AT_SPOKE(complains_of_our_registration),
		AT_SPOKE(purges_by_way_of_the_hub),
		AT_SPOKE(registers_as_another),
		AT_SPOKE(registers_as_itself),
		AT_SPOKE(registers_before_we_ask),
		AT_SPOKE(asks_from_our_place),
		AT_SPOKE(asks_from_the_hubs_place),
		AT_SPOKE(asks_many_times),
		AT_SPOKE(asks_with_many_addresses),
		AT_SPOKE(takes_back_what_waits),
		AT_NAT(purges_as_the_hub),
		AT_NAT(redirects_as_the_hub),
		AT_NAT(answers_as_the_hub),
		AT_NAT(passes_on_as_the_hub),
		AT_NAT(registers_us_as_the_hub),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
