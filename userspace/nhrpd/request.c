// SPDX-License-Identifier: GPL-2.0-or-later
#include "nhrpd/request.h"

static void give_up(struct request *req)
{
	request_stop(req);
	if (req->failed)
		req->failed(req);
}

static void try_now(struct request *req)
{
	struct nhrp *n = req->nhrp;

	req->tries++;
	timer_set(&n->timers, &req->timer, nhrp_in(n, req->delay));
	req->delay *= 2;
	if (req->delay > REQUEST_LONGEST_MS)
		req->delay = REQUEST_LONGEST_MS;
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

/* Random: nobody off the path can guess it, and it is not of a former life. */
static uint32_t new_id(struct nhrp *n)
{
	uint32_t id;

	do
		id = n->ops->random(n->ctx);
	while (!id || find_id(n, id));
	return id;
}

bool request_start(struct request *req, unsigned int max_tries)
{
	request_stop(req);
	req->id = new_id(req->nhrp);
	if (hash_add(&req->nhrp->requests, &req->node, req->id))
		return false;
	req->waits = true;
	req->tries = 0;
	req->max_tries = max_tries;
	req->delay = REQUEST_FIRST_MS;
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
	req->delay = REQUEST_FIRST_MS;
	try_now(req);
}

struct request *request_find(const struct nhrp *n, unsigned int type,
			     uint32_t id)
{
	struct request *req = find_id(n, id);

	return req && req->type == type ? req : NULL;
}
