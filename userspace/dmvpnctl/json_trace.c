// SPDX-License-Identifier: GPL-2.0-or-later
#include "dmvpnctl/json.h"
#include "dmvpnctl/names.h"

static json_t *json_of_route(const struct route *r)
{
	char text[ADDR_TEXT], protocol[WORD_LEN];
	json_t *o = json_object();

	json_set_text(o, "error", r->error ? r->error_text : NULL);
	json_set_text(o, "type", r->error ? NULL : route_type_name(r->type));
	json_set_text(o, "prefix", addr_is_none(&r->prefix.addr) ? NULL :
				   prefix_format(&r->prefix, text));
	json_set_addr(o, "gateway", &r->gateway);
	json_set_text(o, "interface", r->ifname);
	json_set_addr(o, "source", &r->source);
	json_set_text(o, "protocol", r->error ? NULL :
				     route_protocol_name(r->protocol,
							 protocol));
	json_set_number(o, "table", r->table);
	return o;
}

static json_t *json_of_class(const struct way *w)
{
	return json_pack("{ss, ss}", "policy", w->policy, "class",
			 w->class->class.name);
}

void json_trace(FILE *f, const struct way *w)
{
	json_t *o = json_document();

	json_set_addr(o, "address", &w->dst);
	json_set_bool(o, "sent", w->sent);
	json_set_text(o, "result", w->result);
	json_set_text(o, "advice", w->advice);
	json_object_set_new(o, "route", json_of_route(&w->route));
	json_set_text(o, "device", w->device ? w->device->name : NULL);
	json_set_bool(o, "multicast", w->multicast);
	json_set_number(o, "copies", w->copies);
	json_set_addr(o, "next-hop", &w->next_hop);
	json_object_set_new(o, "nexthop", w->nexthop ?
			    json_of_nexthop(w->nexthop) : json_null());
	json_object_set_new(o, "peer", w->peer ? json_of_peer(w->peer) :
						 json_null());
	json_object_set_new(o, "session", w->session ?
			    json_of_session(w->session) : json_null());
	json_object_set_new(o, "sa", w->sa ? json_of_sa(w->sa) : json_null());
	json_object_set_new(o, "classified", w->class ? json_of_class(w) :
							json_null());
	json_object_set_new(o, "underlay", w->has_underlay ?
			    json_of_route(&w->underlay) : json_null());
	json_print(f, o, JSON_INDENT(2));
}
