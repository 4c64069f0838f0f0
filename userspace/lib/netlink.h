/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests, dumps and notifications over a netlink socket of any protocol.
 * Messages are made and read with libnl; the exchange itself is done here,
 * because libnl hides the kernel's words (extack) and lost notifications.
 */
#ifndef DMVPN_LIB_NETLINK_H
#define DMVPN_LIB_NETLINK_H

#include <netlink/msg.h>
#include <stdbool.h>
#include <stdint.h>

#define NETLINK_ERROR_LEN 256

/**
 * struct netlink - a socket
 * @fd: the socket, -1 while not open
 * @seq: of the last request
 * @lost: notifications were, and others still wait to be read
 * @error: the last failure in words
 */
struct netlink {
	int fd;
	uint32_t seq;
	bool lost;
	char error[NETLINK_ERROR_LEN];
};

typedef void (*netlink_handler)(void *arg, struct nlmsghdr *hdr);

#define NETLINK_CLOSED { .fd = -1 }

/* All of these return 0 or a negative errno, and set @nl->error if negative. */

int netlink_open(struct netlink *nl, int protocol);
void netlink_close(struct netlink *nl);
int netlink_join(struct netlink *nl, uint32_t group);
/* Room for notifications that wait to be read. */
void netlink_buffer(struct netlink *nl, int bytes);
/* Room for a request of so many bytes. */
void netlink_send_buffer(struct netlink *nl, int bytes);
/*
 * Send a request and wait for its acknowledgement, or for the end of a dump
 * (NLM_F_DUMP in @msg). @msg is freed; NULL gives -ENOMEM. A dump that was
 * disturbed by a change is repeated. When all has come, @handler (may be NULL)
 * is called for each message; it may use @nl.
 */
int netlink_request(struct netlink *nl, struct nl_msg *msg,
		    netlink_handler handler, void *arg);
/* One of several requests failed: its number, a negative errno, and words. */
typedef void (*netlink_failed)(void *arg, uint32_t seq, int err,
			       const char *text);
/*
 * Send requests that stand one after the other, without NLM_F_ACK and each with
 * its own number, and hear of those that fail; the others have been done. A
 * negative errno: nothing was sent.
 */
int netlink_send_all(struct netlink *nl, const void *data, size_t len,
		     netlink_failed failed, void *arg);
/*
 * Hand over the notifications that wait, a bounded number of them. -ENOBUFS:
 * some were lost, and none waits any more; the caller has to read everything
 * anew.
 */
int netlink_events(struct netlink *nl, netlink_handler handler, void *arg);

#endif
