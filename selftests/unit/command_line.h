/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Command lines of dmvpnctl as text. */
#ifndef UNIT_COMMAND_LINE_H
#define UNIT_COMMAND_LINE_H

#include "dmvpnctl/command.h"

/*
 * The words of the command that a line is taken for, NULL for none. The
 * arguments are good until the next line.
 */
const char *command_line(const struct commands *commands, const char *line,
			 struct args *args, char error[COMMAND_ERROR]);

#endif
