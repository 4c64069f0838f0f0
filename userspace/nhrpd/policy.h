/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Policies as the kernel takes them: classes, each with flat lines that a
 * header is compared with, and with settings. compile.c makes the lines of what
 * the operator wrote.
 */
#ifndef NHRPD_POLICY_H
#define NHRPD_POLICY_H

#include <linux/dmvpn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/addr.h"

#define POLICY_NAME		64	/* with its end */
#define POLICY_DEFAULT_CLASS	"class-default"
#define POLICY_ANY_PROTOCOL	-1
#define POLICY_VALUE_TEXT	32
#define POLICY_LINE_TEXT	320

/**
 * struct policy_line - a line of a class: a header that has all of it
 * @statement: match statement of its class that it is of
 * @deny: 0 to permit; else the search goes on so many lines further down
 * @family: 4, 6 or 0 for both
 * @src: prefix, none for any
 * @dst: prefix, none for any
 * @protocol: or POLICY_ANY_PROTOCOL
 * @sport_min: source ports, or ICMP types; 0 to 65535 for all, and for who has
 *	none
 * @sport_max: see @sport_min
 * @dport_min: destination ports, or ICMP codes; see @sport_min
 * @dport_max: see @sport_min
 * @dscp: under @dscp_mask
 * @dscp_mask: 0 for any
 * @fragment: only what is not the first fragment
 */
struct policy_line {
	uint32_t statement;
	uint32_t deny;
	uint8_t family;
	struct prefix src;
	struct prefix dst;
	int16_t protocol;
	uint16_t sport_min;
	uint16_t sport_max;
	uint16_t dport_min;
	uint16_t dport_max;
	uint8_t dscp;
	uint8_t dscp_mask;
	bool fragment;
};

/**
 * struct policy_lines - an array
 * @v: array of @n, room for @size
 * @n: their number
 * @size: see @v
 */
struct policy_lines {
	struct policy_line *v;
	size_t n;
	size_t size;
};

/**
 * struct policy_texts - an array of texts
 * @v: array of @n
 * @n: their number
 */
struct policy_texts {
	char **v;
	size_t n;
};

/**
 * struct policy_class - a class
 * @name: of it
 * @match_all: all of its statements have to match, and its lines are of them
 *	together
 * @match: its statements as the operator wrote them
 * @lines: of it
 * @has: bit for each of DMVPN_A_CLASS_* that is set
 * @value: of those, by their number
 * @child: policy that divides it, "" for none
 */
struct policy_class {
	char name[POLICY_NAME];
	bool match_all;
	struct policy_texts match;
	struct policy_lines lines;
	uint64_t has;
	uint64_t value[DMVPN_A_CLASS_MAX + 1];
	char child[POLICY_NAME];
};

/**
 * struct policy - a named list of classes
 * @name: of it
 * @class: array of @n; class-default is last if it is there
 * @n: their number
 */
struct policy {
	char name[POLICY_NAME];
	struct policy_class *class;
	size_t n;
};

/**
 * struct policies - several, each behind those that it refers to
 * @v: array of @n
 * @n: their number
 */
struct policies {
	struct policy *v;
	size_t n;
};

/**
 * enum policy_kind - how the value of a setting is written
 * @POLICY_NUMBER: a number
 * @POLICY_DSCP: a code point, by name or number
 * @POLICY_CLASSID: a number, or as tc has it: "1:10"
 * @POLICY_RATE: bits a second, with a unit
 * @POLICY_TIME: microseconds, with a unit
 * @POLICY_SWITCH: true or false
 */
enum policy_kind {
	POLICY_NUMBER,
	POLICY_DSCP,
	POLICY_CLASSID,
	POLICY_RATE,
	POLICY_TIME,
	POLICY_SWITCH,
};

/**
 * struct policy_setting - one thing that a class may have
 * @name: in the configuration
 * @attr: DMVPN_A_CLASS_*
 * @kind: of its value
 * @bytes: of the attribute
 * @min: least value
 * @max: largest
 * @needs: name of another one without which it has no meaning, or NULL
 */
struct policy_setting {
	const char *name;
	uint16_t attr;
	enum policy_kind kind;
	uint8_t bytes;
	uint64_t min;
	uint64_t max;
	const char *needs;
};

extern const struct policy_setting policy_settings[];
extern const size_t policy_n_settings;

static inline bool policy_has(const struct policy_class *class,
			      unsigned int attr)
{
	return class->has >> attr & 1;
}

static inline void policy_set_value(struct policy_class *class,
				    unsigned int attr, uint64_t value)
{
	class->has |= UINT64_C(1) << attr;
	class->value[attr] = value;
}

/* NULL if there is none of that name. */
const struct policy_setting *policy_setting_find(const char *name);
/* 0, or -1 if @text is no value that @setting can have. */
int policy_value_parse(const struct policy_setting *setting, const char *text,
		       uint64_t *value);
/* What a setting can have, for errors. */
const char *policy_value_hint(const struct policy_setting *setting);
/* "af31", "1:10", "5000000". Returns @buf. */
const char *policy_value_format(const struct policy_setting *setting,
				uint64_t value,
				char buf[static POLICY_VALUE_TEXT]);

/* 0, or -1 if @text is no code point. */
int policy_dscp_parse(const char *text, uint8_t *dscp);
/* 0, or -1 if @text is no precedence. */
int policy_precedence_parse(const char *text, uint8_t *precedence);
/* NULL if it has no name. */
const char *policy_dscp_name(uint8_t dscp);

/* A line that matches all. */
struct policy_line policy_line_any(void);
/* As a line of an access list. Returns @buf. */
const char *policy_line_format(const struct policy_line *line,
			       char buf[static POLICY_LINE_TEXT]);

/* These return 0, or -1 without memory. */
int policy_lines_add(struct policy_lines *lines,
		     const struct policy_line *line);
int policy_texts_add(struct policy_texts *texts, const char *text);
int policy_texts_copy(struct policy_texts *to, const struct policy_texts *from);
void policy_texts_free(struct policy_texts *texts);
void policy_lines_free(struct policy_lines *lines);

/* Zeroed ones at the end of the array; NULL without memory. */
struct policy *policies_add(struct policies *ps, const char *name);
struct policy_class *policy_add_class(struct policy *p, const char *name);
const struct policy *policies_find(const struct policies *ps, const char *name);
/* The kernel would see no difference. */
bool policy_equal(const struct policy *a, const struct policy *b);
/* Bits a second of all that it queues, 0 if it has no shaper for all. */
uint64_t policy_rate(const struct policy *p);
/* Deep copy; 0, or -1 without memory, and @to is empty. */
int policies_copy(struct policies *to, const struct policies *from);
void policies_free(struct policies *ps);

#endif
