// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dmvpnctl doctor asks charon: packets of vici, from a good daemon and from bad
 * ones.
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

#include "dmvpnctl/vici.h"
#include "lib/buf.h"

#define RESPONSE	1
#define CONFIRM		5
#define EVENT		7
#define MANY		5000
#define ROOM		65536

static struct vici_status status;
static uint8_t bytes[ROOM];
static struct writer w;
static size_t begin;
static int fd[2];

static int setup(void **state)
{
	(void)state;
	status = (struct vici_status){ .error = 1 };
	writer_init(&w, bytes, sizeof(bytes));
	return socketpair(AF_UNIX, SOCK_STREAM, 0, fd);
}

static int teardown(void **state)
{
	(void)state;
	vici_free(&status);
	close(fd[0]);
	return close(fd[1]);
}

/* ---- packets ---- */

static void packet(unsigned int type)
{
	begin = w.pos;
	write_be32(&w, 0);
	write_u8(&w, type);
}

static void end(void)
{
	patch_be16(&w, begin + 2, (unsigned int)(w.pos - begin - 4));
}

static void name(const char *text)
{
	write_u8(&w, (unsigned int)strlen(text));
	write_bytes(&w, text, strlen(text));
}

static void value(const char *text)
{
	write_be16(&w, (unsigned int)strlen(text));
	write_bytes(&w, text, strlen(text));
}

static void pair(const char *key, const char *text)
{
	write_u8(&w, 3);
	name(key);
	value(text);
}

static void list(const char *key, const char *item)
{
	write_u8(&w, 4);
	name(key);
	write_u8(&w, 5);
	value(item);
	write_u8(&w, 6);
}

/* To version, stats, get-conns, get-shared, get-keys and list-cert. */
static void answers(void)
{
	packet(RESPONSE);
	pair("version", "6.0.1");
	end();
	packet(RESPONSE);
	list("plugins", "dmvpn");
	end();
	packet(RESPONSE);
	list("conns", "DMVPN");
	end();
	packet(RESPONSE);
	list("keys", "ike-1");
	end();
	packet(RESPONSE);
	list("keys", "0a0b");
	end();
	packet(CONFIRM);
	end();
}

static void send_to(size_t len)
{
	assert_false(w.error);
	assert_int_equal(write(fd[1], bytes, len), len);
}

static void ask(void)
{
	send_to(w.pos);
	shutdown(fd[1], SHUT_WR);
	vici_ask(&status, fd[0]);
}

/* ---- tests ---- */

static void test_good(void **state)
{
	(void)state;
	answers();
	packet(EVENT);
	name("list-cert");
	pair("type", "X509");
	pair("has_privkey", "yes");
	pair("data", "no certificate");
	end();
	packet(RESPONSE);
	end();
	ask();
	assert_int_equal(status.error, 0);
	assert_string_equal(status.version, "6.0.1");
	assert_true(status.plugin);
	assert_int_equal(status.n_conn, 1);
	assert_string_equal(status.conn[0], "DMVPN");
	assert_int_equal(status.secrets, 2);
	assert_int_equal(status.n_cert, 0);
}

/* Cut anywhere it is told, and does no harm. */
static void test_cut(void **state)
{
	size_t len, whole;

	(void)state;
	answers();
	packet(RESPONSE);
	end();
	whole = w.pos;
	for (len = 0; len < whole; len++) {
		vici_free(&status);
		status = (struct vici_status){ .error = 0 };
		close(fd[0]);
		close(fd[1]);
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
		w.pos = len;
		ask();
		assert_int_equal(status.error, -ECONNRESET);
	}
}

static void test_lengths(void **state)
{
	(void)state;
	/* Longer than vici has them, and none. */
	write_be32(&w, 0xffffffff);
	ask();
	assert_int_equal(status.error, -EPROTO);
	teardown(NULL);
	setup(NULL);
	write_be32(&w, 0);
	ask();
	assert_int_equal(status.error, -EPROTO);
	teardown(NULL);
	setup(NULL);
	/* A value that is longer than its packet. */
	packet(RESPONSE);
	write_u8(&w, 3);
	name("version");
	write_be16(&w, 0xffff);
	end();
	ask();
	assert_int_equal(status.error, -ECONNRESET);
	assert_string_equal(status.version, "");
}

static void test_endless(void **state)
{
	unsigned int i;

	(void)state;
	answers();
	for (i = 0; i < MANY; i++) {
		packet(EVENT);
		write_u8(&w, 0);
		end();
	}
	ask();
	assert_int_equal(status.error, -EMSGSIZE);
}

/* As ^Z and fg of the shell do, in the middle of a packet. */
static void on_alarm(int number)
{
	ssize_t n = write(fd[1], bytes + 9, w.pos - 9);

	(void)number;
	(void)n;
}

static void test_interrupted(void **state)
{
	struct sigaction action = { .sa_handler = on_alarm }, old;
	struct itimerval soon = { .it_value = { .tv_usec = 100000 } };

	(void)state;
	answers();
	packet(RESPONSE);
	end();
	send_to(9);
	assert_int_equal(sigaction(SIGALRM, &action, &old), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
	vici_ask(&status, fd[0]);
	sigaction(SIGALRM, &old, NULL);
	assert_int_equal(status.error, 0);
	assert_string_equal(status.version, "6.0.1");
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_good), TEST(test_cut), TEST(test_lengths),
		TEST(test_endless), TEST(test_interrupted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
