/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "compat.h"
#include "dmvpn_use.h"

/**
 * Described in header
 */
bool dmvpn_use_connects(ike_sa_t *ike_sa, dmvpn_session_t *session)
{
	host_t *local, *remote;
	uint16_t port;

	local = ike_sa->get_my_host(ike_sa);
	remote = ike_sa->get_other_host(ike_sa);
	port = session->remote->get_port(session->remote);
	return session->remote->ip_equals(session->remote, remote) &&
		   session->local->ip_equals(session->local, local) &&
		   (!port || port == remote->get_port(remote));
}

/**
 * Is the outbound SA of a CHILD_SA in the kernel?
 */
static bool has_sa(dmvpn_genl_t *genl, ike_sa_t *ike_sa, child_sa_t *child)
{
	dmvpn_sa_id_t id = {
		.spi = child->get_spi(child, FALSE),
		.local = ike_sa->get_my_host(ike_sa),
		.remote = ike_sa->get_other_host(ike_sa),
	};
	dmvpn_sa_info_t info;

	if (!id.spi || genl->get_sa(genl, &id, &info) != SUCCESS)
	{
		return FALSE;
	}
	dmvpn_sa_info_clear(&info);
	return TRUE;
}

/**
 * What is the state of the CHILD_SAs of an established IKE_SA?
 */
static dmvpn_use_t get_child_use(dmvpn_genl_t *genl, ike_sa_t *ike_sa)
{
	enumerator_t *enumerator;
	child_sa_t *child;
	dmvpn_use_t use = DMVPN_USE_CHILDLESS;

	enumerator = ike_sa->create_child_sa_enumerator(ike_sa);
	while (use != DMVPN_USE_PENDING && use != DMVPN_USE_COMPLETE &&
		   enumerator->enumerate(enumerator, &child))
	{
		switch (child->get_state(child))
		{
			case CHILD_CREATED:
			case CHILD_INSTALLING:
				use = DMVPN_USE_PENDING;
				break;
			case CHILD_INSTALLED:
			case CHILD_REKEYING:
			case CHILD_REKEYED:
			case CHILD_UPDATING:
				use = has_sa(genl, ike_sa, child) ? DMVPN_USE_COMPLETE
												  : DMVPN_USE_STALE;
				break;
			default:
				break;
		}
	}
	enumerator->destroy(enumerator);
	return use;
}

/**
 * What does an IKE_SA with the peer mean to a new attempt?
 */
static dmvpn_use_t get_use(dmvpn_genl_t *genl, ike_sa_t *ike_sa)
{
	switch (ike_sa->get_state(ike_sa))
	{
		case IKE_CREATED:
		case IKE_CONNECTING:
			return DMVPN_USE_PENDING;
		case IKE_ESTABLISHED:
		case IKE_REKEYING:
			return get_child_use(genl, ike_sa);
		default:
			return DMVPN_USE_NOT;
	}
}

/**
 * Note what an IKE_SA means to a session, if it is one of its template's
 */
static void note_use(dmvpn_genl_t *genl, ike_sa_t *ike_sa,
					 dmvpn_session_t *session, uint32_t ids[DMVPN_USE_MAX])
{
	if (streq(ike_sa->get_name(ike_sa), session->profile) &&
		dmvpn_use_connects(ike_sa, session))
	{
		ids[get_use(genl, ike_sa)] = ike_sa->get_unique_id(ike_sa);
	}
}

/**
 * Described in header
 */
void dmvpn_use_find(dmvpn_genl_t *genl, dmvpn_index_t *index,
					dmvpn_session_t *session, uint32_t ids[DMVPN_USE_MAX])
{
	ike_sa_t *ike_sa;
	array_t *found;
	uint32_t id;

	memset(ids, 0, DMVPN_USE_MAX * sizeof(uint32_t));
	found = index->find(index, session->remote);
	while (!ids[DMVPN_USE_COMPLETE] && array_remove(found, ARRAY_HEAD, &id))
	{
		ike_sa = index->checkout(index, id);
		if (ike_sa)
		{
			note_use(genl, ike_sa, session, ids);
			charon->ike_sa_manager->checkin(charon->ike_sa_manager, ike_sa);
		}
	}
	array_destroy(found);
}
