/* SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE
#include <stdio.h>

#include "compat.h"
#include "dmvpn_holder.h"

/**
 * Described in header
 */
char *dmvpn_holder_name(identification_t *id)
{
	char *name;

	if (!id || asprintf(&name, "%Y", id) < 0)
	{
		return NULL;
	}
	return name;
}

/**
 * Has an IKE_SA a CHILD_SA with that outbound SPI?
 */
static bool has_child(ike_sa_t *ike_sa, uint32_t spi)
{
	enumerator_t *enumerator;
	child_sa_t *child;
	bool found = FALSE;

	enumerator = ike_sa->create_child_sa_enumerator(ike_sa);
	while (!found && enumerator->enumerate(enumerator, &child))
	{
		found = child->get_spi(child, FALSE) == spi;
	}
	enumerator->destroy(enumerator);
	return found;
}

/**
 * Is a session in use, and not by that peer?
 */
static bool is_held(dmvpn_session_t *session, ike_sa_t *ike_sa,
					const char *peer)
{
	/* who had it before may have left a name */
	return session->out_spi && session->identity &&
		   !strneq(session->identity, peer, DMVPN_IDENTITY_MAX) &&
		   !has_child(ike_sa, session->out_spi);
}

/**
 * Described in header
 */
bool dmvpn_holder_is_another(dmvpn_genl_t *genl, ike_sa_t *ike_sa,
							 host_t *local, host_t *remote)
{
	dmvpn_session_t id = { .local = local, .remote = remote, }, session;
	char *peer;
	bool held;

	if (genl->get_session(genl, &id, &session) != SUCCESS)
	{
		return FALSE;
	}
	peer = dmvpn_holder_name(ike_sa->get_other_id(ike_sa));
	held = is_held(&session, ike_sa, peer);
	if (held)
	{
		DBG1(DBG_KNL, "dmvpn: the session with %H is in use by '%s', '%s' "
			 "does not get it", remote, session.identity, peer ?: "");
	}
	free(peer);
	dmvpn_session_clear(&session);
	return held;
}
