// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "nhrpd/config_error.h"
#include "nhrpd/config_group.h"
#include "nhrpd/ext.h"
#include "nhrpd/policy.h"

cfg_opt_t config_group_map_opts[] = {
	CFG_STR("service-policy", NULL, CFGF_NODEFAULT),
	CFG_STR("adaptive-lower-bound", NULL, CFGF_NODEFAULT),
	CFG_INT("adaptive-lower-bound-percent", 0, CFGF_NODEFAULT),
	CFG_END()
};

cfg_opt_t config_peer_group_opts[] = {
	CFG_STR("group", NULL, CFGF_NODEFAULT),
	CFG_END()
};

static int check_name(cfg_t *cfg, const char *what, const char *name)
{
	if (ext_group_valid(name))
		return 0;
	return bad(cfg, "%s \"%s\": write a name of 1 to %d ASCII characters"
		   " without spaces", what, name, NHRP_GROUP_MAX);
}

static int check_option(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *name = cfg_opt_getnstr(opt, 0);

	return name ? check_name(cfg, cfg_opt_name(opt), name) : 0;
}

/* Bits a second, as for a shaper. */
static int rate_of(const char *text, uint64_t *rate)
{
	return policy_value_parse(policy_setting_find("shape"), text, rate);
}

static int check_rate(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *text = cfg_opt_getnstr(opt, 0);
	uint64_t rate;

	if (!text || !rate_of(text, &rate))
		return 0;
	return bad(cfg, "%s = %s: use %s", cfg_opt_name(opt), text,
		   policy_value_hint(policy_setting_find("shape")));
}

static int check_percent(cfg_t *cfg, cfg_opt_t *opt)
{
	long percent = cfg_opt_getnint(opt, 0);

	if (percent >= 1 && percent <= 100)
		return 0;
	return bad(cfg, "%s = %ld: use a number from 1 to 100",
		   cfg_opt_name(opt), percent);
}

static int check_group_map(cfg_t *cfg, cfg_opt_t *opt)
{
	cfg_t *sec = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);
	const char *group = cfg_title(sec);

	(void)cfg;
	if (check_name(sec, "group-map", group))
		return -1;
	if (!cfg_getstr(sec, "service-policy"))
		return bad(sec, "group-map %s: add service-policy = POLICY,"
			   " what its peers get", group);
	if (cfg_size(sec, "adaptive-lower-bound") &&
	    cfg_size(sec, "adaptive-lower-bound-percent"))
		return bad(sec, "group-map %s: adaptive-lower-bound and"
			   " adaptive-lower-bound-percent: write one of them",
			   group);
	return 0;
}

static int check_peer_group(cfg_t *cfg, cfg_opt_t *opt)
{
	cfg_t *sec = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);
	const char *title = cfg_title(sec);
	struct prefix p;

	(void)cfg;
	if (prefix_parse(title, &p))
		return bad(sec, "peer-group %s: write an address of the peer,"
			   " or a prefix as \"192.168.1.16/28\"", title);
	if (!cfg_getstr(sec, "group"))
		return bad(sec, "peer-group %s: add group = NAME", title);
	return 0;
}

/* A group without a policy would undo what the peer says itself. */
int config_group_check(cfg_t *sec)
{
	unsigned int i;
	cfg_t *sub;

	for (i = 0; i < cfg_size(sec, "peer-group"); i++) {
		sub = cfg_getnsec(sec, "peer-group", i);
		if (!cfg_gettsec(sec, "group-map", cfg_getstr(sub, "group")))
			return bad(sub, "peer-group %s: there is no group-map"
				   " %s", cfg_title(sub),
				   cfg_getstr(sub, "group"));
	}
	return 0;
}

void config_group_set_checks(cfg_t *cfg)
{
	cfg_set_validate_func(cfg, "interface|group", check_option);
	cfg_set_validate_func(cfg, "interface|group-map|service-policy",
			      check_option);
	cfg_set_validate_func(cfg, "interface|group-map|adaptive-lower-bound",
			      check_rate);
	cfg_set_validate_func(cfg,
			      "interface|group-map|adaptive-lower-bound-percent",
			      check_percent);
	cfg_set_validate_func(cfg, "interface|group-map", check_group_map);
	cfg_set_validate_func(cfg, "interface|peer-group|group", check_option);
	cfg_set_validate_func(cfg, "interface|peer-group", check_peer_group);
}

static void take_text(char *to, size_t size, cfg_t *sec, const char *option)
{
	const char *text = cfg_getstr(sec, option);

	snprintf(to, size, "%s", text ? text : "");
}

int config_group_fill(struct conf_if *ci, cfg_t *sec)
{
	struct conf_group_map *map;
	struct conf_peer_group *of;
	const char *text;
	unsigned int i;
	cfg_t *sub;

	take_text(ci->group, sizeof(ci->group), sec, "group");
	for (i = 0; i < cfg_size(sec, "group-map"); i++) {
		sub = cfg_getnsec(sec, "group-map", i);
		map = conf_add_group_map(ci);
		if (!map)
			return -1;
		snprintf(map->group, sizeof(map->group), "%s", cfg_title(sub));
		take_text(map->service_policy, sizeof(map->service_policy),
			  sub, "service-policy");
		text = cfg_getstr(sub, "adaptive-lower-bound");
		if (text)
			rate_of(text, &map->lower_bound);
		if (cfg_size(sub, "adaptive-lower-bound-percent"))
			map->lower_percent = (uint8_t)
				cfg_getint(sub, "adaptive-lower-bound-percent");
	}
	for (i = 0; i < cfg_size(sec, "peer-group"); i++) {
		sub = cfg_getnsec(sec, "peer-group", i);
		of = conf_add_peer_group(ci);
		if (!of)
			return -1;
		prefix_parse(cfg_title(sub), &of->what);
		take_text(of->group, sizeof(of->group), sub, "group");
	}
	return 0;
}
