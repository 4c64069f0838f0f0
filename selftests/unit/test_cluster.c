// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Servers that stand in for each other: who is used, and the way back to a
 * better one.
 */
#include <stdlib.h>
#include <string.h>

#include "hubs.h"
#include "nhrpd/codec.h"

/* ---- places ---- */

static void one_of_a_cluster(void **unused)
{
	struct conf conf;

	(void)unused;
	hubs_limit(hubs_conf(&conf), 1);
	hubs_begin(&conf, true);
	hubs_run(30000);
	assert_int_equal(hubs_state(0), NHRP_NHS_UP);
	/* The others have no peer, and so no session. */
	assert_int_equal(hubs_state(1), NHRP_NHS_DOWN);
	assert_int_equal(hubs_state(2), NHRP_NHS_DOWN);
	assert_null(fake_peer(&hubs_spoke, hub_nbma[1]));
	assert_null(fake_peer(&hubs_spoke, hub_nbma[2]));
	assert_int_equal(hub_asked[1] + hub_asked[2], 0);
	assert_false(hubs_look(1).v.in_use);
	/* One that dies is replaced. */
	hub_alive[0] = false;
	assert_in_range(hubs_until(1, NHRP_NHS_UP), 1000, 3300);
	assert_string_equal(hubs_best(), hub_nbma[1]);
	assert_int_equal(hubs_state(2), NHRP_NHS_DOWN);
	/* And so is the second, though the first is looked for. */
	hub_alive[1] = false;
	assert_in_range(hubs_until(2, NHRP_NHS_UP), 1000, 3300);
	assert_string_equal(hubs_best(), hub_nbma[2]);
	assert_int_equal(hubs_up(), 1);
	hubs_end();
}

/* The first does not come up at all. */
static void dead_from_the_start(void **unused)
{
	struct conf conf;

	(void)unused;
	hubs_limit(hubs_conf(&conf), 1);
	hubs_begin(&conf, false);
	hub_alive[0] = false;
	assert_in_range(hubs_until(1, NHRP_NHS_UP), 4000, 6000);
	assert_non_null(strstr(hubs_look(0).error, "no answer"));
	hubs_end();
	hubs_limit(hubs_conf(&conf), 1);
	hubs_begin(&conf, true);
	hubs_net.phantoms = false;
	hubs_run(200);
	/* IKE says so. */
	assert_int_equal(hubs_state(0), NHRP_NHS_PROBE);
	assert_string_equal(hubs_look(0).error, "no answer");
	assert_non_null(fake_peer(&hubs_spoke, hub_nbma[1]));
	hubs_end();
}

static void two_of_three(void **unused)
{
	struct conf conf;

	(void)unused;
	hubs_limit(hubs_conf(&conf), 2);
	hubs_begin(&conf, true);
	hubs_run(3000);
	assert_int_equal(hubs_up(), 2);
	assert_int_equal(hubs_state(2), NHRP_NHS_DOWN);
	hub_alive[1] = false;
	hubs_until(2, NHRP_NHS_UP);
	assert_int_equal(hubs_state(0), NHRP_NHS_UP);
	assert_string_equal(hubs_best(), hub_nbma[0]);
	hubs_end();
}

static void clusters(void **unused)
{
	struct conf_if *ci;
	struct conf conf;

	(void)unused;
	ci = hubs_conf(&conf);
	hubs_limit(ci, 1);
	ci->nhs[2].cluster = 7;
	hubs_begin(&conf, true);
	hubs_run(3000);
	/* One of cluster 0, and all of cluster 7. */
	assert_int_equal(hubs_state(0), NHRP_NHS_UP);
	assert_int_equal(hubs_state(1), NHRP_NHS_DOWN);
	assert_int_equal(hubs_state(2), NHRP_NHS_UP);
	hub_alive[2] = false;
	hubs_run(10000);
	assert_int_equal(hubs_state(1), NHRP_NHS_DOWN);
	hubs_end();
}

static void same_priority(void **unused)
{
	struct conf_if *ci;
	struct conf conf;

	(void)unused;
	ci = hubs_conf(&conf);
	ci->nhs[0].priority = 2;
	ci->nhs[1].priority = 1;
	ci->nhs[2].priority = 1;
	hubs_limit(ci, 1);
	hubs_begin(&conf, true);
	hubs_run(3000);
	assert_int_equal(hubs_state(1), NHRP_NHS_UP);
	assert_int_equal(hubs_up(), 1);
	hubs_end();
}

/* ---- the way back ---- */

/* One is used at a time: the first, and when it has died the second. */
static void first_dies(struct conf *conf)
{
	hubs_limit(hubs_conf(conf), 1);
	hubs_begin(conf, true);
	hubs_run(3000);
	hub_alive[0] = false;
	hubs_until(1, NHRP_NHS_UP);
}

static void fallback(void **unused)
{
	struct conf conf;
	uint64_t since;

	(void)unused;
	first_dies(&conf);
	hubs_run(60000);
	hub_alive[0] = true;
	assert_in_range(hubs_until(0, NHRP_NHS_UP), 0, 10000);
	since = hubs_net.now;
	/* Both, until the first has been well for long enough. */
	assert_int_equal(hubs_up(), 2);
	assert_string_equal(hubs_best(), hub_nbma[1]);
	assert_false(hubs_look(0).v.in_use);
	assert_in_range(hubs_look(0).v.fallback_ms, 19000, 20000);
	hubs_until(1, NHRP_NHS_DOWN);
	assert_in_range(hubs_net.now - since, 19900, 21000);
	assert_string_equal(hubs_best(), hub_nbma[0]);
	assert_null(fake_peer(&hubs_spoke, hub_nbma[1]));
	assert_true(hubs_look(0).v.in_use);
	assert_true(hubs_look(0).v.fallback_ms == UINT64_MAX);
	assert_true(fake_said(&hubs_spoke, "1.1.1.1) is in use again"));
	/* It has been told that we leave. */
	assert_int_equal(unit_dropped(&hubs_spoke, NHRP_DROP_NO_REQUEST), 0);
	hubs_end();
}

static void fallback_at_once(void **unused)
{
	struct conf_if *ci;
	struct conf conf;

	(void)unused;
	ci = hubs_conf(&conf);
	hubs_limit(ci, 1);
	ci->fallback_seconds = 0;
	hubs_begin(&conf, true);
	hubs_run(3000);
	hub_alive[0] = false;
	hubs_until(1, NHRP_NHS_UP);
	hubs_run(30000);
	hub_alive[0] = true;
	hubs_until(0, NHRP_NHS_UP);
	assert_int_equal(hubs_up(), 1);
	assert_string_equal(hubs_best(), hub_nbma[0]);
	hubs_end();
}

/* A server that comes and goes is not returned to. */
static void no_flapping(void **unused)
{
	struct conf conf;
	unsigned int i;

	(void)unused;
	first_dies(&conf);
	for (i = 0; i < 10; i++) {
		hub_alive[0] = !hub_alive[0];
		hubs_run(15000);
		assert_int_equal(hubs_state(1), NHRP_NHS_UP);
		assert_string_equal(hubs_best(), hub_nbma[1]);
	}
	hub_alive[0] = true;
	hubs_run(40000);
	assert_string_equal(hubs_best(), hub_nbma[0]);
	assert_int_equal(hubs_up(), 1);
	hubs_end();
}

/* The one in its place dies meanwhile: there is nothing to wait for. */
static void needed_before(void **unused)
{
	struct conf conf;

	(void)unused;
	first_dies(&conf);
	hub_alive[0] = true;
	hubs_until(0, NHRP_NHS_UP);
	assert_string_equal(hubs_best(), hub_nbma[1]);
	hub_alive[1] = false;
	hubs_run(3000);
	assert_string_equal(hubs_best(), hub_nbma[0]);
	assert_true(hubs_look(0).v.in_use);
	hubs_run(3000);
	assert_int_equal(hubs_up(), 1);
	assert_int_equal(hubs_state(1), NHRP_NHS_DOWN);
	hubs_end();
}

/* The second's answer is what brings the first back, and takes its place. */
static void answers_when_replaced(void **unused)
{
	struct nhrp_clear all = { 0 };
	struct conf conf;

	(void)unused;
	first_dies(&conf);
	hub_alive[0] = true;
	hubs_until(0, NHRP_NHS_UP);
	nhrp_clear(hubs_spoke.nhrp, hubs_net.now, &all);
	/* No timer has been late yet. */
	hubs_net.now += 21000;
	hub_alive[0] = false;
	hubs_answer();
	hub_alive[0] = true;
	assert_int_equal(hubs_state(1), NHRP_NHS_DOWN);
	assert_null(fake_peer(&hubs_spoke, hub_nbma[1]));
	hubs_run(10000);
	assert_int_equal(hubs_up(), 1);
	assert_string_equal(hubs_best(), hub_nbma[0]);
	hubs_end();
}

/* The machine sleeps meanwhile: two could be returned to, and one is. */
static void asleep(void **unused)
{
	unsigned int phase;
	struct conf conf;

	(void)unused;
	for (phase = 0; phase < 20; phase++) {
		hubs_limit(hubs_conf(&conf), 1);
		hubs_begin(&conf, true);
		hubs_run(3000);
		hub_alive[0] = false;
		hub_alive[1] = false;
		hubs_until(2, NHRP_NHS_UP);
		hub_alive[1] = true;
		hubs_until(1, NHRP_NHS_UP);
		hub_alive[0] = true;
		hubs_until(0, NHRP_NHS_UP);
		hubs_run(phase * 50);
		hubs_net.now += 21000;
		hubs_run(10000);
		assert_int_equal(hubs_up(), 1);
		assert_string_equal(hubs_best(), hub_nbma[0]);
		hubs_end();
	}
}

/* The same with one in use at a time. */
static void outage_of_a_cluster(void **unused)
{
	struct conf conf;

	(void)unused;
	hubs_limit(hubs_conf(&conf), 1);
	hubs_begin(&conf, true);
	hubs_run(3000);
	memset(hub_alive, false, sizeof(hub_alive));
	hubs_run(3600000);
	assert_int_equal(hubs_up(), 0);
	memset(hub_alive, true, sizeof(hub_alive));
	hubs_run(10000);
	assert_true(hubs_up() >= 1);
	hubs_run(30000);
	assert_int_equal(hubs_up(), 1);
	assert_int_equal(hubs_state(0), NHRP_NHS_UP);
	hubs_end();
}

/* IKE notices: one that is short is none, one that is long is a loss. */
static void session_lost(void **unused)
{
	struct conf conf;

	(void)unused;
	hubs_limit(hubs_conf(&conf), 1);
	hubs_begin(&conf, true);
	hubs_run(3000);
	fake_session_state(&hubs_spoke, hub_nbma[0], DMVPN_SESSION_STATE_DOWN);
	assert_int_equal(hubs_state(0), NHRP_NHS_WAIT);
	fake_session_state(&hubs_spoke, hub_nbma[0], DMVPN_SESSION_STATE_UP);
	hubs_run(500);
	assert_int_equal(hubs_state(0), NHRP_NHS_UP);
	assert_null(fake_peer(&hubs_spoke, hub_nbma[1]));
	fake_session_state(&hubs_spoke, hub_nbma[0], DMVPN_SESSION_STATE_DOWN);
	hubs_run(2000);
	assert_int_equal(hubs_state(0), NHRP_NHS_PROBE);
	assert_int_equal(hubs_state(1), NHRP_NHS_UP);
	fake_session_state(&hubs_spoke, hub_nbma[1],
			   DMVPN_SESSION_STATE_FAILED);
	hubs_run(500);
	assert_int_equal(hubs_state(2), NHRP_NHS_UP);
	hubs_end();
}

/* It answers, but does not want us. */
static void refused(void **unused)
{
	struct fake_frame *f;
	struct nhrp_msg msg;
	struct conf conf;

	(void)unused;
	hubs_limit(hubs_conf(&conf), 1);
	hubs_begin(&conf, false);
	f = fake_take(&hubs_spoke);
	assert_non_null(f);
	assert_int_equal(nhrp_decode(&msg, f->data, f->len), NHRP_DECODE_OK);
	msg.type = NHRP_REGISTRATION_REPLY;
	msg.cie[0].code = NHRP_CODE_PROHIBITED;
	unit_deliver(&hubs_spoke, hub_nbma[0], &msg);
	free(f);
	hubs_run(100);
	assert_int_equal(hubs_state(1), NHRP_NHS_UP);
	assert_non_null(strstr(hubs_look(0).error, "prohibited"));
	/* Asked again after a minute, in the same session. */
	hubs_run(55000);
	assert_int_equal(hub_asked[0], 0);
	hubs_run(10000);
	assert_int_equal(hubs_state(0), NHRP_NHS_UP);
	hubs_end();
}

/* ---- configuration ---- */

static void configure(struct conf *conf)
{
	assert_int_equal(nhrp_configure(hubs_spoke.nhrp, hubs_net.now, conf),
			 0);
	conf_free(conf);
}

/* Another order, and the one in use stays until the better one is up. */
static void new_priority(void **unused)
{
	struct conf_if *ci;
	struct conf conf;

	(void)unused;
	hubs_limit(hubs_conf(&conf), 1);
	hubs_begin(&conf, true);
	hubs_run(3000);
	ci = hubs_conf(&conf);
	hubs_limit(ci, 1);
	ci->nhs[0].priority = 9;
	configure(&conf);
	assert_int_equal(hubs_state(0), NHRP_NHS_UP);
	assert_string_equal(hubs_best(), hub_nbma[0]);
	hubs_run(50);
	assert_int_equal(hubs_state(0), NHRP_NHS_UP);
	hubs_run(500);
	assert_int_equal(hubs_state(1), NHRP_NHS_UP);
	assert_int_equal(hubs_state(0), NHRP_NHS_DOWN);
	assert_string_equal(hubs_best(), hub_nbma[1]);
	/* Without the limit all are used, and nothing is dropped. */
	ci = hubs_conf(&conf);
	ci->nhs[0].priority = 9;
	hubs_spoke.log_len = 0;
	configure(&conf);
	hubs_run(500);
	assert_int_equal(hubs_up(), HUBS);
	assert_string_equal(hubs_best(), hub_nbma[1]);
	hubs_conf(&conf);
	configure(&conf);
	assert_int_equal(hubs_up(), HUBS);
	assert_string_equal(hubs_best(), hub_nbma[0]);
	/* And with it again, those beyond it are left. */
	hubs_limit(hubs_conf(&conf), 1);
	configure(&conf);
	assert_int_equal(hubs_up(), 1);
	assert_int_equal(hubs_state(0), NHRP_NHS_UP);
	hubs_end();
}

static void one_less(void **unused)
{
	struct conf_if *ci;
	struct conf conf;

	(void)unused;
	hubs_limit(hubs_conf(&conf), 1);
	hubs_begin(&conf, true);
	hubs_run(3000);
	ci = hubs_conf(&conf);
	hubs_limit(ci, 1);
	memmove(&ci->nhs[0], &ci->nhs[1], 2 * sizeof(ci->nhs[0]));
	ci->n_nhs = 2;
	configure(&conf);
	assert_int_equal(hubs_state(0), __NHRP_NHS_MAX);
	assert_null(fake_peer(&hubs_spoke, hub_nbma[0]));
	hubs_run(500);
	assert_int_equal(hubs_state(1), NHRP_NHS_UP);
	hubs_end();
}

/*
 * One that is lost brings the first back, and a third is given up for that: its
 * peer is younger than that of the lost one.
 */
static void lost_and_given_up(void **unused)
{
	struct conf_if *ci;
	struct conf conf;

	(void)unused;
	hubs_limit(hubs_conf(&conf), 1);
	hubs_begin(&conf, true);
	hubs_run(3000);
	hub_alive[0] = false;
	hub_alive[1] = false;
	hubs_until(2, NHRP_NHS_UP);
	ci = hubs_conf(&conf);
	hubs_limit(ci, 1);
	ci->nhs[1] = ci->nhs[2];
	ci->n_nhs = 2;
	configure(&conf);
	hubs_limit(hubs_conf(&conf), 1);
	configure(&conf);
	hubs_run(10000);
	hub_alive[0] = true;
	hubs_until(0, NHRP_NHS_UP);
	assert_string_equal(hubs_best(), hub_nbma[2]);
	assert_non_null(fake_peer(&hubs_spoke, hub_nbma[1]));
	fake_session_state(&hubs_spoke, hub_nbma[2],
			   DMVPN_SESSION_STATE_FAILED);
	assert_string_equal(hubs_best(), hub_nbma[0]);
	assert_null(fake_peer(&hubs_spoke, hub_nbma[1]));
	hubs_end();
}

/* The daemon alone is restarted while the second stands in for the first. */
static void restart(void **unused)
{
	struct conf conf;

	(void)unused;
	first_dies(&conf);
	fake_kill(&hubs_spoke);
	hubs_limit(hubs_conf(&conf), 1);
	unit_start(&hubs_spoke, &conf);
	assert_non_null(fake_peer(&hubs_spoke, hub_nbma[1]));
	assert_in_range(hubs_until(1, NHRP_NHS_UP), 0, 6000);
	assert_string_equal(hubs_best(), hub_nbma[1]);
	hubs_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_of_a_cluster),
		cmocka_unit_test(dead_from_the_start),
		cmocka_unit_test(two_of_three),
		cmocka_unit_test(clusters),
		cmocka_unit_test(same_priority),
		cmocka_unit_test(fallback),
		cmocka_unit_test(fallback_at_once),
		cmocka_unit_test(no_flapping),
		cmocka_unit_test(needed_before),
		cmocka_unit_test(answers_when_replaced),
		cmocka_unit_test(asleep),
		cmocka_unit_test(outage_of_a_cluster),
		cmocka_unit_test(session_lost),
		cmocka_unit_test(refused),
		cmocka_unit_test(new_priority),
		cmocka_unit_test(one_less),
		cmocka_unit_test(lost_and_given_up),
		cmocka_unit_test(restart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
