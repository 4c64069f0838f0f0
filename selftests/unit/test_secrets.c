// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * No secret of the configuration file stays in memory that is freed.
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

#define SECRET	"0123456789abcdef"

static char file[] = "/tmp/nhrpd-conf-XXXXXX";

static void note(const char *line)
{
	print_message("%s\n", line);
}

static void write_file(const char *text)
{
	int fd = mkstemp(file);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

/* Of the sanitizers; without them nobody looks. */
extern int __sanitizer_install_malloc_and_free_hooks(
	void (*on_malloc)(const void *, size_t),
	void (*on_free)(const void *)) __attribute__((weak));
extern size_t __sanitizer_get_allocated_size(const void *)
	__attribute__((weak));

static unsigned int left, freed;

static void on_malloc(const void *p, size_t size)
{
	(void)p;
	(void)size;
}

static void on_free(const void *p)
{
	size_t size = p ? __sanitizer_get_allocated_size(p) : 0;

	freed++;
	left += memmem(p, size, "passwd17", 8) ||
		memmem(p, size, SECRET, 16);
}

/*
 * What is freed has no secret in it, but for two buffers of libconfuse's that
 * nobody can reach: what it reads into, which glibc fills and the sanitizers do
 * not, and the string that it read last.
 */
static void secrets_are_wiped(void **state)
{
	struct conf_if copy;
	struct conf conf;

	(void)state;
	if (!__sanitizer_install_malloc_and_free_hooks)
		skip();
	if (!freed)
		__sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);
	left = 0;
	write_file("interface b {\n	authentication = passwd17\n}\n"
		   "interface a {\n	authentication-key 17 {\n		secret = \"" SECRET "\"\n	}\n}\n"
		   "interface c {\n	shortcut = no\n}\n");
	assert_int_equal(config_read(file, &conf, note), 0);
	assert_int_equal(conf.n_iface, 3);
	assert_string_equal(conf.iface[0].auth, "passwd17");
	assert_int_equal(conf_if_copy(&copy, &conf.iface[1]), 0);
	conf_if_free(&copy);
	conf_free(&conf);
	unlink(file);
	assert_true(freed > 10);
	assert_int_equal(left, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secrets_are_wiped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
