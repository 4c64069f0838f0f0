// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "dmvpnctl/run.h"

#define NETNS_DIR "/run/netns"

static const struct command all[] = {
	{ "show [dmvpn]", TAKES_DETAIL | TAKES_DEV, show_dmvpn,
	  "tunnels: who is reached how" },
	{ "show nhrp", TAKES_DEV | TAKES_ADDRESS, show_nhrp,
	  "servers, bindings and shortcuts" },
	{ "show nhrp nhs", TAKES_DEV | TAKES_ADDRESS, show_nhs,
	  "servers alone" },
	{ "show nhrp group-map", TAKES_DEV, show_group_map,
	  "groups, their policies and who has them" },
	{ "show nhrp traffic", TAKES_DEV, show_traffic,
	  "NHRP packets by type, and those dropped" },
	{ "show crypto session", TAKES_DETAIL | TAKES_ADDRESS, show_session,
	  "what is protected, by NBMA address" },
	{ "show crypto isakmp sa [peer]", TAKES_ADDRESS, show_isakmp,
	  "IKE SAs of the sessions" },
	{ "show crypto ike sa [peer]", TAKES_ADDRESS, show_isakmp,
	  "the same" },
	{ "show crypto [ipsec] sa [peer]", TAKES_ADDRESS, show_sa,
	  "SAs in full" },
	{ "show interface", TAKES_DEV, show_interface,
	  "devices and their counters" },
	{ "show policy-map", TAKES_NAME, show_policy_map,
	  "what policies say" },
	{ "show policy-map interface", TAKES_NAME, show_policy_interface,
	  "policies of devices, with counters" },
	{ "show policy-map multipoint", TAKES_NAME, show_multipoint,
	  "queues of each peer" },
	{ "policy load", NEEDS_NAME, policy_load,
	  "put the policies of a file into the kernel" },
	{ "policy list", 0, policy_list, "policies in the kernel" },
	{ "policy delete", NEEDS_NAME, policy_delete,
	  "take one out of the kernel" },
	{ "test classify", NEEDS_NAME | TAKES_FLOW, test_classify,
	  "which class of a policy a packet is of" },
	{ "monitor", 0, monitor, "events as they come" },
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

static void usage(FILE *to)
{
	fprintf(to,
		"Usage: dmvpnctl [-j] [-N NETNS] COMMAND\n"
		"  -j        JSON\n"
		"  -N NETNS  in the network namespace of that name\n"
		"  -V        print the version\n"
		"Commands:\n");
	command_usage(&commands, to);
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

int main(int argc, char **argv)
{
	const struct output *out = &text_output;
	const struct command *command;
	const char *netns = NULL;
	char error[COMMAND_ERROR];
	struct args args;
	int c, status;

	while ((c = getopt(argc, argv, "+hjN:V")) != -1) {
		switch (c) {
		case 'h':
			usage(stdout);
			return 0;
		case 'j':
			out = &json_output;
			break;
		case 'N':
			netns = optarg;
			break;
		case 'V':
			printf("dmvpnctl %s\n", VERSION);
			return 0;
		default:
			usage(stderr);
			return 2;
		}
	}
	command = command_parse(&commands, argc - optind, argv + optind, &args,
				error);
	if (!command) {
		fprintf(stderr, "dmvpnctl: %s\n", error);
		usage(stderr);
		return 2;
	}
	if (netns && enter_netns(netns))
		return 1;
	status = command->run(out, &args);
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "dmvpnctl: output: %s\n", strerror(errno));
		status = 1;
	}
	return status;
}
