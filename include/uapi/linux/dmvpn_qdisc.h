/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/* Options and statistics of the queueing discipline "dmvpn", see tc-dmvpn(8). */
#ifndef _UAPI_LINUX_DMVPN_QDISC_H
#define _UAPI_LINUX_DMVPN_QDISC_H

#include <linux/types.h>

/*
 * TCA_DMVPN_LIMIT: u32, packets that wait for all peers
 * TCA_DMVPN_PEERS: u32, peers that have queues at once
 * TCA_DMVPN_DIRECT: u32, packets that wait and belong to no peer with a policy
 * TCA_DMVPN_RATE: u64, of all packets together, bits a second, 0 for no limit
 * TCA_DMVPN_BURST: u32, bytes that may go at once above the rate
 * TCA_DMVPN_IDLE: u32, seconds without a packet after which a queue goes
 */
enum {
	TCA_DMVPN_UNSPEC,
	TCA_DMVPN_PAD,
	TCA_DMVPN_LIMIT,
	TCA_DMVPN_PEERS,
	TCA_DMVPN_DIRECT,
	TCA_DMVPN_RATE,
	TCA_DMVPN_BURST,
	TCA_DMVPN_IDLE,

	__TCA_DMVPN_MAX,
	TCA_DMVPN_MAX = __TCA_DMVPN_MAX - 1
};

/**
 * struct tc_dmvpn_xstats - statistics
 * @direct_packets: that belonged to no peer with a policy
 * @unqueued_packets: that went directly as their peer could have no queue
 * @dropped_direct: too many waited that belong to no peer with a policy
 * @dropped_limit: too many waited in a class, or in all
 * @dropped_rate: came faster than police or priority allow
 * @dropped_codel: had waited too long
 * @dropped_gone: their peer was removed
 * @dropped_gso: super-packets that could not be taken apart
 * @peers: peers with queues
 * @waiting: packets that wait in them
 * @direct_waiting: packets that wait and belong to no peer with a policy
 * @pad: zero
 */
struct tc_dmvpn_xstats {
	__u64 direct_packets;
	__u64 unqueued_packets;
	__u64 dropped_direct;
	__u64 dropped_limit;
	__u64 dropped_rate;
	__u64 dropped_codel;
	__u64 dropped_gone;
	__u64 dropped_gso;
	__u32 peers;
	__u32 waiting;
	__u32 direct_waiting;
	__u32 pad;
};

#endif /* _UAPI_LINUX_DMVPN_QDISC_H */
