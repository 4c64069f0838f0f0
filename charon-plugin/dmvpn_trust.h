/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup dmvpn_trust dmvpn_trust
 * @{ @ingroup dmvpn
 *
 * What an SA needs to get into the module, whatever charon says of it.
 *
 * IKE takes a peer's address from where its messages come from, also after the
 * exchange that showed that it receives them there. So a peer can have its
 * IKE_SA moved to another one's address. Hence the module is told with each SA
 * who the peer is, and takes none in a session that has SAs of somebody else.
 */

#ifndef DMVPN_TRUST_H_
#define DMVPN_TRUST_H_

#include "dmvpn_genl.h"

#include <sa/ike_sa.h>

/**
 * Name of an identity, as the kernel is told of it. One that cannot be printed
 * has a fingerprint behind it, as others would look the same.
 *
 * @param id		identity, or NULL
 * @return			allocated name, or NULL
 */
char *dmvpn_trust_name(identification_t *id);

/**
 * May a peer have an SA? It has to be authenticated, by a connection for the
 * device that our address is of.
 *
 * @param genl		kernel
 * @param ike_sa	IKE_SA with the peer
 * @param sa		the SA
 * @return			FALSE if not so, which is logged
 */
bool dmvpn_trust_may_have(dmvpn_genl_t *genl, ike_sa_t *ike_sa,
						  dmvpn_sa_t *sa);

/**
 * May SAs of an IKE_SA have an address of ours?
 *
 * @param genl		kernel
 * @param ike_sa	IKE_SA with the peer
 * @param local		address of ours
 * @return			FALSE if not so, which is logged
 */
bool dmvpn_trust_may_be_at(dmvpn_genl_t *genl, ike_sa_t *ike_sa,
						   host_t *local);

#endif /** DMVPN_TRUST_H_ @}*/
