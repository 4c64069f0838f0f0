/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state layer's whole interface. The edges (event loop, netlink,
 * configuration file, control socket) call these functions; the state layer
 * calls back through struct kernel_ops and the observer, and does no I/O of
 * its own. `now` is a monotonic time in milliseconds, never 0.
 *
 * Order at start: nhrp_create, nhrp_configure, nhrp_link for every interface
 * there is, nhrp_adopt_* for what the kernel holds, nhrp_start. Before
 * nhrp_start nothing is written to the kernel and no packet is sent.
 * Order at the end: nhrp_stop, then the loop as before until nhrp_stopped
 * (two seconds at most), nhrp_destroy. Without nhrp_stop everything stays in
 * the kernel, and the next daemon takes it over.
 */
#ifndef NHRPD_NHRP_H
#define NHRPD_NHRP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/addr.h"
#include "nhrpd/conf.h"
#include "nhrpd/counters.h"
#include "nhrpd/kernel.h"

#define NHRP_NO_DEADLINE UINT64_MAX

struct nhrp;

/**
 * enum nhrp_event_type - what a state change is about
 */
enum nhrp_event_type {
	NHRP_EVENT_INTERFACE,
	NHRP_EVENT_NHS,
	NHRP_EVENT_NHS_UP,
	NHRP_EVENT_NHS_DOWN,
	NHRP_EVENT_REGISTERED,		/* a client of ours */
	NHRP_EVENT_RENEWED,
	NHRP_EVENT_UNREGISTERED,
	NHRP_EVENT_REFUSED,		/* a registration or resolution */
	NHRP_EVENT_PEER,
	NHRP_EVENT_PEER_UP,		/* its session */
	NHRP_EVENT_PEER_DOWN,
	NHRP_EVENT_CACHE,
	NHRP_EVENT_SHORTCUT,
	NHRP_EVENT_SHORTCUT_UP,
	NHRP_EVENT_SHORTCUT_DOWN,
	NHRP_EVENT_REDIRECT,
	NHRP_EVENT_PURGE,
	NHRP_EVENT_ERROR,		/* error indication, sent or received */
	NHRP_EVENT_ADOPT,
	NHRP_EVENT_GROUP,		/* a peer's group, or its policy */
	__NHRP_EVENT_MAX
};

enum nhrp_event_level {
	NHRP_LEVEL_DEBUG,
	NHRP_LEVEL_INFO,
	NHRP_LEVEL_WARNING,
};

/**
 * struct nhrp_event - a state change, for the log and for monitors
 * @type: what it is about
 * @level: how much an operator cares
 * @ifname: interface, "" for none
 * @proto: overlay address concerned, or none
 * @nbma: NBMA address concerned, or none
 * @text: the whole line in operators' words, without interface and newline;
 *	valid during the call only
 */
struct nhrp_event {
	enum nhrp_event_type type;
	enum nhrp_event_level level;
	const char *ifname;
	struct addr proto;
	struct nbma nbma;
	const char *text;
};

typedef void (*nhrp_observer)(void *ctx, const struct nhrp_event *event);

/* "registered", "shortcut" ...: the type's name for JSON. */
const char *nhrp_event_name(enum nhrp_event_type type);

/**
 * struct nhrp_question - a registration that somebody else decides on
 * @id: of the question, for the answer
 * @socket: whom to ask, as configured
 * @ifname: interface
 * @proto: address that is registered
 * @nbma: where it comes from
 * @claimed: NBMA address that the client says it has
 * @identity: authenticated identity, "" if there is none
 * @session: handle, 0 without protection
 * @holdtime: seconds
 * @group: that the client says it is in, "" for none
 */
struct nhrp_question {
	uint32_t id;
	const char *socket;
	const char *ifname;
	struct addr proto;
	struct nbma nbma;
	struct addr claimed;
	const char *identity;
	uint32_t session;
	uint16_t holdtime;
	const char *group;
};

/* Ask; 0 if an answer may come (later), else nobody can be asked. */
typedef int (*nhrp_authorizer)(void *ctx, const struct nhrp_question *question);

/**
 * struct nhrp_answer - to such a question
 * @id: of the question
 * @socket: who was asked
 * @accept: the registration is accepted
 * @reason: why, NULL for none
 * @holdtime: seconds, 0 for those asked for; more are not given
 */
struct nhrp_answer {
	uint32_t id;
	const char *socket;
	bool accept;
	const char *reason;
	uint32_t holdtime;
};

/*
 * @ctx goes to every kernel op and to the observer (which may be NULL). @wall
 * are the seconds of the wall clock at @now: they have to be more than at the
 * start of any former life of this node. NULL without memory.
 */
struct nhrp *nhrp_create(const struct kernel_ops *ops, nhrp_observer observer,
			 void *ctx, uint64_t now, uint64_t wall);
/* The observer only hears of events of @level and above; else of all. */
void nhrp_observe_from(struct nhrp *n, enum nhrp_event_level level);
/* Who is asked about registrations; nobody can be without. */
void nhrp_set_authorizer(struct nhrp *n, nhrp_authorizer authorizer);
/* Free all; the kernel's state is left as it is. */
void nhrp_destroy(struct nhrp *n);

/*
 * Take over a configuration (copied). What did not change goes on undisturbed.
 * 0, or -1 without memory (nothing has changed then).
 */
int nhrp_configure(struct nhrp *n, uint64_t now, const struct conf *conf);

/**
 * struct nhrp_link - a dmvpn device, its whole present state
 * @name: interface name
 * @ifindex: its number
 * @up: IFF_UP
 * @carrier: its carrier is on
 * @protected: it has a protection profile
 * @nbma: its own IPv4 NBMA address, none if it has none now
 * @nbma6: its own IPv6 NBMA address, none if it has none now
 * @proto: its IPv4 overlay address, none if there is none; if there are
 *	several, the first
 * @proto_len: prefix length of @proto
 * @proto6: its IPv6 overlay address, global or unique local; likewise
 * @proto6_len: prefix length of @proto6
 * @link_local: its IPv6 address on the link; likewise
 * @mtu: of the device
 */
struct nhrp_link {
	char name[CONF_NAME];
	uint32_t ifindex;
	bool up;
	bool carrier;
	bool protected;
	struct addr nbma;
	struct addr nbma6;
	struct addr proto;
	uint8_t proto_len;
	struct addr proto6;
	uint8_t proto6_len;
	struct addr link_local;
	uint32_t mtu;
};

/* A device appeared or changed. Devices without configuration are welcome. */
void nhrp_link(struct nhrp *n, uint64_t now, const struct nhrp_link *link);
void nhrp_link_gone(struct nhrp *n, uint64_t now, uint32_t ifindex);

/*
 * What the kernel holds, read by dumps before nhrp_start: peers first, then
 * next hops, then the routes of protocol nhrp through a dmvpn device. What is
 * neither configured nor confirmed within a grace time is removed later.
 */
void nhrp_adopt_peer(struct nhrp *n, uint64_t now, uint32_t ifindex,
		     const struct kernel_peer *peer);
void nhrp_adopt_nexthop(struct nhrp *n, uint64_t now, uint32_t ifindex,
			const struct kernel_nexthop *nexthop);
void nhrp_adopt_route(struct nhrp *n, uint64_t now, uint32_t ifindex,
		      const struct prefix *dst, const struct addr *via);
/* Begin: register, answer, write to the kernel. */
void nhrp_start(struct nhrp *n, uint64_t now);

/*
 * The name of a server was looked up: its addresses, the one to try first
 * first. With 0 of them it could not be, for the reason @error; it goes on with
 * those from before, if there are any.
 */
void nhrp_resolved(struct nhrp *n, uint64_t now, const char *host,
		   const struct addr *addr, size_t n_addr, const char *error);

/**
 * struct nhrp_frame - an NHRP packet that came in (frame-ntf)
 * @ifindex: device
 * @remote: NBMA address and port it came from
 * @session: handle of its session, 0 for plain GRE
 * @data: from ar$afn on
 * @len: bytes
 */
struct nhrp_frame {
	uint32_t ifindex;
	struct nbma remote;
	uint32_t session;
	const uint8_t *data;
	size_t len;
};

void nhrp_frame(struct nhrp *n, uint64_t now, const struct nhrp_frame *frame);

/**
 * struct nhrp_session - a session as session-ntf and session-del-ntf tell it
 * @handle: its number
 * @local: our NBMA address
 * @remote: the peer's NBMA address and port
 * @state: enum dmvpn_session_state; down if it was deleted
 * @gone: it was deleted
 * @reason: why it is down or failed, NULL or "" if not said
 * @identity: the peer's authenticated identity, NULL or "" if not known
 */
struct nhrp_session {
	uint32_t handle;
	struct addr local;
	struct nbma remote;
	uint32_t state;
	bool gone;
	const char *reason;
	const char *identity;
};

/*
 * A session is there or changed; also called for every session of a dump
 * (at start, and when notifications were lost).
 */
void nhrp_session(struct nhrp *n, uint64_t now,
		  const struct nhrp_session *session);

/*
 * Notifications were lost. These sessions are there, and have been told: all
 * others have ended. @handle gets another order.
 */
void nhrp_sessions_left(struct nhrp *n, uint64_t now, uint32_t *handle,
			size_t n_handle);

/* A packet's next hop is unknown (miss-ntf). @dst may be none. */
void nhrp_miss(struct nhrp *n, uint64_t now, uint32_t ifindex,
	       const struct addr *address, const struct addr *dst);

/**
 * struct nhrp_hairpin - a packet came in and went out on one device
 *	(redirect-ntf)
 * @ifindex: device
 * @remote: the peer it came from
 * @src: inner source
 * @dst: inner destination
 * @packet: head of the inner packet
 * @len: bytes of @packet
 */
struct nhrp_hairpin {
	uint32_t ifindex;
	struct nbma remote;
	struct addr src;
	struct addr dst;
	const uint8_t *packet;
	size_t len;
};

void nhrp_redirect(struct nhrp *n, uint64_t now,
		   const struct nhrp_hairpin *hairpin);

/* An answer came; false if nobody waits for it. */
bool nhrp_authorized(struct nhrp *n, uint64_t now,
		     const struct nhrp_answer *answer);
/* No answer will come any more from there. */
void nhrp_authorizer_lost(struct nhrp *n, uint64_t now, const char *socket);

/* Somebody else deleted a peer (peer-del-ntf), its next hops with it. */
void nhrp_peer_gone(struct nhrp *n, uint64_t now, uint32_t ifindex,
		    const struct nbma *nbma);
/*
 * What a kernel op took, the kernel did not do: it has no such peer, not this
 * next hop, or could not send a packet.
 */
void nhrp_peer_refused(struct nhrp *n, uint64_t now, uint32_t ifindex,
		       const struct nbma *nbma);
void nhrp_nexthop_refused(struct nhrp *n, uint64_t now, uint32_t ifindex,
			  const struct addr *address);
void nhrp_frame_refused(struct nhrp *n, uint64_t now, uint32_t ifindex);
/* Or does not queue towards a peer with that policy; @err is why. */
void nhrp_policy_refused(struct nhrp *n, uint64_t now, uint32_t ifindex,
			 const struct nbma *nbma, const char *policy, int err);
/*
 * Routes or addresses of the host changed: what was answered to others is
 * looked up again, and purged where it is wrong now.
 */
void nhrp_routes_changed(struct nhrp *n, uint64_t now);

/* When nhrp_tick is due, or NHRP_NO_DEADLINE. */
uint64_t nhrp_deadline(const struct nhrp *n);
void nhrp_tick(struct nhrp *n, uint64_t now);

/*
 * Leave the cloud: purge what others know of us, then take out of the kernel
 * what nhrpd put there.
 */
void nhrp_stop(struct nhrp *n, uint64_t now);
bool nhrp_stopped(const struct nhrp *n);

/**
 * struct nhrp_clear - what to clear
 * @ifname: only of this interface, NULL for all
 * @proto: only this overlay address or the shortcuts that lie in this prefix;
 *	none for all
 * @shortcuts: only what this node has asked for
 */
struct nhrp_clear {
	const char *ifname;
	struct prefix proto;
	bool shortcuts;
};

/*
 * Forget dynamic bindings and shortcuts; registrations with our own servers
 * are made anew. Returns the number of things cleared.
 */
unsigned int nhrp_clear(struct nhrp *n, uint64_t now,
			const struct nhrp_clear *what);
/* Set the packet counters of an interface to 0, NULL for all. */
void nhrp_clear_counters(struct nhrp *n, const char *ifname);

/**
 * enum nhrp_nhs_state - of a registration of ours
 * @NHRP_NHS_DOWN: not used, for better ones are; or the interface is down, or
 *	without an address
 * @NHRP_NHS_WAIT: waits for the session
 * @NHRP_NHS_PROBE: request sent, no reply yet; or lost, and tried again
 * @NHRP_NHS_UP: registered
 */
enum nhrp_nhs_state {
	NHRP_NHS_DOWN,
	NHRP_NHS_WAIT,
	NHRP_NHS_PROBE,
	NHRP_NHS_UP,
	__NHRP_NHS_MAX
};

/**
 * enum nhrp_shortcut_state - of a destination that was redirected or missed
 * @NHRP_SHORTCUT_RESOLVING: asked, no reply yet
 * @NHRP_SHORTCUT_WAITING: known, waits for the session
 * @NHRP_SHORTCUT_UP: in use
 * @NHRP_SHORTCUT_NEGATIVE: refused, or no direct path; through the hub
 */
enum nhrp_shortcut_state {
	NHRP_SHORTCUT_RESOLVING,
	NHRP_SHORTCUT_WAITING,
	NHRP_SHORTCUT_UP,
	NHRP_SHORTCUT_NEGATIVE,
	__NHRP_SHORTCUT_MAX
};

/* Names for JSON and tables: "up", "probe"; "static", "registered" ... */
const char *nhrp_nhs_state_name(enum nhrp_nhs_state state);
const char *nhrp_shortcut_state_name(enum nhrp_shortcut_state state);
const char *nhrp_kind_name(uint32_t kind);
const char *nhrp_session_state_name(uint32_t state);

/* Views for show. Strings belong to the state layer: valid during the call. */

/**
 * struct nhrp_if_view - an interface
 * @name: interface name
 * @ifindex: 0 while there is no such device
 * @up: device up, with an NBMA and an overlay address
 * @protected: has a protection profile
 * @network_id: from the configuration
 * @holdtime: seconds that others may use what they are told
 * @renewal_ms: from one of our registrations to the next
 * @shortcut: direct paths are looked for
 * @redirect: others are told of them
 * @nbma: own IPv4 NBMA address
 * @nbma6: own IPv6 NBMA address
 * @proto: own IPv4 overlay address
 * @proto_len: its subnet's length
 * @proto6: own IPv6 overlay address
 * @proto6_len: its subnet's length
 * @link_local: own IPv6 address on the link
 * @n_nhs: servers configured
 * @n_registered: clients registered with us
 * @n_cache: bindings
 * @n_shortcut: shortcuts in any state
 * @n_peer: peers
 * @n_pending: registrations that wait for the authorizer
 * @refusal: the last registration that was refused here, in words, or ""
 * @refusal_ms: since then
 * @binding_bytes: memory that a binding takes
 * @shortcut_bytes: memory that a shortcut takes
 * @max_send_packets: NHRP packets sent within @max_send_seconds at most, 0
 *	for no limit
 * @max_send_seconds: see above
 * @max_send_percent: how much of that is used now
 * @counters: packets
 */
struct nhrp_if_view {
	const char *name;
	uint32_t ifindex;
	bool up;
	bool protected;
	uint32_t network_id;
	uint32_t holdtime;
	uint64_t renewal_ms;
	bool shortcut;
	bool redirect;
	struct addr nbma;
	struct addr nbma6;
	struct addr proto;
	uint8_t proto_len;
	struct addr proto6;
	uint8_t proto6_len;
	struct addr link_local;
	size_t n_nhs;
	size_t n_registered;
	size_t n_cache;
	size_t n_shortcut;
	size_t n_peer;
	size_t n_pending;
	const char *refusal;
	uint64_t refusal_ms;
	size_t binding_bytes;
	size_t shortcut_bytes;
	uint32_t max_send_packets;
	uint32_t max_send_seconds;
	unsigned int max_send_percent;
	const struct nhrp_counters *counters;
};

/**
 * struct nhrp_cache_view - a binding
 * @ifname: interface
 * @proto: overlay address
 * @nbma: where it is in the underlay
 * @claimed: NBMA address it claims itself, if behind a NAT; else none
 * @kind: enum dmvpn_nexthop_kind
 * @flags: enum dmvpn_nexthop_flags
 * @state: enum dmvpn_session_state of its peer
 * @session: handle, 0 for none
 * @multicast: gets multicast copies
 * @installed: the kernel has it as a next hop
 * @group: that counts for its peer, "" for none
 * @policy: that queues towards its peer, "" for none
 * @age_ms: since it was made
 * @expires_ms: until its end, UINT64_MAX for no end
 */
struct nhrp_cache_view {
	const char *ifname;
	struct addr proto;
	struct nbma nbma;
	struct addr claimed;
	uint32_t kind;
	uint32_t flags;
	uint32_t state;
	uint32_t session;
	bool multicast;
	bool installed;
	const char *group;
	const char *policy;
	uint64_t age_ms;
	uint64_t expires_ms;
};

/**
 * struct nhrp_peer_view - a remote NBMA address
 * @ifname: interface
 * @nbma: the kernel's key of it
 * @flags: enum dmvpn_peer_flags
 * @session: handle, 0 for none
 * @state: enum dmvpn_session_state
 * @state_ms: since then
 * @reason: why down or failed, or ""
 * @identity: authenticated identity, or ""
 * @uses: bindings and servers that need it
 * @group: that counts, "" for none
 * @says: that it says it is in, "" for none
 * @policy: that queues towards it, "" for none
 */
struct nhrp_peer_view {
	const char *ifname;
	struct nbma nbma;
	uint32_t flags;
	uint32_t session;
	uint32_t state;
	uint64_t state_ms;
	const char *reason;
	const char *identity;
	unsigned int uses;
	const char *group;
	const char *says;
	const char *policy;
};

/**
 * struct nhrp_nhs_view - a next hop server of ours
 * @ifname: interface
 * @proto: its overlay address, none while not learnt
 * @own: our address that is registered with it; a server that is told of
 *	several has a view for each
 * @nbma: its NBMA address, none while its name is not resolved
 * @host: its name, or ""
 * @priority: lower is better
 * @cluster: that it is in
 * @in_use: it has one of its cluster's places
 * @fallback_ms: it is well again, and is returned to then; else UINT64_MAX
 * @dynamic: the overlay address is learnt
 * @state: of our registration
 * @state_ms: since then
 * @next_ms: until the next request, UINT64_MAX for none
 * @nat: our own NBMA address as the server sees it, none without NAT
 * @requests: registrations asked for
 * @replies: positive replies
 * @refused: negative replies
 * @error: last failure in words, or ""
 */
struct nhrp_nhs_view {
	const char *ifname;
	struct addr proto;
	struct addr own;
	struct addr nbma;
	const char *host;
	uint8_t priority;
	uint8_t cluster;
	bool in_use;
	uint64_t fallback_ms;
	bool dynamic;
	enum nhrp_nhs_state state;
	uint64_t state_ms;
	uint64_t next_ms;
	struct addr nat;
	uint64_t requests;
	uint64_t replies;
	uint64_t refused;
	const char *error;
};

/**
 * struct nhrp_shortcut_view - a destination with a path of its own
 * @ifname: interface
 * @dst: prefix reached, a host prefix while resolving
 * @via: overlay address of the egress, none while resolving
 * @nbma: its NBMA address
 * @state: of the shortcut
 * @route: a route was added for it
 * @override: there was a route to that prefix, which has another next hop
 * @age_ms: since it was made
 * @expires_ms: until its end, UINT64_MAX for no end
 */
struct nhrp_shortcut_view {
	const char *ifname;
	struct prefix dst;
	struct addr via;
	struct nbma nbma;
	enum nhrp_shortcut_state state;
	bool route;
	bool override;
	uint64_t age_ms;
	uint64_t expires_ms;
};

/**
 * struct nhrp_group_view - a group that has a policy
 * @ifname: interface
 * @group: its name
 * @policy: what its peers get
 * @peers: that get it
 */
struct nhrp_group_view {
	const char *ifname;
	const char *group;
	const char *policy;
	size_t peers;
};

/* Each in a stable order. The callback must not call back into @n. */
/* Those in force, in the operator's words, too. */
const struct policies *nhrp_policies(const struct nhrp *n);
void nhrp_walk_if(const struct nhrp *n,
		  void (*cb)(void *arg, const struct nhrp_if_view *view),
		  void *arg);
void nhrp_walk_cache(const struct nhrp *n, uint64_t now,
		     void (*cb)(void *arg, const struct nhrp_cache_view *view),
		     void *arg);
void nhrp_walk_peers(const struct nhrp *n, uint64_t now,
		     void (*cb)(void *arg, const struct nhrp_peer_view *view),
		     void *arg);
void nhrp_walk_nhs(const struct nhrp *n, uint64_t now,
		   void (*cb)(void *arg, const struct nhrp_nhs_view *view),
		   void *arg);
void nhrp_walk_shortcuts(const struct nhrp *n, uint64_t now,
			 void (*cb)(void *arg,
				    const struct nhrp_shortcut_view *view),
			 void *arg);

void nhrp_walk_groups(const struct nhrp *n,
		      void (*cb)(void *arg, const struct nhrp_group_view *view),
		      void *arg);

#endif
