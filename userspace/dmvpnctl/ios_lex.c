// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lines and words. Words of keys are among them, so all memory is wiped.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "dmvpnctl/ios.h"
#include "nhrpd/acl_names.h"

#define FIRST_LINES	256
#define BLANKS		" \t\r"

/* ---- memory ---- */

void *ios_alloc(struct ios *ios, size_t size)
{
	struct ios_chunk *chunk = calloc(1, sizeof(*chunk) + size);

	if (!chunk)
		ios_no_memory();
	chunk->size = size;
	chunk->next = ios->chunks;
	ios->chunks = chunk;
	return chunk->data;
}

void *ios_append(struct ios *ios, void *head, size_t size)
{
	void *new = ios_alloc(ios, size);
	void **link = head;

	while (*link)
		link = *link;
	*link = new;
	return new;
}

static char *copy(struct ios *ios, const char *text, size_t len)
{
	return memcpy(ios_alloc(ios, len + 1), text, len);
}

char *ios_format(struct ios *ios, const char *format, ...)
{
	va_list args, again;
	char *text;
	int len;

	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, args);
	text = ios_alloc(ios, (size_t)len + 1);
	vsnprintf(text, (size_t)len + 1, format, again);
	va_end(again);
	va_end(args);
	return text;
}

void ios_free(struct ios *ios)
{
	struct ios_chunk *chunk = ios->chunks, *next;

	for (; chunk; chunk = next) {
		next = chunk->next;
		explicit_bzero(chunk->data, chunk->size);
		free(chunk);
	}
	free(ios->line);
	*ios = (struct ios){ 0 };
}

/* ---- lines ---- */

static struct ios_line *add_line(struct ios *ios)
{
	size_t size = ios->size ? 2 * ios->size : FIRST_LINES;
	struct ios_line *line;

	if (ios->n == ios->size) {
		line = reallocarray(ios->line, size, sizeof(*line));
		if (!line)
			ios_no_memory();
		ios->line = line;
		ios->size = size;
	}
	line = &ios->line[ios->n++];
	*line = (struct ios_line){ .number = (unsigned int)ios->n };
	return line;
}

static size_t count_words(const char *text)
{
	size_t n = 0;

	for (text += strspn(text, BLANKS); *text; n++) {
		text += strcspn(text, BLANKS);
		text += strspn(text, BLANKS);
	}
	return n;
}

static void split(struct ios *ios, struct ios_line *line, char *text)
{
	char *save = NULL, *word;

	line->word = ios_alloc(ios, count_words(text) * sizeof(char *) + 1);
	for (word = strtok_r(text, BLANKS, &save); word;
	     word = strtok_r(NULL, BLANKS, &save))
		line->word[line->n++] = word;
}

static bool is_text(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!text[i] || (iscntrl((unsigned char)text[i]) &&
				 !strchr(BLANKS, text[i])))
			return false;
	return true;
}

/* What "show running-config" says of itself, and the end. */
static bool says_nothing(const char *text)
{
	static const char *const words[] = {
		"!", "Building configuration", "Current configuration :",
		"end\r", "exit\r",
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strncmp(text, words[i], strlen(words[i])))
			return true;
	return !*text || !strcmp(text, "end") || !strcmp(text, "exit");
}

static void put_line(struct ios *ios, char *text, size_t len)
{
	struct ios_line *line = add_line(ios);
	char *begin = text + strspn(text, BLANKS);

	line->indented = begin != text;
	if (!is_text(text, len)) {
		ios_lose(ios, line, "it has bytes that are no text");
	} else if (says_nothing(begin)) {
		/* No section ends there. */
		line->indented = true;
		line->fate = IOS_BLANK;
	} else {
		split(ios, line, begin);
	}
}

/*
 * A banner goes on to the next of the character that begins it, which IOS may
 * show as ^C. Returns that, "" for a line that begins none.
 */
static const char *banner(const char *text, char delimiter[static 3])
{
	const char *at;

	delimiter[0] = '\0';
	if (strncmp(text, "banner ", 7))
		return delimiter;
	at = text + 7 + strcspn(text + 7, " ");
	at += strspn(at, " ");
	snprintf(delimiter, 3, "%.*s", *at == '^' ? 2 : 1, at);
	if (*delimiter && strstr(at + strlen(delimiter), delimiter))
		delimiter[0] = '\0';
	return delimiter;
}

static void put_banner(struct ios *ios, bool goes_on)
{
	struct ios_line *line = add_line(ios);

	line->indented = goes_on;
	ios_foreign(line);
}

static void set_headers(struct ios *ios)
{
	struct ios_line *line, *header = NULL;

	for (line = ios->line; line < ios->line + ios->n; line++) {
		if (!line->indented && line->fate != IOS_BLANK)
			header = line;
		line->header = header ? header : line;
	}
}

void ios_lex(struct ios *ios, const char *text, size_t len)
{
	const char *end = text + len, *next;
	char delimiter[3] = "";
	bool inside, goes_on;
	char *line;

	for (; text < end; text = next + 1) {
		next = memchr(text, '\n', (size_t)(end - text));
		if (!next)
			next = end;
		line = copy(ios, text, (size_t)(next - text));
		goes_on = *delimiter;
		inside = goes_on;
		if (goes_on) {
			if (strstr(line, delimiter))
				delimiter[0] = '\0';
		} else if (*banner(line, delimiter)) {
			inside = true;
		}
		if (inside)
			put_banner(ios, goes_on);
		else
			put_line(ios, line, (size_t)(next - text));
	}
	if (ios->n)
		set_headers(ios);
}

/* ---- words ---- */

const char *ios_peek(const struct ios_at *at)
{
	return at->at < at->line->n ? at->line->word[at->at] : NULL;
}

const char *ios_next(struct ios_at *at)
{
	return at->at < at->line->n ? at->line->word[at->at++] : NULL;
}

bool ios_is(struct ios_at *at, const char *words)
{
	size_t i = at->at, len;

	for (words += strspn(words, " "); *words;
	     words += len, words += strspn(words, " "), i++) {
		len = strcspn(words, " ");
		if (i >= at->line->n || strlen(at->line->word[i]) != len ||
		    strncasecmp(at->line->word[i], words, len))
			return false;
	}
	at->at = i;
	return true;
}

bool ios_number(struct ios_at *at, uint64_t max, uint64_t *number)
{
	const char *word = ios_peek(at);

	if (!word || acl_number(word, max, number))
		return false;
	at->at++;
	return true;
}

bool ios_addr(struct ios_at *at, struct addr *addr)
{
	const char *word = ios_peek(at);

	if (!word || addr_parse(word, addr))
		return false;
	at->at++;
	return true;
}

bool ios_mask(struct ios_at *at, unsigned int *len)
{
	const char *word = ios_peek(at);
	struct addr mask;
	uint32_t bits;

	if (!word || addr_parse(word, &mask) || mask.len != 4)
		return false;
	bits = (uint32_t)mask.b[0] << 24 | (uint32_t)mask.b[1] << 16 |
	       (uint32_t)mask.b[2] << 8 | mask.b[3];
	if (~bits & (~bits + 1))
		return false;
	for (*len = 0; bits; bits <<= 1)
		(*len)++;
	at->at++;
	return true;
}

const char *ios_rest(struct ios_at *at)
{
	size_t i, len = 1;
	const char *word;
	char *text, *to;

	for (i = at->at; i < at->line->n; i++)
		len += strlen(at->line->word[i]) + 1;
	text = ios_alloc(at->ios, len);
	for (to = text; (word = ios_next(at)); to = stpcpy(to, word))
		if (to != text)
			*to++ = ' ';
	return text;
}

/* ---- fates ---- */

void ios_take(struct ios_at *at)
{
	if (at->at < at->line->n)
		ios_lose(at->ios, at->line,
			 "word %zu and what follows is not understood",
			 at->at + 1);
	else if (at->line->fate == IOS_UNSEEN)
		at->line->fate = IOS_TAKEN;
}

static void decide(struct ios *ios, struct ios_line *line, enum ios_fate fate,
		   const char *format, va_list args)
{
	char why[IOS_WHY];

	if (line->fate == IOS_LOST)
		return;
	vsnprintf(why, sizeof(why), format, args);
	ios_clean(why);
	/* What writes looks at some of them twice. */
	if (line->fate == fate && line->why && strstr(line->why, why))
		return;
	line->why = line->fate == IOS_CHANGED && fate == IOS_CHANGED ?
		    ios_format(ios, "%s; %s", line->why, why) :
		    copy(ios, why, strlen(why));
	line->fate = fate;
}

void ios_change(struct ios *ios, struct ios_line *line, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	decide(ios, line, IOS_CHANGED, format, args);
	va_end(args);
}

void ios_lose(struct ios *ios, struct ios_line *line, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	decide(ios, line, IOS_LOST, format, args);
	va_end(args);
}

bool ios_has_reason(struct ios_at *at, const struct ios_reason *table)
{
	for (; table->words; table++) {
		if (!ios_is(at, table->words))
			continue;
		at->at = at->line->n;
		if (table->why)
			ios_lose(at->ios, at->line, "%s", table->why);
		return true;
	}
	return false;
}

void ios_lose_section(struct ios *ios, struct ios_line *header,
		      const char *why)
{
	struct ios_at at;

	ios_lose(ios, header, "%s", why);
	/* A tunnel's line that stands for a default of IOS has no section. */
	if (header->indented)
		return;
	ios_for_each_line(at, ios, header)
		ios_lose(ios, at.line, "%s", at.line->fate == IOS_UNSEEN ?
			 "it is not understood" : why);
}

void ios_foreign(struct ios_line *line)
{
	line->fate = IOS_FOREIGN;
	line->why = NULL;
}

void ios_foreign_section(struct ios *ios, struct ios_line *header)
{
	struct ios_at at;

	ios_foreign(header);
	ios_for_each_line(at, ios, header)
		ios_foreign(at.line);
}
