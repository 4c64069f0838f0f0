// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * IKEv2's proposals, policies and keyrings.
 */
#include <string.h>

#include "dmvpnctl/ios.h"

/**
 * struct word - a word of a proposal
 * @theirs: IOS's
 * @ours: strongSwan's
 */
struct word {
	const char *theirs;
	const char *ours;
};

static const struct word ciphers[] = {
	{ "aes-gcm-256", "aes256gcm16" }, { "aes-gcm-128", "aes128gcm16" },
	{ "aes-cbc-256", "aes256" }, { "aes-cbc-192", "aes192" },
	{ "aes-cbc-128", "aes128" }, { "3des", "3des" }, { "des", "des" },
	{ NULL, NULL }
};

static const struct word hashes[] = {
	{ "sha512", "sha512" }, { "sha384", "sha384" },
	{ "sha256", "sha256" }, { "sha1", "sha1" }, { "md5", "md5" },
	{ NULL, NULL }
};

static const struct word prfs[] = {
	{ "sha512", "prfsha512" }, { "sha384", "prfsha384" },
	{ "sha256", "prfsha256" }, { "sha1", "prfsha1" },
	{ "md5", "prfmd5" }, { NULL, NULL }
};

/* ---- proposals and policies ---- */

static const char *join(struct ios *ios, const char *text, const char *word)
{
	return text ? ios_format(ios, "%s-%s", text, word) : word;
}

/* All words of a line, with dashes between; NULL for an unknown one. */
static const char *words_of(struct ios_at *at, const struct word *table)
{
	const char *text = NULL;
	size_t i;

	while (ios_peek(at)) {
		for (i = 0; table[i].theirs && !ios_is(at, table[i].theirs);)
			i++;
		if (!table[i].theirs)
			return NULL;
		text = join(at->ios, text, table[i].ours);
	}
	return text;
}

static const char *groups_of(struct ios_at *at)
{
	const char *text = NULL, *group;

	while (ios_peek(at)) {
		group = ios_dh_group(ios_peek(at));
		if (!group)
			return NULL;
		ios_next(at);
		text = join(at->ios, text, group);
	}
	return text;
}

static bool proposal_line(struct ios_at *at, struct ios_proposal *p)
{
	if (ios_is(at, "encryption")) {
		p->encryption = words_of(at, ciphers);
		p->aead = p->encryption && strstr(p->encryption, "gcm");
		return p->encryption;
	}
	if (ios_is(at, "integrity"))
		return (p->integrity = words_of(at, hashes));
	if (ios_is(at, "prf"))
		return (p->prf = words_of(at, prfs));
	return ios_is(at, "group") && (p->groups = groups_of(at));
}

static void proposal(struct ios_at *head)
{
	struct ios_proposal *p = ios_add(head->ios, &head->ios->proposals);
	const char *name = ios_next(head);
	struct ios_at at;

	p->line = head->line;
	p->name = name ? name : "";
	head->line->used = &p->used;
	ios_take(head);
	ios_for_each_line(at, head->ios, head->line) {
		at.line->used = &p->used;
		if (proposal_line(&at, p))
			ios_take(&at);
	}
}

static void policy(struct ios_at *head)
{
	struct ios_name *name;
	struct ios_at at;

	ios_next(head);
	ios_take(head);
	head->line->used = &head->ios->ike2_used;
	ios_for_each_line(at, head->ios, head->line) {
		at.line->used = &head->ios->ike2_used;
		if (ios_is(&at, "proposal") && ios_peek(&at)) {
			name = ios_add(at.ios, &at.ios->ike2_policy);
			name->line = at.line;
			name->name = ios_next(&at);
			ios_take(&at);
		} else if (ios_is(&at, "match fvrf any")) {
			ios_take(&at);
		} else if (ios_is(&at, "match")) {
			ios_lose(at.ios, at.line,
				 "proposals are for all addresses and VRFs");
		}
	}
}

/* ---- keyrings ---- */

struct ios_key *ios_add_key(struct ios_at *at, const char *keyring,
			    const char *id)
{
	struct ios_key *key = ios_add(at->ios, &at->ios->keys);
	struct prefix p;

	key->line = at->line;
	key->keyring = keyring;
	key->id = id;
	at->line->used = &key->used;
	key->secret = ios_any_secret(at, &key->hex);
	ios_take(at);
	if (id && !prefix_parse(id, &p))
		ios_change(at->ios, at->line,
			   "charon finds it by the peer's identity: that has to be %s",
			   id);
	else if (!id && key->secret)
		ios_change(at->ios, at->line, IOS_ANY_PEER);
	return key;
}

/* strongSwan has one key for both directions. */
void ios_pair_keys(struct ios *ios, struct ios_key *key, struct ios_key *other)
{
	if (!other || !other->secret || !key->secret)
		return;
	if (strcmp(other->secret, key->secret) || other->hex != key->hex)
		ios_lose(ios, key->line,
			 "charon has one key for both directions: give both routers the same one");
	key->twin = true;
}

/**
 * struct peer - a peer of a keyring, while it is read
 * @keyring: name of that
 * @id: of it, NULL for any
 * @id_line: that says so, NULL for none
 * @key: that is the peer's alone, and that is ours alone
 */
struct peer {
	const char *keyring;
	const char *id;
	struct ios_line *id_line;
	struct ios_key *key[2];
};

static bool read_address(struct ios_at *at, struct peer *peer)
{
	unsigned int len;
	struct prefix p;

	if (!ios_peek(at) || prefix_parse(ios_peek(at), &p))
		return false;
	ios_next(at);
	len = p.len;
	ios_mask(at, &len);
	peer->id = ios_id(at->ios, &p.addr, len);
	return true;
}

static bool read_id(struct ios_at *at, struct peer *peer)
{
	if (ios_is(at, "hostname") || ios_is(at, "identity fqdn") ||
	    ios_is(at, "identity email"))
		return (peer->id = ios_next(at));
	if (ios_is(at, "identity key-id")) {
		peer->id = ios_peek(at) ? ios_format(at->ios, "keyid:%s",
						     ios_next(at)) : NULL;
		return peer->id;
	}
	return ios_is(at, "identity address") && read_address(at, peer);
}

/*
 * What the peer of this line is called: its identity, where it says one beside
 * its address. In whatever order: nothing is a key for anybody by mistake.
 */
static void peer_id(struct ios_at at, struct peer *peer)
{
	const struct ios *ios = at.ios;
	struct ios_line *address = NULL;

	for (at.line++; at.line < ios->line + ios->n && at.line->indented;
	     at.line++) {
		at.at = 0;
		if (ios_is(&at, "peer"))
			break;
		if (read_id(&at, peer)) {
			peer->id_line = at.line;
			ios_take(&at);
		} else if (ios_is(&at, "address")) {
			address = at.line;
		}
	}
	if (!address)
		return;
	at.line = address;
	at.at = 1;
	if (peer->id_line) {
		at.at = address->n;
		ios_change(at.ios, address,
			   "charon finds the key by the peer's identity");
	} else if (read_address(&at, peer)) {
		peer->id_line = address;
	}
	if (peer->id_line)
		ios_take(&at);
}

static void peer_key(struct ios_at *at, struct peer *peer)
{
	bool local = ios_is(at, "local"), half = local || ios_is(at, "remote");
	struct ios_key *key = ios_add_key(at, peer->keyring, peer->id);

	at->line->header->used = &key->used;
	if (!peer->id_line) {
		key->secret = NULL;
		ios_lose(at->ios, at->line, "it does not say whose key it is");
	}
	if (!half)
		return;
	peer->key[local] = key;
	ios_pair_keys(at->ios, key, peer->key[!local]);
}

static void keyring(struct ios_at *head)
{
	const char *name = ios_peek(head) ? ios_next(head) : "";
	struct peer peer = { .keyring = name };
	struct ios_at at;

	ios_take(head);
	ios_for_each_line(at, head->ios, head->line) {
		if (ios_is(&at, "peer") && ios_next(&at)) {
			peer = (struct peer){ .keyring = name };
			peer_id(at, &peer);
			ios_take(&at);
		} else if (ios_is(&at, "pre-shared-key")) {
			peer_key(&at, &peer);
		} else if (ios_is(&at, "description")) {
			at.at = at.line->n;
			ios_take(&at);
		} else if (ios_is(&at, "ppk")) {
			ios_read_ppk(&at, name, peer.id);
		}
	}
	ios_for_each_line(at, head->ios, head->line)
		if (!at.line->used)
			at.line->used = head->line->used;
}

bool ios_ike2(struct ios_at *at)
{
	if (ios_is(at, "crypto ikev2 proposal"))
		proposal(at);
	else if (ios_is(at, "crypto ikev2 policy"))
		policy(at);
	else if (ios_is(at, "crypto ikev2 keyring"))
		keyring(at);
	else
		return false;
	return true;
}
