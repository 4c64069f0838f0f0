// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What an identity may register, and an authorizer that is asked.
 */
#include <stdio.h>
#include <string.h>

#include "nhrpd/ext.h"
#include "nhrpd/peer.h"
#include "unit.h"

#define SOCKET "/run/decide.sock"

static struct fake_net net;
static struct fake_kernel hub;

/* ---- policy ---- */

static void grant(struct conf *conf, const char *identity, const char *what)
{
	struct conf_grant *g = conf_add_grant(&conf->iface[0]);

	assert_non_null(g);
	snprintf(g->identity, sizeof(g->identity), "%s", identity);
	assert_int_equal(prefix_parse(what, &g->what), 0);
}

static void configure(struct conf *conf)
{
	assert_int_equal(nhrp_configure(hub.nhrp, net.now, conf), 0);
	conf_free(conf);
}

static void start(bool protected)
{
	struct conf conf;

	fake_net_init(&net);
	net.phantoms = true;
	fake_init(&hub, &net, "hub", "1.1.1.1", "192.168.1.1/24", protected);
	fake_proto(&hub, "2001:db8:1::1/64");
	fake_proto(&hub, "fe80::1/64");
	unit_hub(&conf);
	unit_start(&hub, &conf);
	if (!protected)
		return;
	fake_session_state(&hub, "6.6.6.6", DMVPN_SESSION_STATE_UP);
	fake_session_identity(&hub, "6.6.6.6", "spoke6.example");
	fake_session_state(&hub, "7.7.7.7", DMVPN_SESSION_STATE_UP);
	fake_session_identity(&hub, "7.7.7.7", "spoke7.branch.example");
}

static int setup(void **state)
{
	(void)state;
	start(true);
	return 0;
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
	unit_cie(msg);
}

static struct nhrp_cie reply_to(const char *nbma)
{
	struct nhrp_msg reply;

	unit_take(&hub, nbma, NHRP_REGISTRATION_REPLY, &reply);
	return reply.cie[0];
}

static void asks(const char *nbma, const char *proto)
{
	struct nhrp_msg msg;

	request(&msg, nbma, proto);
	unit_deliver(&hub, nbma, &msg);
}

static unsigned int registers(const char *nbma, const char *proto)
{
	asks(nbma, proto);
	return reply_to(nbma).code;
}

static void table(void **state)
{
	struct conf conf;

	(void)state;
	unit_hub(&conf);
	conf.iface[0].policy = CONF_POLICY_TABLE;
	grant(&conf, "spoke6.example", "192.168.1.6");
	grant(&conf, "spoke6.example", "192.168.1.64/28");
	grant(&conf, "*.branch.example", "192.168.1.7");
	configure(&conf);
	assert_int_equal(registers("6.6.6.6", "192.168.1.6"), 0);
	assert_int_equal(registers("6.6.6.6", "192.168.1.70"), 0);
	assert_int_equal(registers("7.7.7.7", "192.168.1.7"), 0);
	assert_int_equal(registers("6.6.6.6", "192.168.1.8"),
			 NHRP_CODE_PROHIBITED);
	assert_int_equal(registers("7.7.7.7", "192.168.1.64"),
			 NHRP_CODE_PROHIBITED);
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_POLICY), 2);
	assert_true(fake_said(&hub, "192.168.1.8 from 6.6.6.6 refused: "
			      "registration-policy does not allow it"));
	assert_leads(&hub, "192.168.1.8", "-");
}

/* The kernel has 255 characters of it: its end is not known then. */
static void long_identity(void **state)
{
	static const char name[] = "CN=spoke6.example";
	char identity[IDENTITY_SIZE + sizeof(name)], whole[IDENTITY_SIZE];
	struct conf conf;

	(void)state;
	memset(identity, 'x', sizeof(identity));
	memcpy(identity + IDENTITY_SIZE - sizeof(name), name,
	       sizeof(name) - 1);
	strcpy(identity + IDENTITY_SIZE - 1, "xxx");
	fake_session_identity(&hub, "6.6.6.6", identity);
	unit_hub(&conf);
	conf.iface[0].policy = CONF_POLICY_TABLE;
	grant(&conf, "*CN=spoke6.example", "192.168.1.6");
	grant(&conf, "x*", "192.168.1.7");
	configure(&conf);
	assert_int_equal(registers("6.6.6.6", "192.168.1.6"),
			 NHRP_CODE_PROHIBITED);
	assert_int_equal(registers("6.6.6.6", "192.168.1.7"), 0);
	/* One shorter, and that is all of it. */
	memcpy(whole, identity + 1, IDENTITY_SIZE - 2);
	whole[IDENTITY_SIZE - 2] = '\0';
	fake_session_identity(&hub, "7.7.7.7", whole);
	assert_int_equal(registers("7.7.7.7", "192.168.1.6"), 0);
}

/* An IPv6 address, and another in the same packet or "". */
static void asks_ipv6(const char *nbma, const char *proto, const char *other)
{
	struct nhrp_msg msg;

	unit_msg(&msg, NHRP_REGISTRATION_REQUEST, nbma, proto, "2001:db8:1::1");
	unit_cie(&msg);
	if (*other)
		unit_cie(&msg)->proto = fake_addr(other);
	unit_deliver(&hub, nbma, &msg);
}

static void assert_ipv6(const char *nbma, unsigned int code, unsigned int other)
{
	struct nhrp_msg reply;

	unit_take(&hub, nbma, NHRP_REGISTRATION_REPLY, &reply);
	assert_int_equal(reply.cie[0].code, code);
	if (reply.n_cie > 1)
		assert_int_equal(reply.cie[1].code, other);
}

/* Each of a client's addresses has to be listed. */
static void ipv6_table(void **state)
{
	struct conf conf;

	(void)state;
	unit_hub(&conf);
	conf.iface[0].policy = CONF_POLICY_TABLE;
	grant(&conf, "spoke6.example", "2001:db8:1::6");
	grant(&conf, "spoke7*", "2001:db8:1::7");
	grant(&conf, "spoke7*", "fe80::7");
	configure(&conf);
	asks_ipv6("6.6.6.6", "2001:db8:1::6", "fe80::6");
	assert_ipv6("6.6.6.6", NHRP_CODE_OK, NHRP_CODE_PROHIBITED);
	assert_leads(&hub, "2001:db8:1::6", "6.6.6.6");
	assert_leads(&hub, "fe80::6", "-");
	asks_ipv6("6.6.6.6", "fe80::7", "");
	assert_ipv6("6.6.6.6", NHRP_CODE_PROHIBITED, 0);
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_POLICY), 2);
	asks_ipv6("7.7.7.7", "2001:db8:1::7", "fe80::7");
	assert_ipv6("7.7.7.7", NHRP_CODE_OK, NHRP_CODE_OK);
	assert_leads(&hub, "fe80::7", "7.7.7.7");
}

static void ipv6_identity(void **state)
{
	struct conf conf;

	(void)state;
	unit_hub(&conf);
	conf.iface[0].policy = CONF_POLICY_IDENTITY;
	configure(&conf);
	fake_session_identity(&hub, "6.6.6.6", "2001:db8:1::6");
	asks_ipv6("6.6.6.6", "2001:db8:1::6", "fe80::6");
	assert_ipv6("6.6.6.6", NHRP_CODE_OK, NHRP_CODE_PROHIBITED);
	asks_ipv6("6.6.6.6", "fe80::6", "");
	assert_ipv6("6.6.6.6", NHRP_CODE_PROHIBITED, 0);
	assert_int_equal(registers("6.6.6.6", "192.168.1.6"),
			 NHRP_CODE_PROHIBITED);
}

/* Each address counts, of whatever family. */
static void ipv6_limit(void **state)
{
	struct conf conf;

	(void)state;
	unit_hub(&conf);
	conf.iface[0].registration_limit = 2;
	configure(&conf);
	assert_int_equal(registers("6.6.6.6", "192.168.1.6"), 0);
	asks_ipv6("6.6.6.6", "2001:db8:1::6", "fe80::6");
	assert_ipv6("6.6.6.6", NHRP_CODE_OK, NHRP_CODE_NO_RESOURCES);
	asks_ipv6("6.6.6.6", "2001:db8:1::6", "");
	assert_ipv6("6.6.6.6", NHRP_CODE_OK, 0);
}

static unsigned int with_pattern(const char *pattern)
{
	struct conf conf;

	unit_hub(&conf);
	conf.iface[0].policy = CONF_POLICY_TABLE;
	grant(&conf, pattern, "192.168.1.0/24");
	configure(&conf);
	/* It goes with what is not allowed any more. */
	fake_session_state(&hub, "7.7.7.7", DMVPN_SESSION_STATE_UP);
	fake_session_identity(&hub, "7.7.7.7", "spoke7.branch.example");
	return registers("7.7.7.7", "192.168.1.7");
}

static void patterns(void **state)
{
	static const char *const yes[] = {
		"spoke7.branch.example", "*", "spoke7*", "*example",
		"*branch*", "*spoke7.branch.example", "spoke7.branch.example*",
		"*spoke7.branch.example*",
	};
	static const char *const no[] = {
		"spoke7.branch.exampl", "spoke7.branch.example.com", "spoke6*",
		"*.com", "*brunch*", "Spoke7*", "pranch.example*",
		"*spoke7.branch.example.", "oke7*", "*spoke",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		assert_int_equal(with_pattern(yes[i]), 0);
	for (i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		assert_int_equal(with_pattern(no[i]), NHRP_CODE_PROHIBITED);
}

static void identity_is_address(void **state)
{
	struct conf conf;

	(void)state;
	unit_hub(&conf);
	conf.iface[0].policy = CONF_POLICY_IDENTITY;
	configure(&conf);
	assert_int_equal(registers("6.6.6.6", "192.168.1.6"),
			 NHRP_CODE_PROHIBITED);
	fake_session_identity(&hub, "6.6.6.6", "192.168.1.6");
	assert_int_equal(registers("6.6.6.6", "192.168.1.6"), 0);
	assert_int_equal(registers("6.6.6.6", "192.168.1.7"),
			 NHRP_CODE_PROHIBITED);
}

/* IKE tells a moment after the first packet: that comes again. */
static void not_told_yet(void **state)
{
	struct conf conf;

	(void)state;
	unit_hub(&conf);
	conf.iface[0].policy = CONF_POLICY_TABLE;
	grant(&conf, "*", "192.168.1.0/24");
	configure(&conf);
	fake_session_state(&hub, "8.8.8.8", DMVPN_SESSION_STATE_UP);
	asks("8.8.8.8", "192.168.1.8");
	unit_silent(&hub);
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_IDENTITY), 1);
	fake_session_identity(&hub, "8.8.8.8", "spoke8.example");
	assert_int_equal(registers("8.8.8.8", "192.168.1.8"), 0);
}

/* A reload, and a restart, find what was registered before. */
static void applied_later(void **state)
{
	struct conf conf;

	(void)state;
	assert_int_equal(registers("6.6.6.6", "192.168.1.6"), 0);
	assert_int_equal(registers("7.7.7.7", "192.168.1.7"), 0);
	unit_hub(&conf);
	conf.iface[0].policy = CONF_POLICY_TABLE;
	grant(&conf, "spoke6.example", "192.168.1.6");
	configure(&conf);
	assert_leads(&hub, "192.168.1.6", "6.6.6.6");
	assert_leads(&hub, "192.168.1.7", "-");
	assert_true(fake_said(&hub, "registration of 192.168.1.7 from 7.7.7.7 "
			      "ended: registration-policy does not allow it"));
	fake_kill(&hub);
	unit_hub(&conf);
	conf.iface[0].policy = CONF_POLICY_TABLE;
	grant(&conf, "spoke6.example", "192.168.1.6");
	unit_start(&hub, &conf);
	assert_leads(&hub, "192.168.1.6", "6.6.6.6");
	fake_kill(&hub);
	unit_hub(&conf);
	conf.iface[0].policy = CONF_POLICY_IDENTITY;
	unit_start(&hub, &conf);
	assert_leads(&hub, "192.168.1.6", "-");
}

static void unprotected(void **state)
{
	struct conf conf;

	(void)state;
	start(false);
	assert_int_equal(registers("6.6.6.6", "192.168.1.6"), 0);
	unit_hub(&conf);
	conf.iface[0].policy = CONF_POLICY_TABLE;
	grant(&conf, "*", "192.168.1.0/24");
	configure(&conf);
	assert_true(fake_said(&hub, "without protection nobody tells"));
	assert_leads(&hub, "192.168.1.6", "-");
	assert_int_equal(registers("6.6.6.6", "192.168.1.6"),
			 NHRP_CODE_PROHIBITED);
}

/* ---- an authorizer ---- */

static struct nhrp_question asked;
static unsigned int n_asked;
static int ask_error;

static int ask(void *ctx, const struct nhrp_question *question)
{
	assert_ptr_equal(ctx, &hub);
	asked = *question;
	assert_string_equal(question->socket, SOCKET);
	if (!ask_error)
		n_asked++;
	return ask_error;
}

static void authorizing(struct conf *conf)
{
	unit_hub(conf);
	strcpy(conf->iface[0].authorize, SOCKET);
	conf->iface[0].authorize_limit = 3;
}

static int setup_authorizer(void **state)
{
	struct conf conf;

	start(true);
	(void)state;
	n_asked = 0;
	ask_error = 0;
	nhrp_set_authorizer(hub.nhrp, ask);
	authorizing(&conf);
	configure(&conf);
	return 0;
}

static bool answer_id(uint32_t id, bool accept, const char *reason,
		      uint32_t holdtime)
{
	struct nhrp_answer answer = {
		.id = id,
		.socket = SOCKET,
		.accept = accept,
		.reason = reason,
		.holdtime = holdtime,
	};

	return nhrp_authorized(hub.nhrp, net.now, &answer);
}

static void answer(bool accept, const char *reason)
{
	assert_true(answer_id(asked.id, accept, reason, 0));
	assert_false(answer_id(asked.id, accept, reason, 0));
}

static void question(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	request(&msg, "10.0.0.6", "192.168.1.6");
	unit_deliver(&hub, "6.6.6.6", &msg);
	unit_silent(&hub);
	assert_leads(&hub, "192.168.1.6", "-");
	assert_int_equal(n_asked, 1);
	assert_string_equal(asked.ifname, "dmvpn0");
	assert_true(addr_equal(&asked.proto, &msg.src_proto));
	assert_true(addr_equal(&asked.claimed, &msg.src_nbma));
	assert_int_equal(asked.nbma.addr.b[0], 6);
	assert_true(asked.session != 0);
	assert_int_equal(asked.holdtime, HOLD);
	answer(true, NULL);
	assert_int_equal(reply_to("6.6.6.6").code, 0);
	assert_leads(&hub, "192.168.1.6", "6.6.6.6");
}

/* Sent again, it is not asked again; the last request is answered. */
static void asked_once(void **state)
{
	struct nhrp_msg msg, reply;

	(void)state;
	request(&msg, "6.6.6.6", "192.168.1.6");
	unit_deliver(&hub, "6.6.6.6", &msg);
	msg.id = 99;
	unit_deliver(&hub, "6.6.6.6", &msg);
	assert_int_equal(n_asked, 1);
	answer(true, "");
	unit_take(&hub, "6.6.6.6", NHRP_REGISTRATION_REPLY, &reply);
	assert_int_equal(reply.id, 99);
	unit_silent(&hub);
	/* Nor is its renewal, unless it has changed. */
	assert_int_equal(registers("6.6.6.6", "192.168.1.6"), 0);
	assert_int_equal(n_asked, 1);
	msg.cie[0].holdtime = HOLD + 1;
	unit_deliver(&hub, "6.6.6.6", &msg);
	assert_int_equal(n_asked, 2);
	answer(true, "");
	msg.src_nbma = fake_addr("10.0.0.6");
	unit_deliver(&hub, "6.6.6.6", &msg);
	assert_int_equal(n_asked, 3);
}

static void see_group(void *arg, const struct nhrp_peer_view *v)
{
	if (v->nbma.addr.b[0] == 6)
		snprintf(arg, NHRP_GROUP_NAME, "%s", v->says);
}

/* What was not asked about is not what is accepted. */
static void changed_meanwhile(void **state)
{
	static const struct nhrp_group silver = { .name = "SILVER" };
	static const struct nhrp_group gold = { .name = "GOLD" };
	char says[NHRP_GROUP_NAME] = "";
	const struct fake_nexthop *nh;
	struct nhrp_msg msg, other;

	(void)state;
	request(&msg, "6.6.6.6", "192.168.1.6");
	assert_true(ext_group_set(&msg, NHRP_GROUP_ASKS, &silver));
	unit_deliver(&hub, "6.6.6.6", &msg);
	request(&other, "6.6.6.6", "192.168.1.6");
	assert_true(ext_group_set(&other, NHRP_GROUP_ASKS, &gold));
	other.id = 98;
	unit_deliver(&hub, "6.6.6.6", &other);
	request(&other, "10.0.0.6", "192.168.1.6");
	assert_true(ext_group_set(&other, NHRP_GROUP_ASKS, &silver));
	unit_deliver(&hub, "6.6.6.6", &other);
	assert_int_equal(n_asked, 1);
	answer(true, "");
	nhrp_walk_peers(hub.nhrp, net.now, see_group, says);
	assert_string_equal(says, "SILVER");
	nh = fake_nexthop(&hub, "192.168.1.6");
	assert_true(addr_is_none(&nh->k.claimed));
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_LIMIT), 2);
	unit_take(&hub, "6.6.6.6", NHRP_REGISTRATION_REPLY, &other);
	assert_int_equal(other.id, msg.id);
	unit_silent(&hub);
	/* They are asked about now. */
	request(&other, "6.6.6.6", "192.168.1.6");
	assert_true(ext_group_set(&other, NHRP_GROUP_ASKS, &gold));
	unit_deliver(&hub, "6.6.6.6", &other);
	assert_int_equal(n_asked, 2);
}

static void session_changes(void **state)
{
	struct nbma spoke = { .addr = fake_addr("6.6.6.6") };

	(void)state;
	asks("6.6.6.6", "192.168.1.6");
	answer(true, "");
	unit_flush(&hub);
	fake_session_renew(fake_session_find(&hub, &spoke));
	asks("6.6.6.6", "192.168.1.6");
	assert_int_equal(n_asked, 2);
	/* One that goes meanwhile has nobody to be answered. */
	fake_session_delete(fake_session_find(&hub, &spoke));
	fake_net_run(&net, 1);
	assert_false(answer_id(asked.id, true, "", 0));
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_STALE), 1);
}

/* Nobody answers who is not asked any more. */
static void another_authorizer(void **state)
{
	struct conf conf;

	(void)state;
	asks("6.6.6.6", "192.168.1.6");
	asks("7.7.7.7", "192.168.1.7");
	authorizing(&conf);
	strcpy(conf.iface[0].authorize, "/run/other.sock");
	configure(&conf);
	assert_false(answer_id(asked.id, true, "", 0));
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_STALE), 2);
}

static void denied(void **state)
{
	(void)state;
	asks("6.6.6.6", "192.168.1.6");
	answer(false, "not on Sundays");
	assert_int_equal(reply_to("6.6.6.6").code, NHRP_CODE_PROHIBITED);
	assert_leads(&hub, "192.168.1.6", "-");
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_UNAUTHORIZED), 1);
	assert_true(fake_said(&hub, "refused: registration of 192.168.1.6 from "
			      "6.6.6.6 refused: not on Sundays (code 4)"));
	/* One that was accepted before ends. */
	asks("6.6.6.6", "192.168.1.6");
	answer(true, "");
	fake_session_identity(&hub, "6.6.6.6", "spoke6.example");
	assert_leads(&hub, "192.168.1.6", "6.6.6.6");
	unit_flush(&hub);
}

static void denied_later(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	request(&msg, "6.6.6.6", "192.168.1.6");
	unit_deliver(&hub, "6.6.6.6", &msg);
	answer(true, "");
	msg.cie[0].holdtime++;
	unit_deliver(&hub, "6.6.6.6", &msg);
	answer(false, "");
	assert_leads(&hub, "192.168.1.6", "-");
	assert_true(fake_said(&hub, "ended: denied"));
	assert_true(fake_said(&hub, "refused: not authorized (code 4)"));
}

static void shorter(void **state)
{
	struct nhrp_cie cie;

	(void)state;
	asks("6.6.6.6", "192.168.1.6");
	assert_true(answer_id(asked.id, true, NULL, 60));
	cie = reply_to("6.6.6.6");
	assert_int_equal(cie.code, 0);
	assert_int_equal(cie.holdtime, 60);
	assert_int_equal(unit_left(&hub, "192.168.1.6"), 60);
	fake_net_run(&net, 30000);
	assert_int_equal(registers("6.6.6.6", "192.168.1.6"), 0);
	assert_int_equal(unit_left(&hub, "192.168.1.6"), 60);
	assert_int_equal(n_asked, 1);
	/* More than was asked for is not to be had. */
	asks("7.7.7.7", "192.168.1.7");
	assert_true(answer_id(asked.id, true, NULL, HOLD * 2));
	assert_int_equal(unit_left(&hub, "192.168.1.7"), HOLD);
}

static void no_answer(void **state)
{
	struct conf conf;

	(void)state;
	asks("6.6.6.6", "192.168.1.6");
	fake_net_run(&net, CONF_AUTHORIZE_TIMEOUT * 1000 - 1);
	unit_silent(&hub);
	fake_net_run(&net, 1);
	assert_int_equal(reply_to("6.6.6.6").code, NHRP_CODE_PROHIBITED);
	assert_true(fake_said(&hub, "nobody can authorize it"));
	assert_false(answer_id(asked.id, true, "", 0));
	authorizing(&conf);
	conf.iface[0].authorize_accept = true;
	configure(&conf);
	asks("6.6.6.6", "192.168.1.6");
	nhrp_authorizer_lost(hub.nhrp, net.now, "/run/other.sock");
	unit_silent(&hub);
	nhrp_authorizer_lost(hub.nhrp, net.now, SOCKET);
	assert_int_equal(reply_to("6.6.6.6").code, 0);
	/* Nobody has accepted it: the renewal is asked about. */
	asks("6.6.6.6", "192.168.1.6");
	assert_int_equal(n_asked, 3);
	unit_silent(&hub);
}

/* A renewal without an answer leaves the binding as it is, to its end. */
static void authorizer_dies(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	request(&msg, "6.6.6.6", "192.168.1.6");
	unit_deliver(&hub, "6.6.6.6", &msg);
	answer(true, "");
	unit_flush(&hub);
	ask_error = -1;
	assert_int_equal(registers("6.6.6.6", "192.168.1.6"), 0);
	assert_int_equal(registers("7.7.7.7", "192.168.1.7"),
			 NHRP_CODE_PROHIBITED);
	msg.cie[0].holdtime++;
	unit_deliver(&hub, "6.6.6.6", &msg);
	assert_int_equal(reply_to("6.6.6.6").code, NHRP_CODE_PROHIBITED);
	assert_leads(&hub, "192.168.1.6", "6.6.6.6");
	fake_net_run(&net, HOLD * 1000);
	assert_leads(&hub, "192.168.1.6", "-");
}

static void limits(void **state)
{
	struct conf conf;
	char proto[32];
	unsigned int i;

	(void)state;
	for (i = 10; i < 15; i++) {
		snprintf(proto, sizeof(proto), "192.168.1.%u", i);
		asks("6.6.6.6", proto);
	}
	unit_silent(&hub);
	assert_int_equal(n_asked, 3);
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_LIMIT), 2);
	/* What waits counts for registration-limit. */
	authorizing(&conf);
	conf.iface[0].registration_limit = 3;
	conf.iface[0].authorize_limit = 100;
	configure(&conf);
	assert_int_equal(registers("6.6.6.6", "192.168.1.20"),
			 NHRP_CODE_NO_RESOURCES);
	asks("7.7.7.7", "192.168.1.7");
	assert_int_equal(n_asked, 4);
	/* What is prohibited anyway is no question. */
	assert_int_equal(registers("7.7.7.7", "192.168.1.1"),
			 NHRP_CODE_PROHIBITED);
	assert_int_equal(n_asked, 4);
}

/* An entry that is refused anyway does not let the next one through. */
static void every_entry(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	request(&msg, "6.6.6.6", "192.168.1.6");
	msg.cie[0].prefix_len = 24;
	unit_cie(&msg);
	unit_deliver(&hub, "6.6.6.6", &msg);
	assert_int_equal(n_asked, 1);
	answer(false, "");
	assert_leads(&hub, "192.168.1.6", "-");
}

/* While it waits, another is accepted with the same address. */
/* The address on the link goes with the one that is asked about. */
static void address_on_link(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	asks_ipv6("6.6.6.6", "2001:db8:1::6", "fe80::6");
	unit_silent(&hub);
	assert_true(answer_id(asked.id, true, NULL, 60));
	assert_ipv6("6.6.6.6", NHRP_CODE_OK, NHRP_CODE_OK);
	assert_int_equal(unit_left(&hub, "2001:db8:1::6"), 60);
	assert_int_equal(unit_left(&hub, "fe80::6"), 60);
	assert_int_equal(n_asked, 1);
	/* And with no other. */
	asks_ipv6("7.7.7.7", "2001:db8:1::6", "fe80::7");
	assert_ipv6("7.7.7.7", NHRP_CODE_ALREADY_REGISTERED,
		    NHRP_CODE_PROHIBITED);
	assert_int_equal(n_asked, 1);
	assert_int_equal(unit_dropped(&hub, NHRP_DROP_UNAUTHORIZED), 1);
	/* Both end. */
	unit_msg(&msg, NHRP_REGISTRATION_REQUEST, "6.6.6.6", "2001:db8:1::6",
		 "2001:db8:1::1");
	unit_cie(&msg)->holdtime++;
	unit_cie(&msg)->proto = fake_addr("fe80::6");
	unit_deliver(&hub, "6.6.6.6", &msg);
	assert_int_equal(n_asked, 2);
	assert_true(answer_id(asked.id, false, "", 0));
	assert_ipv6("6.6.6.6", NHRP_CODE_PROHIBITED, NHRP_CODE_PROHIBITED);
	assert_leads(&hub, "2001:db8:1::6", "-");
	assert_leads(&hub, "fe80::6", "-");
}

static void too_late(void **state)
{
	struct nhrp_question first;

	(void)state;
	asks("6.6.6.6", "192.168.1.6");
	first = asked;
	asks("7.7.7.7", "192.168.1.6");
	answer(true, "");
	assert_int_equal(reply_to("7.7.7.7").code, 0);
	assert_true(answer_id(first.id, true, "", 0));
	assert_int_equal(reply_to("6.6.6.6").code,
			 NHRP_CODE_ALREADY_REGISTERED);
	assert_leads(&hub, "192.168.1.6", "7.7.7.7");
}

static void switched_off(void **state)
{
	struct conf conf;

	(void)state;
	asks("6.6.6.6", "192.168.1.6");
	unit_hub(&conf);
	configure(&conf);
	assert_false(answer_id(asked.id, true, "", 0));
	assert_int_equal(registers("6.6.6.6", "192.168.1.6"), 0);
	/* Switched on, the next renewal is asked about. */
	authorizing(&conf);
	configure(&conf);
	asks("6.6.6.6", "192.168.1.6");
	assert_int_equal(n_asked, 2);
}

#define POLICY(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
#define AUTHORIZER(test) \
	cmocka_unit_test_setup_teardown(test, setup_authorizer, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		POLICY(table),
		POLICY(long_identity),
		POLICY(ipv6_table),
		POLICY(ipv6_identity),
		POLICY(ipv6_limit),
		POLICY(patterns),
		POLICY(identity_is_address),
		POLICY(not_told_yet),
		POLICY(applied_later),
		cmocka_unit_test_teardown(unprotected, teardown),
		AUTHORIZER(question),
		AUTHORIZER(asked_once),
		AUTHORIZER(changed_meanwhile),
		AUTHORIZER(session_changes),
		AUTHORIZER(another_authorizer),
		AUTHORIZER(denied),
		AUTHORIZER(denied_later),
		AUTHORIZER(shorter),
		AUTHORIZER(no_answer),
		AUTHORIZER(authorizer_dies),
		AUTHORIZER(limits),
		AUTHORIZER(every_entry),
		AUTHORIZER(address_on_link),
		AUTHORIZER(too_late),
		AUTHORIZER(switched_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
