// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whose a section is, and what the tunnels use.
 */
#include <string.h>
#include <strings.h>

#include "dmvpnctl/ios.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

/* What begins so is read, or it is said that it was not understood. */
static bool in_scope(struct ios_at *at)
{
	static const char *const ours[] = {
		"crypto isakmp", "crypto ikev2", "crypto ipsec",
		"crypto keyring", "ip access-list", "access-list",
		"class-map", "policy-map", "interface",
	};
	size_t i;

	for (i = 0; i < COUNT(ours); i++)
		if (ios_is(at, ours[i]))
			return true;
	return false;
}

void ios_parse(struct ios *ios)
{
	struct ios_at at = { .ios = ios };
	size_t i;

	for (i = 0; i < ios->n; i++) {
		at.line = &ios->line[i];
		at.at = 0;
		if (!at.line->n || at.line->header != at.line)
			continue;
		if (!ios_crypto(&at) && !ios_ike2(&at) &&
		    !ios_ike_profile(&at) && !ios_interface(&at) &&
		    !ios_qos(&at) && !in_scope(&at))
			ios_foreign_section(ios, at.line);
	}
}

/* ---- what is used ---- */

/* charon takes other characters for its own. */
static const char *connection_name(struct ios *ios, const char *name)
{
	char *ours = ios_format(ios, "%.63s", name), *at;

	for (at = ours; *at; at++)
		if (!strchr("-_0123456789abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ", *at))
			*at = '_';
	return ours;
}

static void use_profile(struct ios *ios, struct ios_if *tunnel)
{
	struct ios_ipsec *profile = ios->ipsec;

	while (profile && strcmp(profile->name, tunnel->profile))
		profile = profile->next;
	if (!profile) {
		ios_lose(ios, tunnel->profile_line,
			 "there is no crypto ipsec profile of that name: the device sends nothing until charon has one");
		tunnel->profile = connection_name(ios, tunnel->profile);
		return;
	}
	profile->used = true;
	profile->ours = connection_name(ios, profile->name);
	if (strcmp(profile->ours, profile->name))
		ios_change(ios, profile->line, "it is called %s",
			   profile->ours);
	tunnel->profile = profile->ours;
}

static void use_source(struct ios *ios, struct ios_if *tunnel)
{
	struct ios_if *source;
	struct addr addr;

	if (!tunnel->source || !addr_parse(tunnel->source, &addr))
		return;
	source = ios_find_if(ios, ios_if_name(ios, tunnel->source));
	if (source)
		source->used = true;
}

static bool is_ours(struct ios *ios, struct ios_if *tunnel)
{
	if (!tunnel->tunnel)
		return false;
	if (tunnel->destination) {
		ios_lose(ios, tunnel->line,
			 "it is point-to-point: for a device of ours it has tunnel mode gre multipoint, and ip nhrp map in place of the destination");
		return false;
	}
	if (tunnel->mode && strcasecmp(tunnel->mode, "gre multipoint") &&
	    strcasecmp(tunnel->mode, "gre multipoint ipv6")) {
		ios_lose(ios, tunnel->line,
			 "its mode is another than gre multipoint");
		return false;
	}
	if (!tunnel->mode)
		ios_change(ios, tunnel->line,
			   "without a tunnel mode and destination it is taken for gre multipoint");
	return true;
}

bool ios_resolve(struct ios *ios)
{
	struct ios_if *i;
	bool any = false;

	for (i = ios->interfaces; i; i = i->next) {
		if (!is_ours(ios, i))
			continue;
		any = true;
		i->used = true;
		if (i->profile)
			use_profile(ios, i);
		use_source(ios, i);
	}
	return any;
}

void ios_settle(struct ios *ios)
{
	struct ios_line *line;

	for (line = ios->line; line < ios->line + ios->n; line++)
		if (line->used && !*line->used && line->fate != IOS_LOST &&
		    line->fate != IOS_BLANK)
			ios_foreign(line);
		else if (line->fate == IOS_UNSEEN)
			ios_lose(ios, line, "it is not understood");
}
