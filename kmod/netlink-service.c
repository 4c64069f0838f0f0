// SPDX-License-Identifier: GPL-2.0
/* Reading what devices have counted by their policies. */
#include "device.h"
#include "netlink.h"
#include "netlink-gen.h"
#include "netns.h"
#include "policy.h"
#include "service.h"

/**
 * struct writer - the classes of one policy of a device are being written
 * @skb: message
 * @to: where it goes
 * @ifindex: of the device
 * @point: which of its policies
 * @policy: that policy
 * @tally: what was counted
 */
struct writer {
	struct sk_buff *skb;
	const struct dmvpn_msg *to;
	int ifindex;
	u32 point;
	const struct dmvpn_policy *policy;
	const struct dmvpn_tally *tally;
};

static int put_count(struct sk_buff *skb, int packets, int bytes, int pad,
		     const u64 count[2])
{
	return nla_put_u64_64bit(skb, packets, count[0], pad) ?:
	       nla_put_u64_64bit(skb, bytes, count[1], pad);
}

static int put_line(const struct writer *w, u32 line)
{
	struct nlattr *nest = nla_nest_start(w->skb, DMVPN_A_CLASS_MATCH);
	u64 count[2] = {};

	if (!nest)
		return -EMSGSIZE;
	dmvpn_counts_read(w->tally->counts, line, &count[0], &count[1]);
	if (put_count(w->skb, DMVPN_A_MATCH_PACKETS, DMVPN_A_MATCH_BYTES,
		      DMVPN_A_MATCH_PAD, count)) {
		nla_nest_cancel(w->skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(w->skb, nest);
	return 0;
}

/* All of a class but its lines; its place alone in what follows. */
static int put_class(const struct writer *w, u32 index, bool follows)
{
	const struct dmvpn_tally *tally = w->tally;
	u64 count[2] = {};

	if (nla_put_u32(w->skb, DMVPN_A_CLASS_INDEX, index))
		return -EMSGSIZE;
	if (follows)
		return 0;
	dmvpn_counts_read_class(tally->counts, tally->rules, index, &count[0],
				&count[1]);
	return nla_put_string(w->skb, DMVPN_A_CLASS_NAME,
			      tally->rules->classes[index].name) ?:
	       put_count(w->skb, DMVPN_A_CLASS_PACKETS, DMVPN_A_CLASS_BYTES,
			 DMVPN_A_CLASS_PAD, count);
}

/*
 * The class @at->phase from its line @at->handle on, as many lines as fit.
 * Returns -EMSGSIZE if lines are left.
 */
static int put_part(const struct writer *w, struct dmvpn_dump *at)
{
	const struct dmvpn_class *class = &w->tally->rules->classes[at->phase];
	struct nlattr *nest = nla_nest_start(w->skb, DMVPN_A_SERVICE_CLASS);
	int err;

	if (!nest)
		return -EMSGSIZE;
	err = put_class(w, at->phase, at->handle);
	while (!err && at->handle < class->n) {
		err = put_line(w, class->first + at->handle);
		if (!err)
			at->handle++;
	}
	nla_nest_end(w->skb, nest);
	return err;
}

static int put_service(const struct writer *w, u32 index)
{
	if (nla_put_u32(w->skb, DMVPN_A_SERVICE_IFINDEX, w->ifindex) ||
	    nla_put_u32(w->skb, DMVPN_A_SERVICE_POINT, w->point) ||
	    nla_put_string(w->skb, DMVPN_A_SERVICE_POLICY, w->policy->name) ||
	    nla_put_u64_64bit(w->skb, DMVPN_A_SERVICE_OFFERED_RATE,
			      w->tally->rates[index].bits,
			      DMVPN_A_SERVICE_PAD) ||
	    nla_put_u32(w->skb, DMVPN_A_SERVICE_LOAD_INTERVAL,
			READ_ONCE(dmvpn_load_interval)))
		return -EMSGSIZE;
	return 0;
}

/* One message. Returns -EMSGSIZE if the class is not done with it. */
static int fill_class(const struct writer *w, struct dmvpn_dump *at)
{
	void *hdr = genlmsg_put(w->skb, w->to->portid, w->to->seq,
				&dmvpn_family, w->to->flags, w->to->cmd);
	const u32 begun = at->handle;
	int err;

	if (!hdr)
		return -EMSGSIZE;
	err = put_service(w, at->phase) ?: put_part(w, at);
	if (err && at->handle == begun)
		genlmsg_cancel(w->skb, hdr);
	else
		genlmsg_end(w->skb, hdr);
	return err;
}

/*
 * The classes that were not written yet. If rules are replaced between two
 * messages, those that follow are of the new ones.
 */
static int fill_service(struct writer *w, struct dmvpn_service *service,
			struct dmvpn_dump *at)
{
	int err = 0;

	w->policy = service->policy;
	w->tally = dmvpn_service_begin(service);
	while (!err && at->phase < w->tally->rules->n_classes) {
		err = fill_class(w, at);
		if (!err) {
			at->phase++;
			at->handle = 0;
		}
	}
	dmvpn_service_end();
	return err;
}

static int dump_device(struct sk_buff *skb, struct dmvpn_device *dd,
		       struct dmvpn_dump *at, const struct dmvpn_msg *to)
{
	const struct dmvpn_config *cfg =
		rcu_dereference_protected(dd->cfg,
					  lockdep_is_held(&dd->dn->lock));
	struct dmvpn_service *const services[] = {
		[DMVPN_SERVICE_POINT_OUTPUT] = cfg->output_policy,
		[DMVPN_SERVICE_POINT_UNDERLAY] = cfg->underlay_policy,
	};
	struct writer w = {
		.skb = skb,
		.to = to,
		.ifindex = dd->dev->ifindex,
	};
	int err;

	for (; at->id < ARRAY_SIZE(services); at->id++) {
		w.point = at->id;
		if (!services[at->id])
			continue;
		err = fill_service(&w, services[at->id], at);
		if (err)
			return err;
		at->phase = 0;
		at->handle = 0;
	}
	return 0;
}

int dmvpn_nl_service_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb)
{
	const struct dmvpn_msg to = dmvpn_dump_msg(cb, DMVPN_CMD_SERVICE_GET);

	return dmvpn_nl_dump_devices(skb, cb, &to, dump_device);
}
