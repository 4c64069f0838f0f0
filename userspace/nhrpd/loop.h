/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The event loop: files to read, signals, timers. A facade over libevent.
 */
#ifndef NHRPD_LOOP_H
#define NHRPD_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct event;
struct event_base;

typedef void (*loop_fn)(void *arg);

/**
 * struct loop - the loop
 * @base: libevent's
 * @after: called after every callback, or NULL
 * @arg: for @after
 */
struct loop {
	struct event_base *base;
	loop_fn after;
	void *arg;
};

/**
 * struct watch - a file, signal or timer that is watched
 * @loop: the loop, NULL while not in use
 * @event: libevent's
 * @fn: called when it is ready
 * @arg: for @fn
 */
struct watch {
	struct loop *loop;
	struct event *event;
	loop_fn fn;
	void *arg;
};

/* Milliseconds of the monotonic clock, never 0. */
uint64_t loop_now(void);

/* 0, or -1 without memory or descriptors. */
int loop_init(struct loop *loop);
void loop_fini(struct loop *loop);
/* Until loop_quit. 0, or -1 if the loop itself failed. */
int loop_run(struct loop *loop);
void loop_quit(struct loop *loop);

/* As long as @fd can be read (or, with watch_write, written). 0 or -1. */
int watch_read(struct loop *loop, struct watch *w, int fd, loop_fn fn,
	       void *arg);
int watch_write(struct loop *loop, struct watch *w, int fd, loop_fn fn,
		void *arg);
int watch_signal(struct loop *loop, struct watch *w, int signal, loop_fn fn,
		 void *arg);
/* A timer; nothing happens until watch_at. */
int watch_timer(struct loop *loop, struct watch *w, loop_fn fn, void *arg);
/* Fire once, when loop_now() is @at; UINT64_MAX: never. */
void watch_at(struct watch *w, uint64_t at);
/* One that is not in use may be given. */
void watch_stop(struct watch *w);

#endif
