// SPDX-License-Identifier: GPL-2.0
#include <crypto/aead.h>
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <net/xfrm.h>

#include "notify.h"
#include "sa.h"
#include "upcall.h"
#include "wq.h"

static unsigned int max_sas = 1048576;
module_param(max_sas, uint, 0644);
MODULE_PARM_DESC(max_sas, "SAs and reserved SPIs of a namespace");

static u32 sa_hash(const void *data, u32 len, u32 seed)
{
	const struct dmvpn_sa_key *key = data;

	return jhash_1word((__force u32)key->spi, seed);
}

static int sa_differs(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct dmvpn_sa_key *key = arg->key;
	const struct dmvpn_sa *sa = obj;

	return sa->key.spi != key->spi || sa->key.dir != key->dir ||
	       !dmvpn_addr_equal(&sa->key.addr, &key->addr);
}

const struct rhashtable_params dmvpn_sa_params = {
	.head_offset = offsetof(struct dmvpn_sa, node),
	.key_offset = offsetof(struct dmvpn_sa, key),
	.key_len = sizeof(struct dmvpn_sa_key),
	.hashfn = sa_hash,
	.obj_cmpfn = sa_differs,
	.automatic_shrinking = true,
};

/**
 * dmvpn_sa_find() - an SA by SPI, direction and address
 * @dn: namespace
 * @key: what to look for
 *
 * Context: RCU or dn->lock.
 * Return: SA, or a reserved SPI that has no keys yet (its aead is NULL), or
 * NULL.
 */
struct dmvpn_sa *dmvpn_sa_find(struct dmvpn_net *dn,
			       const struct dmvpn_sa_key *key)
{
	return rhashtable_lookup_fast(&dn->sas, key, dmvpn_sa_params);
}

/* Last step of dmvpn_sa_del(): no packet and no reader is left. */
static void sa_free_work(struct work_struct *work)
{
	struct dmvpn_sa *sa = container_of(to_rcu_work(work), struct dmvpn_sa,
					   free_work);
	struct dmvpn_net *dn = sa->dn;

	dmvpn_sa_lifetime_end(sa);
	percpu_ref_exit(&sa->ref);
	if (sa->aead)
		crypto_free_aead(sa->aead);
	kfree(rcu_dereference_protected(sa->endpoint, true));
	if (sa->session)
		dmvpn_session_sa_freed(sa->session, sa);
	/* Now that order_for() does not find it any more. */
	if (sa->order)
		dmvpn_order_put(sa->order);
	kfree_sensitive(sa);
	/* The namespace waits for this and then for the workqueue. */
	if (atomic_dec_and_test(&dn->n_sas))
		wake_up(&dn->sas_gone);
}

static void sa_unused(struct percpu_ref *ref)
{
	struct dmvpn_sa *sa = container_of(ref, struct dmvpn_sa, ref);

	queue_rcu_work(dmvpn_wq, &sa->free_work);
}

static struct dmvpn_sa *sa_alloc(struct dmvpn_net *dn,
				 const struct dmvpn_sa_key *key, u32 window,
				 struct netlink_ext_ack *extack)
{
	struct dmvpn_sa *sa;

	if (atomic_read(&dn->n_sas) >= READ_ONCE(max_sas)) {
		NL_SET_ERR_MSG(extack,
			       "the namespace has as many SAs as it may (module parameter max_sas)");
		return ERR_PTR(-ENOSPC);
	}
	sa = kzalloc(struct_size(sa, replay.seen, dmvpn_replay_words(window)),
		     GFP_KERNEL_ACCOUNT);
	if (!sa)
		return ERR_PTR(-ENOMEM);
	if (percpu_ref_init(&sa->ref, sa_unused, 0, GFP_KERNEL_ACCOUNT)) {
		kfree(sa);
		return ERR_PTR(-ENOMEM);
	}
	sa->dn = dn;
	sa->key = *key;
	sa->id = atomic64_inc_return(&dn->ids);
	INIT_LIST_HEAD(&sa->list);
	spin_lock_init(&sa->lock);
	dmvpn_sa_lifetime_init(sa);
	INIT_RCU_WORK(&sa->free_work, sa_free_work);
	atomic_inc(&dn->n_sas);
	return sa;
}

/* Free an SA that was never in a table. */
static void sa_discard(struct dmvpn_sa *sa)
{
	percpu_ref_kill(&sa->ref);
}

/* We are asked before XFRM, and must not hide an SA of it. */
static bool xfrm_has_it(struct dmvpn_net *dn, const struct dmvpn_sa_key *key)
{
	struct xfrm_state *x;

	x = xfrm_state_lookup_byspi(dn->net, key->spi, key->addr.family);
	if (x)
		xfrm_state_put(x);
	return x;
}

static bool spi_is_free(struct dmvpn_net *dn, const struct dmvpn_sa_key *key)
{
	return !dmvpn_sa_find(dn, key) && !xfrm_has_it(dn, key);
}

/**
 * dmvpn_sa_alloc_spi() - reserve an inbound SPI
 * @dn: namespace
 * @local: our address
 * @spi: gets the SPI
 * @extack: gets the reason of a failure
 *
 * Context: dn->lock.
 * Return: 0 or a negative error code.
 */
int dmvpn_sa_alloc_spi(struct dmvpn_net *dn, const struct dmvpn_addr *local,
		       __be32 *spi, struct netlink_ext_ack *extack)
{
	struct dmvpn_sa_key key = { .addr = *local, .dir = DMVPN_SA_DIR_IN };
	struct dmvpn_sa *sa;
	int tries, err;

	for (tries = 0; tries < 64; tries++) {
		key.spi = cpu_to_be32(DMVPN_SPI_MIN |
				      (get_random_u32() &
				       (DMVPN_SPI_MAX - DMVPN_SPI_MIN)));
		if (spi_is_free(dn, &key))
			break;
	}
	if (tries == 64)
		return -ENOSPC;
	sa = sa_alloc(dn, &key, 0, extack);
	if (IS_ERR(sa))
		return PTR_ERR(sa);
	err = rhashtable_insert_fast(&dn->sas, &sa->node, dmvpn_sa_params);
	if (err) {
		sa_discard(sa);
		return err;
	}
	list_add_tail(&sa->list, &dn->reserved);
	hrtimer_start(&sa->timer,
		      ktime_add_ns(sa->created, DMVPN_LARVAL_TIMEOUT),
		      HRTIMER_MODE_ABS_SOFT);
	*spi = key.spi;
	return 0;
}

static u8 next_header(const struct dmvpn_sa_conf *conf)
{
	if (conf->mode != DMVPN_SA_MODE_TUNNEL)
		return IPPROTO_GRE;
	return conf->inner.local.family == AF_INET6 ? IPPROTO_IPV6 :
						      IPPROTO_IPIP;
}

static int sa_init(struct dmvpn_sa *sa, const struct dmvpn_sa_conf *conf,
		   struct netlink_ext_ack *extack)
{
	struct dmvpn_endpoint *endpoint;
	struct crypto_aead *aead;

	endpoint = kmemdup(&conf->endpoint, sizeof(*endpoint),
			   GFP_KERNEL_ACCOUNT);
	if (!endpoint)
		return -ENOMEM;
	RCU_INIT_POINTER(sa->endpoint, endpoint);
	aead = dmvpn_suite_alloc(conf->suite, conf->icv_len, conf->esn,
				 &conf->keys, extack);
	if (IS_ERR(aead))
		return PTR_ERR(aead);
	sa->aead = aead;
	sa->suite = conf->suite;
	sa->icv_len = conf->icv_len;
	sa->key_id = dmvpn_suite_key_id(conf->suite, &conf->keys);
	sa->mode = conf->mode;
	sa->inner = conf->inner;
	sa->next = next_header(conf);
	sa->esn = conf->esn;
	sa->insecure = conf->insecure;
	sa->standby = conf->standby;
	sa->pair = conf->pair;
	sa->owner = conf->owner;
	dmvpn_replay_init(&sa->replay, conf->window, conf->esn);
	if (conf->seq)
		dmvpn_replay_advance(&sa->replay, conf->seq);
	dmvpn_sa_lifetime_set(sa, conf);
	return 0;
}

/*
 * The IV of these ciphers is the sequence number. Two SAs with one key would
 * use it twice, and give away what both of them carried.
 */
static bool key_is_used(const struct dmvpn_session *session,
			const struct dmvpn_sa *new)
{
	const struct dmvpn_sa *sa;

	if (!new->key_id)
		return false;
	list_for_each_entry(sa, &session->sas, list)
		if (sa->key_id == new->key_id)
			return true;
	return false;
}

/* That of the SAs before it, so that a rekeying reorders nothing. */
static struct dmvpn_order *order_for(struct dmvpn_session *session, u16 dir)
{
	struct dmvpn_sa *sa;

	list_for_each_entry(sa, &session->sas, list)
		if (sa->key.dir == dir)
			return dmvpn_order_get(sa->order);
	list_for_each_entry(sa, &session->ending, list)
		if (sa->key.dir == dir)
			return dmvpn_order_get(sa->order);
	return dmvpn_order_new();
}

static int sa_check(const struct dmvpn_session *session,
		    const struct dmvpn_sa *sa, struct netlink_ext_ack *extack)
{
	const struct dmvpn_sa *old = dmvpn_sa_find(sa->dn, &sa->key);

	if (old && old->aead) {
		NL_SET_ERR_MSG(extack, "an SA with this SPI exists");
		return -EEXIST;
	}
	if (key_is_used(session, sa)) {
		NL_SET_ERR_MSG(extack,
			       "an SA of this session has this key: every SA needs its own");
		return -EEXIST;
	}
	if (sa->key.dir == DMVPN_SA_DIR_IN && xfrm_has_it(sa->dn, &sa->key)) {
		NL_SET_ERR_MSG(extack, "XFRM has an SA with this SPI");
		return -EEXIST;
	}
	return 0;
}

/* Into the tables, in place of the SPI that was reserved for it. */
static int sa_insert(struct dmvpn_sa *sa)
{
	struct dmvpn_net *dn = sa->dn;
	struct dmvpn_sa *old = dmvpn_sa_find(dn, &sa->key);
	int err;

	if (old)
		dmvpn_sa_del(old);
	err = rhashtable_insert_fast(&dn->sas, &sa->node, dmvpn_sa_params);
	if (!err)
		list_add_tail(&sa->list, &sa->session->sas);
	return err;
}

/* Who the SA is for, and by which connection. */
static int sa_introduce(struct dmvpn_session *session,
			const struct dmvpn_sa_conf *conf,
			struct netlink_ext_ack *extack)
{
	struct dmvpn_session_info *info = &session->info;
	int err;

	err = dmvpn_session_admit(session, conf->identity, extack);
	if (!err && conf->identity)
		err = dmvpn_session_text(&info->identity, conf->identity);
	if (!err && conf->profile)
		err = dmvpn_session_text(&info->profile, conf->profile);
	return err;
}

/**
 * dmvpn_sa_add() - add an SA
 * @dn: namespace
 * @conf: what the IKE daemon says
 * @extack: gets the reason of a failure
 *
 * Context: dn->lock.
 * Return: 0 or a negative error code; then nothing changed.
 */
int dmvpn_sa_add(struct dmvpn_net *dn, const struct dmvpn_sa_conf *conf,
		 struct netlink_ext_ack *extack)
{
	struct dmvpn_session_key key = {
		.local = conf->endpoint.local,
		.remote = conf->endpoint.remote,
		.port = conf->endpoint.remote_port,
	};
	bool out = conf->key.dir == DMVPN_SA_DIR_OUT;
	struct dmvpn_session *session;
	struct dmvpn_sa *sa;
	int err;

	sa = sa_alloc(dn, &conf->key, conf->window, extack);
	if (IS_ERR(sa))
		return PTR_ERR(sa);
	err = sa_init(sa, conf, extack);
	if (err)
		goto err_sa;
	session = dmvpn_session_for_sa(dn, &key, conf->identity, extack);
	if (IS_ERR(session)) {
		err = PTR_ERR(session);
		goto err_sa;
	}
	err = sa_check(session, sa, extack);
	if (!err)
		err = sa_introduce(session, conf, extack);
	if (err)
		goto err_session;
	/* Before packets can find it. */
	refcount_inc(&session->refs);
	sa->session = session;
	sa->order = order_for(session, sa->key.dir);
	err = sa->order ? sa_insert(sa) : -ENOMEM;
	if (err)
		goto err_session;
	dmvpn_notify_sa(sa, DMVPN_CMD_SA_NTF);
	if (!out || !rcu_access_pointer(session->out))
		sa->standby = false;
	if (out && !sa->standby)
		dmvpn_session_use(session, sa);
	queue_work(dmvpn_wq, &sa->work);
	return 0;

err_session:
	dmvpn_session_gc(session);
err_sa:
	sa_discard(sa);
	return err;
}

/* An SA is found by an address that is another now. */
static int sa_rehash(struct dmvpn_sa *sa, const struct dmvpn_addr *addr)
{
	struct rhashtable *table = &sa->dn->sas;

	if (dmvpn_addr_equal(&sa->key.addr, addr))
		return 0;
	rhashtable_remove_fast(table, &sa->node, dmvpn_sa_params);
	/* Look-ups by packets end before the key changes under them. */
	synchronize_rcu();
	sa->key.addr = *addr;
	return rhashtable_insert_fast(table, &sa->node, dmvpn_sa_params);
}

static bool same_ends(const struct dmvpn_endpoint *a,
		      const struct dmvpn_endpoint *b)
{
	return dmvpn_addr_equal(&a->local, &b->local) &&
	       dmvpn_addr_equal(&a->remote, &b->remote) &&
	       a->local_port == b->local_port &&
	       a->remote_port == b->remote_port;
}

/**
 * dmvpn_sa_move() - an SA's ends have new addresses or ports
 * @sa: SA
 * @endpoint: new ends
 *
 * The session moves with its SA.
 *
 * Context: dn->lock.
 * Return: 0 or a negative error code. Nothing changed then, unless the table
 * of SAs had no memory for a new address: such an SA is not found any more.
 */
int dmvpn_sa_move(struct dmvpn_sa *sa, const struct dmvpn_endpoint *endpoint)
{
	struct dmvpn_session_key key = {
		.local = endpoint->local,
		.remote = endpoint->remote,
		.port = endpoint->remote_port,
	};
	struct dmvpn_endpoint *old, *new;
	int err;

	old = rcu_dereference_protected(sa->endpoint,
					lockdep_is_held(&sa->dn->lock));
	if (same_ends(old, endpoint))
		return 0;
	new = kmemdup(endpoint, sizeof(*new), GFP_KERNEL_ACCOUNT);
	if (!new)
		return -ENOMEM;
	err = dmvpn_session_move(sa->session, &key);
	if (err) {
		kfree(new);
		return err;
	}
	rcu_assign_pointer(sa->endpoint, new);
	kfree_rcu(old, rcu);
	clear_bit(DMVPN_SA_MOVED, &sa->events);
	err = sa_rehash(sa, sa->key.dir == DMVPN_SA_DIR_IN ?
			&endpoint->local : &endpoint->remote);
	dmvpn_notify_sa(sa, DMVPN_CMD_SA_NTF);
	return err;
}

/**
 * dmvpn_sa_del() - delete an SA or a reserved SPI
 * @sa: it, freed some time later
 *
 * The session goes on with another outbound SA, or is down, or gone.
 *
 * Context: dn->lock.
 */
void dmvpn_sa_del(struct dmvpn_sa *sa)
{
	if (sa->gone)
		return;
	sa->gone = true;
	rhashtable_remove_fast(&sa->dn->sas, &sa->node, dmvpn_sa_params);
	if (sa->session) {
		dmvpn_notify_sa(sa, DMVPN_CMD_SA_DEL_NTF);
		dmvpn_session_sa_gone(sa->session, sa);
	} else {
		list_del(&sa->list);
	}
	percpu_ref_kill(&sa->ref);
}

/**
 * dmvpn_sa_flush() - delete all SAs and reserved SPIs of a namespace
 * @dn: namespace
 * @owner: only SAs of this owner, or NULL for all and the reserved SPIs
 *
 * Context: dn->lock.
 */
void dmvpn_sa_flush(struct dmvpn_net *dn, const u32 *owner)
{
	struct dmvpn_session *session, *next_session;
	struct dmvpn_sa *sa, *next;

	list_for_each_entry_safe(session, next_session, &dn->session_list,
				 list) {
		refcount_inc(&session->refs);
		list_for_each_entry_safe(sa, next, &session->sas, list)
			if (!owner || sa->owner == *owner)
				dmvpn_sa_del(sa);
		dmvpn_session_put(session);
	}
	if (owner)
		return;
	list_for_each_entry_safe(sa, next, &dn->reserved, list)
		dmvpn_sa_del(sa);
}

/**
 * dmvpn_sa_stop_all() - no SA of a namespace passes anything from now on
 * @dn: namespace
 *
 * Each ends as if its lifetime were over.
 *
 * Context: dn->lock.
 */
void dmvpn_sa_stop_all(struct dmvpn_net *dn)
{
	struct dmvpn_session *session;
	struct dmvpn_sa *sa;

	list_for_each_entry(session, &dn->session_list, list)
		list_for_each_entry(sa, &session->sas, list)
			dmvpn_sa_stop(sa);
}
