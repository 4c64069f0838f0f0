/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files that are written together: all of them, or none.
 */
#ifndef DMVPNCTL_IMPORT_FILES_H
#define DMVPNCTL_IMPORT_FILES_H

#include "dmvpnctl/ios.h"

/**
 * struct import_file - a file to write
 * @next: the next one
 * @path: of it
 * @text: what it shall have
 * @temp: where that is until all are written, NULL if it is nowhere
 * @old: where what it had is until all have their place, NULL for nowhere
 * @placed: it has its place
 */
struct import_file {
	struct import_file *next;
	const char *path;
	struct ios_text text;
	char *temp;
	char *old;
	bool placed;
};

/*
 * Write all to temporary names beside their own, readable by their owner alone;
 * folders are made. 0, or -1 with the reason on stderr. In any case the list
 * has to be given to import_files_end() after this.
 */
int import_files_write(struct import_file *files);
/* Give all their names; 0, or -1 and all have what they had before. */
int import_files_place(struct import_file *files);
/* Nothing temporary is left, and no text in memory. */
void import_files_end(struct import_file *files);

#endif
