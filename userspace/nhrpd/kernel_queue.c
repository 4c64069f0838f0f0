// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log.h"
#include "nhrpd/daemon.h"

/* The kernel takes a socket's buffer at a time, which is three times that. */
#define QUEUE_BYTES	65536

static bool make_room(struct kernel_queue *q, size_t len)
{
	char *data;

	if (q->len + len <= q->size)
		return true;
	data = realloc(q->data, q->len + len + QUEUE_BYTES);
	if (!data)
		return false;
	q->data = data;
	q->size = q->len + len + QUEUE_BYTES;
	return true;
}

int kernel_queue_add(struct kernel_nl *k, struct nl_msg *msg,
		     const struct kernel_order *order)
{
	struct kernel_queue *q = &k->queue;
	struct nlmsghdr *hdr = msg ? nlmsg_hdr(msg) : NULL;
	size_t len = hdr ? NLMSG_ALIGN(hdr->nlmsg_len) : 0;

	if (q->n == KERNEL_QUEUE_MAX || q->len + len > QUEUE_BYTES)
		kernel_queue_send(k);
	if (!msg || !make_room(q, len)) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	hdr->nlmsg_flags |= NLM_F_REQUEST;
	hdr->nlmsg_seq = ++k->genl.nl.seq;
	memcpy(q->data + q->len, hdr, hdr->nlmsg_len);
	q->len += len;
	q->order[q->n] = *order;
	q->order[q->n].seq = hdr->nlmsg_seq;
	q->n++;
	nlmsg_free(msg);
	return 0;
}

static const char *what(const struct kernel_order *order)
{
	switch (order->cmd) {
	case DMVPN_CMD_PEER_NEW:
		return order->for_policy ? "policy of peer" : "adding peer";
	case DMVPN_CMD_PEER_DEL:
		return "deleting peer";
	case DMVPN_CMD_NEXTHOP_NEW:
		return "adding next hop";
	case DMVPN_CMD_NEXTHOP_DEL:
		return "deleting next hop";
	}
	return "sending to";
}

/*
 * Packets get lost, and devices go: no reason to complain. Of policies the
 * state layer does, in words of its own.
 */
static bool is_grave(const struct kernel_order *order, int err)
{
	return err != -ENODEV && order->cmd != DMVPN_CMD_FRAME &&
	       !order->for_policy;
}

static void complain(const struct kernel_nl *k, const struct kernel_order *o,
		     int err, const char *text)
{
	const struct kernel_dev *dev = kernel_dev_find(k, o->ifindex);
	const char *name = dev ? dev->name : "(no device)";
	char whom[ADDR_TEXT];

	nbma_format(&o->whom, whom);
	if (is_grave(o, err))
		log_warn("%s: %s %s: %s", name, what(o), whom, text);
	else
		log_debug("%s: %s %s: %s", name, what(o), whom, text);
}

/* A reload may ask for something for each peer, and get no for each. */
static void remember(struct kernel_queue *q, const struct kernel_order *order,
		     int err)
{
	size_t size = q->size_refused + KERNEL_QUEUE_MAX;
	struct kernel_order *more;

	if (q->n_refused == q->size_refused) {
		more = reallocarray(q->refused, size, sizeof(*more));
		if (!more)
			return;
		q->refused = more;
		q->size_refused = size;
	}
	q->refused[q->n_refused] = *order;
	q->refused[q->n_refused++].err = err;
}

static void refused(void *arg, uint32_t seq, int err, const char *text)
{
	struct kernel_nl *k = arg;
	struct kernel_queue *q = &k->queue;
	const struct kernel_order *order;
	unsigned int i;

	for (i = 0; i < q->n && q->order[i].seq != seq; i++)
		;
	if (i == q->n)
		return;
	order = &q->order[i];
	/* What is to be deleted is gone already. */
	if (err == -ENOENT && (order->cmd == DMVPN_CMD_PEER_DEL ||
			       order->cmd == DMVPN_CMD_NEXTHOP_DEL))
		return;
	complain(k, order, err, text);
	remember(q, order, err);
}

void kernel_queue_send(struct kernel_nl *k)
{
	struct kernel_queue *q = &k->queue;
	unsigned int i;
	int err;

	if (!q->n)
		return;
	err = netlink_send_all(&k->genl.nl, q->data, q->len, refused, k);
	for (i = 0; err && i < q->n; i++)
		refused(k, q->order[i].seq, err, k->genl.nl.error);
	q->n = 0;
	q->len = 0;
}

static void tell(struct nhrp *n, const struct kernel_order *o)
{
	switch (o->cmd) {
	case DMVPN_CMD_PEER_NEW:
		if (o->for_policy)
			nhrp_policy_refused(n, loop_now(), o->ifindex,
					    &o->whom, o->policy, o->err);
		else
			nhrp_peer_refused(n, loop_now(), o->ifindex, &o->whom);
		break;
	case DMVPN_CMD_NEXTHOP_NEW:
		nhrp_nexthop_refused(n, loop_now(), o->ifindex,
				     &o->whom.addr);
		break;
	case DMVPN_CMD_FRAME:
		nhrp_frame_refused(n, loop_now(), o->ifindex);
		break;
	}
}

void kernel_queue_flush(struct kernel_nl *k)
{
	struct kernel_queue *q = &k->queue;
	struct kernel_order order;
	size_t i, n;

	kernel_queue_send(k);
	/* It may ask for more then; of that it hears the next time. */
	for (i = 0, n = q->n_refused; i < n; i++) {
		order = q->refused[i];
		tell(k->daemon->nhrp, &order);
	}
	q->n_refused -= n;
	if (q->n_refused)
		memmove(q->refused, q->refused + n,
			q->n_refused * sizeof(*q->refused));
	kernel_queue_send(k);
}

void kernel_queue_free(struct kernel_queue *q)
{
	free(q->data);
	free(q->refused);
	*q = (struct kernel_queue){ 0 };
}
