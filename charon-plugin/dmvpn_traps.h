/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup dmvpn_traps dmvpn_traps
 * @{ @ingroup dmvpn
 *
 * Which inbound trap policies belong to a connection of ours.
 *
 * A trap is installed without an IKE_SA, and of its policies the outbound one
 * alone names the interface. charon adds it behind the inbound ones, and
 * deletes it before them, on one thread.
 */

#ifndef DMVPN_TRAPS_H_
#define DMVPN_TRAPS_H_

#include <kernel/kernel_ipsec.h>

/**
 * Keep an inbound policy until the outbound one says whose it is, if it could
 * be one of a trap of ours: it is about GRE alone.
 *
 * @param id		name of the policy
 * @param data		the policy
 * @return			TRUE if it is kept
 */
bool dmvpn_traps_keep(kernel_ipsec_policy_id_t *id,
					  kernel_ipsec_manage_policy_t *data);

/**
 * An outbound policy is added: what was kept for it goes.
 *
 * @param id		name of the policy
 * @param inner		backend that the kept policies go to, NULL if they are ours
 * @return			SUCCESS, or what charon makes of failures
 */
status_t dmvpn_traps_add(kernel_ipsec_policy_id_t *id, kernel_ipsec_t *inner);

/**
 * A policy is deleted.
 *
 * @param id		name of the policy
 * @param ours		TRUE if it is known to be ours
 * @return			TRUE if it is ours
 */
bool dmvpn_traps_delete(kernel_ipsec_policy_id_t *id, bool ours);

#endif /** DMVPN_TRAPS_H_ @}*/
