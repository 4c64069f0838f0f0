// SPDX-License-Identifier: GPL-2.0
#include <linux/string.h>

#include "identity.h"

static bool contains(const char *text, const char *part, size_t len)
{
	for (; strlen(text) >= len; text++)
		if (!strncmp(text, part, len))
			return true;
	return false;
}

/**
 * dmvpn_identity_matches() - is this who is wanted?
 * @pattern: identity; a "*" as its first or last character, or both, stands for
 *	anything
 * @identity: who it is, NULL if that is not known
 *
 * Of an identity that may have been cut the end is not known.
 */
bool dmvpn_identity_matches(const char *pattern, const char *identity)
{
	size_t len = strlen(pattern), n = identity ? strlen(identity) : 0;
	bool open = *pattern == '*';
	bool ends = len > open && pattern[len - 1] == '*';

	pattern += open;
	len -= open + ends;
	if (!n || n < len || (!ends && len && n >= DMVPN_IDENTITY_LEN))
		return false;
	if (!open)
		return !strncmp(identity, pattern, len) && (ends || len == n);
	if (!ends)
		return !strcmp(identity + n - len, pattern);
	return contains(identity, pattern, len);
}
