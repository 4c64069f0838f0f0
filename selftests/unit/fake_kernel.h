/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fake kernel: what struct kernel_ops asks for, in memory.
 */
#ifndef UNIT_FAKE_KERNEL_H
#define UNIT_FAKE_KERNEL_H

#include "fake_net.h"
#include "fake_session.h"
#include "nhrpd/limit.h"

#define FAKE_DMVPN	10	/* index of the dmvpn device */
#define FAKE_LAN	11	/* of the LAN's */
#define FAKE_WAN	12	/* of the underlay's */
#define FAKE_QDISC	"dmvpn"	/* the daemon's own */
#define FAKE_LOG	65536
#define FAKE_RECENT	256	/* as the kernel's DMVPN_RECENT */

/**
 * struct fake_peer - a peer in a kernel
 * @node: in its table
 * @nbma: its key
 * @flags: of it
 * @rx: packets that came from it
 * @rx_bytes: in them
 * @tx: packets that went to it
 * @tx_bytes: in them
 * @session: that it takes part in, NULL without protection
 * @policy: that queues towards it, "" for none
 * @rate: that it was given with @policy
 * @identity: who has to be there, "" for anybody
 */
struct fake_peer {
	struct hash_node node;
	struct nbma nbma;
	uint32_t flags;
	uint64_t rx;
	uint64_t rx_bytes;
	uint64_t tx;
	uint64_t tx_bytes;
	struct fake_session *session;
	char policy[KERNEL_POLICY];
	uint64_t rate;
	char identity[IDENTITY_SIZE];
};

/**
 * struct fake_nexthop - a next hop in a kernel
 * @node: in its table
 * @k: as set
 * @set: when it was
 * @used: when a packet used it, 0 for never
 */
struct fake_nexthop {
	struct hash_node node;
	struct kernel_nexthop k;
	uint64_t set;
	uint64_t used;
};

/**
 * struct fake_route - a route in a kernel
 * @node: in its table, by prefix; a host's own addresses as host prefixes
 * @key: that prefix
 * @r: what route_get gives
 */
struct fake_route {
	struct hash_node node;
	struct prefix key;
	struct kernel_route r;
};

/**
 * struct fake_policy - a policy in a kernel
 * @link: in its list
 * @name: of it
 * @classes: number of its classes
 * @sets: how often it was set
 */
struct fake_policy {
	struct list link;
	char name[POLICY_NAME];
	size_t classes;
	unsigned int sets;
};

/**
 * struct fake_recent - addresses that raised an event
 * @hash: of them
 * @when: it was, 0 for never
 */
struct fake_recent {
	uint32_t hash;
	uint64_t when;
};

/**
 * struct fake_place - where a node is seen in the underlay
 * @node: in the net's table
 * @k: the node
 * @at: its NBMA address or, behind a NAT, an address with a port, to which
 *	nobody can open a session; none if it is not there
 */
struct fake_place {
	struct hash_node node;
	struct fake_kernel *k;
	struct nbma at;
};

/**
 * struct fake_kernel - a node's kernel
 * @link: in the net's list
 * @net: its underlay
 * @name: of the node
 * @nhrp: its daemon, NULL while it is dead
 * @dev: its dmvpn device
 * @outside: where others see it, for each family
 * @off: the machine is
 * @tick: the daemon's deadline
 * @peers: struct fake_peer, by NBMA address and port
 * @nhs: the oldest that is a next hop server, NULL if none is
 * @sessions: struct fake_session, by NBMA address
 * @notices: notifications that the daemon has not heard yet
 * @nexthops: struct fake_nexthop, by overlay address
 * @routes: struct fake_route
 * @lengths: of the prefixes in @routes
 * @policies: struct fake_policy
 * @qos: of the device
 * @root: the device's qdisc, NULL for what it has by default
 * @queueing_calls: calls about it
 * @no_queueing: their error, 0 for none
 * @refuses: name of a policy that it does not take, or NULL
 * @sent: struct fake_frame to addresses without a node
 * @upcalls: events of a kind a second, 0 for no limits on them
 * @misses: of @upcalls
 * @redirects: of @upcalls
 * @missed: next hops
 * @redirected: flows
 * @writes: calls that change something
 * @clears: sessions that the daemon had made anew
 * @policy_calls: calls that change a peer's policy
 * @no_policy: name of one that is not there, NULL if all are
 * @no_ike: no session comes up with it
 * @fail: error of the next writes, 0 for none
 * @random: state of the generator
 * @log: lines of the observer, NULL if there are none
 * @log_len: bytes of it
 */
struct fake_kernel {
	struct list link;
	struct fake_net *net;
	const char *name;
	struct nhrp *nhrp;
	struct nhrp_link dev;
	struct fake_place outside[2];
	bool off;
	struct timer tick;
	struct hash peers;
	const struct fake_peer *nhs;
	struct hash sessions;
	struct list notices;
	struct hash nexthops;
	struct hash routes;
	bool lengths[129];
	struct list policies;
	struct conf_qos qos;
	const char *root;
	unsigned int queueing_calls;
	int no_queueing;
	const char *refuses;
	struct list sent;
	uint32_t upcalls;
	struct limit misses;
	struct limit redirects;
	struct fake_recent missed[FAKE_RECENT];
	struct fake_recent redirected[FAKE_RECENT];
	unsigned int writes;
	unsigned int clears;
	unsigned int policy_calls;
	const char *no_policy;
	bool no_ike;
	int fail;
	uint32_t random;
	char *log;
	size_t log_len;
};

extern const struct kernel_ops fake_ops;

/* A node with a device; "1.1.1.1" and "192.168.1.1/24", of any family. */
void fake_init(struct fake_kernel *k, struct fake_net *net, const char *name,
	       const char *nbma, const char *proto, bool protected);
void fake_free(struct fake_kernel *k);
/* The device has also this address: an overlay one, or a further NBMA one. */
void fake_proto(struct fake_kernel *k, const char *proto);
void fake_nbma(struct fake_kernel *k, const char *nbma);
/* Where one at @remote sees it; none if it has no address of that family. */
const struct nbma *fake_outside(const struct fake_kernel *k,
				const struct addr *remote);
/* NBMA address that it speaks to @remote with. */
const struct addr *fake_own(const struct fake_kernel *k,
			    const struct addr *remote);
/* A daemon's life: start reads what the kernel has; kill leaves it there. */
void fake_start(struct fake_kernel *k, const struct conf *conf);
void fake_kill(struct fake_kernel *k);
/* The machine goes off: what the kernel held is lost, but for its addresses. */
void fake_power_off(struct fake_kernel *k);
/* The same device gets another NBMA address. */
void fake_renumber(struct fake_kernel *k, const struct nbma *nbma);
/* Tell the daemon of the device as it is. */
void fake_link_changed(struct fake_kernel *k);

/* A route: @via may be NULL. Later ones to the same prefix win. */
void fake_route(struct fake_kernel *k, const char *dst, const char *via,
		uint32_t ifindex);
void fake_route_del(struct fake_kernel *k, const char *dst);
/* An address of the node's own, with its subnet. */
void fake_address(struct fake_kernel *k, const char *address, uint32_t ifindex);
/* By the kernel's keys, and by text. NULL if there is none. */
struct fake_peer *fake_peer_find(const struct fake_kernel *k,
				 const struct nbma *nbma);
/* Key of the peer behind a session; without one, where the session leads. */
const struct nbma *fake_peer_of(const struct fake_session *s);
struct fake_nexthop *fake_nexthop_find(const struct fake_kernel *k,
				       const struct addr *a);
struct fake_peer *fake_peer(const struct fake_kernel *k, const char *nbma);
struct fake_nexthop *fake_nexthop(const struct fake_kernel *k,
				  const char *address);
/* A packet came from there. */
void fake_heard(struct fake_kernel *k, const struct nbma *nbma);
/* fake_policy.c: NULL if there is none of that name. */
struct fake_policy *fake_policy(const struct fake_kernel *k, const char *name);
void fake_policy_forget(struct fake_kernel *k);
int fake_policy_set(void *ctx, const struct policy *policy);
int fake_policy_del(void *ctx, const char *name);
int fake_link_qos(void *ctx, uint32_t ifindex, const struct conf_qos *qos);
int fake_peer_policy(void *ctx, uint32_t ifindex, const struct nbma *nbma,
		     uint32_t flags, const char *policy, uint64_t rate);
int fake_queueing(void *ctx, uint32_t ifindex, bool on);
/* NBMA address of a next hop as text, "-" if there is no such next hop. */
const char *fake_leads_to(const struct fake_kernel *k, const char *address);
bool fake_has_shortcut(const struct fake_kernel *k, const char *dst);
/* The oldest packet to nobody, to be freed; NULL if there is none. */
struct fake_frame *fake_take(struct fake_kernel *k);
/* Something that matches was said since the log was last cleared. */
bool fake_said(const struct fake_kernel *k, const char *text);
void fake_forget(struct fake_kernel *k);

#endif
