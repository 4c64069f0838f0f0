/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "dmvpn_types.h"

/**
 * Described in header
 */
dmvpn_session_t *dmvpn_session_clone(dmvpn_session_t *session)
{
	dmvpn_session_t *clone;

	clone = malloc_thing(dmvpn_session_t);
	*clone = *session;
	clone->local = session->local ? session->local->clone(session->local)
								  : NULL;
	clone->remote = session->remote ? session->remote->clone(session->remote)
									: NULL;
	clone->reason = strdupnull(session->reason);
	clone->profile = strdupnull(session->profile);
	clone->identity = strdupnull(session->identity);
	clone->local_identity = strdupnull(session->local_identity);
	clone->pfs = strdupnull(session->pfs);
	return clone;
}

/**
 * Described in header
 */
void dmvpn_session_clear(dmvpn_session_t *session)
{
	DESTROY_IF(session->local);
	DESTROY_IF(session->remote);
	free(session->reason);
	free(session->profile);
	free(session->identity);
	free(session->local_identity);
	free(session->pfs);
	memset(session, 0, sizeof(*session));
}

/**
 * Described in header
 */
void dmvpn_session_destroy(dmvpn_session_t *session)
{
	dmvpn_session_clear(session);
	free(session);
}

/**
 * Described in header
 */
void dmvpn_sa_info_clear(dmvpn_sa_info_t *info)
{
	DESTROY_IF(info->id.local);
	DESTROY_IF(info->id.remote);
	memset(info, 0, sizeof(*info));
}

/**
 * Described in header
 */
void dmvpn_sa_info_destroy(dmvpn_sa_info_t *info)
{
	dmvpn_sa_info_clear(info);
	free(info);
}
