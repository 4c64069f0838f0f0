/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup dmvpn_holder dmvpn_holder
 * @{ @ingroup dmvpn
 *
 * Who a session is with.
 *
 * IKE takes a peer's address from where its messages come from, also after the
 * exchange that showed that it receives them there. So a peer can have its
 * IKE_SA moved to another one's address. A session between two addresses is one
 * peer's as long as it has an outbound SA: another one gets no SA in it, and
 * does not change what the kernel knows of it.
 */

#ifndef DMVPN_HOLDER_H_
#define DMVPN_HOLDER_H_

#include "dmvpn_genl.h"

#include <sa/ike_sa.h>

/**
 * Name of an identity, as the kernel is told of it.
 *
 * @param id		identity, or NULL
 * @return			allocated name, or NULL
 */
char *dmvpn_holder_name(identification_t *id);

/**
 * Is the session between two addresses one with another peer than that of an
 * IKE_SA?
 *
 * @param genl		kernel
 * @param ike_sa	IKE_SA, authenticated
 * @param local		NBMA address of ours
 * @param remote	NBMA address of the peer, with the port if ESP is in UDP
 * @return			TRUE if so, which is logged
 */
bool dmvpn_holder_is_another(dmvpn_genl_t *genl, ike_sa_t *ike_sa,
							 host_t *local, host_t *remote);

#endif /** DMVPN_HOLDER_H_ @}*/
