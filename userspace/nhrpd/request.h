/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests that wait for a reply: ids, and sending again after 1, 2, 4 ... 64
 * seconds, unless whoever asks has other wishes.
 */
#ifndef NHRPD_REQUEST_H
#define NHRPD_REQUEST_H

#include "nhrpd/instance.h"

#define REQUEST_FIRST_MS	1000
#define REQUEST_LONGEST_MS	64000

/**
 * struct request - part of what asks
 * @node: in the instance's table, while it waits
 * @nhrp: the instance
 * @type: of the request, enum nhrp_type
 * @id: request id
 * @waits: no reply yet
 * @tries: times sent
 * @max_tries: times to send before giving up, 0 to go on for ever
 * @first: milliseconds to the second try
 * @longest: and between two tries at most; each time is twice the last one
 * @jitter: each is up to a quarter shorter, so that nodes do not march in step
 * @delay: until the next try
 * @timer: next try
 * @send: send it (again)
 * @failed: called when given up
 */
struct request {
	struct hash_node node;
	struct nhrp *nhrp;
	uint8_t type;
	uint32_t id;
	bool waits;
	unsigned int tries;
	unsigned int max_tries;
	uint64_t first;
	uint64_t longest;
	bool jitter;
	uint64_t delay;
	struct timer timer;
	void (*send)(struct request *req);
	void (*failed)(struct request *req);
};

void request_init(struct request *req, struct nhrp *n, unsigned int type,
		  void (*send)(struct request *req),
		  void (*failed)(struct request *req));
/* Get a new id and send for the first time; false without memory. */
bool request_start(struct request *req, unsigned int max_tries);
/* Answered, or no longer wanted. */
void request_stop(struct request *req);
/* Send now, and start over with the short delays; if it waits. */
void request_prompt(struct request *req);
/* The one of this type and id that waits, or NULL. */
struct request *request_find(const struct nhrp *n, unsigned int type,
			     uint32_t id);

#endif
