/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup dmvpn_takeover dmvpn_takeover
 * @{ @ingroup dmvpn
 */

#ifndef DMVPN_TAKEOVER_H_
#define DMVPN_TAKEOVER_H_

#include "dmvpn_genl.h"
#include "dmvpn_initiate.h"

typedef struct dmvpn_takeover_t dmvpn_takeover_t;

/**
 * Takes over what is in the kernel.
 *
 * A charon that was killed leaves its SAs, and traffic goes on through them.
 * Sessions with such SAs are brought up anew, spread over some seconds; the
 * old SAs go when a session has had new ones for a while, and the peer does not
 * use the old ones anymore.
 */
struct dmvpn_takeover_t {

	/**
	 * Read the kernel's tables and do what has to be done, now and as often
	 * as necessary.
	 */
	void (*run)(dmvpn_takeover_t *this);

	/**
	 * Destroy a dmvpn_takeover_t.
	 */
	void (*destroy)(dmvpn_takeover_t *this);
};

/**
 * Create a dmvpn_takeover_t.
 *
 * @param genl		kernel
 * @param initiate	brings sessions up
 * @param owner		number of charon's life
 * @return			object
 */
dmvpn_takeover_t *dmvpn_takeover_create(dmvpn_genl_t *genl,
										dmvpn_initiate_t *initiate,
										uint32_t owner);

#endif /** DMVPN_TAKEOVER_H_ @}*/
