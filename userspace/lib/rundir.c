// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <sys/stat.h>

#include "lib/rundir.h"

int rundir_path(char path[static RUNDIR_PATH], const char *suffix)
{
	struct stat ns;

	if (stat("/proc/self/ns/net", &ns))
		return -1;
	snprintf(path, RUNDIR_PATH, "%s/net-%llu.%s", RUNDIR,
		 (unsigned long long)ns.st_ino, suffix);
	return 0;
}
