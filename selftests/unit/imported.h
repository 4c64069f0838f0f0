/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A configuration of IOS given to dmvpnctl import, and what became of it.
 */
#ifndef UNIT_IMPORTED_H
#define UNIT_IMPORTED_H

#include "dmvpnctl/import.h"

/* Eight lines: a tunnel, and what protects it so far. */
#define IMPORTED_TUNNEL \
	"interface Tunnel0\n" \
	" tunnel source 1.1.1.1\n" \
	" tunnel mode gre multipoint\n" \
	" tunnel protection ipsec profile P\n" \
	"crypto ipsec transform-set T esp-gcm 256\n" \
	" mode transport\n" \
	"crypto ipsec profile P\n" \
	" set transform-set T\n"

extern struct ios ios;
extern struct import import;

/* Read @text as "router", for files below @dir. */
void imported_into(const char *text, const char *dir);
/* The same, for files below DIR. */
void imported(const char *text);
void imported_end(void);

const struct ios_line *imported_line(unsigned int number);
/* Text of that file, which has to be there. */
const char *imported_file(const char *path);
/* That is the line's fate, and its reason has these words: NULL for none. */
void imported_is(unsigned int number, enum ios_fate fate, const char *words);
/* The file has the words, or has them not. */
void imported_has(const char *path, const char *words);
void imported_lacks(const char *path, const char *words);

#endif
