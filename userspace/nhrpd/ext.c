// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "nhrpd/codec.h"
#include "nhrpd/ext.h"

/* One entry with two IPv6 addresses. */
#define CIE_MAX (NHRP_CIE_LEN + 32)
/* Of the group's data, what comes before the name. */
#define GROUP_HEAD 11
/* Magic, role, packets and bytes. */
#define RECEIVED_LEN 19

#define POS_EXTOFF 14

/* The number of extensions if it is not there. */
static size_t place_of(const struct nhrp_msg *msg, unsigned int type)
{
	size_t i;

	for (i = 0; i < msg->n_ext && msg->ext[i].type != type; i++)
		;
	return i;
}

struct nhrp_ext *ext_find(struct nhrp_msg *msg, unsigned int type)
{
	size_t i = place_of(msg, type);

	return i < msg->n_ext ? &msg->ext[i] : NULL;
}

/* Room for @len bytes at the end of the pool; -1 if there is none. */
static int pool_take(struct nhrp_msg *msg, size_t len)
{
	size_t pos = msg->pool_used;

	if (len > sizeof(msg->pool) - pos)
		return -1;
	msg->pool_used += len;
	return (int)pos;
}

bool ext_add(struct nhrp_msg *msg, unsigned int type, bool compulsory,
	     const void *data, size_t len)
{
	int pos;

	if (msg->n_ext == NHRP_MSG_EXTS)
		return false;
	pos = pool_take(msg, len);
	if (pos < 0)
		return false;
	if (len)
		memcpy(msg->pool + pos, data, len);
	msg->ext[msg->n_ext++] = (struct nhrp_ext){
		.type = (uint16_t)type,
		.compulsory = compulsory,
		.pos = (uint16_t)pos,
		.len = (uint16_t)len,
	};
	msg->has_ext = true;
	return true;
}

bool ext_replace(struct nhrp_msg *msg, struct nhrp_ext *ext, const void *data,
		 size_t len)
{
	int pos = pool_take(msg, len);

	if (pos < 0)
		return false;
	if (len)
		memcpy(msg->pool + pos, data, len);
	ext->pos = (uint16_t)pos;
	ext->len = (uint16_t)len;
	return true;
}

bool ext_append(struct nhrp_msg *msg, struct nhrp_ext *ext, const void *data,
		size_t len)
{
	int pos = pool_take(msg, ext->len + len);

	if (pos < 0)
		return false;
	memmove(msg->pool + pos, msg->pool + ext->pos, ext->len);
	memcpy(msg->pool + pos + ext->len, data, len);
	ext->pos = (uint16_t)pos;
	ext->len = (uint16_t)(ext->len + len);
	return true;
}

bool ext_put(struct nhrp_msg *msg, unsigned int type, bool compulsory,
	     const void *data, size_t len)
{
	struct nhrp_ext *ext = ext_find(msg, type);

	return ext ? ext_replace(msg, ext, data, len) :
		     ext_add(msg, type, compulsory, data, len);
}

size_t ext_offset(const struct nhrp_msg *msg, const uint8_t *packet,
		  const struct nhrp_ext *ext)
{
	size_t at = (size_t)packet[POS_EXTOFF] << 8 | packet[POS_EXTOFF + 1];
	const struct nhrp_ext *e;

	for (e = msg->ext; e < ext; e++)
		at += NHRP_EXT_LEN + e->len;
	return at;
}

static bool ext_known(unsigned int type)
{
	switch ((enum nhrp_ext_type)type) {
	case NHRP_EXT_END:
	case NHRP_EXT_RESPONDER:
	case NHRP_EXT_FORWARD:
	case NHRP_EXT_REVERSE:
	case NHRP_EXT_AUTH:
	case NHRP_EXT_VENDOR:
	case NHRP_EXT_NAT:
	case NHRP_EXT_GROUP:
	case NHRP_EXT_RECEIVED:
		return true;
	}
	return false;
}

const struct nhrp_ext *ext_unknown(const struct nhrp_msg *msg)
{
	size_t i;

	for (i = 0; i < msg->n_ext; i++)
		if (msg->ext[i].compulsory && !ext_known(msg->ext[i].type))
			return &msg->ext[i];
	return NULL;
}

/* Of what is not known here nobody knows whether it may be there twice. */
const struct nhrp_ext *ext_repeated(const struct nhrp_msg *msg)
{
	size_t i, k;

	for (i = 0; i < msg->n_ext; i++) {
		if (msg->ext[i].type == NHRP_EXT_VENDOR ||
		    !ext_known(msg->ext[i].type))
			continue;
		for (k = 0; k < i; k++)
			if (msg->ext[k].type == msg->ext[i].type)
				return &msg->ext[i];
	}
	return NULL;
}

bool ext_add_request(struct nhrp_msg *msg)
{
	return ext_add(msg, NHRP_EXT_FORWARD, true, NULL, 0) &&
	       ext_add(msg, NHRP_EXT_REVERSE, true, NULL, 0) &&
	       ext_add(msg, NHRP_EXT_RESPONDER, true, NULL, 0) &&
	       ext_add(msg, NHRP_EXT_NAT, false, NULL, 0);
}

static void ext_remove(struct nhrp_msg *msg, struct nhrp_ext *ext)
{
	size_t i = (size_t)(ext - msg->ext);

	msg->n_ext--;
	memmove(ext, ext + 1, (msg->n_ext - i) * sizeof(*ext));
}

void ext_remove_records(struct nhrp_msg *msg)
{
	struct nhrp_ext *ext;

	while ((ext = ext_find(msg, NHRP_EXT_FORWARD)) ||
	       (ext = ext_find(msg, NHRP_EXT_REVERSE)))
		ext_remove(msg, ext);
}

void ext_copy(struct nhrp_msg *to, const struct nhrp_msg *from)
{
	memcpy(to->ext, from->ext, sizeof(to->ext));
	memcpy(to->pool, from->pool, from->pool_used);
	to->n_ext = from->n_ext;
	to->has_ext = from->has_ext;
	to->pool_used = from->pool_used;
}

size_t ext_cies(const struct nhrp_msg *msg, const struct nhrp_ext *ext,
		struct nhrp_cie *cie, size_t max)
{
	struct reader r;
	size_t n = 0;

	reader_init(&r, msg->pool + ext->pos, ext->len);
	while (n < max && reader_left(&r) && nhrp_read_cie(&r, msg, &cie[n]))
		n++;
	return n;
}

static size_t encode_cie(uint8_t data[static CIE_MAX],
			 const struct nhrp_cie *cie)
{
	struct writer w;

	writer_init(&w, data, CIE_MAX);
	nhrp_write_cie(&w, cie);
	return w.pos;
}

bool ext_append_cie(struct nhrp_msg *msg, struct nhrp_ext *ext,
		    const struct nhrp_cie *cie)
{
	uint8_t data[CIE_MAX];
	size_t len = encode_cie(data, cie);

	return ext_append(msg, ext, data, len);
}

bool ext_set_cie(struct nhrp_msg *msg, struct nhrp_ext *ext,
		 const struct nhrp_cie *cie)
{
	uint8_t data[CIE_MAX];
	size_t len = encode_cie(data, cie);

	return ext_replace(msg, ext, data, len);
}

struct addr ext_nat(struct nhrp_msg *msg, const struct addr *proto)
{
	const struct nhrp_ext *ext = ext_find(msg, NHRP_EXT_NAT);
	struct nhrp_cie cie[NHRP_MSG_CIES];
	size_t n = ext ? ext_cies(msg, ext, cie, NHRP_MSG_CIES) : 0;

	while (n--)
		if (addr_equal(&cie[n].proto, proto) &&
		    addr_is_unicast(&cie[n].nbma))
			return cie[n].nbma;
	return (struct addr){ 0 };
}

bool ext_nat_agrees(struct nhrp_msg *msg, const struct addr *proto,
		    const struct addr *nbma)
{
	const struct nhrp_ext *ext = ext_find(msg, NHRP_EXT_NAT);
	struct nhrp_cie cie[NHRP_MSG_CIES + 1];
	size_t n = ext ? ext_cies(msg, ext, cie, NHRP_MSG_CIES + 1) : 0;

	if (n > NHRP_MSG_CIES)
		return false;
	while (n--)
		if (addr_equal(&cie[n].proto, proto) &&
		    addr_is_unicast(&cie[n].nbma) &&
		    !addr_equal(&cie[n].nbma, nbma))
			return false;
	return true;
}

/* Type word and password as on the wire. Returns the length. */
static size_t encode_auth(uint8_t data[static 4 + NHRP_AUTH_MAX],
			  const char *password)
{
	struct writer w;

	writer_init(&w, data, 4 + NHRP_AUTH_MAX);
	write_be32(&w, NHRP_AUTH_CLEARTEXT);
	write_bytes(&w, password, strnlen(password, NHRP_AUTH_MAX));
	return w.pos;
}

bool ext_auth_check(struct nhrp_msg *msg, const char *password)
{
	uint8_t want[4 + NHRP_AUTH_MAX];
	const struct nhrp_ext *ext;
	unsigned int diff = 0;
	size_t len, i;

	if (!*password)
		return true;
	ext = ext_find(msg, NHRP_EXT_AUTH);
	len = encode_auth(want, password);
	if (!ext || ext->len != len)
		return false;
	for (i = 0; i < len; i++)
		diff |= (unsigned int)(want[i] ^ msg->pool[ext->pos + i]);
	return diff == 0;
}

bool ext_auth_set(struct nhrp_msg *msg, const char *password)
{
	struct nhrp_ext *ext = ext_find(msg, NHRP_EXT_AUTH);
	uint8_t data[4 + NHRP_AUTH_MAX];
	size_t len;

	if (!*password) {
		if (ext)
			ext_remove(msg, ext);
		return true;
	}
	len = encode_auth(data, password);
	return ext_put(msg, NHRP_EXT_AUTH, true, data, len);
}

bool ext_group_valid(const char *name)
{
	size_t i;

	for (i = 0; name[i]; i++)
		if (i == NHRP_GROUP_MAX || name[i] <= ' ' || name[i] > '~')
			return false;
	return i > 0;
}

static void write_be64(struct writer *w, uint64_t v)
{
	write_be32(w, (uint32_t)(v >> 32));
	write_be32(w, (uint32_t)v);
}

static uint64_t read_be64(struct reader *r)
{
	uint64_t high = read_be32(r);

	return high << 32 | read_be32(r);
}

static bool set_ours(struct nhrp_msg *msg, uint16_t type, const uint8_t *data,
		     size_t len)
{
	struct nhrp_ext *ext = ext_find(msg, type);

	if (ext)
		return ext_replace(msg, ext, data, len);
	return ext_add(msg, type, false, data, len);
}

bool ext_group_set(struct nhrp_msg *msg, enum nhrp_group_role role,
		   const struct nhrp_group *group)
{
	uint8_t data[GROUP_HEAD + NHRP_GROUP_MAX];
	struct writer w;

	writer_init(&w, data, sizeof(data));
	write_be16(&w, NHRP_OUR_MAGIC);
	write_u8(&w, (uint8_t)role);
	write_be64(&w, group->rate);
	write_bytes(&w, group->name, strnlen(group->name, NHRP_GROUP_MAX));
	return set_ours(msg, NHRP_EXT_GROUP, data, w.pos);
}

static enum ext_group group_name(struct reader *r,
				 char name[static NHRP_GROUP_NAME])
{
	size_t len = reader_left(r);

	if (!len)
		return EXT_GROUP_NONE;
	memcpy(name, read_bytes(r, len), len);
	/* A NUL in it would make it a shorter one. */
	return strlen(name) == len && ext_group_valid(name) ? EXT_GROUP_NAMED :
							      EXT_GROUP_BAD;
}

enum ext_group ext_group_get(const struct nhrp_msg *msg,
			     enum nhrp_group_role role,
			     struct nhrp_group *group)
{
	static const struct nhrp_group none;
	size_t i = place_of(msg, NHRP_EXT_GROUP);
	const struct nhrp_ext *ext = &msg->ext[i];
	enum ext_group result;
	struct reader r;

	*group = none;
	if (i == msg->n_ext)
		return EXT_GROUP_NONE;
	if (ext->len < GROUP_HEAD || ext->len > GROUP_HEAD + NHRP_GROUP_MAX)
		return EXT_GROUP_BAD;
	reader_init(&r, msg->pool + ext->pos, ext->len);
	if (read_be16(&r) != NHRP_OUR_MAGIC)
		return EXT_GROUP_BAD;
	if (read_u8(&r) != role)
		return EXT_GROUP_NONE;
	group->rate = read_be64(&r);
	result = group_name(&r, group->name);
	if (result == EXT_GROUP_BAD)
		*group = none;
	return result;
}

bool ext_received_set(struct nhrp_msg *msg, enum nhrp_group_role role,
		      const struct nhrp_received *received)
{
	uint8_t data[RECEIVED_LEN];
	struct writer w;

	writer_init(&w, data, sizeof(data));
	write_be16(&w, NHRP_OUR_MAGIC);
	write_u8(&w, (uint8_t)role);
	write_be64(&w, received->packets);
	write_be64(&w, received->bytes);
	return set_ours(msg, NHRP_EXT_RECEIVED, data, w.pos);
}

bool ext_received_get(const struct nhrp_msg *msg, enum nhrp_group_role role,
		      struct nhrp_received *received)
{
	size_t i = place_of(msg, NHRP_EXT_RECEIVED);
	struct reader r;

	if (i == msg->n_ext || msg->ext[i].len != RECEIVED_LEN)
		return false;
	reader_init(&r, msg->pool + msg->ext[i].pos, RECEIVED_LEN);
	if (read_be16(&r) != NHRP_OUR_MAGIC || read_u8(&r) != role)
		return false;
	received->packets = read_be64(&r);
	received->bytes = read_be64(&r);
	return true;
}
