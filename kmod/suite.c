// SPDX-License-Identifier: GPL-2.0
#include <crypto/aead.h>
#include <crypto/authenc.h>
#include <linux/netlink.h>
#include <linux/once.h>
#include <linux/rtnetlink.h>
#include <linux/siphash.h>
#include <linux/slab.h>

#include "suite.h"

/* RFC 3602 */
#define AES_CBC								\
	.cipher = "cbc(aes)", .key_lens = { 16, 24, 32 },		\
	.iv_len = 16, .block = 16, .random_iv = true
/* RFC 2410: for tests of what is around the cipher */
#define NO_CIPHER							\
	.cipher = "ecb(cipher_null)", .key_lens = { 0 },		\
	.block = 4, .insecure = true
/* RFC 2404, RFC 4868 */
#define SHA1_96								\
	.auth = "hmac(sha1)", .auth_key_len = 20, .icv_lens = { 12 }
#define SHA256_128							\
	.auth = "hmac(sha256)", .auth_key_len = 32, .icv_lens = { 16 }
#define SHA384_192							\
	.auth = "hmac(sha384)", .auth_key_len = 48, .icv_lens = { 24 }
#define SHA512_256							\
	.auth = "hmac(sha512)", .auth_key_len = 64, .icv_lens = { 32 }

static const struct dmvpn_suite suites[] = {
	{ AES_CBC, SHA1_96 }, { AES_CBC, SHA256_128 },
	{ AES_CBC, SHA384_192 }, { AES_CBC, SHA512_256 },
	{	/* RFC 4106 */
		.cipher = "rfc4106(gcm(aes))", .key_lens = { 20, 28, 36 },
		.icv_lens = { 8, 12, 16 }, .iv_len = 8, .block = 4,
	}, {	/* RFC 4309 */
		.cipher = "rfc4309(ccm(aes))", .key_lens = { 19, 27, 35 },
		.icv_lens = { 8, 12, 16 }, .iv_len = 8, .block = 4,
	}, {	/* RFC 7634 */
		.cipher = "rfc7539esp(chacha20,poly1305)", .key_lens = { 36 },
		.icv_lens = { 16 }, .iv_len = 8, .block = 4,
	},
	{ NO_CIPHER, SHA1_96 }, { NO_CIPHER, SHA256_128 },
	{ NO_CIPHER, SHA384_192 }, { NO_CIPHER, SHA512_256 },
};

/**
 * dmvpn_suite_find() - the suite of these names
 * @cipher: as in `ip xfrm state`
 * @auth: as in `ip xfrm state`, or NULL
 *
 * Return: the suite, or NULL if there is none.
 */
const struct dmvpn_suite *dmvpn_suite_find(const char *cipher,
					   const char *auth)
{
	const struct dmvpn_suite *suite;

	for (suite = suites; suite < suites + ARRAY_SIZE(suites); suite++) {
		if (strcmp(cipher, suite->cipher) || !auth != !suite->auth)
			continue;
		if (!auth || !strcmp(auth, suite->auth))
			return suite;
	}
	return NULL;
}

/**
 * dmvpn_suite_has_icv() - can the integrity check value be that long?
 * @suite: which
 * @len: bytes
 */
bool dmvpn_suite_has_icv(const struct dmvpn_suite *suite, u32 len)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(suite->icv_lens); i++)
		if (len && len == suite->icv_lens[i])
			return true;
	return false;
}

/**
 * dmvpn_suite_has_key() - can the cipher's key be that long?
 * @suite: which
 * @len: bytes, salt included
 */
bool dmvpn_suite_has_key(const struct dmvpn_suite *suite, u32 len)
{
	int i;

	if (!suite->key_lens[0])
		return !len;
	for (i = 0; i < ARRAY_SIZE(suite->key_lens); i++)
		if (len && len == suite->key_lens[i])
			return true;
	return false;
}

/**
 * dmvpn_suite_key_id() - what tells keys apart, without being of use otherwise
 * @suite: which
 * @key: its key
 *
 * Context: process.
 * Return: a number that is the same for the same key as long as the machine
 * runs, 0 if it does no harm to use a key in two SAs.
 */
u64 dmvpn_suite_key_id(const struct dmvpn_suite *suite,
		       const struct dmvpn_key *key)
{
	static siphash_key_t secret __read_mostly;

	if (suite->random_iv || !suite->iv_len)
		return 0;
	get_random_once(&secret, sizeof(secret));
	return siphash(key->cipher, key->cipher_len, &secret) ?: 1;
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

/* With ESN the number's upper half comes last in the HMAC. */
static struct crypto_aead *alloc_aead(const struct dmvpn_suite *suite,
				      bool esn)
{
	char name[CRYPTO_MAX_ALG_NAME];

	if (!suite->auth)
		return crypto_alloc_aead(suite->cipher, 0, 0);
	snprintf(name, sizeof(name), "authenc%s(%s,%s)", esn ? "esn" : "",
		 suite->auth, suite->cipher);
	return crypto_alloc_aead(name, 0, 0);
}

/**
 * dmvpn_suite_alloc() - a transform with its key
 * @suite: which
 * @icv_len: length of the integrity check value, one that the suite has
 * @esn: extended sequence numbers
 * @key: not kept, its lengths are such that the suite has
 * @extack: gets the reason of a failure
 *
 * Context: process, may sleep.
 * Return: transform or ERR_PTR(). Free it with crypto_free_aead().
 */
struct crypto_aead *dmvpn_suite_alloc(const struct dmvpn_suite *suite,
				      u8 icv_len, bool esn,
				      const struct dmvpn_key *key,
				      struct netlink_ext_ack *extack)
{
	struct crypto_aead *aead = alloc_aead(suite, esn);
	int err;

	if (IS_ERR(aead)) {
		NL_SET_ERR_MSG(extack, "the kernel does not have this cipher");
		return aead;
	}
	if (suite->auth)
		err = set_authenc_key(aead, key);
	else
		err = crypto_aead_setkey(aead, key->cipher, key->cipher_len);
	if (!err)
		err = crypto_aead_setauthsize(aead, icv_len);
	if (err) {
		NL_SET_ERR_MSG(extack, "the cipher does not take this key");
		crypto_free_aead(aead);
		return ERR_PTR(err);
	}
	return aead;
}
