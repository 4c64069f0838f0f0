/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup dmvpn_orphans dmvpn_orphans
 * @{ @ingroup dmvpn
 *
 * SAs that outlive their IKE_SA.
 *
 * An IKE_SA fails when too many of its messages were lost in a row, or when
 * the two ends disagree on its state. That says nothing about its CHILD_SAs:
 * while the peer is heard through them it has them, and to delete ours would
 * only lose packets; so it is with those that are too new to have been used.
 * They stay as long as the peer uses them, and the new IKE_SA brings new ones.
 */

#ifndef DMVPN_ORPHANS_H_
#define DMVPN_ORPHANS_H_

#include "dmvpn_genl.h"
#include "dmvpn_sad.h"

#include <sa/ike_sa.h>

/**
 * Did a packet pass through an SA of a CHILD_SA within some seconds?
 *
 * @param genl		kernel
 * @param ike_sa	its IKE_SA
 * @param child		CHILD_SA
 * @param inbound	which of its SAs
 * @param seconds	seconds to look back
 * @return			TRUE if so
 */
bool dmvpn_orphans_is_used(dmvpn_genl_t *genl, ike_sa_t *ike_sa,
						   child_sa_t *child, bool inbound, uint32_t seconds);

/**
 * Mark the inbound SAs of an IKE_SA that failed as orphans, for when they are
 * deleted. The kernel is not asked, this is for the bus's events.
 *
 * @param sad		SAs in the kernel
 * @param ike_sa	IKE_SA that is about to be destroyed
 */
void dmvpn_orphans_mark(dmvpn_sad_t *sad, ike_sa_t *ike_sa);

/**
 * Leave an orphan to the peer if it is heard through it, or may soon be, and
 * delete it when the peer does not use it anymore.
 *
 * @param genl		kernel
 * @param entry		inbound SA, taken out of the table; adopted if TRUE
 * @return			FALSE if the peer does not want it
 */
bool dmvpn_orphans_watch(dmvpn_genl_t *genl, dmvpn_sad_entry_t *entry);

/**
 * Leave an SA that IKE closes to the peer if that was heard on it just now: as
 * long as it uses it, and we have an SA to send to it. It may not be told of
 * the end, or not understand which one is meant.
 *
 * @param genl		kernel
 * @param entry		inbound SA, taken out of the table; adopted if TRUE
 * @return			FALSE if the peer was not heard
 */
bool dmvpn_orphans_linger(dmvpn_genl_t *genl, dmvpn_sad_entry_t *entry);

#endif /** DMVPN_ORPHANS_H_ @}*/
