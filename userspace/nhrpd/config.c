// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * libconfuse knows the syntax; what a value may be is checked here, while the
 * parser still knows the line.
 */
#include <confuse.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nhrpd/config.h"
#include "nhrpd/config_error.h"
#include "nhrpd/config_group.h"
#include "nhrpd/config_include.h"
#include "nhrpd/config_key.h"
#include "nhrpd/config_qos.h"
#include "nhrpd/config_text.h"
#include "nhrpd/config_trust.h"

#define LINE_LEN	512
#define DYNAMIC		"dynamic"
#define MULTICAST	"multicast"
#define MTU_MIN		68

/* libconfuse's callbacks carry no argument of ours. */
static void (*report)(const char *line);
static bool failed;

static void emit(cfg_t *cfg, const char *text)
{
	int at = 0;
	const char *file = cfg && cfg->line ?
			   config_include_origin(cfg->line, &at) : NULL;
	char line[LINE_LEN];

	failed = true;
	if (file)
		snprintf(line, sizeof(line), "%s:%d: %s", file, at, text);
	else if (cfg && cfg->filename)
		snprintf(line, sizeof(line), "%s: %s", cfg->filename, text);
	else
		snprintf(line, sizeof(line), "%s", text);
	report(line);
}

static void on_error(cfg_t *cfg, const char *format, va_list args)
{
	char text[LINE_LEN];

	vsnprintf(text, sizeof(text), format, args);
	if (strstr(text, CONFIG_END))
		emit(cfg, "the file ends within a block: a \"}\" is missing");
	else if (cfg && !strcmp(cfg_name(cfg), CONFIG_KEY))
		/* What is not understood may be a part of the secret. */
		emit(cfg, CONFIG_KEY ": not understood: use secret = \"...\""
		     " and algorithm = hmac-md5 or hmac-sha256");
	else
		emit(cfg, text);
}

int bad(cfg_t *cfg, const char *format, ...)
{
	char text[LINE_LEN];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	emit(cfg, text);
	return -1;
}

/**
 * struct range - what a number may be
 * @name: of the option, behind that of its block if it is in one
 * @min: smallest
 * @max: largest
 * @zero: what 0 means, NULL if it is not allowed
 */
struct range {
	const char *name;
	long min;
	long max;
	const char *zero;
};

static const struct range ranges[] = {
	{ "network-id", 1, UINT32_MAX, NULL },
	{ "holdtime", CONF_HOLDTIME_MIN, CONF_HOLDTIME_MAX, NULL },
	{ "registration-timeout", 1, CONF_HOLDTIME_MAX,
	  "a third of the holding time" },
	{ "mtu", MTU_MIN, UINT16_MAX, "not told" },
	{ "max-send-packets", 1, 10000000, "no limit" },
	{ "max-send-seconds", 1, 3600, NULL },
	{ "redirect-interval", 1, 3600, NULL },
	{ "negative-time", 1, 86400, NULL },
	{ "cache-limit", 1, 10000000, NULL },
	{ "shortcut-limit", 1, 10000000, NULL },
	{ "redirect-limit", 1, 10000000, NULL },
	{ "probe-interval", 1, 3600, "no probes" },
	{ "probe-retries", 1, 100, NULL },
	{ "fallback", 1, 86400, "at once" },
	{ "resolve-interval", 5, 86400, NULL },
	{ "nhs|priority", 0, CONF_PRIORITY_MAX, NULL },
	{ "nhs|cluster", 0, CONF_CLUSTER_MAX, NULL },
	{ "cluster|max-connections", 1, 255, "no limit" },
	{ "use", 1, CONF_USE_MAX, NULL },
	{ "registration-limit", 1, 10000000, NULL },
	{ "resolution-limit", 1, 10000000, NULL },
	{ "authorize-timeout", 1, 60, NULL },
	{ "authorize-limit", 1, 100000, NULL },
};

static bool is_range_of(const struct range *r, cfg_opt_t *opt)
{
	const char *bar = strchr(r->name, '|');

	return !strcmp(bar ? bar + 1 : r->name, cfg_opt_name(opt));
}

static int check_number(cfg_t *cfg, cfg_opt_t *opt)
{
	long value = cfg_opt_getnint(opt, 0);
	const struct range *r;
	size_t i;

	for (i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		r = &ranges[i];
		if (!is_range_of(r, opt) ||
		    (value >= r->min && value <= r->max) ||
		    (r->zero && !value))
			continue;
		if (r->zero)
			return bad(cfg, "%s = %ld: use %ld to %ld, or 0 (%s)",
				   cfg_opt_name(opt), value, r->min, r->max,
				   r->zero);
		return bad(cfg, "%s = %ld: use %ld to %ld", cfg_opt_name(opt),
			   value, r->min, r->max);
	}
	return 0;
}

static int check_auth(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *text = cfg_opt_getnstr(opt, 0);

	if (text && strlen(text) > CONF_AUTH)
		return bad(cfg, "authentication: a password has %d characters"
			   " at most", CONF_AUTH);
	return 0;
}

static int check_nbma(cfg_t *cfg, cfg_opt_t *opt)
{
	unsigned int i;
	const char *text;
	struct addr a;

	for (i = 0; i < cfg_opt_size(opt); i++) {
		text = cfg_opt_getnstr(opt, i);
		if (addr_parse(text, &a) || !addr_is_unicast(&a) ||
		    addr_is_link_local(&a))
			return bad(cfg, "nbma = %s: write the peer's address"
				   " in the underlay, e.g. 1.1.1.1", text);
	}
	return 0;
}

/* As RFC 1123 has it; an address would be one of digits alone. */
static bool is_host(const char *text)
{
	size_t len = strlen(text);
	bool letter = false;

	if (len >= CONF_HOST || *text == '-' || *text == '.')
		return false;
	for (; *text; text++) {
		if (!isalnum((unsigned char)*text) && *text != '-' &&
		    *text != '.')
			return false;
		letter |= isalpha((unsigned char)*text) != 0;
	}
	return letter;
}

static int check_server(cfg_t *cfg, cfg_opt_t *opt)
{
	unsigned int i;
	const char *text;
	struct addr a;

	for (i = 0; i < cfg_opt_size(opt); i++) {
		text = cfg_opt_getnstr(opt, i);
		if (!is_host(text) &&
		    (addr_parse(text, &a) || !addr_is_unicast(&a) ||
		     addr_is_link_local(&a)))
			return bad(cfg, "nbma = %s: write the server's address"
				   " in the underlay, or its name", text);
	}
	return 0;
}

static int check_prefixes(cfg_t *cfg, cfg_opt_t *opt)
{
	unsigned int i;
	const char *text;
	struct prefix p;

	for (i = 0; i < cfg_opt_size(opt); i++) {
		text = cfg_opt_getnstr(opt, i);
		if (prefix_parse(text, &p))
			return bad(cfg, "%s = %s: write a prefix, e.g."
				   " 10.0.0.0/8", cfg_opt_name(opt), text);
	}
	return 0;
}

static int check_summary(cfg_t *cfg, cfg_opt_t *opt)
{
	unsigned int i;
	struct prefix p;

	if (check_prefixes(cfg, opt))
		return -1;
	for (i = 0; i < cfg_opt_size(opt); i++) {
		prefix_parse(cfg_opt_getnstr(opt, i), &p);
		if (p.len < CONF_SUMMARY_MIN)
			return bad(cfg, "summary = %s: others take no prefix"
				   " of less than %d bits",
				   cfg_opt_getnstr(opt, i), CONF_SUMMARY_MIN);
	}
	return 0;
}

/* The block's title is an overlay address, or @word. */
static int check_title(cfg_t *cfg, const char *block, const char *word)
{
	const char *title = cfg_title(cfg);
	size_t n = cfg_size(cfg, "nbma");
	bool named = !strcmp(title, word);
	struct addr a;

	if (!named && (addr_parse(title, &a) || !addr_is_unicast(&a)))
		return bad(cfg, "%s %s: write the peer's tunnel address, or"
			   " \"%s\"", block, title, word);
	if (!n)
		return bad(cfg, "%s %s: add nbma = ADDRESS, its address in the"
			   " underlay", block, title);
	if (!named && n > 1)
		return bad(cfg, "%s %s: one nbma only; several are for"
			   " \"%s %s\"", block, title, block, word);
	return 0;
}

static int check_nhs(cfg_t *cfg, cfg_opt_t *opt)
{
	(void)cfg;
	return check_title(cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1), "nhs",
			   DYNAMIC);
}

static int check_map(cfg_t *cfg, cfg_opt_t *opt)
{
	(void)cfg;
	return check_title(cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1), "map",
			   MULTICAST);
}

static bool is_cluster(const char *title)
{
	char *end;
	unsigned long number = strtoul(title, &end, 10);

	return *title >= '0' && *title <= '9' && !*end &&
	       number <= CONF_CLUSTER_MAX;
}

static int check_cluster(cfg_t *cfg, cfg_opt_t *opt)
{
	cfg_t *sec = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);

	(void)cfg;
	if (!is_cluster(cfg_title(sec)))
		return bad(sec, "cluster %s: use a number, 0 to %d",
			   cfg_title(sec), CONF_CLUSTER_MAX);
	return 0;
}

static int check_key(cfg_t *cfg, cfg_opt_t *opt)
{
	cfg_t *sec = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);
	char why[LINE_LEN];

	(void)cfg;
	return config_key_is_bad(sec, why, sizeof(why)) ?
	       bad(sec, "%s", why) : 0;
}

static int check_interface(cfg_t *cfg, cfg_opt_t *opt)
{
	cfg_t *sec = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);
	const char *name = cfg_title(sec);

	(void)cfg;
	if (!*name || strlen(name) >= CONF_NAME || strpbrk(name, "/ "))
		return bad(sec, "interface %s: not a name that a device can"
			   " have", name);
	if (cfg_getint(sec, "registration-timeout") >
	    cfg_getint(sec, "holdtime"))
		return bad(sec, "registration-timeout is longer than holdtime:"
			   " registrations would run out");
	if (cfg_getbool(sec, "if-state") && !cfg_size(sec, "nhs"))
		return bad(sec, "if-state follows the registrations with"
			   " servers: add an nhs block");
	if (cfg_getstr(sec, "authentication") && cfg_size(sec, CONFIG_KEY))
		return bad(sec, "authentication is a password in clear text,"
			   " authentication-key is used instead of it: take"
			   " one of them out");
	return config_trust_check(sec) || config_group_check(sec);
}

static void fill_nhs(struct conf_nhs *nhs, cfg_t *sec, unsigned int i)
{
	const char *identity = cfg_getstr(sec, "identity");
	const char *nbma = cfg_getnstr(sec, "nbma", i);

	if (strcmp(cfg_title(sec), DYNAMIC))
		addr_parse(cfg_title(sec), &nhs->proto);
	if (addr_parse(nbma, &nhs->nbma))
		snprintf(nhs->host, sizeof(nhs->host), "%s", nbma);
	nhs->priority = (uint8_t)cfg_getint(sec, "priority");
	nhs->cluster = (uint8_t)cfg_getint(sec, "cluster");
	nhs->multicast = cfg_getbool(sec, "multicast");
	snprintf(nhs->identity, sizeof(nhs->identity), "%s",
		 identity ? identity : "");
}

static void fill_map(struct conf_map *map, cfg_t *sec, unsigned int i)
{
	if (strcmp(cfg_title(sec), MULTICAST)) {
		addr_parse(cfg_title(sec), &map->proto);
		map->multicast = cfg_getbool(sec, "multicast");
	} else {
		map->multicast = true;
	}
	addr_parse(cfg_getnstr(sec, "nbma", i), &map->nbma);
}

static int fill_peers(struct conf_if *ci, cfg_t *sec)
{
	struct conf_nhs *nhs;
	struct conf_map *map;
	unsigned int i, k;
	cfg_t *sub;

	for (i = 0; i < cfg_size(sec, "nhs"); i++) {
		sub = cfg_getnsec(sec, "nhs", i);
		for (k = 0; k < cfg_size(sub, "nbma"); k++) {
			nhs = conf_add_nhs(ci);
			if (!nhs)
				return -1;
			fill_nhs(nhs, sub, k);
		}
	}
	for (i = 0; i < cfg_size(sec, "map"); i++) {
		sub = cfg_getnsec(sec, "map", i);
		for (k = 0; k < cfg_size(sub, "nbma"); k++) {
			map = conf_add_map(ci);
			if (!map)
				return -1;
			fill_map(map, sub, k);
		}
	}
	return 0;
}

static int fill_clusters(struct conf_if *ci, cfg_t *sec)
{
	struct conf_cluster *cluster;
	unsigned int i;
	cfg_t *sub;

	for (i = 0; i < cfg_size(sec, "cluster"); i++) {
		sub = cfg_getnsec(sec, "cluster", i);
		cluster = conf_add_cluster(ci);
		if (!cluster)
			return -1;
		cluster->number = (uint8_t)strtoul(cfg_title(sub), NULL, 10);
		cluster->max_connections =
			(uint8_t)cfg_getint(sub, "max-connections");
	}
	return 0;
}

static int fill_prefixes(struct conf_if *ci, cfg_t *sec, const char *name,
			 struct prefix *(*add)(struct conf_if *ci))
{
	struct prefix *p;
	unsigned int i;

	for (i = 0; i < cfg_size(sec, name); i++) {
		p = add(ci);
		if (!p)
			return -1;
		prefix_parse(cfg_getnstr(sec, name, i), p);
	}
	return 0;
}

static uint32_t number(cfg_t *sec, const char *name)
{
	return (uint32_t)cfg_getint(sec, name);
}

static int fill_interface(struct conf_if *ci, cfg_t *sec)
{
	const char *auth = cfg_getstr(sec, "authentication");

	ci->network_id = number(sec, "network-id");
	ci->holdtime = number(sec, "holdtime");
	ci->registration_timeout = number(sec, "registration-timeout");
	ci->unique = cfg_getbool(sec, "unique");
	ci->shortcut = cfg_getbool(sec, "shortcut");
	ci->server_only = cfg_getbool(sec, "server-only");
	ci->record = cfg_getbool(sec, "record");
	ci->if_state = cfg_getbool(sec, "if-state");
	ci->redirect = cfg_getbool(sec, "redirect");
	ci->multicast_dynamic = cfg_getbool(sec, "multicast-dynamic");
	snprintf(ci->auth, sizeof(ci->auth), "%s", auth ? auth : "");
	ci->mtu = (uint16_t)number(sec, "mtu");
	ci->max_send_packets = number(sec, "max-send-packets");
	ci->max_send_seconds = number(sec, "max-send-seconds");
	ci->redirect_seconds = number(sec, "redirect-interval");
	ci->negative_seconds = number(sec, "negative-time");
	ci->cache_limit = number(sec, "cache-limit");
	ci->shortcut_limit = number(sec, "shortcut-limit");
	ci->redirect_limit = number(sec, "redirect-limit");
	ci->probe_seconds = number(sec, "probe-interval");
	ci->probe_retries = number(sec, "probe-retries");
	ci->fallback_seconds = number(sec, "fallback");
	ci->resolve_seconds = number(sec, "resolve-interval");
	ci->use = number(sec, "use");
	ci->registration_limit = number(sec, "registration-limit");
	ci->resolution_limit = number(sec, "resolution-limit");
	config_qos_fill_interface(ci, sec);
	if (fill_clusters(ci, sec) ||
	    fill_prefixes(ci, sec, "interest", conf_add_interest) ||
	    fill_prefixes(ci, sec, "summary", conf_add_summary) ||
	    config_trust_fill(ci, sec) || config_group_fill(ci, sec) ||
	    config_key_fill(ci, sec))
		return -1;
	return fill_peers(ci, sec);
}

static int fill(struct conf *conf, cfg_t *cfg)
{
	struct conf_if *ci;
	unsigned int i;
	cfg_t *sec;

	for (i = 0; i < cfg_size(cfg, "interface"); i++) {
		sec = cfg_getnsec(cfg, "interface", i);
		ci = conf_add_if(conf, cfg_title(sec));
		if (!ci || fill_interface(ci, sec))
			return bad(NULL, "out of memory");
	}
	config_qos_take(conf);
	return 0;
}

static cfg_opt_t cluster_opts[] = {
	CFG_INT("max-connections", 0, CFGF_NONE),
	CFG_END()
};

static cfg_opt_t nhs_opts[] = {
	CFG_STR_LIST("nbma", NULL, CFGF_NODEFAULT),
	CFG_INT("priority", 0, CFGF_NONE),
	CFG_INT("cluster", 0, CFGF_NONE),
	CFG_BOOL("multicast", cfg_true, CFGF_NONE),
	CFG_STR("identity", NULL, CFGF_NONE),
	CFG_END()
};

static cfg_opt_t map_opts[] = {
	CFG_STR_LIST("nbma", NULL, CFGF_NODEFAULT),
	CFG_BOOL("multicast", cfg_false, CFGF_NONE),
	CFG_END()
};

#define BLOCK (CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES)

static cfg_opt_t interface_opts[] = {
	CFG_INT("network-id", 1, CFGF_NONE),
	CFG_INT("holdtime", CONF_HOLDTIME, CFGF_NONE),
	CFG_INT("registration-timeout", 0, CFGF_NONE),
	CFG_BOOL("unique", cfg_true, CFGF_NONE),
	CFG_BOOL("shortcut", cfg_true, CFGF_NONE),
	CFG_BOOL("server-only", cfg_false, CFGF_NONE),
	CFG_BOOL("record", cfg_true, CFGF_NONE),
	CFG_BOOL("if-state", cfg_false, CFGF_NONE),
	CFG_BOOL("redirect", cfg_false, CFGF_NONE),
	CFG_BOOL("multicast-dynamic", cfg_false, CFGF_NONE),
	CFG_STR("authentication", NULL, CFGF_NONE),
	CFG_SEC(CONFIG_KEY, config_key_opts, BLOCK),
	CFG_INT("mtu", 0, CFGF_NONE),
	CFG_INT("max-send-packets", CONF_MAX_SEND_PACKETS, CFGF_NONE),
	CFG_INT("max-send-seconds", CONF_MAX_SEND_SECONDS, CFGF_NONE),
	CFG_INT("redirect-interval", CONF_REDIRECT_SECONDS, CFGF_NONE),
	CFG_INT("negative-time", CONF_NEGATIVE_SECONDS, CFGF_NONE),
	CFG_INT("cache-limit", CONF_CACHE_LIMIT, CFGF_NONE),
	CFG_INT("shortcut-limit", CONF_SHORTCUT_LIMIT, CFGF_NONE),
	CFG_INT("redirect-limit", CONF_REDIRECT_LIMIT, CFGF_NONE),
	CFG_INT("probe-interval", CONF_PROBE_SECONDS, CFGF_NONE),
	CFG_INT("probe-retries", CONF_PROBE_RETRIES, CFGF_NONE),
	CFG_INT("fallback", CONF_FALLBACK_SECONDS, CFGF_NONE),
	CFG_INT("resolve-interval", CONF_RESOLVE_SECONDS, CFGF_NONE),
	CFG_SEC("cluster", cluster_opts, BLOCK),
	CFG_INT("use", CONF_USE, CFGF_NONE),
	CFG_STR_LIST("interest", NULL, CFGF_NODEFAULT),
	CFG_STR_LIST("summary", NULL, CFGF_NODEFAULT),
	CFG_INT("registration-limit", CONF_REGISTRATION_LIMIT, CFGF_NONE),
	CFG_INT("resolution-limit", CONF_RESOLUTION_LIMIT, CFGF_NONE),
	CFG_STR("registration-policy", "first-come", CFGF_NONE),
	CFG_STR("authorize", NULL, CFGF_NONE),
	CFG_INT("authorize-timeout", CONF_AUTHORIZE_TIMEOUT, CFGF_NONE),
	CFG_INT("authorize-limit", CONF_AUTHORIZE_LIMIT, CFGF_NONE),
	CFG_STR("authorize-default", "deny", CFGF_NONE),
	CFG_SEC("identity", config_identity_opts, BLOCK),
	CFG_STR("group", NULL, CFGF_NONE),
	CFG_SEC("group-map", config_group_map_opts, BLOCK),
	CFG_SEC("peer-group", config_peer_group_opts, BLOCK),
	CFG_SEC("nhs", nhs_opts, BLOCK),
	CFG_SEC("map", map_opts, BLOCK),
	CFG_BOOL("qos-pre-classify", cfg_false, CFGF_NONE),
	CFG_STR("service-policy-output", NULL, CFGF_NONE),
	CFG_STR("service-policy-underlay", NULL, CFGF_NONE),
	CFG_END()
};

static cfg_opt_t top_opts[] = {
	CFG_SEC("access-list", config_access_list_opts, BLOCK),
	CFG_SEC("class-map", config_class_map_opts, BLOCK),
	CFG_SEC("policy-map", config_policy_map_opts, BLOCK),
	CFG_SEC("interface", interface_opts, BLOCK),
	CFG_INT(CONFIG_END, 0, CFGF_NONE),
	CFG_END()
};

static void set_checks(cfg_t *cfg)
{
	char path[64];
	size_t i;

	for (i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		snprintf(path, sizeof(path), "interface|%s", ranges[i].name);
		cfg_set_validate_func(cfg, path, check_number);
	}
	cfg_set_validate_func(cfg, "interface|authentication", check_auth);
	cfg_set_validate_func(cfg, "interface|" CONFIG_KEY, check_key);
	cfg_set_validate_func(cfg, "interface|interest", check_prefixes);
	cfg_set_validate_func(cfg, "interface|summary", check_summary);
	cfg_set_validate_func(cfg, "interface|nhs|nbma", check_server);
	cfg_set_validate_func(cfg, "interface|map|nbma", check_nbma);
	cfg_set_validate_func(cfg, "interface|cluster", check_cluster);
	config_group_set_checks(cfg);
	config_trust_set_checks(cfg);
	cfg_set_validate_func(cfg, "interface|nhs", check_nhs);
	cfg_set_validate_func(cfg, "interface|map", check_map);
	cfg_set_validate_func(cfg, "interface", check_interface);
	config_qos_set_checks(cfg);
}

static int parse(const char *text, struct conf *conf, cfg_t *cfg)
{
	if (config_text_parse(text, cfg) && !failed)
		return bad(cfg, "not understood");
	return failed ? -1 : fill(conf, cfg);
}

static int parse_file(const char *file, struct conf *conf, cfg_t *cfg)
{
	char *text = config_include_read(file);
	int err;

	if (!text)
		return -1;
	/* libconfuse frees it. */
	cfg->filename = strdup(file);
	cfg_set_error_function(cfg, on_error);
	set_checks(cfg);
	err = parse(text, conf, cfg);
	config_key_wipe(cfg);
	config_text_free(text);
	config_include_end();
	return err;
}

int config_read(const char *file, struct conf *conf,
		void (*error)(const char *line))
{
	cfg_t *cfg = cfg_init(top_opts, CFGF_NONE);
	int err;

	*conf = (struct conf){ 0 };
	report = error;
	failed = false;
	if (!cfg)
		return bad(NULL, "out of memory");
	err = parse_file(file, conf, cfg);
	cfg_free(cfg);
	config_qos_end();
	if (err)
		conf_free(conf);
	return err;
}
