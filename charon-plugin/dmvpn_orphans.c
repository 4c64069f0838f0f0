/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "compat.h"
#include "dmvpn_orphans.h"

#include <processing/jobs/callback_job.h>

/**
 * Seconds without a packet after which a peer does not use an SA
 */
#define SILENCE 20

/**
 * Seconds between looks at an orphan
 */
#define WATCH_INTERVAL 5

/**
 * Seconds since the last packet within which a peer still uses an SA
 */
#define HEARD 2

/**
 * Did a packet pass through an SA within some seconds?
 *
 * @param handle		gets its session if so, or NULL
 */
static bool is_used(dmvpn_genl_t *genl, dmvpn_sa_id_t *id, uint32_t seconds,
					uint32_t *handle)
{
	dmvpn_sa_info_t info;
	bool used;

	if (!id->spi || genl->get_sa(genl, id, &info) != SUCCESS)
	{
		return FALSE;
	}
	used = info.used && info.idle < 1000 * seconds;
	if (handle)
	{
		*handle = info.session;
	}
	dmvpn_sa_info_clear(&info);
	return used;
}

/**
 * Described in header
 */
bool dmvpn_orphans_is_used(dmvpn_genl_t *genl, ike_sa_t *ike_sa,
						   child_sa_t *child, bool inbound, uint32_t seconds)
{
	dmvpn_sa_id_t id = {
		.spi = child->get_spi(child, inbound),
		.inbound = inbound,
		.local = ike_sa->get_my_host(ike_sa),
		.remote = ike_sa->get_other_host(ike_sa),
	};

	return is_used(genl, &id, seconds, NULL);
}

/**
 * Described in header
 */
void dmvpn_orphans_mark(dmvpn_sad_t *sad, ike_sa_t *ike_sa)
{
	enumerator_t *enumerator;
	child_sa_t *child;

	enumerator = ike_sa->create_child_sa_enumerator(ike_sa);
	while (enumerator->enumerate(enumerator, &child))
	{
		sad->orphan(sad, child->get_spi(child, TRUE),
					ike_sa->get_my_host(ike_sa));
	}
	enumerator->destroy(enumerator);
}

/**
 * May the peer send through an inbound SA? It did not long ago, or has just got
 * it: with IKEv1 charon closes an IKE_SA some time after its rekeying, even if
 * the peer has just made a CHILD_SA in it.
 */
static bool is_wanted(dmvpn_genl_t *genl, dmvpn_sa_id_t *id)
{
	dmvpn_sa_info_t info;
	uint64_t since;

	if (genl->get_sa(genl, id, &info) != SUCCESS)
	{
		return FALSE;
	}
	since = info.used ? info.idle : info.age;
	dmvpn_sa_info_clear(&info);
	return since < 1000 * SILENCE;
}

/**
 * An orphan to look at
 */
typedef struct {
	dmvpn_genl_t *genl;
	dmvpn_sad_entry_t *entry;
} watched_t;

/**
 * Delete an orphan. This is the clean-up of the job, so that it is done when
 * charon stops, too.
 */
static void watched_destroy(watched_t *watched)
{
	watched->genl->del_sa(watched->genl, &watched->entry->id);
	dmvpn_sad_entry_destroy(watched->entry);
	free(watched);
}

CALLBACK(watch, job_requeue_t,
	watched_t *watched)
{
	if (is_used(watched->genl, &watched->entry->id, SILENCE, NULL))
	{
		return JOB_RESCHEDULE(WATCH_INTERVAL);
	}
	return JOB_REQUEUE_NONE;
}

/**
 * Do we send to a peer?
 */
static bool is_up(dmvpn_genl_t *genl, uint32_t handle)
{
	dmvpn_session_t session;
	bool up;

	if (genl->get_session(genl, handle, &session) != SUCCESS)
	{
		return FALSE;
	}
	up = session.out_spi != 0;
	dmvpn_session_clear(&session);
	return up;
}

CALLBACK(watch_closed, job_requeue_t,
	watched_t *watched)
{
	uint32_t handle;

	if (is_used(watched->genl, &watched->entry->id, SILENCE, &handle) &&
		is_up(watched->genl, handle))
	{
		return JOB_RESCHEDULE(WATCH_INTERVAL);
	}
	return JOB_REQUEUE_NONE;
}

/**
 * Have an orphan looked at
 *
 * @param look			it is deleted unless this reschedules
 */
static void keep(dmvpn_genl_t *genl, dmvpn_sad_entry_t *entry,
				 callback_job_cb_t look)
{
	watched_t *watched;

	INIT(watched,
		.genl = genl,
		.entry = entry,
	);
	lib->scheduler->schedule_job(lib->scheduler,
			(job_t*)callback_job_create_with_prio(look, watched,
							(void*)watched_destroy, NULL, JOB_PRIO_HIGH),
			WATCH_INTERVAL);
}

/**
 * Described in header
 */
bool dmvpn_orphans_watch(dmvpn_genl_t *genl, dmvpn_sad_entry_t *entry)
{
	if (!is_wanted(genl, &entry->id))
	{
		return FALSE;
	}
	DBG1(DBG_KNL, "dmvpn: SA %.8x with %H stays while the peer uses it",
		 ntohl(entry->id.spi), entry->id.remote);
	keep(genl, entry, watch);
	return TRUE;
}

/**
 * Described in header
 */
bool dmvpn_orphans_linger(dmvpn_genl_t *genl, dmvpn_sad_entry_t *entry)
{
	if (!is_used(genl, &entry->id, HEARD, NULL))
	{
		return FALSE;
	}
	DBG2(DBG_KNL, "dmvpn: SA %.8x with %H stays while the peer uses it and "
		 "has another one", ntohl(entry->id.spi), entry->id.remote);
	genl->retire_sa(genl, &entry->id);
	keep(genl, entry, watch_closed);
	return TRUE;
}
