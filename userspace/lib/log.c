// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>

#include "lib/log.h"

#define LINE_LEN 1024

static const char *program = "";
static enum log_target target;
static bool debug;
static bool journal;

void log_open(const char *name, enum log_target to, bool with_debug)
{
	program = name;
	target = to;
	debug = with_debug;
	journal = getenv("JOURNAL_STREAM") != NULL;
	if (target == LOG_TARGET_SYSLOG)
		openlog(program, LOG_PID, LOG_DAEMON);
}

bool log_is_debug(void)
{
	return debug;
}

static void vlog(int priority, const char *format, va_list args)
{
	char line[LINE_LEN];
	int saved = errno;

	vsnprintf(line, sizeof(line), format, args);
	if (target == LOG_TARGET_SYSLOG)
		syslog(priority, "%s", line);
	else if (journal)
		fprintf(stderr, "<%d>%s\n", priority, line);
	else
		fprintf(stderr, "%s: %s\n", program, line);
	errno = saved;
}

void log_err(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vlog(LOG_ERR, format, args);
	va_end(args);
}

void log_warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vlog(LOG_WARNING, format, args);
	va_end(args);
}

void log_info(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vlog(LOG_INFO, format, args);
	va_end(args);
}

void log_debug(const char *format, ...)
{
	va_list args;

	if (!debug)
		return;
	va_start(args, format);
	vlog(LOG_DEBUG, format, args);
	va_end(args);
}
