/* SPDX-License-Identifier: GPL-2.0 */
/* IKE identities, as an IKE daemon writes them. */
#ifndef _DMVPN_IDENTITY_H
#define _DMVPN_IDENTITY_H

#include <linux/types.h>

/* Characters of one; a longer one was cut. */
#define DMVPN_IDENTITY_LEN	255

bool dmvpn_identity_matches(const char *pattern, const char *identity);

#endif
