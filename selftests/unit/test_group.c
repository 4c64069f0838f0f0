// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Groups: hub R1, spokes R6 and R7, each a whole instance; what a node says of
 * itself decides with which policy the others queue towards it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nhrpd/codec.h"
#include "nhrpd/ext.h"
#include "groups.h"

#define SECOND 1000u
/* In the extension, before a name. */
#define HEAD "DM\1\0\0\0\0\0\0\0\0"
#define HEAD_LEN 11

static struct fake_kernel r5;

static void put_peer(struct conf_if *ci, const char *prefix, const char *group)
{
	struct conf_peer_group *of = conf_add_peer_group(ci);

	assert_non_null(of);
	assert_int_equal(prefix_parse(prefix, &of->what), 0);
	strcpy(of->group, group);
}

static void configure(struct fake_kernel *k, struct conf *conf)
{
	assert_int_equal(nhrp_configure(k->nhrp, net.now, conf), 0);
	conf_free(conf);
}

static void join(struct fake_kernel *k, const char *group)
{
	struct conf conf;

	groups_spoke(&conf, group);
	configure(k, &conf);
	fake_net_run(&net, SECOND);
}

#define assert_policy(k, nbma, name) \
	assert_string_equal(fake_peer(k, nbma)->policy, name)

static void see_qos(void *arg, const struct nhrp_if_view *v)
{
	*(struct nhrp_counters *)arg = *v->counters;
}

static uint64_t counted(const struct fake_kernel *k, enum nhrp_qos what)
{
	struct nhrp_counters counters;

	nhrp_walk_if(k->nhrp, see_qos, &counters);
	return counters.qos[what];
}

static void attaches(void **state)
{
	(void)state;
	assert_policy(&r1, "6.6.6.6", "P10");
	assert_policy(&r1, "7.7.7.7", "P2");
	/* Once each; renewals change nothing. */
	assert_int_equal(r1.policy_calls, 2);
	fake_net_run(&net, 3 * HOLD * SECOND);
	assert_int_equal(r1.policy_calls, 2);
	assert_int_equal(counted(&r1, NHRP_QOS_APPLIED), 2);
	assert_true(fake_said(&r1, "6.6.6.6 is in group GOLD: policy P10"));
	/* The hub has said nothing. */
	assert_policy(&r6, "1.1.1.1", "");
}

static void changes(void **state)
{
	const struct fake_peer *peer = fake_peer(&r1, "6.6.6.6");
	uint32_t handle = peer->session->handle;

	(void)state;
	fake_forget(&r1);
	join(&r6, "SILVER");
	assert_policy(&r1, "6.6.6.6", "P2");
	assert_int_equal(r1.policy_calls, 3);
	/* The same peer in the same session. */
	assert_ptr_equal(fake_peer(&r1, "6.6.6.6"), peer);
	assert_int_equal(peer->session->handle, handle);
	assert_int_equal(r1.clears, 0);
	assert_false(fake_said(&r1, "ended"));
	join(&r6, "");
	assert_policy(&r1, "6.6.6.6", "");
	assert_int_equal(r1.policy_calls, 4);
	assert_int_equal(counted(&r1, NHRP_QOS_REMOVED), 1);
	assert_leads(&r1, "192.168.1.6", "6.6.6.6");
}

static void unknown(void **state)
{
	(void)state;
	join(&r6, "BRONZE");
	assert_policy(&r1, "6.6.6.6", "");
	assert_true(fake_said(&r1, "6.6.6.6 is in group BRONZE, which no"));
	assert_int_equal(counted(&r1, NHRP_QOS_UNKNOWN_GROUP), 1);
	fake_forget(&r1);
	fake_net_run(&net, 2 * HOLD * SECOND);
	assert_int_equal(counted(&r1, NHRP_QOS_UNKNOWN_GROUP), 1);
	assert_false(fake_said(&r1, "BRONZE"));
}

static void reload_of_maps(void **state)
{
	struct conf conf;

	(void)state;
	unit_hub(&conf);
	groups_map(&conf.iface[0], "GOLD", "P20");
	configure(&r1, &conf);
	/* At once, and not when they register. */
	assert_policy(&r1, "6.6.6.6", "P20");
	assert_policy(&r1, "7.7.7.7", "");
	assert_int_equal(r1.policy_calls, 4);
	groups_hub(&conf);
	configure(&r1, &conf);
	assert_policy(&r1, "6.6.6.6", "P10");
	assert_policy(&r1, "7.7.7.7", "P2");
	/* What is the same is left alone. */
	groups_hub(&conf);
	configure(&r1, &conf);
	assert_int_equal(r1.policy_calls, 6);
}

static void overrides(void **state)
{
	struct conf conf;

	(void)state;
	/* By the tunnel address, by the NBMA address; the first counts. */
	put_peer(groups_hub(&conf), "192.168.1.7", "GOLD");
	put_peer(&conf.iface[0], "6.6.0.0/16", "SILVER");
	put_peer(&conf.iface[0], "6.6.6.6", "GOLD");
	put_peer(&conf.iface[0], "192.168.1.4/30", "SILVER");
	configure(&r1, &conf);
	assert_policy(&r1, "7.7.7.7", "P10");
	assert_policy(&r1, "6.6.6.6", "P2");
	/* Whatever they say, or do not. */
	join(&r6, "GOLD");
	join(&r7, "");
	assert_policy(&r1, "7.7.7.7", "P10");
	assert_policy(&r1, "6.6.6.6", "P2");
	/* A new one as soon as it has the address. */
	groups_start(&r5, "R5", "5.5.5.5", "192.168.1.5/24", "172.16.5.1/24", "");
	fake_net_run(&net, SECOND);
	assert_policy(&r1, "5.5.5.5", "P2");
	fake_free(&r5);
	groups_hub(&conf);
	configure(&r1, &conf);
	assert_policy(&r1, "7.7.7.7", "");
	assert_policy(&r1, "6.6.6.6", "P10");
}

static void direct(void)
{
	fake_packet(&r6, "172.16.6.1", "172.16.7.1");
	fake_net_run(&net, 2 * SECOND);
	assert_string_equal(fake_packet(&r6, "172.16.6.1", "172.16.7.1"),
			    "R6 R7");
}

static void spoke_to_spoke(void **state)
{
	(void)state;
	direct();
	/* Each maps the other's: told by the answer, and by who asked. */
	assert_policy(&r6, "7.7.7.7", "P2");
	assert_policy(&r7, "6.6.6.6", "P10");
	/* A change is told with the next question, which comes at once. */
	join(&r6, "SILVER");
	assert_policy(&r7, "6.6.6.6", "P2");
	assert_string_equal(fake_packet(&r6, "172.16.6.1", "172.16.7.1"),
			    "R6 R7");
	/* And of who was asked with the next answer. */
	join(&r7, "GOLD");
	assert_policy(&r6, "7.7.7.7", "P2");
	fake_net_run(&net, HOLD / 2 * SECOND);
	fake_packet(&r6, "172.16.6.1", "172.16.7.1");
	fake_net_run(&net, HOLD / 4 * SECOND);
	assert_policy(&r6, "7.7.7.7", "P10");
	/* It goes with the shortcut. */
	fake_net_run(&net, 3 * HOLD * SECOND);
	assert_null(fake_peer(&r6, "7.7.7.7"));
}

/* Who is in none may want to know of the others. */
static void asker_without(void **state)
{
	(void)state;
	join(&r6, "");
	direct();
	assert_policy(&r6, "7.7.7.7", "P2");
	assert_policy(&r7, "6.6.6.6", "");
}

static void answerer_without(void **state)
{
	(void)state;
	join(&r7, "");
	direct();
	assert_policy(&r6, "7.7.7.7", "");
	assert_policy(&r7, "6.6.6.6", "P10");
}

/* The one with the lower address answers first, and meets the other later. */
static void higher_asks(void **state)
{
	(void)state;
	fake_packet(&r7, "172.16.7.1", "172.16.6.1");
	fake_net_run(&net, 2 * SECOND);
	assert_string_equal(fake_packet(&r7, "172.16.7.1", "172.16.6.1"),
			    "R7 R6");
	assert_policy(&r7, "6.6.6.6", "P10");
	assert_policy(&r6, "7.7.7.7", "P2");
}

/* ---- a hub that passes on, and nodes that know nothing of groups ---- */

static struct nhrp_ext passed_on;
static uint8_t passed_data[64];

static void tap(const struct fake_kernel *from, const struct nbma *to,
		const uint8_t *data, size_t len)
{
	const struct nhrp_ext *ext;
	struct nhrp_msg msg;

	(void)to;
	if (from != &r1 || nhrp_decode(&msg, data, len) != NHRP_DECODE_OK ||
	    msg.type != NHRP_RESOLUTION_REQUEST)
		return;
	ext = ext_find(&msg, NHRP_EXT_GROUP);
	assert_non_null(ext);
	passed_on = *ext;
	memcpy(passed_data, msg.pool + ext->pos, ext->len);
}

static void forwarded(void **state)
{
	struct conf conf;

	(void)state;
	/* One that has a group and maps of its own. */
	strcpy(groups_hub(&conf)->group, "HUBS");
	configure(&r1, &conf);
	passed_on.len = 0;
	net.tap = tap;
	direct();
	assert_int_equal(passed_on.len, HEAD_LEN + 4);
	assert_false(passed_on.compulsory);
	assert_memory_equal(passed_data, HEAD "GOLD", HEAD_LEN + 4);
	assert_policy(&r7, "6.6.6.6", "P10");
	assert_policy(&r6, "7.7.7.7", "P2");
	assert_int_equal(r1.policy_calls, 2);
}

/* What we asked with comes back from who does not know it. */
static void echo(void **state)
{
	struct nhrp_msg request, reply;
	struct nhrp_cie *cie;
	struct conf conf;

	(void)state;
	net.phantoms = true;
	fake_init(&r5, &net, "R5", "5.5.5.5", "192.168.1.5/24", true);
	groups_spoke(&conf, "GOLD");
	conf.iface[0].nhs[0].nbma = fake_addr("2.2.2.2");
	unit_start(&r5, &conf);
	fake_net_run(&net, 200);
	unit_take(&r5, "2.2.2.2", NHRP_REGISTRATION_REQUEST, &reply);
	reply.type = NHRP_REGISTRATION_REPLY;
	unit_deliver(&r5, "2.2.2.2", &reply);
	fake_packet(&r5, "192.168.1.5", "192.168.1.9");
	unit_take(&r5, "2.2.2.2", NHRP_RESOLUTION_REQUEST, &request);
	reply = request;
	reply.type = NHRP_RESOLUTION_REPLY;
	cie = &reply.cie[0];
	cie->nbma = fake_addr("9.9.9.9");
	cie->proto = fake_addr("192.168.1.9");
	unit_deliver(&r5, "2.2.2.2", &reply);
	fake_net_run(&net, 200);
	assert_leads(&r5, "192.168.1.9", "9.9.9.9");
	assert_policy(&r5, "9.9.9.9", "");
	assert_int_equal(counted(&r5, NHRP_QOS_BAD_GROUP), 0);
	fake_free(&r5);
}

/* ---- kernels ---- */

static void restart(void **state)
{
	struct conf conf;

	(void)state;
	fake_kill(&r1);
	fake_net_run(&net, SECOND);
	groups_hub(&conf);
	unit_start(&r1, &conf);
	assert_policy(&r1, "6.6.6.6", "P10");
	/* It stays until the group comes again, and then, too. */
	fake_net_run(&net, HOLD * SECOND);
	assert_policy(&r1, "6.6.6.6", "P10");
	assert_policy(&r1, "7.7.7.7", "P2");
	assert_int_equal(r1.policy_calls, 2);
	join(&r6, "");
	assert_policy(&r1, "6.6.6.6", "");
}

/* Nothing refers any more to a policy that is not configured. */
static void restart_with_others(void **state)
{
	struct conf conf;

	(void)state;
	fake_kill(&r1);
	unit_hub(&conf);
	groups_map(&conf.iface[0], "GOLD", "P20");
	groups_map(&conf.iface[0], "SILVER", "P2");
	unit_start(&r1, &conf);
	assert_policy(&r1, "6.6.6.6", "");
	assert_policy(&r1, "7.7.7.7", "P2");
	fake_net_run(&net, HOLD * SECOND);
	assert_policy(&r1, "6.6.6.6", "P20");
}

static void no_such_policy(void **state)
{
	struct conf conf;

	(void)state;
	r1.no_policy = "P3";
	unit_hub(&conf);
	groups_map(&conf.iface[0], "GOLD", "P3");
	configure(&r1, &conf);
	/* The former one is not right either. */
	assert_policy(&r1, "6.6.6.6", "");
	assert_true(fake_said(&r1, "policy P3 for 6.6.6.6: there is no such"));
	assert_int_equal(counted(&r1, NHRP_QOS_ERROR), 1);
	fake_net_run(&net, HOLD * SECOND);
	assert_int_equal(counted(&r1, NHRP_QOS_ERROR), 1);
	/* The next reload tries again. */
	r1.no_policy = NULL;
	unit_hub(&conf);
	groups_map(&conf.iface[0], "GOLD", "P3");
	configure(&r1, &conf);
	assert_policy(&r1, "6.6.6.6", "P3");
}

/* The kernel says so later. */
static void refused_late(void **state)
{
	struct nbma nbma = { .addr = fake_addr("6.6.6.6") };

	(void)state;
	/* About one that it has not got any more. */
	nhrp_policy_refused(r1.nhrp, net.now, FAKE_DMVPN, &nbma, "P2",
			    -ENOENT);
	assert_policy(&r1, "6.6.6.6", "P10");
	nhrp_policy_refused(r1.nhrp, net.now, FAKE_DMVPN, &nbma, "P10",
			    -ENOENT);
	assert_policy(&r1, "6.6.6.6", "");
	assert_int_equal(counted(&r1, NHRP_QOS_ERROR), 1);
	nbma.addr = fake_addr("8.8.8.8");
	nhrp_policy_refused(r1.nhrp, net.now, FAKE_DMVPN, &nbma, "P10",
			    -ENOENT);
	assert_int_equal(counted(&r1, NHRP_QOS_ERROR), 1);
}

static void peer_lost(void **state)
{
	struct nbma nbma = { .addr = fake_addr("6.6.6.6") };

	(void)state;
	assert_int_equal(fake_ops.peer_del(&r1, FAKE_DMVPN, &nbma), 0);
	nhrp_peer_gone(r1.nhrp, net.now, FAKE_DMVPN, &nbma);
	assert_policy(&r1, "6.6.6.6", "P10");
}

/* The peers go anyway: nothing is taken away from them first. */
static void stop(void **state)
{
	struct conf conf;

	(void)state;
	put_peer(groups_hub(&conf), "192.168.1.0/24", "GOLD");
	configure(&r1, &conf);
	r1.policy_calls = 0;
	nhrp_stop(r1.nhrp, net.now);
	fake_net_run(&net, 5 * SECOND);
	assert_true(nhrp_stopped(r1.nhrp));
	assert_null(fake_peer(&r1, "6.6.6.6"));
	assert_int_equal(r1.policy_calls, 0);
	assert_null(r1.root);
}

/* ---- queues ---- */

#define QDISC(k) ((k)->root ? (k)->root : "")

static void without_maps(struct fake_kernel *k)
{
	struct conf conf;

	unit_hub(&conf);
	configure(k, &conf);
}

static void queues(void **state)
{
	struct conf conf;

	(void)state;
	assert_string_equal(QDISC(&r1), FAKE_QDISC);
	/* Once, whatever is told of the device. */
	fake_link_changed(&r1);
	fake_net_run(&net, 2 * HOLD * SECOND);
	assert_int_equal(r1.queueing_calls, 1);
	without_maps(&r1);
	assert_string_equal(QDISC(&r1), "");
	without_maps(&r1);
	assert_int_equal(r1.queueing_calls, 2);
	groups_hub(&conf);
	configure(&r1, &conf);
	assert_string_equal(QDISC(&r1), FAKE_QDISC);
	/* An interface that is not configured any more. */
	conf = (struct conf){ 0 };
	configure(&r1, &conf);
	assert_string_equal(QDISC(&r1), "");
}

/* It goes, also while the device is down, and comes when that is up. */
static void queues_of_device(void **state)
{
	struct conf conf;

	(void)state;
	r1.dev.up = false;
	fake_link_changed(&r1);
	assert_string_equal(QDISC(&r1), FAKE_QDISC);
	without_maps(&r1);
	assert_string_equal(QDISC(&r1), "");
	groups_hub(&conf);
	configure(&r1, &conf);
	assert_string_equal(QDISC(&r1), "");
	r1.dev.up = true;
	fake_link_changed(&r1);
	assert_string_equal(QDISC(&r1), FAKE_QDISC);
	nhrp_link_gone(r1.nhrp, net.now, FAKE_DMVPN);
	r1.root = NULL;
	fake_link_changed(&r1);
	assert_string_equal(QDISC(&r1), FAKE_QDISC);
}

static void queues_of_others(void **state)
{
	struct conf conf;

	(void)state;
	without_maps(&r1);
	r1.root = "htb";
	groups_hub(&conf);
	configure(&r1, &conf);
	without_maps(&r1);
	assert_string_equal(QDISC(&r1), "htb");
	nhrp_stop(r1.nhrp, net.now);
	fake_net_run(&net, 5 * SECOND);
	assert_string_equal(QDISC(&r1), "htb");
}

/* Killed: the next life has it, and takes it away if it does not need it. */
static void queues_after_kill(void **state)
{
	struct conf conf;

	(void)state;
	fake_kill(&r1);
	assert_string_equal(QDISC(&r1), FAKE_QDISC);
	groups_hub(&conf);
	unit_start(&r1, &conf);
	assert_string_equal(QDISC(&r1), FAKE_QDISC);
	fake_kill(&r1);
	unit_hub(&conf);
	unit_start(&r1, &conf);
	assert_string_equal(QDISC(&r1), "");
}

/* A module from before there were any. */
static void no_queues(void **state)
{
	struct conf conf;

	(void)state;
	fake_power_off(&r1);
	r1.no_queueing = -ENOENT;
	r1.queueing_calls = 0;
	groups_hub(&conf);
	unit_start(&r1, &conf);
	fake_net_run(&net, 2 * HOLD * SECOND);
	assert_string_equal(QDISC(&r1), "");
	assert_int_equal(r1.queueing_calls, 1);
	assert_leads(&r1, "192.168.1.6", "6.6.6.6");
	assert_policy(&r1, "6.6.6.6", "P10");
}

/* ---- what is not a group ---- */

static void says(const void *data, size_t len)
{
	struct nhrp_msg msg;

	unit_msg(&msg, NHRP_REGISTRATION_REQUEST, "6.6.6.6", "192.168.1.6",
		 "192.168.1.1");
	unit_cie(&msg);
	assert_true(ext_add(&msg, NHRP_EXT_GROUP, false, data, len));
	unit_deliver(&r1, "6.6.6.6", &msg);
}

/* Registered all the same, in no group. */
static void bad_names(void **state)
{
	static const struct {
		const char *data;
		size_t len;
	} bad[] = {
		{ HEAD "GO LD", 16 }, { HEAD "GOLD\0", 16 },
		{ HEAD "G\nLD", 15 }, { HEAD "G\xffLD", 15 },
		{ "DN\1\0\0\0\0\0\0\0\0GOLD", 15 }, { "DM\1GOLD", 7 },
		{ HEAD, 10 }, { "DM", 2 }, { "", 0 },
	};
	char longest[HEAD_LEN + NHRP_GROUP_NAME];
	size_t i, n = sizeof(bad) / sizeof(bad[0]);

	(void)state;
	for (i = 0; i < n; i++) {
		says(HEAD "GOLD", HEAD_LEN + 4);
		assert_policy(&r1, "6.6.6.6", "P10");
		says(bad[i].data, bad[i].len);
		assert_policy(&r1, "6.6.6.6", "");
		assert_int_equal(counted(&r1, NHRP_QOS_BAD_GROUP), i + 1);
	}
	memset(longest, 'x', sizeof(longest));
	memcpy(longest, HEAD, HEAD_LEN);
	says(longest, sizeof(longest) - 1);
	assert_int_equal(counted(&r1, NHRP_QOS_BAD_GROUP), n);
	says(longest, sizeof(longest));
	assert_int_equal(counted(&r1, NHRP_QOS_BAD_GROUP), n + 1);
	assert_string_equal(unit_kind(&r1, "192.168.1.6"), "registered");
}

/* A thousand names fill neither the log nor anything else. */
static void hostile(void **state)
{
	char name[32] = HEAD;
	int i, len;

	(void)state;
	fake_forget(&r1);
	for (i = 0; i < 1000; i++) {
		len = sprintf(name + HEAD_LEN, "G%d", i);
		says(name, HEAD_LEN + (size_t)len);
	}
	assert_policy(&r1, "6.6.6.6", "");
	assert_policy(&r1, "7.7.7.7", "P2");
	assert_int_equal(counted(&r1, NHRP_QOS_UNKNOWN_GROUP), 1000);
	assert_int_equal(counted(&r1, NHRP_QOS_REMOVED), 1);
}

/* ---- an authorizer ---- */

static char asked_group[CONF_GROUP];
static unsigned int asked;

static int ask(void *ctx, const struct nhrp_question *question)
{
	(void)ctx;
	strcpy(asked_group, question->group);
	asked++;
	/* Accepted by default. */
	return -1;
}

static void authorizer(void **state)
{
	struct conf conf;

	(void)state;
	strcpy(groups_hub(&conf)->authorize, "/run/nobody.sock");
	conf.iface[0].authorize_accept = true;
	configure(&r1, &conf);
	nhrp_set_authorizer(r1.nhrp, ask);
	join(&r6, "SILVER");
	assert_int_equal(asked, 1);
	assert_string_equal(asked_group, "SILVER");
	assert_policy(&r1, "6.6.6.6", "P2");
}

/* ---- bytes ---- */

/* The example of Documentation/wire-format.rst. */
static const char registration[] =
	"000108000000000000ff006f8017003401030400"
	"04048002ee183001"
	"0a0101010affff010affff02"
	"002000000000012c00000000"
	"800400008005000080030000"
	"0009001400200000000000000400"
	"04000a0201020affff02"
	"3810000f444d010000000000000000474f4c44"
	"80000000";

static void bytes(void **state)
{
	struct fake_frame *f;
	struct conf conf;
	char hex[512];
	size_t i;

	(void)state;
	net.phantoms = true;
	fake_init(&r5, &net, "R5", "10.1.1.1", "10.255.255.1/24", true);
	unit_spoke(&conf);
	strcpy(conf.iface[0].group, "GOLD");
	conf.iface[0].nhs[0].nbma = fake_addr("10.2.1.2");
	conf.iface[0].nhs[0].proto = fake_addr("10.255.255.2");
	unit_start(&r5, &conf);
	fake_net_run(&net, 200);
	f = fake_take(&r5);
	assert_non_null(f);
	for (i = 0; i < f->len; i++)
		sprintf(hex + 2 * i, "%02x", f->data[i]);
	free(f);
	assert_string_equal(hex, registration);
	fake_free(&r5);
}

#define CLOUD(test) \
	cmocka_unit_test_setup_teardown(test, groups_setup, groups_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CLOUD(attaches),
		CLOUD(changes),
		CLOUD(unknown),
		CLOUD(reload_of_maps),
		CLOUD(overrides),
		CLOUD(spoke_to_spoke),
		CLOUD(asker_without),
		CLOUD(answerer_without),
		CLOUD(higher_asks),
		CLOUD(forwarded),
		CLOUD(echo),
		CLOUD(restart),
		CLOUD(restart_with_others),
		CLOUD(no_such_policy),
		CLOUD(refused_late),
		CLOUD(peer_lost),
		CLOUD(stop),
		CLOUD(queues),
		CLOUD(queues_of_device),
		CLOUD(queues_of_others),
		CLOUD(queues_after_kill),
		CLOUD(no_queues),
		CLOUD(bad_names),
		CLOUD(hostile),
		CLOUD(authorizer),
		CLOUD(bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
