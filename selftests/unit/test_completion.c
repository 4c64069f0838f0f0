// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dmvpnctl's completion for bash: what it offers, and that it runs nothing of
 * that.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define SCRIPT	"completion"
#define EVIL	"a$(touch ran)b"
#define OUTPUT	1024

static char folder[] = "/tmp/test_completion.XXXXXX";
static char *script;

static void make(const char *name)
{
	char path[sizeof(folder) + 64];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	assert_true(fd >= 0);
	close(fd);
}

static int setup(void **state)
{
	(void)state;
	script = realpath(SCRIPT, NULL);
	assert_non_null(script);
	assert_non_null(mkdtemp(folder));
	make(EVIL);
	make("one file");
	return 0;
}

static int teardown(void **state)
{
	static const char *const names[] = { EVIL, "one file", "ran" };
	char path[sizeof(folder) + 64];
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		unlink(path);
	}
	free(script);
	return rmdir(folder);
}

/* What is offered for the last of these words, where @kind may come next. */
static const char *offered(const char *words, const char *kind)
{
	static char out[OUTPUT];
	char command[OUTPUT];
	size_t n;
	FILE *f;

	snprintf(command, sizeof(command), "cd %s && %s %s %s 2>&1", folder,
		 script, kind, words);
	f = popen(command, "re");
	assert_non_null(f);
	n = fread(out, 1, sizeof(out) - 1, f);
	out[n] = '\0';
	assert_int_equal(pclose(f), 0);
	return out;
}

static void has_not_run(void)
{
	char path[sizeof(folder) + 64];

	snprintf(path, sizeof(path), "%s/ran", folder);
	assert_int_equal(access(path, F_OK), -1);
}

static void test_words(void **state)
{
	(void)state;
	assert_string_equal(offered("sh", "show"), "show\n");
	assert_string_equal(offered("show --o", "nhrp"), "--openmetrics\n");
	assert_string_equal(offered("--v", "show"), "--version\n");
}

static void test_files(void **state)
{
	const char *out;

	(void)state;
	out = offered("import ios \"\"", "@file");
	assert_non_null(strstr(out, EVIL "\n"));
	assert_non_null(strstr(out, "one file\n"));
	assert_non_null(strstr(out, "--json\n"));
	assert_string_equal(offered("import ios one", "@file"), "one file\n");
	has_not_run();
}

static void test_policies(void **state)
{
	(void)state;
	assert_non_null(strstr(offered("policy delete \"\"", "@policy"),
			       "$(touch${IFS}ran)\n"));
	has_not_run();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_policies),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
