/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known of a namespace's DMVPN, as plain data: kernel.c and link.c
 * read the kernel's part, nhrpd.c that of nhrpd, the writers print it.
 */
#ifndef DMVPNCTL_MODEL_H
#define DMVPNCTL_MODEL_H

#include <linux/dmvpn.h>
#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/addr.h"
#include "nhrpd/policy.h"

#define PROFILE_LEN	64
#define REASON_LEN	128
#define HOST_LEN	254
#define REFUSAL_LEN	256
#define IDENTITY_LEN	256
#define CIPHER_LEN	64
#define WORD_LEN	24
#define NAME_LEN	64	/* of a group or a policy, and its end */

/* A time that has no value: never, no end. */
#define NEVER UINT64_MAX

/**
 * struct device - a dmvpn device
 * @ifindex: its number
 * @name: its name
 * @local: own IPv4 NBMA address
 * @local6: own IPv6 NBMA address
 * @has_key: packets carry a GRE key
 * @key: that key
 * @profile: protection profile, "" for plain GRE
 * @mtu: of the device
 * @peers: number of peers
 * @nexthops: number of next hops
 * @misses: packets whose next hop was unknown
 * @redirects: packets that came in and went out on it
 * @suppressed: events not raised because of the limit
 * @drops: by DMVPN_A_DROPS_*
 * @up: switched on
 * @running: and able to send
 * @address: first IPv4 overlay address, or none
 * @address_len: its subnet's length
 * @address6: first IPv6 overlay address that is not the link's, or none
 * @address6_len: its subnet's length
 * @vrf: that it is in, "" for none
 * @rx_packets: received
 * @rx_bytes: their bytes
 * @tx_packets: sent
 * @tx_bytes: their bytes
 * @pre_classify: @underlay_policy sees the inner header
 * @output_policy: of inner packets, "" for none
 * @underlay_policy: of what the underlay gets, "" for none
 * @underlay: device of the underlay or its VRF that it is bound to, or 0
 * @fwmark: mark by which its own packets are routed in the underlay
 * @elsewhere: its underlay is in another network namespace
 * @qdisc: kind of its queueing discipline
 */
struct device {
	uint32_t ifindex;
	char name[IF_NAMESIZE];
	struct addr local;
	struct addr local6;
	bool has_key;
	uint32_t key;
	char profile[PROFILE_LEN];
	uint32_t mtu;
	uint32_t peers;
	uint32_t nexthops;
	uint64_t misses;
	uint64_t redirects;
	uint64_t suppressed;
	uint64_t drops[DMVPN_A_DROPS_MAX + 1];
	bool up;
	bool running;
	struct addr address;
	uint8_t address_len;
	struct addr address6;
	uint8_t address6_len;
	char vrf[IF_NAMESIZE];
	uint64_t rx_packets;
	uint64_t rx_bytes;
	uint64_t tx_packets;
	uint64_t tx_bytes;
	bool pre_classify;
	char output_policy[POLICY_NAME];
	char underlay_policy[POLICY_NAME];
	uint32_t underlay;
	uint32_t fwmark;
	bool elsewhere;
	char qdisc[IF_NAMESIZE];
};

/**
 * struct session - all that is protected between two NBMA endpoints
 *
 * Members are the attributes of the same names.
 */
struct session {
	uint32_t handle;
	struct nbma local;
	struct nbma remote;
	uint32_t state;
	char reason[REASON_LEN];
	char profile[PROFILE_LEN];
	char identity[IDENTITY_LEN];
	char local_identity[IDENTITY_LEN];
	char pfs[PROFILE_LEN];
	uint32_t flags;
	uint32_t ike_version;
	uint32_t ike_id;
	uint32_t ike_lifetime;
	uint64_t state_ms;
	uint32_t in_spi;
	uint32_t out_spi;
	uint64_t rx_packets;
	uint64_t rx_bytes;
	uint64_t tx_packets;
	uint64_t tx_bytes;
	uint64_t rx_dropped;
	uint64_t tx_dropped;
	uint32_t peers;
};

/**
 * struct sa - an SA
 *
 * Members are the attributes of the same names. @idle_ms is NEVER if no packet
 * used it; @new_remote and @hard are set in notifications only.
 */
struct sa {
	uint32_t spi;
	uint32_t dir;
	uint32_t session;
	struct nbma local;
	struct nbma remote;
	uint32_t mode;
	char cipher[CIPHER_LEN];
	char auth[CIPHER_LEN];
	uint32_t icv_len;
	bool esn;
	uint32_t replay_window;
	bool standby;
	uint32_t pair;
	uint32_t owner;
	uint64_t soft_seconds;
	uint64_t hard_seconds;
	uint64_t soft_bytes;
	uint64_t hard_bytes;
	uint64_t soft_packets;
	uint64_t hard_packets;
	uint64_t age_ms;
	uint64_t idle_ms;
	uint64_t seq;
	uint64_t packets;
	uint64_t bytes;
	uint64_t auth_failed;
	uint64_t replayed;
	uint64_t malformed;
	uint64_t errors;
	uint64_t async;
	bool hard;
	struct addr new_remote;
};

/**
 * struct peer - a remote NBMA address on a device
 *
 * Members are the attributes of the same names. @idle_ms is NEVER if no packet
 * went to it or came from it.
 */
struct peer {
	uint32_t ifindex;
	struct nbma remote;
	uint32_t flags;
	uint32_t session;
	uint32_t state;
	uint32_t mtu;
	uint64_t age_ms;
	uint64_t idle_ms;
	uint64_t rx_packets;
	uint64_t rx_bytes;
	uint64_t tx_packets;
	uint64_t tx_bytes;
	uint64_t tx_dropped;
	uint32_t pending;
	uint32_t nexthops;
	char policy[NAME_LEN];
	uint64_t rate;
};

/**
 * struct nexthop - an overlay address that routes resolve to
 *
 * Members are the attributes of the same names. @idle_ms is NEVER if no packet
 * used it.
 */
struct nexthop {
	uint32_t ifindex;
	struct addr address;
	struct nbma remote;
	uint32_t state;
	uint32_t kind;
	uint32_t flags;
	uint32_t lifetime;
	struct addr claimed;
	uint64_t age_ms;
	uint64_t idle_ms;
	uint64_t packets;
};

/**
 * struct counter - one of nhrpd's counters
 * @name: its name
 * @value: its value
 */
struct counter {
	char name[WORD_LEN];
	uint64_t value;
};

/**
 * struct counters - several
 * @v: array of @n
 * @n: their number
 */
struct counters {
	struct counter *v;
	size_t n;
};

/**
 * struct nhrp_if - an interface as nhrpd has it
 * @interface: its name
 * @up: nhrpd works on it
 * @network_id: its cloud
 * @holdtime_ms: for how long others may use what they are told
 * @renewal_ms: from one registration with a server to the next
 * @shortcut: direct paths are looked for
 * @redirect: others are told of them
 * @servers: next hop servers configured
 * @registered: clients registered with us
 * @cached: bindings
 * @shortcuts: shortcuts in any state
 * @waiting: registrations that wait for the authorizer
 * @refusal: the last registration that was refused, or ""
 * @refused_ms: since then
 * @sent: packets, by type
 * @received: packets, by type
 * @forwarded: packets, by type
 * @dropped: packets and events, by reason
 * @qos: changes of peers' policies, by what happened
 * @changed: other changes, by what happened
 * @binding_bytes: memory that a binding takes
 * @shortcut_bytes: memory that a shortcut takes
 * @max_send_packets: packets sent within @max_send_seconds at most, 0 for no
 *	limit
 * @max_send_seconds: see above
 * @max_send_percent: how much of that is used
 */
struct nhrp_if {
	char interface[IF_NAMESIZE];
	bool up;
	uint32_t network_id;
	uint64_t holdtime_ms;
	uint64_t renewal_ms;
	bool shortcut;
	bool redirect;
	uint32_t servers;
	uint32_t registered;
	uint32_t cached;
	uint32_t shortcuts;
	uint32_t waiting;
	char refusal[REFUSAL_LEN];
	uint64_t refused_ms;
	struct counters sent;
	struct counters received;
	struct counters forwarded;
	struct counters dropped;
	struct counters qos;
	struct counters changed;
	uint32_t binding_bytes;
	uint32_t shortcut_bytes;
	uint32_t max_send_packets;
	uint32_t max_send_seconds;
	uint32_t max_send_percent;
};

/**
 * struct nhs - a next hop server of ours
 * @interface: interface
 * @address: overlay address, none while not learnt
 * @own: our address that is registered with it
 * @nbma: NBMA address, none while its name is not resolved
 * @name: its name, or ""
 * @priority: lower is better
 * @cluster: that it is in
 * @in_use: it has one of its cluster's places
 * @fallback_ms: until it is returned to, NEVER if that is not so
 * @dynamic: the overlay address is learnt
 * @state: of our registration: down, wait, probe, up
 * @since_ms: of that state
 * @next_ms: until the next request, NEVER for none
 * @nat: our own NBMA address as the server sees it, or none
 * @requests: registrations asked for
 * @replies: positive replies
 * @refused: negative replies
 * @error: last failure in words, or ""
 */
struct nhs {
	char interface[IF_NAMESIZE];
	struct addr address;
	struct addr own;
	struct nbma nbma;
	char name[HOST_LEN];
	unsigned int priority;
	unsigned int cluster;
	bool in_use;
	uint64_t fallback_ms;
	bool dynamic;
	char state[WORD_LEN];
	uint64_t since_ms;
	uint64_t next_ms;
	struct addr nat;
	uint64_t requests;
	uint64_t replies;
	uint64_t refused;
	char error[REASON_LEN];
};

/**
 * struct binding - an overlay address that nhrpd knows
 * @interface: interface
 * @address: the address
 * @nbma: where it is
 * @claimed: NBMA address that it claims itself, or none
 * @kind: static, nhs, registered, cached, shortcut
 * @flags: enum dmvpn_nexthop_flags
 * @state: enum dmvpn_session_state of its peer, by name
 * @multicast: gets multicast copies
 * @installed: the kernel has it as a next hop
 * @age_ms: since it was made
 * @expires_ms: until its end, NEVER for no end
 * @group: that its peer is in, or ""
 * @policy: that queues towards its peer, or ""
 */
struct binding {
	char interface[IF_NAMESIZE];
	struct addr address;
	struct nbma nbma;
	struct addr claimed;
	char kind[WORD_LEN];
	uint32_t flags;
	char state[WORD_LEN];
	bool multicast;
	bool installed;
	uint64_t age_ms;
	uint64_t expires_ms;
	char group[NAME_LEN];
	char policy[NAME_LEN];
};

/**
 * struct shortcut - a destination with a path of its own
 * @interface: interface
 * @prefix: what is reached
 * @via: overlay address of the egress, none while resolving
 * @nbma: its NBMA address
 * @state: resolving, waiting, up, negative
 * @route: a route was added for it
 * @override: there was one to that prefix, with another next hop
 * @age_ms: since it was made
 * @expires_ms: until its end, NEVER for no end
 */
struct shortcut {
	char interface[IF_NAMESIZE];
	struct prefix prefix;
	struct addr via;
	struct nbma nbma;
	char state[WORD_LEN];
	bool route;
	bool override;
	uint64_t age_ms;
	uint64_t expires_ms;
};

/**
 * struct group_map - a group that has a policy
 * @interface: interface
 * @group: its name
 * @policy: of its peers
 * @peers: how many of those there are
 */
struct group_map {
	char interface[IF_NAMESIZE];
	char group[NAME_LEN];
	char policy[NAME_LEN];
	uint32_t peers;
};

/**
 * struct policy_state - a policy in the kernel
 * @name: of it
 * @classes: number of its classes
 * @users: who refers to it
 */
struct policy_state {
	char name[POLICY_NAME];
	uint32_t classes;
	uint32_t users;
};

/**
 * struct count - packets and bytes
 * @packets: number
 * @bytes: theirs, from the IP header on
 */
struct count {
	uint64_t packets;
	uint64_t bytes;
};

/**
 * struct class_state - a class of a policy in the kernel
 * @policy: that it is of
 * @index: in that policy
 * @class: itself; @class.match is what nhrpd says, if it does
 * @count: of the class
 * @line: counters of each of its lines
 */
struct class_state {
	char policy[POLICY_NAME];
	uint32_t index;
	struct policy_class class;
	struct count count;
	struct count *line;
};

/**
 * struct service_state - a class of a policy of a device
 * @ifindex: of the device
 * @point: DMVPN_SERVICE_POINT_*
 * @policy: that it is of
 * @index: in that policy
 * @count: of the class, on this device
 * @line: counters of each of its lines
 * @n_line: length of @line
 * @offered_rate: bits a second
 * @load_interval: seconds that this is a mean of
 */
struct service_state {
	uint32_t ifindex;
	uint32_t point;
	char policy[POLICY_NAME];
	uint32_t index;
	struct count count;
	struct count *line;
	size_t n_line;
	uint64_t offered_rate;
	uint32_t load_interval;
};

/**
 * struct queue_state - a class of one peer in a queueing discipline
 *
 * Members are the attributes of the same names.
 */
struct queue_state {
	uint32_t ifindex;
	struct nbma remote;
	char policy[POLICY_NAME];
	char class[POLICY_NAME];
	uint32_t index;
	uint32_t depth;
	uint64_t packets;
	uint64_t bytes;
	uint64_t rate;
	uint32_t queued_packets;
	uint32_t queued_bytes;
	uint64_t dropped_limit;
	uint64_t dropped_codel;
	uint64_t dropped_rate;
	uint64_t marked;
	uint64_t delay_us;
	uint64_t offered_rate;
	uint64_t drop_rate;
	uint32_t load_interval;
};

/**
 * struct model - all of it; arrays with the number of their members
 * @nhrpd: nhrpd runs here, and the arrays behind are what it told
 * @tables: of find.c, NULL before it was asked
 */
struct model {
	struct device *device;
	size_t n_device;
	struct session *session;
	size_t n_session;
	struct sa *sa;
	size_t n_sa;
	struct peer *peer;
	size_t n_peer;
	struct nexthop *nexthop;
	size_t n_nexthop;
	bool nhrpd;
	struct nhrp_if *nhrp_if;
	size_t n_nhrp_if;
	struct nhs *nhs;
	size_t n_nhs;
	struct binding *binding;
	size_t n_binding;
	struct shortcut *shortcut;
	size_t n_shortcut;
	struct group_map *group_map;
	size_t n_group_map;
	struct policy_state *policy;
	size_t n_policy;
	struct class_state *class;
	size_t n_class;
	struct service_state *service;
	size_t n_service;
	struct queue_state *queue;
	size_t n_queue;
	struct model_tables *tables;
};

/* An array without members is NULL, to which not even 0 may be added. */
#define model_for_each(pos, array, n) \
	for ((pos) = (array); (n) && (pos) < (array) + (n); (pos)++)

/*
 * Room for one more member of an array, zeroed. The program ends if there is
 * no memory.
 */
#define model_add(array, n) \
	((array) = model_grow((array), (n), sizeof(*(array))), \
	 &(array)[(n)++])

void *model_grow(void *array, size_t n, size_t size);
void model_free(struct model *m);

/* Of that name, 0 if there is none. */
uint64_t counters_value(const struct counters *c, const char *name);
uint64_t counters_total(const struct counters *c);

/* NULL if there is none. */
struct device *model_device(const struct model *m, uint32_t ifindex);
/* Of its place in a policy, or of its name. */
struct class_state *model_class(const struct model *m, const char *policy,
				uint32_t index);
struct class_state *model_class_named(const struct model *m,
				      const char *policy, const char *name);
struct service_state *model_service(const struct model *m, uint32_t ifindex,
				    uint32_t point, uint32_t index);
/*
 * The class that a service is of, with the counters of the service: for reading
 * only, since all else is the class's. False if there is no such class.
 */
bool model_served(const struct model *m, const struct service_state *s,
		  struct class_state *served);
const struct nhrp_if *model_nhrp_if(const struct model *m, const char *name);
/* It has servers. */
bool model_has_nhs(const struct model *m, const char *ifname);

/* ---- find.c: what belongs together, found without a walk over all ---- */

void model_tables_free(struct model *m);

/* NULL if there is none. */
const struct session *model_session(const struct model *m, uint32_t handle);
const struct sa *model_sa(const struct model *m, uint32_t handle, uint32_t dir,
			  uint32_t spi);
/* SAs of a session. */
size_t model_count_sa(const struct model *m, uint32_t handle);
/* Group that a peer is in, "" for none, or if nhrpd has not told. */
const char *model_group(const struct model *m, const struct device *d,
			const struct peer *p);
/* That of the policy which all the others of a peer hang below; 0 for none. */
uint64_t model_rate(const struct model *m, const struct peer *p);

/*
 * The member after that one, NULL for the first: SAs and peers of a session,
 * next hops with a peer, prefixes behind an overlay address.
 */
const struct sa *model_next_sa(const struct model *m, const struct sa *sa,
			       uint32_t handle);
const struct peer *model_next_peer(const struct model *m, const struct peer *p,
				   uint32_t handle);
const struct nexthop *model_next_nexthop(const struct model *m,
					 const struct nexthop *nh,
					 const struct peer *p);
const struct shortcut *model_next_behind(const struct model *m,
					 const struct shortcut *s,
					 const struct device *d,
					 const struct addr *via);

#define model_for_each_sa(pos, m, handle) \
	for ((pos) = model_next_sa(m, NULL, handle); (pos); \
	     (pos) = model_next_sa(m, pos, handle))
#define model_for_each_peer(pos, m, handle) \
	for ((pos) = model_next_peer(m, NULL, handle); (pos); \
	     (pos) = model_next_peer(m, pos, handle))
#define model_for_each_nexthop(pos, m, p) \
	for ((pos) = model_next_nexthop(m, NULL, p); (pos); \
	     (pos) = model_next_nexthop(m, pos, p))
#define model_for_each_behind(pos, m, d, via) \
	for ((pos) = model_next_behind(m, NULL, d, via); (pos); \
	     (pos) = model_next_behind(m, pos, d, via))

/* ---- narrowing ---- */

/* Forget all but one device and what nhrpd has for it. */
void model_keep_device(struct model *m, const char *name);
/*
 * Forget the sessions and SAs with other NBMA addresses; if that leaves none,
 * those that are not with a peer which has such an overlay address.
 */
void model_keep_session(struct model *m, const struct prefix *address);
/* Forget all policies but one. */
void model_keep_policy(struct model *m, const char *name);
/* Forget what nhrpd has of another family: AF_INET or AF_INET6 stays. */
void model_keep_family(struct model *m, int family);
/* Forget what nhrpd has for other overlay addresses. */
void model_keep_overlay(struct model *m, const struct prefix *overlay);

#endif
