/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdio.h>

#include "compat.h"
#include "dmvpn_initiate.h"
#include "dmvpn_orphans.h"
#include "dmvpn_queue.h"
#include "dmvpn_rivals.h"
#include "dmvpn_template.h"
#include "dmvpn_use.h"

#include <collections/array.h>

/**
 * Seconds until an IKE_SA that is not needed anymore is closed
 */
#define REPLACE_DELAY 5

/**
 * Seconds between tries to renew a session
 */
#define RENEW_INTERVAL 10

/**
 * Seconds that both ends have to switch to another IKE_SA's SAs before those
 * of the one that it replaces go
 */
#define SETTLE_TIME 3

typedef struct private_dmvpn_initiate_t private_dmvpn_initiate_t;
typedef struct request_t request_t;

/**
 * Private data of a dmvpn_initiate_t object.
 */
struct private_dmvpn_initiate_t {

	/**
	 * Public dmvpn_initiate_t interface.
	 */
	dmvpn_initiate_t public;

	/**
	 * Kernel
	 */
	dmvpn_genl_t *genl;

	/**
	 * IKE_SAs under way
	 */
	dmvpn_attempts_t *attempts;

	/**
	 * What the kernel is to be told
	 */
	dmvpn_reports_t *reports;

	/**
	 * All IKE_SAs
	 */
	dmvpn_index_t *index;

	/**
	 * Requests, request_t
	 */
	dmvpn_queue_t *queue;

	/**
	 * Seconds until an IKE_SA that is not needed anymore is closed
	 */
	uint32_t replace_delay;
};

/**
 * Something to do
 */
struct request_t {

	/**
	 * Does it
	 */
	void (*run)(private_dmvpn_initiate_t *this, request_t *request);

	/**
	 * Session it is for, or NULL
	 */
	dmvpn_session_t *session;

	/**
	 * TRUE if the kernel does not wait for the outcome, as the session
	 * still has the SAs of a former life
	 */
	bool renew;

	/**
	 * How often to try again to renew it
	 */
	uint32_t tries;

	/**
	 * SPI of a CHILD_SA to close
	 */
	uint32_t spi;

	/**
	 * Destination of that SPI
	 */
	host_t *dst;

	/**
	 * Unique ID of an IKE_SA
	 */
	uint32_t ike_id;

	/**
	 * Lane of the queue, see get_lane()
	 */
	uint32_t lane;
};

/**
 * The lane of a peer's requests: each looks at what those before it did, and
 * may wait for an IKE_SA that somebody works on, as for an answer about a
 * certificate. That is nothing to other peers.
 */
static uint32_t get_lane(host_t *remote)
{
	return chunk_hash(remote->get_address(remote));
}

/**
 * Add a request to the queue
 */
static void enqueue(private_dmvpn_initiate_t *this, request_t *request,
					uint32_t delay)
{
	this->queue->add(this->queue, request->lane, request, delay);
}

/**
 * Destroy a request
 */
static void request_destroy(request_t *request)
{
	if (request->session)
	{
		dmvpn_session_destroy(request->session);
	}
	DESTROY_IF(request->dst);
	free(request);
}

CALLBACK(run_request, void,
	private_dmvpn_initiate_t *this, void *item)
{
	request_t *request = item;

	request->run(this, request);
}

/**
 * Tell the kernel how it goes with a session it waits for
 */
static void set_state(private_dmvpn_initiate_t *this, request_t *request,
					  int state, char *reason)
{
	dmvpn_session_t *update;

	if (request->renew)
	{
		if (reason)
		{
			DBG2(DBG_CFG, "dmvpn: no new IKE_SA with %H yet: %s",
				 request->session->remote, reason);
		}
		return;
	}
	if (reason)
	{
		DBG1(DBG_CFG, "dmvpn: cannot bring up session with %H: %s",
			 request->session->remote, reason);
	}
	INIT(update,
		.handle = request->session->handle,
		.state = state,
		.reason = strdupnull(reason),
	);
	this->reports->add(this->reports, update);
}

/**
 * Close an IKE_SA that is checked out
 *
 * @param force			TRUE not to wait for the peer
 */
static void close_ike_sa(ike_sa_t *ike_sa, bool force)
{
	if (ike_sa->get_state(ike_sa) == IKE_DELETING ||
		ike_sa->delete(ike_sa, force) != DESTROY_ME)
	{
		charon->ike_sa_manager->checkin(charon->ike_sa_manager, ike_sa);
		return;
	}
	charon->ike_sa_manager->checkin_and_destroy(charon->ike_sa_manager,
												ike_sa);
}

/**
 * Close an IKE_SA unless it is gone
 *
 * @param force			TRUE not to wait for the peer
 */
static void close_by_id(private_dmvpn_initiate_t *this, uint32_t ike_id,
						bool force)
{
	ike_sa_t *ike_sa = this->index->checkout(this->index, ike_id);

	if (ike_sa)
	{
		close_ike_sa(ike_sa, force);
	}
}

/**
 * Create an IKE_SA to the peer of a session from its template
 */
static ike_sa_t *create_ike_sa(dmvpn_session_t *session, peer_cfg_t *peer_cfg)
{
	ike_cfg_t *ike_cfg;
	ike_sa_t *ike_sa;
	host_t *host;
	uint16_t port;

	ike_sa = charon->ike_sa_manager->create_new(charon->ike_sa_manager,
									peer_cfg->get_ike_version(peer_cfg), TRUE);
	if (!ike_sa)
	{
		return NULL;
	}
	ike_sa->set_peer_cfg(ike_sa, peer_cfg);
	ike_cfg = ike_sa->get_ike_cfg(ike_sa);
	port = session->remote->get_port(session->remote);
	host = session->remote->clone(session->remote);
	host->set_port(host, port ?: ike_cfg->get_other_port(ike_cfg));
	ike_sa->set_other_host(ike_sa, host);
	host = session->local->clone(session->local);
	/* a port other than IKE's is one behind a NAT, reached from port 4500 */
	host->set_port(host, port ? charon->socket->get_port(charon->socket, TRUE)
							  : ike_cfg->get_my_port(ike_cfg));
	ike_sa->set_my_host(ike_sa, host);
	charon->bus->set_sa(charon->bus, ike_sa);
	return ike_sa;
}

/**
 * Initiate a CHILD_SA, and the IKE_SA if it is not established
 */
static void initiate(private_dmvpn_initiate_t *this, request_t *request,
					 ike_sa_t *ike_sa, child_cfg_t *child)
{
	child_init_args_t args = COMPAT_CHILD_INIT_ARGS;

	this->attempts->start(this->attempts, ike_sa->get_unique_id(ike_sa),
						  request->renew ? 0 : request->session->handle);
	set_state(this, request, DMVPN_SESSION_STATE_ACQUIRING, NULL);
	if (ike_sa->initiate(ike_sa, child->get_ref(child), &args) != DESTROY_ME)
	{
		charon->ike_sa_manager->checkin(charon->ike_sa_manager, ike_sa);
		return;
	}
	charon->ike_sa_manager->checkin_and_destroy(charon->ike_sa_manager,
												ike_sa);
}

/* asks for a session that has no new SAs yet */
static void renew_later(private_dmvpn_initiate_t *this,
						dmvpn_session_t *session, uint32_t delay,
						uint32_t tries);

/**
 * Initiate to the peer of a session from a template
 */
static void initiate_template(private_dmvpn_initiate_t *this,
							  request_t *request, peer_cfg_t *peer_cfg,
							  child_cfg_t *child)
{
	dmvpn_session_t *session = request->session;
	ike_sa_t *ike_sa = NULL;
	uint32_t ids[DMVPN_USE_MAX];
	char reason[128];

	dmvpn_use_find(this->genl, this->index, session, ids);
	if (ids[DMVPN_USE_COMPLETE])
	{
		return;
	}
	if (request->tries)
	{
		renew_later(this, request->session, 1000 * RENEW_INTERVAL,
					request->tries - 1);
	}
	if (ids[DMVPN_USE_PENDING])
	{
		if (!request->renew)
		{
			this->attempts->start(this->attempts, ids[DMVPN_USE_PENDING],
								  session->handle);
		}
		set_state(this, request, DMVPN_SESSION_STATE_ACQUIRING, NULL);
		return;
	}
	if (ids[DMVPN_USE_STALE])
	{
		DBG1(DBG_CFG, "dmvpn: the kernel has no SAs for the session with %H, "
			 "setting up new ones", session->remote);
		close_by_id(this, ids[DMVPN_USE_STALE], FALSE);
	}
	if (ids[DMVPN_USE_CHILDLESS])
	{
		ike_sa = this->index->checkout(this->index, ids[DMVPN_USE_CHILDLESS]);
	}
	if (!ike_sa)
	{
		ike_sa = create_ike_sa(session, peer_cfg);
	}
	if (!ike_sa)
	{
		snprintf(reason, sizeof(reason), "this strongSwan is built without "
				 "IKEv%d: change version of connection %s in swanctl.conf",
				 peer_cfg->get_ike_version(peer_cfg), session->profile);
		set_state(this, request, DMVPN_SESSION_STATE_FAILED, reason);
		return;
	}
	initiate(this, request, ike_sa, child);
}

/**
 * Bring a session up
 */
static void run_acquire(private_dmvpn_initiate_t *this, request_t *request)
{
	dmvpn_session_t *session = request->session;
	child_cfg_t *child = NULL;
	peer_cfg_t *peer_cfg;
	char reason[128];

	if (!session->profile)
	{
		set_state(this, request, DMVPN_SESSION_STATE_FAILED,
				  "the device names no protection profile");
		return;
	}
	peer_cfg = dmvpn_template_find(session->profile, &child);
	if (!peer_cfg || !child)
	{
		snprintf(reason, sizeof(reason), peer_cfg ?
				 "connection %s in swanctl.conf has no child with interface" :
				 "no connection named %s in swanctl.conf", session->profile);
		set_state(this, request, DMVPN_SESSION_STATE_FAILED, reason);
	}
	else
	{
		initiate_template(this, request, peer_cfg, child);
	}
	DESTROY_IF(child);
	DESTROY_IF(peer_cfg);
}

/**
 * Ask for a session that has no new SAs yet
 */
static void renew_later(private_dmvpn_initiate_t *this,
						dmvpn_session_t *session, uint32_t delay,
						uint32_t tries)
{
	request_t *request;

	INIT(request,
		.run = run_acquire,
		.session = dmvpn_session_clone(session),
		.renew = TRUE,
		.tries = tries,
		.lane = get_lane(session->remote),
	);
	enqueue(this, request, delay);
}

/**
 * Close an IKE_SA if it connects the endpoints of a session and has no SAs
 */
static void close_unused(private_dmvpn_initiate_t *this,
						 dmvpn_session_t *session, uint32_t ike_id)
{
	ike_sa_t *ike_sa = this->index->checkout(this->index, ike_id);

	if (!ike_sa)
	{
		return;
	}
	if (dmvpn_use_connects(ike_sa, session) &&
		ike_sa->get_state(ike_sa) == IKE_ESTABLISHED &&
		!ike_sa->get_child_count(ike_sa) &&
		dmvpn_template_owns(this->genl, ike_sa))
	{
		close_ike_sa(ike_sa, FALSE);
		return;
	}
	charon->ike_sa_manager->checkin(charon->ike_sa_manager, ike_sa);
}

/**
 * Close the IKE_SAs between the endpoints of a session that is gone, but for
 * those that made SAs for a new one
 */
static void run_close(private_dmvpn_initiate_t *this, request_t *request)
{
	dmvpn_session_t *session = request->session;
	array_t *ids;
	uint32_t id;

	ids = this->index->find(this->index, session->remote);
	while (array_remove(ids, ARRAY_HEAD, &id))
	{
		close_unused(this, session, id);
	}
	array_destroy(ids);
}

/**
 * Close the IKE_SA that has a CHILD_SA
 */
static void run_close_sa(private_dmvpn_initiate_t *this, request_t *request)
{
	ike_sa_t *ike_sa;

	ike_sa = charon->child_sa_manager->checkout(charon->child_sa_manager,
							PROTO_ESP, request->spi, request->dst, NULL);
	if (ike_sa)
	{
		close_ike_sa(ike_sa, FALSE);
	}
}

/**
 * Does an IKE_SA have a CHILD_SA that is in use, by us or by the peer?
 */
static bool is_in_use(private_dmvpn_initiate_t *this, uint32_t ike_id)
{
	enumerator_t *enumerator;
	ike_sa_t *ike_sa;
	child_sa_t *child;
	bool used = FALSE;

	ike_sa = this->index->checkout(this->index, ike_id);
	if (!ike_sa)
	{
		return FALSE;
	}
	enumerator = ike_sa->create_child_sa_enumerator(ike_sa);
	while (!used && enumerator->enumerate(enumerator, &child))
	{
		used = dmvpn_orphans_is_used(this->genl, ike_sa, child, TRUE,
									 SETTLE_TIME) ||
			   dmvpn_orphans_is_used(this->genl, ike_sa, child, FALSE,
									 SETTLE_TIME);
	}
	enumerator->destroy(enumerator);
	charon->ike_sa_manager->checkin(charon->ike_sa_manager, ike_sa);
	return used;
}

/* closes an IKE_SA, or asks for itself again */
static void close_later(private_dmvpn_initiate_t *this, uint32_t ike_id,
						uint32_t lane);

/**
 * Close an IKE_SA that another one replaced
 */
static void run_close_loser(private_dmvpn_initiate_t *this, request_t *request)
{
	if (is_in_use(this, request->ike_id))
	{	/* the peer does not know that it was replaced */
		close_later(this, request->ike_id, request->lane);
		return;
	}
	DBG1(DBG_CFG, "dmvpn: closing IKE_SA [%u], another one took its place",
		 request->ike_id);
	/* the peer comes to the same result, or is a new life of it that does
	 * not know this IKE_SA */
	close_by_id(this, request->ike_id, TRUE);
}

/**
 * Close an IKE_SA that another one replaced as soon as it is not in use
 */
static void close_later(private_dmvpn_initiate_t *this, uint32_t ike_id,
						uint32_t lane)
{
	request_t *closing;

	INIT(closing,
		.run = run_close_loser,
		.ike_id = ike_id,
		.lane = lane,
	);
	enqueue(this, closing, 1000 * SETTLE_TIME);
}

/**
 * Send through a CHILD_SA from now on, if the peer is heard through it
 */
static void prefer_child(private_dmvpn_initiate_t *this, ike_sa_t *ike_sa,
						 child_sa_t *child)
{
	dmvpn_sa_id_t id = {
		.spi = child->get_spi(child, FALSE),
		.local = ike_sa->get_my_host(ike_sa),
		.remote = ike_sa->get_other_host(ike_sa),
	};

	if (dmvpn_orphans_is_used(this->genl, ike_sa, child, TRUE,
							  this->replace_delay + SETTLE_TIME))
	{
		this->genl->use_sa(this->genl, &id);
	}
}

/**
 * Send through the CHILD_SA of an IKE_SA from now on
 *
 * @return				TRUE if it has one
 */
static bool prefer(private_dmvpn_initiate_t *this, uint32_t ike_id)
{
	child_sa_t *child, *found = NULL;
	enumerator_t *enumerator;
	ike_sa_t *ike_sa;

	ike_sa = this->index->checkout(this->index, ike_id);
	if (!ike_sa)
	{
		return FALSE;
	}
	enumerator = ike_sa->create_child_sa_enumerator(ike_sa);
	while (enumerator->enumerate(enumerator, &child))
	{
		if (child->get_state(child) == CHILD_INSTALLED)
		{
			found = child;
		}
	}
	enumerator->destroy(enumerator);
	if (found)
	{
		prefer_child(this, ike_sa, found);
	}
	charon->ike_sa_manager->checkin(charon->ike_sa_manager, ike_sa);
	return found != NULL;
}

/**
 * Close IKE_SAs that another one replaced. Both ends first send through the
 * one that stays, so that nothing is on its way when the others go.
 */
static void run_close_older(private_dmvpn_initiate_t *this, request_t *request)
{
	array_t *losers;
	uint32_t id;

	losers = dmvpn_rivals_find(this->genl, this->index, request->ike_id,
							   &id);
	if (array_count(losers) && prefer(this, id))
	{
		while (array_remove(losers, ARRAY_HEAD, &id))
		{
			close_later(this, id, request->lane);
		}
	}
	array_destroy(losers);
}

METHOD(dmvpn_initiate_t, acquire, void,
	private_dmvpn_initiate_t *this, dmvpn_session_t *session, uint32_t delay)
{
	request_t *request;

	INIT(request,
		.run = run_acquire,
		.session = dmvpn_session_clone(session),
		.lane = get_lane(session->remote),
	);
	enqueue(this, request, delay);
}

METHOD(dmvpn_initiate_t, renew, void,
	private_dmvpn_initiate_t *this, dmvpn_session_t *session, uint32_t delay,
	uint32_t tries)
{
	renew_later(this, session, delay, tries);
}

METHOD(dmvpn_initiate_t, close_, void,
	private_dmvpn_initiate_t *this, dmvpn_session_t *session)
{
	request_t *request;

	INIT(request,
		.run = run_close,
		.session = dmvpn_session_clone(session),
		.lane = get_lane(session->remote),
	);
	enqueue(this, request, 1000 * this->replace_delay);
}

METHOD(dmvpn_initiate_t, close_sa, void,
	private_dmvpn_initiate_t *this, dmvpn_sa_id_t *sa)
{
	host_t *dst = sa->inbound ? sa->local : sa->remote;
	request_t *request;

	INIT(request,
		.run = run_close_sa,
		.spi = sa->spi,
		.dst = dst->clone(dst),
		.lane = get_lane(sa->remote),
	);
	enqueue(this, request, 0);
}

METHOD(dmvpn_initiate_t, close_older, void,
	private_dmvpn_initiate_t *this, ike_sa_t *ike_sa)
{
	request_t *request;

	INIT(request,
		.run = run_close_older,
		.ike_id = ike_sa->get_unique_id(ike_sa),
		.lane = get_lane(ike_sa->get_other_host(ike_sa)),
	);
	enqueue(this, request, 1000 * this->replace_delay);
}

METHOD(dmvpn_initiate_t, destroy, void,
	private_dmvpn_initiate_t *this)
{
	this->queue->destroy(this->queue);
	free(this);
}

/**
 * Described in header
 */
dmvpn_initiate_t *dmvpn_initiate_create(dmvpn_genl_t *genl,
										dmvpn_attempts_t *attempts,
										dmvpn_reports_t *reports,
										dmvpn_index_t *index)
{
	private_dmvpn_initiate_t *this;

	INIT(this,
		.public = {
			.acquire = _acquire,
			.renew = _renew,
			.close = _close_,
			.close_sa = _close_sa,
			.close_older = _close_older,
			.destroy = _destroy,
		},
		.genl = genl,
		.attempts = attempts,
		.reports = reports,
		.index = index,
		.replace_delay = lib->settings->get_time(lib->settings,
						"%s.plugins.dmvpn.replace_delay", REPLACE_DELAY,
						lib->ns),
	);
	this->queue = dmvpn_queue_create(run_request, (void*)request_destroy,
									 this);

	return &this->public;
}
