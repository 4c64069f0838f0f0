// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nhrpd/compile.h"
#include "nhrpd/config_error.h"
#include "nhrpd/config_qos.h"

#define MATCH_ANY	"match-any"
#define MATCH_ALL	"match-all"
#define SERVICE_POLICY	"service-policy"

/* What the file has so far; libconfuse's callbacks have no argument of ours. */
static struct class_maps maps;
static struct policies policies;

cfg_opt_t config_access_list_opts[] = {
	CFG_STR_LIST("lines", NULL, CFGF_NODEFAULT),
	CFG_END()
};

cfg_opt_t config_class_map_opts[] = {
	CFG_STR_LIST(MATCH_ANY, NULL, CFGF_NODEFAULT),
	CFG_STR_LIST(MATCH_ALL, NULL, CFGF_NODEFAULT),
	CFG_END()
};

/* Of policy.h's settings all, and the policy that divides the class. */
static cfg_opt_t class_opts[] = {
	CFG_STR("set-dscp", NULL, CFGF_NONE),
	CFG_STR("set-outer-dscp", NULL, CFGF_NONE),
	CFG_STR("set-mark", NULL, CFGF_NONE),
	CFG_STR("set-priority", NULL, CFGF_NONE),
	CFG_STR("priority", NULL, CFGF_NONE),
	CFG_STR("priority-percent", NULL, CFGF_NONE),
	CFG_STR("priority-burst", NULL, CFGF_NONE),
	CFG_STR("bandwidth", NULL, CFGF_NONE),
	CFG_STR("bandwidth-percent", NULL, CFGF_NONE),
	CFG_STR("shape", NULL, CFGF_NONE),
	CFG_STR("shape-burst", NULL, CFGF_NONE),
	CFG_STR("police", NULL, CFGF_NONE),
	CFG_STR("police-burst", NULL, CFGF_NONE),
	CFG_STR("queue-limit", NULL, CFGF_NONE),
	CFG_STR("fair-queue", NULL, CFGF_NONE),
	CFG_STR("codel-target", NULL, CFGF_NONE),
	CFG_STR("codel-interval", NULL, CFGF_NONE),
	CFG_STR("ecn", NULL, CFGF_NONE),
	CFG_STR(SERVICE_POLICY, NULL, CFGF_NONE),
	CFG_END()
};

cfg_opt_t config_policy_map_opts[] = {
	CFG_SEC("class", class_opts,
		CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
	CFG_END()
};

static cfg_t *last_section(cfg_opt_t *opt)
{
	return cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);
}

static int check_name(cfg_t *sec)
{
	const char *name = cfg_title(sec);

	if (!*name || strlen(name) >= POLICY_NAME || strpbrk(name, " \t"))
		return bad(sec, "%s \"%s\": a name has 1 to %d characters and no blanks",
			   cfg_name(sec), name, POLICY_NAME - 1);
	return 0;
}

/* ---- access lists ---- */

/* Called after each line, while its place in the file is known. */
static int check_line(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *text = cfg_opt_getnstr(opt, cfg_opt_size(opt) - 1);
	struct policy_lines lines = { 0 };
	char error[ACL_ERROR];
	int err = acl_parse(text, &lines, error);

	policy_lines_free(&lines);
	return err ? bad(cfg, "\"%s\": %s", text, error) : 0;
}

static int check_access_list(cfg_t *cfg, cfg_opt_t *opt)
{
	cfg_t *sec = last_section(opt);
	struct access_list *list;
	char error[ACL_ERROR];
	unsigned int i;

	(void)cfg;
	if (check_name(sec))
		return -1;
	list = class_maps_add_list(&maps, cfg_title(sec));
	if (!list)
		return bad(NULL, "out of memory");
	for (i = 0; i < cfg_size(sec, "lines"); i++)
		if (acl_parse(cfg_getnstr(sec, "lines", i), &list->lines,
			      error))
			return bad(sec, "%s", error);
	if (!list->lines.n)
		return bad(sec, "access-list %s permits nothing: add lines = { \"permit ...\" }",
			   list->name);
	return 0;
}

/* ---- class maps ---- */

static int check_match(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *text = cfg_opt_getnstr(opt, cfg_opt_size(opt) - 1);
	struct policy_lines lines = { 0 };
	char error[ACL_ERROR];
	int err = compile_statement(&maps, text, &lines, error);

	policy_lines_free(&lines);
	return err ? bad(cfg, "%s", error) : 0;
}

static int fill_class_map(struct class_map *map, cfg_t *sec)
{
	const char *kind = map->match_all ? MATCH_ALL : MATCH_ANY;
	char error[ACL_ERROR];
	unsigned int i;

	for (i = 0; i < cfg_size(sec, kind); i++)
		if (policy_texts_add(&map->match, cfg_getnstr(sec, kind, i)))
			return bad(NULL, "out of memory");
	if (compile_class_map(&maps, map, error))
		return bad(sec, "class-map %s: %s", map->name, error);
	return 0;
}

static int check_class_map(cfg_t *cfg, cfg_opt_t *opt)
{
	cfg_t *sec = last_section(opt);
	struct class_map *map;

	(void)cfg;
	if (check_name(sec))
		return -1;
	if (!strcmp(cfg_title(sec), POLICY_DEFAULT_CLASS))
		return bad(sec, "class-map " POLICY_DEFAULT_CLASS ": this class takes what is in no other: it has no class-map");
	if (!cfg_size(sec, MATCH_ANY) == !cfg_size(sec, MATCH_ALL))
		return bad(sec, "class-map %s: add match-any = { ... } or match-all = { ... }, one of them",
			   cfg_title(sec));
	map = class_maps_add_map(&maps, cfg_title(sec));
	if (!map)
		return bad(NULL, "out of memory");
	map->match_all = cfg_size(sec, MATCH_ALL);
	return fill_class_map(map, sec);
}

/* ---- policy maps ---- */

static int check_setting(cfg_t *cfg, cfg_opt_t *opt)
{
	const struct policy_setting *setting =
		policy_setting_find(cfg_opt_name(opt));
	const char *text = cfg_opt_getnstr(opt, 0);
	uint64_t value;

	if (policy_value_parse(setting, text, &value))
		return bad(cfg, "%s = %s: %s", setting->name, text,
			   policy_value_hint(setting));
	return 0;
}

static int check_policy_name(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *name = cfg_opt_getnstr(opt, 0);

	if (!config_qos_has_policy(name))
		return bad(cfg, "%s = %s: no policy-map of that name stands before this",
			   cfg_opt_name(opt), name);
	return 0;
}

static bool is_set(cfg_t *sec, const char *name)
{
	return cfg_getstr(sec, name);
}

static int check_needs(cfg_t *sec)
{
	const struct policy_setting *s;
	char percent[POLICY_NAME];
	size_t i;

	for (i = 0; i < policy_n_settings; i++) {
		s = &policy_settings[i];
		if (!s->needs || !is_set(sec, s->name) ||
		    is_set(sec, s->needs))
			continue;
		snprintf(percent, sizeof(percent), "%s-percent", s->needs);
		if (policy_setting_find(percent) && is_set(sec, percent))
			continue;
		return bad(sec, "%s says something about %s: add that",
			   s->name, s->needs);
	}
	return 0;
}

static int check_together(cfg_t *sec)
{
	static const char *const never[][2] = {
		{ "priority", "priority-percent" },
		{ "bandwidth", "bandwidth-percent" },
		{ "priority", "bandwidth" },
		{ "priority", "bandwidth-percent" },
		{ "priority-percent", "bandwidth" },
		{ "priority-percent", "bandwidth-percent" },
	};
	size_t i;

	for (i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		if (is_set(sec, never[i][0]) && is_set(sec, never[i][1]))
			return bad(sec, "%s and %s: a class has one of them",
				   never[i][0], never[i][1]);
	return check_needs(sec);
}

static int check_class(cfg_t *cfg, cfg_opt_t *opt)
{
	cfg_t *sec = last_section(opt);
	const char *name = cfg_title(sec);

	if (strcmp(name, POLICY_DEFAULT_CLASS) &&
	    !class_maps_find_map(&maps, name))
		return bad(sec, "class %s: no class-map of that name stands before this",
			   name);
	if (cfg_opt_size(opt) > 1 &&
	    !strcmp(cfg_title(cfg_opt_getnsec(opt, cfg_opt_size(opt) - 2)),
		    POLICY_DEFAULT_CLASS))
		return bad(sec, "class %s: " POLICY_DEFAULT_CLASS " comes last, nothing would be left for a class behind it",
			   name);
	(void)cfg;
	return check_together(sec);
}

static int fill_class(struct policy *p, cfg_t *sec)
{
	const struct class_map *map = class_maps_find_map(&maps,
							  cfg_title(sec));
	struct policy_class *class = policy_add_class(p, cfg_title(sec));
	const struct policy_setting *s;
	uint64_t value;
	size_t i;

	if (!class)
		return -1;
	for (i = 0; i < policy_n_settings; i++) {
		s = &policy_settings[i];
		if (!is_set(sec, s->name))
			continue;
		policy_value_parse(s, cfg_getstr(sec, s->name), &value);
		policy_set_value(class, s->attr, value);
	}
	if (is_set(sec, SERVICE_POLICY))
		snprintf(class->child, sizeof(class->child), "%s",
			 cfg_getstr(sec, SERVICE_POLICY));
	if (!map)
		return 0;
	class->match_all = map->match_all;
	for (i = 0; i < map->lines.n; i++)
		if (policy_lines_add(&class->lines, &map->lines.v[i]))
			return -1;
	return policy_texts_copy(&class->match, &map->match);
}

static int check_percents(cfg_t *sec, const struct policy *p)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < p->n; i++)
		sum += p->class[i].value[DMVPN_A_CLASS_PRIORITY_PERCENT] +
		       p->class[i].value[DMVPN_A_CLASS_BANDWIDTH_PERCENT];
	if (sum > 100)
		return bad(sec, "policy-map %s: priority-percent and bandwidth-percent of its classes are %u%% together",
			   p->name, (unsigned int)sum);
	return 0;
}

static int check_policy_map(cfg_t *cfg, cfg_opt_t *opt)
{
	cfg_t *sec = last_section(opt);
	struct policy *p;
	unsigned int i;

	(void)cfg;
	if (check_name(sec))
		return -1;
	if (!cfg_size(sec, "class"))
		return bad(sec, "policy-map %s: add class blocks",
			   cfg_title(sec));
	p = policies_add(&policies, cfg_title(sec));
	if (!p)
		return bad(NULL, "out of memory");
	for (i = 0; i < cfg_size(sec, "class"); i++)
		if (fill_class(p, cfg_getnsec(sec, "class", i)))
			return bad(NULL, "out of memory");
	return check_percents(sec, p);
}

/* ---- interfaces, and the whole ---- */

bool config_qos_has_policy(const char *name)
{
	return policies_find(&policies, name);
}

void config_qos_fill_interface(struct conf_if *ci, cfg_t *sec)
{
	const char *output = cfg_getstr(sec, "service-policy-output");
	const char *underlay = cfg_getstr(sec, "service-policy-underlay");

	ci->qos.pre_classify = cfg_getbool(sec, "qos-pre-classify");
	snprintf(ci->qos.output, sizeof(ci->qos.output), "%s",
		 output ? output : "");
	snprintf(ci->qos.underlay, sizeof(ci->qos.underlay), "%s",
		 underlay ? underlay : "");
}

void config_qos_set_checks(cfg_t *cfg)
{
	char path[64];
	size_t i;

	for (i = 0; i < policy_n_settings; i++) {
		snprintf(path, sizeof(path), "policy-map|class|%s",
			 policy_settings[i].name);
		cfg_set_validate_func(cfg, path, check_setting);
	}
	cfg_set_validate_func(cfg, "policy-map|class|" SERVICE_POLICY,
			      check_policy_name);
	cfg_set_validate_func(cfg, "policy-map|class", check_class);
	cfg_set_validate_func(cfg, "policy-map", check_policy_map);
	cfg_set_validate_func(cfg, "class-map|" MATCH_ANY, check_match);
	cfg_set_validate_func(cfg, "class-map|" MATCH_ALL, check_match);
	cfg_set_validate_func(cfg, "class-map", check_class_map);
	cfg_set_validate_func(cfg, "access-list|lines", check_line);
	cfg_set_validate_func(cfg, "access-list", check_access_list);
	cfg_set_validate_func(cfg, "interface|service-policy-output",
			      check_policy_name);
	cfg_set_validate_func(cfg, "interface|service-policy-underlay",
			      check_policy_name);
}

void config_qos_take(struct conf *conf)
{
	conf->policies = policies;
	policies = (struct policies){ 0 };
}

void config_qos_end(void)
{
	class_maps_free(&maps);
	policies_free(&policies);
}
