// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * crypto pki: trustpoints, the certificates that are in the file, and maps that
 * say whose certificates are let in. Private keys are never in a file.
 */
#include <ctype.h>
#include <nettle/asn1.h>
#include <nettle/base64.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "dmvpnctl/ios.h"

#define LICENSES	"SLA-TrustPoint"	/* of IOS XE, for its licenses */
#define PEM_LINE	48u	/* bytes that make 64 characters */
#define PEM_BEGIN	"-----BEGIN CERTIFICATE-----\n"
#define PEM_END		"-----END CERTIFICATE-----\n"

/* ---- trustpoints ---- */

struct ios_trust *ios_find_trust(const struct ios *ios, const char *name)
{
	struct ios_trust *trust = ios->trusts;

	while (trust && strcmp(trust->name, name))
		trust = trust->next;
	return trust;
}

static struct ios_trust *add_trust(struct ios_at *head)
{
	const char *name = ios_peek(head) ? ios_next(head) : "";
	struct ios_trust *trust = ios_find_trust(head->ios, name);

	if (!trust) {
		trust = ios_add(head->ios, &head->ios->trusts);
		trust->name = name;
		trust->file = ios_plain_name(head->ios, name);
		trust->line = head->line;
	}
	head->line->used = &trust->used;
	ios_take(head);
	return trust;
}

#define ENROL \
	"charon does not enrol: have the certificate made otherwise, and before it ends the next one"

static const struct ios_reason reasons[] = {
	{ "authorization", "there is no AAA" },
	{ "auto-enroll", ENROL }, { "auto-trigger", ENROL },
	{ "chain-validation", NULL },
	{ "crl", "lists are fetched from where certificates say, or are in x509crl" },
	{ "eckeypair", NULL }, { "enrollment", ENROL },
	{ "fingerprint", ENROL }, { "fqdn", NULL }, { "grant", ENROL },
	{ "hash", NULL }, { "ip-address", NULL },
	{ "match certificate", "it is for no certificate: none is excepted" },
	{ "ocsp", "certificates say where to ask" },
	{ "password", ENROL }, { "regenerate", ENROL }, { "root", ENROL },
	{ "rsakeypair", NULL }, { "serial-number", NULL },
	{ "source", ENROL }, { "storage", NULL }, { "subject-alt-name", NULL },
	{ "subject-name", NULL }, { "usage", NULL },
	{ "validation-usage", NULL },
	{ "vrf", "the host's routes are charon's" },
	{ NULL, NULL }
};

/* METHOD ... [none] */
static void revocation(struct ios_at *at, struct ios_trust *trust)
{
	const char *word;

	trust->revocation_line = at->line;
	trust->lenient = false;
	while ((word = ios_next(at)))
		trust->lenient |= !strcasecmp(word, "none");
	ios_take(at);
}

static void trustpoint(struct ios_at *head)
{
	struct ios_trust *trust = add_trust(head);
	struct ios_at at;

	trust->line = head->line;
	trust->other = !strcmp(trust->name, LICENSES);
	ios_for_each_line(at, head->ios, head->line) {
		at.line->used = &trust->used;
		if (ios_is(&at, "revocation-check")) {
			revocation(&at, trust);
			continue;
		}
		if (ios_is(&at, "enrollment selfsigned"))
			trust->other = true;
		at.at = 0;
		if (ios_has_reason(&at, reasons))
			ios_take(&at);
	}
}

/* ---- certificates ---- */

/**
 * struct der - bytes of a certificate
 * @bytes: of it
 * @len: number of them
 * @bad: it has words that are no bytes
 */
struct der {
	uint8_t *bytes;
	size_t len;
	bool bad;
};

static void add_bytes(struct der *der, const struct ios_line *line)
{
	const char *word;
	size_t i;

	for (i = 0; i < line->n; i++)
		for (word = line->word[i]; *word; word += 2) {
			der->bad |= !isxdigit((unsigned char)word[0]) ||
				    !isxdigit((unsigned char)word[1]);
			if (der->bad)
				return;
			der->bytes[der->len++] =
				(uint8_t)(16 * ios_hex(word[0]) +
					  ios_hex(word[1]));
		}
}

/* A SEQUENCE of that length: what is cut is none. */
static bool is_whole(const struct der *der)
{
	struct asn1_der_iterator i;

	return !der->bad &&
	       asn1_der_iterator_first(&i, der->len, der->bytes) ==
	       ASN1_ITERATOR_CONSTRUCTED && i.type == ASN1_SEQUENCE &&
	       i.pos == der->len;
}

static const char *pem(struct ios *ios, const struct der *der)
{
	size_t i, n, lines = der->len / PEM_LINE + 1;
	char *text, *to;

	text = ios_alloc(ios, sizeof(PEM_BEGIN) + sizeof(PEM_END) + lines +
			 BASE64_ENCODE_RAW_LENGTH(der->len));
	to = stpcpy(text, PEM_BEGIN);
	for (i = 0; i < der->len; i += n) {
		n = der->len - i < PEM_LINE ? der->len - i : PEM_LINE;
		base64_encode_raw(to, n, der->bytes + i);
		to += BASE64_ENCODE_RAW_LENGTH(n);
		*to++ = '\n';
	}
	strcpy(to, PEM_END);
	return text;
}

static struct der read_bytes(struct ios *ios, const struct ios_line *line,
			     const struct ios_line *end)
{
	const struct ios_line *l;
	struct der der = { 0 };
	size_t digits = 0, i;

	for (l = line; l < end; l++)
		for (i = 0; i < l->n; i++)
			digits += strlen(l->word[i]);
	der.bytes = ios_alloc(ios, digits / 2 + 1);
	for (l = line; l < end && !der.bad; l++)
		add_bytes(&der, l);
	return der;
}

/* Lines from @first to before @end are of one certificate. */
static void certificate(struct ios *ios, struct ios_line *first,
			struct ios_line *end, const char **to)
{
	struct der der = read_bytes(ios, first + 1, end);
	struct ios_line *line;

	if (!to)
		ios_lose(ios, first, "it is not needed");
	else if (*to)
		ios_lose(ios, first, "there is another one before it");
	else if (!is_whole(&der))
		ios_lose(ios, first, "it is not in the file as a whole");
	else
		*to = pem(ios, &der);
	for (line = first; line < end; line++)
		if (line->n && first->why)
			ios_lose(ios, line, "%s", first->why);
		else if (line->n)
			line->fate = IOS_TAKEN;
}

/* That of a CA, or the router's own: its number follows. */
static const char **which(struct ios_at *at, struct ios_trust *trust)
{
	const char *word;

	if (ios_is(at, "ca"))
		return strspn(ios_peek(at) ? ios_peek(at) : "",
			      "0123456789abcdefABCDEF") ? &trust->ca : NULL;
	word = ios_peek(at);
	return word && strspn(word, "0123456789abcdefABCDEF") == strlen(word) ?
	       &trust->cert : NULL;
}

static void chain(struct ios_at *head)
{
	struct ios_trust *trust = add_trust(head);
	struct ios_line *first = NULL;
	const char **to = NULL;
	struct ios_at at;

	trust->chain_line = head->line;
	ios_for_each_line(at, head->ios, head->line) {
		at.line->used = &trust->used;
		if (ios_is(&at, "certificate")) {
			if (first)
				certificate(at.ios, first, at.line, to);
			first = at.line;
			to = which(&at, trust);
		} else if (first && ios_is(&at, "quit")) {
			certificate(at.ios, first, at.line, to);
			ios_take(&at);
			first = NULL;
		}
	}
	if (first)
		certificate(head->ios, first, at.line, to);
}

/* ---- maps ---- */

/* One name beside what the map has of that kind. */
static bool add_id(struct ios_at *at, struct ios_cert_map *map, bool dn,
		   const char *id)
{
	if (map->id && !(dn && map->dn))
		return false;
	map->id = map->id ? ios_format(at->ios, "%s, %s", map->id, id) : id;
	map->dn = dn;
	return true;
}

/* [eq|co] DN: of "co" its parts have to be whole. */
static bool subject(struct ios_at *at, struct ios_cert_map *map)
{
	bool part = ios_is(at, "co");
	const char *text;

	if (!part && !ios_is(at, "eq"))
		return false;
	text = ios_rest(at);
	if (!strchr(text, '=') || !add_id(at, map, true, text))
		return false;
	if (part)
		ios_change(at->ios, at->line,
			   "this part of the subject as a whole, which needs rdn_matching = relaxed in strongswan.conf");
	return true;
}

/* [eq|co] NAME: of "co" those of that domain. */
static bool alt_name(struct ios_at *at, struct ios_cert_map *map)
{
	bool part = ios_is(at, "co");
	const char *text;

	if (!part && !ios_is(at, "eq"))
		return false;
	text = ios_rest(at);
	if (!*text)
		return false;
	if (!part)
		return add_id(at, map, false, text);
	ios_change(at->ios, at->line, "names that end so");
	return add_id(at, map, false,
		      ios_format(at->ios, "*%s%s", *text == '.' ||
				 strchr(text, '@') ? "" : ".", text));
}

static bool map_line(struct ios_at *at, struct ios_cert_map *map)
{
	if (ios_is(at, "subject-name"))
		return subject(at, map);
	if (ios_is(at, "alt-subject-name"))
		return alt_name(at, map);
	if (!ios_is(at, "issuer-name"))
		return false;
	ios_rest(at);
	ios_change(at->ios, at->line,
		   "the issuer is the CA of the trustpoint: cacerts");
	return true;
}

static void cert_map(struct ios_at *head)
{
	struct ios_cert_map *map = ios_add(head->ios, &head->ios->cert_maps);
	struct ios_at at;
	uint64_t number;

	map->line = head->line;
	map->name = ios_peek(head) ? ios_next(head) : "";
	head->line->used = &map->used;
	ios_number(head, UINT32_MAX, &number);
	ios_take(head);
	ios_for_each_line(at, head->ios, head->line) {
		at.line->used = &map->used;
		if (map_line(&at, map)) {
			ios_take(&at);
			continue;
		}
		map->refused = true;
		ios_lose(at.ios, at.line,
			 "identities are names, in whole or with * in front: the map lets nobody in");
	}
}

/* Nothing is missing of what nobody uses. */
void ios_settle_pki(struct ios *ios)
{
	const struct ios_trust *trust;

	for (trust = ios->trusts; trust; trust = trust->next) {
		if (trust->used)
			continue;
		ios_foreign_section(ios, trust->line);
		if (trust->chain_line)
			ios_foreign_section(ios, trust->chain_line);
	}
}

bool ios_pki(struct ios_at *at)
{
	if (ios_is(at, "crypto pki trustpoint") ||
	    ios_is(at, "crypto ca trustpoint"))
		trustpoint(at);
	else if (ios_is(at, "crypto pki certificate chain") ||
		 ios_is(at, "crypto ca certificate chain"))
		chain(at);
	else if (ios_is(at, "crypto pki certificate map") ||
		 ios_is(at, "crypto ca certificate map"))
		cert_map(at);
	else
		return false;
	return true;
}
