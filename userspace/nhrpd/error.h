/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Error indications, both ways.
 */
#ifndef NHRPD_ERROR_H
#define NHRPD_ERROR_H

#include "nhrpd/packet.h"

/* At most so many are sent within 10 seconds on an interface. */
#define ERROR_RATE_PACKETS	10
#define ERROR_RATE_MS		10000

/*
 * Tell where @pkt came from what is wrong with it, at @offset of the packet;
 * never about an error.
 */
void error_send(const struct packet *pkt, enum nhrp_error error,
		size_t offset);
/* Where an extension begins in the packet, which has not been changed. */
size_t error_offset(const struct packet *pkt, const struct nhrp_ext *ext);
/* It could not be decoded. */
void error_undecodable(const struct packet *pkt);
/*
 * A compulsory extension is not known here: it was counted, its sender told,
 * and nothing more is to be done with the packet.
 */
bool error_extension(const struct packet *pkt);
void error_receive(struct packet *pkt);
/* "authentication failure". */
const char *error_text(unsigned int error);

#endif
