// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "nhrpd/config_error.h"
#include "nhrpd/config_trust.h"

cfg_opt_t config_identity_opts[] = {
	CFG_STR_LIST("address", NULL, CFGF_NODEFAULT),
	CFG_END()
};

/**
 * struct choice - what a word may be
 * @name: of the option
 * @word: the words, NULL after the last; the value is the index
 */
struct choice {
	const char *name;
	const char *word[5];
};

static const struct choice choices[] = {
	{ "registration-policy", {
		[CONF_POLICY_FIRST_COME] = "first-come",
		[CONF_POLICY_IDENTITY] = "identity",
		[CONF_POLICY_TABLE] = "table",
		[CONF_POLICY_NONE] = "none" } },
	{ "authorize-default", { "deny", "accept" } },
};

/* The index of the word that an option has, -1 for one that it cannot have. */
static int choice_of(const char *name, const char *text)
{
	size_t i;
	int k;

	for (i = 0; i < sizeof(choices) / sizeof(choices[0]); i++)
		for (k = 0; !strcmp(choices[i].name, name) &&
		     choices[i].word[k]; k++)
			if (!strcmp(choices[i].word[k], text))
				return k;
	return -1;
}

static int check_choice(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *name = cfg_opt_name(opt);
	const char *text = cfg_opt_getnstr(opt, 0);

	if (!text || choice_of(name, text) >= 0)
		return 0;
	if (!strcmp(name, "authorize-default"))
		return bad(cfg, "%s = %s: use deny or accept", name, text);
	return bad(cfg, "%s = %s: use first-come, identity, table or none",
		   name, text);
}

static int check_authorize(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *text = cfg_opt_getnstr(opt, 0);

	if (text && (*text != '/' || strlen(text) >= CONF_SOCKET))
		return bad(cfg, "authorize = %s: write the full path of a"
			   " socket, shorter than %d characters", text,
			   CONF_SOCKET);
	return 0;
}

static int check_grant(cfg_t *cfg, cfg_opt_t *opt)
{
	struct prefix p;
	unsigned int i;
	const char *text;

	for (i = 0; i < cfg_opt_size(opt); i++) {
		text = cfg_opt_getnstr(opt, i);
		if (prefix_parse(text, &p))
			return bad(cfg, "address = %s: write a tunnel address,"
				   " or a prefix as \"192.168.1.16/28\"",
				   text);
	}
	return 0;
}

static int check_identity(cfg_t *cfg, cfg_opt_t *opt)
{
	cfg_t *sec = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);
	const char *title = cfg_title(sec);
	const char *error = identity_pattern_error(title);

	(void)cfg;
	if (error)
		return bad(sec, "identity \"%s\": %s", title, error);
	if (!cfg_size(sec, "address"))
		return bad(sec, "identity \"%s\": add address = ADDRESS, what"
			   " it may register", title);
	return 0;
}

/* Of a server. */
static int check_server(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *text = cfg_opt_getnstr(opt, 0);
	const char *error = text ? identity_pattern_error(text) : NULL;

	return error ? bad(cfg, "identity = %s: %s", text, error) : 0;
}

/* Of two servers at one address, one could not be there. */
static int check_servers(cfg_t *sec, cfg_t *a, cfg_t *b)
{
	const char *one = cfg_getstr(a, "identity");
	const char *other = cfg_getstr(b, "identity");
	unsigned int i, k;

	if (!strcmp(one ? one : "", other ? other : ""))
		return 0;
	for (i = 0; i < cfg_size(a, "nbma"); i++)
		for (k = 0; k < cfg_size(b, "nbma"); k++)
			if (!strcmp(cfg_getnstr(a, "nbma", i),
				    cfg_getnstr(b, "nbma", k)))
				return bad(sec, "nhs %s and nhs %s have nbma ="
					   " %s: give them one identity",
					   cfg_title(a), cfg_title(b),
					   cfg_getnstr(a, "nbma", i));
	return 0;
}

int config_trust_check(cfg_t *sec)
{
	unsigned int i, k;
	bool table = choice_of("registration-policy",
			       cfg_getstr(sec, "registration-policy")) ==
		     CONF_POLICY_TABLE;

	if (table && !cfg_size(sec, "identity"))
		return bad(sec, "registration-policy = table: add identity"
			   " blocks, without them nobody can register");
	if (!table && cfg_size(sec, "identity"))
		return bad(sec, "identity blocks need registration-policy ="
			   " table");
	for (i = 0; i < cfg_size(sec, "nhs"); i++)
		for (k = 0; k < i; k++)
			if (check_servers(sec, cfg_getnsec(sec, "nhs", k),
					  cfg_getnsec(sec, "nhs", i)))
				return -1;
	return 0;
}

static int fill_grants(struct conf_if *ci, cfg_t *sec)
{
	struct conf_grant *grant;
	unsigned int i, k;
	cfg_t *sub;

	for (i = 0; i < cfg_size(sec, "identity"); i++) {
		sub = cfg_getnsec(sec, "identity", i);
		for (k = 0; k < cfg_size(sub, "address"); k++) {
			grant = conf_add_grant(ci);
			if (!grant)
				return -1;
			snprintf(grant->identity, sizeof(grant->identity),
				 "%s", cfg_title(sub));
			prefix_parse(cfg_getnstr(sub, "address", k),
				     &grant->what);
		}
	}
	return 0;
}

static int choice(cfg_t *sec, const char *name)
{
	return choice_of(name, cfg_getstr(sec, name));
}

int config_trust_fill(struct conf_if *ci, cfg_t *sec)
{
	const char *authorize = cfg_getstr(sec, "authorize");

	ci->policy = (enum conf_policy)choice(sec, "registration-policy");
	snprintf(ci->authorize, sizeof(ci->authorize), "%s",
		 authorize ? authorize : "");
	ci->authorize_timeout = (uint32_t)cfg_getint(sec, "authorize-timeout");
	ci->authorize_limit = (uint32_t)cfg_getint(sec, "authorize-limit");
	ci->authorize_accept = choice(sec, "authorize-default");
	return fill_grants(ci, sec);
}

void config_trust_set_checks(cfg_t *cfg)
{
	char path[64];
	size_t i;

	for (i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
		snprintf(path, sizeof(path), "interface|%s", choices[i].name);
		cfg_set_validate_func(cfg, path, check_choice);
	}
	cfg_set_validate_func(cfg, "interface|authorize", check_authorize);
	cfg_set_validate_func(cfg, "interface|identity|address", check_grant);
	cfg_set_validate_func(cfg, "interface|identity", check_identity);
	cfg_set_validate_func(cfg, "interface|nhs|identity", check_server);
}
