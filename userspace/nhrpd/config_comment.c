// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "nhrpd/config_comment.h"

/**
 * struct scan - where in the text
 * @from: what comes next
 * @to: where it goes, not behind @from
 */
struct scan {
	const char *from;
	char *to;
};

static void take(struct scan *s)
{
	*s->to++ = *s->from++;
}

static void skip_line(struct scan *s)
{
	s->from += strcspn(s->from, "\n");
}

/* It may stand between two words. */
static void skip_block(struct scan *s)
{
	const char *end = strstr(s->from + 2, "*/");

	if (!end) {
		while (*s->from)
			take(s);
		return;
	}
	*s->to++ = ' ';
	for (; s->from < end + 2; s->from++)
		if (*s->from == '\n')
			*s->to++ = '\n';
}

static void take_quoted(struct scan *s)
{
	char quote = *s->from;

	take(s);
	while (*s->from && *s->from != quote) {
		if (*s->from == '\\' && s->from[1])
			take(s);
		take(s);
	}
	if (*s->from)
		take(s);
}

size_t config_strip_comments(char *text)
{
	struct scan s = { .from = text, .to = text };

	while (*s.from) {
		if (*s.from == '"' || *s.from == '\'')
			take_quoted(&s);
		else if (*s.from == '#' || !strncmp(s.from, "//", 2))
			skip_line(&s);
		else if (!strncmp(s.from, "/*", 2))
			skip_block(&s);
		else
			take(&s);
	}
	*s.to = '\0';
	return (size_t)(s.to - text);
}
