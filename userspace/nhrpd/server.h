/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * This node as a next hop server: registrations of others.
 */
#ifndef NHRPD_SERVER_H
#define NHRPD_SERVER_H

#include "nhrpd/packet.h"

void server_request(struct packet *pkt);
/* The configuration of multicast-dynamic may have changed. */
void server_configure(struct iface *ifc);

#endif
