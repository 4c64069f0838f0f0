// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dmvpnctl/ometric.h"
#include "dmvpnctl/run.h"

#define NETNS_DIR "/run/netns"

static const struct command all[] = {
	{ "show [dmvpn]", TAKES_DETAIL | TAKES_DEV | HAS_METRICS, show_dmvpn,
	  "tunnels: who is reached how" },
	{ "show [ip|ipv6] nhrp", TAKES_DETAIL | TAKES_DEV | TAKES_ADDRESS,
	  show_nhrp, "bindings and shortcuts" },
	{ "show [ip|ipv6] nhrp brief", TAKES_DEV | TAKES_ADDRESS,
	  show_nhrp_brief, "the same, one a line" },
	{ "show [ip|ipv6] nhrp nhs", TAKES_DETAIL | TAKES_DEV | TAKES_ADDRESS,
	  show_nhs, "servers" },
	{ "show [ip|ipv6] nhrp summary", TAKES_DEV, show_nhrp_summary,
	  "how many bindings and shortcuts there are" },
	{ "show [ip|ipv6] nhrp multicast", TAKES_DEV, show_nhrp_multicast,
	  "who gets copies of multicast packets" },
	{ "show [ip|ipv6] nhrp stats", TAKES_DEV, show_nhrp_stats,
	  "what nhrpd was told and did" },
	{ "show [ip|ipv6] nhrp group-map", TAKES_DEV, show_group_map,
	  "groups, their policies and who has them" },
	{ "show [ip|ipv6] nhrp traffic", TAKES_DETAIL | TAKES_DEV,
	  show_traffic, "NHRP packets by type, and those dropped" },
	{ "show crypto session [remote]", TAKES_DETAIL | TAKES_ADDRESS,
	  show_session, "what is protected, by NBMA address" },
	{ "show crypto isakmp sa [peer]", TAKES_ADDRESS, show_isakmp,
	  "IKE SAs of the sessions" },
	{ "show crypto ike sa [peer]", TAKES_ADDRESS, show_isakmp,
	  "the same" },
	{ "show crypto [ipsec] sa [peer]", TAKES_ADDRESS, show_sa,
	  "SAs in full" },
	{ "show interface", TAKES_DEV, show_interface,
	  "devices and their counters" },
	{ "show topology", TAKES_DEV | HAS_DOT, show_topology,
	  "hubs, spokes and shortcuts as a graph" },
	{ "show policy-map", TAKES_NAME, show_policy_map,
	  "what policies say" },
	{ "show policy-map interface", TAKES_NAME | NAMES_DEVICE | HAS_METRICS,
	  show_policy_interface,
	  "policies of devices, with counters" },
	{ "show policy-map multipoint", TAKES_NAME | NAMES_DEVICE | HAS_METRICS,
	  show_multipoint,
	  "queues of each peer" },
	{ "policy load", NEEDS_NAME | NAMES_FILE, policy_load,
	  "put the policies of a file into the kernel" },
	{ "policy list", 0, policy_list, "policies in the kernel" },
	{ "policy delete", NEEDS_NAME, policy_delete,
	  "take one out of the kernel" },
	{ "test classify", NEEDS_NAME | TAKES_FLOW, test_classify,
	  "which class of a policy a packet is of" },
	{ "import ios", NEEDS_NAME | NAMES_FILE | TAKES_DIR, import_ios,
	  "our files from a configuration of IOS" },
	{ "monitor", 0, monitor, "events as they come" },
	{ "doctor", TAKES_DEV, doctor, "what is wrong, and what to do" },
	{ "trace", TAKES_DEV | TAKES_ADDRESS | TAKES_FLOW, trace,
	  "which way a packet would go" },
	{ "capture", TAKES_DEV | TAKES_ADDRESS | TAKES_FILE, capture,
	  "traffic in clear, for Wireshark" },
	{ "clear nhrp", TAKES_DEV | TAKES_ADDRESS, clear_nhrp,
	  "forget what NHRP has learnt" },
	{ "clear nhrp shortcut", TAKES_DEV | TAKES_ADDRESS, clear_shortcut,
	  "forget direct paths" },
	{ "clear [nhrp] counters", TAKES_DEV, clear_counters,
	  "NHRP's packet counters to 0" },
	{ "clear [dmvpn] session [peer]", TAKES_ADDRESS, clear_session,
	  "delete sessions; those in use come again" },
};

static const struct commands commands = {
	all, sizeof(all) / sizeof(all[0])
};

static const struct option options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "openmetrics", no_argument, NULL, 'm' },
	{ "dot", no_argument, NULL, 'd' },
	{ "peers", required_argument, NULL, 'p' },
	{ "netns", required_argument, NULL, 'N' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ 0 }
};

/**
 * struct choice - what the options say
 * @out: form
 * @netns: name of a network namespace, or NULL
 * @help: the command is to be explained, not done
 */
struct choice {
	const struct output *out;
	const char *netns;
	bool help;
};

static void usage(FILE *to)
{
	fprintf(to,
		"Usage: dmvpnctl [OPTION]... COMMAND\n"
		"  -j, --json         JSON\n"
		"  -m, --openmetrics  OpenMetrics, for Prometheus\n"
		"  -d, --dot          a graph for dot(1)\n"
		"  -p, --peers N      at most so many peers with metrics of their own (%u)\n"
		"  -N, --netns NETNS  in the network namespace of that name\n"
		"  -h, --help         what there is; behind a command, of that command\n"
		"  -V, --version      print the version\n"
		"Commands:\n", OMETRIC_PEERS);
	command_usage(&commands, 0, NULL, to);
}

static int enter_netns(const char *name)
{
	bool is_path = strchr(name, '/');
	char path[PATH_MAX];
	int fd, err;

	snprintf(path, sizeof(path), "%s%s%s", is_path ? "" : NETNS_DIR,
		 is_path ? "" : "/", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	err = fd < 0 ? -1 : setns(fd, CLONE_NEWNET);
	if (err)
		fprintf(stderr, "dmvpnctl: network namespace %s: %s\n", name,
			strerror(errno));
	if (fd >= 0)
		close(fd);
	return err;
}

static int take_number(const char *text, unsigned int *number)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(text, &end, 10);
	if (errno || *end || !isdigit((unsigned char)*text) || n > UINT_MAX) {
		fprintf(stderr, "dmvpnctl: --peers %s: not a number\n", text);
		return -1;
	}
	*number = (unsigned int)n;
	return 0;
}

/* -1 if there is no such option. */
static int take_option(int c, const char *value, struct choice *choice)
{
	switch (c) {
	case 'h':
		choice->help = true;
		return 0;
	case 'j':
		choice->out = &json_output;
		return 0;
	case 'm':
		choice->out = &ometric_output;
		return 0;
	case 'd':
		choice->out = &dot_output;
		return 0;
	case 'p':
		return take_number(value, &ometric_peers);
	case 'N':
		choice->netns = value;
		return 0;
	}
	return -1;
}

/* Of what may stand behind a command: nothing that takes a value. */
static int option_behind(const char *arg)
{
	const struct option *o;

	if (!strcmp(arg, "-h") || !strcmp(arg, "-j"))
		return arg[1];
	for (o = options; o->name; o++)
		if (o->has_arg == no_argument && !strncmp(arg, "--", 2) &&
		    !strcmp(arg + 2, o->name))
			return o->val;
	return 0;
}

/* Take those out of @argv; how many arguments are left. */
static int options_behind(int argc, char **argv, struct choice *choice)
{
	int i, kept = 0, c;

	for (i = 0; i < argc; i++) {
		c = option_behind(argv[i]);
		if (!c || take_option(c, NULL, choice))
			argv[kept++] = argv[i];
	}
	return kept;
}

/* Not every command has every form. */
static int check_form(const struct command *command, const struct output *out)
{
	const char *name = out == &ometric_output ? "OpenMetrics" : "dot";
	unsigned int has = out == &ometric_output ? HAS_METRICS : HAS_DOT;

	if (out == &text_output || out == &json_output || command->takes & has)
		return 0;
	fprintf(stderr, "dmvpnctl: %s: there is no form of it for %s\n",
		command->words, name);
	return -1;
}

static int help(int argc, char **argv)
{
	const struct command *command;
	int used;

	command = command_find(&commands, argc, argv, &used);
	if (command && used == argc)
		command_help(command, stdout);
	else if (!argc)
		usage(stdout);
	else if (command_usage(&commands, argc, argv, stdout))
		return 0;
	else if (command)
		command_help(command, stdout);
	else
		usage(stderr);
	return argc && !command ? 2 : 0;
}

static int run(int argc, char **argv, struct choice *choice)
{
	const struct command *command;
	char error[COMMAND_ERROR];
	struct args args;

	if (argc && !strcmp(argv[0], "complete")) {
		command_complete(&commands, argc - 1, argv + 1, stdout);
		return 0;
	}
	argc = options_behind(argc, argv, choice);
	if (choice->help)
		return help(argc, argv);
	command = command_parse(&commands, argc, argv, &args, error);
	if (!command) {
		fprintf(stderr, "dmvpnctl: %s\n", error);
		usage(stderr);
		return 2;
	}
	if (check_form(command, choice->out))
		return 2;
	if (choice->netns && enter_netns(choice->netns))
		return 1;
	return command->run(choice->out, &args);
}

/* The exit status: what was not written was not told. */
static int finish(int status)
{
	if (!fflush(stdout) && !ferror(stdout))
		return status;
	fprintf(stderr, "dmvpnctl: output: %s\n", strerror(errno));
	return 1;
}

int main(int argc, char **argv)
{
	struct choice choice = { .out = &text_output };
	int c;

	while ((c = getopt_long(argc, argv, "+jmdp:N:hV", options, NULL)) !=
	       -1) {
		if (c == 'V') {
			printf("dmvpnctl %s\n", VERSION);
			return finish(0);
		}
		if (take_option(c, optarg, &choice)) {
			if (c == '?')
				usage(stderr);
			return 2;
		}
	}
	return finish(run(argc - optind, argv + optind, &choice));
}
