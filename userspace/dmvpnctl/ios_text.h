/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts with keys in them: they grow, and are wiped. Without memory the program
 * ends: nothing is written until all texts are whole.
 */
#ifndef DMVPNCTL_IOS_TEXT_H
#define DMVPNCTL_IOS_TEXT_H

#include <stddef.h>

/**
 * struct ios_text - a text that grows, and is wiped
 * @data: of it, NUL-terminated; NULL for ""
 * @len: bytes
 * @size: room
 */
struct ios_text {
	char *data;
	size_t len;
	size_t size;
};

void ios_put(struct ios_text *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void ios_put_bytes(struct ios_text *t, const char *bytes, size_t n);
void ios_text_free(struct ios_text *t);
/* For a terminal: nothing but printable ASCII. Returns @text. */
char *ios_clean(char *text);
/* Says so, and ends. */
void ios_no_memory(void) __attribute__((noreturn));

#endif
