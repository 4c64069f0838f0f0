// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "dmvpnctl/json.h"

json_t *json_of_policy(const struct policy_state *p)
{
	json_t *o = json_object();

	json_set_text(o, "name", p->name);
	json_set_number(o, "classes", p->classes);
	json_set_number(o, "users", p->users);
	return o;
}

/* By the names of the configuration; rates in bits a second, microseconds. */
static void add_settings(json_t *o, const struct class_state *c)
{
	const struct policy_setting *s;
	char text[POLICY_VALUE_TEXT];
	uint64_t value;
	size_t i;

	for (i = 0; i < policy_n_settings; i++) {
		s = &policy_settings[i];
		if (!policy_has(&c->class, s->attr))
			continue;
		value = c->class.value[s->attr];
		if (s->kind == POLICY_SWITCH)
			json_set_bool(o, s->name, value);
		else if (s->kind == POLICY_CLASSID || s->kind == POLICY_DSCP)
			json_set_text(o, s->name,
				      policy_value_format(s, value, text));
		else
			json_set_number(o, s->name, value);
	}
	if (c->class.child[0])
		json_set_text(o, "service-policy", c->class.child);
}

static json_t *json_of_line(const struct class_state *c, size_t i)
{
	char text[POLICY_LINE_TEXT];
	json_t *o = json_object();

	json_set_number(o, "statement", c->class.lines.v[i].statement);
	json_set_text(o, "text", policy_line_format(&c->class.lines.v[i], text));
	json_set_number(o, "packets", c->line[i].packets);
	json_set_number(o, "bytes", c->line[i].bytes);
	return o;
}

/* null where nhrpd has not told. */
static json_t *json_of_statements(const struct class_state *c)
{
	json_t *list;
	size_t i;

	if (!c->class.match.n)
		return json_null();
	list = json_array();
	for (i = 0; i < c->class.match.n; i++)
		json_array_append_new(list, json_string(c->class.match.v[i]));
	return list;
}

static json_t *json_of_class(const struct class_state *c)
{
	json_t *o = json_object(), *lines = json_array();
	size_t i;

	for (i = 0; i < c->class.lines.n; i++)
		json_array_append_new(lines, json_of_line(c, i));
	json_set_text(o, "class", c->class.name);
	json_set_number(o, "index", c->index);
	json_object_set_new(o, "match-all", c->class.match.n ?
			    json_boolean(c->class.match_all) : json_null());
	json_object_set_new(o, "match", json_of_statements(c));
	json_object_set_new(o, "lines", lines);
	json_set_number(o, "packets", c->count.packets);
	json_set_number(o, "bytes", c->count.bytes);
	add_settings(o, c);
	return o;
}

static json_t *json_of_classes(const struct model *m, const char *policy)
{
	const struct class_state *c;
	json_t *list = json_array();

	model_for_each(c, m->class, m->n_class)
		if (!strcmp(c->policy, policy))
			json_array_append_new(list, json_of_class(c));
	return list;
}

void json_policies(FILE *f, const struct model *m)
{
	const struct policy_state *p;
	json_t *list = json_array();

	model_for_each(p, m->policy, m->n_policy)
		json_array_append_new(list, json_of_policy(p));
	json_print_list(f, "policies", list);
}

void json_policy_map(FILE *f, const struct model *m)
{
	const struct policy_state *p;
	json_t *o, *list = json_array();

	model_for_each(p, m->policy, m->n_policy) {
		o = json_object();
		json_set_text(o, "name", p->name);
		json_set_number(o, "users", p->users);
		json_object_set_new(o, "classes", json_of_classes(m, p->name));
		json_array_append_new(list, o);
	}
	json_print_list(f, "policies", list);
}

static json_t *json_of_service(const struct class_state *c,
			       const struct service_state *s)
{
	json_t *o = json_of_class(c);

	json_set_number(o, "offered-rate", s->offered_rate);
	json_set_number(o, "load-interval", s->load_interval);
	return o;
}

static json_t *json_of_services(const struct model *m, uint32_t ifindex,
				uint32_t point)
{
	const struct service_state *s;
	json_t *list = json_array();
	struct class_state c;

	model_for_each(s, m->service, m->n_service)
		if (s->ifindex == ifindex && s->point == point &&
		    model_served(m, s, &c))
			json_array_append_new(list, json_of_service(&c, s));
	return list;
}

static json_t *json_of_attached(const struct model *m, const struct device *d,
				uint32_t point)
{
	const char *policy = point == DMVPN_SERVICE_POINT_OUTPUT ?
			     d->output_policy : d->underlay_policy;
	json_t *o;

	if (!policy[0])
		return json_null();
	o = json_object();
	json_set_text(o, "name", policy);
	json_object_set_new(o, "classes",
			    json_of_services(m, d->ifindex, point));
	return o;
}

void json_policy_interface(FILE *f, const struct model *m)
{
	json_t *o, *list = json_array();
	const struct device *d;

	model_for_each(d, m->device, m->n_device) {
		o = json_object();
		json_set_text(o, "interface", d->name);
		json_set_bool(o, "pre-classify", d->pre_classify);
		json_object_set_new(o, "output-policy", json_of_attached(
			m, d, DMVPN_SERVICE_POINT_OUTPUT));
		json_object_set_new(o, "underlay-policy", json_of_attached(
			m, d, DMVPN_SERVICE_POINT_UNDERLAY));
		json_array_append_new(list, o);
	}
	json_print_list(f, "interfaces", list);
}

static json_t *json_of_queue(const struct model *m, const struct queue_state *q,
			     const char *interface)
{
	const struct class_state *c = model_class(m, q->policy, q->index);
	json_t *o = json_object();

	json_set_text(o, "interface", interface);
	json_set_nbma(o, "remote", "remote-port", &q->remote);
	json_set_text(o, "policy", q->policy);
	json_set_text(o, "class", q->class);
	json_set_number(o, "index", q->index);
	json_set_number(o, "depth", q->depth);
	json_set_number(o, "packets", q->packets);
	json_set_number(o, "bytes", q->bytes);
	json_set_number(o, "rate", q->rate);
	json_set_number(o, "queued-packets", q->queued_packets);
	json_set_number(o, "queued-bytes", q->queued_bytes);
	json_set_number(o, "dropped-limit", q->dropped_limit);
	json_set_number(o, "dropped-codel", q->dropped_codel);
	json_set_number(o, "dropped-rate", q->dropped_rate);
	json_set_number(o, "marked", q->marked);
	json_set_number(o, "delay-us", q->delay_us);
	json_set_number(o, "offered-rate", q->offered_rate);
	json_set_number(o, "drop-rate", q->drop_rate);
	json_set_number(o, "load-interval", q->load_interval);
	if (c)
		add_settings(o, c);
	return o;
}

void json_multipoint(FILE *f, const struct model *m)
{
	const struct queue_state *q;
	const struct device *d;
	json_t *list = json_array();

	model_for_each(q, m->queue, m->n_queue) {
		d = model_device(m, q->ifindex);
		if (d)
			json_array_append_new(list, json_of_queue(m, q,
								  d->name));
	}
	json_print_list(f, "queues", list);
}

void json_classified(FILE *f, const struct class_state *class, int64_t line)
{
	json_t *o = json_document();

	json_set_text(o, "policy", class->policy);
	json_set_text(o, "class", class->class.name);
	json_set_number(o, "index", class->index);
	json_object_set_new(o, "line", line >= 0 &&
			    (size_t)line < class->class.lines.n ?
			    json_of_line(class, (size_t)line) : json_null());
	json_object_set_new(o, "match", json_of_statements(class));
	add_settings(o, class);
	json_print(f, o, JSON_INDENT(2));
}
