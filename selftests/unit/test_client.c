// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dmvpnctl's connection to nhrpd, with somebody else at its other end.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#include "dmvpnctl/client.h"

#define MUCH	(32 << 20)

static struct client c = CLIENT_CLOSED;
static int other = -1;

static int setup(void **state)
{
	int fd[2];

	(void)state;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd))
		return -1;
	c.fd = fd[0];
	other = fd[1];
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	client_close(&c);
	close(other);
	return 0;
}

static void say(const char *text)
{
	assert_int_equal(write(other, text, strlen(text)), strlen(text));
}

static void test_lines(void **state)
{
	json_t *o;

	(void)state;
	say("{\"done\":1}\nno json\n{\"do");
	o = client_wait(&c);
	assert_int_equal(json_integer_value(json_object_get(o, "done")), 1);
	json_decref(o);
	o = client_next(&c);
	assert_true(json_is_null(o));
	json_decref(o);
	assert_null(client_next(&c));
	say("ne\":2}\n");
	o = client_wait(&c);
	assert_int_equal(json_integer_value(json_object_get(o, "done")), 2);
	json_decref(o);
}

/* A line without an end does not fill the memory. */
static void test_endless(void **state)
{
	static char line[8192];
	size_t sent = 0;
	int err = 0;

	(void)state;
	memset(line, 'x', sizeof(line));
	while (!err && sent < MUCH) {
		assert_int_equal(write(other, line, sizeof(line)),
				 sizeof(line));
		sent += sizeof(line);
		err = client_receive(&c);
	}
	assert_int_equal(err, -EMSGSIZE);
	assert_null(client_next(&c));
}

static void on_alarm(int number)
{
	static const char answer[] = "{\"done\":3}\n";
	ssize_t n = write(other, answer, sizeof(answer) - 1);

	(void)number;
	(void)n;
}

/* As ^Z and fg of the shell do. */
static void test_interrupted(void **state)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerval soon = { .it_value = { .tv_usec = 100000 } };
	struct sigaction old;
	json_t *o;

	(void)state;
	assert_int_equal(sigaction(SIGALRM, &action, &old), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
	o = client_wait(&c);
	sigaction(SIGALRM, &old, NULL);
	assert_non_null(o);
	assert_int_equal(json_integer_value(json_object_get(o, "done")), 3);
	json_decref(o);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_lines), TEST(test_endless), TEST(test_interrupted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
