// SPDX-License-Identifier: GPL-2.0-or-later
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>

#include "invariant.h"
#include "scenario.h"

static void usage(FILE *out)
{
	fputs("usage: sim [--scenario NAME] [--seed N] [--nodes N] [--hours H] [--trace]\n"
	      "Whole instances of nhrpd in one process, on one clock; prints a hash of all\n"
	      "that happened. A status of 1 means that an invariant was broken.\n"
	      "Scenarios:\n", out);
}

static void help(void)
{
	usage(stdout);
	scenario_list();
	puts("Invariants:");
	invariant_list();
}

static bool read_options(int argc, char **argv, struct options *o)
{
	static const struct option names[] = {
		{ "scenario", required_argument, NULL, 'c' },
		{ "seed", required_argument, NULL, 's' },
		{ "nodes", required_argument, NULL, 'n' },
		{ "hours", required_argument, NULL, 'o' },
		{ "trace", no_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	int c;

	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		switch (c) {
		case 'c':
			o->scenario = optarg;
			break;
		case 's':
			o->seed = strtoull(optarg, NULL, 0);
			break;
		case 'n':
			o->nodes = (unsigned int)strtoul(optarg, NULL, 0);
			break;
		case 'o':
			o->hours = strtod(optarg, NULL);
			break;
		case 't':
			o->trace = true;
			break;
		case 'h':
			help();
			exit(0);
		default:
			return false;
		}
	}
	return optind == argc && o->nodes >= 10 && o->nodes <= SIM_NODES_MAX &&
	       o->hours >= 0 && scenario_find(o->scenario);
}

int main(int argc, char **argv)
{
	static struct sim sim = { .options = {
		.seed = 1,
		.nodes = 100,
		.hours = 1,
		.scenario = "churn",
	} };
	const struct options *o = &sim.options;

	if (!read_options(argc, argv, &sim.options)) {
		usage(stderr);
		fprintf(stderr, "10 to %u nodes; --help lists the scenarios\n",
			SIM_NODES_MAX);
		return 2;
	}
	sim.scenario = scenario_find(o->scenario);
	scenario_run(&sim);
	printf("%s seed %" PRIu64 " nodes %u hours %g: hash %016" PRIx64 "\n",
	       o->scenario, o->seed, o->nodes, o->hours, sim.hash);
	return 0;
}
