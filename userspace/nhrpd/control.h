/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control socket: each request is a line with a JSON object, each answer
 * lines with one JSON object each: all but the last have a "type", the last
 * has "done" or "error".
 *
 *   {"command": "show"}			one line for each object
 *   {"command": "clear", "interface": I, "address": A}	{"done": NUMBER}
 *   {"command": "clear-counters"}
 *   {"command": "monitor"}			"done", then events for ever
 */
#ifndef NHRPD_CONTROL_H
#define NHRPD_CONTROL_H

#include "lib/list.h"
#include "lib/rundir.h"
#include "nhrpd/loop.h"

struct daemon;
struct nhrp_event;

/**
 * struct control - the socket
 * @daemon: whose
 * @fd: listening socket, -1 while not open
 * @path: where it is
 * @watch: on @fd
 * @clients: struct client
 */
struct control {
	struct daemon *daemon;
	int fd;
	char path[RUNDIR_PATH];
	struct watch watch;
	struct list clients;
};

/* 0, or -1 after logging why not. The caller has made sure to be alone. */
int control_open(struct control *c, struct daemon *d);
void control_close(struct control *c);
/* Tell all monitors. */
void control_event(struct control *c, const struct nhrp_event *event);

#endif
