/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line behind the options: a command of several words and what
 * it takes.
 */
#ifndef DMVPNCTL_COMMAND_H
#define DMVPNCTL_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "lib/addr.h"

#define COMMAND_ERROR 160

#define TAKES_DETAIL	1u	/* detail */
#define TAKES_DEV	2u	/* dev NAME, or interface NAME */
#define TAKES_ADDRESS	4u	/* ADDRESS or prefix */
#define TAKES_NAME	8u	/* NAME */
#define NEEDS_NAME	16u	/* NAME, and not without */
#define TAKES_FLOW	32u	/* src ADDRESS dst ADDRESS ... */
#define TAKES_DIR	64u	/* -o DIR */
#define TAKES_FILE	128u	/* -w FILE, -c NUMBER */
#define NAMES_FILE	256u	/* NAME is that of a file */
#define NAMES_DEVICE	512u	/* NAME is that of a device */
#define HAS_METRICS	1024u	/* OpenMetrics is one of its forms */
#define HAS_DOT		2048u	/* dot's language is one of its forms */

struct output;

/**
 * struct flow_args - a packet as it is named, NULL for what is not
 * @src: source
 * @dst: destination
 * @protocol: of IP
 * @sport: source port, or ICMP type
 * @dport: destination port, or ICMP code
 * @dscp: code point
 */
struct flow_args {
	const char *src;
	const char *dst;
	const char *protocol;
	const char *sport;
	const char *dport;
	const char *dscp;
};

/**
 * struct args - what was given to a command
 * @detail: "detail"
 * @family: AF_INET for the word "ip", AF_INET6 for "ipv6", 0 for both
 * @dev: interface, NULL for all
 * @address_text: address or prefix as it was written, NULL for all
 * @address: the same
 * @name: of a policy, an interface or a file, NULL for all
 * @flow: a packet
 * @dir: where files are written, NULL for here
 * @file: that is written, NULL for none
 * @count: of packets, as it was written, NULL for no limit
 */
struct args {
	bool detail;
	int family;
	const char *dev;
	const char *address_text;
	struct prefix address;
	const char *name;
	struct flow_args flow;
	const char *dir;
	const char *file;
	const char *count;
};

/**
 * struct command - a command
 * @words: its words; one in brackets may be left out, of those with a bar
 *	between them it is one
 * @takes: TAKES_*
 * @run: do it; the exit status
 * @help: what it does, in a few words
 */
struct command {
	const char *words;
	unsigned int takes;
	int (*run)(const struct output *out, const struct args *args);
	const char *help;
};

/**
 * struct commands - a table of commands
 * @v: array of @n
 * @n: their number
 */
struct commands {
	const struct command *v;
	size_t n;
};

/*
 * The command that a line says, with its arguments; NULL with the reason in
 * @error.
 */
const struct command *command_parse(const struct commands *table, int argc,
				    char **argv, struct args *args,
				    char error[static COMMAND_ERROR]);
/* The command of these words, and how many they are; NULL for none. */
const struct command *command_find(const struct commands *table, int argc,
				   char **argv, int *used);
/* One line for each command that begins with these words. Their number. */
size_t command_usage(const struct commands *table, int argc, char **argv,
		     FILE *to);
/* All there is to say of one. */
void command_help(const struct command *c, FILE *to);
/*
 * What may follow @argv, for completion: words, each with a tab and what it is
 * for; "@device" and its like stand for what is not known here.
 */
void command_complete(const struct commands *table, int argc, char **argv,
		      FILE *f);

/* What command.c and complete.c share. */

extern const char *const command_flow_words[];

/* The next word of @words, its length in @len; 0 at the end. */
const char *command_word(const char *words, size_t *len);
/* @arg is one of those that @word, "ip|ipv6", names. */
bool command_is_word(const char *arg, const char *word, size_t len);
/* "dev", or "interface". */
bool command_is_dev(const char *arg);
/* How many arguments were taken; 0 if none can be. */
int command_take_arg(unsigned int takes, int argc, char **argv,
		     struct args *args);

#endif
