// SPDX-License-Identifier: GPL-2.0
#include <linux/netdevice.h>

#include "device.h"
#include "netlink.h"
#include "netlink-gen.h"
#include "netns.h"
#include "nexthop.h"
#include "notify.h"
#include "peer.h"
#include "sa.h"
#include "session.h"

/* A message for a group, or NULL if nobody listens or memory is short. */
static struct sk_buff *message_new(struct net *net, unsigned int group)
{
	struct sk_buff *msg;

	if (!genl_has_listeners(&dmvpn_family, net, group))
		return NULL;
	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	/* Who listens learns that something was lost, and reads it all. */
	if (!msg)
		genl_set_err(&dmvpn_family, net, 0, group, -ENOBUFS);
	return msg;
}

static void message_send(struct net *net, unsigned int group,
			 struct sk_buff *msg, int err)
{
	if (err)
		nlmsg_free(msg);
	else
		genlmsg_multicast_netns(&dmvpn_family, net, msg, 0, group,
					GFP_KERNEL);
}

/**
 * dmvpn_notify_session() - a session was changed or removed
 * @session: session
 * @cmd: DMVPN_CMD_SESSION_NTF or _DEL_NTF
 *
 * Context: dn->lock.
 */
void dmvpn_notify_session(struct dmvpn_session *session, u8 cmd)
{
	const struct dmvpn_msg to = { .cmd = cmd };
	struct net *net = session->dn->net;
	struct sk_buff *msg = message_new(net, DMVPN_NLGRP_CONTROL);

	if (msg)
		message_send(net, DMVPN_NLGRP_CONTROL, msg,
			     dmvpn_fill_session(msg, session, &to));
}

/**
 * dmvpn_notify_sa() - an SA was added, moved or removed
 * @sa: SA with keys
 * @cmd: DMVPN_CMD_SA_NTF or _DEL_NTF
 *
 * Context: dn->lock.
 */
void dmvpn_notify_sa(struct dmvpn_sa *sa, u8 cmd)
{
	const struct dmvpn_msg to = { .cmd = cmd };
	struct net *net = sa->dn->net;
	struct sk_buff *msg = message_new(net, DMVPN_NLGRP_CONTROL);

	if (msg)
		message_send(net, DMVPN_NLGRP_CONTROL, msg,
			     dmvpn_fill_sa(msg, sa, &to));
}

/**
 * dmvpn_notify_peer() - a peer was added, changed or removed
 * @peer: peer
 * @cmd: DMVPN_CMD_PEER_NTF or _DEL_NTF
 *
 * Context: dn->lock.
 */
void dmvpn_notify_peer(struct dmvpn_peer *peer, u8 cmd)
{
	const struct dmvpn_msg to = { .cmd = cmd };
	struct net *net = dev_net(peer->dd->dev);
	struct sk_buff *msg = message_new(net, DMVPN_NLGRP_NHRP);

	if (msg)
		message_send(net, DMVPN_NLGRP_NHRP, msg,
			     dmvpn_fill_peer(msg, peer, &to));
}

/**
 * dmvpn_notify_nexthop() - a next hop was added, replaced or removed
 * @nh: next hop
 * @cmd: DMVPN_CMD_NEXTHOP_NTF or _DEL_NTF
 *
 * Context: dn->lock.
 */
void dmvpn_notify_nexthop(struct dmvpn_nexthop *nh, u8 cmd)
{
	const struct dmvpn_msg to = { .cmd = cmd };
	struct net *net = dev_net(nh->dd->dev);
	struct sk_buff *msg = message_new(net, DMVPN_NLGRP_NHRP);

	if (msg)
		message_send(net, DMVPN_NLGRP_NHRP, msg,
			     dmvpn_fill_nexthop(msg, nh, &to));
}

/**
 * dmvpn_notify_policy() - a policy was added, replaced or removed
 * @dn: its namespace
 * @policy: policy
 * @cmd: DMVPN_CMD_POLICY_NTF or _DEL_NTF
 *
 * Context: dn->policy_lock.
 */
void dmvpn_notify_policy(struct dmvpn_net *dn, struct dmvpn_policy *policy,
			 u8 cmd)
{
	const struct dmvpn_msg to = { .cmd = cmd };
	struct sk_buff *msg = message_new(dn->net, DMVPN_NLGRP_NHRP);

	if (msg)
		message_send(dn->net, DMVPN_NLGRP_NHRP, msg,
			     dmvpn_fill_policy(msg, policy, &to));
}
