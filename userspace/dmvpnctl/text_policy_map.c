// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * "show policy-map": what policies say, in IOS's words where it has them.
 */
#include <inttypes.h>
#include <string.h>

#include "dmvpnctl/text.h"

static uint64_t value(const struct class_state *c, unsigned int attr)
{
	return c->class.value[attr];
}

static void shape_lines(FILE *f, const struct class_state *c, int indent)
{
	fprintf(f, "%*sAverage Rate Traffic Shaping\n", indent, "");
	fprintf(f, "%*scir %" PRIu64 " (bps) bc %" PRIu64 " (bits)\n", indent,
		"", value(c, DMVPN_A_CLASS_SHAPE_RATE),
		8 * value(c, DMVPN_A_CLASS_SHAPE_BURST));
}

static void police_line(FILE *f, const struct class_state *c, int indent)
{
	fprintf(f, "%*spolice cir %" PRIu64 " bc %" PRIu64 "\n", indent, "",
		value(c, DMVPN_A_CLASS_POLICE_RATE),
		value(c, DMVPN_A_CLASS_POLICE_BURST));
}

/* What IOS has one word and a unit for. */
static bool ios_line(FILE *f, const struct class_state *c, unsigned int attr,
		     int indent)
{
	static const struct {
		unsigned int attr;
		const char *word;
		unsigned int divisor;
		const char *unit;
	} words[] = {
		{ DMVPN_A_CLASS_PRIORITY_RATE, "priority", 1000, "(kbps)" },
		{ DMVPN_A_CLASS_PRIORITY_PERCENT, "priority", 1, "(%)" },
		{ DMVPN_A_CLASS_BANDWIDTH_RATE, "bandwidth", 1000, "(kbps)" },
		{ DMVPN_A_CLASS_BANDWIDTH_PERCENT, "bandwidth", 1, "(%)" },
		{ DMVPN_A_CLASS_QUEUE_LIMIT, "queue-limit", 1, "packets" },
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (words[i].attr != attr)
			continue;
		fprintf(f, "%*s%s %" PRIu64 " %s\n", indent, "",
			words[i].word, value(c, attr) / words[i].divisor,
			words[i].unit);
		return true;
	}
	return false;
}

static const char *name_of(const struct policy_setting *s)
{
	switch (s->attr) {
	case DMVPN_A_CLASS_SET_INNER_DSCP:
		return "set dscp";
	case DMVPN_A_CLASS_SET_OUTER_DSCP:
		return "set dscp tunnel";
	case DMVPN_A_CLASS_SET_MARK:
		return "set mark";
	case DMVPN_A_CLASS_SET_PRIORITY:
		return "set priority";
	}
	return s->name;
}

static void setting_line(FILE *f, const struct class_state *c,
			 const struct policy_setting *s, int indent)
{
	char text[POLICY_VALUE_TEXT];

	switch (s->attr) {
	case DMVPN_A_CLASS_SHAPE_RATE:
		shape_lines(f, c, indent);
		break;
	case DMVPN_A_CLASS_POLICE_RATE:
		police_line(f, c, indent);
		break;
	case DMVPN_A_CLASS_SHAPE_BURST:
	case DMVPN_A_CLASS_POLICE_BURST:
		break;
	default:
		if (!ios_line(f, c, s->attr, indent))
			fprintf(f, "%*s%s %s\n", indent, "", name_of(s),
				policy_value_format(s, value(c, s->attr),
						    text));
	}
}

static void class_lines(FILE *f, const struct class_state *c)
{
	size_t i;

	fprintf(f, "    Class %s\n", c->class.name);
	if (!text_is_default(c)) {
		if (c->class.match_all)
			fprintf(f, "      (match-all)\n");
		text_matches(f, c, 6, false);
	}
	for (i = 0; i < policy_n_settings; i++)
		if (policy_has(&c->class, policy_settings[i].attr))
			setting_line(f, c, &policy_settings[i], 6);
	if (c->class.child[0])
		fprintf(f, "      service-policy %s\n", c->class.child);
}

void text_policy_map(FILE *f, const struct model *m)
{
	const struct policy_state *p;
	const struct class_state *c;

	model_for_each(p, m->policy, m->n_policy) {
		fprintf(f, "  Policy Map %s\n", p->name);
		model_for_each(c, m->class, m->n_class)
			if (!strcmp(c->policy, p->name))
				class_lines(f, c);
	}
}
