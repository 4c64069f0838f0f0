// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A spoke and its registration.
 */
#include <stdlib.h>

#include "nhrpd/ext.h"
#include "unit.h"

static struct fake_net net;
static struct fake_kernel spoke;

static void begin(struct conf *conf, bool protected)
{
	fake_net_init(&net);
	net.phantoms = true;
	fake_init(&spoke, &net, "spoke", "6.6.6.6", "192.168.1.6/24",
		  protected);
	unit_start(&spoke, conf);
}

static int setup(void **state)
{
	struct conf conf;

	(void)state;
	unit_spoke(&conf);
	begin(&conf, true);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_free(&spoke);
	return 0;
}

static void take_request(struct nhrp_msg *msg)
{
	unit_take(&spoke, "1.1.1.1", NHRP_REGISTRATION_REQUEST, msg);
}

/* As the hub would answer. */
static void reply(const struct nhrp_msg *request, unsigned int code)
{
	struct nhrp_msg msg = *request;

	msg.type = NHRP_REGISTRATION_REPLY;
	msg.dst_proto = fake_addr("192.168.1.1");
	msg.cie[0].code = (uint8_t)code;
	unit_deliver(&spoke, "1.1.1.1", &msg);
}

/* The session comes up, and the registration is accepted. */
static void come_up(void)
{
	struct nhrp_msg msg;

	fake_net_run(&net, 200);
	take_request(&msg);
	reply(&msg, 0);
	assert_int_equal(unit_nhs(&spoke), NHRP_NHS_UP);
}

static void request(void **state)
{
	struct nhrp_cie cie[2];
	struct nhrp_msg msg;

	(void)state;
	/* Not before there is a session. */
	unit_silent(&spoke);
	assert_int_equal(unit_nhs(&spoke), NHRP_NHS_WAIT);
	fake_net_run(&net, 200);
	take_request(&msg);
	assert_int_equal(unit_nhs(&spoke), NHRP_NHS_PROBE);
	assert_true(msg.hops >= 1);
	assert_int_equal(msg.flags,
			 NHRP_FLAG_REGISTRATION_UNIQUE | NHRP_FLAG_NAT);
	assert_true(addr_equal(&msg.src_nbma, &spoke.dev.nbma));
	assert_true(addr_equal(&msg.src_proto, &spoke.dev.proto));
	assert_int_equal(msg.n_cie, 1);
	assert_int_equal(msg.cie[0].prefix_len, 32);
	assert_int_equal(msg.cie[0].holdtime, HOLD);
	assert_true(addr_is_none(&msg.cie[0].nbma));
	assert_int_equal(msg.ext[0].type, NHRP_EXT_FORWARD);
	assert_int_equal(msg.ext[1].type, NHRP_EXT_REVERSE);
	assert_int_equal(msg.ext[2].type, NHRP_EXT_RESPONDER);
	assert_int_equal(msg.ext[3].type, NHRP_EXT_NAT);
	assert_int_equal(ext_cies(&msg, &msg.ext[3], cie, 2), 1);
	/* The server itself is a next hop at once. */
	assert_leads(&spoke, "192.168.1.1", "1.1.1.1");
}

static void retry(void **state)
{
	static const unsigned int wait[] = { 1, 2, 4, 8, 8, 8, 8, 8, 8 };
	struct nhrp_msg first, msg;
	bool shorter = false;
	struct nbma hub = { .addr = fake_addr("1.1.1.1") };
	uint64_t since;
	size_t i;

	(void)state;
	fake_net_run(&net, 110);
	take_request(&first);
	for (i = 0; i < sizeof(wait) / sizeof(wait[0]); i++) {
		since = net.now;
		while (list_empty(&spoke.sent)) {
			/* It is there, so its session is let alone. */
			fake_heard(&spoke, &hub);
			fake_net_run(&net, 10);
		}
		/* Up to a quarter sooner, so as not to march in step. */
		assert_in_range(net.now - since, wait[i] * 750 - 10,
				wait[i] * 1000 + 10);
		shorter |= net.now - since < wait[i] * 950;
		take_request(&msg);
		assert_int_equal(msg.id, first.id);
	}
	assert_true(shorter);
	reply(&msg, 0);
	assert_int_equal(unit_nhs(&spoke), NHRP_NHS_UP);
}

/* It registers, and again after @ms, or a tenth of that sooner. */
static void renew_after(unsigned int ms)
{
	struct nhrp_msg first, msg;
	unsigned int i;

	fake_net_run(&net, 200);
	take_request(&first);
	reply(&first, 0);
	fake_net_run(&net, ms * 9 / 10 - 1000);
	unit_silent(&spoke);
	for (i = 0; i <= ms / 1000 + 10 && list_empty(&spoke.sent); i++)
		fake_net_run(&net, 100);
	take_request(&msg);
	assert_int_not_equal(msg.id, first.id);
}

static void renewal(void **state)
{
	(void)state;
	renew_after(HOLD * 1000 / 3);
	assert_int_equal(unit_nhs(&spoke), NHRP_NHS_UP);
	/* No answers any more: it is not up for ever. */
	fake_net_run(&net, 10000);
	assert_int_equal(unit_nhs(&spoke), NHRP_NHS_PROBE);
}

/* At the operator's own time; the holding time is what it was. */
static void registration_timeout(void **state)
{
	struct conf conf;

	(void)state;
	unit_spoke(&conf);
	conf.iface[0].registration_timeout = 40;
	begin(&conf, true);
	renew_after(40000);
	fake_free(&spoke);
}

static void refused(void **state)
{
	static const struct {
		unsigned int code;
		const char *words;
	} no[] = {
		{ NHRP_CODE_PROHIBITED, "administratively prohibited" },
		{ NHRP_CODE_NO_RESOURCES, "insufficient resources" },
		{ NHRP_CODE_NOT_UNIQUE, "not unique" },
		{ NHRP_CODE_ALREADY_REGISTERED,
		  "registered with another NBMA address" },
		{ 99, "unknown reason" },
	};
	struct nhrp_msg msg;
	unsigned int wait;
	size_t i;

	(void)state;
	fake_net_run(&net, 200);
	for (i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
		take_request(&msg);
		reply(&msg, no[i].code);
		assert_int_equal(unit_nhs(&spoke), NHRP_NHS_PROBE);
		assert_true(fake_said(&spoke, no[i].words));
		/* Once a minute, but who has our address may be ourselves. */
		wait = no[i].code == NHRP_CODE_ALREADY_REGISTERED ? 10 : 60;
		fake_net_run(&net, wait * 1000 - 1000);
		unit_silent(&spoke);
		fake_net_run(&net, 1000);
	}
	take_request(&msg);
	reply(&msg, 0);
	assert_int_equal(unit_nhs(&spoke), NHRP_NHS_UP);
}

static void wrong_replies(void **state)
{
	struct nhrp_msg msg, bad;

	(void)state;
	fake_net_run(&net, 200);
	take_request(&msg);
	bad = msg;
	bad.id++;
	reply(&bad, 0);
	assert_int_equal(unit_dropped(&spoke, NHRP_DROP_NO_REQUEST), 1);
	bad = msg;
	bad.type = NHRP_REGISTRATION_REPLY;
	unit_deliver(&spoke, "7.7.7.7", &bad);
	bad.src_proto = fake_addr("192.168.1.7");
	unit_deliver(&spoke, "1.1.1.1", &bad);
	bad = msg;
	bad.n_cie = 0;
	reply(&bad, 0);
	assert_int_equal(unit_dropped(&spoke, NHRP_DROP_SOURCE), 3);
	assert_int_equal(unit_nhs(&spoke), NHRP_NHS_PROBE);
	reply(&msg, 0);
	assert_int_equal(unit_nhs(&spoke), NHRP_NHS_UP);
	/* The same once more is late. */
	reply(&msg, 0);
	assert_int_equal(unit_dropped(&spoke, NHRP_DROP_NO_REQUEST), 2);
}

static void session_lost(void **state)
{
	struct nhrp_msg msg;

	(void)state;
	come_up();
	fake_session_state(&spoke, "1.1.1.1", DMVPN_SESSION_STATE_DOWN);
	assert_int_equal(unit_nhs(&spoke), NHRP_NHS_WAIT);
	/* The next hop stays: packets to it bring the session back. */
	assert_leads(&spoke, "192.168.1.1", "1.1.1.1");
	fake_net_run(&net, 1000);
	unit_silent(&spoke);
	fake_session_state(&spoke, "1.1.1.1", DMVPN_SESSION_STATE_UP);
	take_request(&msg);
	reply(&msg, 0);
	assert_int_equal(unit_nhs(&spoke), NHRP_NHS_UP);
}

static void server_error(void **state)
{
	struct nhrp_msg msg, error;
	uint8_t quote[64] = { [17] = NHRP_REGISTRATION_REQUEST };

	(void)state;
	fake_net_run(&net, 200);
	take_request(&msg);
	unit_msg(&error, NHRP_ERROR_INDICATION, "1.1.1.1", "192.168.1.1",
		 "192.168.1.6");
	error.n_ext = 0;
	error.has_ext = false;
	error.error = NHRP_ERROR_AUTH;
	quote[24] = (uint8_t)(msg.id >> 24);
	quote[25] = (uint8_t)(msg.id >> 16);
	quote[26] = (uint8_t)(msg.id >> 8);
	quote[27] = (uint8_t)msg.id;
	error.payload = quote;
	error.payload_len = sizeof(quote);
	unit_deliver(&spoke, "1.1.1.1", &error);
	assert_true(fake_said(&spoke, "says of our registration-request: "
			      "authentication failure"));
	/* No answer to an error; the request is repeated in its time. */
	unit_silent(&spoke);
	fake_net_run(&net, 1000);
	take_request(&msg);
}

static void behind_nat(void **state)
{
	struct nhrp_msg msg;
	struct nhrp_cie cie = { .nbma = fake_addr("9.9.9.9") };

	(void)state;
	fake_net_run(&net, 200);
	take_request(&msg);
	cie.proto = spoke.dev.proto;
	assert_true(ext_append_cie(&msg, ext_find(&msg, NHRP_EXT_NAT), &cie));
	reply(&msg, 0);
	assert_true(fake_said(&spoke, "seen as 9.9.9.9"));
}

/* Nothing but the NBMA address of the server is known. */
static void dynamic_server(void **state)
{
	struct nhrp_msg msg;
	struct conf conf;

	(void)state;
	unit_spoke(&conf);
	conf.iface[0].nhs[0].proto = (struct addr){ 0 };
	begin(&conf, false);
	take_request(&msg);
	assert_true(addr_equal(&msg.dst_proto, &spoke.dev.proto));
	assert_leads(&spoke, "192.168.1.1", "-");
	reply(&msg, 0);
	assert_leads(&spoke, "192.168.1.1", "1.1.1.1");
	fake_net_run(&net, HOLD * 1000 / 3);
	take_request(&msg);
	assert_int_equal(msg.dst_proto.b[3], 1);
	fake_free(&spoke);
}

static const char *ask_through(const char *what)
{
	static char text[ADDR_TEXT];
	struct addr a = fake_addr(what);
	struct fake_frame *f;

	nhrp_miss(spoke.nhrp, net.now, FAKE_DMVPN, &a, &a);
	f = fake_take(&spoke);
	if (!f)
		return "-";
	addr_format(&f->to.addr, text);
	free(f);
	return text;
}

/* The second server is asked while the first does not answer. */
static void fallback(void **state)
{
	struct conf_nhs *second;
	struct nhrp_msg msg;
	struct conf conf;

	(void)state;
	unit_spoke(&conf);
	second = conf_add_nhs(&conf.iface[0]);
	second->proto = fake_addr("192.168.1.2");
	second->nbma = fake_addr("2.2.2.2");
	begin(&conf, true);
	assert_string_equal(ask_through("192.168.1.71"), "-");
	fake_net_run(&net, 200);
	take_request(&msg);
	reply(&msg, 0);
	unit_flush(&spoke);
	assert_string_equal(ask_through("192.168.1.72"), "1.1.1.1");
	fake_session_state(&spoke, "1.1.1.1", DMVPN_SESSION_STATE_DOWN);
	unit_flush(&spoke);
	assert_string_equal(ask_through("192.168.1.73"), "2.2.2.2");
	fake_free(&spoke);
}

#define SPOKE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SPOKE(request),
		SPOKE(retry),
		SPOKE(renewal),
		cmocka_unit_test(registration_timeout),
		SPOKE(refused),
		SPOKE(wrong_replies),
		SPOKE(session_lost),
		SPOKE(server_error),
		SPOKE(behind_nat),
		cmocka_unit_test(dynamic_server),
		cmocka_unit_test(fallback),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
