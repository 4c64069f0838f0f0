/* SPDX-License-Identifier: GPL-2.0 */
/* The generic netlink family, and how objects are written into messages. */
#ifndef _DMVPN_NETLINK_H
#define _DMVPN_NETLINK_H

#include <linux/jiffies.h>
#include <linux/math64.h>
#include <net/genetlink.h>

#include "addr.h"

struct dmvpn_device;
struct dmvpn_nexthop;
struct dmvpn_peer;
struct dmvpn_policy;
struct dmvpn_sa;
struct dmvpn_session;

extern struct genl_family dmvpn_family;

/**
 * struct dmvpn_msg - where a message goes
 * @portid: receiver, 0 for a notification
 * @seq: of the request
 * @flags: NLM_F_*
 * @cmd: DMVPN_CMD_*
 */
struct dmvpn_msg {
	u32 portid;
	u32 seq;
	int flags;
	u8 cmd;
};

/**
 * struct dmvpn_dump - how far a dump came; kept in netlink_callback.ctx
 * @ifindex: device that comes next or was begun
 * @handle: session that comes next or was begun
 * @phase: which list of the device or session
 * @id: last entry of it that was written
 *
 * Classes: @id is the policy that was begun, @phase its class that comes next,
 * @handle the line of that.
 *
 * Policies of devices: @id is the policy that was begun, @phase its class that
 * comes next, @handle the line of that.
 *
 * Queues: @phase names the peer that was begun, in short, and @handle says how
 * many of its classes were written.
 *
 * Numbers are never used again, so a dump needs no lock between its messages:
 * what was there all the time is written once, whatever comes and goes.
 */
struct dmvpn_dump {
	int ifindex;
	u32 handle;
	u32 phase;
	u64 id;
};

static inline struct dmvpn_dump *dmvpn_dump(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct dmvpn_dump) > sizeof(cb->ctx));
	return (struct dmvpn_dump *)cb->ctx;
}

/* Where the messages of a dump go. */
static inline struct dmvpn_msg dmvpn_dump_msg(struct netlink_callback *cb,
					      u8 cmd)
{
	return (struct dmvpn_msg) {
		.portid = NETLINK_CB(cb->skb).portid,
		.seq = cb->nlh->nlmsg_seq,
		.flags = NLM_F_MULTI,
		.cmd = cmd,
	};
}

/* Where the reply to a request goes. */
static inline struct dmvpn_msg dmvpn_reply_msg(struct genl_info *info)
{
	return (struct dmvpn_msg) {
		.portid = info->snd_portid,
		.seq = info->snd_seq,
		.cmd = info->genlhdr->cmd,
	};
}

/* Milliseconds since @when, in jiffies. */
static inline u64 dmvpn_ms_since(unsigned long when)
{
	return div_u64((u64)(jiffies - when) * MSEC_PER_SEC, HZ);
}

int dmvpn_put_addr(struct sk_buff *skb, int attr, const struct dmvpn_addr *a);
int dmvpn_get_addr(const struct nlattr *attr, struct dmvpn_addr *addr,
		   struct netlink_ext_ack *extack);
int dmvpn_check_unicast(const struct nlattr *attr,
			const struct dmvpn_addr *addr,
			struct netlink_ext_ack *extack);
int dmvpn_get_nbma(struct genl_info *info, int attr, struct dmvpn_addr *addr);
int dmvpn_fill_session(struct sk_buff *skb, struct dmvpn_session *session,
		       const struct dmvpn_msg *msg);
int dmvpn_fill_sa(struct sk_buff *skb, struct dmvpn_sa *sa,
		  const struct dmvpn_msg *msg);
int dmvpn_fill_peer(struct sk_buff *skb, struct dmvpn_peer *peer,
		    const struct dmvpn_msg *msg);
int dmvpn_fill_nexthop(struct sk_buff *skb, struct dmvpn_nexthop *nh,
		       const struct dmvpn_msg *msg);
int dmvpn_fill_policy(struct sk_buff *skb, const struct dmvpn_policy *policy,
		      const struct dmvpn_msg *msg);
struct dmvpn_device *dmvpn_nl_device(struct genl_info *info, int attr);
void dmvpn_nl_device_put(struct dmvpn_device *dd);
int dmvpn_nl_dump_devices(struct sk_buff *skb, struct netlink_callback *cb,
			  const struct dmvpn_msg *to,
			  int (*dump)(struct sk_buff *skb,
				      struct dmvpn_device *dd,
				      struct dmvpn_dump *at,
				      const struct dmvpn_msg *to));
int dmvpn_nl_reply(struct genl_info *info, struct sk_buff *msg, int err);
int dmvpn_netlink_init(void);
void dmvpn_netlink_exit(void);

#endif /* _DMVPN_NETLINK_H */
