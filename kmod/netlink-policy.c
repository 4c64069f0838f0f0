// SPDX-License-Identifier: GPL-2.0
/* Requests about policies; policy-new has a file of its own. */
#include <net/sock.h>

#include "netlink.h"
#include "netlink-gen.h"
#include "netns.h"
#include "policy.h"
#include "service.h"

static struct dmvpn_net *net_of(struct genl_info *info)
{
	return dmvpn_net(genl_info_net(info));
}

static struct dmvpn_net *net_of_dump(const struct sk_buff *skb)
{
	return dmvpn_net(sock_net(skb->sk));
}

static struct dmvpn_rules *rules_of(struct dmvpn_net *dn,
				    const struct dmvpn_policy *policy)
{
	return rcu_dereference_protected(policy->rules,
					 lockdep_is_held(&dn->policy_lock));
}

/* The name of the policy that a request is about, or NULL. */
static const struct nlattr *get_name(struct genl_info *info)
{
	const struct nlattr *name = info->attrs[DMVPN_A_POLICY_NAME];

	if (!name || !*(const char *)nla_data(name)) {
		NL_SET_ERR_MSG(info->extack, "the policy's name is missing");
		return NULL;
	}
	return name;
}

/* Under dn->policy_lock. */
static struct dmvpn_policy *policy_of(struct dmvpn_net *dn,
				      const struct nlattr *name,
				      struct netlink_ext_ack *extack)
{
	struct dmvpn_policy *policy = dmvpn_policy_find(dn, nla_data(name));

	if (!policy)
		NL_SET_ERR_MSG_ATTR(extack, name, "no such policy");
	return policy;
}

/* ---- policies ---- */

/**
 * dmvpn_fill_policy() - write a policy into a message
 * @skb: message
 * @policy: policy
 * @msg: where it goes
 *
 * Context: policy_lock of its namespace.
 * Return: 0 or -EMSGSIZE.
 */
int dmvpn_fill_policy(struct sk_buff *skb, const struct dmvpn_policy *policy,
		      const struct dmvpn_msg *msg)
{
	const struct dmvpn_rules *rules =
		rcu_dereference_protected(policy->rules, true);
	void *hdr = genlmsg_put(skb, msg->portid, msg->seq, &dmvpn_family,
				msg->flags, msg->cmd);

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_string(skb, DMVPN_A_POLICY_NAME, policy->name) ||
	    nla_put_u32(skb, DMVPN_A_POLICY_CLASSES, rules->n_classes) ||
	    nla_put_u32(skb, DMVPN_A_POLICY_USERS,
			dmvpn_policy_users(policy))) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

int dmvpn_nl_policy_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct dmvpn_msg to = dmvpn_reply_msg(info);
	const struct nlattr *name = get_name(info);
	struct dmvpn_net *dn = net_of(info);
	struct dmvpn_policy *policy;
	struct sk_buff *msg;
	int err = -ENOENT;

	if (!name)
		return -EINVAL;
	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	mutex_lock(&dn->policy_lock);
	policy = policy_of(dn, name, info->extack);
	if (policy)
		err = dmvpn_fill_policy(msg, policy, &to);
	mutex_unlock(&dn->policy_lock);
	return dmvpn_nl_reply(info, msg, err);
}

int dmvpn_nl_policy_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct dmvpn_msg to = dmvpn_dump_msg(cb, DMVPN_CMD_POLICY_GET);
	struct dmvpn_dump *at = dmvpn_dump(cb);
	struct dmvpn_net *dn = net_of_dump(skb);
	struct dmvpn_policy *policy;

	mutex_lock(&dn->policy_lock);
	list_for_each_entry(policy, &dn->policies, list) {
		if (policy->id <= at->id)
			continue;
		if (dmvpn_fill_policy(skb, policy, &to))
			break;
		at->id = policy->id;
	}
	mutex_unlock(&dn->policy_lock);
	return skb->len;
}

int dmvpn_nl_policy_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *name = get_name(info);

	if (!name)
		return -EINVAL;
	return dmvpn_policy_del(net_of(info), name, info->extack);
}

/* ---- classes ---- */

static int put_count(struct sk_buff *skb, int packets, int bytes, int pad,
		     const u64 count[2])
{
	if (nla_put_u64_64bit(skb, packets, count[0], pad) ||
	    nla_put_u64_64bit(skb, bytes, count[1], pad))
		return -EMSGSIZE;
	return 0;
}

static int put_prefix(struct sk_buff *skb, int attr, int attr_len,
		      const __be32 *addr, u8 len, u8 family)
{
	if (!len)
		return 0;
	if (nla_put(skb, attr, family == 6 ? sizeof(struct in6_addr) :
					     sizeof(struct in_addr), addr) ||
	    nla_put_u8(skb, attr_len, len))
		return -EMSGSIZE;
	return 0;
}

static int put_ports(struct sk_buff *skb, int attr_min, int attr_max, u16 min,
		     u16 max)
{
	if (!min && max == U16_MAX)
		return 0;
	if (nla_put_u16(skb, attr_min, min) || nla_put_u16(skb, attr_max, max))
		return -EMSGSIZE;
	return 0;
}

/* What a line says, as policy-new would take it. */
static int put_match(struct sk_buff *skb, const struct dmvpn_match *m)
{
	if ((m->deny && nla_put_u32(skb, DMVPN_A_MATCH_DENY, m->deny)) ||
	    (m->family && nla_put_u8(skb, DMVPN_A_MATCH_FAMILY, m->family)) ||
	    put_prefix(skb, DMVPN_A_MATCH_SRC, DMVPN_A_MATCH_SRC_LEN, m->src,
		       m->src_len, m->family) ||
	    put_prefix(skb, DMVPN_A_MATCH_DST, DMVPN_A_MATCH_DST_LEN, m->dst,
		       m->dst_len, m->family) ||
	    (m->protocol != DMVPN_MATCH_ANY_PROTOCOL &&
	     nla_put_u8(skb, DMVPN_A_MATCH_PROTOCOL, m->protocol)) ||
	    put_ports(skb, DMVPN_A_MATCH_SPORT_MIN, DMVPN_A_MATCH_SPORT_MAX,
		      m->sport_min, m->sport_max) ||
	    put_ports(skb, DMVPN_A_MATCH_DPORT_MIN, DMVPN_A_MATCH_DPORT_MAX,
		      m->dport_min, m->dport_max) ||
	    (m->dscp_mask &&
	     (nla_put_u8(skb, DMVPN_A_MATCH_DSCP, m->dscp) ||
	      nla_put_u8(skb, DMVPN_A_MATCH_DSCP_MASK, m->dscp_mask))) ||
	    (m->fragment && nla_put_u8(skb, DMVPN_A_MATCH_FRAGMENT, 1)))
		return -EMSGSIZE;
	return 0;
}

/* What queues and devices counted together. */
static void count_line(const struct dmvpn_policy *policy,
		       const struct dmvpn_rules *rules, u32 line, u64 count[2])
{
	dmvpn_counts_read(rules->counts, line, &count[0], &count[1]);
	dmvpn_services_count(policy, line, &count[0], &count[1]);
}

static int put_line(struct sk_buff *skb, const struct dmvpn_policy *policy,
		    const struct dmvpn_rules *rules, u32 line)
{
	struct nlattr *nest = nla_nest_start(skb, DMVPN_A_CLASS_MATCH);
	u64 count[2] = {};

	if (!nest)
		return -EMSGSIZE;
	count_line(policy, rules, line, count);
	if (nla_put_u32(skb, DMVPN_A_MATCH_STATEMENT,
			rules->statements[line]) ||
	    put_match(skb, &rules->lines[line]) ||
	    put_count(skb, DMVPN_A_MATCH_PACKETS, DMVPN_A_MATCH_BYTES,
		      DMVPN_A_MATCH_PAD, count)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int put_sets(struct sk_buff *skb, const struct dmvpn_class *class)
{
	if ((class->sets & DMVPN_SETS_INNER &&
	     nla_put_u8(skb, DMVPN_A_CLASS_SET_INNER_DSCP,
			class->inner_dscp)) ||
	    (class->sets & DMVPN_SETS_OUTER &&
	     nla_put_u8(skb, DMVPN_A_CLASS_SET_OUTER_DSCP,
			class->outer_dscp)) ||
	    (class->sets & DMVPN_SETS_MARK &&
	     nla_put_u32(skb, DMVPN_A_CLASS_SET_MARK, class->mark)) ||
	    (class->sets & DMVPN_SETS_PRIORITY &&
	     nla_put_u32(skb, DMVPN_A_CLASS_SET_PRIORITY, class->priority)) ||
	    (class->child && nla_put_string(skb, DMVPN_A_CLASS_CHILD,
					    class->child->name)))
		return -EMSGSIZE;
	return 0;
}

static int put_rate(struct sk_buff *skb, int attr, u64 rate)
{
	if (!rate)
		return 0;
	return nla_put_u64_64bit(skb, attr, rate, DMVPN_A_CLASS_PAD);
}

static int put_number(struct sk_buff *skb, int attr, u32 value, u32 normal)
{
	return value == normal ? 0 : nla_put_u32(skb, attr, value);
}

/* All that is not as if nothing had been said. */
static int put_queueing(struct sk_buff *skb, const struct dmvpn_queueing *q)
{
	if (put_rate(skb, DMVPN_A_CLASS_PRIORITY_RATE, q->priority_rate) ||
	    put_rate(skb, DMVPN_A_CLASS_BANDWIDTH_RATE, q->bandwidth_rate) ||
	    put_rate(skb, DMVPN_A_CLASS_SHAPE_RATE, q->shape_rate) ||
	    put_rate(skb, DMVPN_A_CLASS_POLICE_RATE, q->police_rate) ||
	    put_number(skb, DMVPN_A_CLASS_PRIORITY_PERCENT,
		       q->priority_percent, 0) ||
	    put_number(skb, DMVPN_A_CLASS_BANDWIDTH_PERCENT,
		       q->bandwidth_percent, 0) ||
	    put_number(skb, DMVPN_A_CLASS_PRIORITY_BURST, q->priority_burst,
		       0) ||
	    put_number(skb, DMVPN_A_CLASS_SHAPE_BURST, q->shape_burst, 0) ||
	    put_number(skb, DMVPN_A_CLASS_POLICE_BURST, q->police_burst, 0) ||
	    put_number(skb, DMVPN_A_CLASS_QUEUE_LIMIT, q->limit,
		       DMVPN_QUEUE_LIMIT_DEFAULT) ||
	    put_number(skb, DMVPN_A_CLASS_FAIR_QUEUE, q->flows, 0) ||
	    put_number(skb, DMVPN_A_CLASS_CODEL_TARGET, q->codel_target,
		       DMVPN_CODEL_TARGET_DEFAULT) ||
	    put_number(skb, DMVPN_A_CLASS_CODEL_INTERVAL, q->codel_interval,
		       DMVPN_CODEL_INTERVAL_DEFAULT) ||
	    (q->ecn && nla_put_u8(skb, DMVPN_A_CLASS_ECN, 1)))
		return -EMSGSIZE;
	return 0;
}

/* The counters of a class are the sum of its lines'. */
static int put_class_count(struct sk_buff *skb,
			   const struct dmvpn_policy *policy,
			   const struct dmvpn_rules *rules, u32 index)
{
	const struct dmvpn_class *class = &rules->classes[index];
	u64 sum[2] = {};
	u32 i;

	if (index == rules->n_classes - 1)
		count_line(policy, rules, rules->n_lines, sum);
	for (i = 0; i < class->n; i++)
		count_line(policy, rules, class->first + i, sum);
	return put_count(skb, DMVPN_A_CLASS_PACKETS, DMVPN_A_CLASS_BYTES,
			 DMVPN_A_CLASS_PAD, sum);
}

/* All of a class but its lines; its name and place alone in what follows. */
static int put_class(struct sk_buff *skb, const struct dmvpn_policy *policy,
		     const struct dmvpn_rules *rules, u32 index, bool follows)
{
	const struct dmvpn_class *class = &rules->classes[index];

	if (nla_put_string(skb, DMVPN_A_CLASS_NAME, class->name) ||
	    nla_put_u32(skb, DMVPN_A_CLASS_INDEX, index))
		return -EMSGSIZE;
	if (follows)
		return 0;
	if (put_sets(skb, class) || put_queueing(skb, &class->queueing) ||
	    put_class_count(skb, policy, rules, index))
		return -EMSGSIZE;
	return 0;
}

/*
 * The class @at->phase from its line @at->handle on, as many lines as fit: at
 * least one, or none at all of it. Returns -EMSGSIZE if lines are left.
 */
static int put_part(struct sk_buff *skb, const struct dmvpn_policy *policy,
		    const struct dmvpn_rules *rules, struct dmvpn_dump *at)
{
	const struct dmvpn_class *class = &rules->classes[at->phase];
	const u32 begun = at->handle;
	int err = 0;

	if (put_class(skb, policy, rules, at->phase, begun))
		return -EMSGSIZE;
	while (!err && at->handle < class->n) {
		err = put_line(skb, policy, rules, class->first + at->handle);
		if (!err)
			at->handle++;
	}
	return err;
}

/* One message. Returns -EMSGSIZE if the class is not done with it. */
static int fill_class(struct sk_buff *skb, const struct dmvpn_policy *policy,
		      const struct dmvpn_rules *rules, struct dmvpn_dump *at,
		      const struct dmvpn_msg *to, struct netlink_callback *cb)
{
	void *hdr = genlmsg_put(skb, to->portid, to->seq, &dmvpn_family,
				to->flags, to->cmd);
	const u32 begun = at->handle;
	struct nlattr *nest;
	int err = -EMSGSIZE;

	if (!hdr)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, hdr);
	if (nla_put_string(skb, DMVPN_A_POLICY_NAME, policy->name))
		goto cancel;
	nest = nla_nest_start(skb, DMVPN_A_POLICY_CLASS);
	if (!nest)
		goto cancel;
	err = put_part(skb, policy, rules, at);
	if (err && at->handle == begun)
		goto cancel;
	nla_nest_end(skb, nest);
	genlmsg_end(skb, hdr);
	return err;
cancel:
	genlmsg_cancel(skb, hdr);
	return err;
}

/* The classes of a policy that were not written yet. */
static int dump_classes(struct sk_buff *skb, struct dmvpn_policy *policy,
			struct dmvpn_dump *at, const struct dmvpn_msg *to,
			struct netlink_callback *cb)
{
	const struct dmvpn_rules *rules =
		rules_of(net_of_dump(skb), policy);

	if (at->id != policy->id)
		*at = (struct dmvpn_dump) { .id = policy->id };
	while (at->phase < rules->n_classes) {
		if (fill_class(skb, policy, rules, at, to, cb))
			return -EMSGSIZE;
		at->phase++;
		at->handle = 0;
	}
	return 0;
}

int dmvpn_nl_class_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct dmvpn_msg to = dmvpn_dump_msg(cb, DMVPN_CMD_CLASS_GET);
	struct dmvpn_dump *at = dmvpn_dump(cb);
	struct dmvpn_net *dn = net_of_dump(skb);
	struct dmvpn_policy *policy;

	mutex_lock(&dn->policy_lock);
	cb->seq = dn->policy_seq;
	list_for_each_entry(policy, &dn->policies, list) {
		if (policy->id >= at->id &&
		    dump_classes(skb, policy, at, &to, cb))
			break;
	}
	mutex_unlock(&dn->policy_lock);
	return skb->len;
}

/* ---- what a packet would be of ---- */

/* The packet of a request, as one that is on its way. */
static struct sk_buff *get_packet(struct genl_info *info)
{
	const struct nlattr *attr = info->attrs[DMVPN_A_POLICY_PACKET];
	struct sk_buff *skb;
	u8 version;

	version = attr && nla_len(attr) ? *(const u8 *)nla_data(attr) >> 4 : 0;
	if (version != 4 && version != 6) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "a packet is wanted that begins with an IPv4 or IPv6 header");
		return ERR_PTR(-EINVAL);
	}
	skb = alloc_skb(nla_len(attr), GFP_KERNEL);
	if (!skb)
		return ERR_PTR(-ENOMEM);
	skb_put_data(skb, nla_data(attr), nla_len(attr));
	skb_reset_network_header(skb);
	skb->protocol = htons(version == 4 ? ETH_P_IP : ETH_P_IPV6);
	return skb;
}

static int get_flow(struct genl_info *info, struct dmvpn_flow *flow)
{
	struct sk_buff *skb = get_packet(info);
	bool readable;

	if (IS_ERR(skb))
		return PTR_ERR(skb);
	readable = dmvpn_flow_read(skb, flow);
	kfree_skb(skb);
	if (readable)
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[DMVPN_A_POLICY_PACKET],
			    "the packet is too short for its IP header");
	return -EINVAL;
}

static int put_result(struct sk_buff *msg, const struct dmvpn_rules *rules,
		      const struct dmvpn_flow *flow)
{
	u32 line = dmvpn_classify(rules->classifier, flow);
	u32 class;

	if (line == rules->n_lines)
		return nla_put_u32(msg, DMVPN_A_POLICY_RESULT,
				   rules->n_classes - 1);
	class = rules->lines[line].class;
	return nla_put_u32(msg, DMVPN_A_POLICY_RESULT, class) ?:
	       nla_put_u32(msg, DMVPN_A_POLICY_LINE,
			   line - rules->classes[class].first);
}

/* Writes the reply. Returns 0 or a negative error code. */
static int test(struct genl_info *info, const struct nlattr *name,
		const struct dmvpn_flow *flow, struct sk_buff *msg)
{
	void *hdr = genlmsg_put_reply(msg, info, &dmvpn_family, 0,
				      DMVPN_CMD_POLICY_TEST);
	struct dmvpn_net *dn = net_of(info);
	struct dmvpn_policy *policy;
	int err = -ENOENT;

	if (!hdr)
		return -EMSGSIZE;
	mutex_lock(&dn->policy_lock);
	policy = policy_of(dn, name, info->extack);
	if (policy)
		err = nla_put_string(msg, DMVPN_A_POLICY_NAME, policy->name) ?:
		      put_result(msg, rules_of(dn, policy), flow);
	mutex_unlock(&dn->policy_lock);
	genlmsg_end(msg, hdr);
	return err;
}

int dmvpn_nl_policy_test_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *name = get_name(info);
	struct dmvpn_flow flow;
	struct sk_buff *msg;
	int err;

	if (!name)
		return -EINVAL;
	err = get_flow(info, &flow);
	if (err)
		return err;
	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	return dmvpn_nl_reply(info, msg, test(info, name, &flow, msg));
}
