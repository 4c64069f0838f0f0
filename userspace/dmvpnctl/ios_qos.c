// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Access lists, class maps and policy maps.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "dmvpnctl/ios.h"
#include "nhrpd/acl.h"
#include "nhrpd/acl_names.h"
#include "nhrpd/compile.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

/* ---- access lists ---- */

struct ios_acl *ios_find_acl(const struct ios *ios, const char *name)
{
	struct ios_acl *acl;

	for (acl = ios->acls; acl; acl = acl->next)
		if (!strcmp(acl->name, name))
			return acl;
	return NULL;
}

static struct ios_acl *add_acl(struct ios_at *at, const char *name)
{
	struct ios_acl *acl = ios_find_acl(at->ios, name);

	if (!acl) {
		acl = ios_add(at->ios, &at->ios->acls);
		acl->line = at->line;
		acl->name = name;
	}
	at->line->used = &acl->used;
	return acl;
}

/* Without what says that it is logged. */
static void drop_log(struct ios_at *at)
{
	struct ios_line *line = at->line;
	const char *last = line->n ? line->word[line->n - 1] : "";

	if (strcmp(last, "log") && strcmp(last, "log-input"))
		return;
	line->n--;
	ios_change(at->ios, line, "each line is counted, none is logged");
}

/* Sources only: "permit 10.0.0.0 0.0.0.255", "deny any". */
static const char *standard(struct ios_at *at)
{
	const char *action, *from;
	uint64_t number;
	struct addr addr;

	ios_number(at, UINT32_MAX, &number);
	action = ios_next(at);
	if (!action || !strcmp(action, "remark"))
		return ios_rest(at), "remark";
	/* An address alone is a host. */
	from = ios_peek(at);
	if (at->at + 1 == at->line->n && from && !addr_parse(from, &addr)) {
		ios_next(at);
		return ios_format(at->ios, "%s ip host %s any", action, from);
	}
	return ios_format(at->ios, "%s ip %s any", action, ios_rest(at));
}

static void acl_line(struct ios_at *at, struct ios_acl *acl, bool is_standard)
{
	struct policy_lines lines = { 0 };
	struct ios_option *line;
	char error[ACL_ERROR];
	const char *text;

	at->line->used = &acl->used;
	ios_is(at, "sequence");
	drop_log(at);
	text = is_standard ? standard(at) : ios_rest(at);
	if (strpbrk(text, "\"\\") || acl_parse(text, &lines, error)) {
		ios_lose(at->ios, at->line, "the list is without it: %s",
			 strpbrk(text, "\"\\") ? "it has quotes" : error);
	} else {
		if (lines.n) {
			line = ios_add(at->ios, &acl->lines);
			line->line = at->line;
			line->text = text;
		}
		ios_take(at);
	}
	policy_lines_free(&lines);
}

static bool is_standard_number(const char *name)
{
	uint64_t number;

	return !acl_number(name, UINT16_MAX, &number) &&
	       (number < 100 || (number >= 1300 && number < 2000));
}

static void named_acl(struct ios_at *head, bool is_standard)
{
	const char *name = ios_next(head);
	struct ios_acl *acl;
	struct ios_at at;

	if (!name)
		return;
	acl = add_acl(head, name);
	ios_take(head);
	ios_for_each_line(at, head->ios, head->line)
		acl_line(&at, acl, is_standard);
}

static bool access_list(struct ios_at *at)
{
	const char *name;

	if (ios_is(at, "ip access-list extended") ||
	    ios_is(at, "ipv6 access-list")) {
		named_acl(at, false);
		return true;
	}
	if (ios_is(at, "ip access-list standard")) {
		named_acl(at, true);
		return true;
	}
	if (!ios_is(at, "access-list"))
		return false;
	name = ios_next(at);
	if (name)
		acl_line(at, add_acl(at, name), is_standard_number(name));
	return true;
}

/* ---- class maps ---- */

/* What nhrpd has of the statements; NULL for others. */
static const char *statement(struct ios_at *at)
{
	const char *not = ios_is(at, "not") ? "not " : "", *text;
	struct policy_lines lines = { 0 };
	struct class_maps none = { 0 };
	char error[ACL_ERROR];
	int err;

	/* Whether the list is there shows when all lines are read. */
	if (ios_is(at, "access-group name") || ios_is(at, "access-group"))
		return ios_format(at->ios, "%saccess-group %s", not,
				  ios_rest(at));
	text = ios_format(at->ios, "%s%s", not, ios_rest(at));
	err = compile_statement(&none, text, &lines, error);
	policy_lines_free(&lines);
	return err ? NULL : text;
}

/* A packet that matches all has more than one of fewer conditions. */
static void no_statement(struct ios_at *at, struct ios_class_map *map)
{
	map->broken |= !map->match_any;
	ios_lose(at->ios, at->line, "not there%s",
		 map->match_any ? ": the class is without it" :
				  ": the class does not carry over");
}

static void class_map(struct ios_at *head)
{
	struct ios_class_map *map = ios_add(head->ios,
					    &head->ios->class_maps);
	struct ios_option *match;
	struct ios_at at;
	const char *text;

	ios_is(head, "type qos");
	map->match_any = ios_is(head, "match-any");
	ios_is(head, "match-all");
	text = ios_next(head);
	map->line = head->line;
	map->name = text ? text : "";
	head->line->used = &map->used;
	ios_take(head);
	ios_for_each_line(at, head->ios, head->line) {
		at.line->used = &map->used;
		if (ios_is(&at, "description")) {
			at.at = at.line->n;
		} else if (ios_is(&at, "match")) {
			text = statement(&at);
			if (!text || strpbrk(text, "\"\\")) {
				no_statement(&at, map);
				continue;
			}
			match = ios_add(at.ios, &map->match);
			match->line = at.line;
			match->text = text;
		} else {
			continue;
		}
		ios_take(&at);
	}
}

/* ---- policy maps ---- */

struct ios_policy *ios_find_policy(const struct ios *ios, const char *name)
{
	struct ios_policy *p;

	for (p = ios->policies; p; p = p->next)
		if (!strcmp(p->name, name))
			return p;
	return NULL;
}

static void policy_map(struct ios_at *head)
{
	struct ios_policy *policy = ios_add(head->ios, &head->ios->policies);
	struct ios_class *class = NULL;
	struct ios_at at;

	ios_is(head, "type qos");
	policy->line = head->line;
	policy->name = ios_peek(head) ? ios_next(head) : "";
	head->line->used = &policy->used;
	ios_take(head);
	ios_for_each_line(at, head->ios, head->line) {
		at.line->used = &policy->used;
		if (ios_is(&at, "description")) {
			at.at = at.line->n;
		} else if (ios_is(&at, "class") && ios_peek(&at)) {
			class = ios_add(at.ios, &policy->classes);
			class->line = at.line;
			class->name = ios_next(&at);
		} else if (!class || !ios_class_line(&at, class)) {
			continue;
		}
		ios_take(&at);
	}
}

/* Or of something else that has classes. */
static bool is_of_firewall(struct ios_at at)
{
	return (ios_is(&at, "class-map type") ||
		ios_is(&at, "policy-map type")) && !ios_is(&at, "qos");
}

bool ios_qos(struct ios_at *at)
{
	if (access_list(at))
		return true;
	if (is_of_firewall(*at)) {
		ios_foreign_section(at->ios, at->line);
		return true;
	}
	if (ios_is(at, "class-map"))
		class_map(at);
	else if (ios_is(at, "policy-map"))
		policy_map(at);
	else
		return false;
	return true;
}
