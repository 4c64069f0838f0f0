/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup dmvpn_genl dmvpn_genl
 * @{ @ingroup dmvpn
 */

#ifndef DMVPN_GENL_H_
#define DMVPN_GENL_H_

#include <linux/dmvpn.h>

#include "dmvpn_types.h"

typedef struct dmvpn_genl_t dmvpn_genl_t;
typedef struct dmvpn_genl_handler_t dmvpn_genl_handler_t;

/**
 * Receiver of the kernel's events.
 *
 * Called by one thread at a time. Arguments belong to the caller.
 */
struct dmvpn_genl_handler_t {

	/**
	 * A session is wanted and has no SA.
	 *
	 * @param session	handle, local, remote, profile
	 */
	void (*acquire)(dmvpn_genl_handler_t *this, dmvpn_session_t *session);

	/**
	 * A session does not exist anymore.
	 *
	 * @param session	the session
	 */
	void (*session_gone)(dmvpn_genl_handler_t *this, dmvpn_session_t *session);

	/**
	 * An SA was deleted, by whomever.
	 *
	 * @param sa		the SA
	 */
	void (*sa_deleted)(dmvpn_genl_handler_t *this, dmvpn_sa_id_t *sa);

	/**
	 * An SA reached a limit.
	 *
	 * @param sa		name of the SA, and its session
	 * @param hard		TRUE for the hard, FALSE for the soft limit
	 */
	void (*sa_expired)(dmvpn_genl_handler_t *this, dmvpn_sa_info_t *sa,
					   bool hard);

	/**
	 * An authentic packet came from a new address or port of the peer.
	 *
	 * @param sa		the inbound SA
	 * @param remote	new address and port
	 */
	void (*sa_moved)(dmvpn_genl_handler_t *this, dmvpn_sa_id_t *sa,
					 host_t *remote);

	/**
	 * The kernel's state has to be read anew: the module was loaded, or
	 * events were lost.
	 */
	void (*resync)(dmvpn_genl_handler_t *this);
};

/**
 * The kernel's generic netlink family "dmvpn", as seen from charon.
 *
 * All calls are synchronous and may come from any thread.
 */
struct dmvpn_genl_t {

	/**
	 * Is that the name of a dmvpn device in charon's network namespace, and
	 * may SAs of it have a local address, see dmvpn_device_serves()?
	 *
	 * @param name		interface name
	 * @param local		address of ours, NULL for any
	 * @return			TRUE if so
	 */
	bool (*has_device)(dmvpn_genl_t *this, const char *name, host_t *local);

	/**
	 * Was that the name of a dmvpn device when the kernel was asked last? This
	 * does not wait for the kernel.
	 *
	 * @param name		interface name
	 * @return			TRUE if so
	 */
	bool (*knows_device)(dmvpn_genl_t *this, const char *name);

	/**
	 * Reserve an inbound SPI.
	 *
	 * @param local		our address
	 * @param remote	the peer's address
	 * @param spi		gets the SPI, in network order
	 * @return			SUCCESS if reserved
	 */
	status_t (*alloc_spi)(dmvpn_genl_t *this, host_t *local, host_t *remote,
						  uint32_t *spi);

	/**
	 * Add an SA. The message with its keys is wiped afterwards.
	 *
	 * @param sa		the SA
	 * @return			SUCCESS, NOT_SUPPORTED, or FAILED
	 */
	status_t (*add_sa)(dmvpn_genl_t *this, dmvpn_sa_t *sa);

	/**
	 * Move an SA to other addresses or ports.
	 *
	 * @param sa		the SA, where it is now
	 * @param local		new local address
	 * @param remote	new remote address
	 * @param encap		TRUE to use ESP in UDP between the ports of the two
	 * @return			SUCCESS, NOT_FOUND, NOT_SUPPORTED, or FAILED
	 */
	status_t (*move_sa)(dmvpn_genl_t *this, dmvpn_sa_id_t *sa, host_t *local,
						host_t *remote, bool encap);

	/**
	 * Send through an outbound SA from now on.
	 *
	 * @param sa		the SA
	 * @return			SUCCESS, NOT_FOUND, or FAILED
	 */
	status_t (*use_sa)(dmvpn_genl_t *this, dmvpn_sa_id_t *sa);

	/**
	 * Read the counters of an SA.
	 *
	 * @param sa		the SA
	 * @param info		gets the answer; to dmvpn_sa_info_clear()
	 * @return			SUCCESS, NOT_FOUND, or FAILED
	 */
	status_t (*get_sa)(dmvpn_genl_t *this, dmvpn_sa_id_t *sa,
					   dmvpn_sa_info_t *info);

	/**
	 * Delete an SA or a reserved SPI.
	 *
	 * @param sa		the SA
	 * @return			SUCCESS, NOT_FOUND, or FAILED
	 */
	status_t (*del_sa)(dmvpn_genl_t *this, dmvpn_sa_id_t *sa);

	/**
	 * Delete an outbound SA as soon as the inbound SA of the same CHILD_SA is
	 * gone, or another one is in use and the peer does not use that one. An
	 * inbound SA stays, but then the outbound one is not used for its sake.
	 *
	 * @param sa		the SA
	 * @return			SUCCESS, NOT_FOUND, or FAILED
	 */
	status_t (*retire_sa)(dmvpn_genl_t *this, dmvpn_sa_id_t *sa);

	/**
	 * Tell the kernel what is known of a session.
	 *
	 * @param session	handle or addresses, and what is known
	 * @return			SUCCESS, NOT_FOUND, or FAILED
	 */
	status_t (*set_session)(dmvpn_genl_t *this, dmvpn_session_t *session);

	/**
	 * Read a session.
	 *
	 * @param handle	handle
	 * @param session	gets the answer; to dmvpn_session_clear()
	 * @return			SUCCESS, NOT_FOUND, or FAILED
	 */
	status_t (*get_session)(dmvpn_genl_t *this, uint32_t handle,
							dmvpn_session_t *session);

	/**
	 * Read all sessions.
	 *
	 * @return			list of dmvpn_session_t, NULL on failure
	 */
	linked_list_t *(*list_sessions)(dmvpn_genl_t *this);

	/**
	 * Read all SAs.
	 *
	 * @return			list of dmvpn_sa_info_t, NULL on failure
	 */
	linked_list_t *(*list_sas)(dmvpn_genl_t *this);

	/**
	 * Start to deliver events.
	 *
	 * @param handler	receiver, NULL to stop
	 */
	void (*set_handler)(dmvpn_genl_t *this, dmvpn_genl_handler_t *handler);

	/**
	 * Destroy a dmvpn_genl_t.
	 */
	void (*destroy)(dmvpn_genl_t *this);
};

/**
 * Create a dmvpn_genl_t.
 *
 * The module need not be there yet.
 *
 * @return			NULL if there are no netlink sockets to be had
 */
dmvpn_genl_t *dmvpn_genl_create(void);

#endif /** DMVPN_GENL_H_ @}*/
