/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup dmvpn_ipsec dmvpn_ipsec
 * @{ @ingroup dmvpn
 */

#ifndef DMVPN_IPSEC_H_
#define DMVPN_IPSEC_H_

#include <encoding/message.h>
#include <kernel/kernel_ipsec.h>

#include "dmvpn_genl.h"
#include "dmvpn_initiate.h"
#include "dmvpn_sad.h"

typedef struct dmvpn_ipsec_t dmvpn_ipsec_t;

/**
 * IPsec backend: the SAs of connections that serve a dmvpn device go into the
 * dmvpn module, all others to the backend it wraps.
 */
struct dmvpn_ipsec_t {

	/**
	 * Implements kernel_ipsec_t interface
	 */
	kernel_ipsec_t interface;

	/**
	 * Say who brings a session up anew whose IKE_SA failed.
	 *
	 * @param initiate	it, NULL for nobody; not while IKE_SAs end
	 */
	void (*set_initiate)(dmvpn_ipsec_t *this, dmvpn_initiate_t *initiate);
};

/**
 * Create a dmvpn_ipsec_t.
 *
 * @param genl		kernel
 * @param sad		SAs that are in the module, kept by this
 * @param owner		number of charon's life, kept with each SA
 * @return			backend
 */
dmvpn_ipsec_t *dmvpn_ipsec_create(dmvpn_genl_t *genl, dmvpn_sad_t *sad,
								  uint32_t owner);

/**
 * Note which message of a peer this thread processes: in IKEv1 it tells whether
 * the peer has the SAs that are installed because of it.
 *
 * @param message	message, decrypted
 */
void dmvpn_ipsec_note(message_t *message);

#endif /** DMVPN_IPSEC_H_ @}*/
