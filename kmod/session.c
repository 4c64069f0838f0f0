// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/rculist.h>
#include <linux/slab.h>

#include "identity.h"
#include "notify.h"
#include "peer.h"
#include "sa.h"
#include "send.h"
#include "session.h"
#include "upcall.h"
#include "wq.h"

/*
 * While a peer wants a session that is not up, acquire is raised again and
 * again: the IKE daemon may not be there yet, or may have failed. The longest
 * wait is short, so that a spoke is back soon after its hub.
 */
#define ACQUIRE_FIRST	(HZ)
#define ACQUIRE_MAX	(8 * HZ)
/* An IKE daemon that took the job and died must not block it for ever. */
#define ACQUIRING_MAX	(30 * HZ)

static unsigned int max_sessions = 262144;
module_param(max_sessions, uint, 0644);
MODULE_PARM_DESC(max_sessions, "sessions of a namespace");

const struct rhashtable_params dmvpn_session_params = {
	.head_offset = offsetof(struct dmvpn_session, node),
	.key_offset = offsetof(struct dmvpn_session, key),
	.key_len = sizeof(struct dmvpn_session_key),
	.automatic_shrinking = true,
};

/**
 * dmvpn_session_find() - the session between two endpoints
 * @dn: namespace
 * @key: endpoints
 *
 * Context: RCU or dn->lock.
 */
struct dmvpn_session *dmvpn_session_find(struct dmvpn_net *dn,
					 const struct dmvpn_session_key *key)
{
	return rhashtable_lookup_fast(&dn->sessions, key,
				      dmvpn_session_params);
}

struct dmvpn_session *dmvpn_session_by_handle(struct dmvpn_net *dn, u32 handle)
{
	return xa_load(&dn->handles, handle);
}

static struct kmem_cache *dmvpn_session_cache;

static void session_free(struct dmvpn_session *session)
{
	kmem_cache_free(dmvpn_session_cache, session);
}

static void session_free_rcu(struct rcu_head *rcu)
{
	session_free(container_of(rcu, struct dmvpn_session, rcu));
}

void dmvpn_session_put(struct dmvpn_session *session)
{
	struct dmvpn_session_info *info = &session->info;

	if (!refcount_dec_and_test(&session->refs))
		return;
	kfree(info->reason);
	kfree(info->profile);
	kfree(info->identity);
	kfree(info->local_identity);
	kfree(info->pfs);
	call_rcu(&session->rcu, session_free_rcu);
}

/**
 * dmvpn_session_text() - keep a text that belongs to a session
 * @to: one of struct dmvpn_session_info
 * @text: new text; NULL or empty for none
 *
 * Context: dn->lock.
 * Return: 0 or -ENOMEM; then the old text stays.
 */
int dmvpn_session_text(char **to, const char *text)
{
	char *copy = NULL;

	if (text && *text) {
		copy = kstrdup(text, GFP_KERNEL_ACCOUNT);
		if (!copy)
			return -ENOMEM;
	}
	kfree(*to);
	*to = copy;
	return 0;
}

/**
 * dmvpn_session_suits() - is who is there who a peer wants?
 * @session: session
 * @wanted: identity, as in identity.c; NULL for anybody
 *
 * Context: dn->lock.
 */
bool dmvpn_session_suits(const struct dmvpn_session *session,
			 const char *wanted)
{
	return !wanted || list_empty(&session->sas) ||
	       dmvpn_identity_matches(wanted, session->info.identity);
}

/* Is this who the session's peers want? */
static bool is_wanted(const struct dmvpn_session *session, const char *identity)
{
	const struct dmvpn_peer *peer;

	list_for_each_entry(peer, &session->peers, session_node)
		if (peer->identity &&
		    !dmvpn_identity_matches(peer->identity, identity))
			return false;
	return true;
}

/**
 * dmvpn_session_admit() - may somebody take part in a session?
 * @session: session
 * @identity: who it is, or NULL if that is not told
 * @extack: gets the reason of a failure
 *
 * An IKE daemon takes a peer's address from where messages come from, so a
 * member of the cloud can have its IKE SA appear at another's address. A
 * session is one identity's as long as it has SAs, and one's that its peers
 * want at any time.
 *
 * Context: dn->lock.
 * Return: 0, -EBUSY or -EACCES.
 */
int dmvpn_session_admit(const struct dmvpn_session *session,
			const char *identity, struct netlink_ext_ack *extack)
{
	const char *holder = session->info.identity;

	if (!is_wanted(session, identity)) {
		NL_SET_ERR_MSG(extack,
			       "another identity is wanted at this address");
		return -EACCES;
	}
	if (list_empty(&session->sas) || !identity || !holder ||
	    !strcmp(identity, holder))
		return 0;
	NL_SET_ERR_MSG(extack, "the session is in use by another identity");
	return -EBUSY;
}

/* The work holds a reference while it is queued. */
static void session_kick(struct dmvpn_session *session, unsigned long delay)
{
	refcount_inc(&session->refs);
	if (mod_delayed_work(dmvpn_wq, &session->work, delay))
		dmvpn_session_put(session);
}

static bool session_wants_ike(const struct dmvpn_session *session)
{
	return !session->gone && session->n_peers &&
	       session->state != DMVPN_SESSION_STATE_UP;
}

static void session_work(struct work_struct *work)
{
	struct dmvpn_session *session = container_of(to_delayed_work(work),
						     struct dmvpn_session,
						     work);
	struct dmvpn_net *dn = session->dn;
	struct dmvpn_peer *peer;
	bool busy;

	mutex_lock(&dn->lock);
	if (session_wants_ike(session)) {
		list_for_each_entry(peer, &session->peers, session_node)
			dmvpn_pending_expire(peer);
		busy = session->state == DMVPN_SESSION_STATE_ACQUIRING &&
		       time_before(jiffies, session->since + ACQUIRING_MAX);
		if (!busy)
			dmvpn_upcall_acquire(session);
		session_kick(session, session->backoff);
		session->backoff = min_t(unsigned long, 2 * session->backoff,
					 ACQUIRE_MAX);
	}
	mutex_unlock(&dn->lock);
	dmvpn_session_put(session);
}

static struct dmvpn_session *session_new(struct dmvpn_net *dn,
					 const struct dmvpn_session_key *key,
					 struct netlink_ext_ack *extack)
{
	struct dmvpn_session *session;

	if (dn->n_sessions >= READ_ONCE(max_sessions)) {
		NL_SET_ERR_MSG(extack,
			       "the namespace has as many sessions as it may (module parameter max_sessions)");
		return ERR_PTR(-ENOSPC);
	}
	session = kmem_cache_zalloc(dmvpn_session_cache, GFP_KERNEL_ACCOUNT);
	if (!session)
		return ERR_PTR(-ENOMEM);
	session->dn = dn;
	session->key = *key;
	session->since = jiffies;
	session->backoff = ACQUIRE_FIRST;
	INIT_LIST_HEAD(&session->sas);
	INIT_LIST_HEAD(&session->ending);
	INIT_LIST_HEAD(&session->peers);
	INIT_DELAYED_WORK(&session->work, session_work);
	refcount_set(&session->refs, 1);
	if (xa_alloc_cyclic(&dn->handles, &session->handle, session,
			    xa_limit_31b, &dn->next_handle, GFP_KERNEL) < 0)
		goto err_session;
	if (rhashtable_insert_fast(&dn->sessions, &session->node,
				   dmvpn_session_params))
		goto err_handle;
	list_add_tail(&session->list, &dn->session_list);
	dn->n_sessions++;
	return session;

err_handle:
	xa_erase(&dn->handles, session->handle);
err_session:
	session_free(session);
	return ERR_PTR(-ENOMEM);
}

/* It has peers, and they said nothing of a port. */
static bool is_of_any_port(const struct dmvpn_session *session)
{
	const struct dmvpn_peer *peer;

	list_for_each_entry(peer, &session->peers, session_node)
		if (peer->key.port)
			return false;
	return session->n_peers;
}

/*
 * A session between these addresses, whatever the peer's port. One that waits
 * for somebody at a port of his own is not that of who is wanted.
 */
static struct dmvpn_session *session_any_port(struct dmvpn_net *dn,
					      const struct dmvpn_session_key *k,
					      const char *wanted)
{
	struct dmvpn_session *session;

	list_for_each_entry(session, &dn->session_list, list)
		if (dmvpn_addr_equal(&session->key.remote, &k->remote) &&
		    dmvpn_addr_equal(&session->key.local, &k->local) &&
		    dmvpn_session_suits(session, wanted) &&
		    (!wanted || !list_empty(&session->sas) ||
		     is_of_any_port(session)))
			return session;
	return NULL;
}

/**
 * dmvpn_session_get() - the session that a peer takes part in
 * @dn: namespace
 * @key: endpoints; port 0 stands for any
 * @wanted: who has to be there, NULL for anybody. Somebody else has to go
 * @extack: gets the reason of a failure
 *
 * Context: dn->lock.
 * Return: an old or a new session, or ERR_PTR().
 */
struct dmvpn_session *dmvpn_session_get(struct dmvpn_net *dn,
					const struct dmvpn_session_key *key,
					const char *wanted,
					struct netlink_ext_ack *extack)
{
	struct dmvpn_session *session = dmvpn_session_find(dn, key);

	if (session && !dmvpn_session_suits(session, wanted)) {
		dmvpn_session_clear(session,
				    "another identity is wanted at this address");
		session = dmvpn_session_find(dn, key);
	}
	if (!session && !key->port)
		session = session_any_port(dn, key, wanted);
	return session ?: session_new(dn, key, extack);
}

/*
 * A session that waits for IKE, between these addresses. Where none has got
 * another port than its peers asked for, which is rare, there is no need to
 * look at all of them.
 */
static struct dmvpn_session *session_idle(struct dmvpn_net *dn,
					  const struct dmvpn_session_key *k,
					  const char *identity)
{
	struct dmvpn_session_key any = *k;
	struct dmvpn_session *session;

	any.port = 0;
	session = dmvpn_session_find(dn, &any);
	if (session && list_empty(&session->sas) &&
	    is_wanted(session, identity))
		return session;
	if (!dn->n_moved)
		return NULL;
	list_for_each_entry(session, &dn->session_list, list)
		if (dmvpn_addr_equal(&session->key.remote, &k->remote) &&
		    dmvpn_addr_equal(&session->key.local, &k->local) &&
		    list_empty(&session->sas) && is_of_any_port(session) &&
		    is_wanted(session, identity))
			return session;
	return NULL;
}

/**
 * dmvpn_session_for_sa() - the session that a new SA belongs to
 * @dn: namespace
 * @key: endpoints as IKE found them
 * @identity: who is there, NULL if that is not told
 * @extack: gets the reason of a failure
 *
 * Peers that asked for any port get the one that IKE found, also if it had
 * found another one before.
 *
 * Context: dn->lock.
 * Return: an old or a new session, or ERR_PTR().
 */
struct dmvpn_session *dmvpn_session_for_sa(struct dmvpn_net *dn,
					   const struct dmvpn_session_key *key,
					   const char *identity,
					   struct netlink_ext_ack *extack)
{
	struct dmvpn_session *session = dmvpn_session_find(dn, key);

	if (session)
		return session;
	session = session_idle(dn, key, identity);
	if (session && !dmvpn_session_move(session, key))
		return session;
	return session_new(dn, key, extack);
}

/**
 * dmvpn_session_move() - the peer or we have a new address or port
 * @session: session
 * @key: new endpoints
 *
 * Context: dn->lock.
 * Return: 0, or -EEXIST if there is a session with these endpoints.
 */
int dmvpn_session_move(struct dmvpn_session *session,
		       const struct dmvpn_session_key *key)
{
	struct dmvpn_net *dn = session->dn;
	struct dmvpn_peer *peer;

	if (!memcmp(&session->key, key, sizeof(*key)))
		return 0;
	if (dmvpn_session_find(dn, key))
		return -EEXIST;
	if (!session->moved && is_of_any_port(session)) {
		session->moved = true;
		dn->n_moved++;
	}
	rhashtable_remove_fast(&dn->sessions, &session->node,
			       dmvpn_session_params);
	/* Look-ups by packets end before the key changes under them. */
	synchronize_rcu();
	session->key = *key;
	if (rhashtable_insert_fast(&dn->sessions, &session->node,
				   dmvpn_session_params))
		pr_warn_once("dmvpn: no memory for a moved session\n");
	list_for_each_entry(peer, &session->peers, session_node)
		dst_cache_reset(&peer->dst);
	dmvpn_notify_session(session, DMVPN_CMD_SESSION_NTF);
	return 0;
}

/**
 * dmvpn_session_set_state() - note a change of state
 * @session: session
 * @state: DMVPN_SESSION_STATE_*
 * @reason: in words for the operator, or NULL
 *
 * Context: dn->lock.
 */
void dmvpn_session_set_state(struct dmvpn_session *session, u8 state,
			     const char *reason)
{
	struct dmvpn_peer *peer;

	/* No memory: an old reason must not stay. */
	if (dmvpn_session_text(&session->info.reason, reason))
		dmvpn_session_text(&session->info.reason, NULL);
	if (session->state == state)
		return;
	session->state = state;
	session->since = jiffies;
	if (state == DMVPN_SESSION_STATE_FAILED)
		list_for_each_entry(peer, &session->peers, session_node)
			dmvpn_pending_drop(peer);
	if (state == DMVPN_SESSION_STATE_UP)
		session->backoff = ACQUIRE_FIRST;
	else if (session_wants_ike(session))
		session_kick(session, session->backoff);
	dmvpn_notify_session(session, DMVPN_CMD_SESSION_NTF);
}

/**
 * dmvpn_session_attach() - a peer takes part in a session
 * @session: session
 * @peer: peer, not yet visible to packets
 * @profile: IKE connection to use if nobody started one yet
 *
 * Context: dn->lock.
 * Return: 0 or -ENOMEM.
 */
int dmvpn_session_attach(struct dmvpn_session *session,
			 struct dmvpn_peer *peer, const char *profile)
{
	if (!session->info.profile &&
	    dmvpn_session_text(&session->info.profile, profile))
		return -ENOMEM;
	peer->session = session;
	list_add_tail_rcu(&peer->session_node, &session->peers);
	session->n_peers++;
	session->backoff = ACQUIRE_FIRST;
	if (session_wants_ike(session))
		session_kick(session, 0);
	return 0;
}

/**
 * dmvpn_session_detach() - a peer leaves its session
 * @session: session, may be gone afterwards
 * @peer: peer; packets may still use its pointer to the session until a grace
 *	period is over
 *
 * Context: dn->lock.
 */
void dmvpn_session_detach(struct dmvpn_session *session,
			  struct dmvpn_peer *peer)
{
	list_del_rcu(&peer->session_node);
	session->n_peers--;
	dmvpn_session_gc(session);
}

/**
 * dmvpn_session_peer() - who of a device's peers is behind a session
 * @session: session
 * @dd: device
 *
 * The session may have moved to an address that no peer was made for.
 *
 * Context: RCU or dn->lock.
 * Return: peer or NULL.
 */
struct dmvpn_peer *dmvpn_session_peer(const struct dmvpn_session *session,
				      const struct dmvpn_device *dd)
{
	struct dmvpn_peer *peer;

	list_for_each_entry_rcu(peer, &session->peers, session_node,
				lockdep_is_held(&session->dn->lock))
		if (peer->dd == dd)
			return peer;
	return NULL;
}

/**
 * dmvpn_session_use() - send through this SA from now on
 * @session: session
 * @sa: outbound SA of it
 *
 * Context: dn->lock.
 */
void dmvpn_session_use(struct dmvpn_session *session, struct dmvpn_sa *sa)
{
	struct dmvpn_peer *peer;
	struct dmvpn_sa *old;

	sa->standby = false;
	old = rcu_replace_pointer(session->out, sa,
				  lockdep_is_held(&session->dn->lock));
	if (old && old->retired)
		dmvpn_sa_retire(old);
	dmvpn_session_set_state(session, DMVPN_SESSION_STATE_UP, NULL);
	list_for_each_entry(peer, &session->peers, session_node)
		dmvpn_pending_send(peer);
}

/**
 * dmvpn_session_out() - the SA to send through
 * @session: session
 *
 * One that is being deleted is still good for this packet: it was replaced
 * first, so no packet is lost to a rekeying.
 *
 * Context: RCU.
 * Return: SA or NULL.
 */
struct dmvpn_sa *dmvpn_session_out(struct dmvpn_session *session)
{
	return rcu_dereference(session->out);
}

/* Is one outbound SA better to send through than another, older one? */
static bool is_better(const struct dmvpn_sa *sa, const struct dmvpn_sa *older)
{
	if (sa->standby != older->standby)
		return older->standby;
	return ktime_compare(dmvpn_sa_known(sa), dmvpn_sa_known(older)) >= 0;
}

/*
 * The outbound SA that the peer was known to have last: one that IKE closed, or
 * could not close, may be there at one end only. One on standby, which the peer
 * may not have yet, only if there is no other.
 */
static struct dmvpn_sa *session_best_out(struct dmvpn_session *session)
{
	struct dmvpn_sa *sa, *best = NULL;

	list_for_each_entry(sa, &session->sas, list)
		if (sa->key.dir == DMVPN_SA_DIR_OUT &&
		    !test_bit(DMVPN_SA_HARD, &sa->events) &&
		    (!best || is_better(sa, best)))
			best = sa;
	return best;
}

/**
 * dmvpn_session_pair_gone() - an inbound SA goes, or is closed
 * @session: session
 * @pair: its SPI
 *
 * What was kept in case that the peer has no other goes, too.
 *
 * Context: dn->lock.
 */
void dmvpn_session_pair_gone(struct dmvpn_session *session, __be32 pair)
{
	struct dmvpn_sa *sa;

	list_for_each_entry(sa, &session->sas, list)
		if (sa->key.dir == DMVPN_SA_DIR_OUT && sa->retired &&
		    sa->pair == pair)
			dmvpn_sa_retire(sa);
}

/**
 * dmvpn_session_count() - add an SA's counters to those of its session
 * @stats: counters to add to
 * @sa: one of its SAs
 */
void dmvpn_session_count(struct dmvpn_session_stats *stats,
			 struct dmvpn_sa *sa)
{
	if (sa->key.dir == DMVPN_SA_DIR_IN) {
		stats->rx_packets += dmvpn_sa_packets(sa);
		stats->rx_bytes += dmvpn_sa_bytes(sa);
		stats->rx_dropped += atomic64_read(&sa->auth_failed) +
				     atomic64_read(&sa->replayed) +
				     atomic64_read(&sa->malformed) +
				     atomic64_read(&sa->errors);
	} else {
		stats->tx_packets += dmvpn_sa_packets(sa);
		stats->tx_bytes += dmvpn_sa_bytes(sa);
		stats->tx_dropped += atomic64_read(&sa->errors);
	}
}

/**
 * dmvpn_session_sa_gone() - an SA was taken out of the tables
 * @session: its session, may be gone afterwards
 * @sa: the SA
 *
 * Context: dn->lock.
 */
void dmvpn_session_sa_gone(struct dmvpn_session *session, struct dmvpn_sa *sa)
{
	struct dmvpn_sa *next, *out;

	list_move_tail(&sa->list, &session->ending);
	out = rcu_dereference_protected(session->out,
					lockdep_is_held(&session->dn->lock));
	if (out == sa)
		RCU_INIT_POINTER(session->out, NULL);
	if (sa->key.dir == DMVPN_SA_DIR_IN)
		dmvpn_session_pair_gone(session, sa->key.spi);
	/* An SA that reached a hard limit went out of use by itself. */
	if (session->state == DMVPN_SESSION_STATE_UP &&
	    !rcu_access_pointer(session->out)) {
		next = session_best_out(session);
		if (next)
			dmvpn_session_use(session, next);
		else
			dmvpn_session_set_state(session,
						DMVPN_SESSION_STATE_DOWN,
						"no outbound SA");
	}
	dmvpn_session_gc(session);
}

/**
 * dmvpn_session_sa_freed() - no packet of an SA is on its way any more
 * @session: its session, whose reference it gives back
 * @sa: SA, which may never have been in its session's list
 *
 * Context: process, takes dn->lock.
 */
void dmvpn_session_sa_freed(struct dmvpn_session *session, struct dmvpn_sa *sa)
{
	struct dmvpn_net *dn = session->dn;

	mutex_lock(&dn->lock);
	if (!list_empty(&sa->list)) {
		list_del(&sa->list);
		dmvpn_session_count(&session->past, sa);
	}
	mutex_unlock(&dn->lock);
	dmvpn_session_put(session);
}

/**
 * dmvpn_session_clear() - delete a session's SAs
 * @session: session, may be gone afterwards
 * @reason: in words for the operator
 *
 * Context: dn->lock.
 */
void dmvpn_session_clear(struct dmvpn_session *session, const char *reason)
{
	struct dmvpn_sa *sa, *next;

	refcount_inc(&session->refs);
	/* First, so that whoever hears of the SAs' end knows why. */
	RCU_INIT_POINTER(session->out, NULL);
	dmvpn_session_set_state(session, DMVPN_SESSION_STATE_DOWN, reason);
	list_for_each_entry_safe(sa, next, &session->sas, list)
		dmvpn_sa_del(sa);
	dmvpn_session_put(session);
}

/**
 * dmvpn_session_gc() - forget a session that nobody needs
 * @session: session, may be gone afterwards
 *
 * Context: dn->lock.
 */
void dmvpn_session_gc(struct dmvpn_session *session)
{
	struct dmvpn_net *dn = session->dn;

	if (session->gone || session->n_peers || !list_empty(&session->sas))
		return;
	session->gone = true;
	dn->n_moved -= session->moved;
	dn->n_sessions--;
	dmvpn_notify_session(session, DMVPN_CMD_SESSION_DEL_NTF);
	rhashtable_remove_fast(&dn->sessions, &session->node,
			       dmvpn_session_params);
	xa_erase(&dn->handles, session->handle);
	list_del(&session->list);
	if (cancel_delayed_work(&session->work))
		dmvpn_session_put(session);
	dmvpn_session_put(session);
}

/**
 * dmvpn_session_flush() - a namespace goes, and all its sessions
 * @dn: namespace without devices
 *
 * Context: dn->lock.
 */
void dmvpn_session_flush(struct dmvpn_net *dn)
{
	struct dmvpn_session *session, *next;

	list_for_each_entry_safe(session, next, &dn->session_list, list)
		dmvpn_session_clear(session, "the namespace goes");
	list_for_each_entry_safe(session, next, &dn->session_list, list)
		dmvpn_session_gc(session);
}

int dmvpn_session_init(void)
{
	dmvpn_session_cache = KMEM_CACHE(dmvpn_session, 0);
	return dmvpn_session_cache ? 0 : -ENOMEM;
}

/* All sessions are gone, and all grace periods over. */
void dmvpn_session_exit(void)
{
	kmem_cache_destroy(dmvpn_session_cache);
}
