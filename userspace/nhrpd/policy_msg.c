// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <linux/dmvpn.h>
#include <netlink/genl/genl.h>
#include <stdio.h>

#include "nhrpd/policy_msg.h"

/* More than any line takes, and than a class takes besides its lines. */
#define LINE_BYTES	192
#define CLASS_BYTES	768
#define HEAD_BYTES	512

static size_t size_of(const struct policy *p)
{
	size_t i, size = HEAD_BYTES;

	for (i = 0; i < p->n; i++)
		size += CLASS_BYTES + LINE_BYTES * p->class[i].lines.n;
	return size;
}

static void put_prefix(struct nl_msg *msg, int type, int len_type,
		       const struct prefix *p)
{
	if (addr_is_none(&p->addr))
		return;
	put_addr(msg, type, &p->addr);
	nla_put_u8(msg, len_type, p->len);
}

static void put_ports(struct nl_msg *msg, const struct policy_line *line)
{
	if (line->sport_min || line->sport_max != UINT16_MAX) {
		nla_put_u16(msg, DMVPN_A_MATCH_SPORT_MIN, line->sport_min);
		nla_put_u16(msg, DMVPN_A_MATCH_SPORT_MAX, line->sport_max);
	}
	if (line->dport_min || line->dport_max != UINT16_MAX) {
		nla_put_u16(msg, DMVPN_A_MATCH_DPORT_MIN, line->dport_min);
		nla_put_u16(msg, DMVPN_A_MATCH_DPORT_MAX, line->dport_max);
	}
}

static void put_line(struct nl_msg *msg, const struct policy_line *line)
{
	struct nlattr *nest = nla_nest_start(msg, DMVPN_A_CLASS_MATCH);

	if (!nest)
		return;
	nla_put_u32(msg, DMVPN_A_MATCH_STATEMENT, line->statement);
	if (line->deny)
		nla_put_u32(msg, DMVPN_A_MATCH_DENY, line->deny);
	if (line->family)
		nla_put_u8(msg, DMVPN_A_MATCH_FAMILY, line->family);
	put_prefix(msg, DMVPN_A_MATCH_SRC, DMVPN_A_MATCH_SRC_LEN, &line->src);
	put_prefix(msg, DMVPN_A_MATCH_DST, DMVPN_A_MATCH_DST_LEN, &line->dst);
	if (line->protocol >= 0)
		nla_put_u8(msg, DMVPN_A_MATCH_PROTOCOL,
			   (uint8_t)line->protocol);
	put_ports(msg, line);
	if (line->dscp_mask) {
		nla_put_u8(msg, DMVPN_A_MATCH_DSCP, line->dscp);
		nla_put_u8(msg, DMVPN_A_MATCH_DSCP_MASK, line->dscp_mask);
	}
	if (line->fragment)
		nla_put_u8(msg, DMVPN_A_MATCH_FRAGMENT, 1);
	nla_nest_end(msg, nest);
}

static void put_setting(struct nl_msg *msg, const struct policy_setting *s,
			uint64_t value)
{
	if (s->bytes == 1)
		nla_put_u8(msg, s->attr, (uint8_t)value);
	else if (s->bytes == 4)
		nla_put_u32(msg, s->attr, (uint32_t)value);
	else
		nla_put_u64(msg, s->attr, value);
}

static void put_class(struct nl_msg *msg, const struct policy_class *class)
{
	struct nlattr *nest = nla_nest_start(msg, DMVPN_A_POLICY_CLASS);
	size_t i;

	if (!nest)
		return;
	nla_put_string(msg, DMVPN_A_CLASS_NAME, class->name);
	for (i = 0; i < class->lines.n; i++)
		put_line(msg, &class->lines.v[i]);
	for (i = 0; i < policy_n_settings; i++)
		if (policy_has(class, policy_settings[i].attr))
			put_setting(msg, &policy_settings[i],
				    class->value[policy_settings[i].attr]);
	if (class->child[0])
		nla_put_string(msg, DMVPN_A_CLASS_CHILD, class->child);
	nla_nest_end(msg, nest);
}

int policy_msg_set(struct genl *g, const struct policy *p)
{
	size_t size = size_of(p), i;
	struct nl_msg *msg = nlmsg_alloc_size(size);

	netlink_send_buffer(&g->nl, 2 * (int)size);
	if (msg) {
		genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, g->family, 0, 0,
			    DMVPN_CMD_POLICY_NEW, DMVPN_GENL_VERSION);
		nla_put_string(msg, DMVPN_A_POLICY_NAME, p->name);
		for (i = 0; i < p->n; i++)
			put_class(msg, &p->class[i]);
	}
	return genl_request(g, msg, NULL, NULL);
}

int policy_msg_del(struct genl *g, const char *name)
{
	struct nl_msg *msg = genl_msg(g, DMVPN_CMD_POLICY_DEL);

	if (msg)
		nla_put_string(msg, DMVPN_A_POLICY_NAME, name);
	return genl_request(g, msg, NULL, NULL);
}
