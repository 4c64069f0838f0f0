// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "nhrpd/codec.h"
#include "nhrpd/ext.h"
#include "unit.h"

struct conf_if *unit_conf(struct conf *conf)
{
	struct conf_if *ci;

	*conf = (struct conf){ 0 };
	ci = conf_add_if(conf, "dmvpn0");
	assert_non_null(ci);
	ci->holdtime = HOLD;
	/* Tests of other things want no packets but those. */
	ci->probe_seconds = 0;
	return ci;
}

void unit_hub(struct conf *conf)
{
	struct conf_if *ci = unit_conf(conf);

	ci->redirect = true;
	ci->multicast_dynamic = true;
}

void unit_spoke(struct conf *conf)
{
	struct conf_nhs *nhs = conf_add_nhs(unit_conf(conf));

	assert_non_null(nhs);
	nhs->proto = fake_addr("192.168.1.1");
	nhs->nbma = fake_addr("1.1.1.1");
	nhs->multicast = true;
}

void unit_start(struct fake_kernel *k, struct conf *conf)
{
	fake_start(k, conf);
	conf_free(conf);
}

void unit_msg(struct nhrp_msg *msg, unsigned int type, const char *nbma,
	      const char *proto, const char *dst)
{
	memset(msg, 0, sizeof(*msg));
	msg->type = (uint8_t)type;
	msg->hops = 64;
	msg->id = 7;
	msg->src_nbma = fake_addr(nbma);
	msg->src_proto = fake_addr(proto);
	msg->afn = msg->src_nbma.len == 16 ? NHRP_AFN_IPV6 : NHRP_AFN_IPV4;
	msg->protocol = msg->src_proto.len == 16 ? NHRP_PROTOCOL_IPV6 :
						   NHRP_PROTOCOL_IPV4;
	msg->dst_proto = fake_addr(dst);
	assert_true(ext_add_request(msg));
}

struct nhrp_cie *unit_cie(struct nhrp_msg *msg)
{
	struct nhrp_cie *cie = &msg->cie[msg->n_cie++];

	cie->prefix_len = (uint8_t)addr_bits(&msg->src_proto);
	cie->holdtime = HOLD;
	return cie;
}

void unit_seen_at(struct nhrp_msg *msg, const char *proto, const char *nbma)
{
	struct nhrp_cie cie = {
		.prefix_len = 32,
		.nbma = fake_addr(nbma),
		.proto = fake_addr(proto),
	};

	assert_true(ext_append_cie(msg, ext_find(msg, NHRP_EXT_NAT), &cie));
}

void unit_deliver_port(struct fake_kernel *k, const char *from, uint16_t port,
		       const struct nhrp_msg *msg)
{
	struct nbma any = { .addr = fake_addr(from) };
	const struct fake_session *s = fake_session_find(k, &any);
	uint8_t data[NHRP_PACKET_MAX];
	struct nhrp_frame frame = {
		.ifindex = FAKE_DMVPN,
		.remote = { .addr = any.addr, .port = port },
		.session = s && k->dev.protected ? s->handle : 0,
		.data = data,
		.len = nhrp_encode(msg, data, sizeof(data)),
	};

	assert_true(frame.len > 0);
	fake_heard(k, &any);
	nhrp_frame(k->nhrp, k->net->now, &frame);
}

void unit_deliver(struct fake_kernel *k, const char *from,
		  const struct nhrp_msg *msg)
{
	unit_deliver_port(k, from, 0, msg);
}

void unit_take(struct fake_kernel *k, const char *to, unsigned int type,
	       struct nhrp_msg *msg)
{
	static uint8_t data[NHRP_PACKET_MAX];
	struct fake_frame *f = fake_take(k);
	struct addr want = fake_addr(to);
	size_t len;

	assert_non_null(f);
	assert_true(addr_equal(&f->to.addr, &want));
	len = f->len;
	memcpy(data, f->data, len);
	free(f);
	assert_int_equal(nhrp_decode(msg, data, len), NHRP_DECODE_OK);
	assert_int_equal(msg->type, type);
}

void unit_silent(struct fake_kernel *k)
{
	assert_true(list_empty(&k->sent));
}

void unit_flush(struct fake_kernel *k)
{
	struct fake_frame *f;

	while ((f = fake_take(k)))
		free(f);
}

/* ---- looks ---- */

/**
 * struct look - what a walk looks for, and has found
 * @what: address or prefix
 * @why: counter
 * @change: another
 * @count: its value
 * @state: of a server
 * @name: of a state or kind
 * @left: seconds
 */
struct look {
	struct prefix what;
	enum nhrp_drop why;
	enum nhrp_change change;
	uint64_t count;
	enum nhrp_nhs_state state;
	const char *name;
	uint64_t left;
};

static void see_if(void *arg, const struct nhrp_if_view *v)
{
	struct look *look = arg;

	look->count += v->counters->dropped[look->why];
}

uint64_t unit_dropped(const struct fake_kernel *k, enum nhrp_drop why)
{
	struct look look = { .why = why };

	nhrp_walk_if(k->nhrp, see_if, &look);
	return look.count;
}

static void see_changed(void *arg, const struct nhrp_if_view *v)
{
	struct look *look = arg;

	look->count += v->counters->changed[look->change];
}

uint64_t unit_changed(const struct fake_kernel *k, enum nhrp_change what)
{
	struct look look = { .change = what };

	nhrp_walk_if(k->nhrp, see_changed, &look);
	return look.count;
}

static void see_nhs(void *arg, const struct nhrp_nhs_view *v)
{
	struct look *look = arg;

	look->state = v->state;
}

enum nhrp_nhs_state unit_nhs(const struct fake_kernel *k)
{
	struct look look = { .state = __NHRP_NHS_MAX };

	nhrp_walk_nhs(k->nhrp, k->net->now, see_nhs, &look);
	return look.state;
}

static void see_shortcut(void *arg, const struct nhrp_shortcut_view *v)
{
	struct look *look = arg;

	if (prefix_equal(&v->dst, &look->what))
		look->name = nhrp_shortcut_state_name(v->state);
}

const char *unit_shortcut(const struct fake_kernel *k, const char *dst)
{
	struct look look = { .name = "none" };

	assert_int_equal(prefix_parse(dst, &look.what), 0);
	nhrp_walk_shortcuts(k->nhrp, k->net->now, see_shortcut, &look);
	return look.name;
}

static void see_cache(void *arg, const struct nhrp_cache_view *v)
{
	struct look *look = arg;

	if (!addr_equal(&v->proto, &look->what.addr))
		return;
	look->name = nhrp_kind_name(v->kind);
	look->left = v->expires_ms / 1000;
}

static struct look look_at(const struct fake_kernel *k, const char *proto)
{
	struct look look = { .name = "none" };

	assert_int_equal(prefix_parse(proto, &look.what), 0);
	nhrp_walk_cache(k->nhrp, k->net->now, see_cache, &look);
	return look;
}

const char *unit_kind(const struct fake_kernel *k, const char *proto)
{
	return look_at(k, proto).name;
}

uint64_t unit_left(const struct fake_kernel *k, const char *proto)
{
	return look_at(k, proto).left;
}
