/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looks the names of servers up, each in a thread of its own, so that nothing
 * waits for it.
 */
#ifndef NHRPD_RESOLVER_H
#define NHRPD_RESOLVER_H

#include "lib/list.h"
#include "nhrpd/conf.h"
#include "nhrpd/loop.h"

struct daemon;

/**
 * struct resolver - all names
 * @daemon: for the loop, the configuration and the state layer
 * @results: pipe: threads write a struct lookup pointer into it
 * @ready: on its reading end
 * @timer: next look-up
 * @names: struct name
 */
struct resolver {
	struct daemon *daemon;
	int results[2];
	struct watch ready;
	struct watch timer;
	struct list names;
};

/* 0, or -1 after logging why not. */
int resolver_open(struct resolver *r, struct daemon *d);
void resolver_close(struct resolver *r);
/* Look up all names of the configuration now, and no others any more. */
void resolver_configure(struct resolver *r);
/* A server is lost: it may have moved. */
void resolver_hurry(struct resolver *r);

#endif
