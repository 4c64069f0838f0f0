// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "dmvpnctl/model.h"
#include "dmvpnctl/vici.h"
#include "lib/buf.h"

#define ANSWER_SECONDS	5
/* vici's own limit. */
#define ANSWER_MAX	(512 * 1024)
#define NAME_MAX_LEN	255

/* Packets. */
#define CMD_REQUEST	0
#define CMD_RESPONSE	1

/* Elements of a message. */
enum element {
	SECTION_START = 1,
	SECTION_END,
	KEY_VALUE,
	LIST_START,
	LIST_ITEM,
	LIST_END,
};

/* @value is the value of a key, or one item of the list of that name. */
typedef void (*take_fn)(struct vici_status *status, const char *key,
			const char *value);

static int open_socket(struct vici_status *status)
{
	struct sockaddr_un addr = {
		.sun_family = AF_UNIX,
		.sun_path = VICI_SOCKET,
	};
	struct timeval wait = { .tv_sec = ANSWER_SECONDS };
	struct ucred peer = { 0 };
	socklen_t len = sizeof(peer);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int err;

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		err = -errno;
		close(fd);
		return err;
	}
	if (!getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len))
		status->pid = peer.pid;
	return fd;
}

/* All of it, or a negative errno. */
static int receive(int fd, void *data, size_t len)
{
	ssize_t n = recv(fd, data, len, MSG_WAITALL);

	if (n == (ssize_t)len)
		return 0;
	if (n >= 0)
		return -ECONNRESET;
	return errno == EAGAIN ? -ETIMEDOUT : -errno;
}

static int send_request(int fd, const char *command)
{
	size_t len = strlen(command);
	uint8_t buf[NAME_MAX_LEN + 6];
	struct writer w;

	writer_init(&w, buf, sizeof(buf));
	write_be32(&w, (uint32_t)(len + 2));
	write_u8(&w, CMD_REQUEST);
	write_u8(&w, (unsigned int)len);
	write_bytes(&w, command, len);
	return send(fd, buf, w.pos, MSG_NOSIGNAL) == (ssize_t)w.pos ?
	       0 : -errno;
}

static void read_text(struct reader *r, size_t len, char *to, size_t size)
{
	const uint8_t *bytes = read_bytes(r, len);

	snprintf(to, size, "%.*s", bytes ? (int)len : 0,
		 bytes ? (const char *)bytes : "");
}

static void take_message(struct vici_status *status, struct reader *r,
			 take_fn take)
{
	char key[NAME_MAX_LEN + 1] = "", value[VICI_TEXT];

	while (reader_left(r) && !r->error) {
		switch (read_u8(r)) {
		case SECTION_START:
		case LIST_START:
			read_text(r, read_u8(r), key, sizeof(key));
			break;
		case KEY_VALUE:
			read_text(r, read_u8(r), key, sizeof(key));
			read_text(r, read_be16(r), value, sizeof(value));
			take(status, key, value);
			break;
		case LIST_ITEM:
			read_text(r, read_be16(r), value, sizeof(value));
			take(status, key, value);
			break;
		case SECTION_END:
		case LIST_END:
			break;
		default:
			return;
		}
	}
}

static int request(struct vici_status *status, int fd, const char *command,
		   take_fn take)
{
	struct reader r;
	uint32_t len;
	void *data;
	int err;

	err = send_request(fd, command);
	if (!err)
		err = receive(fd, &len, sizeof(len));
	if (err)
		return err;
	len = ntohl(len);
	data = len && len <= ANSWER_MAX ? malloc(len) : NULL;
	if (!data)
		return -EPROTO;
	err = receive(fd, data, len);
	reader_init(&r, data, err ? 0 : len);
	if (!err && read_u8(&r) == CMD_RESPONSE)
		take_message(status, &r, take);
	else if (!err)
		err = -EPROTO;
	free(data);
	return err;
}

static void take_version(struct vici_status *status, const char *key,
			 const char *value)
{
	if (!strcmp(key, "version"))
		snprintf(status->version, sizeof(status->version), "%s",
			 value);
}

static void take_plugin(struct vici_status *status, const char *key,
			const char *value)
{
	if (!strcmp(key, "plugins") && !strcmp(value, "dmvpn"))
		status->plugin = true;
}

static void take_conn(struct vici_status *status, const char *key,
		      const char *value)
{
	char (*conn)[VICI_TEXT];

	if (strcmp(key, "conns"))
		return;
	conn = model_add(status->conn, status->n_conn);
	snprintf(*conn, sizeof(*conn), "%s", value);
}

static void take_key(struct vici_status *status, const char *key,
		     const char *value)
{
	(void)value;
	if (!strcmp(key, "keys"))
		status->secrets++;
}

void vici_read(struct vici_status *status)
{
	static const struct {
		const char *command;
		take_fn take;
	} requests[] = {
		{ "version", take_version },
		{ "stats", take_plugin },
		{ "get-conns", take_conn },
		{ "get-shared", take_key },
		{ "get-keys", take_key },
	};
	int fd = open_socket(status);
	size_t i;

	status->error = fd < 0 ? fd : 0;
	for (i = 0; !status->error &&
	     i < sizeof(requests) / sizeof(requests[0]); i++)
		status->error = request(status, fd, requests[i].command,
					requests[i].take);
	if (fd >= 0)
		close(fd);
}

void vici_free(struct vici_status *status)
{
	free(status->conn);
}
