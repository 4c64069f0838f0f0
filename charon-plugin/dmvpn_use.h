/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup dmvpn_use dmvpn_use
 * @{ @ingroup dmvpn
 *
 * What the IKE_SAs with a peer mean to a new attempt to bring a session up.
 */

#ifndef DMVPN_USE_H_
#define DMVPN_USE_H_

#include "dmvpn_genl.h"
#include "dmvpn_index.h"

typedef enum dmvpn_use_t dmvpn_use_t;

/**
 * What an IKE_SA with the peer means.
 */
enum dmvpn_use_t {
	/** nothing */
	DMVPN_USE_NOT,
	/** it is on its way */
	DMVPN_USE_PENDING,
	/** it has a CHILD_SA, and the kernel too */
	DMVPN_USE_COMPLETE,
	/** it needs a CHILD_SA */
	DMVPN_USE_CHILDLESS,
	/** it has CHILD_SAs that the kernel does not have, or not there */
	DMVPN_USE_STALE,
	DMVPN_USE_MAX,
};

/**
 * Get one of an IKE_SA's ends as a session has it.
 *
 * @param ike_sa	IKE_SA
 * @param host		one of its hosts
 * @return			endpoint, with its port only if ESP goes in UDP
 */
host_t *dmvpn_use_endpoint(ike_sa_t *ike_sa, host_t *host);

/**
 * Find the inbound SPI of the CHILD_SA that has an outbound SPI.
 *
 * @param ike_sa	IKE_SA
 * @param spi		outbound SPI
 * @return			0 if the CHILD_SA cannot be found in its IKE_SA (yet)
 */
uint32_t dmvpn_use_find_pair(ike_sa_t *ike_sa, uint32_t spi);

/**
 * Does an IKE_SA connect the endpoints of a session?
 *
 * @param ike_sa	IKE_SA
 * @param session	session
 * @return			TRUE if so
 */
bool dmvpn_use_connects(ike_sa_t *ike_sa, dmvpn_session_t *session);

/**
 * Search for IKE_SAs with the peer of a session. No IKE_SA is held meanwhile.
 *
 * @param genl		kernel
 * @param index		all IKE_SAs
 * @param session	session
 * @param ids		gets unique IDs by their use, 0 where there is none
 */
void dmvpn_use_find(dmvpn_genl_t *genl, dmvpn_index_t *index,
					dmvpn_session_t *session, uint32_t ids[DMVPN_USE_MAX]);

#endif /** DMVPN_USE_H_ @}*/
