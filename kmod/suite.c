// SPDX-License-Identifier: GPL-2.0
#include <crypto/aead.h>
#include <crypto/authenc.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "suite.h"

static const struct dmvpn_suite suites[] = {
	{	/* RFC 4106 */
		.cipher = "rfc4106(gcm(aes))", .aead = "rfc4106(gcm(aes))",
		.key_lens = { 20, 28, 36 }, .icv_len = 16,
		.iv_len = 8, .block = 4, .esn = true,
	}, {	/* RFC 7634 */
		.cipher = "rfc7539esp(chacha20,poly1305)",
		.aead = "rfc7539esp(chacha20,poly1305)",
		.key_lens = { 36 }, .icv_len = 16,
		.iv_len = 8, .block = 4, .esn = true,
	}, {	/* RFC 3602, RFC 2404 */
		.cipher = "cbc(aes)", .auth = "hmac(sha1)",
		.aead = "authenc(hmac(sha1),cbc(aes))",
		.key_lens = { 16, 24, 32 }, .auth_key_len = 20, .icv_len = 12,
		.iv_len = 16, .block = 16, .random_iv = true,
	}, {	/* RFC 3602, RFC 4868 */
		.cipher = "cbc(aes)", .auth = "hmac(sha256)",
		.aead = "authenc(hmac(sha256),cbc(aes))",
		.key_lens = { 16, 24, 32 }, .auth_key_len = 32, .icv_len = 16,
		.iv_len = 16, .block = 16, .random_iv = true,
	},
};

/**
 * dmvpn_suite_find() - the suite of these names
 * @cipher: as in `ip xfrm state`
 * @auth: as in `ip xfrm state`, or NULL
 * @icv_len: bytes
 *
 * Return: the suite, or NULL if there is none.
 */
const struct dmvpn_suite *dmvpn_suite_find(const char *cipher,
					   const char *auth, u32 icv_len)
{
	const struct dmvpn_suite *suite;

	for (suite = suites; suite < suites + ARRAY_SIZE(suites); suite++) {
		if (strcmp(cipher, suite->cipher) || icv_len != suite->icv_len)
			continue;
		if (!auth != !suite->auth)
			continue;
		if (!auth || !strcmp(auth, suite->auth))
			return suite;
	}
	return NULL;
}

static bool key_len_ok(const struct dmvpn_suite *suite,
		       const struct dmvpn_key *key)
{
	int i;

	if (key->auth_len != suite->auth_key_len)
		return false;
	for (i = 0; i < ARRAY_SIZE(suite->key_lens); i++)
		if (key->cipher_len && key->cipher_len == suite->key_lens[i])
			return true;
	return false;
}

/* authenc() takes both keys in one buffer, behind an rtattr. */
static int set_authenc_key(struct crypto_aead *aead,
			   const struct dmvpn_key *key)
{
	unsigned int len = RTA_SPACE(sizeof(struct crypto_authenc_key_param)) +
			   key->auth_len + key->cipher_len;
	struct crypto_authenc_key_param *param;
	struct rtattr *rta;
	u8 *buf, *pos;
	int err;

	buf = kzalloc(len, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	rta = (struct rtattr *)buf;
	rta->rta_type = CRYPTO_AUTHENC_KEYA_PARAM;
	rta->rta_len = RTA_LENGTH(sizeof(*param));
	param = RTA_DATA(rta);
	param->enckeylen = cpu_to_be32(key->cipher_len);
	pos = buf + RTA_SPACE(sizeof(*param));
	memcpy(pos, key->auth, key->auth_len);
	memcpy(pos + key->auth_len, key->cipher, key->cipher_len);
	err = crypto_aead_setkey(aead, buf, len);
	kfree_sensitive(buf);
	return err;
}

/**
 * dmvpn_suite_alloc() - a transform with its key
 * @suite: which
 * @key: not kept
 * @extack: gets the reason of a failure
 *
 * Context: process, may sleep.
 * Return: transform or ERR_PTR(). Free it with crypto_free_aead().
 */
struct crypto_aead *dmvpn_suite_alloc(const struct dmvpn_suite *suite,
				      const struct dmvpn_key *key,
				      struct netlink_ext_ack *extack)
{
	struct crypto_aead *aead;
	int err;

	if (!key_len_ok(suite, key)) {
		NL_SET_ERR_MSG(extack, "wrong key length for this cipher");
		return ERR_PTR(-EINVAL);
	}
	aead = crypto_alloc_aead(suite->aead, 0, 0);
	if (IS_ERR(aead)) {
		NL_SET_ERR_MSG(extack, "the kernel does not have this cipher");
		return aead;
	}
	if (suite->auth)
		err = set_authenc_key(aead, key);
	else
		err = crypto_aead_setkey(aead, key->cipher, key->cipher_len);
	if (!err)
		err = crypto_aead_setauthsize(aead, suite->icv_len);
	if (err) {
		NL_SET_ERR_MSG(extack, "the cipher does not take this key");
		crypto_free_aead(aead);
		return ERR_PTR(err);
	}
	return aead;
}
