/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DMVPN_LIB_LOG_H
#define DMVPN_LIB_LOG_H

#include <stdbool.h>

/**
 * enum log_target - where lines go
 * @LOG_TARGET_STDERR: to stderr; with the priority in front of each line if
 *	that is the journal
 * @LOG_TARGET_SYSLOG: to syslog(3)
 */
enum log_target {
	LOG_TARGET_STDERR,
	LOG_TARGET_SYSLOG,
};

/* @program stays the caller's. Debug lines are dropped unless @debug. */
void log_open(const char *program, enum log_target target, bool debug);

/* Are debug lines written? */
bool log_is_debug(void);

/* One line each, without newline at the end. errno is left as it is. */
void log_err(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
