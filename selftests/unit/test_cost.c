// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What one member of the cloud does costs a hub no more when there are many
 * others. Processor time of the same is compared: with few, and with so many
 * more that a walk over all of them could not hide.
 */
#include <stdio.h>
#include <time.h>

#include "nhrpd/cache.h"
#include "nhrpd/peer.h"
#include "unit.h"

#define FEW	250
#define TIMES	32
#define MANY	(FEW * TIMES)
#define ROUNDS	5
/* Of one thing, in a round. */
#define REPEATS	40
/* Caches and the like make it dearer, but not much. */
#define DEARER	(TIMES / 8)

static struct fake_net net;
static struct fake_kernel hub;

struct place {
	char nbma[16];
	char proto[16];
};

static struct place place(unsigned int i)
{
	struct place p;

	snprintf(p.nbma, sizeof(p.nbma), "7.%u.%u.%u", i >> 16 & 0xff,
		 i >> 8 & 0xff, i & 0xff);
	snprintf(p.proto, sizeof(p.proto), "10.%u.%u.%u", i >> 16 & 0xff,
		 i >> 8 & 0xff, i & 0xff);
	return p;
}

static void registers(unsigned int i)
{
	struct place p = place(i);
	struct nhrp_msg msg;

	unit_msg(&msg, NHRP_REGISTRATION_REQUEST, p.nbma, p.proto,
		 "10.255.0.1");
	unit_cie(&msg);
	unit_deliver(&hub, p.nbma, &msg);
	unit_flush(&hub);
}

static void joins(unsigned int i)
{
	fake_session_state(&hub, place(i).nbma, DMVPN_SESSION_STATE_UP);
	registers(i);
}

static void begin_with(struct conf *conf)
{
	fake_net_init(&net);
	net.phantoms = true;
	fake_init(&hub, &net, "hub", "1.1.1.1", "10.255.0.1/8", true);
	unit_start(&hub, conf);
	fake_net_run(&net, 200);
}

static void begin_with_members(unsigned int members)
{
	struct conf conf;
	unsigned int i;

	unit_hub(&conf);
	begin_with(&conf);
	for (i = 1; i <= members; i++)
		joins(i);
	assert_leads(&hub, place(members).proto, place(members).nbma);
}

/* Peers without a next hop: the fake kernel looks at all of these, too. */
static void begin_with_peers(unsigned int peers)
{
	struct conf_map *map;
	struct conf conf;
	unsigned int i;

	unit_hub(&conf);
	for (i = REPEATS + 1; i <= peers; i++) {
		map = conf_add_map(&conf.iface[0]);
		map->multicast = true;
		map->nbma = fake_addr(place(i).nbma);
	}
	begin_with(&conf);
	for (i = 1; i <= REPEATS; i++)
		joins(i);
	assert_non_null(fake_peer(&hub, place(peers).nbma));
}

static uint64_t processor(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* The least of some rounds: what else happens only makes it more. */
static uint64_t cost(unsigned int members, void (*begin)(unsigned int n),
		     void (*act)(unsigned int i))
{
	uint64_t least = UINT64_MAX, start;
	unsigned int i, k;

	begin(members);
	for (k = 0; k < ROUNDS; k++) {
		start = processor();
		for (i = 1; i <= REPEATS; i++)
			act(i);
		if (processor() - start < least)
			least = processor() - start;
	}
	fake_free(&hub);
	return least;
}

static void compare(void (*begin)(unsigned int n), void (*act)(unsigned int i))
{
	uint64_t few = cost(FEW, begin, act), many = cost(MANY, begin, act);

	print_message("# %u members: %llu ns, %u: %llu ns\n", FEW,
		      (unsigned long long)few / REPEATS, MANY,
		      (unsigned long long)many / REPEATS);
	assert_true(many < few * DEARER);
}

static void comes_and_goes(unsigned int i)
{
	struct place p = place(i);

	fake_session_state(&hub, p.nbma, DMVPN_SESSION_STATE_DOWN);
	fake_session_state(&hub, p.nbma, DMVPN_SESSION_STATE_UP);
}

static void session(void **state)
{
	(void)state;
	compare(begin_with_members, comes_and_goes);
}

static void purges(unsigned int i, const char *base, uint8_t len)
{
	struct place p = place(i);
	struct nhrp_cie *cie;
	struct nhrp_msg msg;
	unsigned int k;

	unit_msg(&msg, NHRP_PURGE_REQUEST, p.nbma, p.proto, "10.255.0.1");
	for (k = 0; k < (len == 32 ? 1 : NHRP_MSG_CIES); k++) {
		cie = unit_cie(&msg);
		cie->proto = fake_addr(base);
		cie->prefix_len = len;
		cie->holdtime = 0;
	}
	unit_deliver(&hub, p.nbma, &msg);
	unit_flush(&hub);
}

static void purges_prefixes(unsigned int i)
{
	purges(i, "10.128.0.0", 9);
}

static void purge_of_prefixes(void **state)
{
	(void)state;
	compare(begin_with_members, purges_prefixes);
}

/* Its peer ends, and comes anew. */
static void leaves(unsigned int i)
{
	purges(i, place(i).proto, 32);
	joins(i);
}

static void peer(void **state)
{
	(void)state;
	compare(begin_with_peers, leaves);
}

/* Questions of others, who have no session, wait for it. */
static void begin_with_askers(unsigned int askers)
{
	struct conf_nhs *nhs;
	struct nhrp_msg msg;
	struct conf conf;
	struct place p;
	unsigned int i;

	unit_hub(&conf);
	nhs = conf_add_nhs(&conf.iface[0]);
	nhs->proto = fake_addr("10.255.0.9");
	nhs->nbma = fake_addr("9.9.9.9");
	begin_with(&conf);
	fake_session_state(&hub, "9.9.9.9", DMVPN_SESSION_STATE_UP);
	for (i = 1; i <= REPEATS; i++)
		joins(i);
	hub.no_ike = true;
	for (i = REPEATS + 1; i <= askers; i++) {
		p = place(i);
		unit_msg(&msg, NHRP_RESOLUTION_REQUEST, p.nbma, p.proto,
			 "10.255.0.1");
		msg.flags = NHRP_FLAG_RESOLUTION_SRC;
		unit_cie(&msg);
		unit_deliver(&hub, "9.9.9.9", &msg);
	}
	/* All of them wait. */
	unit_silent(&hub);
}

static void session_beside_askers(void **state)
{
	(void)state;
	compare(begin_with_askers, comes_and_goes);
}

/* What malloc() makes of it. */
static size_t chunk(size_t size)
{
	return (size + 8 + 15) / 16 * 16;
}

/* 512 bytes a spoke: a peer, a binding, and their places in three tables. */
static void memory(void **state)
{
	(void)state;
	assert_in_range(chunk(sizeof(struct peer)) +
			chunk(sizeof(struct cache_entry)) +
			4 * sizeof(void *), 1, 512);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(session),
		cmocka_unit_test(purge_of_prefixes),
		cmocka_unit_test(peer),
		cmocka_unit_test(session_beside_askers),
		cmocka_unit_test(memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
