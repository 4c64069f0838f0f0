// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a service manager hears.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "nhrpd/notify.h"

/* A manager that listens at NAME, where "@" begins an abstract one. */
static int listen_at(const char *name)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	memcpy(at.sun_path, name, strlen(name));
	if (*name == '@')
		*at.sun_path = '\0';
	assert_int_equal(0, bind(fd, (struct sockaddr *)&at,
				 offsetof(struct sockaddr_un, sun_path) +
				 strlen(name)));
	setenv("NOTIFY_SOCKET", name, 1);
	return fd;
}

static void hears(int fd, const char *want)
{
	char text[64] = "";

	assert_int_equal(strlen(want), recv(fd, text, sizeof(text) - 1,
					    MSG_DONTWAIT));
	assert_string_equal(text, want);
}

static void test_file(void **state)
{
	char name[64];
	int fd;

	(void)state;
	snprintf(name, sizeof(name), "/tmp/test_notify.%d", getpid());
	fd = listen_at(name);
	assert_int_equal(1, notify(NOTIFY_READY));
	assert_int_equal(1, notify(NOTIFY_STOPPING));
	hears(fd, "READY=1");
	hears(fd, "STOPPING=1");
	close(fd);
	unlink(name);
	assert_int_equal(-1, notify(NOTIFY_READY));
	assert_int_equal(ENOENT, errno);
}

static void test_abstract(void **state)
{
	char name[64];
	int fd;

	(void)state;
	snprintf(name, sizeof(name), "@test_notify.%d", getpid());
	fd = listen_at(name);
	assert_int_equal(1, notify(NOTIFY_RELOADING));
	hears(fd, "RELOADING=1");
	close(fd);
}

static void test_nobody(void **state)
{
	(void)state;
	unsetenv("NOTIFY_SOCKET");
	assert_int_equal(0, notify(NOTIFY_READY));
	setenv("NOTIFY_SOCKET", "", 1);
	assert_int_equal(0, notify(NOTIFY_READY));
}

static void test_too_long(void **state)
{
	char name[200];

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	*name = '/';
	name[sizeof(name) - 1] = '\0';
	setenv("NOTIFY_SOCKET", name, 1);
	assert_int_equal(-1, notify(NOTIFY_READY));
	assert_int_equal(ENAMETOOLONG, errno);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_abstract),
		cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
