// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <string.h>

#include "cloud.h"
#include "nhrpd/counters.h"
#include "trace.h"

#define LINES	65536
#define TEXT	120
#define SHOWN	60

/**
 * struct line - an event
 * @when: it happened
 * @node: to whom, or who sent it
 * @other: who gets it, or NULL
 * @text: in words
 */
struct line {
	uint64_t when;
	const struct sim_node *node;
	const struct sim_node *other;
	char text[TEXT];
};

static struct line ring[LINES];
static unsigned int n_lines;

/* FNV-1a. */
static void hash(struct sim *sim, const void *data, size_t len)
{
	const uint8_t *byte = data;

	while (len--)
		sim->hash = (sim->hash ^ *byte++) * 0x100000001b3u;
}

static void print(const struct line *line)
{
	printf("%10.3f %-9s %s%s%s\n", (double)line->when / 1000,
	       line->node->name, line->text, line->other ? " to " : "",
	       line->other ? line->other->name : "");
}

static struct line *new_line(const struct sim_node *node)
{
	struct line *line = &ring[n_lines++ % LINES];

	line->when = node->sim->net.now;
	line->node = node;
	line->other = NULL;
	return line;
}

static void end_line(struct line *line)
{
	struct sim *sim = line->node->sim;

	hash(sim, &line->when, sizeof(line->when));
	hash(sim, &line->node->index, sizeof(line->node->index));
	hash(sim, line->text, strlen(line->text));
	if (sim->options.trace)
		print(line);
}

void trace_node(const struct sim_node *node, const char *format, ...)
{
	struct line *line = new_line(node);
	va_list args;

	va_start(args, format);
	vsnprintf(line->text, TEXT, format, args);
	va_end(args);
	end_line(line);
}

static void on_event(void *ctx, const struct nhrp_event *event)
{
	struct sim_node *node = sim_node_of(ctx), *client;
	struct line *line = new_line(node);

	snprintf(line->text, TEXT, "%s: %s", nhrp_event_name(event->type),
		 event->text);
	end_line(line);
	client = cloud_owner(node->sim, &event->proto);
	if ((event->type == NHRP_EVENT_REGISTERED ||
	     event->type == NHRP_EVENT_RENEWED) && client &&
	    !client->registered)
		client->registered = node->sim->net.now;
}

static void on_packet(const struct fake_kernel *from, const struct nbma *to,
		      const uint8_t *data, size_t len)
{
	struct sim_node *node = sim_node_of((struct fake_kernel *)from);
	struct line *line = new_line(node);
	uint64_t second = node->sim->net.now / SECOND;

	snprintf(line->text, TEXT, "sends %s",
		 nhrp_type_name(len > 17 ? data[17] : 0));
	line->other = cloud_at(node->sim, to, NULL);
	hash(node->sim, data, len);
	end_line(line);
	if (second != node->second)
		node->sent = 0;
	node->second = second;
	if (++node->sent > node->peak)
		node->peak = node->sent;
}

void trace_start(struct sim *sim)
{
	sim->hash = 0xcbf29ce484222325u;
	sim->net.watch = on_event;
	sim->net.tap = on_packet;
	n_lines = 0;
}

static bool concerns(const struct line *line, const struct sim_node *a,
		     const struct sim_node *b)
{
	return (!a && !b) || (a && (line->node == a || line->other == a)) ||
	       (b && (line->node == b || line->other == b));
}

void trace_print(const struct sim_node *a, const struct sim_node *b)
{
	unsigned int first = n_lines > LINES ? n_lines - LINES : 0;
	unsigned int i = n_lines, shown = 0;

	while (i > first && shown < SHOWN)
		shown += concerns(&ring[--i % LINES], a, b);
	for (; i < n_lines; i++)
		if (concerns(&ring[i % LINES], a, b))
			print(&ring[i % LINES]);
}
