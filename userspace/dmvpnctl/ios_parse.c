// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whose a section is, and what the tunnels use.
 */
#include <string.h>
#include <strings.h>

#include "dmvpnctl/ios.h"

#define DEFAULT		"default"
#define LOOPBACK	"loopback"
#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

/* What begins so is read, or it is said that it was not understood. */
static bool in_scope(struct ios_at *at)
{
	static const char *const ours[] = {
		"crypto isakmp", "crypto ikev2", "crypto ipsec",
		"crypto keyring", "no crypto", "ip access-list", "access-list",
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
		    !ios_ike_profile(&at) && !ios_pki(&at) &&
		    !ios_router(&at) && !ios_interface(&at) && !ios_qos(&at) &&
		    !in_scope(&at))
			ios_foreign_section(ios, at.line);
	}
}

/* ---- what is used ---- */

const char *ios_plain_name(struct ios *ios, const char *name)
{
	char *ours = ios_format(ios, "%.63s", name), *at;

	for (at = ours; *at; at++)
		if (!strchr("-_0123456789abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ", *at))
			*at = '_';
	return ours;
}

/* What IOS has without being told, for tunnels that name it. */
static struct ios_ipsec *default_profile(struct ios *ios,
					 struct ios_line *line)
{
	struct ios_ipsec *profile = ios_add(ios, &ios->ipsec);
	const struct ios_ike *ike = ios->ike;

	while (ike && !(ike->ikev2 && !strcmp(ike->name, DEFAULT)))
		ike = ike->next;
	profile->line = line;
	profile->name = DEFAULT;
	profile->profile = ike ? DEFAULT : NULL;
	profile->profile_line = line;
	profile->ikev2 = ike != NULL;
	return profile;
}

static struct ios_ipsec *find_profile(struct ios *ios,
				      const struct ios_if *tunnel)
{
	struct ios_ipsec *profile = ios->ipsec;

	while (profile && strcmp(profile->name, tunnel->profile))
		profile = profile->next;
	if (!profile && !strcmp(tunnel->profile, DEFAULT))
		profile = default_profile(ios, tunnel->profile_line);
	return profile;
}

/* The tunnel's own profile of IKE; a connection has one. */
static void use_ike(struct ios *ios, const struct ios_if *tunnel,
		    struct ios_ipsec *profile)
{
	bool same = profile->profile && tunnel->ikev2 == profile->ikev2 &&
		    !strcmp(tunnel->ike, profile->profile);

	if (same)
		return;
	if (profile->used) {
		ios_lose(ios, tunnel->profile_line,
			 "another tunnel has the ipsec profile with another profile of IKE: give each a profile of its own");
		return;
	}
	profile->profile = tunnel->ike;
	profile->profile_line = tunnel->profile_line;
	profile->ikev2 = tunnel->ikev2;
}

static void use_profile(struct ios *ios, struct ios_if *tunnel)
{
	struct ios_ipsec *profile = find_profile(ios, tunnel);

	if (!profile) {
		ios_lose(ios, tunnel->profile_line,
			 "there is no crypto ipsec profile of that name: the device sends nothing until charon has one");
		tunnel->profile = ios_plain_name(ios, tunnel->profile);
		return;
	}
	if (tunnel->ike)
		use_ike(ios, tunnel, profile);
	profile->used = true;
	profile->ours = ios_plain_name(ios, profile->name);
	if (strcmp(profile->ours, profile->name))
		ios_change(ios, profile->line, "it is called %s",
			   profile->ours);
	tunnel->profile = profile->ours;
}

/* Of the interface that it leaves by, or might. */
static const char *crypto_map_of(const struct ios *ios,
				 const struct ios_if *tunnel)
{
	const struct ios_if *source = tunnel->source_if, *i = ios->interfaces;

	if (tunnel->crypto_map)
		return tunnel->crypto_map;
	if (source && strncmp(source->name, LOOPBACK, strlen(LOOPBACK)))
		return source->crypto_map;
	while (i && (i->tunnel || !i->crypto_map))
		i = i->next;
	return i ? i->crypto_map : NULL;
}

/* What a crypto map encrypted until now does not go in clear from now on. */
static void keep_closed(struct ios *ios, struct ios_if *tunnel,
			const char *map)
{
	tunnel->profile = ios_plain_name(ios, map);
	ios_change(ios, tunnel->line,
		   "crypto map %s may encrypt what it sends: it has protection %s, and sends nothing until charon has a connection of that name; noprotection, if it was not encrypted",
		   map, tunnel->profile);
}

static void use_source(struct ios *ios, struct ios_if *tunnel)
{
	const char *name;

	if (!tunnel->source || !addr_parse(tunnel->source,
					   &tunnel->source_addr))
		return;
	name = ios_if_name(ios, tunnel->source);
	tunnel->source_if = ios_find_if(ios, name);
	if (tunnel->source_if)
		tunnel->source_if->used = true;
}

static void use_tunnel(struct ios *ios, struct ios_if *tunnel)
{
	const char *map;

	tunnel->used = true;
	use_source(ios, tunnel);
	map = crypto_map_of(ios, tunnel);
	if (tunnel->profile)
		use_profile(ios, tunnel);
	else if (map)
		keep_closed(ios, tunnel, map);
}

static bool has_server(const struct ios_if *tunnel)
{
	const struct ios_peer *peer = tunnel->peers;

	while (peer && !peer->nhs)
		peer = peer->next;
	return peer;
}

/*
 * A spoke of a cloud's first phase has a point-to-point tunnel to its hub, and
 * nothing else: all that it sends goes there.
 */
static void make_phase1(struct ios *ios, struct ios_if *tunnel)
{
	struct ios_option *option = ios_alloc(ios, sizeof(*option));
	struct ios_peer *peer;

	for (peer = tunnel->peers; peer; peer = peer->next) {
		if (!peer->nhs)
			continue;
		peer->multicast = true;
		if (!peer->nbma)
			peer->nbma = tunnel->destination;
	}
	option->line = tunnel->line;
	option->text = "shortcut = false";
	option->next = tunnel->options;
	tunnel->options = option;
	ios_change(ios, tunnel->line,
		   "its destination is the address of its servers, and it has no direct paths to others: shortcut = false");
}

static bool is_point_to_point(struct ios *ios, struct ios_if *tunnel)
{
	if (tunnel->mode && strcasecmp(tunnel->mode, "gre ip") &&
	    strcasecmp(tunnel->mode, "gre ipv6"))
		return false;
	if (has_server(tunnel)) {
		make_phase1(ios, tunnel);
		return true;
	}
	ios_lose(ios, tunnel->line,
		 "it is point-to-point and has no server of NHRP, so it is none of a cloud's: use a device of type gre, or ip nhrp nhs");
	return false;
}

static bool is_ours(struct ios *ios, struct ios_if *tunnel)
{
	if (!tunnel->tunnel)
		return false;
	if (tunnel->destination && is_point_to_point(ios, tunnel))
		return true;
	if (tunnel->line->fate == IOS_LOST)
		return false;
	if (tunnel->destination ||
	    (tunnel->mode && strcasecmp(tunnel->mode, "gre multipoint") &&
	     strcasecmp(tunnel->mode, "gre multipoint ipv6"))) {
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
		use_tunnel(ios, i);
	}
	return any;
}

void ios_settle(struct ios *ios)
{
	struct ios_line *line;

	ios_settle_pki(ios);
	for (line = ios->line; line < ios->line + ios->n; line++)
		if (line->used && !*line->used && line->fate != IOS_LOST &&
		    line->fate != IOS_BLANK)
			ios_foreign(line);
		else if (line->fate == IOS_UNSEEN)
			ios_lose(ios, line, "it is not understood");
}
