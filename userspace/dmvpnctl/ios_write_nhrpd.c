// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * nhrpd.conf: QoS, and a block for each tunnel.
 */
#include <stdio.h>
#include <string.h>

#include "dmvpnctl/ios.h"
#include "nhrpd/acl.h"
#include "nhrpd/conf.h"

const char *ios_quote(struct ios *ios, const char *text)
{
	char *out = ios_alloc(ios, 2 * strlen(text) + 3), *to = out;
	size_t plain = strspn(text, "0123456789.:_-abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

	if (*text && !text[plain])
		return text;
	*to++ = '"';
	for (; *text; text++) {
		if (strchr("\"\\$", *text))
			*to++ = '\\';
		*to++ = *text;
	}
	*to = '"';
	return out;
}

/* ---- options ---- */

/* Of those of which a block has one the first counts. */
static bool comes_again(struct ios *ios, const struct ios_option *all,
			const struct ios_option *option)
{
	size_t len = strcspn(option->text, "=+{");

	for (; all != option; all = all->next) {
		if (!strcmp(all->text, option->text))
			return true;
		if (option->text[len] == '+' ||
		    strncmp(all->text, option->text, len + 1))
			continue;
		ios_lose(ios, option->line, "line %u says otherwise",
			 all->line->number);
		return true;
	}
	return false;
}

/* The number that an option has, the first time. */
static unsigned int number_of(const struct ios_if *i, const char *format,
			      unsigned int number)
{
	const struct ios_option *option = i->options;

	while (option && sscanf(option->text, format, &number) != 1)
		option = option->next;
	return number;
}

/* Nothing that nhrpd would refuse together with the others. */
static bool is_contrary(struct ios *ios, const struct ios_if *i,
			const struct ios_option *option)
{
	const struct ios_peer *server = i->peers;
	unsigned int timeout;

	if (sscanf(option->text, "registration-timeout = %u", &timeout) == 1 &&
	    timeout > number_of(i, "holdtime = %u", CONF_HOLDTIME)) {
		ios_lose(ios, option->line,
			 "it is longer than the holding time");
		return true;
	}
	if (strncmp(option->text, "if-state", 8))
		return false;
	while (server && !(server->nhs && server->nbma))
		server = server->next;
	if (!server)
		ios_lose(ios, option->line,
			 "without a server nobody says what it is");
	return !server;
}

static void options(struct ios *ios, const struct ios_if *i, struct ios_text *t)
{
	const struct ios_option *option;

	for (option = i->options; option; option = option->next)
		if (!is_contrary(ios, i, option) &&
		    !comes_again(ios, i->options, option))
			ios_put(t, "\t%s\n", option->text);
}

/* Of a standard list, its addresses. None for any. */
static const struct prefix *destination(const struct policy_line *line)
{
	return addr_is_none(&line->dst.addr) ? &line->src : &line->dst;
}

/* Destinations that the list permits; true if that is all. */
static bool permitted(struct ios *ios, const struct ios_if *i,
		      const struct policy_lines *lines, struct ios_text *t)
{
	const struct policy_line *line;
	const char *comma = "";
	char text[ADDR_TEXT];

	for (line = lines->v; line < lines->v + lines->n; line++) {
		if (line->deny) {
			ios_change(ios, i->interest_line,
				   "without what the list denies");
			continue;
		}
		if (addr_is_none(&destination(line)->addr))
			return true;
		ios_put(t, "%s \"%s\"", comma,
			prefix_format(destination(line), text));
		comma = ",";
	}
	return false;
}

/* An empty list would be for all. */
static void interest(struct ios *ios, const struct ios_if *i,
		     struct ios_text *t)
{
	struct ios_acl *acl = ios_find_acl(ios, i->interest);
	struct policy_lines lines = { 0 };
	const struct ios_option *line;
	struct ios_text list = { 0 };
	char error[ACL_ERROR];
	bool all;

	if (!acl || !acl->lines) {
		ios_lose(ios, i->interest_line,
			 "there is no access list of that name");
		return;
	}
	acl->used = true;
	for (line = acl->lines; line; line = line->next)
		acl_parse(line->text, &lines, error);
	all = permitted(ios, i, &lines, &list);
	if (!all && list.len)
		ios_put(t, "\tinterest = {%s }\n", list.data);
	else if (!all)
		ios_lose(ios, i->interest_line,
			 "it permits no destination: write server-only = true");
	ios_text_free(&list);
	policy_lines_free(&lines);
}

/* ---- servers and maps ---- */

static bool same(const struct ios_peer *a, const struct ios_peer *b)
{
	return addr_equal(&a->proto, &b->proto);
}

/* "ip nhrp map" says where a server is. */
static void join_maps(struct ios *ios, struct ios_if *i)
{
	struct ios_peer *server, *map;
	const struct ios_name *name;

	for (server = i->peers; server; server = server->next) {
		for (map = i->peers; server->nhs && map; map = map->next)
			if (!map->nhs && same(server, map) && !server->nbma)
				server->nbma = map->nbma;
		for (name = i->multicast; name; name = name->next)
			if (server->nbma && !strcmp(name->name, server->nbma))
				server->multicast = true;
		if (server->nhs && !server->nbma)
			ios_lose(ios, server->line,
				 "its address in the underlay is not in the file: write nhs ADDRESS { nbma = ... }");
	}
}

/* The first one that can be written. */
static const struct ios_peer *find_peer(const struct ios_if *i,
					const struct ios_peer *like, bool nhs)
{
	const struct ios_peer *peer = i->peers;

	while (peer && (peer->nhs != nhs || !peer->nbma || !same(peer, like)))
		peer = peer->next;
	return peer;
}

static void server(struct ios *ios, const struct ios_peer *peer,
		   struct ios_text *t)
{
	bool dynamic = addr_is_none(&peer->proto);
	const struct ios_peer *other;
	const char *comma = "";
	char text[ADDR_TEXT];

	ios_put(t, "\tnhs %s {\n\t\tnbma = ", dynamic ? "dynamic" :
		addr_format(&peer->proto, text));
	ios_put(t, dynamic ? "{ " : "");
	for (other = peer; other; other = other->next) {
		if (!other->nhs || !other->nbma || !same(other, peer) ||
		    (other != peer && !dynamic))
			continue;
		ios_put(t, "%s%s", comma, ios_quote(ios, other->nbma));
		comma = ", ";
	}
	ios_put(t, "%s\n\t\tmulticast = %s\n", dynamic ? " }" : "",
		peer->multicast ? "true" : "false");
	if (peer->priority)
		ios_put(t, "\t\tpriority = %u\n", peer->priority);
	if (peer->cluster)
		ios_put(t, "\t\tcluster = %u\n", peer->cluster);
	ios_put(t, "\t}\n");
}

/* A tunnel address comes again. */
static void tell_again(struct ios *ios, const struct ios_peer *first,
		       const struct ios_peer *peer)
{
	if (peer->nhs && addr_is_none(&peer->proto)) {
		if (peer->priority != first->priority ||
		    peer->cluster != first->cluster ||
		    peer->multicast != first->multicast)
			ios_change(ios, peer->line,
				   "dynamic servers have one block: priority, cluster and multicast are those of line %u; with their tunnel addresses each has its own",
				   first->line->number);
	} else if (strcmp(peer->nbma, first->nbma)) {
		ios_lose(ios, peer->line,
			 "a tunnel address has one address in the underlay, and line %u has it",
			 first->line->number);
	}
}

/* A tunnel address has one block, and a server needs no map besides. */
static void peers(struct ios *ios, struct ios_if *i, struct ios_text *t)
{
	const struct ios_peer *peer, *first;
	char text[ADDR_TEXT];

	for (peer = i->peers; peer; peer = peer->next) {
		if (!peer->nbma)
			continue;
		first = find_peer(i, peer, peer->nhs);
		if (first != peer) {
			tell_again(ios, first, peer);
			continue;
		}
		if (peer->nhs)
			server(ios, peer, t);
		else if (!find_peer(i, peer, true))
			ios_put(t, "\tmap %s {\n\t\tnbma = %s\n\t\tmulticast = %s\n\t}\n",
				addr_format(&peer->proto, text),
				ios_quote(ios, peer->nbma),
				peer->multicast ? "true" : "false");
	}
}

/* Addresses that get multicast, and are no peer's of the above. */
static void multicast(struct ios *ios, const struct ios_if *i,
		      struct ios_text *t)
{
	const struct ios_name *name;
	const struct ios_peer *peer;
	const char *comma = "";

	for (name = i->multicast; name; name = name->next) {
		peer = i->peers;
		while (peer && (!peer->nbma || strcmp(peer->nbma, name->name)))
			peer = peer->next;
		if (peer)
			continue;
		ios_put(t, "%s%s", *comma ? ", " : "\tmap multicast {\n\t\tnbma = { ",
			ios_quote(ios, name->name));
		comma = ",";
	}
	if (*comma)
		ios_put(t, " }\n\t}\n");
}

/* ---- QoS of an interface ---- */

static void groups(struct ios *ios, const struct ios_if *i, struct ios_text *t)
{
	const char *policy, *adaptive;
	const struct ios_option *group;

	for (group = i->groups; group; group = group->next->next) {
		policy = ios_policy_role(ios, group->line, group->next->text,
					 IOS_ROLE_QUEUE);
		if (!policy)
			continue;
		ios_put(t, "\tgroup-map %s {\n\t\tservice-policy = %s\n",
			ios_quote(ios, group->text), policy);
		adaptive = ios_policy_adaptive(ios, group->next->text);
		if (adaptive)
			ios_put(t, "\t\t%s\n", adaptive);
		ios_put(t, "\t}\n");
	}
}

/*
 * Of the interface that its source is; or of the only one that has any, where
 * the source is a loopback or an address.
 */
static struct ios_if *underlay_of(struct ios *ios, const struct ios_if *tunnel)
{
	struct ios_if *i, *only = NULL;
	bool several = false;

	for (i = ios->interfaces; i; i = i->next) {
		if (i->tunnel || !i->policy)
			continue;
		if (tunnel->source &&
		    !strcmp(i->name, ios_if_name(ios, tunnel->source)))
			return i;
		several |= only != NULL;
		only = i;
	}
	if (only && !several)
		ios_change(ios, only->policy_line,
			   "it is taken for the interface below %s",
			   tunnel->shown);
	return several ? NULL : only;
}

static void qos(struct ios *ios, struct ios_if *i, struct ios_text *t)
{
	struct ios_if *underlay = underlay_of(ios, i);
	const char *policy;

	if (i->pre_classify)
		ios_put(t, "\tqos-pre-classify = true\n");
	if (i->policy) {
		i->policy_used = true;
		policy = ios_policy_role(ios, i->policy_line, i->policy,
					 IOS_ROLE_OUTPUT);
		if (policy)
			ios_put(t, "\tservice-policy-output = %s\n", policy);
	}
	if (underlay) {
		underlay->policy_used = true;
		underlay->line->used = &underlay->policy_used;
		policy = ios_policy_role(ios, underlay->policy_line,
					 underlay->policy, IOS_ROLE_UNDERLAY);
		if (policy)
			ios_put(t, "\tservice-policy-underlay = %s\n", policy);
	}
	groups(ios, i, t);
	if (i->policy)
		return;
	policy = ios_policy_of_groups(ios, i->groups);
	if (policy)
		ios_put(t, "\tservice-policy-output = %s\n", policy);
}

/* ---- the whole ---- */

static void interface(struct ios *ios, struct ios_if *i, struct ios_text *t)
{
	ios_put(t, "interface %s {\n", i->device);
	join_maps(ios, i);
	options(ios, i, t);
	if (i->interest)
		interest(ios, i, t);
	peers(ios, i, t);
	multicast(ios, i, t);
	qos(ios, i, t);
	ios_put(t, "}\n\n");
}

/* Names depend on all roles: a first round finds these, a second one writes. */
void ios_write_nhrpd(struct ios *ios, struct ios_text *t)
{
	struct ios_text blocks = { 0 };
	struct ios_if *i;

	for (i = ios->interfaces; i; i = i->next)
		if (i->used && i->tunnel)
			interface(ios, i, &blocks);
	ios_text_free(&blocks);
	ios_put(t, "# Made by \"dmvpnctl import ios\".\n\n");
	ios_write_qos(ios, t);
	for (i = ios->interfaces; i; i = i->next)
		if (i->used && i->tunnel)
			interface(ios, i, t);
}
