// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The socket to an authorizer: a hub over the fake kernel, and this test at the
 * other end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "nhrpd/daemon.h"
#include "unit.h"

/* Of real time, which the socket and its back-off go by. */
#define PATIENCE_MS	10000

static struct fake_net net;
static struct fake_kernel hub;
static struct daemon d;
static struct watch patience;
static char path[] = "/tmp/authorizer-XXXXXX/sock";
static int listener, peer = -1;

static int ask(void *ctx, const struct nhrp_question *question)
{
	assert_ptr_equal(ctx, &hub);
	return authorizers_ask(&d, question);
}

static void listen_again(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	unlink(path);
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(listener >= 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&addr,
			      sizeof(addr)), 0);
	assert_int_equal(listen(listener, 1), 0);
}

static void configure(const char *socket)
{
	unit_hub(&d.conf);
	snprintf(d.conf.iface[0].authorize, CONF_SOCKET, "%s", socket);
	d.conf.iface[0].authorize_timeout = 60;
	assert_int_equal(nhrp_configure(hub.nhrp, net.now, &d.conf), 0);
	authorizers_configure(&d.authorizers, &d.conf);
	conf_free(&d.conf);
}

static int setup(void **state)
{
	struct conf conf;

	(void)state;
	strcpy(path, "/tmp/authorizer-XXXXXX");
	assert_non_null(mkdtemp(path));
	strcat(path, "/sock");
	listen_again();
	fake_net_init(&net);
	/* The socket has the machine's clock. */
	net.now = loop_now();
	net.phantoms = true;
	fake_init(&hub, &net, "hub", "1.1.1.1", "192.168.1.1/24", true);
	unit_hub(&conf);
	unit_start(&hub, &conf);
	fake_session_state(&hub, "6.6.6.6", DMVPN_SESSION_STATE_UP);
	fake_session_identity(&hub, "6.6.6.6", "C=DE, CN=\"six\"");
	assert_int_equal(loop_init(&d.loop), 0);
	d.nhrp = hub.nhrp;
	authorizers_init(&d.authorizers, &d);
	nhrp_set_authorizer(hub.nhrp, ask);
	configure(path);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	authorizers_close(&d.authorizers);
	loop_fini(&d.loop);
	fake_free(&hub);
	if (peer >= 0)
		close(peer);
	peer = -1;
	close(listener);
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
	return 0;
}

static void registers(const char *proto)
{
	struct nhrp_msg msg;

	unit_msg(&msg, NHRP_REGISTRATION_REQUEST, "6.6.6.6", proto,
		 "192.168.1.1");
	unit_cie(&msg);
	unit_deliver(&hub, "6.6.6.6", &msg);
}

/* The question that the other end reads, with its id. */
static const char *question(unsigned int *id)
{
	static char line[1024];
	size_t len = 0;

	if (peer < 0)
		peer = accept(listener, NULL, NULL);
	assert_true(peer >= 0);
	while (!len || line[len - 1] != '\n') {
		assert_int_equal(recv(peer, line + len, 1, 0), 1);
		len++;
		assert_in_range(len, 1, sizeof(line) - 1);
	}
	line[len] = '\0';
	assert_int_equal(sscanf(strstr(line, "\"id\":"), "\"id\":%u", id), 1);
	return line;
}

static void answer(const char *text)
{
	assert_int_equal(send(peer, text, strlen(text), MSG_NOSIGNAL),
			 strlen(text));
}

static void quit_when_sent(void *arg)
{
	(void)arg;
	if (!list_empty(&hub.sent))
		loop_quit(&d.loop);
}

static void give_up(void *arg)
{
	(void)arg;
	fail_msg("no reply within %d ms", PATIENCE_MS);
}

/* Code of the reply that is sent sooner or later. */
static unsigned int code(void)
{
	struct nhrp_msg reply;

	d.loop.after = quit_when_sent;
	if (list_empty(&hub.sent)) {
		assert_int_equal(watch_timer(&d.loop, &patience, give_up,
					     NULL), 0);
		watch_at(&patience, loop_now() + PATIENCE_MS);
		assert_int_equal(loop_run(&d.loop), 0);
		watch_stop(&patience);
	}
	unit_take(&hub, "6.6.6.6", NHRP_REGISTRATION_REPLY, &reply);
	return reply.cie[0].code;
}

static void accepted(void **state)
{
	char text[128];
	const char *line;
	unsigned int id;

	(void)state;
	registers("192.168.1.6");
	line = question(&id);
	assert_non_null(strstr(line, "{\"type\":\"registration\",\"id\":"));
	assert_non_null(strstr(line, "\"interface\":\"dmvpn0\","
			       "\"address\":\"192.168.1.6\","
			       "\"nbma\":\"6.6.6.6\",\"claimed\":\"6.6.6.6\","
			       "\"identity\":\"C=DE, CN=\\\"six\\\"\","
			       "\"session\":"));
	assert_non_null(strstr(line, "\"holdtime\":300,\"group\":\"\"}\n"));
	/* In two parts, after one for nobody. */
	snprintf(text, sizeof(text), "{\"id\":%u,\"accept\":false}\n{\"id\":",
		 id + 1);
	answer(text);
	snprintf(text, sizeof(text), "%u,\"accept\":true,\"holdtime\":60}\n",
		 id);
	answer(text);
	assert_int_equal(code(), 0);
	/* A minute from now, which is later than the hub's last packet. */
	assert_in_range(unit_left(&hub, "192.168.1.6"), 60,
			60 + PATIENCE_MS / 1000);
}

static void denied(void **state)
{
	char text[128];
	unsigned int id;

	(void)state;
	registers("192.168.1.6");
	question(&id);
	snprintf(text, sizeof(text),
		 "{\"id\":%u,\"accept\":false,\"reason\":\"full moon\"}\n", id);
	answer(text);
	assert_int_equal(code(), NHRP_CODE_PROHIBITED);
	assert_true(fake_said(&hub, "full moon"));
}

/* None of these is an answer: the connection ends, and with it the wait. */
static void nonsense(void **state)
{
	static const char *const line[] = {
		"hello\n", "[]\n", "{\"id\":1}\n", "{\"accept\":true}\n",
		"{\"id\":\"1\",\"accept\":true}\n",
		"{\"id\":%u,\"accept\":true,\"holdtime\":-1}\n",
		"{\"id\":%u,\"accept\":\"yes\"}\n",
	};
	char text[128];
	unsigned int id;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(line) / sizeof(line[0]); i++) {
		/* The back-off, of a new one, is not waited for. */
		configure("");
		configure(path);
		registers("192.168.1.6");
		question(&id);
		snprintf(text, sizeof(text), "%s", line[i]);
		if (strstr(line[i], "%u"))
			snprintf(text, sizeof(text), "{\"id\":%u%s", id,
				 strstr(line[i], "%u") + 2);
		answer(text);
		assert_int_equal(code(), NHRP_CODE_PROHIBITED);
		assert_true(fake_said(&hub, "nobody can authorize it"));
		fake_forget(&hub);
		close(peer);
		peer = -1;
	}
}

static void endless(void **state)
{
	char text[5000];
	unsigned int id;

	(void)state;
	registers("192.168.1.6");
	question(&id);
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	answer(text);
	assert_int_equal(code(), NHRP_CODE_PROHIBITED);
}

static void closed(void **state)
{
	unsigned int id;

	(void)state;
	registers("192.168.1.6");
	question(&id);
	close(peer);
	peer = -1;
	assert_int_equal(code(), NHRP_CODE_PROHIBITED);
	/* Not at once again, but later. */
	registers("192.168.1.6");
	assert_int_equal(code(), NHRP_CODE_PROHIBITED);
	for (registers("192.168.1.6"); !list_empty(&hub.sent);
	     registers("192.168.1.6")) {
		unit_flush(&hub);
		usleep(50000);
	}
	question(&id);
}

static void nobody(void **state)
{
	(void)state;
	close(listener);
	registers("192.168.1.6");
	assert_int_equal(code(), NHRP_CODE_PROHIBITED);
	unlink(path);
	configure("");
	configure(path);
	registers("192.168.1.6");
	assert_int_equal(code(), NHRP_CODE_PROHIBITED);
	listen_again();
}

/* One that does not read: what is written is bounded. */
static void reads_nothing(void **state)
{
	struct nhrp_question q = {
		.socket = path,
		.ifname = "dmvpn0",
		.identity = "someone",
		.group = "",
	};
	unsigned int i;

	(void)state;
	for (i = 0; !authorizers_ask(&d, &q); i++)
		assert_in_range(i, 0, 100000);
	assert_in_range(i, 1000, 100000);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(accepted),
		TEST(denied),
		TEST(nonsense),
		TEST(endless),
		TEST(closed),
		TEST(nobody),
		TEST(reads_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
