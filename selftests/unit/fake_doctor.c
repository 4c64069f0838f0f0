// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_doctor.h"

char fake_found[4096];
char fake_fine[FINDING_TEXT];

struct addr fake_address(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(text, &a), 0);
	return a;
}

int fake_teardown(void **state)
{
	struct doctor *d = *state;

	model_free(&d->m);
	free(d->vici.conn);
	free(d->vici.cert);
	*d = (struct doctor){ .check = NULL };
	return 0;
}

void fake_says(const char *what)
{
	if (!strstr(fake_found, what))
		print_error("no \"%s\" in:\n%s\n", what, fake_found);
	assert_non_null(strstr(fake_found, what));
}

static void say(const char *level, const char *advice, const char *format,
		va_list args)
{
	size_t len = strlen(fake_found), size = sizeof(fake_found);

	len += (size_t)snprintf(fake_found + len, size - len, "%s: ", level);
	len += (size_t)vsnprintf(fake_found + len, size - len, format, args);
	snprintf(fake_found + len, size - len, " -> %s\n", advice);
}

void doctor_warn(struct doctor *to, const char *advice, const char *format, ...)
{
	va_list args;

	(void)to;
	va_start(args, format);
	say("warn", advice, format, args);
	va_end(args);
}

void doctor_fail(struct doctor *to, const char *advice, const char *format, ...)
{
	va_list args;

	(void)to;
	va_start(args, format);
	say("fail", advice, format, args);
	va_end(args);
}

void doctor_advise(struct doctor *to, const char *format, ...)
{
	va_list args;

	(void)to;
	va_start(args, format);
	say("advice", "", format, args);
	va_end(args);
}

void doctor_fine(struct doctor *to, const char *format, ...)
{
	va_list args;

	(void)to;
	va_start(args, format);
	vsnprintf(fake_fine, sizeof(fake_fine), format, args);
	va_end(args);
}

bool doctor_wants_ike(const struct doctor *of)
{
	return of->m.n_device && of->m.device[0].profile[0];
}

const struct device *doctor_device(const struct doctor *of, const char *name)
{
	return strcmp(of->m.device[0].name, name) ? NULL : &of->m.device[0];
}
