// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * crypto isakmp and crypto ipsec: policies, keys, transform sets, profiles.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "dmvpnctl/ios.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))
#define TYPE7_MAX	51
#define LIFETIME_MAX	UINT32_MAX
#define AES_DEFAULT	128
#define HEX_DIGITS	"0123456789abcdefABCDEF"

/* ---- keys ---- */

/* What type 7 is XORed with; it keeps nobody from reading it. */
static const char type7[] =
	"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87";

int ios_hex(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = memchr(digits, tolower((unsigned char)c), 16);

	return at ? (int)(at - digits) : -1;
}

/* NULL if it is none. The first two digits say where in the text it begins. */
static char *decode_type7(struct ios *ios, const char *text)
{
	size_t len = strlen(text), at, i;
	char *key;
	int byte;

	if (len < 4 || len % 2 || strspn(text, HEX_DIGITS) != len ||
	    ios_hex(text[0]) > 9 || ios_hex(text[1]) > 9)
		return NULL;
	at = (size_t)(10 * ios_hex(text[0]) + ios_hex(text[1]));
	if (at > TYPE7_MAX)
		return NULL;
	key = ios_alloc(ios, len / 2);
	for (i = 2; i < len; i += 2, at++) {
		byte = 16 * ios_hex(text[i]) + ios_hex(text[i + 1]);
		key[i / 2 - 1] = (char)(byte ^
					type7[at % (sizeof(type7) - 1)]);
		if (iscntrl((unsigned char)key[i / 2 - 1]))
			return NULL;
	}
	return key;
}

const char *ios_secret(struct ios_at *at, uint64_t *type)
{
	const char *text;

	*type = 0;
	/* A key may be a digit itself. */
	if (at->at + 1 < at->line->n && ios_peek(at) && !ios_peek(at)[1] &&
	    strchr("067", *ios_peek(at)))
		ios_number(at, 7, type);
	text = ios_next(at);
	if (!text) {
		ios_lose(at->ios, at->line, "the key is missing");
		return NULL;
	}
	if (*type == 6)
		ios_lose(at->ios, at->line,
			 "type 6 is encrypted with the router's master key: put the key itself here, or into what was written");
	if (*type != 7)
		return *type ? NULL : text;
	text = decode_type7(at->ios, text);
	if (!text)
		ios_lose(at->ios, at->line, "this is no key of type 7");
	return text;
}

const char *ios_any_secret(struct ios_at *at, bool *hex)
{
	const char *text, *digits;
	uint64_t type;

	*hex = ios_is(at, "hex");
	text = ios_secret(at, &type);
	if (!text || !*hex)
		return text;
	digits = strncasecmp(text, "0x", 2) ? text : text + 2;
	if (strspn(digits, HEX_DIGITS) == strlen(digits))
		return text;
	ios_lose(at->ios, at->line, "these are no hexadecimal digits");
	return NULL;
}

const char *ios_id(struct ios *ios, const struct addr *addr, unsigned int len)
{
	struct prefix p = prefix_make(addr, len);
	char text[ADDR_TEXT];

	if (!len || addr_is_any(addr))
		return NULL;
	if (prefix_is_host(&p))
		return ios_format(ios, "%s", addr_format(addr, text));
	return ios_format(ios, "%s", prefix_format(&p, text));
}

/* {address [ipv6] ADDRESS [MASK] | hostname NAME} */
static bool key_peer(struct ios_at *at, struct ios_key *key)
{
	unsigned int len;
	struct prefix p;

	if (ios_is(at, "hostname")) {
		key->id = ios_next(at);
		ios_change(at->ios, at->line,
			   "main mode finds keys by address: write that in place of the name");
		return key->id;
	}
	if (!ios_is(at, "address ipv6") && !ios_is(at, "address"))
		return false;
	if (!ios_peek(at) || prefix_parse(ios_peek(at), &p))
		return false;
	ios_next(at);
	len = p.len;
	ios_mask(at, &len);
	key->id = ios_id(at->ios, &p.addr, len);
	return true;
}

static struct ios_key *add_key(struct ios_at *at, const char *keyring)
{
	struct ios_key *key = ios_add(at->ios, &at->ios->keys);

	key->line = at->line;
	key->keyring = keyring;
	at->line->used = &key->used;
	return key;
}

/* A key is for whom its line says, and without that for nobody. */
static void end_key(struct ios_at *at, struct ios_key *key, bool said)
{
	if (!said) {
		key->secret = NULL;
		at->at = at->line->n;
		ios_lose(at->ios, at->line, "it does not say whose key it is");
	}
	ios_take(at);
	if (key->secret && !key->id)
		ios_change(at->ios, at->line, IOS_ANY_PEER);
}

/* crypto isakmp key [0|6] KEY {address|hostname} ... [no-xauth] */
static void isakmp_key(struct ios_at *at)
{
	struct ios_key *key = add_key(at, NULL);
	uint64_t type;
	bool said;

	key->secret = ios_secret(at, &type);
	said = key_peer(at, key);
	ios_is(at, "no-xauth");
	end_key(at, key, said);
}

static const struct ios_reason keyring_reasons[] = {
	{ "description", NULL },
	{ "local-address", "a key is for all addresses of the router" },
	{ "rsa-pubkey", "a peer authenticates with a key or a certificate" },
	{ NULL, NULL }
};

static void keyring_line(struct ios_at *at, const char *name)
{
	struct ios_key *key;
	uint64_t type;
	bool said;

	if (!ios_is(at, "pre-shared-key")) {
		if (ios_has_reason(at, keyring_reasons))
			ios_take(at);
		return;
	}
	key = add_key(at, name);
	at->line->header->used = &key->used;
	said = key_peer(at, key) && ios_is(at, "key");
	key->secret = ios_secret(at, &type);
	end_key(at, key, said);
}

/* crypto keyring NAME [vrf V] */
static void keyring(struct ios_at *head)
{
	const char *name = ios_peek(head) ? ios_next(head) : "";
	struct ios_at at;

	if (ios_is(head, "vrf") && ios_next(head))
		ios_change(head->ios, head->line,
			   "it serves any VRF of the underlay");
	ios_take(head);
	ios_for_each_line(at, head->ios, head->line)
		keyring_line(&at, name);
	ios_for_each_line(at, head->ios, head->line)
		if (!at.line->used)
			at.line->used = head->line->used;
}

/* ---- crypto isakmp policy ---- */

static const char *const dh_groups[][2] = {
	{ "1", "modp768" }, { "2", "modp1024" }, { "5", "modp1536" },
	{ "14", "modp2048" }, { "15", "modp3072" }, { "16", "modp4096" },
	{ "19", "ecp256" }, { "20", "ecp384" }, { "21", "ecp521" },
	{ "24", "modp2048s256" },
};

const char *ios_dh_group(const char *number)
{
	size_t i;

	for (i = 0; number && i < COUNT(dh_groups); i++)
		if (!strcmp(dh_groups[i][0], number))
			return dh_groups[i][1];
	return NULL;
}

static const char *ike_cipher(struct ios_at *at)
{
	uint64_t bits = AES_DEFAULT;

	if (ios_is(at, "des"))
		return "des";
	if (ios_is(at, "3des"))
		return "3des";
	if (!ios_is(at, "aes"))
		return NULL;
	ios_number(at, 256, &bits);
	return bits == 256 ? "aes256" : bits == 192 ? "aes192" :
	       bits == AES_DEFAULT ? "aes128" : NULL;
}

static const char *ike_hash(struct ios_at *at)
{
	static const char *const hashes[][2] = {
		{ "sha", "sha1" }, { "sha256", "sha256" },
		{ "sha384", "sha384" }, { "sha512", "sha512" },
		{ "md5", "md5" },
	};
	size_t i;

	for (i = 0; i < COUNT(hashes); i++)
		if (ios_is(at, hashes[i][0]))
			return hashes[i][1];
	return NULL;
}

static bool isakmp_line(struct ios_at *at, struct ios_isakmp *policy)
{
	uint64_t number;

	if (ios_is(at, "encryption") || ios_is(at, "encr"))
		return (policy->encryption = ike_cipher(at));
	if (ios_is(at, "hash"))
		return (policy->hash = ike_hash(at));
	if (ios_is(at, "group"))
		return (policy->group = ios_dh_group(ios_next(at)));
	if (ios_is(at, "authentication pre-share"))
		return (policy->psk = true);
	if (ios_is(at, "authentication rsa-sig") ||
	    ios_is(at, "authentication ecdsa-sig"))
		return true;
	if (ios_is(at, "authentication")) {
		policy->refused = true;
		return false;
	}
	if (!ios_is(at, "lifetime") || !ios_number(at, LIFETIME_MAX, &number))
		return false;
	policy->lifetime = (uint32_t)number;
	return true;
}

static void isakmp_policy(struct ios_at *head)
{
	struct ios_isakmp *policy = ios_alloc(head->ios, sizeof(*policy)),
			  **link = &head->ios->isakmp;
	struct ios_at at;
	uint64_t number;

	/* What IOS does not show is as it has it without being told. */
	*policy = (struct ios_isakmp){
		.line = head->line, .encryption = "des", .hash = "sha1",
		.group = "modp768", .lifetime = 86400,
	};
	head->line->used = &policy->used;
	if (ios_number(head, UINT16_MAX, &number))
		policy->number = (unsigned int)number;
	ios_take(head);
	ios_for_each_line(at, head->ios, head->line) {
		at.line->used = &policy->used;
		if (isakmp_line(&at, policy))
			ios_take(&at);
	}
	while (*link && (*link)->number <= policy->number)
		link = &(*link)->next;
	policy->next = *link;
	*link = policy;
}

/* ---- crypto ipsec ---- */

/**
 * struct part - a word of a transform set
 * @word: of it
 * @ours: strongSwan's; NULL for what the module has not
 * @is_hash: it authenticates only
 * @aead: it does both
 */
struct part {
	const char *word;
	const char *ours;
	bool is_hash;
	bool aead;
};

static const struct part parts[] = {
	{ "esp-aes 192", "aes192", false, false },
	{ "esp-aes 256", "aes256", false, false },
	{ "esp-aes 128", "aes128", false, false },
	{ "esp-aes", "aes128", false, false },
	{ "esp-gcm 192", "aes192gcm16", false, true },
	{ "esp-gcm 256", "aes256gcm16", false, true },
	{ "esp-gcm 128", "aes128gcm16", false, true },
	{ "esp-gcm", "aes128gcm16", false, true },
	{ "esp-sha-hmac", "sha1", true, false },
	{ "esp-sha256-hmac", "sha256", true, false },
	{ "esp-sha384-hmac", "sha384", true, false },
	{ "esp-sha512-hmac", "sha512", true, false },
	{ "esp-md5-hmac", NULL, true, false },
	{ "esp-des", NULL, false, false },
	{ "esp-3des", NULL, false, false },
	{ "esp-null", NULL, false, false },
	{ "esp-seal", NULL, false, false },
	{ "esp-gmac 192", NULL, false, true },
	{ "esp-gmac 256", NULL, false, true },
	{ "esp-gmac", NULL, false, true },
	{ "ah-md5-hmac", NULL, true, false },
	{ "ah-sha-hmac", NULL, true, false },
	{ "ah-sha256-hmac", NULL, true, false },
	{ "ah-sha384-hmac", NULL, true, false },
	{ "ah-sha512-hmac", NULL, true, false },
	{ "comp-lzs", NULL, false, false },
};

static const struct part *next_part(struct ios_at *at)
{
	size_t i;

	for (i = 0; i < COUNT(parts); i++)
		if (ios_is(at, parts[i].word))
			return &parts[i];
	return NULL;
}

static void read_parts(struct ios_at *at, struct ios_transform *set)
{
	const struct part *part, *cipher = NULL, *hash = NULL;

	while ((part = next_part(at))) {
		if (!part->ours) {
			ios_lose(at->ios, at->line,
				 "there is no %s: use AES with HMAC-SHA, or AES-GCM",
				 part->word);
			continue;
		}
		*(part->is_hash ? &hash : &cipher) = part;
	}
	ios_take(at);
	if (at->line->fate == IOS_LOST)
		return;
	if (!cipher || !(hash || cipher->aead)) {
		ios_lose(at->ios, at->line,
			 "ESP has a cipher and a hash, or AES-GCM");
		return;
	}
	set->esp = cipher->aead ? cipher->ours :
		   ios_format(at->ios, "%s-%s", cipher->ours, hash->ours);
}

static void transform_set(struct ios_at *head)
{
	struct ios_transform *set = ios_add(head->ios, &head->ios->transforms);
	const char *name = ios_next(head);
	struct ios_at at;

	set->line = head->line;
	set->name = name ? name : "";
	head->line->used = &set->used;
	read_parts(head, set);
	ios_for_each_line(at, head->ios, head->line) {
		at.line->used = &set->used;
		if (ios_is(&at, "mode transport")) {
			set->transport = true;
			ios_is(&at, "require");
			ios_take(&at);
		} else if (ios_is(&at, "mode tunnel")) {
			ios_take(&at);
		} else if (ios_is(&at, "esn")) {
			set->esn_line = at.line;
			ios_take(&at);
		}
	}
}

/* Of profiles, with what there is instead. */
static const struct ios_reason reasons[] = {
	{ "description", NULL },
	{ "responder-only",
	  "a session is asked for by who has traffic first" },
	{ "set identity", "see remote { id } of the connection" },
	{ "set mixed-mode", "a device has both families" },
	{ "set reverse-route", "nhrpd and the routing daemon have the routes" },
	{ "set security-association dummy", "there is no padding of traffic" },
	{ "set security-association idle-time",
	  "a session stays as long as its peer" },
	{ "set security-association level", "a peer has one SA" },
	{ "set security-policy",
	  "max-peers of the device limits how many there are" },
	{ NULL, NULL }
};

/* The default one differs by release, so its name has to be written. */
static bool read_pfs(struct ios_at *at, struct ios_ipsec *profile)
{
	const char *group = ios_next(at);

	if (group && !strncasecmp(group, "group", 5))
		profile->pfs = ios_dh_group(group + 5);
	if (!profile->pfs)
		ios_lose(at->ios, at->line,
			 "without PFS: write the group behind each of esp_proposals, as aes256gcm16-ecp256");
	return true;
}

static bool ipsec_line(struct ios_at *at, struct ios_ipsec *profile)
{
	if (ios_is(at, "set transform-set")) {
		profile->sets = at->line->word + at->at;
		profile->n_sets = at->line->n - at->at;
		profile->sets_line = at->line;
		at->at = at->line->n;
		return true;
	}
	if (ios_is(at, "set pfs"))
		return read_pfs(at, profile);
	if (ios_is(at, "set ikev2-profile") || ios_is(at, "set isakmp-profile")) {
		profile->ikev2 = !strcasecmp(at->line->word[1],
					     "ikev2-profile");
		profile->profile_line = at->line;
		return (profile->profile = ios_next(at));
	}
	if (ios_has_reason(at, reasons))
		return true;
	return ios_is(at, "set security-association") &&
	       ios_sa_line(at, &profile->sa);
}

static void ipsec_profile(struct ios_at *head)
{
	struct ios_ipsec *profile = ios_add(head->ios, &head->ios->ipsec);
	const char *name = ios_next(head);
	struct ios_at at;

	profile->line = head->line;
	profile->name = name ? name : "";
	head->line->used = &profile->used;
	ios_take(head);
	ios_for_each_line(at, head->ios, head->line) {
		at.line->used = &profile->used;
		if (ipsec_line(&at, profile))
			ios_take(&at);
	}
}

bool ios_crypto(struct ios_at *at)
{
	static const struct {
		const char *words;
		void (*read)(struct ios_at *at);
	} sections[] = {
		{ "crypto isakmp policy", isakmp_policy },
		{ "crypto isakmp key", isakmp_key },
		{ "crypto keyring", keyring },
		{ "crypto ipsec transform-set", transform_set },
		{ "crypto ipsec profile", ipsec_profile },
	};
	size_t i;

	for (i = 0; i < COUNT(sections); i++)
		if (ios_is(at, sections[i].words)) {
			sections[i].read(at);
			return true;
		}
	return false;
}
