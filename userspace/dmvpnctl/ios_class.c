// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lines of a class of a policy map: what becomes of its packets.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "dmvpnctl/ios.h"
#include "nhrpd/acl.h"
#include "nhrpd/acl_names.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))
#define KBPS		1000
#define BITS		8
#define BURST_MIN	1500	/* of nhrpd */
#define RATE_MAX	UINT64_C(1000000000000)

static struct ios_action *add_action(struct ios_at *at,
				     struct ios_class *class,
				     enum ios_kind kind, const char *option,
				     const char *value)
{
	struct ios_action *action = ios_add(at->ios, &class->actions);

	action->line = at->line;
	action->kind = kind;
	action->option = option;
	action->value = value;
	return action;
}

static const char *digits(struct ios_at *at, uint64_t number)
{
	return ios_format(at->ios, "%llu", (unsigned long long)number);
}

/* set [ip] {dscp|precedence} [tunnel] CODE */
static bool set_code(struct ios_at *at, struct ios_class *class)
{
	enum ios_kind kind = IOS_SET;
	const char *word;
	bool precedence;
	uint8_t code;

	ios_is(at, "ip");
	precedence = ios_is(at, "precedence");
	if (!precedence && !ios_is(at, "dscp"))
		return false;
	if (ios_is(at, "tunnel"))
		kind = IOS_SET_OUTER;
	word = ios_next(at);
	if (!word || (precedence ? policy_precedence_parse(word, &code) :
				   policy_dscp_parse(word, &code)))
		return false;
	add_action(at, class, kind,
		   kind == IOS_SET ? "set-dscp" : "set-outer-dscp",
		   precedence ? digits(at, code * BITS) : word);
	return true;
}

static bool set(struct ios_at *at, struct ios_class *class)
{
	uint64_t mark;

	if (!ios_is(at, "qos-group"))
		return set_code(at, class);
	if (!ios_number(at, UINT32_MAX, &mark))
		return false;
	add_action(at, class, IOS_SET_MARK, "set-mark", digits(at, mark));
	return true;
}

/* ---- rates ---- */

const char *ios_rate_text(struct ios *ios, uint64_t bits)
{
	return ios_format(ios, "\"%llu bit\"", (unsigned long long)bits);
}

static void rate(struct ios_at *at, struct ios_class *class,
		 const char *option, uint64_t bits)
{
	add_action(at, class, IOS_QUEUE, option,
		   ios_rate_text(at->ios, bits))->bits = bits;
}

/* Of a rate that is known when all policies are. */
static void part(struct ios_at *at, struct ios_class *class,
		 const char *option, uint64_t percent)
{
	add_action(at, class, IOS_QUEUE, option, "")->percent =
		(unsigned int)percent;
}

/* Bits a second: 8000000, 8000k, 8m. */
static bool read_rate(struct ios_at *at, uint64_t *bits)
{
	static const struct {
		char suffix;
		uint64_t factor;
	} units[] = { { 'k', 1000 }, { 'm', 1000000 }, { 'g', 1000000000 } };
	const char *word = ios_peek(at);
	size_t len = word ? strlen(word) : 0, i;
	uint64_t factor = 1;

	for (i = 0; len && i < COUNT(units); i++)
		if ((word[len - 1] | 0x20) == units[i].suffix)
			factor = units[i].factor;
	if (factor > 1)
		word = ios_format(at->ios, "%.*s", (int)len - 1, word);
	if (!len || acl_number(word, RATE_MAX / factor, bits))
		return false;
	*bits *= factor;
	ios_next(at);
	return true;
}

static bool percent(struct ios_at *at, struct ios_class *class,
		    const char *option)
{
	uint64_t value;

	if (!ios_number(at, 100, &value))
		return false;
	add_action(at, class, IOS_QUEUE, option, digits(at, value));
	return true;
}

/* Bytes that IOS takes at once; small ones are nhrpd's to choose. */
static void add_burst(struct ios_at *at, struct ios_class *class,
		      const char *option, uint64_t bytes)
{
	if (bytes >= BURST_MIN && bytes <= 1u << 30)
		add_action(at, class, IOS_QUEUE, option, digits(at, bytes));
}

/* [N [ms]], in units of which @per are a byte. */
static void burst(struct ios_at *at, struct ios_class *class,
		  const char *option, unsigned int per)
{
	uint64_t value;

	if (!ios_number(at, UINT32_MAX, &value))
		return;
	if (ios_is(at, "ms"))
		ios_change(at->ios, at->line,
			   "the burst is 200 ms of the rate, and 10 ms of a shaper's");
	else
		add_burst(at, class, option, value / per);
}

static void excess(struct ios_at *at)
{
	uint64_t value;

	if (!ios_number(at, UINT32_MAX, &value))
		return;
	ios_is(at, "ms");
	if (value)
		ios_change(at->ios, at->line, "there is no excess burst");
}

/* ---- shares ---- */

static bool remaining(struct ios_at *at, struct ios_class *class)
{
	uint64_t value;
	bool ratio = ios_is(at, "ratio");

	if ((!ratio && !ios_is(at, "percent")) ||
	    !ios_number(at, ratio ? UINT16_MAX : 100, &value))
		return false;
	class->remaining_line = at->line;
	class->ratio = ratio;
	class->remaining = (uint32_t)value;
	return true;
}

static bool bandwidth(struct ios_at *at, struct ios_class *class)
{
	uint64_t value;

	if (ios_is(at, "percent"))
		return percent(at, class, "bandwidth-percent");
	if (ios_is(at, "remaining"))
		return remaining(at, class);
	if (!ios_number(at, RATE_MAX / KBPS, &value))
		return false;
	rate(at, class, "bandwidth", value * KBPS);
	return true;
}

static bool priority(struct ios_at *at, struct ios_class *class)
{
	uint64_t value;

	if (ios_is(at, "level") && ios_number(at, 2, &value))
		ios_change(at->ios, at->line,
			   "there is one level: those that have priority take turns");
	if (!ios_peek(at)) {
		class->priority = true;
		class->priority_line = at->line;
		return true;
	}
	if (ios_is(at, "percent")) {
		if (!percent(at, class, "priority-percent"))
			return false;
	} else if (ios_number(at, RATE_MAX / KBPS, &value)) {
		rate(at, class, "priority", value * KBPS);
	} else {
		return false;
	}
	burst(at, class, "priority-burst", 1);
	return true;
}

/* ---- shapers ---- */

/* upper-bound U lower-bound [percent] L */
static bool adaptive(struct ios_at *at, struct ios_class *class)
{
	uint64_t upper, lower;

	if (!ios_is(at, "upper-bound"))
		return false;
	if (ios_is(at, "percent")) {
		if (!ios_number(at, 100, &upper))
			return false;
		part(at, class, "shape", upper);
	} else if (read_rate(at, &upper)) {
		rate(at, class, "shape", upper);
	} else {
		return false;
	}
	if (!ios_is(at, "lower-bound"))
		return false;
	class->adaptive_line = at->line;
	if (ios_is(at, "percent") && ios_number(at, 100, &lower) && lower)
		class->adaptive = ios_format(at->ios,
					     "adaptive-lower-bound-percent = %u",
					     (unsigned int)lower);
	else if (read_rate(at, &lower) && lower && lower <= upper)
		class->adaptive = ios_format(at->ios,
					     "adaptive-lower-bound = %s",
					     ios_rate_text(at->ios, lower));
	return class->adaptive;
}

static bool shape(struct ios_at *at, struct ios_class *class)
{
	uint64_t value;

	if (ios_is(at, "adaptive"))
		return adaptive(at, class);
	if (!ios_is(at, "average")) {
		ios_lose(at->ios, at->line, "use shape average");
		return false;
	}
	if (ios_is(at, "percent")) {
		if (!ios_number(at, 100, &value) || !value)
			return false;
		part(at, class, "shape", value);
	} else if (read_rate(at, &value) && value) {
		rate(at, class, "shape", value);
	} else {
		return false;
	}
	burst(at, class, "shape-burst", BITS);
	excess(at);
	return true;
}

/* ---- policers ---- */

#define ONLY_DROPS \
	"without the policer: what conforms passes and what exceeds is dropped, nothing else"

/* What becomes of packets: only what is usual. */
static bool police_actions(struct ios_at *at)
{
	for (;;) {
		if (ios_is(at, "conform-action transmit") ||
		    ios_is(at, "exceed-action drop") ||
		    ios_is(at, "violate-action drop"))
			continue;
		return !ios_peek(at);
	}
}

/* Whoever drops what should only be marked does worse than nothing. */
static void drop_policer(struct ios *ios, struct ios_class *class)
{
	struct ios_action **link = &class->actions;

	while (*link) {
		if (strncmp((*link)->option, "police", 6)) {
			link = &(*link)->next;
			continue;
		}
		ios_lose(ios, (*link)->line, ONLY_DROPS);
		*link = (*link)->next;
	}
}

static bool police_rate(struct ios_at *at, struct ios_class *class)
{
	uint64_t value;

	if (!ios_is(at, "cir"))
		ios_is(at, "rate");
	if (ios_is(at, "percent")) {
		if (!ios_number(at, 100, &value) || !value)
			return false;
		part(at, class, "police", value);
		return true;
	}
	if (!read_rate(at, &value) || !value)
		return false;
	if (ios_is(at, "pps"))
		return false;
	ios_is(at, "bps");
	rate(at, class, "police", value);
	return true;
}

static bool police(struct ios_at *at, struct ios_class *class)
{
	if (!police_rate(at, class)) {
		ios_lose(at->ios, at->line,
			 "a policer has bits a second, or a percentage of the shaper around it");
		return true;
	}
	if (!ios_is(at, "bc"))
		ios_is(at, "burst");
	burst(at, class, "police-burst", 1);
	if (!ios_is(at, "be"))
		ios_is(at, "peak-burst");
	excess(at);
	if (!police_actions(at)) {
		at->at = at->line->n;
		drop_policer(at->ios, class);
	}
	return true;
}

/* Lines below a policer of several lines. */
static bool police_line(struct ios_at *at, struct ios_class *class)
{
	const char *word = ios_peek(at);

	if (!word || (strcasecmp(word, "conform-action") &&
		      strcasecmp(word, "exceed-action") &&
		      strcasecmp(word, "violate-action")))
		return false;
	if (!police_actions(at)) {
		at->at = at->line->n;
		ios_lose(at->ios, at->line, ONLY_DROPS);
		drop_policer(at->ios, class);
	}
	return true;
}

/* ---- the rest ---- */

static bool queue_limit(struct ios_at *at, struct ios_class *class)
{
	uint64_t value;

	if (!ios_number(at, UINT32_MAX, &value))
		return false;
	if (ios_is(at, "ms") || ios_is(at, "us") || ios_is(at, "bytes")) {
		ios_lose(at->ios, at->line,
			 "queue-limit is in packets; CoDel keeps times short");
		return true;
	}
	ios_is(at, "packets");
	if (!value || value > 1000000)
		return false;
	add_action(at, class, IOS_QUEUE, "queue-limit", digits(at, value));
	return true;
}

static bool fair_queue(struct ios_at *at, struct ios_class *class)
{
	uint64_t value = 16;

	if (ios_number(at, UINT32_MAX, &value) && value > 1024) {
		value = 1024;
		ios_change(at->ios, at->line, "1024 at most");
	}
	add_action(at, class, IOS_QUEUE, "fair-queue", digits(at, value));
	return true;
}

static bool random_detect(struct ios_at *at, struct ios_class *class)
{
	if (ios_is(at, "ecn")) {
		add_action(at, class, IOS_QUEUE, "ecn", "true");
		return true;
	}
	at->at = at->line->n;
	ios_change(at->ios, at->line,
		   "CoDel is in its place, whose times are codel-target and codel-interval");
	return true;
}

static const struct ios_reason reasons[] = {
	{ "account", "each class is counted" },
	{ "compression", "there is none" },
	{ "drop", "they pass: have the firewall drop them" },
	{ "estimate", "each class has its rate of late" },
	{ "log", "each class is counted, none is logged" },
	{ "netflow-sampler", "use a flow exporter" },
	{ "set", "what can be set is dscp, precedence, and qos-group as the mark" },
	{ NULL, NULL }
};

bool ios_class_line(struct ios_at *at, struct ios_class *class)
{
	static const struct {
		const char *word;
		bool (*read)(struct ios_at *at, struct ios_class *class);
	} actions[] = {
		{ "set", set }, { "bandwidth", bandwidth },
		{ "priority", priority }, { "shape", shape },
		{ "police", police }, { "queue-limit", queue_limit },
		{ "fair-queue", fair_queue },
		{ "random-detect", random_detect },
	};
	size_t i;

	for (i = 0; i < COUNT(actions); i++)
		if (ios_is(at, actions[i].word)) {
			if (actions[i].read(at, class))
				return true;
			at->at = 0;
			return ios_has_reason(at, reasons);
		}
	if (ios_is(at, "service-policy")) {
		class->child_line = at->line;
		return (class->child = ios_next(at));
	}
	return police_line(at, class) || ios_has_reason(at, reasons);
}
