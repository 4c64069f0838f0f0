// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nhrpd/config_comment.h"
#include "nhrpd/config_text.h"

#define FIRST_SIZE 4096

/**
 * struct text - a text that grows
 * @data: of it, with room for a NUL
 * @len: bytes
 * @size: room
 */
struct text {
	char *data;
	size_t len;
	size_t size;
};

static void wipe(struct text *t)
{
	if (t->data)
		explicit_bzero(t->data, t->len);
	free(t->data);
	t->data = NULL;
}

/* What realloc() would leave behind is wiped. */
static int grow(struct text *t, size_t more)
{
	size_t size = t->size ? t->size : FIRST_SIZE;
	char *data;

	while (size <= t->len + more)
		size *= 2;
	if (size == t->size)
		return 0;
	data = calloc(1, size);
	if (!data)
		return -1;
	if (t->data)
		memcpy(data, t->data, t->len);
	wipe(t);
	t->data = data;
	t->size = size;
	return 0;
}

static int read_all(struct text *t, int fd)
{
	ssize_t n;

	do {
		if (grow(t, FIRST_SIZE))
			return -1;
		n = read(fd, t->data + t->len, FIRST_SIZE);
		if (n < 0 && errno != EINTR)
			return -1;
		t->len += n > 0 ? (size_t)n : 0;
	} while (n);
	return 0;
}

static void strip(struct text *t)
{
	size_t len = config_strip_comments(t->data);

	explicit_bzero(t->data + len, t->len - len);
	t->len = len;
}

static int finish(struct text *t, const char *tail)
{
	if (memchr(t->data, '\0', t->len)) {
		errno = EINVAL;
		return -1;
	}
	strip(t);
	if (grow(t, strlen(tail)))
		return -1;
	strcpy(t->data + t->len, tail);
	return 0;
}

char *config_text_read(const char *file, const char *tail)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	struct text t = { 0 };
	int err;

	if (fd < 0)
		return NULL;
	if (read_all(&t, fd) || finish(&t, tail)) {
		err = errno;
		wipe(&t);
		errno = err;
	}
	close(fd);
	return t.data;
}

void config_text_free(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
}
