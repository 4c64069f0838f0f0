// SPDX-License-Identifier: GPL-2.0
#include <crypto/aead.h>
#include <linux/random.h>
#include <linux/scatterlist.h>

#include "esp.h"
#include "order.h"
#include "packet.h"
#include "pipeline.h"
#include "receive.h"
#include "sa.h"
#include "send.h"

/* Associated data with ESN, which the packet does not hold in one piece. */
#define ESN_AAD_LEN	(3 * sizeof(__be32) + DMVPN_IV_MAX)

/**
 * struct dmvpn_req - one packet in the cipher
 * @skb: packet
 * @sa: with a reference if @held, else RCU keeps it
 * @held: the packet waits
 * @turn: its place among the packets of @sa
 * @err: the cipher's answer
 * @size: of this struct with the cipher's context, bytes
 * @iv: as the cipher wants it
 * @aad: associated data with ESN: SPI, both halves of the number, IV
 * @sg: associated data and packet
 * @aead: last, as the cipher's context follows
 */
struct dmvpn_req {
	struct sk_buff *skb;
	struct dmvpn_sa *sa;
	bool held;
	struct dmvpn_turn turn;
	int err;
	size_t size;
	u8 iv[DMVPN_IV_MAX];
	u8 aad[ESN_AAD_LEN];
	struct scatterlist sg[2];
	struct aead_request aead;
};

/* A cipher that answers at once leaves its request for the next packet. */
static DEFINE_PER_CPU(struct dmvpn_req *, dmvpn_spare);

static struct dmvpn_req *req_get(struct dmvpn_sa *sa, struct sk_buff *skb,
				 void (*pass)(struct dmvpn_turn *turn))
{
	size_t size = sizeof(struct dmvpn_req) +
		      crypto_aead_reqsize(sa->aead);
	struct dmvpn_req *req;

	if (unlikely(dmvpn_order_full(sa->order)))
		return ERR_PTR(-ENOBUFS);
	req = this_cpu_xchg(dmvpn_spare, NULL);
	if (req && req->size < size) {
		kfree_sensitive(req);
		req = NULL;
	}
	if (!req) {
		req = kmalloc(size, GFP_ATOMIC);
		if (!req)
			return ERR_PTR(-ENOMEM);
		req->size = size;
		sg_init_table(req->sg, ARRAY_SIZE(req->sg));
	}
	req->sa = sa;
	req->held = false;
	req->skb = skb;
	req->turn.pass = pass;
	req->turn.queued = false;
	req->turn.done = false;
	return req;
}

static void req_put(struct dmvpn_req *req)
{
	if (req->held)
		percpu_ref_put(&req->sa->ref);
	req = this_cpu_xchg(dmvpn_spare, req);
	if (unlikely(req))
		kfree_sensitive(req);
}

/*
 * The packet outlives the RCU section that it came in. An SA that is deleted
 * meanwhile keeps its reference until that section ends: percpu_ref_kill().
 */
static void req_hold(struct dmvpn_req *req)
{
	req->held = true;
	percpu_ref_get(&req->sa->ref);
	skb_dst_force(req->skb);
}

static struct dmvpn_req *req_of(struct dmvpn_turn *turn)
{
	return container_of(turn, struct dmvpn_req, turn);
}

/*
 * The cipher answers later than it was asked: a callback of it. Whoever is
 * behind this packet in the order is passed on here, too. The request and its
 * reference may be gone by then, and RCU alone keeps the SA.
 */
static void req_done(dmvpn_crypto_arg *arg, int err)
{
	struct dmvpn_req *req = dmvpn_crypto_data(arg);

	local_bh_disable();
	rcu_read_lock();
	req->err = err;
	dmvpn_order_done(req->sa->order, &req->turn, NULL);
	rcu_read_unlock();
	local_bh_enable();
}

/*
 * Both directions: skb->data is at the ESP header, and @crypt_len bytes follow
 * the IV. The explicit IV counts as associated data for all ciphers that we
 * have: RFC 4106, 4309 and 7634 in the crypto API's form skip it, and HMAC
 * covers it. authencesn() changes the associated data and the ICV for a while.
 */
static void req_prepare(struct dmvpn_req *req, unsigned int crypt_len)
{
	struct dmvpn_sa *sa = req->sa;
	struct sk_buff *skb = req->skb;
	struct ip_esp_hdr *esph = (struct ip_esp_hdr *)skb->data;
	unsigned int head = sizeof(*esph) + sa->suite->iv_len;
	unsigned int ad = head;

	/* No packet is shorter than that, and a fixed length takes no call. */
	memcpy(req->iv, esph->enc_data, DMVPN_IV_MAX);
	if (sa->esn) {
		ad += sizeof(__be32);
		memcpy(req->aad, &esph->spi, sizeof(__be32));
		put_unaligned_be64(dmvpn_cb(skb)->seq, req->aad + 4);
		memcpy(req->aad + 12, esph->enc_data, DMVPN_IV_MAX);
		sg_set_buf(&req->sg[0], req->aad, ad);
		sg_unmark_end(&req->sg[0]);
		sg_set_buf(&req->sg[1], skb->data + head, skb->len - head);
	} else {
		sg_set_buf(&req->sg[0], skb->data, skb->len);
		sg_mark_end(&req->sg[0]);
	}
	aead_request_set_tfm(&req->aead, sa->aead);
	aead_request_set_callback(&req->aead, 0, req_done, req);
	aead_request_set_ad(&req->aead, ad);
	aead_request_set_crypt(&req->aead, req->sg, req->sg, crypt_len,
			       req->iv);
}

/**
 * dmvpn_esp_trailer() - bytes behind what ESP holds
 * @sa: outbound SA
 * @len: what it is to hold, in bytes
 *
 * Return: bytes of padding, its length, next header and ICV.
 */
unsigned int dmvpn_esp_trailer(const struct dmvpn_sa *sa, unsigned int len)
{
	return ALIGN(len + 2, sa->suite->block) - len + sa->icv_len;
}

/* RFC 4303, 2.4 to 2.6: padding 1, 2, 3 ..., its length, next header. */
static void push_trailer(struct sk_buff *skb, const struct dmvpn_sa *sa)
{
	unsigned int len = dmvpn_esp_trailer(sa, skb->len);
	unsigned int pad = len - sa->icv_len - 2;
	u8 *tail = skb_put(skb, len);
	unsigned int i;

	for (i = 0; i < pad; i++)
		tail[i] = i + 1;
	tail[pad] = pad;
	tail[pad + 1] = sa->next;
}

static void push_header(struct sk_buff *skb, const struct dmvpn_sa *sa)
{
	u64 seq = dmvpn_cb(skb)->seq;
	struct ip_esp_hdr *esph;

	esph = skb_push(skb, sizeof(*esph) + sa->suite->iv_len);
	esph->spi = sa->key.spi;
	esph->seq_no = htonl(lower_32_bits(seq));
	if (sa->suite->random_iv)
		get_random_bytes(esph->enc_data, sa->suite->iv_len);
	else if (sa->suite->iv_len)
		put_unaligned_be64(seq, esph->enc_data);
}

static int req_cipher(struct dmvpn_req *req)
{
	if (req->sa->key.dir == DMVPN_SA_DIR_OUT)
		return crypto_aead_encrypt(&req->aead);
	return crypto_aead_decrypt(&req->aead);
}

/* A helper asks the cipher, as for a packet that has to wait for it anyway. */
static void req_helped(struct dmvpn_turn *turn, struct dmvpn_helper *helper)
{
	struct dmvpn_req *req = req_of(turn);
	int err = req_cipher(req);

	if (err == -EINPROGRESS)
		return;
	req->err = err;
	dmvpn_order_done(req->sa->order, turn, helper);
}

/* Ask the cipher, or let somebody else. What failed at once has no order. */
static int req_ask(struct dmvpn_req *req)
{
	const bool busy = dmvpn_pipeline_busy();
	struct dmvpn_order *order = req->sa->order;
	struct dmvpn_helper *helper = NULL;
	int err;

	if (unlikely(busy))
		helper = dmvpn_pipeline_helper();
	if (helper) {
		req_hold(req);
		atomic64_inc(&req->sa->waited);
		req->turn.ask = req_helped;
		dmvpn_pipeline_push(order, &req->turn, helper);
		return 0;
	}
	err = req_cipher(req);
	if (err == -EINPROGRESS) {
		req_hold(req);
		atomic64_inc(&req->sa->waited);
		dmvpn_order_wait(order, &req->turn);
		return 0;
	}
	req->err = err;
	if (!err && unlikely(dmvpn_order_active(order))) {
		req_hold(req);
		if (dmvpn_order_behind(order, &req->turn, busy))
			return 0;
	}
	req->turn.pass(&req->turn);
	return err;
}

/* Consumes the packet and the request. BH off, RCU. */
static void encrypted(struct dmvpn_turn *turn)
{
	struct dmvpn_req *req = req_of(turn);
	struct dmvpn_sa *sa = req->sa;

	if (req->err) {
		atomic64_inc(&sa->errors);
		kfree_skb(req->skb);
	} else {
		dmvpn_output(sa->dn->net, req->skb, IPPROTO_ESP);
	}
	req_put(req);
}

/**
 * dmvpn_esp_encrypt() - protect a packet and send it
 * @sa: outbound SA
 * @skb: from GRE on, owned (dmvpn_skb_own()), with its route, which may lack a
 *	reference, and its notes in dmvpn_cb(); consumed
 *
 * The cipher may answer later, on any CPU; all that is needed then hangs on
 * the packet and the SA, so the device and the peer may be gone.
 *
 * Context: BH off, RCU.
 * Return: 0 if it was sent or will be, else a negative error code.
 */
int dmvpn_esp_encrypt(struct dmvpn_sa *sa, struct sk_buff *skb)
{
	struct dmvpn_req *req = req_get(sa, skb, encrypted);
	unsigned int len;

	if (IS_ERR(req)) {
		atomic64_inc(&sa->errors);
		kfree_skb(skb);
		return PTR_ERR(req);
	}
	/* Ours may go while the cipher works; IP finds that of the route. */
	skb->dev = NULL;
	push_trailer(skb, sa);
	len = skb->len - sa->icv_len;
	push_header(skb, sa);
	req_prepare(req, len);
	return req_ask(req);
}

/*
 * Take off header, IV, ICV and trailer of an authentic packet.
 * Return: next header, or -EBADMSG if the padding cannot be.
 */
static int strip(struct sk_buff *skb, const struct dmvpn_sa *sa)
{
	unsigned int pad;
	u8 next;

	__skb_pull(skb, sizeof(struct ip_esp_hdr) + sa->suite->iv_len);
	__skb_trim(skb, skb->len - sa->icv_len);
	next = skb->data[skb->len - 1];
	pad = skb->data[skb->len - 2];
	if (pad + 2 > skb->len)
		return -EBADMSG;
	__skb_trim(skb, skb->len - pad - 2);
	return next;
}

/* A packet that proved to come from the peer. Consumes it. BH off, RCU. */
static void authentic(struct dmvpn_sa *sa, struct sk_buff *skb)
{
	int next = strip(skb, sa);

	if (!dmvpn_sa_accept(sa, dmvpn_cb(skb)->seq, skb->len)) {
		kfree_skb(skb);
	} else if (next == sa->next) {
		dmvpn_input(sa, skb);
	} else if (next == IPPROTO_NONE) {
		consume_skb(skb);	/* RFC 4303, 2.6: a dummy packet */
	} else {
		atomic64_inc(&sa->malformed);
		kfree_skb(skb);
	}
}

/* Consumes the packet and the request. BH off, RCU. */
static void decrypted(struct dmvpn_turn *turn)
{
	struct dmvpn_req *req = req_of(turn);
	struct dmvpn_sa *sa = req->sa;

	if (req->err) {
		atomic64_inc(req->err == -EBADMSG ? &sa->auth_failed :
						    &sa->errors);
		kfree_skb(req->skb);
	} else {
		authentic(sa, req->skb);
	}
	req_put(req);
}

/**
 * dmvpn_esp_decrypt() - check and open a packet
 * @sa: inbound SA
 * @skb: from ESP on, whose header is linear, with its source, destination and
 *	TOS in dmvpn_cb(); consumed, passed to dmvpn_input() in the end
 *
 * Context: BH off, RCU.
 */
void dmvpn_esp_decrypt(struct dmvpn_sa *sa, struct sk_buff *skb)
{
	const struct dmvpn_suite *suite = sa->suite;
	unsigned int head = sizeof(struct ip_esp_hdr) + suite->iv_len;
	int clear = skb->len - head - sa->icv_len;
	struct dmvpn_req *req;
	u64 seq;

	if (clear < 4 || !IS_ALIGNED(clear, suite->block)) {
		atomic64_inc(&sa->malformed);
		goto drop;
	}
	seq = ntohl(((struct ip_esp_hdr *)skb->data)->seq_no);
	seq = dmvpn_replay_extend(&sa->replay, seq);
	if (!dmvpn_replay_check(&sa->replay, seq)) {
		atomic64_inc(&sa->replayed);
		goto drop;
	}
	dmvpn_cb(skb)->seq = seq;
	if (dmvpn_skb_own(skb, 0, 0)) {
		atomic64_inc(&sa->errors);
		goto drop;
	}
	req = req_get(sa, skb, decrypted);
	if (IS_ERR(req)) {
		atomic64_inc(&sa->errors);
		goto drop;
	}
	/* What it came through may go while the cipher works. */
	skb_dst_drop(skb);
	skb->dev = NULL;
	req_prepare(req, clear + sa->icv_len);
	req_ask(req);
	return;
drop:
	kfree_skb(skb);
}

/* All SAs are gone, and all packets in a cipher with them. */
void dmvpn_esp_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		kfree_sensitive(per_cpu(dmvpn_spare, cpu));
}
