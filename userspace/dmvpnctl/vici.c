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
/* One that has more certificates is none. */
#define CERTS_MAX	4096

/* Packets. */
#define CMD_REQUEST	0
#define CMD_RESPONSE	1
#define EVENT_REGISTER	3
#define EVENT_CONFIRM	5
#define EVENT		7

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
	char *to = data;
	ssize_t n;

	while (len) {
		n = recv(fd, to, len, 0);
		if (!n)
			return -ECONNRESET;
		/* With a timeout: the shell has stopped the program. */
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? -ETIMEDOUT : -errno;
		to += n;
		len -= (size_t)n;
	}
	return 0;
}

static int send_packet(int fd, unsigned int type, const char *name)
{
	size_t len = strlen(name);
	uint8_t buf[NAME_MAX_LEN + 6];
	struct writer w;

	writer_init(&w, buf, sizeof(buf));
	write_be32(&w, (uint32_t)(len + 2));
	write_u8(&w, type);
	write_u8(&w, (unsigned int)len);
	write_bytes(&w, name, len);
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

/* One packet, with @r at what follows its type. The caller frees @data. */
static int receive_packet(int fd, void **data, struct reader *r, uint8_t *type)
{
	uint32_t len;
	int err = receive(fd, &len, sizeof(len));

	*data = NULL;
	if (err)
		return err;
	len = ntohl(len);
	*data = len && len <= ANSWER_MAX ? malloc(len) : NULL;
	if (!*data)
		return -EPROTO;
	err = receive(fd, *data, len);
	reader_init(r, *data, err ? 0 : len);
	*type = read_u8(r);
	return err;
}

static int request(struct vici_status *status, int fd, const char *command,
		   take_fn take)
{
	int err = send_packet(fd, CMD_REQUEST, command);
	struct reader r;
	uint8_t type;
	void *data;

	if (err)
		return err;
	err = receive_packet(fd, &data, &r, &type);
	if (!err && type == CMD_RESPONSE)
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

/* ---- certificates, each in an event of its own ---- */

static bool is_word(const uint8_t *value, size_t len, const char *word)
{
	return len == strlen(word) && !memcmp(value, word, len);
}

static void take_cert(struct vici_status *status, struct reader *r)
{
	bool x509 = false, own = false;
	const uint8_t *value, *der = NULL;
	char key[NAME_MAX_LEN + 1];
	size_t len, der_len = 0;
	struct cert cert;

	while (reader_left(r) && read_u8(r) == KEY_VALUE) {
		read_text(r, read_u8(r), key, sizeof(key));
		len = read_be16(r);
		value = read_bytes(r, len);
		if (!value)
			return;
		if (!strcmp(key, "type")) {
			x509 = is_word(value, len, "X509");
		} else if (!strcmp(key, "has_privkey")) {
			own = is_word(value, len, "yes");
		} else if (!strcmp(key, "data")) {
			der = value;
			der_len = len;
		}
	}
	if (x509 && own && der && cert_parse(der, der_len, &cert))
		*model_add(status->cert, status->n_cert) = cert;
}

/* One event: 1 if there may be more of them, 0 if not, or a negative errno. */
static int receive_cert(struct vici_status *status, int fd)
{
	struct reader r;
	uint8_t type;
	void *data;
	int err = receive_packet(fd, &data, &r, &type);

	if (!err && type == EVENT) {
		read_bytes(&r, read_u8(&r));
		take_cert(status, &r);
		err = 1;
	} else if (!err && type != CMD_RESPONSE && type != EVENT_CONFIRM) {
		err = -EPROTO;
	}
	free(data);
	return err;
}

static int read_certs(struct vici_status *status, int fd)
{
	int err = send_packet(fd, EVENT_REGISTER, "list-cert");
	unsigned int n;

	if (!err)
		err = receive_cert(status, fd);
	if (!err)
		err = send_packet(fd, CMD_REQUEST, "list-certs");
	if (err)
		return err;
	for (n = 0; n < CERTS_MAX; n++) {
		err = receive_cert(status, fd);
		if (err <= 0)
			return err;
	}
	return -EMSGSIZE;
}

void vici_ask(struct vici_status *status, int fd)
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
	size_t i;

	status->error = 0;
	for (i = 0; !status->error &&
	     i < sizeof(requests) / sizeof(requests[0]); i++)
		status->error = request(status, fd, requests[i].command,
					requests[i].take);
	if (!status->error)
		status->error = read_certs(status, fd);
}

void vici_read(struct vici_status *status)
{
	int fd = open_socket(status);

	if (fd < 0) {
		status->error = fd;
		return;
	}
	vici_ask(status, fd);
	close(fd);
}

void vici_free(struct vici_status *status)
{
	free(status->conn);
	free(status->cert);
}
