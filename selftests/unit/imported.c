// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "imported.h"

struct ios ios;
struct import import;

void imported_end(void)
{
	import_files_end(import.files);
	import.files = NULL;
	ios_free(&ios);
}

void imported_into(const char *text, const char *dir)
{
	/* A test that failed has left its own. */
	imported_end();
	ios_lex(&ios, text, strlen(text));
	import = (struct import){ .from = "router", .ios = &ios };
	import.files = import_make(&ios, dir);
}

void imported(const char *text)
{
	imported_into(text, "DIR");
}

const struct ios_line *imported_line(unsigned int number)
{
	assert_true(number <= ios.n);
	return &ios.line[number - 1];
}

const char *imported_file(const char *path)
{
	const struct import_file *file = import.files;

	while (file && strcmp(file->path, path))
		file = file->next;
	assert_non_null(file);
	return file->text.data;
}

void imported_is(unsigned int number, enum ios_fate fate, const char *words)
{
	const struct ios_line *line = imported_line(number);

	if (line->fate != fate)
		fail_msg("line %u: outcome %d, not %d: %s", number, line->fate,
			 fate, line->why ? line->why : "");
	if (words && (!line->why || !strstr(line->why, words)))
		fail_msg("line %u: \"%s\" is not in \"%s\"", number, words,
			 line->why ? line->why : "");
}

void imported_has(const char *path, const char *words)
{
	const char *text = imported_file(path);

	if (!strstr(text, words))
		fail_msg("%s has no \"%s\":\n%s", path, words, text);
}

void imported_lacks(const char *path, const char *words)
{
	const char *text = imported_file(path);

	if (strstr(text, words))
		fail_msg("%s has \"%s\":\n%s", path, words, text);
}
