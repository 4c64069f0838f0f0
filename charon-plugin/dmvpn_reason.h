/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup dmvpn_reason dmvpn_reason
 * @{ @ingroup dmvpn
 *
 * Why a session does not come up, in an operator's words.
 */

#ifndef DMVPN_REASON_H_
#define DMVPN_REASON_H_

#include <daemon.h>

/**
 * What an alert means.
 *
 * @param alert		alert raised for an IKE_SA
 * @return			reason, NULL if the alert is not a failure
 */
const char *dmvpn_reason_of_alert(alert_t alert);

/**
 * Is an alert about who the peer says it is?
 *
 * @param alert		alert raised for an IKE_SA
 * @return			TRUE if so
 */
bool dmvpn_reason_is_identity(alert_t alert);

/**
 * What an error notify of the peer means.
 *
 * @param type		type of the notify payload
 * @return			reason, NULL if there is no better one than the type's name
 */
const char *dmvpn_reason_of_notify(notify_type_t type);

/**
 * What it means that the peer does not answer.
 *
 * @param ike_sa	IKE_SA that sends again and again
 * @return			reason
 */
const char *dmvpn_reason_of_silence(ike_sa_t *ike_sa);

#endif /** DMVPN_REASON_H_ @}*/
