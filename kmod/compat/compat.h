/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the supported kernels (6.1, 6.12, 7.x) name or declare differently.
 * Included before every source file by Kbuild, which also probes the headers:
 * stable updates move interfaces, so a version number alone misleads.
 */
#ifndef _DMVPN_COMPAT_H
#define _DMVPN_COMPAT_H

#include <linux/crypto.h>
#include <linux/hrtimer.h>
#include <linux/netdevice.h>
#include <linux/rhashtable.h>
#include <linux/timer.h>
#include <linux/version.h>
#include <net/genetlink.h>
#include <net/rtnetlink.h>
#include <net/sch_generic.h>
#ifdef DMVPN_HAVE_NET_GSO_H
#include <net/gso.h>
#endif
#ifdef DMVPN_HAVE_LINUX_UNALIGNED_H
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

#ifndef NLA_POLICY_MAX_LEN
#define NLA_POLICY_MAX_LEN(_len)	NLA_POLICY_MAX(NLA_BINARY, _len)
#endif

#ifndef __counted_by
#define __counted_by(member)
#endif

/* A workqueue says that it is bound to CPUs since 6.18. */
#ifdef DMVPN_HAVE_WQ_PERCPU
#define DMVPN_WQ_PERCPU	WQ_PERCPU
#else
#define DMVPN_WQ_PERCPU	0
#endif

#ifdef DMVPN_HAVE_DEV_LLTX
#define dmvpn_set_lltx(dev)	((dev)->lltx = true)
#else
#define dmvpn_set_lltx(dev)	((dev)->features |= NETIF_F_LLTX)
#endif

/* The completion of a crypto request got its data pointer itself in 6.3. */
#ifdef DMVPN_HAVE_CRYPTO_VOID_CB
typedef void dmvpn_crypto_arg;
#define dmvpn_crypto_data(arg)	(arg)
#else
typedef struct crypto_async_request dmvpn_crypto_arg;
#define dmvpn_crypto_data(arg)	((arg)->data)
#endif

#ifndef DMVPN_HAVE_HRTIMER_SETUP
static inline void
hrtimer_setup(struct hrtimer *timer,
	      enum hrtimer_restart (*function)(struct hrtimer *timer),
	      clockid_t clock_id, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock_id, mode);
	timer->function = function;
}
#endif

#ifdef DMVPN_HAVE_NEWLINK_PARAMS
#define DMVPN_NEWLINK_ARGS						\
	struct net_device *dev, struct rtnl_newlink_params *params,	\
	struct netlink_ext_ack *extack
#define dmvpn_newlink_net(dev)	rtnl_newlink_link_net(params)
#define dmvpn_newlink_data	(params->data)
#else
#define DMVPN_NEWLINK_ARGS						\
	struct net *src_net, struct net_device *dev,			\
	struct nlattr *tb[], struct nlattr *data[],			\
	struct netlink_ext_ack *extack
#define dmvpn_newlink_net(dev)	(src_net)
#define dmvpn_newlink_data	(data)
#endif

/* A packet in a qdisc knows how many segments it has since 6.19. */
static inline void dmvpn_qdisc_one_segment(struct sk_buff *skb)
{
	qdisc_skb_cb(skb)->pkt_len = skb->len;
#ifdef DMVPN_HAVE_QDISC_PKT_SEGS
	qdisc_skb_cb(skb)->pkt_segs = 1;
#endif
}

/* Before 6.2 one genl_ops entry served both the do and the dump. */
#ifndef DMVPN_HAVE_SPLIT_OPS
struct genl_split_ops {
	int (*doit)(struct sk_buff *skb, struct genl_info *info);
	int (*dumpit)(struct sk_buff *skb, struct netlink_callback *cb);
	const struct nla_policy *policy;
	unsigned int maxattr;
	u8 cmd;
	u8 flags;
};
#endif

/**
 * dmvpn_genl_set_ops() - give a family its generated commands
 * @family: not yet registered
 * @split: table that the generator made, sorted by command, do before dump
 * @n: its length
 *
 * Return: 0, or -ENOSPC if there are more commands than the buffer for
 * kernels without split ops holds.
 */
int dmvpn_genl_set_ops(struct genl_family *family,
		       const struct genl_split_ops *split, unsigned int n);

#endif /* _DMVPN_COMPAT_H */
