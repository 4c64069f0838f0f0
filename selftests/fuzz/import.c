// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A configuration of IOS. Each of its lines has an outcome, and what is not
 * carried over a reason; nhrpd reads what was made of it, or says where not.
 */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dmvpnctl/import.h"
#include "fuzz.h"
#include "nhrpd/config.h"

static unsigned int errors;

static void error(const char *line)
{
	must(line);
	errors++;
}

static void read_back(const struct ios_text *text)
{
	int fd = memfd_create("nhrpd", MFD_CLOEXEC);
	struct conf conf;
	char name[64];

	must(fd >= 0 &&
	     write(fd, text->data, text->len) == (ssize_t)text->len);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	errors = 0;
	must(!config_read(name, &conf, error) == !errors);
	conf_free(&conf);
	close(fd);
}

static void report(const struct import *import)
{
	char *text = NULL;
	size_t len, i;
	FILE *f = open_memstream(&text, &len);

	must(f);
	text_imported(f, import);
	fclose(f);
	for (i = 0; i < len; i++)
		must(text[i] == '\n' || (text[i] >= ' ' && text[i] <= '~'));
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ios ios = { 0 };
	struct import import = { .from = "fuzz", .ios = &ios };
	const struct ios_line *line;

	ios_lex(&ios, (const char *)data, len);
	import.files = import_make(&ios, "DIR");
	for (line = ios.line; import.files && line < ios.line + ios.n; line++)
		must(line->fate != IOS_UNSEEN &&
		     (line->why || (line->fate != IOS_LOST &&
				    line->fate != IOS_CHANGED)));
	if (import.files)
		read_back(&import.files->text);
	report(&import);
	import_files_end(import.files);
	ios_free(&ios);
	return 0;
}
