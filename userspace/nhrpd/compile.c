// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A statement is an ordered list of lines that permit or deny. Those of a
 * match-any class come one after the other, and a line that denies leads to the
 * next statement. Those of a match-all class are multiplied: line (a, b), in
 * the order of a, then of b, is what both match, and permits if both do. The
 * first of the product's lines that a header matches is made of the first that
 * it matches in each, because each list ends with a line that matches all.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nhrpd/acl_names.h"
#include "nhrpd/compile.h"

/* Netlink's share of an attribute, and a small attribute with it. */
#define NESTED		4
#define ATTRIBUTE	8

static int bad(char error[static ACL_ERROR], const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int bad(char error[static ACL_ERROR], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error, ACL_ERROR, format, args);
	va_end(args);
	return -1;
}

/* ---- what has been defined ---- */

struct access_list *class_maps_add_list(struct class_maps *cm, const char *name)
{
	struct access_list *more = reallocarray(cm->list, cm->n_list + 1,
						sizeof(*more));

	if (!more)
		return NULL;
	cm->list = more;
	more += cm->n_list++;
	*more = (struct access_list){ 0 };
	snprintf(more->name, sizeof(more->name), "%s", name);
	return more;
}

struct class_map *class_maps_add_map(struct class_maps *cm, const char *name)
{
	struct class_map *more = reallocarray(cm->map, cm->n_map + 1,
					      sizeof(*more));

	if (!more)
		return NULL;
	cm->map = more;
	more += cm->n_map++;
	*more = (struct class_map){ 0 };
	snprintf(more->name, sizeof(more->name), "%s", name);
	return more;
}

const struct access_list *class_maps_find_list(const struct class_maps *cm,
					       const char *name)
{
	size_t i;

	for (i = 0; i < cm->n_list; i++)
		if (!strcmp(cm->list[i].name, name))
			return &cm->list[i];
	return NULL;
}

const struct class_map *class_maps_find_map(const struct class_maps *cm,
					    const char *name)
{
	size_t i;

	for (i = 0; i < cm->n_map; i++)
		if (!strcmp(cm->map[i].name, name))
			return &cm->map[i];
	return NULL;
}

void class_maps_free(struct class_maps *cm)
{
	size_t i;

	for (i = 0; i < cm->n_list; i++)
		policy_lines_free(&cm->list[i].lines);
	for (i = 0; i < cm->n_map; i++) {
		policy_texts_free(&cm->map[i].match);
		policy_lines_free(&cm->map[i].lines);
	}
	free(cm->list);
	free(cm->map);
	*cm = (struct class_maps){ 0 };
}

/* ---- lines ---- */

static bool all_ports(const struct policy_line *line)
{
	return !line->sport_min && line->sport_max == UINT16_MAX &&
	       !line->dport_min && line->dport_max == UINT16_MAX;
}

static bool matches_all(const struct policy_line *line)
{
	return !line->family && addr_is_none(&line->src.addr) &&
	       addr_is_none(&line->dst.addr) &&
	       line->protocol == POLICY_ANY_PROTOCOL && all_ports(line) &&
	       !line->dscp_mask && !line->fragment;
}

static size_t prefix_bytes(const struct prefix *p)
{
	if (addr_is_none(&p->addr))
		return 0;
	return NESTED + p->addr.len + ATTRIBUTE;
}

/* What it takes in a netlink message, or a little less. */
static size_t line_bytes(const struct policy_line *line)
{
	return NESTED + 2 * ATTRIBUTE + (line->family ? ATTRIBUTE : 0) +
	       prefix_bytes(&line->src) + prefix_bytes(&line->dst) +
	       (line->protocol >= 0 ? ATTRIBUTE : 0) +
	       (all_ports(line) ? 0 : 4 * ATTRIBUTE) +
	       (line->dscp_mask ? 2 * ATTRIBUTE : 0) +
	       (line->fragment ? ATTRIBUTE : 0);
}

static bool meet_prefix(struct prefix *p, const struct prefix *other)
{
	if (addr_is_none(&other->addr) || prefix_covers(other, p))
		return true;
	if (!addr_is_none(&p->addr) && !prefix_covers(p, other))
		return false;
	*p = *other;
	return true;
}

static bool meet_ports(uint16_t *min, uint16_t *max, uint16_t other_min,
		       uint16_t other_max)
{
	if (*min < other_min)
		*min = other_min;
	if (*max > other_max)
		*max = other_max;
	return *min <= *max;
}

/* Make @line what both match; false if nothing can. */
static bool meet(struct policy_line *line, const struct policy_line *other)
{
	if (line->family && other->family && line->family != other->family)
		return false;
	line->family |= other->family;
	if (line->protocol >= 0 && other->protocol >= 0 &&
	    line->protocol != other->protocol)
		return false;
	if (line->protocol < 0)
		line->protocol = other->protocol;
	if ((line->dscp ^ other->dscp) & line->dscp_mask & other->dscp_mask)
		return false;
	line->dscp |= other->dscp;
	line->dscp_mask |= other->dscp_mask;
	line->fragment |= other->fragment;
	return meet_prefix(&line->src, &other->src) &&
	       meet_prefix(&line->dst, &other->dst) &&
	       meet_ports(&line->sport_min, &line->sport_max,
			  other->sport_min, other->sport_max) &&
	       meet_ports(&line->dport_min, &line->dport_max,
			  other->dport_min, other->dport_max) &&
	       !(line->fragment && !all_ports(line));
}

/* ---- statements ---- */

/**
 * struct words - of a statement
 * @buf: where they are
 * @rest: those behind the one that was taken
 */
struct words {
	char *buf;
	char *rest;
};

static const char *next(struct words *w)
{
	const char *word = strtok_r(NULL, " \t", &w->rest);

	return word ? word : "";
}

static int add(struct policy_lines *lines, const struct policy_line *line,
	       char error[static ACL_ERROR])
{
	return policy_lines_add(lines, line) ? bad(error, "out of memory") : 0;
}

static int match_access_group(const struct class_maps *cm, struct words *w,
			      struct policy_lines *lines,
			      char error[static ACL_ERROR])
{
	const struct access_list *list;
	const char *name = next(w);
	size_t i;

	if (!strcmp(name, "name"))
		name = next(w);
	list = class_maps_find_list(cm, name);
	if (!list)
		return bad(error, "access-group %s: no access-list of that name stands before this",
			   name);
	for (i = 0; i < list->lines.n; i++)
		if (add(lines, &list->lines.v[i], error))
			return -1;
	return 0;
}

static int match_codes(struct words *w, unsigned int family, bool precedence,
		       struct policy_lines *lines,
		       char error[static ACL_ERROR])
{
	const char *word = next(w), *kind = precedence ? "precedence" : "dscp";
	struct policy_line line = policy_line_any();
	uint8_t value;

	line.family = (uint8_t)family;
	line.dscp_mask = precedence ? 0x38 : 0x3f;
	do {
		if (precedence ? policy_precedence_parse(word, &value) :
				 policy_dscp_parse(word, &value))
			return bad(error, "%s \"%s\": use %s", kind, word,
				   precedence ? "a name as critical, or 0 to 7" :
				   "a name as af31, ef, cs6 or default, or 0 to 63");
		line.dscp = precedence ? (uint8_t)(value << 3) : value;
		if (add(lines, &line, error))
			return -1;
	} while (*(word = next(w)));
	return 0;
}

static int match_protocol(struct words *w, struct policy_lines *lines,
			  char error[static ACL_ERROR])
{
	struct policy_line line = policy_line_any();
	const char *word = next(w);
	uint8_t protocol;

	if (!strcmp(word, "ip")) {
		line.family = 4;
	} else if (!strcmp(word, "ipv6")) {
		line.family = 6;
	} else if (acl_protocol_parse(word, &protocol)) {
		return bad(error, "protocol \"%s\": use ip, ipv6, tcp, udp, icmp or another name of an IP protocol, or its number; ports are for an access list",
			   word);
	} else {
		line.protocol = protocol;
	}
	return add(lines, &line, error);
}

static int match_any(struct policy_lines *lines, char error[static ACL_ERROR])
{
	struct policy_line line = policy_line_any();

	return add(lines, &line, error);
}

static int match(const struct class_maps *cm, struct words *w, const char *word,
		 struct policy_lines *lines, char error[static ACL_ERROR])
{
	unsigned int family = strcmp(word, "ip") ? 0 : 4;

	if (family)
		word = next(w);
	if (!strcmp(word, "dscp") || !strcmp(word, "precedence"))
		return match_codes(w, family, *word == 'p', lines, error);
	if (!family && !strcmp(word, "any"))
		return match_any(lines, error);
	if (!family && !strcmp(word, "access-group"))
		return match_access_group(cm, w, lines, error);
	if (!family && !strcmp(word, "protocol"))
		return match_protocol(w, lines, error);
	return bad(error, "match \"%s\": use access-group NAME, dscp CODE ..., precedence CODE ..., protocol NAME or any, each with not before it if wanted",
		   word);
}

static int end_list(struct policy_lines *lines, char error[static ACL_ERROR])
{
	struct policy_line line = policy_line_any();

	line.deny = 1;
	return add(lines, &line, error);
}

int compile_statement(const struct class_maps *cm, const char *text,
		      struct policy_lines *lines,
		      char error[static ACL_ERROR])
{
	struct words w = { .buf = strdup(text) };
	const char *word;
	bool not;
	size_t i;
	int err;

	if (!w.buf)
		return bad(error, "out of memory");
	word = strtok_r(w.buf, " \t", &w.rest);
	not = word && !strcmp(word, "not");
	if (not)
		word = next(&w);
	err = match(cm, &w, word ? word : "", lines, error);
	word = next(&w);
	if (!err && *word)
		err = bad(error, "match \"%s\": what is \"%s\"?", text, word);
	free(w.buf);
	if (!err)
		err = end_list(lines, error);
	for (i = 0; not && i < lines->n; i++)
		lines->v[i].deny = !lines->v[i].deny;
	return err;
}

/* ---- class maps ---- */

/*
 * From what permits and denies to where the search goes on: the lines from
 * @first on are one list. Nobody comes to what stands behind a line that
 * matches all, and lines that deny at the end say what is so without them.
 */
static void settle(struct policy_lines *lines, size_t first)
{
	size_t i;

	for (i = first; i < lines->n; i++)
		if (matches_all(&lines->v[i]))
			lines->n = i + 1;
	while (lines->n > first && lines->v[lines->n - 1].deny)
		lines->n--;
	for (i = first; i < lines->n; i++)
		if (lines->v[i].deny)
			lines->v[i].deny = (uint32_t)(lines->n - i);
}

/* As add, within what a class may take. */
static int add_line(struct policy_lines *lines, const struct policy_line *line,
		    size_t *bytes, char error[static ACL_ERROR])
{
	*bytes += line_bytes(line);
	if (*bytes > COMPILE_BYTES)
		return bad(error, "too many lines: the kernel takes %zu of this class: split it, or write prefixes",
			   lines->n);
	return add(lines, line, error);
}

static int append(struct policy_lines *to, const struct policy_lines *from,
		  uint32_t statement, size_t *bytes,
		  char error[static ACL_ERROR])
{
	struct policy_line line;
	size_t i, first = to->n;

	for (i = 0; i < from->n; i++) {
		line = from->v[i];
		line.statement = statement;
		if (add_line(to, &line, bytes, error))
			return -1;
	}
	settle(to, first);
	return 0;
}

static int multiply(struct policy_lines *product, const struct policy_lines *a,
		    const struct policy_lines *b,
		    char error[static ACL_ERROR])
{
	struct policy_line line;
	size_t i, k, bytes = 0;

	for (i = 0; i < a->n; i++) {
		line = a->v[i];
		if (line.deny && add_line(product, &line, &bytes, error))
			return -1;
		for (k = 0; !a->v[i].deny && k < b->n; k++) {
			line = a->v[i];
			if (!meet(&line, &b->v[k]))
				continue;
			line.deny = b->v[k].deny;
			if (add_line(product, &line, &bytes, error))
				return -1;
		}
	}
	return 0;
}

/* @lines become those that are in them and in @other. */
static int restrict_to(struct policy_lines *lines,
		       const struct policy_lines *other,
		       char error[static ACL_ERROR])
{
	struct policy_lines product = { 0 };

	if (multiply(&product, lines, other, error)) {
		policy_lines_free(&product);
		return -1;
	}
	policy_lines_free(lines);
	*lines = product;
	return 0;
}

int compile_class_map(const struct class_maps *cm, struct class_map *map,
		      char error[static ACL_ERROR])
{
	struct policy_lines one = { 0 };
	size_t i, bytes = 0;
	int err = 0;

	if (map->match_all)
		err = match_any(&map->lines, error);
	for (i = 0; !err && i < map->match.n; i++) {
		err = compile_statement(cm, map->match.v[i], &one, error);
		if (!err && map->match_all)
			err = restrict_to(&map->lines, &one, error);
		else if (!err)
			err = append(&map->lines, &one, (uint32_t)i, &bytes,
				     error);
		policy_lines_free(&one);
	}
	if (map->match_all)
		settle(&map->lines, 0);
	return err;
}
