// SPDX-License-Identifier: GPL-2.0-or-later
#include "dmvpnctl/import.h"
#include "dmvpnctl/json.h"

static const char *const fates[] = {
	[IOS_TAKEN] = "carried", [IOS_CHANGED] = "changed",
	[IOS_LOST] = "lost", [IOS_FOREIGN] = "foreign",
};

static json_t *json_of_ios_line(struct ios *ios, const struct ios_line *line)
{
	json_t *o = json_object();

	json_set_number(o, "line", line->number);
	json_set_text(o, "section", import_section(ios, line));
	json_set_text(o, "command", line->fate == IOS_FOREIGN ? "" :
				    import_show(ios, line));
	json_set_text(o, "outcome", fates[line->fate]);
	json_set_text(o, "reason", line->why ? line->why : "");
	return o;
}

void json_imported(FILE *f, const struct import *import)
{
	json_t *o = json_document(), *files = json_array();
	json_t *lines = json_array();
	const struct ios_line *line = import->ios->line;
	const struct import_file *file;
	size_t i;

	for (file = import->files; file; file = file->next)
		json_array_append_new(files, json_text(file->path));
	for (i = 0; i < import->ios->n; i++, line++)
		if (line->fate != IOS_BLANK)
			json_array_append_new(lines,
					      json_of_ios_line(import->ios,
							       line));
	json_object_set_new(o, "files", files);
	json_object_set_new(o, "lines", lines);
	json_print(f, o, JSON_INDENT(2));
}
