/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup dmvpn_initiate dmvpn_initiate
 * @{ @ingroup dmvpn
 */

#ifndef DMVPN_INITIATE_H_
#define DMVPN_INITIATE_H_

#include "dmvpn_attempts.h"
#include "dmvpn_genl.h"
#include "dmvpn_index.h"
#include "dmvpn_reports.h"

#include <sa/ike_sa.h>

typedef struct dmvpn_initiate_t dmvpn_initiate_t;

/**
 * Brings IKE_SAs up and down for sessions of the kernel.
 *
 * All is done on worker threads, for each peer one request at a time and in
 * order, so the methods may be called from anywhere.
 */
struct dmvpn_initiate_t {

	/**
	 * Bring a session up, unless that is under way.
	 *
	 * @param session	session, gets cloned
	 * @param delay		milliseconds to wait before
	 */
	void (*acquire)(dmvpn_initiate_t *this, dmvpn_session_t *session,
					uint32_t delay);

	/**
	 * Bring a session up anew that an IKE_SA left, one of a former life or one
	 * that failed.
	 *
	 * @param session	session, gets cloned
	 * @param delay		milliseconds to wait before
	 * @param tries		how often to try again, some seconds later each
	 */
	void (*renew)(dmvpn_initiate_t *this, dmvpn_session_t *session,
				  uint32_t delay, uint32_t tries);

	/**
	 * Close the IKE_SAs of a session that is gone, a few seconds from now
	 * if they have made no new SAs until then.
	 *
	 * @param session	session, gets cloned
	 */
	void (*close)(dmvpn_initiate_t *this, dmvpn_session_t *session);

	/**
	 * Close the IKE_SA that has a CHILD_SA.
	 *
	 * @param sa		one of the CHILD_SA's SAs, gets cloned
	 */
	void (*close_sa)(dmvpn_initiate_t *this, dmvpn_sa_id_t *sa);

	/**
	 * Close IKE_SAs that another one replaced, a few seconds from now.
	 *
	 * @param ike_sa	the new IKE_SA
	 */
	void (*close_older)(dmvpn_initiate_t *this, ike_sa_t *ike_sa);

	/**
	 * Destroy a dmvpn_initiate_t.
	 */
	void (*destroy)(dmvpn_initiate_t *this);
};

/**
 * Create a dmvpn_initiate_t.
 *
 * @param genl		kernel
 * @param attempts	IKE_SAs under way
 * @param reports	what the kernel is to be told
 * @param index		all IKE_SAs
 */
dmvpn_initiate_t *dmvpn_initiate_create(dmvpn_genl_t *genl,
										dmvpn_attempts_t *attempts,
										dmvpn_reports_t *reports,
										dmvpn_index_t *index);

#endif /** DMVPN_INITIATE_H_ @}*/
