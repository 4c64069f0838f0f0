/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file as a text that has secrets in it: no copy of it is left behind.
 */
#ifndef NHRPD_CONFIG_TEXT_H
#define NHRPD_CONFIG_TEXT_H

#include <stddef.h>

/*
 * The file without its comments, with @tail behind it, its end a NUL; NULL with
 * errno.
 */
char *config_text_read(const char *file, const char *tail);
/* Wipe and free; NULL is fine. */
void config_text_free(char *text);

#endif
