/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup dmvpn_reports dmvpn_reports
 * @{ @ingroup dmvpn
 */

#ifndef DMVPN_REPORTS_H_
#define DMVPN_REPORTS_H_

#include "dmvpn_genl.h"

typedef struct dmvpn_reports_t dmvpn_reports_t;

/**
 * Tells the kernel about sessions and attempts to bring them up, in the order
 * in which things happen.
 *
 * charon's bus calls listeners under a lock that any event of any other IKE_SA
 * waits for, so they do not wait for the kernel: it is told by a worker thread.
 */
struct dmvpn_reports_t {

	/**
	 * Tell the kernel about a session, soon. Never blocks for long.
	 *
	 * @param session	what is known of it, gets adopted
	 */
	void (*add)(dmvpn_reports_t *this, dmvpn_session_t *session);

	/**
	 * Destroy a dmvpn_reports_t, after what is left has been told.
	 */
	void (*destroy)(dmvpn_reports_t *this);
};

/**
 * Create a dmvpn_reports_t.
 *
 * @param genl		kernel
 */
dmvpn_reports_t *dmvpn_reports_create(dmvpn_genl_t *genl);

#endif /** DMVPN_REPORTS_H_ @}*/
