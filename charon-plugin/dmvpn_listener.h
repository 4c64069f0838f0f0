/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup dmvpn_listener dmvpn_listener
 * @{ @ingroup dmvpn
 */

#ifndef DMVPN_LISTENER_H_
#define DMVPN_LISTENER_H_

#include <bus/listeners/listener.h>

#include "dmvpn_attempts.h"
#include "dmvpn_genl.h"
#include "dmvpn_index.h"
#include "dmvpn_initiate.h"
#include "dmvpn_reports.h"
#include "dmvpn_sad.h"

typedef struct dmvpn_listener_t dmvpn_listener_t;

/**
 * Tells the kernel what becomes of IKE_SAs: who the peer of a session is, or
 * why it does not come up.
 */
struct dmvpn_listener_t {

	/**
	 * Implements listener_t interface.
	 */
	listener_t listener;

	/**
	 * Destroy a dmvpn_listener_t.
	 */
	void (*destroy)(dmvpn_listener_t *this);
};

/**
 * Create a dmvpn_listener_t.
 *
 * @param genl		kernel
 * @param sad		SAs in the kernel
 * @param attempts	IKE_SAs under way
 * @param reports	what the kernel is to be told
 * @param index		gets all IKE_SAs
 * @param initiate	closes IKE_SAs that were replaced
 * @return			listener
 */
dmvpn_listener_t *dmvpn_listener_create(dmvpn_genl_t *genl,
										dmvpn_sad_t *sad,
										dmvpn_attempts_t *attempts,
										dmvpn_reports_t *reports,
										dmvpn_index_t *index,
										dmvpn_initiate_t *initiate);

#endif /** DMVPN_LISTENER_H_ @}*/
