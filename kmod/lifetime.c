// SPDX-License-Identifier: GPL-2.0
/*
 * How long an SA lives: limits in packets, bytes and seconds. At a soft limit
 * the IKE daemon is asked for another SA; at a hard one the SA stops there and
 * then, to the packet, and is deleted by its work.
 */
#include <linux/skbuff.h>
#include <linux/timekeeping.h>

#include "netlink.h"
#include "sa.h"
#include "upcall.h"
#include "wq.h"

/* Ask well before the last number. */
#define SEQ_MARGIN	BIT(24)

static void sa_queue(struct dmvpn_sa *sa)
{
	queue_work(dmvpn_wq, &sa->work);
}

/**
 * dmvpn_sa_report() - a packet found something that needs a process
 * @sa: SA, which the caller may use
 * @event: DMVPN_SA_*, handled once until it is cleared
 *
 * Context: any.
 */
void dmvpn_sa_report(struct dmvpn_sa *sa, unsigned int event)
{
	if (!test_bit(event, &sa->events) &&
	    !test_and_set_bit(event, &sa->events))
		sa_queue(sa);
}

/**
 * dmvpn_sa_stop() - an SA passes nothing from now on
 * @sa: SA of a session, which the caller may use
 *
 * What is to be sent waits for the next SA, as at the beginning of a session.
 *
 * Context: any.
 */
void dmvpn_sa_stop(struct dmvpn_sa *sa)
{
	bool first = !test_and_set_bit(DMVPN_SA_HARD, &sa->events);

	/* Always: it may have been put into use just now. */
	cmpxchg(&sa->session->out, RCU_INITIALIZER(sa), NULL);
	if (first)
		sa_queue(sa);
}

/**
 * dmvpn_sa_retire() - the IKE daemon does not need an SA any more
 * @sa: SA of a session
 *
 * A lost message may have kept the peer from what replaces it. So an outbound
 * one is deleted when its pair is gone, or when another one is in use and the
 * peer was not heard on its pair for a while. An inbound one is closed, so
 * what it is the pair of is of no use, and stays for what still comes.
 *
 * Context: dn->lock.
 */
void dmvpn_sa_retire(struct dmvpn_sa *sa)
{
	sa->retired = true;
	if (sa->key.dir == DMVPN_SA_DIR_IN)
		dmvpn_session_pair_gone(sa->session, sa->key.spi);
	else
		sa_queue(sa);
}

/* ---- packets and bytes ---- */

/* The bytes of the first @n packets of a list. */
static u64 list_bytes(const struct sk_buff *list, unsigned int n,
		      unsigned int head)
{
	u64 bytes = (u64)n * head;

	for (; n; n--, list = list->next)
		bytes += list->len;
	return bytes;
}

/* How many of the first @n packets of a list have @room bytes in all. */
static unsigned int list_fit(const struct sk_buff *list, unsigned int n,
			     unsigned int head, u64 room)
{
	unsigned int fit = 0;

	for (; fit < n && list->len + head <= room; list = list->next) {
		room -= list->len + head;
		fit++;
	}
	return fit;
}

/*
 * Count the bytes of @n packets, or of as many as the hard limit allows.
 * Returns their number.
 */
static unsigned int reserve_bytes(struct dmvpn_sa *sa,
				  const struct sk_buff *list, unsigned int n,
				  unsigned int head, u64 *total)
{
	const u64 hard = sa->limits.hard_bytes;
	s64 old;

	if (!hard) {
		*total = atomic64_add_return(list_bytes(list, n, head),
					     &sa->bytes);
		return n;
	}
	old = atomic64_read(&sa->bytes);
	do {
		n = list_fit(list, n, head, hard - old);
		*total = old + list_bytes(list, n, head);
	} while (!atomic64_try_cmpxchg(&sa->bytes, &old, *total));
	return n;
}

static bool is_soft(const struct dmvpn_limits *limits, u64 bytes)
{
	return limits->soft_bytes && bytes >= limits->soft_bytes;
}

static bool is_last(const struct dmvpn_limits *limits, u64 bytes)
{
	return limits->hard_bytes && bytes >= limits->hard_bytes;
}

/**
 * dmvpn_sa_reserve() - take sequence numbers for packets to send
 * @sa: outbound SA
 * @list: packets
 * @head: bytes that come before each of them
 * @seq: gets the first number
 *
 * Numbers are never given back: a number that went into a cipher must not
 * come again, and one that did not is only a gap.
 *
 * Context: any, RCU.
 * Return: how many of the packets, from the first one on, may be sent; fewer
 * than there are only at a hard limit.
 */
unsigned int dmvpn_sa_reserve(struct dmvpn_sa *sa, const struct sk_buff *list,
			      unsigned int head, u64 *seq)
{
	unsigned int wanted = 0, n;
	const struct sk_buff *skb;
	u64 last, bytes;

	if (test_bit(DMVPN_SA_HARD, &sa->events)) {
		dmvpn_sa_stop(sa);
		return 0;
	}
	for (skb = list; skb; skb = skb->next)
		wanted++;
	last = atomic64_add_return(wanted, &sa->seq);
	*seq = last - wanted + 1;
	n = wanted;
	if (last > sa->seq_hard)
		n = *seq <= sa->seq_hard ? sa->seq_hard - *seq + 1 : 0;
	n = reserve_bytes(sa, list, n, head, &bytes);
	if (n < wanted)
		atomic64_add(wanted - n, &sa->unused);
	if (n < wanted || last == sa->seq_hard || is_last(&sa->limits, bytes))
		dmvpn_sa_stop(sa);
	else if (last >= sa->seq_soft || is_soft(&sa->limits, bytes))
		dmvpn_sa_report(sa, DMVPN_SA_SOFT_DUE);
	if (n)
		dmvpn_sa_touch(sa);
	return n;
}

/* Count a packet unless it is over a hard limit. Under sa->lock. */
static bool count_in(struct dmvpn_sa *sa, unsigned int len)
{
	const struct dmvpn_limits *limits = &sa->limits;
	u64 bytes = sa->rx_bytes + len;

	if (limits->hard_bytes && bytes > limits->hard_bytes) {
		dmvpn_sa_stop(sa);
		return false;
	}
	sa->rx_packets++;
	sa->rx_bytes = bytes;
	if (sa->rx_packets == limits->hard_packets || is_last(limits, bytes))
		dmvpn_sa_stop(sa);
	else if (is_soft(limits, bytes) ||
		 (limits->soft_packets &&
		  sa->rx_packets >= limits->soft_packets))
		dmvpn_sa_report(sa, DMVPN_SA_SOFT_DUE);
	return true;
}

/**
 * dmvpn_sa_accept() - an authenticated packet came in
 * @sa: inbound SA
 * @seq: its number
 * @bytes: its bytes
 *
 * Context: BH off, RCU.
 * Return: false if it was seen, is too old, or is over a hard limit.
 */
bool dmvpn_sa_accept(struct dmvpn_sa *sa, u64 seq, unsigned int bytes)
{
	bool ok = false;

	spin_lock(&sa->lock);
	if (!dmvpn_replay_advance(&sa->replay, seq))
		atomic64_inc(&sa->replayed);
	else if (test_bit(DMVPN_SA_HARD, &sa->events) || !count_in(sa, bytes))
		atomic64_inc(&sa->errors);
	else
		ok = true;
	spin_unlock(&sa->lock);
	if (ok) {
		dmvpn_sa_touch(sa);
		dmvpn_sa_report(sa, DMVPN_SA_PROVED);
	}
	return ok;
}

/**
 * dmvpn_sa_packets() - packets that an SA carried
 * @sa: SA
 */
u64 dmvpn_sa_packets(struct dmvpn_sa *sa)
{
	u64 n;

	if (sa->key.dir == DMVPN_SA_DIR_OUT)
		return atomic64_read(&sa->seq) - sa->seq_first -
		       atomic64_read(&sa->unused) - atomic64_read(&sa->errors);
	spin_lock_bh(&sa->lock);
	n = sa->rx_packets;
	spin_unlock_bh(&sa->lock);
	return n;
}

/**
 * dmvpn_sa_bytes() - bytes that an SA carried, without ESP
 * @sa: SA
 */
u64 dmvpn_sa_bytes(struct dmvpn_sa *sa)
{
	u64 n;

	if (sa->key.dir == DMVPN_SA_DIR_OUT)
		return atomic64_read(&sa->bytes);
	spin_lock_bh(&sa->lock);
	n = sa->rx_bytes;
	spin_unlock_bh(&sa->lock);
	return n;
}

/**
 * dmvpn_sa_seq() - highest number that was used or seen
 * @sa: SA
 */
u64 dmvpn_sa_seq(struct dmvpn_sa *sa)
{
	if (sa->key.dir == DMVPN_SA_DIR_OUT)
		return min_t(u64, atomic64_read(&sa->seq), sa->seq_hard);
	return READ_ONCE(sa->replay.top);
}

/* ---- seconds, and what needs a process ---- */

/* Has a time come? If not, @next is not to be later. */
static bool is_due(const struct dmvpn_sa *sa, u64 ns, ktime_t *next)
{
	ktime_t end = ktime_add_ns(sa->created, ns);

	if (!ns)
		return false;
	if (ktime_compare(ktime_get_boottime(), end) >= 0)
		return true;
	*next = min(*next, end);
	return false;
}

/* The inbound SA of the same exchange, if it is there and not closed. */
static struct dmvpn_sa *pair_of(const struct dmvpn_sa *out)
{
	struct dmvpn_sa *sa;

	list_for_each_entry(sa, &out->session->sas, list)
		if (sa->key.dir == DMVPN_SA_DIR_IN &&
		    sa->key.spi == out->pair && !sa->retired)
			return sa;
	return NULL;
}

static bool in_use(const struct dmvpn_sa *sa)
{
	return rcu_access_pointer(sa->session->out) == sa;
}

/* When a packet went through an SA last, 0 for never. */
static ktime_t last_used(const struct dmvpn_sa *sa)
{
	unsigned long used = READ_ONCE(sa->used);

	if (!used)
		return 0;
	return ktime_sub_ms(ktime_get_boottime(), dmvpn_ms_since(used));
}

/* When the peer was last heard, since there is a standby SA. */
static ktime_t last_heard(const struct dmvpn_sa *standby)
{
	ktime_t heard = standby->created;
	struct dmvpn_sa *sa;

	list_for_each_entry(sa, &standby->session->sas, list)
		if (sa->key.dir == DMVPN_SA_DIR_IN)
			heard = max(heard, last_used(sa));
	return heard;
}

/**
 * dmvpn_sa_known() - when the peer is known to have had an SA last
 * @sa: outbound SA of a session
 *
 * IKE made it, or the peer was heard on its pair.
 *
 * Context: dn->lock.
 * Return: time since boot.
 */
ktime_t dmvpn_sa_known(const struct dmvpn_sa *sa)
{
	const struct dmvpn_sa *pair = pair_of(sa);

	return pair ? max(sa->created, last_used(pair)) : sa->created;
}

/*
 * Is it time to send through a standby SA? Best when the peer was heard on its
 * pair. As long as it is heard on others, it has those: IKE messages may have
 * been lost, and it may not have the new ones. So the one in use stays in use
 * until shortly before its end, which the peer's clock may say comes earlier.
 * A peer that is silent may have forgotten the old ones.
 */
static bool standby_is_due(const struct dmvpn_sa *sa, ktime_t *next)
{
	const struct dmvpn_sa *pair = pair_of(sa), *out;
	ktime_t end;
	u64 life;

	if (pair && test_bit(DMVPN_SA_PROVED, &pair->events))
		return true;
	out = rcu_dereference_protected(sa->session->out,
					lockdep_is_held(&sa->dn->lock));
	if (!out)
		return true;
	life = out->limits.hard_seconds * NSEC_PER_SEC;
	if (is_due(out, life - life / 16, next))
		return true;
	end = ktime_add_ns(last_heard(sa), DMVPN_SA_SILENCE);
	*next = min(*next, end);
	return ktime_compare(ktime_get_boottime(), end) >= 0;
}

/* Is it time for a retired SA to go? */
static bool retired_is_due(const struct dmvpn_sa *sa, ktime_t *next)
{
	ktime_t end;

	if (!pair_of(sa))
		return true;
	if (in_use(sa))
		return false;
	end = ktime_add_ns(dmvpn_sa_known(sa), DMVPN_SA_SILENCE);
	*next = min(*next, end);
	return ktime_compare(ktime_get_boottime(), end) >= 0;
}

/* The peer uses the inbound SA, so it has the outbound one's pair too. */
static void promote_pair(struct dmvpn_sa *in)
{
	struct dmvpn_sa *sa;

	list_for_each_entry(sa, &in->session->sas, list) {
		if (sa->key.dir == DMVPN_SA_DIR_OUT && sa->standby &&
		    sa->pair == in->key.spi) {
			dmvpn_session_use(in->session, sa);
			return;
		}
	}
}

/* Again and again until a daemon listens: none may be there just now. */
static void tell_moved(struct dmvpn_sa *sa, ktime_t *next)
{
	struct dmvpn_addr remote;
	__be16 port;

	spin_lock_bh(&sa->lock);
	remote = sa->moved;
	port = sa->moved_port;
	spin_unlock_bh(&sa->lock);
	if (!dmvpn_upcall_moved(sa, &remote, port))
		*next = min(*next, ktime_add_ns(ktime_get_boottime(),
						NSEC_PER_SEC));
}

/* All that is not for packets; returns when to look again. */
static ktime_t sa_tick(struct dmvpn_sa *sa)
{
	const struct dmvpn_limits *limits = &sa->limits;
	ktime_t next = KTIME_MAX;

	if (is_due(sa, limits->hard_seconds * NSEC_PER_SEC, &next))
		dmvpn_sa_stop(sa);
	if (test_bit(DMVPN_SA_HARD, &sa->events)) {
		dmvpn_upcall_expire(sa, true);
		dmvpn_sa_del(sa);
		return KTIME_MAX;
	}
	if (sa->key.dir == DMVPN_SA_DIR_OUT && sa->retired &&
	    retired_is_due(sa, &next)) {
		dmvpn_sa_del(sa);
		return KTIME_MAX;
	}
	if (test_bit(DMVPN_SA_PROVED, &sa->events))
		promote_pair(sa);
	if (sa->standby && standby_is_due(sa, &next))
		dmvpn_session_use(sa->session, sa);
	if (test_bit(DMVPN_SA_MOVED, &sa->events))
		tell_moved(sa, &next);
	if (test_bit(DMVPN_SA_SOFT, &sa->events))
		return next;
	if (is_due(sa, limits->soft_seconds * NSEC_PER_SEC, &next) ||
	    test_bit(DMVPN_SA_SOFT_DUE, &sa->events)) {
		set_bit(DMVPN_SA_SOFT, &sa->events);
		dmvpn_upcall_expire(sa, false);
	}
	return next;
}

static void sa_work(struct work_struct *work)
{
	struct dmvpn_sa *sa = container_of(work, struct dmvpn_sa, work);
	struct dmvpn_net *dn = sa->dn;
	ktime_t next;

	mutex_lock(&dn->lock);
	if (sa->gone)
		goto out;
	if (!sa->aead) {
		dmvpn_sa_del(sa);
		goto out;
	}
	next = sa_tick(sa);
	if (next != KTIME_MAX)
		hrtimer_start(&sa->timer, next, HRTIMER_MODE_ABS_SOFT);
out:
	mutex_unlock(&dn->lock);
}

/* A hard limit holds even while others keep the work from being done. */
static enum hrtimer_restart sa_timer(struct hrtimer *timer)
{
	struct dmvpn_sa *sa = container_of(timer, struct dmvpn_sa, timer);
	ktime_t next = KTIME_MAX;

	if (is_due(sa, sa->limits.hard_seconds * NSEC_PER_SEC, &next))
		dmvpn_sa_stop(sa);
	else
		sa_queue(sa);
	return HRTIMER_NORESTART;
}

/**
 * dmvpn_sa_lifetime_init() - an SA, or a reserved SPI, begins
 * @sa: new
 */
void dmvpn_sa_lifetime_init(struct dmvpn_sa *sa)
{
	/* A machine that sleeps does not stop the limits. */
	sa->created = ktime_get_boottime();
	hrtimer_setup(&sa->timer, sa_timer, CLOCK_BOOTTIME,
		      HRTIMER_MODE_ABS_SOFT);
	INIT_WORK(&sa->work, sa_work);
}

/**
 * dmvpn_sa_lifetime_set() - an SA gets its limits
 * @sa: new
 * @conf: what the IKE daemon says
 *
 * Without ESN the number must not wrap (RFC 4303, 3.3.3).
 */
void dmvpn_sa_lifetime_set(struct dmvpn_sa *sa,
			   const struct dmvpn_sa_conf *conf)
{
	const struct dmvpn_limits *limits = &conf->limits;
	u64 max = conf->esn ? S64_MAX : U32_MAX;

	sa->limits = *limits;
	sa->seq_first = conf->seq;
	atomic64_set(&sa->seq, conf->seq);
	sa->seq_soft = max - SEQ_MARGIN;
	sa->seq_hard = max;
	if (limits->soft_packets && limits->soft_packets < max - conf->seq)
		sa->seq_soft = min(sa->seq_soft,
				   conf->seq + limits->soft_packets);
	if (limits->hard_packets && limits->hard_packets < max - conf->seq)
		sa->seq_hard = conf->seq + limits->hard_packets;
}

/**
 * dmvpn_sa_lifetime_end() - no timer and no work of this SA runs any more
 * @sa: not in the tables
 *
 * Context: process, not dn->lock.
 */
void dmvpn_sa_lifetime_end(struct dmvpn_sa *sa)
{
	hrtimer_cancel(&sa->timer);
	cancel_work_sync(&sa->work);
}
