// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Events of the kernel and of nhrpd, until somebody interrupts.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "dmvpnctl/client.h"
#include "dmvpnctl/kernel.h"
#include "dmvpnctl/names.h"
#include "dmvpnctl/run.h"

#define EVENTS_BUFFER	(4 << 20)
/* nhrpd may come, go, and come back. */
#define RETRY_MS	1000

/**
 * struct watcher - what is listened to
 * @out: form of output
 * @genl: the kernel
 * @nhrpd: connection to nhrpd, closed while it does not run
 */
struct watcher {
	const struct output *out;
	struct genl genl;
	struct client nhrpd;
};

static struct timespec now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_REALTIME, &at);
	return at;
}

static void on_kernel(void *arg, uint8_t cmd, struct nlattr **tb)
{
	struct kernel_event event;
	struct timespec at = now();
	struct watcher *w = arg;

	/* A newer module's may be unknown here. */
	if (!event_name(cmd))
		return;
	kernel_take_event(cmd, tb, &event);
	w->out->kernel_event(stdout, &at, &event);
}

static int open_kernel(struct genl *g)
{
	static const char *const groups[] = {
		DMVPN_MCGRP_CONTROL, DMVPN_MCGRP_NHRP,
	};
	size_t i;

	if (kernel_open(g))
		return -1;
	netlink_buffer(&g->nl, EVENTS_BUFFER);
	for (i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		int err = genl_join(g, groups[i]);

		if (!err)
			continue;
		fprintf(stderr, "dmvpnctl: %s%s\n", g->nl.error,
			err == -EPERM ? ": run it as root" : "");
		genl_close(g);
		return -1;
	}
	return 0;
}

static int kernel_ready(struct watcher *w)
{
	int err = genl_events(&w->genl, on_kernel, w);
	struct timespec at = now();

	if (err == -ENOBUFS) {
		w->out->lost(stdout, &at);
	} else if (err) {
		fprintf(stderr, "dmvpnctl: %s\n", w->genl.nl.error);
		return -1;
	}
	return 0;
}

static void open_nhrpd(struct client *c)
{
	if (client_open(c))
		return;
	if (client_send(c, json_pack("{ss}", "command", "monitor")))
		client_close(c);
}

static void nhrpd_ready(struct watcher *w)
{
	struct timespec at = now();
	const char *type;
	json_t *o;

	if (client_receive(&w->nhrpd)) {
		client_close(&w->nhrpd);
		fprintf(stderr, "dmvpnctl: nhrpd has gone\n");
		return;
	}
	while ((o = client_next(&w->nhrpd))) {
		type = json_string_value(json_object_get(o, "type"));
		if (type && !strcmp(type, "event"))
			w->out->nhrp_event(stdout, &at, o);
		json_decref(o);
	}
}

static int listen_to(struct watcher *w)
{
	struct pollfd fds[] = {
		{ .fd = w->genl.nl.fd, .events = POLLIN },
		{ .fd = w->nhrpd.fd, .events = POLLIN },
	};

	/* A closed one has a descriptor of -1, which poll() passes over. */
	if (poll(fds, 2, w->nhrpd.fd < 0 ? RETRY_MS : -1) < 0)
		return errno == EINTR ? 0 : -1;
	if (fds[0].revents && kernel_ready(w))
		return -1;
	if (fds[1].revents)
		nhrpd_ready(w);
	return fflush(stdout) ? -1 : 0;
}

int monitor(const struct output *out, const struct args *args)
{
	struct watcher w = { .out = out, .genl = GENL_CLOSED,
			     .nhrpd = CLIENT_CLOSED };

	(void)args;
	if (open_kernel(&w.genl))
		return 1;
	open_nhrpd(&w.nhrpd);
	if (w.nhrpd.fd < 0)
		fprintf(stderr,
			"dmvpnctl: nhrpd does not run here: only the kernel's events until it does\n");
	while (!listen_to(&w))
		if (w.nhrpd.fd < 0)
			open_nhrpd(&w.nhrpd);
	client_close(&w.nhrpd);
	genl_close(&w.genl);
	return 1;
}
