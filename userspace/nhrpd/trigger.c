// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "nhrpd/trigger.h"

/* As on IOS: what does not come up to the number in a minute begins anew. */
#define COUNT_MS 60000

static struct trigger *find(const struct iface *ifc, const struct addr *dst)
{
	struct hash_node *node;
	struct trigger *t;

	for (node = hash_first(&ifc->triggers, addr_hash(dst)); node;
	     node = hash_next(node)) {
		t = container_of(node, struct trigger, node);
		if (addr_equal(&t->dst, dst))
			return t;
	}
	return NULL;
}

static void trigger_delete(struct trigger *t)
{
	timer_stop(&t->ifc->nhrp->timers, &t->timer);
	hash_del(&t->ifc->triggers, &t->node);
	free(t);
}

static void minute_over(struct timer *timer)
{
	trigger_delete(container_of(timer, struct trigger, timer));
}

static struct trigger *create(struct iface *ifc, const struct addr *dst)
{
	struct nhrp *n = ifc->nhrp;
	struct trigger *t;

	if (ifc->triggers.count >= ifc->conf.shortcut_limit)
		return NULL;
	t = calloc(1, sizeof(*t));
	if (!t)
		return NULL;
	t->ifc = ifc;
	t->dst = *dst;
	timer_init(&t->timer, minute_over);
	if (hash_add(&ifc->triggers, &t->node, addr_hash(dst))) {
		free(t);
		return NULL;
	}
	timer_set(&n->timers, &t->timer, nhrp_in(n, COUNT_MS));
	return t;
}

static bool is_interesting(const struct conf_if *conf, const struct addr *dst)
{
	size_t i;

	for (i = 0; i < conf->n_interest; i++)
		if (prefix_contains(&conf->interest[i], dst))
			return true;
	return !conf->n_interest;
}

bool trigger_is_allowed(const struct iface *ifc, const struct addr *dst)
{
	return !ifc->conf.server_only && is_interesting(&ifc->conf, dst);
}

/* One more for @dst: are that enough? */
static bool count(struct iface *ifc, const struct addr *dst)
{
	struct trigger *t = find(ifc, dst);

	if (!t)
		t = create(ifc, dst);
	if (!t) {
		iface_drop(ifc, NHRP_DROP_LIMIT);
		return false;
	}
	if (++t->count < ifc->conf.use) {
		iface_drop(ifc, NHRP_DROP_USE);
		return false;
	}
	trigger_delete(t);
	return true;
}

bool trigger_pull(struct iface *ifc, const struct addr *dst)
{
	if (!trigger_is_allowed(ifc, dst)) {
		iface_drop(ifc, NHRP_DROP_NOT_ALLOWED);
		return false;
	}
	return ifc->conf.use <= 1 || count(ifc, dst);
}

void trigger_stop(struct iface *ifc)
{
	struct trigger *t, *tmp;

	hash_for_each_safe(t, tmp, &ifc->triggers, struct trigger, node)
		trigger_delete(t);
}
