// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nhrpd/adapt.h"
#include "nhrpd/ext.h"
#include "nhrpd/group.h"
#include "nhrpd/observe.h"
#include "nhrpd/path.h"

/* Warnings about groups within 10 seconds. */
#define WARNING_LINES	10
#define WARNING_MS	10000

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

/* NULL for ""; false without memory, and then nothing has changed. */
static bool set_text(char **text, const char *new)
{
	char *copy = *new ? strdup(new) : NULL;

	if (*new && !copy)
		return false;
	free(*text);
	*text = copy;
	return true;
}

static void count(const struct peer *peer, enum nhrp_qos what)
{
	peer->ifc->counters.qos[what]++;
}

/* Any peer may name any group, but not fill the log with it. */
static enum nhrp_event_level warning(struct iface *ifc)
{
	return limit_take(&ifc->group_limit, ifc->nhrp->now, WARNING_LINES,
			  WARNING_MS) ? NHRP_LEVEL_WARNING : NHRP_LEVEL_DEBUG;
}

/* ---- in messages ---- */

void group_read(const struct packet *pkt, enum nhrp_group_role role,
		struct nhrp_group *group)
{
	if (ext_group_get(&pkt->msg, role, group) == EXT_GROUP_BAD)
		pkt->ifc->counters.qos[NHRP_QOS_BAD_GROUP]++;
}

static bool say(const struct iface *ifc, struct nhrp_msg *msg,
		enum nhrp_group_role role, uint64_t rate)
{
	struct nhrp_group group = { .rate = rate };

	memcpy(group.name, ifc->conf.group, sizeof(group.name));
	return ext_group_set(msg, role, &group);
}

/* Who wants to know the other's group has to ask, in none or not. */
bool group_ask(const struct iface *ifc, struct nhrp_msg *msg, uint64_t rate)
{
	const struct conf_if *conf = &ifc->conf;

	if (!conf->group[0] && (!conf->n_group_map ||
				msg->type != NHRP_RESOLUTION_REQUEST))
		return true;
	return say(ifc, msg, NHRP_GROUP_ASKS, rate);
}

/* RFC 2332, 5.2.2: a reply has no extensions but those of the request. */
bool group_answer(const struct iface *ifc, struct nhrp_msg *msg, uint64_t rate)
{
	return !ext_find(msg, NHRP_EXT_GROUP) ||
	       say(ifc, msg, NHRP_GROUP_ANSWERS, rate);
}

/* ---- which one counts ---- */

static bool has_address(const struct peer *peer, const struct prefix *in)
{
	const struct cache_entry *entry;

	if (prefix_contains(in, &peer->nbma.addr))
		return true;
	list_for_each(entry, &peer->entries, struct cache_entry, peer_link)
		if (prefix_contains(in, &entry->b.proto))
			return true;
	return false;
}

const char *group_of(const struct peer *peer)
{
	const struct conf_if *conf = &peer->ifc->conf;
	size_t i;

	for (i = 0; i < conf->n_peer_group; i++)
		if (has_address(peer, &conf->peer_group[i].what))
			return conf->peer_group[i].group;
	return or_empty(peer->group);
}

const char *group_policy(const struct peer *peer)
{
	return peer->policy_failed ? "" : or_empty(peer->policy);
}

/* NULL if the group is not one of ours. */
static const struct conf_group_map *map_of(const struct conf_if *conf,
					   const char *group)
{
	size_t i;

	for (i = 0; i < conf->n_group_map; i++)
		if (!strcmp(conf->group_map[i].group, group))
			return &conf->group_map[i];
	return NULL;
}

static bool is_mapped(const struct conf_if *conf, const char *policy)
{
	size_t i;

	for (i = 0; i < conf->n_group_map; i++)
		if (!strcmp(conf->group_map[i].service_policy, policy))
			return true;
	return false;
}

/* One that was there before us keeps what it has until it names its group. */
static const char *wanted(const struct peer *peer)
{
	const struct conf_if *conf = &peer->ifc->conf;
	const char *had = or_empty(peer->policy), *group = group_of(peer);
	const struct conf_group_map *map = map_of(conf, group);

	if (peer->untold && !*group)
		return is_mapped(conf, had) ? had : "";
	return map ? map->service_policy : "";
}

/* ---- rates ---- */

static uint64_t rate_of(const struct nhrp *n, const char *policy)
{
	const struct policy *p = policies_find(&n->policies, policy);

	return p ? policy_rate(p) : 0;
}

uint64_t group_rate(const struct peer *peer)
{
	return peer ? rate_of(peer->ifc->nhrp, group_policy(peer)) : 0;
}

/* @own: what the policy has. */
static uint64_t lower_bound(const struct peer *peer, uint64_t own)
{
	const struct conf_group_map *map = map_of(&peer->ifc->conf,
						  group_of(peer));

	if (!map)
		return 0;
	return map->lower_percent ? own * map->lower_percent / 100 :
				    map->lower_bound;
}

/*
 * What the other end has for us, and what arrives there, if that is less than
 * what we have for it.
 */
static uint64_t limit_with(struct peer *peer, const char *policy)
{
	uint64_t own = rate_of(peer->ifc->nhrp, policy), rate = own;

	if (peer->untold)
		return peer->limit;
	if (peer->offer && peer->offer < rate)
		rate = peer->offer;
	rate = adapt_between(peer, lower_bound(peer, own), rate);
	return rate < own ? rate : 0;
}

/* ---- in the kernel ---- */

static void tell(const struct peer *peer, enum nhrp_event_level level,
		 const char *group)
{
	char limit[48] = "";

	if (peer->limit)
		snprintf(limit, sizeof(limit), ", %" PRIu64 " bit/s at most",
			 peer->limit);
	observe(peer->ifc->nhrp, NHRP_EVENT_GROUP, level,
		(struct subject){ peer->ifc, NULL, &peer->nbma },
		"%s is in %s%s: %s%s%s", nbma_text(&peer->nbma).t,
		*group ? "group " : "no group", group,
		peer->policy ? "policy " : "no policy",
		or_empty(peer->policy), limit);
}

static int set_policy(const struct peer *peer, const char *policy)
{
	struct nhrp *n = peer->ifc->nhrp;

	return n->ops->peer_policy(n->ctx, peer->ifc->dev.ifindex, &peer->nbma,
				   peer->flags, policy, peer->limit);
}

/* The former one is not right either; tried again at the next reload. */
static void refused(struct peer *peer, int err)
{
	struct iface *ifc = peer->ifc;

	count(peer, NHRP_QOS_ERROR);
	if (!peer->policy || peer->policy_failed)
		return;
	peer->policy_failed = true;
	observe(ifc->nhrp, NHRP_EVENT_GROUP, warning(ifc),
		(struct subject){ ifc, NULL, &peer->nbma },
		"policy %s for %s: %s", peer->policy,
		nbma_text(&peer->nbma).t, err == -ENOENT ?
		"there is no such policy, add it and reload" : strerror(-err));
	set_policy(peer, "");
}

void group_apply(struct peer *peer)
{
	const struct nhrp *n = peer->ifc->nhrp;
	const char *policy;
	uint64_t limit;
	bool same;
	int err;

	if (!n->started || n->stopping || !peer->in_kernel)
		return;
	policy = wanted(peer);
	limit = limit_with(peer, policy);
	same = !strcmp(policy, or_empty(peer->policy));
	if (same && (limit == peer->limit || peer->policy_failed))
		return;
	if (!same && !set_text(&peer->policy, policy))
		return;
	peer->limit = limit;
	peer->policy_failed = false;
	if (!same)
		count(peer, *policy ? NHRP_QOS_APPLIED : NHRP_QOS_REMOVED);
	tell(peer, same ? NHRP_LEVEL_DEBUG : NHRP_LEVEL_INFO, group_of(peer));
	err = set_policy(peer, policy);
	if (err)
		refused(peer, err);
}

void nhrp_policy_refused(struct nhrp *n, uint64_t now, uint32_t ifindex,
			 const struct nbma *nbma, const char *policy, int err)
{
	struct iface *ifc = iface_by_index(n, ifindex);
	struct peer *peer = ifc ? peer_find(ifc, nbma) : NULL;

	n->now = now;
	/* It may have got another one meanwhile. */
	if (peer && !strcmp(policy, or_empty(peer->policy)))
		refused(peer, err);
}

void group_forget(struct peer *peer)
{
	free(peer->policy);
	adapt_free(peer);
	peer->policy = NULL;
	peer->limit = 0;
	peer->policy_failed = false;
	peer->untold = false;
}

/* ---- changes ---- */

static void learn_unknown(struct peer *peer)
{
	struct iface *ifc = peer->ifc;

	count(peer, NHRP_QOS_UNKNOWN_GROUP);
	observe(ifc->nhrp, NHRP_EVENT_GROUP, warning(ifc),
		(struct subject){ ifc, NULL, &peer->nbma },
		"%s is in group %s, which no group-map names: no policy",
		nbma_text(&peer->nbma).t, peer->group);
}

bool group_is(const struct peer *peer, const char *name)
{
	return !strcmp(name, or_empty(peer->group));
}

void group_learn(struct peer *peer, const struct nhrp_group *group)
{
	const struct conf_if *conf = &peer->ifc->conf;
	bool changed = !group_is(peer, group->name);

	if (changed && !set_text(&peer->group, group->name))
		return;
	peer->offer = group->rate;
	peer->untold = false;
	if (changed && peer->group && conf->n_group_map &&
	    !map_of(conf, group_of(peer)))
		learn_unknown(peer);
	group_apply(peer);
}

void group_resolved(const struct cache_entry *entry,
		    const struct nhrp_group *group)
{
	struct peer *peer = entry->peer;

	switch ((enum dmvpn_nexthop_kind)entry->b.kind) {
	case DMVPN_NEXTHOP_KIND_SHORTCUT:
	case DMVPN_NEXTHOP_KIND_CACHED:
		/* Another address at the same place is not to change that. */
		if (!cache_is_settled(peer))
			group_learn(peer, group);
		break;
	case DMVPN_NEXTHOP_KIND_STATIC:
	case DMVPN_NEXTHOP_KIND_NHS:
		group_learn(peer, group);
		break;
	case DMVPN_NEXTHOP_KIND_REGISTERED:
		peer->offer = group->rate;
		group_apply(peer);
		break;
	}
}

void group_configure(struct iface *ifc)
{
	struct peer *peer;

	hash_for_each(peer, &ifc->peers, struct peer, node) {
		if (peer->policy_failed)
			group_forget(peer);
		group_apply(peer);
	}
}
