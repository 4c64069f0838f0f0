// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "dmvpnctl/ometric.h"

#define DEPTH_MAX	8
#define PATH_TEXT	(DEPTH_MAX * POLICY_NAME)

/* ---- classes ---- */

static void put_classes(FILE *f, const struct model *m, const char *family,
			bool bytes)
{
	const struct service_state *s;
	const struct device *d;
	struct class_state c;

	model_for_each(s, m->service, m->n_service) {
		d = model_device(m, s->ifindex);
		if (!d || !model_served(m, s, &c))
			continue;
		ometric_sample(f, family, true, (struct label[]){
			       { "interface", d->name },
			       { "point",
				 s->point == DMVPN_SERVICE_POINT_OUTPUT ?
				 "output" : "underlay" },
			       { "policy", c.policy },
			       { "class", c.class.name }, { 0 } },
			       bytes ? c.count.bytes : c.count.packets);
	}
}

void ometric_policy_interface(FILE *f, const struct model *m)
{
	ometric_family(f, "class_packets", true, "Packets of the class");
	put_classes(f, m, "class_packets", false);
	ometric_family(f, "class_bytes", true, "Bytes of the class");
	put_classes(f, m, "class_bytes", true);
	ometric_end(f);
}

/* ---- queues ---- */

/**
 * struct queue_metric - a number of a queue
 * @name: of the family
 * @help: of the family
 * @counter: counts up, else a gauge
 * @reason: label, or NULL: then @help is that of a new family
 * @value: the number
 */
struct queue_metric {
	const char *name;
	const char *help;
	bool counter;
	const char *reason;
	uint64_t (*value)(const struct queue_state *q);
};

#define QUEUE_VALUE(what, expression) \
static uint64_t queue_##what(const struct queue_state *q) \
{ \
	return expression; \
}

QUEUE_VALUE(packets, q->packets)
QUEUE_VALUE(bytes, q->bytes)
QUEUE_VALUE(waiting, q->queued_packets)
QUEUE_VALUE(waiting_bytes, q->queued_bytes)
QUEUE_VALUE(limit, q->dropped_limit)
QUEUE_VALUE(codel, q->dropped_codel)
QUEUE_VALUE(police, q->dropped_rate)
QUEUE_VALUE(marked, q->marked)
QUEUE_VALUE(rate, q->rate / 8)

static const struct queue_metric queue_metrics[] = {
	{ "queue_packets", "Packets sent from the queue", true, NULL,
	  queue_packets },
	{ "queue_bytes", "Bytes sent from the queue", true, NULL,
	  queue_bytes },
	{ "queue_waiting_packets", "Packets that wait", false, NULL,
	  queue_waiting },
	{ "queue_waiting_bytes", "Bytes that wait", false, NULL,
	  queue_waiting_bytes },
	{ "queue_marked_packets", "Packets with ECN set by CoDel", true, NULL,
	  queue_marked },
	{ "queue_rate_bytes_per_second", "Rate of the shaper, 0 for none",
	  false, NULL, queue_rate },
	{ "queue_drops", "Packets dropped, by reason", true, "limit",
	  queue_limit },
	{ "queue_drops", NULL, true, "codel", queue_codel },
	{ "queue_drops", NULL, true, "rate", queue_police },
};

/**
 * struct queue_place - where a queue stands in its peer's tree
 * @policy: that the tree begins with
 * @path: names of the classes down to it, "class-default/VOICE"
 */
struct queue_place {
	const char *policy;
	char path[PATH_TEXT];
};

/* A child policy may hang below several classes: the path tells them apart. */
static void find_place(const struct queue_state *first,
		       const struct queue_state *q, struct queue_place *place)
{
	const struct queue_state *at[DEPTH_MAX] = { NULL };
	size_t used = 0;
	uint32_t depth;

	for (; first <= q; first++)
		if (first->depth < DEPTH_MAX)
			at[first->depth] = first;
	place->policy = at[0] ? at[0]->policy : q->policy;
	place->path[0] = '\0';
	for (depth = 0; depth <= q->depth && depth < DEPTH_MAX; depth++)
		if (at[depth])
			used += (size_t)snprintf(place->path + used,
						 PATH_TEXT - used, "%s%s",
						 used ? "/" : "",
						 at[depth]->class);
}

static bool is_of(const struct queue_state *q, const struct peer *p)
{
	return q->ifindex == p->ifindex && nbma_equal(&q->remote, &p->remote);
}

static void put_peer_queues(FILE *f, const struct model *m,
			    const struct peer *p,
			    const struct queue_metric *metric)
{
	const struct queue_state *q, *first = NULL;
	struct queue_place place;
	char nbma[ADDR_TEXT];

	model_for_each(q, m->queue, m->n_queue) {
		if (!is_of(q, p))
			continue;
		if (!first)
			first = q;
		find_place(first, q, &place);
		ometric_sample(f, metric->name, metric->counter,
			       (struct label[]){
				{ "interface",
				  model_device(m, p->ifindex)->name },
				{ "nbma", nbma_format(&p->remote, nbma) },
				{ "policy", place.policy },
				{ "class", place.path },
				{ metric->reason ? "reason" : NULL,
				  metric->reason },
				{ 0 } },
			       metric->value(q));
	}
}

void ometric_multipoint(FILE *f, const struct model *m)
{
	struct peer_list peers = ometric_peer_list(m);
	const struct queue_metric *metric = queue_metrics;
	const struct queue_metric *end = metric + sizeof(queue_metrics) /
					 sizeof(queue_metrics[0]);
	size_t i;

	for (; metric < end; metric++) {
		if (metric->help)
			ometric_family(f, metric->name, metric->counter,
				       metric->help);
		for (i = 0; i < peers.n; i++)
			put_peer_queues(f, m, peers.v[i], metric);
	}
	free(peers.v);
	ometric_end(f);
}
