/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/dmvpn.yaml */
/* YNL-GEN kernel header */
/* To regenerate run: tools/net/ynl/ynl-regen.sh */

#ifndef _LINUX_DMVPN_GEN_H
#define _LINUX_DMVPN_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/dmvpn.h>

/* Common nested types */
extern const struct nla_policy dmvpn_class_nl_policy[DMVPN_A_CLASS_BYTES + 1];
extern const struct nla_policy dmvpn_match_nl_policy[DMVPN_A_MATCH_BYTES + 1];

/* Ops table for dmvpn */
extern const struct genl_split_ops dmvpn_nl_ops[31];

int dmvpn_nl_device_get_doit(struct sk_buff *skb, struct genl_info *info);
int dmvpn_nl_device_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int dmvpn_nl_session_get_doit(struct sk_buff *skb, struct genl_info *info);
int dmvpn_nl_session_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int dmvpn_nl_session_set_doit(struct sk_buff *skb, struct genl_info *info);
int dmvpn_nl_session_del_doit(struct sk_buff *skb, struct genl_info *info);
int dmvpn_nl_sa_alloc_spi_doit(struct sk_buff *skb, struct genl_info *info);
int dmvpn_nl_sa_new_doit(struct sk_buff *skb, struct genl_info *info);
int dmvpn_nl_sa_set_doit(struct sk_buff *skb, struct genl_info *info);
int dmvpn_nl_sa_get_doit(struct sk_buff *skb, struct genl_info *info);
int dmvpn_nl_sa_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int dmvpn_nl_sa_del_doit(struct sk_buff *skb, struct genl_info *info);
int dmvpn_nl_sa_flush_doit(struct sk_buff *skb, struct genl_info *info);
int dmvpn_nl_peer_new_doit(struct sk_buff *skb, struct genl_info *info);
int dmvpn_nl_peer_get_doit(struct sk_buff *skb, struct genl_info *info);
int dmvpn_nl_peer_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int dmvpn_nl_peer_del_doit(struct sk_buff *skb, struct genl_info *info);
int dmvpn_nl_nexthop_new_doit(struct sk_buff *skb, struct genl_info *info);
int dmvpn_nl_nexthop_get_doit(struct sk_buff *skb, struct genl_info *info);
int dmvpn_nl_nexthop_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int dmvpn_nl_nexthop_del_doit(struct sk_buff *skb, struct genl_info *info);
int dmvpn_nl_frame_register_doit(struct sk_buff *skb, struct genl_info *info);
int dmvpn_nl_frame_doit(struct sk_buff *skb, struct genl_info *info);
int dmvpn_nl_policy_new_doit(struct sk_buff *skb, struct genl_info *info);
int dmvpn_nl_policy_get_doit(struct sk_buff *skb, struct genl_info *info);
int dmvpn_nl_policy_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int dmvpn_nl_policy_del_doit(struct sk_buff *skb, struct genl_info *info);
int dmvpn_nl_policy_test_doit(struct sk_buff *skb, struct genl_info *info);
int dmvpn_nl_class_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int dmvpn_nl_queue_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int dmvpn_nl_service_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);

enum {
	DMVPN_NLGRP_CONTROL,
	DMVPN_NLGRP_NHRP,
};

#endif /* _LINUX_DMVPN_GEN_H */
