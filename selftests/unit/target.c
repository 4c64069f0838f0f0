// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nhrpd/codec.h"
#include "nhrpd/ext.h"
#include "target.h"

#define STATE_TEXT	65536
/* An answer is longer than a question by two entries and a header at most. */
#define GROWTH		64

struct fake_net target_net;
struct fake_kernel target;
uint16_t at_port;
uint32_t in_session;

/* ---- what there is ---- */

/**
 * struct state_text - all that a member could want to change
 * @len: bytes of @text
 * @text: lines
 */
struct state_text {
	size_t len;
	char text[STATE_TEXT];
};

static void add(struct state_text *s, const char *what, const char *a,
		const char *b, const char *c)
{
	int n = snprintf(s->text + s->len, STATE_TEXT - s->len,
			 "%s %s %s %s\n", what, a, b, c);

	assert_in_range(n, 1, STATE_TEXT - s->len - 1);
	s->len += (size_t)n;
}

static void add_cache(void *arg, const struct nhrp_cache_view *v)
{
	char proto[ADDR_TEXT], nbma[ADDR_TEXT];

	add(arg, "binding", addr_format(&v->proto, proto),
	    nbma_format(&v->nbma, nbma), nhrp_kind_name(v->kind));
}

static void add_shortcut(void *arg, const struct nhrp_shortcut_view *v)
{
	char dst[ADDR_TEXT], nbma[ADDR_TEXT];

	add(arg, "shortcut", prefix_format(&v->dst, dst),
	    nbma_format(&v->nbma, nbma), nhrp_shortcut_state_name(v->state));
}

static void add_nhs(void *arg, const struct nhrp_nhs_view *v)
{
	add(arg, "nhs", nhrp_nhs_state_name(v->state), v->error, "");
}

static void look(struct state_text *s)
{
	const struct fake_session *session;
	const struct fake_nexthop *nh;
	const struct fake_peer *p;
	char a[ADDR_TEXT], b[ADDR_TEXT];

	s->len = 0;
	s->text[0] = '\0';
	nhrp_walk_cache(target.nhrp, target_net.now, add_cache, s);
	nhrp_walk_shortcuts(target.nhrp, target_net.now, add_shortcut, s);
	nhrp_walk_nhs(target.nhrp, target_net.now, add_nhs, s);
	hash_for_each(nh, &target.nexthops, struct fake_nexthop, node)
		add(s, "next hop", addr_format(&nh->k.address, a),
		    nbma_format(&nh->k.nbma, b), "");
	hash_for_each(p, &target.peers, struct fake_peer, node)
		add(s, "peer", nbma_format(&p->nbma, a), "", "");
	hash_for_each(session, &target.sessions, struct fake_session,
		      remote_node)
		add(s, "session", nbma_format(&session->remote, a), "", "");
}

/* ---- what is sent, and what comes of it ---- */

static void deliver(const char *from, const struct nhrp_msg *msg)
{
	uint8_t data[NHRP_PACKET_MAX];
	struct nhrp_frame frame = {
		.ifindex = FAKE_DMVPN,
		.remote = { .addr = fake_addr(from), .port = at_port },
		.session = in_session,
		.data = data,
		.len = nhrp_encode(msg, data, sizeof(data)),
	};

	if (in_session)
		nhrp_frame(target.nhrp, target_net.now, &frame);
	else
		unit_deliver(&target, from, msg);
}

void send_from(const char *from, const struct nhrp_msg *msg)
{
	uint8_t data[NHRP_PACKET_MAX];
	size_t len = nhrp_encode(msg, data, sizeof(data)), n = 0;
	const struct fake_frame *f;

	unit_flush(&target);
	deliver(from, msg);
	list_for_each(f, &target.sent, struct fake_frame, link) {
		assert_in_range(f->len, 1, len + GROWTH);
		n++;
	}
	assert_in_range(n, 0, 1);
}

void in_vain(const char *from, const struct nhrp_msg *msg, enum nhrp_drop why)
{
	static struct state_text before, after;
	uint64_t dropped = unit_dropped(&target, why);

	look(&before);
	send_from(from, msg);
	look(&after);
	assert_string_equal(after.text, before.text);
	assert_int_equal(unit_dropped(&target, why), dropped + 1);
}

void registration(struct nhrp_msg *msg, const char *nbma, const char *proto)
{
	unit_msg(msg, NHRP_REGISTRATION_REQUEST, nbma, proto, "192.168.1.1");
	unit_cie(msg);
}

unsigned int registers(const char *nbma, const char *proto)
{
	struct nhrp_msg msg, reply;

	registration(&msg, nbma, proto);
	send_from(nbma, &msg);
	unit_take(&target, nbma, NHRP_REGISTRATION_REPLY, &reply);
	return reply.cie[0].code;
}

void question(struct nhrp_msg *msg, const char *nbma, const char *proto,
	      const char *dst)
{
	unit_msg(msg, NHRP_RESOLUTION_REQUEST, nbma, proto, dst);
	msg->flags = NHRP_FLAG_RESOLUTION_SRC;
	unit_cie(msg);
}

/* ---- targets ---- */

void target_hub(void)
{
	struct conf conf;

	fake_net_init(&target_net);
	target_net.phantoms = true;
	fake_init(&target, &target_net, "hub", HUB, "192.168.1.1/24", true);
	fake_address(&target, "172.16.1.1/24", FAKE_LAN);
	fake_route(&target, "172.16.6.0/24", "192.168.1.6", FAKE_DMVPN);
	fake_route(&target, "172.16.7.0/24", "192.168.1.7", FAKE_DMVPN);
	unit_hub(&conf);
	unit_start(&target, &conf);
	fake_session_state(&target, MALLORY, DMVPN_SESSION_STATE_UP);
	fake_session_state(&target, VICTIM, DMVPN_SESSION_STATE_UP);
	fake_session_state(&target, THIRD, DMVPN_SESSION_STATE_UP);
	assert_int_equal(registers(MALLORY, "192.168.1.6"), 0);
	assert_int_equal(registers(VICTIM, "192.168.1.7"), 0);
	assert_int_equal(registers(THIRD, "192.168.1.8"), 0);
}

void target_spoke(void)
{
	struct nhrp_msg msg;
	struct conf conf;

	fake_net_init(&target_net);
	target_net.phantoms = true;
	fake_init(&target, &target_net, "spoke", VICTIM, "192.168.1.7/24",
		  true);
	fake_address(&target, "172.16.7.1/24", FAKE_LAN);
	fake_route(&target, "172.16.0.0/16", "192.168.1.1", FAKE_DMVPN);
	unit_spoke(&conf);
	unit_start(&target, &conf);
	fake_net_run(&target_net, 200);
	unit_take(&target, HUB, NHRP_REGISTRATION_REQUEST, &msg);
	msg.type = NHRP_REGISTRATION_REPLY;
	unit_deliver(&target, HUB, &msg);
	fake_session_state(&target, MALLORY, DMVPN_SESSION_STATE_UP);
}

void wants(const char *dst, struct nhrp_msg *msg)
{
	struct addr a = fake_addr(dst);

	nhrp_miss(target.nhrp, target_net.now, FAKE_DMVPN, &a, &a);
	unit_take(&target, HUB, NHRP_RESOLUTION_REQUEST, msg);
}

void answer(struct nhrp_msg *msg, const char *proto, const char *nbma)
{
	msg->type = NHRP_RESOLUTION_REPLY;
	msg->cie[0].proto = fake_addr(proto);
	msg->cie[0].nbma = fake_addr(nbma);
	msg->cie[0].holdtime = HOLD;
}

void learns(const char *proto, const char *nbma)
{
	struct nhrp_msg msg;

	wants(proto, &msg);
	answer(&msg, proto, nbma);
	unit_deliver(&target, HUB, &msg);
	fake_net_run(&target_net, 200);
	assert_leads(&target, proto, nbma);
}

void redirect(struct nhrp_msg *msg, uint8_t head[static 64], const char *dst)
{
	struct addr s = fake_addr("172.16.7.9"), d = fake_addr(dst);

	unit_msg(msg, NHRP_TRAFFIC_INDICATION, MALLORY, "192.168.1.6",
		 "172.16.7.9");
	msg->n_ext = 0;
	msg->has_ext = false;
	memset(head, 0, 64);
	head[0] = 0x45;
	memcpy(head + 12, s.b, 4);
	memcpy(head + 16, d.b, 4);
	msg->payload = head;
	msg->payload_len = 64;
}
