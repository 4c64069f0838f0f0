/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IKE identities, as charon writes them: names of certificates, addresses,
 * host names.
 */
#ifndef NHRPD_IDENTITY_H
#define NHRPD_IDENTITY_H

#include <stdbool.h>

/* What one fits into; a longer one is cut. */
#define IDENTITY_SIZE 256

/*
 * A "*" as the first or last character of @pattern, or both, stands for
 * anything; @text is who somebody is, "" if that is not known. The module has
 * the same rule (kmod/identity.c).
 */
bool identity_matches(const char *pattern, const char *text);
/* NULL for a pattern, or what is wrong with it and what to do. */
const char *identity_pattern_error(const char *pattern);

#endif
