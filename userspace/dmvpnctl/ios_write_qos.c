// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Access lists, class maps and policy maps of nhrpd.conf. A policy is written
 * once for tunnels and peers, and once for the underlay, where the same line
 * means the outer header.
 */
#include <string.h>

#include "dmvpnctl/ios.h"
#include "nhrpd/acl_names.h"

#define DEFAULT_CLASS	"class-default"
#define DEPTH_MAX	3
#define MARKS		(IOS_ROLE_OUTPUT | IOS_ROLE_UNDERLAY)
#define BASE		(IOS_ROLE_OUTPUT | IOS_ROLE_QUEUE)

/* ---- roles ---- */

static const char *our_name(struct ios *ios, const struct ios_policy *policy,
			    unsigned int role)
{
	if (role == IOS_ROLE_UNDERLAY && policy->roles & BASE)
		return ios_quote(ios, ios_format(ios, "%s-underlay",
						 policy->name));
	return ios_quote(ios, policy->name);
}

/* A shaper around all is none of an interface's: the classes stand alone. */
static struct ios_policy *marking(struct ios *ios, struct ios_policy *policy)
{
	struct ios_class *only = policy->classes;
	struct ios_policy *child;

	if (!only || only->next || !only->child ||
	    strcmp(only->name, DEFAULT_CLASS))
		return policy;
	child = ios_find_policy(ios, only->child);
	if (!child || child == policy)
		return policy;
	policy->used = true;
	ios_change(ios, only->child_line,
		   "an interface has the marks of its classes without the shaper around them");
	return child;
}

/* Of a class; what is a part is so of the rate around its policy. */
static uint64_t rate_of(const struct ios_class *class, uint64_t around)
{
	const struct ios_action *action;

	for (action = class->actions; action; action = action->next)
		if (!strcmp(action->option, "shape"))
			return action->bits ? action->bits :
					      around * action->percent / 100;
	return around;
}

/* Those that divide a queue's classes have that role, too. */
static bool divide(struct ios *ios, struct ios_policy *policy,
		   unsigned int depth, uint64_t rate)
{
	struct ios_class *class;
	struct ios_policy *child;

	policy->rates |= policy->roles & IOS_ROLE_QUEUE &&
			 rate != policy->rate;
	policy->rate = rate;
	policy->used = true;
	policy->roles |= IOS_ROLE_QUEUE;
	policy->open = true;
	for (class = policy->classes; class; class = class->next) {
		if (!class->child)
			continue;
		child = ios_find_policy(ios, class->child);
		if (!child)
			ios_lose(ios, class->child_line,
				 "there is no policy-map of that name");
		else if (child->open || depth == DEPTH_MAX)
			ios_lose(ios, class->child_line,
				 "policies are three deep at most");
		else if (divide(ios, child, depth + 1, rate_of(class, rate)))
			continue;
		class->child = NULL;
	}
	policy->open = false;
	return true;
}

const char *ios_policy_adaptive(struct ios *ios, const char *name)
{
	const struct ios_policy *policy = ios_find_policy(ios, name);
	struct ios_class *class = policy->classes;

	while (class && !class->adaptive)
		class = class->next;
	if (!class)
		return NULL;
	if (class == policy->classes && !class->next &&
	    !strcmp(class->name, DEFAULT_CLASS) && rate_of(class, 0))
		return class->adaptive;
	ios_lose(ios, class->adaptive_line,
		 "a rate adapts between bits a second of a policy that has class-default alone");
	return NULL;
}

const char *ios_policy_role(struct ios *ios, struct ios_line *line,
			    const char *name, unsigned int role)
{
	struct ios_policy *policy = ios_find_policy(ios, name);

	if (!policy) {
		ios_lose(ios, line, "there is no policy-map of that name");
		return NULL;
	}
	if (role == IOS_ROLE_QUEUE) {
		divide(ios, policy, 1, 0);
	} else {
		policy = marking(ios, policy);
		policy->used = true;
		policy->roles |= role;
	}
	return our_name(ios, policy, role);
}

static bool has_marks(const struct ios_policy *policy)
{
	const struct ios_action *action;
	const struct ios_class *class;

	for (class = policy->classes; class; class = class->next)
		for (action = class->actions; action; action = action->next)
			if (action->kind != IOS_QUEUE)
				return true;
	return false;
}

/* That sets marks, of those within a queue's; NULL for none. */
static struct ios_policy *marks_within(const struct ios *ios,
				       struct ios_policy *policy,
				       unsigned int depth)
{
	struct ios_policy *found = NULL;
	const struct ios_class *class;

	if (!policy || depth > DEPTH_MAX)
		return NULL;
	if (has_marks(policy))
		return policy;
	for (class = policy->classes; class && !found; class = class->next)
		if (class->child)
			found = marks_within(ios,
					     ios_find_policy(ios, class->child),
					     depth + 1);
	return found;
}

const char *ios_policy_of_groups(struct ios *ios,
				 const struct ios_option *groups)
{
	struct ios_policy *only = NULL, *found;
	const struct ios_option *group, *first = NULL;

	for (group = groups; group; group = group->next->next) {
		found = ios_find_policy(ios, group->next->text);
		found = marks_within(ios, found, 1);
		if (!found)
			continue;
		if (only && found != only)
			return NULL;
		only = found;
		first = first ? first : group;
	}
	if (!only)
		return NULL;
	only->roles |= IOS_ROLE_OUTPUT;
	ios_change(ios, first->line,
		   "what the classes of %s set is set for all that goes into the tunnel: service-policy-output",
		   only->name);
	return our_name(ios, only, IOS_ROLE_OUTPUT);
}

/* ---- access lists and class maps ---- */

static void write_acl(struct ios *ios, const struct ios_acl *acl,
		      struct ios_text *t)
{
	const struct ios_option *line;

	ios_put(t, "access-list %s {\n\tlines = {\n",
		ios_quote(ios, acl->name));
	for (line = acl->lines; line; line = line->next)
		ios_put(t, "\t\t\"%s\"%s\n", line->text, line->next ? "," : "");
	ios_put(t, "\t}\n}\n\n");
}

/* Lists that are there count; what has none is not what it was. */
static void check_match(struct ios *ios, struct ios_class_map *map,
			struct ios_option *match)
{
	static const char word[] = "access-group ";
	const char *at = strstr(match->text, word);
	struct ios_acl *acl;

	if (!at)
		return;
	acl = ios_find_acl(ios, at + strlen(word));
	if (acl) {
		acl->used = true;
		if (acl->lines)
			return;
	}
	match->text = NULL;
	map->broken |= !map->match_any;
	ios_lose(ios, match->line, acl ? "no line of the list carries over" :
					 "there is no access list of that name");
}

static struct ios_class_map *find_class_map(const struct ios *ios,
					    const char *name)
{
	struct ios_class_map *map = ios->class_maps;

	while (map && strcmp(map->name, name))
		map = map->next;
	return map;
}

static void use_class_map(struct ios *ios, struct ios_class_map *map)
{
	struct ios_option *match;
	bool any = false;

	if (map->used)
		return;
	map->used = true;
	for (match = map->match; match; match = match->next) {
		check_match(ios, map, match);
		any |= match->text != NULL;
	}
	map->broken |= !any;
	if (map->broken)
		ios_lose_section(ios, map->line,
				 "not all that it needs carries over");
}

/* Where there is no class map an access list of that name will do. */
static struct ios_class_map *of_acl(struct ios *ios, struct ios_class *class)
{
	struct ios_class_map *map;
	struct ios_acl *acl = ios_find_acl(ios, class->name);

	if (!acl)
		return NULL;
	map = ios_add(ios, &ios->class_maps);
	map->line = class->line;
	map->name = class->name;
	map->match_any = true;
	map->match = ios_alloc(ios, sizeof(*map->match));
	map->match->line = class->line;
	map->match->text = ios_format(ios, "access-group %s", class->name);
	ios_change(ios, class->line,
		   "there is no class-map of that name: it has what the access list of that name permits");
	return map;
}

static void lose_class(struct ios *ios, struct ios_class *class,
		       const char *why)
{
	struct ios_line *line = class->line;

	ios_lose(ios, line, "%s", why);
	for (line++; line < ios->line + ios->n && line->indented; line++) {
		if (line->n && !strcmp(line->word[0], "class"))
			break;
		if (line->fate == IOS_TAKEN || line->fate == IOS_CHANGED)
			ios_lose(ios, line, "its class does not carry over");
	}
}

/* The class can be written. */
static bool use_class(struct ios *ios, struct ios_class *class)
{
	struct ios_class_map *map;

	if (!strcmp(class->name, DEFAULT_CLASS))
		return true;
	map = find_class_map(ios, class->name);
	if (!map)
		map = of_acl(ios, class);
	if (!map) {
		lose_class(ios, class, "there is no class-map of that name");
		return false;
	}
	use_class_map(ios, map);
	if (map->broken)
		lose_class(ios, class, "its class-map does not carry over");
	return !map->broken;
}

static void write_class_map(struct ios *ios, const struct ios_class_map *map,
			    struct ios_text *t)
{
	const struct ios_option *match;
	const char *comma = "";

	ios_put(t, "class-map %s {\n\tmatch-%s = {", ios_quote(ios, map->name),
		map->match_any ? "any" : "all");
	for (match = map->match; match; match = match->next) {
		if (!match->text)
			continue;
		ios_put(t, "%s \"%s\"", comma, match->text);
		comma = ",";
	}
	ios_put(t, " }\n}\n\n");
}

/* ---- classes ---- */

static bool has(const struct ios_class *class, const char *option)
{
	const struct ios_action *action;

	for (action = class->actions; action; action = action->next)
		if (!strcmp(action->option, option))
			return true;
	return false;
}

static unsigned int percent_of(const struct ios_class *class)
{
	const struct ios_action *action;
	uint64_t value;
	unsigned int sum = 0;

	for (action = class->actions; action; action = action->next)
		if (strstr(action->option, "-percent") &&
		    !acl_number(action->value, 100, &value))
			sum += (unsigned int)value;
	return sum;
}

static void add_percent(struct ios *ios, struct ios_class *class,
			struct ios_line *line, const char *option,
			unsigned int percent)
{
	struct ios_action *action = ios_add(ios, &class->actions);

	percent = percent ? percent : 1;
	action->line = line;
	action->kind = IOS_QUEUE;
	action->option = option;
	action->value = ios_format(ios, "%u", percent);
	ios_change(ios, line, "as %s = %u", option, percent);
}

/* "priority" goes as fast as the policer of its class. */
static void take_policer(struct ios *ios, struct ios_class *class)
{
	struct ios_action *action;

	for (action = class->actions; action; action = action->next) {
		if (!strcmp(action->option, "police-burst"))
			action->option = "priority-burst";
		if (strcmp(action->option, "police"))
			continue;
		action->option = "priority";
		if (action->percent) {
			action->option = "priority-percent";
			action->value = ios_format(ios, "%u", action->percent);
			action->percent = 0;
		}
		class->priority = false;
		ios_change(ios, class->priority_line,
			   "at the rate of its policer");
	}
}

static bool has_share(const struct ios_class *class)
{
	return class->priority || percent_of(class) || has(class, "priority") ||
	       has(class, "bandwidth");
}

/* What others leave is divided by all ratios; who has none has 1. */
static unsigned int share_of(const struct ios_policy *policy,
			     const struct ios_class *class, unsigned int left)
{
	const struct ios_class *other;
	uint64_t sum = 0;
	bool rest = false;

	if (!class->ratio)
		return left * class->remaining / 100;
	for (other = policy->classes; other; other = other->next) {
		rest |= !strcmp(other->name, DEFAULT_CLASS);
		sum += other->ratio ? other->remaining : !has_share(other);
	}
	return (unsigned int)(left * (uint64_t)class->remaining /
			      (sum + !rest));
}

static void settle_remaining(struct ios *ios, struct ios_policy *policy,
			     unsigned int left)
{
	struct ios_class *class;

	for (class = policy->classes; class; class = class->next) {
		if (!class->remaining)
			continue;
		if (class == policy->classes && !class->next &&
		    !strcmp(class->name, DEFAULT_CLASS))
			ios_lose(ios, class->remaining_line,
				 "peers take turns, each as its shaper allows: there are no shares between them");
		else
			add_percent(ios, class, class->remaining_line,
				    "bandwidth-percent",
				    share_of(policy, class, left));
	}
}

/* What IOS divides as it goes is said in percent of the whole. */
static void settle_shares(struct ios *ios, struct ios_policy *policy)
{
	struct ios_class *class;
	unsigned int left = 100, half;

	for (class = policy->classes; class; class = class->next)
		if (class->priority)
			take_policer(ios, class);
	for (class = policy->classes; class; class = class->next)
		left -= left < percent_of(class) ? left : percent_of(class);
	for (class = policy->classes; class; class = class->next) {
		if (!class->priority)
			continue;
		half = left / 2;
		add_percent(ios, class, class->priority_line,
			    "priority-percent", half);
		left -= half;
	}
	settle_remaining(ios, policy, left);
}

/* A percentage that nhrpd wants as a rate; false if there is none. */
static bool settle_rate(struct ios *ios, const struct ios_policy *policy,
			struct ios_action *action)
{
	if (!action->percent)
		return true;
	action->bits = policy->rate * action->percent / 100;
	action->value = ios_rate_text(ios, action->bits);
	if (action->bits && !policy->rates) {
		ios_change(ios, action->line, "as %s = %s", action->option,
			   action->value);
		return true;
	}
	ios_lose(ios, action->line, policy->rates ?
		 "the policies around it have several rates: give each a policy of its own inside" :
		 "there is no shaper around it: write bits a second");
	return false;
}

static void settle_rates(struct ios *ios, struct ios_policy *policy)
{
	struct ios_action **link;
	struct ios_class *class;

	for (class = policy->classes; class; class = class->next) {
		link = &class->actions;
		while (*link)
			if (settle_rate(ios, policy, *link))
				link = &(*link)->next;
			else
				*link = (*link)->next;
	}
}

#define NO_QUEUE \
	"an interface's policy sets marks: queue towards peers by their group, or with tc on the underlay's device"

/* Lines that no role of the policy has a use for. */
static void settle_class(struct ios *ios, const struct ios_policy *policy,
			 struct ios_class *class)
{
	bool queues = policy->roles & IOS_ROLE_QUEUE;
	const struct ios_action *action;

	for (action = class->actions; action; action = action->next)
		if (action->kind == IOS_QUEUE && !queues)
			ios_lose(ios, action->line, NO_QUEUE);
		else if (action->kind != IOS_QUEUE && !(policy->roles & MARKS))
			ios_lose(ios, action->line,
				 "a queue sets no marks: write it into the one policy of the tunnel interface");
	if (class->priority && !queues)
		ios_lose(ios, class->priority_line, NO_QUEUE);
	if (class->remaining && !queues)
		ios_lose(ios, class->remaining_line, NO_QUEUE);
	/* That of a shaper around all has been put in its place. */
	if (!class->child || queues || !policy->roles)
		return;
	ios_lose(ios, class->child_line,
		 "an interface's policy sets marks, and has no other inside");
	class->child = NULL;
}

static bool fits(const struct ios_policy *policy,
		 const struct ios_action *action, unsigned int role)
{
	if (action->kind == IOS_QUEUE)
		return role != IOS_ROLE_UNDERLAY &&
		       policy->roles & IOS_ROLE_QUEUE;
	return role == IOS_ROLE_UNDERLAY || policy->roles & IOS_ROLE_OUTPUT;
}

static void write_class(struct ios *ios, const struct ios_policy *policy,
			const struct ios_class *class, unsigned int role,
			struct ios_text *t)
{
	const struct ios_action *action;
	const char *option;

	ios_put(t, "\tclass %s {\n", ios_quote(ios, class->name));
	for (action = class->actions; action; action = action->next) {
		option = action->option;
		if (role == IOS_ROLE_UNDERLAY && action->kind == IOS_SET)
			option = "set-outer-dscp";
		if (fits(policy, action, role))
			ios_put(t, "\t\t%s = %s\n", option, action->value);
	}
	if (class->child && role != IOS_ROLE_UNDERLAY)
		ios_put(t, "\t\tservice-policy = %s\n",
			our_name(ios, ios_find_policy(ios, class->child),
				 IOS_ROLE_QUEUE));
	ios_put(t, "\t}\n");
}

static void write_policy(struct ios *ios, struct ios_policy *policy,
			 unsigned int role, struct ios_text *t)
{
	struct ios_class *class, *last = NULL;
	bool any = false;

	ios_put(t, "policy-map %s {\n", our_name(ios, policy, role));
	for (class = policy->classes; class; class = class->next) {
		if (!strcmp(class->name, DEFAULT_CLASS)) {
			last = class;
		} else if (use_class(ios, class)) {
			write_class(ios, policy, class, role, t);
			any = true;
		}
	}
	if (last)
		write_class(ios, policy, last, role, t);
	else if (!any)
		ios_put(t, "\tclass " DEFAULT_CLASS " { }\n");
	ios_put(t, "}\n\n");
}

/* ---- the whole ---- */

static void write_policies(struct ios *ios, struct ios_policy *policy,
			   struct ios_text *t)
{
	struct ios_class *class;
	unsigned int roles = policy->roles;

	if (policy->written)
		return;
	policy->written = roles;
	for (class = policy->classes; class; class = class->next)
		if (class->child && roles & IOS_ROLE_QUEUE)
			write_policies(ios, ios_find_policy(ios, class->child),
				       t);
	if (roles & BASE)
		write_policy(ios, policy, roles & IOS_ROLE_OUTPUT ?
			     IOS_ROLE_OUTPUT : IOS_ROLE_QUEUE, t);
	if (roles & IOS_ROLE_UNDERLAY)
		write_policy(ios, policy, IOS_ROLE_UNDERLAY, t);
}

void ios_write_qos(struct ios *ios, struct ios_text *t)
{
	struct ios_text policies = { 0 };
	struct ios_class_map *map;
	struct ios_policy *policy;
	struct ios_class *class;
	struct ios_acl *acl;

	for (policy = ios->policies; policy; policy = policy->next)
		for (class = policy->classes; policy->used && class;
		     class = class->next)
			settle_class(ios, policy, class);
	for (policy = ios->policies; policy; policy = policy->next)
		if (policy->roles & IOS_ROLE_QUEUE) {
			settle_shares(ios, policy);
			settle_rates(ios, policy);
		}
	for (policy = ios->policies; policy; policy = policy->next)
		if (policy->roles)
			write_policies(ios, policy, &policies);
	for (acl = ios->acls; acl; acl = acl->next)
		if (acl->used && acl->lines)
			write_acl(ios, acl, t);
	for (map = ios->class_maps; map; map = map->next)
		if (map->used && !map->broken)
			write_class_map(ios, map, t);
	if (policies.data)
		ios_put(t, "%s", policies.data);
	ios_text_free(&policies);
}
