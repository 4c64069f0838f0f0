// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Plugin of tc(8): the options of "tc qdisc ... dmvpn". tc loads it by name and
 * resolves what is declared here from itself; no header of iproute2 is
 * installed. All of it is the same in iproute2 6.1 to 7.1.
 */
#include <linux/dmvpn_qdisc.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* ---- of iproute2 ---- */

/**
 * struct qdisc_util - what tc asks of a kind of queueing discipline
 * @next: tc's
 * @id: the kind
 * @parse_qopt: put options into a request, -1 if that cannot be
 * @print_qopt: show options, NULL if there are none
 * @print_xstats: show statistics, NULL if there are none
 * @parse_copt: not used: there are no classes of tc's
 * @print_copt: not used
 * @has_block: not used
 */
struct qdisc_util {
	struct qdisc_util *next;
	const char *id;
	int (*parse_qopt)(const struct qdisc_util *qu, int argc, char **argv,
			  struct nlmsghdr *n, const char *dev);
	int (*print_qopt)(const struct qdisc_util *qu, FILE *f,
			  struct rtattr *opt);
	int (*print_xstats)(const struct qdisc_util *qu, FILE *f,
			    struct rtattr *xstats);
	int (*parse_copt)(const struct qdisc_util *qu, int argc, char **argv,
			  struct nlmsghdr *n, const char *dev);
	int (*print_copt)(const struct qdisc_util *qu, FILE *f,
			  struct rtattr *opt);
	int (*has_block)(const struct qdisc_util *qu, struct rtattr *opt,
			 uint32_t block_idx, bool *has);
};

enum output_type {
	PRINT_FP = 1,
	PRINT_JSON = 2,
	PRINT_ANY = 4,
};

enum color_attr {
	COLOR_IFNAME,
	COLOR_MAC,
	COLOR_INET,
	COLOR_INET6,
	COLOR_OPERSTATE_UP,
	COLOR_OPERSTATE_DOWN,
	COLOR_NONE
};

struct rtattr *addattr_nest(struct nlmsghdr *n, int maxlen, int type);
int addattr_nest_end(struct nlmsghdr *n, struct rtattr *nest);
int addattr_l(struct nlmsghdr *n, int maxlen, int type, const void *data,
	      int alen);
int get_u32(uint32_t *val, const char *arg, int base);
int get_rate64(uint64_t *rate, const char *str);
int get_size(unsigned int *size, const char *str);
int parse_rtattr(struct rtattr *tb[], int max, struct rtattr *rta, int len);
void incomplete_command(void) __attribute__((noreturn));
void invarg(const char *msg, const char *arg) __attribute__((noreturn));
void duparg(const char *key, const char *arg) __attribute__((noreturn));
int print_color_uint(enum output_type type, enum color_attr color,
		     const char *key, const char *fmt, unsigned int value);
int print_color_u64(enum output_type type, enum color_attr color,
		    const char *key, const char *fmt, uint64_t value);
int print_color_size(enum output_type type, enum color_attr color,
		     const char *key, const char *fmt, uint32_t size);
int print_color_string(enum output_type type, enum color_attr color,
		       const char *key, const char *fmt, const char *value);
void tc_print_rate(enum output_type type, const char *key, const char *fmt,
		   unsigned long long rate);
void print_nl(void);

extern struct qdisc_util dmvpn_qdisc_util;

/* ---- options ---- */

#define REQUEST_LEN	1024	/* as all kinds have it */
#define MESSAGE_LEN	128
#define IDLE_MAX	32767

/**
 * struct option - one option
 * @name: how it is written
 * @parse: put its value into the request; -1 if there is no room
 * @type: attribute
 * @min: smallest number
 * @max: largest number
 */
struct option {
	const char *name;
	int (*parse)(struct nlmsghdr *n, const struct option *o,
		     const char *arg);
	int type;
	uint32_t min;
	uint32_t max;
};

static int parse_number(struct nlmsghdr *n, const struct option *o,
			const char *arg)
{
	char message[MESSAGE_LEN];
	uint32_t value;

	if (!get_u32(&value, arg, 0) && value >= o->min && value <= o->max)
		return addattr_l(n, REQUEST_LEN, o->type, &value,
				 sizeof(value));
	snprintf(message, sizeof(message), "%s is a number from %u to %u",
		 o->name, o->min, o->max);
	invarg(message, arg);
}

/* tc has bytes a second, the kernel bits. */
static int parse_rate(struct nlmsghdr *n, const struct option *o,
		      const char *arg)
{
	uint64_t rate;

	if (get_rate64(&rate, arg) || rate > UINT64_MAX / 8)
		invarg("rate is a rate, as 100mbit, or 0 for none", arg);
	rate *= 8;
	return addattr_l(n, REQUEST_LEN, o->type, &rate, sizeof(rate));
}

static int parse_size(struct nlmsghdr *n, const struct option *o,
		      const char *arg)
{
	unsigned int size;
	uint32_t bytes;

	if (get_size(&size, arg))
		invarg("burst is a size, as 64kb, or 0 for what suits the rate",
		       arg);
	bytes = size;
	return addattr_l(n, REQUEST_LEN, o->type, &bytes, sizeof(bytes));
}

static const struct option options[] = {
	{ .name = "limit", .parse = parse_number, .type = TCA_DMVPN_LIMIT,
	  .min = 1, .max = UINT32_MAX },
	{ .name = "peers", .parse = parse_number, .type = TCA_DMVPN_PEERS,
	  .max = UINT32_MAX },
	{ .name = "direct", .parse = parse_number, .type = TCA_DMVPN_DIRECT,
	  .min = 1, .max = UINT32_MAX },
	{ .name = "rate", .parse = parse_rate, .type = TCA_DMVPN_RATE },
	{ .name = "burst", .parse = parse_size, .type = TCA_DMVPN_BURST },
	{ .name = "idle", .parse = parse_number, .type = TCA_DMVPN_IDLE,
	  .min = 1, .max = IDLE_MAX },
};

static const struct option *find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (!strcmp(options[i].name, name))
			return &options[i];
	return NULL;
}

static void help(void)
{
	fprintf(stderr,
		"Usage: ... dmvpn [ limit PACKETS ] [ peers NUMBER ] [ direct PACKETS ]\n"
		"		 [ rate RATE ] [ burst BYTES ] [ idle SECONDS ]\n"
		"See tc-dmvpn(8).\n");
}

static int parse_options(int argc, char **argv, struct nlmsghdr *n)
{
	bool seen[TCA_DMVPN_MAX + 1] = { false };
	const struct option *o;

	for (; argc > 0; argc--, argv++) {
		o = find(*argv);
		if (!o) {
			if (strcmp(*argv, "help"))
				fprintf(stderr,
					"Error: dmvpn has no option \"%s\"\n",
					*argv);
			help();
			return -1;
		}
		if (--argc <= 0)
			incomplete_command();
		argv++;
		if (seen[o->type])
			duparg(o->name, *argv);
		seen[o->type] = true;
		if (o->parse(n, o, *argv))
			return -1;
	}
	return 0;
}

static int dmvpn_parse_qopt(const struct qdisc_util *qu, int argc, char **argv,
			    struct nlmsghdr *n, const char *dev)
{
	struct rtattr *nest = addattr_nest(n, REQUEST_LEN, TCA_OPTIONS);

	(void)qu;
	(void)dev;
	if (parse_options(argc, argv, n))
		return -1;
	addattr_nest_end(n, nest);
	return 0;
}

/* ---- show ---- */

static uint32_t u32_of(const struct rtattr *attr)
{
	uint32_t value = 0;

	if (attr && RTA_PAYLOAD(attr) >= sizeof(value))
		memcpy(&value, RTA_DATA(attr), sizeof(value));
	return value;
}

static uint64_t u64_of(const struct rtattr *attr)
{
	uint64_t value = 0;

	if (attr && RTA_PAYLOAD(attr) >= sizeof(value))
		memcpy(&value, RTA_DATA(attr), sizeof(value));
	return value;
}

static void print_number(const char *key, const char *fmt, uint32_t value)
{
	print_color_uint(PRINT_ANY, COLOR_NONE, key, fmt, value);
}

static void print_count(const char *key, const char *fmt, uint64_t value)
{
	print_color_u64(PRINT_ANY, COLOR_NONE, key, fmt, value);
}

static int dmvpn_print_qopt(const struct qdisc_util *qu, FILE *f,
			    struct rtattr *opt)
{
	struct rtattr *tb[TCA_DMVPN_MAX + 1] = { NULL };

	(void)qu;
	(void)f;
	if (!opt)
		return 0;
	parse_rtattr(tb, TCA_DMVPN_MAX, RTA_DATA(opt), (int)RTA_PAYLOAD(opt));
	print_number("limit", "limit %up ", u32_of(tb[TCA_DMVPN_LIMIT]));
	print_number("peers", "peers %u ", u32_of(tb[TCA_DMVPN_PEERS]));
	print_number("direct", "direct %up ", u32_of(tb[TCA_DMVPN_DIRECT]));
	if (u64_of(tb[TCA_DMVPN_RATE]))
		tc_print_rate(PRINT_ANY, "rate", "rate %s ",
			      u64_of(tb[TCA_DMVPN_RATE]) / 8);
	if (u32_of(tb[TCA_DMVPN_BURST]))
		print_color_size(PRINT_ANY, COLOR_NONE, "burst", "burst %s ",
				 u32_of(tb[TCA_DMVPN_BURST]));
	print_number("idle", "idle %us ", u32_of(tb[TCA_DMVPN_IDLE]));
	return 0;
}

static void print_drops(const struct tc_dmvpn_xstats *st)
{
	print_color_string(PRINT_FP, COLOR_NONE, NULL, "%s", "  dropped:");
	print_count("dropped_limit", " limit %llu", st->dropped_limit);
	print_count("dropped_rate", " rate %llu", st->dropped_rate);
	print_count("dropped_codel", " codel %llu", st->dropped_codel);
	print_count("dropped_direct", " direct %llu", st->dropped_direct);
	print_count("dropped_gone", " gone %llu", st->dropped_gone);
	print_count("dropped_gso", " gso %llu", st->dropped_gso);
}

static int dmvpn_print_xstats(const struct qdisc_util *qu, FILE *f,
			      struct rtattr *xstats)
{
	struct tc_dmvpn_xstats st;

	(void)qu;
	(void)f;
	if (!xstats || RTA_PAYLOAD(xstats) < sizeof(st))
		return 0;
	memcpy(&st, RTA_DATA(xstats), sizeof(st));
	print_number("queues", "  peers %u", st.peers);
	print_number("waiting", " waiting %up", st.waiting);
	print_number("direct_waiting", " direct waiting %up",
		     st.direct_waiting);
	print_count("direct_packets", " sent %llu", st.direct_packets);
	print_count("unqueued_packets", " unqueued %llu",
		    st.unqueued_packets);
	print_nl();
	print_drops(&st);
	return 0;
}

struct qdisc_util dmvpn_qdisc_util = {
	.id = "dmvpn",
	.parse_qopt = dmvpn_parse_qopt,
	.print_qopt = dmvpn_print_qopt,
	.print_xstats = dmvpn_print_xstats,
};
