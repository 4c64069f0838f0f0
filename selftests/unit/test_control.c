// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The control socket: a hub over the fake kernel, and this test at the other
 * end.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/rundir.h"
#include "nhrpd/daemon.h"
#include "unit.h"

/* Of real time. */
#define PATIENCE_MS	30000
#define MAPS		4000
#define SHOW		"{\"command\":\"show\"}\n"

static struct fake_net net;
static struct fake_kernel hub;
static struct daemon d;
static char dir[] = "/tmp/control-XXXXXX";
static int fd;
static struct watch readable, patience;
static char *got;
static size_t got_len;

/* Instead of that of the machine, where an nhrpd may run. */
int rundir_path(char path[static RUNDIR_PATH], const char *suffix)
{
	snprintf(path, RUNDIR_PATH, "%s/%s", dir, suffix);
	return 0;
}

static void add_maps(struct conf_if *ci)
{
	struct conf_map *map;
	unsigned int i;

	for (i = 0; i < MAPS; i++) {
		map = conf_add_map(ci);
		assert_non_null(map);
		map->proto = addr_v4(0xc0a80000 + 256 + i);
		map->nbma = addr_v4(0x0a000000 + 1 + i);
	}
}

static int setup(void **state)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct conf conf;

	(void)state;
	strcpy(dir, "/tmp/control-XXXXXX");
	assert_non_null(mkdtemp(dir));
	fake_net_init(&net);
	fake_init(&hub, &net, "hub", "1.1.1.1", "192.168.1.1/16", false);
	unit_hub(&conf);
	add_maps(&conf.iface[0]);
	unit_start(&hub, &conf);
	d.nhrp = hub.nhrp;
	assert_int_equal(loop_init(&d.loop), 0);
	assert_int_equal(control_open(&d.control, &d), 0);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0);
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/sock", dir);
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof(addr)),
			 0);
	got = NULL;
	got_len = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	close(fd);
	free(got);
	control_close(&d.control);
	loop_fini(&d.loop);
	fake_free(&hub);
	rmdir(dir);
	return 0;
}

static void ask(const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL),
			 strlen(text));
}

static void give_up(void *arg)
{
	(void)arg;
	fail_msg("no end within %d ms", PATIENCE_MS);
}

/* What there is, until all is said or there will be no more. */
static void take(void *arg)
{
	static const char last[] = "{\"done\":0}\n";
	size_t len = sizeof(last) - 1;
	ssize_t n;

	(void)arg;
	got = realloc(got, got_len + 65536);
	assert_non_null(got);
	n = recv(fd, got + got_len, 65535, MSG_DONTWAIT);
	/* It may not have read all that we said. */
	assert_true(n >= 0 || errno == ECONNRESET);
	got_len += n > 0 ? (size_t)n : 0;
	got[got_len] = '\0';
	if (n <= 0 || (got_len >= len && !strcmp(got + got_len - len, last)))
		loop_quit(&d.loop);
}

static void read_answer(void)
{
	struct loop *loop = &d.loop;

	assert_int_equal(watch_read(loop, &readable, fd, take, NULL), 0);
	assert_int_equal(watch_timer(loop, &patience, give_up, NULL), 0);
	watch_at(&patience, loop_now() + PATIENCE_MS);
	assert_int_equal(loop_run(loop), 0);
	watch_stop(&readable);
	watch_stop(&patience);
}

static unsigned int count(const char *text)
{
	const char *at = got;
	unsigned int n = 0;

	while ((at = strstr(at, text))) {
		at++;
		n++;
	}
	return n;
}

static void assert_all(void)
{
	assert_int_equal(count("\"type\":\"binding\""), MAPS);
	assert_int_equal(count("\"done\":0"), 1);
}

static void show(void **state)
{
	(void)state;
	ask("{\"command\":");
	ask("\"show\"}\n");
	read_answer();
	assert_all();
}

/* As "nc -N" does: it has no more to say, and waits for the answer. */
static void has_no_more_to_say(void **state)
{
	(void)state;
	ask(SHOW);
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	read_answer();
	assert_all();
	/* And then it is let go. */
	read_answer();
	assert_all();
	assert_true(list_empty(&d.control.clients));
}

/* A monitor that has gone, too. */
static void monitor_gone(void **state)
{
	(void)state;
	ask("{\"command\":\"monitor\"}\n");
	read_answer();
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	read_answer();
	assert_true(list_empty(&d.control.clients));
}

static void endless(void **state)
{
	char text[5000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	ask(text);
	read_answer();
	assert_int_equal(got_len, 0);
	assert_true(list_empty(&d.control.clients));
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(show),
		TEST(has_no_more_to_say),
		TEST(monitor_gone),
		TEST(endless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
