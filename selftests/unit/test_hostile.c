// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A member of the cloud that lies: 6.6.6.6 has a session and its own address,
 * 192.168.1.6, and may change nothing that is of 192.168.1.7 at 7.7.7.7, nor
 * make more packets out of those it sends.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nhrpd/codec.h"
#include "nhrpd/ext.h"
#include "unit.h"

#define MALLORY		"6.6.6.6"
#define VICTIM		"7.7.7.7"
#define THIRD		"8.8.8.8"
#define HUB		"1.1.1.1"
#define STATE_TEXT	65536
/* An answer is longer than a question by two entries and a header at most. */
#define GROWTH		64

static struct fake_net net;
static struct fake_kernel node;

/* ---- what there is ---- */

/**
 * struct state_text - all that a member could want to change
 * @len: bytes of @text
 * @text: lines
 */
struct state_text {
	size_t len;
	char text[STATE_TEXT];
};

static void add(struct state_text *s, const char *what, const char *a,
		const char *b, const char *c)
{
	int n = snprintf(s->text + s->len, STATE_TEXT - s->len,
			 "%s %s %s %s\n", what, a, b, c);

	assert_in_range(n, 1, STATE_TEXT - s->len - 1);
	s->len += (size_t)n;
}

static void add_cache(void *arg, const struct nhrp_cache_view *v)
{
	char proto[ADDR_TEXT], nbma[ADDR_TEXT];

	add(arg, "binding", addr_format(&v->proto, proto),
	    nbma_format(&v->nbma, nbma), nhrp_kind_name(v->kind));
}

static void add_shortcut(void *arg, const struct nhrp_shortcut_view *v)
{
	char dst[ADDR_TEXT], nbma[ADDR_TEXT];

	add(arg, "shortcut", prefix_format(&v->dst, dst),
	    nbma_format(&v->nbma, nbma), nhrp_shortcut_state_name(v->state));
}

static void add_nhs(void *arg, const struct nhrp_nhs_view *v)
{
	add(arg, "nhs", nhrp_nhs_state_name(v->state), v->error, "");
}

static void look(struct state_text *s)
{
	const struct fake_session *session;
	const struct fake_nexthop *nh;
	const struct fake_peer *p;
	char a[ADDR_TEXT], b[ADDR_TEXT];

	s->len = 0;
	s->text[0] = '\0';
	nhrp_walk_cache(node.nhrp, net.now, add_cache, s);
	nhrp_walk_shortcuts(node.nhrp, net.now, add_shortcut, s);
	nhrp_walk_nhs(node.nhrp, net.now, add_nhs, s);
	hash_for_each(nh, &node.nexthops, struct fake_nexthop, node)
		add(s, "next hop", addr_format(&nh->k.address, a),
		    nbma_format(&nh->k.nbma, b), "");
	hash_for_each(p, &node.peers, struct fake_peer, node)
		add(s, "peer", nbma_format(&p->nbma, a), "", "");
	hash_for_each(session, &node.sessions, struct fake_session,
		      remote_node)
		add(s, "session", nbma_format(&session->remote, a), "", "");
}

/* ---- what is sent, and what comes of it ---- */

/* @from sends @msg: at most one packet comes of it, not much longer. */
static void send_from(const char *from, const struct nhrp_msg *msg)
{
	uint8_t data[NHRP_PACKET_MAX];
	size_t len = nhrp_encode(msg, data, sizeof(data)), n = 0;
	const struct fake_frame *f;

	unit_flush(&node);
	unit_deliver(&node, from, msg);
	list_for_each(f, &node.sent, struct fake_frame, link) {
		assert_in_range(f->len, 1, len + GROWTH);
		n++;
	}
	assert_in_range(n, 0, 1);
}

/* The same, and nothing changes but this counter. */
static void in_vain(const char *from, const struct nhrp_msg *msg,
		    enum nhrp_drop why)
{
	static struct state_text before, after;
	uint64_t dropped = unit_dropped(&node, why);

	look(&before);
	send_from(from, msg);
	look(&after);
	assert_string_equal(after.text, before.text);
	assert_int_equal(unit_dropped(&node, why), dropped + 1);
}

static void refused(const struct nhrp_msg *msg, enum nhrp_drop why,
		    unsigned int code)
{
	struct nhrp_msg reply;

	in_vain(MALLORY, msg, why);
	unit_take(&node, MALLORY, NHRP_REGISTRATION_REPLY, &reply);
	assert_int_equal(reply.cie[0].code, code);
	assert_int_equal(reply.cie[0].holdtime, 0);
}

static void registration(struct nhrp_msg *msg, const char *nbma,
			 const char *proto)
{
	unit_msg(msg, NHRP_REGISTRATION_REQUEST, nbma, proto, "192.168.1.1");
	unit_cie(msg);
}

static unsigned int registers(const char *nbma, const char *proto)
{
	struct nhrp_msg msg, reply;

	registration(&msg, nbma, proto);
	send_from(nbma, &msg);
	unit_take(&node, nbma, NHRP_REGISTRATION_REPLY, &reply);
	return reply.cie[0].code;
}

static void question(struct nhrp_msg *msg, const char *nbma, const char *proto,
		     const char *dst)
{
	unit_msg(msg, NHRP_RESOLUTION_REQUEST, nbma, proto, dst);
	msg->flags = NHRP_FLAG_RESOLUTION_SRC;
	unit_cie(msg);
}

/* ---- a hub ---- */

static int setup_hub(void **state)
{
	struct conf conf;

	(void)state;
	fake_net_init(&net);
	net.phantoms = true;
	fake_init(&node, &net, "hub", HUB, "192.168.1.1/24", true);
	fake_address(&node, "172.16.1.1/24", FAKE_LAN);
	fake_route(&node, "172.16.6.0/24", "192.168.1.6", FAKE_DMVPN);
	fake_route(&node, "172.16.7.0/24", "192.168.1.7", FAKE_DMVPN);
	unit_hub(&conf);
	unit_start(&node, &conf);
	fake_session_state(&node, MALLORY, DMVPN_SESSION_STATE_UP);
	fake_session_state(&node, VICTIM, DMVPN_SESSION_STATE_UP);
	fake_session_state(&node, THIRD, DMVPN_SESSION_STATE_UP);
	assert_int_equal(registers(MALLORY, "192.168.1.6"), 0);
	assert_int_equal(registers(VICTIM, "192.168.1.7"), 0);
	assert_int_equal(registers(THIRD, "192.168.1.8"), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_free(&node);
	return 0;
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
	fake_session_state(&node, VICTIM, DMVPN_SESSION_STATE_DOWN);
	fake_net_run(&net, 29000);
	registration(&msg, MALLORY, "192.168.1.7");
	refused(&msg, NHRP_DROP_SOURCE, NHRP_CODE_ALREADY_REGISTERED);
	fake_session_state(&node, VICTIM, DMVPN_SESSION_STATE_UP);
	fake_net_run(&net, 5000);
	assert_leads(&node, "192.168.1.7", VICTIM);
}

/* Behind the same NAT, or with the same address some time later. */
static void takes_over_an_nbma_address(void **state)
{
	(void)state;
	fake_session_identity(&node, VICTIM, "spoke7.example");
	fake_session_state(&node, VICTIM, DMVPN_SESSION_STATE_DOWN);
	assert_leads(&node, "192.168.1.7", VICTIM);
	fake_session_identity(&node, VICTIM, "mallory.example");
	fake_session_state(&node, VICTIM, DMVPN_SESSION_STATE_UP);
	assert_leads(&node, "192.168.1.7", "-");
	assert_true(fake_said(&node, "registration of 192.168.1.7 from 7.7.7.7 "
			      "ended: another identity is there now"));
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
	fake_session_identity(&node, VICTIM, "spoke7.example");
	nhrp_session(node.nhrp, net.now, &session);
	assert_leads(&node, "192.168.1.7", VICTIM);
	session.state = DMVPN_SESSION_STATE_DOWN;
	session.gone = true;
	nhrp_session(node.nhrp, net.now, &session);
	assert_leads(&node, "192.168.1.7", VICTIM);
	assert_false(fake_said(&node, "ended"));
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
	node.dev.proto_len = 32;
	fake_link_changed(&node);
	fake_session_state(&node, MALLORY, DMVPN_SESSION_STATE_UP);
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
	unit_take(&node, VICTIM, NHRP_RESOLUTION_REQUEST, &out);
	nat = ext_nat(&out, &out.src_proto);
	assert_true(addr_equal(&nat, &fake_peer(&node, MALLORY)->nbma.addr));
	/* And without the extension. */
	question(&msg, "9.9.9.9", "192.168.1.6", "192.168.1.7");
	msg.n_ext--;
	send_from(MALLORY, &msg);
	unit_take(&node, VICTIM, NHRP_RESOLUTION_REQUEST, &out);
	assert_int_equal(ext_cies(&out, ext_find(&out, NHRP_EXT_NAT), cie, 2),
			 1);
	assert_true(addr_equal(&cie[0].nbma,
			       &fake_peer(&node, MALLORY)->nbma.addr));
	assert_null(fake_peer(&node, "9.9.9.9"));
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
	msg.src_proto = node.dev.proto;
	msg.src_nbma = node.dev.nbma;
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	/* To be passed on to a third, who believes its hub. */
	msg.dst_proto = fake_addr("192.168.1.8");
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	msg.src_proto = fake_addr("192.168.1.7");
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	unit_silent(&node);
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
	unit_silent(&node);
	/* It is at nobody, who is here. */
	msg.cie[0].proto = fake_addr("192.168.1.99");
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	unit_silent(&node);
	/* It is at itself, who is elsewhere. */
	msg.cie[0].proto = fake_addr("192.168.1.6");
	msg.cie[0].nbma = fake_addr(VICTIM);
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	unit_silent(&node);
	msg.cie[0].nbma = fake_addr(MALLORY);
	unit_seen_at(&msg, "192.168.1.6", VICTIM);
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	unit_silent(&node);
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
	/* As one whose session is away. */
	fake_session_state(&node, VICTIM, DMVPN_SESSION_STATE_DOWN);
	question(&msg, MALLORY, "192.168.1.7", "192.168.1.8");
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
	unit_silent(&node);
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
	unit_silent(&node);
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
	assert_int_equal(unit_dropped(&node, NHRP_DROP_LIMIT), 200 - accepted);
	assert_true(fake_said(&node, "registration-limit is reached"));
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
	fake_route(&node, "10.0.0.0/7", NULL, FAKE_WAN);
	for (i = 0; i < CONF_RESOLUTION_LIMIT + 100; i++) {
		snprintf(dst, sizeof(dst), "10.0.%u.%u", i / 256, i % 256);
		question(&msg, MALLORY, "192.168.1.6", dst);
		send_from(MALLORY, &msg);
		unit_take(&node, MALLORY, NHRP_RESOLUTION_REPLY, &reply);
		refusals += reply.cie[0].code == NHRP_CODE_NO_RESOURCES;
	}
	assert_int_equal(refusals, 100);
	assert_int_equal(unit_dropped(&node, NHRP_DROP_LIMIT), 100);
	question(&msg, THIRD, "192.168.1.8", "10.0.0.1");
	send_from(THIRD, &msg);
	unit_take(&node, THIRD, NHRP_RESOLUTION_REPLY, &reply);
	assert_int_equal(reply.cie[0].code, 0);
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

	nhrp_walk_peers(node.nhrp, net.now, see_group, group);
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
	unit_take(&node, MALLORY, NHRP_RESOLUTION_REQUEST, msg);
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
	unit_flush(&node);
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
		unit_flush(&node);
	}
	assert_string_equal(unit_kind(&node, "192.168.1.66"), "shortcut");
}

/* ---- a spoke ---- */

static int setup_spoke(void **state)
{
	struct nhrp_msg msg;
	struct conf conf;

	(void)state;
	fake_net_init(&net);
	net.phantoms = true;
	fake_init(&node, &net, "spoke", VICTIM, "192.168.1.7/24", true);
	fake_address(&node, "172.16.7.1/24", FAKE_LAN);
	fake_route(&node, "172.16.0.0/16", "192.168.1.1", FAKE_DMVPN);
	unit_spoke(&conf);
	unit_start(&node, &conf);
	fake_net_run(&net, 200);
	unit_take(&node, HUB, NHRP_REGISTRATION_REQUEST, &msg);
	msg.type = NHRP_REGISTRATION_REPLY;
	unit_deliver(&node, HUB, &msg);
	fake_session_state(&node, MALLORY, DMVPN_SESSION_STATE_UP);
	return 0;
}

/* The spoke asks for @dst; @msg is the question. */
static void wants(const char *dst, struct nhrp_msg *msg)
{
	struct addr a = fake_addr(dst);

	nhrp_miss(node.nhrp, net.now, FAKE_DMVPN, &a, &a);
	unit_take(&node, HUB, NHRP_RESOLUTION_REQUEST, msg);
}

static void answer(struct nhrp_msg *msg, const char *proto, const char *nbma)
{
	msg->type = NHRP_RESOLUTION_REPLY;
	msg->cie[0].proto = fake_addr(proto);
	msg->cie[0].nbma = fake_addr(nbma);
	msg->cie[0].holdtime = HOLD;
}

static void learns(const char *proto, const char *nbma)
{
	struct nhrp_msg msg;

	wants(proto, &msg);
	answer(&msg, proto, nbma);
	unit_deliver(&node, HUB, &msg);
	fake_net_run(&net, 200);
	assert_leads(&node, proto, nbma);
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
	unit_deliver(&node, HUB, &msg);
	fake_net_run(&net, 200);
	assert_leads(&node, "192.168.1.9", "9.9.9.9");
}

static void redirect(struct nhrp_msg *msg, uint8_t head[static 64],
		     const char *dst)
{
	struct addr s = fake_addr("172.16.7.9"), d = fake_addr(dst);

	unit_msg(msg, NHRP_TRAFFIC_INDICATION, MALLORY, "192.168.1.6",
		 "172.16.7.9");
	msg->n_ext = 0;
	msg->has_ext = false;
	memset(head, 0, 64);
	head[0] = 0x45;
	memcpy(head + 12, s.b, 4);
	memcpy(head + 16, d.b, 4);
	msg->payload = head;
	msg->payload_len = 64;
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
	unit_silent(&node);
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
	assert_int_equal(nhrp_configure(node.nhrp, net.now, &conf), 0);
	conf_free(&conf);
	learns("192.168.1.6", MALLORY);
	fake_route(&node, "172.16.6.0/24", "192.168.1.6", FAKE_DMVPN);
	for (i = 1; i < 5; i++) {
		snprintf(dst, sizeof(dst), "172.16.6.%u", i);
		redirect(&msg, head, dst);
		send_from(MALLORY, &msg);
		unit_take(&node, MALLORY, NHRP_RESOLUTION_REQUEST, &out);
		/* Again and again. */
		send_from(MALLORY, &msg);
		unit_silent(&node);
	}
	redirect(&msg, head, "172.16.6.9");
	in_vain(MALLORY, &msg, NHRP_DROP_LIMIT);
	unit_silent(&node);
}

static void complains_of_our_registration(void **state)
{
	struct nhrp_msg msg, quoted;
	uint8_t data[NHRP_PACKET_MAX];

	(void)state;
	/* It renews, and waits for the answer. */
	while (list_empty(&node.sent))
		fake_net_run(&net, 100);
	unit_take(&node, HUB, NHRP_REGISTRATION_REQUEST, &quoted);
	unit_msg(&msg, NHRP_ERROR_INDICATION, MALLORY, "192.168.1.6",
		 "192.168.1.7");
	msg.n_ext = 0;
	msg.has_ext = false;
	msg.error = NHRP_ERROR_AUTH;
	msg.payload = data;
	msg.payload_len = nhrp_encode(&quoted, data, sizeof(data));
	in_vain(MALLORY, &msg, NHRP_DROP_SOURCE);
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
	assert_string_equal(unit_kind(&node, "192.168.1.8"), "none");
	unit_flush(&node);
	learns("192.168.1.8", THIRD);
	msg.src_proto = fake_addr("192.168.1.8");
	send_from(HUB, &msg);
	assert_string_equal(unit_kind(&node, "192.168.1.8"), "none");
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
	assert_int_equal(nhrp_configure(node.nhrp, net.now, &conf), 0);
	conf_free(&conf);
	question(&msg, "9.9.9.9", "192.168.1.6", "172.16.7.1");
	for (i = 0; i < 50; i++) {
		msg.id = 1000 + i;
		send_from(HUB, &msg);
		if (list_empty(&node.sent))
			continue;
		unit_take(&node, HUB, NHRP_RESOLUTION_REPLY, &reply);
		assert_int_equal(reply.cie[0].code, 0);
		answers++;
	}
	assert_int_equal(answers, 40);
	question(&msg, "5.5.5.5", "192.168.1.5", "172.16.7.1");
	send_from(HUB, &msg);
	unit_silent(&node);
	fake_net_run(&net, 200);
	for (answers = 0; (f = fake_take(&node)); answers++)
		free(f);
	assert_int_equal(answers, 11);
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
	unit_silent(&node);
	unit_msg(&msg, NHRP_PURGE_REQUEST, "9.9.9.9", "192.168.1.6",
		 "192.168.1.7");
	unit_cie(&msg)->proto = msg.src_proto;
	send_from(HUB, &msg);
	assert_null(fake_peer(&node, "9.9.9.9"));
	unit_flush(&node);
	fake_session_state(&node, "9.9.9.9", DMVPN_SESSION_STATE_UP);
	assert_leads(&node, "192.168.1.99", "9.9.9.9");
	unit_take(&node, HUB, NHRP_RESOLUTION_REPLY, &msg);
	unit_silent(&node);
}

#define AT_HUB(test) cmocka_unit_test_setup_teardown(test, setup_hub, teardown)
#define AT_SPOKE(test) \
	cmocka_unit_test_setup_teardown(test, setup_spoke, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		AT_HUB(registers_anothers_address),
		AT_HUB(registers_an_orphans_address),
		AT_HUB(takes_over_an_nbma_address),
		AT_HUB(is_behind_anothers_nat),
		AT_HUB(registers_what_nobody_may_have),
		AT_HUB(registers_a_prefix),
		AT_HUB(claims_anothers_nbma_address),
		AT_HUB(purges_anothers_binding),
		AT_HUB(answers_for_another),
		AT_HUB(asks_as_another),
		AT_HUB(complains_of_others),
		AT_HUB(registers_many_addresses),
		AT_HUB(asks_for_many_addresses),
		AT_HUB(says_another_group),
		AT_SPOKE(answers_unasked),
		AT_SPOKE(answers_anothers_question),
		AT_SPOKE(redirects),
		AT_SPOKE(redirects_what_it_carries),
		AT_SPOKE(complains_of_our_registration),
		AT_SPOKE(purges_by_way_of_the_hub),
		AT_SPOKE(asks_many_times),
		AT_SPOKE(takes_back_what_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
