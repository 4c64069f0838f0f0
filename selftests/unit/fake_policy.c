// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_kernel.h"

struct fake_policy *fake_policy(const struct fake_kernel *k, const char *name)
{
	struct fake_policy *p;

	list_for_each(p, &k->policies, struct fake_policy, link)
		if (!strcmp(p->name, name))
			return p;
	return NULL;
}

int fake_policy_set(void *ctx, const struct policy *policy)
{
	struct fake_kernel *k = ctx;
	struct fake_policy *p = fake_policy(k, policy->name);
	size_t i;

	k->writes++;
	if (k->refuses && !strcmp(k->refuses, policy->name))
		return -EINVAL;
	for (i = 0; i < policy->n; i++)
		if (policy->class[i].child[0] &&
		    !fake_policy(k, policy->class[i].child))
			return -ENOENT;
	if (!p) {
		p = fake_make(sizeof(*p));
		snprintf(p->name, sizeof(p->name), "%s", policy->name);
		list_add(&k->policies, &p->link);
	}
	p->classes = policy->n;
	p->sets++;
	return 0;
}

int fake_policy_del(void *ctx, const char *name)
{
	struct fake_kernel *k = ctx;
	struct fake_policy *p = fake_policy(k, name);

	k->writes++;
	if (!p)
		return -ENOENT;
	if (!strcmp(k->qos.output, name) || !strcmp(k->qos.underlay, name))
		return -EBUSY;
	list_del(&p->link);
	free(p);
	return 0;
}

int fake_link_qos(void *ctx, uint32_t ifindex, const struct conf_qos *qos)
{
	struct fake_kernel *k = ctx;

	k->writes++;
	if (ifindex != k->dev.ifindex)
		return -ENODEV;
	if ((qos->output[0] && !fake_policy(k, qos->output)) ||
	    (qos->underlay[0] && !fake_policy(k, qos->underlay)))
		return -ENOENT;
	k->qos = *qos;
	return 0;
}

int fake_peer_policy(void *ctx, uint32_t ifindex, const struct nbma *nbma,
		     uint32_t flags, const char *policy, uint64_t rate)
{
	struct fake_kernel *k = ctx;
	struct fake_peer *p;
	int err;

	k->policy_calls++;
	if (k->no_policy && !strcmp(policy, k->no_policy))
		return -ENOENT;
	err = fake_ops.peer_new(ctx, ifindex, nbma, flags, NULL);
	if (err)
		return err;
	p = fake_peer_find(k, nbma);
	snprintf(p->policy, sizeof(p->policy), "%s", policy);
	p->rate = rate;
	return 0;
}

int fake_queueing(void *ctx, uint32_t ifindex, bool on)
{
	struct fake_kernel *k = ctx;
	bool ours = k->root && !strcmp(k->root, FAKE_QDISC);

	k->writes++;
	k->queueing_calls++;
	if (ifindex != k->dev.ifindex)
		return -ENODEV;
	if (k->no_queueing)
		return k->no_queueing;
	if (on && !k->root)
		k->root = FAKE_QDISC;
	else if (!on && ours)
		k->root = NULL;
	return 0;
}

void fake_policy_forget(struct fake_kernel *k)
{
	struct fake_policy *p, *tmp;

	k->qos = (struct conf_qos){ 0 };
	k->root = NULL;
	list_for_each_safe(p, tmp, &k->policies, struct fake_policy, link) {
		list_del(&p->link);
		free(p);
	}
}
