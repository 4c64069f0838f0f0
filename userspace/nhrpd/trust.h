/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an identity may register: registration-policy.
 */
#ifndef NHRPD_TRUST_H
#define NHRPD_TRUST_H

#include "nhrpd/packet.h"

/**
 * enum trust - of a sender, about an address
 * @TRUST_GIVEN: may register it
 * @TRUST_DENIED: may not
 * @TRUST_UNKNOWN: IKE has not told yet who it is
 */
enum trust {
	TRUST_GIVEN,
	TRUST_DENIED,
	TRUST_UNKNOWN,
};

enum trust trust_of(const struct packet *pkt, const struct addr *proto);
/* The policy may have changed: what is not allowed any more is forgotten. */
void trust_configure(struct iface *ifc);
/* Somebody else is at the peer's address now. */
void trust_identity_changed(struct peer *peer);

#endif
