/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup dmvpn_strays dmvpn_strays
 * @{ @ingroup dmvpn
 *
 * CHILD_SAs that the two ends have in different IKE_SAs.
 *
 * An IKEv1 IKE_SA that replaces another one adopts its CHILD_SAs, at each end
 * those that are there at that moment. If the peer then closes one in the old
 * IKE_SA, charon looks for it in that one only, and keeps what nobody has any
 * more.
 */

#ifndef DMVPN_STRAYS_H_
#define DMVPN_STRAYS_H_

#include "dmvpn_genl.h"
#include "dmvpn_index.h"

#include <sa/ike_sa.h>

/**
 * Close the CHILD_SAs that a peer closes in an IKE_SA, if they are in another
 * one with the same peer. They are closed some time later, as no other IKE_SA
 * can be checked out here.
 *
 * @param genl		kernel
 * @param index		all IKE_SAs
 * @param ike_sa	IKE_SA that the calling thread has checked out
 * @param message	authenticated message of the peer in it
 */
void dmvpn_strays_close(dmvpn_genl_t *genl, dmvpn_index_t *index,
						ike_sa_t *ike_sa, message_t *message);

#endif /** DMVPN_STRAYS_H_ @}*/
