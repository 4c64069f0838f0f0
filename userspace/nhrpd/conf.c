// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "nhrpd/conf.h"

void conf_if_init(struct conf_if *ci)
{
	*ci = (struct conf_if){
		.network_id = 1,
		.holdtime = CONF_HOLDTIME,
		.unique = true,
		.shortcut = true,
		.record = true,
		.max_send_packets = CONF_MAX_SEND_PACKETS,
		.max_send_seconds = CONF_MAX_SEND_SECONDS,
		.redirect_seconds = CONF_REDIRECT_SECONDS,
		.negative_seconds = CONF_NEGATIVE_SECONDS,
		.cache_limit = CONF_CACHE_LIMIT,
		.shortcut_limit = CONF_SHORTCUT_LIMIT,
		.redirect_limit = CONF_REDIRECT_LIMIT,
		.probe_seconds = CONF_PROBE_SECONDS,
		.probe_retries = CONF_PROBE_RETRIES,
		.fallback_seconds = CONF_FALLBACK_SECONDS,
		.resolve_seconds = CONF_RESOLVE_SECONDS,
		.use = CONF_USE,
		.registration_limit = CONF_REGISTRATION_LIMIT,
		.resolution_limit = CONF_RESOLUTION_LIMIT,
		.authorize_timeout = CONF_AUTHORIZE_TIMEOUT,
		.authorize_limit = CONF_AUTHORIZE_LIMIT,
	};
}

static void wipe(void *data, size_t len)
{
	if (data)
		explicit_bzero(data, len);
	free(data);
}

/*
 * One zeroed member of @size more at the end of an array. Some of these have
 * passwords in them: what realloc() would leave behind is wiped.
 */
static void *add_member(void *array, size_t *n, size_t size, void **member)
{
	char *bigger = calloc(*n + 1, size);

	*member = NULL;
	if (!bigger)
		return array;
	if (array)
		memcpy(bigger, array, *n * size);
	wipe(array, *n * size);
	*member = bigger + *n * size;
	(*n)++;
	return bigger;
}

struct conf_if *conf_add_if(struct conf *conf, const char *name)
{
	struct conf_if *ci;
	void *member;

	conf->iface = add_member(conf->iface, &conf->n_iface,
				 sizeof(*conf->iface), &member);
	ci = member;
	if (ci) {
		conf_if_init(ci);
		strncpy(ci->name, name, sizeof(ci->name) - 1);
	}
	return ci;
}

struct conf_nhs *conf_add_nhs(struct conf_if *ci)
{
	void *member;

	ci->nhs = add_member(ci->nhs, &ci->n_nhs, sizeof(*ci->nhs), &member);
	return member;
}

struct conf_map *conf_add_map(struct conf_if *ci)
{
	void *member;

	ci->map = add_member(ci->map, &ci->n_map, sizeof(*ci->map), &member);
	return member;
}

struct conf_cluster *conf_add_cluster(struct conf_if *ci)
{
	void *member;

	ci->cluster = add_member(ci->cluster, &ci->n_cluster,
				 sizeof(*ci->cluster), &member);
	return member;
}

struct prefix *conf_add_interest(struct conf_if *ci)
{
	void *member;

	ci->interest = add_member(ci->interest, &ci->n_interest,
				  sizeof(*ci->interest), &member);
	return member;
}

struct prefix *conf_add_summary(struct conf_if *ci)
{
	void *member;

	ci->summary = add_member(ci->summary, &ci->n_summary,
				 sizeof(*ci->summary), &member);
	return member;
}

struct conf_grant *conf_add_grant(struct conf_if *ci)
{
	void *member;

	ci->grant = add_member(ci->grant, &ci->n_grant, sizeof(*ci->grant),
			       &member);
	return member;
}

struct conf_group_map *conf_add_group_map(struct conf_if *ci)
{
	void *member;

	ci->group_map = add_member(ci->group_map, &ci->n_group_map,
				   sizeof(*ci->group_map), &member);
	return member;
}

struct conf_peer_group *conf_add_peer_group(struct conf_if *ci)
{
	void *member;

	ci->peer_group = add_member(ci->peer_group, &ci->n_peer_group,
				    sizeof(*ci->peer_group), &member);
	return member;
}

static void free_keys(struct conf_if *ci)
{
	wipe(ci->key, ci->n_key * sizeof(*ci->key));
	ci->key = NULL;
	ci->n_key = 0;
}

struct conf_key *conf_set_keys(struct conf_if *ci, size_t n)
{
	free_keys(ci);
	ci->key = calloc(n, sizeof(*ci->key));
	if (ci->key)
		ci->n_key = n;
	return ci->key;
}

const struct conf_if *conf_find(const struct conf *conf, const char *name)
{
	size_t i;

	for (i = 0; i < conf->n_iface; i++)
		if (!strcmp(conf->iface[i].name, name))
			return &conf->iface[i];
	return NULL;
}

static void *copy_array(const void *from, size_t n, size_t size)
{
	/* Never NULL for an empty array: NULL means no memory. */
	void *to = calloc(n ? n : 1, size);

	if (to && n)
		memcpy(to, from, n * size);
	return to;
}

int conf_if_copy(struct conf_if *to, const struct conf_if *from)
{
	*to = *from;
	to->nhs = copy_array(from->nhs, from->n_nhs, sizeof(*to->nhs));
	to->map = copy_array(from->map, from->n_map, sizeof(*to->map));
	to->cluster = copy_array(from->cluster, from->n_cluster,
				 sizeof(*to->cluster));
	to->interest = copy_array(from->interest, from->n_interest,
				  sizeof(*to->interest));
	to->summary = copy_array(from->summary, from->n_summary,
				 sizeof(*to->summary));
	to->grant = copy_array(from->grant, from->n_grant, sizeof(*to->grant));
	to->group_map = copy_array(from->group_map, from->n_group_map,
				   sizeof(*to->group_map));
	to->peer_group = copy_array(from->peer_group, from->n_peer_group,
				    sizeof(*to->peer_group));
	to->key = copy_array(from->key, from->n_key, sizeof(*to->key));
	if (to->nhs && to->map && to->cluster && to->interest && to->summary &&
	    to->grant && to->group_map && to->peer_group && to->key)
		return 0;
	conf_if_free(to);
	return -1;
}

void conf_if_free(struct conf_if *ci)
{
	free(ci->nhs);
	free(ci->map);
	free(ci->cluster);
	free(ci->interest);
	free(ci->summary);
	free(ci->grant);
	free(ci->group_map);
	free(ci->peer_group);
	free_keys(ci);
	ci->nhs = NULL;
	ci->map = NULL;
	ci->cluster = NULL;
	ci->interest = NULL;
	ci->summary = NULL;
	ci->grant = NULL;
	ci->group_map = NULL;
	ci->peer_group = NULL;
	ci->n_nhs = 0;
	ci->n_map = 0;
	ci->n_cluster = 0;
	ci->n_interest = 0;
	ci->n_summary = 0;
	ci->n_grant = 0;
	ci->n_group_map = 0;
	ci->n_peer_group = 0;
}

void conf_free_ifaces(struct conf *conf)
{
	wipe(conf->iface, conf->n_iface * sizeof(*conf->iface));
}

void conf_free(struct conf *conf)
{
	size_t i;

	for (i = 0; i < conf->n_iface; i++)
		conf_if_free(&conf->iface[i]);
	conf_free_ifaces(conf);
	policies_free(&conf->policies);
	*conf = (struct conf){ 0 };
}
