/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NHRPD_COUNTERS_H
#define NHRPD_COUNTERS_H

#include <stdint.h>

#include "nhrpd/wire.h"

/**
 * enum nhrp_drop - why an NHRP packet or an event was not acted on
 *
 * counters.c has the name of each.
 */
enum nhrp_drop {
	NHRP_DROP_MALFORMED,		/* not NHRP, or cut, or a bad length */
	NHRP_DROP_CHECKSUM,
	NHRP_DROP_UNSUPPORTED,		/* version, address family or type */
	NHRP_DROP_AUTH,			/* none, or a wrong password */
	NHRP_DROP_NO_INTERFACE,		/* interface not configured, or down */
	NHRP_DROP_SOURCE,		/* sender may not say that */
	NHRP_DROP_NOT_FOR_US,
	NHRP_DROP_NO_REQUEST,		/* reply to nothing that was asked */
	NHRP_DROP_LOOP,
	NHRP_DROP_HOPS,
	NHRP_DROP_NO_PATH,		/* nobody to forward it to */
	NHRP_DROP_EXTENSION,		/* compulsory and not known, or twice */
	NHRP_DROP_NOT_ALLOWED,		/* switched off by configuration */
	NHRP_DROP_RATE,			/* max-send, or errors a second */
	NHRP_DROP_LIMIT,		/* a table is full */
	NHRP_DROP_TOO_LONG,		/* does not fit a packet */
	NHRP_DROP_SEND,			/* the kernel refused to send it */
	NHRP_DROP_STALE,		/* late: what it is about has changed */
	NHRP_DROP_USE,			/* not wanted often enough yet */
	NHRP_DROP_POLICY,		/* not what the sender may register */
	NHRP_DROP_IDENTITY,		/* IKE has not told yet who it is */
	NHRP_DROP_UNAUTHORIZED,		/* denied by the authorizer */
	NHRP_DROP_AUTH_SPI,		/* with a key that is not known here */
	NHRP_DROP_AUTH_HASH,		/* with a wrong hash: not that key */
	__NHRP_DROP_MAX
};

/**
 * enum nhrp_qos - what became of groups and of peers' policies
 */
enum nhrp_qos {
	NHRP_QOS_APPLIED,		/* a peer got a policy, or another */
	NHRP_QOS_REMOVED,		/* and has none any more */
	NHRP_QOS_ERROR,			/* the kernel refused one of these */
	NHRP_QOS_UNKNOWN_GROUP,		/* peer began to name one not ours */
	NHRP_QOS_BAD_GROUP,		/* a name that no group can have */
	__NHRP_QOS_MAX
};

/**
 * enum nhrp_change - what happened to an interface and to what hangs on it
 *
 * counters.c has the name of each.
 */
enum nhrp_change {
	NHRP_CHANGE_UP,			/* the interface can be worked on */
	NHRP_CHANGE_DOWN,		/* and cannot any more */
	NHRP_CHANGE_DELETED,		/* its device is gone */
	NHRP_CHANGE_PEER_ADDED,
	NHRP_CHANGE_PEER_REMOVED,
	NHRP_CHANGE_PEER_ERROR,		/* the kernel refused a peer */
	NHRP_CHANGE_SESSION_UP,		/* of a protected peer */
	NHRP_CHANGE_SESSION_DOWN,
	NHRP_CHANGE_ROUTE_ADDED,	/* for a shortcut */
	NHRP_CHANGE_ROUTE_REMOVED,
	NHRP_CHANGE_ROUTE_ERROR,	/* the kernel refused a route */
	NHRP_CHANGE_OVERRIDE_ADDED,	/* of these, next hop overrides */
	NHRP_CHANGE_OVERRIDE_REMOVED,
	NHRP_CHANGE_REDIRECT_SUPPRESSED, /* that flow was told a moment ago */
	__NHRP_CHANGE_MAX
};

/**
 * struct nhrp_counters - packets of one interface
 * @sent: made here, by type
 * @received: by type; slot 0 for those without a known type
 * @forwarded: received for others and passed on, by type
 * @dropped: by reason
 * @qos: changes of peers' policies, by what happened
 * @changed: other changes, by what happened
 */
struct nhrp_counters {
	uint64_t sent[NHRP_TYPE_MAX + 1];
	uint64_t received[NHRP_TYPE_MAX + 1];
	uint64_t forwarded[NHRP_TYPE_MAX + 1];
	uint64_t dropped[__NHRP_DROP_MAX];
	uint64_t qos[__NHRP_QOS_MAX];
	uint64_t changed[__NHRP_CHANGE_MAX];
};

/* "registration-request"; "unknown" for 0. */
const char *nhrp_type_name(unsigned int type);
/* "checksum". */
const char *nhrp_drop_name(enum nhrp_drop drop);
/* "applied". */
const char *nhrp_qos_name(enum nhrp_qos qos);
/* "peers-added". */
const char *nhrp_change_name(enum nhrp_change change);

#endif
