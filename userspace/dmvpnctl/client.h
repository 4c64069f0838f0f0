/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A connection to nhrpd's control socket: JSON objects, one a line.
 */
#ifndef DMVPNCTL_CLIENT_H
#define DMVPNCTL_CLIENT_H

#include <jansson.h>
#include <stddef.h>

/**
 * struct client - a connection
 * @fd: socket, -1 while there is none
 * @buf: what was received and not taken yet
 * @len: its bytes
 * @size: room
 */
struct client {
	int fd;
	char *buf;
	size_t len;
	size_t size;
};

#define CLIENT_CLOSED { .fd = -1 }

/*
 * 0 or a negative errno; -ENOENT or -ECONNREFUSED: no nhrpd runs in this
 * network namespace.
 */
int client_open(struct client *c);
void client_close(struct client *c);
/* Takes over @request. 0 or a negative errno. */
int client_send(struct client *c, json_t *request);
/* Receive some more, waiting for it. 0 or a negative errno. */
int client_receive(struct client *c);
/* The next object that has come, NULL if there is no whole line. */
json_t *client_next(struct client *c);
/* The next object, waiting for it; NULL if none comes. */
json_t *client_wait(struct client *c);
/* What a failure to open means to the operator, on stderr. */
void client_complain(int err);

#endif
