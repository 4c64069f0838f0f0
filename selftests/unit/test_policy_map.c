// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dmvpnctl's "policy", "show policy-map" and "test classify" without a kernel:
 * command lines, packets, and both forms of output of a given model.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "command_line.h"
#include "dmvpnctl/nhrpd.h"
#include "dmvpnctl/output.h"
#include "dmvpnctl/packet.h"
#include "nhrpd/acl.h"
#include "services.h"

/* ---- command lines ---- */

static const struct command table[] = {
	{ "show policy-map", TAKES_NAME, NULL, "" },
	{ "show policy-map interface", TAKES_NAME, NULL, "" },
	{ "policy load", NEEDS_NAME, NULL, "" },
	{ "test classify", NEEDS_NAME | TAKES_FLOW, NULL, "" },
};

static const struct commands commands = { table, 4 };
static char error[COMMAND_ERROR];
static struct args args;

static const char *parse(const char *line)
{
	return command_line(&commands, line, &args, error);
}

static void test_commands(void **state)
{
	(void)state;
	assert_string_equal(parse("show policy-map"), "show policy-map");
	assert_null(args.name);
	assert_string_equal(parse("show policy-map OUTER"), "show policy-map");
	assert_string_equal(args.name, "OUTER");
	assert_string_equal(parse("show policy-map interface dmvpn0"),
			    "show policy-map interface");
	assert_string_equal(args.name, "dmvpn0");
	assert_null(parse("show policy-map A B"));
	assert_null(parse("policy load"));
	assert_string_equal(error, "policy load: which?");
	assert_non_null(parse("test classify OUTER src 1.1.1.1 dst 2.2.2.2"
			      " protocol tcp sport 5 dport www dscp af21"));
	assert_string_equal(args.name, "OUTER");
	assert_string_equal(args.flow.dst, "2.2.2.2");
	assert_string_equal(args.flow.dport, "www");
	assert_null(parse("test classify OUTER src 1.1.1.1 src 2.2.2.2"));
	assert_null(parse("test classify OUTER src"));
	assert_null(parse("test classify OUTER ttl 5"));
	assert_string_equal(error, "test classify: what is \"ttl\"?");
}

/* ---- packets ---- */

static size_t build(const char *line, uint8_t *packet)
{
	assert_non_null(parse(line));
	return packet_build(&args.flow, packet, error);
}

#define FLOW "test classify P src 10.0.0.1 dst 10.0.0.2 protocol "

static void test_packets(void **state)
{
	uint8_t p[PACKET_LEN];

	(void)state;
	assert_int_equal(build(FLOW "udp sport 4660 dport snmp dscp ef", p),
			 40);
	assert_int_equal(p[0], 0x45);
	assert_int_equal(p[1], 46 << 2);
	assert_int_equal(p[3], 40);
	assert_int_equal(p[9], 17);
	assert_int_equal(p[15], 1);
	assert_int_equal(p[19], 2);
	assert_int_equal(p[20], 0x12);
	assert_int_equal(p[21], 0x34);
	assert_int_equal(p[23], 161);
	assert_int_equal(build(FLOW "icmp type 8 code 3", p), 40);
	assert_int_equal(p[20], 8);
	assert_int_equal(p[21], 3);
	assert_int_equal(build("test classify P src 2001::1 dst 2001::2"
			       " protocol icmp type 128 dscp af11", p), 60);
	assert_int_equal(p[0], 0x62);
	assert_int_equal(p[1], 0x80);
	assert_int_equal(p[6], 58);
	assert_int_equal(p[23], 1);
	assert_int_equal(p[39], 2);
	assert_int_equal(p[40], 128);
}

static void no_packet(const char *line, const char *words)
{
	uint8_t p[PACKET_LEN];

	assert_int_equal(build(line, p), 0);
	if (!strstr(error, words))
		fail_msg("no \"%s\" in \"%s\"", words, error);
}

static void test_no_packets(void **state)
{
	(void)state;
	no_packet("test classify P", "src wants an address: \"\"");
	no_packet("test classify P src 1.1.1", "src wants an address: \"1.1.1\"");
	no_packet("test classify P src 1.1.1.1 dst 2001::1 protocol 6",
		  "different families");
	no_packet(FLOW "ipx", "protocol wants a name");
	no_packet(FLOW "tcp dscp af99", "dscp wants a name as af31");
	no_packet(FLOW "tcp sport 70000", "no source port");
	no_packet(FLOW "icmp type echo", "ICMP type: \"echo\"");
}

/* Of trace, which knows where to. */
static void test_packet_to(void **state)
{
	struct flow_args flow = { .src = NULL };
	uint8_t p[PACKET_LEN];

	(void)state;
	assert_int_equal(packet_build_to(&flow, "10.0.0.1", "10.0.0.2", p,
					 error), 40);
	assert_int_equal(p[9], 1);
	assert_int_equal(p[15], 1);
	assert_int_equal(p[19], 2);
	flow = (struct flow_args){ .src = "10.0.0.9", .protocol = "udp" };
	assert_int_equal(packet_build_to(&flow, "10.0.0.1", "10.0.0.2", p,
					 error), 40);
	assert_int_equal(p[9], 17);
	assert_int_equal(p[15], 9);
	flow.protocol = "bogus";
	assert_int_equal(packet_build_to(&flow, "10.0.0.1", "10.0.0.2", p,
					 error), 0);
	assert_non_null(strstr(error, "protocol wants a name"));
	flow = (struct flow_args){ .src = "2001::1" };
	assert_int_equal(packet_build_to(&flow, "10.0.0.1", "10.0.0.2", p,
					 error), 0);
	assert_non_null(strstr(error, "different families"));
}

/* ---- a model: the cloud's policies ---- */

static struct class_state *add_class(struct model *m, const char *policy,
				     uint32_t index, const char *name)
{
	struct class_state *c = model_add(m->class, m->n_class);

	snprintf(c->policy, sizeof(c->policy), "%s", policy);
	snprintf(c->class.name, sizeof(c->class.name), "%s", name);
	c->index = index;
	return c;
}

static void add_line(struct class_state *c, const char *text,
		     uint32_t statement, uint64_t packets)
{
	size_t n = c->class.lines.n;
	struct count *count;
	char why[ACL_ERROR];

	assert_int_equal(acl_parse(text, &c->class.lines, why), 0);
	c->class.lines.v[n].statement = statement;
	count = model_add(c->line, n);
	count->packets = packets;
	count->bytes = packets * 100;
}

static void set(struct class_state *c, const char *name, const char *value)
{
	const struct policy_setting *s = policy_setting_find(name);
	uint64_t number;

	assert_int_equal(policy_value_parse(s, value, &number), 0);
	policy_set_value(&c->class, s->attr, number);
}

static void add_policy(struct model *m, const char *name)
{
	struct policy_state *p = model_add(m->policy, m->n_policy);

	snprintf(p->name, sizeof(p->name), "%s", name);
	p->classes = 2;
	p->users = 1;
}

static struct model cloud(void)
{
	struct model m = { 0 };
	struct device *d = model_add(m.device, m.n_device);
	struct class_state *c;

	d->ifindex = 5;
	snprintf(d->name, sizeof(d->name), "dmvpn0");
	snprintf(d->output_policy, sizeof(d->output_policy), "INNER");
	snprintf(d->underlay_policy, sizeof(d->underlay_policy), "OUTER");
	d->pre_classify = true;
	add_policy(&m, "INNER");
	c = add_class(&m, "INNER", 0, "BIZ");
	add_line(c, "deny tcp any any eq 22", 0, 0);
	add_line(c, "permit ip any 11.11.11.0/24", 0, 7);
	add_line(c, "permit ip any any dscp ef", 1, 2);
	c->count = (struct count){ 9, 900 };
	set(c, "set-dscp", "af21");
	c = add_class(&m, "INNER", 1, "class-default");
	c->count.packets = 3;
	add_policy(&m, "OUTER");
	c = add_class(&m, "OUTER", 0, "BIZ");
	set(c, "set-outer-dscp", "af31");
	set(c, "set-priority", "1:10");
	services_add(&m);
	return m;
}

static void told(struct model *m)
{
	json_t *o = json_loads("{\"type\":\"class\",\"policy\":\"INNER\","
			       "\"class\":\"BIZ\",\"match-all\":false,"
			       "\"match\":[\"access-group BIZ\",\"dscp ef\"]}",
			       0, NULL);

	assert_non_null(o);
	nhrp_take(m, o);
	json_decref(o);
	/* Of one that the kernel has not. */
	o = json_loads("{\"type\":\"class\",\"policy\":\"X\",\"class\":\"Y\","
		       "\"match\":[\"any\"]}", 0, NULL);
	nhrp_take(m, o);
	json_decref(o);
}

/* ---- output ---- */

static char *text;
static size_t text_len;

static void show(void (*print)(FILE *f, const struct model *m),
		 const struct model *m)
{
	FILE *f;

	free(text);
	text = NULL;
	f = open_memstream(&text, &text_len);
	print(f, m);
	fclose(f);
}

static void says(const char *what)
{
	if (!strstr(text, what))
		fail_msg("no \"%s\" in:\n%s", what, text);
}

static void silent_on(const char *what)
{
	if (strstr(text, what))
		fail_msg("\"%s\" in:\n%s", what, text);
}

static void test_interface_text(void **state)
{
	struct model m = cloud();

	(void)state;
	told(&m);
	show(text_output.policy_interface, &m);
	says(" dmvpn0\n  QoS pre-classification is on\n\n"
	     "  Service-policy output: INNER\n\n"
	     "    Class-map: BIZ (match-any)\n"
	     "      9 packets, 900 bytes\n"
	     "      5 minute offered rate 64000 bps, drop rate 0 bps\n"
	     "      Match: access-group name BIZ\n"
	     "        7 packets, 700 bytes\n"
	     "      Match: dscp ef\n"
	     "        2 packets, 200 bytes\n"
	     "      QoS Set\n"
	     "        dscp af21\n"
	     "          Packets marked 9\n");
	says("    Class-map: class-default (match-any)\n"
	     "      3 packets, 0 bytes\n"
	     "      5 minute offered rate 64001 bps, drop rate 0 bps\n"
	     "      Match: any\n");
	says(" dmvpn0 underlay, of the inner packet\n\n"
	     "  Service-policy output: OUTER\n");
	says("      30 second offered rate 64000 bps, drop rate 0 bps\n");
	says("        dscp tunnel af31\n");
	says("        priority 1:10\n");
	model_free(&m);
}

/* What one device has sent is nothing to another with the same policy. */
static void test_two_devices(void **state)
{
	struct model m = cloud();
	struct device *d = model_add(m.device, m.n_device);

	(void)state;
	d->ifindex = 6;
	snprintf(d->name, sizeof(d->name), "dmvpn1");
	snprintf(d->output_policy, sizeof(d->output_policy), "INNER");
	services_add(&m);
	model_service(&m, 6, DMVPN_SERVICE_POINT_OUTPUT, 0)->count.packets = 5;
	model_service(&m, 6, DMVPN_SERVICE_POINT_OUTPUT, 0)->line->packets = 5;
	show(text_output.policy_interface, &m);
	says("    Class-map: BIZ (match-any)\n      9 packets, 900 bytes\n");
	says(" dmvpn1\n\n  Service-policy output: INNER\n\n"
	     "    Class-map: BIZ (match-any)\n      5 packets, 900 bytes\n");
	show(ometric_output.policy_interface, &m);
	says("dmvpn_class_packets_total{interface=\"dmvpn0\",point=\"output\","
	     "policy=\"INNER\",class=\"BIZ\"} 9\n");
	says("dmvpn_class_packets_total{interface=\"dmvpn1\",point=\"output\","
	     "policy=\"INNER\",class=\"BIZ\"} 5\n");
	/* The policy was replaced between two looks at it. */
	model_service(&m, 6, DMVPN_SERVICE_POINT_OUTPUT, 0)->n_line = 0;
	show(text_output.policy_interface, &m);
	silent_on("5 packets");
	model_free(&m);
}

/* Without nhrpd the lines speak for themselves. */
static void test_without_nhrpd(void **state)
{
	struct model m = cloud();

	(void)state;
	show(text_output.policy_interface, &m);
	says("      Match: deny tcp any any eq 22\n"
	     "      Match: permit ip any 11.11.11.0/24\n"
	     "        7 packets, 700 bytes\n"
	     "      Match: permit ip any any dscp ef\n");
	show(json_output.policy_interface, &m);
	says("\"match\": null");
	model_free(&m);
}

static void test_policy_text(void **state)
{
	struct model m = cloud();

	(void)state;
	told(&m);
	show(text_output.policies, &m);
	says("OUTER                                  2       1\n");
	show(text_output.policy_map, &m);
	says("  Policy Map INNER\n    Class BIZ\n"
	     "      Match: access-group name BIZ\n      Match: dscp ef\n"
	     "      set dscp af21\n    Class class-default\n");
	model_keep_policy(&m, "OUTER");
	show(text_output.policy_map, &m);
	silent_on("INNER");
	says("      set dscp tunnel af31\n      set priority 1:10\n");
	model_free(&m);
}

static struct queue_state *add_queue(struct model *m, const char *policy,
				     const char *class, uint32_t index,
				     uint32_t depth)
{
	struct queue_state *q = model_add(m->queue, m->n_queue);

	q->ifindex = 5;
	addr_parse("6.6.6.6", &q->remote.addr);
	snprintf(q->policy, sizeof(q->policy), "%s", policy);
	snprintf(q->class, sizeof(q->class), "%s", class);
	q->index = index;
	q->depth = depth;
	q->packets = 10;
	q->bytes = 1000;
	q->offered_rate = 5000000;
	q->drop_rate = 1000000;
	q->load_interval = 300;
	return q;
}

static struct model spoke(void)
{
	struct model m = cloud();
	struct queue_state *q;
	struct class_state *c;

	c = add_class(&m, "SPOKE", 0, "class-default");
	set(c, "shape", "5 Mbit");
	snprintf(c->class.child, sizeof(c->class.child), "CHILD");
	c = add_class(&m, "CHILD", 0, "VOICE");
	set(c, "priority-percent", "10");
	c = add_class(&m, "CHILD", 1, "class-default");
	set(c, "bandwidth", "600 kbps");
	q = add_queue(&m, "SPOKE", "class-default", 0, 0);
	q->rate = 4000000;
	q = add_queue(&m, "CHILD", "VOICE", 0, 1);
	q->dropped_rate = 4;
	q = add_queue(&m, "CHILD", "class-default", 1, 1);
	q->queued_packets = 3;
	q->dropped_limit = 5;
	q->dropped_codel = 6;
	addr_parse("7.7.7.7", &add_queue(&m, "CHILD", "VOICE", 0, 0)->remote.addr);
	return m;
}

static void test_multipoint_text(void **state)
{
	struct model m = spoke();

	(void)state;
	show(text_output.multipoint, &m);
	says("Interface dmvpn0 <--> 6.6.6.6\n\n"
	     "  Service-policy output: SPOKE\n\n"
	     "    Class-map: class-default (match-any)\n"
	     "      10 packets, 1000 bytes\n"
	     "      5 minute offered rate 5000000 bps, "
	     "drop rate 1000000 bps\n"
	     "      Match: any\n"
	     "      Queueing\n");
	says("      shape (average) cir 5000000, bc 0, be 0\n"
	     "      target shape rate 4000000\n");
	says("      Service-policy : CHILD\n\n"
	     "        Class-map: VOICE (match-any)\n");
	says("          Priority: 10% (400 kbps), burst bytes 0, "
	     "b/w exceed drops: 4\n");
	says("          (queue depth/total drops/no-buffer drops) 3/11/5\n"
	     "          (pkts output/bytes output) 10/1000\n");
	says("          bandwidth 600 kbps\n");
	says("Interface dmvpn0 <--> 7.7.7.7\n\n  Service-policy output: CHILD\n");
	model_free(&m);
}

static json_t *parsed(void)
{
	json_t *value = json_loadb(text, text_len, JSON_DECODE_ANY, NULL);

	if (!value)
		fail_msg("no JSON:\n%s", text);
	return value;
}

/* The first one of a document's list. */
static json_t *list_member(const json_t *document, const char *list)
{
	return json_array_get(json_object_get(document, list), 0);
}

static void test_json(void **state)
{
	struct model m = spoke();
	json_t *v, *class;

	(void)state;
	told(&m);
	show(json_output.policy_interface, &m);
	v = parsed();
	class = json_array_get(json_object_get(json_object_get(
		list_member(v, "interfaces"), "output-policy"), "classes"), 0);
	assert_int_equal(json_integer_value(json_object_get(class, "packets")),
			 9);
	assert_string_equal(json_string_value(json_object_get(class,
							      "set-dscp")),
			    "af21");
	assert_string_equal(json_string_value(json_array_get(
		json_object_get(class, "match"), 0)), "access-group BIZ");
	json_decref(v);
	show(json_output.multipoint, &m);
	v = parsed();
	assert_int_equal(json_array_size(json_object_get(v, "queues")), 4);
	assert_int_equal(json_integer_value(json_object_get(
		list_member(v, "queues"), "shape")), 5000000);
	json_decref(v);
	show(json_output.policy_map, &m);
	json_decref(parsed());
	show(json_output.policies, &m);
	json_decref(parsed());
	model_free(&m);
}

static void classify(const struct output *out, const struct class_state *c,
		     int64_t line)
{
	FILE *f;

	free(text);
	text = NULL;
	f = open_memstream(&text, &text_len);
	out->classified(f, c, line);
	fclose(f);
}

static void test_classified(void **state)
{
	struct model m = cloud();

	(void)state;
	told(&m);
	classify(&text_output, &m.class[0], 1);
	assert_string_equal(text, "class BIZ\n"
			    "  Match: access-group name BIZ\n"
			    "  Line 2: permit ip any 11.11.11.0/24\n"
			    "  set-dscp af21\n");
	classify(&text_output, &m.class[1], -1);
	assert_string_equal(text, "class class-default\n");
	classify(&json_output, &m.class[1], -1);
	says("\"line\": null");
	classify(&json_output, &m.class[0], 2);
	says("\"text\": \"permit ip any any dscp ef\"");
	model_free(&m);
}

static int forget(void **state)
{
	(void)state;
	free(text);
	text = NULL;
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_packets),
		cmocka_unit_test(test_no_packets),
		cmocka_unit_test(test_packet_to),
		cmocka_unit_test(test_interface_text),
		cmocka_unit_test(test_two_devices),
		cmocka_unit_test(test_without_nhrpd),
		cmocka_unit_test(test_policy_text),
		cmocka_unit_test(test_multipoint_text),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_classified),
	};

	return cmocka_run_group_tests(tests, NULL, forget);
}
