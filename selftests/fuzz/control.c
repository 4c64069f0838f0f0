// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Requests to the control socket: each line of the answer is a JSON object.
 */
#include <errno.h>
#include <event2/event.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cloud.h"
#include "fuzz.h"
#include "nhrpd/daemon.h"
#include "nhrpd/report.h"

/* Written at a time, so that requests come in pieces. */
#define PIECE	1000
#define ANSWER	(1 << 20)

static struct cloud cloud;
static struct daemon hub;
static char answer[ANSWER];
static size_t answer_len;

/* Of a socket that nobody else has. */
int rundir_path(char path[static RUNDIR_PATH], const char *suffix)
{
	snprintf(path, RUNDIR_PATH, "/tmp/fuzz-control.%d.%s", getpid(),
		 suffix);
	return 0;
}

static void start(void)
{
	cloud_start(&cloud);
	hub.nhrp = cloud.hub.nhrp;
	must(conf_add_if(&hub.conf, "dmvpn0"));
	must(!loop_init(&hub.loop));
	must(!control_open(&hub.control, &hub));
}

static int connect_to(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	must(fd >= 0);
	memcpy(addr.sun_path, hub.control.path, strlen(hub.control.path));
	must(!connect(fd, (struct sockaddr *)&addr, sizeof(addr)));
	return fd;
}

static void lines(void)
{
	size_t used = 0;
	json_t *object;
	char *end;

	while ((end = memchr(answer + used, '\n', answer_len - used))) {
		object = json_loadb(answer + used,
				    (size_t)(end - (answer + used)), 0, NULL);
		must(json_is_object(object));
		json_decref(object);
		used = (size_t)(end - answer) + 1;
	}
	answer_len -= used;
	memmove(answer, answer + used, answer_len);
}

/* Let it work, and read what it says. False if it has hung up. */
static bool turn(int fd)
{
	ssize_t n;

	event_base_loop(hub.loop.base, EVLOOP_NONBLOCK);
	do {
		n = recv(fd, answer + answer_len, sizeof(answer) - answer_len,
			 0);
		if (n > 0) {
			answer_len += (size_t)n;
			lines();
			event_base_loop(hub.loop.base, EVLOOP_NONBLOCK);
		}
	} while (n > 0);
	return n < 0 && errno == EAGAIN;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	size_t at = 0, piece;
	bool open = true;
	int fd;

	if (!hub.nhrp)
		start();
	fd = connect_to();
	answer_len = 0;
	while (at < len && open) {
		piece = len - at < PIECE ? len - at : PIECE;
		must(send(fd, data + at, piece, MSG_NOSIGNAL) ==
		     (ssize_t)piece);
		at += piece;
		open = turn(fd);
	}
	must(!open || !answer_len);
	close(fd);
	event_base_loop(hub.loop.base, EVLOOP_NONBLOCK);
	must(list_empty(&hub.control.clients));
	unit_flush(&cloud.hub);
	fake_forget(&cloud.hub);
	return 0;
}
