/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup dmvpn_template dmvpn_template
 * @{ @ingroup dmvpn
 *
 * Connections that serve a dmvpn device: one with a child whose "interface"
 * is such a device. The device names its connection as protection profile.
 */

#ifndef DMVPN_TEMPLATE_H_
#define DMVPN_TEMPLATE_H_

#include "dmvpn_genl.h"

#include <sa/ike_sa.h>

/**
 * Does an IKE_SA serve a dmvpn device?
 *
 * A connection does so with all its children or not at all.
 *
 * @param genl		kernel
 * @param ike_sa	IKE_SA, or NULL
 * @return			TRUE if so
 */
bool dmvpn_template_owns(dmvpn_genl_t *genl, ike_sa_t *ike_sa);

/**
 * Did an IKE_SA serve a dmvpn device when the kernel was asked last?
 *
 * The kernel is not asked: this is for the bus's events, during which no other
 * thread can raise one. An IKE_SA that has had an SPI is known.
 *
 * @param genl		kernel
 * @param ike_sa	IKE_SA
 * @return			TRUE if so
 */
bool dmvpn_template_is_known(dmvpn_genl_t *genl, ike_sa_t *ike_sa);

/**
 * May SAs of an IKE_SA have an address of ours, or is that one of a device that
 * other connections stand for?
 *
 * @param genl		kernel
 * @param ike_sa	IKE_SA, or NULL
 * @param local		address of ours, NULL for any
 * @return			TRUE if they may, FALSE also if it serves no device
 */
bool dmvpn_template_serves(dmvpn_genl_t *genl, ike_sa_t *ike_sa,
						   host_t *local);

/**
 * Is an IKE_SA meant for a dmvpn device that does not exist (yet)?
 *
 * @param ike_sa	IKE_SA, or NULL
 * @return			allocated name of the interface, NULL if not so
 */
char *dmvpn_template_lacks_device(ike_sa_t *ike_sa);

/**
 * Find a connection by its name.
 *
 * @param name		name, as the device's protection profile
 * @param child		gets its first child that has an interface, referenced, or
 *					NULL if there is none
 * @return			connection, referenced, or NULL
 */
peer_cfg_t *dmvpn_template_find(const char *name, child_cfg_t **child);

#endif /** DMVPN_TEMPLATE_H_ @}*/
