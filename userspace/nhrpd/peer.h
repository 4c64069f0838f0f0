/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A remote NBMA address. Those who need the tunnel to it hold the peer; with
 * the last one it leaves the kernel.
 */
#ifndef NHRPD_PEER_H
#define NHRPD_PEER_H

#include "nhrpd/identity.h"
#include "nhrpd/instance.h"

/**
 * struct peer - a remote NBMA address
 * @node: in the interface's table
 * @ifc: interface
 * @session_node: in the instance's table, while there is a session
 * @nbma: key in the kernel
 * @entries: struct cache_entry that lead here
 * @in_kernel: peer_new went well
 * @standby: a server, and a better one is there: packets with an unknown next
 *	hop go to that
 * @lost: a server that does not answer: requests go by another one
 * @adopted: held as well because it was found in the kernel
 * @untold: it was found in the kernel, and has not said its group since
 * @policy_failed: the kernel was told @policy and did not take it
 * @wanted_told: the kernel knows @wanted
 * @flags: as last told to the kernel
 * @adopted_flags: of the hold that it was adopted with
 * @state: enum dmvpn_session_state
 * @uses_nhs: holders for which it is a next hop server
 * @uses: holders
 * @uses_multicast: holders that want multicast copies
 * @session: handle of the session, 0 if none
 * @heard: number of the last event of a session that it was told
 * @state_since: when it changed
 * @reason: why it is down, "" if there is nothing to say
 * @identity: authenticated identity of the other end, or ""
 * @wanted: who has to be there, see identity.h; "" for anybody
 * @group: that it says it is in, NULL for none
 * @offer: bits a second that it says it sends to us at most, 0 for unknown
 * @policy: that the kernel was last told to queue with, NULL for none
 * @limit: bits a second at most that it was told with @policy, 0 for none
 * @adapt: how fast it may be sent to, NULL if that does not change by itself
 * @share: of max-send, see share.h
 */
struct peer {
	struct hash_node node;
	struct iface *ifc;
	struct hash_node session_node;
	struct nbma nbma;
	bool in_kernel : 1;
	bool standby : 1;
	bool lost : 1;
	bool adopted : 1;
	bool untold : 1;
	bool policy_failed : 1;
	bool wanted_told : 1;
	uint8_t flags : 2;
	uint8_t adopted_flags : 2;
	uint8_t state : 2;
	uint16_t uses_nhs;
	struct list entries;
	unsigned int uses;
	unsigned int uses_multicast;
	uint32_t session;
	uint32_t heard;
	uint64_t state_since;
	char *reason;
	char *identity;
	char *wanted;
	char *group;
	uint64_t offer;
	char *policy;
	uint64_t limit;
	struct adapt *adapt;
	struct limit share;
};

/* In two bits each. */
_Static_assert((DMVPN_PEER_FLAGS_MULTICAST | DMVPN_PEER_FLAGS_NHS) < 4 &&
	       DMVPN_SESSION_STATE_FAILED < 4, "flags or states that do not fit");

/* Hold the peer, made if it is not there; NULL without memory. */
struct peer *peer_hold(struct iface *ifc, const struct nbma *nbma,
		       uint32_t flags);
/*
 * Hold a server's, at which nobody else may be than @identity, see identity.h;
 * "" for anybody. As long as it is a server's.
 */
struct peer *peer_hold_server(struct iface *ifc, const struct nbma *nbma,
			      uint32_t flags, const char *identity);
/* Change that. False without memory: then nobody is who is wanted. */
bool peer_want(struct peer *peer, const char *identity);
/* Who is there, if anybody, is who is wanted. */
bool peer_is_wanted(const struct peer *peer);
/* Give back a hold that was taken with @flags. */
void peer_release(struct peer *peer, uint32_t flags);
/* Change the flags of a hold. */
void peer_change(struct peer *peer, uint32_t old_flags, uint32_t flags);

void peer_set_standby(struct peer *peer, bool standby);

struct peer *peer_find(const struct iface *ifc, const struct nbma *nbma);
/* Those at an address, whatever their ports: NULL when there are no more. */
struct peer *peer_first_at(const struct iface *ifc, const struct addr *nbma);
struct peer *peer_next_at(const struct peer *peer);
/* Those in a session, whatever their ports: NULL when there are no more. */
struct peer *peer_first_in(const struct iface *ifc, uint32_t session);
struct peer *peer_next_in(const struct peer *peer);
/* Identity of the other end of @session, "" if there is none. */
void peer_identity(const struct iface *ifc, uint32_t session,
		   char text[static IDENTITY_SIZE]);
/* A packet in @session can be of the peer. */
bool peer_is_in(const struct peer *peer, uint32_t session);
/*
 * The peer that a packet from @remote came from, whatever its port, in
 * @session, 0 for an unknown one.
 */
struct peer *peer_of(const struct iface *ifc, const struct nbma *remote,
		     uint32_t session);

static inline bool peer_is_up(const struct peer *peer)
{
	return peer->state == DMVPN_SESSION_STATE_UP;
}

/* Read state and session from the kernel; on_peer is called if changed. */
void peer_refresh(struct peer *peer);
/* A session's notification: reason and identity are only told there. */
void peer_session(struct iface *ifc, const struct nhrp_session *session);
/* The kernel did not take it. */
void peer_refused(struct peer *peer);
/*
 * The kernel may have lost it: put it back, and return true, if so. Its state
 * is to be read then.
 */
bool peer_gone(struct peer *peer);
/* Hold one that the kernel has, as it is, until peer_disown. */
void peer_adopt(struct iface *ifc, const struct kernel_peer *k);
/* Give back those holds. */
void peer_disown(struct iface *ifc);

#endif
