// SPDX-License-Identifier: GPL-2.0
#include <linux/hash.h>
#include <linux/module.h>
#include <linux/rtnetlink.h>

#include "device.h"
#include "flow.h"
#include "policy.h"
#include "qdisc.h"
#include "queue.h"
#include "send.h"

/* A super-packet that takes longer than this is taken apart. */
#define WHOLE_MAX	NSEC_PER_MSEC

/* ---- drops ---- */

/**
 * dmvpn_qdisc_dropped() - packets that waited were dropped
 * @q: qdisc
 * @dropped: packets, which are freed
 *
 * Context: the qdisc's lock.
 */
void dmvpn_qdisc_dropped(struct dmvpn_qdisc *q, struct dmvpn_dropped *dropped)
{
	struct Qdisc *sch = q->sch;

	if (!dropped->packets)
		return;
	sch->q.qlen -= dropped->packets;
	sch->qstats.backlog -= dropped->bytes;
	sch->qstats.drops += dropped->packets;
	qdisc_tree_reduce_backlog(sch, dropped->packets, dropped->bytes);
	kfree_skb_list(dropped->list);
	*dropped = (struct dmvpn_dropped) {};
}

/* ---- packets come ---- */

static int enqueue_direct(struct dmvpn_qdisc *q, struct sk_buff *skb,
			  struct sk_buff **to_free)
{
	if (q->direct.qlen >= q->max_direct) {
		q->stats.dropped_direct++;
		return qdisc_drop(skb, q->sch, to_free);
	}
	__skb_queue_tail(&q->direct, skb);
	q->sch->q.qlen++;
	qdisc_qstats_backlog_inc(q->sch, skb);
	return NET_XMIT_SUCCESS;
}

static int enqueue_class(struct dmvpn_qdisc *q, struct dmvpn_qpeer *qp,
			 struct dmvpn_qclass *class, struct sk_buff *skb,
			 u64 now, struct sk_buff **to_free)
{
	switch (dmvpn_egress_add(&q->egress, qp->queue, class, skb, now)) {
	case DMVPN_WAITS:
		q->sch->q.qlen++;
		qdisc_qstats_backlog_inc(q->sch, skb);
		return NET_XMIT_SUCCESS;
	case DMVPN_NO_ROOM:
		q->stats.dropped_limit++;
		break;
	case DMVPN_TOO_FAST:
		q->stats.dropped_rate++;
		break;
	}
	return qdisc_drop(skb, q->sch, to_free);
}

/*
 * A super-packet would keep others waiting for too long: its segments wait one
 * by one. Whoever counts packets around us has to hear of that.
 */
static int enqueue_segments(struct dmvpn_qdisc *q, struct dmvpn_qpeer *qp,
			    struct dmvpn_qclass *class, struct sk_buff *skb,
			    u64 now, struct sk_buff **to_free)
{
	const netdev_features_t features = netif_skb_features(skb);
	const u32 was = qdisc_pkt_len(skb);
	struct sk_buff *segments, *next;
	u32 packets = 0, bytes = 0;

	segments = skb_gso_segment(skb, features & ~NETIF_F_GSO_MASK);
	if (IS_ERR_OR_NULL(segments)) {
		q->stats.dropped_gso++;
		return qdisc_drop(skb, q->sch, to_free);
	}
	consume_skb(skb);
	skb_list_walk_safe(segments, skb, next) {
		skb_mark_not_on_list(skb);
		dmvpn_qdisc_one_segment(skb);
		if (enqueue_class(q, qp, class, skb, now, to_free))
			continue;
		packets++;
		bytes += qdisc_pkt_len(skb);
	}
	if (!packets)
		return NET_XMIT_DROP;
	qdisc_tree_reduce_backlog(q->sch, 1 - packets, was - bytes);
	return NET_XMIT_SUCCESS;
}

static bool takes_long(const struct dmvpn_qdisc *q,
		       const struct dmvpn_qclass *class,
		       const struct sk_buff *skb)
{
	u64 per_byte = max(class->per_byte, q->egress.pace.per_byte);

	return skb_is_gso(skb) &&
	       dmvpn_pace_time(per_byte, qdisc_pkt_len(skb)) > WHOLE_MAX;
}

/* A peer's queue, made if there is none. */
static struct dmvpn_qpeer *qpeer_get(struct dmvpn_qdisc *q,
				     const struct dmvpn_peer *peer,
				     const struct dmvpn_rules *rules)
{
	struct dmvpn_qpeer *qp = dmvpn_qpeer_find(q, peer->id);

	if (!qp)
		qp = dmvpn_qpeer_new(q, peer, rules);
	if (!qp)
		q->stats.unqueued_packets++;
	return qp;
}

static struct dmvpn_qclass *classify(struct dmvpn_qdisc *q,
				     struct dmvpn_qpeer *qp,
				     const struct dmvpn_peer *peer,
				     const struct dmvpn_rules *rules,
				     const struct sk_buff *skb, u64 now)
{
	const u32 packets = dmvpn_skb_packets(skb);
	const u32 bytes = qdisc_pkt_len(skb);
	struct dmvpn_qclass *class;
	struct dmvpn_flow header;
	struct dmvpn_flow *flow;

	flow = dmvpn_flow_read(skb, &header) ? &header : NULL;
	class = dmvpn_queue_classify(qp->queue, rules, flow, packets, bytes);
	if (class)
		return class;
	if (!dmvpn_qpeer_rebuild(q, qp, peer, rules, now))
		return NULL;
	class = dmvpn_queue_classify(qp->queue, rules, flow, packets, bytes);
	return class ?: dmvpn_queue_last(qp->queue);
}

static int enqueue_peer(struct dmvpn_qdisc *q, const struct dmvpn_peer *peer,
			const struct dmvpn_policy *policy, struct sk_buff *skb,
			struct sk_buff **to_free)
{
	const struct dmvpn_rules *rules = rcu_dereference(policy->rules);
	struct dmvpn_qpeer *qp = qpeer_get(q, peer, rules);
	const u64 now = ktime_get_ns();
	struct dmvpn_qclass *class;

	if (!qp)
		return enqueue_direct(q, skb, to_free);
	class = classify(q, qp, peer, rules, skb, now);
	if (!class) {
		q->stats.unqueued_packets++;
		return enqueue_direct(q, skb, to_free);
	}
	qp->used = jiffies;
	if (takes_long(q, class, skb))
		return enqueue_segments(q, qp, class, skb, now, to_free);
	return enqueue_class(q, qp, class, skb, now, to_free);
}

/* Its policy was taken away: packets that wait stay before those that come. */
static void forget_peer(struct dmvpn_qdisc *q, const struct dmvpn_peer *peer)
{
	struct dmvpn_qpeer *qp = NULL;

	if (q->n_peers)
		qp = dmvpn_qpeer_find(q, peer->id);
	if (qp)
		dmvpn_qpeer_release(q, qp);
}

static int dmvpn_qdisc_enqueue(struct sk_buff *skb, struct Qdisc *sch,
			       struct sk_buff **to_free)
{
	struct dmvpn_qdisc *q = qdisc_priv(sch);
	const struct dmvpn_policy *policy = NULL;
	const struct dmvpn_peer *peer;
	int err;

	rcu_read_lock();
	peer = dmvpn_xmit_peer(q->dd, skb);
	if (peer)
		policy = rcu_dereference(peer->policy);
	if (policy) {
		err = enqueue_peer(q, peer, policy, skb, to_free);
	} else {
		if (peer)
			forget_peer(q, peer);
		err = enqueue_direct(q, skb, to_free);
	}
	rcu_read_unlock();
	return err;
}

/* ---- packets go ---- */

static struct sk_buff *take_direct(struct dmvpn_qdisc *q, u64 now)
{
	struct sk_buff *skb;

	if (!dmvpn_pace_ready(&q->egress.pace, now))
		return NULL;
	skb = __skb_dequeue(&q->direct);
	if (!skb)
		return NULL;
	dmvpn_pace_spend(&q->egress.pace, now, qdisc_pkt_len(skb));
	q->stats.direct_packets += dmvpn_skb_packets(skb);
	return skb;
}

static struct sk_buff *take_queued(struct dmvpn_qdisc *q,
				   struct dmvpn_queue *queue, u64 now)
{
	struct dmvpn_dropped dropped = {};
	struct sk_buff *skb;

	skb = dmvpn_egress_take(&q->egress, queue, now, &dropped);
	q->stats.dropped_codel += dropped.packets;
	dmvpn_qdisc_dropped(q, &dropped);
	return skb;
}

/* Looking at a queue may end it, or send its packets directly. */
static struct sk_buff *take(struct dmvpn_qdisc *q, u64 now)
{
	struct dmvpn_queue *queue;
	struct sk_buff *skb;

	for (;;) {
		skb = take_direct(q, now);
		if (skb)
			return skb;
		queue = dmvpn_egress_next(&q->egress, now);
		if (!queue)
			return NULL;
		if (!dmvpn_qpeer_check(q, queue->owner, now))
			continue;
		skb = take_queued(q, queue, now);
		if (skb)
			return skb;
	}
}

/* Until there is something to do: a packet to send, or a queue to look at. */
static void sleep(struct dmvpn_qdisc *q)
{
	u64 time = dmvpn_egress_time(&q->egress);

	if (q->direct.qlen)
		time = min(time, q->egress.pace.next);
	if (q->n_peers)
		time = min(time, q->look);
	if (time != U64_MAX)
		qdisc_watchdog_schedule_ns(&q->watchdog, time);
}

static struct sk_buff *dmvpn_qdisc_dequeue(struct Qdisc *sch)
{
	struct dmvpn_qdisc *q = qdisc_priv(sch);
	const u64 now = ktime_get_ns();
	struct sk_buff *skb;

	rcu_read_lock();
	dmvpn_qpeers_look(q, now);
	skb = take(q, now);
	rcu_read_unlock();
	if (!skb) {
		sleep(q);
		return NULL;
	}
	qdisc_bstats_update(sch, skb);
	qdisc_qstats_backlog_dec(sch, skb);
	sch->q.qlen--;
	return skb;
}

/**
 * dmvpn_select_queue() - ndo_select_queue
 * @dev: device
 * @skb: packet
 * @sb_dev: not ours
 *
 * A peer has one queue, so that each qdisc under mq has peers of its own.
 */
u16 dmvpn_select_queue(struct net_device *dev, struct sk_buff *skb,
		       struct net_device *sb_dev)
{
	struct dmvpn_device *dd = netdev_priv(dev);
	const struct dmvpn_peer *peer;
	u16 queue = 0;

	if (list_empty(&dd->qdiscs))
		return netdev_pick_tx(dev, skb, sb_dev);
	rcu_read_lock();
	peer = dmvpn_xmit_peer(dd, skb);
	if (peer)
		queue = reciprocal_scale(hash_64(peer->id, 32),
					 dev->real_num_tx_queues);
	rcu_read_unlock();
	return queue;
}

/* ---- options ---- */

static const struct nla_policy dmvpn_qdisc_policy[TCA_DMVPN_MAX + 1] = {
	[TCA_DMVPN_LIMIT] = NLA_POLICY_MIN(NLA_U32, 1),
	[TCA_DMVPN_PEERS] = { .type = NLA_U32 },
	[TCA_DMVPN_DIRECT] = NLA_POLICY_MIN(NLA_U32, 1),
	[TCA_DMVPN_RATE] = { .type = NLA_U64 },
	[TCA_DMVPN_BURST] = { .type = NLA_U32 },
	[TCA_DMVPN_IDLE] = NLA_POLICY_RANGE(NLA_U32, 1, 32767),
};

static void get_u32(struct nlattr *attr, u32 *to)
{
	if (attr)
		*to = nla_get_u32(attr);
}

static void set_rate(struct dmvpn_qdisc *q, u64 rate, u32 burst)
{
	const bool changed = q->rate != rate;

	q->rate = rate;
	q->burst = burst;
	dmvpn_pace_init(&q->egress.pace, rate,
			dmvpn_burst(burst, rate, DMVPN_SHAPE_BURST));
	/* There may be many: each queue is looked at when it is its turn. */
	if (changed)
		dmvpn_policy_changed();
}

static int dmvpn_qdisc_change(struct Qdisc *sch, struct nlattr *opt,
			      struct netlink_ext_ack *extack)
{
	struct dmvpn_qdisc *q = qdisc_priv(sch);
	struct nlattr *tb[TCA_DMVPN_MAX + 1];
	u64 rate = q->rate;
	u32 burst = q->burst;
	int err;

	/* tc does not say that options are nested. */
	err = nla_parse(tb, TCA_DMVPN_MAX, nla_data(opt), nla_len(opt),
			dmvpn_qdisc_policy, extack);
	if (err)
		return err;
	if (tb[TCA_DMVPN_RATE])
		rate = nla_get_u64(tb[TCA_DMVPN_RATE]);
	get_u32(tb[TCA_DMVPN_BURST], &burst);
	sch_tree_lock(sch);
	get_u32(tb[TCA_DMVPN_LIMIT], &q->egress.limit);
	get_u32(tb[TCA_DMVPN_PEERS], &q->max_peers);
	get_u32(tb[TCA_DMVPN_DIRECT], &q->max_direct);
	get_u32(tb[TCA_DMVPN_IDLE], &q->idle);
	set_rate(q, rate, burst);
	sleep(q);
	sch_tree_unlock(sch);
	return 0;
}

static int dmvpn_qdisc_dump(struct Qdisc *sch, struct sk_buff *skb)
{
	const struct dmvpn_qdisc *q = qdisc_priv(sch);
	struct nlattr *opts = nla_nest_start(skb, TCA_OPTIONS);

	if (!opts)
		return -EMSGSIZE;
	if (nla_put_u32(skb, TCA_DMVPN_LIMIT, q->egress.limit) ||
	    nla_put_u32(skb, TCA_DMVPN_PEERS, q->max_peers) ||
	    nla_put_u32(skb, TCA_DMVPN_DIRECT, q->max_direct) ||
	    nla_put_u64_64bit(skb, TCA_DMVPN_RATE, q->rate, TCA_DMVPN_PAD) ||
	    nla_put_u32(skb, TCA_DMVPN_BURST, q->burst) ||
	    nla_put_u32(skb, TCA_DMVPN_IDLE, q->idle)) {
		nla_nest_cancel(skb, opts);
		return -EMSGSIZE;
	}
	return nla_nest_end(skb, opts);
}

static int dmvpn_qdisc_dump_stats(struct Qdisc *sch, struct gnet_dump *d)
{
	const struct dmvpn_qdisc *q = qdisc_priv(sch);
	struct tc_dmvpn_xstats stats;

	sch_tree_lock(sch);
	stats = q->stats;
	stats.peers = q->n_peers;
	stats.waiting = q->egress.packets;
	stats.direct_waiting = q->direct.qlen;
	sch_tree_unlock(sch);
	return gnet_stats_copy_app(d, &stats, sizeof(stats));
}

/* ---- coming and going ---- */

static int dmvpn_qdisc_begin(struct Qdisc *sch, struct nlattr *opt,
			     struct netlink_ext_ack *extack)
{
	struct net_device *dev = qdisc_dev(sch);
	struct dmvpn_qdisc *q = qdisc_priv(sch);
	int err;

	qdisc_watchdog_init(&q->watchdog, sch);
	if (!dmvpn_device_is(dev)) {
		NL_SET_ERR_MSG(extack,
			       "this queueing discipline is only for devices of kind dmvpn");
		return -EOPNOTSUPP;
	}
	q->sch = sch;
	__skb_queue_head_init(&q->direct);
	dmvpn_egress_init(&q->egress);
	q->egress.limit = DMVPN_QDISC_LIMIT;
	q->max_peers = DMVPN_QDISC_PEERS;
	q->max_direct = DMVPN_QDISC_DIRECT;
	q->idle = DMVPN_QDISC_IDLE;
	err = dmvpn_qpeers_init(q);
	if (err)
		return err;
	q->dd = netdev_priv(dev);
	list_add_tail(&q->node, &q->dd->qdiscs);
	return opt ? dmvpn_qdisc_change(sch, opt, extack) : 0;
}

static void dmvpn_qdisc_reset(struct Qdisc *sch)
{
	struct dmvpn_qdisc *q = qdisc_priv(sch);

	qdisc_watchdog_cancel(&q->watchdog);
	dmvpn_qpeers_clear(q);
	__skb_queue_purge(&q->direct);
}

/* Also of one that could not begin. */
static void dmvpn_qdisc_destroy(struct Qdisc *sch)
{
	struct dmvpn_qdisc *q = qdisc_priv(sch);

	qdisc_watchdog_cancel(&q->watchdog);
	if (!q->dd)
		return;
	list_del(&q->node);
	dmvpn_qpeers_clear(q);
	__skb_queue_purge(&q->direct);
	dmvpn_qpeers_exit(q);
}

static struct Qdisc_ops dmvpn_qdisc_ops __read_mostly = {
	.id = "dmvpn",
	.priv_size = sizeof(struct dmvpn_qdisc),
	.enqueue = dmvpn_qdisc_enqueue,
	.dequeue = dmvpn_qdisc_dequeue,
	.peek = qdisc_peek_dequeued,
	.init = dmvpn_qdisc_begin,
	.reset = dmvpn_qdisc_reset,
	.destroy = dmvpn_qdisc_destroy,
	.change = dmvpn_qdisc_change,
	.dump = dmvpn_qdisc_dump,
	.dump_stats = dmvpn_qdisc_dump_stats,
	.owner = THIS_MODULE,
};

int dmvpn_qdisc_init(void)
{
	return register_qdisc(&dmvpn_qdisc_ops);
}

void dmvpn_qdisc_exit(void)
{
	unregister_qdisc(&dmvpn_qdisc_ops);
}
