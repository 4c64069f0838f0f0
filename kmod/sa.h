/* SPDX-License-Identifier: GPL-2.0 */
/* A security association, one direction of a session. */
#ifndef _DMVPN_SA_H
#define _DMVPN_SA_H

#include <linux/hrtimer.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/percpu-refcount.h>
#include <linux/rhashtable.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "addr.h"
#include "order.h"
#include "replay.h"
#include "session.h"
#include "suite.h"

/* SPIs that we hand out; kernel XFRM and charon use 0xc0000000 and up. */
#define DMVPN_SPI_MIN	0xd0000000
#define DMVPN_SPI_MAX	0xdfffffff
/* How long a reserved SPI waits for its keys, as XFRM's acq_expires. */
#define DMVPN_LARVAL_TIMEOUT	(165ULL * NSEC_PER_SEC)
/* How long a router's word that the peer cannot be reached is passed on. */
#define DMVPN_UNREACHABLE_TIME	(30 * HZ)
/*
 * A standby SA waits for the peer to use its pair unless it hears nothing; a
 * retired one goes when the peer does not use its pair.
 */
#define DMVPN_SA_SILENCE	(20ULL * NSEC_PER_SEC)

/**
 * struct dmvpn_sa_key - what finds an SA in its namespace
 * @addr: our address for an inbound SA, the peer's for an outbound one
 * @spi: as on the wire
 * @dir: DMVPN_SA_DIR_*
 * @pad: always zero
 */
struct dmvpn_sa_key {
	struct dmvpn_addr addr;
	__be32 spi;
	u16 dir;
	u16 pad;
};

/**
 * struct dmvpn_limits - lifetimes; 0 for none
 * @soft_seconds: from installation
 * @hard_seconds: from installation
 * @soft_bytes: of ESP payload
 * @hard_bytes: of ESP payload
 * @soft_packets: packets
 * @hard_packets: packets
 */
struct dmvpn_limits {
	u64 soft_seconds;
	u64 hard_seconds;
	u64 soft_bytes;
	u64 hard_bytes;
	u64 soft_packets;
	u64 hard_packets;
};

/**
 * struct dmvpn_inner - the IP header inside ESP in tunnel mode
 * @local: our address
 * @remote: the peer's, of the same family
 *
 * The ends as the traffic selectors name them, which is not what the outer
 * header shows where a NAT is between.
 */
struct dmvpn_inner {
	struct dmvpn_addr local;
	struct dmvpn_addr remote;
};

/**
 * struct dmvpn_sa_conf - what the IKE daemon says of a new SA
 * @key: SPI, direction and address
 * @endpoint: both ends
 * @suite: ciphers
 * @icv_len: length of the integrity check value in bytes
 * @keys: not owned
 * @limits: see there
 * @seq: last number that counts as used or seen, 0 but for tests
 * @mode: DMVPN_SA_MODE_*
 * @inner: addresses of the header inside ESP in tunnel mode
 * @esn: extended sequence numbers
 * @insecure: allows what is for tests only
 * @standby: outbound, not to be used yet
 * @window: replay window in packets, 0 for none and outbound
 * @pair: inbound SPI of the same exchange
 * @owner: life of the daemon
 * @profile: IKE connection, or NULL
 * @identity: of the peer, authenticated, or NULL
 */
struct dmvpn_sa_conf {
	struct dmvpn_sa_key key;
	struct dmvpn_endpoint endpoint;
	const struct dmvpn_suite *suite;
	u8 icv_len;
	struct dmvpn_key keys;
	struct dmvpn_limits limits;
	u64 seq;
	u8 mode;
	struct dmvpn_inner inner;
	bool esn;
	bool insecure;
	bool standby;
	u32 window;
	__be32 pair;
	u32 owner;
	const char *profile;
	const char *identity;
};

/* Bits of dmvpn_sa.events. */
enum {
	DMVPN_SA_SOFT,		/* the soft limit was reported */
	DMVPN_SA_HARD,		/* passes nothing, see dmvpn_sa_stop() */
	DMVPN_SA_SOFT_DUE,	/* the soft limit was reached by a packet */
	DMVPN_SA_MOVED,		/* a packet came from elsewhere */
	DMVPN_SA_PROVED,	/* inbound: a packet came */
};

/**
 * struct dmvpn_sa - one SA
 * @node: in dn->sas
 * @key: see there
 * @session: its session; NULL for a reserved SPI without keys
 * @dn: its namespace
 * @id: its number, for dumps
 * @list: in session->sas by @id, then in session->ending, or in dn->reserved
 *	without a session
 * @aead: transform, NULL for a reserved SPI
 * @suite: ciphers
 * @icv_len: length of the integrity check value in bytes
 * @key_id: see dmvpn_suite_key_id()
 * @endpoint: both ends, replaced as a whole
 * @limits: see there
 * @mode: DMVPN_SA_MODE_*
 * @next: protocol of what ESP holds: GRE, or an IP header in tunnel mode
 * @inner: that header's addresses
 * @esn: extended sequence numbers
 * @insecure: has what is for tests only
 * @standby: outbound, waits for a packet on @pair
 * @retired: closed by IKE, see dmvpn_sa_retire()
 * @pair: inbound SPI of the same exchange
 * @owner: life of the IKE daemon
 * @created: time since boot
 * @events: DMVPN_SA_* bits
 * @gone: no longer in the tables
 * @ref: taken by every packet that the cipher has not answered for at once;
 *	the others have RCU
 * @unreachable: outbound: jiffies at which a router said so, 0 once a sender
 *	was told
 * @seq_first: outbound: @seq when it was added
 * @seq_soft: outbound: number at which another SA is wanted
 * @seq_hard: outbound: last number that may be used
 * @order: packets of its direction that the cipher has not answered for yet,
 *	with a reference; NULL for a reserved SPI
 * @waited: packets that the cipher did not answer for at once
 * @seq: outbound: last number taken, hence packets too
 * @unused: outbound: numbers that were taken and not used
 * @bytes: outbound: ESP payload sent
 * @lock: inbound: guards @replay, @rx_packets, @rx_bytes and @moved
 * @rx_packets: inbound: accepted
 * @rx_bytes: inbound: ESP payload accepted
 * @used: jiffies of the last packet, 0 for none
 * @auth_failed: forged or damaged
 * @replayed: seen before or too old
 * @malformed: authentic but broken
 * @errors: the cipher failed, no memory, or inbound: a limit reached
 * @moved: where the last packet came from, under @lock
 * @moved_port: and its port
 * @timer: limits in time
 * @work: what ends an SA, and reports of what packets found
 * @free_work: frees outside of softirq, after a grace period
 * @replay: inbound: window
 */
struct dmvpn_sa {
	struct rhash_head node;
	struct dmvpn_sa_key key;
	struct dmvpn_session *session;
	struct dmvpn_net *dn;
	u64 id;
	struct list_head list;
	struct crypto_aead *aead;
	const struct dmvpn_suite *suite;
	u8 icv_len;
	u64 key_id;
	struct dmvpn_endpoint __rcu *endpoint;
	struct dmvpn_limits limits;
	u8 mode;
	u8 next;
	struct dmvpn_inner inner;
	bool esn;
	bool insecure;
	bool standby;
	bool retired;
	__be32 pair;
	u32 owner;
	ktime_t created;
	unsigned long events;
	bool gone;
	struct percpu_ref ref;
	unsigned long unreachable;
	u64 seq_first;
	u64 seq_soft;
	u64 seq_hard;
	struct dmvpn_order *order;

	atomic64_t seq ____cacheline_aligned_in_smp;
	atomic64_t unused;
	atomic64_t waited;
	atomic64_t bytes;

	spinlock_t lock;	/* for what packets change inbound */
	u64 rx_packets;
	u64 rx_bytes;
	unsigned long used;
	atomic64_t auth_failed;
	atomic64_t replayed;
	atomic64_t malformed;
	atomic64_t errors;
	struct dmvpn_addr moved;
	__be16 moved_port;

	struct hrtimer timer;
	struct work_struct work;
	struct rcu_work free_work;

	struct dmvpn_replay replay;	/* last: its ring follows */
};

extern const struct rhashtable_params dmvpn_sa_params;

/* sa.c */
struct dmvpn_sa *dmvpn_sa_find(struct dmvpn_net *dn,
			       const struct dmvpn_sa_key *key);
int dmvpn_sa_alloc_spi(struct dmvpn_net *dn, const struct dmvpn_addr *local,
		       __be32 *spi, struct netlink_ext_ack *extack);
int dmvpn_sa_add(struct dmvpn_net *dn, const struct dmvpn_sa_conf *conf,
		 struct netlink_ext_ack *extack);
int dmvpn_sa_move(struct dmvpn_sa *sa, const struct dmvpn_endpoint *endpoint);
void dmvpn_sa_del(struct dmvpn_sa *sa);
void dmvpn_sa_flush(struct dmvpn_net *dn, const u32 *owner);
void dmvpn_sa_stop_all(struct dmvpn_net *dn);

/* lifetime.c */
void dmvpn_sa_lifetime_init(struct dmvpn_sa *sa);
void dmvpn_sa_lifetime_set(struct dmvpn_sa *sa,
			   const struct dmvpn_sa_conf *conf);
void dmvpn_sa_lifetime_end(struct dmvpn_sa *sa);
unsigned int dmvpn_sa_reserve(struct dmvpn_sa *sa, const struct sk_buff *list,
			      unsigned int head, u64 *seq);
bool dmvpn_sa_accept(struct dmvpn_sa *sa, u64 seq, unsigned int bytes);
void dmvpn_sa_report(struct dmvpn_sa *sa, unsigned int event);
void dmvpn_sa_stop(struct dmvpn_sa *sa);
void dmvpn_sa_retire(struct dmvpn_sa *sa);
ktime_t dmvpn_sa_known(const struct dmvpn_sa *sa);
u64 dmvpn_sa_packets(struct dmvpn_sa *sa);
u64 dmvpn_sa_bytes(struct dmvpn_sa *sa);
u64 dmvpn_sa_seq(struct dmvpn_sa *sa);

/* The header of tunnel mode is payload of ESP, too. */
static inline unsigned int dmvpn_sa_inner_len(const struct dmvpn_sa *sa)
{
	if (sa->mode != DMVPN_SA_MODE_TUNNEL)
		return 0;
	return sa->inner.local.family == AF_INET6 ? sizeof(struct ipv6hdr) :
						    sizeof(struct iphdr);
}

static inline void dmvpn_sa_touch(struct dmvpn_sa *sa)
{
	const unsigned long now = jiffies;

	if (READ_ONCE(sa->used) != now)
		WRITE_ONCE(sa->used, now);
}

#endif /* _DMVPN_SA_H */
