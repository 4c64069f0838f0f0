/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the nouns of the state layer share: the instance and its interfaces.
 */
#ifndef NHRPD_INSTANCE_H
#define NHRPD_INSTANCE_H

#include "lib/hash.h"
#include "lib/list.h"
#include "nhrpd/conf.h"
#include "nhrpd/counters.h"
#include "nhrpd/kernel.h"
#include "nhrpd/limit.h"
#include "nhrpd/nhrp.h"
#include "nhrpd/routes.h"
#include "nhrpd/timer.h"

struct cache_entry;
struct peer;

#define REFUSAL_TEXT	256
#define IFACE_SHARES	256

/**
 * struct nhrp - an instance
 * @ops: the kernel
 * @observer: hears of state changes, or NULL
 * @observe_from: the least level that it wants to hear of
 * @authorizer: asked about registrations, or NULL
 * @ctx: goes to all three
 * @now: the time of the event being handled
 * @epoch: the wall clock's milliseconds when @now was 0
 * @last_id: of a registration; what is sent are its lower 32 bits
 * @started: nhrp_start was called
 * @stopping: nhrp_stop was called
 * @deregistered: and registrations are being taken back
 * @stopped: and everything is out of the kernel
 * @timers: all of the instance
 * @requests: struct request, by id: those that wait for a reply
 * @ifaces: struct iface
 * @sessions: struct peer of all interfaces, by the session that they are in
 * @session_events: events of sessions so far
 * @policies: as configured
 * @policies_gone: as configured before, while a configuration is taken over
 * @policies_set: they are in the kernel
 * @sweep_timer: end of the grace time for what was adopted
 * @stop_timer: end of the wait for purge replies
 * @routes_timer: look answers up again, some time after routes changed
 */
struct nhrp {
	const struct kernel_ops *ops;
	nhrp_observer observer;
	enum nhrp_event_level observe_from;
	nhrp_authorizer authorizer;
	void *ctx;
	uint64_t now;
	uint64_t epoch;
	uint64_t last_id;
	bool started;
	bool stopping;
	bool deregistered;
	bool stopped;
	struct timers timers;
	struct hash requests;
	struct list ifaces;
	struct hash sessions;
	uint32_t session_events;
	struct policies policies;
	struct policies policies_gone;
	bool policies_set;
	struct timer sweep_timer;
	struct timer stop_timer;
	struct timer routes_timer;
};

/**
 * enum cache_event - what happened to a binding
 */
enum cache_event {
	CACHE_INSTALLED,	/* the kernel sends to it */
	CACHE_FAILED,		/* no session; about to be deleted */
	CACHE_DELETED,		/* about to be deleted */
};

/**
 * struct iface - a tunnel interface, configured or there or both
 * @link: in the instance's list
 * @nhrp: the instance
 * @conf: configuration, defaults if there is none
 * @configured: there is one
 * @dev: the device; ifindex 0 while there is none
 * @active: configured, device there and up, both addresses known
 * @peers: struct peer, by NBMA address: those behind one NAT are together
 * @cache: struct cache_entry, by overlay address
 * @shortcuts: struct shortcut, by destination
 * @flows: struct flow, by source and destination: redirects sent
 * @triggers: struct trigger, by destination: not asked for yet
 * @nhs: struct nhs: servers we register with
 * @maps: struct map: static bindings
 * @answers: struct answer, by where who asked is: what we told others about
 *	prefixes behind us
 * @routes: prefixes of the routes there are
 * @askers: struct asker, by NBMA address: wait for a session to be answered
 * @purges: struct purge, by NBMA address: requests that wait for a reply
 * @adopted: struct adopted: routes found in the kernel that lead nowhere
 * @carrier_ours: the carrier is ours to switch
 * @carrier_wait: leave it on: a forerunner may be registered
 * @pending: struct pending: registrations that wait for the authorizer
 * @n_pending: their number
 * @refusal: the last registration that was refused, in words
 * @refused_at: when that was
 * @refusal_limit: lines of the log about refusals
 * @group_limit: and about groups and policies that are not there
 * @send_limit: max-send
 * @share: and of those without a binding, by their NBMA address
 * @error_limit: error indications sent
 * @qos: as the device has it from us
 * @qos_ifindex: that device
 * @counters: packets
 * @on_peer: a peer's session changed its state
 * @on_identity: another identity is at a peer's address
 * @on_cache: a binding changed
 */
struct iface {
	struct list link;
	struct nhrp *nhrp;
	struct conf_if conf;
	bool configured;
	struct nhrp_link dev;
	bool active;
	struct hash peers;
	struct hash cache;
	struct hash shortcuts;
	struct hash flows;
	struct hash triggers;
	struct list nhs;
	struct list maps;
	struct hash answers;
	struct routes routes;
	struct hash askers;
	struct hash purges;
	struct list adopted;
	bool carrier_ours;
	bool carrier_wait;
	struct list pending;
	size_t n_pending;
	char refusal[REFUSAL_TEXT];
	uint64_t refused_at;
	struct limit refusal_limit;
	struct limit group_limit;
	struct limit send_limit;
	struct limit share[IFACE_SHARES];
	struct limit error_limit;
	struct conf_qos qos;
	uint32_t qos_ifindex;
	struct nhrp_counters counters;
	void (*on_peer)(struct peer *peer, uint32_t old_state);
	void (*on_identity)(struct peer *peer);
	void (*on_cache)(struct cache_entry *entry, enum cache_event event);
};

/* Milliseconds from now on, as a time. */
static inline uint64_t nhrp_in(const struct nhrp *n, uint64_t ms)
{
	return n->now + ms;
}

/* Whole seconds left until @at, at least 1; 0 for no end. */
static inline uint32_t nhrp_seconds_left(const struct nhrp *n, uint64_t at)
{
	if (at == UINT64_MAX)
		return 0;
	return at >= n->now + 1000 ? (uint32_t)((at - n->now) / 1000) : 1;
}

static inline void iface_drop(struct iface *ifc, enum nhrp_drop why)
{
	ifc->counters.dropped[why]++;
}

static inline void iface_count(struct iface *ifc, enum nhrp_change what)
{
	ifc->counters.changed[what]++;
}

#endif
