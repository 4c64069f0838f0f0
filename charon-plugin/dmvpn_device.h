/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup dmvpn_device dmvpn_device
 * @{ @ingroup dmvpn
 */

#ifndef DMVPN_DEVICE_H_
#define DMVPN_DEVICE_H_

#include <netlink/genl/genl.h>

#include <collections/linked_list.h>
#include <networking/host.h>

typedef struct dmvpn_device_t dmvpn_device_t;

/**
 * A dmvpn device.
 */
struct dmvpn_device_t {

	/** interface name */
	char *name;

	/** protection profile, or NULL */
	char *profile;

	/** NBMA addresses of ours, NULL where there is none of a family */
	host_t *local, *local6;
};

/**
 * Read a device.
 *
 * @param hdr		generic netlink header of the message
 * @return			device, or NULL if the message is broken
 */
dmvpn_device_t *dmvpn_device_read(struct genlmsghdr *hdr);

/**
 * Destroy a device.
 *
 * @param device	device to destroy
 */
void dmvpn_device_destroy(dmvpn_device_t *device);

/**
 * May SAs of a connection that names a device have a local address?
 *
 * The module takes packets for the device that has the address. So they may not
 * if that is one with another protection profile, which another connection
 * stands for: who is let in by one would get into the cloud of the other.
 *
 * @param devices	all devices, dmvpn_device_t
 * @param name		interface name
 * @param local		address of ours, NULL for any
 * @return			FALSE, also if there is no such device
 */
bool dmvpn_device_serves(linked_list_t *devices, const char *name,
						 host_t *local);

#endif /** DMVPN_DEVICE_H_ @}*/
