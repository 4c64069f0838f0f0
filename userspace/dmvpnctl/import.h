/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What came of an import, for the forms of output.
 */
#ifndef DMVPNCTL_IMPORT_H
#define DMVPNCTL_IMPORT_H

#include <stdio.h>

#include "dmvpnctl/import_files.h"

/**
 * struct import - an import
 * @from: file that was read
 * @ios: its lines
 * @files: that were written
 */
struct import {
	const char *from;
	struct ios *ios;
	struct import_file *files;
};

/*
 * Files below @dir of the configuration in @ios, in memory of it. NULL if no
 * tunnel carries over.
 */
struct import_file *import_make(struct ios *ios, const char *dir);
/* The line's words without what could be a key. */
const char *import_show(struct ios *ios, const struct ios_line *line);
/* The section that a line is in: as "hostname", "router bgp". */
const char *import_section(struct ios *ios, const struct ios_line *line);

/* text_import.c, json_import.c */
void text_imported(FILE *f, const struct import *import);
void json_imported(FILE *f, const struct import *import);

#endif
