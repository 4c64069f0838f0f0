// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "nhrpd/identity.h"

bool identity_matches(const char *pattern, const char *text)
{
	size_t len = strlen(pattern), n = strlen(text);
	bool open = *pattern == '*';
	bool ends = len > open && pattern[len - 1] == '*';
	const char *from = text;

	pattern += open;
	len -= (size_t)open + ends;
	/* As long as that it may be cut: its end is not known. */
	if (!n || len > n || (!ends && len && n == IDENTITY_SIZE - 1))
		return false;
	if (!open)
		return !strncmp(text, pattern, len) && (ends || len == n);
	if (!ends)
		return !strcmp(text + n - len, pattern);
	for (; strlen(from) >= len; from++)
		if (!strncmp(from, pattern, len))
			return true;
	return false;
}

const char *identity_pattern_error(const char *pattern)
{
	size_t len = strlen(pattern);
	const char *star = len > 1 ? strchr(pattern + 1, '*') : NULL;

	if (!len || len >= IDENTITY_SIZE)
		return "write an IKE identity of 1 to 255 characters";
	if (star && star[1])
		return "a * can only be the first or the last character";
	return NULL;
}
