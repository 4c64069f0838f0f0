// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include <strings.h>

#include "dmvpnctl/import.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

/* ---- files ---- */

static struct import_file *add_file(struct ios *ios, struct import_file **files,
				    const char *dir, const char *name)
{
	struct import_file *file = ios_add(ios, files);

	file->path = ios_format(ios, "%s/%s", dir, name);
	return file;
}

static void add_pem(struct ios *ios, struct import_file **files,
		    const char *dir, const char *name, const char *pem)
{
	struct import_file *file;

	if (!pem)
		return;
	file = add_file(ios, files, dir, name);
	ios_put(&file->text, "%s", pem);
}

static void add_certificates(struct ios *ios, struct import_file **files,
			     const char *dir)
{
	const struct ios_trust *trust;

	for (trust = ios->trusts; trust; trust = trust->next) {
		if (!trust->used)
			continue;
		add_pem(ios, files, dir, ios_format(ios, "swanctl/x509/%s.pem",
						    trust->file), trust->cert);
		add_pem(ios, files, dir,
			ios_format(ios, "swanctl/x509ca/%s.ca.pem",
				   trust->file), trust->ca);
	}
}

struct import_file *import_make(struct ios *ios, const char *dir)
{
	struct import_file *files = NULL, *file;
	struct ios_if *i;

	ios_parse(ios);
	if (!ios_resolve(ios))
		return NULL;
	/* First what is read by its name. */
	file = add_file(ios, &files, dir, "nhrpd.conf");
	ios_write_nhrpd(ios, &file->text);
	file = add_file(ios, &files, dir, "swanctl/swanctl.conf");
	ios_write_swanctl(ios, &file->text);
	add_certificates(ios, &files, dir);
	for (i = ios->interfaces; i; i = i->next) {
		if (!i->used || !i->tunnel)
			continue;
		file = add_file(ios, &files, dir,
				ios_format(ios, "dmvpn/%s.conf", i->device));
		ios_write_device(ios, i, &file->text);
	}
	ios_settle(ios);
	return files;
}

/* ---- lines as they are shown ---- */

/* A key may stand behind these. */
static bool hides(const char *word)
{
	static const char *const words[] = {
		"key", "key-string", "password", "secret", "pre-shared-key",
		"authentication", "authentication-key", "community", "md5",
		"message-digest-key", "hex", "passphrase",
	};
	size_t i;

	for (i = 0; i < COUNT(words); i++)
		if (!strcasecmp(words[i], word))
			return true;
	return false;
}

const char *import_show(struct ios *ios, const struct ios_line *line)
{
	char *text = ios_format(ios, "%s", line->n ? line->word[0] : "");
	size_t i;

	for (i = 1; i < line->n && !hides(line->word[i - 1]); i++)
		text = ios_format(ios, "%s %s", text, line->word[i]);
	if (i < line->n)
		text = ios_format(ios, "%s ...", text);
	return ios_clean(text);
}

const char *import_section(struct ios *ios, const struct ios_line *line)
{
	static const char *const named[] = {
		"interface", "router", "ip", "ipv6", "crypto", "access-list",
		"class-map", "policy-map", "address-family",
	};
	const struct ios_line *header = line->header;
	size_t i;

	if (!header->n)
		return "banner";
	for (i = 0; i < COUNT(named); i++)
		if (header->n > 1 && !strcasecmp(header->word[0], named[i]))
			return ios_clean(ios_format(ios, "%s %s",
						    header->word[0],
						    header->word[1]));
	return ios_clean(ios_format(ios, "%s", header->word[0]));
}
