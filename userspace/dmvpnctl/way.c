// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <linux/rtnetlink.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dmvpnctl/names.h"
#include "dmvpnctl/way.h"

static void result(struct way *w, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void advice(struct way *w, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void result(struct way *w, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(w->result, sizeof(w->result), format, args);
	va_end(args);
}

static void advice(struct way *w, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(w->advice, sizeof(w->advice), format, args);
	va_end(args);
}

/* ---- the route ---- */

/* True if it leads on. */
static bool take_route(struct way *w)
{
	const struct route *r = &w->route;

	if (r->error) {
		result(w, "there is no route to it: %s", r->error_text);
		advice(w,
		       "routes come from a routing protocol, from \"ip route add\", or as shortcuts from nhrpd (dmvpnctl show nhrp)");
		return false;
	}
	switch (r->type) {
	case RTN_UNICAST:
	case RTN_MULTICAST:
	case RTN_BROADCAST:
		return true;
	case RTN_LOCAL:
		result(w, "it is an address of this host");
		return false;
	}
	result(w, "the route to it is of type %s", route_type_name(r->type));
	advice(w, "ip route show table all type %s",
	       route_type_name(r->type));
	return false;
}

static bool take_device(struct way *w, const struct model *m)
{
	w->device = model_device(m, w->route.ifindex);
	if (!w->device) {
		result(w, "it leaves through %s, which is no dmvpn device",
		       w->route.ifname);
		advice(w,
		       "if it should go through the tunnel, a better route is missing: dmvpnctl show nhrp has the shortcuts, ip route get the route that is used");
		return false;
	}
	if (!w->device->running) {
		result(w, "%s is %s", w->device->name,
		       w->device->up ? "without a carrier" :
				       "administratively down");
		advice(w, w->device->up ?
		       "it is registered with no server (if-state): dmvpnctl show nhrp nhs" :
		       "ip link set %s up", w->device->name);
		return false;
	}
	return true;
}

/* ---- the peer ---- */

static bool to_all(struct way *w, const struct model *m)
{
	const struct peer *p;

	w->multicast = true;
	model_for_each(p, m->peer, m->n_peer)
		if (p->ifindex == w->device->ifindex &&
		    p->flags & DMVPN_PEER_FLAGS_MULTICAST)
			w->copies++;
	w->sent = w->copies > 0;
	if (w->sent) {
		result(w, "a copy is sent to %u peer%s", w->copies,
		       w->copies > 1 ? "s" : "");
		return false;
	}
	result(w, "no peer takes multicast: dropped (tx-no-peer)");
	advice(w,
	       "\"multicast = true\" in the nhs block of a spoke, \"multicast-dynamic = true\" on a hub");
	return false;
}

static const struct nexthop *find_nexthop(const struct model *m,
					  uint32_t ifindex,
					  const struct addr *address)
{
	const struct nexthop *nh;

	model_for_each(nh, m->nexthop, m->n_nexthop)
		if (nh->ifindex == ifindex &&
		    addr_equal(&nh->address, address))
			return nh;
	return NULL;
}

static const struct peer *find_peer(const struct model *m, uint32_t ifindex,
				    const struct nbma *remote)
{
	const struct peer *p;

	model_for_each(p, m->peer, m->n_peer)
		if (p->ifindex == ifindex && nbma_equal(&p->remote, remote))
			return p;
	return NULL;
}

/* Where the kernel sends packets whose next hop it does not know. */
static const struct peer *server(const struct model *m, uint32_t ifindex)
{
	const struct peer *p;

	model_for_each(p, m->peer, m->n_peer)
		if (p->ifindex == ifindex &&
		    p->flags & DMVPN_PEER_FLAGS_NHS)
			return p;
	return NULL;
}

static bool to_unknown(struct way *w, const struct model *m)
{
	char text[ADDR_TEXT];

	w->peer = server(m, w->device->ifindex);
	if (w->peer)
		return true;
	result(w,
	       "nothing is known of next hop %s, and there is no server to ask: dropped (tx-no-nexthop)",
	       addr_format(&w->next_hop, text));
	if (!m->nhrpd)
		advice(w,
		       "nhrpd does not run in this network namespace: systemctl start nhrpd");
	else
		advice(w,
		       "on a hub: has that spoke registered (dmvpnctl show nhrp there and here), and is it the right next hop? On a spoke: an nhs block in nhrpd.conf is missing");
	return false;
}

static bool to_nobody(struct way *w)
{
	char text[ADDR_TEXT];

	addr_format(&w->next_hop, text);
	result(w,
	       "next hop %s is known to be unreachable: dropped (tx-negative)",
	       text);
	advice(w,
	       "the server said so: look for it with dmvpnctl show nhrp there; dmvpnctl clear nhrp %s has it asked again",
	       text);
	return false;
}

bool way_to_peer(struct way *w, const struct model *m)
{
	w->policy = "";
	if (!take_route(w) || !take_device(w, m))
		return false;
	w->policy = w->device->output_policy;
	if (w->route.type != RTN_UNICAST || addr_is_multicast(&w->dst))
		return to_all(w, m);
	w->next_hop = addr_is_none(&w->route.gateway) ? w->dst :
							w->route.gateway;
	w->nexthop = find_nexthop(m, w->device->ifindex, &w->next_hop);
	if (!w->nexthop ||
	    w->nexthop->state == DMVPN_NEXTHOP_STATE_INCOMPLETE)
		return to_unknown(w, m);
	if (w->nexthop->state == DMVPN_NEXTHOP_STATE_NEGATIVE)
		return to_nobody(w);
	w->peer = find_peer(m, w->device->ifindex, &w->nexthop->remote);
	if (!w->peer) {
		result(w, "its peer has just gone");
		advice(w, "try again");
	}
	return w->peer;
}

/* ---- session and underlay ---- */

static bool take_session(struct way *w, const struct model *m)
{
	const struct session *s = model_session(m, w->peer->session);
	char text[ADDR_TEXT];

	nbma_format(&w->peer->remote, text);
	w->session = s;
	if (!s || s->state != DMVPN_SESSION_STATE_UP) {
		result(w,
		       "%s is protected, and the session with %s is %s%s%s: packets wait, then are dropped (tx-pending, tx-no-sa)",
		       w->device->name, text,
		       s ? session_state_name(s->state) : "not there",
		       s && s->reason[0] ? ": " : "", s ? s->reason : "");
		advice(w,
		       "dmvpnctl doctor; dmvpnctl show crypto session %s; the journal of strongswan on both sides",
		       text);
		return false;
	}
	w->sa = model_sa(m, s->handle, DMVPN_SA_DIR_OUT, s->out_spi);
	if (!w->sa) {
		result(w,
		       "%s is protected, and the session with %s has no outbound SA: dropped (tx-no-sa)",
		       w->device->name, text);
		advice(w, "dmvpnctl clear session %s has IKE make new ones",
		       text);
	}
	return w->sa;
}

static bool take_underlay(struct way *w)
{
	char text[ADDR_TEXT];

	if (!w->has_underlay)
		return true;
	addr_format(&w->peer->remote.addr, text);
	if (w->underlay.error) {
		result(w,
		       "there is no route to the peer's NBMA address %s: %s (tx-no-route)",
		       text, w->underlay.error_text);
		advice(w, "ip route get %s; a default route to the provider",
		       text);
		return false;
	}
	if (w->underlay.ifindex == w->device->ifindex) {
		result(w,
		       "the route to the peer's NBMA address %s leads into %s itself (tx-loop)",
		       text, w->device->name);
		advice(w,
		       "%s needs a route of its own outside the tunnel: ip route add %s via GATEWAY",
		       text, text);
		return false;
	}
	return true;
}

void way_to_wire(struct way *w, const struct model *m)
{
	char text[ADDR_TEXT];

	if (w->peer->policy[0])
		w->policy = w->peer->policy;
	if (!take_underlay(w))
		return;
	if (w->device->profile[0] && !take_session(w, m))
		return;
	w->sent = true;
	nbma_format(&w->peer->remote, text);
	if (w->nexthop && w->nexthop->state == DMVPN_NEXTHOP_STATE_VALID)
		result(w, "it is sent to %s, %s", text,
		       w->sa ? "encrypted" : "in clear");
	else
		result(w,
		       "it is sent to the server at %s, %s, while its next hop is asked for",
		       text, w->sa ? "encrypted" : "in clear");
}
