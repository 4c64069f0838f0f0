// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * NHRP's lines of a tunnel interface: ip nhrp, ipv6 nhrp, nhrp.
 */
#include <string.h>

#include "dmvpnctl/ios.h"
#include "nhrpd/conf.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

static void add_option(struct ios_at *at, struct ios_if *i, const char *text)
{
	struct ios_option *option = ios_add(at->ios, &i->options);

	option->line = at->line;
	option->text = text;
}

/* ---- options with a number, and switches ---- */

/**
 * struct numbered - an option that has a number
 * @words: IOS's
 * @option: ours
 * @min: that nhrpd takes
 * @max: likewise
 */
struct numbered {
	const char *words;
	const char *option;
	uint32_t min;
	uint32_t max;
};

static const struct numbered numbers[] = {
	{ "holdtime", "holdtime", CONF_HOLDTIME_MIN, CONF_HOLDTIME_MAX },
	{ "network-id", "network-id", 1, UINT32_MAX },
	{ "nhs fallback", "fallback", 0, 86400 },
	{ "registration timeout", "registration-timeout", 1,
	  CONF_HOLDTIME_MAX },
	{ "redirect timeout", "redirect-interval", 1, 3600 },
	{ "use", "use", 1, CONF_USE_MAX },
};

/* An option with a number, if nhrpd takes that. */
static void add_number(struct ios_at *at, struct ios_if *i, const char *option,
		       uint64_t value, uint32_t min, uint32_t max)
{
	if (value < min || value > max)
		ios_lose(at->ios, at->line, "%s is %u to %u here", option, min,
			 max);
	else
		add_option(at, i, ios_format(at->ios, "%s = %llu", option,
					     (unsigned long long)value));
}

static bool number(struct ios_at *at, struct ios_if *i)
{
	uint64_t value;
	size_t k;

	for (k = 0; k < COUNT(numbers); k++) {
		if (!ios_is(at, numbers[k].words))
			continue;
		if (!ios_number(at, UINT32_MAX, &value))
			return false;
		if (!strncmp(numbers[k].words, "redirect", 8))
			add_option(at, i, "redirect = true");
		add_number(at, i, numbers[k].option, value, numbers[k].min,
			   numbers[k].max);
		return true;
	}
	return false;
}

/**
 * struct switched - an option that is on or off
 * @words: IOS's, without "ip" and "nhrp"
 * @option: ours, with its value
 */
struct switched {
	const char *words;
	const char *option;
};

static const struct switched switches[] = {
	{ "redirect", "redirect = true" },
	{ "shortcut", "shortcut = true" },
	{ "registration no-unique", "unique = false" },
	{ "registration unique", "unique = true" },
	{ "record", "record = true" },
	{ "server-only", "server-only = true" },
	{ "map multicast dynamic", "multicast-dynamic = true" },
};

static bool one_of(struct ios_at *at, struct ios_if *i,
		   const struct switched *table, size_t n)
{
	size_t k;

	for (k = 0; k < n; k++)
		if (ios_is(at, table[k].words)) {
			add_option(at, i, table[k].option);
			return true;
		}
	return false;
}

static bool negated(struct ios_at *at, struct ios_if *i)
{
	static const struct switched off[] = {
		{ "record", "record = false" },
		{ "shortcut", "shortcut = false" },
		{ "redirect", "redirect = false" },
		{ "registration unique", "unique = false" },
		{ "server-only", "server-only = false" },
	};
	/* What is not there anyway. */
	static const struct ios_reason absent[] = {
		{ "cache non-authoritative", NULL }, { "connect", NULL },
		{ "path preference", NULL }, { "reject", NULL },
		{ "responder", NULL }, { "route-watch", NULL },
		{ "send-routed", NULL }, { "trigger-svc", NULL },
		{ NULL, NULL }
	};

	return one_of(at, i, off, COUNT(off)) || ios_has_reason(at, absent);
}

/* ---- servers and maps ---- */

static struct ios_peer *add_peer(struct ios_at *at, struct ios_if *i,
				 const struct addr *proto)
{
	struct ios_peer *peer = ios_add(at->ios, &i->peers);

	peer->line = at->line;
	peer->proto = *proto;
	return peer;
}

static bool cluster_limit(struct ios_at *at, struct ios_if *i)
{
	uint64_t cluster, limit;

	if (!ios_number(at, 255, &cluster) || !ios_is(at, "max-connections") ||
	    !ios_number(at, 255, &limit))
		return false;
	add_option(at, i, ios_format(at->ios,
				     "cluster %u { max-connections = %u }",
				     (unsigned int)cluster,
				     (unsigned int)limit));
	return true;
}

static void server_options(struct ios_at *at, struct ios_peer *peer)
{
	uint64_t value;

	for (;;) {
		if (ios_is(at, "multicast"))
			peer->multicast = true;
		else if (ios_is(at, "priority") &&
			 ios_number(at, 255, &value))
			peer->priority = (uint32_t)value;
		else if (ios_is(at, "cluster") && ios_number(at, 255, &value))
			peer->cluster = (uint32_t)value;
		else
			break;
	}
}

static bool server(struct ios_at *at, struct ios_if *i)
{
	struct addr proto = { 0 }, network;
	struct ios_peer *peer;
	unsigned int len;

	if (ios_is(at, "cluster"))
		return cluster_limit(at, i);
	if (!ios_is(at, "dynamic") && !ios_addr(at, &proto))
		return false;
	peer = add_peer(at, i, &proto);
	peer->nhs = true;
	if (ios_is(at, "nbma"))
		peer->nbma = ios_next(at);
	if (ios_addr(at, &network) && ios_mask(at, &len))
		ios_change(at->ios, at->line,
			   "it is asked for all that is not known, not for this network alone");
	server_options(at, peer);
	return true;
}

static bool map(struct ios_at *at, struct ios_if *i)
{
	struct ios_name *name;
	struct ios_peer *peer;
	unsigned int len = 32;
	struct prefix p;

	if (ios_is(at, "multicast")) {
		if (!ios_peek(at))
			return false;
		name = ios_add(at->ios, &i->multicast);
		name->line = at->line;
		name->name = ios_next(at);
		return true;
	}
	if (!ios_peek(at) || prefix_parse(ios_peek(at), &p))
		return false;
	ios_next(at);
	if ((ios_mask(at, &len) && len != 32) || !prefix_is_host(&p)) {
		ios_lose(at->ios, at->line,
			 "a map is for one address: use a route to the network");
		return false;
	}
	peer = add_peer(at, i, &p.addr);
	return (peer->nbma = ios_next(at));
}

/* map group G service-policy output P */
static bool group_map(struct ios_at *at, struct ios_if *i)
{
	const char *group = ios_next(at), *policy = NULL;
	struct ios_option *option;

	if (group && ios_is(at, "service-policy output"))
		policy = ios_next(at);
	if (!policy)
		return false;
	option = ios_add(at->ios, &i->groups);
	option->line = at->line;
	option->text = group;
	option = ios_add(at->ios, &i->groups);
	option->line = at->line;
	option->text = policy;
	ios_change(at->ios, at->line,
		   "spokes with IOS cannot tell ours their group: peer-group ADDRESS { group = %s }",
		   group);
	return true;
}

/* ---- the rest ---- */

static bool authentication(struct ios_at *at, struct ios_if *i)
{
	uint64_t type;
	const char *text = ios_secret(at, &type);

	if (!text)
		return false;
	if (strlen(text) > 8)
		ios_lose(at->ios, at->line,
			 "a password has 8 characters at most");
	else
		add_option(at, i, ios_format(at->ios, "authentication = %s",
					     ios_quote(at->ios, text)));
	return true;
}

static bool max_send(struct ios_at *at, struct ios_if *i)
{
	uint64_t packets, seconds;

	if (!ios_number(at, UINT32_MAX, &packets) || !ios_is(at, "every") ||
	    !ios_number(at, UINT32_MAX, &seconds))
		return false;
	add_number(at, i, "max-send-packets", packets, 0, 10000000);
	add_number(at, i, "max-send-seconds", seconds, 1, 3600);
	return true;
}

static bool interest(struct ios_at *at, struct ios_if *i)
{
	if (ios_is(at, "none")) {
		add_option(at, i, "server-only = true");
		return true;
	}
	i->interest_line = at->line;
	return (i->interest = ios_next(at));
}

static bool summary(struct ios_at *at, struct ios_if *i)
{
	unsigned int len;
	struct prefix p;
	char text[ADDR_TEXT];

	if (!ios_peek(at) || prefix_parse(ios_peek(at), &p))
		return false;
	ios_next(at);
	if (ios_mask(at, &len))
		p = prefix_make(&p.addr, len);
	if (p.len < CONF_SUMMARY_MIN) {
		ios_lose(at->ios, at->line,
			 "others take no prefix of less than %d bits",
			 CONF_SUMMARY_MIN);
		return true;
	}
	add_option(at, i, ios_format(at->ios, "summary += { \"%s\" }",
				     prefix_format(&p, text)));
	return true;
}

static bool group(struct ios_at *at, struct ios_if *i)
{
	const char *name = ios_next(at);

	if (!name)
		return false;
	add_option(at, i, ios_format(at->ios, "group = %s",
				     ios_quote(at->ios, name)));
	return true;
}

#define NOT_THERE \
	"not there: see \"For those who know IOS\" in the administrator guide"

static const struct ios_reason not_there[] = {
	{ "attribute set", NOT_THERE },
	{ "cache non-authoritative", NOT_THERE }, { "connect", NOT_THERE },
	{ "event-publisher", NOT_THERE },
	{ "multicast", "copies of multicast are sent at once; see mcast-rate of the device" },
	{ "path preference", NOT_THERE }, { "reject", NOT_THERE },
	{ "responder", NOT_THERE }, { "route-watch", NOT_THERE },
	{ "send-routed", NOT_THERE }, { "server-only non-caching", NOT_THERE },
	{ "trigger-svc", NOT_THERE },
	{ NULL, NULL }
};

static bool nhrp_line(struct ios_at *at, struct ios_if *i)
{
	if (ios_has_reason(at, not_there) || number(at, i) ||
	    one_of(at, i, switches, COUNT(switches)))
		return true;
	if (ios_is(at, "nhs"))
		return server(at, i);
	if (ios_is(at, "map group"))
		return group_map(at, i);
	if (ios_is(at, "map"))
		return map(at, i);
	if (ios_is(at, "authentication"))
		return authentication(at, i);
	if (ios_is(at, "max-send"))
		return max_send(at, i);
	if (ios_is(at, "interest"))
		return interest(at, i);
	if (ios_is(at, "summary-map"))
		return summary(at, i);
	if (ios_is(at, "attribute group") || ios_is(at, "group"))
		return group(at, i);
	return false;
}

bool ios_nhrp(struct ios_at *at, struct ios_if *tunnel)
{
	if (ios_is(at, "if-state nhrp")) {
		add_option(at, tunnel, "if-state = true");
		return true;
	}
	if (ios_is(at, "no ip nhrp") || ios_is(at, "no ipv6 nhrp") ||
	    ios_is(at, "no nhrp"))
		return negated(at, tunnel);
	if (ios_is(at, "ip nhrp") || ios_is(at, "ipv6 nhrp") ||
	    ios_is(at, "nhrp"))
		return nhrp_line(at, tunnel);
	return false;
}
