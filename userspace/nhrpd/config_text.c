// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nhrpd/config_comment.h"
#include "nhrpd/config_error.h"
#include "nhrpd/config_text.h"

#define FIRST_SIZE 4096

static void wipe(struct config_text *t)
{
	if (t->data)
		explicit_bzero(t->data, t->len);
	free(t->data);
	t->data = NULL;
}

/* What realloc() would leave behind is wiped. */
static int grow(struct config_text *t, size_t more)
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

static int read_all(struct config_text *t, int fd)
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

static void strip(struct config_text *t)
{
	size_t len = config_strip_comments(t->data);

	explicit_bzero(t->data + len, t->len - len);
	t->len = len;
}

static int finish(struct config_text *t)
{
	if (memchr(t->data, '\0', t->len)) {
		errno = EINVAL;
		return -1;
	}
	strip(t);
	return 0;
}

int config_text_add(struct config_text *t, const char *data, size_t len)
{
	if (grow(t, len))
		return -1;
	memcpy(t->data + t->len, data, len);
	t->len += len;
	return 0;
}

char *config_text_read(const char *file)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	struct config_text t = { 0 };
	int err;

	if (fd < 0)
		return NULL;
	if (read_all(&t, fd) || finish(&t)) {
		err = errno;
		wipe(&t);
		errno = err;
	}
	close(fd);
	return t.data;
}

/*
 * What libconfuse's scanner reads into is freed unwiped, so glibc has to fill
 * it. What is not reached is the string that was scanned last, and the shorter
 * beginnings of longer ones: glibc does not fill what it keeps for the next
 * request of that size.
 */
int config_text_parse(const char *text, cfg_t *cfg)
{
	FILE *f = fmemopen((char *)text, strlen(text), "r");
	int err;

	if (!f)
		return bad(NULL, "out of memory");
	/* No copy of it here that would have to be wiped. */
	setvbuf(f, NULL, _IONBF, 0);
	mallopt(M_PERTURB, 1);
	err = cfg_parse_fp(cfg, f);
	mallopt(M_PERTURB, 0);
	fclose(f);
	return err ? -1 : 0;
}

void config_text_free(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
}
