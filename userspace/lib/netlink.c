// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <linux/netlink.h>
#include <netlink/attr.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "lib/netlink.h"

#define RECEIVE_LEN	65536
#define DUMP_TRIES	8
#define EVENTS_MAX	64
#define REPLY_SECONDS	10

/**
 * struct replies - messages that came for a request
 * @data: one after the other, aligned
 * @len: bytes
 * @size: room
 * @disturbed: a dump that is not consistent
 */
struct replies {
	char *data;
	size_t len;
	size_t size;
	bool disturbed;
};

static int fail(struct netlink *nl, int err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static int fail(struct netlink *nl, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(nl->error, sizeof(nl->error), format, args);
	va_end(args);
	return -err;
}

int netlink_open(struct netlink *nl, int protocol)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK };
	struct timeval wait = { .tv_sec = REPLY_SECONDS };
	int one = 1;

	nl->seq = 0;
	nl->lost = false;
	nl->error[0] = '\0';
	nl->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
	if (nl->fd < 0)
		return fail(nl, errno, "netlink socket: %s", strerror(errno));
	if (bind(nl->fd, (struct sockaddr *)&addr, sizeof(addr))) {
		int err = fail(nl, errno, "netlink bind: %s", strerror(errno));

		netlink_close(nl);
		return err;
	}
	/* Niceties: without them there is less to say about errors. */
	setsockopt(nl->fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	setsockopt(nl->fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(nl->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	return 0;
}

void netlink_close(struct netlink *nl)
{
	if (nl->fd >= 0)
		close(nl->fd);
	nl->fd = -1;
}

int netlink_join(struct netlink *nl, uint32_t group)
{
	if (setsockopt(nl->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
		       sizeof(group)))
		return fail(nl, errno, "netlink group %u: %s", group,
			    strerror(errno));
	return 0;
}

void netlink_buffer(struct netlink *nl, int bytes)
{
	/* Needs CAP_NET_ADMIN in the initial user namespace; else the usual. */
	if (setsockopt(nl->fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes,
		       sizeof(bytes)))
		setsockopt(nl->fd, SOL_SOCKET, SO_RCVBUF, &bytes,
			   sizeof(bytes));
}

void netlink_send_buffer(struct netlink *nl, int bytes)
{
	socklen_t len = sizeof(int);
	int now = 0;

	getsockopt(nl->fd, SOL_SOCKET, SO_SNDBUF, &now, &len);
	if (now < bytes && setsockopt(nl->fd, SOL_SOCKET, SO_SNDBUFFORCE,
				      &bytes, sizeof(bytes)))
		setsockopt(nl->fd, SOL_SOCKET, SO_SNDBUF, &bytes,
			   sizeof(bytes));
}

static int keep(struct netlink *nl, struct replies *r,
		const struct nlmsghdr *hdr)
{
	size_t len = NLMSG_ALIGN(hdr->nlmsg_len);
	size_t size = r->size ? r->size : RECEIVE_LEN;
	char *data;

	while (size < r->len + len)
		size *= 2;
	if (size != r->size) {
		data = realloc(r->data, size);
		if (!data)
			return fail(nl, ENOMEM, "out of memory");
		r->data = data;
		r->size = size;
	}
	memcpy(r->data + r->len, hdr, hdr->nlmsg_len);
	r->len += len;
	return 0;
}

/* The kernel's own words in an acknowledgement, or NULL. */
static const char *extack_text(const struct nlmsghdr *hdr,
			       const struct nlmsgerr *ack)
{
	size_t head = sizeof(*ack);
	struct nlattr *attr;

	if (!(hdr->nlmsg_flags & NLM_F_ACK_TLVS))
		return NULL;
	if (!(hdr->nlmsg_flags & NLM_F_CAPPED))
		head += NLMSG_ALIGN(ack->msg.nlmsg_len) -
			sizeof(struct nlmsghdr);
	if (hdr->nlmsg_len < NLMSG_HDRLEN + head)
		return NULL;
	attr = nla_find((const struct nlattr *)((const char *)ack + head),
			(int)(hdr->nlmsg_len - NLMSG_HDRLEN - head),
			NLMSGERR_ATTR_MSG);
	return attr ? nla_get_string(attr) : NULL;
}

static int take_ack(struct netlink *nl, const struct nlmsghdr *hdr)
{
	const struct nlmsgerr *ack = nlmsg_data(hdr);
	const char *text;

	if (hdr->nlmsg_len < NLMSG_LENGTH(sizeof(*ack)))
		return fail(nl, EPROTO, "short netlink acknowledgement");
	if (!ack->error)
		return 0;
	text = extack_text(hdr, ack);
	return fail(nl, -ack->error, "%s", text ? text : strerror(-ack->error));
}

/* 1: the exchange has ended, with its result in @result. */
static int take(struct netlink *nl, struct replies *r, struct nlmsghdr *hdr,
		int *result)
{
	if (hdr->nlmsg_seq != nl->seq)
		return 0;
	if (hdr->nlmsg_flags & NLM_F_DUMP_INTR)
		r->disturbed = true;
	if (hdr->nlmsg_type == NLMSG_ERROR) {
		*result = take_ack(nl, hdr);
		return 1;
	}
	if (hdr->nlmsg_type == NLMSG_DONE) {
		const int *err = nlmsg_data(hdr);

		*result = 0;
		if (hdr->nlmsg_len >= NLMSG_LENGTH(sizeof(*err)) && *err < 0)
			*result = fail(nl, -*err, "%s", strerror(-*err));
		return 1;
	}
	*result = keep(nl, r, hdr);
	return *result < 0;
}

static int receive(struct netlink *nl, struct replies *r)
{
	static char buf[RECEIVE_LEN] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *hdr;
	ssize_t got;
	int left, err;

	for (;;) {
		got = recv(nl->fd, buf, sizeof(buf), 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail(nl, errno == EAGAIN ? ETIMEDOUT : errno,
				    "no answer from the kernel: %s",
				    strerror(errno));
		left = (int)got;
		for (hdr = (struct nlmsghdr *)(void *)buf; nlmsg_ok(hdr, left);
		     hdr = nlmsg_next(hdr, &left))
			if (take(nl, r, hdr, &err))
				return err;
	}
}

static int exchange(struct netlink *nl, struct nlmsghdr *hdr,
		    struct replies *r)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	r->len = 0;
	r->disturbed = false;
	hdr->nlmsg_seq = ++nl->seq;
	hdr->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	if (sendto(nl->fd, hdr, hdr->nlmsg_len, 0, (struct sockaddr *)&kernel,
		   sizeof(kernel)) < 0)
		return fail(nl, errno, "netlink send: %s", strerror(errno));
	return receive(nl, r);
}

static void deliver(const struct replies *r, netlink_handler handler, void *arg)
{
	struct nlmsghdr *hdr;
	size_t pos;

	for (pos = 0; pos < r->len; pos += NLMSG_ALIGN(hdr->nlmsg_len)) {
		hdr = (struct nlmsghdr *)(void *)(r->data + pos);
		handler(arg, hdr);
	}
}

int netlink_request(struct netlink *nl, struct nl_msg *msg,
		    netlink_handler handler, void *arg)
{
	struct replies r = { 0 };
	int tries = DUMP_TRIES;
	int err;

	if (!msg)
		return fail(nl, ENOMEM, "out of memory");
	do {
		err = exchange(nl, nlmsg_hdr(msg), &r);
	} while ((r.disturbed || err == -ENOBUFS) && --tries);
	/* Rather a slightly old picture than none, under constant change. */
	if (!err && handler)
		deliver(&r, handler, arg);
	free(r.data);
	nlmsg_free(msg);
	return err;
}

static void take_failures(struct netlink *nl, char *buf, int left,
			  netlink_failed failed, void *arg)
{
	struct nlmsghdr *hdr = (struct nlmsghdr *)(void *)buf;
	int err;

	for (; nlmsg_ok(hdr, left); hdr = nlmsg_next(hdr, &left)) {
		if (hdr->nlmsg_type != NLMSG_ERROR)
			continue;
		err = take_ack(nl, hdr);
		if (err)
			failed(arg, hdr->nlmsg_seq, err, nl->error);
	}
}

int netlink_send_all(struct netlink *nl, const void *data, size_t len,
		     netlink_failed failed, void *arg)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	char buf[RECEIVE_LEN] __attribute__((aligned(NLMSG_ALIGNTO)));
	ssize_t got;

	if (sendto(nl->fd, data, len, 0, (struct sockaddr *)&kernel,
		   sizeof(kernel)) < 0)
		return fail(nl, errno, "netlink send: %s", strerror(errno));
	/* The kernel has done them by now; its words about them are here. */
	do {
		got = recv(nl->fd, buf, sizeof(buf), MSG_DONTWAIT);
		if (got > 0)
			take_failures(nl, buf, (int)got, failed, arg);
	} while (got > 0 || (got < 0 && (errno == EINTR || errno == ENOBUFS)));
	return 0;
}

static bool none_waits(const struct netlink *nl)
{
	char byte;

	return recv(nl->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
	       errno == EAGAIN;
}

/*
 * Once some did not fit, the kernel drops all until the last one that did was
 * read, and does not say so again: who asks before that does not learn of them.
 */
static int all_read(struct netlink *nl)
{
	if (!nl->lost)
		return 0;
	nl->lost = false;
	return fail(nl, ENOBUFS, "netlink receive: %s", strerror(ENOBUFS));
}

int netlink_events(struct netlink *nl, netlink_handler handler, void *arg)
{
	char buf[RECEIVE_LEN] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *hdr;
	int n, left;
	ssize_t got;

	for (n = 0; n < EVENTS_MAX; n++) {
		got = recv(nl->fd, buf, sizeof(buf), MSG_DONTWAIT);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN)
			return all_read(nl);
		if (got < 0 && errno == ENOBUFS) {
			nl->lost = true;
			continue;
		}
		if (got < 0)
			return fail(nl, errno, "netlink receive: %s",
				    strerror(errno));
		left = (int)got;
		for (hdr = (struct nlmsghdr *)(void *)buf; nlmsg_ok(hdr, left);
		     hdr = nlmsg_next(hdr, &left))
			if (hdr->nlmsg_type >= NLMSG_MIN_TYPE)
				handler(arg, hdr);
	}
	/* Nobody calls again if that was the last one. */
	return nl->lost && none_waits(nl) ? all_read(nl) : 0;
}
