/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdlib.h>

#include "compat.h"
#include "dmvpn_takeover.h"

#include <collections/hashtable.h>
#include <processing/jobs/callback_job.h>
#include <threading/mutex.h>

/**
 * Seconds over which the renewal of sessions is spread
 */
#define RENEW_SPREAD 10

/**
 * Seconds that a new outbound SA is in use before old SAs go, and that
 * renewals have to complete before the tables are read again
 */
#define SETTLE_TIME 5

typedef struct private_dmvpn_takeover_t private_dmvpn_takeover_t;
typedef struct tunnel_t tunnel_t;

/**
 * Private data of a dmvpn_takeover_t object.
 */
struct private_dmvpn_takeover_t {

	/**
	 * Public dmvpn_takeover_t interface.
	 */
	dmvpn_takeover_t public;

	/**
	 * Kernel
	 */
	dmvpn_genl_t *genl;

	/**
	 * Brings sessions up
	 */
	dmvpn_initiate_t *initiate;

	/**
	 * Number of charon's life
	 */
	uint32_t owner;

	/**
	 * Milliseconds over which the renewal of sessions is spread
	 */
	uint32_t spread;

	/**
	 * Protects the next member
	 */
	mutex_t *mutex;

	/**
	 * TRUE if a run is scheduled
	 */
	bool scheduled;
};

/**
 * A session and what is known of its SAs
 */
struct tunnel_t {

	/**
	 * Session, not owned
	 */
	dmvpn_session_t *session;

	/**
	 * It has SAs of a former life
	 */
	bool inherited;

	/**
	 * The outbound SA in use is one of a former life
	 */
	bool stale;

	/**
	 * The outbound SA in use is ours, and has been for a while
	 */
	bool settled;

	/**
	 * The peer was just heard on an SA of a former life
	 */
	bool heard;
};

/**
 * Was an SA added by a former life? Those without an owner were not added by
 * charon.
 */
static bool is_inherited(private_dmvpn_takeover_t *this, dmvpn_sa_info_t *sa)
{
	return sa->owner && sa->owner != this->owner;
}

/**
 * Handles as keys
 */
static void *get_key(uint32_t handle)
{
	return (void*)(uintptr_t)handle;
}

/**
 * Put sessions into a table by their handles
 */
static hashtable_t *create_tunnels(linked_list_t *sessions)
{
	enumerator_t *enumerator;
	dmvpn_session_t *session;
	hashtable_t *tunnels;
	tunnel_t *tunnel;

	tunnels = hashtable_create(hashtable_hash_ptr, hashtable_equals_ptr,
							   sessions->get_count(sessions));
	enumerator = sessions->create_enumerator(sessions);
	while (enumerator->enumerate(enumerator, &session))
	{
		INIT(tunnel,
			.session = session,
		);
		free(tunnels->put(tunnels, get_key(session->handle), tunnel));
	}
	enumerator->destroy(enumerator);
	return tunnels;
}

/**
 * Destroy the table
 */
static void destroy_tunnels(hashtable_t *tunnels)
{
	enumerator_t *enumerator;
	tunnel_t *tunnel;

	enumerator = tunnels->create_enumerator(tunnels);
	while (enumerator->enumerate(enumerator, NULL, &tunnel))
	{
		free(tunnel);
	}
	enumerator->destroy(enumerator);
	tunnels->destroy(tunnels);
}

/**
 * Note what an SA means to its session
 */
static void note_sa(private_dmvpn_takeover_t *this, tunnel_t *tunnel,
					dmvpn_sa_info_t *sa)
{
	bool inherited = is_inherited(this, sa);

	tunnel->inherited |= inherited;
	tunnel->heard |= inherited && sa->id.inbound && sa->used &&
					 sa->idle < 1000 * SETTLE_TIME;
	if (!sa->id.inbound && sa->id.spi == tunnel->session->out_spi)
	{
		tunnel->stale = inherited;
		tunnel->settled = sa->owner == this->owner &&
						  sa->age >= 1000 * SETTLE_TIME;
	}
}

/**
 * Note what SAs mean to their sessions
 */
static void note_sas(private_dmvpn_takeover_t *this, hashtable_t *tunnels,
					 linked_list_t *sas)
{
	enumerator_t *enumerator;
	dmvpn_sa_info_t *sa;
	tunnel_t *tunnel;

	enumerator = sas->create_enumerator(sas);
	while (enumerator->enumerate(enumerator, &sa))
	{
		tunnel = tunnels->get(tunnels, get_key(sa->session));
		if (tunnel)
		{
			note_sa(this, tunnel, sa);
		}
	}
	enumerator->destroy(enumerator);
}

/**
 * Does a session not need the SAs of a former life anymore? While the peer has
 * heard nothing through the new ones it goes on with those.
 */
static bool is_done(tunnel_t *tunnel)
{
	return tunnel->settled && !tunnel->heard;
}

/**
 * Delete what a former life left of sessions that do not need it anymore
 */
static void delete_inherited(private_dmvpn_takeover_t *this,
							 hashtable_t *tunnels, linked_list_t *sas)
{
	enumerator_t *enumerator;
	dmvpn_sa_info_t *sa;
	tunnel_t *tunnel;

	enumerator = sas->create_enumerator(sas);
	while (enumerator->enumerate(enumerator, &sa))
	{
		tunnel = tunnels->get(tunnels, get_key(sa->session));
		if (tunnel && is_done(tunnel) && is_inherited(this, sa))
		{
			this->genl->del_sa(this->genl, &sa->id);
		}
	}
	enumerator->destroy(enumerator);
}

/**
 * Bring up what needs it.
 *
 * @return				number of sessions to look at again
 */
static u_int bring_up(private_dmvpn_takeover_t *this, hashtable_t *tunnels)
{
	enumerator_t *enumerator;
	dmvpn_session_t *session;
	tunnel_t *tunnel;
	u_int left = 0;

	enumerator = tunnels->create_enumerator(tunnels);
	while (enumerator->enumerate(enumerator, NULL, &tunnel))
	{
		session = tunnel->session;
		if (session->peers && session->state != DMVPN_SESSION_STATE_UP)
		{
			this->initiate->acquire(this->initiate, session, 0);
		}
		else if (tunnel->stale)
		{
			this->initiate->renew(this->initiate, session,
								  1 + random() % this->spread, 0);
		}
		if (tunnel->inherited && !is_done(tunnel))
		{
			left++;
		}
	}
	enumerator->destroy(enumerator);
	return left;
}

/**
 * Read the tables and act on them
 *
 * @return				number of sessions to look at again
 */
static u_int take_over(private_dmvpn_takeover_t *this)
{
	linked_list_t *sessions, *sas;
	hashtable_t *tunnels;
	u_int left = 0;

	sessions = this->genl->list_sessions(this->genl);
	sas = this->genl->list_sas(this->genl);
	if (sessions && sas)
	{
		tunnels = create_tunnels(sessions);
		note_sas(this, tunnels, sas);
		delete_inherited(this, tunnels, sas);
		left = bring_up(this, tunnels);
		destroy_tunnels(tunnels);
	}
	if (sessions)
	{
		sessions->destroy_function(sessions, (void*)dmvpn_session_destroy);
	}
	if (sas)
	{
		sas->destroy_function(sas, (void*)dmvpn_sa_info_destroy);
	}
	return left;
}

/* the job that the next function schedules calls it */
static void run(private_dmvpn_takeover_t *this);

CALLBACK(run_again, job_requeue_t,
	private_dmvpn_takeover_t *this)
{
	this->mutex->lock(this->mutex);
	this->scheduled = FALSE;
	this->mutex->unlock(this->mutex);
	run(this);
	return JOB_REQUEUE_NONE;
}

/**
 * Take over, and look again when the renewals should be done
 */
static void run(private_dmvpn_takeover_t *this)
{
	u_int left = take_over(this);
	bool schedule;

	if (!left)
	{
		return;
	}
	this->mutex->lock(this->mutex);
	schedule = !this->scheduled;
	this->scheduled = TRUE;
	this->mutex->unlock(this->mutex);
	if (schedule)
	{
		DBG1(DBG_CFG, "dmvpn: %u sessions have SAs of a charon that ended, "
			 "setting up new ones", left);
		lib->scheduler->schedule_job_ms(lib->scheduler,
				(job_t*)callback_job_create(run_again, this, NULL, NULL),
				this->spread + 1000 * SETTLE_TIME);
	}
}

METHOD(dmvpn_takeover_t, run_, void,
	private_dmvpn_takeover_t *this)
{
	run(this);
}

METHOD(dmvpn_takeover_t, destroy, void,
	private_dmvpn_takeover_t *this)
{
	this->mutex->destroy(this->mutex);
	free(this);
}

/**
 * Described in header
 */
dmvpn_takeover_t *dmvpn_takeover_create(dmvpn_genl_t *genl,
										dmvpn_initiate_t *initiate,
										uint32_t owner)
{
	private_dmvpn_takeover_t *this;

	INIT(this,
		.public = {
			.run = _run_,
			.destroy = _destroy,
		},
		.genl = genl,
		.initiate = initiate,
		.owner = owner,
		.spread = 1000 * max(1, lib->settings->get_time(lib->settings,
						"%s.plugins.dmvpn.renew_spread", RENEW_SPREAD,
						lib->ns)),
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
	);

	return &this->public;
}
