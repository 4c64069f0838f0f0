/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup dmvpn_rivals dmvpn_rivals
 * @{ @ingroup dmvpn
 *
 * Several IKE_SAs between the same two peers: both initiated at once, or one
 * started anew.
 */

#ifndef DMVPN_RIVALS_H_
#define DMVPN_RIVALS_H_

#include "dmvpn_genl.h"
#include "dmvpn_index.h"

/**
 * Find the IKE_SAs with the peer of one, and the one to keep.
 *
 * @param genl		kernel
 * @param index		all IKE_SAs
 * @param ike_id	unique ID of one of them
 * @param winner	gets the unique ID of the one to keep, if there is any
 * @return			unique IDs (uint32_t) of the others
 */
array_t *dmvpn_rivals_find(dmvpn_genl_t *genl, dmvpn_index_t *index,
						   uint32_t ike_id, uint32_t *winner);

#endif /** DMVPN_RIVALS_H_ @}*/
