// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dmvpnctl/kernel.h"
#include "nhrpd/policy_msg.h"

#define take_text(to, attr) kernel_text(to, sizeof(to), attr)

static uint16_t take_u16(const struct nlattr *attr, uint16_t absent)
{
	return attr && nla_len(attr) >= 2 ? nla_get_u16(attr) : absent;
}

static struct prefix take_prefix(const struct nlattr *attr,
				 const struct nlattr *len)
{
	struct addr a = attr_addr(attr);

	return prefix_make(&a, attr_u8(len));
}

/* ---- attributes to structs ---- */

void kernel_take_policy(struct nlattr **tb, struct policy_state *p)
{
	*p = (struct policy_state){
		.classes = attr_u32(tb[DMVPN_A_POLICY_CLASSES]),
		.users = attr_u32(tb[DMVPN_A_POLICY_USERS]),
	};
	take_text(p->name, tb[DMVPN_A_POLICY_NAME]);
}

static void take_line(struct class_state *c, struct nlattr *nest)
{
	struct nlattr *tb[DMVPN_A_MATCH_MAX + 1];
	size_t n = c->class.lines.n;
	struct policy_line line;
	struct count *count;

	if (nla_parse_nested(tb, DMVPN_A_MATCH_MAX, nest, NULL))
		return;
	line = (struct policy_line){
		.statement = attr_u32(tb[DMVPN_A_MATCH_STATEMENT]),
		.deny = attr_u32(tb[DMVPN_A_MATCH_DENY]),
		.family = attr_u8(tb[DMVPN_A_MATCH_FAMILY]),
		.src = take_prefix(tb[DMVPN_A_MATCH_SRC],
				   tb[DMVPN_A_MATCH_SRC_LEN]),
		.dst = take_prefix(tb[DMVPN_A_MATCH_DST],
				   tb[DMVPN_A_MATCH_DST_LEN]),
		.protocol = tb[DMVPN_A_MATCH_PROTOCOL] ?
			    attr_u8(tb[DMVPN_A_MATCH_PROTOCOL]) :
			    POLICY_ANY_PROTOCOL,
		.sport_min = take_u16(tb[DMVPN_A_MATCH_SPORT_MIN], 0),
		.sport_max = take_u16(tb[DMVPN_A_MATCH_SPORT_MAX], UINT16_MAX),
		.dport_min = take_u16(tb[DMVPN_A_MATCH_DPORT_MIN], 0),
		.dport_max = take_u16(tb[DMVPN_A_MATCH_DPORT_MAX], UINT16_MAX),
		.dscp = attr_u8(tb[DMVPN_A_MATCH_DSCP]),
		.dscp_mask = attr_u8(tb[DMVPN_A_MATCH_DSCP_MASK]),
		.fragment = attr_u8(tb[DMVPN_A_MATCH_FRAGMENT]),
	};
	count = model_add(c->line, n);
	count->packets = attr_u64(tb[DMVPN_A_MATCH_PACKETS]);
	count->bytes = attr_u64(tb[DMVPN_A_MATCH_BYTES]);
	policy_lines_add(&c->class.lines, &line);
}

static uint64_t take_value(const struct nlattr *attr)
{
	switch (nla_len(attr)) {
	case 1:
		return attr_u8(attr);
	case 4:
		return attr_u32(attr);
	default:
		return attr_u64(attr);
	}
}

static void take_settings(struct class_state *c, struct nlattr **tb)
{
	uint16_t attr;
	size_t i;

	for (i = 0; i < policy_n_settings; i++) {
		attr = policy_settings[i].attr;
		if (tb[attr])
			policy_set_value(&c->class, attr, take_value(tb[attr]));
	}
	take_text(c->class.child, tb[DMVPN_A_CLASS_CHILD]);
	c->count.packets = attr_u64(tb[DMVPN_A_CLASS_PACKETS]);
	c->count.bytes = attr_u64(tb[DMVPN_A_CLASS_BYTES]);
}

/* One that is long comes in several messages: its settings with the first. */
static void add_class(void *arg, uint8_t cmd, struct nlattr **tb)
{
	struct nlattr *attr, *class = tb[DMVPN_A_POLICY_CLASS];
	const char *policy = attr_text(tb[DMVPN_A_POLICY_NAME]);
	struct nlattr *ctb[DMVPN_A_CLASS_MAX + 1];
	struct class_state *c;
	struct model *m = arg;
	int left;

	(void)cmd;
	if (!class || !policy ||
	    nla_parse_nested(ctb, DMVPN_A_CLASS_MAX, class, NULL))
		return;
	c = model_class(m, policy, attr_u32(ctb[DMVPN_A_CLASS_INDEX]));
	if (!c) {
		c = model_add(m->class, m->n_class);
		take_text(c->policy, tb[DMVPN_A_POLICY_NAME]);
		take_text(c->class.name, ctb[DMVPN_A_CLASS_NAME]);
		c->index = attr_u32(ctb[DMVPN_A_CLASS_INDEX]);
		take_settings(c, ctb);
	}
	nla_for_each_nested(attr, class, left)
		if (nla_type(attr) == DMVPN_A_CLASS_MATCH)
			take_line(c, attr);
}

static struct count take_count(const struct nlattr *packets,
			       const struct nlattr *bytes)
{
	return (struct count){ attr_u64(packets), attr_u64(bytes) };
}

static void take_line_count(struct service_state *s, struct nlattr *nest)
{
	struct nlattr *tb[DMVPN_A_MATCH_MAX + 1];

	if (nla_parse_nested(tb, DMVPN_A_MATCH_MAX, nest, NULL))
		return;
	*model_add(s->line, s->n_line) =
		take_count(tb[DMVPN_A_MATCH_PACKETS], tb[DMVPN_A_MATCH_BYTES]);
}

static struct service_state *new_service(struct model *m, struct nlattr **tb,
					 struct nlattr **ctb)
{
	struct service_state *s = model_add(m->service, m->n_service);

	s->ifindex = attr_u32(tb[DMVPN_A_SERVICE_IFINDEX]);
	s->point = attr_u32(tb[DMVPN_A_SERVICE_POINT]);
	s->index = attr_u32(ctb[DMVPN_A_CLASS_INDEX]);
	s->count = take_count(ctb[DMVPN_A_CLASS_PACKETS],
			      ctb[DMVPN_A_CLASS_BYTES]);
	s->offered_rate = attr_u64(tb[DMVPN_A_SERVICE_OFFERED_RATE]);
	s->load_interval = attr_u32(tb[DMVPN_A_SERVICE_LOAD_INTERVAL]);
	take_text(s->policy, tb[DMVPN_A_SERVICE_POLICY]);
	return s;
}

/* As with classes: one that is long comes in several messages. */
static void add_service(void *arg, uint8_t cmd, struct nlattr **tb)
{
	struct nlattr *attr, *class = tb[DMVPN_A_SERVICE_CLASS];
	struct nlattr *ctb[DMVPN_A_CLASS_MAX + 1];
	struct service_state *s;
	struct model *m = arg;
	int left;

	(void)cmd;
	if (!class || nla_parse_nested(ctb, DMVPN_A_CLASS_MAX, class, NULL))
		return;
	s = model_service(m, attr_u32(tb[DMVPN_A_SERVICE_IFINDEX]),
			  attr_u32(tb[DMVPN_A_SERVICE_POINT]),
			  attr_u32(ctb[DMVPN_A_CLASS_INDEX]));
	if (!s)
		s = new_service(m, tb, ctb);
	nla_for_each_nested(attr, class, left)
		if (nla_type(attr) == DMVPN_A_CLASS_MATCH)
			take_line_count(s, attr);
}

static void add_policy(void *arg, uint8_t cmd, struct nlattr **tb)
{
	struct model *m = arg;

	(void)cmd;
	kernel_take_policy(tb, model_add(m->policy, m->n_policy));
}

static void add_queue(void *arg, uint8_t cmd, struct nlattr **tb)
{
	struct model *m = arg;
	struct queue_state *q = model_add(m->queue, m->n_queue);

	(void)cmd;
	*q = (struct queue_state){
		.ifindex = attr_u32(tb[DMVPN_A_QUEUE_IFINDEX]),
		.remote = attr_nbma(tb[DMVPN_A_QUEUE_REMOTE],
				    tb[DMVPN_A_QUEUE_REMOTE_PORT]),
		.index = attr_u32(tb[DMVPN_A_QUEUE_INDEX]),
		.depth = attr_u32(tb[DMVPN_A_QUEUE_DEPTH]),
		.packets = attr_u64(tb[DMVPN_A_QUEUE_PACKETS]),
		.bytes = attr_u64(tb[DMVPN_A_QUEUE_BYTES]),
		.rate = attr_u64(tb[DMVPN_A_QUEUE_RATE]),
		.queued_packets = attr_u32(tb[DMVPN_A_QUEUE_QUEUED_PACKETS]),
		.queued_bytes = attr_u32(tb[DMVPN_A_QUEUE_QUEUED_BYTES]),
		.dropped_limit = attr_u64(tb[DMVPN_A_QUEUE_DROPPED_LIMIT]),
		.dropped_codel = attr_u64(tb[DMVPN_A_QUEUE_DROPPED_CODEL]),
		.dropped_rate = attr_u64(tb[DMVPN_A_QUEUE_DROPPED_RATE]),
		.marked = attr_u64(tb[DMVPN_A_QUEUE_MARKED]),
		.delay_us = attr_u64(tb[DMVPN_A_QUEUE_DELAY_US]),
		.offered_rate = attr_u64(tb[DMVPN_A_QUEUE_OFFERED_RATE]),
		.drop_rate = attr_u64(tb[DMVPN_A_QUEUE_DROP_RATE]),
		.load_interval = attr_u32(tb[DMVPN_A_QUEUE_LOAD_INTERVAL]),
	};
	take_text(q->policy, tb[DMVPN_A_QUEUE_POLICY]);
	take_text(q->class, tb[DMVPN_A_QUEUE_CLASS]);
}

/* ---- requests ---- */

int kernel_list_policies(struct genl *g, struct model *m)
{
	int err = genl_dump(g, DMVPN_CMD_POLICY_GET, add_policy, m);

	return err ? kernel_complain(g, err) : 0;
}

int kernel_read_policies(struct genl *g, struct model *m)
{
	static const struct {
		uint8_t cmd;
		genl_handler add;
	} dumps[] = {
		{ DMVPN_CMD_CLASS_GET, add_class },
		{ DMVPN_CMD_SERVICE_GET, add_service },
		{ DMVPN_CMD_QUEUE_GET, add_queue },
	};
	size_t i;
	int err;

	if (kernel_list_policies(g, m))
		return -1;
	for (i = 0; i < sizeof(dumps) / sizeof(dumps[0]); i++) {
		err = genl_dump(g, dumps[i].cmd, dumps[i].add, m);
		if (err)
			return kernel_complain(g, err);
	}
	return 0;
}

static int complain_of(const struct genl *g, const char *name, int err)
{
	if (err)
		fprintf(stderr, "dmvpnctl: policy %s: %s\n", name,
			g->nl.error);
	return err ? -1 : 0;
}

int kernel_set_policy(struct genl *g, const struct policy *p)
{
	return complain_of(g, p->name, policy_msg_set(g, p));
}

int kernel_del_policy(struct genl *g, const char *name)
{
	return complain_of(g, name, policy_msg_del(g, name));
}

static void take_result(void *arg, uint8_t cmd, struct nlattr **tb)
{
	struct kernel_result *result = arg;

	(void)cmd;
	result->index = attr_u32(tb[DMVPN_A_POLICY_RESULT]);
	result->line = -1;
	if (tb[DMVPN_A_POLICY_LINE])
		result->line = attr_u32(tb[DMVPN_A_POLICY_LINE]);
}

int kernel_test_policy(struct genl *g, const char *name, const void *packet,
		       size_t len, struct kernel_result *result)
{
	struct nl_msg *msg = genl_msg(g, DMVPN_CMD_POLICY_TEST);

	if (msg) {
		nla_put_string(msg, DMVPN_A_POLICY_NAME, name);
		nla_put(msg, DMVPN_A_POLICY_PACKET, (int)len, packet);
	}
	return complain_of(g, name, genl_request(g, msg, take_result, result));
}
