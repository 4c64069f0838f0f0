/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * X.509 certificates (RFC 5280), no more of them than their times and name.
 */
#ifndef DMVPNCTL_CERT_H
#define DMVPNCTL_CERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#define CERT_NAME	128

/**
 * struct cert - what is known of one
 * @name: common name of its subject, or "(no name)"
 * @not_before: it is not valid before
 * @not_after: nor after
 */
struct cert {
	char name[CERT_NAME];
	time_t not_before;
	time_t not_after;
};

/* False if it is none. Nothing is said about who has signed it. */
bool cert_parse(const uint8_t *der, size_t len, struct cert *cert);

#endif
