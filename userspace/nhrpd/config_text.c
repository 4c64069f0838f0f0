// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * libconfuse counts the line of a comment more than once, so that an error
 * behind it would be told at the wrong place. It never sees any.
 */
#include <stdio.h>
#include <stdlib.h>

#include "nhrpd/config_text.h"

static int peek(FILE *from)
{
	int c = getc(from);

	ungetc(c, from);
	return c;
}

static void skip_line(FILE *from, FILE *to)
{
	int c;

	while ((c = getc(from)) != EOF && c != '\n')
		;
	if (c == '\n')
		putc(c, to);
}

/* It may stand between two words. */
static void skip_block(FILE *from, FILE *to)
{
	int c, before = 0;

	putc(' ', to);
	getc(from);
	while ((c = getc(from)) != EOF && !(before == '*' && c == '/')) {
		if (c == '\n')
			putc(c, to);
		before = c;
	}
	if (c == EOF)
		fputs("/*", to);
}

static void copy_quoted(FILE *from, FILE *to, int quote)
{
	int c;

	putc(quote, to);
	while ((c = getc(from)) != EOF) {
		putc(c, to);
		if (c == quote)
			return;
		if (c == '\\' && peek(from) != EOF)
			putc(getc(from), to);
	}
}

static void copy(FILE *from, FILE *to)
{
	int c;

	while ((c = getc(from)) != EOF) {
		if (c == '"' || c == '\'')
			copy_quoted(from, to, c);
		else if (c == '#' || (c == '/' && peek(from) == '/'))
			skip_line(from, to);
		else if (c == '/' && peek(from) == '*')
			skip_block(from, to);
		else
			putc(c, to);
	}
}

char *config_text(const char *file, const char *end)
{
	FILE *to, *from = fopen(file, "re");
	char *text = NULL;
	size_t size = 0;

	if (!from)
		return NULL;
	to = open_memstream(&text, &size);
	if (to) {
		copy(from, to);
		fprintf(to, "\n%s\n", end);
		fclose(to);
	}
	if (ferror(from)) {
		free(text);
		text = NULL;
	}
	fclose(from);
	return text;
}
