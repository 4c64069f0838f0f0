/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keyed hashes (RFC 2104). Pure, as all of this layer.
 */
#ifndef NHRPD_MAC_H
#define NHRPD_MAC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <nettle/hmac.h>

enum mac_algorithm {
	MAC_HMAC_MD5,		/* HMAC-MD5-128, the default of RFC 2332 */
	MAC_HMAC_SHA256,
};

#define MAC_MAX 32

/**
 * struct mac - a hash being made
 * @algorithm: of it
 * @md5: its state
 * @sha256: or this
 */
struct mac {
	enum mac_algorithm algorithm;
	union {
		struct hmac_md5_ctx md5;
		struct hmac_sha256_ctx sha256;
	};
};

/* Bytes of a hash. */
size_t mac_size(enum mac_algorithm algorithm);
void mac_begin(struct mac *mac, enum mac_algorithm algorithm,
	       const uint8_t *secret, size_t len);
void mac_add(struct mac *mac, const uint8_t *data, size_t len);
/* mac_size() bytes; nothing of the secret is left in @mac. */
void mac_end(struct mac *mac, uint8_t *out);
/* In a time that does not depend on how much of it is right. */
bool mac_equal(const uint8_t *a, const uint8_t *b, size_t len);

#endif
