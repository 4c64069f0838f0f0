// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "nhrpd/authorize.h"
#include "nhrpd/cache.h"
#include "nhrpd/codec.h"
#include "nhrpd/error.h"
#include "nhrpd/ext.h"
#include "nhrpd/group.h"
#include "nhrpd/observe.h"
#include "nhrpd/own.h"
#include "nhrpd/path.h"
#include "nhrpd/peer.h"
#include "nhrpd/send.h"
#include "nhrpd/server.h"
#include "nhrpd/trust.h"

/* Refusals in the log within 10 seconds. */
#define REFUSAL_RATE_LINES	10
#define REFUSAL_RATE_MS		10000

/* What a host of the tunnel's subnet can have. */
static bool is_in_cloud(struct iface *ifc, const struct addr *a)
{
	struct prefix subnet = own_subnet(ifc, a);
	struct addr last = prefix_last(&subnet);

	if (addr_is_none(&subnet.addr))
		return false;
	/* A tunnel address without a subnet says nothing about others. */
	if (prefix_is_host(&subnet))
		return path_find(ifc, a).kind != PATH_OWN;
	if (a->len == 4 && subnet.len < 31 &&
	    (addr_equal(a, &last) || addr_equal(a, &subnet.addr)))
		return false;
	return prefix_contains(&subnet, a);
}

/* Only for itself, and only for where it is. */
static bool is_allowed(const struct packet *pkt, const struct nhrp_cie *cie)
{
	const struct addr *proto = &pkt->msg.src_proto;
	const struct addr *nbma = &cie->nbma;
	struct prefix what = nhrp_cie_prefix(cie, proto);

	return addr_is_unicast(proto) && prefix_is_host(&what) &&
	       (addr_is_none(&cie->proto) || addr_equal(&cie->proto, proto)) &&
	       (addr_is_none(nbma) || addr_equal(nbma, &pkt->from.addr) ||
		addr_equal(nbma, &pkt->msg.src_nbma)) &&
	       cie->holdtime && is_in_cloud(pkt->ifc, proto) &&
	       !is_own_proto(pkt->ifc, proto);
}

/* A client that does not know its server yet asks for itself. */
static bool is_for_us(const struct packet *pkt)
{
	const struct addr *dst = &pkt->msg.dst_proto;

	return addr_is_none(dst) || addr_is_any(dst) ||
	       addr_equal(dst, &pkt->msg.src_proto) ||
	       is_own_proto(pkt->ifc, dst);
}

/* Back at another place, before its former session was missed. */
static bool is_same_client(const struct packet *pkt,
			   const struct cache_entry *entry)
{
	char identity[IDENTITY_SIZE];

	peer_identity(pkt->ifc, pkt->session, identity);
	return identity[0] && !strcmp(identity, entry->peer->identity);
}

/* A NAT's address without a port may be that of several. */
static bool may_be_there(const struct packet *pkt,
			 const struct cache_entry *entry)
{
	return !entry->b.nbma.port &&
	       addr_equal(&entry->b.nbma.addr, &pkt->from.addr);
}

/*
 * Learnt from a server or from who answered, with whom a session is up. Where
 * nobody is above us, who comes and says so is all that there is to know; and
 * who is reached by a server may always come himself, as from behind a NAT.
 */
static bool is_anothers(const struct packet *pkt,
			const struct cache_entry *entry)
{
	const struct conf_if *conf = &pkt->ifc->conf;

	return conf->n_nhs && conf->policy == CONF_POLICY_FIRST_COME &&
	       pkt->ifc->dev.protected && cache_is_live(entry) &&
	       !entry->peer->uses_nhs && !may_be_there(pkt, entry) &&
	       !is_same_client(pkt, entry);
}

/*
 * First come, first served. With protection a session holds the address, for
 * its time and as long as it is up or may come back; without, who said that it
 * is unique.
 */
static bool is_taken(const struct packet *pkt)
{
	const struct cache_entry *entry = cache_find(pkt->ifc,
						     &pkt->msg.src_proto);

	if (!entry || cache_is_holder(entry, &pkt->from, pkt->session))
		return false;
	switch ((enum dmvpn_nexthop_kind)entry->b.kind) {
	case DMVPN_NEXTHOP_KIND_STATIC:
	case DMVPN_NEXTHOP_KIND_NHS:
		return true;
	case DMVPN_NEXTHOP_KIND_REGISTERED:
		if (!pkt->ifc->dev.protected)
			return entry->b.flags & DMVPN_NEXTHOP_FLAGS_UNIQUE;
		return cache_is_live(entry) ||
		       (entry->orphan_end && !is_same_client(pkt, entry));
	case DMVPN_NEXTHOP_KIND_CACHED:
	case DMVPN_NEXTHOP_KIND_SHORTCUT:
		return is_anothers(pkt, entry);
	}
	return true;
}

/* Others that the same peer has registered, or waits for. */
static bool is_too_many(const struct packet *pkt)
{
	const struct peer *peer = peer_of(pkt->ifc, &pkt->from, pkt->session);
	unsigned int n = authorize_waiting(pkt);
	const struct cache_entry *entry;

	if (peer)
		list_for_each(entry, &peer->entries, struct cache_entry,
			      peer_link)
			n += entry->b.kind == DMVPN_NEXTHOP_KIND_REGISTERED &&
			     !addr_equal(&entry->b.proto, &pkt->msg.src_proto);
	return n >= pkt->ifc->conf.registration_limit;
}

static void tell(const struct packet *pkt, bool renewed)
{
	const struct addr *proto = &pkt->msg.src_proto;
	const char *behind = addr_equal(&pkt->msg.src_nbma, &pkt->from.addr) ?
			     "" : ", behind a NAT";

	observe(pkt->ifc->nhrp,
		renewed ? NHRP_EVENT_RENEWED : NHRP_EVENT_REGISTERED,
		renewed ? NHRP_LEVEL_DEBUG : NHRP_LEVEL_INFO,
		(struct subject){ pkt->ifc, proto, &pkt->from },
		"%s %s at %s%s", addr_text(proto).t,
		renewed ? "renewed its registration" : "registered",
		nbma_text(&pkt->from).t, behind);
}

/**
 * struct ruling - what becomes of a registration
 * @code: for the reply
 * @drop: what a refusal is counted as
 * @reason: of a refusal, in words
 */
struct ruling {
	enum nhrp_code code;
	enum nhrp_drop drop;
	const char *reason;
};

static struct ruling bind_client(const struct packet *pkt,
				 const struct nhrp_cie *cie,
				 const struct grant *grant)
{
	const struct nhrp_msg *msg = &pkt->msg;
	struct iface *ifc = pkt->ifc;
	const struct cache_entry *old = cache_find(ifc, &msg->src_proto);
	bool renewed = old && old->b.kind == DMVPN_NEXTHOP_KIND_REGISTERED &&
		       nbma_equal(&old->b.nbma, &pkt->from);
	struct binding b = {
		.proto = msg->src_proto,
		.nbma = pkt->from,
		.kind = DMVPN_NEXTHOP_KIND_REGISTERED,
		.session = pkt->session,
		.expires = nhrp_in(ifc->nhrp, cie->holdtime * 1000ull),
		.multicast = ifc->conf.multicast_dynamic,
		.grant = *grant,
	};
	struct cache_entry *entry;
	struct nhrp_group group;

	if (msg->flags & NHRP_FLAG_REGISTRATION_UNIQUE)
		b.flags |= DMVPN_NEXTHOP_FLAGS_UNIQUE;
	if (!addr_equal(&msg->src_nbma, &pkt->from.addr)) {
		b.flags |= DMVPN_NEXTHOP_FLAGS_NAT;
		b.claimed = msg->src_nbma;
	}
	if (cache_set(ifc, &b, &entry) == CACHE_FULL)
		return (struct ruling){ NHRP_CODE_NO_RESOURCES, NHRP_DROP_LIMIT,
					"cache-limit is reached" };
	group_read(pkt, NHRP_GROUP_ASKS, &group);
	/* Rates are a matter of resolutions. */
	group.rate = entry->peer->offer;
	group_learn(entry->peer, &group);
	tell(pkt, renewed);
	return (struct ruling){ .code = NHRP_CODE_OK };
}

/* RFC 2332, 5.2.3: what is unique is said alone. */
static bool is_one_too_many(const struct packet *pkt,
			    const struct nhrp_cie *cie)
{
	return cie != pkt->msg.cie &&
	       (pkt->msg.flags & NHRP_FLAG_REGISTRATION_UNIQUE);
}

/* What speaks against this entry of the packet, whoever is asked. */
static struct ruling examine(const struct packet *pkt,
			     const struct nhrp_cie *cie)
{
	/* It speaks of the session that it came in: never to be passed on. */
	if (!is_for_us(pkt))
		return (struct ruling){ NHRP_CODE_PROHIBITED,
					NHRP_DROP_NOT_FOR_US,
					"it is for another server" };
	if (is_one_too_many(pkt, cie) || !is_allowed(pkt, cie))
		return (struct ruling){ NHRP_CODE_PROHIBITED, NHRP_DROP_SOURCE,
					"not an address of its own here" };
	if (trust_of(pkt, &pkt->msg.src_proto) != TRUST_GIVEN)
		return (struct ruling){ NHRP_CODE_PROHIBITED, NHRP_DROP_POLICY,
					"registration-policy does not allow"
					" it" };
	if (is_taken(pkt))
		return (struct ruling){ NHRP_CODE_ALREADY_REGISTERED,
					NHRP_DROP_SOURCE,
					"another has that address" };
	if (is_too_many(pkt))
		return (struct ruling){ NHRP_CODE_NO_RESOURCES, NHRP_DROP_LIMIT,
					"registration-limit is reached" };
	return (struct ruling){ .code = NHRP_CODE_OK };
}

/* It was accepted once, and is not any more. */
static void take_away(const struct packet *pkt, const struct addr *proto)
{
	struct cache_entry *entry = cache_find(pkt->ifc, proto);

	if (!entry || entry->b.kind != DMVPN_NEXTHOP_KIND_REGISTERED ||
	    !cache_is_holder(entry, &pkt->from, pkt->session))
		return;
	observe(pkt->ifc->nhrp, NHRP_EVENT_UNREGISTERED, NHRP_LEVEL_INFO,
		(struct subject){ pkt->ifc, &entry->b.proto, &entry->b.nbma },
		"registration of %s from %s ended: denied",
		addr_text(&entry->b.proto).t, nbma_text(&entry->b.nbma).t);
	cache_delete(entry);
}

/* Every packet may be refused, but not every one fills the log. */
static void refuse(const struct packet *pkt, const struct ruling *ruling)
{
	struct iface *ifc = pkt->ifc;
	struct nhrp *n = ifc->nhrp;
	bool loud = limit_take(&ifc->refusal_limit, n->now,
			       REFUSAL_RATE_LINES, REFUSAL_RATE_MS);

	packet_drop(pkt, ruling->drop);
	snprintf(ifc->refusal, sizeof(ifc->refusal),
		 "registration of %s from %s refused: %s (code %u)",
		 addr_text(&pkt->msg.src_proto).t, nbma_text(&pkt->from).t,
		 ruling->reason, ruling->code);
	ifc->refused_at = n->now;
	observe(n, NHRP_EVENT_REFUSED,
		loud ? NHRP_LEVEL_WARNING : NHRP_LEVEL_DEBUG,
		(struct subject){ ifc, &pkt->msg.src_proto, &pkt->from },
		"%s", ifc->refusal);
}

/* A second entry tells a client behind a NAT where it is seen. */
static bool add_nat(const struct packet *pkt, struct nhrp_msg *msg)
{
	const struct addr *proto = &pkt->msg.src_proto;
	struct nhrp_ext *ext = ext_find(msg, NHRP_EXT_NAT);
	struct nhrp_cie cie = {
		.prefix_len = (uint8_t)addr_bits(proto),
		.nbma = pkt->from.addr,
		.proto = *proto,
	};

	if (!ext || addr_equal(&pkt->msg.src_nbma, &pkt->from.addr))
		return true;
	return ext_append_cie(msg, ext, &cie);
}

/* A further entry may be about the client's address on the link. */
static struct addr subject_of(const struct packet *pkt,
			      const struct nhrp_cie *cie)
{
	return addr_is_link_local(&cie->proto) ? cie->proto :
						 pkt->msg.src_proto;
}

/* The authorizer is asked about @src; what else is told goes with that. */
static bool is_decided(const struct packet *pkt, const struct addr *src)
{
	const struct cache_entry *entry = cache_find(pkt->ifc, src);

	return !pkt->ifc->conf.authorize[0] ||
	       addr_equal(src, &pkt->msg.src_proto) ||
	       (entry && entry->b.kind == DMVPN_NEXTHOP_KIND_REGISTERED &&
		cache_is_holder(entry, &pkt->from, pkt->session));
}

/* Decide on an entry; @denied is NULL if nobody objects. */
static struct nhrp_cie decide(struct packet *pkt, const struct nhrp_cie *cie,
			      const struct grant *grant,
			      const struct ruling *denied)
{
	static const struct ruling alone = {
		NHRP_CODE_PROHIBITED, NHRP_DROP_UNAUTHORIZED,
		"the client's other address is not registered"
	};
	struct addr src = pkt->msg.src_proto, dst = pkt->msg.dst_proto;
	struct nhrp_cie answer = *cie;
	struct ruling ruling;

	if (answer.holdtime > grant->holdtime)
		answer.holdtime = (uint16_t)grant->holdtime;
	pkt->msg.src_proto = subject_of(pkt, cie);
	/* Who does not know its server does not for this address, too. */
	if (addr_equal(&dst, &src))
		pkt->msg.dst_proto = pkt->msg.src_proto;
	ruling = examine(pkt, cie);
	if (!ruling.code && denied)
		ruling = *denied;
	else if (!ruling.code && !is_decided(pkt, &src))
		ruling = alone;
	else if (!ruling.code)
		ruling = bind_client(pkt, &answer, grant);
	answer.code = (uint8_t)ruling.code;
	if (ruling.code) {
		answer.holdtime = 0;
		refuse(pkt, &ruling);
	}
	pkt->msg.src_proto = src;
	pkt->msg.dst_proto = dst;
	return answer;
}

/* Decide on each entry, and answer. */
static void settle(struct packet *pkt, const struct grant *grant,
		   const struct ruling *denied)
{
	const struct nhrp_msg *request = &pkt->msg;
	struct nhrp_msg msg;
	size_t i;

	msg_init_reply(pkt->ifc, &msg, request, NHRP_REGISTRATION_REPLY);
	msg.dst_proto = *own_proto(pkt->ifc, &request->src_proto);
	for (i = 0; i < request->n_cie; i++)
		msg.cie[msg.n_cie++] = decide(pkt, &request->cie[i], grant,
					      denied);
	if (add_nat(pkt, &msg))
		send_own(pkt->ifc, &pkt->from, &msg);
	else
		packet_drop(pkt, NHRP_DROP_TOO_LONG);
}

void server_decided(struct packet *pkt, enum verdict verdict,
		    const struct grant *grant, const char *reason)
{
	struct ruling denied = {
		.code = NHRP_CODE_PROHIBITED,
		.drop = NHRP_DROP_UNAUTHORIZED,
		.reason = reason && *reason ? reason :
			  reason ? "not authorized" : "nobody can authorize it",
	};
	struct addr proto;
	size_t i;

	if (verdict == VERDICT_ACCEPT) {
		settle(pkt, grant, NULL);
		return;
	}
	/* First the reply: the session may end with the binding. */
	settle(pkt, grant, &denied);
	/* Who could not be asked has not said that it is to end. */
	for (i = 0; reason && i < pkt->msg.n_cie; i++) {
		proto = subject_of(pkt, &pkt->msg.cie[i]);
		take_away(pkt, &proto);
	}
}

void server_request(struct packet *pkt)
{
	struct grant grant = { .holdtime = UINT16_MAX };
	enum verdict verdict = VERDICT_ACCEPT;
	size_t i;

	if (error_extension(pkt))
		return;
	/* It asks again, in a second. */
	if (trust_of(pkt, &pkt->msg.src_proto) == TRUST_UNKNOWN) {
		packet_drop(pkt, NHRP_DROP_IDENTITY);
		return;
	}
	for (i = 0; i < pkt->msg.n_cie; i++)
		if (!examine(pkt, &pkt->msg.cie[i]).code)
			break;
	if (i < pkt->msg.n_cie)
		verdict = authorize(pkt, &pkt->msg.cie[i], &grant);
	if (verdict == VERDICT_FULL)
		packet_drop(pkt, NHRP_DROP_LIMIT);
	else if (verdict != VERDICT_WAIT)
		server_decided(pkt, verdict, &grant, NULL);
}

void server_configure(struct iface *ifc)
{
	struct cache_entry *entry;

	hash_for_each(entry, &ifc->cache, struct cache_entry, node)
		if (entry->b.kind == DMVPN_NEXTHOP_KIND_REGISTERED)
			cache_set_multicast(entry,
					    ifc->conf.multicast_dynamic);
}
