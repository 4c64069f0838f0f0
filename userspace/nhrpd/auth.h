/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Authentication of packets, hop by hop: Cisco's clear-text password, or the
 * keys of RFC 2332, 5.3.4. Its extension is, with a key:
 *
 *   +-------------------------------+-------------------------------+
 *   |           reserved            |              SPI              |
 *   +-------------------------------+-------------------------------+
 *   | protocol address of the interface that sent the packet        |
 *   +---------------------------------------------------------------+
 *   | hash of the whole packet, with zeros for the checksum and     |
 *   | for this                                                      |
 *   +---------------------------------------------------------------+
 */
#ifndef NHRPD_AUTH_H
#define NHRPD_AUTH_H

#include "nhrpd/packet.h"

/*
 * A packet that just came is authentic, or need not be. Else it has been
 * counted, and its sender told.
 */
bool auth_check(const struct packet *pkt);
/*
 * Put our extension in, or take out what is there if we have none. False if
 * it does not fit.
 */
bool auth_put(const struct iface *ifc, struct nhrp_msg *msg);
/* Fill it in, in @data, which is @msg encoded. */
void auth_sign(const struct iface *ifc, const struct nhrp_msg *msg,
	       uint8_t *data, size_t len);

#endif
