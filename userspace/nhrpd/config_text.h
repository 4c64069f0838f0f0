/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file as a text that has secrets in it: no copy of it is left behind.
 */
#ifndef NHRPD_CONFIG_TEXT_H
#define NHRPD_CONFIG_TEXT_H

#include <confuse.h>
#include <stddef.h>

/**
 * struct config_text - a text that grows
 * @data: of it, with a NUL behind it
 * @len: bytes
 * @size: room
 */
struct config_text {
	char *data;
	size_t len;
	size_t size;
};

/* More of it. -1 if there is no memory; it is as before then. */
int config_text_add(struct config_text *t, const char *data, size_t len);
/* The file without its comments, its end a NUL; NULL with errno. */
char *config_text_read(const char *file);
/* Wipe and free; NULL is fine. */
/* Have libconfuse read it; 0, or -1. */
int config_text_parse(const char *text, cfg_t *cfg);
void config_text_free(char *text);

#endif
