// SPDX-License-Identifier: GPL-2.0
/* policy-new: from nested attributes to the rules of a policy. */
#include "netlink.h"
#include "netlink-gen.h"
#include "netns.h"
#include "policy.h"

#define CLASS_DEFAULT	"class-default"

/**
 * struct builder - rules while they are read
 * @dn: namespace
 * @rules: what was read so far
 * @class: index of the class that comes next
 * @line: index of the line that comes next
 * @percent: that classes have been promised
 * @extack: gets the reason of a failure
 */
struct builder {
	struct dmvpn_net *dn;
	struct dmvpn_rules *rules;
	u32 class;
	u32 line;
	u32 percent;
	struct netlink_ext_ack *extack;
};

static int refuse(struct builder *b, const struct nlattr *attr,
		  const char *message)
{
	NL_SET_BAD_ATTR(b->extack, attr);
	if (b->extack)
		b->extack->_msg = message;
	return -EINVAL;
}

/* ---- match lines ---- */

static void mask_bits(__be32 *addr, unsigned int len)
{
	unsigned int i;

	for (i = 0; i < DMVPN_ADDR_WORDS; i++) {
		if (len < 32)
			addr[i] &= cpu_to_be32(len ? ~0U << (32 - len) : 0);
		len -= min(len, 32U);
	}
}

/* Both addresses and the family that is named, if it is, must agree. */
static int get_prefix(struct builder *b, struct dmvpn_match *m,
		      struct nlattr *attr, struct nlattr *len, __be32 *addr,
		      u8 *bits)
{
	u8 family;

	if (!attr)
		return len ? refuse(b, len, "a length without an address") : 0;
	if (nla_len(attr) == sizeof(struct in_addr))
		family = 4;
	else if (nla_len(attr) == sizeof(struct in6_addr))
		family = 6;
	else
		return refuse(b, attr,
			      "an address has 4 bytes (IPv4) or 16 (IPv6)");
	if (m->family && m->family != family)
		return refuse(b, attr,
			      "addresses of a line are of one family, that which it names");
	m->family = family;
	*bits = len ? nla_get_u8(len) : 8 * nla_len(attr);
	if (*bits > 8 * nla_len(attr))
		return refuse(b, len, "longer than the address is");
	memcpy(addr, nla_data(attr), nla_len(attr));
	mask_bits(addr, *bits);
	return 0;
}

static int get_addresses(struct builder *b, struct dmvpn_match *m,
			 struct nlattr *tb[])
{
	struct nlattr *family = tb[DMVPN_A_MATCH_FAMILY];

	if (family)
		m->family = nla_get_u8(family);
	if (m->family && m->family != 4 && m->family != 6)
		return refuse(b, family, "family is 4, 6 or 0 for both");
	return get_prefix(b, m, tb[DMVPN_A_MATCH_SRC],
			  tb[DMVPN_A_MATCH_SRC_LEN], m->src, &m->src_len) ?:
	       get_prefix(b, m, tb[DMVPN_A_MATCH_DST],
			  tb[DMVPN_A_MATCH_DST_LEN], m->dst, &m->dst_len);
}

/* One port if only the first is named. */
static int get_ports(struct builder *b, struct nlattr *from, struct nlattr *to,
		     u16 *min, u16 *max)
{
	*min = from ? nla_get_u16(from) : 0;
	*max = from ? *min : U16_MAX;
	if (to)
		*max = nla_get_u16(to);
	if (*min > *max)
		return refuse(b, to, "the last port comes before the first");
	return 0;
}

static int get_transport(struct builder *b, struct dmvpn_match *m,
			 struct nlattr *tb[])
{
	struct nlattr *fragment = tb[DMVPN_A_MATCH_FRAGMENT];
	int err;

	m->protocol = DMVPN_MATCH_ANY_PROTOCOL;
	if (tb[DMVPN_A_MATCH_PROTOCOL])
		m->protocol = nla_get_u8(tb[DMVPN_A_MATCH_PROTOCOL]);
	err = get_ports(b, tb[DMVPN_A_MATCH_SPORT_MIN],
			tb[DMVPN_A_MATCH_SPORT_MAX], &m->sport_min,
			&m->sport_max) ?:
	      get_ports(b, tb[DMVPN_A_MATCH_DPORT_MIN],
			tb[DMVPN_A_MATCH_DPORT_MAX], &m->dport_min,
			&m->dport_max);
	if (err)
		return err;
	m->fragment = fragment && nla_get_u8(fragment);
	if (m->fragment && (m->sport_min || m->sport_max != U16_MAX ||
			    m->dport_min || m->dport_max != U16_MAX))
		return refuse(b, fragment,
			      "fragments but the first have no ports");
	return 0;
}

static int get_dscp(struct builder *b, struct dmvpn_match *m,
		    struct nlattr *tb[])
{
	struct nlattr *dscp = tb[DMVPN_A_MATCH_DSCP];
	struct nlattr *mask = tb[DMVPN_A_MATCH_DSCP_MASK];

	if (!dscp)
		return mask ? refuse(b, mask, "a mask without a dscp") : 0;
	m->dscp_mask = mask ? nla_get_u8(mask) : 63;
	m->dscp = nla_get_u8(dscp) & m->dscp_mask;
	return 0;
}

/* @left is the number of lines of its class from this one on. */
static int get_deny(struct builder *b, struct dmvpn_match *m,
		    struct nlattr *tb[], u32 left)
{
	struct nlattr *deny = tb[DMVPN_A_MATCH_DENY];

	if (!deny)
		return 0;
	m->deny = nla_get_u32(deny);
	if (m->deny > left)
		return refuse(b, deny, "deny leads out of its class");
	return 0;
}

static int get_line(struct builder *b, const struct nlattr *attr, u32 left)
{
	struct dmvpn_match *m = &b->rules->lines[b->line];
	struct nlattr *tb[DMVPN_A_MATCH_MAX + 1];
	int err;

	err = nla_parse_nested(tb, DMVPN_A_MATCH_MAX, attr,
			       dmvpn_match_nl_policy, b->extack);
	if (err)
		return err;
	m->class = b->class;
	if (tb[DMVPN_A_MATCH_STATEMENT])
		b->rules->statements[b->line] =
			nla_get_u32(tb[DMVPN_A_MATCH_STATEMENT]);
	err = get_deny(b, m, tb, left) ?: get_addresses(b, m, tb) ?:
	      get_transport(b, m, tb) ?: get_dscp(b, m, tb);
	b->line++;
	return err;
}

static u32 count_lines(const struct nlattr *class)
{
	const struct nlattr *attr;
	u32 n = 0;
	int rem;

	nla_for_each_nested(attr, class, rem)
		if (nla_type(attr) == DMVPN_A_CLASS_MATCH)
			n++;
	return n;
}

static int get_lines(struct builder *b, const struct nlattr *attr,
		     struct dmvpn_class *class)
{
	const struct nlattr *line;
	int rem, err;

	class->first = b->line;
	class->n = count_lines(attr);
	nla_for_each_nested(line, attr, rem) {
		if (nla_type(line) != DMVPN_A_CLASS_MATCH)
			continue;
		err = get_line(b, line, class->first + class->n - b->line);
		if (err)
			return err;
	}
	return 0;
}

/* ---- what becomes of a class ---- */

static void get_u8(struct nlattr *attr, u8 *to, struct dmvpn_class *class,
		   u8 sets)
{
	if (attr) {
		*to = nla_get_u8(attr);
		class->sets |= sets;
	}
}

static void get_u32(struct nlattr *attr, u32 *to)
{
	if (attr)
		*to = nla_get_u32(attr);
}

static void get_u64(struct nlattr *attr, u64 *to)
{
	if (attr)
		*to = nla_get_u64(attr);
}

static void get_sets(struct dmvpn_class *class, struct nlattr *tb[])
{
	get_u8(tb[DMVPN_A_CLASS_SET_INNER_DSCP], &class->inner_dscp, class,
	       DMVPN_SETS_INNER);
	get_u8(tb[DMVPN_A_CLASS_SET_OUTER_DSCP], &class->outer_dscp, class,
	       DMVPN_SETS_OUTER);
	get_u32(tb[DMVPN_A_CLASS_SET_MARK], &class->mark);
	get_u32(tb[DMVPN_A_CLASS_SET_PRIORITY], &class->priority);
	if (tb[DMVPN_A_CLASS_SET_MARK])
		class->sets |= DMVPN_SETS_MARK;
	if (tb[DMVPN_A_CLASS_SET_PRIORITY])
		class->sets |= DMVPN_SETS_PRIORITY;
}

static void get_rates(struct dmvpn_queueing *q, struct nlattr *tb[])
{
	get_u64(tb[DMVPN_A_CLASS_PRIORITY_RATE], &q->priority_rate);
	get_u32(tb[DMVPN_A_CLASS_PRIORITY_PERCENT], &q->priority_percent);
	get_u32(tb[DMVPN_A_CLASS_PRIORITY_BURST], &q->priority_burst);
	get_u64(tb[DMVPN_A_CLASS_BANDWIDTH_RATE], &q->bandwidth_rate);
	get_u32(tb[DMVPN_A_CLASS_BANDWIDTH_PERCENT], &q->bandwidth_percent);
	get_u64(tb[DMVPN_A_CLASS_SHAPE_RATE], &q->shape_rate);
	get_u32(tb[DMVPN_A_CLASS_SHAPE_BURST], &q->shape_burst);
	get_u64(tb[DMVPN_A_CLASS_POLICE_RATE], &q->police_rate);
	get_u32(tb[DMVPN_A_CLASS_POLICE_BURST], &q->police_burst);
}

static void get_queue(struct dmvpn_queueing *q, struct nlattr *tb[])
{
	q->limit = DMVPN_QUEUE_LIMIT_DEFAULT;
	q->codel_target = DMVPN_CODEL_TARGET_DEFAULT;
	q->codel_interval = DMVPN_CODEL_INTERVAL_DEFAULT;
	get_u32(tb[DMVPN_A_CLASS_QUEUE_LIMIT], &q->limit);
	get_u32(tb[DMVPN_A_CLASS_FAIR_QUEUE], &q->flows);
	get_u32(tb[DMVPN_A_CLASS_CODEL_TARGET], &q->codel_target);
	get_u32(tb[DMVPN_A_CLASS_CODEL_INTERVAL], &q->codel_interval);
	q->ecn = tb[DMVPN_A_CLASS_ECN] && nla_get_u8(tb[DMVPN_A_CLASS_ECN]);
}

/* Of what is promised: a class has one share, and all together have it all. */
static int check_shares(struct builder *b, const struct dmvpn_queueing *q,
			struct nlattr *tb[])
{
	struct nlattr *bandwidth = tb[DMVPN_A_CLASS_BANDWIDTH_PERCENT] ?:
				   tb[DMVPN_A_CLASS_BANDWIDTH_RATE];
	struct nlattr *percent = tb[DMVPN_A_CLASS_BANDWIDTH_PERCENT] ?:
				 tb[DMVPN_A_CLASS_PRIORITY_PERCENT];

	if (q->priority_rate && q->priority_percent)
		return refuse(b, tb[DMVPN_A_CLASS_PRIORITY_PERCENT],
			      "priority is a rate or a percentage");
	if (q->bandwidth_rate && q->bandwidth_percent)
		return refuse(b, tb[DMVPN_A_CLASS_BANDWIDTH_PERCENT],
			      "bandwidth is a rate or a percentage");
	if ((q->priority_rate || q->priority_percent) &&
	    (q->bandwidth_rate || q->bandwidth_percent))
		return refuse(b, bandwidth,
			      "a class has priority or bandwidth, not both");
	b->percent += q->priority_percent + q->bandwidth_percent;
	if (b->percent > 100)
		return refuse(b, percent,
			      "the classes are promised more than 100 percent");
	return 0;
}

static int get_queueing(struct builder *b, struct dmvpn_queueing *q,
			struct nlattr *tb[])
{
	get_rates(q, tb);
	get_queue(q, tb);
	if (!q->limit)
		return refuse(b, tb[DMVPN_A_CLASS_QUEUE_LIMIT],
			      "a queue holds one packet at least");
	return check_shares(b, q, tb);
}

static int get_child(struct builder *b, struct dmvpn_class *class,
		     const struct nlattr *name)
{
	struct dmvpn_policy *child;

	if (!name)
		return 0;
	child = dmvpn_policy_use(b->dn, name, b->extack);
	if (IS_ERR(child))
		return PTR_ERR(child);
	class->child = child;
	return 0;
}

static int get_name(struct builder *b, struct dmvpn_class *class,
		    const struct nlattr *attr, const struct nlattr *name)
{
	bool last = b->class == b->rules->n_classes - 1;

	if (!name || !*(const char *)nla_data(name))
		return refuse(b, attr, "a class needs a name");
	nla_strscpy(class->name, name, sizeof(class->name));
	if (strcmp(class->name, CLASS_DEFAULT))
		return 0;
	if (!last)
		return refuse(b, name, "class-default comes last");
	if (count_lines(attr))
		return refuse(b, name,
			      "class-default takes what no line takes, and has none itself");
	return 0;
}

static int get_class(struct builder *b, const struct nlattr *attr)
{
	struct dmvpn_class *class = &b->rules->classes[b->class];
	struct nlattr *tb[DMVPN_A_CLASS_MAX + 1];
	int err;

	err = nla_parse_nested(tb, DMVPN_A_CLASS_MAX, attr,
			       dmvpn_class_nl_policy, b->extack);
	if (err)
		return err;
	get_sets(class, tb);
	err = get_name(b, class, attr, tb[DMVPN_A_CLASS_NAME]) ?:
	      get_queueing(b, &class->queueing, tb) ?:
	      get_child(b, class, tb[DMVPN_A_CLASS_CHILD]) ?:
	      get_lines(b, attr, class);
	b->class++;
	return err;
}

/* ---- policies ---- */

static bool is_default(const struct nlattr *class)
{
	const struct nlattr *name = nla_find_nested(class, DMVPN_A_CLASS_NAME);

	return name && !nla_strcmp(name, CLASS_DEFAULT);
}

/* Room for what the request has, and for the class-default that it may lack. */
static struct dmvpn_rules *rules_for(const struct nlmsghdr *nlh,
				     struct netlink_ext_ack *extack)
{
	u32 n_classes = 0, n_lines = 0;
	const struct nlattr *attr;
	bool complete = false;
	int rem;

	nlmsg_for_each_attr(attr, nlh, GENL_HDRLEN, rem) {
		if (nla_type(attr) != DMVPN_A_POLICY_CLASS)
			continue;
		n_classes++;
		n_lines += count_lines(attr);
		complete = is_default(attr);
	}
	return dmvpn_rules_new(n_classes + !complete, n_lines, extack);
}

/* Nobody named it. */
static void add_default(struct builder *b)
{
	struct dmvpn_class *class = &b->rules->classes[b->class];
	struct nlattr *nothing[DMVPN_A_CLASS_MAX + 1] = {};

	strscpy(class->name, CLASS_DEFAULT, sizeof(class->name));
	get_queue(&class->queueing, nothing);
	class->first = b->line;
}

static int get_classes(struct builder *b, const struct nlmsghdr *nlh)
{
	const struct nlattr *attr;
	int rem, err;

	nlmsg_for_each_attr(attr, nlh, GENL_HDRLEN, rem) {
		if (nla_type(attr) != DMVPN_A_POLICY_CLASS)
			continue;
		err = get_class(b, attr);
		if (err)
			return err;
	}
	if (b->class < b->rules->n_classes)
		add_default(b);
	return dmvpn_rules_complete(b->rules);
}

int dmvpn_nl_policy_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *name = info->attrs[DMVPN_A_POLICY_NAME];
	struct builder b = {
		.dn = dmvpn_net(genl_info_net(info)),
		.extack = info->extack,
	};
	int err;

	if (!name || !*(const char *)nla_data(name)) {
		NL_SET_ERR_MSG(info->extack, "the policy's name is missing");
		return -EINVAL;
	}
	b.rules = rules_for(info->nlhdr, info->extack);
	if (IS_ERR(b.rules))
		return PTR_ERR(b.rules);
	err = get_classes(&b, info->nlhdr);
	if (!err)
		err = dmvpn_policy_set(b.dn, name, b.rules, info->extack);
	if (err)
		dmvpn_rules_free(b.rules);
	return err;
}
