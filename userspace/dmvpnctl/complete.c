// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What may come next on a command line, from the table of commands: shells ask
 * for it, so that no list of the commands stands anywhere else.
 */
#include <string.h>

#include "dmvpnctl/command.h"

#define CANDIDATES_MAX 64

/**
 * struct candidate - a word that may come next
 * @word: the word, or "@device", "@policy", "@file", "@address" for what the
 *	shell has to find out
 * @len: its length
 * @help: what it leads to, "" if that is several things
 */
struct candidate {
	const char *word;
	size_t len;
	const char *help;
};

/**
 * struct candidates - all of them
 * @v: array of @n; more than there is room for are left out
 * @n: their number
 */
struct candidates {
	struct candidate v[CANDIDATES_MAX];
	size_t n;
};

static void add(struct candidates *cs, const char *word, size_t len,
		const char *help)
{
	struct candidate *c;

	for (c = cs->v; c < cs->v + cs->n; c++)
		if (c->len == len && !memcmp(c->word, word, len)) {
			if (strcmp(c->help, help))
				c->help = "";
			return;
		}
	if (cs->n < CANDIDATES_MAX)
		cs->v[cs->n++] = (struct candidate){ word, len, help };
}

static void add_text(struct candidates *cs, const char *word, const char *help)
{
	add(cs, word, strlen(word), help);
}

/* Each of "ip|ipv6". */
static void add_word(struct candidates *cs, const char *word, size_t len,
		     const char *help)
{
	const char *end = word + len, *bar;

	for (; word < end; word = bar + 1) {
		bar = memchr(word, '|', (size_t)(end - word));
		if (!bar)
			bar = end;
		add(cs, word, (size_t)(bar - word), help);
	}
}

static const char *name_kind(const struct command *c)
{
	if (c->takes & NAMES_FILE)
		return "@file";
	return c->takes & NAMES_DEVICE ? "@device" : "@policy";
}

static void add_args(struct candidates *cs, const struct command *c,
		     const struct args *a)
{
	size_t i;

	if (c->takes & TAKES_DETAIL && !a->detail)
		add_text(cs, "detail", "more of it");
	if (c->takes & TAKES_DEV && !a->dev)
		add_text(cs, "dev", "of one device");
	if (c->takes & TAKES_ADDRESS && !a->address_text)
		add_text(cs, "@address", "");
	if (c->takes & (TAKES_NAME | NEEDS_NAME) && !a->name)
		add_text(cs, name_kind(c), "");
	if (c->takes & TAKES_DIR && !a->dir)
		add_text(cs, "-o", "where to");
	if (c->takes & TAKES_FILE && !a->file)
		add_text(cs, "-w", "write to a file");
	if (c->takes & TAKES_FILE && !a->count)
		add_text(cs, "-c", "so many packets");
	if (c->takes & TAKES_FLOW && (a->name || !(c->takes & NEEDS_NAME)))
		for (i = 0; command_flow_words[i]; i++)
			add_text(cs, command_flow_words[i], "of the packet");
}

/* What comes after a word that has a value; false if this is none. */
static bool complete_value(struct candidates *cs, const struct command *c,
			   const char *word, const struct args *a)
{
	if (c->takes & TAKES_DEV && !a->dev && command_is_dev(word))
		add_text(cs, "@device", "");
	else if ((c->takes & TAKES_DIR && !a->dir && !strcmp(word, "-o")) ||
		 (c->takes & TAKES_FILE && !a->file && !strcmp(word, "-w")))
		add_text(cs, "@file", "");
	else
		return c->takes & TAKES_FILE && !a->count &&
		       !strcmp(word, "-c");
	return true;
}

/* What is left when these arguments behind the words are taken. */
static void complete_args(struct candidates *cs, const struct command *c,
			  int argc, char **argv)
{
	struct args args = { 0 };
	int n;

	for (; argc; argc -= n, argv += n) {
		if (argc == 1 && complete_value(cs, c, argv[0], &args))
			return;
		n = command_take_arg(c->takes, argc, argv, &args);
		if (!n)
			return;
	}
	add_args(cs, c, &args);
}

static void complete_command(struct candidates *cs, const struct command *c,
			     int argc, char **argv)
{
	const char *word = c->words;
	int used = 0;
	size_t len;

	while (word = command_word(word, &len), len) {
		bool optional = word[0] == '[';
		const char *bare = word + optional;
		size_t bare_len = len - 2 * optional;

		if (used == argc)
			add_word(cs, bare, bare_len, c->help);
		if (used < argc &&
		    command_is_word(argv[used], bare, bare_len))
			used++;
		else if (!optional)
			return;
		word += len;
	}
	complete_args(cs, c, argc - used, argv + used);
}

void command_complete(const struct commands *table, int argc, char **argv,
		      FILE *f)
{
	struct candidates cs = { .n = 0 };
	size_t i;

	for (i = 0; i < table->n; i++)
		complete_command(&cs, &table->v[i], argc, argv);
	for (i = 0; i < cs.n; i++)
		fprintf(f, "%.*s\t%s\n", (int)cs.v[i].len, cs.v[i].word,
			cs.v[i].help);
}
