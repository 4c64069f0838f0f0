// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "nhrpd/adapt.h"
#include "nhrpd/group.h"
#include "nhrpd/observe.h"
#include "nhrpd/own.h"
#include "nhrpd/peer.h"

#define REASON_MAX	127

/* Most peers have nothing to say: they share this, which stays as it is. */
static char no_text[1];

static void drop_text(char **text)
{
	if (*text != no_text)
		free(*text);
	*text = no_text;
}

/* Nothing said leaves what was said before, and so does want of memory. */
static void set_text(char **text, const char *new, size_t max)
{
	char *copy;

	if (!new || !*new || !strcmp(*text, new))
		return;
	copy = strndup(new, max);
	if (!copy)
		return;
	drop_text(text);
	*text = copy;
}

static struct peer *at_address(struct hash_node *node, const struct addr *nbma)
{
	struct peer *peer;

	for (; node; node = hash_next(node)) {
		peer = container_of(node, struct peer, node);
		if (addr_equal(&peer->nbma.addr, nbma))
			return peer;
	}
	return NULL;
}

struct peer *peer_first_at(const struct iface *ifc, const struct addr *nbma)
{
	return at_address(hash_first(&ifc->peers, addr_hash(nbma)), nbma);
}

struct peer *peer_next_at(const struct peer *peer)
{
	return at_address(hash_next(&peer->node), &peer->nbma.addr);
}

struct peer *peer_find(const struct iface *ifc, const struct nbma *nbma)
{
	struct peer *peer = peer_first_at(ifc, &nbma->addr);

	while (peer && peer->nbma.port != nbma->port)
		peer = peer_next_at(peer);
	return peer;
}

static struct peer *in_session(struct hash_node *node, const struct iface *ifc)
{
	struct peer *peer;

	for (; node; node = hash_next(node)) {
		peer = container_of(node, struct peer, session_node);
		if (peer->ifc == ifc)
			return peer;
	}
	return NULL;
}

struct peer *peer_first_in(const struct iface *ifc, uint32_t session)
{
	if (!session)
		return NULL;
	return in_session(hash_first(&ifc->nhrp->sessions, session), ifc);
}

struct peer *peer_next_in(const struct peer *peer)
{
	return in_session(hash_next(&peer->session_node), peer->ifc);
}

bool peer_is_in(const struct peer *peer, uint32_t session)
{
	return !session || !peer->session || peer->session == session;
}

struct peer *peer_of(const struct iface *ifc, const struct nbma *remote,
		     uint32_t session)
{
	struct nbma any_port = { .addr = remote->addr };
	struct peer *peer = peer_find(ifc, remote);

	if (peer && peer->nbma.port)
		return peer;
	peer = peer_find(ifc, &any_port);
	/* Another behind the same NAT is somebody else. */
	return peer && peer_is_in(peer, session) ? peer : NULL;
}

void peer_identity(const struct iface *ifc, uint32_t session,
		   char text[static IDENTITY_SIZE])
{
	const struct nhrp *n = ifc->nhrp;

	text[0] = '\0';
	if (session)
		n->ops->session_identity(n->ctx, session, text, IDENTITY_SIZE);
}

/* Whoever registered from here as another is not here any more. */
static void set_identity(struct peer *peer, const char *text)
{
	bool other = text && *text && peer->identity[0] &&
		     strcmp(text, peer->identity);

	set_text(&peer->identity, text, IDENTITY_SIZE - 1);
	if (other && peer->ifc->on_identity)
		peer->ifc->on_identity(peer);
}

/* Without memory it is as if there were none. */
static void index_session(struct peer *peer, uint32_t session)
{
	struct hash *sessions = &peer->ifc->nhrp->sessions;

	if (peer->session)
		hash_del(sessions, &peer->session_node);
	peer->session = 0;
	if (session && !hash_add(sessions, &peer->session_node, session))
		peer->session = session;
}

/* It has a session, with an identity of its own. */
static void set_session(struct peer *peer, uint32_t session)
{
	char text[IDENTITY_SIZE];

	if (session == peer->session)
		return;
	index_session(peer, session);
	peer_identity(peer->ifc, session, text);
	set_identity(peer, text);
}

static void count_state(const struct peer *peer, uint32_t old)
{
	if (!peer->ifc->dev.protected)
		return;
	if (peer->state == DMVPN_SESSION_STATE_UP)
		iface_count(peer->ifc, NHRP_CHANGE_SESSION_UP);
	else if (old == DMVPN_SESSION_STATE_UP)
		iface_count(peer->ifc, NHRP_CHANGE_SESSION_DOWN);
}

static enum nhrp_event_type change(uint32_t old, uint32_t state)
{
	if (state == DMVPN_SESSION_STATE_UP)
		return NHRP_EVENT_PEER_UP;
	return old == DMVPN_SESSION_STATE_UP ? NHRP_EVENT_PEER_DOWN :
					       NHRP_EVENT_PEER;
}

static void set_state(struct peer *peer, uint32_t state)
{
	struct nhrp *n = peer->ifc->nhrp;
	uint32_t old = peer->state;

	if (old == state)
		return;
	peer->state = state;
	peer->state_since = n->now;
	count_state(peer, old);
	if (state == DMVPN_SESSION_STATE_UP)
		drop_text(&peer->reason);
	if (peer->ifc->dev.protected)
		observe(n, change(old, state), NHRP_LEVEL_INFO,
			(struct subject){ peer->ifc, NULL, &peer->nbma },
			"session with %s is %s%s%s", nbma_text(&peer->nbma).t,
			nhrp_session_state_name(state),
			peer->reason[0] ? ": " : "", peer->reason);
	if (peer->ifc->on_peer)
		peer->ifc->on_peer(peer, old);
}

void peer_refresh(struct peer *peer)
{
	struct nhrp *n = peer->ifc->nhrp;
	struct kernel_peer k = { 0 };

	/* There is no session to be asked for. */
	if (!peer->ifc->dev.protected && peer->in_kernel) {
		set_state(peer, DMVPN_SESSION_STATE_UP);
		return;
	}
	/* What is bound to it may go, and be all that holds it. */
	peer->uses++;
	if (!n->ops->peer_get(n->ctx, peer->ifc->dev.ifindex, &peer->nbma,
			      &k)) {
		peer->in_kernel = true;
		set_session(peer, k.session);
		set_state(peer, k.state);
	} else {
		peer->in_kernel = false;
		index_session(peer, 0);
		set_state(peer, DMVPN_SESSION_STATE_DOWN);
	}
	peer_release(peer, 0);
}

static uint32_t wanted_flags(const struct peer *peer)
{
	return (peer->uses_multicast ? DMVPN_PEER_FLAGS_MULTICAST : 0u) |
	       (peer->uses_nhs && !peer->standby ? DMVPN_PEER_FLAGS_NHS : 0u);
}

/* Without protection nobody knows who is there, the kernel neither. */
static const char *news_of_wanted(const struct peer *peer)
{
	return peer->wanted_told || !peer->ifc->dev.protected ? NULL :
								peer->wanted;
}

static void sync_flags(struct peer *peer)
{
	struct nhrp *n = peer->ifc->nhrp;
	uint32_t flags = wanted_flags(peer);

	if (peer->in_kernel && flags == peer->flags && peer->wanted_told)
		return;
	if (!peer->in_kernel) {
		group_forget(peer);
		peer->wanted_told = !peer->wanted[0];
	}
	peer->flags = flags;
	if (n->ops->peer_new(n->ctx, peer->ifc->dev.ifindex, &peer->nbma,
			     flags, news_of_wanted(peer))) {
		iface_count(peer->ifc, NHRP_CHANGE_PEER_ERROR);
		return;
	}
	peer->in_kernel = true;
	peer->wanted_told = true;
}

bool peer_is_wanted(const struct peer *peer)
{
	return !peer->wanted[0] ||
	       identity_matches(peer->wanted, peer->identity);
}

/* Bring the kernel to what the holders want. */
static void sync_kernel(struct peer *peer)
{
	sync_flags(peer);
	group_apply(peer);
}

static void count_flags(struct peer *peer, uint32_t flags, int by)
{
	if (flags & DMVPN_PEER_FLAGS_MULTICAST)
		peer->uses_multicast += (unsigned int)by;
	if (flags & DMVPN_PEER_FLAGS_NHS)
		peer->uses_nhs += (unsigned int)by;
}

static struct peer *peer_create(struct iface *ifc, const struct nbma *nbma)
{
	struct peer *peer = calloc(1, sizeof(*peer));

	if (!peer)
		return NULL;
	peer->ifc = ifc;
	peer->nbma = *nbma;
	peer->reason = no_text;
	peer->identity = no_text;
	peer->wanted = no_text;
	peer->wanted_told = true;
	peer->state_since = ifc->nhrp->now;
	list_init(&peer->entries);
	if (hash_add(&ifc->peers, &peer->node, addr_hash(&nbma->addr))) {
		free(peer);
		return NULL;
	}
	iface_count(ifc, NHRP_CHANGE_PEER_ADDED);
	return peer;
}

/* Nobody says any more who has to be there. */
static void forget_wanted(struct peer *peer)
{
	if (!peer->wanted[0])
		return;
	drop_text(&peer->wanted);
	peer->wanted_told = false;
}

static bool set_wanted(struct peer *peer, const char *identity)
{
	if (!strcmp(peer->wanted, identity))
		return true;
	forget_wanted(peer);
	set_text(&peer->wanted, identity, IDENTITY_SIZE - 1);
	peer->wanted_told = false;
	return !strcmp(peer->wanted, identity);
}

/* @wanted is NULL if that is not for the holder to say. */
static struct peer *hold(struct iface *ifc, const struct nbma *nbma,
			 uint32_t flags, const char *wanted)
{
	struct peer *peer = peer_find(ifc, nbma);

	if (!peer)
		peer = peer_create(ifc, nbma);
	if (!peer)
		return NULL;
	peer->uses++;
	count_flags(peer, flags, 1);
	if (wanted && !set_wanted(peer, wanted)) {
		peer_release(peer, flags);
		return NULL;
	}
	sync_kernel(peer);
	/* The first holder hears of the state by asking, not by an event. */
	if (peer->uses == 1)
		peer_refresh(peer);
	return peer;
}

struct peer *peer_hold(struct iface *ifc, const struct nbma *nbma,
		       uint32_t flags)
{
	return hold(ifc, nbma, flags, NULL);
}

struct peer *peer_hold_server(struct iface *ifc, const struct nbma *nbma,
			      uint32_t flags, const char *identity)
{
	return hold(ifc, nbma, flags, identity);
}

bool peer_want(struct peer *peer, const char *identity)
{
	bool done = set_wanted(peer, identity);

	sync_kernel(peer);
	return done;
}

static void peer_destroy(struct peer *peer)
{
	struct iface *ifc = peer->ifc;
	struct nhrp *n = ifc->nhrp;
	uint32_t session = peer->session;

	index_session(peer, 0);
	hash_del(&ifc->peers, &peer->node);
	iface_count(ifc, NHRP_CHANGE_PEER_REMOVED);
	if (peer->in_kernel)
		n->ops->peer_del(n->ctx, ifc->dev.ifindex, &peer->nbma);
	if (session && !hash_first(&n->sessions, session))
		n->ops->session_release(n->ctx, session,
					own_nbma(ifc, &peer->nbma.addr));
	drop_text(&peer->reason);
	drop_text(&peer->identity);
	drop_text(&peer->wanted);
	adapt_free(peer);
	free(peer->group);
	free(peer->policy);
	free(peer);
}

void peer_release(struct peer *peer, uint32_t flags)
{
	count_flags(peer, flags, -1);
	if (!peer->uses_nhs)
		forget_wanted(peer);
	if (--peer->uses)
		sync_kernel(peer);
	else
		peer_destroy(peer);
}

void peer_change(struct peer *peer, uint32_t old_flags, uint32_t flags)
{
	count_flags(peer, old_flags, -1);
	count_flags(peer, flags, 1);
	sync_kernel(peer);
}

void peer_set_standby(struct peer *peer, bool standby)
{
	peer->standby = standby;
	sync_kernel(peer);
}

static void session_changed(struct peer *peer,
			    const struct nhrp_session *session)
{
	set_text(&peer->reason, session->reason, REASON_MAX);
	peer_refresh(peer);
	/* Another behind the same NAT is somebody else. */
	if (peer->session == session->handle)
		set_identity(peer, session->identity);
}

static bool hears(struct peer *peer, uint32_t event)
{
	return peer && peer->heard != event;
}

/* Those in the session, and those that it may be a new one of. */
static struct peer *next_to_hear(const struct iface *ifc, uint32_t event,
				 const struct nhrp_session *session)
{
	struct nbma any_port = { .addr = session->remote.addr };
	struct peer *peer = peer_first_in(ifc, session->handle);

	while (peer && !hears(peer, event))
		peer = peer_next_in(peer);
	if (!peer)
		peer = peer_find(ifc, &session->remote);
	if (!hears(peer, event))
		peer = peer_find(ifc, &any_port);
	return hears(peer, event) ? peer : NULL;
}

/* A peer's change may be the end of others: each is looked for anew. */
void peer_session(struct iface *ifc, const struct nhrp_session *session)
{
	uint32_t event = ++ifc->nhrp->session_events;
	struct peer *peer;

	while ((peer = next_to_hear(ifc, event, session))) {
		peer->heard = event;
		peer->uses++;
		session_changed(peer, session);
		peer_release(peer, 0);
	}
}

void peer_refused(struct peer *peer)
{
	struct nhrp *n = peer->ifc->nhrp;

	peer->in_kernel = false;
	peer_refresh(peer);
	/* It stays that of who is there. When it is gone it is put back. */
	if (peer->in_kernel && !peer_is_wanted(peer))
		n->ops->peer_del(n->ctx, peer->ifc->dev.ifindex, &peer->nbma);
}

bool peer_gone(struct peer *peer)
{
	struct nhrp *n = peer->ifc->nhrp;
	struct kernel_peer k;

	/* Our own deletion is told too, perhaps after it was added anew. */
	if (!n->ops->peer_get(n->ctx, peer->ifc->dev.ifindex, &peer->nbma, &k))
		return false;
	peer->in_kernel = false;
	sync_kernel(peer);
	return true;
}

void peer_adopt(struct iface *ifc, const struct kernel_peer *k)
{
	struct peer *peer = peer_find(ifc, &k->nbma);

	if (!peer)
		peer = peer_create(ifc, &k->nbma);
	if (!peer || peer->adopted)
		return;
	peer->uses++;
	count_flags(peer, k->flags, 1);
	peer->adopted = true;
	peer->adopted_flags = k->flags;
	peer->in_kernel = true;
	peer->flags = k->flags;
	peer->state = k->state;
	set_text(&peer->wanted, k->wanted, IDENTITY_SIZE - 1);
	if (k->policy[0])
		peer->policy = strdup(k->policy);
	peer->limit = k->rate;
	peer->untold = peer->policy;
	set_session(peer, k->session);
}

void peer_disown(struct iface *ifc)
{
	struct peer *peer, *tmp;

	hash_for_each_safe(peer, tmp, &ifc->peers, struct peer, node) {
		if (!peer->adopted)
			continue;
		peer->adopted = false;
		peer_release(peer, peer->adopted_flags);
	}
}
