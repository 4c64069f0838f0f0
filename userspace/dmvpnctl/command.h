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
#define TAKES_DEV	2u	/* dev NAME */
#define TAKES_ADDRESS	4u	/* ADDRESS or prefix */
#define TAKES_NAME	8u	/* NAME */
#define NEEDS_NAME	16u	/* NAME, and not without */
#define TAKES_FLOW	32u	/* src ADDRESS dst ADDRESS ... */

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
 * @dev: interface, NULL for all
 * @address_text: address or prefix as it was written, NULL for all
 * @address: the same
 * @name: of a policy, an interface or a file, NULL for all
 * @flow: a packet
 */
struct args {
	bool detail;
	const char *dev;
	const char *address_text;
	struct prefix address;
	const char *name;
	struct flow_args flow;
};

/**
 * struct command - a command
 * @words: its words; one in brackets may be left out
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
/* One line for each command. */
void command_usage(const struct commands *table, FILE *to);

#endif
