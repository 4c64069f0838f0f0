// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/log.h"
#include "nhrpd/daemon.h"
#include "nhrpd/resolver.h"

#define ADDRS		8
#define ERROR_LEN	96
/* After a failure, and at most that often for servers that are lost. */
#define RETRY_MS	10000

/**
 * struct name - to be looked up
 * @link: in the list of all
 * @host: the name
 * @seconds: until it is looked up again
 * @done: when it last was, 0 for never
 * @due: when it will be; UINT64_MAX while a thread is at it, and nobody has
 *	asked since
 * @busy: a thread is at it
 * @wanted: it is in the configuration
 */
struct name {
	struct list link;
	char host[CONF_HOST];
	uint32_t seconds;
	uint64_t done;
	uint64_t due;
	bool busy;
	bool wanted;
};

/**
 * struct lookup - a thread's work, which is nobody else's until it is in the
 *	pipe
 * @fd: where it goes then
 * @host: what to look up
 * @addr: array of @n
 * @n: addresses found
 * @error: why there are none
 */
struct lookup {
	int fd;
	char host[CONF_HOST];
	struct addr addr[ADDRS];
	size_t n;
	char error[ERROR_LEN];
};

/* ---- in the thread ---- */

static void take(struct lookup *l, const struct addrinfo *ai)
{
	const struct sockaddr_in6 *six = (const void *)ai->ai_addr;
	const struct sockaddr_in *four = (const void *)ai->ai_addr;

	if (l->n == ADDRS)
		return;
	if (ai->ai_family == AF_INET)
		l->addr[l->n++] = addr_make(&four->sin_addr, 4);
	else if (ai->ai_family == AF_INET6)
		l->addr[l->n++] = addr_make(&six->sin6_addr, 16);
}

static void *look_up(void *arg)
{
	static const struct addrinfo hints = { .ai_socktype = SOCK_DGRAM };
	struct addrinfo *list = NULL, *ai;
	struct lookup *l = arg;
	int err = getaddrinfo(l->host, NULL, &hints, &list);

	if (err)
		snprintf(l->error, sizeof(l->error), "%s", gai_strerror(err));
	for (ai = list; ai; ai = ai->ai_next)
		take(l, ai);
	if (list)
		freeaddrinfo(list);
	/* A pointer goes in at once or not at all. */
	if (write(l->fd, &l, sizeof(l)) != sizeof(l))
		free(l);
	return NULL;
}

/* ---- in the loop ---- */

static struct name *find(const struct resolver *r, const char *host)
{
	struct name *name;

	list_for_each(name, &r->names, struct name, link)
		if (!strcmp(name->host, host))
			return name;
	return NULL;
}

static void set_timer(struct resolver *r)
{
	uint64_t at = UINT64_MAX;
	struct name *name;

	list_for_each(name, &r->names, struct name, link)
		if (!name->busy && name->due < at)
			at = name->due;
	watch_at(&r->timer, at);
}

static int start_thread(struct lookup *l)
{
	pthread_attr_t attr;
	sigset_t all, before;
	pthread_t thread;
	int err;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	/* Signals are the loop's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&thread, &attr, look_up, l);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	return err;
}

static void begin(struct resolver *r, struct name *name)
{
	struct lookup *l = calloc(1, sizeof(*l));
	int err = ENOMEM;

	if (l) {
		l->fd = r->results[1];
		snprintf(l->host, sizeof(l->host), "%s", name->host);
		err = start_thread(l);
	}
	name->busy = !err;
	name->due = UINT64_MAX;
	if (!err)
		return;
	free(l);
	log_warn("looking up %s: %s", name->host, strerror(err));
	name->due = loop_now() + RETRY_MS;
}

static void due(void *arg)
{
	struct resolver *r = arg;
	struct name *name;

	list_for_each(name, &r->names, struct name, link)
		if (!name->busy && name->due <= loop_now())
			begin(r, name);
	set_timer(r);
}

static void name_free(struct name *name)
{
	list_del(&name->link);
	free(name);
}

static void finish(struct resolver *r, const struct lookup *l)
{
	struct name *name = find(r, l->host);

	if (!name)
		return;
	if (!name->wanted) {
		name_free(name);
		return;
	}
	name->busy = false;
	name->done = loop_now();
	if (name->due == UINT64_MAX)
		name->due = name->done +
			    (l->n ? name->seconds * 1000ull : RETRY_MS);
	nhrp_resolved(r->daemon->nhrp, loop_now(), l->host, l->addr, l->n,
		      l->error);
}

static void results_ready(void *arg)
{
	struct resolver *r = arg;
	struct lookup *l;

	while (read(r->results[0], &l, sizeof(l)) == sizeof(l)) {
		finish(r, l);
		free(l);
	}
	set_timer(r);
}

static void want(struct resolver *r, const char *host, uint32_t seconds)
{
	struct name *name = find(r, host);

	if (!name) {
		name = calloc(1, sizeof(*name));
		if (!name)
			return;
		snprintf(name->host, sizeof(name->host), "%s", host);
		list_add(&r->names, &name->link);
	}
	if (!name->wanted || seconds < name->seconds)
		name->seconds = seconds;
	name->wanted = true;
	name->due = 0;
}

void resolver_configure(struct resolver *r)
{
	const struct conf *conf = &r->daemon->conf;
	const struct conf_if *ci;
	struct name *name, *tmp;
	size_t i;

	list_for_each(name, &r->names, struct name, link)
		name->wanted = false;
	for (ci = conf->iface; ci < conf->iface + conf->n_iface; ci++)
		for (i = 0; i < ci->n_nhs; i++)
			if (ci->nhs[i].host[0])
				want(r, ci->nhs[i].host, ci->resolve_seconds);
	list_for_each_safe(name, tmp, &r->names, struct name, link)
		if (!name->wanted && !name->busy)
			name_free(name);
	due(r);
}

void resolver_hurry(struct resolver *r)
{
	struct name *name;
	uint64_t at;

	list_for_each(name, &r->names, struct name, link) {
		at = name->done + RETRY_MS;
		if (at < name->due)
			name->due = at;
	}
	set_timer(r);
}

int resolver_open(struct resolver *r, struct daemon *d)
{
	*r = (struct resolver){ .daemon = d };
	list_init(&r->names);
	if (!pipe2(r->results, O_CLOEXEC | O_NONBLOCK) &&
	    !watch_read(&d->loop, &r->ready, r->results[0], results_ready, r) &&
	    !watch_timer(&d->loop, &r->timer, due, r))
		return 0;
	log_err("cannot look names up: %s", strerror(errno));
	return -1;
}

/* Threads that are still at it end with the process, and so does the pipe. */
void resolver_close(struct resolver *r)
{
	struct name *name, *tmp;

	if (!r->daemon)
		return;
	list_for_each_safe(name, tmp, &r->names, struct name, link)
		name_free(name);
	watch_stop(&r->ready);
	watch_stop(&r->timer);
}
