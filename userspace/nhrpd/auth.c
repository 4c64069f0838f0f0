// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "lib/buf.h"
#include "nhrpd/auth.h"
#include "nhrpd/codec.h"
#include "nhrpd/error.h"
#include "nhrpd/ext.h"
#include "nhrpd/own.h"

#define POS_PKTSZ	10
#define POS_CHKSUM	12

#define FIXED_LEN	4	/* reserved, SPI */
#define ADDRESS_MAX	16

static const uint8_t zeros[ADDRESS_MAX + MAC_MAX];

/*
 * What changes from hop to hop is made anew with it, so nothing is left out
 * but the checksum, which is made later, and itself.
 */
static void hash(const struct conf_key *key, const uint8_t *packet, size_t len,
		 size_t at, uint8_t *out)
{
	size_t size = mac_size(key->algorithm);
	struct mac mac;

	mac_begin(&mac, key->algorithm, key->secret, key->len);
	mac_add(&mac, packet, POS_CHKSUM);
	mac_add(&mac, zeros, 2);
	mac_add(&mac, packet + POS_CHKSUM + 2, at - POS_CHKSUM - 2);
	mac_add(&mac, zeros, size);
	mac_add(&mac, packet + at + size, len - at - size);
	mac_end(&mac, out);
}

/* ---- in ---- */

/* Keys are the cloud's: which of its members says so makes no difference. */
static const struct conf_key *find_key(const struct conf_if *conf,
				       unsigned int spi)
{
	size_t i;

	for (i = 0; i < conf->n_key; i++)
		if (conf->key[i].spi == spi)
			return &conf->key[i];
	return NULL;
}

/* The reason why not, or __NHRP_DROP_MAX. */
static enum nhrp_drop check_key(const struct packet *pkt,
				const struct nhrp_ext *ext)
{
	size_t len = (size_t)pkt->data[POS_PKTSZ] << 8 |
		     pkt->data[POS_PKTSZ + 1];
	const struct conf_key *key;
	uint8_t want[MAC_MAX];
	struct reader r;
	size_t at;

	if (!ext)
		return NHRP_DROP_AUTH;
	reader_init(&r, pkt->msg.pool + ext->pos, ext->len);
	read_be16(&r);
	key = find_key(&pkt->ifc->conf, read_be16(&r));
	if (r.error || !key)
		return NHRP_DROP_AUTH_SPI;
	read_bytes(&r, pkt->msg.src_proto.len);
	if (reader_left(&r) != mac_size(key->algorithm))
		return NHRP_DROP_AUTH_HASH;
	at = error_offset(pkt, ext) + NHRP_EXT_LEN + r.pos;
	hash(key, pkt->data, len, at, want);
	return mac_equal(pkt->data + at, want, reader_left(&r)) ?
	       __NHRP_DROP_MAX : NHRP_DROP_AUTH_HASH;
}

bool auth_check(const struct packet *pkt)
{
	struct nhrp_msg *msg = (struct nhrp_msg *)&pkt->msg;
	const struct conf_if *conf = &pkt->ifc->conf;
	const struct nhrp_ext *ext = ext_find(msg, NHRP_EXT_AUTH);
	enum nhrp_drop why = __NHRP_DROP_MAX;

	/* RFC 2332, 5.2.7: it has no extensions. */
	if (msg->type == NHRP_ERROR_INDICATION)
		return true;
	if (conf->n_key)
		why = check_key(pkt, ext);
	else if (!ext_auth_check(msg, conf->auth))
		why = NHRP_DROP_AUTH;
	if (why == __NHRP_DROP_MAX)
		return true;
	packet_drop(pkt, why);
	error_send(pkt, NHRP_ERROR_AUTH, ext ? error_offset(pkt, ext) : 0);
	return false;
}

/* ---- out ---- */

/* The first one is what we send with; the hash is for auth_sign(). */
static bool put_key(const struct iface *ifc, struct nhrp_msg *msg)
{
	const struct conf_key *key = &ifc->conf.key[0];
	const struct addr *own = own_proto(ifc, &msg->src_proto);
	uint8_t data[FIXED_LEN + ADDRESS_MAX + MAC_MAX];
	struct writer w;

	writer_init(&w, data, sizeof(data));
	write_be16(&w, 0);
	write_be16(&w, key->spi);
	/* Who passes on what it has no address for itself has none to say. */
	write_bytes(&w, own->len == msg->src_proto.len ? own->b : zeros,
		    msg->src_proto.len);
	write_bytes(&w, zeros, mac_size(key->algorithm));
	return ext_put(msg, NHRP_EXT_AUTH, true, data, w.pos);
}

bool auth_put(const struct iface *ifc, struct nhrp_msg *msg)
{
	if (msg->type == NHRP_ERROR_INDICATION)
		return true;
	return ifc->conf.n_key ? put_key(ifc, msg) :
				 ext_auth_set(msg, ifc->conf.auth);
}

void auth_sign(const struct iface *ifc, const struct nhrp_msg *msg,
	       uint8_t *data, size_t len)
{
	const struct conf_key *key = ifc->conf.key;
	const struct nhrp_ext *ext;
	size_t at;

	if (!ifc->conf.n_key || msg->type == NHRP_ERROR_INDICATION)
		return;
	ext = ext_find((struct nhrp_msg *)msg, NHRP_EXT_AUTH);
	at = ext_offset(msg, data, ext) + NHRP_EXT_LEN + FIXED_LEN +
	     msg->src_proto.len;
	hash(key, data, len, at, data + at);
	nhrp_seal(data, len);
}
