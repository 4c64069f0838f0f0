// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "dmvpnctl/client.h"
#include "lib/rundir.h"

#define RECEIVE_LEN	16384
#define ANSWER_SECONDS	10
/* No answer of nhrpd is as long: its lists are lines of one object each. */
#define ANSWER_MAX	(16 << 20)

int client_open(struct client *c)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct timeval wait = { .tv_sec = ANSWER_SECONDS };
	char path[RUNDIR_PATH];
	int err;

	*c = (struct client)CLIENT_CLOSED;
	if (rundir_path(path, "sock"))
		return -errno;
	memcpy(addr.sun_path, path, sizeof(path));
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0)
		return -errno;
	setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	if (!connect(c->fd, (struct sockaddr *)&addr, sizeof(addr)))
		return 0;
	err = -errno;
	client_close(c);
	return err;
}

void client_close(struct client *c)
{
	if (c->fd >= 0)
		close(c->fd);
	free(c->buf);
	*c = (struct client)CLIENT_CLOSED;
}

int client_send(struct client *c, json_t *request)
{
	char *line = request ? json_dumps(request, JSON_COMPACT) : NULL;
	int err = line ? 0 : -ENOMEM;
	struct iovec part[] = {
		{ .iov_base = line, .iov_len = line ? strlen(line) : 0 },
		{ .iov_base = "\n", .iov_len = 1 },
	};
	struct msghdr msg = { .msg_iov = part, .msg_iovlen = 2 };

	json_decref(request);
	if (!err && sendmsg(c->fd, &msg, MSG_NOSIGNAL) < 0)
		err = -errno;
	free(line);
	return err;
}

int client_receive(struct client *c)
{
	size_t size = c->size ? c->size : RECEIVE_LEN;
	char *buf;
	ssize_t n;

	if (c->len >= ANSWER_MAX)
		return -EMSGSIZE;
	while (size < c->len + RECEIVE_LEN)
		size *= 2;
	if (size != c->size) {
		buf = realloc(c->buf, size);
		if (!buf)
			return -ENOMEM;
		c->buf = buf;
		c->size = size;
	}
	/* One with a timeout ends when the shell stops the program. */
	do {
		n = recv(c->fd, c->buf + c->len, c->size - c->len, 0);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN ? -ETIMEDOUT : -errno;
	if (!n)
		return -ECONNRESET;
	c->len += (size_t)n;
	return 0;
}

json_t *client_next(struct client *c)
{
	char *end = c->len ? memchr(c->buf, '\n', c->len) : NULL;
	json_t *object;
	size_t used;

	if (!end)
		return NULL;
	used = (size_t)(end - c->buf);
	object = json_loadb(c->buf, used, 0, NULL);
	c->len -= used + 1;
	memmove(c->buf, end + 1, c->len);
	/* A line that is no JSON is no object: the reader goes on. */
	return object ? object : json_null();
}

json_t *client_wait(struct client *c)
{
	json_t *object;

	while (!(object = client_next(c)))
		if (client_receive(c))
			return NULL;
	return object;
}

void client_complain(int err)
{
	if (err == -ENOENT || err == -ECONNREFUSED)
		fprintf(stderr,
			"dmvpnctl: nhrpd does not run in this network namespace: systemctl start nhrpd\n");
	else if (err == -EACCES)
		fprintf(stderr,
			"dmvpnctl: no access to nhrpd's socket: run it as root\n");
	else
		fprintf(stderr, "dmvpnctl: nhrpd: %s\n", strerror(-err));
}
