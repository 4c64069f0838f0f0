// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "command_line.h"

const char *command_line(const struct commands *commands, const char *line,
			 struct args *args, char error[COMMAND_ERROR])
{
	const struct command *command;
	static char buf[160];
	char *argv[24], *save = NULL;
	int argc = 0;

	snprintf(buf, sizeof(buf), "%s", line);
	argv[argc] = strtok_r(buf, " ", &save);
	while (argv[argc])
		argv[++argc] = strtok_r(NULL, " ", &save);
	command = command_parse(commands, argc, argv, args, error);
	return command ? command->words : NULL;
}
