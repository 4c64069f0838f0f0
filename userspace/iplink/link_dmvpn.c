// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Plugin of ip(8): the options of "ip link ... type dmvpn". ip loads it by
 * name and resolves what is declared here from itself; no header of iproute2
 * is installed. All of it is the same in iproute2 6.1 to 7.1.
 */
#include <arpa/inet.h>
#include <linux/dmvpn.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* ---- of iproute2 ---- */

/**
 * struct link_util - what ip asks of a kind of device
 * @next: ip's
 * @id: the kind
 * @maxattr: highest attribute of IFLA_INFO_DATA
 * @parse_opt: put options into a request, -1 if that cannot be
 * @print_opt: show attributes, NULL if there are none
 * @print_xstats: not used
 * @print_help: show what options there are
 * @parse_ifla_xstats: not used
 * @print_ifla_xstats: not used
 */
struct link_util {
	struct link_util *next;
	const char *id;
	int maxattr;
	int (*parse_opt)(struct link_util *lu, int argc, char **argv,
			 struct nlmsghdr *n);
	void (*print_opt)(struct link_util *lu, FILE *f, struct rtattr *tb[]);
	void (*print_xstats)(struct link_util *lu, FILE *f,
			     struct rtattr *xstats);
	void (*print_help)(struct link_util *lu, int argc, char **argv,
			   FILE *f);
	int (*parse_ifla_xstats)(struct link_util *lu, int argc, char **argv);
	int (*print_ifla_xstats)(struct nlmsghdr *n, void *arg);
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

int addattr(struct nlmsghdr *n, int maxlen, int type);
int addattr_l(struct nlmsghdr *n, int maxlen, int type, const void *data,
	      int alen);
int get_u32(uint32_t *val, const char *arg, int base);
unsigned int ll_name_to_index(const char *name);
const char *ll_index_to_name(unsigned int idx);
int nodev(const char *dev);
void incomplete_command(void) __attribute__((noreturn));
void invarg(const char *msg, const char *arg) __attribute__((noreturn));
void duparg(const char *key, const char *arg) __attribute__((noreturn));
int print_color_uint(enum output_type type, enum color_attr color,
		     const char *key, const char *fmt, unsigned int value);
int print_color_0xhex(enum output_type type, enum color_attr color,
		      const char *key, const char *fmt,
		      unsigned long long value);
int print_color_bool(enum output_type type, enum color_attr color,
		     const char *key, const char *fmt, bool value);
int print_color_string(enum output_type type, enum color_attr color,
		       const char *key, const char *fmt, const char *value);

extern struct link_util dmvpn_link_util;

/* ---- options ---- */

#define REQUEST_LEN	1024	/* as all kinds have it */
#define NAME_MAX_LEN	63	/* of profiles and policies */
#define MESSAGE_LEN	128
#define TTL_INHERIT	0
#define TOS_INHERIT	1
#define ECN_BITS	3

static const char *const df_names[] = {
	[DMVPN_DF_COPY] = "copy",
	[DMVPN_DF_SET] = "set",
	[DMVPN_DF_CLEAR] = "clear",
};

/**
 * struct option - one option
 * @name: how it is written
 * @parse: put its value into the request; -1 after saying why not
 * @type: attribute
 * @min: smallest number
 * @max: largest number
 * @excludes: attribute of an option that it cannot be combined with, or 0
 * @bare: takes no value
 */
struct option {
	const char *name;
	int (*parse)(struct nlmsghdr *n, const struct option *o,
		     const char *arg);
	int type;
	uint32_t min;
	uint32_t max;
	int excludes;
	bool bare;
};

static uint32_t number(const struct option *o, const char *arg)
{
	char message[MESSAGE_LEN];
	uint32_t value;

	if (!get_u32(&value, arg, 0) && value >= o->min && value <= o->max)
		return value;
	snprintf(message, sizeof(message), "%s is a number from %u to %u",
		 o->name, o->min, o->max);
	invarg(message, arg);
}

static int parse_u32(struct nlmsghdr *n, const struct option *o,
		     const char *arg)
{
	uint32_t value = number(o, arg);

	return addattr_l(n, REQUEST_LEN, o->type, &value, sizeof(value));
}

static int parse_ttl(struct nlmsghdr *n, const struct option *o,
		     const char *arg)
{
	uint8_t ttl = TTL_INHERIT;

	if (strcmp(arg, "inherit"))
		ttl = (uint8_t)number(o, arg);
	return addattr_l(n, REQUEST_LEN, o->type, &ttl, sizeof(ttl));
}

static int parse_tos(struct nlmsghdr *n, const struct option *o,
		     const char *arg)
{
	uint8_t tos = TOS_INHERIT;

	if (strcmp(arg, "inherit")) {
		tos = (uint8_t)number(o, arg);
		if (tos & ECN_BITS)
			invarg("tos leaves the two ECN bits 0", arg);
	}
	return addattr_l(n, REQUEST_LEN, o->type, &tos, sizeof(tos));
}

static int parse_local(struct nlmsghdr *n, const struct option *o,
		       const char *arg)
{
	uint8_t b[16];

	(void)o;
	if (inet_pton(AF_INET, arg, b) == 1)
		return addattr_l(n, REQUEST_LEN, IFLA_DMVPN_LOCAL, b, 4);
	if (inet_pton(AF_INET6, arg, b) == 1)
		return addattr_l(n, REQUEST_LEN, IFLA_DMVPN_LOCAL6, b, 16);
	invarg("local is an IP address", arg);
}

static int parse_df(struct nlmsghdr *n, const struct option *o, const char *arg)
{
	uint8_t df;

	for (df = 0; df < sizeof(df_names) / sizeof(df_names[0]); df++)
		if (!strcmp(df_names[df], arg))
			return addattr_l(n, REQUEST_LEN, o->type, &df,
					 sizeof(df));
	invarg("df is copy, set or clear", arg);
}

/* A pair of options without a value, of which the first one's @min is 1. */
static int parse_switch(struct nlmsghdr *n, const struct option *o,
			const char *arg)
{
	uint8_t on = (uint8_t)o->min;

	(void)arg;
	return addattr_l(n, REQUEST_LEN, o->type, &on, sizeof(on));
}

static int parse_dev(struct nlmsghdr *n, const struct option *o,
		     const char *arg)
{
	uint32_t ifindex = ll_name_to_index(arg);

	if (!ifindex)
		return nodev(arg);
	return addattr_l(n, REQUEST_LEN, o->type, &ifindex, sizeof(ifindex));
}

static int parse_nodev(struct nlmsghdr *n, const struct option *o,
		       const char *arg)
{
	uint32_t any = 0;

	(void)arg;
	return addattr_l(n, REQUEST_LEN, o->type, &any, sizeof(any));
}

static int parse_name(struct nlmsghdr *n, const struct option *o,
		      const char *arg)
{
	char message[MESSAGE_LEN];
	size_t len = strlen(arg);

	if (len && len <= NAME_MAX_LEN)
		return addattr_l(n, REQUEST_LEN, o->type, arg, (int)len + 1);
	snprintf(message, sizeof(message),
		 "%s is a name of at most %d bytes; no%s is for none", o->name,
		 NAME_MAX_LEN, o->name);
	invarg(message, arg);
}

static int parse_noname(struct nlmsghdr *n, const struct option *o,
			const char *arg)
{
	return addattr_l(n, REQUEST_LEN, o->type, arg, 1);
}

static int parse_flag(struct nlmsghdr *n, const struct option *o,
		      const char *arg)
{
	(void)arg;
	return addattr(n, REQUEST_LEN, o->type);
}

static const struct option options[] = {
	{ .name = "local", .parse = parse_local, .type = IFLA_DMVPN_LOCAL },
	{ .name = "dev", .parse = parse_dev, .type = IFLA_DMVPN_LINK },
	{ .name = "nodev", .parse = parse_nodev, .type = IFLA_DMVPN_LINK,
	  .bare = true },
	{ .name = "key", .parse = parse_u32, .type = IFLA_DMVPN_KEY,
	  .max = UINT32_MAX, .excludes = IFLA_DMVPN_NO_KEY },
	{ .name = "nokey", .parse = parse_flag, .type = IFLA_DMVPN_NO_KEY,
	  .excludes = IFLA_DMVPN_KEY, .bare = true },
	{ .name = "ttl", .parse = parse_ttl, .type = IFLA_DMVPN_TTL,
	  .min = 1, .max = 255 },
	{ .name = "tos", .parse = parse_tos, .type = IFLA_DMVPN_TOS,
	  .max = 255 },
	{ .name = "df", .parse = parse_df, .type = IFLA_DMVPN_DF },
	{ .name = "csum", .parse = parse_switch, .type = IFLA_DMVPN_CSUM,
	  .min = 1, .bare = true },
	{ .name = "nocsum", .parse = parse_switch, .type = IFLA_DMVPN_CSUM,
	  .bare = true },
	{ .name = "fwmark", .parse = parse_u32, .type = IFLA_DMVPN_FWMARK,
	  .max = UINT32_MAX },
	{ .name = "source-check", .parse = parse_switch,
	  .type = IFLA_DMVPN_SOURCE_CHECK, .min = 1, .bare = true },
	{ .name = "nosource-check", .parse = parse_switch,
	  .type = IFLA_DMVPN_SOURCE_CHECK, .bare = true },
	{ .name = "mcast-rate", .parse = parse_u32,
	  .type = IFLA_DMVPN_MCAST_RATE, .max = UINT32_MAX },
	{ .name = "nhrp-rate", .parse = parse_u32,
	  .type = IFLA_DMVPN_NHRP_RATE, .max = UINT32_MAX },
	{ .name = "protection", .parse = parse_name,
	  .type = IFLA_DMVPN_PROFILE },
	{ .name = "noprotection", .parse = parse_noname,
	  .type = IFLA_DMVPN_PROFILE, .bare = true },
	{ .name = "pre-classify", .parse = parse_switch,
	  .type = IFLA_DMVPN_PRE_CLASSIFY, .min = 1, .bare = true },
	{ .name = "nopre-classify", .parse = parse_switch,
	  .type = IFLA_DMVPN_PRE_CLASSIFY, .bare = true },
	{ .name = "output-policy", .parse = parse_name,
	  .type = IFLA_DMVPN_OUTPUT_POLICY },
	{ .name = "nooutput-policy", .parse = parse_noname,
	  .type = IFLA_DMVPN_OUTPUT_POLICY, .bare = true },
	{ .name = "underlay-policy", .parse = parse_name,
	  .type = IFLA_DMVPN_UNDERLAY_POLICY },
	{ .name = "nounderlay-policy", .parse = parse_noname,
	  .type = IFLA_DMVPN_UNDERLAY_POLICY, .bare = true },
	{ .name = "pending", .parse = parse_u32, .type = IFLA_DMVPN_PENDING,
	  .max = 4096 },
	{ .name = "max-peers", .parse = parse_u32,
	  .type = IFLA_DMVPN_MAX_PEERS, .min = 1, .max = UINT32_MAX },
	{ .name = "max-nexthops", .parse = parse_u32,
	  .type = IFLA_DMVPN_MAX_NEXTHOPS, .min = 1, .max = UINT32_MAX },
	{ .name = "max-incomplete", .parse = parse_u32,
	  .type = IFLA_DMVPN_MAX_INCOMPLETE, .max = UINT32_MAX },
	{ .name = "upcalls", .parse = parse_u32, .type = IFLA_DMVPN_UPCALLS,
	  .max = UINT32_MAX },
};

static const struct option *find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (!strcmp(options[i].name, name))
			return &options[i];
	return NULL;
}

static void help(FILE *f)
{
	fprintf(f,
		"Usage: ... dmvpn [ local IPV4_ADDRESS ] [ local IPV6_ADDRESS ]\n"
		"		 [ dev UNDERLAY | nodev ]\n"
		"		 [ key NUMBER | nokey ]\n"
		"		 [ ttl { 1..255 | inherit } ]\n"
		"		 [ tos { TOS | inherit } ]\n"
		"		 [ df { copy | set | clear } ]\n"
		"		 [ csum | nocsum ]\n"
		"		 [ fwmark MARK ]\n"
		"		 [ source-check | nosource-check ]\n"
		"		 [ mcast-rate PER_SECOND ]\n"
		"		 [ nhrp-rate PER_SECOND ]\n"
		"		 [ protection PROFILE | noprotection ]\n"
		"		 [ pre-classify | nopre-classify ]\n"
		"		 [ output-policy NAME | nooutput-policy ]\n"
		"		 [ underlay-policy NAME | nounderlay-policy ]\n"
		"		 [ pending PACKETS ]\n"
		"		 [ max-peers NUMBER ]\n"
		"		 [ max-nexthops NUMBER ]\n"
		"		 [ max-incomplete NUMBER ]\n"
		"		 [ upcalls PER_SECOND ]\n"
		"See ip-link-dmvpn(8).\n");
}

/* An address of each family may be given. */
static int type_of(const struct option *o, const char *arg)
{
	if (o->parse == parse_local && strchr(arg, ':'))
		return IFLA_DMVPN_LOCAL6;
	return o->type;
}

static int dmvpn_parse_opt(struct link_util *lu, int argc, char **argv,
			   struct nlmsghdr *n)
{
	bool seen[IFLA_DMVPN_MAX + 1] = { false };
	const struct option *o;
	const char *arg;
	int type;

	(void)lu;
	for (; argc > 0; argc--, argv++) {
		o = find(*argv);
		if (!o) {
			if (strcmp(*argv, "help"))
				fprintf(stderr,
					"Error: dmvpn has no option \"%s\"\n",
					*argv);
			help(stderr);
			return -1;
		}
		arg = "";
		if (!o->bare) {
			if (--argc <= 0)
				incomplete_command();
			arg = *++argv;
		}
		type = type_of(o, arg);
		if (seen[type] || (o->excludes && seen[o->excludes]))
			duparg(o->name, arg);
		seen[type] = true;
		if (o->parse(n, o, arg))
			return -1;
	}
	return 0;
}

/* ---- show ---- */

static bool has(const struct rtattr *attr, size_t len)
{
	return attr && RTA_PAYLOAD(attr) >= len;
}

static uint32_t u32_of(const struct rtattr *attr)
{
	uint32_t value;

	memcpy(&value, RTA_DATA(attr), sizeof(value));
	return value;
}

static void print_word(const char *key, const char *fmt, const char *word)
{
	print_color_string(PRINT_ANY, COLOR_NONE, key, fmt, word);
}

static void print_number(const struct rtattr *attr, const char *key,
			 const char *fmt)
{
	if (has(attr, sizeof(uint32_t)))
		print_color_uint(PRINT_ANY, COLOR_NONE, key, fmt,
				 u32_of(attr));
}

static void print_local(const struct rtattr *attr, int family, size_t len,
			const char *key)
{
	char text[INET6_ADDRSTRLEN];

	if (has(attr, len) && inet_ntop(family, RTA_DATA(attr), text,
					sizeof(text)))
		print_word(key, "local %s ", text);
}

static void print_df(const struct rtattr *attr)
{
	uint8_t df;

	if (!has(attr, sizeof(df)))
		return;
	df = *(const uint8_t *)RTA_DATA(attr);
	if (df < sizeof(df_names) / sizeof(df_names[0]))
		print_word("df", "df %s ", df_names[df]);
}

/* Said only where it is on, as ip does. */
static void print_switch(const struct rtattr *attr, const char *key,
			 const char *word)
{
	if (has(attr, 1) && *(const uint8_t *)RTA_DATA(attr))
		print_color_bool(PRINT_ANY, COLOR_NONE, key, word, true);
}

static void print_mark(const struct rtattr *attr)
{
	if (has(attr, sizeof(uint32_t)) && u32_of(attr))
		print_color_0xhex(PRINT_ANY, COLOR_NONE, "fwmark",
				  "fwmark %#llx ", u32_of(attr));
}

static void print_link(const struct rtattr *attr)
{
	if (has(attr, sizeof(uint32_t)) && u32_of(attr))
		print_word("link", "dev %s ", ll_index_to_name(u32_of(attr)));
}

static void print_ttl(const struct rtattr *attr)
{
	uint8_t ttl;

	if (!has(attr, sizeof(ttl)))
		return;
	ttl = *(const uint8_t *)RTA_DATA(attr);
	if (ttl == TTL_INHERIT)
		print_word("ttl", "ttl %s ", "inherit");
	else
		print_color_uint(PRINT_ANY, COLOR_NONE, "ttl", "ttl %u ", ttl);
}

static void print_tos(const struct rtattr *attr)
{
	uint8_t tos;

	if (!has(attr, sizeof(tos)))
		return;
	tos = *(const uint8_t *)RTA_DATA(attr);
	if (tos == TOS_INHERIT)
		print_word("tos", "tos %s ", "inherit");
	else
		print_color_0xhex(PRINT_ANY, COLOR_NONE, "tos", "tos %#llx ",
				  tos);
}

static void print_name(const struct rtattr *attr, const char *key,
		       const char *fmt)
{
	const char *name = has(attr, 1) ? RTA_DATA(attr) : "";

	if (*name)
		print_word(key, fmt, name);
}

static void dmvpn_print_opt(struct link_util *lu, FILE *f, struct rtattr *tb[])
{
	(void)lu;
	(void)f;
	if (!tb)
		return;
	print_local(tb[IFLA_DMVPN_LOCAL], AF_INET, 4, "local");
	print_local(tb[IFLA_DMVPN_LOCAL6], AF_INET6, 16, "local6");
	print_link(tb[IFLA_DMVPN_LINK]);
	print_number(tb[IFLA_DMVPN_KEY], "key", "key %u ");
	print_ttl(tb[IFLA_DMVPN_TTL]);
	print_tos(tb[IFLA_DMVPN_TOS]);
	print_df(tb[IFLA_DMVPN_DF]);
	print_switch(tb[IFLA_DMVPN_CSUM], "csum", "csum ");
	print_mark(tb[IFLA_DMVPN_FWMARK]);
	print_switch(tb[IFLA_DMVPN_SOURCE_CHECK], "source_check",
		     "source-check ");
	print_number(tb[IFLA_DMVPN_MCAST_RATE], "mcast_rate", "mcast-rate %u ");
	print_number(tb[IFLA_DMVPN_NHRP_RATE], "nhrp_rate", "nhrp-rate %u ");
	print_name(tb[IFLA_DMVPN_PROFILE], "protection", "protection %s ");
	print_switch(tb[IFLA_DMVPN_PRE_CLASSIFY], "pre_classify",
		     "pre-classify ");
	print_name(tb[IFLA_DMVPN_OUTPUT_POLICY], "output_policy",
		   "output-policy %s ");
	print_name(tb[IFLA_DMVPN_UNDERLAY_POLICY], "underlay_policy",
		   "underlay-policy %s ");
	print_number(tb[IFLA_DMVPN_PENDING], "pending", "pending %u ");
	print_number(tb[IFLA_DMVPN_MAX_PEERS], "max_peers", "max-peers %u ");
	print_number(tb[IFLA_DMVPN_MAX_NEXTHOPS], "max_nexthops",
		     "max-nexthops %u ");
	print_number(tb[IFLA_DMVPN_MAX_INCOMPLETE], "max_incomplete",
		     "max-incomplete %u ");
	print_number(tb[IFLA_DMVPN_UPCALLS], "upcalls", "upcalls %u ");
}

static void dmvpn_print_help(struct link_util *lu, int argc, char **argv,
			     FILE *f)
{
	(void)lu;
	(void)argc;
	(void)argv;
	help(f);
}

struct link_util dmvpn_link_util = {
	.id = "dmvpn",
	.maxattr = IFLA_DMVPN_MAX,
	.parse_opt = dmvpn_parse_opt,
	.print_opt = dmvpn_print_opt,
	.print_help = dmvpn_print_help,
};
