/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Traffic indications: telling a sender that its packets go back into the
 * cloud here, and being told so.
 */
#ifndef NHRPD_REDIRECT_H
#define NHRPD_REDIRECT_H

#include "nhrpd/packet.h"

/**
 * struct flow - a pair of addresses that a redirect was sent for
 * @node: in the interface's table
 * @ifc: interface
 * @src: inner source
 * @dst: inner destination
 * @timer: the next redirect may be sent
 */
struct flow {
	struct hash_node node;
	struct iface *ifc;
	struct addr src;
	struct addr dst;
	struct timer timer;
};

/* The kernel saw a packet turn round. */
void redirect_send(struct iface *ifc, const struct nhrp_hairpin *hairpin);
/* A traffic indication. */
void redirect_receive(struct packet *pkt);
/* Forget what was sent. */
void redirect_stop(struct iface *ifc);

#endif
