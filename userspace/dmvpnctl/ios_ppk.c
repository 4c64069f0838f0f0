// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Postquantum preshared keys (RFC 8784): "ppk" of a peer of an IKEv2 keyring.
 */
#include <string.h>
#include <strings.h>

#include "dmvpnctl/ios.h"

#define DIGITS	"0123456789"
#define LETTERS	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* What charon sends as it is written: all else it takes for an address. */
static bool is_name(const char *id)
{
	return strpbrk(id, LETTERS) &&
	       strspn(id, LETTERS DIGITS "._-") == strlen(id);
}

/* id ID key [hex] [0|6] KEY [required] */
static bool manual(struct ios_at *at, struct ios_ppk *ppk)
{
	ppk->id = ios_is(at, "id") ? ios_next(at) : NULL;
	if (!ppk->id || !ios_is(at, "key"))
		return false;
	ppk->secret = ios_any_secret(at, &ppk->hex);
	ios_is(at, "required");
	return true;
}

void ios_read_ppk(struct ios_at *at, const char *keyring, const char *peer)
{
	struct ios_ppk *ppk = ios_add(at->ios, &at->ios->ppks);
	const struct ios_line *line = at->line;

	ppk->line = at->line;
	ppk->keyring = keyring;
	ppk->peer = peer;
	/* Also of what is not understood: what is wanted is not left out. */
	ppk->required = !strcasecmp(line->word[line->n - 1], "required");
	at->line->used = &ppk->used;
	if (ios_is(at, "dynamic")) {
		at->at = line->n;
		ios_lose(at->ios, at->line,
			 "no key is asked for elsewhere: write the same one on both routers, as ppk manual");
	} else if (!ios_is(at, "manual") || !manual(at, ppk)) {
		ppk->id = NULL;
	} else if (!is_name(ppk->id)) {
		ios_lose(at->ios, at->line,
			 "charon would not send its id as it is: give it one with a letter, of letters, digits, dots and dashes");
		ppk->id = NULL;
	}
	ios_take(at);
}
