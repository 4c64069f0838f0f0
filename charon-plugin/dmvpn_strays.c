/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "compat.h"
#include "dmvpn_strays.h"
#include "dmvpn_template.h"
#include "dmvpn_use.h"

#include <encoding/payloads/delete_payload.h>
#include <processing/jobs/callback_job.h>

typedef struct stray_t stray_t;

/**
 * A CHILD_SA to look for
 */
struct stray_t {

	/**
	 * Kernel
	 */
	dmvpn_genl_t *genl;

	/**
	 * All IKE_SAs
	 */
	dmvpn_index_t *index;

	/**
	 * Unique ID of the IKE_SA that it is not in
	 */
	uint32_t ike_id;

	/**
	 * SPI of its outbound SA
	 */
	uint32_t spi;

	/**
	 * Our address
	 */
	host_t *local;

	/**
	 * Identities of us and of the peer
	 */
	identification_t *me, *peer;
};

/**
 * Free a stray
 */
static void stray_destroy(stray_t *stray)
{
	stray->local->destroy(stray->local);
	stray->me->destroy(stray->me);
	stray->peer->destroy(stray->peer);
	free(stray);
}

/**
 * Is that an IKE_SA between those who had the CHILD_SA, and one of ours?
 */
static bool may_have(stray_t *stray, ike_sa_t *ike_sa)
{
	identification_t *me = ike_sa->get_my_id(ike_sa);
	identification_t *peer = ike_sa->get_other_id(ike_sa);

	return ike_sa->get_version(ike_sa) == IKEV1 &&
		   stray->local->ip_equals(stray->local,
								   ike_sa->get_my_host(ike_sa)) &&
		   me->equals(me, stray->me) && peer->equals(peer, stray->peer) &&
		   dmvpn_template_owns(stray->genl, ike_sa);
}

/**
 * Close a stray if it is in an IKE_SA, and give that back
 *
 * @return				TRUE if it was there
 */
static bool close_in(stray_t *stray, ike_sa_t *ike_sa)
{
	uint32_t inbound = 0;

	if (may_have(stray, ike_sa))
	{
		inbound = dmvpn_use_find_pair(ike_sa, stray->spi);
	}
	if (inbound)
	{
		DBG1(DBG_IKE, "dmvpn: the peer closed a CHILD_SA with SPI %.8x in "
			 "another IKE_SA", ntohl(stray->spi));
		if (ike_sa->delete_child_sa(ike_sa, PROTO_ESP, inbound,
									FALSE) == DESTROY_ME)
		{
			charon->ike_sa_manager->checkin_and_destroy(charon->ike_sa_manager,
														ike_sa);
			return TRUE;
		}
	}
	charon->ike_sa_manager->checkin(charon->ike_sa_manager, ike_sa);
	return inbound != 0;
}

CALLBACK(find, job_requeue_t,
	stray_t *stray)
{
	bool found = FALSE;
	ike_sa_t *ike_sa;
	array_t *others;
	uint32_t id;

	others = stray->index->find_others(stray->index, stray->ike_id);
	while (!found && array_remove(others, ARRAY_HEAD, &id))
	{
		ike_sa = stray->index->checkout(stray->index, id);
		found = ike_sa && close_in(stray, ike_sa);
	}
	array_destroy(others);
	return JOB_REQUEUE_NONE;
}

/**
 * Have a CHILD_SA looked for in the other IKE_SAs
 */
static void look_for(dmvpn_genl_t *genl, dmvpn_index_t *index,
					 ike_sa_t *ike_sa, uint32_t spi)
{
	host_t *local = ike_sa->get_my_host(ike_sa);
	identification_t *me = ike_sa->get_my_id(ike_sa);
	identification_t *peer = ike_sa->get_other_id(ike_sa);
	stray_t *stray;

	INIT(stray,
		.genl = genl,
		.index = index,
		.ike_id = ike_sa->get_unique_id(ike_sa),
		.spi = spi,
		.local = local->clone(local),
		.me = me->clone(me),
		.peer = peer->clone(peer),
	);
	lib->processor->queue_job(lib->processor,
			(job_t*)callback_job_create_with_prio(find, stray,
							(void*)stray_destroy, NULL, JOB_PRIO_HIGH));
}

/**
 * Look at the CHILD_SAs that a payload closes
 */
static void close_all(dmvpn_genl_t *genl, dmvpn_index_t *index,
					  ike_sa_t *ike_sa, delete_payload_t *payload)
{
	enumerator_t *enumerator;
	uint32_t spi;

	enumerator = payload->create_spi_enumerator(payload);
	while (enumerator->enumerate(enumerator, &spi))
	{
		if (!dmvpn_use_find_pair(ike_sa, spi))
		{
			look_for(genl, index, ike_sa, spi);
		}
	}
	enumerator->destroy(enumerator);
}

/**
 * Described in header
 */
void dmvpn_strays_close(dmvpn_genl_t *genl, dmvpn_index_t *index,
						ike_sa_t *ike_sa, message_t *message)
{
	delete_payload_t *closed;
	enumerator_t *enumerator;
	payload_t *payload;

	enumerator = message->create_payload_enumerator(message);
	while (enumerator->enumerate(enumerator, &payload))
	{
		closed = (delete_payload_t*)payload;
		if (payload->get_type(payload) == PLV1_DELETE &&
			closed->get_protocol_id(closed) == PROTO_ESP)
		{
			close_all(genl, index, ike_sa, closed);
		}
	}
	enumerator->destroy(enumerator);
}
