// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dmvpnctl/ios_text.h"

#define FIRST_SIZE	4096

void ios_no_memory(void)
{
	fprintf(stderr, "dmvpnctl: out of memory\n");
	exit(1);
}

/* What realloc() would leave behind is wiped. */
static void grow(struct ios_text *t, size_t more)
{
	size_t size = t->size ? t->size : FIRST_SIZE;
	char *data;

	while (size <= t->len + more)
		size *= 2;
	if (size == t->size)
		return;
	data = calloc(1, size);
	if (!data)
		ios_no_memory();
	if (t->len)
		memcpy(data, t->data, t->len);
	if (t->data)
		explicit_bzero(t->data, t->len);
	free(t->data);
	t->data = data;
	t->size = size;
}

void ios_put(struct ios_text *t, const char *format, ...)
{
	va_list args, again;
	int len;

	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, args);
	grow(t, (size_t)len);
	vsnprintf(t->data + t->len, (size_t)len + 1, format, again);
	t->len += (size_t)len;
	va_end(again);
	va_end(args);
}

void ios_put_bytes(struct ios_text *t, const char *bytes, size_t n)
{
	grow(t, n);
	memcpy(t->data + t->len, bytes, n);
	t->len += n;
}

char *ios_clean(char *text)
{
	char *at;

	for (at = text; *at; at++)
		if (*at < ' ' || *at > '~')
			*at = '?';
	return text;
}

void ios_text_free(struct ios_text *t)
{
	if (t->data)
		explicit_bzero(t->data, t->len);
	free(t->data);
	*t = (struct ios_text){ 0 };
}
