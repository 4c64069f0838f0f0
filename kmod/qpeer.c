// SPDX-License-Identifier: GPL-2.0
/*
 * The peers that have queues in a qdisc. Configuration does not know of them:
 * they are made when a packet comes, compared with the peer when something has
 * changed, and looked at now and then to find those that nobody needs.
 */
#include "device.h"
#include "flow.h"
#include "policy.h"
#include "qdisc.h"
#include "queue.h"

/* Each peer is looked at once in this time, so many at once. */
#define LOOK_PERIOD	(5ULL * NSEC_PER_SEC)
#define LOOK_BATCH	64

static const struct rhashtable_params qpeer_params = {
	.head_offset = offsetof(struct dmvpn_qpeer, node),
	.key_offset = offsetof(struct dmvpn_qpeer, id),
	.key_len = sizeof(u64),
	.automatic_shrinking = true,
};

/* ---- packets ---- */

static void qpeer_drop_all(struct dmvpn_qdisc *q, struct dmvpn_qpeer *qp)
{
	struct dmvpn_dropped dropped = {};
	struct sk_buff *skb;

	while ((skb = dmvpn_queue_pop(qp->queue)))
		dmvpn_dropped_add(&dropped, skb, qdisc_pkt_len(skb));
	q->stats.dropped_gone += dropped.packets;
	dmvpn_qdisc_dropped(q, &dropped);
}

/* Where a packet that waits already waits from now on. */
static struct dmvpn_qclass *class_anew(struct dmvpn_queue *queue,
				       const struct dmvpn_rules *rules,
				       const struct sk_buff *skb)
{
	struct dmvpn_flow flow;
	bool known = dmvpn_flow_read(skb, &flow);

	return dmvpn_queue_classify(queue, rules, known ? &flow : NULL, 0, 0);
}

/*
 * All packets of one queue into another. If rules change once more meanwhile
 * they go to where they can, as the next packet makes yet another queue.
 */
static void queue_move(struct dmvpn_queue *from, struct dmvpn_queue *to,
		       const struct dmvpn_rules *rules)
{
	struct dmvpn_qclass *class;
	struct sk_buff *skb;

	while ((skb = dmvpn_queue_pop(from))) {
		class = class_anew(to, rules, skb);
		dmvpn_queue_put(class ?: dmvpn_queue_last(to), skb);
	}
}

/* ---- one peer ---- */

struct dmvpn_qpeer *dmvpn_qpeer_find(struct dmvpn_qdisc *q, u64 id)
{
	return rhashtable_lookup_fast(&q->peers, &id, qpeer_params);
}

static void qpeer_free(struct dmvpn_qdisc *q, struct dmvpn_qpeer *qp)
{
	dmvpn_egress_leave(&q->egress, qp->queue);
	rhashtable_remove_fast(&q->peers, &qp->node, qpeer_params);
	list_del(&qp->list);
	q->n_peers--;
	dmvpn_queue_free(qp->queue);
	/* The table's own readers look at it in RCU. */
	kfree_rcu(qp, rcu);
}

/* A peer that has no packets makes room for another. */
static bool qpeers_make_room(struct dmvpn_qdisc *q)
{
	struct dmvpn_qpeer *qp;
	int tries = 0;

	if (q->n_peers < q->max_peers)
		return true;
	list_for_each_entry(qp, &q->peer_list, list) {
		if (!dmvpn_queue_len(qp->queue)) {
			qpeer_free(q, qp);
			return true;
		}
		if (++tries == LOOK_BATCH)
			break;
	}
	return false;
}

static struct dmvpn_qpeer *qpeer_alloc(struct dmvpn_qdisc *q,
				       const struct dmvpn_peer *peer,
				       const struct dmvpn_rules *rules)
{
	struct dmvpn_qpeer *qp = kzalloc(sizeof(*qp),
					 GFP_ATOMIC | __GFP_NOWARN);

	if (!qp)
		return NULL;
	qp->id = peer->id;
	qp->key = peer->key;
	qp->changes = atomic_read(&dmvpn_policy_changes) - 1;
	qp->queue = dmvpn_queue_new(rules, q->rate, READ_ONCE(peer->rate));
	if (!qp->queue) {
		kfree(qp);
		return NULL;
	}
	qp->queue->owner = qp;
	return qp;
}

/**
 * dmvpn_qpeer_new() - give a peer a queue
 * @q: qdisc
 * @peer: peer that has none there
 * @rules: of its policy
 *
 * Context: the qdisc's lock, RCU.
 * Return: peer, or NULL without memory, or if there are too many peers or
 * classes.
 */
struct dmvpn_qpeer *dmvpn_qpeer_new(struct dmvpn_qdisc *q,
				    const struct dmvpn_peer *peer,
				    const struct dmvpn_rules *rules)
{
	struct dmvpn_qpeer *qp;

	if (!qpeers_make_room(q))
		return NULL;
	qp = qpeer_alloc(q, peer, rules);
	if (!qp)
		return NULL;
	if (rhashtable_insert_fast(&q->peers, &qp->node, qpeer_params)) {
		dmvpn_queue_free(qp->queue);
		kfree(qp);
		return NULL;
	}
	list_add_tail(&qp->list, &q->peer_list);
	q->n_peers++;
	return qp;
}

/**
 * dmvpn_qpeer_release() - a peer has no queue any more
 * @q: qdisc
 * @qp: peer. Its packets go directly, ahead of those that come now.
 *
 * Context: the qdisc's lock.
 */
void dmvpn_qpeer_release(struct dmvpn_qdisc *q, struct dmvpn_qpeer *qp)
{
	struct sk_buff *skb;

	dmvpn_egress_leave(&q->egress, qp->queue);
	while ((skb = dmvpn_queue_pop(qp->queue)))
		__skb_queue_tail(&q->direct, skb);
	qpeer_free(q, qp);
}

/**
 * dmvpn_qpeer_rebuild() - a queue for other rules
 * @q: qdisc
 * @qp: what it has of a peer. Its packets are sorted anew.
 * @peer: that peer
 * @rules: of its policy now
 * @now: in ns
 *
 * Context: the qdisc's lock, RCU.
 * Return: false if it cannot have such a queue, and has none now.
 */
bool dmvpn_qpeer_rebuild(struct dmvpn_qdisc *q, struct dmvpn_qpeer *qp,
			 const struct dmvpn_peer *peer,
			 const struct dmvpn_rules *rules, u64 now)
{
	struct dmvpn_queue *queue;

	queue = dmvpn_queue_new(rules, q->rate, READ_ONCE(peer->rate));
	if (!queue) {
		dmvpn_qpeer_release(q, qp);
		return false;
	}
	queue->owner = qp;
	dmvpn_egress_leave(&q->egress, qp->queue);
	queue_move(qp->queue, queue, rules);
	dmvpn_queue_free(qp->queue);
	qp->queue = queue;
	dmvpn_egress_enter(&q->egress, queue, now);
	return true;
}

/* The peer, if it is still the same. */
static struct dmvpn_peer *peer_of(struct dmvpn_qdisc *q,
				  const struct dmvpn_qpeer *qp)
{
	struct dmvpn_peer *peer = dmvpn_peer_find(q->dd, &qp->key.remote,
						  qp->key.port);

	return peer && peer->id == qp->id ? peer : NULL;
}

/* It may send earlier or later than it thought. */
static void qpeer_set_rates(struct dmvpn_qdisc *q, struct dmvpn_qpeer *qp,
			    const struct dmvpn_rules *rules, u64 limit, u64 now)
{
	dmvpn_egress_leave(&q->egress, qp->queue);
	dmvpn_queue_set_rates(qp->queue, rules, q->rate, limit);
	dmvpn_egress_enter(&q->egress, qp->queue, now);
}

/**
 * dmvpn_qpeer_check() - is a queue as the peer's policy says?
 * @q: qdisc
 * @qp: peer
 * @now: in ns
 *
 * Context: the qdisc's lock, RCU.
 * Return: false if it was replaced or has another limit, or is gone with its
 * peer or its policy.
 */
bool dmvpn_qpeer_check(struct dmvpn_qdisc *q, struct dmvpn_qpeer *qp, u64 now)
{
	/* Before what has changed: dmvpn_policy_changed(). */
	const int changes = atomic_read_acquire(&dmvpn_policy_changes);
	const struct dmvpn_policy *policy;
	const struct dmvpn_rules *rules;
	const struct dmvpn_peer *peer;
	u64 limit;

	if (qp->changes == changes)
		return true;
	qp->changes = changes;
	peer = peer_of(q, qp);
	if (!peer) {
		dmvpn_egress_leave(&q->egress, qp->queue);
		qpeer_drop_all(q, qp);
		qpeer_free(q, qp);
		return false;
	}
	policy = rcu_dereference(peer->policy);
	if (!policy) {
		dmvpn_qpeer_release(q, qp);
		return false;
	}
	rules = rcu_dereference(policy->rules);
	limit = READ_ONCE(peer->rate);
	if (!dmvpn_queue_fits(qp->queue, rules))
		dmvpn_qpeer_rebuild(q, qp, peer, rules, now);
	else if (qp->queue->limit != limit || qp->queue->rate != q->rate)
		qpeer_set_rates(q, qp, rules, limit, now);
	else
		return true;
	return false;
}

/* ---- all peers ---- */

static bool qpeer_is_idle(const struct dmvpn_qdisc *q,
			  const struct dmvpn_qpeer *qp)
{
	return !dmvpn_queue_len(qp->queue) &&
	       time_after(jiffies, qp->used + (unsigned long)q->idle * HZ);
}

/**
 * dmvpn_qpeers_look() - let those go that nobody needs
 * @q: qdisc
 * @now: in ns
 *
 * Context: the qdisc's lock, RCU.
 */
void dmvpn_qpeers_look(struct dmvpn_qdisc *q, u64 now)
{
	u32 n = min_t(u32, q->n_peers, LOOK_BATCH);
	struct dmvpn_qpeer *qp, *next;

	if (!n || now < q->look)
		return;
	q->look = now + div_u64(LOOK_PERIOD * n, q->n_peers);
	list_for_each_entry_safe(qp, next, &q->peer_list, list) {
		if (!n--)
			break;
		list_move_tail(&qp->list, &q->peer_list);
		if (dmvpn_qpeer_check(q, qp, now) && qpeer_is_idle(q, qp))
			qpeer_free(q, qp);
	}
}

/**
 * dmvpn_qpeers_clear() - drop all packets and queues
 * @q: qdisc
 *
 * Context: the qdisc's lock.
 */
void dmvpn_qpeers_clear(struct dmvpn_qdisc *q)
{
	struct dmvpn_qpeer *qp, *next;
	struct sk_buff *skb;

	list_for_each_entry_safe(qp, next, &q->peer_list, list) {
		dmvpn_egress_leave(&q->egress, qp->queue);
		while ((skb = dmvpn_queue_pop(qp->queue)))
			kfree_skb(skb);
		qpeer_free(q, qp);
	}
}

int dmvpn_qpeers_init(struct dmvpn_qdisc *q)
{
	INIT_LIST_HEAD(&q->peer_list);
	return rhashtable_init(&q->peers, &qpeer_params);
}

/* All queues are gone. */
void dmvpn_qpeers_exit(struct dmvpn_qdisc *q)
{
	rhashtable_destroy(&q->peers);
}
