// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "dmvpnctl/kernel.h"

#define copy_name(to, attr) kernel_text(to, sizeof(to), attr)

static void take_options(struct device *d, struct nlattr *nest)
{
	struct nlattr *info[IFLA_INFO_MAX + 1], *data[IFLA_DMVPN_MAX + 1];

	if (!nest || nla_parse_nested(info, IFLA_INFO_MAX, nest, NULL) ||
	    !info[IFLA_INFO_DATA] ||
	    nla_parse_nested(data, IFLA_DMVPN_MAX, info[IFLA_INFO_DATA], NULL))
		return;
	d->pre_classify = attr_u8(data[IFLA_DMVPN_PRE_CLASSIFY]);
	copy_name(d->output_policy, data[IFLA_DMVPN_OUTPUT_POLICY]);
	copy_name(d->underlay_policy, data[IFLA_DMVPN_UNDERLAY_POLICY]);
	d->underlay = attr_u32(data[IFLA_DMVPN_LINK]);
	d->fwmark = attr_u32(data[IFLA_DMVPN_FWMARK]);
}

static void take_link(void *arg, struct nlmsghdr *hdr)
{
	struct ifinfomsg *head = nlmsg_data(hdr);
	struct nlattr *tb[IFLA_MAX + 1];
	struct rtnl_link_stats64 stats;
	struct device *d;

	if (hdr->nlmsg_type != RTM_NEWLINK ||
	    nlmsg_parse(hdr, sizeof(*head), tb, IFLA_MAX, NULL))
		return;
	d = model_device(arg, (uint32_t)head->ifi_index);
	if (!d)
		return;
	d->up = head->ifi_flags & IFF_UP;
	d->running = head->ifi_flags & IFF_RUNNING;
	if (tb[IFLA_MASTER])
		if_indextoname(attr_u32(tb[IFLA_MASTER]), d->vrf);
	take_options(d, tb[IFLA_LINKINFO]);
	d->elsewhere = tb[IFLA_LINK_NETNSID];
	copy_name(d->qdisc, tb[IFLA_QDISC]);
	if (!tb[IFLA_STATS64] ||
	    nla_len(tb[IFLA_STATS64]) < (int)sizeof(stats.rx_packets) * 4)
		return;
	/* The kernel's may be shorter or longer; its head never changes. */
	memcpy(&stats, nla_data(tb[IFLA_STATS64]),
	       sizeof(stats.rx_packets) * 4);
	d->rx_packets = stats.rx_packets;
	d->tx_packets = stats.tx_packets;
	d->rx_bytes = stats.rx_bytes;
	d->tx_bytes = stats.tx_bytes;
}

static void take_address(void *arg, struct nlmsghdr *hdr)
{
	struct ifaddrmsg *head = nlmsg_data(hdr);
	struct nlattr *tb[IFA_MAX + 1];
	struct device *d;
	struct addr a;

	if (hdr->nlmsg_type != RTM_NEWADDR ||
	    nlmsg_parse(hdr, sizeof(*head), tb, IFA_MAX, NULL))
		return;
	d = model_device(arg, head->ifa_index);
	if (!d || head->ifa_scope == RT_SCOPE_LINK)
		return;
	a = attr_addr(tb[IFA_LOCAL] ? tb[IFA_LOCAL] : tb[IFA_ADDRESS]);
	if (a.len == 4 && addr_is_none(&d->address)) {
		d->address = a;
		d->address_len = head->ifa_prefixlen;
	} else if (a.len == 16) {
		/* The kernel has the newest one first. */
		d->address6 = a;
		d->address6_len = head->ifa_prefixlen;
	}
}

static int dump(struct netlink *nl, int type, size_t head_len,
		netlink_handler handler, struct model *m)
{
	struct nl_msg *msg = nlmsg_alloc_simple(type, NLM_F_DUMP);
	struct ifinfomsg head = { .ifi_family = AF_UNSPEC };

	if (msg)
		nlmsg_append(msg, &head, head_len, NLMSG_ALIGNTO);
	return netlink_request(nl, msg, handler, m);
}

int link_read(struct model *m)
{
	struct netlink nl = NETLINK_CLOSED;
	int err = netlink_open(&nl, NETLINK_ROUTE);

	if (!err)
		err = dump(&nl, RTM_GETLINK, sizeof(struct ifinfomsg),
			   take_link, m);
	if (!err)
		err = dump(&nl, RTM_GETADDR, sizeof(struct ifaddrmsg),
			   take_address, m);
	netlink_close(&nl);
	if (err)
		fprintf(stderr, "dmvpnctl: %s\n", nl.error);
	return err ? -1 : 0;
}
