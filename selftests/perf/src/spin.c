// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * usage: spin STEPS PROCESSES
 * Each process does so many steps of work that needs nothing but a processor.
 * How much more of it a machine gets done with all its processors than with
 * one is how much more a flow could be at best.
 */
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

/* The result is of no use but to keep the compiler from leaving it out. */
static unsigned long work(unsigned long steps)
{
	unsigned long x = 1;

	while (steps--)
		x = x * 6364136223846793005ul + 1442695040888963407ul;
	return x;
}

int main(int argc, char **argv)
{
	unsigned long i, steps, processes;
	struct instant begin, end;

	if (argc != 3)
		die("usage: spin STEPS PROCESSES");
	steps = number(argv[1]);
	processes = number(argv[2]);
	begin = measure_begin();
	for (i = 0; i < processes; i++) {
		if (!fork())
			_exit(work(steps) == 0);
	}
	while (wait(NULL) > 0)
		;
	end = measure_end();
	print_span("steps", processes * steps, 0, &begin, &end, 0);
	return 0;
}
