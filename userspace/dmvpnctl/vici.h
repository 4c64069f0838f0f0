/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What charon says of itself over its control interface (vici), which is that
 * of swanctl(8).
 */
#ifndef DMVPNCTL_VICI_H
#define DMVPNCTL_VICI_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "dmvpnctl/cert.h"

#define VICI_SOCKET	"/run/charon.vici"
#define VICI_TEXT	64

/**
 * struct vici_status - what it says
 * @error: 0, or a negative errno: it does not answer
 * @pid: of charon
 * @version: strongSwan's
 * @plugin: the dmvpn plugin is loaded
 * @secrets: pre-shared and private keys that are loaded
 * @conn: names of connections, array of @n_conn
 * @n_conn: their number
 * @cert: certificates that it has the private key of, array of @n_cert
 * @n_cert: their number
 */
struct vici_status {
	int error;
	pid_t pid;
	char version[VICI_TEXT];
	bool plugin;
	size_t secrets;
	char (*conn)[VICI_TEXT];
	size_t n_conn;
	struct cert *cert;
	size_t n_cert;
};

void vici_read(struct vici_status *status);
/* The same of who is at the other end of a socket. */
void vici_ask(struct vici_status *status, int fd);
void vici_free(struct vici_status *status);

#endif
