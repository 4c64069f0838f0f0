// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dmvpnctl/import.h"
#include "dmvpnctl/run.h"
#include "nhrpd/config.h"

#define STDIN	"-"
#define HERE	"."
#define CHUNK	4096
/* Far more than a router has; there are files without an end. */
#define MAX_MIB	4
#define MAX_LEN	(MAX_MIB * 1024 * 1024)

static void print_line(const char *line)
{
	fprintf(stderr, "dmvpnctl: nhrpd would not take it: %s\n", line);
}

static int read_all(struct ios_text *t, int fd)
{
	char buf[CHUNK];
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) && t->len <= MAX_LEN) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		ios_put_bytes(t, buf, (size_t)n);
	}
	explicit_bzero(buf, sizeof(buf));
	return n < 0 ? -1 : 0;
}

static int too_long(const char *name)
{
	fprintf(stderr,
		"dmvpnctl: %s: more than %d MiB: is it the output of \"show running-config\"? If so, take out of it what is not about tunnels\n",
		name, MAX_MIB);
	return -1;
}

static int read_file(struct ios *ios, const char *name)
{
	bool is_stdin = !strcmp(name, STDIN);
	int fd = is_stdin ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
	struct ios_text text = { 0 };
	int err = fd < 0 ? -1 : read_all(&text, fd);

	if (err)
		fprintf(stderr, "dmvpnctl: %s: %s\n", name, strerror(errno));
	else if (text.len > MAX_LEN)
		err = too_long(name);
	else
		ios_lex(ios, text.data ? text.data : "", text.len);
	if (fd >= 0 && !is_stdin)
		close(fd);
	ios_text_free(&text);
	return err;
}

/* What nhrpd does not take is not put in the place of what it has. */
static int check(const struct import_file *nhrpd)
{
	struct conf conf;
	int err = config_read(nhrpd->temp, &conf, print_line);

	if (!err)
		conf_free(&conf);
	return err;
}

static int write_files(const struct output *out, const struct import *import)
{
	int err = import_files_write(import->files);

	if (!err)
		err = check(import->files);
	if (!err)
		err = import_files_place(import->files);
	import_files_end(import->files);
	if (!err)
		out->imported(stdout, import);
	return err;
}

int import_ios(const struct output *out, const struct args *args)
{
	struct ios ios = { 0 };
	struct import import = { .from = args->name, .ios = &ios };
	int err = read_file(&ios, args->name);

	if (!err) {
		import.files = import_make(&ios, args->dir ? args->dir : HERE);
		if (import.files) {
			err = write_files(out, &import);
		} else {
			err = -1;
			out->imported(stdout, &import);
			fprintf(stderr,
				"dmvpnctl: %s: no multipoint tunnel interface: nothing is written\n",
				args->name);
		}
	}
	ios_free(&ios);
	return err ? 1 : 0;
}
