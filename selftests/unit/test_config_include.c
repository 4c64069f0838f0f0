// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A configuration file that includes others: what is told of a fault has the
 * name and the line of the file where it is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "nhrpd/config.h"
#include "nhrpd/config_text.h"

static char dir[] = "/tmp/nhrpd-include-XXXXXX";
static char said[4096];

static void note(const char *line)
{
	strncat(said, line, sizeof(said) - strlen(said) - 2);
	strcat(said, "\n");
}

/* Each % in @text stands for the directory. */
static void make(const char *name, const char *text)
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	for (; *text; text++) {
		if (*text == '%')
			fputs(dir, f);
		else
			fputc(*text, f);
	}
	fclose(f);
}

static int parse(const char *main, const char *part, struct conf *conf)
{
	char path[64];

	make("main", main);
	make("part", part);
	said[0] = '\0';
	snprintf(path, sizeof(path), "%s/main", dir);
	return config_read(path, conf, note);
}

static void good(const char *main, const char *part, size_t n)
{
	struct conf conf;

	if (parse(main, part, &conf))
		fail_msg("%s", said);
	assert_int_equal(conf.n_iface, n);
	conf_free(&conf);
}

/* Refused, first there, with these words. */
static void bad(const char *main, const char *part, const char *where,
		const char *words)
{
	char begin[64];
	struct conf conf;

	assert_int_equal(parse(main, part, &conf), -1);
	assert_null(conf.iface);
	snprintf(begin, sizeof(begin), "%s/%s: ", dir, where);
	if (strncmp(said, begin, strlen(begin)) || !strstr(said, words))
		fail_msg("%s, \"%s\": %s", where, words, said);
}

#define PART "include(\"%/part\")"

static void includes(void **state)
{
	(void)state;
	good(PART "\ninterface b { }\n", "interface a { }", 2);
	good("interface b { } " PART " interface c { } ", "interface a { }", 3);
	good("include ( '%/part' ) /* include(\"/nowhere\") */\n", "", 0);
	good("include(%/part)", "# nothing\n", 0);
	good(PART PART "interface a { }", "", 1);
	/* No place for it, and only what looks so. */
	good("interface \"include('x')\" { }", "", 1);
	good("interface include { authentication = \"}\\\"{\" } " PART,
	     "interface a { }", 2);
}

#define LONG "/* one\n * two\n * three */\n\n# five\n// six\n"

static void lines(void **state)
{
	(void)state;
	bad(PART, LONG "interface a {\n	holdtime = 2 }", "part:8",
	    "holdtime = 2");
	bad(LONG PART "\n" LONG "interface b {\n	holdtime = 2 }",
	    LONG "interface a { }", "main:15", "holdtime = 2");
	bad(LONG PART " what = 1\n", LONG, "main:7", "'what'");
	bad(LONG "include(\n\"%/part\"\n) what = 1\n", LONG, "main:9",
	    "'what'");
	bad(LONG PART "\n" PART, "interface a { }\n", "part:1", "");
	/* Of a block it is the line where that ends. */
	bad("\n" PART, "interface a {\n	if-state = true\n}", "part:3",
	    "add an nhs block");
}

static void nested(void **state)
{
	(void)state;
	make("deep", LONG "interface c {\n	what = 1\n}\n");
	bad(LONG PART, "\n\ninclude(\"%/deep\")\n", "deep:8", "'what'");
	make("deep", LONG "interface c { }\n");
	good(LONG PART, "\n\ninclude(\"%/deep\")\n", 1);
	bad(LONG PART, "\n\ninclude(\"%/deep\") ?\n", "part:3", "");
	bad(PART, "\n\n" PART, "part:3", "includes itself");
}

static void misses(void **state)
{
	(void)state;
	bad("\n" PART, LONG "include(\"/nowhere\")", "part:7",
	    "include: /nowhere: No such file");
	bad("interface a {\n	" PART "\n}", "", "main:2", "'include'");
	bad("\ninclude()", "", "main:2", "write include(\"FILE\")");
	bad("\ninclude(\"%/part\", \"%/part\")", "", "main:2",
	    "write include(\"FILE\")");
	bad("\ninclude(one\ntwo)", "", "main:2", "write include(\"FILE\")");
	bad("\ninclude \"%/part\"", "", "main:2", "write include(\"FILE\")");
}

/* A file is whole. */
static void ends(void **state)
{
	(void)state;
	bad(PART "\n}", "interface a {\n", "part:3", "a \"}\" is missing");
	bad(PART "\n*/", "\n/* no end\n", "part:2", "a \"*/\" is missing");
	bad("interface a { }\n}\n" PART, "", "main:2", "");
}

static void grows(void **state)
{
	struct config_text t = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < 10000; i++)
		assert_int_equal(config_text_add(&t, "secret", 6), 0);
	assert_int_equal(t.len, 60000);
	assert_int_equal(strlen(t.data), 60000);
	config_text_free(t.data);
}

static int setup(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
	static const char *const names[] = { "main", "part", "deep" };
	char path[64];
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(includes),
		cmocka_unit_test(lines),
		cmocka_unit_test(nested),
		cmocka_unit_test(misses),
		cmocka_unit_test(ends),
		cmocka_unit_test(grows),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
