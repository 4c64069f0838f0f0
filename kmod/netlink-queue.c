// SPDX-License-Identifier: GPL-2.0
/* Reading what waits for peers in queueing disciplines of ours. */
#include <linux/rtnetlink.h>

#include "device.h"
#include "netlink.h"
#include "netlink-gen.h"
#include "peer.h"
#include "policy.h"
#include "qdisc.h"
#include "queue.h"

/**
 * struct writer - the classes of one peer are being written
 * @skb: message
 * @to: where it goes
 * @peer: peer
 * @queue: its packets
 * @written: classes that earlier messages have
 * @n: classes that were come to
 */
struct writer {
	struct sk_buff *skb;
	const struct dmvpn_msg *to;
	const struct dmvpn_peer *peer;
	struct dmvpn_queue *queue;
	u32 written;
	u32 n;
};

static int put_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, DMVPN_A_QUEUE_PAD);
}

static int put_counts(struct sk_buff *skb, const struct dmvpn_qclass *qc)
{
	if (put_u64(skb, DMVPN_A_QUEUE_PACKETS, qc->sent_packets) ||
	    put_u64(skb, DMVPN_A_QUEUE_BYTES, qc->sent_bytes) ||
	    nla_put_u32(skb, DMVPN_A_QUEUE_QUEUED_PACKETS, qc->packets) ||
	    nla_put_u32(skb, DMVPN_A_QUEUE_QUEUED_BYTES, qc->bytes) ||
	    put_u64(skb, DMVPN_A_QUEUE_DROPPED_LIMIT,
		    qc->leaf.dropped_limit) ||
	    put_u64(skb, DMVPN_A_QUEUE_DROPPED_CODEL,
		    qc->leaf.dropped_codel) ||
	    put_u64(skb, DMVPN_A_QUEUE_DROPPED_RATE, qc->dropped_rate) ||
	    put_u64(skb, DMVPN_A_QUEUE_MARKED, qc->leaf.marked) ||
	    nla_put_u32(skb, DMVPN_A_QUEUE_DELAY_US, qc->leaf.delay))
		return -EMSGSIZE;
	return 0;
}

static int put_rates(struct sk_buff *skb, const struct dmvpn_qclass *qc)
{
	if (put_u64(skb, DMVPN_A_QUEUE_OFFERED_RATE, qc->offered.bits) ||
	    put_u64(skb, DMVPN_A_QUEUE_DROP_RATE, qc->drops.bits) ||
	    nla_put_u32(skb, DMVPN_A_QUEUE_LOAD_INTERVAL,
			READ_ONCE(dmvpn_load_interval)))
		return -EMSGSIZE;
	return 0;
}

static int put_names(const struct writer *w, const struct dmvpn_policy *policy,
		     const struct dmvpn_class *class)
{
	const struct dmvpn_peer *peer = w->peer;
	struct sk_buff *skb = w->skb;

	if (nla_put_u32(skb, DMVPN_A_QUEUE_IFINDEX, peer->dd->dev->ifindex) ||
	    dmvpn_put_addr(skb, DMVPN_A_QUEUE_REMOTE, &peer->key.remote) ||
	    nla_put_be16(skb, DMVPN_A_QUEUE_REMOTE_PORT, peer->key.port) ||
	    nla_put_string(skb, DMVPN_A_QUEUE_POLICY, policy->name) ||
	    nla_put_string(skb, DMVPN_A_QUEUE_CLASS, class->name) ||
	    put_u64(skb, DMVPN_A_QUEUE_RATE,
		    dmvpn_queue_shape(w->queue, &class->queueing)))
		return -EMSGSIZE;
	return 0;
}

static int put_class(const struct writer *w, const struct dmvpn_policy *policy,
		     const struct dmvpn_class *class,
		     const struct dmvpn_qclass *qc, u32 index, u32 depth)
{
	void *hdr = genlmsg_put(w->skb, w->to->portid, w->to->seq,
				&dmvpn_family, w->to->flags, w->to->cmd);

	if (!hdr)
		return -EMSGSIZE;
	if (put_names(w, policy, class) ||
	    nla_put_u32(w->skb, DMVPN_A_QUEUE_INDEX, index) ||
	    nla_put_u32(w->skb, DMVPN_A_QUEUE_DEPTH, depth) ||
	    put_counts(w->skb, qc) || put_rates(w->skb, qc)) {
		genlmsg_cancel(w->skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(w->skb, hdr);
	return 0;
}

/* The classes of a policy that divides @at, each with its own after it. */
static int put_classes(struct writer *w, const struct dmvpn_policy *policy,
		       const struct dmvpn_qclass *at, u32 depth)
{
	const struct dmvpn_rules *rules = rcu_dereference(policy->rules);
	const struct dmvpn_class *class;
	const struct dmvpn_qclass *qc;
	int err = 0;
	u32 i;

	/* Made for other rules: the next packet or look mends that. */
	if (rules->serial != at->serial)
		return 0;
	for (i = 0; !err && i < at->n; i++) {
		class = &rules->classes[i];
		qc = &w->queue->classes[at->first + i];
		if (w->n++ >= w->written) {
			err = put_class(w, policy, class, qc, i, depth);
			w->written += !err;
		}
		if (!err && qc->n)
			err = put_classes(w, class->child, qc, depth + 1);
	}
	return err;
}

static int put_qpeer(struct writer *w, struct dmvpn_qdisc *q)
{
	const struct dmvpn_policy *policy;
	const struct dmvpn_qpeer *qp;
	int err = 0;

	rcu_read_lock();
	sch_tree_lock(q->sch);
	qp = dmvpn_qpeer_find(q, w->peer->id);
	policy = rcu_dereference(w->peer->policy);
	if (qp && policy) {
		w->queue = qp->queue;
		dmvpn_queue_update_rates(w->queue, ktime_get_ns());
		err = put_classes(w, policy, &qp->queue->classes[0], 0);
	}
	sch_tree_unlock(q->sch);
	rcu_read_unlock();
	return err;
}

/*
 * A peer has packets in one qdisc, or in two for a while after the number of
 * transmit queues has changed.
 */
static int put_peer(struct sk_buff *skb, const struct dmvpn_peer *peer,
		    struct dmvpn_dump *at, const struct dmvpn_msg *to)
{
	struct writer w = {
		.skb = skb,
		.to = to,
		.peer = peer,
	};
	struct dmvpn_qdisc *q;
	int err = 0;

	if (at->phase == (u32)peer->id)
		w.written = at->handle;
	list_for_each_entry(q, &peer->dd->qdiscs, node) {
		err = put_qpeer(&w, q);
		if (err)
			break;
	}
	at->phase = peer->id;
	at->handle = w.written;
	return err;
}

static int dump_device(struct sk_buff *skb, struct dmvpn_device *dd,
		       struct dmvpn_dump *at, const struct dmvpn_msg *to)
{
	const struct dmvpn_peer *peer;
	int err;

	if (list_empty(&dd->qdiscs))
		return 0;
	list_for_each_entry(peer, &dd->peer_list, list) {
		if (peer->id <= at->id)
			continue;
		err = put_peer(skb, peer, at, to);
		if (err)
			return err;
		at->id = peer->id;
	}
	return 0;
}

int dmvpn_nl_queue_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct dmvpn_msg to = dmvpn_dump_msg(cb, DMVPN_CMD_QUEUE_GET);
	int err;

	/* No qdisc comes or goes; before the lock of any namespace. */
	rtnl_lock();
	err = dmvpn_nl_dump_devices(skb, cb, &to, dump_device);
	rtnl_unlock();
	return err;
}
