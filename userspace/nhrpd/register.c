// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nhrpd/carrier.h"
#include "nhrpd/error.h"
#include "nhrpd/ext.h"
#include "nhrpd/group.h"
#include "nhrpd/name.h"
#include "nhrpd/nhs.h"
#include "nhrpd/observe.h"
#include "nhrpd/own.h"
#include "nhrpd/peer.h"
#include "nhrpd/purge.h"
#include "nhrpd/register.h"
#include "nhrpd/send.h"

/* After a refusal; asking faster would not change the server's mind. */
#define REFUSED_RETRY_MS 60000
/* But our own former session may be what holds our address there. */
#define TAKEN_RETRY_MS	10000

static struct subject about(const struct nhs *nhs, struct nbma *nbma)
{
	*nbma = (struct nbma){ .addr = nhs->conf.nbma };
	return (struct subject){ nhs->ifc, &nhs->proto, nbma };
}

void register_set_state(struct nhs *nhs, enum nhrp_nhs_state state)
{
	if (nhs->state == state)
		return;
	nhs->state = state;
	nhs->state_since = nhs->ifc->nhrp->now;
	carrier_update(nhs->ifc);
}

static void set_error(struct nhs *nhs, const char *text)
{
	snprintf(nhs->error, sizeof(nhs->error), "%s", text);
}

static uint32_t peer_flags(const struct nhs *nhs)
{
	return DMVPN_PEER_FLAGS_NHS |
	       (nhs->conf.multicast ? DMVPN_PEER_FLAGS_MULTICAST : 0u);
}

/* The server itself as a binding, as soon as its overlay address is known. */
void register_bind(const struct nhs *nhs, const struct addr *server)
{
	struct binding b = {
		.proto = *server,
		.nbma = { .addr = nhs->conf.nbma },
		.kind = DMVPN_NEXTHOP_KIND_NHS,
		.expires = UINT64_MAX,
	};

	if (!addr_is_none(server))
		cache_set(nhs->ifc, &b, NULL);
}

void register_unbind(const struct nhs *nhs, const struct addr *server)
{
	struct cache_entry *entry = cache_find(nhs->ifc, server);

	if (entry && entry->b.kind == DMVPN_NEXTHOP_KIND_NHS)
		cache_delete(entry);
}

/* The server's address in the underlay, for it to see that we are natted. */
static bool add_nat(const struct nhs *nhs, struct nhrp_msg *msg,
		    const struct addr *server)
{
	struct nhrp_ext *ext = ext_find(msg, NHRP_EXT_NAT);
	struct nhrp_cie cie = {
		.prefix_len = (uint8_t)addr_bits(&msg->src_proto),
		.nbma = nhs->conf.nbma,
		.proto = *server,
	};

	if (addr_is_none(&cie.proto))
		cie.proto.len = msg->src_proto.len;
	return ext_append_cie(msg, ext, &cie);
}

bool register_send(const struct nhs *nhs, const struct request *req,
		   const struct addr *own, const struct addr *server)
{
	struct nbma to = { .addr = nhs->conf.nbma };
	struct nhrp_cie cie = own_cie(nhs->ifc, own, &to.addr);
	struct iface *ifc = nhs->ifc;
	struct nhrp_msg msg;

	purge_withdraw(ifc, &to, own);
	/* A server that is not known yet answers for our own address. */
	msg_init(ifc, &msg, NHRP_REGISTRATION_REQUEST,
		 addr_is_none(server) ? own : server, &to.addr);
	msg.src_proto = *own;
	msg.id = req->id;
	msg.flags = NHRP_FLAG_NAT |
		    (ifc->conf.unique ? NHRP_FLAG_REGISTRATION_UNIQUE : 0u);
	cie.nbma = (struct addr){ 0 };
	cie.proto = (struct addr){ 0 };
	msg.cie[msg.n_cie++] = cie;
	return msg_add_extensions(ifc, &msg) && add_nat(nhs, &msg, server) &&
	       group_ask(ifc, &msg, 0) && send_own(ifc, &to, &msg);
}

/* A lost one is tried again and again, with or without. */
static void wait_for_session(struct nhs *nhs)
{
	register_set_state(nhs, nhs->failed ? NHRP_NHS_PROBE : NHRP_NHS_WAIT);
}

bool register_is_there(const struct nhs *nhs)
{
	return nhs->peer && peer_is_up(nhs->peer) && peer_is_wanted(nhs->peer);
}

static void send_request(struct request *req)
{
	struct nhs *nhs = container_of(req, struct nhs, req);
	struct iface *ifc = nhs->ifc;
	uint64_t dropped;

	if (!register_is_there(nhs)) {
		/* Asked again when the session is up. */
		wait_for_session(nhs);
		return;
	}
	if (nhs->state != NHRP_NHS_UP) {
		register_set_state(nhs, NHRP_NHS_PROBE);
	} else if (req->tries > ifc->conf.probe_retries) {
		req->longest = REGISTER_LONGEST_MS;
		req->jitter = true;
		nhs_unanswered(nhs);
		return;
	}
	dropped = ifc->counters.dropped[NHRP_DROP_RATE];
	if (register_send(nhs, req, &nhs->own, &nhs->proto))
		nhs->requests++;
	else if (ifc->counters.dropped[NHRP_DROP_RATE] != dropped)
		/* max-send forbade it, which is no fault of the server's. */
		req->tries--;
}

static void begin(struct nhs *nhs)
{
	bool up = nhs->state == NHRP_NHS_UP;

	timer_stop(&nhs->ifc->nhrp->timers, &nhs->renew);
	/* Whether one that is up still is has to be known soon. */
	nhs->req.first = up ? nhs_probe_gap(nhs->ifc) : REQUEST_FIRST_MS;
	nhs->req.longest = up ? nhs->req.first : REGISTER_LONGEST_MS;
	nhs->req.jitter = !up;
	request_start(&nhs->req, 0);
}

void register_probe(struct nhs *nhs)
{
	begin(nhs);
}

static void renewal_due(struct timer *t)
{
	struct nhs *nhs = container_of(t, struct nhs, renew);

	begin(nhs);
	nhs_asked_again(nhs);
}

uint64_t register_interval(const struct conf_if *conf)
{
	return conf->registration_timeout ?
	       conf->registration_timeout * 1000ull :
	       conf->holdtime * 1000ull / 3;
}

/* Up to a tenth earlier, so that clients do not march in step. */
static uint64_t renewal_ms(const struct nhs *nhs)
{
	uint64_t ms = register_interval(&nhs->ifc->conf);
	struct nhrp *n = nhs->ifc->nhrp;

	return ms - n->ops->random(n->ctx) % (ms / 10 + 1);
}

static void learn_server(struct nhs *nhs, const struct nhrp_msg *msg)
{
	if (addr_is_none(&nhs->conf.proto) &&
	    addr_is_unicast(&msg->dst_proto) &&
	    !is_own_proto(nhs->ifc, &msg->dst_proto) &&
	    !addr_equal(&nhs->proto, &msg->dst_proto)) {
		register_unbind(nhs, &nhs->proto);
		nhs->proto = msg->dst_proto;
	}
	register_bind(nhs, &nhs->proto);
}

/* A second entry with our address: where the server saw us. */
static void learn_nat(struct nhs *nhs, struct nhrp_msg *msg)
{
	const struct nhrp_ext *ext = ext_find(msg, NHRP_EXT_NAT);
	struct nhrp_cie cie[NHRP_MSG_CIES];
	size_t i, n;

	nhs->nat = (struct addr){ 0 };
	n = ext ? ext_cies(msg, ext, cie, NHRP_MSG_CIES) : 0;
	for (i = 0; i < n; i++)
		if (addr_equal(&cie[i].proto, &nhs->own) &&
		    addr_is_unicast(&cie[i].nbma) &&
		    !is_own_nbma(nhs->ifc, &cie[i].nbma))
			nhs->nat = cie[i].nbma;
}

const char *register_refusal(unsigned int code)
{
	switch ((enum nhrp_code)code) {
	case NHRP_CODE_OK:
		return "accepted";
	case NHRP_CODE_PROHIBITED:
		return "administratively prohibited";
	case NHRP_CODE_NO_RESOURCES:
		return "insufficient resources";
	case NHRP_CODE_NO_BINDING:
		return "no binding";
	case NHRP_CODE_NOT_UNIQUE:
		return "binding is not unique";
	case NHRP_CODE_ALREADY_REGISTERED:
		return "our tunnel address is registered with another NBMA address";
	}
	return "unknown reason";
}

uint64_t register_retry(unsigned int code)
{
	return code == NHRP_CODE_ALREADY_REGISTERED ? TAKEN_RETRY_MS :
	       REFUSED_RETRY_MS;
}

static void refused(struct nhs *nhs, unsigned int code)
{
	struct nhrp *n = nhs->ifc->nhrp;
	struct nbma nbma;

	nhs->refused++;
	set_error(nhs, register_refusal(code));
	observe(n, NHRP_EVENT_NHS, NHRP_LEVEL_WARNING, about(nhs, &nbma),
		"NHS %s (%s) refused our registration: %s (code %u)",
		addr_text(&nhs->proto).t, addr_text(&nhs->conf.nbma).t,
		register_refusal(code), code);
	timer_set(&n->timers, &nhs->renew, nhrp_in(n, register_retry(code)));
	nhs_lost(nhs);
}

static void accepted(struct nhs *nhs, struct nhrp_msg *msg)
{
	struct nhrp *n = nhs->ifc->nhrp;
	struct nbma nbma;

	nhs->replies++;
	nhs->error[0] = '\0';
	learn_server(nhs, msg);
	learn_nat(nhs, msg);
	if (nhs->state != NHRP_NHS_UP)
		observe(n, NHRP_EVENT_NHS_UP, NHRP_LEVEL_INFO,
			about(nhs, &nbma),
			"registered with NHS %s (%s)%s%s",
			addr_text(&nhs->proto).t, addr_text(&nhs->conf.nbma).t,
			addr_is_none(&nhs->nat) ? "" : ", seen as ",
			addr_is_none(&nhs->nat) ? "" : addr_text(&nhs->nat).t);
	register_set_state(nhs, NHRP_NHS_UP);
	timer_set(&n->timers, &nhs->renew, nhrp_in(n, renewal_ms(nhs)));
	alias_register(nhs);
	nhs_answered(nhs);
}

/* Out of its session, and not of another's behind the same NAT. */
static bool is_from(const struct nhs *nhs, const struct packet *pkt)
{
	return addr_equal(&pkt->from.addr, &nhs->conf.nbma) && nhs->peer &&
	       peer_is_in(nhs->peer, pkt->session) && peer_is_wanted(nhs->peer);
}

bool register_is_reply(const struct nhs *nhs, const struct packet *pkt,
		       const struct addr *own)
{
	return nhs->ifc == pkt->ifc && pkt->msg.n_cie &&
	       addr_equal(&pkt->msg.src_proto, own) && is_from(nhs, pkt);
}

unsigned int register_code(const struct nhrp_msg *msg)
{
	unsigned int code = NHRP_CODE_OK;
	size_t i;

	for (i = 0; i < msg->n_cie && !code; i++)
		code = msg->cie[i].code;
	return code;
}

void register_reply(struct packet *pkt)
{
	struct request *req = request_find(pkt->ifc->nhrp,
					   NHRP_REGISTRATION_REQUEST,
					   pkt->msg.id);
	unsigned int code;
	struct nhs *nhs;

	if (error_extension(pkt))
		return;
	if (!req) {
		packet_drop(pkt, NHRP_DROP_NO_REQUEST);
		return;
	}
	if (alias_of(req)) {
		alias_reply(alias_of(req), pkt);
		return;
	}
	nhs = container_of(req, struct nhs, req);
	if (!register_is_reply(nhs, pkt, &nhs->own)) {
		packet_drop(pkt, NHRP_DROP_SOURCE);
		return;
	}
	request_stop(req);
	code = register_code(&pkt->msg);
	if (code)
		refused(nhs, code);
	else
		accepted(nhs, &pkt->msg);
}

bool register_is_server(struct request *req, const struct packet *pkt)
{
	const struct alias *alias = alias_of(req);
	const struct nhs *nhs = alias ? alias->nhs :
				container_of(req, struct nhs, req);

	return nhs->ifc == pkt->ifc && is_from(nhs, pkt);
}

void register_error(struct request *req, const char *text)
{
	struct nhs *nhs = container_of(req, struct nhs, req);

	if (alias_of(req)) {
		alias_error(alias_of(req), text);
		return;
	}
	/* The request goes on waiting: it is sent again, ever more slowly. */
	set_error(nhs, text);
}

void register_hold(struct nhs *nhs)
{
	struct nbma nbma = { 0 };

	if (nhs->peer || !name_fits(nhs))
		return;
	nhs->own = *own_proto(nhs->ifc, &nhs->conf.proto);
	if (addr_is_none(&nhs->own))
		return;
	nbma.addr = nhs->conf.nbma;
	nhs->proto = nhs->conf.proto;
	nhs->peer = peer_hold_server(nhs->ifc, &nbma, peer_flags(nhs),
				     nhs->conf.identity);
	if (!nhs->peer)
		return;
	wait_for_session(nhs);
	nhs->heard = nhs->ifc->nhrp->now;
	register_bind(nhs, &nhs->proto);
	begin(nhs);
	nhs_expect(nhs, NHS_CONNECT_MS);
}

static void stop(struct nhs *nhs)
{
	struct nhrp *n = nhs->ifc->nhrp;

	request_stop(&nhs->req);
	timer_stop(&n->timers, &nhs->renew);
	timer_stop(&n->timers, &nhs->watch);
	register_set_state(nhs, NHRP_NHS_DOWN);
	nhs->failed = false;
	nhs->nat = (struct addr){ 0 };
	alias_stop(nhs);
	if (!nhs->peer)
		return;
	register_unbind(nhs, &nhs->proto);
	nhs->peer->lost = false;
	nhs->peer->standby = false;
	peer_release(nhs->peer, peer_flags(nhs));
	nhs->peer = NULL;
}

void register_release(struct nhs *nhs)
{
	if (nhs->state == NHRP_NHS_UP)
		purge_registration(nhs, true);
	if (nhs->peer)
		stop(nhs);
}

/* No traffic is lost that another server could take: nhs_select is next. */
void register_move(struct nhs *nhs, const struct addr *nbma)
{
	bool failed = nhs->failed;

	register_release(nhs);
	nhs->failed = failed;
	nhs->conf.nbma = *nbma;
}

static void destroy(struct nhs *nhs)
{
	register_release(nhs);
	list_del(&nhs->link);
	free(nhs);
}

static int create(struct iface *ifc, const struct conf_nhs *conf)
{
	struct nhs *nhs = calloc(1, sizeof(*nhs));

	if (!nhs)
		return -1;
	nhs->ifc = ifc;
	nhs->conf = *conf;
	nhs->proto = conf->proto;
	nhs->state_since = ifc->nhrp->now;
	request_init(&nhs->req, ifc->nhrp, NHRP_REGISTRATION_REQUEST,
		     send_request, NULL);
	timer_init(&nhs->renew, renewal_due);
	alias_init(nhs);
	timer_init(&nhs->watch, nhs_due);
	if (conf->host[0])
		name_unknown(nhs);
	list_add(&ifc->nhs, &nhs->link);
	return 0;
}

static bool same_server(const struct conf_nhs *a, const struct conf_nhs *b)
{
	return addr_equal(&a->proto, &b->proto) && !strcmp(a->host, b->host) &&
	       (a->host[0] || addr_equal(&a->nbma, &b->nbma));
}

static const struct conf_nhs *configured(const struct conf_if *conf,
					 const struct conf_nhs *nhs)
{
	size_t i;

	for (i = 0; i < conf->n_nhs; i++)
		if (same_server(&conf->nhs[i], nhs))
			return &conf->nhs[i];
	return NULL;
}

static struct nhs *find_server(const struct iface *ifc,
			       const struct conf_nhs *conf)
{
	struct nhs *nhs;

	list_for_each(nhs, &ifc->nhs, struct nhs, link)
		if (same_server(&nhs->conf, conf))
			return nhs;
	return NULL;
}

static void change_multicast(struct nhs *nhs, bool multicast)
{
	uint32_t old = peer_flags(nhs);

	nhs->conf.multicast = multicast;
	if (nhs->peer)
		peer_change(nhs->peer, old, peer_flags(nhs));
}

/* The list is in order of preference: by priority, then as configured. */
static void sort(struct iface *ifc)
{
	struct list sorted;
	struct nhs *nhs, *pos;
	size_t i;

	list_init(&sorted);
	for (i = 0; i < ifc->conf.n_nhs; i++) {
		nhs = find_server(ifc, &ifc->conf.nhs[i]);
		/* The same server may be in the configuration twice. */
		if (!nhs)
			continue;
		list_for_each(pos, &sorted, struct nhs, link)
			if (pos->conf.priority > nhs->conf.priority)
				break;
		list_del(&nhs->link);
		list_add(&pos->link, &nhs->link);
	}
	while (!list_empty(&sorted)) {
		nhs = list_entry(sorted.next, struct nhs, link);
		list_del(&nhs->link);
		list_add(&ifc->nhs, &nhs->link);
	}
}

/* Who is there and is not meant any more has to go. */
static void change_identity(struct nhs *nhs, const char *identity)
{
	if (!strcmp(nhs->conf.identity, identity))
		return;
	snprintf(nhs->conf.identity, sizeof(nhs->conf.identity), "%s",
		 identity);
	if (nhs->peer && !peer_want(nhs->peer, identity))
		register_release(nhs);
}

static void change(struct nhs *nhs, const struct conf_nhs *conf)
{
	change_multicast(nhs, conf->multicast);
	change_identity(nhs, conf->identity);
	nhs->conf.priority = conf->priority;
	nhs->conf.cluster = conf->cluster;
}

int register_configure(struct iface *ifc)
{
	const struct conf_nhs *conf;
	struct nhs *nhs, *tmp;
	size_t i;

	list_for_each_safe(nhs, tmp, &ifc->nhs, struct nhs, link) {
		conf = configured(&ifc->conf, &nhs->conf);
		if (conf)
			change(nhs, conf);
		else
			destroy(nhs);
	}
	for (i = 0; i < ifc->conf.n_nhs; i++)
		if (!find_server(ifc, &ifc->conf.nhs[i]) &&
		    create(ifc, &ifc->conf.nhs[i]))
			return -1;
	sort(ifc);
	nhs_select(ifc);
	return 0;
}

void register_start(struct iface *ifc)
{
	nhs_select(ifc);
}

void register_stop(struct iface *ifc)
{
	struct nhs *nhs;

	list_for_each(nhs, &ifc->nhs, struct nhs, link)
		stop(nhs);
}

void register_stop_renewal(struct iface *ifc)
{
	struct nhs *nhs;

	list_for_each(nhs, &ifc->nhs, struct nhs, link) {
		request_stop(&nhs->req);
		timer_stop(&ifc->nhrp->timers, &nhs->renew);
		timer_stop(&ifc->nhrp->timers, &nhs->watch);
		alias_stop_renewal(nhs);
	}
}

void register_leave(struct iface *ifc)
{
	struct nhs *nhs;

	list_for_each(nhs, &ifc->nhs, struct nhs, link)
		if (nhs->state == NHRP_NHS_UP)
			purge_registration(nhs, true);
}

void register_again(struct iface *ifc)
{
	struct nhs *nhs;

	list_for_each(nhs, &ifc->nhs, struct nhs, link)
		if (nhs->peer)
			begin(nhs);
}

/*
 * Begin anew with another address, in the session that there is. The server
 * hears of it before it forgets what is gone: with the last of our addresses it
 * would end the session.
 */
static void readdress(struct nhs *nhs)
{
	const struct nhs old = *nhs;
	struct peer *peer = nhs->peer;

	peer->uses++;
	stop(nhs);
	register_hold(nhs);
	if (old.state == NHRP_NHS_UP)
		purge_registration(&old, false);
	peer_release(peer, 0);
}

void register_addresses(struct iface *ifc)
{
	struct nhs *nhs;

	list_for_each(nhs, &ifc->nhs, struct nhs, link) {
		if (!nhs->peer)
			continue;
		if (addr_equal(own_proto(ifc, &nhs->conf.proto), &nhs->own))
			alias_update(nhs);
		else
			readdress(nhs);
	}
	/* There may be one for a server that had none, or none for another. */
	nhs_select(ifc);
}

static void session_ended(struct nhs *nhs)
{
	const struct peer *peer = nhs->peer;

	if (peer->reason[0])
		set_error(nhs, peer->reason);
	if (nhs->state == NHRP_NHS_UP || nhs->state == NHRP_NHS_PROBE)
		wait_for_session(nhs);
	if (peer->state == DMVPN_SESSION_STATE_FAILED)
		nhs_lost(nhs);
	else
		nhs_expect(nhs, nhs_patience(nhs->ifc));
}

void register_peer_changed(struct peer *peer)
{
	struct nhs *nhs;
	bool found = false;

	list_for_each(nhs, &peer->ifc->nhs, struct nhs, link) {
		if (nhs->peer != peer)
			continue;
		found = true;
		if (peer_is_up(peer))
			begin(nhs);
		else
			session_ended(nhs);
	}
	/* A server that is just being held has not got its peer yet. */
	if (found)
		nhs_select(peer->ifc);
}

/* Higher is better; 0 for one that cannot be used at all. */
static unsigned int rank(const struct nhs *nhs)
{
	if (!register_is_there(nhs))
		return 0;
	if (nhs->state != NHRP_NHS_UP)
		return nhs->failed ? 1 : 2;
	return nhs->failed ? 3 : 4;
}

bool register_is_up(const struct iface *ifc)
{
	struct nhs *nhs;

	list_for_each(nhs, &ifc->nhs, struct nhs, link)
		if (nhs->state == NHRP_NHS_UP)
			return true;
	return false;
}

struct peer *register_path(const struct iface *ifc)
{
	struct nhs *nhs, *best = NULL;

	list_for_each(nhs, &ifc->nhs, struct nhs, link)
		if (rank(nhs) > (best ? rank(best) : 0))
			best = nhs;
	return best ? best->peer : NULL;
}

struct addr register_nat(const struct iface *ifc, const struct addr *remote)
{
	struct nhs *nhs;

	list_for_each(nhs, &ifc->nhs, struct nhs, link)
		if (!addr_is_none(&nhs->nat) && nhs->nat.len == remote->len)
			return nhs->nat;
	return (struct addr){ 0 };
}
