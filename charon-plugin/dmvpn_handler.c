/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "compat.h"
#include "dmvpn_handler.h"

#include <collections/hashtable.h>
#include <processing/jobs/callback_job.h>

/**
 * Seconds between looks at an SA that nobody uses, from its soft limit on
 */
#define IDLE_INTERVAL 5

typedef struct private_dmvpn_handler_t private_dmvpn_handler_t;

/**
 * Private data of a dmvpn_handler_t object.
 */
struct private_dmvpn_handler_t {

	/**
	 * Public dmvpn_handler_t interface.
	 */
	dmvpn_handler_t public;

	/**
	 * Kernel
	 */
	dmvpn_genl_t *genl;

	/**
	 * SAs that charon has in the module
	 */
	dmvpn_sad_t *sad;

	/**
	 * Brings sessions up and down
	 */
	dmvpn_initiate_t *initiate;

	/**
	 * Reads the kernel's tables
	 */
	dmvpn_takeover_t *takeover;
};

/**
 * Get the destination of an SA, which names it to charon
 */
static host_t *get_dst(dmvpn_sa_id_t *sa)
{
	return sa->inbound ? sa->local : sa->remote;
}

METHOD(dmvpn_genl_handler_t, acquire, void,
	private_dmvpn_handler_t *this, dmvpn_session_t *session)
{
	DBG1(DBG_KNL, "dmvpn: the kernel wants a session from %H to %H",
		 session->local, session->remote);
	this->initiate->acquire(this->initiate, session, 0);
}

METHOD(dmvpn_genl_handler_t, session_gone, void,
	private_dmvpn_handler_t *this, dmvpn_session_t *session)
{
	this->initiate->close(this->initiate, session);
}

METHOD(dmvpn_genl_handler_t, sa_deleted, void,
	private_dmvpn_handler_t *this, dmvpn_sa_id_t *sa)
{
	dmvpn_sad_entry_t *entry;

	entry = this->sad->get(this->sad, sa->spi, get_dst(sa));
	if (!entry)
	{	/* we did it, or a former life had it */
		return;
	}
	if (!entry->expired)
	{
		DBG1(DBG_KNL, "dmvpn: SA %.8x with %H was deleted from outside, "
			 "closing its IKE_SA", ntohl(sa->spi), sa->remote);
		this->initiate->close_sa(this->initiate, sa);
	}
	dmvpn_sad_entry_destroy(entry);
}

/**
 * Is an SA one of this life of charon?
 */
static bool has_sa(private_dmvpn_handler_t *this, dmvpn_sa_id_t *sa)
{
	dmvpn_sad_entry_t *entry;

	entry = this->sad->get(this->sad, sa->spi, get_dst(sa));
	if (!entry)
	{
		return FALSE;
	}
	dmvpn_sad_entry_destroy(entry);
	return TRUE;
}

/**
 * Is there a peer that uses the session of an SA?
 */
static bool has_peers(private_dmvpn_handler_t *this, dmvpn_sa_info_t *sa)
{
	dmvpn_session_t session;
	bool found = TRUE;

	if (this->genl->get_session(this->genl, sa->session,
								&session) == SUCCESS)
	{
		found = session.peers != 0;
		dmvpn_session_clear(&session);
	}
	return found;
}

/**
 * Have charon renew an SA if there is a peer that uses it
 *
 * @return				FALSE if there is none
 */
static bool renew(private_dmvpn_handler_t *this, dmvpn_sa_info_t *sa)
{
	if (!has_peers(this, sa))
	{
		return FALSE;
	}
	charon->kernel->expire(charon->kernel, IPPROTO_ESP, sa->id.spi,
						   get_dst(&sa->id), FALSE);
	return TRUE;
}

/**
 * An SA that nobody uses
 */
typedef struct {
	private_dmvpn_handler_t *this;
	dmvpn_sa_info_t sa;
} idle_t;

/**
 * Nobody has to look at an SA any more
 */
static void idle_destroy(idle_t *idle)
{
	dmvpn_sa_info_clear(&idle->sa);
	free(idle);
}

CALLBACK(look_again, job_requeue_t,
	idle_t *idle)
{
	if (has_sa(idle->this, &idle->sa.id) && !renew(idle->this, &idle->sa))
	{
		return JOB_RESCHEDULE(IDLE_INTERVAL);
	}
	return JOB_REQUEUE_NONE;
}

/**
 * Renew an SA as soon as a peer uses it, if that is before its end: later it
 * would have to wait for the next SA
 */
static void renew_when_used(private_dmvpn_handler_t *this, dmvpn_sa_info_t *sa)
{
	idle_t *idle;

	DBG2(DBG_KNL, "dmvpn: nobody uses SA %.8x with %H, it is not renewed",
		 ntohl(sa->id.spi), sa->id.remote);
	INIT(idle,
		.this = this,
		.sa = *sa,
	);
	idle->sa.id.local = sa->id.local->clone(sa->id.local);
	idle->sa.id.remote = sa->id.remote->clone(sa->id.remote);
	lib->scheduler->schedule_job(lib->scheduler,
			(job_t*)callback_job_create(look_again, idle,
										(void*)idle_destroy, NULL),
			IDLE_INTERVAL);
}

METHOD(dmvpn_genl_handler_t, sa_expired, void,
	private_dmvpn_handler_t *this, dmvpn_sa_info_t *sa, bool hard)
{
	host_t *dst = get_dst(&sa->id);

	if (!has_sa(this, &sa->id))
	{	/* takeover replaces what a former life had */
		return;
	}
	if (hard)
	{
		this->sad->expire(this->sad, sa->id.spi, dst);
		charon->kernel->expire(charon->kernel, IPPROTO_ESP, sa->id.spi, dst,
							   TRUE);
	}
	else if (!renew(this, sa) && this->sad->idle(this->sad, sa->id.spi, dst))
	{
		renew_when_used(this, sa);
	}
}

METHOD(dmvpn_genl_handler_t, sa_moved, void,
	private_dmvpn_handler_t *this, dmvpn_sa_id_t *sa, host_t *remote)
{
	charon->kernel->mapping(charon->kernel, IPPROTO_ESP, sa->spi, get_dst(sa),
							remote);
}

/**
 * Renew SAs whose soft limit we may not have been told of. To be told twice
 * does no harm: charon rekeys what is not being rekeyed.
 */
static void renew_expired(private_dmvpn_handler_t *this, linked_list_t *sas)
{
	enumerator_t *enumerator;
	dmvpn_sa_info_t *sa;

	enumerator = sas->create_enumerator(sas);
	while (enumerator->enumerate(enumerator, &sa))
	{
		if (sa->soft)
		{
			sa_expired(this, sa, FALSE);
		}
	}
	enumerator->destroy(enumerator);
}

/**
 * SPIs as keys
 */
static void *get_key(uint32_t spi)
{
	return (void*)(uintptr_t)spi;
}

/**
 * Put SAs into a table by their SPIs. These do not change if an SA moves, as
 * it may just now; and two that are the same are hardly ever there.
 */
static hashtable_t *create_table(linked_list_t *sas)
{
	enumerator_t *enumerator;
	hashtable_t *table;
	dmvpn_sa_info_t *sa;

	table = hashtable_create(hashtable_hash_ptr, hashtable_equals_ptr,
							 sas->get_count(sas));
	enumerator = sas->create_enumerator(sas);
	while (enumerator->enumerate(enumerator, &sa))
	{
		table->put(table, get_key(sa->id.spi), sa);
	}
	enumerator->destroy(enumerator);
	return table;
}

/**
 * Is there an SA in the kernel?
 */
static bool is_in_kernel(private_dmvpn_handler_t *this, dmvpn_sa_id_t *sa)
{
	dmvpn_sa_info_t info;
	status_t status;

	status = this->genl->get_sa(this->genl, sa, &info);
	if (status == SUCCESS)
	{
		dmvpn_sa_info_clear(&info);
	}
	return status != NOT_FOUND;
}

/**
 * An SA that was not in the table may have ended and nobody told. Its IKE_SA
 * stays: it may be an old one that was replaced.
 */
static void end_vanished(private_dmvpn_handler_t *this, dmvpn_sa_id_t *sa)
{
	host_t *dst = get_dst(sa);

	/* not if we deleted it meanwhile */
	if (!is_in_kernel(this, sa) && this->sad->expire(this->sad, sa->spi, dst))
	{
		DBG1(DBG_KNL, "dmvpn: SA %.8x with %H is not in the kernel anymore",
			 ntohl(sa->spi), sa->remote);
		charon->kernel->expire(charon->kernel, IPPROTO_ESP, sa->spi, dst,
							   TRUE);
	}
}

/**
 * Close CHILD_SAs whose SAs ended without that we may have been told
 *
 * @param known			those that charon had before the table was read
 */
static void close_vanished(private_dmvpn_handler_t *this,
						   linked_list_t *known, linked_list_t *sas)
{
	enumerator_t *enumerator;
	dmvpn_sad_entry_t *entry;
	hashtable_t *table = create_table(sas);

	enumerator = known->create_enumerator(known);
	while (enumerator->enumerate(enumerator, &entry))
	{
		if (!entry->expired && !table->get(table, get_key(entry->id.spi)))
		{
			end_vanished(this, &entry->id);
		}
	}
	enumerator->destroy(enumerator);
	table->destroy(table);
}

METHOD(dmvpn_genl_handler_t, resync, void,
	private_dmvpn_handler_t *this)
{
	linked_list_t *known, *sas;

	known = this->sad->list(this->sad);
	sas = this->genl->list_sas(this->genl);
	if (sas)
	{
		renew_expired(this, sas);
		close_vanished(this, known, sas);
		sas->destroy_function(sas, (void*)dmvpn_sa_info_destroy);
	}
	known->destroy_function(known, (void*)dmvpn_sad_entry_destroy);
	this->takeover->run(this->takeover);
}

METHOD(dmvpn_handler_t, destroy, void,
	private_dmvpn_handler_t *this)
{
	free(this);
}

/**
 * Described in header
 */
dmvpn_handler_t *dmvpn_handler_create(dmvpn_genl_t *genl, dmvpn_sad_t *sad,
									  dmvpn_initiate_t *initiate,
									  dmvpn_takeover_t *takeover)
{
	private_dmvpn_handler_t *this;

	INIT(this,
		.public = {
			.interface = {
				.acquire = _acquire,
				.session_gone = _session_gone,
				.sa_deleted = _sa_deleted,
				.sa_expired = _sa_expired,
				.sa_moved = _sa_moved,
				.resync = _resync,
			},
			.destroy = _destroy,
		},
		.genl = genl,
		.sad = sad,
		.initiate = initiate,
		.takeover = takeover,
	);

	return &this->public;
}
