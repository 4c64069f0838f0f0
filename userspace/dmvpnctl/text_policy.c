// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Policies in the manner of "show policy-map" and its like.
 */
#include <inttypes.h>
#include <string.h>

#include "dmvpnctl/text.h"

#define DEPTH_MAX	8
#define ACCESS_GROUP	"access-group "

/* ---- matches ---- */

/* A statement as IOS shows it. */
static void statement_text(FILE *f, const char *text)
{
	const char *name = strstr(text, ACCESS_GROUP);

	if (name && strncmp(name + strlen(ACCESS_GROUP), "name ", 5))
		fprintf(f, "%.*s" ACCESS_GROUP "name %s", (int)(name - text),
			text, name + strlen(ACCESS_GROUP));
	else
		fprintf(f, "%s", text);
}

static void count_line(FILE *f, int indent, const struct count *count)
{
	fprintf(f, "%*s%" PRIu64 " packets, %" PRIu64 " bytes\n", indent, "",
		count->packets, count->bytes);
}

/* IOS has whole minutes where it can. Marking alone drops nothing. */
static void offered_line(FILE *f, int indent, uint32_t interval,
			 uint64_t offered, uint64_t dropped)
{
	bool minutes = interval % 60 == 0;

	fprintf(f, "%*s%u %s offered rate %" PRIu64 " bps, drop rate %" PRIu64
		" bps\n", indent, "", minutes ? interval / 60 : interval,
		minutes ? "minute" : "second", offered, dropped);
}

static struct count count_of(const struct class_state *c, size_t statement)
{
	struct count sum = { 0 };
	size_t i;

	for (i = 0; i < c->class.lines.n; i++) {
		if (c->class.lines.v[i].statement != statement)
			continue;
		sum.packets += c->line[i].packets;
		sum.bytes += c->line[i].bytes;
	}
	return sum;
}

static void statement_lines(FILE *f, const struct class_state *c, int indent,
			    bool counters)
{
	struct count count;
	size_t i;

	for (i = 0; i < c->class.match.n; i++) {
		fprintf(f, "%*sMatch: ", indent, "");
		statement_text(f, c->class.match.v[i]);
		fprintf(f, "\n");
		if (!counters || c->class.match_all)
			continue;
		count = count_of(c, i);
		count_line(f, indent + 2, &count);
	}
}

/* What the kernel has, where nhrpd has not told what was written. */
static void flat_lines(FILE *f, const struct class_state *c, int indent,
		       bool counters)
{
	char text[POLICY_LINE_TEXT];
	size_t i;

	for (i = 0; i < c->class.lines.n; i++) {
		fprintf(f, "%*sMatch: %s\n", indent, "",
			policy_line_format(&c->class.lines.v[i], text));
		if (counters && !c->class.lines.v[i].deny)
			count_line(f, indent + 2, &c->line[i]);
	}
}

bool text_is_default(const struct class_state *c)
{
	return !strcmp(c->class.name, POLICY_DEFAULT_CLASS);
}

void text_matches(FILE *f, const struct class_state *c, int indent,
		  bool counters)
{
	if (text_is_default(c))
		fprintf(f, "%*sMatch: any\n", indent, "");
	else if (c->class.match.n)
		statement_lines(f, c, indent, counters);
	else
		flat_lines(f, c, indent, counters);
}

static const char *kind_of(const struct class_state *c)
{
	return c->class.match_all ? "match-all" : "match-any";
}

/* ---- settings ---- */

static void setting_lines(FILE *f, const struct class_state *c, int indent)
{
	const struct policy_setting *s;
	char text[POLICY_VALUE_TEXT];
	size_t i;

	for (i = 0; i < policy_n_settings; i++) {
		s = &policy_settings[i];
		if (policy_has(&c->class, s->attr))
			fprintf(f, "%*s%s %s\n", indent, "", s->name,
				policy_value_format(s, c->class.value[s->attr],
						    text));
	}
	if (c->class.child[0])
		fprintf(f, "%*sservice-policy %s\n", indent, "",
			c->class.child);
}

static void set_line(FILE *f, const struct class_state *c, int indent,
		     const char *name, const char *as)
{
	const struct policy_setting *s = policy_setting_find(name);
	char text[POLICY_VALUE_TEXT];

	if (!policy_has(&c->class, s->attr))
		return;
	fprintf(f, "%*s%s %s\n", indent, "", as,
		policy_value_format(s, c->class.value[s->attr], text));
	fprintf(f, "%*sPackets marked %" PRIu64 "\n", indent + 2, "",
		c->count.packets);
}

static void set_lines(FILE *f, const struct class_state *c, int indent)
{
	if (!policy_has(&c->class, DMVPN_A_CLASS_SET_INNER_DSCP) &&
	    !policy_has(&c->class, DMVPN_A_CLASS_SET_OUTER_DSCP) &&
	    !policy_has(&c->class, DMVPN_A_CLASS_SET_MARK) &&
	    !policy_has(&c->class, DMVPN_A_CLASS_SET_PRIORITY))
		return;
	fprintf(f, "%*sQoS Set\n", indent, "");
	set_line(f, c, indent + 2, "set-dscp", "dscp");
	set_line(f, c, indent + 2, "set-outer-dscp", "dscp tunnel");
	set_line(f, c, indent + 2, "set-mark", "mark");
	set_line(f, c, indent + 2, "set-priority", "priority");
}

static uint64_t value(const struct class_state *c, unsigned int attr)
{
	return c->class.value[attr];
}

static void rate_line(FILE *f, const char *what, uint64_t rate,
		      uint64_t percent, uint64_t of)
{
	if (percent && of)
		fprintf(f, "%s %" PRIu64 "%% (%" PRIu64 " kbps)", what, percent,
			of * percent / 100000);
	else if (percent)
		fprintf(f, "%s %" PRIu64 "%%", what, percent);
	else
		fprintf(f, "%s %" PRIu64 " kbps", what, rate / 1000);
}

static void priority_line(FILE *f, const struct class_state *c,
			  const struct queue_state *q, uint64_t of, int indent)
{
	uint64_t percent = value(c, DMVPN_A_CLASS_PRIORITY_PERCENT);
	uint64_t rate = value(c, DMVPN_A_CLASS_PRIORITY_RATE);
	uint64_t burst = value(c, DMVPN_A_CLASS_PRIORITY_BURST);

	if (!percent && !rate)
		return;
	fprintf(f, "%*s", indent, "");
	rate_line(f, "Priority:", rate, percent, of);
	fprintf(f, ", burst bytes %" PRIu64 ", b/w exceed drops: %" PRIu64
		"\n", burst, q->dropped_rate);
}

static void bandwidth_line(FILE *f, const struct class_state *c, uint64_t of,
			   int indent)
{
	uint64_t percent = value(c, DMVPN_A_CLASS_BANDWIDTH_PERCENT);
	uint64_t rate = value(c, DMVPN_A_CLASS_BANDWIDTH_RATE);

	if (!percent && !rate)
		return;
	fprintf(f, "%*s", indent, "");
	rate_line(f, "bandwidth", rate, percent, of);
	fprintf(f, "\n");
}

static void shape_lines(FILE *f, const struct class_state *c,
			const struct queue_state *q, int indent)
{
	uint64_t rate = value(c, DMVPN_A_CLASS_SHAPE_RATE);

	if (!rate)
		return;
	/* Of these, IOS counts bits. There is no excess burst. */
	fprintf(f, "%*sshape (average) cir %" PRIu64 ", bc %" PRIu64
		", be 0\n", indent, "", rate,
		8 * value(c, DMVPN_A_CLASS_SHAPE_BURST));
	fprintf(f, "%*starget shape rate %" PRIu64 "\n", indent, "",
		q->rate ? q->rate : rate);
}

static void police_line(FILE *f, const struct class_state *c,
			const struct queue_state *q, int indent)
{
	uint64_t rate = value(c, DMVPN_A_CLASS_POLICE_RATE);

	if (!rate)
		return;
	fprintf(f, "%*spolice: cir %" PRIu64 " bps, bc %" PRIu64 " bytes\n",
		indent, "", rate, value(c, DMVPN_A_CLASS_POLICE_BURST));
	fprintf(f, "%*sexceeded: %" PRIu64 " packets\n", indent + 2, "",
		q->dropped_rate);
}

/* ---- queues ---- */

static void queue_lines(FILE *f, const struct queue_state *q, int indent)
{
	uint64_t dropped = q->dropped_limit + q->dropped_codel +
			   q->dropped_rate;

	fprintf(f, "%*sQueueing\n", indent, "");
	fprintf(f, "%*s(queue depth/total drops/no-buffer drops) %u/%" PRIu64 "/%" PRIu64 "\n",
		indent, "", q->queued_packets, dropped, q->dropped_limit);
	fprintf(f, "%*s(pkts output/bytes output) %" PRIu64 "/%" PRIu64 "\n",
		indent, "", q->packets, q->bytes);
	fprintf(f, "%*sCoDel drops %" PRIu64 ", ECN marked %" PRIu64 ", delay of the last packet %" PRIu64 " us\n",
		indent, "", q->dropped_codel, q->marked, q->delay_us);
}

static void queue_class(FILE *f, const struct class_state *c,
			const struct queue_state *q, uint64_t of, int indent)
{
	struct count count = { q->packets, q->bytes };

	fprintf(f, "\n%*sClass-map: %s (%s)\n", indent, "", q->class,
		c ? kind_of(c) : "match-any");
	count_line(f, indent + 2, &count);
	offered_line(f, indent + 2, q->load_interval, q->offered_rate,
		     q->drop_rate);
	if (c)
		text_matches(f, c, indent + 2, false);
	queue_lines(f, q, indent + 2);
	if (!c)
		return;
	if (policy_has(&c->class, DMVPN_A_CLASS_QUEUE_LIMIT))
		fprintf(f, "%*squeue limit %" PRIu64 " packets\n", indent + 2,
			"", value(c, DMVPN_A_CLASS_QUEUE_LIMIT));
	priority_line(f, c, q, of, indent + 2);
	bandwidth_line(f, c, of, indent + 2);
	police_line(f, c, q, indent + 2);
	shape_lines(f, c, q, indent + 2);
}

static bool same_peer(const struct queue_state *a, const struct queue_state *b)
{
	return a->ifindex == b->ifindex && nbma_equal(&a->remote, &b->remote);
}

/* Those of one peer, from @first on; returns the first that is not. */
static size_t peer_queues(FILE *f, const struct model *m, size_t first)
{
	const struct queue_state *q = &m->queue[first], *before = NULL;
	uint64_t rate[DEPTH_MAX + 1] = { 0 };
	const struct class_state *c;
	unsigned int depth;
	size_t i;

	for (i = first; i < m->n_queue && same_peer(&m->queue[i], q); i++) {
		depth = m->queue[i].depth < DEPTH_MAX ? m->queue[i].depth :
							DEPTH_MAX - 1;
		if (!before || before->depth != m->queue[i].depth ||
		    strcmp(before->policy, m->queue[i].policy))
			fprintf(f, "\n%*sService-policy %s: %s\n",
				2 + 4 * (int)depth, "",
				depth ? "" : "output", m->queue[i].policy);
		before = &m->queue[i];
		c = model_class(m, before->policy, before->index);
		queue_class(f, c, before, rate[depth], 4 + 4 * (int)depth);
		rate[depth + 1] = before->rate ? before->rate :
				  c ? value(c, DMVPN_A_CLASS_SHAPE_RATE) : 0;
	}
	fprintf(f, "\n");
	return i;
}

void text_multipoint(FILE *f, const struct model *m)
{
	const struct device *d;
	char remote[ADDR_TEXT];
	size_t i = 0;

	while (i < m->n_queue) {
		d = model_device(m, m->queue[i].ifindex);
		if (!d) {
			i++;
			continue;
		}
		fprintf(f, "Interface %s <--> %s\n", d->name,
			nbma_format(&m->queue[i].remote, remote));
		i = peer_queues(f, m, i);
	}
}

/* ---- policies ---- */

void text_policies(FILE *f, const struct model *m)
{
	const struct policy_state *p;

	fprintf(f, "%-32s %7s %7s\n", "Policy", "Classes", "Users");
	model_for_each(p, m->policy, m->n_policy)
		fprintf(f, "%-32s %7u %7u\n", p->name, p->classes, p->users);
}

static void service_class(FILE *f, const struct class_state *c,
			  const struct service_state *s)
{
	fprintf(f, "\n    Class-map: %s (%s)\n", c->class.name, kind_of(c));
	count_line(f, 6, &c->count);
	offered_line(f, 6, s->load_interval, s->offered_rate, 0);
	text_matches(f, c, 6, true);
	set_lines(f, c, 6);
}

static void service_policy(FILE *f, const struct model *m,
			   const struct device *d, uint32_t point)
{
	const struct service_state *s;
	struct class_state c;

	fprintf(f, "\n  Service-policy output: %s\n",
		point == DMVPN_SERVICE_POINT_OUTPUT ? d->output_policy :
						      d->underlay_policy);
	model_for_each(s, m->service, m->n_service)
		if (s->ifindex == d->ifindex && s->point == point &&
		    model_served(m, s, &c))
			service_class(f, &c, s);
	fprintf(f, "\n");
}

/* IOS has the underlay's policy on another interface: it stands apart. */
void text_policy_interface(FILE *f, const struct model *m)
{
	const struct device *d;

	model_for_each(d, m->device, m->n_device) {
		fprintf(f, " %s\n", d->name);
		if (d->pre_classify)
			fprintf(f, "  QoS pre-classification is on\n");
		if (d->output_policy[0])
			service_policy(f, m, d, DMVPN_SERVICE_POINT_OUTPUT);
		if (!d->underlay_policy[0])
			continue;
		fprintf(f, " %s underlay, of %s\n", d->name, d->pre_classify ?
			"the inner packet" : "what the underlay sees");
		service_policy(f, m, d, DMVPN_SERVICE_POINT_UNDERLAY);
	}
}

void text_classified(FILE *f, const struct class_state *class, int64_t line)
{
	const struct policy_line *l = line >= 0 &&
		(size_t)line < class->class.lines.n ?
		&class->class.lines.v[line] : NULL;
	char text[POLICY_LINE_TEXT];

	fprintf(f, "class %s\n", class->class.name);
	if (l && !class->class.match_all &&
	    l->statement < class->class.match.n) {
		fprintf(f, "  Match: ");
		statement_text(f, class->class.match.v[l->statement]);
		fprintf(f, "\n");
	}
	if (l)
		fprintf(f, "  Line %u: %s\n", (unsigned int)line + 1,
			policy_line_format(l, text));
	setting_lines(f, class, 2);
}
