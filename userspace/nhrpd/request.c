// SPDX-License-Identifier: GPL-2.0-or-later
#include "nhrpd/request.h"

/* The lower bits of a registration's id; those above are seconds. */
#define ID_BITS 12

static void give_up(struct request *req)
{
	request_stop(req);
	if (req->failed)
		req->failed(req);
}

static void try_now(struct request *req)
{
	struct nhrp *n = req->nhrp;
	uint64_t wait = req->delay;

	if (req->jitter)
		wait -= n->ops->random(n->ctx) % (wait / 4 + 1);
	req->tries++;
	timer_set(&n->timers, &req->timer, nhrp_in(n, wait));
	req->delay *= 2;
	if (req->delay > req->longest)
		req->delay = req->longest;
	req->send(req);
}

static void timed_out(struct timer *t)
{
	struct request *req = container_of(t, struct request, timer);

	if (req->max_tries && req->tries >= req->max_tries)
		give_up(req);
	else
		try_now(req);
}

void request_init(struct request *req, struct nhrp *n, unsigned int type,
		  void (*send)(struct request *req),
		  void (*failed)(struct request *req))
{
	*req = (struct request){
		.nhrp = n,
		.type = (uint8_t)type,
		.first = REQUEST_FIRST_MS,
		.longest = REQUEST_LONGEST_MS,
		.send = send,
		.failed = failed,
	};
	timer_init(&req->timer, timed_out);
}

static struct request *find_id(const struct nhrp *n, uint32_t id)
{
	struct hash_node *node = hash_first(&n->requests, id);

	return node ? container_of(node, struct request, node) : NULL;
}

/*
 * RFC 2332, 5.2.3: no id of a registration may be one of a former life of this
 * node. They count up, and are never behind the second they are made in: ids of
 * two seconds less than 2^20 apart, twelve days, differ, whatever dies in
 * between, as long as fewer than 2^ID_BITS a second are made on average. Nobody
 * keeps what an id speaks of for longer than a holding time, 18 hours.
 */
static uint32_t count_id(struct nhrp *n)
{
	uint64_t least = (n->epoch + n->now) / 1000 << ID_BITS;

	n->last_id++;
	if (n->last_id < least)
		n->last_id = least;
	return (uint32_t)n->last_id;
}

/*
 * Other replies may come from anywhere in the cloud, and are believed for their
 * id: a random one, which nobody can guess who has not seen the request.
 */
static uint32_t new_id(struct nhrp *n, unsigned int type)
{
	uint32_t id;

	do
		id = type == NHRP_REGISTRATION_REQUEST ?
		     count_id(n) : n->ops->random(n->ctx);
	while (!id || find_id(n, id));
	return id;
}

bool request_start(struct request *req, unsigned int max_tries)
{
	request_stop(req);
	req->id = new_id(req->nhrp, req->type);
	if (hash_add(&req->nhrp->requests, &req->node, req->id))
		return false;
	req->waits = true;
	req->tries = 0;
	req->max_tries = max_tries;
	req->delay = req->first;
	try_now(req);
	return true;
}

void request_stop(struct request *req)
{
	if (req->waits)
		hash_del(&req->nhrp->requests, &req->node);
	req->waits = false;
	timer_stop(&req->nhrp->timers, &req->timer);
}

void request_prompt(struct request *req)
{
	if (!req->waits)
		return;
	req->delay = req->first;
	try_now(req);
}

struct request *request_find(const struct nhrp *n, unsigned int type,
			     uint32_t id)
{
	struct request *req = find_id(n, id);

	return req && req->type == type ? req : NULL;
}
