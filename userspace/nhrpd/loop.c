// SPDX-License-Identifier: GPL-2.0-or-later
#include <event2/event.h>
#include <time.h>

#include "nhrpd/loop.h"

uint64_t loop_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000u + (uint64_t)ts.tv_nsec / 1000000u +
	       1;
}

int loop_init(struct loop *loop)
{
	struct event_config *config = event_config_new();

	*loop = (struct loop){ 0 };
	if (!config)
		return -1;
	/* Coarse clocks would fire timers before loop_now() says so. */
	event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER);
	loop->base = event_base_new_with_config(config);
	event_config_free(config);
	return loop->base ? 0 : -1;
}

void loop_fini(struct loop *loop)
{
	if (loop->base)
		event_base_free(loop->base);
	loop->base = NULL;
}

int loop_run(struct loop *loop)
{
	return event_base_dispatch(loop->base) < 0 ? -1 : 0;
}

void loop_quit(struct loop *loop)
{
	event_base_loopbreak(loop->base);
}

static void dispatch(evutil_socket_t fd, short what, void *arg)
{
	struct watch *w = arg;
	struct loop *loop = w->loop;

	(void)fd;
	(void)what;
	/* The callback may stop the watch. */
	w->fn(w->arg);
	if (loop->after)
		loop->after(loop->arg);
}

static int watch_new(struct loop *loop, struct watch *w, int fd, short what,
		     loop_fn fn, void *arg)
{
	*w = (struct watch){ .loop = loop, .fn = fn, .arg = arg };
	w->event = event_new(loop->base, fd, what, dispatch, w);
	if (w->event && (what == 0 || !event_add(w->event, NULL)))
		return 0;
	watch_stop(w);
	return -1;
}

int watch_read(struct loop *loop, struct watch *w, int fd, loop_fn fn,
	       void *arg)
{
	return watch_new(loop, w, fd, EV_READ | EV_PERSIST, fn, arg);
}

int watch_write(struct loop *loop, struct watch *w, int fd, loop_fn fn,
		void *arg)
{
	return watch_new(loop, w, fd, EV_WRITE | EV_PERSIST, fn, arg);
}

int watch_signal(struct loop *loop, struct watch *w, int signal, loop_fn fn,
		 void *arg)
{
	return watch_new(loop, w, signal, EV_SIGNAL | EV_PERSIST, fn, arg);
}

int watch_timer(struct loop *loop, struct watch *w, loop_fn fn, void *arg)
{
	return watch_new(loop, w, -1, 0, fn, arg);
}

void watch_at(struct watch *w, uint64_t at)
{
	uint64_t now = loop_now();
	uint64_t wait = at > now ? at - now : 0;
	struct timeval tv = {
		.tv_sec = (time_t)(wait / 1000),
		.tv_usec = (suseconds_t)(wait % 1000 * 1000),
	};

	if (at == UINT64_MAX)
		event_del(w->event);
	else
		event_add(w->event, &tv);
}

void watch_stop(struct watch *w)
{
	if (w->event)
		event_free(w->event);
	*w = (struct watch){ 0 };
}
