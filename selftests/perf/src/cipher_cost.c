// SPDX-License-Identifier: GPL-2.0
/*
 * What a cipher alone costs, for packets of given sizes: it is run over one
 * linear buffer, as softirq would, and what that took goes to the kernel's log.
 * Nothing is left to do after that.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <crypto/aead.h>
#include <crypto/chacha20poly1305.h>
#include <linux/bottom_half.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#define ICV_LEN		16
/* SPI, sequence number and IV; RFC 4106 in the crypto API's form. */
#define AAD_LEN		16
#define ESP_KEY_LEN	20
#define IV_LEN		8
#define SIZES_MAX	8

static int esp[SIZES_MAX];
static int esp_n;
module_param_array(esp, int, &esp_n, 0444);
MODULE_PARM_DESC(esp, "bytes that ESP encrypts of a packet, up to 8 sizes");

static int wireguard[SIZES_MAX];
static int wireguard_n;
module_param_array(wireguard, int, &wireguard_n, 0444);
MODULE_PARM_DESC(wireguard, "bytes that wireguard encrypts of a packet");

static unsigned int packets = 500;
module_param(packets, uint, 0444);
MODULE_PARM_DESC(packets, "how often each size is encrypted and decrypted");

/**
 * struct job - a cipher with all it needs
 * @req: request of the crypto API, NULL for the library
 * @sg: the buffer
 * @len: bytes to encrypt
 * @iv: initialization vector
 * @key: of the library's cipher
 */
struct job {
	struct aead_request *req;
	struct scatterlist sg;
	int len;
	u8 iv[IV_LEN];
	u8 key[CHACHA20POLY1305_KEY_SIZE];
};

static int encrypt(struct job *job)
{
	if (job->req) {
		aead_request_set_crypt(job->req, &job->sg, &job->sg, job->len,
				       job->iv);
		return crypto_aead_encrypt(job->req);
	}
	return chacha20poly1305_encrypt_sg_inplace(&job->sg, job->len, NULL, 0,
						   0, job->key) ? 0 : -EINVAL;
}

static int decrypt(struct job *job)
{
	int len = job->len + ICV_LEN;

	if (job->req) {
		aead_request_set_crypt(job->req, &job->sg, &job->sg, len,
				       job->iv);
		return crypto_aead_decrypt(job->req);
	}
	return chacha20poly1305_decrypt_sg_inplace(&job->sg, len, NULL, 0, 0,
						   job->key) ? 0 : -EBADMSG;
}

/* Many packets, with little between them that is not the cipher. */
static int run(struct job *job, bool both, u64 *ns)
{
	u64 start = ktime_get_ns();
	unsigned int i;
	int err = 0;

	for (i = 0; i < packets && !err; i++) {
		err = encrypt(job);
		if (!err && both)
			err = decrypt(job);
	}
	*ns = ktime_get_ns() - start;
	return err;
}

/*
 * Decryption alone cannot be repeated: in place, what was decrypted is no more
 * what came. The first run brings in what only the first packet needs.
 */
static int cost(struct job *job, const char *name, const char *driver)
{
	u64 out, both;
	int err;

	local_bh_disable();
	err = run(job, true, &both) ?: run(job, true, &both) ?:
	      run(job, false, &out);
	local_bh_enable();
	if (err)
		return err;
	pr_info("%s %s %d %u %llu %llu\n", name, driver, job->len, packets,
		out, both - out);
	return 0;
}

static int cost_esp(struct crypto_aead *aead, int len)
{
	struct job job = { .len = len };
	u8 *buf;
	int err = -ENOMEM;

	buf = kzalloc(AAD_LEN + len + ICV_LEN, GFP_KERNEL);
	job.req = aead_request_alloc(aead, GFP_KERNEL);
	if (buf && job.req) {
		sg_init_one(&job.sg, buf, AAD_LEN + len + ICV_LEN);
		aead_request_set_callback(job.req, 0, NULL, NULL);
		aead_request_set_ad(job.req, AAD_LEN);
		err = cost(&job, "rfc4106(gcm(aes))",
			   crypto_tfm_alg_driver_name(crypto_aead_tfm(aead)));
	}
	aead_request_free(job.req);
	kfree(buf);
	return err;
}

static int all_esp(void)
{
	static const u8 key[ESP_KEY_LEN] = { 1, 2, 3 };
	struct crypto_aead *aead;
	int i, err;

	aead = crypto_alloc_aead("rfc4106(gcm(aes))", 0, 0);
	if (IS_ERR(aead))
		return PTR_ERR(aead);
	err = crypto_aead_setkey(aead, key, sizeof(key)) ?:
	      crypto_aead_setauthsize(aead, ICV_LEN);
	for (i = 0; i < esp_n && !err; i++)
		err = cost_esp(aead, esp[i]);
	crypto_free_aead(aead);
	return err;
}

static int cost_wireguard(int len)
{
	struct job job = { .len = len };
	u8 *buf;
	int err;

	buf = kzalloc(len + ICV_LEN, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	sg_init_one(&job.sg, buf, len + ICV_LEN);
	err = cost(&job, "chacha20poly1305", "library");
	kfree(buf);
	return err;
}

static int __init cipher_cost_init(void)
{
	int i, err;

	err = all_esp();
	for (i = 0; i < wireguard_n && !err; i++)
		err = cost_wireguard(wireguard[i]);
	return err;
}

static void __exit cipher_cost_exit(void)
{
}

module_init(cipher_cost_init);
module_exit(cipher_cost_exit);
MODULE_DESCRIPTION("Cost of ciphers");
MODULE_LICENSE("GPL");
