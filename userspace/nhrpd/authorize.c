// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "nhrpd/authorize.h"
#include "nhrpd/codec.h"
#include "nhrpd/ext.h"
#include "nhrpd/group.h"
#include "nhrpd/observe.h"
#include "nhrpd/peer.h"
#include "nhrpd/server.h"

static bool is_of(const struct pending *p, const struct packet *pkt)
{
	return p->session == pkt->session && nbma_equal(&p->from, &pkt->from);
}

static struct pending *find(const struct packet *pkt)
{
	struct pending *p;

	list_for_each(p, &pkt->ifc->pending, struct pending, link)
		if (is_of(p, pkt) && addr_equal(&p->proto, &pkt->msg.src_proto))
			return p;
	return NULL;
}

unsigned int authorize_waiting(const struct packet *pkt)
{
	struct pending *p;
	unsigned int n = 0;

	list_for_each(p, &pkt->ifc->pending, struct pending, link)
		n += is_of(p, pkt) &&
		     !addr_equal(&p->proto, &pkt->msg.src_proto);
	return n;
}

/* Nobody can find it any more. */
static void unlink_pending(struct pending *p)
{
	timer_stop(&p->ifc->nhrp->timers, &p->timer);
	list_del(&p->link);
	p->ifc->n_pending--;
}

static void pending_free(struct pending *p)
{
	unlink_pending(p);
	free(p->data);
	free(p);
}

/* ---- answers ---- */

/* The request is looked at again: things may have changed meanwhile. */
static void decided(struct pending *p, enum verdict said, const char *reason)
{
	struct packet pkt = {
		.ifc = p->ifc,
		.from = p->from,
		.session = p->session,
		.data = p->data,
		.len = p->len,
	};

	/* A binding that ends may take its session along, and who waits. */
	unlink_pending(p);
	if (nhrp_decode(&pkt.msg, pkt.data, pkt.len) == NHRP_DECODE_OK)
		server_decided(&pkt, said, &p->grant, reason);
	free(p->data);
	free(p);
}

static enum verdict by_default(const struct iface *ifc)
{
	return ifc->conf.authorize_accept ? VERDICT_ACCEPT : VERDICT_DENY;
}

static void no_answer(struct timer *t)
{
	struct pending *p = container_of(t, struct pending, timer);

	/* Not given for long: the next renewal asks again. */
	p->grant.given = false;
	decided(p, by_default(p->ifc), NULL);
}

static struct pending *find_id(const struct nhrp *n, uint32_t id)
{
	struct iface *ifc;
	struct pending *p;

	list_for_each(ifc, &n->ifaces, struct iface, link)
		list_for_each(p, &ifc->pending, struct pending, link)
			if (p->id == id)
				return p;
	return NULL;
}

bool nhrp_authorized(struct nhrp *n, uint64_t now,
		     const struct nhrp_answer *answer)
{
	struct pending *p = find_id(n, answer->id);

	n->now = now;
	if (!p || strcmp(p->ifc->conf.authorize, answer->socket))
		return false;
	if (answer->holdtime && answer->holdtime < p->grant.holdtime)
		p->grant.holdtime = answer->holdtime;
	p->grant.given = answer->accept;
	decided(p, answer->accept ? VERDICT_ACCEPT : VERDICT_DENY,
		answer->reason ? answer->reason : "");
	return true;
}

static struct pending *first_of(const struct nhrp *n, const char *socket)
{
	struct iface *ifc;

	list_for_each(ifc, &n->ifaces, struct iface, link)
		if (!list_empty(&ifc->pending) &&
		    !strcmp(ifc->conf.authorize, socket))
			return list_entry(ifc->pending.next, struct pending,
					  link);
	return NULL;
}

void nhrp_authorizer_lost(struct nhrp *n, uint64_t now, const char *socket)
{
	struct pending *p;

	n->now = now;
	/* The end of one may be that of others. */
	while ((p = first_of(n, socket)))
		no_answer(&p->timer);
}

/* ---- questions ---- */

static bool is_known(const struct packet *pkt, struct grant *grant)
{
	const struct cache_entry *entry = cache_find(pkt->ifc,
						     &pkt->msg.src_proto);
	const struct binding *b = entry ? &entry->b : NULL;
	struct nhrp_group group;

	ext_group_get(&pkt->msg, NHRP_GROUP_ASKS, &group);
	if (!b || b->kind != DMVPN_NEXTHOP_KIND_REGISTERED ||
	    !b->grant.given || b->grant.session != pkt->session ||
	    !nbma_equal(&b->nbma, &pkt->from) ||
	    !addr_equal(&b->grant.claimed, &pkt->msg.src_nbma) ||
	    grant->asked > b->grant.asked || !group_is(entry->peer, group.name))
		return false;
	*grant = b->grant;
	return true;
}

/* Sent again, it may have another request id to be answered. */
static bool keep(struct pending *p, const struct packet *pkt)
{
	uint8_t *data = malloc(pkt->len);

	if (!data)
		return false;
	memcpy(data, pkt->data, pkt->len);
	free(p->data);
	p->data = data;
	p->len = pkt->len;
	return true;
}

/* The answer is about what was asked, and not about what came since. */
static bool is_other(const struct pending *p, const struct packet *pkt)
{
	struct nhrp_group group;

	ext_group_get(&pkt->msg, NHRP_GROUP_ASKS, &group);
	return !addr_equal(&p->grant.claimed, &pkt->msg.src_nbma) ||
	       strcmp(p->group.name, group.name);
}

static int ask(struct pending *p)
{
	const struct nhrp *n = p->ifc->nhrp;
	char identity[IDENTITY_SIZE];
	struct nhrp_question question = {
		.id = p->id,
		.socket = p->ifc->conf.authorize,
		.ifname = p->ifc->conf.name,
		.proto = p->proto,
		.nbma = p->from,
		.claimed = p->grant.claimed,
		.identity = identity,
		.session = p->session,
		.holdtime = p->grant.asked,
		.group = p->group.name,
	};

	peer_identity(p->ifc, p->session, identity);
	return n->authorizer ? n->authorizer(n->ctx, &question) : -1;
}

static uint32_t new_id(const struct nhrp *n)
{
	uint32_t id;

	do
		id = n->ops->random(n->ctx);
	while (!id || find_id(n, id));
	return id;
}

static struct pending *create(const struct packet *pkt,
			      const struct grant *grant)
{
	struct iface *ifc = pkt->ifc;
	struct pending *p;

	if (ifc->n_pending >= ifc->conf.authorize_limit)
		return NULL;
	p = calloc(1, sizeof(*p));
	if (!p || !keep(p, pkt)) {
		free(p);
		return NULL;
	}
	p->ifc = ifc;
	p->id = new_id(ifc->nhrp);
	p->proto = pkt->msg.src_proto;
	p->grant = *grant;
	p->from = pkt->from;
	p->session = pkt->session;
	ext_group_get(&pkt->msg, NHRP_GROUP_ASKS, &p->group);
	timer_init(&p->timer, no_answer);
	timer_set(&ifc->nhrp->timers, &p->timer,
		  nhrp_in(ifc->nhrp, ifc->conf.authorize_timeout * 1000ull));
	list_add(&ifc->pending, &p->link);
	ifc->n_pending++;
	return p;
}

enum verdict authorize(const struct packet *pkt, const struct nhrp_cie *cie,
		       struct grant *grant)
{
	struct pending *p;

	*grant = (struct grant){
		.session = pkt->session,
		.claimed = pkt->msg.src_nbma,
		.asked = cie->holdtime,
		.holdtime = cie->holdtime,
	};
	if (!pkt->ifc->conf.authorize[0] || is_known(pkt, grant))
		return VERDICT_ACCEPT;
	p = find(pkt);
	if (p)
		return !is_other(p, pkt) && keep(p, pkt) ? VERDICT_WAIT :
							   VERDICT_FULL;
	p = create(pkt, grant);
	if (!p)
		return VERDICT_FULL;
	if (!ask(p))
		return VERDICT_WAIT;
	pending_free(p);
	return by_default(pkt->ifc);
}

/* ---- ends ---- */

/* It will not be answered: its client repeats it. */
static void drop(struct pending *p)
{
	iface_drop(p->ifc, NHRP_DROP_STALE);
	pending_free(p);
}

void authorize_configure(struct iface *ifc, const struct conf_if *old)
{
	if (strcmp(old->authorize, ifc->conf.authorize))
		authorize_stop(ifc);
}

void authorize_session(struct iface *ifc, const struct nhrp_session *session)
{
	struct pending *p, *tmp;

	if (session->state == DMVPN_SESSION_STATE_UP)
		return;
	list_for_each_safe(p, tmp, &ifc->pending, struct pending, link)
		if (p->session == session->handle)
			drop(p);
}

void authorize_stop(struct iface *ifc)
{
	struct pending *p, *tmp;

	list_for_each_safe(p, tmp, &ifc->pending, struct pending, link)
		drop(p);
}
