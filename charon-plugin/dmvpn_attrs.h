/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup dmvpn_attrs dmvpn_attrs
 * @{ @ingroup dmvpn
 *
 * Attributes of the kernel's netlink messages <-> dmvpn_types.
 */

#ifndef DMVPN_ATTRS_H_
#define DMVPN_ATTRS_H_

#include <netlink/netlink.h>
#include <netlink/genl/genl.h>
#include <linux/dmvpn.h>

#include "dmvpn_types.h"

typedef struct dmvpn_sa_event_t dmvpn_sa_event_t;

/**
 * An SA in a reply or event, with what only events have.
 */
struct dmvpn_sa_event_t {

	/** the SA */
	dmvpn_sa_info_t info;

	/** TRUE if a hard limit was reached */
	bool hard;

	/** address and port a packet came from, or NULL */
	host_t *moved;
};

/**
 * Add an address of 4 or 16 bytes, without its port.
 *
 * @param msg		message
 * @param attr		attribute type
 * @param host		address, NULL to add nothing
 * @return			TRUE if added or nothing to add
 */
bool dmvpn_attrs_put_host(struct nl_msg *msg, int attr, host_t *host);

/**
 * Add what names an SA.
 *
 * @param msg		message
 * @param id		the name
 * @return			TRUE if added
 */
bool dmvpn_attrs_put_sa_id(struct nl_msg *msg, dmvpn_sa_id_t *id);

/**
 * Add an SA with its keys.
 *
 * @param msg		message
 * @param sa		the SA
 * @return			TRUE if added
 */
bool dmvpn_attrs_put_sa(struct nl_msg *msg, dmvpn_sa_t *sa);

/**
 * Add UDP ports of an SA.
 *
 * @param msg		message
 * @param local		host with our port, NULL for native ESP
 * @param remote	host with the peer's port, NULL for native ESP
 * @return			TRUE if added
 */
bool dmvpn_attrs_put_sa_ports(struct nl_msg *msg, host_t *local,
							  host_t *remote);

/**
 * Add where an SA moves to.
 *
 * @param msg		message
 * @param id		the SA, where it is now
 * @param local		new local address
 * @param remote	new remote address
 * @param encap		TRUE to use ESP in UDP between the ports of the two
 * @return			TRUE if added
 */
bool dmvpn_attrs_put_sa_move(struct nl_msg *msg, dmvpn_sa_id_t *id,
							 host_t *local, host_t *remote, bool encap);

/**
 * Add what is known of a session.
 *
 * @param msg		message
 * @param session	the session
 * @return			TRUE if added
 */
bool dmvpn_attrs_put_session(struct nl_msg *msg, dmvpn_session_t *session);

/**
 * Read an address.
 *
 * @param addr		attribute of 4 or 16 bytes, or NULL
 * @param port		attribute with its port, NULL for none
 * @return			address, or NULL
 */
host_t *dmvpn_attrs_get_host(struct nlattr *addr, struct nlattr *port);

/**
 * Read a string.
 *
 * @param attr		attribute, or NULL
 * @return			allocated string, NULL if it is not there or empty
 */
char *dmvpn_attrs_get_string(struct nlattr *attr);

/**
 * Read a session.
 *
 * @param hdr		generic netlink header of the message
 * @param session	gets the session; to dmvpn_session_clear()
 * @return			FALSE if the message is broken
 */
bool dmvpn_attrs_get_session(struct genlmsghdr *hdr, dmvpn_session_t *session);

/**
 * Read an SA.
 *
 * @param hdr		generic netlink header of the message
 * @param event		gets the SA; to dmvpn_sa_event_clear()
 * @return			FALSE if the message is broken
 */
bool dmvpn_attrs_get_sa(struct genlmsghdr *hdr, dmvpn_sa_event_t *event);

/**
 * Free what an SA event owns, not the struct.
 *
 * @param event		event to clear
 */
void dmvpn_sa_event_clear(dmvpn_sa_event_t *event);

#endif /** DMVPN_ATTRS_H_ @}*/
