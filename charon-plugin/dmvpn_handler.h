/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup dmvpn_handler dmvpn_handler
 * @{ @ingroup dmvpn
 */

#ifndef DMVPN_HANDLER_H_
#define DMVPN_HANDLER_H_

#include "dmvpn_genl.h"
#include "dmvpn_initiate.h"
#include "dmvpn_sad.h"
#include "dmvpn_takeover.h"

typedef struct dmvpn_handler_t dmvpn_handler_t;

/**
 * Does what the kernel's events ask for.
 */
struct dmvpn_handler_t {

	/**
	 * Implements dmvpn_genl_handler_t interface.
	 */
	dmvpn_genl_handler_t interface;

	/**
	 * Destroy a dmvpn_handler_t.
	 */
	void (*destroy)(dmvpn_handler_t *this);
};

/**
 * Create a dmvpn_handler_t.
 *
 * @param genl		kernel
 * @param sad		SAs that charon has in the module
 * @param initiate	brings sessions up and down
 * @param takeover	reads the kernel's tables
 * @return			handler
 */
dmvpn_handler_t *dmvpn_handler_create(dmvpn_genl_t *genl, dmvpn_sad_t *sad,
									  dmvpn_initiate_t *initiate,
									  dmvpn_takeover_t *takeover);

#endif /** DMVPN_HANDLER_H_ @}*/
