/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rows of "show dmvpn": one for each overlay destination of a device, with
 * the peer that it is reached through and how far the tunnel to it came.
 */
#ifndef DMVPNCTL_TUNNEL_H
#define DMVPNCTL_TUNNEL_H

#include "dmvpnctl/model.h"

#define TUNNEL_ATTRIBUTES 8

/**
 * struct tunnel - a row
 * @peer: of the NBMA address, NULL if that is not known
 * @session: of the peer, NULL if it is not protected
 * @nexthop: overlay address, NULL if none is known for the peer
 * @shortcut: prefix behind that address, NULL for the address itself
 * @entries: rows of the same peer; 0 without a peer
 * @state: IKE (no session), NHRP (session up, address not known or not
 *	registered), UP
 * @attributes: letters, see tunnel_legend
 * @since_ms: since the tunnel came up or went down; NEVER without a peer
 * @target: what is reached through it, or none
 */
struct tunnel {
	const struct peer *peer;
	const struct session *session;
	const struct nexthop *nexthop;
	const struct shortcut *shortcut;
	unsigned int entries;
	const char *state;
	char attributes[TUNNEL_ATTRIBUTES];
	uint64_t since_ms;
	struct prefix target;
};

/**
 * struct tunnels - rows
 * @v: array of @n, to be freed
 * @n: their number
 */
struct tunnels {
	struct tunnel *v;
	size_t n;
};

extern const char tunnel_legend[];

/* The rows of a device. */
struct tunnels tunnels_of(const struct model *m, const struct device *device);
/* "Hub", "Spoke", "Hub/Spoke", or "Unknown". */
const char *tunnel_role(const struct model *m, const struct device *device);

#endif
