// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <linux/dmvpn.h>
#include <linux/filter.h>
#include <linux/genetlink.h>
#include <netlink/genl/genl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/genl.h"

/* An NHRP packet of the daemon, and then some. */
#define REQUEST_LEN	4096

/**
 * struct call - what a message's handler needs
 * @g: the socket
 * @handler: the caller's
 * @arg: the caller's
 */
struct call {
	struct genl *g;
	genl_handler handler;
	void *arg;
};

static void take_groups(struct genl *g, struct nlattr *groups)
{
	struct nlattr *one, *tb[CTRL_ATTR_MCAST_GRP_MAX + 1];
	struct genl_group *group;
	int left;

	nla_for_each_nested(one, groups, left) {
		if (g->n_groups == GENL_GROUPS ||
		    nla_parse_nested(tb, CTRL_ATTR_MCAST_GRP_MAX, one, NULL) ||
		    !tb[CTRL_ATTR_MCAST_GRP_NAME])
			continue;
		group = &g->group[g->n_groups++];
		snprintf(group->name, sizeof(group->name), "%s",
			 nla_get_string(tb[CTRL_ATTR_MCAST_GRP_NAME]));
		group->id = attr_u32(tb[CTRL_ATTR_MCAST_GRP_ID]);
	}
}

static void take_family(void *arg, struct nlmsghdr *hdr)
{
	struct nlattr *tb[CTRL_ATTR_MAX + 1];
	struct genl *g = arg;

	if (genlmsg_parse(hdr, 0, tb, CTRL_ATTR_MAX, NULL) ||
	    !tb[CTRL_ATTR_FAMILY_ID])
		return;
	g->family = nla_get_u16(tb[CTRL_ATTR_FAMILY_ID]);
	if (tb[CTRL_ATTR_MCAST_GROUPS])
		take_groups(g, tb[CTRL_ATTR_MCAST_GROUPS]);
}

static int resolve(struct genl *g)
{
	struct nl_msg *msg = nlmsg_alloc();

	if (msg) {
		genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, GENL_ID_CTRL, 0, 0,
			    CTRL_CMD_GETFAMILY, 1);
		nla_put_string(msg, CTRL_ATTR_FAMILY_NAME, DMVPN_GENL_NAME);
	}
	return netlink_request(&g->nl, msg, take_family, g);
}

int genl_open(struct genl *g)
{
	int err;

	*g = (struct genl)GENL_CLOSED;
	err = netlink_open(&g->nl, NETLINK_GENERIC);
	if (err)
		return err;
	err = resolve(g);
	if (!err && !g->family)
		err = -EPROTO;
	if (err)
		netlink_close(&g->nl);
	return err;
}

void genl_close(struct genl *g)
{
	netlink_close(&g->nl);
}

int genl_join(struct genl *g, const char *group)
{
	unsigned int i;

	for (i = 0; i < g->n_groups; i++)
		if (!strcmp(g->group[i].name, group))
			return netlink_join(&g->nl, g->group[i].id);
	snprintf(g->nl.error, sizeof(g->nl.error),
		 "the kernel has no group \"%s\"", group);
	return -ENOENT;
}

int genl_only(struct genl *g, const uint8_t *cmd, unsigned int n)
{
	struct sock_filter code[GENL_ONLY_MAX + 3] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, NLMSG_HDRLEN),
	};
	struct sock_fprog program = {
		.len = (unsigned short)(n + 3),
		.filter = code,
	};
	unsigned int i;
	int err;

	if (n > GENL_ONLY_MAX)
		return -EINVAL;
	/* From each to the last statement of all. */
	for (i = 1; i <= n; i++)
		code[i] = (struct sock_filter)
			BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, cmd[i - 1],
				 (uint8_t)(n + 1 - i), 0);
	code[n + 1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0);
	code[n + 2] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, UINT32_MAX);
	if (!setsockopt(g->nl.fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
			sizeof(program)))
		return 0;
	err = errno;
	snprintf(g->nl.error, sizeof(g->nl.error), "socket filter: %s",
		 strerror(err));
	return -err;
}

struct nl_msg *genl_msg(const struct genl *g, uint8_t cmd)
{
	struct nl_msg *msg = nlmsg_alloc_size(REQUEST_LEN);

	if (msg)
		genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, g->family, 0, 0,
			    cmd, DMVPN_GENL_VERSION);
	return msg;
}

static void unwrap(void *arg, struct nlmsghdr *hdr)
{
	struct nlattr *tb[GENL_ATTRS];
	struct call *call = arg;
	struct genlmsghdr *genl = nlmsg_data(hdr);

	if (hdr->nlmsg_type != call->g->family ||
	    genlmsg_parse(hdr, 0, tb, GENL_ATTRS - 1, NULL))
		return;
	call->handler(call->arg, genl->cmd, tb);
}

int genl_request(struct genl *g, struct nl_msg *msg, genl_handler handler,
		 void *arg)
{
	struct call call = { .g = g, .handler = handler, .arg = arg };

	return netlink_request(&g->nl, msg, handler ? unwrap : NULL, &call);
}

int genl_dump(struct genl *g, uint8_t cmd, genl_handler handler, void *arg)
{
	struct nl_msg *msg = genl_msg(g, cmd);

	if (msg)
		nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_DUMP;
	return genl_request(g, msg, handler, arg);
}

int genl_events(struct genl *g, genl_handler handler, void *arg)
{
	struct call call = { .g = g, .handler = handler, .arg = arg };

	return netlink_events(&g->nl, unwrap, &call);
}

static bool has(const struct nlattr *attr, int len)
{
	return attr && nla_len(attr) >= len;
}

uint8_t attr_u8(const struct nlattr *attr)
{
	return has(attr, 1) ? nla_get_u8(attr) : 0;
}

uint16_t attr_be16(const struct nlattr *attr)
{
	return has(attr, 2) ? ntohs(nla_get_u16(attr)) : 0;
}

uint32_t attr_u32(const struct nlattr *attr)
{
	return has(attr, 4) ? nla_get_u32(attr) : 0;
}

uint32_t attr_be32(const struct nlattr *attr)
{
	return ntohl(attr_u32(attr));
}

uint64_t attr_u64(const struct nlattr *attr)
{
	return has(attr, 8) ? nla_get_u64((struct nlattr *)attr) : 0;
}

const char *attr_text(const struct nlattr *attr)
{
	const char *text;

	if (!has(attr, 1))
		return NULL;
	text = nla_data(attr);
	return text[nla_len(attr) - 1] ? NULL : text;
}

struct addr attr_addr(const struct nlattr *attr)
{
	struct addr none = { 0 };

	return attr ? addr_make(nla_data(attr), (size_t)nla_len(attr)) : none;
}

struct nbma attr_nbma(const struct nlattr *addr, const struct nlattr *port)
{
	return (struct nbma){ .addr = attr_addr(addr),
			      .port = attr_be16(port) };
}

void put_addr(struct nl_msg *msg, int type, const struct addr *a)
{
	if (a->len)
		nla_put(msg, type, a->len, a->b);
}

void put_nbma(struct nl_msg *msg, int addr_type, int port_type,
	      const struct nbma *n)
{
	put_addr(msg, addr_type, &n->addr);
	if (n->port)
		nla_put_u16(msg, port_type, htons(n->port));
}
