/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * This node as a next hop server: registrations of others.
 */
#ifndef NHRPD_SERVER_H
#define NHRPD_SERVER_H

#include "nhrpd/authorize.h"
#include "nhrpd/packet.h"

void server_request(struct packet *pkt);
/* On one that waited; @reason is NULL if there was no answer. */
void server_decided(struct packet *pkt, enum verdict verdict,
		    const struct grant *grant, const char *reason);
/* The configuration of multicast-dynamic may have changed. */
void server_configure(struct iface *ifc);

#endif
