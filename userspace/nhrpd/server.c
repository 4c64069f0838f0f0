// SPDX-License-Identifier: GPL-2.0-or-later
#include "nhrpd/cache.h"
#include "nhrpd/codec.h"
#include "nhrpd/error.h"
#include "nhrpd/ext.h"
#include "nhrpd/observe.h"
#include "nhrpd/own.h"
#include "nhrpd/path.h"
#include "nhrpd/peer.h"
#include "nhrpd/send.h"
#include "nhrpd/server.h"

/* What a host of the tunnel's subnet can have. */
static bool is_in_cloud(const struct iface *ifc, const struct addr *a)
{
	struct prefix subnet = own_subnet(ifc, a);
	struct addr last = prefix_last(&subnet);

	if (addr_is_none(&subnet.addr))
		return false;
	/* A tunnel address without a subnet says nothing about others. */
	if (prefix_is_host(&subnet))
		return true;
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

/*
 * First come, first served. With protection a session holds the address, for
 * its time and as long as it is up; without, who said that it is unique.
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
		return cache_is_live(entry);
	case DMVPN_NEXTHOP_KIND_CACHED:
	case DMVPN_NEXTHOP_KIND_SHORTCUT:
		return false;
	}
	return true;
}

static void tell(const struct packet *pkt, bool renewed)
{
	const struct addr *proto = &pkt->msg.src_proto;
	const char *behind = addr_equal(&pkt->msg.src_nbma, &pkt->from.addr) ?
			     "" : ", behind a NAT";

	observe(pkt->ifc->nhrp, NHRP_EVENT_REGISTERED,
		renewed ? NHRP_LEVEL_DEBUG : NHRP_LEVEL_INFO,
		(struct subject){ pkt->ifc, proto, &pkt->from },
		"%s %s at %s%s", addr_text(proto).t,
		renewed ? "renewed its registration" : "registered",
		nbma_text(&pkt->from).t, behind);
}

static enum nhrp_code bind_client(const struct packet *pkt,
				  const struct nhrp_cie *cie)
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
	};

	if (msg->flags & NHRP_FLAG_REGISTRATION_UNIQUE)
		b.flags |= DMVPN_NEXTHOP_FLAGS_UNIQUE;
	if (!addr_equal(&msg->src_nbma, &pkt->from.addr)) {
		b.flags |= DMVPN_NEXTHOP_FLAGS_NAT;
		b.claimed = msg->src_nbma;
	}
	if (cache_set(ifc, &b, NULL) == CACHE_FULL) {
		packet_drop(pkt, NHRP_DROP_LIMIT);
		return NHRP_CODE_NO_RESOURCES;
	}
	tell(pkt, renewed);
	return NHRP_CODE_OK;
}

/* RFC 2332, 5.2.3: what is unique is said alone. */
static bool is_one_too_many(const struct packet *pkt,
			    const struct nhrp_cie *cie)
{
	return cie != pkt->msg.cie &&
	       (pkt->msg.flags & NHRP_FLAG_REGISTRATION_UNIQUE);
}

static enum nhrp_code decide(const struct packet *pkt,
			     const struct nhrp_cie *cie)
{
	/* It speaks of the session that it came in: never to be passed on. */
	if (!is_for_us(pkt)) {
		packet_drop(pkt, NHRP_DROP_NOT_FOR_US);
		return NHRP_CODE_PROHIBITED;
	}
	if (is_one_too_many(pkt, cie) || !is_allowed(pkt, cie)) {
		packet_drop(pkt, NHRP_DROP_SOURCE);
		return NHRP_CODE_PROHIBITED;
	}
	if (is_taken(pkt)) {
		packet_drop(pkt, NHRP_DROP_SOURCE);
		return NHRP_CODE_ALREADY_REGISTERED;
	}
	return bind_client(pkt, cie);
}

static void tell_refused(const struct packet *pkt, enum nhrp_code code)
{
	observe(pkt->ifc->nhrp, NHRP_EVENT_REFUSED, NHRP_LEVEL_WARNING,
		(struct subject){ pkt->ifc, &pkt->msg.src_proto, &pkt->from },
		"registration of %s from %s refused: %s (code %u)",
		addr_text(&pkt->msg.src_proto).t, nbma_text(&pkt->from).t,
		code == NHRP_CODE_ALREADY_REGISTERED ?
		"another has that address" : code == NHRP_CODE_NO_RESOURCES ?
		"cache-limit is reached" : is_for_us(pkt) ?
		"not an address of its own here" : "it is for another server",
		code);
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
static enum nhrp_code decide_entry(struct packet *pkt,
				   const struct nhrp_cie *cie)
{
	struct addr src = pkt->msg.src_proto;
	enum nhrp_code code;

	if (addr_is_link_local(&cie->proto))
		pkt->msg.src_proto = cie->proto;
	code = decide(pkt, cie);
	if (code)
		tell_refused(pkt, code);
	pkt->msg.src_proto = src;
	return code;
}

void server_request(struct packet *pkt)
{
	const struct nhrp_msg *request = &pkt->msg;
	enum nhrp_code code = NHRP_CODE_OK;
	struct nhrp_msg msg;
	size_t i;

	if (error_extension(pkt))
		return;
	msg_init_reply(pkt->ifc, &msg, request, NHRP_REGISTRATION_REPLY);
	msg.dst_proto = *own_proto(pkt->ifc, &request->src_proto);
	for (i = 0; i < request->n_cie; i++) {
		code = decide_entry(pkt, &request->cie[i]);
		msg.cie[msg.n_cie] = request->cie[i];
		msg.cie[msg.n_cie].code = (uint8_t)code;
		if (code)
			msg.cie[msg.n_cie].holdtime = 0;
		msg.n_cie++;
	}
	if (add_nat(pkt, &msg))
		send_own(pkt->ifc, &pkt->from, &msg);
	else
		packet_drop(pkt, NHRP_DROP_TOO_LONG);
}

void server_configure(struct iface *ifc)
{
	struct cache_entry *entry;

	hash_for_each(entry, &ifc->cache, struct cache_entry, node)
		if (entry->b.kind == DMVPN_NEXTHOP_KIND_REGISTERED)
			cache_set_multicast(entry,
					    ifc->conf.multicast_dynamic);
}
