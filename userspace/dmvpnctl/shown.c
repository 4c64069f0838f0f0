// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdbool.h>
#include <string.h>

#include "dmvpnctl/shown.h"

/**
 * struct kind - characters of one form (RFC 3629), without those that control
 * @first: their first byte, from
 * @last: to
 * @low: the second one, from
 * @high: to; what comes behind it is 0x80 to 0xbf
 * @len: bytes
 */
struct kind {
	unsigned char first;
	unsigned char last;
	unsigned char low;
	unsigned char high;
	size_t len;
};

static const struct kind kinds[] = {
	{ 0x20, 0x7e, 0, 0, 1 },
	{ 0xc2, 0xc2, 0xa0, 0xbf, 2 },
	{ 0xc3, 0xdf, 0x80, 0xbf, 2 },
	{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
	{ 0xe1, 0xec, 0x80, 0xbf, 3 },
	{ 0xed, 0xed, 0x80, 0x9f, 3 },
	{ 0xee, 0xef, 0x80, 0xbf, 3 },
	{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
	{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
	{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

static bool is_kind(const unsigned char *s, const struct kind *k)
{
	size_t i;

	if (s[0] < k->first || s[0] > k->last)
		return false;
	for (i = 1; i < k->len; i++)
		if (s[i] < (i == 1 ? k->low : 0x80) ||
		    s[i] > (i == 1 ? k->high : 0xbf))
			return false;
	return true;
}

/* Bytes of the character there, 0 if it cannot be shown. */
static size_t char_len(const char *s)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (is_kind((const unsigned char *)s, &kinds[i]))
			return kinds[i].len;
	return 0;
}

void shown_copy(char *to, size_t size, const char *from)
{
	size_t len, used = 0;

	for (; *from; from += len ? len : 1) {
		len = char_len(from);
		if (used + (len ? len : 1) >= size)
			break;
		if (len)
			memcpy(to + used, from, len);
		else
			to[used] = '?';
		used += len ? len : 1;
	}
	to[used] = '\0';
}

void shown_print(FILE *f, const char *text)
{
	size_t len;

	for (; *text; text += len ? len : 1) {
		len = char_len(text);
		if (len)
			fwrite(text, 1, len, f);
		else
			putc('?', f);
	}
}
