// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "nhrpd/observe.h"
#include "nhrpd/qos.h"

static int set(struct nhrp *n, const struct policy *p)
{
	return n->ops->policy_set(n->ctx, p);
}

/* ---- policies ---- */

/* The first @upto of @new are in the kernel, and should not. */
static void undo(struct nhrp *n, const struct policies *new, size_t upto)
{
	const struct policy *p, *old;

	while (upto--) {
		p = &new->v[upto];
		old = policies_find(&n->policies, p->name);
		if (!old)
			n->ops->policy_del(n->ctx, p->name);
		else if (!policy_equal(old, p))
			set(n, old);
	}
}

/* What did not change is let alone: it would lose its counters. */
static int replace(struct nhrp *n, const struct policies *new)
{
	const struct policy *p, *old;
	size_t i;

	for (i = 0; i < new->n; i++) {
		p = &new->v[i];
		old = policies_find(&n->policies, p->name);
		if ((old && policy_equal(old, p)) || !set(n, p))
			continue;
		undo(n, new, i);
		observe(n, NHRP_EVENT_INTERFACE, NHRP_LEVEL_WARNING,
			(struct subject){ NULL, NULL, NULL },
			"policy %s is refused by the kernel: the former policies stay",
			p->name);
		return -1;
	}
	return 0;
}

void qos_configure(struct nhrp *n, struct policies *policies)
{
	if (n->policies_set && replace(n, policies)) {
		policies_free(policies);
		return;
	}
	policies_free(&n->policies_gone);
	n->policies_gone = n->policies;
	n->policies = *policies;
	*policies = (struct policies){ 0 };
}

void qos_clean(struct nhrp *n)
{
	size_t i = n->policies_set ? n->policies_gone.n : 0;
	const char *name;

	/* Who refers to another one is behind it. */
	while (i--) {
		name = n->policies_gone.v[i].name;
		if (!policies_find(&n->policies, name))
			n->ops->policy_del(n->ctx, name);
	}
	policies_free(&n->policies_gone);
}

/* The first device: before there was none, there may be no module. */
static void set_all(struct nhrp *n)
{
	size_t i;

	for (i = 0; i < n->policies.n; i++)
		if (set(n, &n->policies.v[i]))
			return;
	n->policies_set = true;
}

static bool has_device(const struct nhrp *n)
{
	const struct iface *ifc;

	list_for_each(ifc, &n->ifaces, struct iface, link)
		if (ifc->dev.ifindex)
			return true;
	return false;
}

/* ---- devices ---- */

static bool same_qos(const struct conf_qos *a, const struct conf_qos *b)
{
	return a->pre_classify == b->pre_classify &&
	       !strcmp(a->output, b->output) &&
	       !strcmp(a->underlay, b->underlay);
}

/* A device whose configuration says nothing of it may have what others set. */
static void link_qos(struct iface *ifc, const struct conf_qos *qos)
{
	struct nhrp *n = ifc->nhrp;

	if (same_qos(qos, &ifc->qos) ||
	    n->ops->link_qos(n->ctx, ifc->dev.ifindex, qos))
		return;
	ifc->qos = *qos;
}

void qos_update(struct iface *ifc)
{
	static const struct conf_qos none;
	struct nhrp *n = ifc->nhrp;

	if (ifc->qos_ifindex != ifc->dev.ifindex) {
		ifc->qos_ifindex = ifc->dev.ifindex;
		ifc->qos = none;
	}
	if (!has_device(n))
		n->policies_set = false;
	if (!ifc->dev.ifindex)
		return;
	if (!n->policies_set)
		set_all(n);
	link_qos(ifc, ifc->configured ? &ifc->conf.qos : &none);
}

void qos_queueing(const struct iface *ifc)
{
	const struct nhrp *n = ifc->nhrp;
	bool on = ifc->conf.n_group_map;

	if (!n->started || n->stopping || !ifc->dev.ifindex ||
	    (on && !ifc->active))
		return;
	n->ops->queueing(n->ctx, ifc->dev.ifindex, on);
}

/* ---- the end ---- */

void qos_stop(struct nhrp *n)
{
	static const struct conf_qos none;
	struct iface *ifc;

	list_for_each(ifc, &n->ifaces, struct iface, link) {
		if (!ifc->dev.ifindex)
			continue;
		link_qos(ifc, &none);
		if (ifc->conf.n_group_map)
			n->ops->queueing(n->ctx, ifc->dev.ifindex, false);
	}
	policies_free(&n->policies_gone);
	n->policies_gone = n->policies;
	n->policies = (struct policies){ 0 };
	qos_clean(n);
}

void qos_free(struct nhrp *n)
{
	policies_free(&n->policies);
	policies_free(&n->policies_gone);
}
