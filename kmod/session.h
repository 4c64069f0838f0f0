/* SPDX-License-Identifier: GPL-2.0 */
/* A session: all that is protected between two NBMA endpoints. */
#ifndef _DMVPN_SESSION_H
#define _DMVPN_SESSION_H

#include <linux/rhashtable.h>
#include <linux/workqueue.h>
#include <uapi/linux/dmvpn.h>

#include "addr.h"
#include "device.h"
#include "netns.h"

struct dmvpn_sa;
struct netlink_ext_ack;

/* Lifetimes in seconds are cut to this, far from where jiffies wrap. */
#define DMVPN_SECONDS_MAX	BIT(30)

/**
 * struct dmvpn_session_key - what finds a session in its namespace
 * @local: our NBMA address
 * @remote: the peer's NBMA address
 * @port: the peer's UDP port, 0 for native ESP or not known yet
 * @pad: always zero
 */
struct dmvpn_session_key {
	struct dmvpn_addr local;
	struct dmvpn_addr remote;
	__be16 port;
	u16 pad;
};

/**
 * struct dmvpn_session_info - what the IKE daemon says of a session
 *
 * Texts are NULL for none, and set by dmvpn_session_text() only: few of a
 * hub's sessions have all of them.
 *
 * @reason: why it is not up
 * @profile: IKE connection
 * @identity: of the peer, authenticated
 * @local_identity: ours
 * @pfs: key exchange of the last phase 2
 * @flags: DMVPN_SESSION_FLAGS_*
 * @ike_version: 1 or 2, 0 while not known
 * @ike_id: the daemon's number
 * @ike_expires: jiffies at which the IKE SA is renewed, 0 for not known
 */
struct dmvpn_session_info {
	char *reason;
	char *profile;
	char *identity;
	char *local_identity;
	char *pfs;
	u32 flags;
	u32 ike_version;
	u32 ike_id;
	unsigned long ike_expires;
};

/**
 * struct dmvpn_session_stats - counters of SAs that are gone
 *
 * @rx_packets: packets received
 * @rx_bytes: their bytes, without the outer header
 * @tx_packets: packets sent
 * @tx_bytes: their bytes, without the outer header
 * @rx_dropped: received and not accepted
 * @tx_dropped: not sent
 */
struct dmvpn_session_stats {
	u64 rx_packets;
	u64 rx_bytes;
	u64 tx_packets;
	u64 tx_bytes;
	u64 rx_dropped;
	u64 tx_dropped;
};

/**
 * struct dmvpn_session - one session
 * @node: in dn->sessions
 * @key: see there; the port follows the peer's NAT
 * @handle: its name
 * @dn: its namespace
 * @list: in dn->session_list, until it is gone
 * @rcu: freed after a grace period
 * @since: jiffies of the last change of @state
 * @info: see there
 * @out: outbound SA in use
 * @sas: SAs that are in the tables
 * @ending: SAs that were deleted, while packets may still be in them
 * @peers: peers of any device that use the session
 * @past: counters of SAs that are gone
 * @work: raises acquire while a peer wants the session, see session.c
 * @backoff: jiffies to the next acquire
 * @n_peers: how many @peers
 * @refs: table, SAs, work
 * @state: DMVPN_SESSION_STATE_*
 * @gone: no longer in the tables
 * @moved: its peers asked for any port, and it has got one; in dn->n_moved
 *
 * Everything but @out is changed and read under dn->lock.
 */
struct dmvpn_session {
	struct rhash_head node;
	struct dmvpn_session_key key;
	u32 handle;
	struct dmvpn_net *dn;
	union {
		struct list_head list;
		struct rcu_head rcu;
	};
	unsigned long since;
	struct dmvpn_session_info info;
	struct dmvpn_sa __rcu *out;
	struct list_head sas;
	struct list_head ending;
	struct list_head peers;
	struct dmvpn_session_stats past;
	struct delayed_work work;
	unsigned long backoff;
	u32 n_peers;
	refcount_t refs;
	u8 state;
	bool gone;
	bool moved;
};

extern const struct rhashtable_params dmvpn_session_params;

struct dmvpn_session *dmvpn_session_find(struct dmvpn_net *dn,
					 const struct dmvpn_session_key *key);
struct dmvpn_session *dmvpn_session_by_handle(struct dmvpn_net *dn,
					      u32 handle);
struct dmvpn_session *dmvpn_session_get(struct dmvpn_net *dn,
					const struct dmvpn_session_key *key,
					const char *wanted,
					struct netlink_ext_ack *extack);
struct dmvpn_session *dmvpn_session_for_sa(struct dmvpn_net *dn,
					   const struct dmvpn_session_key *key,
					   const char *identity,
					   struct netlink_ext_ack *extack);
int dmvpn_session_move(struct dmvpn_session *session,
		       const struct dmvpn_session_key *key);
int dmvpn_session_text(char **to, const char *text);
bool dmvpn_session_suits(const struct dmvpn_session *session,
			 const char *wanted);
int dmvpn_session_admit(const struct dmvpn_session *session,
			const char *identity, struct netlink_ext_ack *extack);
void dmvpn_session_set_state(struct dmvpn_session *session, u8 state,
			     const char *reason);
int dmvpn_session_attach(struct dmvpn_session *session,
			 struct dmvpn_peer *peer, const char *profile);
void dmvpn_session_detach(struct dmvpn_session *session,
			  struct dmvpn_peer *peer);
void dmvpn_session_count(struct dmvpn_session_stats *stats,
			 struct dmvpn_sa *sa);
struct dmvpn_peer *dmvpn_session_peer(const struct dmvpn_session *session,
				      const struct dmvpn_device *dd);
void dmvpn_session_use(struct dmvpn_session *session, struct dmvpn_sa *sa);
void dmvpn_session_pair_gone(struct dmvpn_session *session, __be32 pair);
void dmvpn_session_sa_gone(struct dmvpn_session *session, struct dmvpn_sa *sa);
void dmvpn_session_sa_freed(struct dmvpn_session *session, struct dmvpn_sa *sa);
void dmvpn_session_clear(struct dmvpn_session *session, const char *reason);
struct dmvpn_sa *dmvpn_session_out(struct dmvpn_session *session);
void dmvpn_session_gc(struct dmvpn_session *session);
void dmvpn_session_put(struct dmvpn_session *session);
void dmvpn_session_flush(struct dmvpn_net *dn);
int dmvpn_session_init(void);
void dmvpn_session_exit(void);

#endif /* _DMVPN_SESSION_H */
