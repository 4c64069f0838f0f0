// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who somebody is, and a server that has to be who it is meant to be.
 */
#include <stdio.h>
#include <string.h>

#include "nhrpd/identity.h"
#include "nhrpd/peer.h"
#include "unit.h"

#define HUB "1.1.1.1"

bool dmvpn_identity_matches(const char *pattern, const char *identity);

static struct fake_net net;
static struct fake_kernel spoke;

/* ---- patterns ---- */

static void matching(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool match;
	} cases[] = {
		{ "hub.example", "hub.example", true },
		{ "hub.example", "hub.example.org", false },
		{ "hub.example", "xhub.example", false },
		{ "hub.example", "", false },
		{ "*", "hub.example", true },
		{ "*", "", false },
		{ "CN=hub*", "CN=hub1, O=Example", true },
		{ "CN=hub*", "CN=spoke, O=CN=hub", false },
		{ "*, O=Example", "CN=hub1, O=Example", true },
		{ "*, O=Example", "CN=hub1, O=Example, OU=x", false },
		{ "*O=Example*", "CN=hub1, O=Example, OU=x", true },
		{ "*O=Example*", "CN=hub1, O=Exampl", false },
		{ "**", "x", true },
		{ "a*b", "axb", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(identity_matches(cases[i].pattern,
						  cases[i].text),
				 cases[i].match);
		assert_int_equal(dmvpn_identity_matches(cases[i].pattern,
							cases[i].text),
				 cases[i].match);
	}
	assert_false(dmvpn_identity_matches("*", NULL));
}

/* Of one that may be cut the end is not known. */
static void cut(void **state)
{
	char text[IDENTITY_SIZE];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[IDENTITY_SIZE - 1] = '\0';
	assert_false(identity_matches(text, text));
	assert_false(dmvpn_identity_matches(text, text));
	assert_false(identity_matches("*x", text));
	assert_false(dmvpn_identity_matches("*x", text));
	assert_true(identity_matches("xx*", text));
	assert_true(dmvpn_identity_matches("xx*", text));
	text[IDENTITY_SIZE - 2] = '\0';
	assert_true(identity_matches(text, text));
	assert_true(dmvpn_identity_matches(text, text));
}

/* ---- a server ---- */

static void configure(struct conf *conf, const char *identity)
{
	unit_spoke(conf);
	snprintf(conf->iface[0].nhs[0].identity,
		 sizeof(conf->iface[0].nhs[0].identity), "%s", identity);
}

static void start(bool protected)
{
	struct conf conf;

	fake_net_init(&net);
	net.phantoms = true;
	fake_init(&spoke, &net, "spoke", "6.6.6.6", "192.168.1.6/24",
		  protected);
	configure(&conf, "hub*");
	unit_start(&spoke, &conf);
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
	fake_free(&spoke);
	return 0;
}

static const struct fake_peer *hub(void)
{
	struct nbma nbma = { .addr = fake_addr(HUB) };

	return fake_peer_find(&spoke, &nbma);
}

static void come_up_as(const char *identity)
{
	fake_session_identity(&spoke, HUB, identity);
	fake_net_run(&net, 200);
}

static void reload(const char *identity)
{
	struct conf conf;

	configure(&conf, identity);
	assert_int_equal(nhrp_configure(spoke.nhrp, net.now, &conf), 0);
	conf_free(&conf);
}

/* The kernel keeps others out, from the beginning. */
static void kernel_knows(void **state)
{
	(void)state;
	assert_string_equal(hub()->identity, "hub*");
	reload("hub2.example");
	assert_string_equal(hub()->identity, "hub2.example");
	reload("");
	assert_string_equal(hub()->identity, "");
}

static void registers(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	come_up_as("hub1.example");
	unit_take(&spoke, HUB, NHRP_REGISTRATION_REQUEST, &msg);
}

/* If it does not, or not yet. */
static void somebody_else(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	come_up_as("spoke9.example");
	unit_silent(&spoke);
	assert_int_equal(unit_nhs(&spoke), NHRP_NHS_WAIT);
	fake_net_run(&net, 5000);
	unit_silent(&spoke);
	assert_true(fake_said(&spoke, "NHS 192.168.1.1 (1.1.1.1) is lost:"
			      " somebody else is at its address"));
	reload("*");
	fake_session_state(&spoke, HUB, DMVPN_SESSION_STATE_DOWN);
	fake_session_state(&spoke, HUB, DMVPN_SESSION_STATE_UP);
	unit_take(&spoke, HUB, NHRP_REGISTRATION_REQUEST, &msg);
}

/* An answer in its name is no answer of it. */
static void answers_of_others(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	come_up_as("hub1.example");
	unit_take(&spoke, HUB, NHRP_REGISTRATION_REQUEST, &msg);
	fake_session_identity(&spoke, HUB, "spoke9.example");
	msg.type = NHRP_REGISTRATION_REPLY;
	msg.dst_proto = fake_addr("192.168.1.1");
	unit_deliver(&spoke, HUB, &msg);
	assert_int_equal(unit_dropped(&spoke, NHRP_DROP_SOURCE), 1);
	assert_int_not_equal(unit_nhs(&spoke), NHRP_NHS_UP);
}

/* It cannot change under who is there: the peer is made anew. */
static void kernel_refuses(void **state)
{
	struct nbma nbma = { .addr = fake_addr(HUB) };

	(void)state;
	come_up_as("spoke9.example");
	nhrp_peer_refused(spoke.nhrp, net.now, FAKE_DMVPN, &nbma);
	assert_null(hub());
	nhrp_peer_gone(spoke.nhrp, net.now, FAKE_DMVPN, &nbma);
	assert_non_null(hub());
	assert_string_equal(hub()->identity, "hub*");
	assert_leads(&spoke, "192.168.1.1", HUB);
}

/* Nobody says who somebody is: nobody is who is meant. */
static void without_protection(void **state)
{
	(void)state;
	start(false);
	fake_net_run(&net, 6000);
	unit_silent(&spoke);
	assert_string_equal(hub()->identity, "");
	assert_int_not_equal(unit_nhs(&spoke), NHRP_NHS_UP);
	fake_free(&spoke);
}

/* The next daemon finds what the former one has told. */
static void adopted(void **state)
{
	struct conf conf;

	(void)state;
	fake_kill(&spoke);
	unit_spoke(&conf);
	unit_start(&spoke, &conf);
	fake_net_run(&net, 120000);
	assert_string_equal(hub()->identity, "");
}

#define SPOKE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matching),
		cmocka_unit_test(cut),
		SPOKE(kernel_knows),
		SPOKE(registers),
		SPOKE(somebody_else),
		SPOKE(answers_of_others),
		SPOKE(kernel_refuses),
		cmocka_unit_test(without_protection),
		SPOKE(adopted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
