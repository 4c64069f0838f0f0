/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup dmvpn_attempts dmvpn_attempts
 * @{ @ingroup dmvpn
 */

#ifndef DMVPN_ATTEMPTS_H_
#define DMVPN_ATTEMPTS_H_

#include "dmvpn_types.h"

typedef struct dmvpn_attempts_t dmvpn_attempts_t;

/**
 * IKE_SAs by unique ID: which session each is to bring up, and what was seen
 * to go wrong with it.
 */
struct dmvpn_attempts_t {

	/**
	 * An IKE_SA is to bring up a session.
	 *
	 * @param ike_id	unique ID of the IKE_SA
	 * @param session	kernel's handle of the session
	 */
	void (*start)(dmvpn_attempts_t *this, uint32_t ike_id, uint32_t session);

	/**
	 * Something went wrong with an IKE_SA. What was seen first is taken for
	 * the cause.
	 *
	 * @param ike_id	unique ID of the IKE_SA
	 * @param reason	what, in an operator's words
	 */
	void (*blame)(dmvpn_attempts_t *this, uint32_t ike_id, const char *reason);

	/**
	 * Get what went wrong with an IKE_SA.
	 *
	 * @param ike_id	unique ID of the IKE_SA
	 * @return			allocated reason, or NULL
	 */
	char *(*get_reason)(dmvpn_attempts_t *this, uint32_t ike_id);

	/**
	 * Get the session an IKE_SA is still to bring up.
	 *
	 * @param ike_id	unique ID of the IKE_SA
	 * @return			kernel's handle, or 0
	 */
	uint32_t (*get_session)(dmvpn_attempts_t *this, uint32_t ike_id);

	/**
	 * An attempt succeeded or failed, or the IKE_SA is gone.
	 *
	 * @param ike_id	unique ID of the IKE_SA
	 */
	void (*finish)(dmvpn_attempts_t *this, uint32_t ike_id);

	/**
	 * Destroy a dmvpn_attempts_t.
	 */
	void (*destroy)(dmvpn_attempts_t *this);
};

/**
 * Create a dmvpn_attempts_t.
 */
dmvpn_attempts_t *dmvpn_attempts_create(void);

#endif /** DMVPN_ATTEMPTS_H_ @}*/
