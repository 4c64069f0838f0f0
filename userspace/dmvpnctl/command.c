// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include <sys/socket.h>

#include "dmvpnctl/command.h"

#define USAGE_WIDTH 44

const char *command_word(const char *words, size_t *len)
{
	words += strspn(words, " ");
	*len = strcspn(words, " ");
	return words;
}

bool command_is_word(const char *arg, const char *word, size_t len)
{
	const char *end = word + len, *bar;

	for (; word < end; word = bar + 1) {
		bar = memchr(word, '|', (size_t)(end - word));
		if (!bar)
			bar = end;
		if (strlen(arg) == (size_t)(bar - word) &&
		    !memcmp(arg, word, (size_t)(bar - word)))
			return true;
	}
	return false;
}

/* How many arguments are the words of @command; -1 if it is another one. */
static int match(const struct command *command, int argc, char **argv)
{
	const char *word = command->words;
	size_t len;
	int used = 0;

	while (word = command_word(word, &len), len) {
		bool optional = word[0] == '[';

		if (used < argc &&
		    command_is_word(argv[used], word + optional,
				    len - 2 * optional))
			used++;
		else if (!optional)
			return -1;
		word += len;
	}
	return used;
}

const struct command *command_find(const struct commands *table, int argc,
				   char **argv, int *used)
{
	const struct command *best = NULL;
	size_t i;
	int n;

	*used = -1;
	for (i = 0; i < table->n; i++) {
		n = match(&table->v[i], argc, argv);
		if (n > *used) {
			best = &table->v[i];
			*used = n;
		}
	}
	return best;
}

const char *const command_flow_words[] = {
	"src", "dst", "protocol", "sport", "dport", "type", "code", "dscp",
	NULL
};

/* A word of a packet and its value. */
static bool take_flow(struct flow_args *flow, const char *word,
		      const char *value)
{
	const struct {
		const char *word;
		const char **value;
	} words[] = {
		{ "src", &flow->src }, { "dst", &flow->dst },
		{ "protocol", &flow->protocol }, { "sport", &flow->sport },
		{ "dport", &flow->dport }, { "type", &flow->sport },
		{ "code", &flow->dport }, { "dscp", &flow->dscp },
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(words[i].word, word) && !*words[i].value) {
			*words[i].value = value;
			return true;
		}
	return false;
}

/* An option behind the words, with its value. */
static bool take_option(unsigned int takes, struct args *args,
			const char *word, const char *value)
{
	const char **to = NULL;

	if (takes & TAKES_DIR && !strcmp(word, "-o"))
		to = &args->dir;
	else if (takes & TAKES_FILE && !strcmp(word, "-w"))
		to = &args->file;
	else if (takes & TAKES_FILE && !strcmp(word, "-c"))
		to = &args->count;
	if (!to || *to)
		return false;
	*to = value;
	return true;
}

bool command_is_dev(const char *arg)
{
	return !strcmp(arg, "dev") || !strcmp(arg, "interface");
}

int command_take_arg(unsigned int takes, int argc, char **argv,
		     struct args *args)
{
	if (takes & TAKES_DETAIL && !args->detail &&
	    !strcmp(argv[0], "detail")) {
		args->detail = true;
		return 1;
	}
	if (takes & TAKES_DEV && !args->dev && argc > 1 &&
	    command_is_dev(argv[0])) {
		args->dev = argv[1];
		return 2;
	}
	if (takes & TAKES_ADDRESS && !args->address_text &&
	    !prefix_parse(argv[0], &args->address)) {
		args->address_text = argv[0];
		return 1;
	}
	if (argc > 1 && take_option(takes, args, argv[0], argv[1]))
		return 2;
	if (takes & (TAKES_NAME | NEEDS_NAME) && !args->name) {
		args->name = argv[0];
		return 1;
	}
	if (takes & TAKES_FLOW && argc > 1 &&
	    take_flow(&args->flow, argv[0], argv[1]))
		return 2;
	return 0;
}

/* The family that is one of the words of a command. */
static int family_of(int used, char **argv)
{
	int i;

	for (i = 0; i < used; i++) {
		if (!strcmp(argv[i], "ip"))
			return AF_INET;
		if (!strcmp(argv[i], "ipv6"))
			return AF_INET6;
	}
	return 0;
}

const struct command *command_parse(const struct commands *table, int argc,
				    char **argv, struct args *args,
				    char error[static COMMAND_ERROR])
{
	const struct command *command;
	int used, n;

	*args = (struct args){ 0 };
	command = command_find(table, argc, argv, &used);
	if (!command) {
		snprintf(error, COMMAND_ERROR, argc ? "no command \"%s\"" :
						      "what shall it do?",
			 argc ? argv[0] : "");
		return NULL;
	}
	args->family = family_of(used, argv);
	for (; used < argc; used += n) {
		n = command_take_arg(command->takes, argc - used, argv + used,
				     args);
		if (!n) {
			snprintf(error, COMMAND_ERROR,
				 "%s: what is \"%s\"?", command->words,
				 argv[used]);
			return NULL;
		}
	}
	if (command->takes & NEEDS_NAME && !args->name) {
		snprintf(error, COMMAND_ERROR, "%s: which?", command->words);
		return NULL;
	}
	return command;
}

static int print_usage(const struct command *c, FILE *to)
{
	return fprintf(to, "%s%s%s%s%s%s%s%s%s", c->words,
		       c->takes & TAKES_DETAIL ? " [detail]" : "",
		       c->takes & TAKES_DEV ? " [dev NAME]" : "",
		       c->takes & TAKES_ADDRESS ? " [ADDRESS]" : "",
		       c->takes & TAKES_NAME ? " [NAME]" : "",
		       c->takes & NEEDS_NAME ? " NAME" : "",
		       c->takes & TAKES_FLOW ? " PACKET" : "",
		       c->takes & TAKES_DIR ? " [-o DIR]" : "",
		       c->takes & TAKES_FILE ? " [-w FILE] [-c NUMBER]" : "");
}

/* All of the arguments are words that it begins with. */
static bool begins(const struct command *command, int argc, char **argv)
{
	const char *word = command->words;
	size_t len;

	while (argc && (word = command_word(word, &len), len)) {
		bool optional = word[0] == '[';

		if (command_is_word(argv[0], word + optional,
				    len - 2 * optional)) {
			argc--;
			argv++;
		} else if (!optional) {
			return false;
		}
		word += len;
	}
	return !argc;
}

size_t command_usage(const struct commands *table, int argc, char **argv,
		     FILE *to)
{
	const struct command *c;
	size_t n = 0;
	int used;

	for (c = table->v; c < table->v + table->n; c++) {
		if (!begins(c, argc, argv))
			continue;
		used = fprintf(to, "  ") + print_usage(c, to);
		fprintf(to, "%*s%s\n",
			used < USAGE_WIDTH ? USAGE_WIDTH - used : 1, "",
			c->help);
		n++;
	}
	return n;
}

void command_help(const struct command *c, FILE *to)
{
	fprintf(to, "Usage: dmvpnctl [OPTION]... ");
	print_usage(c, to);
	fprintf(to, "\n  %s\n", c->help);
	if (c->takes & TAKES_DEV)
		fprintf(to, "  dev NAME  of one device; \"interface\" is the same\n");
	if (c->takes & TAKES_ADDRESS)
		fprintf(to, "  ADDRESS   or a prefix, of which all is meant\n");
	if (c->takes & TAKES_FLOW)
		fprintf(to, "  PACKET    src ADDRESS dst ADDRESS [protocol P] [sport N] [dport N]\n"
			"            [type N] [code N] [dscp N]\n");
	if (c->takes & HAS_METRICS)
		fprintf(to, "  --openmetrics is a form of it\n");
	if (c->takes & HAS_DOT)
		fprintf(to, "  --dot is a form of it\n");
	fprintf(to, "dmvpnctl(8) says more.\n");
}
