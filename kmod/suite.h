/* SPDX-License-Identifier: GPL-2.0 */
/* Which ciphers ESP may use, and their keys. */
#ifndef _DMVPN_SUITE_H
#define _DMVPN_SUITE_H

#include <linux/types.h>

struct crypto_aead;
struct netlink_ext_ack;

#define DMVPN_IV_MAX	16
#define DMVPN_ICV_MAX	32

/**
 * struct dmvpn_suite - one combination of cipher and authentication
 * @cipher: name as in `ip xfrm state`
 * @auth: name as in `ip xfrm state`, NULL for an AEAD cipher
 * @key_lens: accepted lengths of the cipher's key in bytes, salt included;
 *	0 alone for none
 * @icv_lens: possible lengths of the integrity check value in bytes
 * @auth_key_len: length of the key of @auth in bytes
 * @iv_len: length of the IV on the wire in bytes
 * @block: plaintext is padded to a multiple of this
 * @random_iv: the IV must not be foreseeable (CBC); else it is the sequence
 *	number, which must never come twice for a key
 * @insecure: does not encrypt
 */
struct dmvpn_suite {
	const char *cipher;
	const char *auth;
	u8 key_lens[3];
	u8 icv_lens[3];
	u8 auth_key_len;
	u8 iv_len;
	u8 block;
	bool random_iv;
	bool insecure;
};

/**
 * struct dmvpn_key - a key on its way from netlink to the crypto API
 * @cipher: with salt, not owned
 * @cipher_len: bytes
 * @auth: not owned
 * @auth_len: bytes
 */
struct dmvpn_key {
	const u8 *cipher;
	u32 cipher_len;
	const u8 *auth;
	u32 auth_len;
};

const struct dmvpn_suite *dmvpn_suite_find(const char *cipher,
					   const char *auth);
bool dmvpn_suite_has_icv(const struct dmvpn_suite *suite, u32 len);
bool dmvpn_suite_has_key(const struct dmvpn_suite *suite, u32 len);
u64 dmvpn_suite_key_id(const struct dmvpn_suite *suite,
		       const struct dmvpn_key *key);
struct crypto_aead *dmvpn_suite_alloc(const struct dmvpn_suite *suite,
				      u8 icv_len, bool esn,
				      const struct dmvpn_key *key,
				      struct netlink_ext_ack *extack);

#endif /* _DMVPN_SUITE_H */
