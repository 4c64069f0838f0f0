/* SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE
#include <stdio.h>

#include "compat.h"
#include "dmvpn_trust.h"
#include "dmvpn_template.h"

/**
 * Did the peer prove who it is before it gets an SA? charon is to see to
 * that, but an SA for an unauthenticated peer would open the cloud to it.
 */
static bool is_authenticated(ike_sa_t *ike_sa)
{
	switch (ike_sa->get_state(ike_sa))
	{
		case IKE_CREATED:
			return FALSE;
		case IKE_CONNECTING:
			return ike_sa->get_version(ike_sa) == IKEV2 &&
				   ike_sa->has_condition(ike_sa, COND_AUTHENTICATED);
		default:
			return TRUE;
	}
}

/**
 * SHA-1 of an identity in hex, NULL if there is none to be had. What IKE does
 * itself is there.
 */
static char *get_fingerprint(identification_t *id)
{
	hasher_t *hasher;
	chunk_t hash;
	char *hex = NULL;

	hasher = lib->crypto->create_hasher(lib->crypto, HASH_SHA1);
	if (hasher &&
		hasher->allocate_hash(hasher, id->get_encoding(id), &hash))
	{
		hex = chunk_to_hex(hash, NULL, FALSE).ptr;
		chunk_free(&hash);
	}
	DESTROY_IF(hasher);
	return hex;
}

/**
 * Described in header
 */
char *dmvpn_trust_name(identification_t *id)
{
	char *name, *unique, *fingerprint;

	if (!id || asprintf(&name, "%Y", id) < 0)
	{
		return NULL;
	}
	if (!strchr(name, '?'))
	{
		return name;
	}
	/* what cannot be printed is shown so, whatever it is */
	fingerprint = get_fingerprint(id);
	if (fingerprint && asprintf(&unique, "%s #%s", name, fingerprint) >= 0)
	{
		free(name);
		name = unique;
	}
	free(fingerprint);
	return name;
}

/**
 * Described in header
 */
bool dmvpn_trust_may_have(dmvpn_genl_t *genl, ike_sa_t *ike_sa, dmvpn_sa_t *sa)
{
	if (!is_authenticated(ike_sa))
	{
		DBG1(DBG_KNL, "dmvpn: no SA for a peer that is not authenticated");
		return FALSE;
	}
	return dmvpn_trust_may_be_at(genl, ike_sa, sa->id.local);
}

/**
 * Described in header
 */
bool dmvpn_trust_may_be_at(dmvpn_genl_t *genl, ike_sa_t *ike_sa,
						   host_t *local)
{
	if (!ike_sa || dmvpn_template_serves(genl, ike_sa, local))
	{
		return TRUE;
	}
	DBG1(DBG_KNL, "dmvpn: connection %s does not let in to the device that "
		 "has %H, set local_addrs of connections for several devices",
		 ike_sa->get_name(ike_sa), local);
	return FALSE;
}
