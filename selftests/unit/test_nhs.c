// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A spoke with several servers: those that are lost, and that come back.
 */
#include <stdlib.h>
#include <string.h>

#include "hubs.h"
#include "nhrpd/codec.h"

static void miss(const char *what)
{
	struct addr a = fake_addr(what);

	nhrp_miss(hubs_spoke.nhrp, hubs_net.now, FAKE_DMVPN, &a, &a);
}

/* Whom the oldest packet is for that is not a registration; "-" for none. */
static const char *asked_of(void)
{
	static char text[ADDR_TEXT];
	struct fake_frame *f;
	struct nhrp_msg msg;

	strcpy(text, "-");
	while ((f = fake_take(&hubs_spoke))) {
		assert_int_equal(nhrp_decode(&msg, f->data, f->len),
				 NHRP_DECODE_OK);
		if (text[0] == '-' && msg.type == NHRP_RESOLUTION_REQUEST)
			addr_format(&f->to.addr, text);
		free(f);
	}
	return text;
}

/* ---- probes ---- */

static void death(void **unused)
{
	static const struct {
		uint32_t probe;
		uint64_t within;
	} t[] = { { 1, 3000 }, { 2, 6000 }, { CONF_PROBE_SECONDS, 15000 } };
	struct conf conf;
	uint64_t took;
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		hubs_conf(&conf)->probe_seconds = t[i].probe;
		hubs_begin(&conf, true);
		hubs_run(3000);
		assert_int_equal(hubs_up(), HUBS);
		assert_string_equal(hubs_best(), hub_nbma[0]);
		fake_forget(&hubs_spoke);
		hub_alive[0] = false;
		took = hubs_until(0, NHRP_NHS_PROBE);
		assert_in_range(took, t[i].probe * 1000, t[i].within);
		assert_string_equal(hubs_best(), hub_nbma[1]);
		assert_non_null(strstr(hubs_look(0).error, "no answer to 3"));
		assert_true(fake_said(&hubs_spoke,
				      "NHS 192.168.1.1 (1.1.1.1) is lost: no"
				      " answer to 3 registration requests"));
		assert_true(fake_peer(&hubs_spoke, hub_nbma[0]) != NULL);
		hubs_end();
	}
}

/* Who talks to us is not asked whether he is there. */
static void busy(void **unused)
{
	unsigned int i, before;
	struct conf conf;
	struct nbma nbma = { 0 };

	(void)unused;
	hubs_conf(&conf);
	hubs_begin(&conf, true);
	hubs_run(3000);
	before = hub_asked[0];
	nbma.addr = fake_addr(hub_nbma[0]);
	for (i = 0; i < 60; i++) {
		fake_heard(&hubs_spoke, &nbma);
		hubs_run(500);
	}
	assert_int_equal(hub_asked[0], before);
	/* One that says nothing is asked each second. */
	assert_in_range(hub_asked[1], before + 15, before + 35);
	/* NHRP alone is dead there: others are asked, but it is not lost. */
	hub_alive[0] = false;
	nhrp_clear(hubs_spoke.nhrp, hubs_net.now, &(struct nhrp_clear){ 0 });
	for (i = 0; i < 60; i++) {
		fake_heard(&hubs_spoke, &nbma);
		hubs_run(200);
	}
	assert_int_equal(hubs_state(0), NHRP_NHS_PROBE);
	assert_false(fake_said(&hubs_spoke, "is lost"));
	assert_true(hubs_look(0).v.in_use);
	assert_string_equal(hubs_best(), hub_nbma[1]);
	hub_alive[0] = true;
	while (hubs_state(0) != NHRP_NHS_UP) {
		fake_heard(&hubs_spoke, &nbma);
		hubs_run(200);
	}
	assert_string_equal(hubs_best(), hub_nbma[0]);
	/* And now the rest of it. */
	hub_alive[0] = false;
	hubs_until(0, NHRP_NHS_PROBE);
	assert_true(fake_said(&hubs_spoke, "is lost"));
	hubs_end();
}

static void no_probes(void **unused)
{
	struct conf conf;

	(void)unused;
	hubs_conf(&conf)->probe_seconds = 0;
	hubs_begin(&conf, true);
	hubs_run(3000);
	hub_alive[0] = false;
	hubs_run(HOLD * 1000 / 3 * 9 / 10 - 4000);
	assert_int_equal(hubs_state(0), NHRP_NHS_UP);
	assert_int_equal(hub_asked[0], 1);
	/* The next registration shows it. */
	hubs_run(20000);
	assert_int_equal(hubs_state(0), NHRP_NHS_PROBE);
	hubs_end();
}

/* Probes are packets like all others. */
static void counted(void **unused)
{
	struct conf conf;

	(void)unused;
	hubs_conf(&conf)->max_send_packets = 3;
	hubs_begin(&conf, true);
	hubs_run(30000);
	assert_true(unit_dropped(&hubs_spoke, NHRP_DROP_RATE) > 0);
	/* What was not sent needs no answer. */
	assert_int_equal(hubs_up(), HUBS);
	assert_false(fake_said(&hubs_spoke, "no answer to"));
	hubs_end();
}

/* What was asked of the lost one is asked of another. */
static void asked_anew(void **unused)
{
	struct conf conf;

	(void)unused;
	hubs_conf(&conf)->probe_seconds = CONF_PROBE_SECONDS;
	hubs_begin(&conf, true);
	hubs_run(3000);
	hubs_run(9000);
	hub_alive[0] = false;
	hubs_until(0, NHRP_NHS_UP);
	while (hubs_state(0) == NHRP_NHS_UP) {
		if (strcmp(unit_shortcut(&hubs_spoke, "192.168.1.77/32"),
			   "resolving"))
			miss("192.168.1.77");
		if (hubs_state(0) == NHRP_NHS_UP)
			hubs_answer();
		fake_net_run(&hubs_net, 10);
	}
	assert_string_equal(asked_of(), hub_nbma[1]);
	assert_string_equal(unit_shortcut(&hubs_spoke, "192.168.1.77/32"),
			    "resolving");
	/* Also along a route through it. */
	fake_route(&hubs_spoke, "172.16.0.0/16", hub_proto[0], FAKE_DMVPN);
	miss("172.16.7.7");
	assert_string_equal(asked_of(), hub_nbma[1]);
	hubs_end();
}

/* No answer, while nobody knew why, is no refusal. */
static void unanswered_anew(void **unused)
{
	struct conf conf;

	(void)unused;
	hubs_conf(&conf)->probe_seconds = 60;
	hubs_begin(&conf, true);
	hubs_run(3000);
	hub_alive[0] = false;
	miss("192.168.1.77");
	hubs_run(32000);
	assert_string_equal(unit_shortcut(&hubs_spoke, "192.168.1.77/32"),
			    "negative");
	hubs_until(0, NHRP_NHS_PROBE);
	assert_string_equal(unit_shortcut(&hubs_spoke, "192.168.1.77/32"),
			    "none");
	miss("192.168.1.77");
	assert_string_equal(asked_of(), hub_nbma[1]);
	hubs_end();
}

/* A reload switches them on and off. */
static void switched_on(void **unused)
{
	struct conf conf;
	unsigned int before;

	(void)unused;
	hubs_conf(&conf)->probe_seconds = 0;
	hubs_begin(&conf, true);
	hubs_run(20000);
	assert_int_equal(hub_asked[0], 1);
	hubs_conf(&conf);
	assert_int_equal(nhrp_configure(hubs_spoke.nhrp, hubs_net.now, &conf),
			 0);
	hubs_run(20000);
	assert_true(hub_asked[0] > 10);
	conf.iface[0].probe_seconds = 0;
	assert_int_equal(nhrp_configure(hubs_spoke.nhrp, hubs_net.now, &conf),
			 0);
	conf_free(&conf);
	hubs_run(1000);
	before = hub_asked[0];
	hubs_run(20000);
	assert_int_equal(hub_asked[0], before);
	hubs_end();
}

/* ---- outages ---- */

/* An hour without any, and all are back soon after. */
static void outage(void **unused)
{
	struct conf conf;
	bool protected;
	unsigned int i;

	(void)unused;
	for (i = 0; i < 2; i++) {
		protected = i;
		hubs_conf(&conf);
		hubs_begin(&conf, protected);
		hubs_run(3000);
		assert_int_equal(hubs_up(), HUBS);
		memset(hub_alive, false, sizeof(hub_alive));
		hubs_run(3600000);
		assert_int_equal(hubs_up(), 0);
		/* It is the only path, or was; nothing is taken away. */
		assert_leads(&hubs_spoke, hub_proto[0], hub_nbma[0]);
		memset(hub_alive, true, sizeof(hub_alive));
		hubs_run(10000);
		assert_int_equal(hubs_up(), HUBS);
		hubs_run(25000);
		assert_string_equal(hubs_best(), hub_nbma[0]);
		hubs_end();
	}
}

/* A hub that was restarted does not know its end of a session any more. */
static void stale_session(void **unused)
{
	struct conf conf;

	(void)unused;
	hubs_conf(&conf);
	hubs_begin(&conf, true);
	hubs_run(3000);
	hub_alive[0] = false;
	hubs_until(0, NHRP_NHS_PROBE);
	assert_int_equal(hubs_spoke.clears, 0);
	hubs_run(8000);
	assert_int_equal(hubs_spoke.clears, 1);
	/* Once. */
	hubs_run(120000);
	assert_int_equal(hubs_spoke.clears, 1);
	assert_int_equal(hubs_state(0), NHRP_NHS_PROBE);
	hubs_end();
}

/* With the default probes it is stale as soon as the hub is lost. */
static void stale_when_lost(void **unused)
{
	struct conf conf;
	uint64_t ms;

	(void)unused;
	hubs_conf(&conf)->probe_seconds = 10;
	hubs_begin(&conf, true);
	hubs_run(13000);
	hub_alive[0] = false;
	ms = hubs_until(0, NHRP_NHS_PROBE);
	assert_in_range(ms, 3000, 14000);
	hubs_run(100);
	assert_int_equal(hubs_spoke.clears, 1);
	hubs_end();
}

/* It says no, and some time later it is there no more. */
static void stale_after_a_refusal(void **unused)
{
	struct conf conf;

	(void)unused;
	hubs_conf(&conf);
	hubs_begin(&conf, true);
	hub_code[0] = NHRP_CODE_NO_RESOURCES;
	hubs_run(20000);
	assert_true(fake_said(&hubs_spoke, "refused our registration"));
	assert_int_equal(hubs_spoke.clears, 0);
	hub_alive[0] = false;
	hubs_run(60000);
	assert_int_equal(hubs_spoke.clears, 1);
	/* Once. */
	hubs_run(120000);
	assert_int_equal(hubs_spoke.clears, 1);
	/* One that only says no keeps its session. */
	hub_alive[0] = true;
	hubs_run(600000);
	assert_int_equal(hubs_spoke.clears, 1);
	hubs_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(death),
		cmocka_unit_test(busy),
		cmocka_unit_test(no_probes),
		cmocka_unit_test(counted),
		cmocka_unit_test(switched_on),
		cmocka_unit_test(asked_anew),
		cmocka_unit_test(unanswered_anew),
		cmocka_unit_test(outage),
		cmocka_unit_test(stale_session),
		cmocka_unit_test(stale_when_lost),
		cmocka_unit_test(stale_after_a_refusal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
