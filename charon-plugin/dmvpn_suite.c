/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "compat.h"
#include "dmvpn_suite.h"

/**
 * Ciphers by IKEv2's numbers
 */
static struct {
	uint16_t alg;
	char *name;
	/** bytes of the ICV, 0 if an integrity algorithm is needed */
	uint32_t icv_len;
} ciphers[] = {
	{ ENCR_AES_CBC, "cbc(aes)", 0 },
	{ ENCR_AES_GCM_ICV8, "rfc4106(gcm(aes))", 8 },
	{ ENCR_AES_GCM_ICV12, "rfc4106(gcm(aes))", 12 },
	{ ENCR_AES_GCM_ICV16, "rfc4106(gcm(aes))", 16 },
	{ ENCR_AES_CCM_ICV8, "rfc4309(ccm(aes))", 8 },
	{ ENCR_AES_CCM_ICV12, "rfc4309(ccm(aes))", 12 },
	{ ENCR_AES_CCM_ICV16, "rfc4309(ccm(aes))", 16 },
	{ ENCR_CHACHA20_POLY1305, "rfc7539esp(chacha20,poly1305)", 16 },
};

/**
 * Integrity algorithms by IKEv2's numbers
 */
static struct {
	uint16_t alg;
	char *name;
	uint32_t icv_len;
} macs[] = {
	{ AUTH_HMAC_SHA1_96, "hmac(sha1)", 12 },
	{ AUTH_HMAC_SHA2_256_128, "hmac(sha256)", 16 },
	{ AUTH_HMAC_SHA2_384_192, "hmac(sha384)", 24 },
	{ AUTH_HMAC_SHA2_512_256, "hmac(sha512)", 32 },
};

/**
 * Described in header
 */
bool dmvpn_suite_get(kernel_ipsec_add_sa_t *data, dmvpn_sa_t *sa)
{
	int i;

	for (i = 0; i < countof(ciphers); i++)
	{
		if (ciphers[i].alg == data->enc_alg)
		{
			sa->cipher = ciphers[i].name;
			sa->icv_len = ciphers[i].icv_len;
		}
	}
	if (!sa->cipher)
	{
		DBG1(DBG_KNL, "dmvpn: encryption algorithm %N is not supported",
			 encryption_algorithm_names, data->enc_alg);
		return FALSE;
	}
	for (i = 0; !sa->icv_len && i < countof(macs); i++)
	{
		if (macs[i].alg == data->int_alg)
		{
			sa->auth = macs[i].name;
			sa->icv_len = macs[i].icv_len;
			break;
		}
	}
	if (!sa->icv_len)
	{
		DBG1(DBG_KNL, "dmvpn: integrity algorithm %N is not supported",
			 integrity_algorithm_names, data->int_alg);
		return FALSE;
	}
	return TRUE;
}
