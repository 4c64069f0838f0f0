// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "nhrpd/config_error.h"
#include "nhrpd/config_include.h"
#include "nhrpd/config_text.h"

#define WORD		"include"
#define TAIL		"\n" CONFIG_END " = 1\n"
/* Ends a word. */
#define DELIMITERS	" \t\r\n\"'{}()=+,;"
/* More of them are files that include each other. */
#define FILES_MAX	256

/**
 * struct origin - what a part of the text is from
 * @line: of the text, where the part begins
 * @file: name
 * @at: line in it
 */
struct origin {
	int line;
	char *file;
	int at;
};

/**
 * struct output - the text
 * @text: of it
 * @line: its last
 * @files: how many are in it
 */
struct output {
	struct config_text text;
	int line;
	unsigned int files;
};

/**
 * struct input - a file that is being read
 * @file: its name
 * @at: what comes next
 * @line: of that
 * @blocks: that are open there
 */
struct input {
	const char *file;
	const char *at;
	int line;
	int blocks;
};

/* libconfuse's callbacks carry no argument of ours. */
static struct origin *origins;
static size_t n_origins;

void config_include_end(void)
{
	while (n_origins)
		free(origins[--n_origins].file);
	free(origins);
	origins = NULL;
}

const char *config_include_origin(int line, int *at)
{
	size_t i = n_origins;

	while (i && origins[i - 1].line > line)
		i--;
	if (!i)
		return NULL;
	*at = origins[i - 1].at + line - origins[i - 1].line;
	return origins[i - 1].file;
}

static int no_memory(void)
{
	return bad(NULL, "out of memory");
}

/* What comes from now on is from there. */
static int begin(const struct output *out, const struct input *in)
{
	struct origin *more = reallocarray(origins, n_origins + 1,
					   sizeof(*origins));
	struct origin *o;

	if (!more)
		return no_memory();
	origins = more;
	o = &origins[n_origins];
	o->line = out->line;
	o->file = strdup(in->file);
	o->at = in->line;
	if (!o->file)
		return no_memory();
	n_origins++;
	return 0;
}

static int put(struct output *out, const char *data, size_t len)
{
	const char *c;

	for (c = data; c < data + len; c++)
		out->line += *c == '\n';
	return config_text_add(&out->text, data, len) ? no_memory() : 0;
}

/* ---- reading ---- */

static void step(struct input *in)
{
	in->line += *in->at == '\n';
	in->at++;
}

static void skip_space(struct input *in)
{
	while (isspace((unsigned char)*in->at))
		step(in);
}

static void skip_quoted(struct input *in)
{
	char quote = *in->at;

	step(in);
	while (*in->at && *in->at != quote) {
		if (*in->at == '\\' && in->at[1])
			step(in);
		step(in);
	}
	if (*in->at)
		step(in);
}

/* Of comments only one that does not end is still there. */
static bool is_comment(const char *at)
{
	return !strncmp(at, "/*", 2);
}

static void skip_word(struct input *in)
{
	while (*in->at && !strchr(DELIMITERS, *in->at) && !is_comment(in->at))
		step(in);
}

static void skip(struct input *in)
{
	if (*in->at == '"' || *in->at == '\'') {
		skip_quoted(in);
	} else if (strchr(DELIMITERS, *in->at)) {
		in->blocks += (*in->at == '{') - (*in->at == '}');
		step(in);
	} else {
		skip_word(in);
	}
}

static bool take(struct input *in, char c)
{
	if (*in->at != c)
		return false;
	step(in);
	return true;
}

/* With quotes or without. */
static bool take_name(struct input *in, char *name)
{
	char quote = *in->at;
	bool quoted = quote == '"' || quote == '\'';
	size_t len;

	if (quoted)
		step(in);
	len = strcspn(in->at, quoted ? "\"'\\\n" : DELIMITERS);
	if (!len || len >= PATH_MAX)
		return false;
	memcpy(name, in->at, len);
	name[len] = '\0';
	in->at += len;
	return !quoted || take(in, quote);
}

static bool take_include(struct input *in)
{
	struct input try = *in;

	if (in->blocks || strncmp(in->at, WORD, strlen(WORD)))
		return false;
	try.at += strlen(WORD);
	skip_space(&try);
	if (*try.at != '(' && *try.at != '"' && *try.at != '\'')
		return false;
	*in = try;
	return true;
}

static bool take_argument(struct input *in, char *name)
{
	if (!take(in, '('))
		return false;
	skip_space(in);
	if (!take_name(in, name))
		return false;
	skip_space(in);
	return take(in, ')');
}

/* ---- putting together ---- */

static int put_file(struct output *out, const char *file,
		    const struct input *from);

static int put_included(struct output *out, const char *file,
			const struct input *in)
{
	if (out->files == FILES_MAX)
		return bad(NULL, "%s:%d: include: more than %d files: one of"
			   " them includes itself", in->file, in->line,
			   FILES_MAX);
	if (put(out, "\n", 1) || put_file(out, file, in))
		return -1;
	return begin(out, in);
}

/* Not to be left to libconfuse, which loses the memory of wrong arguments. */
static int put_include(struct output *out, struct input *in)
{
	char name[PATH_MAX];
	int line = in->line;

	if (!take_argument(in, name))
		return bad(NULL, "%s:%d: include: write include(\"FILE\")",
			   in->file, line);
	return put_included(out, name, in);
}

static int put_text(struct output *out, struct input *in)
{
	const char *from = in->at, *end;

	while (*in->at) {
		end = in->at;
		if (is_comment(in->at))
			return bad(NULL, "%s:%d: a comment that does not end:"
				   " a \"*/\" is missing", in->file, in->line);
		if (!take_include(in)) {
			skip(in);
			continue;
		}
		if (put(out, from, (size_t)(end - from)) ||
		    put_include(out, in))
			return -1;
		from = in->at;
	}
	return put(out, from, strlen(from));
}

static int put_file(struct output *out, const char *file,
		    const struct input *from)
{
	char *text = config_text_read(file);
	struct input in = { .file = file, .at = text, .line = 1 };
	int err;

	if (!text && from)
		return bad(NULL, "%s:%d: include: %s: %s", from->file,
			   from->line, file, strerror(errno));
	if (!text)
		return bad(NULL, "%s: %s", file, strerror(errno));
	out->files++;
	err = begin(out, &in) || put_text(out, &in) ||
	      put(out, TAIL, strlen(TAIL));
	config_text_free(text);
	return err ? -1 : 0;
}

char *config_include_read(const char *file)
{
	struct output out = { .line = 1 };

	config_include_end();
	if (!put_file(&out, file, NULL))
		return out.text.data;
	config_text_free(out.text.data);
	return NULL;
}
