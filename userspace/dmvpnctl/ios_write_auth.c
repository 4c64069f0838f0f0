// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * swanctl.conf: who a connection is, and whom it lets in.
 */
#include <string.h>
#include <strings.h>

#include "dmvpnctl/ios.h"

#define NOBODY	"nobody.invalid"	/* RFC 2606 */
#define KEY_ID	"keyid:"
#define WHERE	"/etc/swanctl"

void ios_put_quoted(struct ios_text *t, const char *option, const char *value)
{
	ios_put(t, "%s = \"", option);
	for (; *value; value++)
		ios_put(t, "%s%c", strchr("\"\\", *value) ? "\\" : "", *value);
	ios_put(t, "\"\n");
}

/* ---- whom it lets in ---- */

/* Of maps of that name; NOBODY if there is none that can be said. */
static const char *id_of_map(struct ios *ios, const struct ios_name *name)
{
	struct ios_cert_map *map, *found = NULL;
	unsigned int n = 0;

	for (map = ios->cert_maps; map; map = map->next) {
		if (strcmp(map->name, name->name))
			continue;
		map->used = true;
		found = map;
		n++;
	}
	if (n == 1 && !found->refused) {
		if (found->id)
			ios_change(ios, name->line,
				   "charon looks at the peer's identity in IKE, which has to be %s and to be in its certificate",
				   found->id);
		return found->id;
	}
	ios_lose(ios, name->line, "%s: nobody is let in by this line",
		 !n ? "there is no such map" :
		 n > 1 ? "a connection has one identity of peers, the map has several" :
			 "not all of the map carries over");
	return NOBODY;
}

/* All lines about who is let in, those about certificates among them. */
static struct ios_name *all_remotes(struct ios *ios, struct ios_ike *ike)
{
	const struct ios_name *map, *name;
	struct ios_name *all = NULL, *to;
	const char *id;

	for (name = ike->remotes; name; name = name->next) {
		to = ios_add(ios, &all);
		to->line = name->line;
		to->name = name->name;
	}
	for (map = ike->maps; map; map = map->next) {
		id = id_of_map(ios, map);
		if (id && !strcmp(id, NOBODY)) {
			ike->closed = true;
			continue;
		}
		to = ios_add(ios, &all);
		to->line = map->line;
		to->name = id;
	}
	return all;
}

/* Of what charon compares as text, and no user where no user is meant. */
static bool is_of_kind(const char *wild, const char *id)
{
	return strncmp(id, KEY_ID, strlen(KEY_ID)) && !strchr(id, '=') &&
	       !strchr(id, '@') == !strchr(wild, '@');
}

/* Who is @id is let in by @wide: by NULL anybody is, by *.d whoever ends so. */
static bool covers(const char *wide, const char *id)
{
	size_t tail, len;

	if (!wide || !id)
		return !wide;
	if (!strcasecmp(wide, id))
		return true;
	tail = strlen(wide) - 1;
	len = strlen(id);
	return *wide == '*' && is_of_kind(wide, id) && len > tail &&
	       !strcasecmp(id + len - tail, wide + 1);
}

static bool covers_all(const char *wide, const struct ios_name *ids)
{
	while (ids && covers(wide, ids->name))
		ids = ids->next;
	return !ids;
}

/* The longest domain, of two labels at least, that all are in; or NULL. */
static const char *common_domain(struct ios *ios, const struct ios_name *ids)
{
	const char *at = ids->name, *wide;

	while ((at = strpbrk(at, ".@")) && strchr(at + 1, '.')) {
		wide = ios_format(ios, "*%s", at++);
		if (covers_all(wide, ids))
			return wide;
	}
	return NULL;
}

/*
 * Who has a key can say that he is any of them. A certificate is only for whom
 * it names, and nobody else's is to do.
 */
static const char *one_for_all(struct ios *ios, const struct ios_name *ids,
			       bool cert)
{
	const char *domain = common_domain(ios, ids);

	for (; ids; ids = ids->next)
		if (domain)
			ios_change(ios, ids->line,
				   "a connection has one identity of peers: all that are %s are let in",
				   domain);
		else if (cert)
			ios_lose(ios, ids->line,
				 "a connection has one identity of peers, and these are several: nobody is let in until you write remote { id } that all certificates have, as *.example.net");
		else
			ios_change(ios, ids->line,
				   "a connection has one identity of peers, and these are several: any that has a key is let in");
	return domain ? domain : cert ? NOBODY : NULL;
}

/* Whom a profile lets in; NULL for anybody that has a key or certificate. */
static const char *remote_id(struct ios *ios, struct ios_ike *ike, bool cert)
{
	const struct ios_name *ids = all_remotes(ios, ike), *id;

	if (!ids)
		return ike->closed ? NOBODY : NULL;
	for (id = ids; id; id = id->next)
		if (covers_all(id->name, ids))
			return id->name;
	return one_for_all(ios, ids, cert);
}

/* ---- certificates ---- */

/* All that the router has, for who names none. */
static const struct ios_name *all_trusts(struct ios *ios)
{
	const struct ios_trust *trust;
	struct ios_name *all = NULL, *name;

	for (trust = ios->trusts; trust; trust = trust->next) {
		if (trust->other)
			continue;
		name = ios_add(ios, &all);
		name->line = trust->line;
		name->name = trust->name;
	}
	return all;
}

/* What is not in the file has to be put there, and the key always. */
static void tell_files(struct ios *ios, struct ios_line *line,
		       const struct ios_trust *trust, const char *file,
		       bool own)
{
	if (own)
		ios_change(ios, line, "put its private key into " WHERE
			   "/private/%s.pem", file);
	if (own && !(trust && trust->cert))
		ios_change(ios, line, "put its certificate into " WHERE
			   "/x509/%s.pem", file);
	if (!own && !(trust && trust->ca))
		ios_change(ios, line, "put the CA's certificate into " WHERE
			   "/x509ca/%s.ca.pem", file);
}

static void put_files(struct ios *ios, const struct ios_name *names, bool own,
		      struct ios_text *t)
{
	struct ios_trust *trust;
	const char *file;

	if (!names)
		return;
	ios_put(t, "\t\t\t%s = ", own ? "certs" : "cacerts");
	for (; names; names = names->next) {
		trust = ios_find_trust(ios, names->name);
		file = ios_plain_name(ios, names->name);
		if (trust)
			trust->used = true;
		tell_files(ios, trust ? trust->line : names->line, trust, file,
			   own);
		ios_put(t, "%s.%s%s", file, own ? "pem" : "ca.pem",
			names->next ? ", " : "\n");
	}
}

/* As the strictest of them has it: IOS wants a list if nothing is said. */
static void put_revocation(struct ios *ios, const struct ios_name *names,
			   struct ios_text *t)
{
	struct ios_trust *trust;
	bool strict = false;

	for (; names; names = names->next) {
		trust = ios_find_trust(ios, names->name);
		if (!trust || trust->lenient)
			continue;
		strict = true;
		ios_change(ios, trust->revocation_line ?
			   trust->revocation_line : trust->line,
			   "as revocation = strict: charon needs its curl plugin to fetch lists, or they are in "
			   WHERE "/x509crl");
	}
	if (strict)
		ios_put(t, "\t\t\trevocation = strict\n");
}

/* ---- both sides ---- */

static void put_side(struct ios_text *t, const char *side, bool cert,
		     const char *id)
{
	ios_put(t, "\t\t%s {\n\t\t\tauth = %s\n", side, cert ? "pubkey" : "psk");
	if (id)
		ios_put_quoted(t, "\t\t\tid", id);
}

static bool signs(const struct ios *ios, const struct ios_ipsec *profile,
		  const struct ios_ike *ike, unsigned int side)
{
	const struct ios_isakmp *best = ios_best_isakmp(ios);

	return profile->ikev2 ? ike && ike->cert[side] : best && !best->psk;
}

static void local(struct ios *ios, const struct ios_ipsec *profile,
		  const struct ios_ike *ike, struct ios_text *t)
{
	const struct ios_name *all = all_trusts(ios), *names;
	const char *id = ike ? ike->local_id : NULL;
	bool cert = signs(ios, profile, ike, 1);

	if (!id && !profile->ikev2)
		id = ios->local_id;
	put_side(t, "local", cert, id);
	/* Of several charon takes one that the peer asks for. */
	names = ike && ike->sign ? ike->sign : all;
	if (cert)
		put_files(ios, names, true, t);
	if (cert && ike && ike->local_id)
		ios_change(ios, ike->local_line,
			   "charon says so if the certificate has it, and else the subject");
	if (cert && !names)
		ios_change(ios, profile->line,
			   "there is no crypto pki trustpoint: put a certificate into "
			   WHERE "/x509, its key into private and the CA's certificate into x509ca");
	ios_put(t, "\t\t}\n");
}

static void remote(struct ios *ios, const struct ios_ipsec *profile,
		   struct ios_ike *ike, struct ios_text *t)
{
	bool cert = signs(ios, profile, ike, 0);
	const struct ios_name *names;

	put_side(t, "remote", cert, ike ? remote_id(ios, ike, cert) : NULL);
	names = ike && ike->verify ? ike->verify : all_trusts(ios);
	if (cert) {
		put_files(ios, names, false, t);
		put_revocation(ios, names, t);
	}
	ios_put(t, "\t\t}\n");
}

void ios_write_auth(struct ios *ios, const struct ios_ipsec *profile,
		    struct ios_ike *ike, struct ios_text *t)
{
	local(ios, profile, ike, t);
	remote(ios, profile, ike, t);
}
