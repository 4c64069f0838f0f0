/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "compat.h"
#include "dmvpn_handler.h"

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

METHOD(dmvpn_genl_handler_t, sa_expired, void,
	private_dmvpn_handler_t *this, dmvpn_sa_info_t *sa, bool hard)
{
	host_t *dst = get_dst(&sa->id);
	dmvpn_sad_entry_t *entry;

	entry = this->sad->get(this->sad, sa->id.spi, dst);
	if (!entry)
	{	/* takeover replaces what a former life had */
		return;
	}
	dmvpn_sad_entry_destroy(entry);
	if (hard)
	{
		this->sad->expire(this->sad, sa->id.spi, dst);
	}
	else if (!has_peers(this, sa))
	{
		DBG2(DBG_KNL, "dmvpn: nobody uses SA %.8x with %H, it is not renewed",
			 ntohl(sa->id.spi), sa->id.remote);
		return;
	}
	charon->kernel->expire(charon->kernel, IPPROTO_ESP, sa->id.spi, dst,
						   hard);
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
static void renew_expired(private_dmvpn_handler_t *this)
{
	enumerator_t *enumerator;
	dmvpn_sa_info_t *sa;
	linked_list_t *sas;

	sas = this->genl->list_sas(this->genl);
	if (!sas)
	{
		return;
	}
	enumerator = sas->create_enumerator(sas);
	while (enumerator->enumerate(enumerator, &sa))
	{
		if (sa->soft)
		{
			sa_expired(this, sa, FALSE);
		}
	}
	enumerator->destroy(enumerator);
	sas->destroy_function(sas, (void*)dmvpn_sa_info_destroy);
}

METHOD(dmvpn_genl_handler_t, resync, void,
	private_dmvpn_handler_t *this)
{
	renew_expired(this);
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
