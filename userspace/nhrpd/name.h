/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Servers that are known by a name. It may have several addresses: one of them
 * is used, the first at first, and the next when that one does not answer.
 */
#ifndef NHRPD_NAME_H
#define NHRPD_NAME_H

#include "nhrpd/register.h"

/* It has not been looked up yet. */
void name_unknown(struct nhs *nhs);
/*
 * It has an address that the device can reach, and that is chosen; always so
 * without a name.
 */
bool name_fits(struct nhs *nhs);
/* A name was looked up; @n_addr is 0 if it could not be, for @error. */
void name_resolved(struct iface *ifc, const char *host,
		   const struct addr *addr, size_t n_addr, const char *error);
/* Go to the next address; false if there is none. */
bool name_next(struct nhs *nhs);

#endif
