/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup dmvpn_events dmvpn_events
 * @{ @ingroup dmvpn
 */

#ifndef DMVPN_EVENTS_H_
#define DMVPN_EVENTS_H_

#include "dmvpn_genl.h"

typedef struct dmvpn_events_t dmvpn_events_t;

/**
 * The socket for what the kernel tells unasked.
 */
struct dmvpn_events_t {

	/**
	 * Join a multicast group.
	 *
	 * @param group		number of the group, or a negative error code
	 * @return			TRUE if joined
	 */
	bool (*join)(dmvpn_events_t *this, int group);

	/**
	 * Set the number of the module's family.
	 *
	 * @param family	number, 0 if the module is not loaded
	 */
	void (*set_family)(dmvpn_events_t *this, int family);

	/**
	 * Start to deliver events.
	 *
	 * @param handler	receiver, NULL to stop
	 */
	void (*set_handler)(dmvpn_events_t *this, dmvpn_genl_handler_t *handler);

	/**
	 * Destroy a dmvpn_events_t.
	 */
	void (*destroy)(dmvpn_events_t *this);
};

/**
 * Have a socket receive only what is of interest here. Most events are of what
 * charon itself did, as each SA that it adds.
 *
 * @param fd		socket
 * @return			FALSE if the kernel refuses
 */
bool dmvpn_events_filter(int fd);

/**
 * Create a dmvpn_events_t.
 *
 * @param changed	called when the module was loaded (there is TRUE), or may
 *					have been, or was unloaded; returns TRUE if it is there
 * @param data		first argument of changed
 * @return			NULL if there is no netlink socket to be had
 */
dmvpn_events_t *dmvpn_events_create(bool (*changed)(void *data, bool there),
									void *data);

#endif /** DMVPN_EVENTS_H_ @}*/
