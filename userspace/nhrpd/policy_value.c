// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The settings of a class and their values as text; lines as text.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "nhrpd/acl_names.h"
#include "nhrpd/policy.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))
#define RATE_MIN	UINT64_C(1000)
#define RATE_MAX	UINT64_C(1000000000000)
#define BURST_MIN	1500
#define BURST_MAX	(1u << 30)
#define TIME_MAX	10000000	/* ten seconds */

#define RATE(n, a) \
	{ .name = (n), .attr = (a), .kind = POLICY_RATE, .bytes = 8, \
	  .min = RATE_MIN, .max = RATE_MAX }
#define PERCENT(n, a) \
	{ .name = (n), .attr = (a), .bytes = 4, .min = 1, .max = 100 }
#define BURST(n, a, of) \
	{ .name = (n), .attr = (a), .bytes = 4, .min = BURST_MIN, \
	  .max = BURST_MAX, .needs = (of) }

const struct policy_setting policy_settings[] = {
	{ .name = "set-dscp", .attr = DMVPN_A_CLASS_SET_INNER_DSCP,
	  .kind = POLICY_DSCP, .bytes = 1, .max = 63 },
	{ .name = "set-outer-dscp", .attr = DMVPN_A_CLASS_SET_OUTER_DSCP,
	  .kind = POLICY_DSCP, .bytes = 1, .max = 63 },
	{ .name = "set-mark", .attr = DMVPN_A_CLASS_SET_MARK, .bytes = 4,
	  .max = UINT32_MAX },
	{ .name = "set-priority", .attr = DMVPN_A_CLASS_SET_PRIORITY,
	  .kind = POLICY_CLASSID, .bytes = 4, .max = UINT32_MAX },
	RATE("priority", DMVPN_A_CLASS_PRIORITY_RATE),
	PERCENT("priority-percent", DMVPN_A_CLASS_PRIORITY_PERCENT),
	BURST("priority-burst", DMVPN_A_CLASS_PRIORITY_BURST, "priority"),
	RATE("bandwidth", DMVPN_A_CLASS_BANDWIDTH_RATE),
	PERCENT("bandwidth-percent", DMVPN_A_CLASS_BANDWIDTH_PERCENT),
	RATE("shape", DMVPN_A_CLASS_SHAPE_RATE),
	BURST("shape-burst", DMVPN_A_CLASS_SHAPE_BURST, "shape"),
	RATE("police", DMVPN_A_CLASS_POLICE_RATE),
	BURST("police-burst", DMVPN_A_CLASS_POLICE_BURST, "police"),
	{ .name = "queue-limit", .attr = DMVPN_A_CLASS_QUEUE_LIMIT,
	  .bytes = 4, .min = 1, .max = 1000000 },
	{ .name = "fair-queue", .attr = DMVPN_A_CLASS_FAIR_QUEUE, .bytes = 4,
	  .max = 1024 },
	{ .name = "codel-target", .attr = DMVPN_A_CLASS_CODEL_TARGET,
	  .kind = POLICY_TIME, .bytes = 4, .max = TIME_MAX },
	{ .name = "codel-interval", .attr = DMVPN_A_CLASS_CODEL_INTERVAL,
	  .kind = POLICY_TIME, .bytes = 4, .min = 1, .max = TIME_MAX },
	{ .name = "ecn", .attr = DMVPN_A_CLASS_ECN, .kind = POLICY_SWITCH,
	  .bytes = 1, .max = 1 },
};

const size_t policy_n_settings = COUNT(policy_settings);

const struct policy_setting *policy_setting_find(const char *name)
{
	size_t i;

	for (i = 0; i < policy_n_settings; i++)
		if (!strcmp(policy_settings[i].name, name))
			return &policy_settings[i];
	return NULL;
}

/* ---- code points ---- */

static const char *const dscp_names[64] = {
	[0] = "default", [8] = "cs1", [16] = "cs2", [24] = "cs3",
	[32] = "cs4", [40] = "cs5", [48] = "cs6", [56] = "cs7",
	[10] = "af11", [12] = "af12", [14] = "af13",
	[18] = "af21", [20] = "af22", [22] = "af23",
	[26] = "af31", [28] = "af32", [30] = "af33",
	[34] = "af41", [36] = "af42", [38] = "af43",
	[46] = "ef",
};

static const char *const precedence_names[8] = {
	"routine", "priority", "immediate", "flash", "flash-override",
	"critical", "internet", "network",
};

const char *policy_dscp_name(uint8_t dscp)
{
	return dscp < COUNT(dscp_names) ? dscp_names[dscp] : NULL;
}

/* A name of @n, which need not be all there, or a number below @n. */
static int code_parse(const char *const *names, size_t n, const char *text,
		      uint8_t *code)
{
	uint64_t number;
	size_t i;

	for (i = 0; i < n; i++)
		if (names[i] && !strcasecmp(names[i], text)) {
			*code = (uint8_t)i;
			return 0;
		}
	if (acl_number(text, n - 1, &number))
		return -1;
	*code = (uint8_t)number;
	return 0;
}

int policy_dscp_parse(const char *text, uint8_t *dscp)
{
	return code_parse(dscp_names, COUNT(dscp_names), text, dscp);
}

int policy_precedence_parse(const char *text, uint8_t *precedence)
{
	return code_parse(precedence_names, COUNT(precedence_names), text,
			  precedence);
}

/* ---- values ---- */

/**
 * struct unit - of a rate or a time
 * @name: as it is written
 * @factor: bits a second, or microseconds
 */
struct unit {
	const char *name;
	uint64_t factor;
};

/* Always bits: in tc, "bps" is bytes. */
static const struct unit rate_units[] = {
	{ "", 1 }, { "bit", 1 }, { "bps", 1 },
	{ "k", 1000 }, { "kbit", 1000 }, { "kbps", 1000 },
	{ "m", 1000000 }, { "mbit", 1000000 }, { "mbps", 1000000 },
	{ "g", 1000000000 }, { "gbit", 1000000000 }, { "gbps", 1000000000 },
};

static const struct unit time_units[] = {
	{ "us", 1 }, { "ms", 1000 }, { "s", 1000000 },
};

/* "1.5 Mbit": digits, at most six behind a point, and a unit. */
static int quantity(const char *text, const struct unit *units, size_t n,
		    uint64_t *value)
{
	uint64_t whole = 0, part = 0, scale = 1;
	const char *at = text;
	size_t i;

	while (*at >= '0' && *at <= '9' && whole < RATE_MAX)
		whole = 10 * whole + (uint64_t)(*at++ - '0');
	if (at == text)
		return -1;
	if (*at == '.')
		for (at++; *at >= '0' && *at <= '9' && scale < 1000000; at++) {
			part = 10 * part + (uint64_t)(*at - '0');
			scale *= 10;
		}
	at += strspn(at, " ");
	for (i = 0; i < n; i++)
		if (!strcasecmp(at, units[i].name) &&
		    whole <= RATE_MAX / units[i].factor) {
			*value = whole * units[i].factor +
				 part * units[i].factor / scale;
			return 0;
		}
	return -1;
}

/* Both parts hexadecimal, as tc has them. */
static int classid_parse(const char *text, uint64_t *value)
{
	unsigned int major, minor;
	char rest;

	if (!strchr(text, ':'))
		return acl_number(text, UINT32_MAX, value);
	if (strspn(text, "0123456789abcdefABCDEF:") != strlen(text) ||
	    sscanf(text, "%4x:%4x%c", &major, &minor, &rest) != 2)
		return -1;
	*value = (uint64_t)major << 16 | minor;
	return 0;
}

static int switch_parse(const char *text, uint64_t *value)
{
	static const char *const no[] = { "false", "no", "off" };
	static const char *const yes[] = { "true", "yes", "on" };
	size_t i;

	for (i = 0; i < COUNT(no); i++)
		if (!strcasecmp(text, no[i]) || !strcasecmp(text, yes[i])) {
			*value = !strcasecmp(text, yes[i]);
			return 0;
		}
	return -1;
}

static int dscp_value(const char *text, uint64_t *value)
{
	uint8_t dscp;

	if (policy_dscp_parse(text, &dscp))
		return -1;
	*value = dscp;
	return 0;
}

/* No time has its unit left out; 0 needs none. */
static int time_parse(const char *text, uint64_t *value)
{
	*value = 0;
	return strcmp(text, "0") ? quantity(text, time_units, COUNT(time_units),
					    value) : 0;
}

int policy_value_parse(const struct policy_setting *setting, const char *text,
		       uint64_t *value)
{
	int err = -1;

	switch (setting->kind) {
	case POLICY_NUMBER:
		err = acl_number(text, setting->max, value);
		break;
	case POLICY_DSCP:
		err = dscp_value(text, value);
		break;
	case POLICY_CLASSID:
		err = classid_parse(text, value);
		break;
	case POLICY_RATE:
		err = quantity(text, rate_units, COUNT(rate_units), value);
		break;
	case POLICY_TIME:
		err = time_parse(text, value);
		break;
	case POLICY_SWITCH:
		err = switch_parse(text, value);
		break;
	}
	if (!err && (*value < setting->min || *value > setting->max))
		err = -1;
	return err;
}

const char *policy_value_hint(const struct policy_setting *setting)
{
	static char text[64];

	switch (setting->kind) {
	case POLICY_DSCP:
		return "use a name as af31, ef, cs6 or default, or 0 to 63";
	case POLICY_CLASSID:
		return "use a class of tc as \"1:10\", or a number";
	case POLICY_RATE:
		return "use bits a second as \"400 kbps\" or \"5 Mbit\", 1 kbps to 1000 Gbps";
	case POLICY_TIME:
		return "use a time as \"5 ms\" or \"500 us\", 10 s at most";
	case POLICY_SWITCH:
		return "use true or false";
	case POLICY_NUMBER:
		break;
	}
	snprintf(text, sizeof(text), "use %" PRIu64 " to %" PRIu64,
		 setting->min, setting->max);
	return text;
}

const char *policy_value_format(const struct policy_setting *setting,
				uint64_t value,
				char buf[static POLICY_VALUE_TEXT])
{
	const char *name = setting->kind == POLICY_DSCP && value < 64 ?
			   policy_dscp_name((uint8_t)value) : NULL;

	if (name)
		snprintf(buf, POLICY_VALUE_TEXT, "%s", name);
	else if (setting->kind == POLICY_CLASSID && value > UINT16_MAX)
		snprintf(buf, POLICY_VALUE_TEXT, "%x:%x",
			 (unsigned int)(value >> 16),
			 (unsigned int)(value & 0xffff));
	else if (setting->kind == POLICY_SWITCH)
		snprintf(buf, POLICY_VALUE_TEXT, "%s",
			 value ? "true" : "false");
	else
		snprintf(buf, POLICY_VALUE_TEXT, "%" PRIu64, value);
	return buf;
}

/* ---- lines ---- */

static const char *protocol_word(const struct policy_line *line,
				 char buf[static POLICY_VALUE_TEXT])
{
	const char *name = line->protocol < 0 ? NULL :
			   acl_protocol_name((uint8_t)line->protocol);

	if (line->protocol < 0)
		return line->family == 4 ? "ip" :
		       line->family == 6 ? "ipv6" : "any";
	if (name)
		return name;
	snprintf(buf, POLICY_VALUE_TEXT, "%d", line->protocol);
	return buf;
}

static void put_prefix(FILE *f, const struct prefix *p)
{
	char text[ADDR_TEXT];

	if (addr_is_none(&p->addr))
		fprintf(f, " any");
	else if (prefix_is_host(p))
		fprintf(f, " host %s", addr_format(&p->addr, text));
	else
		fprintf(f, " %s", prefix_format(p, text));
}

static void put_ports(FILE *f, unsigned int min, unsigned int max)
{
	if (min == max)
		fprintf(f, " eq %u", min);
	else if (min || max != UINT16_MAX)
		fprintf(f, " range %u %u", min, max);
}

static void put_dscp(FILE *f, const struct policy_line *line)
{
	const char *name = policy_dscp_name(line->dscp);

	if (line->dscp_mask == 0x38)
		fprintf(f, " precedence %u", line->dscp >> 3);
	else if (line->dscp_mask == 0x3f && name)
		fprintf(f, " dscp %s", name);
	else if (line->dscp_mask == 0x3f)
		fprintf(f, " dscp %u", line->dscp);
	else if (line->dscp_mask)
		fprintf(f, " dscp %u mask %u", line->dscp, line->dscp_mask);
}

const char *policy_line_format(const struct policy_line *line,
			       char buf[static POLICY_LINE_TEXT])
{
	FILE *f = fmemopen(buf, POLICY_LINE_TEXT, "w");
	char number[POLICY_VALUE_TEXT];

	buf[0] = '\0';
	if (!f)
		return buf;
	fprintf(f, "%s %s", line->deny ? "deny" : "permit",
		protocol_word(line, number));
	put_prefix(f, &line->src);
	put_ports(f, line->sport_min, line->sport_max);
	put_prefix(f, &line->dst);
	put_ports(f, line->dport_min, line->dport_max);
	put_dscp(f, line);
	if (line->fragment)
		fprintf(f, " fragments");
	fclose(f);
	return buf;
}
