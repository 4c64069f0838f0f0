// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RFC 2332 rule by rule: a spoke as a client of its server. The functions are
 * named for the sections.
 */
#include <stdlib.h>

#include "nhrpd/ext.h"
#include "nhrpd/instance.h"
#include "nhrpd/request.h"
#include "unit.h"

static struct fake_net net;
static struct fake_kernel spoke;

static void start(void)
{
	struct conf conf;

	unit_spoke(&conf);
	unit_start(&spoke, &conf);
	fake_net_run(&net, 200);
}

static void take_registration(struct nhrp_msg *msg)
{
	unit_take(&spoke, "1.1.1.1", NHRP_REGISTRATION_REQUEST, msg);
}

static void be_registered(void)
{
	struct nhrp_msg msg;

	take_registration(&msg);
	msg.type = NHRP_REGISTRATION_REPLY;
	unit_deliver(&spoke, "1.1.1.1", &msg);
	assert_int_equal(unit_nhs(&spoke), NHRP_NHS_UP);
}

/* It is registered. */
static int setup(void **state)
{
	(void)state;
	fake_net_init(&net);
	net.phantoms = true;
	fake_init(&spoke, &net, "spoke", "6.6.6.6", "192.168.1.6/24", true);
	fake_address(&spoke, "172.16.6.1/24", FAKE_LAN);
	fake_route(&spoke, "172.16.0.0/16", "192.168.1.1", FAKE_DMVPN);
	start();
	be_registered();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_free(&spoke);
	return 0;
}

static void miss(const char *address)
{
	struct addr a = fake_addr(address);

	nhrp_miss(spoke.nhrp, net.now, FAKE_DMVPN, &a, &a);
}

static void take_question(struct nhrp_msg *msg)
{
	unit_take(&spoke, "1.1.1.1", NHRP_RESOLUTION_REQUEST, msg);
}

/* ---- 5.2.0.1, 5.2.3: request ids ---- */

/* The same one when it is sent again; another, not the next, for another. */
static void rfc_5_2_0_1_request_id(void **state)
{
	struct nhrp_msg first, second;

	(void)state;
	miss("192.168.1.7");
	take_question(&first);
	fake_net_run(&net, 1000);
	take_question(&second);
	assert_int_equal(second.id, first.id);
	miss("192.168.1.8");
	take_question(&second);
	assert_int_not_equal(second.id, first.id);
	assert_int_not_equal(second.id, first.id + 1);
}

/* Killed and started, however soon, and after the whole machine was. */
static void rfc_5_2_3_request_id_survives_restart(void **state)
{
	struct nhrp_msg last, next;
	unsigned int i;

	(void)state;
	fake_net_run(&net, HOLD * 1000 / 3);
	take_registration(&last);
	for (i = 0; i < 100; i++) {
		fake_kill(&spoke);
		unit_flush(&spoke);
		fake_net_run(&net, 1000);
		start();
		take_registration(&next);
		assert_true(next.id > last.id);
		last = next;
	}
	fake_kill(&spoke);
	unit_flush(&spoke);
	net.wall += net.now / 1000 + 60;
	net.now = 1;
	start();
	take_registration(&next);
	assert_true(next.id > last.id);
}

static void no_send(struct request *req)
{
	(void)req;
}

#define LIVES	200
#define IDS	500

static int by_number(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* As many lives as can be in a holding time, with as many requests in each. */
static void rfc_5_2_3_request_ids_differ(void **state)
{
	static uint32_t id[LIVES * IDS];
	uint64_t now, wall = UINT32_MAX - 30000ull;
	struct request req;
	unsigned int i, k;
	struct nhrp *n;
	size_t used = 0;

	(void)state;
	srandom(1);
	for (i = 0; i < LIVES; i++) {
		now = (uint64_t)random() % 100000 + 1;
		n = nhrp_create(&fake_ops, NULL, &spoke, now, wall);
		assert_non_null(n);
		request_init(&req, n, NHRP_REGISTRATION_REQUEST, no_send,
			     NULL);
		for (k = 0; k < IDS; k++) {
			n->now += (uint64_t)random() % 2000 *
				  ((unsigned long)random() % 8 == 0);
			assert_true(request_start(&req, 1));
			id[used++] = req.id;
		}
		request_stop(&req);
		wall += (n->now - now) / 1000 + 1;
		nhrp_destroy(n);
	}
	qsort(id, used, sizeof(id[0]), by_number);
	for (i = 1; i < used; i++)
		assert_true(id[i] != id[i - 1]);
}

#define SPOKE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SPOKE(rfc_5_2_0_1_request_id),
		SPOKE(rfc_5_2_3_request_id_survives_restart),
		SPOKE(rfc_5_2_3_request_ids_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
