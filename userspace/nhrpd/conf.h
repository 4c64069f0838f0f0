/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration as plain data. config.c reads it from a file, nhrp.c
 * applies it. An address is always numeric here; names are looked up later.
 */
#ifndef NHRPD_CONF_H
#define NHRPD_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/addr.h"
#include "nhrpd/identity.h"
#include "nhrpd/mac.h"
#include "nhrpd/policy.h"
#include "nhrpd/wire.h"

#define CONF_NAME	16	/* IFNAMSIZ */
#define CONF_AUTH	8	/* longest clear-text password */
#define CONF_HOST	254	/* with the NUL */
#define CONF_SOCKET	108	/* sun_path */
/* A hash's key that is longer than a block is worth no more. */
#define CONF_SECRET_MIN	16
#define CONF_SECRET_MAX	64
/* Cisco's clear-text password has SPI 1. */
#define CONF_SPI_MIN	2
#define CONF_SPI_MAX	65535
#define CONF_GROUP	NHRP_GROUP_NAME

/* Defaults and limits of the numbers below, for the parser's messages too. */
#define CONF_HOLDTIME			7200
#define CONF_HOLDTIME_MIN		3
#define CONF_HOLDTIME_MAX		65535
#define CONF_MAX_SEND_PACKETS		10000
#define CONF_MAX_SEND_SECONDS		10
#define CONF_REDIRECT_SECONDS		5
#define CONF_NEGATIVE_SECONDS		60
#define CONF_CACHE_LIMIT		65536
#define CONF_SHORTCUT_LIMIT		16384
#define CONF_REDIRECT_LIMIT		16384
#define CONF_PROBE_SECONDS		10
#define CONF_PROBE_RETRIES		3
#define CONF_FALLBACK_SECONDS		30
#define CONF_RESOLVE_SECONDS		300
#define CONF_PRIORITY_MAX		255
#define CONF_CLUSTER_MAX		255
#define CONF_USE			1
#define CONF_USE_MAX			65535
/* Whoever answers for less bits speaks of one address only. */
#define CONF_SUMMARY_MIN		8
#define CONF_REGISTRATION_LIMIT		64
#define CONF_RESOLUTION_LIMIT		1024
#define CONF_AUTHORIZE_TIMEOUT		3
#define CONF_AUTHORIZE_LIMIT		1024

/**
 * enum conf_policy - what a client may register
 * @CONF_POLICY_FIRST_COME: what nobody else has
 * @CONF_POLICY_IDENTITY: the address that is its identity
 * @CONF_POLICY_TABLE: what is granted to its identity
 * @CONF_POLICY_NONE: nothing
 */
enum conf_policy {
	CONF_POLICY_FIRST_COME,
	CONF_POLICY_IDENTITY,
	CONF_POLICY_TABLE,
	CONF_POLICY_NONE,
};

/**
 * struct conf_grant - what an identity may register
 * @identity: pattern, see identity.h
 * @what: tunnel addresses in this prefix
 */
struct conf_grant {
	char identity[IDENTITY_SIZE];
	struct prefix what;
};

/**
 * struct conf_key - what packets are authenticated with
 * @spi: its number, which packets name
 * @algorithm: of the hash
 * @secret: the key
 * @len: bytes of it
 */
struct conf_key {
	uint16_t spi;
	enum mac_algorithm algorithm;
	uint8_t secret[CONF_SECRET_MAX];
	size_t len;
};

/**
 * struct conf_nhs - a next hop server that this node registers with
 * @proto: its overlay address; none to learn it from its first reply (dynamic)
 * @nbma: its NBMA address, none if it has a name
 * @host: name to look the address up by, "" for none
 * @identity: pattern of who has to be there, see identity.h; "" for anybody
 * @priority: lower is better
 * @cluster: servers of one cluster stand in for each other
 * @multicast: multicast and broadcast packets are copied to it
 */
struct conf_nhs {
	struct addr proto;
	struct addr nbma;
	char host[CONF_HOST];
	char identity[IDENTITY_SIZE];
	uint8_t priority;
	uint8_t cluster;
	bool multicast;
};

/**
 * struct conf_cluster - servers that stand in for each other
 * @number: of the cluster
 * @max_connections: that many are in use at most, 0 for all
 */
struct conf_cluster {
	uint8_t number;
	uint8_t max_connections;
};

/**
 * struct conf_map - a static binding
 * @proto: overlay address; none for a map that is for multicast only
 * @nbma: NBMA address
 * @multicast: multicast and broadcast packets are copied to it
 */
struct conf_map {
	struct addr proto;
	struct addr nbma;
	bool multicast;
};

/**
 * struct conf_group_map - what a group's peers get
 * @group: name of the group
 * @service_policy: name of the policy that queues towards each of them
 * @lower_bound: bits a second; the rate adapts between this and the policy's
 *	own, if it is not 0
 * @lower_percent: the same in percent of the policy's own rate
 */
struct conf_group_map {
	char group[CONF_GROUP];
	char service_policy[POLICY_NAME];
	uint64_t lower_bound;
	uint8_t lower_percent;
};

/**
 * struct conf_peer_group - a peer's group, whatever it says itself
 * @what: it has an address in this prefix, in the tunnel or in the underlay
 * @group: name of the group
 */
struct conf_peer_group {
	struct prefix what;
	char group[CONF_GROUP];
};

/**
 * struct conf_qos - what is done to packets on their way out of an interface
 * @pre_classify: @underlay sees the inner header, not GRE's or ESP's
 * @output: policy of the inner packet, "" for none
 * @underlay: policy of what the underlay gets, "" for none
 */
struct conf_qos {
	bool pre_classify;
	char output[POLICY_NAME];
	char underlay[POLICY_NAME];
};

/**
 * struct conf_if - one tunnel interface
 * @name: of the device
 * @network_id: tunnels of this node with the same number are one cloud;
 *	default 1
 * @holdtime: seconds, told to others about this node's addresses
 * @registration_timeout: seconds between registrations, 0 for holdtime / 3
 * @unique: registrations carry the unique bit (default)
 * @shortcut: follow redirects, and answer resolution requests (default)
 * @server_only: make no resolution requests (default off)
 * @record: requests carry records of who passed them on (default)
 * @if_state: the carrier follows the registrations (default off)
 * @redirect: tell the sender when a packet goes back into the cloud (default
 *	off)
 * @multicast_dynamic: clients that register get multicast copies (default off)
 * @auth: clear-text password, empty for none
 * @key: array of @n_key: packets are sent with the first, and taken with any;
 *	without one @auth counts
 * @mtu: told to others, 0 for none
 * @max_send_packets: NHRP packets sent within @max_send_seconds at most, 0
 *	for no limit
 * @max_send_seconds: see above
 * @redirect_seconds: between two redirects for the same pair of addresses
 * @negative_seconds: a destination that was refused is not asked for again
 * @cache_limit: bindings at most
 * @shortcut_limit: shortcuts, also those being resolved, at most
 * @redirect_limit: pairs of addresses remembered at most
 * @probe_seconds: a server that was silent for that long is probed, 0 to
 *	switch it off
 * @probe_retries: probes without an answer before it counts as lost
 * @fallback_seconds: a better server has to be well for that long before it is
 *	returned to
 * @resolve_seconds: names of servers are looked up again after that time
 * @use: misses and redirects of a destination before it is asked for
 * @interest: array of @n_interest: what may be asked for, all if it is empty
 * @summary: array of @n_summary: told of as a whole when asked for a part
 * @registration_limit: addresses that one peer may register
 * @resolution_limit: answers to one place that are remembered, and requests
 *	from there that wait, at most
 * @policy: what a client may register
 * @authorize: socket of who is asked about registrations, "" for nobody
 * @authorize_timeout: seconds to wait for its answer
 * @authorize_limit: registrations that wait for an answer at most
 * @authorize_accept: a registration without an answer is accepted
 * @grant: array of @n_grant
 * @group: group that this node says it is in, "" for none
 * @group_map: array of @n_group_map, no group twice
 * @peer_group: array of @n_peer_group; the first that fits counts
 * @nhs: array of @n_nhs
 * @map: array of @n_map
 * @cluster: array of @n_cluster; the first with a number counts
 * @qos: what is done to packets on their way out
 */
struct conf_if {
	char name[CONF_NAME];
	uint32_t network_id;
	uint32_t holdtime;
	uint32_t registration_timeout;
	bool unique;
	bool shortcut;
	bool server_only;
	bool record;
	bool if_state;
	bool redirect;
	bool multicast_dynamic;
	char auth[CONF_AUTH + 1];
	struct conf_key *key;
	size_t n_key;
	uint16_t mtu;
	uint32_t max_send_packets;
	uint32_t max_send_seconds;
	uint32_t redirect_seconds;
	uint32_t negative_seconds;
	uint32_t cache_limit;
	uint32_t shortcut_limit;
	uint32_t redirect_limit;
	uint32_t probe_seconds;
	uint32_t probe_retries;
	uint32_t fallback_seconds;
	uint32_t resolve_seconds;
	uint32_t use;
	struct prefix *interest;
	size_t n_interest;
	struct prefix *summary;
	size_t n_summary;
	uint32_t registration_limit;
	uint32_t resolution_limit;
	enum conf_policy policy;
	char authorize[CONF_SOCKET];
	uint32_t authorize_timeout;
	uint32_t authorize_limit;
	bool authorize_accept;
	struct conf_grant *grant;
	size_t n_grant;
	char group[CONF_GROUP];
	struct conf_group_map *group_map;
	size_t n_group_map;
	struct conf_peer_group *peer_group;
	size_t n_peer_group;
	struct conf_nhs *nhs;
	size_t n_nhs;
	struct conf_map *map;
	size_t n_map;
	struct conf_cluster *cluster;
	size_t n_cluster;
	struct conf_qos qos;
};

/**
 * struct conf - the whole configuration
 * @iface: array of @n_iface, no name twice
 * @policies: those that there are
 */
struct conf {
	struct conf_if *iface;
	size_t n_iface;
	struct policies policies;
};

/* Set all members of an interface to their defaults; no name, no arrays. */
void conf_if_init(struct conf_if *ci);
/*
 * Grow the arrays by one member, initialised; NULL without memory. Pointers
 * got before are stale then.
 */
struct conf_if *conf_add_if(struct conf *conf, const char *name);
struct conf_nhs *conf_add_nhs(struct conf_if *ci);
struct conf_map *conf_add_map(struct conf_if *ci);
struct conf_cluster *conf_add_cluster(struct conf_if *ci);
struct prefix *conf_add_interest(struct conf_if *ci);
struct prefix *conf_add_summary(struct conf_if *ci);
struct conf_grant *conf_add_grant(struct conf_if *ci);
struct conf_group_map *conf_add_group_map(struct conf_if *ci);
struct conf_peer_group *conf_add_peer_group(struct conf_if *ci);
/*
 * @n zeroed keys instead of those there are; NULL without memory. At once, so
 * that no memory with secrets in it is left behind.
 */
struct conf_key *conf_set_keys(struct conf_if *ci, size_t n);
const struct conf_if *conf_find(const struct conf *conf, const char *name);
/* Deep copy; 0 or -1 without memory. */
int conf_if_copy(struct conf_if *to, const struct conf_if *from);
void conf_if_free(struct conf_if *ci);
/*
 * Free what the members point at and empty it; not @conf itself. Secrets are
 * wiped.
 */
void conf_free(struct conf *conf);
/* Only the interfaces themselves: what they hold has been given away. */
void conf_free_ifaces(struct conf *conf);

#endif
