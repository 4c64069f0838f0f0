// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "dmvpnctl/import.h"

static unsigned int count(const struct ios *ios, enum ios_fate fate)
{
	unsigned int n = 0;
	size_t i;

	for (i = 0; i < ios->n; i++)
		n += ios->line[i].fate == fate;
	return n;
}

static void lines(FILE *f, const struct import *import, enum ios_fate fate,
		  const char *title)
{
	const struct ios_line *line = import->ios->line;
	size_t i;

	if (count(import->ios, fate))
		fprintf(f, "%s:\n", title);
	for (i = 0; i < import->ios->n; i++, line++)
		if (line->fate == fate)
			fprintf(f, "  %s:%u: %s: %s\n", import->from,
				line->number, import_show(import->ios, line),
				line->why);
}

/* Lines of one section, one behind the other as a range. */
static size_t foreign_section(FILE *f, const struct import *import, size_t i)
{
	const struct ios_line *line = import->ios->line, *first = &line[i];
	size_t from, n = import->ios->n;

	fprintf(f, "  %s:", import_section(import->ios, first));
	while (i < n && (line[i].header == first->header ||
			 line[i].fate == IOS_BLANK)) {
		if (line[i].fate != IOS_FOREIGN) {
			i++;
			continue;
		}
		from = i;
		while (i + 1 < n && line[i + 1].fate == IOS_FOREIGN &&
		       line[i + 1].header == first->header)
			i++;
		fprintf(f, " %u", line[from].number);
		if (i > from)
			fprintf(f, "-%u", line[i].number);
		i++;
	}
	fprintf(f, "\n");
	return i;
}

static void foreign(FILE *f, const struct import *import)
{
	const struct ios *ios = import->ios;
	size_t i = 0;

	if (count(ios, IOS_FOREIGN))
		fprintf(f, "Not about tunnels, by line:\n");
	while (i < ios->n) {
		if (ios->line[i].fate == IOS_FOREIGN)
			i = foreign_section(f, import, i);
		else
			i++;
	}
}

void text_imported(FILE *f, const struct import *import)
{
	const struct import_file *file;
	const struct ios *ios = import->ios;

	for (file = import->files; file; file = file->next)
		fprintf(f, "Written: %s\n", file->path);
	lines(f, import, IOS_CHANGED, "Carried over, with a difference");
	lines(f, import, IOS_LOST, "Not carried over");
	foreign(f, import);
	fprintf(f, "%u lines carried over, %u with a difference; %u not, %u not about tunnels\n",
		count(ios, IOS_TAKEN), count(ios, IOS_CHANGED),
		count(ios, IOS_LOST), count(ios, IOS_FOREIGN));
}
