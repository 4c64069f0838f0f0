// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dmvpnctl on a hub of very many spokes: what it takes grows as they do, and
 * not with their square.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "dmvpnctl/ometric.h"
#include "dmvpnctl/output.h"

#define SPOKES		20000u
#define IFINDEX		5
/*
 * Of the processor, for one output: with the sanitizers it takes less than one.
 * Who looks at each spoke for each spoke takes minutes.
 */
#define SECONDS		10

static struct model m;

static struct addr overlay_of(uint32_t i)
{
	return addr_v4(0x0a010000 + i);
}

/* Four spokes each are behind one NAT. */
static struct nbma nbma_of(uint32_t i)
{
	return (struct nbma){
		.addr = addr_v4(0x0b000000 + i / 4),
		.port = (uint16_t)(1024 + i % 4),
	};
}

static void add_session(uint32_t i)
{
	struct session *s = model_add(m.session, m.n_session);
	uint32_t dir;
	struct sa *sa;

	s->handle = i + 1;
	s->remote = nbma_of(i);
	s->state = DMVPN_SESSION_STATE_UP;
	s->rx_dropped = i;
	s->in_spi = 2 * i;
	s->out_spi = 2 * i + 1;
	for (dir = DMVPN_SA_DIR_IN; dir <= DMVPN_SA_DIR_OUT; dir++) {
		sa = model_add(m.sa, m.n_sa);
		sa->session = s->handle;
		sa->dir = dir;
		sa->spi = dir == DMVPN_SA_DIR_IN ? s->in_spi : s->out_spi;
		sa->remote = s->remote;
	}
}

static void add_peer(uint32_t i)
{
	struct queue_state *q = model_add(m.queue, m.n_queue);
	struct nexthop *nh = model_add(m.nexthop, m.n_nexthop);
	struct peer *p = model_add(m.peer, m.n_peer);

	p->ifindex = IFINDEX;
	p->remote = nbma_of(i);
	p->session = i + 1;
	p->state = DMVPN_SESSION_STATE_UP;
	nh->ifindex = IFINDEX;
	nh->address = overlay_of(i);
	nh->remote = p->remote;
	nh->state = DMVPN_NEXTHOP_STATE_VALID;
	nh->kind = DMVPN_NEXTHOP_KIND_REGISTERED;
	q->ifindex = IFINDEX;
	q->remote = p->remote;
	q->rate = 1000 + i;
}

static void add_nhrp(uint32_t i)
{
	struct binding *b = model_add(m.binding, m.n_binding);
	struct shortcut *s = model_add(m.shortcut, m.n_shortcut);

	snprintf(b->interface, sizeof(b->interface), "dmvpn0");
	b->address = overlay_of(i);
	b->nbma = nbma_of(i);
	snprintf(b->group, sizeof(b->group), "G%u", i);
	snprintf(s->interface, sizeof(s->interface), "dmvpn0");
	s->via = overlay_of(i);
	s->prefix = (struct prefix){ addr_v4(0xac000000 + 256 * i), 24 };
	s->nbma = nbma_of(i);
}

static int setup(void **state)
{
	struct device *d = model_add(m.device, m.n_device);
	uint32_t i;

	(void)state;
	d->ifindex = IFINDEX;
	snprintf(d->name, sizeof(d->name), "dmvpn0");
	snprintf(d->profile, sizeof(d->profile), "DMVPN");
	for (i = 0; i < SPOKES; i++) {
		add_session(i);
		add_peer(i);
		add_nhrp(i);
	}
	m.nhrpd = true;
	ometric_peers = SPOKES;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	model_free(&m);
	return 0;
}

/* ---- the time that an output takes ---- */

static char *text;
static size_t text_len;
static clock_t began;

static FILE *begin(void)
{
	began = clock();
	return open_memstream(&text, &text_len);
}

/* It is there in time, and the last spoke has what is its own. */
static void end(FILE *f, const char *last)
{
	double took;

	fclose(f);
	took = (double)(clock() - began) / CLOCKS_PER_SEC;
	if (!strstr(text, last))
		fail_msg("no \"%s\"", last);
	free(text);
	if (took > SECONDS)
		fail_msg("%.1f s for %u spokes", took, SPOKES);
}

static void show(void (*print)(FILE *f, const struct model *m),
		 const char *last)
{
	FILE *f = begin();

	print(f, &m);
	end(f, last);
}

static void show_detail(void (*print)(FILE *f, const struct model *m,
				      bool detail), const char *last)
{
	FILE *f = begin();

	print(f, &m, true);
	end(f, last);
}

#define LAST		"11.0.19.135"
#define LAST_PREFIX	"172.78.31.0/24"

static void tunnels(void **state)
{
	(void)state;
	show_detail(text_output.dmvpn, "NHRP group: G19999");
	show_detail(json_output.dmvpn, "\"G19999\"");
	show(text_output.topology, LAST_PREFIX);
	show(json_output.topology, LAST_PREFIX);
	show(dot_output.topology, LAST_PREFIX);
}

static void sessions(void **state)
{
	(void)state;
	show_detail(text_output.session, LAST);
	show(text_output.isakmp, LAST);
	show(text_output.sa, LAST);
	show(json_output.sa, LAST);
}

static void metrics(void **state)
{
	(void)state;
	show_detail(ometric_output.dmvpn,
		    "overlay=\"10.1.78.31\",group=\"G19999\"");
}

/* Of one /17: the tunnel addresses of all of them. */
static void narrowed(void **state)
{
	struct prefix half = { addr_v4(0x0a010000), 17 };
	clock_t from = clock();

	(void)state;
	model_keep_session(&m, &half);
	assert_int_equal(m.n_session, SPOKES);
	assert_int_equal(m.n_sa, 2 * SPOKES);
	half.len = 19;
	model_keep_session(&m, &half);
	assert_int_equal(m.n_session, 8192);
	assert_int_equal(m.n_sa, 2 * 8192);
	assert_int_equal(m.session[8191].handle, 8192);
	assert_true(clock() - from < (clock_t)SECONDS * CLOCKS_PER_SEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tunnels),
		cmocka_unit_test(sessions),
		cmocka_unit_test(metrics),
		cmocka_unit_test(narrowed),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
