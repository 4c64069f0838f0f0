/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of a configuration file as libconfuse gets it. */
#ifndef NHRPD_CONFIG_TEXT_H
#define NHRPD_CONFIG_TEXT_H

/*
 * The file's text without its comments, with the line @end behind it; to be
 * freed. A comment that does not end is left, and swallows @end. NULL with
 * errno.
 */
char *config_text(const char *file, const char *end);

#endif
