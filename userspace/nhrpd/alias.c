// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "nhrpd/alias.h"
#include "nhrpd/cache.h"
#include "nhrpd/observe.h"
#include "nhrpd/own.h"
#include "nhrpd/peer.h"
#include "nhrpd/purge.h"
#include "nhrpd/register.h"

static void set_state(struct alias *alias, enum nhrp_nhs_state state)
{
	if (alias->state == state)
		return;
	alias->state = state;
	alias->state_since = alias->nhs->ifc->nhrp->now;
}

static void set_error(struct alias *alias, const char *text)
{
	snprintf(alias->error, sizeof(alias->error), "%s", text);
}

static void tell(const struct alias *alias, enum nhrp_event_level level,
		 const char *what, const char *why)
{
	const struct nhs *nhs = alias->nhs;
	struct nbma nbma = { .addr = nhs->conf.nbma };

	observe(nhs->ifc->nhrp, NHRP_EVENT_NHS, level,
		(struct subject){ nhs->ifc, &alias->own, &nbma },
		"NHS %s (%s) %s %s%s", addr_text(&nhs->proto).t,
		addr_text(&nbma.addr).t, what, addr_text(&alias->own).t, why);
}

static void send_request(struct request *req)
{
	struct alias *alias = container_of(req, struct alias, req);
	const struct nhs *nhs = alias->nhs;

	/* The server's own registration begins anew with its session. */
	if (!register_is_there(nhs))
		return;
	if (alias->state != NHRP_NHS_UP || req->tries > 2)
		set_state(alias, NHRP_NHS_PROBE);
	if (register_send(nhs, req, &alias->own, &alias->server))
		alias->requests++;
}

static void unanswered(struct request *req)
{
	struct alias *alias = container_of(req, struct alias, req);

	set_error(alias, "no answer");
}

static void try_again(struct timer *t)
{
	struct alias *alias = container_of(t, struct alias, again);

	request_start(&alias->req, ALIAS_TRIES);
}

void alias_init(struct nhs *nhs)
{
	struct alias *alias;

	for (alias = nhs->alias; alias < nhs->alias + ALIAS_MAX; alias++) {
		alias->nhs = nhs;
		request_init(&alias->req, nhs->ifc->nhrp,
			     NHRP_REGISTRATION_REQUEST, send_request,
			     unanswered);
		timer_init(&alias->again, try_again);
	}
}

struct alias *alias_of(struct request *req)
{
	return req->send == send_request ?
	       container_of(req, struct alias, req) : NULL;
}

static void begin(struct alias *alias)
{
	timer_stop(&alias->nhs->ifc->nhrp->timers, &alias->again);
	if (addr_is_none(&alias->own))
		return;
	if (!request_start(&alias->req, ALIAS_TRIES))
		iface_drop(alias->nhs->ifc, NHRP_DROP_LIMIT);
}

static void purge(const struct alias *alias)
{
	struct prefix host = prefix_make(&alias->own, addr_bits(&alias->own));
	const struct nhs *nhs = alias->nhs;
	struct nbma to = { .addr = nhs->conf.nbma };

	if (alias->state == NHRP_NHS_UP)
		purge_send(nhs->ifc, &to, addr_is_none(&alias->server) ?
			   &alias->own : &alias->server, &host);
}

static void forget(struct alias *alias)
{
	request_stop(&alias->req);
	timer_stop(&alias->nhs->ifc->nhrp->timers, &alias->again);
	register_unbind(alias->nhs, &alias->server);
	set_state(alias, NHRP_NHS_DOWN);
	set_error(alias, "");
	alias->own = (struct addr){ 0 };
	alias->server = (struct addr){ 0 };
}

/* A server of one family is told of that one only. */
static void make_list(const struct nhs *nhs, struct addr own[ALIAS_MAX])
{
	const struct nhrp_link *dev = &nhs->ifc->dev;

	own[0] = dev->proto6;
	own[1] = dev->link_local;
	if (nhs->conf.proto.len == 4 || addr_equal(&own[0], &nhs->own))
		own[0] = (struct addr){ 0 };
	if (nhs->conf.proto.len == 4 || addr_equal(&own[1], &nhs->own))
		own[1] = (struct addr){ 0 };
}

/* Make the list anew; those that are to be told are told. */
static void update(struct nhs *nhs, bool all)
{
	struct addr own[ALIAS_MAX];
	struct alias *alias;
	bool same;
	int i;

	make_list(nhs, own);
	for (i = 0; i < ALIAS_MAX; i++) {
		alias = &nhs->alias[i];
		same = addr_equal(&alias->own, &own[i]);
		if (!same) {
			purge(alias);
			forget(alias);
			alias->own = own[i];
		}
		if (all || (!same && nhs->state == NHRP_NHS_UP))
			begin(alias);
	}
}

void alias_update(struct nhs *nhs)
{
	update(nhs, false);
}

void alias_register(struct nhs *nhs)
{
	update(nhs, true);
}

void alias_stop_renewal(struct nhs *nhs)
{
	int i;

	for (i = 0; i < ALIAS_MAX; i++) {
		request_stop(&nhs->alias[i].req);
		timer_stop(&nhs->ifc->nhrp->timers, &nhs->alias[i].again);
	}
}

void alias_stop(struct nhs *nhs)
{
	int i;

	for (i = 0; i < ALIAS_MAX; i++)
		forget(&nhs->alias[i]);
}

void alias_purge(const struct nhs *nhs, bool all)
{
	const struct alias *alias;

	for (alias = nhs->alias; alias < nhs->alias + ALIAS_MAX; alias++)
		if (all || !addr_equal(own_proto(nhs->ifc, &alias->own),
				       &alias->own))
			purge(alias);
}

static void refused(struct alias *alias, unsigned int code)
{
	const char *why = register_refusal(code);
	struct nhrp *n = alias->nhs->ifc->nhrp;
	bool first = !alias->error[0];

	alias->refused++;
	set_error(alias, why);
	set_state(alias, NHRP_NHS_PROBE);
	tell(alias, first ? NHRP_LEVEL_WARNING : NHRP_LEVEL_DEBUG,
	     "refused to register", "");
	timer_set(&n->timers, &alias->again, nhrp_in(n, register_retry(code)));
}

static void learn_server(struct alias *alias, const struct addr *server)
{
	struct nhs *nhs = alias->nhs;

	if (!addr_is_unicast(server) || is_own_proto(nhs->ifc, server) ||
	    !addr_equal(own_proto(nhs->ifc, server), &alias->own))
		return;
	if (!addr_equal(&alias->server, server))
		register_unbind(nhs, &alias->server);
	alias->server = *server;
	register_bind(nhs, server);
}

void alias_reply(struct alias *alias, struct packet *pkt)
{
	unsigned int code;

	if (!register_is_reply(alias->nhs, pkt, &alias->own)) {
		packet_drop(pkt, NHRP_DROP_SOURCE);
		return;
	}
	request_stop(&alias->req);
	code = register_code(&pkt->msg);
	if (code) {
		refused(alias, code);
		return;
	}
	alias->replies++;
	set_error(alias, "");
	learn_server(alias, &pkt->msg.dst_proto);
	if (alias->state != NHRP_NHS_UP)
		tell(alias, NHRP_LEVEL_INFO, "has registered", " also");
	set_state(alias, NHRP_NHS_UP);
}

void alias_error(struct alias *alias, const char *text)
{
	set_error(alias, text);
}
