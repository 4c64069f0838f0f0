// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hubs.h"
#include "nhrpd/codec.h"

struct fake_net hubs_net;
struct fake_kernel hubs_spoke;
bool hub_alive[HUBS];
uint8_t hub_code[HUBS];
unsigned int hub_asked[HUBS];

const char *const hub_nbma[HUBS] = { "1.1.1.1", "2.2.2.2", "3.3.3.3" };
const char *const hub_proto[HUBS] = {
	"192.168.1.1", "192.168.1.2", "192.168.1.3",
};

struct conf_if *hubs_conf(struct conf *conf)
{
	struct conf_if *ci = unit_conf(conf);
	struct conf_nhs *nhs;
	unsigned int i;

	ci->probe_seconds = 1;
	ci->fallback_seconds = 20;
	for (i = 0; i < HUBS; i++) {
		nhs = conf_add_nhs(ci);
		nhs->proto = fake_addr(hub_proto[i]);
		nhs->nbma = fake_addr(hub_nbma[i]);
		nhs->priority = (uint8_t)i;
	}
	return ci;
}

void hubs_limit(struct conf_if *ci, uint8_t max)
{
	conf_add_cluster(ci)->max_connections = max;
}

void hubs_begin(struct conf *conf, bool protected)
{
	fake_net_init(&hubs_net);
	hubs_net.phantoms = true;
	memset(hub_alive, true, sizeof(hub_alive));
	memset(hub_code, 0, sizeof(hub_code));
	memset(hub_asked, 0, sizeof(hub_asked));
	fake_init(&hubs_spoke, &hubs_net, "spoke", "6.6.6.6", "192.168.1.6/24",
		  protected);
	unit_start(&hubs_spoke, conf);
}

static void answer(unsigned int hub, struct fake_frame *f)
{
	struct nhrp_msg msg;

	assert_int_equal(nhrp_decode(&msg, f->data, f->len), NHRP_DECODE_OK);
	if (msg.type != NHRP_REGISTRATION_REQUEST &&
	    msg.type != NHRP_PURGE_REQUEST)
		return;
	hub_asked[hub] += msg.type == NHRP_REGISTRATION_REQUEST;
	if (!hub_alive[hub])
		return;
	msg.type++;
	msg.dst_proto = fake_addr(hub_proto[hub]);
	msg.cie[0].code = hub_code[hub];
	unit_deliver(&hubs_spoke, hub_nbma[hub], &msg);
}

void hubs_answer(void)
{
	struct fake_frame *f;
	unsigned int i;
	struct addr a;

	while ((f = fake_take(&hubs_spoke))) {
		for (i = 0; i < HUBS; i++) {
			a = fake_addr(hub_nbma[i]);
			if (addr_equal(&f->to.addr, &a))
				answer(i, f);
		}
		free(f);
	}
}

void hubs_run(uint64_t ms)
{
	uint64_t end = hubs_net.now + ms;

	while (hubs_net.now < end) {
		fake_net_run(&hubs_net, 50);
		hubs_answer();
	}
}

static void see(void *arg, const struct nhrp_nhs_view *v)
{
	struct hub_view *view = arg;

	if (!addr_equal(&v->nbma, &view->nbma))
		return;
	view->v = *v;
	snprintf(view->error, sizeof(view->error), "%s", v->error);
}

struct hub_view hubs_look(unsigned int hub)
{
	struct hub_view view = { .nbma = fake_addr(hub_nbma[hub]) };

	view.v.state = __NHRP_NHS_MAX;
	nhrp_walk_nhs(hubs_spoke.nhrp, hubs_net.now, see, &view);
	return view;
}

enum nhrp_nhs_state hubs_state(unsigned int hub)
{
	return hubs_look(hub).v.state;
}

unsigned int hubs_up(void)
{
	unsigned int i, n = 0;

	for (i = 0; i < HUBS; i++)
		n += hubs_state(i) == NHRP_NHS_UP;
	return n;
}

uint64_t hubs_until(unsigned int hub, enum nhrp_nhs_state wanted)
{
	uint64_t since = hubs_net.now;

	while (hubs_state(hub) != wanted && hubs_net.now < since + 60000)
		hubs_run(50);
	assert_int_equal(hubs_state(hub), wanted);
	return hubs_net.now - since;
}

const char *hubs_best(void)
{
	static char text[ADDR_TEXT];
	const struct fake_peer *p;
	unsigned int n = 0;

	hash_for_each(p, &hubs_spoke.peers, struct fake_peer, node)
		if (p->flags & DMVPN_PEER_FLAGS_NHS) {
			addr_format(&p->nbma.addr, text);
			n++;
		}
	assert_int_equal(n, 1);
	return text;
}

void hubs_end(void)
{
	fake_free(&hubs_spoke);
}
