/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A configuration file and those that it includes, as one text. libconfuse
 * could include, too, but it would tell the wrong lines behind their comments,
 * and would keep copies of their secrets.
 */
#ifndef NHRPD_CONFIG_INCLUDE_H
#define NHRPD_CONFIG_INCLUDE_H

/*
 * libconfuse takes the end of a file for the end of all open blocks. This is
 * put behind each file, and has to be found outside of any block.
 */
#define CONFIG_END	"end-of-file"

/*
 * The text, to be given to config_text_free(); NULL after an error, which has
 * been reported. Where its lines are from is known until the next one is read,
 * or config_include_end().
 */
char *config_include_read(const char *file);
/* The file and the line there that a line of the text is from. */
const char *config_include_origin(int line, int *at);
void config_include_end(void);

#endif
