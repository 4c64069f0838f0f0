// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdlib.h>

#include "nhrpd/adapt.h"
#include "nhrpd/cache.h"
#include "nhrpd/ext.h"
#include "nhrpd/group.h"
#include "nhrpd/observe.h"
#include "nhrpd/own.h"
#include "nhrpd/send.h"

/* A question while packets go, and a look whether some do. */
#define ASK_MS		1000
#define IDLE_MS		2000
/* So few packets are questions, and what else goes on by itself. */
#define IDLE_PACKETS	5
/* Without answers to so many questions it has half the rate. */
#define UNANSWERED	3

/* More than these are too many lost, and too late. */
#define LOST_PERCENT	2
#define LOST_PACKETS	2
#define LATE_MS		50
/* The quickest answer is one of two such periods: paths change. */
#define QUICK_MS	30000

/* Below what arrives, so that what waits on the way can go. */
#define DOWN_PERCENT	85
#define UP_PERCENT	10
/* So much of the rate is used by one who wants more. */
#define USED_PERCENT	75

/**
 * struct adapt - a peer whose rate is adapted
 * @peer: see there
 * @timer: next question
 * @lower: bits a second at least
 * @upper: bits a second at most
 * @rate: bits a second now
 * @id: of the question that is not answered yet, 0 for none
 * @unanswered: questions before that one
 * @answers: it has answered once
 * @asked: when that question was sent
 * @sent: what the peer had been sent then
 * @last: there was an answer before: to @last_asked, @last_sent, @last_got
 * @last_asked: when that question was sent
 * @last_sent: what the peer had been sent then
 * @last_got: what it had got
 * @quick: ms that the quickest answers took, in this period and the last one
 * @period: when this one began
 * @late: ms that the last answer was late
 */
struct adapt {
	struct peer *peer;
	struct timer timer;
	uint64_t lower;
	uint64_t upper;
	uint64_t rate;
	uint32_t id;
	unsigned int unanswered;
	bool answers;
	uint64_t asked;
	struct nhrp_received sent;
	bool last;
	uint64_t last_asked;
	struct nhrp_received last_sent;
	struct nhrp_received last_got;
	uint64_t quick[2];
	uint64_t period;
	uint64_t late;
};

static uint64_t at_least(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t at_most(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* ---- the rate ---- */

static uint64_t per_second(uint64_t bytes, uint64_t ms)
{
	return ms ? bytes * 8 * 1000 / ms : 0;
}

static bool is_too_much(const struct adapt_span *span)
{
	uint64_t lost = span->sent_packets > span->got_packets ?
			span->sent_packets - span->got_packets : 0;

	return span->late_ms > LATE_MS ||
	       (lost > LOST_PACKETS &&
		lost * 100 > span->sent_packets * LOST_PERCENT);
}

uint64_t adapt_next(uint64_t rate, uint64_t lower, uint64_t upper,
		    const struct adapt_span *span)
{
	uint64_t sent = per_second(span->sent_bytes, span->ms);
	uint64_t got = per_second(span->got_bytes, span->ms);

	if (is_too_much(span))
		rate = at_most(rate, got * DOWN_PERCENT / 100);
	else if (sent * 100 >= rate * USED_PERCENT)
		rate += rate * UP_PERCENT / 100;
	return at_least(at_most(rate, upper), at_most(lower, upper));
}

static void set_rate(struct adapt *a, uint64_t rate)
{
	if (a->rate == rate)
		return;
	a->rate = rate;
	group_apply(a->peer);
}

static void judge(struct adapt *a, const struct adapt_span *span)
{
	struct peer *peer = a->peer;
	uint64_t rate = adapt_next(a->rate, a->lower, a->upper, span);

	observe(peer->ifc->nhrp, NHRP_EVENT_GROUP, NHRP_LEVEL_DEBUG,
		(struct subject){ peer->ifc, NULL, &peer->nbma },
		"%s got %" PRIu64 " bit/s, %" PRIu64 " of %" PRIu64
		" packets, %" PRIu64 " ms late: %" PRIu64 " bit/s, not %"
		PRIu64, nbma_text(&peer->nbma).t,
		per_second(span->got_bytes, span->ms), span->got_packets,
		span->sent_packets, span->late_ms, rate, a->rate);
	set_rate(a, rate);
}

/* ---- answers ---- */

/*
 * How much longer answers take than the quickest ones did. One may be late
 * because somebody was busy; two in a row were kept waiting on the way.
 */
static uint64_t lateness(struct adapt *a, uint64_t now)
{
	uint64_t ms = now - a->asked, before = a->late;

	if (now - a->period >= QUICK_MS) {
		a->quick[1] = a->quick[0];
		a->quick[0] = ms;
		a->period = now;
	}
	a->quick[0] = at_most(a->quick[0], ms);
	a->late = ms - at_most(a->quick[0], a->quick[1]);
	return at_most(a->late, before);
}

/* Counters of a peer that was made anew begin with 0. */
static bool goes_on(const struct nhrp_received *was,
		    const struct nhrp_received *is)
{
	return is->packets >= was->packets && is->bytes >= was->bytes;
}

static void take(struct adapt *a, const struct nhrp_received *got)
{
	bool compares = a->last && goes_on(&a->last_sent, &a->sent) &&
			goes_on(&a->last_got, got);
	struct adapt_span span = {
		.ms = a->asked - a->last_asked,
		.sent_packets = a->sent.packets - a->last_sent.packets,
		.sent_bytes = a->sent.bytes - a->last_sent.bytes,
		.got_packets = got->packets - a->last_got.packets,
		.got_bytes = got->bytes - a->last_got.bytes,
		.late_ms = lateness(a, a->peer->ifc->nhrp->now),
	};

	a->id = 0;
	a->unanswered = 0;
	a->answers = true;
	a->last = true;
	a->last_asked = a->asked;
	a->last_sent = a->sent;
	a->last_got = *got;
	if (compares)
		judge(a, &span);
}

/* It answers, but not what we ask: nor will it the next time. */
static void give_up(struct adapt *a)
{
	a->id = 0;
	timer_stop(&a->peer->ifc->nhrp->timers, &a->timer);
	set_rate(a, a->upper);
}

bool adapt_reply(struct packet *pkt)
{
	struct peer *peer = peer_of(pkt->ifc, &pkt->from, pkt->session);
	struct adapt *a = peer ? peer->adapt : NULL;
	struct nhrp_received got;
	bool says = ext_received_get(&pkt->msg, NHRP_GROUP_ANSWERS, &got);

	if (!a || !a->id || a->id != pkt->msg.id) {
		if (says)
			packet_drop(pkt, NHRP_DROP_NO_REQUEST);
		return says;
	}
	if (says)
		take(a, &got);
	else
		give_up(a);
	return true;
}

/* ---- questions ---- */

static int counters_of(const struct peer *peer, struct nhrp_received *sent,
		       struct nhrp_received *got)
{
	struct nhrp *n = peer->ifc->nhrp;
	struct kernel_peer k;
	int err;

	err = n->ops->peer_get(n->ctx, peer->ifc->dev.ifindex, &peer->nbma,
			       &k);
	if (err)
		return err;
	*sent = (struct nhrp_received){ k.tx_packets, k.tx_bytes };
	*got = (struct nhrp_received){ k.rx_packets, k.rx_bytes };
	return 0;
}

/* About its own address, as any node would answer. */
static void send_question(struct adapt *a)
{
	static const struct nhrp_received nothing;
	struct peer *peer = a->peer;
	struct iface *ifc = peer->ifc;
	const struct cache_entry *entry;
	struct nhrp_cie cie;
	struct nhrp_msg msg;

	if (list_empty(&peer->entries))
		return;
	entry = container_of(peer->entries.next, struct cache_entry, peer_link);
	msg_init(ifc, &msg, NHRP_RESOLUTION_REQUEST, &entry->b.proto,
		 &peer->nbma.addr);
	cie = own_cie(ifc, &entry->b.proto, &peer->nbma.addr);
	cie.nbma = (struct addr){ 0 };
	cie.proto = (struct addr){ 0 };
	msg.cie[msg.n_cie++] = cie;
	do
		msg.id = ifc->nhrp->ops->random(ifc->nhrp->ctx);
	while (!msg.id);
	if (!ext_received_set(&msg, NHRP_GROUP_ASKS, &nothing) ||
	    !send_own(ifc, &peer->nbma, &msg))
		return;
	a->id = msg.id;
	a->asked = ifc->nhrp->now;
}

static void not_answered(struct adapt *a)
{
	if (++a->unanswered >= UNANSWERED && a->answers)
		set_rate(a, at_least(a->rate / 2, at_most(a->lower, a->upper)));
}

static void due(struct timer *t)
{
	struct adapt *a = container_of(t, struct adapt, timer);
	struct nhrp *n = a->peer->ifc->nhrp;
	struct nhrp_received sent = a->sent, got;
	bool idle = !peer_is_up(a->peer) ||
		    counters_of(a->peer, &sent, &got) ||
		    sent.packets - a->sent.packets <= IDLE_PACKETS;
	bool open = a->id;

	timer_set(&n->timers, t, nhrp_in(n, idle ? IDLE_MS : ASK_MS));
	a->sent = sent;
	a->id = 0;
	if (idle) {
		a->last = false;
		return;
	}
	send_question(a);
	if (open)
		not_answered(a);
}

bool adapt_request(struct packet *pkt)
{
	struct nhrp_received sent, got;
	struct iface *ifc = pkt->ifc;
	struct nhrp_msg msg;
	struct peer *peer;

	if (!ext_received_get(&pkt->msg, NHRP_GROUP_ASKS, &got) ||
	    !is_own_proto(ifc, &pkt->msg.dst_proto))
		return false;
	peer = peer_of(ifc, &pkt->from, pkt->session);
	if (!peer || counters_of(peer, &sent, &got)) {
		packet_drop(pkt, NHRP_DROP_NO_PATH);
		return true;
	}
	msg_init_reply(ifc, &msg, &pkt->msg, NHRP_RESOLUTION_REPLY);
	msg.cie[msg.n_cie++] = own_cie(ifc, &pkt->msg.dst_proto,
				       &pkt->msg.src_nbma);
	if (ext_received_set(&msg, NHRP_GROUP_ANSWERS, &got))
		send_own(ifc, &pkt->from, &msg);
	else
		packet_drop(pkt, NHRP_DROP_TOO_LONG);
	return true;
}

/* ---- life ---- */

static struct adapt *create(struct peer *peer, uint64_t upper)
{
	struct nhrp *n = peer->ifc->nhrp;
	struct adapt *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->peer = peer;
	a->rate = upper;
	a->quick[0] = UINT64_MAX;
	a->quick[1] = UINT64_MAX;
	a->period = n->now;
	timer_init(&a->timer, due);
	timer_set(&n->timers, &a->timer, nhrp_in(n, ASK_MS));
	return a;
}

uint64_t adapt_between(struct peer *peer, uint64_t lower, uint64_t upper)
{
	struct adapt *a;

	if (!lower || !upper) {
		adapt_free(peer);
		return upper;
	}
	if (!peer->adapt)
		peer->adapt = create(peer, upper);
	a = peer->adapt;
	if (!a)
		return upper;
	a->lower = lower;
	a->upper = upper;
	a->rate = at_most(at_least(a->rate, lower), upper);
	return a->rate;
}

void adapt_free(struct peer *peer)
{
	if (!peer->adapt)
		return;
	timer_stop(&peer->ifc->nhrp->timers, &peer->adapt->timer);
	free(peer->adapt);
	peer->adapt = NULL;
}
