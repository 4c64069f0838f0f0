/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "compat.h"
#include "dmvpn_use.h"

/**
 * Described in header
 */
host_t *dmvpn_use_endpoint(ike_sa_t *ike_sa, host_t *host)
{
	host = host->clone(host);
	if (!ike_sa->has_condition(ike_sa, COND_NAT_ANY))
	{
		host->set_port(host, 0);
	}
	return host;
}

/**
 * Described in header
 */
uint32_t dmvpn_use_find_pair(ike_sa_t *ike_sa, uint32_t spi)
{
	enumerator_t *enumerator;
	child_sa_t *child;
	uint32_t inbound = 0;

	enumerator = ike_sa->create_child_sa_enumerator(ike_sa);
	while (!inbound && enumerator->enumerate(enumerator, &child))
	{
		if (child->get_spi(child, FALSE) == spi)
		{
			inbound = child->get_spi(child, TRUE);
		}
	}
	enumerator->destroy(enumerator);
	return inbound;
}

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
 * What do the SAs of a CHILD_SA mean to a session?
 */
static dmvpn_use_t get_sa_use(dmvpn_genl_t *genl, ike_sa_t *ike_sa,
							  child_sa_t *child, dmvpn_session_t *session)
{
	dmvpn_sa_id_t id = {
		.spi = child->get_spi(child, FALSE),
		.local = ike_sa->get_my_host(ike_sa),
		.remote = ike_sa->get_other_host(ike_sa),
	};
	dmvpn_sa_info_t info;
	bool there;

	if (!id.spi || genl->get_sa(genl, &id, &info) != SUCCESS)
	{
		return DMVPN_USE_STALE;
	}
	there = info.id.local->ip_equals(info.id.local, session->local) &&
			info.id.remote->ip_equals(info.id.remote, session->remote);
	dmvpn_sa_info_clear(&info);
	if (there)
	{
		return DMVPN_USE_COMPLETE;
	}
	/* MOBIKE moved the IKE_SA, but a session was there already, and SAs do not
	 * go from one to another: charon rekeys, which since 6.0.2 fails, as it
	 * proposes the old addresses */
	return child->get_state(child) == CHILD_REKEYING ? DMVPN_USE_PENDING
													 : DMVPN_USE_STALE;
}

/**
 * What is the state of the CHILD_SAs of an established IKE_SA?
 */
static dmvpn_use_t get_child_use(dmvpn_genl_t *genl, ike_sa_t *ike_sa,
								 dmvpn_session_t *session)
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
				use = get_sa_use(genl, ike_sa, child, session);
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
static dmvpn_use_t get_use(dmvpn_genl_t *genl, ike_sa_t *ike_sa,
						   dmvpn_session_t *session)
{
	switch (ike_sa->get_state(ike_sa))
	{
		case IKE_CREATED:
		case IKE_CONNECTING:
			return DMVPN_USE_PENDING;
		case IKE_ESTABLISHED:
		case IKE_REKEYING:
			return get_child_use(genl, ike_sa, session);
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
		ids[get_use(genl, ike_sa, session)] = ike_sa->get_unique_id(ike_sa);
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
