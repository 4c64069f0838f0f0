// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dmvpnctl/import_files.h"

static int fail(const char *path)
{
	fprintf(stderr, "dmvpnctl: %s: %s\n", path, strerror(errno));
	return -1;
}

/* The folders that it is in. */
static int make_folders(const char *path)
{
	char folder[PATH_MAX], *slash;

	if (strlen(path) >= sizeof(folder)) {
		errno = ENAMETOOLONG;
		return fail(path);
	}
	strcpy(folder, path);
	for (slash = strchr(folder + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(folder, 0755) && errno != EEXIST)
			return fail(folder);
		*slash = '/';
	}
	return 0;
}

static int write_all(int fd, const struct ios_text *t)
{
	size_t done = 0;
	ssize_t n;

	while (done < t->len) {
		n = write(fd, t->data + done, t->len - done);
		if (n < 0 && errno != EINTR)
			return -1;
		done += n > 0 ? (size_t)n : 0;
	}
	return fsync(fd);
}

/* A pattern for a name beside its own. */
static char *name_beside(const char *path, const char *what)
{
	char *name;

	if (asprintf(&name, "%s.%s-XXXXXX", path, what) < 0)
		return NULL;
	return name;
}

static int write_one(struct import_file *file)
{
	char *name;
	int fd, err;

	if (make_folders(file->path))
		return -1;
	name = name_beside(file->path, "new");
	fd = name ? mkostemp(name, O_CLOEXEC) : -1;
	if (fd < 0) {
		err = fail(file->path);
		free(name);
		return err;
	}
	file->temp = name;
	err = write_all(fd, &file->text);
	if (err)
		fail(name);
	close(fd);
	return err;
}

int import_files_write(struct import_file *files)
{
	for (; files; files = files->next)
		if (write_one(files))
			return -1;
	return 0;
}

/* Another name for what is there, which is needed if a later one fails. */
static int keep_old(struct import_file *file)
{
	char *name = name_beside(file->path, "old");
	int fd = name ? mkostemp(name, O_CLOEXEC) : -1;

	if (fd < 0) {
		free(name);
		return -1;
	}
	close(fd);
	unlink(name);
	if (!linkat(AT_FDCWD, file->path, AT_FDCWD, name, 0)) {
		file->old = name;
		return 0;
	}
	free(name);
	return errno == ENOENT ? 0 : -1;
}

static int place_one(struct import_file *file)
{
	if (keep_old(file) || rename(file->temp, file->path))
		return fail(file->path);
	free(file->temp);
	file->temp = NULL;
	file->placed = true;
	return 0;
}

static void take_back(struct import_file *file)
{
	if (!file->placed)
		return;
	if (!file->old)
		unlink(file->path);
	else if (!rename(file->old, file->path))
		*file->old = '\0';
	file->placed = false;
}

int import_files_place(struct import_file *files)
{
	struct import_file *file;

	for (file = files; file; file = file->next) {
		if (!place_one(file))
			continue;
		for (file = files; file; file = file->next)
			take_back(file);
		return -1;
	}
	return 0;
}

static void drop(char *name)
{
	if (name && *name)
		unlink(name);
	free(name);
}

void import_files_end(struct import_file *files)
{
	for (; files; files = files->next) {
		drop(files->temp);
		drop(files->old);
		files->temp = NULL;
		files->old = NULL;
		ios_text_free(&files->text);
	}
}
