// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Profiles of IKE, and IKEv2's proposals, policies and keyrings.
 */
#include <string.h>

#include "dmvpnctl/ios.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))
#define SECONDS_MAX	86400

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

/**
 * struct peer - a peer of a keyring, while it is read
 * @keyring: name of that
 * @id: of it, NULL for any
 * @local: key that is ours alone
 * @remote: key that is the peer's alone
 */
struct peer {
	const char *keyring;
	const char *id;
	struct ios_key *local;
	struct ios_key *remote;
};

static struct ios_key *add_key(struct ios_at *at, const struct peer *peer)
{
	struct ios_key *key = ios_add(at->ios, &at->ios->keys);
	struct addr addr;
	uint64_t type;

	key->line = at->line;
	key->keyring = peer->keyring;
	key->id = peer->id;
	at->line->used = &key->used;
	at->line->header->used = &key->used;
	key->hex = ios_is(at, "hex");
	key->secret = ios_secret(at, &type);
	ios_take(at);
	if (key->id && !addr_parse(key->id, &addr))
		ios_change(at->ios, at->line,
			   "charon finds it by the peer's identity: that has to be %s",
			   key->id);
	return key;
}

/* strongSwan has one key for both directions. */
static void add_half(struct ios_at *at, struct peer *peer, bool local)
{
	struct ios_key *other = local ? peer->remote : peer->local;
	struct ios_key *key = add_key(at, peer);

	*(local ? &peer->local : &peer->remote) = key;
	if (!other || !other->secret || !key->secret)
		return;
	if (strcmp(other->secret, key->secret) || other->hex != key->hex)
		ios_lose(at->ios, at->line,
			 "charon has one key for both directions: give both routers the same one");
	key->twin = true;
}

/* As strongSwan marks it. */
static const char *key_id(struct ios_at *at)
{
	const char *id = ios_next(at);

	return id ? ios_format(at->ios, "keyid:%s", id) : NULL;
}

static bool peer_id(struct ios_at *at, struct peer *peer)
{
	unsigned int len;
	struct prefix p;

	if (ios_is(at, "hostname") || ios_is(at, "identity fqdn") ||
	    ios_is(at, "identity email"))
		return (peer->id = ios_next(at));
	if (ios_is(at, "identity key-id"))
		return (peer->id = key_id(at));
	if (!ios_is(at, "address") && !ios_is(at, "identity address"))
		return false;
	if (!ios_peek(at) || prefix_parse(ios_peek(at), &p))
		return false;
	ios_next(at);
	len = p.len;
	ios_mask(at, &len);
	peer->id = ios_id(at->ios, &p.addr, len);
	return true;
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
			ios_take(&at);
		} else if (ios_is(&at, "pre-shared-key local")) {
			add_half(&at, &peer, true);
		} else if (ios_is(&at, "pre-shared-key remote")) {
			add_half(&at, &peer, false);
		} else if (ios_is(&at, "pre-shared-key")) {
			add_key(&at, &peer);
		} else if (ios_is(&at, "description")) {
			at.at = at.line->n;
			ios_take(&at);
		} else if (peer_id(&at, &peer)) {
			ios_take(&at);
		}
	}
}

/* ---- profiles ---- */

static bool match_remote(struct ios_at *at, struct ios_ike *ike)
{
	unsigned int len;
	struct addr addr;

	ike->n_remote++;
	ike->remote_line = at->line;
	if (ios_is(at, "any"))
		return true;
	if (ios_is(at, "fqdn domain") || ios_is(at, "host domain")) {
		ike->remote_id = ios_format(at->ios, "*.%s",
					    ios_peek(at) ? ios_peek(at) : "");
		return ios_next(at);
	}
	if (ios_is(at, "email domain")) {
		ike->remote_id = ios_format(at->ios, "*@%s",
					    ios_peek(at) ? ios_peek(at) : "");
		return ios_next(at);
	}
	if (ios_is(at, "fqdn") || ios_is(at, "host") || ios_is(at, "email") ||
	    ios_is(at, "user-fqdn"))
		return (ike->remote_id = ios_next(at));
	if (ios_is(at, "key-id"))
		return (ike->remote_id = key_id(at));
	if (!ios_is(at, "address") || !ios_addr(at, &addr))
		return false;
	len = addr_bits(&addr);
	ios_mask(at, &len);
	if (len == addr_bits(&addr))
		ike->remote_id = ios_id(at->ios, &addr, len);
	else if (len)
		ios_change(at->ios, at->line,
			   "identities are not bound to a prefix of addresses: whoever has the key or a certificate is let in");
	return true;
}

/* pre-share, rsa-sig or ecdsa-sig. */
static bool auth(struct ios_at *at, bool *cert)
{
	if (ios_is(at, "pre-share"))
		return true;
	*cert = ios_is(at, "rsa-sig") || ios_is(at, "ecdsa-sig");
	return *cert;
}

static bool profile_auth(struct ios_at *at, struct ios_ike *ike)
{
	if (ios_is(at, "authentication local"))
		return auth(at, &ike->local_cert);
	if (ios_is(at, "authentication remote"))
		return auth(at, &ike->remote_cert);
	if (ios_is(at, "keyring local") || ios_is(at, "keyring"))
		return (ike->keyring = ios_next(at));
	if (ios_is(at, "pki trustpoint") || ios_is(at, "ca trust-point")) {
		ike->trustpoint = ios_next(at);
		if (!ios_is(at, "sign"))
			ios_is(at, "verify");
		ios_change(at->ios, at->line,
			   "export its certificate to /etc/swanctl/x509/%s.pem, its key to private/ and the CA's to x509ca/",
			   ike->trustpoint ? ike->trustpoint : "");
		return ike->trustpoint;
	}
	return false;
}

static bool local_id(struct ios_at *at, struct ios_ike *ike)
{
	if (ios_is(at, "address") || ios_is(at, "fqdn") ||
	    ios_is(at, "email") || ios_is(at, "user-fqdn"))
		return (ike->local_id = ios_next(at));
	if (ios_is(at, "key-id"))
		return (ike->local_id = key_id(at));
	if (!ios_is(at, "dn"))
		return false;
	ios_change(at->ios, at->line, "it is taken from the certificate");
	return true;
}

static bool profile_time(struct ios_at *at, struct ios_ike *ike)
{
	uint64_t number, retry;

	if (ios_is(at, "lifetime") && ios_number(at, SECONDS_MAX, &number)) {
		ike->lifetime = (uint32_t)number;
		return true;
	}
	if ((!ios_is(at, "dpd") && !ios_is(at, "keepalive")) ||
	    !ios_number(at, SECONDS_MAX, &number))
		return false;
	ike->dpd = (uint32_t)number;
	if (ios_is(at, "retry"))
		ios_number(at, SECONDS_MAX, &retry);
	else
		ios_number(at, SECONDS_MAX, &retry);
	if (!ios_is(at, "periodic"))
		ios_is(at, "on-demand");
	ios_change(at->ios, at->line,
		   "as dpd_delay; how often it is repeated is charon's");
	return true;
}

static bool profile_line(struct ios_at *at, struct ios_ike *ike)
{
	if (ios_is(at, "match identity remote") || ios_is(at, "match identity"))
		return match_remote(at, ike);
	if (ios_is(at, "identity local") || ios_is(at, "self-identity"))
		return local_id(at, ike);
	if (ios_is(at, "match fvrf any") || ios_is(at, "no config-exchange request"))
		return true;
	if (ios_is(at, "match fvrf") || ios_is(at, "vrf")) {
		ios_next(at);
		ios_change(at->ios, at->line, "the device has its VRFs");
		return true;
	}
	if (ios_is(at, "description")) {
		at->at = at->line->n;
		return true;
	}
	if (ios_is(at, "match certificate")) {
		at->at = at->line->n;
		ios_lose(at->ios, at->line,
			 "whoever has a certificate of the CA is let in: set remote { id } to what its subject has");
		return true;
	}
	if (ios_is(at, "aaa") || ios_is(at, "virtual-template") ||
	    ios_is(at, "nat") || ios_is(at, "config-exchange") ||
	    ios_is(at, "redirect") || ios_is(at, "reconnect")) {
		ios_lose(at->ios, at->line, "not there");
		return false;
	}
	return profile_auth(at, ike) || profile_time(at, ike);
}

static void profile(struct ios_at *head, bool ikev2)
{
	struct ios_ike *ike = ios_add(head->ios, &head->ios->ike);
	const char *name = ios_next(head);
	struct ios_at at;

	ike->line = head->line;
	ike->name = name ? name : "";
	ike->ikev2 = ikev2;
	head->line->used = &ike->used;
	ios_take(head);
	ios_for_each_line(at, head->ios, head->line) {
		at.line->used = &ike->used;
		if (profile_line(&at, ike))
			ios_take(&at);
	}
}

/* What profiles without a dpd line have. */
static void dpd(struct ios_at *at)
{
	uint64_t number, retry;

	if (!ios_number(at, SECONDS_MAX, &number))
		return;
	at->ios->dpd = (uint32_t)number;
	ios_number(at, SECONDS_MAX, &retry);
	if (!ios_is(at, "periodic"))
		ios_is(at, "on-demand");
	ios_change(at->ios, at->line,
		   "as dpd_delay; how often it is repeated is charon's");
	ios_take(at);
}

bool ios_ike_profile(struct ios_at *at)
{
	if (ios_is(at, "crypto ikev2 proposal"))
		proposal(at);
	else if (ios_is(at, "crypto ikev2 policy"))
		policy(at);
	else if (ios_is(at, "crypto ikev2 dpd"))
		dpd(at);
	else if (ios_is(at, "crypto ikev2 keyring"))
		keyring(at);
	else if (ios_is(at, "crypto ikev2 profile"))
		profile(at, true);
	else if (ios_is(at, "crypto isakmp profile"))
		profile(at, false);
	else
		return false;
	return true;
}
