// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/log.h"
#include "nhrpd/daemon.h"

#define ANSWER_LEN	4096
/* What waits to be written; who does not read is let go. */
#define QUESTIONS_LEN	(256u << 10)
#define BACK_OFF_FIRST	500
#define BACK_OFF_LONGEST 8000

/**
 * struct authorizer - a connection, or none
 * @link: in the list of all
 * @owner: that list
 * @path: of the socket
 * @fd: the connection, -1 for none
 * @in: watch for answers
 * @out: watch for room, while there is something to write
 * @answer: bytes of an answer
 * @answer_len: their number
 * @questions: what has to be written
 * @questions_len: bytes
 * @back_off: milliseconds to leave it alone after the next failure
 * @next_try: not to be tried before
 */
struct authorizer {
	struct list link;
	struct authorizers *owner;
	char path[CONF_SOCKET];
	int fd;
	struct watch in;
	struct watch out;
	char answer[ANSWER_LEN];
	size_t answer_len;
	char *questions;
	size_t questions_len;
	uint64_t back_off;
	uint64_t next_try;
};

static void disconnect(struct authorizer *a)
{
	watch_stop(&a->in);
	watch_stop(&a->out);
	if (a->fd >= 0)
		close(a->fd);
	a->fd = -1;
	a->answer_len = 0;
	a->questions_len = 0;
}

static void back_off(struct authorizer *a)
{
	a->next_try = loop_now() + a->back_off;
	a->back_off *= 2;
	if (a->back_off > BACK_OFF_LONGEST)
		a->back_off = BACK_OFF_LONGEST;
}

/* Not to be called out of authorizers_ask: the state layer is at work there. */
static void lost(struct authorizer *a, const char *why)
{
	log_warn("authorizer %s: %s", a->path, why);
	disconnect(a);
	back_off(a);
	nhrp_authorizer_lost(a->owner->daemon->nhrp, loop_now(), a->path);
}

/* ---- answers ---- */

/* False if it is not understood. */
static bool take_answer(struct authorizer *a, const char *line, size_t len)
{
	json_t *o = json_loadb(line, len, 0, NULL);
	const json_t *accept = json_object_get(o, "accept");
	const json_t *id = json_object_get(o, "id");
	const json_t *holdtime = json_object_get(o, "holdtime");
	struct nhrp_answer answer = {
		.id = (uint32_t)json_integer_value(id),
		.socket = a->path,
		.accept = json_is_true(accept),
		.reason = json_string_value(json_object_get(o, "reason")),
	};
	json_int_t seconds = json_integer_value(holdtime);
	bool ok = json_is_integer(id) && json_is_boolean(accept) &&
		  (!holdtime || (json_is_integer(holdtime) && seconds > 0 &&
				 seconds <= UINT32_MAX));

	answer.holdtime = (uint32_t)seconds;
	if (ok && !nhrp_authorized(a->owner->daemon->nhrp, loop_now(), &answer))
		log_debug("authorizer %s: nobody waits for answer %u", a->path,
			  answer.id);
	json_decref(o);
	return ok;
}

/* False if one of them is not understood, or too long. */
static bool take_answers(struct authorizer *a)
{
	size_t used = 0, len;
	const char *end;

	while ((end = memchr(a->answer + used, '\n', a->answer_len - used))) {
		len = (size_t)(end - (a->answer + used));
		if (!take_answer(a, a->answer + used, len))
			return false;
		used += len + 1;
	}
	a->answer_len -= used;
	memmove(a->answer, a->answer + used, a->answer_len);
	return a->answer_len < sizeof(a->answer);
}

static void in_ready(void *arg)
{
	struct authorizer *a = arg;
	ssize_t n = recv(a->fd, a->answer + a->answer_len,
			 sizeof(a->answer) - a->answer_len, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		lost(a, n ? strerror(errno) : "connection closed");
		return;
	}
	/* Somebody is there, and speaks. */
	a->back_off = BACK_OFF_FIRST;
	a->answer_len += (size_t)n;
	if (!take_answers(a))
		lost(a, "not an answer of the control protocol, connection"
			" closed");
}

/* ---- questions ---- */

static void out_ready(void *arg);

/* Write what can be written; the rest when there is room. 0 or -1. */
static int flush(struct authorizer *a)
{
	ssize_t n = send(a->fd, a->questions, a->questions_len,
			 MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n < 0 && errno != EAGAIN && errno != EINTR)
		return -1;
	if (n > 0) {
		a->questions_len -= (size_t)n;
		memmove(a->questions, a->questions + n, a->questions_len);
	}
	if (!a->questions_len)
		watch_stop(&a->out);
	else if (!a->out.event)
		return watch_write(&a->owner->daemon->loop, &a->out, a->fd,
				   out_ready, a);
	return 0;
}

static void out_ready(void *arg)
{
	struct authorizer *a = arg;

	if (flush(a))
		lost(a, strerror(errno));
}

static int try_connect(struct authorizer *a)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	if (loop_now() < a->next_try)
		return -1;
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", a->path);
	a->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (a->fd >= 0 &&
	    !connect(a->fd, (struct sockaddr *)&addr, sizeof(addr)) &&
	    !watch_read(&a->owner->daemon->loop, &a->in, a->fd, in_ready, a)) {
		log_info("authorizer %s: connected", a->path);
		return 0;
	}
	log_warn("authorizer %s: %s", a->path, strerror(errno));
	disconnect(a);
	back_off(a);
	return -1;
}

static char *question_text(const struct nhrp_question *q)
{
	char proto[ADDR_TEXT], nbma[ADDR_TEXT], claimed[ADDR_TEXT];
	json_t *o = json_pack(
		"{ss, sI, ss, ss, ss, ss, ss, sI, si, ss}",
		"type", "registration", "id", (json_int_t)q->id,
		"interface", q->ifname,
		"address", addr_format(&q->proto, proto),
		"nbma", addr_format(&q->nbma.addr, nbma),
		"claimed", addr_format(&q->claimed, claimed),
		"identity", q->identity, "session", (json_int_t)q->session,
		"holdtime", (int)q->holdtime, "group", q->group);
	char *text;

	if (o && q->nbma.port)
		json_object_set_new(o, "nbma-port", json_integer(q->nbma.port));
	text = o ? json_dumps(o, JSON_COMPACT) : NULL;
	json_decref(o);
	return text;
}

static int put_question(struct authorizer *a, const struct nhrp_question *q)
{
	char *text = question_text(q);
	size_t len = text ? strlen(text) : 0;

	if (!text || a->questions_len + len + 1 > QUESTIONS_LEN) {
		free(text);
		return -1;
	}
	memcpy(a->questions + a->questions_len, text, len);
	a->questions[a->questions_len + len] = '\n';
	a->questions_len += len + 1;
	free(text);
	return flush(a);
}

/* ---- all ---- */

static void authorizer_free(struct authorizer *a)
{
	disconnect(a);
	list_del(&a->link);
	free(a->questions);
	free(a);
}

static struct authorizer *get(struct authorizers *all, const char *path)
{
	struct authorizer *a;

	list_for_each(a, &all->all, struct authorizer, link)
		if (!strcmp(a->path, path))
			return a;
	a = calloc(1, sizeof(*a));
	if (!a)
		return NULL;
	a->questions = malloc(QUESTIONS_LEN);
	if (!a->questions) {
		free(a);
		return NULL;
	}
	a->owner = all;
	a->fd = -1;
	a->back_off = BACK_OFF_FIRST;
	snprintf(a->path, sizeof(a->path), "%s", path);
	list_add(&all->all, &a->link);
	return a;
}

int authorizers_ask(void *ctx, const struct nhrp_question *question)
{
	struct daemon *d = ctx;
	struct authorizer *a = get(&d->authorizers, question->socket);

	if (!a || (a->fd < 0 && try_connect(a)))
		return -1;
	if (!put_question(a, question))
		return 0;
	/* If it broke, in_ready hears of it. */
	log_debug("authorizer %s: does not take questions", a->path);
	return -1;
}

static bool is_wanted(const struct conf *conf, const struct authorizer *a)
{
	size_t i;

	for (i = 0; i < conf->n_iface; i++)
		if (!strcmp(conf->iface[i].authorize, a->path))
			return true;
	return false;
}

void authorizers_configure(struct authorizers *all, const struct conf *conf)
{
	struct authorizer *a, *tmp;

	list_for_each_safe(a, tmp, &all->all, struct authorizer, link)
		if (!is_wanted(conf, a))
			authorizer_free(a);
}

void authorizers_init(struct authorizers *all, struct daemon *d)
{
	all->daemon = d;
	list_init(&all->all);
}

void authorizers_close(struct authorizers *all)
{
	struct authorizer *a, *tmp;

	/* Not there yet if the daemon did not come so far. */
	if (!all->daemon)
		return;
	list_for_each_safe(a, tmp, &all->all, struct authorizer, link)
		authorizer_free(a);
}
