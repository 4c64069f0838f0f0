/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libconfuse counts the line of a comment more than once, so that an error
 * behind it would be told at the wrong place. It never sees any.
 */
#ifndef NHRPD_CONFIG_COMMENT_H
#define NHRPD_CONFIG_COMMENT_H

#include <stddef.h>

/*
 * Take the comments out of @text; its lines stay. One that does not end is
 * left. Returns the length that is left, with a NUL behind it; what was further
 * behind stays in memory.
 */
size_t config_strip_comments(char *text);

#endif
