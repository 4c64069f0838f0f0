// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/log.h"
#include "nhrpd/daemon.h"
#include "nhrpd/report.h"

#define REQUEST_LEN	4096
#define CLIENTS_MAX	64
#define BACKLOG		16
/* A monitor that does not read is let go before it eats the memory. */
#define MONITOR_WAITING	(4u << 20)

/**
 * struct client - a connection
 * @link: in the list of all
 * @control: the socket it came through
 * @fd: the connection
 * @in: watch for requests
 * @out: watch for room, while there is something to write
 * @request: bytes of a request
 * @request_len: their number
 * @answer: what has to be written
 * @answer_len: bytes
 * @answer_size: room
 * @monitor: wants events
 * @captures: reads the traffic as long as it is there
 * @ends: it has no more to say, and waits for the rest of its answer
 * @broken: no memory, or the other end has gone
 */
struct client {
	struct list link;
	struct control *control;
	int fd;
	struct watch in;
	struct watch out;
	char request[REQUEST_LEN];
	size_t request_len;
	char *answer;
	size_t answer_len;
	size_t answer_size;
	bool monitor;
	bool captures;
	bool ends;
	bool broken;
};

/* What neither a monitor nor the log wants need not be told. */
static void choose_level(const struct control *c)
{
	bool all = log_is_debug();
	struct client *client;

	list_for_each(client, &c->clients, struct client, link)
		all |= client->monitor;
	nhrp_observe_from(c->daemon->nhrp, all ? NHRP_LEVEL_DEBUG :
						 NHRP_LEVEL_INFO);
}

static void client_free(struct client *c)
{
	struct control *control = c->control;

	watch_stop(&c->in);
	watch_stop(&c->out);
	close(c->fd);
	list_del(&c->link);
	if (c->captures)
		log_warn("dmvpnctl captures no more");
	free(c->answer);
	free(c);
	choose_level(control);
}

/* ---- answers ---- */

static void append(struct client *c, const char *text, size_t len)
{
	size_t size = c->answer_size ? c->answer_size : REQUEST_LEN;
	char *answer;

	while (size < c->answer_len + len)
		size *= 2;
	if (size != c->answer_size) {
		answer = realloc(c->answer, size);
		if (!answer) {
			c->broken = true;
			return;
		}
		c->answer = answer;
		c->answer_size = size;
	}
	memcpy(c->answer + c->answer_len, text, len);
	c->answer_len += len;
}

static void say(void *arg, json_t *object)
{
	struct client *c = arg;
	char *line = object ? json_dumps(object, JSON_COMPACT) : NULL;

	json_decref(object);
	if (!line) {
		c->broken = true;
		return;
	}
	append(c, line, strlen(line));
	append(c, "\n", 1);
	free(line);
}

static void flush(struct client *c);

static void out_ready(void *arg)
{
	struct client *c = arg;

	flush(c);
	if (c->broken || (c->ends && !c->answer_len))
		client_free(c);
}

/* Write what can be written; the rest, or the end, when there is room. */
static void flush(struct client *c)
{
	ssize_t n = 0;

	if (c->answer_len)
		n = send(c->fd, c->answer, c->answer_len,
			 MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		c->broken = true;
	if (n > 0) {
		c->answer_len -= (size_t)n;
		memmove(c->answer, c->answer + n, c->answer_len);
	}
	if (!c->answer_len && !c->ends)
		watch_stop(&c->out);
	else if (!c->out.event &&
		 watch_write(&c->control->daemon->loop, &c->out, c->fd,
			     out_ready, c))
		c->broken = true;
}

static void say_error(struct client *c, const char *text)
{
	say(c, json_pack("{ss}", "error", text));
}

static void say_done(struct client *c, unsigned int number)
{
	say(c, json_pack("{sI}", "done", (json_int_t)number));
}

/* ---- requests ---- */

static void do_show(struct client *c, const json_t *request)
{
	(void)request;
	report_all(c->control->daemon->nhrp, say, c);
	say_done(c, 0);
}

static const char *interface_of(const json_t *request)
{
	return json_string_value(json_object_get(request, "interface"));
}

/* NULL stands for all. */
static bool has_interface(struct client *c, const char *ifname)
{
	if (!ifname || conf_find(&c->control->daemon->conf, ifname))
		return true;
	say_error(c, "nhrpd has no such interface");
	return false;
}

static void do_clear(struct client *c, const json_t *request)
{
	const char *ifname = interface_of(request);
	const char *address = json_string_value(json_object_get(request,
								"address"));
	struct daemon *d = c->control->daemon;
	struct nhrp_clear what = {
		.ifname = ifname,
		.shortcuts = json_is_true(json_object_get(request,
							  "shortcuts")),
	};

	if (!has_interface(c, ifname))
		return;
	if (address && prefix_parse(address, &what.proto)) {
		say_error(c, "not an address or prefix");
		return;
	}
	say_done(c, nhrp_clear(d->nhrp, loop_now(), &what));
}

static void do_clear_counters(struct client *c, const json_t *request)
{
	const char *ifname = interface_of(request);

	if (!has_interface(c, ifname))
		return;
	nhrp_clear_counters(c->control->daemon->nhrp, ifname);
	say_done(c, 0);
}

static void do_monitor(struct client *c, const json_t *request)
{
	(void)request;
	c->monitor = true;
	choose_level(c->control);
	say_done(c, 0);
}

/* Not what it says of itself. */
static struct ucred who(const struct client *c)
{
	struct ucred cred = { 0 };
	socklen_t len = sizeof(cred);

	getsockopt(c->fd, SOL_SOCKET, SO_PEERCRED, &cred, &len);
	return cred;
}

/* Nothing is done but to have it in the log, from now to its end. */
static void do_capture(struct client *c, const json_t *request)
{
	const char *ifname = interface_of(request);
	const char *address = json_string_value(json_object_get(request,
								"address"));
	struct ucred cred = who(c);
	struct prefix prefix;

	if (!has_interface(c, ifname))
		return;
	if (address && prefix_parse(address, &prefix)) {
		say_error(c, "not an address or prefix");
		return;
	}
	c->captures = true;
	log_warn("dmvpnctl (pid %d, user %u) captures the traffic in clear of %s on %s",
		 (int)cred.pid, (unsigned int)cred.uid,
		 address ? address : "all", ifname ? ifname : "all devices");
	say_done(c, 0);
}

static const struct {
	const char *name;
	void (*fn)(struct client *c, const json_t *request);
} commands[] = {
	{ "show", do_show },
	{ "clear", do_clear },
	{ "clear-counters", do_clear_counters },
	{ "monitor", do_monitor },
	{ "capture", do_capture },
};

static void run(struct client *c, const char *line, size_t len)
{
	json_t *request = json_loadb(line, len, 0, NULL);
	const char *name = json_string_value(json_object_get(request,
							     "command"));
	size_t i;

	for (i = 0; name && i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(name, commands[i].name))
			continue;
		commands[i].fn(c, request);
		json_decref(request);
		return;
	}
	say_error(c, name ? "no such command" :
			    "not a JSON object with a \"command\"");
	json_decref(request);
}

static void take_lines(struct client *c)
{
	size_t used = 0, len;
	char *end;

	while ((end = memchr(c->request + used, '\n',
			     c->request_len - used))) {
		len = (size_t)(end - (c->request + used));
		run(c, c->request + used, len);
		used += len + 1;
	}
	c->request_len -= used;
	memmove(c->request, c->request + used, c->request_len);
	if (c->request_len == sizeof(c->request))
		c->broken = true;
}

static void in_ready(void *arg)
{
	struct client *c = arg;
	ssize_t n = recv(c->fd, c->request + c->request_len,
			 sizeof(c->request) - c->request_len, MSG_DONTWAIT);

	if (n > 0) {
		c->request_len += (size_t)n;
		take_lines(c);
		flush(c);
	} else if (!n && c->answer_len) {
		watch_stop(&c->in);
		c->ends = true;
	} else if (!n || (errno != EAGAIN && errno != EINTR)) {
		c->broken = true;
	}
	if (c->broken)
		client_free(c);
}

static size_t client_count(const struct control *c)
{
	struct client *one;
	size_t n = 0;

	list_for_each(one, &c->clients, struct client, link)
		n++;
	return n;
}

static void accept_ready(void *arg)
{
	struct control *c = arg;
	int fd = accept4(c->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct client *client;

	if (fd < 0)
		return;
	client = client_count(c) < CLIENTS_MAX ? calloc(1, sizeof(*client)) :
						 NULL;
	if (!client) {
		close(fd);
		return;
	}
	client->control = c;
	client->fd = fd;
	list_add(&c->clients, &client->link);
	if (watch_read(&c->daemon->loop, &client->in, fd, in_ready, client))
		client_free(client);
}

void control_event(struct control *c, const struct nhrp_event *event)
{
	struct client *client, *tmp;

	if (c->fd < 0)
		return;
	list_for_each_safe(client, tmp, &c->clients, struct client, link) {
		if (!client->monitor)
			continue;
		say(client, report_event(event));
		flush(client);
		/* Freed by its own watch: this may be inside of it. */
		if (client->answer_len > MONITOR_WAITING)
			shutdown(client->fd, SHUT_RDWR);
	}
}

static int listen_at(struct control *c)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	mode_t old;
	int err;

	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->fd < 0)
		return -1;
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", c->path);
	/* A former life's. We are alone: the caller has the lock. */
	unlink(c->path);
	old = umask(0177);
	err = bind(c->fd, (struct sockaddr *)&addr, sizeof(addr));
	umask(old);
	return err ? err : listen(c->fd, BACKLOG);
}

int control_open(struct control *c, struct daemon *d)
{
	*c = (struct control){ .daemon = d, .fd = -1 };
	list_init(&c->clients);
	if (rundir_path(c->path, "sock") || listen_at(c) ||
	    watch_read(&d->loop, &c->watch, c->fd, accept_ready, c)) {
		log_err("control socket %s: %s", c->path, strerror(errno));
		control_close(c);
		return -1;
	}
	choose_level(c);
	return 0;
}

void control_close(struct control *c)
{
	struct client *client, *tmp;

	if (c->fd < 0)
		return;
	list_for_each_safe(client, tmp, &c->clients, struct client, link)
		client_free(client);
	watch_stop(&c->watch);
	close(c->fd);
	c->fd = -1;
	unlink(c->path);
}
