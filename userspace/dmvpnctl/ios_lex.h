/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A configuration of IOS as lines of words, what becomes of each line, and the
 * memory of all that is made of them.
 */
#ifndef DMVPNCTL_IOS_LEX_H
#define DMVPNCTL_IOS_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/addr.h"

#define IOS_WHY	256	/* the longest reason */

struct ios;

/**
 * struct ios_reason - lines that do not carry over
 * @words: how they begin
 * @why: why not, or what to do; NULL for those of which nothing has to be done
 */
struct ios_reason {
	const char *words;
	const char *why;
};

/**
 * enum ios_fate - what became of a line
 * @IOS_UNSEEN: nobody understood it
 * @IOS_BLANK: it says nothing
 * @IOS_TAKEN: it carries over
 * @IOS_CHANGED: so it does, with a difference
 * @IOS_LOST: it does not
 * @IOS_FOREIGN: it is about something else
 */
enum ios_fate {
	IOS_UNSEEN,
	IOS_BLANK,
	IOS_TAKEN,
	IOS_CHANGED,
	IOS_LOST,
	IOS_FOREIGN,
};

/**
 * struct ios_line - a line
 * @number: in the file
 * @indented: it belongs to the last one that is not
 * @header: that one, or itself
 * @word: array of @n
 * @n: number of words
 * @fate: what became of it
 * @why: the reason or the difference, NULL for none
 * @used: of what it defines; what is not used is not taken. NULL for lines
 *	that define nothing
 */
struct ios_line {
	unsigned int number;
	bool indented;
	struct ios_line *header;
	char **word;
	size_t n;
	enum ios_fate fate;
	const char *why;
	const bool *used;
};

/**
 * struct ios_at - a line that is being read
 * @ios: of it
 * @line: the line
 * @at: next word
 */
struct ios_at {
	struct ios *ios;
	struct ios_line *line;
	size_t at;
};

/* Wiped with the configuration. Without memory the program ends. */
void *ios_alloc(struct ios *ios, size_t size);
char *ios_format(struct ios *ios, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Zeroed, and last in the list that begins at @head, which links by its first
 * member.
 */
#define ios_add(ios, head) \
	((__typeof__(*(head)))ios_append(ios, head, sizeof(**(head))))

void *ios_append(struct ios *ios, void *head, size_t size);

/* Lines and words of @len bytes at @text. */
void ios_lex(struct ios *ios, const char *text, size_t len);
void ios_free(struct ios *ios);

/* All of the next words, which are taken then. Case does not matter. */
bool ios_is(struct ios_at *at, const char *words);
/* NULL at the end. */
const char *ios_next(struct ios_at *at);
const char *ios_peek(const struct ios_at *at);
/* The next word, if it is such a one. */
bool ios_number(struct ios_at *at, uint64_t max, uint64_t *number);
bool ios_addr(struct ios_at *at, struct addr *addr);
/* A mask, of which the length is told. */
bool ios_mask(struct ios_at *at, unsigned int *len);
/* All that is left, with blanks between. */
const char *ios_rest(struct ios_at *at);

/* The line carries over if all of its words are read; else it says why not. */
void ios_take(struct ios_at *at);
/* What has a reason keeps it. */
void ios_change(struct ios *ios, struct ios_line *line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void ios_lose(struct ios *ios, struct ios_line *line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The line is one of the table, which ends with NULL, and has its reason. */
bool ios_has_reason(struct ios_at *at, const struct ios_reason *table);
/* With all that was understood of its section. */
void ios_lose_section(struct ios *ios, struct ios_line *header,
		      const char *why);
void ios_foreign(struct ios_line *line);
/* All of a section. */
void ios_foreign_section(struct ios *ios, struct ios_line *header);

/* Its lines, with a cursor at the begin of each. */
#define ios_for_each_line(at, ios_, header_)				\
	for ((at) = (struct ios_at){ (ios_), (header_) + 1, 0 };	\
	     (at).line < (ios_)->line + (ios_)->n &&			\
	     (at).line->indented;					\
	     (at).line++, (at).at = 0)					\
		if ((at).line->n)

#endif
