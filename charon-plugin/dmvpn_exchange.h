/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup dmvpn_exchange dmvpn_exchange
 * @{ @ingroup dmvpn
 *
 * A request to the kernel and its answers, on a generic netlink socket.
 */

#ifndef DMVPN_EXCHANGE_H_
#define DMVPN_EXCHANGE_H_

#include <netlink/netlink.h>
#include <netlink/genl/genl.h>

#include <library.h>

typedef struct dmvpn_exchange_t dmvpn_exchange_t;

/**
 * One request and its answers
 */
struct dmvpn_exchange_t {

	/** number of the request */
	uint32_t seq;

	/** TRUE once the last answer is there */
	bool done;

	/** TRUE if a dump missed something */
	bool interrupted;

	/** errno of the kernel */
	int error;

	/** what the kernel says about the error */
	char text[128];

	/** called for each answer, or NULL if there is none but success */
	void (*answer)(struct genlmsghdr *hdr, void *data);

	/** its argument */
	void *data;
};

/**
 * Open a generic netlink socket.
 *
 * @return			socket, to nl_socket_free(), or NULL
 */
struct nl_sock *dmvpn_exchange_open(void);

/**
 * Send a request, wait for its answers, and wipe it.
 *
 * @param sock		socket, used by nobody else meanwhile
 * @param msg		request, gets freed
 * @param exchange	gets the outcome
 */
void dmvpn_exchange_run(struct nl_sock *sock, struct nl_msg *msg,
						dmvpn_exchange_t *exchange);

/**
 * Wipe and free a request.
 *
 * @param msg		request, it may hold keys
 */
void dmvpn_exchange_wipe(struct nl_msg *msg);

/**
 * What the outcome means to charon.
 *
 * @param exchange	exchange that is over
 * @return			SUCCESS, NOT_FOUND, NOT_SUPPORTED, or FAILED
 */
status_t dmvpn_exchange_get_status(dmvpn_exchange_t *exchange);

/**
 * Log a refusal, in the kernel's words if it has any.
 *
 * @param exchange	exchange that failed
 * @param what		what was tried
 */
void dmvpn_exchange_log(dmvpn_exchange_t *exchange, const char *what);

#endif /** DMVPN_EXCHANGE_H_ @}*/
