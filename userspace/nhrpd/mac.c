// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include <nettle/memops.h>

#include "nhrpd/mac.h"

size_t mac_size(enum mac_algorithm algorithm)
{
	return algorithm == MAC_HMAC_MD5 ? MD5_DIGEST_SIZE : SHA256_DIGEST_SIZE;
}

void mac_begin(struct mac *mac, enum mac_algorithm algorithm,
	       const uint8_t *secret, size_t len)
{
	mac->algorithm = algorithm;
	if (algorithm == MAC_HMAC_MD5)
		hmac_md5_set_key(&mac->md5, len, secret);
	else
		hmac_sha256_set_key(&mac->sha256, len, secret);
}

void mac_add(struct mac *mac, const uint8_t *data, size_t len)
{
	if (mac->algorithm == MAC_HMAC_MD5)
		hmac_md5_update(&mac->md5, len, data);
	else
		hmac_sha256_update(&mac->sha256, len, data);
}

void mac_end(struct mac *mac, uint8_t *out)
{
	size_t size = mac_size(mac->algorithm);

	if (mac->algorithm == MAC_HMAC_MD5)
		hmac_md5_digest(&mac->md5, size, out);
	else
		hmac_sha256_digest(&mac->sha256, size, out);
	explicit_bzero(mac, sizeof(*mac));
}

bool mac_equal(const uint8_t *a, const uint8_t *b, size_t len)
{
	return memeql_sec(a, b, len);
}
